//! What the `OTEL_*` variables say: <https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/> and
//! <https://opentelemetry.io/docs/specs/otel/protocol/exporter/>.
//!
//! The SDK reads by itself: `OTEL_TRACES_SAMPLER` and its argument, `OTEL_BSP_*`, `OTEL_BLRP_*`, `OTEL_SPAN_*_LIMIT`; the
//! exporter: `OTEL_EXPORTER_OTLP_HEADERS` and each signal's own. The rest is read here. What is wrong with any of them is
//! told once, without its text, and not used: a variable can hold a password.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::TelemetryResourceDetector;

use super::collector::Collector;
pub use super::endpoint::Endpoint;
use super::endpoint::{Headers, pairs};

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

/// <https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration>; the SDK
/// has no others.
const SAMPLERS: [&str; 6] = [
    "always_on",
    "always_off",
    "traceidratio",
    "parentbased_always_on",
    "parentbased_always_off",
    "parentbased_traceidratio",
];

/// Numbers that the SDK reads, and leaves alone without a word if they are none.
const NUMBERS: [&str; 9] = [
    "OTEL_BSP_SCHEDULE_DELAY",
    "OTEL_BSP_MAX_QUEUE_SIZE",
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_BLRP_SCHEDULE_DELAY",
    "OTEL_BLRP_MAX_QUEUE_SIZE",
    "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE",
    "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
    "OTEL_SPAN_LINK_COUNT_LIMIT",
    "OTEL_METRIC_EXPORT_INTERVAL",
];

/// What answers for the environment.
type Lookup = Box<dyn Fn(&str) -> Option<String>>;

pub struct Config {
    lookup: Lookup,
    /// Made already; a client is a matter of milliseconds, and most often one does for all signals.
    made: Vec<Collector>,
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
        Self { lookup: Box::new(lookup), made: Vec::new(), warnings: Vec::new(), disabled }
    }

    fn get(&self, name: &str) -> Option<String> {
        (self.lookup)(name)
    }

    /// The signal's own variable, else the one for all; and which it was.
    fn of(&self, signal: Signal, name: &str) -> Option<(String, String)> {
        let own = format!("OTEL_EXPORTER_OTLP_{}_{name}", signal.upper());
        let all = format!("OTEL_EXPORTER_OTLP_{name}");
        [own, all].into_iter().find_map(|variable| Some((self.get(&variable)?, variable)))
    }

    /// Which exporter was asked for: `otlp`, `none`, `prometheus`, ...
    pub fn exporter(&self, signal: Signal) -> Option<String> {
        self.get(&format!("OTEL_{}_EXPORTER", signal.upper()))
    }

    /// Where a signal goes; `None`: nowhere. Without an endpoint nothing is sent: somebody who didn't ask for it hasn't
    /// got a collector.
    pub fn endpoint(&mut self, signal: Signal) -> Option<Endpoint> {
        if self.disabled || !self.is_asked_for(signal) {
            return None;
        }
        let own = format!("OTEL_EXPORTER_OTLP_{}_ENDPOINT", signal.upper());
        let (url, variable) = self.get(&own).map(|url| (url, own)).or_else(|| {
            let base = self.get("OTEL_EXPORTER_OTLP_ENDPOINT")?;
            let url = format!("{}/{}", base.trim_end_matches('/'), signal.path());
            Some((url, "OTEL_EXPORTER_OTLP_ENDPOINT".to_owned()))
        })?;
        if !url::Url::parse(&url).is_ok_and(|u| matches!(u.scheme(), "http" | "https") && u.has_host()) {
            self.warn(format!("{variable} is no http:// or https:// address: nothing is sent"));
            return None;
        }
        self.look_at_transport(signal);
        let timeout = self.timeout(signal);
        let headers = self.headers(signal);
        let certificate = self.of(signal, "CERTIFICATE").map(|(file, _)| file);
        Some(Endpoint { url, timeout, certificate, headers })
    }

    /// The same, with a client.
    pub fn collector(&mut self, signal: Signal) -> Option<Collector> {
        let endpoint = self.endpoint(signal)?;
        let alike = self.made.iter().find(|made| made.endpoint.transport() == endpoint.transport());
        let client = match alike {
            Some(made) => made.client.clone(),
            None => endpoint.client().map_err(|why| self.warn(format!("{why}; nothing is sent"))).ok()?,
        };
        let collector = Collector::new(endpoint, client);
        self.made.push(collector.clone());
        Some(collector)
    }

    fn is_asked_for(&mut self, signal: Signal) -> bool {
        let Some(asked) = self.exporter(signal) else { return true };
        let known = match signal {
            Signal::Metrics => &["otlp", "none", "prometheus"][..],
            Signal::Traces | Signal::Logs => &["otlp", "none"],
        };
        if asked.split(',').any(|e| !known.contains(&e.trim())) {
            let (signal, known) = (signal.upper(), known.join(", "));
            self.warn(format!("OTEL_{signal}_EXPORTER names an exporter that is not there: {known}"));
        }
        asked.split(',').any(|e| e.trim() == "otlp")
    }

    /// What is not spoken: it is told, and what is spoken is used.
    fn look_at_transport(&mut self, signal: Signal) {
        if let Some((protocol, variable)) = self.of(signal, "PROTOCOL")
            && protocol != "http/protobuf"
        {
            let do_it = "set http/protobuf, and the collector's port for it (4318)";
            self.warn(format!("{variable}: nothing but http/protobuf is spoken; {do_it}"));
        }
        if let Some((compression, variable)) = self.of(signal, "COMPRESSION")
            && compression != "none"
        {
            self.warn(format!("{variable}: nothing is compressed"));
        }
    }

    /// Milliseconds.
    fn timeout(&mut self, signal: Signal) -> Duration {
        let Some((text, variable)) = self.of(signal, "TIMEOUT") else { return TIMEOUT };
        match text.parse() {
            Ok(milliseconds @ 1..) => Duration::from_millis(milliseconds),
            _ => {
                self.warn(format!("{variable} is no number of milliseconds: 1000 is used"));
                TIMEOUT
            }
        }
    }

    fn headers(&mut self, signal: Signal) -> Headers {
        let Some((text, variable)) = self.of(signal, "HEADERS") else { return Headers::default() };
        let (headers, whole) = Headers::parse(&text);
        if !whole {
            self.warn(format!("{variable} is not key=value,key=value throughout: what isn't is left out"));
        }
        headers
    }

    /// Looks at what the SDK will read by itself.
    pub fn look_at_the_rest(&mut self) {
        let disabled = self.get("OTEL_SDK_DISABLED").map(|v| v.to_ascii_lowercase());
        if disabled.is_some_and(|v| v != "true" && v != "false") {
            self.warn("OTEL_SDK_DISABLED is neither true nor false: false is used".into());
        }
        let sampler = self.get("OTEL_TRACES_SAMPLER");
        let known = sampler.as_ref().is_none_or(|s| SAMPLERS.contains(&s.as_str()));
        if !known {
            let all = SAMPLERS.join(", ");
            self.warn(format!("OTEL_TRACES_SAMPLER is none of {all}: parentbased_always_on is used"));
        }
        if known && sampler.is_some_and(|s| s.ends_with("traceidratio")) {
            let ratio = self.get("OTEL_TRACES_SAMPLER_ARG").and_then(|text| text.parse::<f64>().ok());
            if !ratio.is_some_and(|ratio| (0.0..=1.0).contains(&ratio)) {
                self.warn("OTEL_TRACES_SAMPLER_ARG is no number from 0 to 1: 1 is used".into());
            }
        }
        for name in NUMBERS {
            if self.get(name).is_some_and(|text| text.parse::<u32>().is_err()) {
                self.warn(format!("{name} is no number: the default is used"));
            }
        }
    }

    pub(super) fn warn(&mut self, what: String) {
        if !self.warnings.contains(&what) {
            self.warnings.push(what);
        }
    }

    /// Who sends it: `OTEL_RESOURCE_ATTRIBUTES`, and as a name `OTEL_SERVICE_NAME`, else theirs, else `turnlock`. The SDK
    /// would leave their values encoded.
    pub fn resource(&mut self) -> Resource {
        let (attributes, whole) = pairs(&self.get("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default());
        if !whole {
            let what =
                "OTEL_RESOURCE_ATTRIBUTES is not key=value,key=value throughout: what isn't is left out";
            self.warn(what.into());
        }
        let own = [("service.name", "turnlock"), ("service.version", env!("CARGO_PKG_VERSION"))];
        let own = own.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let named = self.get("OTEL_SERVICE_NAME").map(|name| ("service.name".to_owned(), name));
        // A later one wins.
        let all = own.into_iter().chain(attributes).chain(named);
        Resource::builder_empty()
            .with_detector(Box::new(TelemetryResourceDetector))
            .with_attributes(all.map(|(key, value)| KeyValue::new(key, value)))
            .build()
    }
}

#[cfg(test)]
mod tests;
