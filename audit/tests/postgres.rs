//! The log in a real PostgreSQL: set up, appended to, asked, verified, moved to.

mod support;

use support::{Place, entry, postgres::Database, start, story};
use turnlock_audit::{
    AuditUrl, Entry, Filter, LEASE, Log, LogError, MOVE, MoveError, Phase, Reader, moved, posture, setup,
    verify::VerifyError,
};

#[tokio::test]
async fn set_up_once_and_then_there_is_nothing_to_do() {
    let database = Database::empty().await;
    let url = database.url("postgres");
    let changes = setup::plan(&url, &[]).await.unwrap();
    assert_eq!(changes.len(), 5, "{changes:?}");
    assert!(matches!(Log::open(&url).await, Err(LogError::NotSetUp(_))));
    assert!(matches!(Log::init(&url).await, Err(LogError::NotSetUp(_))));
    setup::apply(&url, &changes).await.unwrap();
    assert_eq!(setup::plan(&url, &[]).await.unwrap(), []);
    database.set_up("postgres").await;
    assert_eq!(database.verify().await.unwrap().size, 0);
    assert_eq!(posture::check(&database.agent()).await.unwrap().findings, []);
    assert_eq!(posture::check(&database.auditor()).await.unwrap().findings, []);
}

#[tokio::test]
async fn a_database_s_owner_can_set_it_up_and_owns_nothing_of_it() {
    let database = Database::empty().await;
    let name = &database.name;
    database
        .superuser(&format!(
            "CREATE ROLE {name}_dba LOGIN CREATEROLE; ALTER DATABASE {name} OWNER TO {name}_dba"
        ))
        .await;
    let dba = format!("{name}_dba");
    database.set_up(&dba).await;
    assert_eq!(posture::check(&database.agent()).await.unwrap().findings, []);
    let log = database.open().await;
    log.append(&story()).await.unwrap();
    let error = database.raw(&dba, "DELETE FROM turnlock.entries").await.unwrap_err().to_string();
    assert!(error.contains("permission denied"), "{error}");
    database.raw(&dba, "DROP SCHEMA turnlock CASCADE").await.unwrap_err();
    // He could still drop the database: that is what posture says of him.
    let said = posture::check(&database.url(&dba)).await;
    assert!(matches!(said, Err(LogError::Denied { .. })), "{said:?}");
}

#[tokio::test]
async fn somebody_else_s_schema_is_left_alone() {
    let database = Database::empty().await;
    database.superuser("CREATE SCHEMA turnlock").await;
    let error = setup::plan(&database.url("postgres"), &[]).await.unwrap_err().to_string();
    assert!(error.contains("isn't an audit log") && error.contains("a database of its own"), "{error}");
}

#[tokio::test]
async fn somebody_else_s_login_gets_no_other_password() {
    let database = Database::empty().await;
    let name = &database.name;
    database.superuser(&format!("CREATE ROLE {name}_agent LOGIN")).await;
    let error = setup::plan(&database.url("postgres"), &database.logins()).await.unwrap_err().to_string();
    assert!(error.contains("a role of that name already") && error.contains("another name"), "{error}");
    // One of the log's own gets a new one.
    let other = Database::new().await;
    let again = setup::plan(&other.url("postgres"), &other.logins()).await.unwrap();
    assert!(again.iter().any(|change| change.what.contains("a new password")), "{again:?}");
}

#[tokio::test]
async fn whoever_may_not_make_roles_is_told_so_and_nothing_is_half_made() {
    let database = Database::empty().await;
    let name = &database.name;
    database.superuser(&format!("CREATE ROLE {name}_somebody LOGIN")).await;
    let url = database.url(&format!("{name}_somebody"));
    let changes = setup::plan(&url, &[]).await.unwrap();
    let error = setup::apply(&url, &changes).await.unwrap_err().to_string();
    assert!(error.contains("may not do that") && error.contains("superuser"), "{error}");
    assert_eq!(setup::plan(&url, &[]).await.unwrap().len(), 5);
}

#[tokio::test]
async fn what_is_appended_is_read_and_verified() {
    let database = Database::new().await;
    let log = database.open().await;
    let head = log.reader().head().await.unwrap();
    assert_eq!(log.append(&story()).await.unwrap(), (0..8).collect::<Vec<_>>());
    assert!(log.append(&[]).await.unwrap().is_empty());
    assert_eq!(log.append(&[entry(8), entry(9)]).await.unwrap(), [8, 9]);
    let report = database.verify().await.unwrap();
    assert_eq!((report.size, report.entries_checked), (10, 10));
    let now = log.reader().head().await.unwrap();
    assert_eq!(report.head(), now);
    // The same tree as a file has of the same entries.
    let place = Place::new();
    let file = place.init().await;
    file.append(&story()).await.unwrap();
    file.append(&[entry(8), entry(9)]).await.unwrap();
    assert_eq!(file.reader().head().await.unwrap(), now);
    let proof = log.reader().inclusion_proof(3, 10).await.unwrap();
    let third = log.reader().get(3).await.unwrap().unwrap();
    turnlock_audit::merkle::verify_inclusion(&third.leaf, 3, &now, &proof).unwrap();
    assert_eq!(head.size, 0);
    // What the server says of it: its own clock, and the login.
    let recorded = third.recorded.unwrap();
    assert_eq!(recorded.by, format!("{}_agent", database.name));
    assert!(recorded.at > start());
    assert_eq!(third.entry.as_ref(), Some(&story()[3]));
    assert_eq!(log.reader().get(10).await.unwrap(), None);
}

#[tokio::test]
async fn both_stores_find_the_same_by_every_filter() {
    let (database, place) = (Database::new().await, Place::new());
    let (log, file) = (database.open().await, place.init().await);
    let many = support::varied(500);
    for batch in many.chunks(60) {
        log.append(batch).await.unwrap();
        file.append(batch).await.unwrap();
    }
    let (server, file) = (log.reader(), file.reader());
    for filter in support::filters() {
        let numbers = async |reader: &Reader, filter: &Filter| {
            reader.query(filter).await.unwrap().into_iter().map(|s| s.seq).collect::<Vec<_>>()
        };
        let all = numbers(&file, &filter).await;
        assert_eq!(numbers(&server, &filter).await, all, "{filter:?}");
        let expected = support::by_hand(&many, &filter);
        let mut sorted = all.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, expected, "{filter:?}");
        // Page by page, newest first, each once.
        for reader in [&server, &file] {
            let mut paged = Vec::new();
            let mut page = Filter { newest_first: true, limit: Some(7), ..filter.clone() };
            loop {
                let found = numbers(reader, &page).await;
                let Some(last) = found.last() else { break };
                page.before_seq = Some(*last);
                paged.extend(found);
            }
            // By time alone, in the order of the times; else by number.
            let by_time = support::is_by_time(&filter);
            let key = |seq: &u64| (if by_time { many[*seq as usize].at.as_microsecond() } else { 0 }, *seq);
            assert!(paged.is_sorted_by(|a, b| key(a) > key(b)), "{filter:?}");
            paged.sort_unstable();
            assert_eq!(paged, expected, "{filter:?}");
        }
    }
}

#[tokio::test]
async fn who_was_overtaken_can_t_write_about_a_rotation() {
    let (database, place) = (Database::new().await, Place::new());
    for log in [database.open().await, place.init().await] {
        let lease =
            |epoch| Entry { epoch: Some(epoch), ..Entry::new(start(), LEASE, Phase::Event, "me", "test") };
        let step = |epoch| Entry { epoch: Some(epoch), rotation: Some("r".into()), ..entry(1) };
        assert_eq!(log.epoch().await.unwrap(), 0);
        log.append(&[lease(1), step(1)]).await.unwrap();
        log.append(&[step(1)]).await.unwrap();
        log.append(&[lease(2)]).await.unwrap();
        assert_eq!(log.epoch().await.unwrap(), 2);
        for wrong in
            [vec![step(1)], vec![lease(2), step(2)], vec![lease(4)], vec![step(3)], vec![entry(3), step(1)]]
        {
            let error = log.append(&wrong).await.unwrap_err();
            assert!(matches!(error, LogError::Stale { current: 2, .. }), "{error}");
        }
        let none = Entry { epoch: None, ..step(0) };
        assert!(matches!(log.append(&[none]).await, Err(LogError::Stale { epoch: 0, current: 2 })));
        // What isn't about a rotation may always be told.
        log.append(&[entry(5)]).await.unwrap();
        assert_eq!(log.reader().head().await.unwrap().size, 5);
        turnlock_audit::verify::verify(&log.reader(), Default::default()).await.unwrap();
    }
}

#[tokio::test]
async fn another_version_s_schema_is_refused_both_ways() {
    let database = Database::new().await;
    database.superuser("ALTER TABLE turnlock.head DISABLE TRIGGER ALL; UPDATE turnlock.head SET version = 2; COMMENT ON SCHEMA turnlock IS 'Turnlock''s audit log, schema version 2'").await;
    let error = Log::open(&database.agent()).await.unwrap_err();
    assert!(matches!(&error, LogError::NewSchema { found: 2, ours: 1, .. }), "{error}");
    assert!(matches!(Reader::open(&database.auditor()).await, Err(LogError::NewSchema { .. })));
    assert!(matches!(setup::plan(&database.url("postgres"), &[]).await, Err(LogError::NewSchema { .. })));
    database.superuser("UPDATE turnlock.head SET version = 0").await;
    let error = Log::open(&database.agent()).await.unwrap_err();
    assert!(
        matches!(&error, LogError::OldSchema { .. }) && error.to_string().contains("turnlock setup audit"),
        "{error}"
    );
}

#[tokio::test]
async fn a_login_that_may_not_append_is_told_so() {
    let database = Database::new().await;
    let error = Log::open(&database.auditor()).await.unwrap_err();
    assert!(matches!(&error, LogError::Denied { what: "append to the log", .. }), "{error}");
    database.superuser(&format!("CREATE ROLE {}_nobody LOGIN", database.name)).await;
    let error = Reader::open(&database.url(&format!("{}_nobody", database.name))).await.unwrap_err();
    assert!(matches!(&error, LogError::Denied { .. }), "{error}");
    let error = Reader::open(&database.url("ghost")).await.unwrap_err();
    assert!(matches!(&error, LogError::Login(_)), "{error}");
    let away: AuditUrl = "postgres://me@127.0.0.1:1/nowhere".parse().unwrap();
    let error = Reader::open(&away).await.unwrap_err();
    assert!(matches!(&error, LogError::Unreachable(_)), "{error}");
}

#[tokio::test]
async fn months_are_made_ahead_and_time_never_goes_back() {
    let database = Database::new().await;
    let log = database.open().await;
    // The server's clock can't be moved here; what it decides by can: the newest entry's time, and where partitions end.
    let moved = "SET session_replication_role = replica; ALTER TABLE turnlock.head DISABLE TRIGGER ALL;
                 UPDATE turnlock.head SET recorded_at = recorded_at + interval '11 months 20 days'";
    database.superuser(moved).await;
    log.append(&story()).await.unwrap();
    let sql = "SELECT count(*) FROM pg_class WHERE relnamespace = 'turnlock'::regnamespace AND relname ~ '^entries_[0-9]'";
    let made: i64 =
        sqlx::query_scalar(sql).fetch_one(&mut database.connection("postgres").await).await.unwrap();
    assert!(made >= 18, "{made}");
    let recorded = log.reader().get(7).await.unwrap().unwrap().recorded.unwrap();
    assert!(
        recorded.at > jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 300),
        "{recorded:?}"
    );
    database.superuser("ALTER TABLE turnlock.head ENABLE ALWAYS TRIGGER head_only_grows; ALTER TABLE turnlock.head ENABLE ALWAYS TRIGGER head_is_never_removed; ALTER TABLE turnlock.head ENABLE ALWAYS TRIGGER head_is_never_emptied").await;
    assert_eq!(posture::check(&database.agent()).await.unwrap().findings, []);
    assert_eq!(database.verify().await.unwrap().size, 8);
}

#[tokio::test]
async fn a_moved_log_has_the_same_numbers_and_the_same_root() {
    let (database, place) = (Database::new().await, Place::new());
    let many = support::varied(1500);
    let file = place.init().await;
    for batch in many.chunks(100) {
        file.append(batch).await.unwrap();
    }
    file.close().await;
    let last = Entry::new(start(), MOVE, Phase::Event, "me", "test");
    let told = std::sync::Mutex::new(Vec::new());
    let report = moved(&place.url, &database.agent(), last.clone(), |done, all| {
        told.lock().unwrap().push((done, all))
    })
    .await
    .unwrap();
    assert_eq!((report.head.size, report.copied), (1501, 1501));
    assert_eq!(told.lock().unwrap().last(), Some(&(1501, 1501)));
    assert_eq!(database.verify().await.unwrap().head(), report.head);
    assert_eq!(place.verify().await.unwrap().head(), report.head);
    // The file takes no more, and says where the log goes on.
    let error = place.open().await.append(&[entry(1)]).await.unwrap_err();
    assert!(matches!(&error, LogError::Moved(to) if to.contains(&database.name)), "{error}");
    place.raw("UPDATE head SET moved_to = NULL").await.unwrap_err();
    database.open().await.append(&[entry(1)]).await.unwrap();
    // Again: there is nothing left to do, and what came since is no beginning of the file.
    let again = moved(&place.url, &database.agent(), last, |_, _| ()).await;
    assert!(matches!(again, Err(MoveError::NotEmpty)), "{again:?}");
}

#[tokio::test]
async fn a_move_that_was_interrupted_goes_on() {
    let (database, place) = (Database::new().await, Place::new());
    let file = place.init().await;
    let many = support::varied(700);
    file.append(&many).await.unwrap();
    database.open().await.append(&many[..300]).await.unwrap();
    let last = Entry::new(start(), MOVE, Phase::Event, "me", "test");
    let report = moved(&place.url, &database.agent(), last.clone(), |_, _| ()).await.unwrap();
    assert_eq!((report.head.size, report.copied), (701, 401));
    let again = moved(&place.url, &database.agent(), last.clone(), |_, _| ()).await.unwrap();
    assert_eq!((again.head, again.copied), (report.head, 0));
    // Somebody else's entries are no beginning.
    let other = Database::new().await;
    other.open().await.append(&story()).await.unwrap();
    assert!(matches!(moved(&place.url, &other.agent(), last, |_, _| ()).await, Err(MoveError::NotEmpty)));
    assert!(matches!(
        moved(&other.agent(), &place.url, entry(0), |_, _| ()).await,
        Err(MoveError::Direction)
    ));
}

#[tokio::test]
async fn a_server_that_was_restarted_between_two_entries_is_no_matter() {
    let database = Database::new().await;
    let log = database.open().await;
    log.append(&[entry(0)]).await.unwrap();
    let gone = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'turnlock' AND datname = current_database()";
    database.superuser(gone).await;
    // At once: the answer is that nothing was written, and it wasn't.
    let first = log.append(&[entry(1)]).await;
    assert!(matches!(first, Err(LogError::Lost)), "{first:?}");
    assert_eq!(log.append(&[entry(2)]).await.unwrap(), [1]);
    assert_eq!(database.verify().await.unwrap().size, 2);
}

#[tokio::test]
async fn an_entry_that_can_t_be_held_is_refused_and_nothing_of_its_batch_is_written() {
    let database = Database::new().await;
    let log = database.open().await;
    let nul = Entry { reason: Some("a\0b".into()), ..entry(1) };
    let long = Entry { requester: Some("x".repeat(3000)), ..entry(1) };
    for wrong in [nul, long] {
        assert!(matches!(log.append(&[entry(0), wrong]).await, Err(LogError::Entry(_))));
    }
    assert_eq!(log.reader().head().await.unwrap().size, 0);
}

#[tokio::test]
async fn the_views_say_it_in_sql() {
    let database = Database::new().await;
    database.open().await.append(&support::rotation("r1")).await.unwrap();
    let mut auditor = database.connection(&format!("{}_auditor", database.name)).await;
    let row: (String, String, i64) =
        sqlx::query_as("SELECT outcome, secrets, failed_steps FROM turnlock.rotations WHERE rotation = 'r1'")
            .fetch_one(&mut auditor)
            .await
            .unwrap();
    assert_eq!(row, ("done".into(), "JWT_SECRET v1 -> v2".into(), 0));
    let row: (String, i64, String) =
        sqlx::query_as("SELECT secret, current_version, made_by FROM turnlock.secrets")
            .fetch_one(&mut auditor)
            .await
            .unwrap();
    assert_eq!(row, ("JWT_SECRET".into(), 2, "promote".into()));
    let uncommented: Vec<String> = sqlx::query_scalar("SELECT relname::text FROM pg_class WHERE relnamespace = 'turnlock'::regnamespace AND relkind = 'v' AND obj_description(oid) IS NULL").fetch_all(&mut auditor).await.unwrap();
    assert_eq!(uncommented, [""; 0]);
}

#[tokio::test]
async fn a_gap_is_named() {
    let database = Database::new().await;
    database.open().await.append(&story()).await.unwrap();
    database.forge("DELETE FROM turnlock.entries WHERE seq = 3").await;
    let error = database.verify().await.unwrap_err();
    assert!(matches!(error, VerifyError::Gap { seq: 3, found: 4 }), "{error}");
}
