//! The calls that `vaultrs` lacks: any method on any path, a merge patch, a wrapped answer.
//!
//! The body of an answer can hold credentials: it is given to whoever asked for it, and shown by nobody.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::Method;
use reqwest::header::{DATE, HeaderValue};
use serde_json::Value as Json;
use url::Url;

use super::tls::SentOn;
use super::{Settings, Vault, VaultError};
use crate::clock::Skew;
use crate::telemetry::spans;

/// One call of Vault's HTTP API.
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    /// Below `/v1/`.
    pub(crate) path: &'a str,
    pub(crate) body: Option<Json>,
    /// Asks for a wrapped answer that lives so long: "5m".
    pub(crate) wrap: Option<&'a str>,
    /// It leaves something behind in Vault: the answer's `request_id` is kept for the log.
    changes: bool,
}

impl<'a> Call<'a> {
    pub(crate) fn get(path: &'a str) -> Self {
        Self { method: Method::GET, path, body: None, wrap: None, changes: false }
    }

    pub(crate) fn post(path: &'a str, body: Json) -> Self {
        Self { method: Method::POST, path, body: Some(body), wrap: None, changes: true }
    }

    /// A question that Vault wants posted.
    pub(crate) fn ask(path: &'a str, body: Json) -> Self {
        Self { changes: false, ..Self::post(path, body) }
    }

    pub(crate) fn patch(path: &'a str, body: Json) -> Self {
        Self { method: Method::PATCH, path, body: Some(body), wrap: None, changes: true }
    }

    pub(crate) fn wrapped(mut self, ttl: &'a str) -> Self {
        self.wrap = Some(ttl);
        self
    }
}

impl Vault {
    /// Makes a call with the client's own token. `None`: there is nothing at that path.
    pub(crate) async fn call(&self, call: Call<'_>) -> Result<Option<Json>, VaultError> {
        self.call_as(call, None).await
    }

    /// The same with another token, or with none at all (the empty one): what somebody else's token says of itself.
    pub(crate) async fn call_as(
        &self,
        call: Call<'_>,
        token: Option<&str>,
    ) -> Result<Option<Json>, VaultError> {
        let answer = match token {
            Some(token) => self.session.ticket().wire.send(&call, token).await,
            None => self.with_token(async |ticket| ticket.wire.send(&call, ticket.token()).await).await,
        };
        if let (true, Ok(Some(body))) = (call.changes, &answer) {
            self.requests.note(body);
        }
        answer
    }
}

/// Vault's ids of the changing calls that were made and are not in the log yet. A call that is answered with nothing (204)
/// has none.
#[derive(Clone, Default)]
pub struct Requests(Arc<Mutex<Vec<String>>>);

impl Requests {
    /// More than any step makes; a fault must not fill an entry.
    const MOST: usize = 200;

    fn note(&self, answer: &Json) {
        let Some(id) = answer.get("request_id").and_then(Json::as_str) else { return };
        let fit =
            !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if let Ok(mut ids) = self.0.lock()
            && fit
            && ids.len() < Self::MOST
        {
            ids.push(id.to_owned());
        }
    }

    /// Those since it was last asked.
    pub fn take(&self) -> Vec<String> {
        self.0.lock().map(|mut ids| std::mem::take(&mut *ids)).unwrap_or_default()
    }
}

/// The way to Vault, without a token.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) http: reqwest::Client,
    /// The address that `http` is to be given: the host may be the certificate's name.
    pub(super) base: Url,
    pub(super) namespace: Option<String>,
    /// The address as people know it.
    pub(super) shown: String,
    sent_on: SentOn,
    skew: Arc<Mutex<Option<Skew>>>,
}

impl Wire {
    pub(super) async fn open(settings: &Settings) -> Result<Wire, VaultError> {
        let sent_on = SentOn::default();
        let (http, base) = settings.trust.client(&settings.address, &sent_on).await?;
        let shown = settings.address.origin().ascii_serialization();
        Ok(Wire { http, base, namespace: settings.namespace.clone(), shown, sent_on, skew: Arc::default() })
    }

    /// How this host's clock stood to Vault's when it last answered here; `None`: it did not say.
    pub(super) fn skew(&self) -> Option<Skew> {
        self.skew.lock().ok().and_then(|skew| *skew)
    }

    /// An answer has the time at which it was made (RFC 9110, section 6.6.1).
    fn compare_clocks(&self, date: Option<&HeaderValue>) {
        let date = date.and_then(|date| rfc2822::parse(date.to_str().ok()?).ok());
        if let (Some(date), Ok(mut skew)) = (date, self.skew.lock()) {
            *skew = Some(Skew::between(Timestamp::now(), date.timestamp()));
        }
    }

    /// The empty token is none.
    pub(super) async fn send(&self, call: &Call<'_>, token: &str) -> Result<Option<Json>, VaultError> {
        let span = spans::vault(call.method.as_str(), call.path, &self.shown);
        spans::within(span, VaultError::kind, self.answer(call, token)).await
    }

    /// A call by `vaultrs`, in a span of its own. It hides the status: what succeeds says what it was.
    pub(super) async fn within<T>(
        &self,
        method: &str,
        path: &str,
        work: impl Future<Output = Result<T, VaultError>>,
    ) -> Result<T, VaultError> {
        let span = spans::vault(method, path, &self.shown);
        let result = spans::within(span.clone(), VaultError::kind, work).await;
        if let Some(status) = result.as_ref().err().and_then(VaultError::http_status) {
            span.in_scope(|| spans::status(status));
        }
        result
    }

    async fn answer(&self, call: &Call<'_>, token: &str) -> Result<Option<Json>, VaultError> {
        let url = self.base.join("v1/").and_then(|u| u.join(call.path));
        let url = url.map_err(|_| VaultError::Unclear(call.path.to_owned()))?;
        let mut request = self.http.request(call.method.clone(), url);
        if !token.is_empty() {
            let mut header =
                HeaderValue::from_str(token).map_err(|_| VaultError::Unclear(call.path.to_owned()))?;
            header.set_sensitive(true);
            request = request.header("X-Vault-Token", header);
        }
        if let Some(namespace) = &self.namespace {
            request = request.header("X-Vault-Namespace", namespace);
        }
        if let Some(ttl) = call.wrap {
            request = request.header("X-Vault-Wrap-TTL", ttl);
        }
        if let Some(body) = &call.body {
            let patch = call.method == Method::PATCH;
            let kind = if patch { "application/merge-patch+json" } else { "application/json" };
            request = request.header("Content-Type", kind).body(body.to_string());
        }
        self.sent_on.set(None);
        let lost = |e: reqwest::Error| match (VaultError::of_transport(&self.shown, &e), self.sent_on.get()) {
            (VaultError::Unreachable(at), Some(active)) => VaultError::Standby(at, active),
            (error, _) => error,
        };
        let answer = request.send().await.map_err(lost)?;
        let status = answer.status().as_u16();
        spans::status(status);
        self.compare_clocks(answer.headers().get(DATE));
        // Vault says "nothing is there" with 404 and an empty list of errors, and with 204 that it has nothing to say.
        let body = match answer.bytes().await.map_err(lost)? {
            bytes if bytes.is_empty() => Ok(Json::Null),
            bytes => serde_json::from_slice(&bytes),
        };
        match status {
            200..=299 => body.map(Some).map_err(|_| VaultError::Unclear(call.path.to_owned())),
            404 => Ok(None),
            400 if body.as_ref().is_ok_and(|b| says(b, "check-and-set")) => {
                Err(VaultError::Conflict(call.path.to_owned()))
            }
            400 if body.is_ok_and(|b| says(&b, "wrapping token")) => Err(VaultError::Opened),
            status => Err(VaultError::of_status(call.path, status)),
        }
    }
}

/// Whether one of Vault's error texts has these words: looked at, never shown.
fn says(body: &Json, words: &str) -> bool {
    let errors = body.get("errors").and_then(Json::as_array).into_iter().flatten();
    errors.filter_map(Json::as_str).any(|e| e.contains(words))
}
