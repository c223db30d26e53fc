//! Rows as their databases have them: the api's sealed data, decrypted here, and the audit log's entries.

use std::collections::BTreeSet;
use std::path::Path;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use serde_json::Value as Json;
use sqlx::{ConnectOptions, Connection};

use crate::web::runtime;
use crate::{Stack, Value};

/// What is encrypted at rest, and by which secret.
pub(crate) const TABLES: [(&str, &str); 2] =
    [("records", "APP_ENCRYPTION_KEY"), ("totp_seeds", "MFA_ENCRYPTION_KEY")];

/// Rows that none of the keys opens: AES-256-GCM, `nonce || ciphertext || tag`, the table's name authenticated.
pub(crate) fn unreadable(stack: &Stack, table: &str, keys: &[Value]) -> usize {
    let printed = stack.sql(&format!("SELECT encode(sealed, 'hex') FROM {table}"));
    let keys: Vec<LessSafeKey> = keys.iter().filter_map(key).collect();
    let rows =
        printed.lines().filter(|l| !l.is_empty()).map(|l| hex::decode(l.trim()).expect("psql prints hex"));
    rows.filter(|sealed| !keys.iter().any(|key| opens(key, table, sealed))).count()
}

fn key(value: &Value) -> Option<LessSafeKey> {
    let bytes = hex::decode(value.clear()).ok()?;
    Some(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &bytes).ok()?))
}

fn opens(key: &LessSafeKey, table: &str, sealed: &[u8]) -> bool {
    let Some((nonce, sealed)) = sealed.split_first_chunk::<NONCE_LEN>() else { return false };
    let nonce = Nonce::assume_unique_for_key(*nonce);
    key.open_in_place(nonce, Aad::from(table.as_bytes()), &mut sealed.to_vec()).is_ok()
}

/// How many entries a log has.
pub(crate) fn count(log: &Path) -> i64 {
    query(log, "SELECT count(*) FROM entries WHERE seq >= ?", 0, |row| sqlx::Row::get(row, 0))[0]
}

/// A log's entries from a number on.
pub(crate) fn entries(log: &Path, from: i64) -> Vec<Json> {
    let sql = "SELECT body FROM entries WHERE seq >= ? ORDER BY seq";
    query(log, sql, from, |row| serde_json::from_slice(sqlx::Row::get(row, 0)).expect("an entry is JSON"))
}

/// Rotations that began after a number, and have no end.
pub(crate) fn open_rotations(log: &Path, from: i64) -> BTreeSet<String> {
    let (mut open, mut ended) = (BTreeSet::new(), BTreeSet::new());
    for entry in entries(log, from) {
        let Some(rotation) = entry["rotation"].as_str().map(str::to_owned) else { continue };
        match (entry["action"].as_str(), entry["phase"].as_str()) {
            (Some("rotation"), Some("outcome")) => _ = ended.insert(rotation),
            (_, Some("intent")) => _ = open.insert(rotation),
            _ => {}
        }
    }
    &open - &ended
}

fn query<T>(
    log: &Path,
    sql: &'static str,
    from: i64,
    read: impl Fn(&sqlx::sqlite::SqliteRow) -> T,
) -> Vec<T> {
    runtime().block_on(async {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(log).read_only(true);
        let mut log = options.connect().await.expect("the log opens");
        let rows = sqlx::query(sql).bind(from).fetch_all(&mut log).await.expect("the log answers");
        let found = rows.iter().map(read).collect();
        let _ = log.close().await;
        found
    })
}
