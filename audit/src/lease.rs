//! Who may act on what the log is about: one process at a time.
//!
//! Two things together. An entry `lease` with the next epoch, written by whoever begins: after it the log takes nothing from
//! anybody who acted before. That is what makes it safe. And what is here, held from the first look to the last entry, so that
//! others see at once that somebody is at work, and a holder who was stopped and wakes up does nothing more.

use std::{fmt, future::poll_fn, net::IpAddr, pin::pin, task::Poll};

use crate::{
    AuditUrl, FileLock, LogError,
    store::{postgres, sqlite},
};

/// Held until dropped, or lost.
///
/// - **A log in a file**: a lock on a file beside it. A stopped process keeps it, and only its end releases it.
/// - **A log on a server**: a lock of a session of its own, by which the holder says every two seconds that it is alive. After
///   15 seconds of silence the server ends the session, and others may act; after 10 the holder itself takes it for lost.
#[derive(Debug)]
pub struct Lease(Kind);

#[derive(Debug)]
enum Kind {
    File(#[expect(dead_code, reason = "held until dropped")] FileLock),
    Session(postgres::Session),
}

/// Who has it instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// A process of this host; without a number one that can't be seen from here, such as in another container.
    Process(Option<u32>),
    /// A session of the log's server, and from where it came, if this login may see that.
    Session { pid: i32, from: Option<IpAddr> },
    /// It ended while it was looked for.
    Gone,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Holder::Process(Some(pid)) => write!(f, "process {pid}"),
            Holder::Process(None) => f.write_str("a process that can't be seen from here"),
            Holder::Session { pid, from: Some(from) } => {
                write!(f, "session {pid} of the log's server, from {from}")
            }
            Holder::Session { pid, from: None } => write!(f, "session {pid} of the log's server"),
            Holder::Gone => f.write_str("one that has just ended"),
        }
    }
}

impl Lease {
    pub(crate) async fn take(url: &AuditUrl) -> Result<Lease, LogError> {
        Ok(Lease(match url {
            AuditUrl::Sqlite(path) => Kind::File(sqlite::hold(path)?),
            AuditUrl::Postgres(url) => Kind::Session(postgres::Session::hold(url).await?),
        }))
    }

    /// Whether it is still held, as far as can be known without asking anybody.
    ///
    /// # Errors
    /// [`LogError::LeaseLost`], or [`LogError::Lost`] where its session was closed: nothing more may be done.
    pub fn check(&self) -> Result<(), LogError> {
        match &self.0 {
            Kind::File(_) => Ok(()),
            Kind::Session(session) => session.check(),
        }
    }

    /// Does this, as long as it is held: a process that was stopped in the middle looks here first when it wakes.
    ///
    /// # Errors
    /// As of [`check`](Lease::check): the work was dropped where it stood.
    pub async fn during<T>(&self, work: impl Future<Output = T>) -> Result<T, LogError> {
        let mut work = pin!(work);
        let mut end = pin!(self.end());
        poll_fn(|context| {
            self.check()?;
            if let Poll::Ready(lost) = end.as_mut().poll(context) {
                return Poll::Ready(Err(lost));
            }
            work.as_mut().poll(context).map(Ok)
        })
        .await
    }

    async fn end(&self) -> LogError {
        match &self.0 {
            Kind::File(_) => std::future::pending().await,
            Kind::Session(session) => session.end().await,
        }
    }
}
