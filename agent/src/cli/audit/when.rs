//! Moments as people type them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// RFC 3339, a day (its beginning in UTC), or a span ago.
pub(super) fn parse(text: &str) -> Result<Timestamp, String> {
    at(text, Timestamp::now())
}

fn at(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let unclear = || "write 2026-11-22T20:00:00Z, 2026-11-22, or 90d".to_owned();
    if let Ok(day) = text.parse::<Date>()
        && !text.contains('T')
    {
        return Ok(day.to_zoned(TimeZone::UTC).map_err(|_| unclear())?.timestamp());
    }
    let span: Span = text.parse().map_err(|_| unclear())?;
    let before = now.to_zoned(TimeZone::UTC).checked_sub(span).map_err(|_| unclear())?;
    if before.timestamp() > now { Err(unclear()) } else { Ok(before.timestamp()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_days_and_spans_ago() {
        let now: Timestamp = "2026-11-26T10:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("2026-11-22T20:00:00+02:00", "2026-11-22T18:00:00Z"),
            ("2026-11-22", "2026-11-22T00:00:00Z"),
            ("90m", "2026-11-26T08:30:00Z"),
            ("2d", "2026-11-24T10:00:00Z"),
            ("3 months", "2026-08-26T10:00:00Z"),
        ] {
            assert_eq!(at(text, now), Ok(expected.parse().unwrap()), "{text}");
        }
        for text in ["", "yesterday", "-2d", "2026-13-01", "'; DROP"] {
            assert!(at(text, now).is_err(), "{text}");
        }
    }
}
