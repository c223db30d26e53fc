//! The routes: one short function each.

use std::{
    net::Ipv4Addr,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use ring::rand::{SecureRandom, SystemRandom};
use serde::Deserialize;
use serde_json::json;
use sqlx::PgPool;

use crate::{
    config::Config,
    db,
    metrics::{Metrics, count},
    ready, session, store, totp,
};

const PORT: u16 = 3000;

struct App {
    config: Config,
    pool: PgPool,
    metrics: Metrics,
}

type Shared = State<Arc<App>>;

pub(crate) async fn serve(config: Config) -> Result<(), String> {
    let app = Arc::new(App { pool: db::pool(&config.database), config, metrics: Metrics::default() });
    let preparing = app.clone();
    tokio::spawn(async move { ready::prepare(&preparing.config).await });
    let router = Router::new()
        .route("/login", post(login))
        .route("/me", get(me))
        .route("/agents/enroll", post(enroll_agent))
        .route("/records", post(add_record))
        .route("/records/{id}", get(record))
        .route("/mfa/enroll", post(enroll_mfa))
        .route("/mfa/verify", post(verify_mfa))
        .route("/metrics/scrape", get(scrape))
        .route("/health", get(|| async { "alive\n" }))
        .route("/health/ready", get(health_ready))
        .with_state(app);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::UNSPECIFIED, PORT))
        .await
        .map_err(|error| format!("cannot listen on port {PORT}: {error}"))?;
    axum::serve(listener, router).await.map_err(|error| format!("cannot serve: {error}"))
}

// --- sessions: JWT_SECRET, SESSION_SECRET

#[derive(Deserialize)]
struct User {
    user: String,
}

async fn login(State(app): Shared, Json(User { user }): Json<User>) -> Response {
    let session = session::open(&app.config, user, now());
    count(&app.metrics.logins);
    ([(header::SET_COOKIE, session.cookie)], Json(json!({ "token": session.token }))).into_response()
}

async fn me(State(app): Shared, headers: HeaderMap) -> Response {
    match session::whose(&app.config, &headers, now()) {
        Some((user, by)) => Json(json!({ "user": user, "by": by })).into_response(),
        None => refused(StatusCode::UNAUTHORIZED, "not logged in"),
    }
}

// --- agents: AGENT_ENROLLMENT_SECRET

async fn enroll_agent(State(app): Shared, headers: HeaderMap) -> Response {
    let presented = headers.get("x-enrollment-secret").map_or(&[][..], |value| value.as_bytes());
    if !app.config.enrollment.is(presented) {
        return refused(StatusCode::UNAUTHORIZED, "wrong enrollment secret");
    }
    count(&app.metrics.enrollments);
    (StatusCode::CREATED, Json(json!({ "agent": hex::encode(random::<8>()) }))).into_response()
}

// --- records: APP_ENCRYPTION_KEY

#[derive(Deserialize)]
struct NewRecord {
    text: String,
}

async fn add_record(State(app): Shared, Json(NewRecord { text }): Json<NewRecord>) -> Response {
    match store::add_record(&app.pool, &app.config.records, &text).await {
        Ok(id) => {
            count(&app.metrics.records);
            (StatusCode::CREATED, Json(json!({ "id": id }))).into_response()
        }
        Err(reason) => broken(reason),
    }
}

async fn record(State(app): Shared, Path(id): Path<i64>) -> Response {
    match store::record(&app.pool, &app.config.records, id).await {
        Ok(Some(text)) => Json(json!({ "id": id, "text": text })).into_response(),
        Ok(None) => refused(StatusCode::NOT_FOUND, "no such record"),
        Err(reason) => broken(reason),
    }
}

// --- one-time passwords: MFA_ENCRYPTION_KEY

#[derive(Deserialize)]
struct Code {
    user: String,
    code: String,
}

async fn enroll_mfa(State(app): Shared, Json(User { user }): Json<User>) -> Response {
    let seed = random::<20>();
    match store::put_seed(&app.pool, &app.config.totp, &user, &seed).await {
        Ok(()) => (StatusCode::CREATED, Json(json!({ "seed": totp::base32(&seed) }))).into_response(),
        Err(reason) => broken(reason),
    }
}

async fn verify_mfa(State(app): Shared, Json(Code { user, code }): Json<Code>) -> Response {
    match store::seed(&app.pool, &app.config.totp, &user).await {
        Ok(Some(seed)) if totp::matches(&seed, &code, now()) => {
            count(&app.metrics.totp_verifications);
            Json(json!({ "verified": true })).into_response()
        }
        Ok(_) => refused(StatusCode::UNAUTHORIZED, "wrong code"),
        Err(reason) => broken(reason),
    }
}

// --- monitoring: METRICS_SCRAPE_TOKEN

async fn scrape(State(app): Shared, headers: HeaderMap) -> Response {
    match session::bearer(&headers) {
        Some(token) if app.config.scrape.is(token.as_bytes()) => {
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], app.metrics.text()).into_response()
        }
        _ => refused(StatusCode::UNAUTHORIZED, "wrong scrape token"),
    }
}

async fn health_ready(State(app): Shared) -> Response {
    match ready::check(&app.config).await {
        Ok(()) => Json(json!({ "ready": true })).into_response(),
        Err(reason) => {
            if app.config.debug {
                eprintln!("not ready: {reason}");
            }
            let body = json!({ "ready": false, "reason": reason });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
        }
    }
}

// --- small change

fn refused(status: StatusCode, reason: &str) -> Response {
    (status, Json(json!({ "error": reason }))).into_response()
}

fn broken(reason: String) -> Response {
    eprintln!("error: {reason}");
    refused(StatusCode::INTERNAL_SERVER_ERROR, &reason)
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the operating system has randomness");
    bytes
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
