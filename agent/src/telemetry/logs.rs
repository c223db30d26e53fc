//! The program's own log: one line an event, on standard error.
//!
//! `error`: a person is needed. `warn`: something is not as it should be, and the work goes on. `info`: the story of a
//! rotation, in under fifteen lines. `debug`: each call. Every line names its trace and span, so that one leads to the other.

use std::fmt::Write as _;
use std::io::Write as _;

use jiff::Timestamp;
use opentelemetry::trace::TraceContextExt;
use serde_json::{Map, Value as Json};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::redact::escaped;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    #[default]
    Text,
    Json,
}

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Verbosity {
    Off,
    Error,
    Warn,
    Info,
    Debug,
}

impl Verbosity {
    pub fn as_str(self) -> &'static str {
        match self {
            Verbosity::Off => "off",
            Verbosity::Error => "error",
            Verbosity::Warn => "warn",
            Verbosity::Info => "info",
            Verbosity::Debug => "debug",
        }
    }
}

/// Writes each event as a line.
pub struct Lines {
    format: Format,
}

impl Lines {
    pub fn new(format: Format) -> Self {
        Self { format }
    }

    fn line(&self, at: Timestamp, level: Level, fields: &Map<String, Json>) -> String {
        let context = opentelemetry::Context::current();
        let span = context.span();
        let ids = Some(span.span_context()).filter(|ids| ids.is_valid());
        match self.format {
            Format::Json => {
                let mut all = Map::new();
                all.insert("at".into(), at.to_string().into());
                all.insert("level".into(), level.as_str().to_ascii_lowercase().into());
                all.extend(fields.clone());
                if let Some(ids) = ids {
                    all.insert("trace_id".into(), ids.trace_id().to_string().into());
                    all.insert("span_id".into(), ids.span_id().to_string().into());
                }
                format!("{}\n", Json::Object(all))
            }
            Format::Text => {
                let message = fields.get("message").and_then(Json::as_str).unwrap_or_default();
                let mut line =
                    format!("{} {:<5} {}", at.strftime("%Y-%m-%d %H:%M:%SZ"), level, escaped(message));
                for (key, value) in fields.iter().filter(|(key, _)| *key != "message") {
                    let value = value.as_str().map_or_else(|| value.to_string(), escaped);
                    let _ = write!(line, " {key}={value}");
                }
                if let Some(ids) = ids {
                    let _ = write!(line, " trace_id={} span_id={}", ids.trace_id(), ids.span_id());
                }
                line.push('\n');
                line
            }
        }
    }
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields(Map::new());
        event.record(&mut fields);
        let line = self.line(Timestamp::now(), *event.metadata().level(), &fields.0);
        // A reader that goes away must not end a rotation.
        let _ = anstream::stderr().write_all(line.as_bytes());
    }
}

struct Fields(Map<String, Json>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.0.insert(field.name().into(), format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().into(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().into(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().into(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().into(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_whatever_is_in_it() {
        let fields: Map<String, Json> = serde_json::from_value(
            serde_json::json!({ "message": "a\nb\u{1b}[2J", "why": "c\rd\u{202e}", "n": 3 }),
        )
        .unwrap();
        for format in [Format::Text, Format::Json] {
            let line = Lines::new(format).line(Timestamp::UNIX_EPOCH, Level::INFO, &fields);
            assert_eq!(line.matches('\n').count(), 1, "{line}");
            assert!(line.ends_with('\n') && !line.contains(['\r', '\u{1b}']), "{line:?}");
        }
        let line = Lines::new(Format::Json).line(Timestamp::UNIX_EPOCH, Level::WARN, &fields);
        let json: Json = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&json["level"], &json["n"], &json["message"]),
            (&"warn".into(), &3.into(), &"a\nb\u{1b}[2J".into())
        );
    }
}
