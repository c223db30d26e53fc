//! Every hole that we know in an append-only table, tried on both stores. What comes of it is written to `docs/attacks.md`
//! (`SNAPSHOTS=overwrite cargo test -p turnlock-audit --test attacks`), and compared with it otherwise.

mod attack_list;
mod support;

use std::fmt::Write;

use attack_list::{ATTACKS, Attack, By, Ends, On};
use support::{Place, entry, postgres::Database, story};
use turnlock_audit::{LogError, posture};

/// One attack at a time on a log of its own, unless it is refused: then nothing may have changed.
#[tokio::test(flavor = "multi_thread")]
async fn each_is_refused_or_reported_and_the_page_says_so() {
    let shared = with_story().await;
    let (mut page, mut wrongs) = (String::from(HEAD), Vec::new());
    for (number, attack) in ATTACKS.iter().enumerate() {
        let mut cells = Vec::new();
        for on in [On::Postgres, On::Sqlite] {
            let tries: Vec<_> = attack.tries.iter().filter(|t| t.0.on() == on).collect();
            let mut results: Vec<String> = Vec::new();
            for (by, sql, expected) in tries {
                let said = match on {
                    On::Postgres => on_postgres(&shared, attack, *by, sql, *expected).await,
                    On::Sqlite => on_sqlite(attack, sql, *expected).await,
                };
                let said = said.unwrap_or_else(|wrong| {
                    wrongs.push(format!("{}, {}: {sql}: {wrong}", attack.title, by.name()));
                    "?".into()
                });
                let said = format!("{}: {said}", by.name());
                if !results.contains(&said) {
                    results.push(said);
                }
            }
            cells.push(if results.is_empty() { "—".to_owned() } else { results.join("; ") });
        }
        let _ = writeln!(page, "| {} | {} | {} | {} |", number + 1, attack.title, cells[0], cells[1]);
    }
    page.push_str(TAIL);
    assert!(wrongs.is_empty(), "{}", wrongs.join("\n"));
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/attacks.md");
    if std::env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
        std::fs::write(file, &page).unwrap();
    }
    let written = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        written == page,
        "docs/attacks.md is not what this test found; SNAPSHOTS=overwrite writes it anew"
    );
}

async fn with_story() -> Database {
    let database = Database::new().await;
    let log = database.open().await;
    log.append(&story()).await.unwrap();
    log.close().await;
    database
}

/// What came of it, or how it ended otherwise.
type Ended = Result<String, String>;

fn ended(as_it_must: bool, result: &str, otherwise: impl std::fmt::Display) -> Ended {
    if as_it_must { Ok(result.into()) } else { Err(otherwise.to_string()) }
}

async fn on_postgres(shared: &Database, attack: &Attack, by: By, sql: &str, expected: Ends) -> Ended {
    let of = |database: &Database| {
        let become_owner = match by {
            By::Owner => format!("SET ROLE {}_audit_owner; ", database.name),
            _ => String::new(),
        };
        (by.user(&database.name), become_owner + &sql.replace("$name", &database.name))
    };
    if expected == Ends::Refused {
        let before = shared.contents().await;
        let (user, sql) = of(shared);
        let Err(error) = shared.raw(&user, &sql).await else { return Err("it succeeded".into()) };
        let code = error.as_database_error().and_then(|e| e.code()).unwrap_or_default().into_owned();
        // Any other code would say that the attack itself was wrongly written.
        let refusals = ["42501", "TL001", "TL002", "TL003", "22P02", "22021", "55000"];
        let unchanged = shared.contents().await == before && shared.verify().await.is_ok();
        return ended(unchanged && refusals.contains(&&*code), "refused", error);
    }
    let database = with_story().await;
    let (user, sql) = of(&database);
    database.raw(&user, &sql).await.map_err(|e| e.to_string())?;
    match expected {
        Ends::Verify(words) => {
            let Err(error) = database.verify().await else { return Err("verify found nothing".into()) };
            ended(error.to_string().contains(words), "reported by verify", error)
        }
        Ends::Posture(words) => {
            let found = posture::check(&database.agent()).await.map_err(|e| e.to_string())?.findings;
            let named = found.iter().any(|f| f.what.contains(words));
            ended(named, "reported by posture", format!("{found:?}"))
        }
        Ends::Harmless | Ends::Refused => {
            database.open().await.append(&[entry(8)]).await.map_err(|e| e.to_string())?;
            let verified = database.verify().await.map_err(|e| e.to_string())?;
            ended(verified.size == 9, "no effect", attack.title)
        }
    }
}

async fn on_sqlite(attack: &Attack, sql: &str, expected: Ends) -> Ended {
    let place = Place::with_story().await;
    let before = place.contents().await;
    let tried = place.raw(sql).await;
    if expected == Ends::Refused {
        let Err(error) = tried else { return Err("it succeeded".into()) };
        let unchanged = place.contents().await == before && place.verify().await.is_ok();
        return ended(unchanged && error.to_string().contains("append-only"), "refused", error);
    }
    tried.map_err(|e| e.to_string())?;
    match expected {
        Ends::Verify(words) => {
            let Err(error) = place.verify().await else { return Err("verify found nothing".into()) };
            if !error.to_string().contains(words) {
                return Err(error.to_string());
            }
            match turnlock_audit::Log::open(&place.url).await {
                Ok(_) => Ok("reported by verify".into()),
                Err(LogError::Rules(_) | LogError::Damaged(_)) => {
                    Ok("reported by verify, and nothing more is written".into())
                }
                Err(error) => Err(error.to_string()),
            }
        }
        Ends::Posture(words) => {
            let found = posture::check(&place.url).await.map_err(|e| e.to_string())?.findings;
            let named = found.iter().any(|f| f.what.contains(words));
            ended(named, "reported by posture", format!("{found:?}"))
        }
        Ends::Harmless | Ends::Refused => {
            let unchanged = place.contents().await == before;
            place.open().await.append(&[entry(8)]).await.map_err(|e| e.to_string())?;
            let verified = place.verify().await.map_err(|e| e.to_string())?;
            ended(unchanged && verified.size == 9, "no effect", attack.title)
        }
    }
}

const HEAD: &str = "\
# Attacks on the audit log

Each line was tried on a real PostgreSQL 15 and on a SQLite file, by the role that is named, with the statement itself and
not through Turnlock. Made by `audit/tests/attacks.rs`; it fails when one of these ends otherwise.

**Refused**: the statement fails, nothing has changed, and the log verifies. **Reported by verify**: it can't be refused (a
superuser, or whoever owns the file, always wins inside), and `turnlock audit verify` names it. **Reported by posture**:
`turnlock audit posture` names it, before it is used. **No effect**: it succeeds and changes nothing of the log.

The *agent* may append and read, the *auditor* may read, the *owner* can't log in and is reached by a superuser alone
(`SET ROLE`).

| | attack | PostgreSQL | SQLite |
|---|---|---|---|
";

const TAIL: &str = "
What nothing in here can tell: somebody who can write everything (a superuser, the file's owner, root), and who makes the
whole log anew from the first changed entry on, with all hashes. Only a head that was kept elsewhere tells:
`turnlock audit verify --head`.
";
