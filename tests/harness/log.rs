//! The stack's audit log: waited for, held, doctored.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Instant;

use turnlock_audit::{Entry, Filter, Log, Outcome, Phase, Reader, Versions};

use crate::Stack;

impl Stack {
    /// Tells the log that these were imported a hundred days ago: what is due each quarter is due then, and what is due each
    /// year isn't.
    pub fn imported_a_hundred_days_ago(&self, names: &[&str], version: u64) {
        let long_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(100 * 24);
        let entry = |name: &&str| {
            let mut entry = Entry::new(long_ago, "import", Phase::Outcome, "turnlock@test", "test");
            entry.outcome = Some(Outcome::Done);
            entry.target = Some("vault".into());
            let versions = Versions { from: None, to: Some(version) };
            entry.subjects = BTreeMap::from([((*name).to_owned(), versions)]);
            entry
        };
        let entries: Vec<Entry> = names.iter().map(entry).collect();
        let url = format!("sqlite://{}", self.audit_path().display()).parse().expect("an address");
        crate::web::runtime().block_on(async {
            let log = Log::open(&url).await.expect("a log");
            log.append(&entries).await.expect("appended");
            log.close().await;
        });
    }

    /// How many entries it has.
    pub fn entries(&self) -> u64 {
        self.turnlock("audit verify --json").ok().json()["entries"].as_u64().expect("a number")
    }

    /// Waits until a rotation has begun a step: `apply hold`, `verify`. It reads the log as an auditor would.
    #[track_caller]
    pub fn until_step(&self, step: &str) {
        let url = format!("sqlite://{}", self.audit_path().display()).parse().expect("an address");
        let reader = crate::web::runtime().block_on(Reader::open(&url)).expect("the log opens");
        let (action, target) = step.split_once(' ').map_or((step, None), |(a, t)| (a, Some(t)));
        let newest = Filter { limit: Some(60), newest_first: true, ..Filter::default() };
        // Of the rotation that is under way; a short step may be over by the time that it is seen, or all of it.
        let called = jiff::Timestamp::now();
        let has_begun = || {
            let found = crate::web::runtime().block_on(reader.query(&newest)).expect("the log answers");
            let is_end = |e: &turnlock_audit::Entry| e.action == "rotation" && e.phase == Phase::Outcome;
            if found.first().is_some_and(|stored| is_end(&stored.entry) && stored.entry.at > called) {
                return true;
            }
            let this = found.iter().map(|stored| &stored.entry).take_while(|e| e.action != "rotation");
            this.into_iter()
                .any(|e| e.phase == Phase::Intent && e.action == action && e.target.as_deref() == target)
        };
        let deadline = Instant::now() + std::time::Duration::from_secs(20);
        while !has_begun() {
            assert!(Instant::now() < deadline, "no rotation has begun with {step}");
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    }

    /// Keeps everybody else from writing to it, until dropped.
    pub fn hold_log(&self) -> impl Drop + use<> {
        let file = self.audit_path();
        let (locked, is_locked) = std::sync::mpsc::channel();
        let (release, is_released) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            crate::web::runtime().block_on(async {
                use sqlx::{ConnectOptions, Connection};
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
                let mut log = options.connect().await.expect("the log opens");
                sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut log).await.expect("nobody else has it");
                locked.send(()).expect("somebody waits");
                let _ = tokio::task::spawn_blocking(move || is_released.recv()).await;
                let _ = log.close().await;
            });
        });
        is_locked.recv().expect("locked");
        Held { release: Some(release), thread: Some(thread) }
    }

    /// Somebody who has the log's file changes it: triggers are no obstacle to its owner.
    pub fn tamper_with_log(&self, file: &Path, statements: &'static str) {
        crate::web::runtime().block_on(async {
            use sqlx::{ConnectOptions, Connection};
            let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file);
            let mut log = options.connect().await.expect("the log opens");
            sqlx::raw_sql(statements).execute(&mut log).await.expect("SQLite takes it");
            let _ = log.close().await;
        });
    }
}

struct Held {
    release: Option<std::sync::mpsc::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.release.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
