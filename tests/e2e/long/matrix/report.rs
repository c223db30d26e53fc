//! What came of it, as `docs/crash-matrix.md` shows it after a full run.

use std::fmt::Write as _;
use std::time::Duration;

use turnlock_tests::{Faults, Output, Side};

use super::cell::{Cell, KILLED, Mode};
use super::kills::{End, Killed};

/// A cell, once it was run.
pub(super) struct Row {
    pub cell: Cell,
    /// The process that met the fault.
    ended: String,
    /// Where everything was brought.
    side: Option<Side>,
    recovered: Option<(i32, Duration)>,
    pub faults: Faults,
}

impl Row {
    pub(super) fn new(
        cell: &Cell,
        met: &Output,
        recovered: Option<&Output>,
        side: Option<Side>,
        faults: Faults,
    ) -> Row {
        let ended = if met.code == KILLED { "SIGKILL".into() } else { format!("exit {}", met.code) };
        Row { cell: *cell, ended, side, recovered: recovered.map(|o| (o.code, o.took)), faults }
    }

    /// A run that the harness itself could not go through with.
    pub(super) fn broken(cell: &Cell, why: String) -> Row {
        let faults = Faults { list: vec![why], ..Faults::default() };
        Row { cell: *cell, ended: "?".into(), side: None, recovered: None, faults }
    }

    fn line(&self) -> String {
        let undo = if self.cell.goes_back() { "undo " } else { "" };
        let side = match self.side {
            Some(Side::Old) => "old versions",
            Some(Side::New) => "new versions",
            None => "mixed",
        };
        let (code, took) = match self.recovered {
            Some((code, took)) => (format!("exit {code}"), seconds(took)),
            None => ("not needed".into(), "—".into()),
        };
        let verdict = if self.faults.is_empty() { "good" } else { "**FAULTY**" };
        format!(
            "| {undo}{} | {} | {} | {code} | {took} | {side} | {verdict} |",
            self.cell.step, self.cell.fault, self.ended
        )
    }
}

#[derive(Default)]
pub(super) struct Report {
    pub rows: Vec<Row>,
    pub killed: Vec<Killed>,
}

impl Report {
    pub(super) fn faulty(&self) -> Vec<String> {
        let rows = self.rows.iter().filter(|r| !r.faults.is_empty());
        let rows = rows.map(|r| format!("{}: {}", r.cell.name(), r.faults.list.join("; ")));
        let killed = self.killed.iter().filter(|k| !k.faults.is_empty());
        let killed = killed.map(|k| format!("{:?}: {}", k.kill, k.faults.list.join("; ")));
        rows.chain(killed).collect()
    }

    fn count(&self, end: End) -> usize {
        self.killed.iter().filter(|k| k.end == end).count()
    }

    /// One line for whoever watches.
    pub(super) fn summary(&self, seed: u64) -> String {
        let lost = |of: fn(&Faults) -> usize| -> usize {
            self.rows.iter().map(|r| of(&r.faults)).sum::<usize>()
                + self.killed.iter().map(|k| of(&k.faults)).sum::<usize>()
        };
        format!(
            "{} cells, {} of them faulty; {} random kills (seed {seed}): {} recovered back, {} forward, {} stuck, {} before \
             the rotation began, {} after it had ended, {} met a second kill in the recovery; logins lost {}, values lost {}",
            self.rows.len(),
            self.rows.iter().filter(|r| !r.faults.is_empty()).count(),
            self.killed.len(),
            self.count(End::Back),
            self.count(End::Forward),
            self.count(End::Stuck),
            self.count(End::NotBegun),
            self.count(End::TooLate),
            self.killed.iter().filter(|k| k.twice).count(),
            lost(|f| f.logins_lost),
            lost(|f| f.values_lost),
        )
    }

    pub(super) fn page(&self, seed: u64, took: Duration) -> String {
        let mut page = String::from(HEAD);
        let _ =
            writeln!(page, "\n{}.\n\nThe whole took {} minutes.", self.summary(seed), took.as_secs() / 60);
        let _ = writeln!(page, "\n    TURNLOCK_MATRIX_SEED={seed} ./tests/run --matrix\n\nrepeats it.");
        self.times(&mut page);
        for (mode, title) in MODES {
            let _ = writeln!(page, "\n## {title}\n\n{COLUMNS}");
            for row in self.rows.iter().filter(|r| r.cell.mode == mode) {
                let _ = writeln!(page, "{}", row.line());
            }
        }
        page
    }

    fn times(&self, page: &mut String) {
        let cells = self.rows.iter().filter_map(|r| r.recovered.map(|(_, took)| took));
        let mut all: Vec<Duration> = cells.chain(self.killed.iter().filter_map(|k| k.recovery)).collect();
        all.sort();
        let Some(longest) = all.last() else { return };
        let at = |part: usize| seconds(all[all.len() * part / 100]);
        let _ = writeln!(
            page,
            "\nRecovery, from the command to its end, the proof of every place included ({} of them): half within {}, \
             95 of 100 within {}, the longest {}.",
            all.len(),
            at(50),
            at(95),
            seconds(*longest)
        );
    }
}

fn seconds(took: Duration) -> String {
    format!("{:.1} s", took.as_secs_f64())
}

const MODES: [(Mode, &str); 4] = [
    (Mode::Rotation, "In a rotation"),
    (Mode::Unwind, "On the way back: its verification failed"),
    (Mode::Rollback, "In a rollback to an earlier version"),
    (Mode::Recovery, "In the recovery of a rotation that was killed"),
];

const COLUMNS: &str = "| step | fault | ended with | recovery | took | holds everywhere | checker |\n\
                       |---|---|---|---|---|---|---|";

const HEAD: &str = "# The crash matrix

Each kind of step of a rotation, met by each fault, against a real OpenBao, PostgreSQL and Compose; and SIGKILL at random
instants. Written by `./tests/run --matrix`; change `tests/e2e/long/matrix/`, not this file.

The rotation is one of two secrets, whose plan has each kind of step: a role's password, and a key under which data is
encrypted. The program is the usual one with named points (`agent/src/crash/points.rs`, the cargo feature `crash`; a usual
build has not even the variable's name in it), and kills itself by SIGKILL, or is stopped there while something is done to
it. What recovers is the usual build, by `turnlock recover`; where its retire was all that failed, so that the rotation is
done, by `turnlock repair`; where somebody else wrote to Vault after the pivot, so that a person has to decide, by `turnlock
resolve --forward`.

After every recovery a checker of its own (`tests/harness/checker.rs`: Vault's HTTP API, the engine's client, logins, rows
decrypted by the test, the log's rows in SQLite) asks:

- one side everywhere: of both secrets the old version, or of both the new one, and the one that the fault allows;
- the database accepts Vault's newest password, and no other that it had or was to have; nor a random one;
- every row opens under Vault's newest key, through the api too; a record and an authenticator from before still work;
- `.env.prod` and the token's file have the right bytes, owner and mode, and were never seen missing, empty, half or
  otherwise owned, by a reader that looks every two milliseconds; no temporary file is left;
- every container runs, and the consumers are ready and carry Vault's newest versions; only consumers were recreated, with
  the images that they had;
- nothing is on the staging mount; no secret that was not asked for has a new version;
- `turnlock audit verify` is content, and each rotation that began has an end in the log.

Between the fault and the recovery it asks what must hold even then: each value that stands in a file or a container is in
Vault, live or staged; the database accepts a password that Vault has; every row opens with a key that Vault has. What does
not is counted as a value or a login lost.
";
