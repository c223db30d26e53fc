//! One login for as long as the agent needs one: a token that is renewed in the background, and replaced when it ends.

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret;
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use vaultrs::api::EndpointMiddleware;
use vaultrs::client::{VaultClient, VaultClientSettings};
use zeroize::Zeroize;

use super::login::{self, Grant, Lease};
use super::raw::Wire;
use super::settings::Method;
use super::{Settings, VaultError};
use crate::metrics;

/// A token in use: never changed, only replaced by another ticket.
pub(super) struct Ticket {
    pub(super) client: VaultClient,
    pub(super) wire: Wire,
    pub(super) entity: Option<String>,
    lease: Lease,
}

impl Ticket {
    #[expect(clippy::disallowed_methods, reason = "the library keeps the token as text; wiped when dropped")]
    fn new(wire: Wire, grant: Grant) -> Self {
        let text = || grant.token.expose_secret().to_owned();
        let settings = VaultClientSettings {
            address: wire.base.clone(),
            // What follows is for making an HTTP client, and there is one already.
            ca_certs: Vec::new(),
            identity: None,
            timeout: None,
            token: text(),
            verify: true,
            version: 1,
            wrapping: false,
            namespace: wire.namespace.clone(),
            proxy: None,
        };
        let middle = EndpointMiddleware {
            token: text(),
            version: "v1".into(),
            wrap: None,
            namespace: wire.namespace.clone(),
        };
        let http = rustify::clients::reqwest::Client::new(wire.base.as_str(), wire.http.clone());
        let client = VaultClient { http, middle, settings };
        Self { client, wire, entity: grant.entity, lease: grant.lease }
    }

    pub(super) fn token(&self) -> &str {
        &self.client.settings.token
    }

    pub(super) fn error(&self, what: &str, error: &vaultrs::error::ClientError) -> VaultError {
        VaultError::of_library(&self.wire.shown, what, error)
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.client.settings.token.zeroize();
        self.client.middle.token.zeroize();
    }
}

/// The ticket of now, and the right to get another.
pub(super) struct Session {
    settings: Settings,
    current: watch::Sender<Arc<Ticket>>,
    /// One login at a time.
    logins: Mutex<Gate>,
}

/// After a login that failed, how long none is tried: Vault locks a role out that fails too often.
#[derive(Default)]
struct Gate {
    failures: u32,
    shut: Option<(Instant, VaultError)>,
}

impl Session {
    pub(super) async fn open(settings: Settings) -> Result<Session, VaultError> {
        let first = Arc::new(log_in(&settings).await?);
        Ok(Session { settings, current: watch::Sender::new(first), logins: Mutex::default() })
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(super) fn ticket(&self) -> Arc<Ticket> {
        self.current.borrow().clone()
    }

    /// Another ticket, if this one is no good any more; `None` if Vault still knows it, and so meant what it refused.
    pub(super) async fn if_dead(&self, ticket: &Arc<Ticket>) -> Result<Option<Arc<Ticket>>, VaultError> {
        if ticket.token().is_empty() {
            return Ok(None);
        }
        match login::look_up(&ticket.wire, ticket.token()).await {
            Ok(_) => Ok(None),
            Err(e) if e.is_refusal() => self.replace(ticket).await.map(Some),
            Err(e) => Err(e),
        }
    }

    /// Logs in anew, unless somebody else just did.
    async fn replace(&self, old: &Arc<Ticket>) -> Result<Arc<Ticket>, VaultError> {
        let mut gate = self.logins.lock().await;
        let current = self.ticket();
        if !Arc::ptr_eq(&current, old) {
            return Ok(current);
        }
        if let Some((until, error)) = &gate.shut
            && Instant::now() < *until
        {
            return Err(error.clone());
        }
        match log_in(&self.settings).await {
            Ok(ticket) => {
                let ticket = Arc::new(ticket);
                *gate = Gate::default();
                self.current.send_replace(ticket.clone());
                tracing::info!("logged in to Vault anew");
                Ok(ticket)
            }
            Err(error) => {
                gate.failures += 1;
                gate.shut = Some((Instant::now() + back_off(gate.failures), error.clone()));
                Err(error)
            }
        }
    }
}

async fn log_in(settings: &Settings) -> Result<Ticket, VaultError> {
    let wire = Wire::open(settings).await?;
    let granted = settings.log_in(&wire).await;
    if !matches!(settings.method, Method::Nobody) {
        metrics::login(settings.method.name(), granted.is_ok());
    }
    let grant = granted?;
    metrics::token(settings.method.name(), grant.lease.life);
    Ok(Ticket::new(wire, grant))
}

/// A token of our own making is forgotten with its session; one that was given to us lives on, and has to be watched.
impl Drop for Session {
    fn drop(&mut self) {
        if !matches!(self.settings.method, Method::Token(_) | Method::Nobody) {
            metrics::token(self.settings.method.name(), None);
        }
    }
}

/// 1, 2, 4, … seconds and at most a minute, and not for all agents the same.
fn back_off(failures: u32) -> Duration {
    let doubled =
        Duration::from_secs(1).saturating_mul(2u32.saturating_pow(failures.saturating_sub(1).min(10)));
    doubled.min(Duration::from_secs(60)).mul_f64(rand::random_range(0.8..1.2))
}

/// The background task; it ends with this.
pub(super) struct Keeper(JoinHandle<()>);

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Keeper {
    pub(super) fn start(session: Arc<Session>) -> Self {
        Self(tokio::spawn(async move {
            let mut tickets = session.current.subscribe();
            loop {
                let ticket = tickets.borrow_and_update().clone();
                tokio::select! {
                    () = session.keep(&ticket) => {}
                    // A call has replaced it.
                    _ = tickets.changed() => {}
                }
            }
        }))
    }
}

/// What to do next for a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Nothing,
    Renew(Duration),
    LogIn(Duration),
}

impl Lease {
    /// At two thirds of its life a token is renewed; `jitter` (0.9 to 1) spreads it. `longest` is the most that it was
    /// ever given: a renewal that gives much less has met the token's maximum, and the next would give less again.
    fn next(self, longest: Duration, jitter: f64) -> Next {
        let Some(life) = self.life else { return Next::Nothing };
        let wait = (life * 2 / 3).mul_f64(jitter);
        // A very short life must not become a busy loop; the last of a longer one must not be slept through.
        let (always, at_last) = (Duration::from_secs(1), Duration::from_millis(200));
        match self.renewable && life * 2 > longest {
            true => Next::Renew(wait.max(always)),
            false => Next::LogIn(wait.max(if longest > life { at_last } else { always })),
        }
    }
}

impl Session {
    /// Keeps one ticket alive; ends when there is another in its place.
    async fn keep(&self, ticket: &Arc<Ticket>) {
        let (mut lease, mut longest) = (ticket.lease, Duration::ZERO);
        loop {
            longest = longest.max(lease.life.unwrap_or_default());
            let (wait, renew) = match lease.next(longest, rand::random_range(0.9..1.0)) {
                Next::Nothing => return std::future::pending().await,
                Next::Renew(wait) => (wait, true),
                Next::LogIn(wait) => (wait, false),
            };
            sleep(wait).await;
            match self.prolong(ticket, renew).await {
                Some(renewed) => lease = renewed,
                None => return,
            }
        }
    }

    /// Renews, or logs in where that is refused, until one of them succeeds. `None`: there is a new ticket.
    async fn prolong(&self, ticket: &Arc<Ticket>, renew: bool) -> Option<Lease> {
        let mut failures = 0;
        loop {
            let renewed = match renew {
                true => login::renew(&ticket.wire, ticket.token()).await.map(Some),
                false => Ok(None),
            };
            if renew {
                metrics::renewal(renewed.is_ok());
            }
            let error = match renewed {
                Ok(Some(lease)) => {
                    metrics::token(self.settings.method.name(), lease.life);
                    return Some(lease);
                }
                // Not the token's fault.
                Err(error) if !error.is_refusal() => error,
                Ok(None) | Err(_) => match self.replace(ticket).await {
                    Ok(_) => return None,
                    Err(error) => error,
                },
            };
            failures += 1;
            metrics::retry("login");
            tracing::warn!(%error, failures, "the login to Vault could not be renewed");
            sleep(back_off(failures)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn lease(seconds: u64, renewable: bool) -> Lease {
        Lease { life: (seconds > 0).then(|| s(seconds)), renewable }
    }

    #[test]
    fn a_token_is_renewed_at_two_thirds_of_its_life() {
        assert_eq!(lease(1200, true).next(s(1200), 1.0), Next::Renew(s(800)));
        assert_eq!(lease(1200, true).next(s(1200), 0.9), Next::Renew(s(720)));
        assert_eq!(lease(0, true).next(s(0), 1.0), Next::Nothing);
    }

    #[test]
    fn where_renewal_gives_less_there_is_a_new_login() {
        assert_eq!(lease(1200, false).next(s(1200), 1.0), Next::LogIn(s(800)));
        assert_eq!(lease(300, true).next(s(1200), 1.0), Next::LogIn(s(200)));
        let spent = Lease { life: Some(Duration::ZERO), renewable: true };
        assert_eq!(spent.next(s(2), 1.0), Next::LogIn(Duration::from_millis(200)));
        assert_eq!(lease(1, true).next(s(3), 1.0), Next::LogIn(s(2) / 3), "before it ends");
        assert_eq!(lease(1199, true).next(s(1200), 1.0), Next::Renew(s(1199) * 2 / 3));
    }

    #[test]
    fn nothing_is_asked_more_than_once_a_second() {
        assert_eq!(lease(1, true).next(s(1), 0.9), Next::Renew(s(1)));
        assert_eq!(lease(1, false).next(s(1), 0.9), Next::LogIn(s(1)));
        for failures in 1..100 {
            assert!((s(1).mul_f64(0.8)..s(72)).contains(&back_off(failures)));
        }
    }
}
