//! What a rotation has done so far, folded from its entries in the log. The log is the only state.
//!
//! Pure, with one total table of legal transitions, so that a fresh run is "resume from nothing" and a log that tells an
//! impossible story is refused.

use std::collections::BTreeSet;

use turnlock_audit::{Direction, Entry, Outcome, Phase};

use crate::plan::Plan;
use crate::step::Step;

/// The action of an entry by which a person decides which way a rotation goes, or that it ends as it stands.
pub const RESOLVE: &str = "resolve";

/// Where a rotation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing is written yet.
    Fresh,
    /// On the way to the new values; can be undone.
    Forward,
    /// Promote was intended: can only be finished.
    Pivoted,
    /// On the way back to the old values.
    Back,
    Ended(Outcome),
}

/// The fold.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    pub stage: Stage,
    pub plan: Option<Plan>,
    /// Steps with a good outcome on the way forward.
    pub done: BTreeSet<usize>,
    /// Steps with an intent: their targets may hold either side.
    pub touched: BTreeSet<usize>,
    /// Why it turned back: the sentence of the step that failed first, or of the person who decided it.
    pub failed: Option<String>,
    /// A person decided that it is to be finished, although promote was not intended.
    pub finish: bool,
    /// A person decided that its values go on top of what somebody else wrote to Vault meanwhile.
    pub on_top: bool,
}

/// A story that no run of this program tells.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the log's entries of this rotation contradict each other ({0}); check it with `turnlock audit verify`"
)]
pub struct Illegal(&'static str);

/// What an entry means to the fold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Begin,
    StepForward,
    PivotIntended,
    StepBack,
    /// A person decided which way it goes.
    Resolved(Direction),
    End(Outcome),
}

impl Default for Progress {
    fn default() -> Self {
        Self {
            stage: Stage::Fresh,
            plan: None,
            done: BTreeSet::new(),
            touched: BTreeSet::new(),
            failed: None,
            finish: false,
            on_top: false,
        }
    }
}

impl Stage {
    /// The one table of legal transitions.
    fn after(self, event: Event) -> Result<Stage, Illegal> {
        Ok(match (self, event) {
            (Stage::Fresh, Event::Begin) => Stage::Forward,
            (Stage::Fresh, _) => return Err(Illegal("it does not begin with a plan")),
            (_, Event::Begin) => return Err(Illegal("it begins twice")),
            (Stage::Ended(_), _) => return Err(Illegal("it goes on after its end")),
            (Stage::Forward, Event::StepForward) => Stage::Forward,
            (Stage::Forward, Event::PivotIntended) => Stage::Pivoted,
            (Stage::Forward | Stage::Back, Event::StepBack) => Stage::Back,
            (Stage::Back, Event::StepForward | Event::PivotIntended) => {
                return Err(Illegal("it goes forward after it turned back"));
            }
            (Stage::Pivoted, Event::StepForward | Event::PivotIntended) => Stage::Pivoted,
            (Stage::Pivoted, Event::StepBack) => return Err(Illegal("it turns back after promote")),
            (Stage::Pivoted, Event::End(Outcome::Failed)) => {
                return Err(Illegal("it is undone after promote"));
            }
            // Whoever decides for the way back sees to it that nothing was promoted.
            (_, Event::Resolved(Direction::Back)) => Stage::Back,
            (Stage::Forward | Stage::Back, Event::Resolved(Direction::Forward)) => Stage::Forward,
            (Stage::Pivoted, Event::Resolved(Direction::Forward)) => Stage::Pivoted,
            (Stage::Forward, Event::End(Outcome::Done)) => return Err(Illegal("it is done without promote")),
            (Stage::Back, Event::End(Outcome::Done)) => {
                return Err(Illegal("it is done after it turned back"));
            }
            (_, Event::End(outcome)) => Stage::Ended(outcome),
        })
    }
}

impl Progress {
    pub fn fold<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Result<Self, Illegal> {
        let mut progress = Self::default();
        for entry in entries {
            progress.take(entry)?;
        }
        Ok(progress)
    }

    fn take(&mut self, entry: &Entry) -> Result<(), Illegal> {
        let back = entry.direction == Some(Direction::Back);
        let event = match (entry.action.as_str(), entry.phase) {
            (RESOLVE, Phase::Event) => match entry.direction {
                Some(direction) => {
                    self.resolved(direction, entry.reason.as_deref());
                    Event::Resolved(direction)
                }
                None => return Ok(()),
            },
            (_, Phase::Event) => return Ok(()),
            ("rotation", Phase::Intent) => Event::Begin,
            ("rotation", Phase::Outcome) => Event::End(entry.outcome.unwrap_or(Outcome::InDoubt)),
            ("promote", _) if !back => Event::PivotIntended,
            _ if back => Event::StepBack,
            _ => Event::StepForward,
        };
        self.stage = self.stage.after(event)?;
        if event == Event::Begin {
            self.plan =
                entry.detail.as_ref().and_then(|d| serde_json::from_value(d.get("plan")?.clone()).ok());
        }
        let Some(index) = entry.step.map(|s| s as usize) else { return Ok(()) };
        match (entry.phase, entry.outcome) {
            (Phase::Intent, _) if !back => {
                self.touched.insert(index);
            }
            (Phase::Outcome, Some(Outcome::Done)) if !back => {
                self.done.insert(index);
            }
            (Phase::Outcome, Some(Outcome::Failed)) if self.failed.is_none() => {
                self.failed = Some(entry.error.clone().unwrap_or_default());
            }
            _ => {}
        }
        Ok(())
    }

    /// What was taken back, or half taken back, is done once more.
    pub fn finish_after_all(&mut self) {
        self.stage = Stage::Forward;
        self.done.clear();
        self.failed = None;
    }

    /// Before the stage changes.
    fn resolved(&mut self, direction: Direction, reason: Option<&str>) {
        self.finish = direction == Direction::Forward;
        match direction {
            // What was taken back is done once more.
            Direction::Forward if self.stage == Stage::Back => self.finish_after_all(),
            Direction::Forward => self.on_top = self.stage == Stage::Pivoted,
            Direction::Back => self.failed = Some(format!("a person decided it: {}", reason.unwrap_or("-"))),
        }
    }

    /// Begun and not ended: its process works, or is gone.
    pub fn is_running(&self) -> bool {
        !matches!(self.stage, Stage::Fresh | Stage::Ended(_))
    }

    /// The steps whose targets have to be taken back, in the order of the plan: files before the containers that read
    /// them, in both directions. Held services are always started again.
    pub fn to_undo(&self, plan: &Plan) -> Vec<usize> {
        let held = plan.targets().any(|(i, t)| t.id() == "hold" && self.touched.contains(&i));
        let undone =
            plan.targets().filter(|(i, t)| self.touched.contains(i) || (held && t.id() == "containers"));
        undone.map(|(index, _)| index).collect()
    }

    /// Notes that a step's intent is about to be written, without waiting for the log to be read again.
    pub fn begin_step(&mut self, index: usize, step: &Step, direction: Direction) -> Result<(), Illegal> {
        let event = match (direction, step) {
            (Direction::Back, _) => Event::StepBack,
            (Direction::Forward, Step::Promote) => Event::PivotIntended,
            (Direction::Forward, _) => Event::StepForward,
        };
        self.stage = self.stage.after(event)?;
        if direction == Direction::Forward {
            self.touched.insert(index);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 7] = [
        Event::Begin,
        Event::StepForward,
        Event::PivotIntended,
        Event::StepBack,
        Event::End(Outcome::Done),
        Event::End(Outcome::Failed),
        Event::End(Outcome::InDoubt),
    ];

    fn run(events: &[Event]) -> Result<Stage, Illegal> {
        events.iter().try_fold(Stage::Fresh, |stage, event| stage.after(*event))
    }

    #[test]
    fn the_three_ways_to_end() {
        use Event::*;
        assert_eq!(
            run(&[Begin, StepForward, PivotIntended, StepForward, End(Outcome::Done)]),
            Ok(Stage::Ended(Outcome::Done))
        );
        assert_eq!(
            run(&[Begin, StepForward, StepBack, End(Outcome::Failed)]),
            Ok(Stage::Ended(Outcome::Failed))
        );
        assert_eq!(
            run(&[Begin, StepForward, StepBack, End(Outcome::InDoubt)]),
            Ok(Stage::Ended(Outcome::InDoubt))
        );
    }

    #[test]
    fn after_the_pivot_there_is_no_way_back_and_before_it_no_success() {
        use Event::*;
        assert!(run(&[Begin, PivotIntended, StepBack]).is_err());
        assert!(run(&[Begin, PivotIntended, End(Outcome::Failed)]).is_err());
        assert!(run(&[Begin, StepForward, End(Outcome::Done)]).is_err());
        assert!(run(&[Begin, StepBack, StepForward]).is_err());
    }

    #[test]
    fn what_a_person_decided_counts_until_the_next_decision() {
        use Direction::{Back, Forward};
        let decided = |stages: &[(Stage, Direction)]| {
            let mut progress = Progress::default();
            for (stage, direction) in stages {
                progress.stage = *stage;
                progress.resolved(*direction, Some("so"));
            }
            (progress.finish, progress.on_top, progress.failed.is_some())
        };
        assert_eq!(decided(&[(Stage::Forward, Forward)]), (true, false, false));
        assert_eq!(decided(&[(Stage::Pivoted, Forward)]), (true, true, false));
        assert_eq!(decided(&[(Stage::Forward, Forward), (Stage::Forward, Back)]), (false, false, true));
        assert_eq!(decided(&[(Stage::Pivoted, Back), (Stage::Back, Forward)]), (true, false, false));
    }

    #[test]
    fn nothing_comes_before_the_beginning_or_after_the_end() {
        for event in EVENTS {
            assert_eq!(Stage::Fresh.after(event).is_ok(), event == Event::Begin);
            assert!(Stage::Ended(Outcome::Done).after(event).is_err());
        }
    }
}
