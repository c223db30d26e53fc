//! The program's own log: one line an event, on standard error.
//!
//! `error`: a person is needed. `warn`: something is not as it should be, and the work goes on. `info`: the story of a
//! rotation, in under fifteen lines. `debug`: each call. Every line names its trace and span, so that one leads to the other.

use std::fmt::Write as _;
use std::io::Write as _;

use jiff::Timestamp;
use opentelemetry::trace::{SpanContext, TraceContextExt};
use serde_json::{Map, Value as Json};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use crate::redact::{escaped, escaped_json};

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
}

/// One line, whatever the fields hold.
pub(super) fn line(
    format: Format,
    at: Timestamp,
    level: Level,
    fields: &Map<String, Json>,
    ids: Option<&SpanContext>,
) -> String {
    let ids = ids.filter(|ids| ids.is_valid());
    let ids =
        ids.map(|ids| [("trace_id", ids.trace_id().to_string()), ("span_id", ids.span_id().to_string())]);
    match format {
        Format::Json => {
            let mut all = Map::new();
            all.insert("at".into(), at.to_string().into());
            all.insert("level".into(), level.as_str().to_ascii_lowercase().into());
            all.extend(fields.clone());
            all.extend(ids.into_iter().flatten().map(|(key, id)| (key.to_owned(), id.into())));
            escaped_json(&Json::Object(all).to_string()) + "\n"
        }
        Format::Text => {
            let message = fields.get("message").and_then(Json::as_str).unwrap_or_default();
            let mut line = format!("{} {level:<5} {}", at.strftime("%Y-%m-%d %H:%M:%SZ"), escaped(message));
            for (key, value) in fields.iter().filter(|(key, _)| *key != "message") {
                let value = value.as_str().map_or_else(|| value.to_string(), word);
                let _ = write!(line, " {key}={value}");
            }
            for (key, id) in ids.into_iter().flatten() {
                let _ = write!(line, " {key}={id}");
            }
            line + "\n"
        }
    }
}

/// A text as one word of a line: in quotes if it has blanks or quotes, so that where it ends is no question.
fn word(text: &str) -> String {
    let text = escaped(text);
    if text.is_empty() || text.contains([' ', '"', '=']) {
        format!("\"{}\"", text.replace('"', "\\\""))
    } else {
        text
    }
}

/// A reader that goes away must not end a rotation.
pub(super) fn write(line: &str) {
    let _ = anstream::stderr().write_all(line.as_bytes());
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let current = opentelemetry::Context::current();
        let (span, level) = (current.span(), *event.metadata().level());
        write(&line(self.format, Timestamp::now(), level, &fields.0, Some(span.span_context())));
    }
}

/// An event's or a span's fields.
#[derive(Default)]
pub(super) struct Fields(pub(super) Map<String, Json>);

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
            serde_json::json!({ "message": "a\nb\u{1b}[2J", "why": "c\rd\u{202e}\u{85}", "n": 3 }),
        )
        .unwrap();
        for format in [Format::Text, Format::Json] {
            let line = line(format, Timestamp::UNIX_EPOCH, Level::INFO, &fields, None);
            assert_eq!(line.matches('\n').count(), 1, "{line}");
            let bad = ['\r', '\u{1b}', '\u{202e}', '\u{85}'];
            assert!(line.ends_with('\n') && !line.contains(bad), "{line:?}");
        }
        let line = line(Format::Json, Timestamp::UNIX_EPOCH, Level::WARN, &fields, None);
        let json: Json = serde_json::from_str(&line).unwrap();
        assert_eq!((&json["level"], &json["n"]), (&"warn".into(), &3.into()));
        assert_eq!((&json["message"], &json["why"]), (&fields["message"], &fields["why"]), "nothing is lost");
    }

    #[test]
    fn where_a_text_ends_is_no_question() {
        let fields =
            serde_json::json!({ "message": "failed", "why": "a \"b\" c", "where": "api", "empty": "" });
        let Json::Object(fields) = fields else { unreachable!() };
        let line = line(Format::Text, Timestamp::UNIX_EPOCH, Level::WARN, &fields, None);
        let expected = r#"1970-01-01 00:00:00Z WARN  failed empty="" where=api why="a \"b\" c""#;
        assert_eq!(line.trim_end(), expected);
    }
}
