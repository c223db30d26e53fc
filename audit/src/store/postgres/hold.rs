//! The right to act on a log on a server: an advisory lock of a session of its own.
//!
//! Any login of the database can take such a lock, and keep others waiting by it, which is why `append` uses none. Whoever
//! takes it without the right gains nothing by it.

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use rustix::time::{ClockId, clock_gettime};
use sqlx::{Connection, PgConnection};
use tokio::sync::{oneshot, watch};

use super::{connect, error, part};
use crate::{Holder, LogError, PostgresUrl};

/// `turnlock` in ASCII. Advisory locks are a database's own, and a database holds one log.
const KEY: i64 = i64::from_be_bytes(*b"turnlock");
/// How often the holder says that it is alive.
const BEAT: Duration = Duration::from_secs(2);
/// After so long without an answered beat the holder takes it for lost: well before the server gives it to others.
const LIMIT: Duration = Duration::from_secs(10);
/// After so long without a beat the server ends the session.
const IDLE: Duration = Duration::from_secs(15);
/// How often it is tried, and how long one waits in between: whoever had it last may be just about to let it go.
const TRIES: (u32, Duration) = (4, Duration::from_millis(150));

#[derive(Debug)]
pub(crate) struct Session {
    /// When the last beat that was answered was sent.
    beat: Arc<AtomicU64>,
    ended: watch::Receiver<Option<End>>,
    /// Dropped with this; then the session is closed.
    _let_go: oneshot::Sender<()>,
}

/// How it ended before it was let go.
#[derive(Debug, Clone, Copy)]
enum End {
    /// The server was not heard of for too long: others may act by now.
    Silence,
    /// The session is closed: by the server's end, or by somebody on it.
    Cut,
}

impl From<End> for LogError {
    fn from(end: End) -> LogError {
        match end {
            End::Silence => LogError::LeaseLost(LIMIT.as_secs()),
            End::Cut => LogError::Lost,
        }
    }
}

impl Session {
    pub(crate) async fn hold(url: &PostgresUrl) -> Result<Session, LogError> {
        let idle = format!("{}s", IDLE.as_secs());
        let options = url.options().application_name("turnlock lease").options([
            ("idle_session_timeout", idle.as_str()),
            ("statement_timeout", "5s"),
            ("default_transaction_read_only", "on"),
        ]);
        let mut connection = connect(options, url).await?;
        let sent = now();
        for remaining in (0..TRIES.0).rev() {
            if take(&mut connection, url).await? {
                return Ok(Session::keep(connection, sent));
            }
            if remaining > 0 {
                tokio::time::sleep(TRIES.1).await;
            }
        }
        let holder = holder(&mut connection, url).await?;
        part(connection).await;
        Err(LogError::Held(holder))
    }

    fn keep(connection: PgConnection, sent: u64) -> Session {
        let beat = Arc::new(AtomicU64::new(sent));
        let (tell, ended) = watch::channel(None);
        let (let_go, released) = oneshot::channel();
        tokio::spawn(heart(connection, beat.clone(), tell, released));
        Session { beat, ended, _let_go: let_go }
    }

    /// Whether the server has heard of it in time, as far as can be known without asking anybody.
    pub(crate) fn check(&self) -> Result<(), LogError> {
        match *self.ended.borrow() {
            Some(end) => Err(end.into()),
            None => left(&self.beat).map(drop).ok_or_else(|| End::Silence.into()),
        }
    }

    /// Comes when it is lost.
    pub(crate) async fn end(&self) -> LogError {
        let mut ended = self.ended.clone();
        let end = ended.wait_for(Option::is_some).await;
        end.ok().and_then(|end| *end).unwrap_or(End::Cut).into()
    }
}

/// Beats until it is let go, or not answered in time.
async fn heart(
    mut connection: PgConnection,
    beat: Arc<AtomicU64>,
    ended: watch::Sender<Option<End>>,
    mut let_go: oneshot::Receiver<()>,
) {
    let end = loop {
        tokio::select! {
            _ = &mut let_go => return part(connection).await,
            () = tokio::time::sleep(BEAT) => {}
        }
        // The server begins to count when it has answered: never before it was asked.
        let sent = now();
        let Some(time) = left(&beat) else { break End::Silence };
        match tokio::time::timeout(time, connection.ping()).await {
            Ok(Ok(())) => beat.store(sent, Ordering::SeqCst),
            Ok(Err(_)) => break End::Cut,
            Err(_) => break End::Silence,
        }
    };
    ended.send_replace(Some(end));
}

/// How long it is good for without another beat.
fn left(beat: &AtomicU64) -> Option<Duration> {
    let age = Duration::from_millis(now().saturating_sub(beat.load(Ordering::SeqCst)));
    LIMIT.checked_sub(age).filter(|left| !left.is_zero())
}

/// Milliseconds of a clock that nobody sets, and that goes on while the machine sleeps.
fn now() -> u64 {
    let time = clock_gettime(ClockId::Boottime);
    time.tv_sec as u64 * 1000 + time.tv_nsec as u64 / 1_000_000
}

async fn take(connection: &mut PgConnection, url: &PostgresUrl) -> Result<bool, LogError> {
    let taken = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(KEY).fetch_one(connection);
    taken.await.map_err(|e| error(e, url))
}

/// Numbers and an address: what a session says of itself is not shown.
async fn holder(connection: &mut PgConnection, url: &PostgresUrl) -> Result<Holder, LogError> {
    let sql = "SELECT l.pid, host(a.client_addr) FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid) \
               WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
               AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
               AND (l.classid::bigint << 32) | l.objid::bigint = $1";
    let found: Option<(i32, Option<String>)> =
        sqlx::query_as(sql).bind(KEY).fetch_optional(connection).await.map_err(|e| error(e, url))?;
    Ok(match found {
        Some((pid, from)) => Holder::Session { pid, from: from.and_then(|from| from.parse::<IpAddr>().ok()) },
        None => Holder::Gone,
    })
}
