//! A place for a log, and a hand that reaches around the library.
#![allow(dead_code)] // each test file uses its own part

pub(crate) mod postgres;

use std::{os::unix::fs::PermissionsExt, path::PathBuf};

use jiff::{Timestamp, ToSpan};
use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use turnlock_audit::{AuditUrl, Entry, Filter, Log, Outcome, Phase, Reader, Versions, verify};

pub(crate) struct Place {
    pub(crate) file: PathBuf,
    pub(crate) url: AuditUrl,
    _directory: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Place {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("audit.db");
        Place { url: AuditUrl::from(file.clone()), file, _directory: directory }
    }

    pub(crate) async fn init(&self) -> Log {
        Log::init(&self.url).await.unwrap()
    }

    pub(crate) async fn open(&self) -> Log {
        Log::open(&self.url).await.unwrap()
    }

    pub(crate) async fn verify(&self) -> Result<verify::Report, verify::VerifyError> {
        verify::verify(&Reader::open(&self.url).await.unwrap(), Default::default()).await
    }

    /// Also page by page, and index by index.
    pub(crate) async fn verify_storage(&self) -> Result<verify::Report, verify::VerifyError> {
        verify::verify(&Reader::open(&self.url).await.unwrap(), verify::Depth::Storage).await
    }

    /// Puts a trigger back to the letter.
    pub(crate) async fn restore_trigger(&self, name: &str) {
        let schema = include_str!("../../src/store/sqlite/2-after.sql");
        let from = schema.find(&format!("CREATE TRIGGER {name}")).unwrap();
        let to = from + schema[from..].find("END;").unwrap() + 4;
        self.raw(&schema[from..to]).await.unwrap();
    }

    /// A connection as anybody has it who may open the file: SQLite's own settings.
    pub(crate) async fn raw_connection(&self) -> SqliteConnection {
        SqliteConnectOptions::new().filename(&self.file).foreign_keys(false).connect().await.unwrap()
    }

    pub(crate) async fn raw(&self, sql: &str) -> Result<u64, sqlx::Error> {
        let mut connection = self.raw_connection().await;
        let result = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await;
        sqlx::Connection::close(connection).await.unwrap();
        Ok(result?.rows_affected())
    }

    pub(crate) async fn create_and(&self, sql: &str) {
        drop(std::fs::File::create_new(&self.file).unwrap());
        self.raw(sql).await.unwrap();
    }

    pub(crate) fn set_mode(&self, mode: u32) {
        std::fs::set_permissions(&self.file, PermissionsExt::from_mode(mode)).unwrap();
    }
}

pub(crate) fn start() -> Timestamp {
    "2026-11-22T20:14:00Z".parse().unwrap()
}

/// An entry for each number, a second apart.
pub(crate) fn entry(n: i64) -> Entry {
    let mut entry = Entry::new(start() + n.seconds(), "apply", Phase::Intent, "entity-1", "turnlock/0.1.0");
    entry.reason = Some(format!("number {n}"));
    entry
}

/// Eight entries that differ, with two subjects each.
pub(crate) fn story() -> Vec<Entry> {
    let subjects = ["JWT_SECRET", "POSTGRES_PASSWORD"].map(|name| (name.to_owned(), Versions::default()));
    (0..8)
        .map(|n| Entry {
            rotation: Some(format!("r{n}")),
            target: Some(format!("target {n}")),
            phase: Phase::Outcome,
            outcome: Some(Outcome::Done),
            subjects: subjects.clone().into(),
            ..entry(n)
        })
        .collect()
}

impl Place {
    /// A log with [`story`] in it, closed.
    pub(crate) async fn with_story() -> Place {
        let place = Place::new();
        let log = place.init().await;
        log.append(&story()).await.unwrap();
        log.close().await;
        place
    }

    /// What the owner of the file can do: take the triggers away, change what he likes, and put them back to the
    /// letter.
    pub(crate) async fn forge(&self, sql: &str) {
        let mut connection = self.raw_connection().await;
        let read =
            sqlx::query_as("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid");
        let triggers: Vec<(String, String)> = read.fetch_all(&mut connection).await.unwrap();
        let dropped = triggers.iter().map(|(name, _)| format!("DROP TRIGGER {name};"));
        let restored = triggers.iter().map(|(_, sql)| format!("{sql};"));
        let all: String = dropped.chain([sql.to_owned(), ";".to_owned()]).chain(restored).collect();
        sqlx::raw_sql(sqlx::AssertSqlSafe(all)).execute(&mut connection).await.unwrap();
        sqlx::Connection::close(connection).await.unwrap();
    }

    /// Everything that is stored, to see whether anything changed.
    pub(crate) async fn contents(&self) -> Vec<String> {
        let mut connection = self.raw_connection().await;
        let sql = "SELECT quote(seq)||quote(body)||quote(leaf)||quote(at)||quote(action)||quote(outcome)|| \
                   quote(actor)||quote(requester)||quote(\"trigger\")||quote(rotation)||quote(target)||quote(trace) FROM entries \
                   UNION ALL SELECT quote(seq)||quote(subject)||quote(version) FROM subjects \
                   UNION ALL SELECT quote(id)||quote(size)||quote(root)||quote(frontier)||quote(epoch)||quote(moved_to) FROM head";
        sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
    }
}

/// Many entries that differ in everything that can be asked by; times in another order than numbers.
pub(crate) fn varied(count: i64) -> Vec<Entry> {
    let one = |n: i64| {
        let pick = |texts: &[&str]| texts[(n as usize / 3) % texts.len()].to_owned();
        let versions = |from, to| Versions { from, to };
        let subjects = match n % 5 {
            0 => vec![],
            1 => vec![("JWT_SECRET", versions(Some(1), Some(2)))],
            2 => {
                vec![("JWT_SECRET", versions(None, None)), ("POSTGRES_PASSWORD", versions(Some(2), Some(3)))]
            }
            3 => vec![("SESSION_SECRET", versions(None, Some(2)))],
            _ => vec![("\u{fb33}", versions(Some(4), Some(4))), ("\u{1f602}", versions(Some(2), None))],
        };
        Entry {
            at: start() + (n - n % 7 * 3).seconds() + (n * 1001).nanoseconds(),
            action: pick(&["stage", "apply", "verify", "promote"]),
            phase: if n % 2 == 0 { Phase::Outcome } else { Phase::Event },
            outcome: (n % 2 == 0).then_some(if n % 6 == 0 { Outcome::Failed } else { Outcome::Done }),
            actor: pick(&["entity:1", "entity:2"]),
            requester: (n % 4 != 0).then(|| pick(&["alice", "bob", "it said: \"x\"\n"])),
            trigger: (n % 3 != 0).then(|| pick(&["person", "schedule"])),
            rotation: (n % 10 != 0).then(|| format!("r{}", n / 10)),
            target: (n % 3 == 1).then(|| pick(&["file.env", "containers"])),
            trace_id: (n % 2 == 1).then(|| format!("{:032x}", n / 4)),
            subjects: subjects.into_iter().map(|(name, v)| (name.to_owned(), v)).collect(),
            detail: (n % 9 == 0)
                .then(|| serde_json::json!({ "notes": [n, "\u{e9}", null, true, { "b": -1, "a": [] }] })),
            ..entry(n)
        }
    };
    (0..count).map(one).collect()
}

/// Each filter alone, some together, and none.
pub(crate) fn filters() -> Vec<Filter> {
    let text = |text: &str| Some(text.to_owned());
    let none = Filter::default;
    vec![
        none(),
        Filter { action: text("verify"), ..none() },
        Filter { outcome: Some(Outcome::Failed), ..none() },
        Filter { actor: text("entity:2"), ..none() },
        Filter { requester: text("it said: \"x\"\n"), ..none() },
        Filter { trigger: text("schedule"), ..none() },
        Filter { rotation: text("r7"), ..none() },
        Filter { target: text("containers"), ..none() },
        Filter { trace: text(&format!("{:032x}", 11)), ..none() },
        Filter { subject: text("JWT_SECRET"), ..none() },
        Filter { subject: text("\u{1f602}"), ..none() },
        Filter { version: Some(2), ..none() },
        Filter { subject: text("JWT_SECRET"), version: Some(2), ..none() },
        Filter {
            subject: text("JWT_SECRET"),
            action: text("apply"),
            since: Some(start() + 100.seconds()),
            ..none()
        },
        Filter { since: Some(start() + 40.seconds()), ..none() },
        Filter { until: Some(start() + 60.seconds()), ..none() },
        Filter {
            since: Some(start() + 100.seconds()),
            until: Some(start() + 200.seconds() + 200_201.nanoseconds()),
            ..none()
        },
        Filter {
            since: Some(start() + 100.seconds()),
            trigger: text("person"),
            outcome: Some(Outcome::Done),
            ..none()
        },
        Filter { action: text("nothing-like-it"), ..none() },
    ]
}

/// Asked for by time and by nothing else.
pub(crate) fn is_by_time(filter: &Filter) -> bool {
    let times = Filter { since: filter.since, until: filter.until, ..Filter::default() };
    *filter == times && *filter != Filter::default()
}

/// What a filter has to find, without any store.
pub(crate) fn by_hand(entries: &[Entry], f: &Filter) -> Vec<u64> {
    let same = |asked: &Option<String>, has: Option<&str>| asked.is_none() || asked.as_deref() == has;
    let fits = |e: &Entry| {
        let has = |v: &Versions| f.version.is_none() || [v.from, v.to].contains(&f.version);
        let subject = e.subjects.iter().any(|(name, v)| same(&f.subject, Some(name)) && has(v));
        same(&f.action, Some(&e.action))
            && (f.outcome.is_none() || f.outcome == e.outcome)
            && same(&f.actor, Some(&e.actor))
            && same(&f.requester, e.requester.as_deref())
            && same(&f.trigger, e.trigger.as_deref())
            && same(&f.rotation, e.rotation.as_deref())
            && same(&f.target, e.target.as_deref())
            && same(&f.trace, e.trace_id.as_deref())
            && (subject || (f.subject.is_none() && f.version.is_none()))
            && f.since.is_none_or(|at| e.at.as_microsecond() >= at.as_microsecond())
            && f.until.is_none_or(|at| e.at < at)
    };
    entries.iter().zip(0..).filter(|(e, _)| fits(e)).map(|(_, seq)| seq).collect()
}

/// A whole rotation, as short as can be.
pub(crate) fn rotation(id: &str) -> Vec<Entry> {
    let versions = Versions { from: Some(1), to: Some(2) };
    let of = |n, action: &str, phase, outcome| Entry {
        action: action.into(),
        phase,
        outcome,
        rotation: Some(id.into()),
        epoch: Some(1),
        subjects: [("JWT_SECRET".to_owned(), versions)].into(),
        ..entry(n)
    };
    let done = Some(Outcome::Done);
    vec![
        Entry { subjects: [].into(), ..of(0, turnlock_audit::LEASE, Phase::Event, None) },
        of(1, "rotation", Phase::Intent, None),
        of(2, "promote", Phase::Intent, None),
        of(3, "promote", Phase::Outcome, done),
        of(4, "rotation", Phase::Outcome, done),
    ]
}
