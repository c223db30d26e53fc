//! `turnlock agent`: rotates what is due, until told to stop.

use std::time::Duration;

use jiff::Timestamp;
use owo_colors::OwoColorize;

use super::out::print;
use super::{AgentArgs, Code, Consent, Error, Global, RotateArgs, Which, rotate, status};
use crate::journal;
use crate::schedule;
use crate::secret::Name;

pub async fn run(global: &Global, args: &AgentArgs) -> Result<Code, Error> {
    // What is wrong with the policy or the log must be seen at the start, not at three in the morning.
    let policy = global.load_policy()?;
    global.open_log().await?.close().await;
    tell(&format!("watching {} secrets of {}", policy.secrets.len(), policy.stack.name));
    let stop = stopped();
    tokio::pin!(stop);
    loop {
        let wait = match round(global, args).await {
            Ok(wait) => wait,
            Err(error) => {
                error.show(global);
                // Something outside is not as it should be: jitter keeps many agents from coming back at once.
                let jitter = rand::random_range(0.8..1.2);
                Duration::from_secs(args.interval).mul_f64(jitter)
            }
        };
        tokio::select! {
            () = &mut stop => break,
            () = tokio::time::sleep(wait) => {}
        }
    }
    tell("stopped");
    Ok(Code::Done)
}

/// One look at the schedule: rotates what is due and accepted, and says how long to sleep.
async fn round(global: &Global, args: &AgentArgs) -> Result<Duration, Error> {
    let policy = global.load_policy()?;
    let last = journal::last_made(&global.open_reader().await?).await?;
    let due = status::due(&policy, &last, Timestamp::now());
    let (may, asks): (Vec<Name>, Vec<Name>) =
        due.into_iter().partition(|n| policy.secrets[n].loses.is_none() || args.accept_impact.contains(n));
    for name in asks {
        tell(&format!("{name} is due; a person has to accept: {}", policy.secrets[&name].impact));
    }
    if !may.is_empty() {
        let consent =
            Consent { yes: true, accept_impact: args.accept_impact.clone(), reason: Some("due".into()) };
        let which = Which { secrets: may, due: false, all: false };
        let code = rotate::scheduled(global, &RotateArgs { which, consent }).await?;
        if code == Code::Stuck {
            return Err(Error::new(Code::Stuck, "a rotation is stuck", "see `turnlock audit show last`"));
        }
    }
    let last = journal::last_made(&global.open_reader().await?).await?;
    let now = Timestamp::now();
    let next = schedule::next_wake(&status::standings(&policy, &last, now), now);
    let until = next.map(|at| at.duration_since(now)).and_then(|d| Duration::try_from(d).ok());
    let interval = Duration::from_secs(args.interval);
    Ok(until
        .unwrap_or(interval)
        .clamp(Duration::from_secs(1), interval)
        .max(interval.min(Duration::from_secs(1))))
}

async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut int), Ok(mut term)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! { _ = int.recv() => {}, _ = term.recv() => {} }
}

fn tell(text: &str) {
    print(&format!("{} {text}\n", super::out::moment(Timestamp::now()).dimmed()));
}
