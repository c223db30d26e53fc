//! This host's clock beside Vault's. Pure: both are read elsewhere.
//!
//! Nothing that a rotation does depends on a clock: order is the log's, and what is fresh is told by who was asked. But a
//! clock alone says what is due, and when something was done. So a wrong one is told, and by a very wrong one nothing is
//! rotated that nobody asked for.

use jiff::fmt::friendly::{Designator, Spacing, SpanPrinter};
use jiff::{SignedDuration, Timestamp};

use crate::plan::Refusal;
use crate::policy::Limits;

/// How far this host's clock is ahead of Vault's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skew(SignedDuration);

impl Skew {
    pub fn between(ours: Timestamp, vaults: Timestamp) -> Skew {
        Skew(ours.duration_since(vaults))
    }

    /// Enough to be told.
    pub fn is_told(&self, limits: &Limits) -> bool {
        self.0.unsigned_abs() >= limits.skew_told
    }

    /// For what a schedule alone has asked for.
    pub fn refuse_scheduled(self, limits: &Limits) -> Result<(), Refusal> {
        if self.0.unsigned_abs() < limits.skew_refused {
            return Ok(());
        }
        Err(Refusal::new(
            format!("{self}: what is due can't be told"),
            "set the clock that is wrong; what a person names is rotated all the same",
        ))
    }
}

impl std::fmt::Display for Skew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let printer =
            SpanPrinter::new().designator(Designator::Verbose).spacing(Spacing::BetweenUnitsAndDesignators);
        let minutes = SignedDuration::from_mins((self.0.abs().as_secs() + 30) / 60);
        let way = if self.0.is_negative() { "behind" } else { "ahead of" };
        write!(f, "this host's clock is {} {way} Vault's", printer.duration_to_string(&minutes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skew(seconds: i64) -> Skew {
        let vaults: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        Skew::between(vaults + SignedDuration::from_secs(seconds), vaults)
    }

    #[test]
    fn a_little_is_not_told_and_an_hour_is_too_much() {
        let limits = Limits::default();
        for little in [0, 1, -1, 299, -299] {
            assert!(!skew(little).is_told(&limits), "{little} s");
        }
        for told in [300, -300, 3599, -3599] {
            assert!(skew(told).is_told(&limits), "{told} s");
            assert!(skew(told).refuse_scheduled(&limits).is_ok(), "{told} s");
        }
        for refused in [3600, -3600, 86400, -86400 * 365] {
            assert!(skew(refused).refuse_scheduled(&limits).is_err(), "{refused} s");
        }
    }

    #[test]
    fn it_is_told_in_words_and_which_way() {
        assert_eq!(skew(3719).to_string(), "this host's clock is 1 hour 2 minutes ahead of Vault's");
        assert_eq!(skew(-86400).to_string(), "this host's clock is 24 hours behind Vault's");
        assert_eq!(skew(301).to_string(), "this host's clock is 5 minutes ahead of Vault's");
    }
}
