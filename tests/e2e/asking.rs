//! The log asked by somebody who has nothing but the log: no Vault, no policy, no agent, an empty environment.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan};
use serde_json::Value as Json;
use turnlock_audit::{AuditUrl, Entry, Filter, Log, Outcome, Phase, Reader, Versions};
use turnlock_tests::{Output, Signal, run_turnlock, signal, turnlock_program};

const LOG: &str = "TURNLOCK_TEST_LOG";
const APPENDS: &str = "TURNLOCK_TEST_APPENDS";

/// A folder with a log in it, and somebody who asks.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Desk {
        Desk { folder: tempfile::tempdir().expect("a folder") }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("audit.db")
    }

    fn url(&self) -> AuditUrl {
        self.file().into()
    }

    /// A log with these entries, closed.
    fn with(entries: &[Entry]) -> Desk {
        let desk = Desk::new();
        block_on(async {
            let log = Log::init(&desk.url()).await.expect("a new log");
            for batch in entries.chunks(500) {
                log.append(batch).await.expect("appended");
            }
            log.close().await;
        });
        desk
    }

    fn ask(&self, line: &str) -> Output {
        self.ask_with(line, &[])
    }

    fn ask_with(&self, line: &str, more: &[(&str, &str)]) -> Output {
        let url = format!("sqlite://{}", self.file().display());
        let mut env: BTreeMap<String, String> = [("TURNLOCK_AUDIT_URL".to_owned(), url)].into();
        env.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        run_turnlock(line, &env, self.folder.path())
    }

    /// The numbers of the entries that a question finds.
    #[track_caller]
    fn finds(&self, question: &str) -> Vec<u64> {
        numbers(&self.ask(&format!("audit list --format ndjson {question}")).ok().out)
    }

    fn follow(&self, more: &str) -> Child {
        let mut command = Command::new(turnlock_program());
        command.args(["audit", "list", "--follow", "--format", "ndjson"]).args(more.split_whitespace());
        command.env_clear().env("TURNLOCK_AUDIT_URL", self.file()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("turnlock runs")
    }

    /// Another process that appends.
    fn appender(&self, batches: u32) -> Child {
        Command::new(std::env::current_exe().expect("this program has a path"))
            .args(["--exact", "asking::appender", "--nocapture"])
            .env(LOG, self.file())
            .env(APPENDS, batches.to_string())
            .stdout(Stdio::null())
            .spawn()
            .expect("this program runs")
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

fn numbers(lines: &str) -> Vec<u64> {
    lines.lines().map(number).collect()
}

fn number(line: &str) -> u64 {
    let json: Json = serde_json::from_str(line).unwrap_or_else(|e| panic!("no JSON ({e}): {line}"));
    json["seq"].as_u64().expect("a number")
}

fn start() -> Timestamp {
    "2026-11-22T20:14:00Z".parse().expect("a time")
}

fn entry(second: i64) -> Entry {
    let mut entry =
        Entry::new(start() + second.seconds(), "apply", Phase::Outcome, "entity:agent", "turnlock/0.1.0");
    entry.outcome = Some(Outcome::Done);
    entry
}

/// Not a test of its own: what the processes of the follower's test do.
#[test]
fn appender() {
    let Ok(file) = std::env::var(LOG) else { return };
    let batches: i64 = std::env::var(APPENDS).expect("how many").parse().expect("a number");
    block_on(async {
        let log = Log::open(&file.parse().expect("an address")).await.expect("a log");
        for n in 0..batches {
            let batch: Vec<Entry> = (0..n % 5 + 1)
                .map(|i| Entry {
                    action: if i % 2 == 0 { "apply".into() } else { "stage".into() },
                    ..entry(n)
                })
                .collect();
            log.append(&batch).await.expect("appended");
        }
        log.close().await;
    });
}

#[test]
fn an_auditor_needs_the_log_alone() {
    let mut begin = entry(0);
    begin.action = "rotation".into();
    (begin.phase, begin.outcome, begin.rotation) = (Phase::Intent, None, Some("r1".into()));
    let desk = Desk::with(&[begin, entry(1)]);
    let listeners: Vec<TcpListener> =
        (0..3).map(|_| TcpListener::bind("127.0.0.1:0").expect("a port")).collect();
    let ports: Vec<u16> = listeners.iter().map(|l| l.local_addr().expect("bound").port()).collect();
    let vault = format!("http://127.0.0.1:{}", ports[0]);
    let docker = format!("tcp://127.0.0.1:{}", ports[1]);
    let there = [
        ("VAULT_ADDR", vault.as_str()),
        ("VAULT_TOKEN", "canary"),
        ("VAULT_ROLE_ID", "canary"),
        ("VAULT_SECRET_ID_FILE", "/nowhere"),
        ("DOCKER_HOST", docker.as_str()),
        ("TURNLOCK_POLICY", "/nowhere/turnlock.toml"),
    ];
    // Read-only, as an auditor has a copy.
    std::fs::set_permissions(desk.file(), PermissionsExt::from_mode(0o444)).expect("changeable");
    for line in [
        "audit list",
        "audit list --action apply --format json",
        "audit list --all --format csv",
        "audit show 0",
        "audit show last",
        "audit show r1 --format ndjson",
        "audit verify",
        "audit verify --json",
    ] {
        desk.ask(line).ok();
        desk.ask_with(line, &there).ok();
    }
    for listener in listeners {
        listener.set_nonblocking(true).expect("set");
        assert!(listener.accept().is_err(), "nobody but the log was asked");
    }
    desk.ask("audit show 0").says("inclusion proven").says("in the log of 2 entries with the root");
    desk.ask("audit show 2").exits(2).says("the log has no entry 2");
}

#[test]
fn every_filter_finds_what_it_says() {
    let versions = |from, to| Versions { from: Some(from), to: Some(to) };
    let mut all: Vec<Entry> = (0..12).map(entry).collect();
    all[1].actor = "entity:other".into();
    all[2].requester = Some("entity:alice".into());
    all[3].action = "stage".into();
    all[4].outcome = Some(Outcome::InDoubt);
    all[5].subjects = [("JWT_SECRET".into(), versions(3, 4)), ("OTHER".into(), versions(7, 8))].into();
    all[6].subjects = [("JWT_SECRET".into(), versions(4, 5))].into();
    all[7].rotation = Some("r1".into());
    all[8].target = Some("file.env".into());
    all[9].trigger = Some("schedule".into());
    all[10].trace_id = Some("0af7651916cd43dd8448eb211c80319c".into());
    let desk = Desk::with(&all);
    for (question, found) in [
        ("--actor entity:other", vec![1]),
        ("--actor entity:oth", vec![]),
        ("--requester entity:alice", vec![2]),
        ("--action stage", vec![3]),
        ("--outcome in_doubt", vec![4]),
        ("--secret JWT_SECRET", vec![6, 5]),
        ("--version 4", vec![6, 5]),
        ("--version v8", vec![5]),
        ("--secret JWT_SECRET --version 3", vec![5]),
        ("--secret JWT_SECRET --version 8", vec![]),
        ("--rotation r1", vec![7]),
        ("--target file.env", vec![8]),
        ("--trigger schedule", vec![9]),
        ("--trace 0af7651916cd43dd8448eb211c80319c", vec![10]),
        ("--since 2026-11-22T20:14:10Z", vec![11, 10]),
        ("--until 2026-11-22T20:14:02Z", vec![1, 0]),
        ("--since 2026-11-22 --until 2026-11-23 --limit 1", vec![11]),
        ("--until 2026-11-22", vec![]),
        ("--action apply --actor entity:agent --outcome done --secret JWT_SECRET --version 5", vec![6]),
        ("--after 9", vec![11, 10]),
        ("--before 2", vec![1, 0]),
        ("--after 3 --before 6", vec![5, 4]),
    ] {
        assert_eq!(desk.finds(question), found, "{question}");
    }
    desk.ask("audit list --limit 5").ok().says("there are more: the same with --before 7");
    desk.ask("audit list --limit 12").ok().says_not("there are more");
    desk.ask("audit list --secret NONE").ok().says("no entry fits");
    for machine in ["json", "ndjson", "csv"] {
        desk.ask(&format!("audit list --limit 5 --format {machine}")).ok().says_not("there are more");
    }
    for (line, said) in [
        ("audit list --version x", "a version is a number"),
        ("audit list --outcome good", "done, failed, refused, in_doubt"),
        ("audit list --format xml", "table, json, ndjson, csv"),
        ("audit list --json --format csv", "leave out one of them"),
        ("audit list --follow --format json", "--format ndjson"),
        ("audit list --all --limit 3", "cannot be used with"),
        ("audit list --since 2026-11-22T20:14:00", "put Z behind it"),
    ] {
        desk.ask(line).exits(2).says(said);
    }
}

#[test]
fn pages_give_each_entry_once_while_others_append() {
    let mut all: Vec<Entry> = (0..3000).map(entry).collect();
    for (n, entry) in all.iter_mut().enumerate() {
        entry.action = ["apply", "stage", "verify"][n % 3].into();
    }
    let desk = Desk::with(&all);
    let mut child = desk.appender(200);
    for (filter, expected) in [("", 3000), ("--action stage", 1000)] {
        let mut seen = Vec::new();
        let mut question = format!("--limit 333 {filter} --before 3000");
        loop {
            let page = desk.finds(&question);
            let Some(last) = page.last() else { break };
            question = format!("--limit 333 {filter} --before {last}");
            seen.extend(page);
        }
        let distinct: BTreeSet<_> = seen.iter().collect();
        assert_eq!((seen.len(), distinct.len()), (expected, expected), "{filter}");
        assert!(seen.is_sorted_by(|a, b| a > b), "newest first");
        assert_eq!(desk.finds(&format!("--all {filter} --before 3000")), seen);
        assert_eq!(desk.finds(&format!("--limit 0 {filter} --before 3000")), seen);
    }
    assert!(child.wait().expect("it ends").success());
    let json = desk.ask("audit list --all --json").ok().json();
    assert_eq!(json["entries"].as_array().map(Vec::len), Some(3600));
    let csv = desk.ask("audit list --all --format csv").ok().out.clone();
    assert_eq!(csv.matches("\r\n").count(), 3601);
}

#[test]
fn a_follower_sees_each_new_entry_once_and_in_order() {
    let desk = Desk::with(&(0..30).map(entry).collect::<Vec<_>>());
    // From the beginning: how many there are when it first looks is no matter.
    let (all, some) = (desk.follow("--limit 0"), desk.follow("--limit 0 --action stage"));
    let children = [desk.appender(150), desk.appender(150), desk.appender(150)];
    // 450 batches of 1 to 5, in turn.
    let size = 30 + 3 * 450;
    let all = read_until(all, size - 1);
    assert_eq!(all, (0..size).collect::<Vec<_>>());
    for mut child in children {
        assert!(child.wait().expect("it ends").success());
    }
    let stages: Vec<u64> = block_on(async {
        let filter = Filter { action: Some("stage".into()), ..Filter::default() };
        let found = Reader::open(&desk.url()).await.expect("a log").query(&filter).await.expect("entries");
        found.iter().map(|s| s.seq).collect()
    });
    assert_eq!(read_until(some, *stages.last().expect("some")), stages);
}

/// The numbers that a follower says, up to this one; then Ctrl-C.
#[track_caller]
fn read_until(mut child: Child, last: u64) -> Vec<u64> {
    let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let (mut seen, mut began) = (Vec::new(), Instant::now());
    for line in lines.map_while(Result::ok) {
        seen.push(number(&line));
        if seen.last() == Some(&last) {
            signal(&child, Signal::INT);
            began = Instant::now();
        }
    }
    let status = child.wait().expect("it ends");
    assert!(began.elapsed() < Duration::from_secs(3), "Ctrl-C ends it at once");
    assert!(status.success(), "{status}, after {:?}", seen.last());
    seen
}

#[test]
fn a_follower_begins_with_the_newest_that_fit_and_ends_with_its_reader() {
    let desk = Desk::with(&(0..30).map(entry).collect::<Vec<_>>());
    let mut child = desk.follow("--since 2026-11-22T20:14:10Z --limit 3");
    let mut out = BufReader::new(child.stdout.take().expect("piped"));
    let seen: Vec<u64> = out.by_ref().lines().take(3).map(|line| number(&line.expect("a line"))).collect();
    assert_eq!(seen, [27, 28, 29]);
    drop(out);
    let began = Instant::now();
    while child.try_wait().expect("asked").is_none() {
        assert!(began.elapsed() < Duration::from_secs(5), "it goes on for nobody, in a log that is idle");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(child.wait().expect("it ended").success());
}

#[test]
fn who_may_not_write_beside_the_log_is_told_what_to_do() {
    let desk = Desk::with(&[entry(0)]);
    let program = desk.folder.path().join("turnlock");
    std::fs::copy(turnlock_program(), &program).expect("copied");
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("changeable")
    };
    mode(&program, 0o755);
    mode(&desk.file(), 0o444);
    mode(desk.folder.path(), 0o555);
    let mut command = Command::new(&program);
    command.args(["audit", "list"]).env_clear().env("TURNLOCK_AUDIT_URL", desk.file());
    if rustix::process::geteuid().is_root() {
        std::os::unix::process::CommandExt::uid(&mut command, 65534);
    }
    let ended = command.output().expect("turnlock runs");
    mode(desk.folder.path(), 0o755);
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("copy it, with the file that ends in -wal"), "{said}");
}

#[test]
fn a_follower_says_when_its_log_is_gone() {
    let desk = Desk::with(&[entry(0)]);
    let mut child = desk.follow("");
    let mut out = BufReader::new(child.stdout.take().expect("piped"));
    out.read_line(&mut String::new()).expect("the first entry");
    std::fs::rename(desk.file(), desk.folder.path().join("moved.db")).expect("moved");
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("text");
    assert_eq!(child.wait().expect("it ends").code(), Some(1), "{said}");
    assert!(said.contains("was removed or replaced while it was in use"), "{said}");
}

#[test]
fn a_reader_who_goes_away_is_no_error_and_a_full_disk_is_one() {
    let desk = Desk::with(&(0..3000).map(entry).collect::<Vec<_>>());
    let mut command = Command::new(turnlock_program());
    command
        .args(["audit", "list", "--all", "--format", "csv"])
        .env_clear()
        .env("TURNLOCK_AUDIT_URL", desk.file());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("turnlock runs");
    drop(child.stdout.take());
    let ended = child.wait_with_output().expect("it ends");
    assert!(ended.status.success() && ended.stderr.is_empty(), "{}", String::from_utf8_lossy(&ended.stderr));
    let full = std::fs::File::options().write(true).open("/dev/full").expect("there");
    let mut child = command.stdout(full).spawn().expect("turnlock runs");
    assert_eq!(child.wait().expect("it ends").code(), Some(1), "an export that is not whole");
}

#[test]
fn an_export_is_as_small_in_memory_as_a_page() {
    let long = |n: i64| Entry { reason: Some("x".repeat(8000)), ..entry(n) };
    let few = Desk::with(&(0..600).map(long).collect::<Vec<_>>());
    let many = Desk::with(&(0..9000).map(long).collect::<Vec<_>>());
    for format in ["json", "ndjson", "csv", "table"] {
        let (small, large) = (peak(&few, format), peak(&many, format));
        // 70 MB are written.
        assert!(large < small + 12_000, "{format}: {small} kB for 600 entries, {large} kB for 9000");
    }
}

/// The most memory (kB) that an export of everything had, as the kernel counts it.
fn peak(desk: &Desk, format: &str) -> u64 {
    let mut command = Command::new(turnlock_program());
    command
        .args(["audit", "list", "--all", "--format", format])
        .env_clear()
        .env("TURNLOCK_AUDIT_URL", desk.file());
    let mut child = command.stdout(Stdio::piped()).spawn().expect("turnlock runs");
    let mut out = child.stdout.take().expect("piped");
    let status = format!("/proc/{}/status", child.id());
    let (mut peak, mut buffer) = (0, vec![0; 1 << 16]);
    while out.read(&mut buffer).expect("readable") > 0 {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let now = text
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.trim().parse().ok());
        peak = now.unwrap_or(0).max(peak);
    }
    assert!(child.wait().expect("it ends").success());
    peak
}
