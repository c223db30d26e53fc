//! Vault and the log, one of them older than the other.
//!
//! **Vault is behind** when its newest version, or the time at which that was written, is not the one that the log made
//! current: it was restored from an older copy. Its values are not the stack's, so nothing acts on them until the newer ones
//! are read back from where they still stand ([`crate::recapture`]). **The log is behind** when the stack holds a version
//! of Vault's that the log does not know: it was restored itself, or somebody changed Vault and stack by hand.

mod stands;

use std::collections::{BTreeMap, BTreeSet};

use turnlock_audit::Reader;

use crate::drift::Current;
use crate::journal::LastMade;
use crate::plan::Refusal;
use crate::policy::{Paths, Policy};
use crate::recover;
use crate::secret::{Held, Name, Values, Version, Versioned};
use crate::survey;
use crate::target::{Finding, State};
use crate::vault::{Created, Vault, VaultError, together};
use crate::world::World;

use stands::in_files;
pub use stands::{Source, Stand, stands};

/// How many earlier versions are known, so that an older value is not taken for a newer one.
const EARLIER: u64 = 3;

/// What Vault has of one secret, beside what the log made current.
pub struct Looked {
    /// `None`: nothing, or nothing readable.
    pub newest: Option<Versioned>,
    /// The version that the log made current, where the newest is another one.
    pub then: Option<Versioned>,
    pub behind: Option<Behind>,
}

/// A secret whose value in Vault is older than the log says.
#[derive(Clone, Copy, Debug)]
pub struct Behind {
    pub made: LastMade,
    /// Vault's newest; `None` if it has nothing of it.
    pub newest: Option<Created>,
}

impl Behind {
    /// In a clause: `at v1, and the log's last is v2`.
    pub fn said(&self) -> String {
        let made = self.made.version;
        match self.newest {
            None => format!("not there, and the log's last is v{made}"),
            Some(newest) if newest.version < made => {
                format!("at v{}, and the log's last is v{made}", newest.version)
            }
            Some(newest) => {
                format!("at v{}, and v{made} is not the one that the log promoted", newest.version)
            }
        }
    }

    /// The number that a write has to be based on.
    pub fn based_on(&self) -> Version {
        self.newest.map_or(0, |newest| newest.version)
    }
}

/// Asks Vault for every secret of the policy, and compares with the log.
pub async fn look(
    vault: &Vault,
    policy: &Policy,
    last: &BTreeMap<Name, LastMade>,
) -> Result<BTreeMap<Name, Looked>, VaultError> {
    let looks = policy.secrets.keys().map(|name| async move {
        let looked = look_at(vault, &policy.vault, name, last.get(name)).await?;
        Ok((name.clone(), looked))
    });
    together(looks).await.into_iter().collect()
}

async fn look_at(
    vault: &Vault,
    paths: &Paths,
    name: &Name,
    made: Option<&LastMade>,
) -> Result<Looked, VaultError> {
    let (newest, created) = match vault.dated(paths, name, None).await {
        Ok(Some(found)) => found,
        Ok(None) => {
            let behind = made.map(|made| Behind { made: *made, newest: None });
            return Ok(Looked { newest: None, then: None, behind });
        }
        // Deleted is missing, to whoever needs the value; its number is still there.
        Err(VaultError::Deleted(_)) => return Ok(Looked { newest: None, then: None, behind: None }),
        Err(e) => return Err(e),
    };
    let mut then = None;
    let mut of_made = made.filter(|made| made.version == created.version).map(|_| created);
    if let Some(made) = made.filter(|made| made.version < created.version)
        // Deleted in Vault: there is nothing to go back to but the newest.
        && let Ok(Some((value, at))) = vault.dated(paths, name, Some(made.version)).await
    {
        (then, of_made) = (Some(value), Some(at));
    }
    let is_behind = made.is_some_and(|made| is_behind(made, created.version, of_made.as_ref()));
    let behind = made.filter(|_| is_behind).map(|made| Behind { made: *made, newest: Some(created) });
    Ok(Looked { newest: Some(newest), then, behind })
}

/// `of_made`: Vault's version of the number that the log made current, if there is one. Both times are Vault's own words,
/// so that no clock is compared with another one.
fn is_behind(made: &LastMade, newest: Version, of_made: Option<&Created>) -> bool {
    let another = of_made.and_then(|c| c.at).zip(made.created).is_some_and(|(is, was)| is != was);
    newest < made.version || another
}

/// Refuses whatever acts while Vault or the log is older than the other.
pub async fn refuse(world: &World, reader: &Reader, current: &Current) -> Result<(), Refusal> {
    refuse_older_vault(world, current).await?;
    let ahead = log_is_behind(world, reader, current).await;
    let Some((name, places)) = ahead.first_key_value() else { return Ok(()) };
    let (newest, made) = (&current.strangers[name], current.values.version(name).unwrap_or_default());
    let names: Vec<&str> = ahead.keys().map(Name::as_str).collect();
    let what = format!(
        "the log is older than Vault and the stack: {name} is at v{} in Vault and in {}, and the log's last is v{made}",
        newest.version,
        places.join(", ")
    );
    let help = format!(
        "if the log was restored, put its newest copy there; if there is none, or it was changed by hand: \
         `turnlock adopt {} --reason \"...\" --occurred-at WHEN`; `turnlock repair vault` takes it back to the log's",
        names.join(" ")
    );
    Err(Refusal::new(what, help))
}

/// The same, but for a log that is older: somebody has said that what it knows is to count.
pub async fn refuse_older_vault(world: &World, current: &Current) -> Result<(), Refusal> {
    if current.behind.is_empty() {
        return Ok(());
    }
    let stands = stands(world).await.unwrap_or_default();
    let mut values = current.values.clone();
    survey::add_earlier(world, &mut values, EARLIER).await;
    Err(vault_is_behind(&current.behind, &newer(&stands, &current.behind, &values)))
}

/// The places that hold another value than any that Vault has.
fn newer<'s>(
    stands: &'s BTreeMap<Name, Vec<Stand>>,
    behind: &BTreeMap<Name, Behind>,
    values: &Values,
) -> BTreeMap<Name, Vec<&'s Stand>> {
    let mut found = BTreeMap::new();
    for name in behind.keys() {
        let known: Vec<&Versioned> = values.get(name).into_iter().chain(values.others(name)).collect();
        let is_newer = |stand: &&Stand| !known.iter().any(|v| v.value.same(&stand.value));
        found.insert(name.clone(), stands.get(name).into_iter().flatten().filter(is_newer).collect());
    }
    found
}

/// What is said where Vault is behind: each secret, and where its newer value still stands.
fn vault_is_behind(behind: &BTreeMap<Name, Behind>, newer: &BTreeMap<Name, Vec<&Stand>>) -> Refusal {
    let places = |name: &Name| {
        let places: Vec<&str> = newer.get(name).into_iter().flatten().map(|s| s.place.as_str()).collect();
        if places.is_empty() { "no place that can be read".to_owned() } else { places.join(", ") }
    };
    let list = behind
        .iter()
        .map(|(name, b)| format!("{name} is {}; a newer value stands in {}", b.said(), places(name)));
    let what = format!("Vault was restored from an older copy: {}", list.collect::<Vec<_>>().join("; "));
    let sources: BTreeSet<Source> = newer.values().flatten().map(|stand| stand.source).collect();
    let names: Vec<&str> =
        newer.iter().filter(|(_, stands)| !stands.is_empty()).map(|(name, _)| name.as_str()).collect();
    let help = match sources.contains(&Source::Container) {
        _ if names.is_empty() => {
            "restore a newer copy of Vault; if every place holds what Vault has, `turnlock adopt` writes that down".into()
        }
        true => format!("`turnlock recapture {} --from container --reason \"...\"`", names.join(" ")),
        false => format!("`turnlock recapture {} --from file --reason \"...\"`", names.join(" ")),
    };
    Refusal::new(what, help)
}

/// The same for who has neither engine nor compose files: the files alone are looked at. If all is well, Vault's newest values.
pub async fn refuse_by_files(
    vault: &Vault,
    policy: &Policy,
    last: &BTreeMap<Name, LastMade>,
) -> Result<Result<Values, Refusal>, VaultError> {
    let (mut behind, mut values) = (BTreeMap::new(), Values::default());
    for (name, looked) in look(vault, policy, last).await? {
        if let Some(newest) = looked.newest {
            values.insert(name.clone(), newest.version, newest.value);
        }
        behind.extend(looked.behind.map(|b| (name, b)));
    }
    if behind.is_empty() {
        return Ok(Ok(values));
    }
    let stands = in_files(policy).unwrap_or_default();
    Ok(Err(vault_is_behind(&behind, &newer(&stands, &behind, &values))))
}

/// Secrets of which the stack holds Vault's newest version, and the log knows only an older one; with the places. A rotation
/// that has not ended explains that by itself.
pub async fn log_is_behind(world: &World, reader: &Reader, current: &Current) -> BTreeMap<Name, Vec<String>> {
    let mut found = BTreeMap::new();
    if current.strangers.is_empty() || !matches!(recover::unfinished(reader).await, Ok(None)) {
        return found;
    }
    let stands = stands(world).await.unwrap_or_default();
    for (name, newest) in &current.strangers {
        let holds = |stand: &&Stand| stand.value.same(&newest.value);
        let places: Vec<String> =
            stands.get(name).into_iter().flatten().filter(holds).map(|s| s.place.clone()).collect();
        if !places.is_empty() {
            found.insert(name.clone(), places);
        }
    }
    found
}

/// What drift says of such secrets, in the place of "unknown value": what must not be repaired away.
pub async fn explain(world: &World, reader: &Reader, current: &Current, findings: &mut [Finding]) {
    let ahead = log_is_behind(world, reader, current).await;
    for finding in findings.iter_mut().filter(|f| !f.is_good()) {
        let Some(name) = &finding.secret else { continue };
        if let Some(behind) = current.behind.get(name) {
            explain_behind(name, behind, &finding.target, &mut finding.state);
        } else if finding.target == "vault" && ahead.contains_key(name) {
            let made = current.values.version(name).unwrap_or_default();
            let newest = current.strangers[name].version;
            finding.state = State::Lost(format!(
                "v{newest}, as the stack does, and the log's last is v{made}: the log is older; `turnlock adopt {name}`"
            ));
        }
    }
}

fn explain_behind(name: &Name, behind: &Behind, target: &str, state: &mut State) {
    let source = match target {
        "containers" => Some("container"),
        file if file.starts_with("file.") => Some("file"),
        "vault" => {
            *state = State::Lost(format!("{}: Vault was restored from an older copy", behind.said()));
            return;
        }
        _ => None,
    };
    let unknown = !matches!(state, State::Differs { held: Held::Version(_), .. });
    match (source, unknown) {
        (Some(source), true) => {
            *state = State::Lost(format!(
                "a value that Vault does not have: `turnlock recapture {name} --from {source}`"
            ));
        }
        (None, true) => *state = State::Lost("a value that Vault does not have".into()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Maker;

    #[test]
    fn a_lower_number_or_another_time_of_the_same_number_is_behind() {
        let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
        let (then, later) = (at("2026-11-01T10:00:00.000000001Z"), at("2026-11-01T10:00:00.000000002Z"));
        let made =
            |created| LastMade { version: 3, at: later, by: Maker::Rotation, created, age_from: later };
        let created = |version, at| Created { version, at: Some(at), readable: true };
        assert!(is_behind(&made(None), 2, None));
        assert!(!is_behind(&made(None), 3, Some(&created(3, later))), "an older log does not have the time");
        assert!(!is_behind(&made(Some(then)), 3, Some(&created(3, then))));
        assert!(is_behind(&made(Some(then)), 3, Some(&created(3, later))));
        assert!(is_behind(&made(Some(later)), 3, Some(&created(3, then))));
        assert!(is_behind(&made(Some(then)), 5, Some(&created(3, later))), "written over since");
        assert!(!is_behind(&made(Some(then)), 5, Some(&created(3, then))), "somebody else wrote");
        assert!(!is_behind(&made(Some(then)), 5, None), "deleted");
    }
}
