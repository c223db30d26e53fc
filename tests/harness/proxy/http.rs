//! A proxy before a real OpenBao: it hands on what it hears, but for the calls that a test has spoiled.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::web::runtime;

/// What becomes of a call.
#[derive(Clone)]
pub enum Fault {
    /// It is answered with this status, and never arrives.
    Status(u16),
    /// It arrives; its answer comes so much later.
    Late(Duration),
    /// It arrives; the connection ends in the middle of the answer.
    Cut,
    /// It waits until a test lets it go: see [`HttpProxy::hold`].
    Wait(Gate),
}

/// Two signs between a call that waits and the test.
#[derive(Clone)]
pub struct Gate {
    came: mpsc::Sender<()>,
    go: watch::Receiver<bool>,
}

/// A call that is to wait. Dropped, it goes on.
pub struct Held {
    came: mpsc::Receiver<()>,
    go: watch::Sender<bool>,
}

impl Held {
    /// Waits until it has come.
    #[track_caller]
    pub fn wait(&self) {
        self.came.recv_timeout(Duration::from_secs(60)).expect("the call is made within a minute");
    }

    pub fn let_go(self) {
        let _ = self.go.send(true);
    }
}

type Body = BoxBody<Bytes, std::io::Error>;

struct Rule {
    method: Method,
    path: String,
    fault: Fault,
    /// For how many more calls; `None`: for all.
    times: Option<usize>,
}

struct Inner {
    to: String,
    http: reqwest::Client,
    rules: Mutex<Vec<Rule>>,
}

/// It ends with the process.
pub struct HttpProxy {
    pub base: String,
    inner: Arc<Inner>,
}

impl HttpProxy {
    /// Before the server at this address.
    pub fn before(to: &str) -> HttpProxy {
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only(Vec::new())
            .redirect(reqwest::redirect::Policy::none());
        let inner = Arc::new(Inner {
            to: to.to_owned(),
            http: http.build().expect("a plain HTTP client"),
            rules: Mutex::default(),
        });
        let listener = runtime().block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address: SocketAddr = listener.local_addr().expect("an address");
        runtime().spawn(serve(listener, inner.clone()));
        HttpProxy { base: format!("http://{address}"), inner }
    }

    /// From now on, every call with this method whose path begins so; of two that fit, what was said last counts.
    pub fn spoil(&self, method: Method, path: &str, fault: Fault) {
        self.rule(method, path, fault, None);
    }

    /// The same for the next of them alone.
    pub fn spoil_next(&self, times: usize, method: Method, path: &str, fault: Fault) {
        self.rule(method, path, fault, Some(times));
    }

    /// The next of them waits: so a test can do something at this very moment.
    pub fn hold(&self, method: Method, path: &str) -> Held {
        let ((came, comes), (go, goes)) = (mpsc::channel(), watch::channel(false));
        self.rule(method, path, Fault::Wait(Gate { came, go: goes }), Some(1));
        Held { came: comes, go }
    }

    /// Everything is handed on again.
    pub fn is_well(&self) {
        self.inner.rules.lock().expect("no thread panicked here").clear();
    }

    fn rule(&self, method: Method, path: &str, fault: Fault, times: Option<usize>) {
        let rule = Rule { method, path: format!("/v1/{path}"), fault, times };
        self.inner.rules.lock().expect("no thread panicked here").push(rule);
    }
}

async fn serve(listener: TcpListener, inner: Arc<Inner>) {
    while let Ok((stream, _)) = listener.accept().await {
        let inner = inner.clone();
        let answer = service_fn(move |request| {
            let inner = inner.clone();
            async move { Ok::<_, Infallible>(inner.answer(request).await) }
        });
        let mut http = hyper::server::conn::http1::Builder::new();
        let connection = http.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), answer);
        tokio::spawn(async move {
            // A connection that was cut is the point.
            let _ = connection.await;
        });
    }
}

impl Inner {
    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let mut fault = self.fault(&request);
        while let Some(Fault::Wait(mut gate)) = fault {
            let _ = gate.came.send(());
            let _ = gate.go.wait_for(|go| *go).await;
            // By what the test has said meanwhile.
            fault = self.fault(&request);
        }
        if let Some(Fault::Status(status)) = fault {
            return unwell(status);
        }
        let Ok(answer) = self.hand_on(request).await else { return unwell(502) };
        match fault {
            Some(Fault::Late(late)) => tokio::time::sleep(late).await,
            Some(Fault::Cut) => return answer.map(in_half),
            _ => {}
        }
        answer.map(|bytes| Full::new(bytes).map_err(|never| match never {}).boxed())
    }

    fn fault(&self, request: &Request<Incoming>) -> Option<Fault> {
        let mut rules = self.rules.lock().expect("no thread panicked here");
        let fits = |rule: &&mut Rule| {
            rule.times != Some(0)
                && rule.method == request.method()
                && request.uri().path().starts_with(&rule.path)
        };
        let rule = rules.iter_mut().rev().find(fits)?;
        rule.times = rule.times.map(|left| left - 1);
        Some(rule.fault.clone())
    }

    async fn hand_on(
        &self,
        request: Request<Incoming>,
    ) -> Result<Response<Bytes>, Box<dyn std::error::Error + Send + Sync>> {
        let (head, body) = request.into_parts();
        let mut headers = head.headers;
        headers.remove("host");
        let to = format!("{}{}", self.to, head.uri);
        let body = body.collect().await?.to_bytes();
        let answer = self.http.request(head.method, to).headers(headers).body(body).send().await?;
        let mut response = Response::builder().status(answer.status());
        for (name, value) in answer.headers().iter().filter(|(name, _)| *name != "transfer-encoding") {
            response = response.header(name, value);
        }
        Ok(response.body(answer.bytes().await?)?)
    }
}

/// As a server that is not well, in Vault's form.
fn unwell(status: u16) -> Response<Body> {
    let body = Full::new(Bytes::from_static(b"{\"errors\":[\"made up by a test\"]}\n"));
    let response = Response::builder().status(status).header("content-type", "application/json");
    response.body(body.map_err(|never| match never {}).boxed()).expect("a status")
}

/// The first half, which is seen to arrive, and then the end of the connection.
fn in_half(bytes: Bytes) -> Body {
    let half = bytes.slice(..bytes.len() / 2);
    let parts = futures_util::stream::unfold(Some(half), |half| async {
        match half {
            Some(half) => Some((Ok(Frame::data(half)), None)),
            None => {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some((Err(std::io::Error::other("cut by a test")), None))
            }
        }
    });
    BodyExt::boxed(StreamBody::new(parts))
}
