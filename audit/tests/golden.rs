//! The logs of earlier releases verify for ever: see `tests/vectors/golden`.

mod support;

use std::path::Path;

use support::{Place, entry, postgres::Database};
use turnlock_audit::{Entry, Filter, LEASE, LogError, Phase, posture, setup, verify};

const HEAD_1: &str = "60:dd466e406f7c0a7cc73ef4bba556a282992919320aed9508a7c06e0be550f6be";
const HEAD_2: &str = "60:1868ca8328fcba57405c47d7e42d2f77090c2905885333204493a11eeba85ab3";

fn place(file: &str) -> Place {
    let place = Place::new();
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/golden").join(file);
    std::fs::copy(golden, &place.file).unwrap();
    place.set_mode(0o600);
    place
}

fn head(report: &verify::Report) -> String {
    format!("{}:{}", report.size, hex::encode(report.root))
}

#[tokio::test]
async fn the_first_schema_is_migrated_and_has_the_same_bytes_and_root() {
    let place = place("sqlite-1.db");
    let before: Vec<(i64, Vec<u8>, Vec<u8>)> =
        sqlx::query_as("SELECT seq, body, leaf FROM entries ORDER BY seq")
            .fetch_all(&mut place.raw_connection().await)
            .await
            .unwrap();
    let error = turnlock_audit::Log::open(&place.url).await.unwrap_err();
    assert!(matches!(&error, LogError::OldSchema { found: 1, ours: 2, .. }), "{error}");
    assert!(error.to_string().contains("turnlock setup audit"));
    let changes = setup::plan(&place.url, &[]).await.unwrap();
    assert_eq!(changes.len(), 1);
    setup::apply(&place.url, &changes).await.unwrap();
    assert_eq!(setup::plan(&place.url, &[]).await.unwrap(), []);
    assert_eq!(head(&place.verify_storage().await.unwrap()), HEAD_1);
    let after: Vec<(i64, Vec<u8>, Vec<u8>)> =
        sqlx::query_as("SELECT seq, body, leaf FROM entries ORDER BY seq")
            .fetch_all(&mut place.raw_connection().await)
            .await
            .unwrap();
    assert!(before == after);
    assert_eq!(posture::check(&place.url).await.unwrap().findings.len(), 0);
    goes_on(&place).await;
}

/// A migration that meets a doctored file changes nothing.
#[tokio::test]
async fn a_doctored_file_is_not_migrated() {
    let place = place("sqlite-1.db");
    place.forge("UPDATE entries SET leaf = zeroblob(32) WHERE seq = 30").await;
    let bytes = |place: &Place| std::fs::read(&place.file).unwrap();
    let before = bytes(&place);
    let changes = setup::plan(&place.url, &[]).await.unwrap();
    let error = setup::apply(&place.url, &changes).await.unwrap_err();
    assert!(matches!(&error, LogError::Damaged(what) if what.contains("entry 30")), "{error}");
    assert!(matches!(turnlock_audit::Log::open(&place.url).await, Err(LogError::OldSchema { .. })));
    assert!(before == bytes(&place));
    place.raw("DROP TRIGGER head_is_one").await.unwrap();
    let error = setup::apply(&place.url, &changes).await.unwrap_err();
    assert!(matches!(&error, LogError::Rules(what) if what.contains("head_is_one")), "{error}");
}

#[tokio::test]
async fn the_second_schema() {
    let place = place("sqlite-2.db");
    assert_eq!(head(&place.verify_storage().await.unwrap()), HEAD_2);
    goes_on(&place).await;
}

#[tokio::test]
async fn the_server_s_first_schema() {
    let database = Database::named("golden").await;
    for role in ["owner", "writer", "reader", "pruner"] {
        database.superuser(&format!("CREATE ROLE golden_audit_{role} NOLOGIN")).await;
    }
    database.superuser(include_str!("../../tests/vectors/golden/postgres-1.sql")).await;
    database.set_up("postgres").await;
    assert_eq!(head(&database.verify().await.unwrap()), HEAD_2);
    let all = database.reader().await.query(&Filter::default()).await.unwrap();
    assert_eq!(all.len(), 60);
    let log = database.open().await;
    log.append(&[lease(log.epoch().await.unwrap() + 1), entry(1)]).await.unwrap();
    assert_eq!(database.verify().await.unwrap().size, 62);
    assert_eq!(posture::check(&database.agent()).await.unwrap().findings, []);
}

fn lease(epoch: u64) -> Entry {
    Entry { epoch: Some(epoch), ..Entry::new(support::start(), LEASE, Phase::Event, "me", "test") }
}

async fn goes_on(place: &Place) {
    let log = place.open().await;
    log.append(&[lease(log.epoch().await.unwrap() + 1), entry(1)]).await.unwrap();
    assert_eq!(place.verify().await.unwrap().size, 62);
}

/// What a later version wrote is handed out as it is to who looks, and stops who acts.
#[tokio::test]
async fn a_newer_entry_is_intact_and_not_interpreted() {
    let database = Database::new().await;
    let body = r#"{"action":"apply","actor":"x","agent":"turnlock/9","at":"2030-01-01T00:00:00Z","format":9,"phase":"later","subjects":{"JWT_SECRET":{"to":4}},"weather":"fine"}"#;
    database
        .raw(
            &format!("{}_agent", database.name),
            &format!(
                "SELECT turnlock.append(ARRAY['{body}'::bytea], ARRAY[sha256('\\x00' || '{body}'::bytea)])"
            ),
        )
        .await
        .unwrap();
    let report = database.verify().await.unwrap();
    assert_eq!((report.size, report.not_interpreted), (1, 1));
    let reader = database.reader().await;
    let listed =
        reader.list(&Filter { subject: Some("JWT_SECRET".into()), ..Filter::default() }).await.unwrap();
    assert_eq!((listed.len(), listed[0].entry.as_ref(), &listed[0].body[..]), (1, None, body.as_bytes()));
    let error = reader.query(&Filter::default()).await.unwrap_err();
    assert!(matches!(error, LogError::NewFormat { seq: 0, format: 9 }), "{error}");
}
