//! What became of each step of a rotation's plan, as its entries tell.

use std::fmt;

use turnlock_audit::{Direction, Entry, Outcome, Phase};

/// The last that the log says of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    NotBegun,
    /// The effect may or may not have happened.
    Intended(Direction),
    Done,
    TakenBack,
    Failed(Direction, String),
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fate::NotBegun => f.write_str("not begun"),
            Fate::Intended(Direction::Forward) => f.write_str("begun: it may or may not have happened"),
            Fate::Intended(Direction::Back) => {
                f.write_str("being taken back: that may or may not have happened")
            }
            Fate::Done => f.write_str("done"),
            Fate::TakenBack => f.write_str("taken back"),
            Fate::Failed(Direction::Forward, why) => write!(f, "FAILED: {why}"),
            Fate::Failed(Direction::Back, why) => write!(f, "could NOT be taken back: {why}"),
        }
    }
}

/// Of as many steps as the plan has.
pub fn fates<'e>(steps: usize, entries: impl IntoIterator<Item = &'e Entry>) -> Vec<Fate> {
    let mut fates = vec![Fate::NotBegun; steps];
    for entry in entries {
        let Some(fate) = entry.step.and_then(|step| fates.get_mut(step as usize)) else { continue };
        let direction = entry.direction.unwrap_or(Direction::Forward);
        *fate = match (entry.phase, entry.outcome) {
            (Phase::Intent, _) => Fate::Intended(direction),
            (Phase::Outcome, Some(Outcome::Done)) if direction == Direction::Back => Fate::TakenBack,
            (Phase::Outcome, Some(Outcome::Done)) => Fate::Done,
            (Phase::Outcome, _) => Fate::Failed(direction, entry.error.clone().unwrap_or_default()),
            (Phase::Event, _) => continue,
        };
    }
    fates
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn entry(step: u32, phase: Phase, direction: Direction, outcome: Option<Outcome>) -> Entry {
        let mut entry = Entry::new(Timestamp::UNIX_EPOCH, "apply", phase, "a", "t");
        entry.step = Some(step);
        entry.direction = Some(direction);
        entry.outcome = outcome;
        entry.error = (outcome == Some(Outcome::Failed)).then(|| "no".into());
        entry
    }

    #[test]
    fn the_last_word_on_a_step_counts() {
        use Direction::{Back, Forward};
        let entries = [
            entry(0, Phase::Intent, Forward, None),
            entry(0, Phase::Outcome, Forward, Some(Outcome::Done)),
            entry(1, Phase::Intent, Forward, None),
            entry(1, Phase::Outcome, Forward, Some(Outcome::Failed)),
            entry(0, Phase::Intent, Back, None),
            entry(0, Phase::Outcome, Back, Some(Outcome::Done)),
            entry(1, Phase::Intent, Back, None),
            entry(9, Phase::Intent, Forward, None),
        ];
        let told = |n: usize| fates(3, &entries[..n]);
        assert_eq!(told(4), [Fate::Done, Fate::Failed(Forward, "no".into()), Fate::NotBegun]);
        assert_eq!(
            told(8),
            [Fate::TakenBack, Fate::Intended(Back), Fate::NotBegun],
            "none is beyond the plan"
        );
    }
}
