//! Entries written out in one of the four formats, a page at a time: however many there are, one page is in memory.

use std::io::{self, Write};

use serde_json::Value as Json;
use turnlock_audit::Listed;

use super::args::Format;
use super::fields::Fields;
use super::sheet;
use crate::cli::Error;
use crate::cli::out::{Columns, moment, unwritten};
use crate::redact::{self, escaped, escaped_json};

const HEADER: [&str; 7] = ["ENTRY", "TIME", "ACTION", "TARGET", "OUTCOME", "SECRETS", "ROTATION"];
/// A table's cell has at most so many characters; the other formats have all of them.
const CELL: usize = 200;

pub(super) struct Sink<W> {
    out: W,
    format: Format,
    columns: Columns,
    begun: bool,
}

/// Standard output, for as many entries as there are.
pub(super) fn stdout(format: Format) -> Box<dyn Write> {
    match format {
        Format::Table => Box::new(anstream::stdout()),
        _ => Box::new(io::BufWriter::new(io::stdout())),
    }
}

/// Whether to go on: a reader that goes away (`| head`) is no error, and anything else is. An export that is not whole must
/// not look like one that is.
pub(super) fn written(result: io::Result<()>) -> Result<bool, Error> {
    match result {
        Ok(()) => Ok(true),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(e) => Err(unwritten(e.kind())),
    }
}

impl<W: Write> Sink<W> {
    /// With `rotation`, JSON says whose entries these are.
    pub(super) fn begin(mut out: W, format: Format, rotation: Option<&str>) -> io::Result<Self> {
        match format {
            Format::Json => {
                let rotation = rotation
                    .map(|id| format!("\n  \"rotation\": {},", escaped_json(&Json::from(id).to_string())));
                write!(out, "{{{}\n  \"entries\": [", rotation.unwrap_or_default())?;
            }
            Format::Csv => out.write_all(&row(sheet::COLUMNS)?)?,
            Format::Table | Format::Ndjson => {}
        }
        Ok(Self { out, format, columns: Columns::new(&HEADER), begun: false })
    }

    pub(super) fn page(&mut self, page: &[Listed]) -> io::Result<()> {
        let fields = page.iter().map(Fields::of);
        match self.format {
            Format::Table => {
                let rows = fields.map(|fields| cells(&fields)).collect();
                self.out.write_all(self.columns.page(rows).as_bytes())?;
            }
            Format::Json => {
                for fields in fields {
                    let comma = if self.begun { "," } else { "" };
                    let object = escaped_json(&format!("{:#}", fields.as_json())).replace('\n', "\n    ");
                    write!(self.out, "{comma}\n    {object}")?;
                    self.begun = true;
                }
            }
            Format::Ndjson => {
                for fields in fields {
                    writeln!(self.out, "{}", escaped_json(&fields.as_line()))?;
                }
            }
            Format::Csv => {
                for fields in fields {
                    self.out.write_all(&row(sheet::cells(&fields))?)?;
                }
            }
        }
        self.out.flush()
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        if self.format == Format::Json {
            self.out.write_all(if self.begun { b"\n  ]\n}\n" } else { b"]\n}\n" })?;
        }
        self.out.flush()
    }
}

/// A row of RFC 4180: each text in quotes, CRLF behind it.
fn row(cells: impl IntoIterator<Item = impl AsRef<[u8]>>) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::NonNumeric)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(cells).map_err(io::Error::other)?;
    writer.into_inner().map_err(|e| io::Error::other(e.to_string()))
}

fn cells(fields: &Fields<'_>) -> Vec<String> {
    let or_dash = |text: String| if text.is_empty() { "-".to_owned() } else { short(&text) };
    vec![
        fields.listed.seq.to_string(),
        fields.at().map_or("-".into(), moment),
        or_dash(fields.action()),
        or_dash(fields.text("target")),
        fields.outcome().into(),
        short(&names(&fields.secrets())),
        or_dash(fields.text("rotation")),
    ]
}

/// The first few: the other formats have all of them.
fn names(all: &[&str]) -> String {
    match all.split_at_checked(3) {
        Some((first, rest)) if !rest.is_empty() => format!("{} +{}", first.join(" "), rest.len()),
        _ => all.join(" "),
    }
}

/// Cut, so that a line stays one.
fn short(text: &str) -> String {
    redact::short(escaped(text), CELL)
}
