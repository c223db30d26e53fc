//! What a text looks like: prose, a random word, a URL with a password in it, a setting that everybody may read.
//!
//! Whatever isn't surely harmless counts as a secret: the price is a line more in Vault, and the other mistake would be
//! a credential in git.

/// A variable whose name says that it holds a secret.
pub fn names_a_secret(variable: &str) -> bool {
    const WORDS: [&str; 17] = [
        "PASSWORD",
        "PASSWD",
        "PASS",
        "PWD",
        "PW",
        "PASSPHRASE",
        "SECRET",
        "SECRETS",
        "TOKEN",
        "KEY",
        "APIKEY",
        "CREDENTIALS",
        "CREDENTIAL",
        "DSN",
        "SALT",
        "PEPPER",
        "AUTH",
    ];
    const NOT: [&str; 5] = ["PUBLIC", "FILE", "PATH", "ID", "TTL"];
    let upper = variable.to_uppercase();
    let parts: Vec<&str> = upper.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let is =
        |part: &&str| WORDS.contains(part) || WORDS[..9].iter().any(|w| w.len() > 4 && part.ends_with(w));
    parts.iter().any(is) && !parts.last().is_some_and(|last| NOT.contains(last))
}

/// A variable that may be a key under which data is encrypted.
pub fn names_a_data_key(variable: &str) -> bool {
    let upper = variable.to_uppercase();
    [
        "ENCRYPT",
        "CRYPTO",
        "CIPHER",
        "ENC_KEY",
        "MASTER_KEY",
        "SECRET_KEY_BASE",
        "OTP_SECRET",
        "VAULT_",
        "SALT",
    ]
    .iter()
    .any(|word| upper.contains(word))
}

/// Whether a text may stand in git: each of its words is one of a language, a variable's name or a short number, and
/// nothing in it says what a secret is.
pub fn is_prose(text: &str) -> bool {
    !has_assignment(text) && !tells(text) && !has_credentials(text) && text.split_whitespace().all(is_word)
}

/// `OLD_KEY=…`, also behind `#` or `export`.
fn has_assignment(text: &str) -> bool {
    let name = |c: char| c.is_alphanumeric() || "_.-".contains(c);
    text.match_indices('=').any(|(at, _)| {
        let (before, after) = (text[..at].trim_end(), &text[at + 1..]);
        // A ruler of `====` is none.
        before.ends_with(name) && !after.starts_with('=') && !after.trim().is_empty()
    })
}

/// "password: …", "the token is …": in a comment, what follows may be it.
fn tells(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let secret = |w: &str| names_a_secret(w.trim_matches(|c: char| !c.is_alphanumeric()));
    words.iter().enumerate().any(|(i, word)| {
        let more = i + 1 < words.len();
        secret(word)
            && more
            && (word.ends_with([':', '=', '>'])
                || ["is", "was", "=", "", "->"].contains(&words[i + 1].trim_end_matches(':')))
    })
}

/// A URL whose user information or query may be a credential.
pub fn has_credentials(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let rest = &text[at + 3..];
        let end = rest.find(|c: char| c.is_whitespace() || "'\"`<>".contains(c)).unwrap_or(rest.len());
        let url = &rest[..end];
        let host_end = url.find(['/', '?', '#']).unwrap_or(url.len());
        url[..host_end].contains('@') || url.contains("?") || url.rfind('@').is_some()
    })
}

/// One word between blanks, which may be a path, a URL or several words in a row.
fn is_word(word: &str) -> bool {
    word.split(|c: char| !c.is_alphanumeric()).all(is_plain)
}

/// Words with a digit in them that everybody uses.
const KNOWN: [&str; 18] = [
    "base64", "sha1", "sha256", "sha512", "md5", "utf8", "ipv4", "ipv6", "oauth2", "http2", "s3", "2fa",
    "v1", "v2", "v3", "ed25519", "hs256", "rs256",
];

/// 30s, 10MB.
fn is_measure(part: &str) -> bool {
    let unit = part.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = part.len() - unit.len();
    (1..=3).contains(&number) && unit.len() <= 2 && unit.chars().all(|c| c.is_ascii_alphabetic())
}

/// Letters as a language has them, or a number that is no credential.
fn is_plain(part: &str) -> bool {
    if part.chars().all(|c| c.is_ascii_digit()) {
        return part.len() <= 5;
    }
    if part.chars().any(char::is_numeric) {
        return KNOWN.contains(&part.to_lowercase().as_str()) || is_measure(part);
    }
    part.chars().count() <= 20 && !is_hex(part) && is_cased(part) && longest_without_vowel(part) <= 5
}

fn is_hex(part: &str) -> bool {
    part.len() >= 8 && part.chars().all(|c| c.is_ascii_hexdigit())
}

/// lower, UPPER, Capitalised, camelCase: not mIxEd.
fn is_cased(part: &str) -> bool {
    let changes =
        part.chars().zip(part.chars().skip(1)).filter(|(a, b)| a.is_lowercase() && b.is_uppercase());
    changes.count() <= 2 || part.chars().count() < 6
}

fn longest_without_vowel(part: &str) -> usize {
    let vowel = |c: char| !c.is_ascii() || "aeiouyAEIOUY".contains(c);
    part.split(vowel).map(str::len).max().unwrap_or(0)
}

/// A value that nobody made up: long, of many different characters, and no words.
pub fn is_random(value: &str) -> bool {
    value.split(|c: char| c.is_whitespace() || "'\",;:@/?&=<>".contains(c)).any(|word| {
        word.len() >= 16 && bits_per_character(word) >= 3.0 && !word.split(['-', '_', '.']).all(is_plain)
    })
}

/// Shannon's entropy of the characters: 4 for random hex, near 6 for long base64, below 4 for words.
fn bits_per_character(word: &str) -> f64 {
    let mut counts = [0_usize; 256];
    word.bytes().for_each(|b| counts[usize::from(b)] += 1);
    let all = word.len() as f64;
    counts.iter().filter(|n| **n > 0).map(|n| *n as f64 / all).map(|p| -p * p.log2()).sum()
}

/// Looks like a secret by its name or by itself.
pub fn is_candidate(variable: &str, value: &str) -> bool {
    !value.is_empty()
        && harmless(variable, value).is_none()
        && (names_a_secret(variable) || has_password(value) || is_random(value))
}

/// A URL with `user:password@`.
pub fn has_password(value: &str) -> bool {
    value.match_indices("://").any(|(at, _)| {
        let rest = &value[at + 3..];
        let host_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        rest[..host_end].rfind('@').is_some_and(|at| rest[..at].contains(':'))
    })
}

/// What may be suggested to be written as it is, and why: ports, booleans, hosts and log levels, nothing else.
pub fn harmless(variable: &str, value: &str) -> Option<&'static str> {
    let upper = variable.to_uppercase();
    let part = |word: &str| upper.split(['_', '.', '-']).any(|p| p == word);
    let lower = value.to_lowercase();
    if ["true", "false", "yes", "no", "on", "off"].contains(&lower.as_str()) {
        return Some("a boolean");
    }
    if part("PORT") && value.len() <= 5 && value.parse::<u16>().is_ok() {
        return Some("a port");
    }
    const LEVELS: [&str; 10] =
        ["trace", "debug", "verbose", "info", "notice", "warn", "warning", "error", "fatal", "critical"];
    if (part("LOG") || part("LEVEL") || part("LOGLEVEL")) && LEVELS.contains(&lower.as_str()) {
        return Some("a log level");
    }
    let host = ["HOST", "HOSTNAME", "DOMAIN", "FQDN", "SERVER"].iter().any(|w| part(w));
    if host && !names_a_secret(variable) && is_host(value) {
        return Some("a host");
    }
    None
}

fn is_host(value: &str) -> bool {
    let (name, port) = value.rsplit_once(':').unwrap_or((value, "80"));
    let legal = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    let address = name.parse::<std::net::IpAddr>().is_ok();
    port.parse::<u16>().is_ok()
        && !name.is_empty()
        && name.chars().all(legal)
        && (address || name.split(['.', '-']).all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_hold_secrets() {
        for name in [
            "POSTGRES_PASSWORD",
            "DB_PASS",
            "JWT_SECRET",
            "SECRET_KEY_BASE",
            "API_TOKEN",
            "S3_SECRET_ACCESS_KEY",
            "SENTRY_DSN",
            "db_password",
            "AUTHENTIK_SECRET_KEY",
            "SMTP_PWD",
            "DBPASSWORD",
        ] {
            assert!(names_a_secret(name), "{name}");
        }
        for name in
            ["POSTGRES_USER", "PORT", "LOG_LEVEL", "COMPASS", "KEYBOARD", "JWT_PUBLIC", "PASSWORD_FILE"]
        {
            assert!(!names_a_secret(name), "{name}");
        }
    }

    #[test]
    fn prose_and_what_is_none() {
        for text in [
            " Database settings",
            "============ Mail ============",
            " see https://docs.example.com/install/mail",
            " one of: debug, info, warn",
            " Port 8080 of the web server (default)",
            " don't change this!",
            "",
            " v2 of the API, sha256, UTF8",
            " The PUBLIC_URL that users type",
            " the key must be changed",
        ] {
            assert!(is_prose(text), "{text}");
        }
        for text in [
            "OLD_KEY=abc",
            " export X=1",
            "A = b",
            " hunter2",
            " was 9f8e7d6c5b4a",
            " deadbeefcafe",
            " password: swordfish",
            " the token is swordfish",
            " https://me:swordfish@example.com",
            " https://example.com/?sig=x",
            " Xk9qLmZrTw",
            " qWeRtZuIoPaS",
            " 123456789",
            " mailto://me@x",
            " bcdfghjklm",
            " the password is: swordfish",
        ] {
            assert!(!is_prose(text), "{text}");
        }
    }

    #[test]
    fn random_values_and_others() {
        for value in [
            "9f8e7d6c5b4a39281706f5e4d3c2b1a0",
            "kJ8s/2mPq0Zx+Lw4Rt7Yv1Bn6Hd3Gf5A",
            "https://x.io/9f8e7d6c5b4a3928",
            "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoiYW5vbiJ9.c2lnbmF0dXJl",
        ] {
            assert!(is_random(value), "{value}");
        }
        for value in [
            "postgres",
            "https://status.example.com/a/page",
            "registry.example.com/team/app",
            "aaaaaaaaaaaaaaaaaaaa",
        ] {
            assert!(!is_random(value), "{value}");
        }
    }

    #[test]
    fn candidates() {
        assert!(is_candidate("DATABASE_URL", "postgres://me:pw@db/x"));
        assert!(is_candidate("ADMIN_PASSWORD", "x"));
        assert!(!is_candidate("ADMIN_PASSWORD", ""));
        assert!(!is_candidate("REQUIRE_TOKEN", "true"));
        assert!(!is_candidate("REDIS_URL", "redis://redis:6379/0"));
    }

    #[test]
    fn suggested_are_ports_booleans_hosts_and_log_levels_only() {
        assert_eq!(harmless("HTTP_PORT", "8080"), Some("a port"));
        assert_eq!(harmless("PIN", "8080"), None);
        assert_eq!(harmless("DEBUG", "False"), Some("a boolean"));
        assert_eq!(harmless("LOG_LEVEL", "info"), Some("a log level"));
        assert_eq!(harmless("LEVEL", "hunter"), None);
        assert_eq!(harmless("DB_HOST", "postgres"), Some("a host"));
        assert_eq!(harmless("SMTP_HOST", "smtp.example.com:587"), Some("a host"));
        assert_eq!(harmless("SMTP_HOST", "9f8e7d6c5b4a.example.com"), None);
        assert_eq!(harmless("HOST_KEY", "swordfish"), None);
        assert_eq!(harmless("TZ", "Europe/Berlin"), None);
        assert_eq!(harmless("APP_NAME", "shop"), None);
    }
}
