//! One cell: a kind of step, met by a fault, in one of the walks.

use std::fmt;
use std::process::Child;
use std::time::{Duration, Instant};

use turnlock_tests::{Checker, Output, Side, Signal, Stack, Value, signal};

use super::bench::{Bench, RECOVER};
use super::report::Row;

/// Both a role and data under a key: each kind of step once, and a promote of two.
pub(super) const PAIR: [&str; 2] = ["APP_ENCRYPTION_KEY", "POSTGRES_PASSWORD"];
const ROTATE: &str = "rotate APP_ENCRYPTION_KEY POSTGRES_PASSWORD --yes --accept-impact APP_ENCRYPTION_KEY";

/// The plan's steps for these two.
pub(super) const STEPS: [&str; 9] = [
    "stage",
    "apply file.env",
    "apply hold",
    "apply database.breeze",
    "apply migration.records",
    "apply containers",
    "verify",
    "promote",
    "retire",
];

/// Those that are taken back.
pub(super) const UNDONE: std::ops::Range<usize> = 1..6;

/// Which walk is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Rotation,
    Unwind,
    Rollback,
    Recovery,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    FailsBefore,
    FailsAfter,
    KilledBefore,
    KilledBetween,
    KilledAfter,
    KilledBetweenPromotes,
    NoOutcome,
    Twice,
    ForeignWrite,
}

impl Fault {
    /// What any step can be met by.
    pub(super) const OF_ANY: [Fault; 7] = [
        Fault::FailsBefore,
        Fault::FailsAfter,
        Fault::KilledBefore,
        Fault::KilledBetween,
        Fault::KilledAfter,
        Fault::NoOutcome,
        Fault::Twice,
    ];

    /// In the language of `agent/src/crash/points.rs`.
    fn point(self, step: &str) -> String {
        let what = match self {
            Fault::FailsBefore => "effect:fail",
            Fault::FailsAfter => "outcome:fail",
            Fault::KilledBefore => "intent:kill",
            Fault::KilledBetween => "effect:kill",
            Fault::KilledAfter => "outcome:kill",
            Fault::KilledBetweenPromotes => "between:kill",
            Fault::NoOutcome => "outcome:stop",
            Fault::Twice => "effect:twice",
            Fault::ForeignWrite => "effect:stop",
        };
        format!("{step}:{what}")
    }

    fn kills(self) -> bool {
        use Fault::*;
        matches!(self, KilledBefore | KilledBetween | KilledAfter | KilledBetweenPromotes)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::FailsBefore => "fails before its effect",
            Fault::FailsAfter => "fails after its effect",
            Fault::KilledBefore => "killed before its intent",
            Fault::KilledBetween => "killed between intent and effect",
            Fault::KilledAfter => "killed after its effect",
            Fault::KilledBetweenPromotes => "killed between two promotes",
            Fault::NoOutcome => "its outcome cannot be written",
            Fault::Twice => "run twice",
            Fault::ForeignWrite => "somebody else writes between pivot and promote",
        })
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub mode: Mode,
    pub step: &'static str,
    pub fault: Fault,
}

impl Cell {
    pub(super) fn new(mode: Mode, step: &'static str, fault: Fault) -> Self {
        Self { mode, step, fault }
    }

    pub(super) fn name(&self) -> String {
        let undo = if self.goes_back() { "undo " } else { "" };
        format!("{:?}: {undo}{}: {}", self.mode, self.step, self.fault)
    }

    /// Whether the step that is met is one of a way back.
    pub(super) fn goes_back(&self) -> bool {
        match self.mode {
            Mode::Rotation | Mode::Rollback => false,
            Mode::Unwind => true,
            Mode::Recovery => !self.is_late(),
        }
    }

    fn is_late(&self) -> bool {
        matches!(self.step, "promote" | "retire")
    }

    /// A rollback is of one secret: one whose plan has this step.
    fn secrets(&self) -> &'static [&'static str] {
        match (self.mode, self.step) {
            (Mode::Rollback, "apply hold" | "apply database.breeze") => &["POSTGRES_PASSWORD"],
            (Mode::Rollback, "apply migration.records") => &["APP_ENCRYPTION_KEY"],
            (Mode::Rollback, _) => &["JWT_SECRET"],
            _ => &PAIR,
        }
    }

    fn line(&self, bench: &Bench) -> String {
        if self.mode != Mode::Rollback {
            return ROTATE.into();
        }
        let name = self.secrets()[0];
        format!("rollback {name} --to {} --yes --accept-impact {name}", bench.another_version(name))
    }

    /// Where everything has to end.
    fn side(&self) -> Side {
        let met_before_the_pivot = match (self.step, self.fault) {
            (_, Fault::Twice) => false,
            ("promote", Fault::KilledBefore) => self.mode != Mode::Recovery,
            (_, _) => !self.is_late(),
        };
        if self.goes_back() || met_before_the_pivot { Side::Old } else { Side::New }
    }

    /// How the process that meets the fault has to end.
    fn codes(&self) -> &'static [i32] {
        match (self.fault, self.goes_back(), self.step) {
            (f, ..) if f.kills() => &[KILLED],
            // Of a rotation that was taken back on purpose; a recovery that took back has done what was asked.
            (Fault::Twice, true, _) => {
                if self.mode == Mode::Unwind {
                    &[1]
                } else {
                    &[0]
                }
            }
            (Fault::Twice, ..) => &[0],
            (Fault::NoOutcome, ..) => &[1, 3],
            (Fault::ForeignWrite, ..) => &[3],
            (_, true, _) | (_, _, "promote") => &[3],
            // A recovery clears away what its own retire has left.
            (_, _, "retire") if self.mode == Mode::Recovery => &[0, 4],
            (_, _, "retire") => &[4],
            _ => &[1],
        }
    }

    /// Runs it on a stack that is whole, and leaves it whole.
    pub(super) fn run(&self, bench: &Bench) -> Row {
        let stack = &bench.stack;
        stack.scene(&self.name());
        let mut checker = Checker::before(stack);
        let line = self.line(bench);
        let undo = if self.goes_back() { "undo " } else { "" };
        let point = self.fault.point(&format!("{undo}{}", self.step));
        let met = match self.mode {
            Mode::Rotation | Mode::Rollback => self.meet(stack, &line, &point),
            Mode::Unwind => self.meet(stack, &line, &format!("verify:effect:fail;{point}")),
            Mode::Recovery => {
                let first = if self.is_late() { "promote:effect:kill" } else { "verify:effect:kill" };
                let child = stack.spawn_crashing(&line, first);
                stack.ended(&line, child, Instant::now()).exits(KILLED);
                self.meet(stack, RECOVER, &point)
            }
        };
        let mut faults = checker.while_broken(stack);
        if !self.codes().contains(&met.code) {
            faults.list.push(format!("exit {}, expected {:?}{met}", met.code, self.codes()));
        }
        let recovered = match (checker.is_open(stack), met.code) {
            (true, _) if self.fault == Fault::ForeignWrite => Some(bench.resolve()),
            (true, _) => Some(bench.recover()),
            (false, 4) => Some(bench.clear_away()),
            _ => None,
        };
        if let Some(output) = recovered.as_ref().filter(|o| o.code != 0) {
            faults.list.push(format!("recovery ended with {}{output}", output.code));
        }
        let (side, more) = checker.after(stack, self.secrets());
        faults.add(more);
        if side != Some(self.side()) {
            faults.list.push(format!("ended on the side {side:?}, expected {:?}", self.side()));
        }
        Row::new(self, &met, recovered.as_ref(), side, faults)
    }

    /// Runs the test build into the fault.
    fn meet(&self, stack: &Stack, line: &str, points: &str) -> Output {
        let (began, mut child) = (Instant::now(), stack.spawn_crashing(line, points));
        match self.fault {
            Fault::NoOutcome if wait_for_stop(&mut child) => {
                let held = stack.hold_log();
                go_on(&child);
                let output = stack.ended(line, child, began);
                drop(held);
                output
            }
            Fault::ForeignWrite if wait_for_stop(&mut child) => {
                let theirs = Value::random(32);
                stack.remember(&theirs);
                stack.vault().put(self.secrets()[0], &theirs);
                go_on(&child);
                stack.ended(line, child, began)
            }
            _ => stack.ended(line, child, began),
        }
    }
}

/// What the harness gives for the end by a signal.
pub(super) const KILLED: i32 = -1;

/// `false`: it ended without being stopped, which its exit code will tell.
fn wait_for_stop(child: &mut Child) -> bool {
    let stat = format!("/proc/{}/stat", child.id());
    let deadline = Instant::now() + Duration::from_secs(60);
    while Instant::now() < deadline {
        let text = std::fs::read_to_string(&stat).unwrap_or_default();
        if text.rsplit(") ").next().is_some_and(|rest| rest.starts_with('T')) {
            return true;
        }
        if child.try_wait().is_ok_and(|ended| ended.is_some()) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    false
}

fn go_on(child: &Child) {
    signal(child, Signal::CONT);
}
