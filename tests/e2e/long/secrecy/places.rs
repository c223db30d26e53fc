//! Who watches from the first moment to the last, and where else is looked afterwards.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use turnlock_tests::collector::Recorder;
use turnlock_tests::{Stack, Value, watch};

use super::memory;
use super::page::Page;

/// Their environments are where values belong.
const CONSUMERS: [&str; 3] = ["api", "postgres", "postgres-exporter"];

/// One place that was searched.
pub(super) struct Place {
    pub(super) name: &'static str,
    /// How it is read.
    pub(super) how: &'static str,
    /// What was planted there, and how.
    pub(super) planted: (&'static str, Value),
    pub(super) seen: Vec<u8>,
}

pub(super) struct Watchers {
    processes: watch::Processes,
    events: watch::Events,
    pending: watch::Pending,
    pub(super) collector: Recorder,
    began: SystemTime,
    /// What the program is told to use for temporary files.
    pub(super) temporary: PathBuf,
    consumers: BTreeSet<String>,
    pub(super) planted: Planted,
}

/// Made up, and of no use: one for each place.
pub(super) struct Planted {
    argument: Value,
    environment: Value,
    event: Value,
    /// A reason: kept in the log, and shown by `audit show`.
    pub(super) reason: Value,
    wrong_word: Value,
    /// An attribute of whatever is sent to the collector.
    pub(super) attribute: Value,
    statement: Value,
    file: Value,
    temporary: Value,
}

impl Watchers {
    /// From here on everything is as noisy as it can be.
    pub(super) fn start(stack: &mut Stack) -> Self {
        stack.sql("ALTER SYSTEM SET log_statement = 'all'");
        stack.sql("ALTER SYSTEM SET log_min_error_statement = 'debug5'");
        stack.sql("SELECT pg_reload_conf()");
        let random = || Value::random_base64(24);
        let planted = Planted {
            argument: random(),
            environment: random(),
            event: random(),
            reason: random(),
            wrong_word: random(),
            attribute: random(),
            statement: random(),
            file: random(),
            temporary: random(),
        };
        let collector = Recorder::before(stack.variable("OTEL_EXPORTER_OTLP_ENDPOINT"));
        let temporary = stack.root.join("temporary");
        std::fs::create_dir(&temporary).expect("creatable");
        let attribute = format!("note={}", planted.attribute.clear().replace('=', "%3D"));
        for (name, value) in [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.base.as_str()),
            ("OTEL_RESOURCE_ATTRIBUTES", &attribute),
            ("TMPDIR", &temporary.display().to_string()),
            ("TURNLOCK_LOG_LEVEL", "debug"),
            ("TURNLOCK_LOG_FORMAT", "json"),
            ("RUST_LOG", "trace"),
            ("RUST_BACKTRACE", "full"),
        ] {
            stack.set(name, value);
        }
        let began = SystemTime::now();
        let consumers = stack.containers().into_iter().filter(|c| CONSUMERS.contains(&c.service.as_str()));
        Self {
            processes: watch::Processes::watch(),
            events: watch::Events::watch(),
            pending: watch::Pending::watch(stack),
            collector,
            began,
            temporary,
            consumers: consumers.map(|c| c.id).collect(),
            planted,
        }
    }

    /// Puts something there to be found, wherever it is not met on the way.
    pub(super) fn plant(&self, stack: &Stack) {
        stack.scene("the watchers see what there is to see");
        let run =
            |command: &mut Command| assert!(command.status().is_ok_and(|s| s.success()), "{command:?} runs");
        run(Command::new("sh").args(["-c", "sleep 0.3", self.planted.argument.clear()]));
        run(Command::new("sleep").arg("0.3").env("PLANTED", self.planted.environment.clear()));
        let prometheus = stack.container("prometheus").id;
        stack.docker(&["exec", &prometheus, "true", self.planted.event.clear()]);
        stack.turnlock(&format!("rotate {}", self.planted.wrong_word.clear())).exits(2);
        stack.sql(&format!("SELECT '{}'", self.planted.statement.clear()));
        std::fs::write(stack.root.join("planted"), self.planted.file.clear()).expect("writable");
        std::fs::write(self.temporary.join("planted"), self.planted.temporary.clear()).expect("writable");
    }

    /// Every value that the stack has, had, or was about to have.
    pub(super) fn values(&self, stack: &Stack) -> Vec<Value> {
        for value in self.pending.values() {
            stack.remember(&value);
        }
        stack.values()
    }

    /// Everything that was seen since, and what lies about now.
    pub(super) fn stop(self, stack: &Stack, page: &mut Page) -> Vec<Place> {
        let (processes, events) = (self.processes.stop(), self.events.stop());
        memory::no_core_of_what_it_started(&processes, page);
        modes_are_right(self.pending.stop().1);
        let mut consumers = self.consumers;
        consumers.extend(consumers_in(&events));
        println!("every process was looked at {} times", processes.looks);
        let (out, err) = stack.printed();
        let sent = |path| self.collector.take(path).into_iter().flat_map(|request| request.body).collect();
        let log = |service: &str| stack.logs(service).into_bytes();
        let others = ["api", "postgres-exporter", "prometheus", "vault", "otel"];
        let audit = ["", "-wal", "-shm"].map(|end| format!("{}{end}", stack.audit_path().display()));
        let audit = audit.iter().flat_map(|file| std::fs::read(file).unwrap_or_default()).collect();
        let temporary = [&self.temporary, Path::new("/dev/shm"), Path::new("/var/tmp"), Path::new("/tmp")];
        let temporary = temporary.iter().flat_map(|folder| new_files(folder, self.began)).collect();
        let Planted {
            argument,
            environment,
            event,
            reason,
            wrong_word,
            attribute,
            statement,
            file,
            temporary: mark,
        } = self.planted;
        let place = |name, how, planted, seen| Place { name, how, planted, seen };
        vec![
            place(
                "arguments of every process",
                "`/proc/*/cmdline`, again and again from the first moment to the last",
                ("an argument of a shell", argument),
                processes.arguments(),
            ),
            place(
                "environments of every process but the consumers'",
                "`/proc/*/environ`, likewise; also of containers that consume nothing",
                ("a variable of a program", environment),
                processes.environments(&consumers),
            ),
            place(
                "the engine's events",
                "`docker events`, whole, as JSON",
                ("an argument of `docker exec`", event),
                events,
            ),
            place(
                "standard output",
                "of each command, as text and as JSON; completions and the policy's schema too",
                ("a reason, in `audit show`", reason.clone()),
                out,
            ),
            place(
                "standard error",
                "of each command: errors with all their causes, `--debug`, and the program's own log at its noisiest \
                 (`--log-level debug`, `RUST_LOG=trace`, `RUST_BACKTRACE=full`)",
                ("a word that is no secret's name", wrong_word),
                err,
            ),
            place(
                "traces on their way to the collector",
                "each request's body as it came in, before a real collector gets it",
                ("an attribute of the resource", attribute.clone()),
                sent("/v1/traces"),
            ),
            place(
                "log records on their way to the collector",
                "likewise",
                ("likewise", attribute.clone()),
                sent("/v1/logs"),
            ),
            place(
                "metrics on their way to the collector",
                "likewise",
                ("likewise", attribute.clone()),
                sent("/v1/metrics"),
            ),
            place(
                "the logs of api, exporter, Prometheus, Vault and collector",
                "`docker logs`; the collector prints all that it gets",
                ("likewise", attribute),
                others.iter().flat_map(|service| log(service)).collect(),
            ),
            place(
                "PostgreSQL's log",
                "`log_statement = all`, and statements that fail",
                ("a statement", statement),
                log("postgres"),
            ),
            place(
                "the audit log",
                "the raw bytes of its file, and of SQLite's write-ahead log beside it",
                ("a reason", reason),
                audit,
            ),
            place(
                "temporary files",
                "whatever is new in the program's own `TMPDIR`, `/tmp`, `/var/tmp` and `/dev/shm`, after processes that ended \
                 well, badly, and by SIGKILL",
                ("a file", mark),
                temporary,
            ),
            place(
                "every other file of the stack",
                "all but the rendered ones, and the demo's own folder with Vault's root token",
                ("a file", file),
                files_of(stack),
            ),
        ]
    }
}

/// Files that hold values have no moment at which others than the policy's may read them.
fn modes_are_right(seen: BTreeSet<(PathBuf, u32)>) {
    for (path, mode) in seen {
        let token = path.parent().is_some_and(|p| p.ends_with("secrets"));
        let allowed = if token { 0o640 } else { 0o600 };
        assert_eq!(mode & !allowed, 0, "{} had mode {mode:o}", path.display());
    }
}

/// Those that came and went meanwhile.
fn consumers_in(events: &[u8]) -> BTreeSet<String> {
    let events = String::from_utf8_lossy(events);
    let events = events.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let actors = events.map(|event| event["Actor"].clone()).filter(|actor| {
        let service = actor["Attributes"]["com.docker.compose.service"].as_str();
        service.is_some_and(|service| CONSUMERS.contains(&service))
    });
    actors.filter_map(|actor| actor["ID"].as_str().map(str::to_owned)).collect()
}

/// What lies in a folder that was not there before; other stacks' folders left out.
fn new_files(folder: &Path, since: SystemTime) -> Vec<u8> {
    let listed = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut all = Vec::new();
    for entry in listed.filter(|e| !e.file_name().to_string_lossy().starts_with("tl-test-")) {
        let Ok(about) = entry.metadata() else { continue };
        if about.is_dir() {
            all.extend(new_files(&entry.path(), since));
        } else if about.is_file() && about.modified().is_ok_and(|at| at >= since) {
            all.extend(std::fs::read(entry.path()).unwrap_or_default());
        }
    }
    all
}

/// Every file below the stack's root, but those that are to hold values.
pub(super) fn files_of(stack: &Stack) -> Vec<u8> {
    let rendered = [stack.env_path(), stack.token_path()];
    let listed =
        Command::new("find").arg(&stack.root).args(["-type", "f", "-print0"]).output().expect("find runs");
    let paths = String::from_utf8(listed.stdout).expect("UTF-8");
    let paths = paths.split_terminator('\0').map(Path::new);
    // docker/stack/up keeps Vault's root token and the agent's login there.
    let others = paths
        .filter(|p| !rendered.iter().any(|r| r == p) && !p.components().any(|c| c.as_os_str() == ".state"));
    others.flat_map(|path| std::fs::read(path).unwrap_or_default()).collect()
}
