//! Many who append at once: no gap, no duplicate, and nothing lost that was acknowledged.

mod support;

use std::{
    collections::BTreeSet,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::Arc,
};

use support::{Place, entry, postgres::Database};
use turnlock_audit::{Filter, Log, LogError};

const FILE: &str = "TURNLOCK_AUDIT_TEST_FILE";
const BATCHES: &str = "TURNLOCK_AUDIT_TEST_BATCHES";

/// Not a test of its own: what the processes below do, told by their environment.
#[tokio::test]
async fn appender() {
    let Ok(file) = std::env::var(FILE) else { return };
    let batches: i64 = std::env::var(BATCHES).unwrap().parse().unwrap();
    let log = Log::open(&file.parse().unwrap()).await.unwrap();
    for n in 0..batches {
        let entries: Vec<_> = (0..n % 4 + 1).map(entry).collect();
        let numbers = log.append(&entries).await.unwrap();
        assert_eq!(numbers.len(), entries.len());
        numbers.iter().for_each(|number| println!("\nappended {number}"));
    }
    log.close().await;
}

fn process(log: &str, batches: i64) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "appender", "--nocapture"])
        .env(FILE, log)
        .env(BATCHES, batches.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The numbers that a process said were appended.
fn acknowledged(child: &mut Child) -> impl Iterator<Item = u64> + use<> {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines.filter_map(|line| line.unwrap().strip_prefix("appended ")?.parse().ok())
}

/// Eight processes append at once; what they were told they got.
fn eight_at_once(log: &str) {
    let mut children: Vec<_> = (0..8).map(|_| process(log, 40)).collect();
    let numbers: Vec<u64> = children.iter_mut().flat_map(acknowledged).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let distinct: BTreeSet<u64> = numbers.iter().copied().collect();
    assert_eq!((numbers.len(), distinct.len()), (800, 800));
    assert_eq!(distinct.last(), Some(&799));
}

#[tokio::test]
async fn eight_processes() {
    let place = Place::new();
    place.init().await.close().await;
    eight_at_once(&place.url.to_string());
    assert_eq!(place.verify().await.unwrap().size, 800);
}

#[tokio::test]
async fn eight_processes_on_a_server() {
    let database = Database::new().await;
    eight_at_once(&database.agent().to_string());
    assert_eq!(database.verify().await.unwrap().size, 800);
}

/// The server's own process is ended in the middle, again and again: what was acknowledged is there, and nothing twice.
#[tokio::test]
async fn connections_that_are_cut_lose_nothing_that_was_acknowledged() {
    let database = Database::new().await;
    let log = Arc::new(database.open().await);
    let writing = {
        let log = log.clone();
        tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            let mut lost = 0;
            for n in 0..400 {
                match log.append(&[entry(n), entry(n)]).await {
                    Ok(numbers) => acknowledged.push((n, numbers)),
                    Err(LogError::Lost) => lost += 1,
                    Err(error) => panic!("{error}"),
                }
            }
            (acknowledged, lost)
        })
    };
    while !writing.is_finished() {
        let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'turnlock' AND datname = current_database()";
        database.superuser(cut).await;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let (acknowledged, lost) = writing.await.unwrap();
    let all = log.reader().query(&Filter::default()).await.unwrap();
    for (n, numbers) in &acknowledged {
        assert!(numbers.iter().all(|seq| all[*seq as usize].entry == entry(*n)), "{n}");
    }
    let twice =
        all.chunks(2).filter(|pair| all.iter().filter(|s| s.entry == pair[0].entry).count() > 2).count();
    assert_eq!(twice, 0);
    assert!(lost > 0 && acknowledged.len() > 100, "{lost} lost, {} acknowledged", acknowledged.len());
    assert_eq!(database.verify().await.unwrap().size, all.len() as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_connections_and_tasks() {
    let place = Place::new();
    place.init().await;
    let mut logs = Vec::new();
    for _ in 0..4 {
        logs.push(Arc::new(place.open().await));
    }
    let tasks: Vec<_> = (0..16)
        .map(|task| {
            let log = logs[task % 4].clone();
            tokio::spawn(async move {
                let mut numbers = Vec::new();
                for n in 0..20 {
                    numbers.extend(log.append(&[entry(n), entry(n)]).await.unwrap());
                }
                numbers
            })
        })
        .collect();
    let mut numbers = Vec::new();
    for task in tasks {
        let of_task = task.await.unwrap();
        assert!(of_task.is_sorted());
        numbers.extend(of_task);
    }
    numbers.sort_unstable();
    assert_eq!(numbers, (0..640).collect::<Vec<_>>());
    assert_eq!(place.verify().await.unwrap().size, 640);
    // A batch stands together.
    let all = logs[0].reader().query(&Filter::default()).await.unwrap();
    assert!(all.chunks(2).all(|pair| pair[0].entry == pair[1].entry));
}

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_acknowledged() {
    let place = Place::new();
    place.init().await.close().await;
    let mut last = 0;
    for round in 0..6 {
        let mut child = process(&place.url.to_string(), 100_000);
        let mut numbers = acknowledged(&mut child);
        last = numbers.nth(20 + 13 * round).unwrap();
        child.kill().unwrap();
        last = numbers.last().unwrap_or(last);
        child.wait().unwrap();
        let log = place.open().await;
        assert!(log.reader().head().await.unwrap().size > last);
        assert!(place.verify().await.unwrap().size > last);
    }
    assert!(last > 200);
}

/// What `open` checks must be seen in one moment, or a log that grows looks damaged.
#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_opened_while_others_append() {
    let place = Place::new();
    let log = Arc::new(place.init().await);
    let appending = tokio::spawn(async move {
        for n in 0..400 {
            log.append(&[entry(n)]).await.unwrap();
        }
    });
    while !appending.is_finished() {
        place.open().await.close().await;
    }
    appending.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_sees_one_moment_of_a_log_that_grows() {
    let place = Place::new();
    let log = Arc::new(place.init().await);
    let reader = log.reader();
    let appending = tokio::spawn({
        let log = log.clone();
        async move {
            for n in 0..150 {
                log.append(&(0..10).map(|_| entry(n)).collect::<Vec<_>>()).await.unwrap();
            }
        }
    });
    let mut old = reader.head().await.unwrap();
    while !appending.is_finished() {
        let new = turnlock_audit::verify::verify(&reader, Default::default()).await.unwrap().head();
        if old.size > 0 {
            let proof = reader.consistency_proof(old.size, new.size).await.unwrap();
            turnlock_audit::merkle::verify_consistency(&old, &new, &proof).unwrap();
        }
        old = new;
    }
    appending.await.unwrap();
}
