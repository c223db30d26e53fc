//! The environment, parsed once into keys and options that no longer can be printed. A missing or malformed secret is a
//! reason not to start, and its name, never its value, is what we say.

use base64::{Engine, engine::general_purpose::STANDARD};
use sqlx::postgres::PgConnectOptions;
use zeroize::Zeroizing;

use crate::{sealing::Sealer, signing::Signer, store::Table, switch::Fingerprint, token::Token};

pub(crate) struct Config {
    pub(crate) database: PgConnectOptions,
    pub(crate) jwt: Signer,
    pub(crate) session: Signer,
    pub(crate) enrollment: Token,
    pub(crate) scrape: Token,
    pub(crate) records: Sealer,
    pub(crate) totp: Sealer,
    pub(crate) fingerprint: Fingerprint,
    /// Cookies are marked `Secure` when the public address is https.
    pub(crate) https: bool,
    /// Say each time why we are not ready.
    pub(crate) debug: bool,
}

impl Config {
    pub(crate) fn from_env() -> Result<Self, String> {
        Self::from(|name| std::env::var(name).ok())
    }

    fn from(get: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let mut fingerprint = Fingerprint::default();
        let mut secret = |name: &'static str| {
            let value = get(name).filter(|value| !value.is_empty()).ok_or(format!("{name} is missing"))?;
            fingerprint.add(name, &value);
            Ok::<_, String>((name, Zeroizing::new(value)))
        };
        Ok(Self {
            database: secret("DATABASE_URL").and_then(database)?,
            jwt: secret("JWT_SECRET").and_then(signer)?,
            session: secret("SESSION_SECRET").and_then(signer)?,
            enrollment: secret("AGENT_ENROLLMENT_SECRET").and_then(token)?,
            scrape: secret("METRICS_SCRAPE_TOKEN").and_then(token)?,
            records: secret("APP_ENCRYPTION_KEY").and_then(|s| sealer(Table::Records, s))?,
            totp: secret("MFA_ENCRYPTION_KEY").and_then(|s| sealer(Table::TotpSeeds, s))?,
            https: get("PUBLIC_APP_URL").is_some_and(|url| url.starts_with("https://")),
            debug: get("LOG_LEVEL").as_deref() == Some("debug"),
            fingerprint,
        })
    }
}

/// The one thing that `reencrypt` needs besides its keys.
pub(crate) fn database_from_env() -> Result<PgConnectOptions, String> {
    let url = std::env::var("DATABASE_URL").map_err(|_| "DATABASE_URL is missing".to_owned())?;
    database(("DATABASE_URL", Zeroizing::new(url)))
}

type Named = (&'static str, Zeroizing<String>);

fn database((name, value): Named) -> Result<PgConnectOptions, String> {
    // The parser's own message could quote the URL, and the password with it.
    value
        .parse()
        .map_err(|_| format!("{name} is malformed: want postgres://user:password@host:port/database"))
}

fn signer((name, value): Named) -> Result<Signer, String> {
    match STANDARD.decode(value.as_bytes()).map(Zeroizing::new) {
        Ok(key) if key.len() >= 32 => Ok(Signer::new(&key)),
        _ => Err(format!("{name} is malformed: want base64 of at least 32 bytes, on one line")),
    }
}

fn sealer(table: Table, (name, value): Named) -> Result<Sealer, String> {
    Sealer::from_hex(table, &value).ok_or(format!("{name} is malformed: want 64 hexadecimal digits"))
}

fn token((name, value): Named) -> Result<Token, String> {
    match hex::decode(value.as_bytes()).map(Zeroizing::new) {
        Ok(bytes) if bytes.len() >= 16 => Ok(Token::new(&value)),
        _ => Err(format!("{name} is malformed: want at least 32 hexadecimal digits")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &'static str, value: Option<&'static str>) -> Result<Config, String> {
        let key = "00".repeat(32);
        let signing = STANDARD.encode([7; 64]);
        Config::from(move |asked| match asked {
            _ if asked == name => value.map(str::to_owned),
            "DATABASE_URL" => Some("postgres://breeze:p%40ss@postgres:5432/breeze".to_owned()),
            "JWT_SECRET" | "SESSION_SECRET" => Some(signing.clone()),
            _ => Some(key.clone()),
        })
    }

    #[test]
    fn every_secret_is_needed_and_named_without_its_value() {
        assert!(with("-", None).is_ok());
        for name in [
            "DATABASE_URL",
            "JWT_SECRET",
            "SESSION_SECRET",
            "AGENT_ENROLLMENT_SECRET",
            "METRICS_SCRAPE_TOKEN",
            "APP_ENCRYPTION_KEY",
            "MFA_ENCRYPTION_KEY",
        ] {
            for value in [None, Some(""), Some("hunter2 hunter2")] {
                let sentence = with(name, value).err().expect("refused");
                assert!(sentence.starts_with(name) && !sentence.contains("hunter2"), "{sentence}");
            }
        }
    }

    #[test]
    fn two_lines_of_base64_are_refused() {
        let two_lines = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3\nODkwMTIzNDU2Nzg5";
        assert!(with("JWT_SECRET", Some(two_lines)).is_err());
    }
}
