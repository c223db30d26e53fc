//! The crash matrix: each kind of step by each fault, in every walk, and kills at random instants. See `docs/crash-matrix.md`.
//!
//! `tests/run --matrix` runs all of it and writes that page. Otherwise each kind of step meets each fault once, and there
//! are twenty random kills.

mod bench;
mod cell;
mod kills;
mod report;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::time::Instant;

use turnlock_tests::{crash_build, repository, turnlock_program};

use bench::Bench;
use cell::{Cell, Fault, Mode, STEPS, UNDONE};
use kills::{Kill, kills};
use report::{Report, Row};

enum Job {
    Cell(Cell),
    Kill(Kill),
}

#[test]
fn every_step_by_every_fault_and_kills_at_random_instants() {
    let full = std::env::var("TURNLOCK_MATRIX").is_ok_and(|v| v == "full");
    let number = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let now = jiff::Timestamp::now().as_second() as u64;
    let seed = number("TURNLOCK_MATRIX_SEED").unwrap_or(now);
    // Some come too late: of 230, more than 200 don't.
    let some = number("TURNLOCK_MATRIX_KILLS").unwrap_or(if full { 230 } else { 20 });
    eprintln!("TURNLOCK_MATRIX_SEED={seed} repeats the random kills");
    crash_build();
    let cells = if full { every_cell() } else { each_kind_once() };
    let only = std::env::var("TURNLOCK_MATRIX_ONLY").unwrap_or_default();
    let cells = cells.into_iter().filter(|c| c.name().contains(&only)).map(Job::Cell);
    let jobs: VecDeque<Job> = cells.chain(kills(seed, some as usize).into_iter().map(Job::Kill)).collect();
    let (began, queue, report) = (Instant::now(), Mutex::new(jobs), Mutex::new(Report::default()));
    // Each on a stack of its own, and no more of them than there may be stacks.
    std::thread::scope(|scope| {
        for number in 1..=2 {
            let (queue, report) = (&queue, &report);
            scope.spawn(move || work(number, queue, report));
        }
    });
    let mut report = report.into_inner().expect("no worker panicked while it told");
    report.rows.sort_by_key(|row| place(&row.cell));
    eprintln!("{}", report.summary(seed));
    if full && only.is_empty() {
        let page = repository().join("docs/crash-matrix.md");
        std::fs::write(page, report.page(seed, began.elapsed())).expect("the page is written");
    }
    let faulty = report.faulty();
    assert!(faulty.is_empty(), "{} are faulty:\n{}", faulty.len(), faulty.join("\n"));
}

/// Until nothing is left. A stack that a fault was found on may be broken: the next job gets another.
fn work(number: usize, queue: &Mutex<VecDeque<Job>>, report: &Mutex<Report>) {
    let mut bench: Option<Bench> = None;
    loop {
        let Some(job) = queue.lock().expect("no worker panics here").pop_front() else { break };
        let done = catch_unwind(AssertUnwindSafe(|| {
            let bench = bench.get_or_insert_with(|| Bench::new(number));
            job.run(bench, report)
        }));
        let is_good = match done {
            Ok(is_good) => is_good,
            Err(panic) => {
                job.broke(&*panic, report);
                false
            }
        };
        match bench.take() {
            Some(b) if is_good && !b.is_worn() => bench = Some(b),
            Some(b) if is_good => b.stack.finish(),
            _ => {}
        }
    }
    if let Some(bench) = bench {
        bench.stack.finish();
    }
}

impl Job {
    /// Whether the stack is good for another.
    fn run(&self, bench: &Bench, report: &Mutex<Report>) -> bool {
        let (told, faults) = match self {
            Job::Cell(cell) => {
                let row = cell.run(bench);
                let faults = row.faults.clone();
                report.lock().expect("nobody panics here").rows.push(row);
                (cell.name(), faults)
            }
            Job::Kill(kill) => {
                let killed = kill.run(bench);
                let faults = killed.faults.clone();
                report.lock().expect("nobody panics here").killed.push(killed);
                (format!("{kill:?}"), faults)
            }
        };
        for fault in &faults.list {
            eprintln!("FAULT: {told}: {fault}");
        }
        faults.is_empty()
    }

    /// The harness could not go on: that is a fault too.
    fn broke(&self, panic: &(dyn std::any::Any + Send), report: &Mutex<Report>) {
        let text =
            panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        let why = format!("the run broke off: {}", text.unwrap_or("without a word"));
        let mut report = report.lock().expect("nobody panics here");
        match self {
            Job::Cell(cell) => report.rows.push(Row::broken(cell, why)),
            Job::Kill(kill) => report.killed.push(kill.broken(why)),
        }
    }
}

/// The order of the page.
fn place(cell: &Cell) -> (usize, usize, usize) {
    let mode = cell.mode as usize;
    let step = STEPS.iter().position(|s| *s == cell.step).unwrap_or_default();
    (mode, step, cell.fault as usize)
}

/// Everything that there is to be met. What a walk does not do is not there: a way back has no promote.
fn every_cell() -> Vec<Cell> {
    let of = |mode, steps: &[&'static str]| -> Vec<Cell> {
        steps
            .iter()
            .copied()
            .flat_map(|step| Fault::OF_ANY.map(|fault| Cell::new(mode, step, fault)))
            .collect()
    };
    let mut all = of(Mode::Rotation, &STEPS);
    all.extend(of(Mode::Unwind, &STEPS[UNDONE]));
    all.extend(of(Mode::Rollback, &STEPS));
    all.extend(of(Mode::Recovery, &STEPS[UNDONE]));
    all.extend(of(Mode::Recovery, &["promote", "retire"]));
    for mode in [Mode::Rotation, Mode::Recovery] {
        all.push(Cell::new(mode, "promote", Fault::KilledBetweenPromotes));
        all.push(Cell::new(mode, "promote", Fault::ForeignWrite));
    }
    all
}

/// Each kind of step by each fault, wherever it is met; the faults are spread over the walks.
fn each_kind_once() -> Vec<Cell> {
    let mut some = Vec::new();
    for (s, step) in STEPS.into_iter().enumerate() {
        for (f, fault) in Fault::OF_ANY.into_iter().enumerate() {
            let mode = match (s + f) % 3 {
                1 if UNDONE.contains(&s) => Mode::Unwind,
                2 if UNDONE.contains(&s) || s > 6 => Mode::Recovery,
                _ => Mode::Rotation,
            };
            some.push(Cell::new(mode, step, fault));
        }
    }
    some.push(Cell::new(Mode::Rotation, "promote", Fault::KilledBetweenPromotes));
    some.push(Cell::new(Mode::Rotation, "promote", Fault::ForeignWrite));
    some
}

/// Nor does it heed it: each bench begins with a rotation under [`bench::EVERYWHERE`].
#[test]
fn a_usual_build_knows_nothing_of_crash_points() {
    let holds = |program: &std::path::Path| {
        let bytes = std::fs::read(program).expect("readable");
        bytes.windows(14).any(|w| w == b"TURNLOCK_CRASH")
    };
    assert!(holds(crash_build()), "the test build has the variable");
    assert!(!holds(turnlock_program()), "the usual build has the variable's name in it");
}
