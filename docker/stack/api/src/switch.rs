//! For failure tests: while the file `/switches/never-ready-with-new` exists, the api is never ready with a secret that
//! it has not been ready with before; while `/switches/dies-with-new` does, it is ready with one, and ends soon after. To know
//! that, it keeps salted digests of its secrets in its database.

use std::{path::Path, time::Duration};

use ring::{
    digest::{SHA256, SHA256_OUTPUT_LEN, digest},
    hmac,
    rand::{SecureRandom, SystemRandom},
};
use sqlx::PgConnection;

use crate::db::sentence;

const NEVER_READY: &str = "/switches/never-ready-with-new";
const DIES: &str = "/switches/dies-with-new";
const SALT: &str = "salt";

/// One digest over all secrets, names included; the salt is added where it is kept, in the database.
#[derive(Default)]
pub(crate) struct Fingerprint(Vec<u8>);

impl Fingerprint {
    pub(crate) fn add(&mut self, name: &str, value: &str) {
        self.0.extend_from_slice(digest(&SHA256, name.as_bytes()).as_ref());
        self.0.extend_from_slice(digest(&SHA256, value.as_bytes()).as_ref());
    }

    fn salted(&self, salt: &[u8]) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt), &self.0).as_ref().to_vec()
    }
}

/// To be asked when all else is well. With the switch off, what is in use becomes what is known.
pub(crate) async fn allows(db: &mut PgConnection, fingerprint: &Fingerprint) -> Result<(), String> {
    let current = fingerprint.salted(&salt(db).await?);
    let known: Option<Vec<u8>> = sqlx::query_scalar("SELECT digest FROM known_secrets WHERE name = 'all'")
        .fetch_optional(&mut *db)
        .await
        .map_err(sentence)?;
    if known.as_ref() == Some(&current) {
        return Ok(());
    }
    if Path::new(DIES).exists() {
        tokio::spawn(async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            eprintln!("the switch dies-with-new is on, and a secret is new");
            std::process::exit(1);
        });
        return Ok(());
    }
    if Path::new(NEVER_READY).exists() {
        return Err("the switch never-ready-with-new is on, and a secret is new".to_owned());
    }
    sqlx::query(
        "INSERT INTO known_secrets VALUES ('all', $1) ON CONFLICT (name) DO UPDATE SET digest = excluded.digest",
    )
    .bind(current)
    .execute(db)
    .await
    .map_err(sentence)?;
    Ok(())
}

async fn salt(db: &mut PgConnection) -> Result<Vec<u8>, String> {
    let read = "SELECT digest FROM known_secrets WHERE name = $1";
    let known: Option<Vec<u8>> =
        sqlx::query_scalar(read).bind(SALT).fetch_optional(&mut *db).await.map_err(sentence)?;
    if let Some(salt) = known {
        return Ok(salt);
    }
    let mut salt = [0; SHA256_OUTPUT_LEN];
    SystemRandom::new().fill(&mut salt).map_err(|_| "the operating system has no randomness".to_owned())?;
    // Whoever comes second takes the first one's.
    sqlx::query("INSERT INTO known_secrets VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(SALT)
        .bind(salt.as_slice())
        .execute(&mut *db)
        .await
        .map_err(sentence)?;
    sqlx::query_scalar(read).bind(SALT).fetch_one(db).await.map_err(sentence)
}
