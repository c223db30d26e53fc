//! Whom metrics are told, by the command line and the environment.
//!
//! <https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/>

use opentelemetry_otlp::{MetricExporter, Protocol, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::metrics::Temporality;

use crate::telemetry::collector::Collector;
use crate::telemetry::config::{Config, Signal};

/// How long this process measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// A command that changes or shows where secrets stand: told once, at its end.
    Command,
    /// Told from time to time, and asked, if it serves.
    Agent { serves: bool },
    /// There is nothing to tell.
    Silent,
}

/// An address or name of this host, and a port.
///
/// # Errors
/// When one of them is missing.
pub fn address(text: &str) -> Result<String, &'static str> {
    let (host, port) = text.rsplit_once(':').ok_or("a port is missing, as in 127.0.0.1:9464")?;
    if host.is_empty() {
        return Err("an address is missing, as in 127.0.0.1:9464");
    }
    port.parse::<u16>().map_err(|_| "the port is not a number up to 65535")?;
    Ok(text.to_owned())
}

/// Where the agent answers Prometheus: as it is told, else as the environment says; `None`: nowhere.
pub fn listen(asked: Option<&str>) -> Option<String> {
    if let Some(address) = asked {
        return Some(address.to_owned());
    }
    let config = Config::from_environment();
    let wanted =
        config.exporter(Signal::Metrics).is_some_and(|e| e.split(',').any(|e| e.trim() == "prometheus"));
    if config.disabled || !wanted {
        return None;
    }
    let host = variable("OTEL_EXPORTER_PROMETHEUS_HOST").unwrap_or_else(|| "localhost".into());
    let port = variable("OTEL_EXPORTER_PROMETHEUS_PORT").unwrap_or_else(|| "9464".into());
    Some(if host.contains(':') && !host.starts_with('[') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    })
}

/// What sends to the collector.
///
/// A command tells what *it* did, as a difference: its counters begin at nought with it and end with it, and a sum of
/// such processes that were each told from the beginning would never grow. The agent tells its sums, as Prometheus wants
/// them. `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` changes both.
pub(super) fn exporter(life: Life, to: &Collector) -> Option<MetricExporter> {
    let mut builder = MetricExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(&to.endpoint.url)
        .with_timeout(to.endpoint.timeout)
        .with_http_client(to.client.clone());
    if variable("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE").is_none() {
        let command = life == Life::Command;
        builder =
            builder.with_temporality(if command { Temporality::Delta } else { Temporality::Cumulative });
    }
    builder.build().ok()
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}
