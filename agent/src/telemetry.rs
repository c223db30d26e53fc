//! Traces and the program's own log; metrics are in `metrics`.
//!
//! The audit table is the evidence, spans are a view of it: each entry carries its trace and span id, and each span the
//! entry's number. A collector that does not answer neither delays nor fails anything. No value is ever a field.

pub mod config;
pub mod logs;
pub mod parent;
pub mod spans;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use opentelemetry::trace::{TraceContextExt, TracerProvider as _};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use config::{Config, Endpoint, Signal};
use logs::{Format, Lines};

/// How long the end of a command may be held up for a collector of which nothing was heard.
pub(crate) const PATIENCE: Duration = Duration::from_millis(60);
/// And for one that answers.
pub(crate) const BOUND: Duration = Duration::from_secs(1);

/// Holds the exporter; call [`Telemetry::flush`] at the end.
pub struct Telemetry {
    provider: SdkTracerProvider,
    /// Whether the collector has taken anything.
    heard: Option<Arc<AtomicBool>>,
    metrics: (Option<Endpoint>, Resource),
}

impl Telemetry {
    /// Sets up tracing by the `OTEL_*` variables; without an endpoint there are ids, and nothing is sent. `told` filters the
    /// program's own log.
    pub fn start(told: &str, format: Format) -> Self {
        let mut config = Config::from_environment();
        let mut provider = SdkTracerProvider::builder().with_resource(config.resource());
        let endpoint = config.endpoint(Signal::Traces);
        let exporter = endpoint.as_ref().and_then(exporter);
        let heard = exporter.as_ref().and(endpoint.as_ref()).map(listen_for);
        if let Some(exporter) = exporter {
            provider = provider.with_batch_exporter(exporter);
        }
        let provider = provider.build();
        // Libraries are kept out: some log what they send, and an exporter would export itself.
        let ours = |filter: &str| EnvFilter::new(format!("off,{filter}"));
        let spans = tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("turnlock"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false);
        let lines = Lines::new(format).with_filter(ours(told));
        let registry =
            tracing_subscriber::registry().with(spans.with_filter(ours("turnlock=debug"))).with(lines);
        // A second call, in a test binary, keeps the first.
        let _ = registry.try_init();
        let metrics = (config.endpoint(Signal::Metrics), config.resource());
        config.warnings.iter().for_each(|what| tracing::warn!("{what}"));
        Self { provider, heard, metrics }
    }

    /// Where metrics go, and whose they are.
    pub fn for_metrics(&self) -> (Option<Endpoint>, Resource) {
        self.metrics.clone()
    }

    /// Sends what is left. A collector of which nothing was heard since the start gets 60 ms and no more.
    pub fn flush(self) {
        let Some(heard) = self.heard else { return };
        let (done, waiting) = mpsc::channel();
        // Left alone when it takes too long: the process ends, and it with it.
        std::thread::spawn(move || {
            let _ = self.provider.shutdown_with_timeout(BOUND);
            let _ = done.send(());
        });
        if waiting.recv_timeout(PATIENCE).is_err() && heard.load(Ordering::SeqCst) {
            let _ = waiting.recv_timeout(BOUND);
        }
    }
}

/// Asks in the background whether there is somebody to send to.
pub(crate) fn listen_for(endpoint: &Endpoint) -> Arc<AtomicBool> {
    let heard = Arc::new(AtomicBool::new(false));
    let (flag, endpoint) = (heard.clone(), endpoint.clone());
    std::thread::spawn(move || flag.store(endpoint.takes_exports(), Ordering::SeqCst));
    heard
}

fn exporter(endpoint: &Endpoint) -> Option<SpanExporter> {
    SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(&endpoint.url)
        .with_timeout(endpoint.timeout)
        .with_http_client(endpoint.client()?)
        .build()
        .ok()
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
