//! What commands open: the policy, the log, the world.

use std::collections::BTreeMap;
use std::path::PathBuf;

use turnlock_audit::{AuditUrl, Log, Reader};

use super::{Code, Error, Global};
use crate::actor::Actor;
use crate::drift::{self, Current};
use crate::journal::{self, Cause, Journal, LastMade, Trigger};
use crate::policy::{self, Policy};
use crate::secret::Name;
use crate::world::World;

impl Global {
    pub(super) fn load_policy(&self) -> Result<Policy, Error> {
        Ok(policy::load(&self.policy)?)
    }

    pub(super) fn audit_url(&self) -> Result<AuditUrl, Error> {
        let text = match &self.audit_url {
            Some(url) => url.clone(),
            None => default_log().ok_or_else(|| {
                Error::new(Code::Usage, "there is no place for the audit log", "set TURNLOCK_AUDIT_URL")
            })?,
        };
        text.parse()
            .map_err(|e| Error::new(Code::Usage, format!("{e}"), "give it as sqlite:///path/to/audit.db"))
    }

    pub(super) async fn open_log(&self) -> Result<Log, Error> {
        Ok(Log::open(&self.audit_url()?).await?)
    }

    pub(super) async fn open_reader(&self) -> Result<Reader, Error> {
        Ok(Reader::open(&self.audit_url()?).await?)
    }

    /// The stack and its log, opened beside each other.
    pub(super) async fn open_both(&self) -> Result<(Log, Opened), Error> {
        let policy = self.load_policy()?;
        let (log, world) = tokio::join!(self.open_log(), World::open(policy));
        // A log that cannot be opened is told first: without it nothing is done.
        let log = log?;
        let opened = opened(&log.reader(), world?).await?;
        Ok((log, opened))
    }

    /// The same for those who only read.
    pub(super) async fn open_world(&self, reader: &Reader) -> Result<Opened, Error> {
        opened(reader, World::open(self.load_policy()?).await?).await
    }
}

/// A log belongs to one stack.
pub(super) async fn same_stack(reader: &Reader, policy: &Policy) -> Result<(), Error> {
    let mine = &policy.stack.name;
    match journal::stack(reader).await?.filter(|stack| stack != mine) {
        None => Ok(()),
        Some(other) => {
            let what = format!("this audit log is of the stack {other}, and the policy is of {mine}");
            Err(Error::new(Code::Refused, what, "give each stack a log of its own (TURNLOCK_AUDIT_URL)"))
        }
    }
}

async fn opened(reader: &Reader, world: World) -> Result<Opened, Error> {
    same_stack(reader, &world.policy).await?;
    let last = journal::last_made(reader).await?;
    let current = drift::current(&world, &last).await?;
    Ok(Opened { world, last, current })
}

pub(super) struct Opened {
    pub world: World,
    pub last: BTreeMap<Name, LastMade>,
    pub current: Current,
}

impl Opened {
    /// The log, written on behalf of whoever started this process.
    pub(super) async fn journal(&self, log: Log, cause: Cause) -> Result<Journal, Error> {
        let actor = Actor::asked_by_caller(&self.world.vault).await;
        self.journal_of(log, actor, cause).await
    }

    /// The log, written on nobody's behalf but the agent's own.
    pub(super) async fn own_journal(&self, log: Log) -> Result<Journal, Error> {
        let actor = Actor::on_its_own(&self.world.vault);
        self.journal_of(log, actor, Cause::new(Trigger::Schedule, None)).await
    }

    async fn journal_of(&self, log: Log, actor: Actor, cause: Cause) -> Result<Journal, Error> {
        Ok(Journal::new(log, &self.world.vault, actor, &self.world.policy.stack.name, cause).await?)
    }
}

/// systemd's state directory, else the user's.
fn default_log() -> Option<String> {
    let variable = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let folder = variable("STATE_DIRECTORY")
        .or_else(|| variable("XDG_STATE_HOME").map(|d| d.join("turnlock")))
        .or_else(|| variable("HOME").map(|d| d.join(".local/state/turnlock")))?;
    Some(format!("sqlite://{}", folder.join("audit.db").display()))
}
