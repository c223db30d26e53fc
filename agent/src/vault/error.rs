//! What went wrong, in our own words.

use vaultrs::error::ClientError;

use super::tls;

/// What went wrong, without a word of the server's own text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("{0}")]
    Settings(String),
    #[error("Vault at {0} does not answer; check VAULT_ADDR and that the server runs")]
    Unreachable(String),
    #[error(
        "Vault at {0} is a standby and sends calls on to {1}, which does not answer; see to that one, or give another \
         address in VAULT_ADDR"
    )]
    Standby(String, String),
    /// In TLS 1.3 a server that lacks the client's certificate hangs up after the handshake, and often without a reason.
    #[error(
        "Vault at {0} ended the connection without a whole answer; check that the server runs, and where it wants to see a \
         client certificate, set VAULT_CLIENT_CERT and VAULT_CLIENT_KEY"
    )]
    HungUp(String),
    #[error(
        "Vault at {0} did not answer in time; check that the server is well, or give it more with VAULT_CLIENT_TIMEOUT \
         (10 s, unless set)"
    )]
    Late(String),
    #[error("no safe connection to Vault at {0}: {1}")]
    Tls(String, &'static str),
    #[error("Vault is sealed; unseal it first")]
    Sealed,
    #[error("Vault takes no calls now: a standby, or too many at once; check VAULT_ADDR, or try again later")]
    Busy,
    #[error("Vault refuses the login {0}")]
    Login(String),
    #[error("Vault does not accept the token in {0}: it has expired or was revoked; put a new one there")]
    Token(String),
    #[error("the login to Vault had ended, and another failed: {0}")]
    Lapsed(Box<VaultError>),
    #[error("Vault does not allow {0}; `turnlock setup vault` writes the ACL policy that this policy needs")]
    Denied(String),
    #[error("{0} has moved on in Vault: somebody else wrote it meanwhile")]
    Conflict(String),
    #[error("{0} was deleted or destroyed in Vault; undelete it, or take another version")]
    Deleted(String),
    #[error("{0} does not look as expected in Vault: it needs the text field `{1}`")]
    Malformed(String, String),
    #[error(
        "{entry} belongs to the stack {owner} (its mark in Vault), and this policy is of {ours}; correct the policy's \
         `prefix`, or give the stack its own name"
    )]
    Foreign { entry: String, owner: String, ours: String },
    #[error("the wrapping was opened before, has expired, or is none")]
    Opened,
    #[error("Vault answered {0} with status {1}; its own log says why")]
    Status(String, u16),
    #[error("no answer from Vault that could be understood, for {0}")]
    Unclear(String),
}

impl VaultError {
    /// The same about something that a person knows by another name than Vault's path.
    pub(super) fn about(self, what: &str) -> Self {
        let what = what.to_owned();
        match self {
            VaultError::Denied(_) => VaultError::Denied(what),
            VaultError::Conflict(_) => VaultError::Conflict(what),
            VaultError::Status(_, code) => VaultError::Status(what, code),
            VaultError::Unclear(_) => VaultError::Unclear(what),
            other => other,
        }
    }

    /// One word of few, for a span's `error.type`.
    pub(super) fn kind(&self) -> String {
        match self.http_status() {
            Some(status) => return status.to_string(),
            None => match self {
                VaultError::Unreachable(_) | VaultError::Standby(..) => "unreachable",
                VaultError::HungUp(_) => "connection_closed",
                VaultError::Late(_) => "timeout",
                VaultError::Tls(..) => "tls",
                VaultError::Unclear(_) | VaultError::Malformed(..) => "unexpected_answer",
                _ => "_OTHER",
            },
        }
        .to_owned()
    }

    /// The status with which Vault answered, as far as it is known.
    pub(super) fn http_status(&self) -> Option<u16> {
        match self {
            VaultError::Sealed => Some(503),
            VaultError::Denied(_) => Some(403),
            VaultError::Conflict(_) | VaultError::Opened => Some(400),
            VaultError::Deleted(_) => Some(404),
            VaultError::Status(_, status) => Some(*status),
            _ => None,
        }
    }

    /// Whether the request may have been carried out although no good answer came.
    pub fn in_doubt(&self) -> bool {
        match self {
            VaultError::Unreachable(_)
            | VaultError::Standby(..)
            | VaultError::HungUp(_)
            | VaultError::Late(_)
            | VaultError::Unclear(_) => true,
            VaultError::Status(_, code) => *code >= 500,
            // `Lapsed` too, whatever is in it: the call itself was refused.
            _ => false,
        }
    }

    /// Whether the same call may succeed in a while. Not where a login failed: that is tried at its own pace.
    pub fn may_pass(&self) -> bool {
        match self {
            VaultError::Unreachable(_)
            | VaultError::Standby(..)
            | VaultError::HungUp(_)
            | VaultError::Late(_)
            | VaultError::Sealed
            | VaultError::Busy => true,
            VaultError::Status(_, code) => *code >= 500,
            _ => false,
        }
    }

    /// Whether Vault said no, and would say so again.
    pub(super) fn is_refusal(&self) -> bool {
        matches!(self, VaultError::Denied(_) | VaultError::Status(_, 400..=499))
    }

    /// What a status means that is no success.
    pub(super) fn of_status(what: &str, status: u16) -> Self {
        match status {
            403 => VaultError::Denied(what.to_owned()),
            // https://developer.hashicorp.com/vault/api-docs#http-status-codes
            429 | 472 | 473 => VaultError::Busy,
            503 => VaultError::Sealed,
            status => VaultError::Status(what.to_owned(), status),
        }
    }

    /// A request that got no answer; `address` is where it went.
    pub(super) fn of_transport(address: &str, error: &(dyn std::error::Error + 'static)) -> Self {
        let request = error.downcast_ref::<reqwest::Error>();
        match tls::complaint(error) {
            Some(why) => VaultError::Tls(address.to_owned(), why),
            None if request.is_some_and(|e| e.is_timeout()) => VaultError::Late(address.to_owned()),
            None if request.is_some_and(|e| !e.is_connect()) => VaultError::HungUp(address.to_owned()),
            None => VaultError::Unreachable(address.to_owned()),
        }
    }

    pub(super) fn of_library(address: &str, what: &str, error: &ClientError) -> Self {
        use rustify::errors::ClientError as Rest;
        match error {
            ClientError::APIError { code: 400, errors }
                if errors.iter().any(|e| e.contains("check-and-set")) =>
            {
                VaultError::Conflict(what.to_owned())
            }
            ClientError::APIError { code, .. } => Self::of_status(what, *code),
            ClientError::RestClientError { source: Rest::ServerResponseError { code, content } } => {
                let deleted = content.as_deref().is_some_and(|c| c.contains("deletion_time"));
                match code {
                    404 if deleted => VaultError::Deleted(what.to_owned()),
                    code => Self::of_status(what, *code),
                }
            }
            ClientError::RestClientError {
                source: Rest::RequestError { source, .. } | Rest::ResponseError { source },
            } => Self::of_transport(address, source.as_ref()),
            _ => VaultError::Unclear(what.to_owned()),
        }
    }
}

pub(super) fn is_missing(error: &ClientError) -> bool {
    matches!(error, ClientError::APIError { code: 404, .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustify::errors::ClientError as Rest;

    /// What the library's errors can hold is in none of ours.
    #[test]
    fn no_error_holds_what_the_server_said() {
        const TOKEN: &str = "s.AAAABBBBCCCCDDDD";
        let said = || Some(format!("{{\"auth\":{{\"client_token\":\"{TOKEN}\"}}}}"));
        let rest = |source| ClientError::RestClientError { source };
        let parse = || serde_json::from_str::<u8>(&format!("\"{TOKEN}\"")).unwrap_err();
        let theirs = [
            ClientError::APIError { code: 403, errors: vec![TOKEN.into()] },
            ClientError::APIError { code: 400, errors: vec![format!("check-and-set {TOKEN}")] },
            ClientError::JsonParseError { source: parse() },
            rest(Rest::ServerResponseError { code: 404, content: said() }),
            rest(Rest::ServerResponseError { code: 500, content: said() }),
            rest(Rest::ResponseParseError { source: parse().into(), content: said() }),
            rest(Rest::RequestError { source: parse().into(), url: TOKEN.into(), method: "GET".into() }),
        ];
        for error in &theirs {
            assert!(format!("{error:?}").contains(TOKEN), "the test is to show something");
            let ours = VaultError::of_library("https://vault.test:8200", "secret/app/PW", error);
            for shown in [ours.to_string(), format!("{ours:?}")] {
                assert!(!shown.contains(TOKEN), "{shown}");
            }
        }
    }

    #[test]
    fn a_refused_call_is_never_in_doubt() {
        let gone = VaultError::Unreachable("https://vault.test:8200".into());
        assert!(gone.in_doubt());
        assert!(!VaultError::Lapsed(Box::new(gone)).in_doubt());
        assert!(VaultError::of_status("x", 500).in_doubt());
        assert!(!VaultError::of_status("x", 403).in_doubt());
    }

    #[test]
    fn what_is_worth_asking_again() {
        for status in [429, 472, 473, 500, 502, 503] {
            assert!(VaultError::of_status("x", status).may_pass(), "{status}");
        }
        let gone = VaultError::Unreachable("https://vault.test:8200".into());
        assert!(gone.may_pass());
        for never in [
            VaultError::of_status("x", 403),
            VaultError::of_status("x", 400),
            VaultError::Conflict("x".into()),
            VaultError::Lapsed(Box::new(gone)),
        ] {
            assert!(!never.may_pass(), "{never}");
        }
    }
}
