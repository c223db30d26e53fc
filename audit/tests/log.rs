//! The log as its users see it: made, opened, appended to, asked.

mod support;

use std::{collections::BTreeMap, os::unix::fs::PermissionsExt};

use jiff::{Timestamp, ToSpan};
use support::{Place, entry, start};
use turnlock_audit::{
    AuditUrl, Entry, Filter, Log, LogError, Outcome, Phase, Reader, Versions, merkle, verify,
};

#[tokio::test]
async fn what_is_appended_is_found_and_verified() {
    let place = Place::new();
    let log = place.init().await;
    assert_eq!(log.append(&[entry(0), entry(1)]).await.unwrap(), [0, 1]);
    assert_eq!(log.append(&[]).await.unwrap(), [0u64; 0]);
    assert_eq!(log.append(&[entry(2)]).await.unwrap(), [2]);

    let reader = log.reader();
    let all = reader.query(&Filter::default()).await.unwrap();
    assert_eq!(all.iter().map(|stored| stored.seq).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(all[1].entry, entry(1));
    assert_eq!(all[1].body, entry(1).canonical().unwrap());
    assert_eq!(reader.get(2).await.unwrap().unwrap().entry.as_ref(), Some(&all[2].entry));
    assert_eq!(reader.get(3).await.unwrap(), None);
    assert_eq!(reader.get(u64::MAX).await.unwrap(), None);

    let head = reader.head().await.unwrap();
    assert_eq!(head.size, 3);
    assert_eq!(head.root, merkle::root(&all.iter().map(|stored| stored.leaf).collect::<Vec<_>>()));
    let report = verify::verify(&reader, Default::default()).await.unwrap();
    assert_eq!((report.head(), report.entries_checked), (head, 3));
    assert_eq!((report.first_at, report.last_at), (Some(entry(0).at), Some(entry(2).at)));

    log.close().await;
    assert_eq!(place.open().await.append(&[entry(3)]).await.unwrap(), [3]);
    assert_eq!(place.verify().await.unwrap().size, 4);
}

#[tokio::test]
async fn an_empty_log_is_sound() {
    let place = Place::new();
    let log = place.init().await;
    let report = verify::verify(&log.reader(), Default::default()).await.unwrap();
    assert_eq!((report.size, report.root, report.first_at), (0, merkle::root(&[]), None));
}

#[tokio::test]
async fn a_batch_is_appended_whole_or_not_at_all() {
    let place = Place::new();
    let log = place.init().await;
    let mut wrong = entry(1);
    wrong.outcome = Some(Outcome::Done);
    assert!(matches!(log.append(&[entry(0), wrong]).await, Err(LogError::Entry(_))));
    // Refused by the database, in the middle of the batch: an entry that somebody put there by hand.
    place
        .raw("INSERT INTO entries VALUES (0, 'x{}', zeroblob(32), 0, 'x', NULL, 'me', NULL, NULL, NULL, NULL, NULL)")
        .await
        .unwrap_err();
    place
        .raw("INSERT INTO entries VALUES (0, x'7b7d', zeroblob(32), 0, 'x', NULL, 'me', NULL, NULL, NULL, NULL, NULL)")
        .await
        .unwrap();
    log.append(&[entry(0), entry(1)]).await.unwrap_err();
    assert_eq!(log.reader().head().await.unwrap().size, 0);
}

#[tokio::test]
async fn nothing_is_created_by_accident() {
    let place = Place::new();
    assert!(matches!(Log::open(&place.url).await, Err(LogError::Missing(_))));
    assert!(matches!(Reader::open(&place.url).await, Err(LogError::Missing(_))));
    assert!(!place.file.exists());
    place.init().await.close().await;
    assert!(matches!(Log::init(&place.url).await, Err(LogError::Exists(_))));
    place.open().await;
}

#[tokio::test]
async fn init_makes_the_file_and_its_directory_private() {
    let place = Place::new();
    let file = place.file.with_file_name("state").join("turnlock").join("audit.db");
    let log = Log::init(&AuditUrl::from(file.clone())).await.unwrap();
    log.append(&[entry(0)]).await.unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    assert_eq!(mode(&file.with_extension("db-wal")), 0o600);
    assert_eq!(mode(file.parent().unwrap()), 0o700);
    assert_eq!(mode(file.parent().unwrap().parent().unwrap()), 0o700);
}

#[tokio::test]
async fn what_isn_t_a_log_is_refused_and_left_alone() {
    let place = Place::new();
    std::fs::write(&place.file, "").unwrap();
    place.set_mode(0o600);
    assert!(matches!(Log::open(&place.url).await, Err(LogError::Unusable { .. })));
    assert!(matches!(Log::init(&place.url).await, Err(LogError::Exists(_))));
    std::fs::write(&place.file, "dear diary, ".repeat(100)).unwrap();
    assert!(matches!(Log::open(&place.url).await, Err(LogError::NotALog { .. })));
    std::fs::remove_file(&place.file).unwrap();
    place.create_and("CREATE TABLE t (x)").await;
    place.set_mode(0o600);
    let before = std::fs::read(&place.file).unwrap();
    assert!(matches!(Log::open(&place.url).await, Err(LogError::NotALog { .. })));
    assert!(matches!(Reader::open(&place.url).await, Err(LogError::NotALog { .. })));
    assert_eq!(std::fs::read(&place.file).unwrap(), before);
    let directory = AuditUrl::from(place.file.parent().unwrap().to_path_buf());
    assert!(matches!(Log::open(&directory).await, Err(LogError::Unusable { .. })));
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let place = Place::new();
    place.init().await.close().await;
    place.raw("PRAGMA user_version = 3").await.unwrap();
    let error = Log::open(&place.url).await.unwrap_err();
    assert!(matches!(&error, LogError::NewSchema { found: 3, ours: 2, .. }), "{error}");
    assert!(matches!(Reader::open(&place.url).await, Err(LogError::NewSchema { .. })));
}

#[tokio::test]
async fn a_file_that_others_may_write_is_refused() {
    let place = Place::new();
    place.init().await.close().await;
    place.set_mode(0o620);
    let error = Log::open(&place.url).await.unwrap_err();
    assert!(error.to_string().contains("chmod 600"), "{error}");
    Reader::open(&place.url).await.unwrap();
}

#[tokio::test]
async fn a_locked_log_says_so() {
    let place = Place::new();
    let log = place.init().await;
    let mut other = place.raw_connection().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    assert!(matches!(log.append(&[entry(0)]).await, Err(LogError::Busy(_))));
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    log.append(&[entry(0)]).await.unwrap();
}

#[tokio::test]
async fn readers_read_while_a_writer_writes() {
    let place = Place::new();
    let log = place.init().await;
    log.append(&[entry(0)]).await.unwrap();
    let mut other = place.raw_connection().await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    assert_eq!(log.reader().head().await.unwrap().size, 1);
    assert_eq!(place.verify().await.unwrap().size, 1);
}

#[tokio::test]
async fn a_dropped_append_leaves_the_log_usable() {
    let place = Place::new();
    let log = place.init().await;
    let entries: Vec<_> = (0..200).map(entry).collect();
    for microseconds in [1, 100, 500, 1000, 5000, 20000] {
        let time = std::time::Duration::from_micros(microseconds);
        let _ = tokio::time::timeout(time, log.append(&entries)).await;
    }
    log.append(&entries).await.unwrap();
    let report = place.verify().await.unwrap();
    assert_eq!(report.size % 200, 0);
}

#[tokio::test]
async fn filters() {
    let place = Place::new();
    let log = place.init().await;
    let names = ["JWT_SECRET", "POSTGRES_PASSWORD", "it's \"quoted\"; DROP TABLE entries"];
    let entries: Vec<Entry> = (0..60)
        .map(|n| {
            let mut entry = entry(n);
            entry.rotation = Some(format!("r{}", n / 20));
            entry.action = if n % 2 == 0 { "apply" } else { "verify" }.into();
            entry.target = (n % 3 == 0).then(|| "file".into());
            if n % 4 == 0 {
                (entry.phase, entry.outcome) = (Phase::Outcome, Some(Outcome::InDoubt));
            }
            let name = names[n as usize % 3].to_owned();
            entry.subjects = BTreeMap::from([(name, Versions { from: Some(1), to: Some(2) })]);
            entry
        })
        .collect();
    log.append(&entries).await.unwrap();
    let reader = log.reader();
    let found = async |filter: Filter| -> Vec<u64> {
        reader.query(&filter).await.unwrap().iter().map(|stored| stored.seq).collect()
    };
    let want = |fits: fn(u64) -> bool| (0..60).filter(|n| fits(*n)).collect::<Vec<_>>();
    let none = Filter::default;

    assert_eq!(found(Filter { rotation: Some("r1".into()), ..none() }).await, want(|n| n / 20 == 1));
    assert_eq!(found(Filter { action: Some("apply".into()), ..none() }).await, want(|n| n % 2 == 0));
    assert_eq!(found(Filter { outcome: Some(Outcome::InDoubt), ..none() }).await, want(|n| n % 4 == 0));
    assert_eq!(found(Filter { target: Some("file".into()), ..none() }).await, want(|n| n % 3 == 0));
    assert_eq!(found(Filter { subject: Some(names[2].into()), ..none() }).await, want(|n| n % 3 == 2));
    assert_eq!(found(Filter { subject: Some("%".into()), ..none() }).await, want(|_| false));
    let both = Filter { subject: Some(names[0].into()), rotation: Some("r2".into()), ..none() };
    assert_eq!(found(both.clone()).await, want(|n| n % 3 == 0 && n >= 40));
    let page = Filter { newest_first: true, before_seq: Some(54), limit: Some(2), ..both };
    assert_eq!(found(page).await, [51, 48]);
    assert_eq!(found(Filter { after_seq: Some(10), limit: Some(3), ..none() }).await, [11, 12, 13]);
    assert_eq!(
        found(Filter { before_seq: Some(u64::MAX), newest_first: true, limit: Some(1), ..none() }).await,
        [59]
    );
    let (since, until) = (Some(start() + 10.seconds()), Some(start() + 13.seconds()));
    assert_eq!(found(Filter { since, until, ..none() }).await, [10, 11, 12]);
    assert_eq!(found(Filter { since: Some(Timestamp::MIN), ..none() }).await.len(), 60);
    assert_eq!(found(Filter { since: Some(Timestamp::MAX), ..none() }).await.len(), 0);
    assert_eq!(found(Filter { until: Some(Timestamp::MAX), ..none() }).await.len(), 60);
    let newest = Filter { since, newest_first: true, limit: Some(2), ..none() };
    assert_eq!(found(Filter { before_seq: Some(20), ..newest.clone() }).await, [19, 18]);
    assert_eq!(
        found(Filter { before_seq: Some(60), ..newest.clone() }).await,
        [59, 58],
        "none has that number"
    );
    assert_eq!(found(Filter { before_seq: Some(u64::MAX), ..newest }).await, [59, 58]);
}

#[tokio::test]
async fn proofs_are_made_from_the_stored_leaves() {
    let place = Place::new();
    let log = place.init().await;
    log.append(&(0..70).map(entry).collect::<Vec<_>>()).await.unwrap();
    let reader = log.reader();
    let leaves: Vec<_> =
        reader.query(&Filter::default()).await.unwrap().iter().map(|stored| stored.leaf).collect();
    let head = |size: u64| merkle::Frontier::of(&leaves[..size as usize]).head();
    for size in [1, 2, 7, 64, 70] {
        for seq in 0..size {
            let proof = reader.inclusion_proof(seq, size).await.unwrap();
            merkle::verify_inclusion(&leaves[seq as usize], seq, &head(size), &proof).unwrap();
        }
        for old in 1..=size {
            let proof = reader.consistency_proof(old, size).await.unwrap();
            merkle::verify_consistency(&head(old), &head(size), &proof).unwrap();
        }
    }
    assert!(matches!(reader.inclusion_proof(0, 71).await, Err(LogError::Range { has: 70, asked: 71 })));
    assert!(matches!(reader.inclusion_proof(5, 5).await, Err(LogError::Proof(_))));
    assert!(matches!(reader.consistency_proof(9, 8).await, Err(LogError::Proof(_))));
}
