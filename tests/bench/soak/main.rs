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
    let stack = Stack::draft("soak")
        .edit(POLICY, "every = \"1 year\"", "every = \"3 months\"")
        .edit(POLICY, "port = 3000, within = \"20s\"", "port = 3000, within = \"6s\"")
        .up()
        .import();
    idle(&stack);
    println!("soak: {hours} simulated hours, seed {seed}");
    let containers = stack.containers().len();
    let mut day = Day::begin(&stack, seed);
    day.live(hours * 60);
    day.end();
    what_is_left(&stack, containers);
    stack.finish();
}

/// What is under way, and what was seen so far.
struct Day<'s> {
    stack: &'s Stack,
    random: StdRng,
    agent: Agent,
    fault: Option<Fault>,
    faults: u32,
    /// How often a person was needed.
    taken_up: u32,
    /// The most memory while it warmed up, and after that.
    most: [u64; 2],
}

impl<'s> Day<'s> {
    fn begin(stack: &'s Stack, seed: u64) -> Self {
        let (random, agent) = (StdRng::seed_from_u64(seed), Agent::start_quick(stack));
        Self { stack, random, agent, fault: None, faults: 0, taken_up: 0, most: [0; 2] }
    }

    fn live(&mut self, minutes: u64) {
        let mut series = std::fs::File::create("soak.csv").expect("the folder is writable");
        writeln!(series, "minute,{}", agent::COLUMNS).expect("writable");
        let began = Instant::now();
        for minute in 0..minutes {
            std::thread::sleep((began + MINUTE * minute as u32).saturating_duration_since(Instant::now()));
            self.happen(minute);
            self.see_to_the_agent();
            let now = self.agent.figures();
            writeln!(series, "{minute},{}", now.row()).expect("writable");
            let most = &mut self.most[usize::from(minute > WARM)];
            *most = now.memory.max(*most);
            if minute.is_multiple_of(15) {
                println!("  {:>2}:{:02}  {now}", minute / 60, minute % 60);
            }
        }
    }

    /// A fault ends or begins, or a secret becomes due.
    fn happen(&mut self, minute: u64) {
        if self.fault.as_ref().is_some_and(Fault::is_over) {
            self.end_fault();
        }
        let (due, begins) = if minute < WARM {
            let number = (minute / EACH) as usize;
            (
                minute.is_multiple_of(EACH).then_some(number % SECRETS.len()),
                (minute % EACH == 1).then_some(number),
            )
        } else {
            let due = self.random.random_bool(0.1).then(|| self.random.random_range(0..SECRETS.len()));
            (due, self.random.random_bool(0.08).then(|| self.random.random_range(0..KINDS)))
        };
        if let Some(number) = begins.filter(|_| self.fault.is_none()) {
            self.fault = Fault::begin(number, self.stack, &mut self.random);
            self.faults += u32::from(self.fault.is_some());
        }
        if let Some(number) = due.filter(|_| self.fault.is_none()) {
            make_due(self.stack, SECRETS[number]);
        }
    }

    fn end_fault(&mut self) {
        self.fault.take().into_iter().for_each(|fault| fault.end(self.stack));
    }

    /// If it has ended, a person comes: what is stuck goes on once the cause is gone.
    fn see_to_the_agent(&mut self) {
        if self.agent.has_ended() {
            self.end_fault();
            self.stack.turnlock("recover");
            self.agent = Agent::start_quick(self.stack);
            self.taken_up += 1;
        }
    }

    fn end(mut self) {
        self.end_fault();
        self.stack.until("nothing is under way", 120, || is_quiet(self.stack));
        std::thread::sleep(MINUTE * 5);
        let last = self.agent.figures();
        self.agent.stop();
        let ended = |how: &str| {
            let line = format!("audit list --action rotation --outcome {how} --json --all");
            self.stack.turnlock(&line).ok().json()["entries"].as_array().map_or(0, Vec::len)
        };
        let Self { faults, taken_up, most: [warm, most], .. } = self;
        let (done, back) = (ended("done"), ended("failed"));
        println!("\nfaults {faults}, rotations done {done}, taken back {back}, a person needed {taken_up}");
        let memory = last.memory;
        println!("memory: most while warming up {warm} kB, most after it {most} kB, at the end {memory} kB");
        println!("at the end: {last}");
    }
}

fn what_is_left(stack: &Stack, containers: usize) {
    stack.turnlock("repair");
    stack.turnlock("drift").ok();
    let log = stack.turnlock("audit verify --json").ok().json();
    let staged = stack.vault().staged().len();
    let sessions = stack.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'turnlock'");
    println!(
        "left: staged values {staged}, sessions in the database {}, containers {} of {containers}; log {} entries, verified",
        sessions.trim(),
        stack.containers().len(),
        log["entries"]
    );
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
