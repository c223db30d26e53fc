//! Where one signal goes, and the client that takes it there.

use std::time::Duration;

use reqwest::blocking::Client;

/// An address of a collector, and what is sent along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The whole of it, the signal's path included.
    pub url: String,
    /// For one export.
    pub timeout: Duration,
    /// A PEM file with the only certificates that count.
    pub(super) certificate: Option<String>,
    /// As the exporter sends them; they can hold a credential.
    pub(super) headers: Headers,
}

#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Headers(Vec<(String, String)>);

impl std::fmt::Debug for Headers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} headers", self.0.len())
    }
}

impl Headers {
    /// `key=value,key=value`, values percent-encoded (W3C Baggage); and whether all of it was that.
    pub(super) fn parse(text: &str) -> (Self, bool) {
        use reqwest::header::{HeaderName, HeaderValue};
        let (pairs, whole) = pairs(text);
        let all = pairs.len();
        let is_fit = |(key, value): &(String, String)| {
            HeaderName::from_bytes(key.as_bytes()).is_ok() && HeaderValue::from_str(value).is_ok()
        };
        let fit: Vec<_> = pairs.into_iter().filter(is_fit).collect();
        let whole = whole && fit.len() == all;
        (Self(fit), whole)
    }
}

/// `key=value,key=value` with values percent-encoded, as variables have headers and a resource's attributes; and whether
/// nothing had to be left out.
pub(super) fn pairs(text: &str) -> (Vec<(String, String)>, bool) {
    let (mut found, mut whole) = (Vec::new(), true);
    for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        match item.split_once('=').map(|(key, value)| (key.trim(), percent_decoded(value.trim()))) {
            Some((key, Some(value))) if !key.is_empty() => found.push((key.to_owned(), value)),
            _ => whole = false,
        }
    }
    (found, whole)
}

/// `None`: what is encoded is no text. A `%` that begins nothing stands for itself.
fn percent_decoded(text: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, behind)) = rest.split_first() {
        let two = behind.get(..2).filter(|two| first == b'%' && two.iter().all(u8::is_ascii_hexdigit));
        let encoded = two.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        bytes.push(encoded.unwrap_or(first));
        rest = if encoded.is_some() { &behind[2..] } else { behind };
    }
    String::from_utf8(bytes).ok()
}

impl Endpoint {
    /// What makes a client differ from another.
    pub(super) fn transport(&self) -> (Duration, Option<&str>, bool) {
        (self.timeout, self.certificate.as_deref(), self.is_plain())
    }

    fn is_plain(&self) -> bool {
        self.url.starts_with("http://")
    }

    /// A client that also works on a host without CA roots. The error is our own sentence.
    ///
    /// # Errors
    /// When the file of certificates cannot be read or holds none, or a host without CA roots is to speak https with
    /// no other certificate.
    pub fn client(&self) -> Result<Client, &'static str> {
        let endpoint = self.clone();
        // The blocking client wants a thread of its own.
        std::thread::spawn(move || endpoint.build()).join().unwrap_or(Err("no client could be made"))
    }

    fn build(&self) -> Result<Client, &'static str> {
        let client = Client::builder().timeout(self.timeout);
        let client = match &self.certificate {
            Some(file) => {
                let text =
                    std::fs::read(file).map_err(|_| "OTEL_EXPORTER_OTLP_CERTIFICATE cannot be read")?;
                let all = reqwest::Certificate::from_pem_bundle(&text).unwrap_or_default();
                if all.is_empty() {
                    return Err("OTEL_EXPORTER_OTLP_CERTIFICATE holds no certificate");
                }
                client.tls_certs_only(all)
            }
            // Nothing is verified there, and a host may have no roots to load.
            None if self.is_plain() => client.tls_certs_only([]),
            None => client,
        };
        client.build().map_err(|_| "this host has no CA roots: set OTEL_EXPORTER_OTLP_CERTIFICATE")
    }

    /// An export of nothing, which every collector has to take.
    pub(super) fn takes_nothing(&self, client: &Client) -> bool {
        let mut request =
            client.post(&self.url).header("Content-Type", "application/x-protobuf").body(Vec::new());
        for (key, value) in &self.headers.0 {
            request = request.header(key, value);
        }
        request.send().is_ok_and(|answer| answer.status().is_success())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_pairs() {
        let (headers, whole) = Headers::parse("authorization=Bearer%20a+b%3D, x-tenant = 7,100%=5%,");
        let expected = [("authorization", "Bearer a+b="), ("x-tenant", "7"), ("100%", "5%")];
        assert_eq!(headers.0, expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
        assert!(whole);
        assert_eq!(format!("{headers:?}"), "3 headers", "they can hold a credential");
    }

    #[test]
    fn what_is_no_header_is_left_out_and_noticed() {
        for bad in ["nonsense", "=x", "a b=1", "a=%0d%0aInjected: 1", "a=%ff%fe"] {
            let (headers, whole) = Headers::parse(&format!("x=1,{bad}"));
            assert_eq!(headers.0, [("x".to_owned(), "1".to_owned())], "{bad}");
            assert!(!whole, "{bad}");
        }
    }

    #[test]
    fn certificates_that_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, "no certificate").unwrap();
        let endpoint = |certificate: &std::path::Path| Endpoint {
            url: "https://otel:4318/v1/traces".into(),
            timeout: Duration::from_secs(1),
            certificate: Some(certificate.display().to_string()),
            headers: Headers::default(),
        };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let none = endpoint(&file).client().err();
        assert_eq!(none, Some("OTEL_EXPORTER_OTLP_CERTIFICATE holds no certificate"));
        let missing = endpoint(&folder.path().join("missing")).client().err();
        assert_eq!(missing, Some("OTEL_EXPORTER_OTLP_CERTIFICATE cannot be read"));
    }
}
