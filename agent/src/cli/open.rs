//! What commands open: the policy, the log, the world.

use std::collections::BTreeMap;
use std::path::PathBuf;

use turnlock_audit::posture::{self, Posture};
use turnlock_audit::{AuditUrl, Log, Reader};

use super::{Code, Error, Global};
use crate::actor::Actor;
use crate::drift::{self, Current};
use crate::journal::{self, Cause, Journal, LastMade, Trigger};
use crate::lock::Lock;
use crate::metrics;
use crate::plan::Refusal;
use crate::policy::{self, Policy};
use crate::redact;
use crate::restored;
use crate::secret::{Name, Values};
use crate::vault::Vault;
use crate::world::{LogServer, World};

impl Global {
    pub(super) fn load_policy(&self) -> Result<Policy, Error> {
        let policy = policy::load(&self.policy)?;
        metrics::stack(&policy.stack.name);
        Ok(policy)
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

    /// At an agent's start: that there is a log which it may write, and how that is kept.
    pub(super) async fn look_at_log(&self) -> Result<(), Error> {
        let log = self.open_log().await?;
        let posture = posture::check(&self.audit_url()?).await?;
        journal::posture_at_start(&log, &posture).await?;
        log.close().await;
        judge(&posture, self.strict)
    }

    /// The stack and its log, for whatever acts: refused while one of Vault and log is older than the other.
    pub(super) async fn open_both(&self) -> Result<(Log, Opened), Error> {
        let (log, opened) = self.open_restored().await?;
        restored::refuse(&opened.world, &log.reader(), &opened.current).await?;
        Ok((log, opened))
    }

    /// At an agent's start, and when a round of it failed. What cannot be asked is said by the next round.
    pub(super) async fn refuse_restored(&self) -> Result<(), Error> {
        let Ok((log, opened)) = self.open_restored().await else { return Ok(()) };
        let refused = restored::refuse(&opened.world, &log.reader(), &opened.current).await;
        log.close().await;
        Ok(refused?)
    }

    /// The same for what brings them together again. Opened beside each other.
    pub(super) async fn open_restored(&self) -> Result<(Log, Opened), Error> {
        let (policy, url) = (self.load_policy()?, self.audit_url()?);
        let (log, world, posture) = tokio::join!(self.open_log(), World::open(policy), posture::check(&url));
        // A log that cannot be opened is told first: without it nothing is done.
        let log = log?;
        let opened = Opened {
            posture: Some(posture?),
            strict: self.strict,
            ..opened(&log.reader(), world?, &url).await?
        };
        Ok((log, opened))
    }

    /// A log for what is done outside of a stack that is open.
    pub(super) async fn journal(&self, log: Log, vault: &Vault, policy: &Policy) -> Result<Journal, Error> {
        let posture = posture::check(&self.audit_url()?).await?;
        let actor = Actor::asked_by_caller(vault).await;
        let journal = Journal::new(log, vault, actor, &policy.stack.name, Cause::person()).await?;
        examine(&journal, &posture, self.strict).await?;
        Ok(journal)
    }

    /// The same for those who only read.
    pub(super) async fn open_world(&self, reader: &Reader) -> Result<Opened, Error> {
        opened(reader, World::open(self.load_policy()?).await?, &self.audit_url()?).await
    }
}

/// How the log is kept is an entry, written with what comes next; under `--strict` a finding is a refusal.
async fn examine(journal: &Journal, posture: &Posture, strict: bool) -> Result<(), Error> {
    journal.posture(posture);
    let judged = judge(posture, strict);
    if judged.is_err() {
        journal.flush().await?;
    }
    judged
}

fn judge(posture: &Posture, strict: bool) -> Result<(), Error> {
    let Some(first) = posture.findings.first() else { return Ok(()) };
    if strict {
        let what = format!("the audit log could be changed more easily than it has to be: {}", first.what);
        return Err(Error::new(Code::Refused, what, format!("{}; see `turnlock audit posture`", first.help)));
    }
    tracing::warn!(findings = posture.findings.len(), first = first.what, "see `turnlock audit posture`");
    Ok(())
}

/// What a person says is kept in the log for ever.
pub(super) fn refuse_value(reason: &str, world: &World, values: &Values) -> Result<(), Error> {
    let what = match reason.trim().is_empty() {
        true => "the reason is empty",
        false if reason.chars().count() > redact::LONGEST => "the reason is too long for the log",
        false if redact::text(reason, [values], &world.passed) == *reason => return Ok(()),
        false => "the reason holds a secret's value, or control characters",
    };
    Err(Error::new(Code::Usage, what, "say it in other words; nothing was touched"))
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

async fn opened(reader: &Reader, mut world: World, url: &AuditUrl) -> Result<Opened, Error> {
    same_stack(reader, &world.policy).await?;
    let last = journal::last_made(reader, &world.policy).await?;
    let current = drift::current(&world, &last).await?;
    if let Some(skew) = world.vault.skew().filter(|skew| skew.is_told(&world.policy.limits)) {
        tracing::warn!(
            "{skew}: times in the log are wrong by so much, if it is ours that is wrong; set the clock"
        );
    }
    if let AuditUrl::Postgres(server) = url {
        let (host, user) = (server.host().to_owned(), server.user().to_owned());
        world.log = Some(LogServer { host, port: server.port(), user });
    }
    Ok(Opened { world, last, current, posture: None, strict: false })
}

pub(super) struct Opened {
    pub world: World,
    pub last: BTreeMap<Name, LastMade>,
    pub current: Current,
    posture: Option<Posture>,
    strict: bool,
}

impl Opened {
    /// For what a schedule alone has asked for: what is due is told by the clock.
    pub(super) fn refuse_by_clock(&self) -> Result<(), Refusal> {
        let limits = &self.world.policy.limits;
        self.world.vault.skew().map_or(Ok(()), |skew| skew.refuse_scheduled(limits))
    }

    /// The same for whoever has not changed anything yet: neither what is current nor what is pending.
    pub(super) async fn refuse_value(&self, reason: Option<&str>) -> Result<(), Error> {
        let Some(reason) = reason else { return Ok(()) };
        let mut values = self.current.values.clone();
        drift::add_pending(&mut values, &drift::staged(&self.world).await?);
        refuse_value(reason, &self.world, &values)
    }

    /// The log, written on behalf of whoever started this process.
    pub(super) async fn journal(&self, log: Log, cause: Cause) -> Result<Journal, Error> {
        let actor = Actor::asked_by_caller(&self.world.vault).await;
        self.journal_of(log, actor, cause).await
    }

    /// The same with the right to act, for a person who says why.
    pub(super) async fn act(&self, log: Log, reason: Option<&str>) -> Result<(Journal, Lock), Error> {
        let cause = Cause::new(Trigger::Person, reason.map(str::to_owned));
        let journal = self.journal(log, cause).await?;
        let lock = Lock::take(&self.world.policy.stack.root, &journal).await?;
        Ok((journal, lock))
    }

    /// The log, written on nobody's behalf but the agent's own.
    pub(super) async fn own_journal(&self, log: Log) -> Result<Journal, Error> {
        let actor = Actor::on_its_own(&self.world.vault);
        self.journal_of(log, actor, Cause::new(Trigger::Schedule, None)).await
    }

    async fn journal_of(&self, log: Log, actor: Actor, cause: Cause) -> Result<Journal, Error> {
        let journal =
            Journal::new(log, &self.world.vault, actor, &self.world.policy.stack.name, cause).await?;
        self.world.act_under(journal.epoch());
        if let Some(posture) = &self.posture {
            examine(&journal, posture, self.strict).await?;
        }
        Ok(journal)
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
