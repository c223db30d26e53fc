//! A day in the life of `turnlock agent`: one look a simulated minute, secrets that become due at random, and faults at random.
//!
//! Prints a line of figures a simulated quarter of an hour and, at the end, whether anything grew or was left; `tests/bench/soak`
//! runs it and draws the picture of docs/performance.md. `soak [HOURS] [SEED]`: 24 hours take 24 minutes.

mod agent;
mod faults;

use std::io::Write;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use turnlock_tests::{SECRETS, Stack};

use agent::Agent;
use faults::{Fault, KINDS};

/// A simulated minute.
const MINUTE: Duration = Duration::from_secs(1);
/// The agent is warm after so many simulated minutes, in which it meets every kind of fault while it rotates every secret;
/// from there its memory has to stay.
const WARM: u64 = EACH * KINDS as u64;
/// For a fault, while it warms up.
const EACH: u64 = 15;

fn main() {
    let mut args = std::env::args().skip(1);
    let hours: u64 = args.next().map_or(24, |text| text.parse().expect("a number of hours"));
    let seed: u64 = args.next().map_or_else(rand::random, |text| text.parse().expect("a seed"));
    let mut random = StdRng::seed_from_u64(seed);
    let stack = Stack::draft("soak")
        .edit(POLICY, "every = \"1 year\"", "every = \"3 months\"")
        .edit(POLICY, "port = 3000, within = \"20s\"", "port = 3000, within = \"6s\"")
        .up()
        .import();
    idle(&stack);
    println!("soak: {hours} simulated hours, seed {seed}");
    let before = stack.containers().len();
    let mut agent = Agent::start_quick(&stack);
    let mut series = std::fs::File::create("soak.csv").expect("the folder is writable");
    writeln!(series, "minute,rss_kb,heap_kb,descriptors,threads,sockets,tasks").expect("writable");
    let (began, mut minute) = (Instant::now(), 0);
    let (mut warm, mut most, mut faults, mut taken_up) = (0, 0, 0, 0);
    let mut fault: Option<Fault> = None;
    while minute < hours * 60 {
        std::thread::sleep((began + MINUTE * minute as u32).saturating_duration_since(Instant::now()));
        if fault.as_ref().is_some_and(Fault::is_over) {
            fault.take().expect("there is one").end(&stack);
        }
        let (due, begins) = if minute < WARM {
            let number = (minute / EACH) as usize;
            ((minute % EACH == 0).then_some(number % SECRETS.len()), (minute % EACH == 1).then_some(number))
        } else {
            let due = random.random_bool(0.1).then(|| random.random_range(0..SECRETS.len()));
            (due, random.random_bool(0.08).then(|| random.random_range(0..KINDS)))
        };
        if let Some(number) = begins.filter(|_| fault.is_none()) {
            fault = Fault::begin(number, &stack, &mut random);
            faults += u32::from(fault.is_some());
        }
        if let Some(number) = due.filter(|_| fault.is_none()) {
            make_due(&stack, SECRETS[number]);
        }
        if agent.has_ended() {
            // A person comes: what is stuck goes on once the cause is gone.
            fault.take().into_iter().for_each(|fault| fault.end(&stack));
            stack.turnlock("recover");
            agent = Agent::start_quick(&stack);
            taken_up += 1;
        }
        let now = agent.figures();
        writeln!(
            series,
            "{minute},{},{},{},{},{},{}",
            now.memory, now.heap, now.descriptors, now.threads, now.sockets, now.tasks
        )
        .expect("writable");
        warm = if minute <= WARM { now.memory.max(warm) } else { warm };
        most = if minute > WARM { now.memory.max(most) } else { most };
        if minute % 15 == 0 {
            println!("  {:>2}:{:02}  {now}", minute / 60, minute % 60);
        }
        minute += 1;
    }
    fault.into_iter().for_each(|fault| fault.end(&stack));
    stack.until("nothing is under way", 120, || is_quiet(&stack));
    std::thread::sleep(MINUTE * 5);
    let last = agent.figures();
    agent.stop();
    stack.turnlock("repair");
    stack.turnlock("drift").ok();
    let log = stack.turnlock("audit verify --json").ok().json();
    let staged = stack.vault().staged().len();
    let sessions = stack.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'turnlock'");
    let ended = |how: &str| {
        let line = format!("audit list --action rotation --outcome {how} --json --all");
        stack.turnlock(&line).ok().json()["entries"].as_array().map_or(0, Vec::len)
    };
    println!(
        "\nfaults {faults}, rotations done {}, taken back {}, a person needed {taken_up}",
        ended("done"),
        ended("failed")
    );
    println!(
        "memory: most while warming up {} kB, most after it {most} kB, at the end {} kB",
        warm, last.memory
    );
    println!("at the end: {last}");
    println!(
        "left: staged values {staged}, sessions in the database {}, containers {} of {before}; log {} entries, verified",
        sessions.trim(),
        stack.containers().len(),
        log["entries"]
    );
    stack.finish();
}

const POLICY: &str = "policies/rotation/breeze.toml";

/// With nothing to do, looking once a minute as it comes.
fn idle(stack: &Stack) {
    let mut agent = Agent::start(stack);
    std::thread::sleep(Duration::from_secs(10));
    let (began, before) = (Instant::now(), agent.figures());
    std::thread::sleep(Duration::from_secs(180));
    let after = agent.figures();
    let share = (after.cpu - before.cpu).as_secs_f64() / began.elapsed().as_secs_f64() * 100.0;
    println!("idle, three minutes: {after}; {share:.3} % of a core");
    agent.stop();
}

/// As if it had been brought in a hundred days ago: the log is what the schedule is read from. Only while nothing is under way,
/// or the agent would find that somebody else wrote.
fn make_due(stack: &Stack, name: &str) {
    if !is_quiet(stack) {
        return;
    }
    stack.imported_a_hundred_days_ago(&[name], stack.vault().newest_version(name));
}

fn is_quiet(stack: &Stack) -> bool {
    let status = stack.turnlock("status --json");
    if status.code != 0 {
        return false;
    }
    let status = status.json();
    let due = |s: &serde_json::Value| s["state"] == "due" || s["state"] == "overdue";
    status["unfinished"].is_null() && !status["secrets"].as_array().is_some_and(|all| all.iter().any(due))
}
