//! Whether a stack is whole, by its own eyes: plain HTTP to Vault, the engine's client, logins, rows decrypted here, the
//! log's rows read as SQLite has them. Nothing of `turnlock` is used but `audit verify`, whose answer is one of many.
//!
//! Two looks: while a rotation is broken off nothing may be *lost* ([`Checker::while_broken`]); after a recovery everything
//! has to be *right* ([`Checker::after`]). Faults are collected, not asserted, so that a matrix can go on with its next cell.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::watch::Files;
use crate::web::client;
use crate::{Container, SECRETS, Stack, Value, files, owner_and_mode, rows};

/// The only services that a rotation may recreate: those whose environment holds a secret.
const CONSUMERS: [&str; 2] = ["api", "postgres-exporter"];
const DATABASE: &str = "POSTGRES_PASSWORD";

/// Which side everything turned out to be on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    Old,
    New,
}

/// What is wrong, and how much of it is a loss.
#[derive(Clone, Debug, Default)]
pub struct Faults {
    pub list: Vec<String>,
    pub logins_lost: usize,
    pub values_lost: usize,
}

impl Faults {
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn unless(&mut self, is_so: bool, otherwise: impl FnOnce() -> String) {
        if !is_so {
            self.list.push(otherwise());
        }
    }

    fn lost_login(&mut self, what: String) {
        self.logins_lost += 1;
        self.list.push(what);
    }

    fn lost_value(&mut self, what: String) {
        self.values_lost += 1;
        self.list.push(what);
    }

    pub fn add(&mut self, other: Faults) {
        self.list.extend(other.list);
        self.logins_lost += other.logins_lost;
        self.values_lost += other.values_lost;
    }
}

/// Everything as it stood before a rotation.
pub struct Checker {
    versions: BTreeMap<&'static str, u64>,
    values: BTreeMap<&'static str, Value>,
    ids: BTreeMap<String, String>,
    images: BTreeMap<String, String>,
    env: String,
    owners: Vec<(PathBuf, (u32, u32, u32))>,
    entries: i64,
    record: i64,
    text: String,
    user: String,
    seed: String,
    /// Passwords that were pending at some moment; after a way back none of them may be accepted.
    pending: Vec<Value>,
    watch: Option<Files>,
}

impl Checker {
    pub fn before(stack: &Stack) -> Checker {
        static NUMBER: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let (vault, api, containers) = (stack.vault(), stack.api(), stack.containers());
        let (text, user) = (format!("record {number}"), format!("user-{number}"));
        let paths = [stack.env_path(), stack.token_path()];
        Checker {
            versions: SECRETS.iter().map(|n| (*n, vault.newest_version(n))).collect(),
            values: SECRETS.iter().map(|n| (*n, vault.newest(n))).collect(),
            ids: containers.iter().map(|c| (c.service.clone(), c.id.clone())).collect(),
            images: containers.into_iter().map(|c| (c.service, c.image_id)).collect(),
            env: std::fs::read_to_string(stack.env_path()).expect("readable"),
            owners: paths.iter().map(|p| (p.clone(), owner_and_mode(p))).collect(),
            entries: rows::count(&stack.audit_path()),
            record: api.add_record(&text),
            seed: api.enroll_mfa(&user),
            text,
            user,
            pending: Vec::new(),
            watch: Some(Files::watch(stack)),
        }
    }

    /// A rotation was broken off just now. Each value that stands anywhere has to be in Vault, the database has to be open
    /// to somebody who knows Vault, data has to be readable with a key of Vault's, and no file may be empty or half.
    pub fn while_broken(&mut self, stack: &Stack) -> Faults {
        let (mut faults, vault) = (Faults::default(), stack.vault());
        let known = |name: &str| -> Vec<Value> {
            std::iter::once(vault.newest(name))
                .chain(vault.pending(name))
                .chain(self.values.get(name).cloned())
                .collect()
        };
        let known: BTreeMap<&str, Vec<Value>> = SECRETS.iter().map(|n| (*n, known(n))).collect();
        for (name, values) in &known {
            values.iter().for_each(|value| stack.remember_once(value));
            if *name == DATABASE {
                self.pending.extend(values.iter().filter(|v| **v != self.values[name]).cloned());
            }
        }
        match std::fs::read_to_string(stack.env_path()) {
            Ok(text) => {
                faults.unless(is_whole(&text), || ".env.prod is empty or half".into());
                let held = files::env_file(&stack.env_path());
                for name in SECRETS {
                    if !held.get(name).is_some_and(|v| known[name].contains(v)) {
                        faults.lost_value(format!("{name} in .env.prod is a value that Vault does not have"));
                    }
                }
            }
            Err(e) => faults.list.push(format!(".env.prod: {}", e.kind())),
        }
        for container in stack.containers().iter().filter(|c| CONSUMERS.contains(&c.service.as_str())) {
            for name in SECRETS {
                if !carried(container, name).is_none_or(|held| known[name].contains(&held)) {
                    let service = &container.service;
                    faults.lost_value(format!(
                        "{name} in {service}'s environment is a value that Vault does not have"
                    ));
                }
            }
        }
        if !known[DATABASE].iter().any(|password| stack.db_login(password) == Ok(())) {
            faults.lost_login("the database accepts no password that Vault has".into());
        }
        for (table, key) in rows::TABLES {
            let lost = rows::unreadable(stack, table, &known[key]);
            if lost != 0 {
                faults.lost_value(format!("{lost} rows of {table} open with no key that Vault has"));
            }
        }
        faults
    }

    /// Whether a rotation began since, and has not ended.
    pub fn is_open(&self, stack: &Stack) -> bool {
        !rows::open_rotations(&stack.audit_path(), self.entries).is_empty()
    }

    /// All is over: one side everywhere, and nothing left behind. `rotated`: what the rotation was of.
    pub fn after(&mut self, stack: &Stack, rotated: &[&str]) -> (Option<Side>, Faults) {
        let mut faults = Faults::default();
        if let Some(watch) = self.watch.take() {
            faults.list.extend(watch.stop());
        }
        let values: BTreeMap<&str, Value> = SECRETS.iter().map(|n| (*n, stack.vault().newest(n))).collect();
        values.values().for_each(|value| stack.remember_once(value));
        let side = self.side(stack, rotated, &values, &mut faults);
        self.files(stack, &values, &mut faults);
        self.containers(stack, &values, &mut faults);
        self.logins(stack, &values, &mut faults);
        self.data(stack, &values, &mut faults);
        self.log(stack, &mut faults);
        (side, faults)
    }

    /// By value: a version number may have grown under a value that came back.
    fn side(
        &self,
        stack: &Stack,
        rotated: &[&str],
        values: &BTreeMap<&str, Value>,
        faults: &mut Faults,
    ) -> Option<Side> {
        let vault = stack.vault();
        let staged = vault.staged();
        faults.unless(staged.is_empty(), || format!("still on the staging mount: {}", staged.join(", ")));
        for name in SECRETS {
            let is = vault.newest_version(name);
            faults.unless(is >= self.versions[name], || format!("{name}: Vault went back to v{is}"));
            let was_meant = rotated.contains(&name);
            faults.unless(was_meant || is == self.versions[name], || {
                format!("{name} was not asked for, and is v{is}")
            });
        }
        let changed: BTreeSet<bool> = rotated.iter().map(|n| values[n] != self.values[n]).collect();
        let mixed = changed.len() != 1;
        faults.unless(!mixed, || "some secrets are on the old side and some on the new one".into());
        (!mixed).then(|| if changed.contains(&true) { Side::New } else { Side::Old })
    }

    fn files(&self, stack: &Stack, values: &BTreeMap<&str, Value>, faults: &mut Faults) {
        let mut wanted = self.env.clone();
        for name in SECRETS {
            wanted = wanted.replace(self.values[name].clear(), values[name].clear());
        }
        let is = std::fs::read_to_string(stack.env_path()).unwrap_or_default();
        faults.unless(is == wanted, || ".env.prod has other bytes than Vault's newest versions make".into());
        let token = std::fs::read_to_string(stack.token_path()).unwrap_or_default();
        let wanted = format!("{}\n", values["METRICS_SCRAPE_TOKEN"].clear());
        faults
            .unless(token == wanted, || "the token file has other bytes than Vault's newest version".into());
        for (path, was) in &self.owners {
            let is = path.exists().then(|| owner_and_mode(path));
            faults.unless(is == Some(*was), || format!("{}: owner or mode changed", path.display()));
        }
        for folder in [stack.dir(), stack.dir().join("monitoring/secrets")] {
            let names = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.file_name());
            let left: Vec<_> = names.filter(|n| n.to_string_lossy().contains("turnlock")).collect();
            faults.unless(left.is_empty(), || format!("left behind: {left:?}"));
        }
    }

    fn containers(&self, stack: &Stack, values: &BTreeMap<&str, Value>, faults: &mut Faults) {
        let containers = stack.containers();
        let services: Vec<&String> = containers.iter().map(|c| &c.service).collect();
        faults.unless(services.len() == self.ids.len(), || format!("containers: {services:?}"));
        for c in &containers {
            let service = c.service.as_str();
            faults.unless(c.running, || format!("{service} is not running"));
            let same = self.ids.get(service) == Some(&c.id);
            faults.unless(same || CONSUMERS.contains(&service), || format!("{service} was recreated"));
            let image = self.images.get(service) == Some(&c.image_id);
            faults.unless(image, || format!("{service} runs another image"));
            for name in SECRETS {
                let holds = carried(c, name).is_none_or(|held| held == values[name]);
                faults.unless(holds, || format!("{service} carries another {name} than Vault's newest"));
            }
        }
        if services.len() != self.ids.len() || !containers.iter().all(|c| c.running) {
            return;
        }
        let exporter = format!("http://{}:9187/metrics", stack.container("postgres-exporter").address);
        let up =
            || client().get(&exporter).send().and_then(|a| a.text()).is_ok_and(|t| t.contains("pg_up 1\n"));
        faults.unless(soon(5, up), || "the exporter does not reach the database".into());
        faults.unless(soon(5, || stack.api().is_ready()), || "the api is not ready".into());
        // It scrapes every two seconds.
        faults.unless(soon(8, || stack.scrape_works()), || "Prometheus does not reach the api".into());
    }

    fn logins(&self, stack: &Stack, values: &BTreeMap<&str, Value>, faults: &mut Faults) {
        let current = &values[DATABASE];
        if stack.db_login(current) != Ok(()) {
            faults.lost_login("the database refuses Vault's newest password".into());
        }
        let others = self.pending.iter().chain(std::iter::once(&self.values[DATABASE]));
        for other in others.filter(|other| *other != current) {
            let refused = stack.db_login(other).as_ref().map_err(String::as_str) == Err("28P01");
            faults.unless(refused, || "the database accepts another password than the current one".into());
        }
        let random = stack.db_login(&Value::random(24));
        faults.unless(random.is_err(), || "the database accepts any password".into());
    }

    fn data(&self, stack: &Stack, values: &BTreeMap<&str, Value>, faults: &mut Faults) {
        for (table, key) in rows::TABLES {
            let lost = rows::unreadable(stack, table, std::slice::from_ref(&values[key]));
            if lost != 0 {
                faults.lost_value(format!("{lost} rows of {table} are not under {key}'s newest version"));
            }
        }
        if faults.is_empty() {
            let api = stack.api();
            faults.unless(api.record(self.record).as_deref() == Some(&self.text), || {
                "a record reads otherwise".into()
            });
            faults.unless(api.verify_mfa(&self.user, &self.seed), || "an authenticator is refused".into());
        }
    }

    /// As an auditor would, and once more by hand: a rotation that began has ended, and until then each intent that has no
    /// outcome is explained by what came after it.
    fn log(&self, stack: &Stack, faults: &mut Faults) {
        let verified = stack.turnlock("audit verify");
        faults.unless(verified.code == 0, || "`turnlock audit verify` is not content".into());
        let left = rows::open_rotations(&stack.audit_path(), self.entries);
        faults.unless(left.is_empty(), || format!("rotations without an end in the log: {left:?}"));
    }
}

impl Drop for Checker {
    fn drop(&mut self) {
        self.watch.take().map(Files::stop);
    }
}

/// A secret in a consumer's environment, under the name that it has there; a consumer that has to have it, and does not, holds
/// nothing.
fn carried(c: &Container, name: &str) -> Option<Value> {
    let text = |variable: &str| c.env.get(variable).map(Value::clear).unwrap_or_default();
    match (c.service.as_str(), name) {
        // The password is of letters and digits: it stands in the URL as it is.
        ("api", DATABASE) => {
            let url = text("DATABASE_URL").strip_prefix("postgres://breeze:");
            Some(Value::new(
                url.and_then(|rest| rest.strip_suffix("@postgres:5432/breeze")).unwrap_or_default(),
            ))
        }
        ("api", name) => Some(Value::new(text(name))),
        ("postgres-exporter", DATABASE) => Some(Value::new(text("DATA_SOURCE_PASS"))),
        _ => None,
    }
}

/// Every line is there, and the last one is complete.
pub(crate) fn is_whole(env: &str) -> bool {
    let has = |name: &&str| {
        env.lines()
            .any(|l| l.starts_with(&format!("{name}='")) && l.ends_with('\'') && l.len() > name.len() + 10)
    };
    env.ends_with("'\n") && SECRETS.iter().all(has)
}

/// Both files as they may be seen at any moment.
pub(crate) fn wrong_file(
    path: &std::path::Path,
    meta: &std::fs::Metadata,
    text: &str,
    was: (u32, u32, u32),
) -> Option<String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is = (meta.uid(), meta.gid(), meta.mode() & 0o7777);
    if is != was {
        return Some(format!("{name} was seen with owner and mode {is:?}"));
    }
    let whole = if name == ".env.prod" { is_whole(text) } else { text.len() == 65 && text.ends_with('\n') };
    (!whole).then(|| format!("{name} was seen empty or half"))
}

fn soon(seconds: u64, is_so: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    loop {
        if is_so() {
            return true;
        }
        if Instant::now() > deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn half_an_env_file_is_seen() {
    let whole: String = SECRETS.iter().map(|n| format!("{n}='0123456789abcdef'\n")).collect();
    assert!(is_whole(&whole));
    for cut in 0..whole.len() {
        assert!(!is_whole(&whole[..cut]), "{cut}");
    }
}
