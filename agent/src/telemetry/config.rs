//! What the `OTEL_*` variables say: <https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/> and
//! <https://opentelemetry.io/docs/specs/otel/protocol/exporter/>.
//!
//! The SDK reads by itself: `OTEL_TRACES_SAMPLER` and its argument, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_BSP_*`; the exporter:
//! `OTEL_EXPORTER_OTLP_HEADERS` and each signal's own. The rest is read here. What is wrong is told once and not used.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    Traces,
    Metrics,
    Logs,
}

impl Signal {
    fn upper(self) -> &'static str {
        match self {
            Signal::Traces => "TRACES",
            Signal::Metrics => "METRICS",
            Signal::Logs => "LOGS",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Signal::Traces => "v1/traces",
            Signal::Metrics => "v1/metrics",
            Signal::Logs => "v1/logs",
        }
    }
}

/// A batch that the collector takes at all is taken in milliseconds.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Where one signal goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    pub url: String,
    /// For one export.
    pub timeout: Duration,
    /// A PEM file with the only certificates that count.
    certificate: Option<String>,
    /// As the exporter sends them; they can hold a credential.
    headers: Headers,
}

#[derive(Clone, PartialEq, Eq)]
struct Headers(Vec<(String, String)>);

impl std::fmt::Debug for Headers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} headers", self.0.len())
    }
}

impl Headers {
    /// `key=value,key=value`, values percent-encoded (W3C Baggage). What isn't a pair is left out.
    fn parse(text: &str) -> Self {
        let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
        let decoded = pairs.map(|(key, value)| {
            let value = percent_decoded(value.trim());
            (key.trim().to_owned(), value)
        });
        Self(decoded.collect())
    }
}

fn percent_decoded(text: &str) -> String {
    // `+` is itself here, and a space in a form.
    let form = format!("v={}", text.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(form.as_bytes()).next().map(|(_, v)| v.into_owned()).unwrap_or_default()
}

/// What answers for the environment.
type Lookup = Box<dyn Fn(&str) -> Option<String>>;

pub struct Config {
    lookup: Lookup,
    /// What is wrong with them, in our own words.
    pub warnings: Vec<String>,
    pub disabled: bool,
}

impl Config {
    pub fn from_environment() -> Self {
        Self::read(|name| std::env::var(name).ok())
    }

    pub fn read(lookup: impl Fn(&str) -> Option<String> + 'static) -> Self {
        // An empty variable is as good as none, says the specification.
        let lookup = move |name: &str| lookup(name).map(|v| v.trim().to_owned()).filter(|v| !v.is_empty());
        let disabled = lookup("OTEL_SDK_DISABLED").is_some_and(|v| v.eq_ignore_ascii_case("true"));
        Self { lookup: Box::new(lookup), warnings: Vec::new(), disabled }
    }

    fn get(&self, name: &str) -> Option<String> {
        (self.lookup)(name)
    }

    /// The signal's own variable, else the one for all.
    fn of(&self, signal: Signal, name: &str) -> Option<String> {
        let own = format!("OTEL_EXPORTER_OTLP_{}_{name}", signal.upper());
        self.get(&own).or_else(|| self.get(&format!("OTEL_EXPORTER_OTLP_{name}")))
    }

    /// Which exporter was asked for: `otlp`, `none`, `prometheus`, ...
    pub fn exporter(&self, signal: Signal) -> Option<String> {
        self.get(&format!("OTEL_{}_EXPORTER", signal.upper()))
    }

    /// Where a signal goes; `None`: nowhere. Without an endpoint nothing is sent: somebody who didn't ask for it hasn't
    /// got a collector.
    pub fn endpoint(&mut self, signal: Signal) -> Option<Endpoint> {
        if self.disabled || !self.exporter(signal).is_none_or(|e| e.split(',').any(|e| e.trim() == "otlp")) {
            return None;
        }
        let own = self.get(&format!("OTEL_EXPORTER_OTLP_{}_ENDPOINT", signal.upper()));
        let url = own.or_else(|| {
            let base = self.get("OTEL_EXPORTER_OTLP_ENDPOINT")?;
            Some(format!("{}/{}", base.trim_end_matches('/'), signal.path()))
        })?;
        if !url::Url::parse(&url).is_ok_and(|u| matches!(u.scheme(), "http" | "https") && u.has_host()) {
            // It is not repeated: it can hold a password.
            self.warn("OTEL_EXPORTER_OTLP_ENDPOINT is no http:// or https:// address: nothing is sent");
            return None;
        }
        if let Some(protocol) = self.of(signal, "PROTOCOL")
            && protocol != "http/protobuf"
        {
            self.warn("OTEL_EXPORTER_OTLP_PROTOCOL: http/protobuf is spoken, and nothing else (port 4318)");
        }
        let timeout = self.timeout(signal);
        let headers = Headers::parse(&self.of(signal, "HEADERS").unwrap_or_default());
        Some(Endpoint { url, timeout, certificate: self.of(signal, "CERTIFICATE"), headers })
    }

    /// Milliseconds.
    fn timeout(&mut self, signal: Signal) -> Duration {
        match self.of(signal, "TIMEOUT").map(|v| v.parse()) {
            None => TIMEOUT,
            Some(Ok(milliseconds)) => Duration::from_millis(milliseconds),
            Some(Err(_)) => {
                self.warn("OTEL_EXPORTER_OTLP_TIMEOUT is no number of milliseconds: 1000 is used");
                TIMEOUT
            }
        }
    }

    fn warn(&mut self, what: &str) {
        if !self.warnings.iter().any(|w| w == what) {
            self.warnings.push(what.to_owned());
        }
    }

    /// Who sends it. `OTEL_SERVICE_NAME`, or `service.name` in `OTEL_RESOURCE_ATTRIBUTES`, else `turnlock`.
    pub fn resource(&self) -> Resource {
        let named = self.get("OTEL_SERVICE_NAME").is_some()
            || self.get("OTEL_RESOURCE_ATTRIBUTES").is_some_and(|a| {
                a.split(',')
                    .any(|pair| pair.split('=').next().is_some_and(|key| key.trim() == "service.name"))
            });
        let mut resource = Resource::builder();
        if !named {
            resource = resource.with_service_name("turnlock");
        }
        resource.with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION"))).build()
    }
}

impl Endpoint {
    /// Whether it takes an empty export: then it will take the last one too. One that refuses is as good as none, since the
    /// exporter would try again and again.
    pub fn takes_exports(&self) -> bool {
        let Some(client) = self.client() else { return false };
        let mut request =
            client.post(&self.url).header("Content-Type", "application/x-protobuf").body(Vec::new());
        for (key, value) in &self.headers.0 {
            request = request.header(key, value);
        }
        request.send().is_ok_and(|answer| answer.status().is_success())
    }

    /// A client that also works on a host without CA roots. The blocking client wants a thread of its own.
    pub fn client(&self) -> Option<reqwest::blocking::Client> {
        let endpoint = self.clone();
        let build = move || {
            let client = reqwest::blocking::Client::builder().timeout(endpoint.timeout);
            let certificates = match &endpoint.certificate {
                Some(file) => reqwest::Certificate::from_pem_bundle(&std::fs::read(file).ok()?).ok()?,
                None => Vec::new(),
            };
            let alone = endpoint.certificate.is_some() || endpoint.url.starts_with("http://");
            let client = if alone { client.tls_certs_only(certificates) } else { client };
            client.build().ok()
        };
        std::thread::spawn(build).join().ok()?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(pairs: &'static [(&'static str, &'static str)]) -> Config {
        Config::read(|name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn endpoints_of_each_signal() {
        let mut none = config(&[]);
        assert_eq!(none.endpoint(Signal::Traces), None);
        let mut base = config(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4318/")]);
        assert_eq!(base.endpoint(Signal::Metrics).unwrap().url, "http://otel:4318/v1/metrics");
        let mut own = config(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4318"),
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://t/x"),
            ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "250"),
            ("OTEL_LOGS_EXPORTER", "none"),
        ]);
        let traces = own.endpoint(Signal::Traces).unwrap();
        assert_eq!((traces.url.as_str(), traces.timeout), ("https://t/x", Duration::from_millis(250)));
        assert_eq!(own.endpoint(Signal::Logs), None);
        assert_eq!(own.warnings, [""; 0]);
        let mut off =
            config(&[("OTEL_SDK_DISABLED", "TRUE"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4318")]);
        assert_eq!(off.endpoint(Signal::Traces), None);
    }

    #[test]
    fn headers_are_pairs() {
        let headers = Headers::parse("authorization=Bearer%20a+b%3D, x-tenant = 7,nonsense");
        let expected = [("authorization", "Bearer a+b="), ("x-tenant", "7")];
        assert_eq!(headers.0, expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
        assert_eq!(format!("{headers:?}"), "2 headers");
    }

    #[test]
    fn what_is_wrong_is_told_and_not_repeated() {
        let mut bad = config(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "me:hunter2@otel"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"),
        ]);
        assert_eq!(bad.endpoint(Signal::Traces), None);
        assert_eq!(bad.endpoint(Signal::Metrics), None);
        assert_eq!(bad.warnings.len(), 1);
        assert!(!bad.warnings[0].contains("hunter2"));
        let mut grpc = config(&[
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel:4317"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"),
        ]);
        assert_eq!(grpc.endpoint(Signal::Traces).unwrap().timeout, TIMEOUT);
        assert_eq!(grpc.warnings.len(), 2);
    }

    #[test]
    fn who_sends_it() {
        let name = |c: Config| c.resource().get(&"service.name".into()).map(|v| v.to_string());
        assert_eq!(name(config(&[])), Some("turnlock".into()));
    }
}
