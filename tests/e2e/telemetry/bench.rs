//! A policy and a log, and no stack: enough for `turnlock status`, which has a span.

use std::collections::BTreeMap;

use turnlock_tests::{Output, repository, run_turnlock};

pub(super) struct Bench {
    folder: tempfile::TempDir,
    env: BTreeMap<String, String>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let log = format!("sqlite://{}", folder.path().join("audit.db").display());
        let policy = repository().join("policies/rotation/breeze.toml").display().to_string();
        let env = [("TURNLOCK_POLICY", policy), ("TURNLOCK_AUDIT_URL", log), ("TZ", "UTC".into())];
        let bench = Self { folder, env: env.map(|(k, v)| (k.to_owned(), v)).into() };
        bench.run("audit init", &[]).ok();
        bench
    }

    pub(super) fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    #[track_caller]
    pub(super) fn run(&self, line: &str, more: &[(&str, &str)]) -> Output {
        let mut env = self.env.clone();
        env.extend(more.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        run_turnlock(line, &env, self.folder())
    }

    #[track_caller]
    pub(super) fn status(&self, more: &[(&str, &str)]) -> Output {
        let output = self.run("status", more);
        output.ok();
        output
    }
}
