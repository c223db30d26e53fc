//! Who acts and who asked: what every entry of the log carries.
//!
//! What Vault vouches for is the entity. What a process says of itself, and the name that somebody gave a token, are
//! written down as `asserted`: anybody could say so.

use crate::redact::escaped;
use crate::vault::{Identity, Vault};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub actor: String,
    pub requester: String,
}

impl Actor {
    /// For what a person, or a person's timer, typed: the requester is whoever's token they have.
    pub async fn asked_by_caller(vault: &Vault) -> Self {
        let caller = vault.caller().await;
        Self {
            actor: actor(&vault.me(), &Process::this()),
            requester: requester(caller.as_ref(), &Process::this()),
        }
    }

    /// For what is done on a schedule: nobody asked but the agent itself, whoever may have started it.
    pub fn on_its_own(vault: &Vault) -> Self {
        let actor = actor(&vault.me(), &Process::this());
        Self { requester: actor.clone(), actor }
    }
}

/// What the process says of itself.
struct Process {
    uid: u32,
    /// Who used `sudo` to become that.
    sudo: Option<u32>,
    host: String,
}

impl Process {
    fn this() -> Self {
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let sudo = std::env::var("SUDO_UID").ok().and_then(|uid| uid.parse().ok());
        Self { uid: rustix::process::getuid().as_raw(), sudo, host }
    }

    fn facts(&self) -> String {
        let Self { uid, host, .. } = self;
        match self.sudo {
            Some(by) => format!("uid {uid} by sudo of uid {by} on {host}"),
            None => format!("uid {uid} on {host}"),
        }
    }
}

fn actor(me: &Identity, process: &Process) -> String {
    match entity(me) {
        Some(entity) => entity,
        None => format!("turnlock@{} (asserted)", process.host),
    }
}

fn requester(caller: Option<&Identity>, process: &Process) -> String {
    let display = caller.and_then(|c| c.display.as_deref()).map(name);
    let asserted: Vec<String> = display.into_iter().chain([process.facts()]).collect();
    let asserted = asserted.join(", ");
    match caller.and_then(entity) {
        Some(entity) => format!("{entity} (asserted: {asserted})"),
        None => format!("{asserted} (asserted)"),
    }
}

/// Vault makes these ids itself: anything else is not one.
fn entity(who: &Identity) -> Option<String> {
    let id = who.entity.as_deref()?;
    let fit = id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    fit.then(|| format!("entity:{id}"))
}

/// A name that anybody may have chosen: bounded, and not to be taken for something of ours.
fn name(theirs: &str) -> String {
    let short: String =
        theirs.chars().take(64).map(|c| if matches!(c, '(' | ')' | ',') { '_' } else { c }).collect();
    escaped(&short)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(sudo: Option<u32>) -> Process {
        Process { uid: 0, sudo, host: "web1".into() }
    }

    fn identity(entity: Option<&str>, display: Option<&str>) -> Identity {
        Identity { entity: entity.map(str::to_owned), display: display.map(str::to_owned) }
    }

    #[test]
    fn only_the_entity_is_more_than_asserted() {
        let alice = identity(Some("7d2e3179-f69b"), Some("userpass-alice"));
        let said = requester(Some(&alice), &process(None));
        assert_eq!(said, "entity:7d2e3179-f69b (asserted: userpass-alice, uid 0 on web1)");
        let root = identity(None, Some("root"));
        assert_eq!(requester(Some(&root), &process(None)), "root, uid 0 on web1 (asserted)");
        assert_eq!(requester(None, &process(None)), "uid 0 on web1 (asserted)");
        assert_eq!(requester(None, &process(Some(1000))), "uid 0 by sudo of uid 1000 on web1 (asserted)");
        assert_eq!(actor(&alice, &process(None)), "entity:7d2e3179-f69b");
        assert_eq!(actor(&root, &process(None)), "turnlock@web1 (asserted)");
    }

    #[test]
    fn a_tokens_name_cannot_pretend_to_be_more() {
        let sly = identity(Some("a) entity:b"), Some("x) entity:7d2e (asserted: root\u{1b}[2J"));
        let said = requester(Some(&sly), &process(None));
        assert_eq!(said, "x_ entity:7d2e _asserted: root\\u{1b}[2J, uid 0 on web1 (asserted)");
        let long = identity(None, Some(&"x".repeat(1000)));
        assert!(requester(Some(&long), &process(None)).len() < 100);
    }
}
