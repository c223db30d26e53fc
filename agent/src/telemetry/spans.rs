//! Spans of calls to others, with the attributes that OpenTelemetry's semantic conventions name
//! (<https://opentelemetry.io/docs/specs/semconv/>, 1.38): HTTP clients, databases, containers, processes. What is ours is
//! under `turnlock.`. Never a value, never a statement that holds one, never an address with a password.

use std::future::Future;
use std::time::Duration;

use tokio::time::error::Elapsed;
use tracing::field::Empty;
use tracing::{Instrument, Span, debug_span};
use url::Url;

/// The root of a rotation's trace, whatever is around it.
pub fn rotation() -> Span {
    tracing::info_span!(
        parent: None,
        "rotation",
        turnlock.stack = Empty,
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
    let shape = shape(path);
    debug_span!(
        "vault",
        otel.name = %format!("{method} {shape}"),
        otel.kind = "client",
        http.request.method = method,
        url.full = %format!("{}/v1/{path}", server.trim_end_matches('/')),
        url.template = %format!("/v1/{shape}"),
        server.address = host,
        server.port = port,
        http.response.status_code = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    )
}

/// The status that a call was answered with, in the call's own span.
pub fn status(code: u16) {
    Span::current().record("http.response.status_code", i64::from(code));
}

/// A statement, or a login. `what` names it and what it is about, in words without a value: `ALTER ROLE`, `SELECT
/// pg_stat_activity`. What is executed is never quoted. `server`: none, if the database is a file.
pub fn database(system: &'static str, what: &str, server: Option<(&str, u16)>, database: &str) -> Span {
    let operation = if what == "ALTER ROLE" { what } else { what.split(' ').next().unwrap_or_default() };
    debug_span!(
        "database",
        otel.name = %format!("{what} {database}"),
        otel.kind = "client",
        db.system.name = system,
        db.operation.name = operation,
        db.query.summary = what,
        db.namespace = database,
        db.response.status_code = Empty,
        server.address = server.map(|(host, _)| host),
        server.port = server.map(|(_, port)| i64::from(port)),
        turnlock.audit.entries = Empty,
        turnlock.audit.seq = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    )
}

/// A run of `docker compose`: the command and those of its options that say what it does.
pub fn compose(program: &str, command: &str, project: Option<&str>) -> Span {
    debug_span!(
        "compose",
        otel.name = %format!("compose {command}"),
        otel.kind = "client",
        process.executable.name = program,
        process.pid = Empty,
        process.exit.code = Empty,
        turnlock.compose.command = command,
        turnlock.compose.project = project,
        error.type = Empty,
        otel.status_code = Empty,
    )
}

/// A call of the engine's API.
#[derive(Clone, Copy)]
pub struct Engine {
    pub operation: &'static str,
    pub method: &'static str,
    /// Its path, with a name in the place of what differs.
    pub path: &'static str,
}

/// Which container it is about.
#[derive(Clone, Copy, Default)]
pub struct Of<'a> {
    pub id: Option<&'a str>,
    pub name: Option<&'a str>,
    pub image: Option<&'a str>,
    pub service: Option<&'a str>,
}

/// `socket`: where the engine listens, a path or an address.
pub fn engine(call: Engine, socket: &str, of: Of<'_>) -> Span {
    let (unix, (host, port)) = (socket.starts_with('/'), server_of(socket));
    debug_span!(
        "engine",
        otel.name = %format!("engine {}", call.operation),
        otel.kind = "client",
        http.request.method = call.method,
        url.template = call.path,
        server.address = if unix { socket } else { host.as_str() },
        server.port = port,
        network.transport = if unix { "unix" } else { "tcp" },
        container.runtime.name = "docker",
        container.id = of.id,
        container.name = of.name,
        container.image.name = of.image,
        turnlock.engine.operation = call.operation,
        turnlock.service = of.service,
        http.response.status_code = Empty,
        error.type = Empty,
        otel.status_code = Empty,
    )
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

/// The same with a limit, which is a kind of error too.
pub async fn limited<T, E>(
    span: Span,
    limit: Duration,
    kind: impl FnOnce(&E) -> String,
    work: impl Future<Output = Result<T, E>>,
) -> Result<Result<T, E>, Elapsed> {
    let result = tokio::time::timeout(limit, work).instrument(span.clone()).await;
    match &result {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => failed(&span, &kind(error)),
        Err(_) => failed(&span, "timeout"),
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

/// Host and port of an address; none of both: it is no address of a network.
fn server_of(server: &str) -> (String, Option<i64>) {
    let url = Url::parse(server).ok();
    let host = url.as_ref().and_then(|u| u.host_str()).unwrap_or_default().to_owned();
    let port = url.as_ref().and_then(|u| u.port_or_known_default()).filter(|_| !host.is_empty());
    (host, port.map(i64::from))
}
