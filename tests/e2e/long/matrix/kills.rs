//! SIGKILL from outside, at a random instant; and now and then once more, while it is recovered.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use turnlock_tests::{ACCEPT_ALL, Checker, Faults, Output, SECRETS, Side};

use super::bench::{Bench, RECOVER};
use super::cell::KILLED;

/// When, as a part of the time that a rotation takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kill {
    pub number: usize,
    at: f64,
    again: Option<f64>,
}

/// The same for the same seed.
pub(super) fn kills(seed: u64, some: usize) -> Vec<Kill> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut draw = |number| Kill {
        number,
        at: random.random_range(0.0..1.05),
        again: random.random_bool(0.25).then(|| random.random_range(0.0..1.0)),
    };
    (1..=some).map(&mut draw).collect()
}

/// How one came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It had ended before the signal came.
    TooLate,
    /// The log knew of no rotation yet.
    NotBegun,
    Back,
    Forward,
    /// A person would be needed, or something is wrong.
    Stuck,
}

pub(super) struct Killed {
    pub kill: Kill,
    pub end: End,
    pub twice: bool,
    pub recovery: Option<Duration>,
    pub faults: Faults,
}

impl Kill {
    /// A run that the harness itself could not go through with.
    pub(super) fn broken(&self, why: String) -> Killed {
        let faults = Faults { list: vec![why], ..Faults::default() };
        Killed { kill: *self, end: End::Stuck, twice: false, recovery: None, faults }
    }

    pub(super) fn run(&self, bench: &Bench) -> Killed {
        let stack = &bench.stack;
        stack.scene(&format!("random kill {} at {:.3} of a rotation", self.number, self.at));
        let mut checker = Checker::before(stack);
        let met = run_and_kill(bench, &format!("rotate --all {ACCEPT_ALL}"), bench.usual().mul_f64(self.at));
        if met.code == 0 {
            bench.took(met.took);
        }
        let mut faults = checker.while_broken(stack);
        let open = checker.is_open(stack);
        let mut twice = false;
        if let Some(part) = self.again.filter(|_| open) {
            // A recovery takes about as long as the way back, or on.
            twice = run_and_kill(bench, RECOVER, bench.usual().mul_f64(part * 0.6)).code == KILLED;
            faults.add(checker.while_broken(stack));
        }
        let recovered = open.then(|| bench.recover());
        let is_whole = recovered.as_ref().is_none_or(|o| o.code == 0);
        if !is_whole {
            faults.list.push(format!("recovery did not end well{}", recovered.as_ref().expect("one ran")));
        }
        let (side, more) = checker.after(stack, &SECRETS);
        faults.add(more);
        let end = match side {
            _ if !is_whole || side.is_none() => End::Stuck,
            _ if met.code == 0 => End::TooLate,
            _ if !open => End::NotBegun,
            Some(Side::New) => End::Forward,
            _ => End::Back,
        };
        Killed { kill: *self, end, twice, recovery: recovered.map(|o| o.took), faults }
    }
}

fn run_and_kill(bench: &Bench, line: &str, after: Duration) -> Output {
    let (began, mut child) = (Instant::now(), bench.stack.spawn(line, &[]));
    std::thread::sleep(after);
    // It may have ended: then there is nobody to be killed, and its code says so.
    let _ = child.kill();
    bench.stack.ended(line, child, began)
}
