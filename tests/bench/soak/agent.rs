//! The agent under observation: started, looked at from outside by `/proc`, stopped.

use std::fmt;
use std::io::Read;
use std::process::Child;
use std::time::Duration;

use turnlock_tests::{Signal, Stack, free_port, install_provider, signal};

/// A running agent, whose output is read away.
pub(crate) struct Agent {
    child: Child,
    /// Where it tells its own figures, if it does.
    metrics: Option<String>,
    client: reqwest::blocking::Client,
}

/// The names of what [`Figures::row`] has.
pub(crate) const COLUMNS: &str = "rss_kb,heap_kb,descriptors,threads,sockets,tasks";

/// What the kernel says of it, and what it says of itself.
pub(crate) struct Figures {
    /// Resident, in kB.
    pub(crate) memory: u64,
    /// Of that, what is not the program's own file: heap and stacks.
    pub(crate) heap: u64,
    pub(crate) descriptors: usize,
    pub(crate) sockets: usize,
    pub(crate) threads: u64,
    pub(crate) tasks: u64,
    pub(crate) cpu: Duration,
}

impl Agent {
    /// As it comes: it looks once a minute and tells nobody.
    pub(crate) fn start(stack: &Stack) -> Agent {
        Agent::begin(stack, "", None)
    }

    /// It looks once a second, and can be asked.
    pub(crate) fn start_quick(stack: &Stack) -> Agent {
        let metrics = format!("127.0.0.1:{}", free_port());
        Agent::begin(stack, &format!("--interval 1 --metrics {metrics}"), Some(metrics))
    }

    fn begin(stack: &Stack, how: &str, metrics: Option<String>) -> Agent {
        let accepted = "--accept-impact JWT_SECRET --accept-impact SESSION_SECRET --accept-impact APP_ENCRYPTION_KEY \
            --accept-impact MFA_ENCRYPTION_KEY";
        let mut child = stack.spawn(&format!("agent {accepted} {how}"), &[]);
        let pipes: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|pipe| Box::new(pipe) as Box<_>),
            child.stderr.take().map(|pipe| Box::new(pipe) as Box<_>),
        ];
        for mut pipe in pipes.into_iter().flatten() {
            std::thread::spawn(move || {
                let said = std::fs::File::options().create(true).append(true).open("soak.log");
                let _ = std::io::copy(&mut pipe, &mut said.expect("the folder is writable"));
            });
        }
        install_provider();
        Agent { child, metrics, client: reqwest::blocking::Client::new() }
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_some()
    }

    pub(crate) fn stop(mut self) {
        signal(&self.child, Signal::TERM);
        assert!(self.child.wait().expect("it is our child").success(), "the agent stops well");
    }

    /// The connection to ask this on is one of them.
    fn tasks(&self) -> Option<u64> {
        let url = format!("http://{}/metrics", self.metrics.as_ref()?);
        let text = self.client.get(url).send().ok()?.text().ok()?;
        let number =
            text.lines().find_map(|line| line.strip_prefix("turnlock_agent_tasks{")?.split("} ").nth(1))?;
        number.parse().ok()
    }

    pub(crate) fn figures(&mut self) -> Figures {
        let proc = format!("/proc/{}", self.child.id());
        let status = std::fs::read_to_string(format!("{proc}/status")).unwrap_or_default();
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
        };
        let open = std::fs::read_dir(format!("{proc}/fd")).into_iter().flatten().flatten();
        let open: Vec<_> = open.filter_map(|entry| std::fs::read_link(entry.path()).ok()).collect();
        let sockets = open.iter().filter(|target| target.to_string_lossy().starts_with("socket:")).count();
        // After the name, which may hold anything: the 12th and 13th are its time in hundredths of a second (proc_pid_stat(5)).
        let stat = std::fs::read_to_string(format!("{proc}/stat")).unwrap_or_default();
        let times = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(11).take(2);
        let hundredths: u64 = times.filter_map(|text| text.parse::<u64>().ok()).sum();
        Figures {
            memory: field("VmRSS"),
            heap: field("RssAnon"),
            descriptors: open.len(),
            sockets,
            threads: field("Threads"),
            tasks: self.tasks().unwrap_or(0),
            cpu: Duration::from_millis(hundredths * 10),
        }
    }
}

impl Figures {
    /// As a line of a table.
    pub(crate) fn row(&self) -> String {
        let Figures { memory, heap, descriptors, threads, sockets, tasks, .. } = self;
        format!("{memory},{heap},{descriptors},{threads},{sockets},{tasks}")
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Figures { memory, heap, descriptors, sockets, threads, tasks, cpu } = self;
        let seconds = cpu.as_secs_f64();
        write!(
            f,
            "{memory} kB, {heap} of it heap, {descriptors} descriptors, {sockets} of them sockets, {threads} threads, {tasks} tasks, {seconds:.2} s of a core so far"
        )
    }
}
