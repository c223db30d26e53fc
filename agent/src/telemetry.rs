//! Traces over OTLP/HTTP: one a rotation, a span a step.
//!
//! The table is the evidence, spans are a view of it: each entry carries its trace and span id, and a collector that
//! does not answer neither delays nor fails anything. No value is ever a field.

use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use opentelemetry::trace::{TraceContextExt, TracerProvider as _};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// A batch that the collector takes at all is taken in milliseconds.
const EXPORT: Duration = Duration::from_secs(1);
const REACHABLE: Duration = Duration::from_millis(80);

/// Holds the exporter; call [`Telemetry::flush`] at the end.
pub struct Telemetry {
    provider: SdkTracerProvider,
    endpoint: Option<String>,
}

impl Telemetry {
    /// Sets up tracing by the `OTEL_*` variables; without an endpoint there are ids, and nothing is sent.
    pub fn start(debug: bool) -> Self {
        let endpoint = endpoint();
        let mut provider = SdkTracerProvider::builder().with_resource(resource());
        if let Some(exporter) = endpoint.as_deref().and_then(exporter) {
            provider = provider.with_batch_exporter(exporter);
        }
        let provider = provider.build();
        // Libraries are kept out: some log what they send, and an exporter would export itself.
        let ours = || EnvFilter::new("off,turnlock=debug");
        let spans = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("turnlock"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false);
        let on_terminal =
            debug.then(|| tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_filter(ours()));
        let registry = tracing_subscriber::registry().with(spans.with_filter(ours())).with(on_terminal);
        // A second call, in a test binary, keeps the first.
        let _ = registry.try_init();
        Self { provider, endpoint }
    }

    /// Sends what is left. A collector that cannot be reached is given up at once.
    pub fn flush(self) {
        if self.endpoint.as_deref().is_some_and(reachable) {
            let _ = self.provider.shutdown_with_timeout(EXPORT);
        } else {
            // Dropping the provider would wait for the exporter's retries.
            std::mem::forget(self.provider);
        }
    }
}

fn resource() -> Resource {
    let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let name = std::env::var("OTEL_SERVICE_NAME").unwrap_or_else(|_| "turnlock".into());
    Resource::builder().with_service_name(name).with_attribute(version).build()
}

/// <https://opentelemetry.io/docs/specs/otel/protocol/exporter/>
fn endpoint() -> Option<String> {
    let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    if variable("OTEL_SDK_DISABLED").is_some_and(|v| v.eq_ignore_ascii_case("true")) {
        return None;
    }
    variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT").or_else(|| {
        variable("OTEL_EXPORTER_OTLP_ENDPOINT")
            .map(|base| format!("{}/v1/traces", base.trim_end_matches('/')))
    })
}

fn exporter(endpoint: &str) -> Option<SpanExporter> {
    let mut builder = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(endpoint)
        .with_timeout(EXPORT);
    if endpoint.starts_with("http://") {
        // A host without CA roots could not build a client otherwise; the blocking client wants a thread of its own.
        let client = std::thread::spawn(|| {
            reqwest::blocking::Client::builder().tls_certs_only(Vec::new()).timeout(EXPORT).build()
        });
        builder = builder.with_http_client(client.join().ok()?.ok()?);
    }
    builder.build().ok()
}

fn reachable(endpoint: &str) -> bool {
    let Ok(url) = url::Url::parse(endpoint) else { return false };
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else { return false };
    let Ok(mut addresses) = (host.trim_matches(['[', ']']), port).to_socket_addrs() else { return false };
    addresses.any(|address| TcpStream::connect_timeout(&address, REACHABLE).is_ok())
}

/// The current span's trace id and span id, for an entry.
pub fn current_ids() -> (Option<String>, Option<String>) {
    let context = tracing::Span::current().context();
    let span = context.span();
    let ids = span.span_context();
    if !ids.is_valid() {
        return (None, None);
    }
    (Some(ids.trace_id().to_string()), Some(ids.span_id().to_string()))
}
