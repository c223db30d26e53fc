//! Traces and the program's own log; metrics are in `metrics`.
//!
//! The audit table is the evidence, spans are a view of it: each entry carries its trace and span id, and each span the
//! entry's number. A collector that does not answer neither delays nor fails anything. No value is ever a field.

mod calls;
pub mod collector;
pub mod config;
mod endpoint;
pub mod logs;
pub mod parent;
pub mod spans;

use opentelemetry::trace::{TraceContextExt, TracerProvider as _};
use opentelemetry_appender_tracing::layer::OpenTelemetryTracingBridge;
use opentelemetry_otlp::{LogExporter, Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

use calls::Calls;
use collector::{Collector, Flushing};
use config::{Config, Signal};
use logs::{Format, Lines};

/// Holds the exporters; call [`Telemetry::flush`] at the end.
pub struct Telemetry {
    tracers: SdkTracerProvider,
    traces: Option<Collector>,
    loggers: Option<(SdkLoggerProvider, Collector)>,
    metrics: (Option<Collector>, Resource),
}

/// What of the program's own log is told to whom, as filters.
pub struct Told {
    /// On standard error.
    pub lines: String,
    /// To a collector, as log records.
    pub records: String,
}

impl Telemetry {
    /// Sets up tracing by the `OTEL_*` variables; without an endpoint there are ids, and nothing is sent.
    pub fn start(told: &Told, format: Format) -> Self {
        let mut config = Config::from_environment();
        config.look_at_the_rest();
        let resource = config.resource();
        let [traces, records, metrics] =
            [Signal::Traces, Signal::Logs, Signal::Metrics].map(|signal| config.collector(signal));
        let mut tracers = SdkTracerProvider::builder().with_resource(resource.clone());
        if let Some(exporter) = traces.as_ref().and_then(span_exporter) {
            tracers = tracers.with_batch_exporter(exporter);
        }
        let tracers = tracers.build();
        let loggers = records.and_then(|collector| {
            let exporter = log_exporter(&collector)?;
            let loggers = SdkLoggerProvider::builder().with_resource(resource.clone());
            Some((loggers.with_batch_exporter(exporter).build(), collector))
        });
        // Libraries are kept out: some log what they send, and an exporter would export itself.
        let ours = |filter: &str| EnvFilter::new(format!("off,{filter}"));
        let spans = tracing_opentelemetry::layer()
            .with_tracer(tracers.tracer("turnlock"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_tracked_inactivity(false);
        let bridge = loggers.as_ref().map(|(loggers, _)| OpenTelemetryTracingBridge::new(loggers));
        let registry = tracing_subscriber::registry()
            .with(spans.with_filter(ours("turnlock=debug")))
            .with(bridge.map(|bridge| bridge.with_filter(ours(&told.records))))
            .with(Calls::new(format).with_filter(ours(&told.lines)))
            .with(Lines::new(format).with_filter(ours(&told.lines)));
        // A second call, in a test binary, keeps the first.
        let _ = registry.try_init();
        traces.iter().chain(loggers.iter().map(|(_, collector)| collector)).for_each(Collector::greet);
        config.warnings.iter().for_each(|what| tracing::warn!("{what}"));
        Self { tracers, traces, loggers, metrics: (metrics, resource) }
    }

    /// Where metrics go, and whose they are.
    pub fn for_metrics(&self) -> (Option<Collector>, Resource) {
        self.metrics.clone()
    }

    /// Begins to send what is left of spans and records.
    pub fn flush(self) -> [Flushing; 2] {
        let Self { tracers, traces, loggers, .. } = self;
        let spans = traces.map(|collector| {
            Flushing::begin(collector, move || drop(tracers.shutdown_with_timeout(collector::BOUND)))
        });
        let records = loggers.map(|(loggers, collector)| {
            Flushing::begin(collector, move || drop(loggers.shutdown_with_timeout(collector::BOUND)))
        });
        [spans, records].map(|flushing| flushing.unwrap_or_else(Flushing::nothing))
    }
}

fn span_exporter(to: &Collector) -> Option<SpanExporter> {
    let builder = SpanExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
    let builder = builder.with_endpoint(&to.endpoint.url).with_timeout(to.endpoint.timeout);
    builder.with_http_client(to.client.clone()).build().ok()
}

fn log_exporter(to: &Collector) -> Option<LogExporter> {
    let builder = LogExporter::builder().with_http().with_protocol(Protocol::HttpBinary);
    let builder = builder.with_endpoint(&to.endpoint.url).with_timeout(to.endpoint.timeout);
    builder.with_http_client(to.client.clone()).build().ok()
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
