//! A socket at the place of another one: it passes bytes on, or goes away, or falls silent.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;

use crate::web::runtime;

/// What becomes of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Through,
    /// As if the server had been killed: connections end, new ones are refused.
    Gone,
    /// Connections stay, new ones are taken, and nothing comes through.
    Silent,
}

/// A proxy in front of a server's Unix socket.
pub struct SocketProxy {
    path: PathBuf,
    shared: Arc<Shared>,
}

struct Shared {
    server: PathBuf,
    way: watch::Sender<Way>,
    /// At which request what is to come to pass.
    at: Mutex<Option<(String, Way)>>,
}

impl SocketProxy {
    /// In front of the engine, wherever Docker's own command line finds it.
    pub fn of_engine(path: &Path) -> Self {
        let host = std::env::var("DOCKER_HOST").unwrap_or_else(|_| "unix:///var/run/docker.sock".into());
        Self::start(path, Path::new(host.strip_prefix("unix://").expect("the engine has a Unix socket")))
    }

    fn start(path: &Path, server: &Path) -> Self {
        let way = watch::Sender::new(Way::Through);
        let shared = Arc::new(Shared { server: server.to_owned(), way, at: Mutex::default() });
        let listener = listen(path);
        runtime().spawn(accept(listener, path.to_owned(), shared.clone()));
        Self { path: path.to_owned(), shared }
    }

    /// As `DOCKER_HOST` wants it.
    pub fn address(&self) -> String {
        format!("unix://{}", self.path.display())
    }

    pub fn set(&self, way: Way) {
        self.shared.way.send_replace(way);
    }

    /// From the moment that a client's bytes contain this; they don't come through any more.
    pub fn set_at(&self, request: &str, way: Way) {
        *self.shared.at.lock().expect("no thread panicked here") = Some((request.to_owned(), way));
    }

    pub fn way(&self) -> Way {
        *self.shared.way.borrow()
    }
}

impl Drop for SocketProxy {
    fn drop(&mut self) {
        self.set(Way::Gone);
    }
}

fn listen(path: &Path) -> UnixListener {
    let _in_it = runtime().enter();
    UnixListener::bind(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

async fn accept(listener: UnixListener, path: PathBuf, shared: Arc<Shared>) {
    let (mut way, mut listener) = (shared.way.subscribe(), Some(listener));
    loop {
        let now = *way.borrow_and_update();
        match (&listener, now) {
            // Nobody listens, though the socket's file is still there: so it is with a server that was killed.
            (Some(_), Way::Gone) => listener = None,
            (None, Way::Through | Way::Silent) => {
                let _ = std::fs::remove_file(&path);
                listener = Some(listen(&path));
            }
            _ => {}
        }
        let next = async {
            match &listener {
                Some(listener) => listener.accept().await.map(|(client, _)| client),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            changed = way.changed() => if changed.is_err() { return },
            client = next => if let Ok(client) = client {
                tokio::spawn(pass_on(client, shared.clone()));
            },
        }
    }
}

async fn pass_on(client: UnixStream, shared: Arc<Shared>) {
    let mut way = shared.way.subscribe();
    let Ok(server) = UnixStream::connect(&shared.server).await else { return };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let both = async {
        tokio::join!(
            pump(from_client, to_server, shared.clone(), true),
            pump(from_server, to_client, shared.clone(), false)
        )
    };
    // Dropped, both connections end.
    tokio::select! {
        _ = both => {}
        _ = way.wait_for(|way| *way == Way::Gone) => {}
    }
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    shared: Arc<Shared>,
    is_request: bool,
) {
    let (mut way, mut bytes) = (shared.way.subscribe(), vec![0; 64 * 1024]);
    while let Ok(length @ 1..) = from.read(&mut bytes).await {
        if is_request {
            shared.look_at(&bytes[..length]);
        }
        let passes = way.wait_for(|way| *way == Way::Through).await.is_ok();
        if !passes || to.write_all(&bytes[..length]).await.is_err() {
            break;
        }
    }
    let _ = to.shutdown().await;
}

impl Shared {
    fn look_at(&self, bytes: &[u8]) {
        let mut at = self.at.lock().expect("no thread panicked here");
        let is_in = |request: &str| bytes.windows(request.len()).any(|part| part == request.as_bytes());
        if let Some((_, way)) = at.take_if(|(request, _)| is_in(request)) {
            self.way.send_replace(way);
        }
    }
}
