//! Spans of calls to others, with the attributes that OpenTelemetry's semantic conventions name
//! (<https://opentelemetry.io/docs/specs/semconv/>, 1.3x): HTTP clients, databases, containers, processes. What is ours is
//! under `turnlock.`. Never a value, never a statement that holds one, never an address with a password.

use std::future::Future;

use tracing::field::Empty;
use tracing::{Instrument, Span, debug_span};
use url::Url;

/// The root of a rotation's trace, whatever is around it.
pub fn rotation() -> Span {
    tracing::info_span!(
        parent: None,
        "rotation",
        turnlock.rotation = Empty,
        turnlock.secrets = Empty,
        turnlock.trigger = Empty,
        turnlock.outcome = Empty,
        turnlock.audit.seq = Empty,
        error.type = Empty,
        otel.status_code = Empty,
        otel.status_description = Empty,
    )
}

/// A command that is no rotation: what it asks of others hangs below.
pub fn command(name: &str) -> Span {
    tracing::info_span!(
        "command",
        otel.name = %format!("turnlock {name}"),
        error.type = Empty,
        otel.status_code = Empty,
    )
}

/// A call of Vault's HTTP API. The path is below `/v1/`.
pub fn vault(method: &str, path: &str, server: &str) -> Span {
    let (host, port) = server_of(server);
    debug_span!(
        "vault",
        otel.name = %format!("{method} {}", shape(path)),
        otel.kind = "client",
        http.request.method = method,
        url.full = %format!("{}/v1/{path}", server.trim_end_matches('/')),
        server.address = host,
        server.port = i64::from(port),
        http.response.status_code = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    )
}

/// A statement, or a login. What is executed is named, never quoted.
pub fn database(system: &'static str, operation: &str, host: &str, port: u16, database: &str) -> Span {
    debug_span!(
        "database",
        otel.name = %format!("{operation} {database}"),
        otel.kind = "client",
        db.system.name = system,
        db.operation.name = operation,
        db.namespace = database,
        server.address = host,
        server.port = i64::from(port),
        turnlock.audit.entries = Empty,
        turnlock.audit.seq = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    )
}

/// A run of `docker compose`.
pub fn compose(command: &str, project: &str) -> Span {
    debug_span!(
        "compose",
        otel.name = %format!("compose {command}"),
        otel.kind = "client",
        process.executable.name = "docker-compose",
        turnlock.compose.command = command,
        turnlock.compose.project = project,
        process.exit.code = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    )
}

/// A call of the engine's API.
pub fn engine(operation: &'static str, container: Option<(&str, &str)>) -> Span {
    let span = debug_span!(
        "engine",
        otel.name = %format!("engine {operation}"),
        otel.kind = "client",
        container.runtime.name = "docker",
        turnlock.engine.operation = operation,
        container.id = Empty,
        turnlock.service = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    );
    if let Some((id, service)) = container {
        span.record("container.id", id);
        span.record("turnlock.service", service);
    }
    span
}

/// A part of a run that is no call: survey, plan, preflight.
pub fn part(name: &'static str) -> Span {
    tracing::info_span!(
        "part",
        otel.name = name,
        error.type = Empty,
        otel.status_code = Empty,
        otel.status_description = Empty
    )
}

/// Does it inside of the span, and says in the span how it ended: a kind of error, of few kinds.
pub async fn within<T, E>(
    span: Span,
    kind: impl FnOnce(&E) -> String,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let result = work.instrument(span.clone()).await;
    if let Err(error) = &result {
        failed(&span, &kind(error));
    }
    result
}

pub fn failed(span: &Span, kind: &str) {
    span.record("error.type", kind);
    span.record("otel.status_code", "ERROR");
}

/// The first two parts of a path, so that there are few names: `secret/data/…`.
fn shape(path: &str) -> String {
    let mut parts = path.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(a), Some(b), Some(_)) => format!("{a}/{b}/…"),
        _ => path.to_owned(),
    }
}

fn server_of(server: &str) -> (String, u16) {
    match Url::parse(server) {
        Ok(url) => (url.host_str().unwrap_or_default().to_owned(), url.port_or_known_default().unwrap_or(0)),
        Err(_) => (String::new(), 0),
    }
}
