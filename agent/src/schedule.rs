//! What is due, and when to wake. Pure: the clock is read elsewhere.
//!
//! Frequencies are calendar time (three months, one year), counted in the given time zone from the moment of the last
//! rotation; a day that the month doesn't have becomes the month's last one. What was missed is due once, not once for
//! each time it was missed.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

use crate::policy::{Due, Policy};
use crate::secret::Name;

/// "Soon" is the last week before, or the last tenth of a shorter period.
const SOON: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Where one secret stands in its schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub name: Name,
    /// The last rotation or, before the first, the import.
    pub last: Option<Timestamp>,
    /// When the next rotation is or was due; none when it waits for an event.
    pub next: Option<Timestamp>,
    pub state: DueState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DueState {
    /// Nothing is known of any rotation or import: due now.
    NeverRotated,
    Due,
    DueSoon,
    Later,
    /// A person tells when; never due by itself.
    OnEvent,
}

impl DueState {
    /// Whether a rotation of everything that is due takes this one.
    pub fn is_due(self) -> bool {
        matches!(self, DueState::NeverRotated | DueState::Due)
    }
}

impl std::fmt::Display for DueState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            DueState::NeverRotated => "never rotated",
            DueState::Due => "due",
            DueState::DueSoon => "due soon",
            DueState::Later => "later",
            DueState::OnEvent => "on event",
        })
    }
}

/// Where every secret of the policy stands, by name.
pub fn standings(
    policy: &Policy,
    last: &BTreeMap<Name, Timestamp>,
    now: Timestamp,
    tz: &TimeZone,
) -> Vec<Standing> {
    policy
        .secrets
        .iter()
        .map(|(name, secret)| standing(name, &secret.due, last.get(name).copied(), now, tz))
        .collect()
}

/// The secrets that are due now.
pub fn due(standings: &[Standing]) -> impl Iterator<Item = &Name> {
    standings.iter().filter(|s| s.state.is_due()).map(|s| &s.name)
}

/// When to look again: now if something is due, else when the next is. `None`: nothing has a date.
pub fn next_wake(standings: &[Standing], now: Timestamp) -> Option<Timestamp> {
    if standings.iter().any(|s| s.state.is_due()) {
        return Some(now);
    }
    standings.iter().filter_map(|s| s.next).min()
}

fn standing(name: &Name, due: &Due, last: Option<Timestamp>, now: Timestamp, tz: &TimeZone) -> Standing {
    let (next, state) = match (due, last) {
        (Due::On(_), _) => (None, DueState::OnEvent),
        (Due::Every(_), None) => (None, DueState::NeverRotated),
        (Due::Every(every), Some(last)) => {
            let next = after(last, *every, tz);
            (Some(next), state(last, next, now))
        }
    };
    Standing { name: name.clone(), last, next, state }
}

fn state(last: Timestamp, next: Timestamp, now: Timestamp) -> DueState {
    let soon = SOON.min(next.duration_since(last) / 10);
    match next.duration_since(now) {
        left if left <= SignedDuration::ZERO => DueState::Due,
        left if left <= soon => DueState::DueSoon,
        _ => DueState::Later,
    }
}

/// Calendar arithmetic, as a person counts. A date beyond the calendar's end is its end.
pub fn after(last: Timestamp, every: Span, tz: &TimeZone) -> Timestamp {
    last.to_zoned(tz.clone()).checked_add(every).map_or(Timestamp::MAX, |z| z.timestamp())
}

/// A calendar span in words: `3 months`, `1 year`.
pub fn words(span: Span) -> String {
    use jiff::fmt::friendly::{Designator, Spacing, SpanPrinter};
    let printer =
        SpanPrinter::new().designator(Designator::Verbose).spacing(Spacing::BetweenUnitsAndDesignators);
    printer.span_to_string(&span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn every(text: &str) -> Due {
        Due::Every(text.parse().unwrap())
    }

    fn next(due: &Due, last: &str, tz: &TimeZone) -> String {
        standing(&"A".parse().unwrap(), due, Some(at(last)), at(last), tz).next.unwrap().to_string()
    }

    fn stands(due: &Due, last: Option<&str>, now: &str) -> DueState {
        standing(&"A".parse().unwrap(), due, last.map(at), at(now), &TimeZone::UTC).state
    }

    #[test]
    fn months_and_years_are_the_calendars() {
        let utc = TimeZone::UTC;
        assert_eq!(next(&every("3 months"), "2026-11-22T10:00:00Z", &utc), "2027-02-22T10:00:00Z");
        assert_eq!(next(&every("1 year"), "2026-11-22T10:00:00Z", &utc), "2027-11-22T10:00:00Z");
        assert_eq!(next(&every("2 weeks"), "2026-12-25T10:00:00Z", &utc), "2027-01-08T10:00:00Z");
    }

    #[test]
    fn a_day_that_a_month_lacks_is_its_last_one() {
        let utc = TimeZone::UTC;
        assert_eq!(next(&every("3 months"), "2026-11-30T10:00:00Z", &utc), "2027-02-28T10:00:00Z");
        assert_eq!(next(&every("3 months"), "2027-11-30T10:00:00Z", &utc), "2028-02-29T10:00:00Z");
        assert_eq!(next(&every("1 year"), "2028-02-29T10:00:00Z", &utc), "2029-02-28T10:00:00Z");
    }

    #[test]
    fn the_wall_clock_is_kept_when_the_clocks_change() {
        let berlin = TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        // Noon in winter is 11:00 UTC, noon in summer 10:00.
        assert_eq!(next(&every("3 months"), "2027-01-15T11:00:00Z", &berlin), "2027-04-15T10:00:00Z");
        // 02:30 on 28 March 2027 does not exist there: 03:30.
        assert_eq!(next(&every("1 month"), "2027-02-28T01:30:00Z", &berlin), "2027-03-28T01:30:00Z");
    }

    #[test]
    fn due_from_the_very_second() {
        let quarterly = every("3 months");
        let last = Some("2026-11-22T10:00:00Z");
        assert_eq!(stands(&quarterly, last, "2026-11-22T10:00:00Z"), DueState::Later);
        assert_eq!(stands(&quarterly, last, "2027-02-15T09:59:59Z"), DueState::Later);
        assert_eq!(stands(&quarterly, last, "2027-02-15T10:00:00Z"), DueState::DueSoon);
        assert_eq!(stands(&quarterly, last, "2027-02-22T09:59:59Z"), DueState::DueSoon);
        assert_eq!(stands(&quarterly, last, "2027-02-22T10:00:00Z"), DueState::Due);
        assert_eq!(stands(&quarterly, last, "2031-01-01T00:00:00Z"), DueState::Due);
    }

    #[test]
    fn soon_is_short_for_a_short_period() {
        let daily = every("1 day");
        assert_eq!(stands(&daily, Some("2026-11-22T00:00:00Z"), "2026-11-22T21:00:00Z"), DueState::Later);
        assert_eq!(stands(&daily, Some("2026-11-22T00:00:00Z"), "2026-11-22T22:00:00Z"), DueState::DueSoon);
    }

    #[test]
    fn an_event_is_never_due_by_itself_and_an_unknown_past_always() {
        let event = Due::On("each batch".into());
        assert_eq!(stands(&event, Some("2000-01-01T00:00:00Z"), "2026-11-22T00:00:00Z"), DueState::OnEvent);
        assert_eq!(stands(&event, None, "2026-11-22T00:00:00Z"), DueState::OnEvent);
        assert_eq!(stands(&every("1 year"), None, "2026-11-22T00:00:00Z"), DueState::NeverRotated);
        assert!(DueState::NeverRotated.is_due() && DueState::Due.is_due());
        assert!(!DueState::OnEvent.is_due() && !DueState::DueSoon.is_due() && !DueState::Later.is_due());
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nothing_due() {
        assert_eq!(
            stands(&every("1 month"), Some("2026-11-22T00:00:00Z"), "2020-01-01T00:00:00Z"),
            DueState::Later
        );
    }

    #[test]
    fn the_end_of_the_calendar_is_later() {
        assert_eq!(
            after(at("9990-01-01T00:00:00Z"), "9000 years".parse().unwrap(), &TimeZone::UTC),
            Timestamp::MAX
        );
    }

    #[test]
    fn wakes_at_the_earliest_date_and_at_once_when_something_is_due() {
        let now = at("2026-11-22T00:00:00Z");
        let make = |name: &str, due: Due, last: Option<&str>| {
            standing(&name.parse().unwrap(), &due, last.map(at), now, &TimeZone::UTC)
        };
        let year = make("A", every("1 year"), Some("2026-11-01T00:00:00Z"));
        let month = make("B", every("1 month"), Some("2026-11-01T00:00:00Z"));
        let event = make("C", Due::On("a batch".into()), None);
        assert_eq!(
            next_wake(&[year.clone(), month.clone(), event.clone()], now),
            Some(at("2026-12-01T00:00:00Z"))
        );
        assert_eq!(next_wake(std::slice::from_ref(&event), now), None);
        assert_eq!(next_wake(&[], now), None);
        let overdue = make("D", every("1 month"), Some("2026-01-01T00:00:00Z"));
        let all = [year, overdue, event, make("E", every("1 day"), None)];
        assert_eq!(next_wake(&all, now), Some(now));
        assert_eq!(due(&all).map(Name::as_str).collect::<Vec<_>>(), ["D", "E"]);
    }
}
