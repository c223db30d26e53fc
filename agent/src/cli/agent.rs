//! `turnlock agent`: rotates what is due, until told to stop.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{AgentArgs, Code, Consent, Error, Global, RotateArgs, Which, observe, rotate, status};
use crate::journal;
use crate::memory;
use crate::metrics::{self, Server};
use crate::schedule;
use crate::secret::Name;
use crate::watch::Stop;

/// The longest pause after failures.
const PATIENCE: Duration = Duration::from_secs(3600);

/// What waits for a person is told once a day.
const REMIND: SignedDuration = SignedDuration::from_hours(24);

pub async fn run(global: &Global, args: &AgentArgs) -> Result<Code, Error> {
    // Asked for at once: a signal during the first rotation is for both, the rotation and this loop.
    let mut stop =
        Stop::listen().map_err(|e| Error::failed(format!("cannot listen for signals: {}", e.kind())))?;
    // What is wrong with the policy or the log must be seen at the start, not at three in the morning.
    let policy = global.load_policy()?;
    global.look_at_log().await?;
    metrics::agent(Duration::from_secs(args.interval));
    let _served = serve(args).await?;
    tracing::info!(stack = policy.stack.name, secrets = policy.secrets.len(), "watching");
    observe(global).await;
    global.refuse_restored().await?;
    let (mut failures, mut told) = (0, BTreeMap::new());
    loop {
        let wait = match round(global, args, &mut told).await {
            Ok((Code::Stuck, _)) => {
                return Err(Error::new(Code::Stuck, "a rotation is stuck", "turnlock audit show last"));
            }
            Ok((Code::Failed, _)) => None,
            Ok((_, wait)) => Some(wait),
            Err(Error::Plain { code: Code::Stuck, what, help }) => {
                return Err(Error::Plain { code: Code::Stuck, what, help });
            }
            Err(error) => {
                // No round can go well before a person has brought Vault and log together.
                global.refuse_restored().await?;
                tracing::error!(why = error.what(), "a round failed; it is tried again");
                None
            }
        };
        metrics::round(wait.is_some());
        observe(global).await;
        if wait.is_none() {
            metrics::retry("round");
        }
        failures = if wait.is_some() { 0 } else { failures + 1 };
        let wait = wait.unwrap_or_else(|| back_off(args.interval, failures));
        memory::give_back();
        tokio::select! {
            _ = stop.asked() => break,
            () = tokio::time::sleep(wait) => {}
        }
    }
    tracing::info!("stopped");
    Ok(Code::Done)
}

/// Prometheus's text, if it was asked for.
async fn serve(args: &AgentArgs) -> Result<Option<Server>, Error> {
    let (Some(address), Some(registry)) = (metrics::listen(args.metrics.as_deref()), metrics::registry())
    else {
        return Ok(None);
    };
    let (listener, at) = metrics::bind(&address).await.map_err(|e| {
        let what = format!("cannot serve metrics at {address}: {}", e.kind());
        Error::new(
            Code::Failed,
            what,
            "give an address of this host and a free port: --metrics 127.0.0.1:9464",
        )
    })?;
    tracing::info!("metrics at http://{at}/metrics");
    Ok(Some(Server::start(listener, registry)))
}

/// What fails is tried again ever more rarely, and not by all agents at the same moment.
fn back_off(interval: u64, failures: u32) -> Duration {
    let doubled = Duration::from_secs(interval).saturating_mul(2u32.saturating_pow(failures.min(20)));
    doubled.min(PATIENCE).mul_f64(rand::random_range(0.8..1.2))
}

/// One look at the schedule: rotates what is due and accepted, and says how long to sleep.
async fn round(
    global: &Global,
    args: &AgentArgs,
    told: &mut BTreeMap<Name, Timestamp>,
) -> Result<(Code, Duration), Error> {
    let policy = global.load_policy()?;
    if rotate::take_up(global).await? == Some(Code::Stuck) {
        return Ok((Code::Stuck, Duration::ZERO));
    }
    let last = journal::last_made(&global.open_reader().await?, &policy).await?;
    let due = status::due(&policy, &last, Timestamp::now());
    let (may, asks): (Vec<Name>, Vec<Name>) =
        due.into_iter().partition(|n| policy.secrets[n].loses.is_none() || args.accept_impact.contains(n));
    for name in asks {
        let now = Timestamp::now();
        if told.get(&name).is_some_and(|at| now.duration_since(*at) < REMIND) {
            continue;
        }
        told.insert(name.clone(), now);
        let impact = &policy.secrets[&name].impact;
        tracing::warn!(
            secret = name.as_str(),
            impact,
            "a secret is due, and a person has to accept what it costs"
        );
    }
    let mut code = Code::Done;
    if !may.is_empty() {
        let consent =
            Consent { yes: true, accept_impact: args.accept_impact.clone(), reason: None, trigger: None };
        let which = Which { secrets: may, due: false, all: false };
        code = rotate::scheduled(global, &RotateArgs { which, consent }).await?;
    }
    let last = journal::last_made(&global.open_reader().await?, &policy).await?;
    let now = Timestamp::now();
    let next = schedule::next_wake(&status::standings(&policy, &last, now), now);
    let until = next.and_then(|at| Duration::try_from(at.duration_since(now)).ok());
    // Never busy, never longer than asked: a person may change the policy meanwhile.
    let interval = Duration::from_secs(args.interval);
    Ok((code, until.filter(|u| !u.is_zero()).unwrap_or(interval).min(interval)))
}
