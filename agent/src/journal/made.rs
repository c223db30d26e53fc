//! Which version of a secret the log made current last, and by what. However long the log is, little of it is read, and
//! little of that is kept.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use turnlock_audit::{Entry, Filter, LogError, Outcome, Reader, Stored};

use crate::policy::Policy;
use crate::secret::{Name, Version};

/// What the log says of a secret: the version it made current last, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastMade {
    pub version: Version,
    pub at: Timestamp,
    pub by: Maker,
    /// When Vault said that it wrote this version. A log of an older program does not have it.
    pub created: Option<Timestamp>,
    /// From when its age counts: a value that was only written down again, or made by hand, is as old as the last one that
    /// was rotated or imported.
    pub age_from: Timestamp,
}

/// The actions after which a secret has a new current version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    Rotation,
    Import,
    Repair,
    /// Read back from the stack, after Vault had lost it.
    Recapture,
    /// Changed by hand, and taken over.
    Manual,
}

impl Maker {
    const ALL: [Maker; 5] = [Maker::Rotation, Maker::Import, Maker::Repair, Maker::Recapture, Maker::Manual];

    pub fn action(self) -> &'static str {
        match self {
            Maker::Rotation => "promote",
            Maker::Import => "import",
            Maker::Repair => "repair",
            Maker::Recapture => "recapture",
            Maker::Manual => "manual",
        }
    }

    /// Whether it begins a new life of the secret. What a person set by hand is never counted as a rotation.
    fn renews(self) -> bool {
        !matches!(self, Maker::Recapture | Maker::Manual)
    }

    pub fn of(action: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.action() == action)
    }
}

/// Which version the log made current last, of those secrets of the policy that it knows.
pub async fn last_made(reader: &Reader, policy: &Policy) -> Result<BTreeMap<Name, LastMade>, LogError> {
    of(reader, policy.secrets.keys().collect()).await
}

async fn of(reader: &Reader, names: BTreeSet<&Name>) -> Result<BTreeMap<Name, LastMade>, LogError> {
    let mut all: BTreeMap<&Name, Vec<Made>> = BTreeMap::new();
    for by in Maker::ALL {
        for (name, made) in newest(reader, by, names.clone()).await? {
            all.entry(name).or_default().push(made);
        }
    }
    let mut last = BTreeMap::new();
    for (name, mut all) in all {
        all.sort_by_key(|made| made.seq);
        let renewed = all.iter().rfind(|made| made.by.renews()).map(|made| made.at);
        let age_from = match renewed {
            Some(at) => at,
            None => first_by_hand(reader, name).await?.unwrap_or(all[0].at),
        };
        let Some(&Made { version, at, by, created, .. }) = all.last() else { continue };
        last.insert(name.clone(), LastMade { version, at, by, created, age_from });
    }
    Ok(last)
}

/// One entry's word on one secret.
#[derive(Clone, Copy)]
struct Made {
    seq: u64,
    version: Version,
    at: Timestamp,
    by: Maker,
    created: Option<Timestamp>,
}

impl Made {
    fn of(stored: &Stored, name: &Name, version: Version, by: Maker) -> Self {
        Self {
            seq: stored.seq,
            version,
            at: stored.entry.at,
            by,
            created: created(&stored.entry, name.as_str()),
        }
    }
}

/// So many entries at a time: one of many secrets has up to 64 KiB.
const PAGE: u32 = 50;

/// The newest entry of one maker, of each secret that has one. The newest pages are read as long as each of them tells of
/// a secret that none before did; those that are left then are asked for one by one.
async fn newest<'n>(
    reader: &Reader,
    by: Maker,
    mut wanted: BTreeSet<&'n Name>,
) -> Result<BTreeMap<&'n Name, Made>, LogError> {
    let mut found = BTreeMap::new();
    let mut filter = Filter { newest_first: true, limit: Some(PAGE), ..made_by(by) };
    while !wanted.is_empty() {
        let before = wanted.len();
        let page = reader.query(&filter).await?;
        for stored in &page {
            for (subject, versions) in &stored.entry.subjects {
                let (Ok(name), Some(version)) = (subject.parse::<Name>(), versions.to) else { continue };
                let Some(name) = wanted.take(&name) else { continue };
                found.insert(name, Made::of(stored, name, version, by));
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => filter.before_seq = Some(last.seq),
            // There are no more.
            _ => return Ok(found),
        }
        if wanted.len() == before {
            break;
        }
    }
    filter.limit = Some(1);
    for name in wanted {
        filter.subject = Some(name.to_string());
        let Some(stored) = reader.query(&filter).await?.into_iter().next() else { continue };
        let Some(version) = stored.entry.subjects.get(name.as_str()).and_then(|v| v.to) else { continue };
        found.insert(name, Made::of(&stored, name, version, by));
    }
    Ok(found)
}

fn made_by(by: Maker) -> Filter {
    Filter { action: Some(by.action().into()), outcome: Some(Outcome::Done), ..Filter::default() }
}

/// When a secret was made that was never rotated or imported.
async fn first_by_hand(reader: &Reader, name: &Name) -> Result<Option<Timestamp>, LogError> {
    let mut first: Option<(u64, Timestamp)> = None;
    for by in Maker::ALL.into_iter().filter(|by| !by.renews()) {
        let filter = Filter { subject: Some(name.to_string()), limit: Some(1), ..made_by(by) };
        let found = reader.query(&filter).await?;
        first = found.iter().map(|s| (s.seq, s.entry.at)).chain(first).min();
    }
    Ok(first.map(|(_, at)| at))
}

/// When Vault wrote a secret's version, as an entry's detail says it.
pub(super) fn created_detail(name: &str, at: Timestamp) -> serde_json::Value {
    serde_json::json!({ "created": { name: at.to_string() } })
}

fn created(entry: &Entry, name: &str) -> Option<Timestamp> {
    entry.detail.as_ref()?.get("created")?.get(name)?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::seq::IndexedRandom;
    use rand::{RngExt, SeedableRng};
    use turnlock_audit::{Log, Phase, Versions};

    use super::*;

    /// The same by reading all of it, from the first entry to the last.
    async fn by_all(reader: &Reader) -> BTreeMap<Name, LastMade> {
        let mut last: BTreeMap<Name, LastMade> = BTreeMap::new();
        for stored in reader.query(&Filter::default()).await.unwrap() {
            let (Some(by), Some(Outcome::Done)) = (Maker::of(&stored.entry.action), stored.entry.outcome)
            else {
                continue;
            };
            let at = stored.entry.at;
            for (subject, versions) in &stored.entry.subjects {
                let Some(version) = versions.to else { continue };
                let name: Name = subject.parse().unwrap();
                let before = last.get(&name).filter(|_| !by.renews());
                let age_from = before.map_or(at, |made| made.age_from);
                let created = created(&stored.entry, subject);
                last.insert(name, LastMade { version, at, by, created, age_from });
            }
        }
        last
    }

    /// One that a maker wrote, or that has nothing to do with it, of one secret or of several.
    fn entry(random: &mut StdRng, number: u64, names: &[Name]) -> Entry {
        let at = Timestamp::from_second(1_700_000_000 + i64::try_from(number).unwrap()).unwrap();
        let kinds = ["promote", "promote", "promote", "verify", "import", "repair", "recapture", "manual"];
        let action = if number < 200 { "verify" } else { *kinds.choose(random).unwrap() };
        let mut entry = Entry::new(at, action, Phase::Outcome, "a", "turnlock/test");
        entry.outcome = Some(if random.random_bool(0.8) { Outcome::Done } else { Outcome::Failed });
        let among = if random.random_bool(0.9) { &names[..3] } else { names };
        for _ in 0..random.random_range(1..3) {
            let name = among.choose(random).unwrap();
            let versions = Versions { from: None, to: Some(number + 1) };
            entry.subjects.insert(name.to_string(), versions);
            entry.detail = Some(created_detail(name.as_str(), at));
        }
        entry
    }

    #[tokio::test]
    async fn a_little_of_the_log_says_what_all_of_it_says() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("audit.db").display()).parse().unwrap();
        let log = Log::init(&url).await.unwrap();
        let names: Vec<Name> = ["A", "B", "C", "D", "E", "F"].map(|n| n.parse().unwrap()).into();
        let mut random = StdRng::seed_from_u64(5);
        for batch in 0..20 {
            let entries: Vec<_> = (0..50).map(|n| entry(&mut random, batch * 50 + n, &names[..5])).collect();
            log.append(&entries).await.unwrap();
            let (reader, whole) = (log.reader(), by_all(&log.reader()).await);
            assert_eq!(of(&reader, names.iter().collect()).await.unwrap(), whole, "batch {batch}");
        }
        let one = of(&log.reader(), names[3..4].iter().collect()).await.unwrap();
        assert_eq!(one.into_keys().collect::<Vec<_>>(), names[3..4]);
        log.close().await;
    }
}
