//! Who may act: one at a time, named to the others; and whoever has lost it notices.

mod support;

use std::{
    net::IpAddr,
    os::unix::fs::{MetadataExt, PermissionsExt},
    time::{Duration, Instant},
};

use support::postgres::Database;
use turnlock_audit::{AuditUrl, Holder, Log, LogError, posture};

#[tokio::test]
async fn a_file_is_held_by_one_process_whose_number_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.db");
    let log = Log::init(&AuditUrl::from(path.clone())).await.unwrap();
    let lease = log.hold().await.unwrap();
    lease.check().unwrap();
    assert_eq!(lease.during(async { 7 }).await.unwrap(), 7);

    // By whichever way it is reached.
    let link = directory.path().join("link.db");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    for other in [path.clone(), link] {
        let error = Log::open(&AuditUrl::from(other)).await.unwrap().hold().await.unwrap_err();
        let LogError::Held(Holder::Process(pid)) = error else { panic!("{error}") };
        assert_eq!(pid, Some(std::process::id()));
    }
    assert_eq!(std::fs::metadata(directory.path().join("audit.db.lock")).unwrap().mode() & 0o7777, 0o600);

    drop(lease);
    log.hold().await.unwrap();

    // Whoever may open it could hold it for ever.
    let findings = async || posture::check(&AuditUrl::from(path.clone())).await.unwrap().findings;
    assert_eq!(findings().await.len(), 0);
    std::fs::set_permissions(directory.path().join("audit.db.lock"), PermissionsExt::from_mode(0o644))
        .unwrap();
    let found = findings().await;
    assert!(found[0].what.ends_with("audit.db.lock is open to others (mode 0644)"), "{}", found[0].what);
}

#[tokio::test]
async fn a_file_of_locks_that_is_a_link_is_not_followed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.db");
    let log = Log::init(&AuditUrl::from(path)).await.unwrap();
    let elsewhere = directory.path().join("elsewhere");
    std::os::unix::fs::symlink(&elsewhere, directory.path().join("audit.db.lock")).unwrap();
    assert!(matches!(log.hold().await, Err(LogError::Unusable { .. })));
    assert!(!elsewhere.exists());
}

#[tokio::test]
async fn a_server_is_held_by_one_session_which_is_told() {
    let database = Database::new().await;
    let (first, second) = (database.open().await, database.open().await);
    let lease = first.hold().await.unwrap();
    lease.check().unwrap();

    let error = second.hold().await.unwrap_err();
    let LogError::Held(Holder::Session { pid, from }) = error else { panic!("{error}") };
    assert!(pid > 0 && matches!(from, Some(IpAddr::V4(_))), "{error}");
    // It is held without a word to those who append or read.
    assert!(second.append(&[]).await.is_ok());

    // Let go, it can be had at once.
    drop(lease);
    second.hold().await.unwrap();
}

#[tokio::test]
async fn a_session_that_beats_is_kept_beyond_every_limit() {
    let database = Database::new().await;
    let log = database.open().await;
    let lease = log.hold().await.unwrap();
    let beyond = lease.during(tokio::time::sleep(Duration::from_secs(18))).await;
    beyond.unwrap();
    lease.check().unwrap();
    assert!(matches!(log.hold().await, Err(LogError::Held(_))));
}

#[tokio::test]
async fn whoever_loses_his_session_notices_and_does_nothing_more() {
    let database = Database::new().await;
    let log = database.open().await;
    let lease = log.hold().await.unwrap();
    let began = Instant::now();
    let mut done = 0;
    let work = async {
        loop {
            tokio::time::sleep(Duration::from_millis(50)).await;
            done += 1;
            if done == 5 {
                database
                    .superuser(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'turnlock lease' \
                         AND datname = current_database()",
                    )
                    .await;
            }
        }
    };
    let lost: Result<(), LogError> = lease.during(work).await;
    assert!(matches!(lost, Err(LogError::Lost)));
    assert!(began.elapsed() < Duration::from_secs(5), "with the next beat");
    assert!(done >= 5);
    assert!(matches!(lease.check(), Err(LogError::Lost)));
    // It stays so, and what is asked of it afterwards is not begun.
    assert!(lease.during(async { unreachable!("begun") }).await.is_err());
    // Another may act now.
    log.hold().await.unwrap();
}
