//! Ready means: with exactly the secrets that this process was started with, everything works *now*.

use std::time::Duration;

use crate::{
    config::Config,
    db,
    store::{self, Table},
    switch,
};

const TOKEN_FILE: &str = "/run/secrets/metrics_scrape_token";

/// Why not, in a sentence without a value.
pub(crate) async fn check(config: &Config) -> Result<(), String> {
    let mut db = db::login(&config.database).await?;
    store::decrypts(&mut db, Table::Records, &config.records).await?;
    store::decrypts(&mut db, Table::TotpSeeds, &config.totp).await?;
    token_file(config).await?;
    switch::allows(&mut db, &config.fingerprint).await
}

/// The same token reaches us by the environment and Prometheus by this file: here we see whether they agree.
async fn token_file(config: &Config) -> Result<(), String> {
    let bytes = tokio::fs::read(TOKEN_FILE).await.map_err(|_| format!("{TOKEN_FILE} cannot be read"))?;
    let token = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    if config.scrape.is(token) { Ok(()) } else { Err(format!("{TOKEN_FILE} is not METRICS_SCRAPE_TOKEN")) }
}

/// Schema and canaries, as soon as the database lets us in. Until then we are up, and not ready.
pub(crate) async fn prepare(config: &Config) {
    let mut pause = Duration::from_millis(50);
    while let Err(reason) = prepare_once(config).await {
        eprintln!("waiting for the database: {reason}");
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(2));
    }
    println!("the database is ready");
}

async fn prepare_once(config: &Config) -> Result<(), String> {
    let mut db = db::login(&config.database).await?;
    db::make_schema(&mut db).await?;
    store::plant_canaries(&mut db, &config.records, &config.totp).await
}
