//! Measures the log: appends beside plain INSERTs of the same rows, the first page of each filter, verification.
//! Run by `tests/bench/audit`, which brings the server; figures are in `docs/performance.md`.
//!
//! `cargo run --release -p turnlock-audit --example bench -- ENTRIES sqlite:PATH|postgres://... [read|verify]`

use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use turnlock_audit::{
    Asserted, AuditUrl, Entry, Filter, LEASE, Log, Outcome, Phase, Reader, Versions, setup, verify,
};

const BATCH: u64 = 64;
/// How many batches are appended beside plain INSERTs, in turns.
const COMPARED: u64 = 400;

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    let (count, url): (u64, AuditUrl) = (arguments[1].parse()?, arguments[2].parse()?);
    setup::apply(&url, &setup::plan(&url, &[]).await?).await?;
    let log = Log::open(&url).await?;
    println!("{url}, {count} entries");
    // Once more over a log that is there.
    if let Some(only) = arguments.get(3) {
        if only == "read" {
            pages(&log.reader(), count).await?;
        }
        return verification(&log.reader()).await;
    }
    appends(&log, &arguments[2]).await?;
    rotation(&log).await?;
    fill(&log, count).await?;
    settle(&arguments[2]).await?;
    let reader = log.reader();
    pages(&reader, count).await?;
    verification(&reader).await
}

/// As the agent writes them: a rotation of eight steps, eighteen entries, of one of forty secrets.
fn entry(n: u64) -> Entry {
    let (run, within) = (n / 18, n % 18);
    let step = ["stage", "apply", "apply", "apply", "apply", "verify", "promote", "retire"]
        [(within / 2 % 8) as usize];
    let start: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap_or_default();
    let at = start + (n * 7).min(i64::MAX as u64).cast_signed().seconds();
    let phase = if within % 2 == 0 { Phase::Intent } else { Phase::Outcome };
    let versions = Versions { from: Some(run / 40 + 1), to: Some(run / 40 + 2) };
    let mut entry =
        Entry::new(at, step, phase, "entity:7d2e3179-f69b-450c-7179-ac8ee8bd8ca9", "turnlock/0.1.0");
    entry.outcome =
        (phase == Phase::Outcome).then_some(if run % 97 == 0 { Outcome::Failed } else { Outcome::Done });
    entry.requester = Some(format!("entity:{:08x}-1b7e-4a2f-9d2c-0242ac120002", run % 25));
    entry.asserted = Some(Asserted { uid: Some(0), host: Some("web1".into()), ..Asserted::default() });
    entry.trigger = Some(["schedule", "person", "schedule", "incident"][(run % 4) as usize].into());
    entry.rotation = Some(format!("20260101T000000Z-{run:08x}"));
    entry.step = Some((within / 2) as u32);
    entry.target = (step == "apply")
        .then(|| ["file.env", "hold", "database.main", "containers"][(within / 2 % 4) as usize].into());
    entry.subjects = [(format!("SECRET_{}", run % 40), versions)].into();
    entry.plan_hash = Some(format!("{run:064x}"));
    entry.trace_id = Some(format!("{run:032x}"));
    entry.span_id = Some(format!("{n:016x}"));
    entry.epoch = Some(1);
    entry
}

fn batch(from: u64, count: u64) -> Vec<Entry> {
    (from..from + count).map(entry).collect()
}

/// Somebody who writes the same rows into the same tables, without lock, hash, tree or triggers: one statement a table and
/// one commit a batch.
enum Plain {
    Sqlite(Box<SqliteConnection>),
    Postgres(Box<PgConnection>),
}

impl Plain {
    async fn open(url: &str) -> Result<Plain, Failure> {
        if url.starts_with("postgres") {
            let mut c = PgConnection::connect(url).await?;
            let sql = "DROP SCHEMA IF EXISTS plain CASCADE; CREATE SCHEMA plain; \
                 CREATE TABLE plain.entries (LIKE turnlock.entries INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (recorded_at); \
                 CREATE TABLE plain.subjects (LIKE turnlock.subjects INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (recorded_at); \
                 CREATE TABLE plain.e PARTITION OF plain.entries DEFAULT; CREATE TABLE plain.s PARTITION OF plain.subjects DEFAULT; \
                 DO $$ DECLARE d text; BEGIN FOR d IN SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid IN ('turnlock.entries'::regclass, 'turnlock.subjects'::regclass) \
                 LOOP EXECUTE replace(replace(d, ' ON ONLY turnlock.', ' ON plain.'), 'turnlock.', 'plain.'); END LOOP; END $$";
            sqlx::raw_sql(sql).execute(&mut c).await?;
            return Ok(Plain::Postgres(Box::new(c)));
        }
        let plain = format!("{}.plain", url.trim_start_matches("sqlite://").trim_start_matches("sqlite:"));
        for suffix in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{plain}{suffix}"));
        }
        let schema = format!(
            "{}{}{}",
            include_str!("../src/store/sqlite/1.sql"),
            include_str!("../src/store/sqlite/2.sql"),
            include_str!("../src/store/sqlite/2-after.sql")
        );
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(&plain)
            .create_if_missing(true)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
            .synchronous(sqlx::sqlite::SqliteSynchronous::Full);
        let mut c = SqliteConnection::connect_with(&options).await?;
        sqlx::raw_sql(AssertSqlSafe(schema)).execute(&mut c).await?;
        let names: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            .fetch_all(&mut c)
            .await?;
        for name in names {
            sqlx::query(AssertSqlSafe(format!("DROP TRIGGER {name}"))).execute(&mut c).await?;
        }
        Ok(Plain::Sqlite(Box::new(c)))
    }

    async fn insert(&mut self, from: u64, entries: &[Entry]) -> Result<(), Failure> {
        let bodies = entries.iter().map(Entry::canonical).collect::<Result<Vec<_>, _>>()?;
        let subjects: Vec<(i64, &String, i64)> = entries
            .iter()
            .zip(from..)
            .flat_map(|(e, seq)| {
                e.subjects.iter().flat_map(move |(name, v)| {
                    [v.from, v.to].into_iter().flatten().map(move |v| (seq as i64, name, v as i64))
                })
            })
            .collect();
        let leaf = [7u8; 32];
        match self {
            Plain::Sqlite(c) => {
                let mut t = c.begin().await?;
                let sql = format!(
                    "INSERT INTO entries VALUES {}",
                    vec!["(?,?,?,?,?,?,?,?,?,?,?,?)"; entries.len()].join(",")
                );
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for ((e, body), seq) in entries.iter().zip(&bodies).zip(from..) {
                    query = query
                        .bind(seq as i64)
                        .bind(&body[..])
                        .bind(&leaf[..])
                        .bind(e.at.as_microsecond())
                        .bind(&e.action)
                        .bind(e.outcome.map(Outcome::as_str))
                        .bind(&e.actor)
                        .bind(&e.requester)
                        .bind(&e.trigger)
                        .bind(&e.rotation)
                        .bind(&e.target)
                        .bind(&e.trace_id);
                }
                query.execute(&mut *t).await?;
                let sql =
                    format!("INSERT INTO subjects VALUES {}", vec!["(?,?,?)"; subjects.len()].join(","));
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for (seq, name, version) in subjects {
                    query = query.bind(seq).bind(name).bind(version);
                }
                query.execute(&mut *t).await?;
                t.commit().await?;
            }
            Plain::Postgres(c) => {
                let mut t = c.begin().await?;
                let row = |n: usize, columns: usize, more: &str| {
                    let marks: Vec<String> = (1..=columns).map(|i| format!("${}", n * columns + i)).collect();
                    format!("({}{more})", marks.join(","))
                };
                let rows: Vec<String> =
                    (0..entries.len()).map(|n| row(n, 12, ",now(),session_user")).collect();
                let mut query = sqlx::query(AssertSqlSafe(format!(
                    "INSERT INTO plain.entries VALUES {}",
                    rows.join(",")
                )));
                for ((e, body), seq) in entries.iter().zip(&bodies).zip(from..) {
                    query = query
                        .bind(seq as i64)
                        .bind(&body[..])
                        .bind(&leaf[..])
                        .bind(e.at.as_microsecond())
                        .bind(&e.action)
                        .bind(e.outcome.map(Outcome::as_str))
                        .bind(&e.actor)
                        .bind(&e.requester)
                        .bind(&e.trigger)
                        .bind(&e.rotation)
                        .bind(&e.target)
                        .bind(&e.trace_id);
                }
                query.execute(&mut *t).await?;
                let rows: Vec<String> = (0..subjects.len()).map(|n| row(n, 3, ",now()")).collect();
                let mut query = sqlx::query(AssertSqlSafe(format!(
                    "INSERT INTO plain.subjects VALUES {}",
                    rows.join(",")
                )));
                for (seq, name, version) in subjects {
                    query = query.bind(seq).bind(name).bind(version);
                }
                query.execute(&mut *t).await?;
                t.commit().await?;
            }
        }
        Ok(())
    }
}

async fn appends(log: &Log, url: &str) -> Result<(), Failure> {
    let mut lease = entry(0);
    (lease.action, lease.phase, lease.outcome) = (LEASE.into(), Phase::Event, None);
    if log.epoch().await? == 0 {
        log.append(&[lease]).await?;
    }
    let mut plain = Plain::open(url).await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let first = log.reader().head().await?.size;
    for n in 0..COMPARED {
        let entries = batch(first + n * BATCH, BATCH);
        // In turns, and each first as often as the other.
        for turn in [n % 2, 1 - n % 2] {
            let started = Instant::now();
            if turn == 0 {
                log.append(&entries).await?;
                ours.push(started.elapsed());
            } else {
                plain.insert(first + n * BATCH, &entries).await?;
                theirs.push(started.elapsed());
            }
        }
    }
    let rate =
        |all: &[Duration]| (all.len() as u64 * BATCH) as f64 / all.iter().sum::<Duration>().as_secs_f64();
    println!(
        "  durable appends in batches of {BATCH}: {:.0}/s; plain INSERTs: {:.0}/s; ratio {:.2}",
        rate(&ours),
        rate(&theirs),
        rate(&ours) / rate(&theirs)
    );
    println!("  medians of a batch: {:.2} ms and {:.2} ms", median(&mut ours), median(&mut theirs));
    Ok(())
}

/// What a rotation of eight steps writes: its beginning, ten appends of an outcome with the next intent, its end.
async fn rotation(log: &Log) -> Result<(), Failure> {
    let mut all = Vec::new();
    for n in 0..30 {
        let started = Instant::now();
        log.append(&batch(n * 18, 2)).await?;
        for step in 0..8 {
            log.append(&batch(n * 18 + step * 2, 2)).await?;
        }
        log.append(&batch(n * 18, 2)).await?;
        all.push(started.elapsed());
    }
    println!(
        "  the ten commits of a rotation of eight steps: {:.1} ms in the median of 30",
        median(&mut all)
    );
    Ok(())
}

async fn fill(log: &Log, count: u64) -> Result<(), Failure> {
    let started = Instant::now();
    let mut size = log.reader().head().await?.size;
    let from = size;
    while size < count {
        let many = 2048.min(count - size);
        log.append(&batch(size, many)).await?;
        size += many;
    }
    println!(
        "  filled with {} more, 2,048 at once: {:.0}/s",
        size - from,
        (size - from) as f64 / started.elapsed().as_secs_f64()
    );
    Ok(())
}

/// As a log that grew slowly would be: statistics are there.
async fn settle(url: &str) -> Result<(), Failure> {
    if url.starts_with("postgres") {
        let mut c = PgConnection::connect(url).await?;
        for sql in ["VACUUM ANALYZE", "CHECKPOINT"] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut c).await?;
        }
    }
    Ok(())
}

async fn pages(reader: &Reader, count: u64) -> Result<(), Failure> {
    let run = count / 18 / 2;
    let text = |t: &str| Some(t.to_owned());
    let page = || Filter { newest_first: true, limit: Some(50), ..Filter::default() };
    let middle = entry(count / 2).at;
    let filters = [
        ("none", page()),
        ("since", Filter { since: Some(middle), ..page() }),
        ("until", Filter { until: Some(middle), ..page() }),
        ("since, nothing there", Filter { since: Some(entry(count + 1_000_000).at), ..page() }),
        ("actor", Filter { actor: Some(entry(0).actor), ..page() }),
        ("requester", Filter { requester: entry(18 * 7).requester, ..page() }),
        ("action", Filter { action: text("promote"), ..page() }),
        ("outcome", Filter { outcome: Some(Outcome::Failed), ..page() }),
        ("secret", Filter { subject: text("SECRET_7"), ..page() }),
        ("version", Filter { version: Some(run / 40), ..page() }),
        ("secret and version", Filter { subject: text("SECRET_7"), version: Some(run / 40), ..page() }),
        ("rotation", Filter { rotation: entry(run * 18).rotation, ..page() }),
        ("target", Filter { target: text("containers"), ..page() }),
        ("trigger", Filter { trigger: text("incident"), ..page() }),
        ("trace", Filter { trace: entry(run * 18).trace_id, ..page() }),
        ("page 2", Filter { before_seq: Some(count - 50), ..page() }),
        ("a rare action", Filter { action: text("lease"), ..page() }),
        ("rare, and outcome", Filter { action: text("lease"), outcome: Some(Outcome::Done), ..page() }),
        ("outcome, and rare", Filter { action: text("promote"), outcome: Some(Outcome::Refused), ..page() }),
        (
            "secret, action and outcome",
            Filter {
                subject: text("SECRET_7"),
                action: text("promote"),
                outcome: Some(Outcome::Done),
                ..page()
            },
        ),
        ("action and since", Filter { action: text("promote"), since: Some(middle), ..page() }),
    ];
    println!("  first pages of 50, median and worst of 20 (ms):");
    for (name, filter) in filters {
        let mut all = Vec::new();
        let mut found = 0;
        for _ in 0..20 {
            let started = Instant::now();
            found = reader.list(&filter).await?.len();
            all.push(started.elapsed());
        }
        let worst = all.iter().max().copied().unwrap_or_default();
        println!(
            "    {name:<28} {:>7.2} {:>7.2}   {found} found",
            median(&mut all),
            worst.as_secs_f64() * 1000.0
        );
    }
    Ok(())
}

async fn verification(reader: &Reader) -> Result<(), Failure> {
    let (cpu, started) = (cpu(), Instant::now());
    let report = verify::verify(reader, verify::Depth::Full).await?;
    let (took, used) = (started.elapsed().as_secs_f64(), self::cpu() - cpu);
    let size = report.size as f64;
    println!(
        "  verified {} entries in {took:.2} s: {:.0}/s by the clock, {:.0}/s of this process's processor time; most memory {} MB",
        report.size,
        size / took,
        size / used,
        peak()
    );
    Ok(())
}

fn median(all: &mut [Duration]) -> f64 {
    all.sort_unstable();
    all.get(all.len() / 2).map_or(0.0, |d| d.as_secs_f64() * 1000.0)
}

/// Processor time of this process, all threads (seconds).
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u64 = after.split_whitespace().skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    ticks as f64 / 100.0
}

/// The most that was resident (MB).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|n| n.parse::<u64>().ok()).unwrap_or(0) / 1024
}
