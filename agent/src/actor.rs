//! Who acts and who asked: what every entry of the log carries.
//!
//! What Vault vouches for is the entity. What a process says of itself, and the name that somebody gave a token, are
//! written down as `asserted`: anybody could say so.

use turnlock_audit::Asserted;

use crate::redact::escaped;
use crate::vault::{Identity, Vault};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub actor: String,
    pub requester: String,
    /// What the asking process says of itself.
    pub asserted: Asserted,
}

impl Actor {
    /// For what a person, or a person's timer, typed: the requester is whoever's token they have.
    pub async fn asked_by_caller(vault: &Vault) -> Self {
        let (caller, process) = (vault.caller().await, Process::this());
        Self {
            actor: actor(&vault.me(), &process),
            requester: requester(caller.as_ref(), &process),
            asserted: asserted(caller.as_ref(), &process),
        }
    }

    /// For what is done on a schedule: nobody asked but the agent itself, whoever may have started it.
    pub fn on_its_own(vault: &Vault) -> Self {
        let process = Process::this();
        let actor = actor(&vault.me(), &process);
        Self { requester: actor.clone(), actor, asserted: asserted(None, &process) }
    }
}

/// What this process says of itself.
pub fn this_process() -> Asserted {
    asserted(None, &Process::this())
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
    match caller.and_then(entity) {
        Some(entity) => entity,
        None => format!("{} (asserted)", process.facts()),
    }
}

fn asserted(caller: Option<&Identity>, process: &Process) -> Asserted {
    Asserted {
        name: caller.and_then(|c| c.display.as_deref()).map(name),
        uid: Some(process.uid),
        sudo_uid: process.sudo,
        host: Some(escaped(&process.host)),
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
        assert_eq!(requester(Some(&alice), &process(None)), "entity:7d2e3179-f69b");
        let said = asserted(Some(&alice), &process(Some(1000)));
        let expected = Asserted {
            name: Some("userpass-alice".into()),
            uid: Some(0),
            sudo_uid: Some(1000),
            host: Some("web1".into()),
        };
        assert_eq!(said, expected);
        let root = identity(None, Some("root"));
        assert_eq!(requester(Some(&root), &process(None)), "uid 0 on web1 (asserted)");
        assert_eq!(requester(None, &process(None)), "uid 0 on web1 (asserted)");
        assert_eq!(requester(None, &process(Some(1000))), "uid 0 by sudo of uid 1000 on web1 (asserted)");
        assert_eq!(actor(&alice, &process(None)), "entity:7d2e3179-f69b");
        assert_eq!(actor(&root, &process(None)), "turnlock@web1 (asserted)");
    }

    #[test]
    fn a_tokens_name_cannot_pretend_to_be_more() {
        let sly = identity(Some("a) entity:b"), Some("x) entity:7d2e (asserted: root\u{1b}[2J"));
        assert_eq!(requester(Some(&sly), &process(None)), "uid 0 on web1 (asserted)");
        let said = asserted(Some(&sly), &process(None));
        assert_eq!(said.name.as_deref(), Some("x_ entity:7d2e _asserted: root\\u{1b}[2J"));
        let long = identity(None, Some(&"x".repeat(1000)));
        assert!(asserted(Some(&long), &process(None)).name.is_some_and(|name| name.len() < 100));
    }
}
