//! Makes the log of `tests/vectors/golden`: entries that have everything which an entry of this release can have. For the next
//! release whose entries or schema differ: `cargo run -p turnlock-audit --example golden -- sqlite:PATH`, or a `postgres://`
//! address that `turnlock setup audit` made ready.

use jiff::{Timestamp, ToSpan};
use turnlock_audit::{Asserted, AuditUrl, Direction, Entry, LEASE, Log, Outcome, Phase, Versions};

fn entries() -> Vec<Entry> {
    let start: Timestamp = "2026-11-26T08:00:00Z".parse().unwrap_or_default();
    (0..60i64)
        .map(|n| {
            let phase = [Phase::Intent, Phase::Outcome, Phase::Event][(n % 3) as usize];
            let mut e = Entry::new(
                start + n.seconds() + (n * 1_234_567).nanoseconds(),
                ["rotation", "stage", "apply", "promote", "import"][(n % 5) as usize],
                phase,
                "entity:7d2e3179-f69b",
                "turnlock/0.1.0",
            );
            let outcomes = [Outcome::Done, Outcome::Failed, Outcome::Refused, Outcome::InDoubt];
            e.outcome = (phase == Phase::Outcome).then(|| outcomes[(n % 4) as usize]);
            e.requester = (n % 4 != 1).then(|| format!("uid {n} on web1 \u{1f512} \"quoted\" \n (asserted)"));
            e.trigger = (n % 2 == 0).then(|| "person".into());
            e.rotation = (n % 7 != 0).then(|| format!("20261122T201400Z-{:08x}", n / 8));
            e.step = (n % 5 == 2).then_some(n as u32);
            e.direction =
                (n % 5 == 2).then_some(if n % 2 == 0 { Direction::Forward } else { Direction::Back });
            e.target = (n % 5 == 2).then(|| "file.env".into());
            let names = ["JWT_SECRET", "POSTGRES_PASSWORD", "\u{fb33}", "\u{1f602}"];
            e.subjects = names
                .iter()
                .take((n % 5) as usize)
                .enumerate()
                .map(|(i, name)| {
                    (
                        (*name).to_owned(),
                        Versions { from: (i != 1).then_some(n as u64), to: (i != 2).then_some(n as u64 + 1) },
                    )
                })
                .collect();
            e.reason = (n % 6 == 0).then(|| "because\u{1b}[2J of \u{e9}\u{202e}".into());
            e.error = (n % 8 == 1).then(|| "the server is away".into());
            e.plan_hash = (n % 5 == 0).then(|| format!("{n:064x}"));
            e.trace_id = (n % 3 == 0).then(|| format!("{n:032x}"));
            e.span_id = (n % 3 == 0).then(|| format!("{n:016x}"));
            e.detail = (n % 9 == 0).then(
                || serde_json::json!({ "notes": [n, -n, null, true, "x"], "plan": { "b": {}, "a": [] } }),
            );
            e.asserted = (n % 4 != 2).then(|| Asserted {
                name: (n % 3 == 0).then(|| "userpass-\u{e9}".into()),
                uid: Some(n as u32),
                sudo_uid: (n % 5 == 0).then_some(1000),
                host: Some("web1".into()),
            });
            e.request_ids = (0..n % 3).map(|id| format!("{n:08x}-9b1f-4c5e-8a57-{id:012x}")).collect();
            // Every twentieth takes the right to act.
            e.epoch = Some((n / 20 + 1) as u64);
            if n % 20 == 0 {
                (e.action, e.phase, e.outcome) = (LEASE.into(), Phase::Event, None);
            }
            e
        })
        .collect()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url: AuditUrl = std::env::args().nth(1).ok_or("an address is missing")?.parse()?;
    let log = match Log::init(&url).await {
        Err(turnlock_audit::LogError::NotSetUp(_)) => Log::open(&url).await?,
        made => made?,
    };
    for batch in entries().chunks(7) {
        log.append(batch).await?;
    }
    let head = log.reader().head().await?;
    println!("{}:{}", head.size, hex::encode(head.root));
    log.close().await;
    Ok(())
}
