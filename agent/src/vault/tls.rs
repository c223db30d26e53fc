//! Whose certificates count, and which one the agent shows: the HTTP client for Vault.

use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::redirect::{Attempt, Policy};
use reqwest::{Certificate, Client, ClientBuilder, Identity};
use url::Url;
use zeroize::Zeroizing;

use super::VaultError;
use super::credential::CredentialFile;

/// What decides whether a connection is safe, and how long it is waited for.
#[derive(Clone)]
pub(super) struct Trust {
    /// `VAULT_CACERT`. With it, or a folder, the system's own CAs do not count: as with Vault's tools.
    pub(super) ca_file: Option<PathBuf>,
    /// `VAULT_CAPATH`: every certificate in it. The file goes first.
    pub(super) ca_folder: Option<PathBuf>,
    /// `VAULT_TLS_SERVER_NAME`: the certificate is to be made out to this name, not to the address.
    pub(super) server_name: Option<String>,
    /// `VAULT_CLIENT_CERT` and `VAULT_CLIENT_KEY`.
    pub(super) client: Option<(PathBuf, CredentialFile)>,
    /// `VAULT_CLIENT_TIMEOUT`: how long a call may take.
    pub(super) patience: Duration,
}

/// Where a standby sent the last call on to, as scheme, host and port.
#[derive(Clone, Default)]
pub(super) struct SentOn(Arc<Mutex<Option<String>>>);

impl SentOn {
    pub(super) fn set(&self, to: Option<String>) {
        if let Ok(mut place) = self.0.lock() {
            *place = to;
        }
    }

    pub(super) fn get(&self) -> Option<String> {
        self.0.lock().ok()?.clone()
    }
}

impl Trust {
    /// A client, and the address that it is to be given. All files are read anew: they may have been replaced.
    pub(super) async fn client(&self, address: &Url, sent_on: &SentOn) -> Result<(Client, Url), VaultError> {
        let place = sent_on.clone();
        let redirect = Policy::custom(move |attempt| {
            place.set(Some(attempt.url().origin().ascii_serialization()));
            redirect(attempt)
        });
        let mut builder = Client::builder().tls_backend_rustls().timeout(self.patience).redirect(redirect);
        if address.scheme() == "http" {
            // Without this a host without CA certificates could not even speak HTTP.
            let client = builder.tls_certs_only(Vec::new()).build();
            return Ok((
                client.map_err(|_| wrong("no HTTP client for Vault could be made"))?,
                address.clone(),
            ));
        }
        if let Some(certificates) = self.authorities()? {
            builder = builder.tls_certs_only(certificates);
        }
        if let Some((certificate, key)) = &self.client {
            builder = builder.identity(identity(certificate, key)?);
        }
        let (builder, address) = match &self.server_name {
            Some(name) => named(builder, address, name).await?,
            None => (builder, address.clone()),
        };
        let client = builder.build().map_err(|_| self.no_client())?;
        Ok((client, address))
    }

    fn authorities(&self) -> Result<Option<Vec<Certificate>>, VaultError> {
        if let Some(file) = &self.ca_file {
            return match certificates(file, "VAULT_CACERT")? {
                some if some.is_empty() => Err(no_certificate(file, "VAULT_CACERT")),
                some => Ok(Some(some)),
            };
        }
        let Some(folder) = &self.ca_folder else { return Ok(None) };
        let listing = std::fs::read_dir(folder).map_err(|e| unreadable(folder, "VAULT_CAPATH", &e))?;
        let files = listing.flatten().map(|entry| entry.path()).filter(|path| path.is_file());
        let mut all = Vec::new();
        for file in files {
            all.extend(certificates(&file, "VAULT_CAPATH")?);
        }
        if all.is_empty() { Err(no_certificate(folder, "VAULT_CAPATH")) } else { Ok(Some(all)) }
    }

    fn no_client(&self) -> VaultError {
        wrong(if self.client.is_some() {
            "TLS for Vault cannot be set up; check that VAULT_CLIENT_KEY is the key of VAULT_CLIENT_CERT, and that \
             this host has CA certificates, or set VAULT_CACERT"
        } else {
            "TLS for Vault cannot be set up: this host has no CA certificates; set VAULT_CACERT"
        })
    }
}

/// Speaks to the same sockets under another name: in TLS (RFC 6066, section 3) and in HTTP alike.
async fn named(
    builder: ClientBuilder,
    address: &Url,
    name: &str,
) -> Result<(ClientBuilder, Url), VaultError> {
    let unfit =
        || wrong("VAULT_TLS_SERVER_NAME is not a host's name; set it to the one in Vault's certificate");
    let mut other = address.clone();
    other.set_host(Some(name)).map_err(|_| unfit())?;
    let Some(url::Host::Domain(host)) = other.host().map(|h| h.to_owned()) else { return Err(unfit()) };
    let at = address.clone();
    let found = tokio::task::spawn_blocking(move || at.socket_addrs(|| None)).await;
    let sockets: Vec<SocketAddr> = found
        .ok()
        .and_then(Result::ok)
        .ok_or_else(|| VaultError::Unreachable(address.origin().ascii_serialization()))?;
    Ok((builder.resolve_to_addrs(&host, &sockets), other))
}

/// A standby sends us on to the active server: once, and never out of TLS.
fn redirect(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let left_tls =
        attempt.url().scheme() != "https" && attempt.previous().iter().any(|u| u.scheme() == "https");
    if left_tls || attempt.previous().len() > 1 { attempt.stop() } else { attempt.follow() }
}

fn certificates(file: &Path, named_by: &str) -> Result<Vec<Certificate>, VaultError> {
    let pem = std::fs::read(file).map_err(|e| unreadable(file, named_by, &e))?;
    Certificate::from_pem_bundle(&pem).map_err(|_| no_certificate(file, named_by))
}

fn identity(certificate: &Path, key: &CredentialFile) -> Result<Identity, VaultError> {
    let chain = std::fs::read(certificate).map_err(|e| unreadable(certificate, "VAULT_CLIENT_CERT", &e))?;
    let key = key.bytes()?;
    let mut both = Zeroizing::new(Vec::with_capacity(chain.len() + key.len() + 1));
    both.extend_from_slice(&chain);
    both.push(b'\n');
    both.extend_from_slice(&key);
    Identity::from_pem(&both).map_err(|_| {
        wrong("VAULT_CLIENT_CERT and VAULT_CLIENT_KEY are not a certificate and its key in PEM; the key must not have a passphrase")
    })
}

fn unreadable(file: &Path, named_by: &str, error: &io::Error) -> VaultError {
    wrong(&format!("{} ({named_by}) cannot be read ({}); check the variable", file.display(), error.kind()))
}

fn no_certificate(file: &Path, named_by: &str) -> VaultError {
    wrong(&format!("{} ({named_by}) holds no certificate in PEM; name Vault's CA", file.display()))
}

fn wrong(what: &str) -> VaultError {
    VaultError::Settings(what.to_owned())
}

/// What either side has against the other's certificate, and what to do; `None` if it is something else. A request on such
/// a connection was not carried out.
pub(super) fn complaint(error: &(dyn Error + 'static)) -> Option<&'static str> {
    use rustls::{AlertDescription, CertificateError, Error as Tls};
    let told = match rustls_in(error)? {
        Tls::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "its certificate was made by a CA that is not known here; check VAULT_CACERT"
        }
        Tls::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => "its certificate is made out to another name; check VAULT_ADDR and VAULT_TLS_SERVER_NAME",
        Tls::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => "its certificate has expired or is not valid yet; renew it, and check the clock",
        Tls::InvalidCertificate(_) => "its certificate is not valid; check VAULT_CACERT and the certificate",
        Tls::AlertReceived(AlertDescription::CertificateRequired) => {
            "it wants to see a client certificate; set VAULT_CLIENT_CERT and VAULT_CLIENT_KEY"
        }
        Tls::AlertReceived(
            AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnsupportedCertificate,
        ) => "it does not accept the client certificate; check VAULT_CLIENT_CERT",
        _ => return None,
    };
    Some(told)
}

/// rustls' own error, wherever in the chain it hides: often in an `io::Error`, and that in another.
fn rustls_in<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(tls);
    }
    let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let wrapped = wrapped.map(|inner| inner as &(dyn Error + 'static));
    wrapped.and_then(rustls_in).or_else(|| error.source().and_then(rustls_in))
}
