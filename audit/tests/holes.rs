//! Every hole that we know in an append-only table on SQLite: what stays refused, what is named afterwards, and
//! what only a head kept elsewhere can tell.

mod support;

use std::{fs::File, os::unix::fs::FileExt};

use support::{Place, entry, story};
use turnlock_audit::{
    Entry, Filter, Log, LogError, Reader, merkle,
    verify::{Depth, VerifyError},
};

/// With the triggers in place, on a connection with SQLite's own settings: an error that says why, and nothing
/// has changed.
async fn refused(sql: &str) {
    let place = Place::with_story().await;
    let before = place.contents().await;
    let error = place.raw(sql).await.expect_err(sql).to_string();
    assert!(error.contains("the audit log is append-only"), "{sql}: {error}");
    assert_eq!(place.contents().await, before, "{sql}");
    assert_eq!(place.verify().await.unwrap().size, 8);
}

/// After somebody took the triggers away and put them back: what `verify` says.
async fn named(forgery: &str) -> VerifyError {
    let place = Place::with_story().await;
    place.forge(forgery).await;
    place.verify().await.expect_err(forgery)
}

macro_rules! assert_named {
    ($forgery:expr, $pattern:pat) => {{
        let error = named($forgery).await;
        assert!(matches!(error, $pattern), "{}: {error}", $forgery);
    }};
}

const ROW: &str = "x'7b7d', zeroblob(32), 0, 'apply', NULL, 'me', NULL, NULL, NULL, NULL, NULL";

// --- refused

#[tokio::test]
async fn update() {
    refused("UPDATE entries SET body = x'7b7d' WHERE seq = 3").await;
    refused("UPDATE entries SET at = at + 1").await;
    refused("UPDATE entries SET seq = seq + 100").await;
    refused("UPDATE subjects SET subject = 'OTHER' WHERE seq = 3").await;
    refused("UPDATE OR REPLACE entries SET seq = 4 WHERE seq = 3").await;
    refused("UPDATE OR IGNORE entries SET target = 'x'").await;
}

#[tokio::test]
async fn delete() {
    refused("DELETE FROM entries WHERE seq = 7").await;
    refused("DELETE FROM entries").await;
    refused("DELETE FROM subjects").await;
    refused("DELETE FROM head").await;
}

#[tokio::test]
async fn replace() {
    refused(&format!("INSERT OR REPLACE INTO entries VALUES (3, {ROW})")).await;
    refused(&format!("REPLACE INTO entries VALUES (7, {ROW})")).await;
    refused("REPLACE INTO subjects VALUES (3, 'JWT_SECRET', -1)").await;
    refused("REPLACE INTO head VALUES (0, 0, zeroblob(32), x'', 0, NULL)").await;
    refused(&format!("PRAGMA recursive_triggers = OFF; REPLACE INTO entries VALUES (3, {ROW})")).await;
}

#[tokio::test]
async fn upsert() {
    refused(&format!("INSERT INTO entries VALUES (3, {ROW}) ON CONFLICT DO UPDATE SET body = excluded.body"))
        .await;
    refused(&format!("INSERT INTO entries VALUES (3, {ROW}) ON CONFLICT DO NOTHING")).await;
    refused(&format!("INSERT OR IGNORE INTO entries VALUES (3, {ROW})")).await;
    refused("INSERT INTO subjects VALUES (3, 'JWT_SECRET', -1) ON CONFLICT DO UPDATE SET subject = 'OTHER'")
        .await;
}

#[tokio::test]
async fn numbers_out_of_order() {
    refused(&format!("INSERT INTO entries VALUES (9, {ROW})")).await;
    refused(&format!("INSERT INTO entries VALUES (-1, {ROW})")).await;
    refused(&format!("INSERT INTO entries VALUES (NULL, {ROW})")).await;
}

#[tokio::test]
async fn subjects_of_a_sealed_entry() {
    refused("INSERT INTO subjects VALUES (3, 'OTHER', -1)").await;
    refused("INSERT INTO subjects VALUES (8, 'OTHER', -1)").await;
    refused("INSERT INTO subjects VALUES (-1, 'OTHER', -1)").await;
}

#[tokio::test]
async fn head() {
    refused("UPDATE head SET size = 4").await;
    refused("UPDATE head SET size = 9").await;
    refused("UPDATE head SET root = zeroblob(32)").await;
    refused("UPDATE head SET frontier = zeroblob(32)").await;
    refused("UPDATE head SET id = 1").await;
    refused("INSERT INTO head VALUES (1, 8, zeroblob(32), x'', 0, NULL)").await;
}

#[tokio::test]
async fn delete_the_newest_and_insert_another() {
    let place = Place::with_story().await;
    place.forge("DELETE FROM subjects WHERE seq = 7; DELETE FROM entries WHERE seq = 7").await;
    // The triggers are back, and the number is the next one; but the head has counted it.
    let error = place.raw(&format!("INSERT INTO entries VALUES (7, {ROW})")).await.unwrap_err().to_string();
    assert!(error.contains("append-only"), "{error}");
    let error = Log::open(&place.url).await.unwrap_err();
    assert!(
        matches!(&error, LogError::Damaged(what) if what.contains("counts 8 entries, and there are 7")),
        "{error}"
    );
    assert!(matches!(place.verify().await, Err(VerifyError::Cut { seq: 7, head: 8 })));
    // Also when it is inserted while they are away.
    assert_named!(
        &format!("DELETE FROM entries WHERE seq = 7; INSERT INTO entries VALUES (7, {ROW})"),
        VerifyError::Leaf { seq: 7 }
    );
}

// --- the rules themselves

#[tokio::test]
async fn a_dropped_trigger() {
    let place = Place::with_story().await;
    let log = place.open().await;
    place.raw("DROP TRIGGER entries_are_never_changed").await.unwrap();
    place.raw("UPDATE entries SET body = x'7b7d' WHERE seq = 3").await.unwrap();
    for error in [log.append(&[entry(8)]).await.unwrap_err(), Log::open(&place.url).await.unwrap_err()] {
        assert!(
            matches!(&error, LogError::Rules(what) if what.contains("entries_are_never_changed")),
            "{error}"
        );
    }
    let error = place.verify().await.unwrap_err();
    assert!(matches!(&error, VerifyError::Rules(what) if what.contains("is missing")), "{error}");
}

#[tokio::test]
async fn rules_that_were_changed() {
    for (sql, says) in [
        (
            "DROP TRIGGER head_only_grows; CREATE TRIGGER head_only_grows BEFORE UPDATE ON head BEGIN SELECT 1; END",
            "was changed",
        ),
        ("CREATE TRIGGER more AFTER INSERT ON entries BEGIN SELECT 1; END", "doesn't belong"),
        ("CREATE VIEW v AS SELECT 1", "doesn't belong"),
        ("CREATE TABLE notes (entry REFERENCES entries (seq) ON DELETE CASCADE)", "doesn't belong"),
        ("DROP INDEX subjects_by_name", "is missing"),
        ("DROP TABLE subjects", "is missing"),
        ("ALTER TABLE entries ADD COLUMN more TEXT", "was changed"),
        ("ALTER TABLE entries RENAME TO old", "is missing"),
        (
            "PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = replace(sql, 'BEFORE DELETE', 'AFTER DELETE')",
            "was changed",
        ),
    ] {
        let place = Place::with_story().await;
        place.raw(sql).await.expect(sql);
        let error = place.verify().await.expect_err(sql).to_string();
        assert!(error.contains("the log's own rules were changed") && error.contains(says), "{sql}: {error}");
        let error = Log::open(&place.url).await.expect_err(sql);
        assert!(matches!(error, LogError::Rules(_)), "{sql}: {error}");
    }
}

#[tokio::test]
async fn a_trigger_under_a_name_that_sqlite_keeps_for_itself() {
    let place = Place::with_story().await;
    let sql = "PRAGMA writable_schema = ON; UPDATE sqlite_master SET name = 'sqlite_x' WHERE name = 'head_only_grows'";
    place.raw(sql).await.unwrap();
    // SQLite doesn't even open it.
    assert!(matches!(Reader::open(&place.url).await, Err(LogError::Damaged(_))));
    assert!(matches!(Log::open(&place.url).await, Err(LogError::Damaged(_))));
}

#[tokio::test]
async fn housekeeping_is_no_change_of_the_rules() {
    let place = Place::with_story().await;
    let log = place.open().await;
    place.raw("ANALYZE; VACUUM; REINDEX").await.unwrap();
    log.append(&[entry(8)]).await.unwrap();
    assert_eq!(place.verify().await.unwrap().size, 9);
    place.open().await;
}

// --- named by verify

#[tokio::test]
async fn a_doctored_body() {
    assert_named!("UPDATE entries SET body = x'7b7d' WHERE seq = 3", VerifyError::Leaf { seq: 3 });
    assert_named!(
        "UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), 'number 5', 'number 6') AS BLOB) WHERE seq = 5",
        VerifyError::Leaf { seq: 5 }
    );
}

#[tokio::test]
async fn two_swapped_bodies() {
    let swap = |columns: &[&str]| {
        let set: Vec<_> = columns
            .iter()
            .map(|c| format!("{c} = (SELECT o.{c} FROM entries o WHERE o.seq = 7 - entries.seq)"))
            .collect();
        format!("UPDATE entries SET {} WHERE seq IN (2, 5)", set.join(", "))
    };
    assert_named!(&swap(&["body"]), VerifyError::Leaf { seq: 2 });
    assert_named!(&swap(&["body", "leaf"]), VerifyError::Column { seq: 2, column: "at" });
    let all = ["body", "leaf", "at", "action", "rotation", "outcome", "target"];
    assert_named!(&swap(&all), VerifyError::Head { size: 8, what: "its root" });
}

/// Hashes are computed two at a time, of entries that were looked at otherwise already.
#[tokio::test]
async fn the_first_of_several() {
    let body = |seq: u64| format!("UPDATE entries SET body = x'7b7d' WHERE seq = {seq};");
    let leaf = |seq: u64| format!("UPDATE entries SET leaf = zeroblob(32) WHERE seq = {seq};");
    let column = |seq: u64| format!("UPDATE entries SET action = 'verify' WHERE seq = {seq};");
    let gap = |seq: u64| format!("DELETE FROM entries WHERE seq = {seq};");
    for seq in 1..6 {
        let next = seq + 1;
        for (first, then) in [
            (leaf(seq), gap(next)),
            (leaf(seq), column(next)),
            (leaf(seq), column(seq)),
            (body(seq), body(next)),
        ] {
            let error = named(&(first + &then)).await;
            assert!(
                matches!(error, VerifyError::Leaf { seq: found } if found == seq),
                "{seq}, {then}: {error}"
            );
        }
        let error = named(&(column(seq) + &leaf(next))).await;
        assert!(matches!(error, VerifyError::Column { seq: found, .. } if found == seq), "{seq}: {error}");
    }
    // The last one, with and without another before it that wasn't hashed yet.
    assert_named!(&leaf(7), VerifyError::Leaf { seq: 7 });
    assert_named!(&(leaf(6) + &gap(7)), VerifyError::Leaf { seq: 6 });
}

#[tokio::test]
async fn a_body_that_isn_t_canonical() {
    let place = Place::with_story().await;
    let body = [story()[3].canonical().unwrap(), b" ".to_vec()].concat();
    let leaf = hex::encode(merkle::leaf_hash(&body));
    place
        .forge(&format!("UPDATE entries SET body = x'{}', leaf = x'{leaf}' WHERE seq = 3", hex::encode(body)))
        .await;
    assert!(matches!(place.verify().await, Err(VerifyError::Body { seq: 3, .. })));
}

#[tokio::test]
async fn a_gap() {
    assert_named!("DELETE FROM entries WHERE seq = 3", VerifyError::Gap { seq: 3, found: 4 });
    assert_named!("DELETE FROM entries WHERE seq = 0", VerifyError::Gap { seq: 0, found: 1 });
    assert_named!("UPDATE entries SET seq = 20 WHERE seq = 7", VerifyError::Gap { seq: 7, found: 20 });
}

#[tokio::test]
async fn a_doctored_column() {
    for (sql, wrong) in [
        ("at = at + 1", "at"),
        ("action = 'verify'", "action"),
        ("rotation = 'other'", "rotation"),
        ("rotation = NULL", "rotation"),
        ("outcome = 'failed'", "outcome"),
        ("outcome = NULL", "outcome"),
        ("target = 'other'", "target"),
    ] {
        let error = named(&format!("UPDATE entries SET {sql} WHERE seq = 6")).await;
        assert!(matches!(error, VerifyError::Column { seq: 6, column } if column == wrong), "{sql}: {error}");
    }
}

#[tokio::test]
async fn doctored_subjects() {
    for sql in [
        "DELETE FROM subjects WHERE seq = 6 AND subject = 'JWT_SECRET'",
        "DELETE FROM subjects WHERE seq = 6",
        "UPDATE subjects SET subject = 'OTHER' WHERE seq = 6 AND subject = 'JWT_SECRET'",
        "INSERT INTO subjects VALUES (6, 'OTHER', -1)",
        "INSERT INTO subjects VALUES (6, 'ZZZ', -1)",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION SELECT i + 1 FROM n LIMIT 5000) INSERT INTO subjects SELECT 6, i, -1 FROM n",
    ] {
        assert_named!(sql, VerifyError::Subjects { seq: 6 });
    }
    assert_named!("DELETE FROM subjects WHERE seq = 7", VerifyError::Subjects { seq: 7 });
    assert_named!("DELETE FROM subjects WHERE seq = 0", VerifyError::Subjects { seq: 0 });
    assert_named!("INSERT INTO subjects VALUES (-5, 'OTHER', -1)", VerifyError::Subjects { seq: 0 });
    assert_named!("INSERT INTO subjects VALUES (8, 'OTHER', -1)", VerifyError::Subjects { seq: 8 });
}

#[tokio::test]
async fn a_doctored_head() {
    assert_named!("UPDATE head SET size = 5", VerifyError::Beyond { seq: 5, head: 5 });
    assert_named!("UPDATE head SET size = 9", VerifyError::Cut { seq: 8, head: 9 });
    assert_named!("UPDATE head SET root = zeroblob(32)", VerifyError::Head { what: "its root", .. });
    assert_named!("UPDATE head SET frontier = zeroblob(32)", VerifyError::Head { what: "its frontier", .. });
    assert_named!("DELETE FROM head", VerifyError::NoHead);
    // None of them is appended to.
    for sql in ["UPDATE head SET size = 5", "UPDATE head SET frontier = zeroblob(32)", "DELETE FROM head"] {
        let place = Place::with_story().await;
        let log = place.open().await;
        place.forge(sql).await;
        let error = log.append(&[entry(8)]).await.expect_err(sql);
        assert!(matches!(error, LogError::Damaged(_)), "{sql}: {error}");
        assert!(matches!(Log::open(&place.url).await, Err(LogError::Damaged(_))), "{sql}");
    }
}

#[tokio::test]
async fn a_tail_that_was_cut_off() {
    let cut = "DELETE FROM subjects WHERE seq > 4; DELETE FROM entries WHERE seq > 4";
    assert_named!(cut, VerifyError::Cut { seq: 5, head: 8 });
    let place = Place::with_story().await;
    let log = place.open().await;
    place.forge(cut).await;
    log.append(&[entry(8)]).await.unwrap_err();
    assert!(matches!(Log::open(&place.url).await, Err(LogError::Damaged(_))));
}

#[tokio::test]
async fn an_entry_behind_the_log_s_back() {
    let place = Place::with_story().await;
    // The triggers allow the next number: SQLite can't tell who inserts. It is never part of the tree.
    place.raw(&format!("INSERT INTO entries VALUES (8, {ROW})")).await.unwrap();
    assert!(matches!(Log::open(&place.url).await, Err(LogError::Damaged(_))));
    assert!(matches!(place.verify().await, Err(VerifyError::Leaf { seq: 8 })));

    let place = Place::with_story().await;
    let body = Entry { subjects: [].into(), rotation: None, target: None, ..story()[0].clone() };
    let (at, body) = (body.at.as_microsecond(), body.canonical().unwrap());
    let (leaf, body) = (hex::encode(merkle::leaf_hash(&body)), hex::encode(body));
    let sql = format!(
        "INSERT INTO entries VALUES (8, x'{body}', x'{leaf}', {at}, 'apply', 'done', 'entity-1', NULL, NULL, NULL, NULL, NULL)"
    );
    place.raw(&sql).await.unwrap();
    let error = place.verify().await.unwrap_err();
    assert!(matches!(error, VerifyError::Beyond { seq: 8, head: 8 }), "{error}");
}

#[tokio::test]
async fn an_index_that_hides_an_entry() {
    // The index is taken out of the schema, the row changed back, and the index put back: it still has the other key.
    let hide = "PRAGMA writable_schema = ON; \
                CREATE TEMP TABLE kept AS SELECT * FROM sqlite_master WHERE name = 'entries_by_target'; \
                DELETE FROM sqlite_master WHERE name = 'entries_by_target'; PRAGMA writable_schema = RESET";
    let place = Place::with_story().await;
    let mut connection = place.raw_connection().await;
    sqlx::raw_sql(
        "DROP TRIGGER entries_are_never_changed; UPDATE entries SET target = 'elsewhere' WHERE seq = 3",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    sqlx::raw_sql(hide).execute(&mut connection).await.unwrap();
    for sql in [
        "UPDATE entries SET target = 'target 3' WHERE seq = 3",
        "PRAGMA writable_schema = ON",
        "INSERT INTO sqlite_master SELECT * FROM kept",
        "PRAGMA writable_schema = RESET",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = sql",
        "PRAGMA writable_schema = RESET",
    ] {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.expect(sql);
    }
    drop(connection);
    place.restore_trigger("entries_are_never_changed").await;
    // As many rows as there have to be, and every entry as it was written: only a look at each row of the index tells.
    place.verify().await.unwrap();
    let error = place.verify_storage().await.unwrap_err();
    assert!(matches!(&error, VerifyError::Storage(what) if what.contains("entries_by_target")), "{error}");
}

#[tokio::test]
async fn an_index_that_lacks_an_entry() {
    let place = Place::with_story().await;
    let mut connection = place.raw_connection().await;
    // A partial index whose condition is changed and changed back: what is deleted meanwhile stays in it, and what is
    // added is missing.
    for sql in [
        "DROP TRIGGER entries_are_never_changed",
        "UPDATE entries SET target = NULL WHERE seq = 3",
        "PRAGMA writable_schema = ON",
        "CREATE TEMP TABLE kept AS SELECT * FROM sqlite_master WHERE name = 'entries_by_target'",
        "DELETE FROM sqlite_master WHERE name = 'entries_by_target'",
        "PRAGMA writable_schema = RESET",
        "UPDATE entries SET target = 'target 3' WHERE seq = 3",
        "PRAGMA writable_schema = ON",
        "INSERT INTO sqlite_master SELECT * FROM kept",
        "PRAGMA writable_schema = RESET",
    ] {
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.expect(sql);
    }
    drop(connection);
    place.restore_trigger("entries_are_never_changed").await;
    let error = place.verify_storage().await.unwrap_err();
    assert!(
        matches!(&error, VerifyError::Storage(what) if what.contains("has 7 rows, and there are 8")),
        "{error}"
    );
}

#[tokio::test]
async fn bytes_changed_in_the_file() {
    let place = Place::with_story().await;
    let good = std::fs::read(&place.file).unwrap();
    let (mut named, mut harmless) = (0, 0);
    // Past the file's header, whose counters mean nothing for what is said. A prime step touches every page.
    for at in (100..good.len()).step_by(131) {
        let place = Place::new();
        let mut bad = good.clone();
        bad[at] ^= 0x21;
        std::fs::write(&place.file, &bad).unwrap();
        let verdict = match Reader::open(&place.url).await {
            Ok(reader) => turnlock_audit::verify::verify(&reader, Depth::Storage)
                .await
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        match verdict {
            Err(_) => named += 1,
            // A byte that no cell uses: whatever is sound, says what was written.
            Ok(_) => {
                assert_eq!(place.contents().await, self::contents(&good).await, "byte {at}");
                harmless += 1;
            }
        }
    }
    assert!(named > 20, "{named} named, {harmless} harmless");
}

async fn contents(file: &[u8]) -> Vec<String> {
    let place = Place::new();
    std::fs::write(&place.file, file).unwrap();
    place.contents().await
}

#[tokio::test]
async fn a_file_that_was_cut_off() {
    let place = Place::with_story().await;
    place.set_mode(0o600);
    let length = place.file.metadata().unwrap().len();
    File::options().write(true).open(&place.file).unwrap().set_len(length / 2).unwrap();
    Log::open(&place.url).await.unwrap_err();
    let verdict = match Reader::open(&place.url).await {
        Ok(reader) => turnlock_audit::verify::verify(&reader, Default::default())
            .await
            .map(drop)
            .map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    verdict.unwrap_err();
}

#[tokio::test]
async fn a_doctored_entry_is_not_shown() {
    let place = Place::with_story().await;
    place
        .forge("UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), 'done', 'done') || ' ' AS BLOB) WHERE seq = 3")
        .await;
    let reader = Reader::open(&place.url).await.unwrap();
    for error in [
        reader.get(3).await.unwrap_err(),
        reader.query(&Filter::default()).await.unwrap_err(),
        reader.query(&Filter { rotation: Some("r3".into()), ..Filter::default() }).await.unwrap_err(),
    ] {
        assert!(error.to_string().contains("entry 3"), "{error}");
    }
    reader.get(2).await.unwrap();
}

#[tokio::test]
async fn a_reader_has_no_way_to_write() {
    let place = Place::with_story().await;
    let before = place.contents().await;
    let reader = Reader::open(&place.url).await.unwrap();
    let hostile = "x'; DROP TRIGGER entries_are_never_changed; --";
    let filter = Filter { subject: Some(hostile.into()), target: Some(hostile.into()), ..Filter::default() };
    assert!(reader.query(&filter).await.unwrap().is_empty());
    assert_eq!(place.contents().await, before);
    place.verify().await.unwrap();
}

// --- what only a head kept elsewhere can tell

#[tokio::test]
async fn an_older_copy_is_sound_but_not_what_was_seen() {
    let place = Place::with_story().await;
    let old = std::fs::read(&place.file).unwrap();
    let log = place.open().await;
    log.append(&[entry(8)]).await.unwrap();
    let kept = log.reader().head().await.unwrap();
    log.close().await;
    std::fs::write(&place.file, old).unwrap();
    let found = place.verify().await.unwrap().head();
    assert!(found.size < kept.size);
    let reader = Reader::open(&place.url).await.unwrap();
    assert!(matches!(
        reader.consistency_proof(kept.size, kept.size).await,
        Err(LogError::Range { has: 8, asked: 9 })
    ));
}

#[tokio::test]
async fn everything_computed_anew_is_sound_but_not_what_was_seen() {
    let place = Place::with_story().await;
    let kept = place.verify().await.unwrap().head();
    std::fs::remove_file(&place.file).unwrap();
    let log = place.init().await;
    let mut story = story();
    story[3].outcome = Some(turnlock_audit::Outcome::Failed);
    log.append(&story).await.unwrap();
    log.append(&[entry(8)]).await.unwrap();
    let found = place.verify().await.unwrap().head();
    let proof = log.reader().consistency_proof(kept.size, found.size).await.unwrap();
    assert_eq!(merkle::verify_consistency(&kept, &found, &proof), Err(merkle::ProofError::Root));
}

#[tokio::test]
async fn the_header_names_the_program() {
    let place = Place::with_story().await;
    let mut header = [0; 4];
    File::open(&place.file).unwrap().read_exact_at(&mut header, 68).unwrap();
    assert_eq!(&header, b"TLal");
}
