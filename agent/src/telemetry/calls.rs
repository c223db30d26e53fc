//! Calls to others as lines of the program's own log, at the level `debug`: what was asked of whom, how long it took and how
//! it ended. A line has what the call's span has.

use std::time::Instant;

use jiff::Timestamp;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use serde_json::{Map, Value as Json};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::logs::{Fields, Format, line, write};

/// Writes a line for each call that has ended.
pub(super) struct Calls {
    format: Format,
}

/// What is known of a call.
struct Call {
    began: Instant,
    fields: Fields,
    ids: Option<SpanContext>,
}

impl Calls {
    pub(super) fn new(format: Format) -> Self {
        Self { format }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Calls {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id).filter(|span| *span.metadata().level() == Level::DEBUG) else {
            return;
        };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(Call { began: Instant::now(), fields, ids: None });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(call) = span.extensions_mut().get_mut::<Call>()
        {
            values.record(&mut call.fields);
        }
    }

    /// Its ids are known from here on, and gone when it closes.
    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(call) = span.extensions_mut().get_mut::<Call>()
            && call.ids.is_none()
        {
            call.ids = Some(opentelemetry::Context::current().span().span_context().clone());
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(call) = context.span(&id).and_then(|span| span.extensions_mut().remove::<Call>()) else {
            return;
        };
        let text = line(
            self.format,
            Timestamp::now(),
            Level::DEBUG,
            &told(call.fields.0, call.began),
            call.ids.as_ref(),
        );
        write(&text);
    }
}

/// The name first, as a message; what is only for tracing is left out.
fn told(mut fields: Map<String, Json>, began: Instant) -> Map<String, Json> {
    let name = fields.remove("otel.name").unwrap_or_default();
    fields.retain(|key, _| !key.starts_with("otel."));
    fields.insert("message".into(), name);
    fields
        .insert("milliseconds".into(), u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX).into());
    fields
}
