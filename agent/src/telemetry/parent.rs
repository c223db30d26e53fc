//! The caller's trace, and that of a run that was cut short: <https://www.w3.org/TR/trace-context/>.

use std::collections::HashMap;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// Makes the caller's span (`TRACEPARENT`, `TRACESTATE`) the parent of this one. What can't be read is as good as nothing.
pub fn adopt_caller(span: &tracing::Span) {
    let carrier: HashMap<String, String> = ["traceparent", "tracestate"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), std::env::var(name.to_uppercase()).ok()?)))
        .collect();
    let context = TraceContextPropagator::new().extract(&carrier);
    if context.span().span_context().is_valid() {
        // It fails only where there is no trace to be part of.
        let _ = span.set_parent(context);
    }
}

/// Links this span with another one that it goes on from, by the ids that an entry of the log has.
pub fn link(span: &tracing::Span, trace: Option<&str>, other: Option<&str>) {
    let ids = trace
        .zip(other)
        .and_then(|(trace, other)| Some((TraceId::from_hex(trace).ok()?, SpanId::from_hex(other).ok()?)));
    if let Some((trace, other)) = ids {
        let context = SpanContext::new(trace, other, TraceFlags::SAMPLED, true, TraceState::default());
        span.add_link(context);
    }
}
