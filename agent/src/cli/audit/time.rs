//! Moments, as a person types them.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// A moment of RFC 3339, a date (its first moment in UTC), or a span of time ago: `2d`, `36h`, `3 months`.
///
/// # Errors
/// A sentence that says what there is.
pub(super) fn moment(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Ok(moment) = text.parse() {
        return Ok(moment);
    }
    // A date alone: what has a time of day has to say of which zone it is.
    if text.len() == "2026-11-22".len()
        && let Ok(date) = text.parse::<Date>()
    {
        let midnight = date.to_zoned(TimeZone::UTC).map_err(|_| out_of_range())?;
        return Ok(midnight.timestamp());
    }
    if text.parse::<jiff::civil::DateTime>().is_ok() {
        return Err(
            "it does not say of which zone it is: put Z behind it, for UTC, or an offset such as +01:00"
                .into(),
        );
    }
    let span: Span = text.parse().map_err(|_| {
        "give a moment as 2026-11-22T20:14:00Z, a date as 2026-11-22, or how long ago: 2d, 36h, '3 months'"
    })?;
    if text.starts_with(['-', '+']) {
        return Err("how long ago is said without a sign: 2d, 36h, '3 months'".into());
    }
    // `3 days ago` is the same as `3 days`. Months have no fixed length: they are the calendar's.
    let then = now.to_zoned(TimeZone::UTC).checked_sub(span.abs()).map_err(|_| out_of_range())?;
    Ok(then.timestamp())
}

fn out_of_range() -> String {
    "that is before the beginning of time, or after its end".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Result<String, String> {
        let now = "2026-11-30T12:00:00Z".parse().unwrap();
        moment(text, now).map(|moment| moment.to_string())
    }

    #[test]
    fn a_moment_a_date_or_a_span_ago() {
        for (text, expected) in [
            ("2026-11-22T20:14:00Z", "2026-11-22T20:14:00Z"),
            // As tables print it.
            ("2026-11-22 20:14:00Z", "2026-11-22T20:14:00Z"),
            ("2026-11-22T20:14:00.5+01:00", "2026-11-22T19:14:00.5Z"),
            ("2026-11-22", "2026-11-22T00:00:00Z"),
            ("2d", "2026-11-28T12:00:00Z"),
            ("36h", "2026-11-29T00:00:00Z"),
            ("1 month", "2026-10-30T12:00:00Z"),
            ("9 months", "2026-02-28T12:00:00Z"),
            ("2 weeks ago", "2026-11-16T12:00:00Z"),
            ("1h30m", "2026-11-30T10:30:00Z"),
            ("P1D", "2026-11-29T12:00:00Z"),
            ("0s", "2026-11-30T12:00:00Z"),
        ] {
            assert_eq!(at(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn anything_else_is_told_what_there_is() {
        for (text, said) in [
            ("yesterday", "2d, 36h"),
            ("", "2d, 36h"),
            ("7", "2d, 36h"),
            ("2026-13-01", "2d, 36h"),
            ("2026-11-22T20:14:00", "put Z behind it"),
            ("-2d", "without a sign"),
            ("13000 years", "beginning of time"),
        ] {
            assert!(at(text).is_err_and(|e| e.contains(said)), "{text}: {:?}", at(text));
        }
    }
}
