//! A collector, as far as a command's end depends on it: one that is down, slow or refuses must hold nobody up, and one that
//! is well is to get everything.
//!
//! What tells them apart is asked with an export of nothing: at the start, which opens the connection, and at the end,
//! beside the last real one. Who takes one of the two within [`PATIENCE`] is well, and gets up to [`BOUND`]: one alone may
//! meet a busy moment. From anybody else nothing is to be expected; he is not waited for longer, and who refuses the
//! second one is not waited for at all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use reqwest::blocking::Client;

use super::endpoint::Endpoint;

/// How long the end of a command may be held up by a collector that does not answer.
pub const PATIENCE: Duration = Duration::from_millis(60);
/// And by one that answers, until it has taken everything.
pub const BOUND: Duration = Duration::from_secs(1);

/// Where one signal goes, with the connection to it.
#[derive(Clone)]
pub struct Collector {
    pub endpoint: Endpoint,
    pub client: Client,
    was_well: Arc<AtomicBool>,
}

impl Collector {
    pub fn new(endpoint: Endpoint, client: Client) -> Self {
        Self { endpoint, client, was_well: Arc::default() }
    }

    /// Opens the connection in the background.
    pub fn greet(&self) {
        let collector = self.clone();
        std::thread::spawn(move || {
            let began = Instant::now();
            let well = collector.is_well() && began.elapsed() <= PATIENCE;
            collector.was_well.store(well, Ordering::SeqCst);
        });
    }

    fn is_well(&self) -> bool {
        self.endpoint.takes_nothing(&self.client)
    }
}

/// What is being sent at the end.
pub struct Flushing {
    began: Instant,
    limit: Duration,
    news: Receiver<News>,
}

enum News {
    Sent,
    IsWell(bool),
}

impl Flushing {
    /// There is nothing to send.
    pub fn nothing() -> Self {
        // Its other end is gone, so that nobody waits.
        Self { began: Instant::now(), limit: PATIENCE, news: channel().1 }
    }

    /// Begins to send what is left, on threads of their own: when it takes too long they are left alone, and end with the
    /// process.
    pub fn begin(collector: Collector, send: impl FnOnce() + Send + 'static) -> Self {
        let limit = if collector.was_well.load(Ordering::SeqCst) { BOUND } else { PATIENCE };
        let (sent, news) = channel();
        let asked = sent.clone();
        std::thread::spawn(move || {
            send();
            let _ = sent.send(News::Sent);
        });
        std::thread::spawn(move || {
            let _ = asked.send(News::IsWell(collector.is_well()));
        });
        Self { began: Instant::now(), limit, news }
    }

    /// Until it is sent, or nothing more is to be expected.
    pub fn wait(self) {
        let mut limit = self.limit;
        loop {
            match self.news.recv_timeout(limit.saturating_sub(self.began.elapsed())) {
                Ok(News::IsWell(true)) => limit = BOUND,
                Ok(News::IsWell(false) | News::Sent) | Err(_) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;
    use crate::telemetry::config::{Config, Signal};

    /// Answers each request with a status, after a while; `None`: never.
    fn serve(answer: Option<(&'static str, Duration)>) -> Collector {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || {
                    let mut stream = stream;
                    let mut buffer = [0; 4096];
                    while stream.read(&mut buffer).is_ok_and(|n| n > 0) {
                        let Some((status, after)) = answer else { continue };
                        std::thread::sleep(after);
                        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                        let _ = stream.write_all(answer.as_bytes());
                    }
                });
            }
        });
        at(url)
    }

    fn at(url: String) -> Collector {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut config =
            Config::read(move |name| (name == "OTEL_EXPORTER_OTLP_ENDPOINT").then(|| url.clone()));
        let collector = config.collector(Signal::Traces).unwrap();
        collector.greet();
        collector
    }

    fn waited(collector: Collector, takes: Duration) -> Duration {
        let began = Instant::now();
        Flushing::begin(collector, move || std::thread::sleep(takes)).wait();
        began.elapsed()
    }

    #[test]
    fn only_who_is_well_is_waited_for() {
        let (long, soon) = (Duration::from_secs(5), Duration::ZERO);
        let well = waited(serve(Some(("200 OK", soon))), Duration::from_millis(300));
        assert!((Duration::from_millis(300)..BOUND).contains(&well), "sent in 300 ms: {well:?}");
        let bounded = waited(serve(Some(("200 OK", soon))), long);
        assert!((BOUND..BOUND * 2).contains(&bounded), "{bounded:?}");
        let half = Duration::from_millis(500);
        for (kind, collector) in [
            ("silent", serve(None)),
            ("slow", serve(Some(("200 OK", half)))),
            ("refusing", serve(Some(("503 Service Unavailable", soon)))),
            ("down", at("http://127.0.0.1:1".into())),
        ] {
            let took = waited(collector, long);
            assert!(took < half, "{kind}: {took:?}");
        }
        let began = Instant::now();
        Flushing::nothing().wait();
        assert!(began.elapsed() < PATIENCE);
    }
}
