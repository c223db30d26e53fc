//! Something at the place of a collector that is not well, or whose requests are to be looked at: it records what arrives,
//! and answers as it is told. What a collector makes of spans is seen at the stack's own, which is a real one.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::certificates::Pair;

/// How it behaves.
#[derive(Clone, Copy)]
pub enum Manner {
    /// 200 at once.
    Well,
    /// 200, and each time after a while.
    Slow(Duration),
    /// Another status.
    Refusing(&'static str),
    /// Reads, and answers nothing.
    Silent,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Request line and headers.
    pub head: String,
    pub body: Vec<u8>,
}

impl Request {
    fn pass_on(&self, collector: &str) {
        let path = self.head.split_whitespace().nth(1).expect("a request names its path");
        let request = crate::web::client().post(format!("{collector}{path}")).body(self.body.clone());
        let answer = request.header("content-type", "application/x-protobuf").send();
        assert!(answer.is_ok_and(|a| a.status().is_success()), "the collector takes what it is sent");
    }

    /// A body of protobuf holds its texts as they are.
    pub fn has(&self, text: &str) -> bool {
        self.body.windows(text.len()).any(|part| part == text.as_bytes())
    }
}

pub struct Recorder {
    pub base: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Recorder {
    pub fn start(manner: Manner) -> Self {
        Self::serve(manner, None)
    }

    /// On the way to a real collector, which gets every request as it came.
    pub fn before(collector: &str) -> Self {
        Self::answering(Manner::Well, None, Some(collector.to_owned()))
    }

    /// Behind TLS.
    pub fn start_tls(pair: &Pair) -> Self {
        crate::install_provider();
        let chain = CertificateDer::pem_file_iter(&pair.certificate).expect("a certificate");
        let chain = chain.map(|c| c.expect("PEM")).collect();
        let key = PrivateKeyDer::from_pem_file(&pair.key).expect("a key");
        let config = rustls::ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key);
        Self::serve(Manner::Well, Some(Arc::new(config.expect("they belong together"))))
    }

    fn serve(manner: Manner, tls: Option<Arc<rustls::ServerConfig>>) -> Self {
        Self::answering(manner, tls, None)
    }

    fn answering(manner: Manner, tls: Option<Arc<rustls::ServerConfig>>, to: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let base = format!("{}://{address}", if tls.is_some() { "https" } else { "http" });
        let requests = Arc::new(Mutex::default());
        let record: Arc<Mutex<Vec<Request>>> = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (record, tls, to) = (record.clone(), tls.clone(), to.clone());
                std::thread::spawn(move || {
                    let keep = |request: Request| {
                        to.iter().for_each(|collector| request.pass_on(collector));
                        record.lock().expect("no thread panicked here").push(request);
                    };
                    match tls {
                        None => answer(stream, manner, keep),
                        Some(config) => {
                            let connection = rustls::ServerConnection::new(config).expect("a connection");
                            answer(rustls::StreamOwned::new(connection, stream), manner, keep);
                        }
                    }
                });
            }
        });
        Self { base, requests }
    }

    /// What arrived since it was last asked, at a path.
    pub fn take(&self, path: &str) -> Vec<Request> {
        let mut all = self.requests.lock().expect("no thread panicked here");
        let (taken, left) =
            all.drain(..).partition(|r: &Request| r.head.starts_with(&format!("POST {path} ")));
        *all = left;
        taken
    }

    /// Everything that arrived since it was last asked.
    pub fn take_all(&self) -> Vec<Request> {
        std::mem::take(&mut *self.requests.lock().expect("no thread panicked here"))
    }
}

fn answer(mut stream: impl Read + Write, manner: Manner, keep: impl Fn(Request)) {
    while let Some(request) = read(&mut stream) {
        keep(request);
        let status = match manner {
            Manner::Well => "200 OK",
            Manner::Slow(after) => {
                std::thread::sleep(after);
                "200 OK"
            }
            Manner::Refusing(status) => status,
            Manner::Silent => continue,
        };
        // In one piece: a kernel keeps the second of two small ones back for 40 ms.
        let answered = stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes());
        if answered.and_then(|()| stream.flush()).is_err() {
            return;
        }
    }
}

fn read(stream: &mut impl Read) -> Option<Request> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some(Request { head, body })
}
