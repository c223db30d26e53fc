//! Prometheus's text over HTTP, for whoever scrapes the agent.
//!
//! One path, small limits, no state: what can be asked is the same for everybody, so that it is not guarded. It holds
//! names of secrets and dates, no values; whom it may reach is for its address to say.
//!
//! Format: <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use prometheus::{Registry, TextEncoder};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// Who has said nothing by then is not a scraper.
const HEADER: Duration = Duration::from_secs(2);
/// One question and its answer.
const CONNECTION: Duration = Duration::from_secs(5);
/// As many at a time; others wait for one to end.
const CONNECTIONS: usize = 16;
/// The least that the library takes; a scraper's headers are a few hundred bytes.
const BUFFER: usize = 8 * 1024;

/// Takes the address, so that one that cannot be had is an error at the start. Port 0 is a free one.
pub async fn bind(address: &str) -> std::io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Answers until dropped.
pub struct Server(JoinHandle<()>);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Server {
    pub fn start(listener: TcpListener, registry: Registry) -> Self {
        Self(tokio::spawn(async move {
            let room = Arc::new(Semaphore::new(CONNECTIONS));
            loop {
                let Ok(place) = room.clone().acquire_owned().await else { return };
                let Ok((stream, _)) = listener.accept().await else {
                    // Out of descriptors, most likely: not a busy loop.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                };
                let registry = registry.clone();
                tokio::spawn(async move {
                    let _ = tokio::time::timeout(CONNECTION, converse(stream, registry)).await;
                    drop(place);
                });
            }
        }))
    }
}

/// One request a connection: a scraper comes once in many seconds.
async fn converse(stream: TcpStream, registry: Registry) -> Result<(), hyper::Error> {
    let answer = service_fn(|request: Request<Incoming>| {
        let response = respond(request.method(), request.uri().path(), &registry);
        async { Ok::<_, Infallible>(response) }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER)
        .max_buf_size(BUFFER)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answer)
        .await
}

fn respond(method: &Method, path: &str, registry: &Registry) -> Response<Full<Bytes>> {
    if path != "/metrics" {
        return plain(StatusCode::NOT_FOUND, "metrics are at /metrics\n".into());
    }
    if method != Method::GET && method != Method::HEAD {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET\n".into());
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    match TextEncoder::new().encode_to_string(&registry.gather()) {
        Ok(text) => {
            let mut response = plain(StatusCode::OK, text);
            let format = HeaderValue::from_static(prometheus::TEXT_FORMAT);
            response.headers_mut().insert(CONTENT_TYPE, format);
            response
        }
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR, "the metrics could not be written down\n".into()),
    }
}

fn plain(status: StatusCode, text: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
