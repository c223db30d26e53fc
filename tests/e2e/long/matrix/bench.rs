//! The stack that cells run on, one after another: each leaves it whole, or it is given up.

use std::cell::Cell;
use std::time::Duration;

use turnlock_tests::{ACCEPT_ALL, Output, Stack};

/// The command that takes up what was broken off.
pub(super) const RECOVER: &str = "recover";

/// What would end a test build at its first step.
pub(super) const EVERYWHERE: &str = "*:intent:kill;*:effect:kill;*:outcome:kill;promote:between:kill";

/// Vault keeps a hundred versions of a secret; the search for printed values wants all of them.
const RUNS: usize = 60;

pub(super) struct Bench {
    pub stack: Stack,
    usual: Cell<Duration>,
    runs: Cell<usize>,
}

impl Bench {
    pub(super) fn new(number: usize) -> Bench {
        let stack = Stack::imported(&format!("matrix {number}"));
        // Enough that a kill can fall into the middle of a migration, between its batches.
        let rows =
            "INSERT INTO records (sealed) SELECT sealed FROM records, generate_series(1, 700) LIMIT 700";
        stack.sql(rows);
        let line = format!("rotate --all {ACCEPT_ALL}");
        let usual = stack.turnlock_with(&line, &[("TURNLOCK_CRASH", EVERYWHERE)]).ok().took;
        Bench { stack, usual: Cell::new(usual), runs: Cell::new(0) }
    }

    pub(super) fn recover(&self) -> Output {
        self.stack.turnlock(RECOVER)
    }

    /// Done, with something of the old versions left: a rotation has ended, and `drift` tells of the rest.
    pub(super) fn clear_away(&self) -> Output {
        self.stack.turnlock("repair")
    }

    /// What the rules leave open is for a person: the new values go on top of what somebody else wrote.
    pub(super) fn resolve(&self) -> Output {
        self.recover().exits(3).says("turnlock resolve");
        let shown = self.stack.turnlock("audit show last --json").ok().json();
        let id = shown["rotation"].as_str().expect("an id");
        self.stack.turnlock(&format!("resolve {id} --forward --reason 'ours is what every place holds'"))
    }

    /// What a rotation takes that nobody disturbs.
    pub(super) fn usual(&self) -> Duration {
        self.usual.get()
    }

    /// The first one is slower than others; a kill that is to fall into the middle of one has to know.
    pub(super) fn took(&self, undisturbed: Duration) {
        self.usual.set(self.usual().min(undisturbed));
    }

    /// The newest version that has another value than the current one.
    pub(super) fn another_version(&self, name: &str) -> u64 {
        let (vault, newest) = (self.stack.vault(), self.stack.vault().newest_version(name));
        let current = vault.newest(name);
        (1..newest).rev().find(|n| vault.version(name, *n) != current).expect("an earlier value")
    }

    /// `true` once it has done its part.
    pub(super) fn is_worn(&self) -> bool {
        self.runs.set(self.runs.get() + 1);
        self.runs.get() >= RUNS
    }
}
