//! `turnlock resolve`: a person decides what becomes of a rotation that the rules leave open.

use clap::Args;
use turnlock_audit::{Direction, Outcome};

use super::out::{print, print_json};
use super::recover::{Asked, ended, finish};
use super::rotate::progress;
use super::{Code, Error, Global};
use crate::journal::Journal;
use crate::plan::Plan;
use crate::progress::Stage;
use crate::recover::{self, Unfinished};
use crate::watch::Watch;
use crate::world::World;

#[derive(Debug, Args)]
pub struct ResolveArgs {
    /// The rotation's id, as `turnlock status` shows it
    #[arg(value_name = "ROTATION")]
    pub rotation: String,
    #[command(flatten)]
    pub way: Way,
    /// Why, for the log
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct Way {
    /// Take it back: only as long as Vault has none of its new values as the newest
    #[arg(long)]
    pub back: bool,
    /// Finish it; where somebody else wrote to Vault meanwhile, the new values go on top
    #[arg(long)]
    pub forward: bool,
    /// End it as it stands: nothing is touched, both values stay in Vault, and `turnlock drift` says what is left
    #[arg(long)]
    pub accept: bool,
}

pub async fn run(global: &Global, args: &ResolveArgs) -> Result<Code, Error> {
    // One that is ended as it stands needs nothing of Vault, and is in the way of what brings Vault and log together.
    let (log, opened) = match args.way.accept {
        true => global.open_restored().await?,
        false => global.open_both().await?,
    };
    let world = &opened.world;
    opened.refuse_value(Some(&args.reason)).await?;
    let (journal, _lock) = opened.act(log, Some(&args.reason)).await?;
    let unfinished = named(&journal, &args.rotation).await?;
    let plan = unfinished.progress.plan.clone().ok_or_else(|| {
        Error::new(Code::Stuck, "its plan cannot be read by this version", "use the version that began it")
    })?;
    if args.way.accept {
        return accept(global, &journal, &unfinished, &plan).await;
    }
    let direction = if args.way.back { Direction::Back } else { Direction::Forward };
    if args.way.back && unfinished.progress.stage == Stage::Pivoted {
        nothing_promoted(world, &plan).await?;
    }
    // What hinders it is told before it is decided.
    recover::prepare(world, &unfinished, direction).await.map_err(|blocked| {
        let refusal = blocked.refusal();
        Error::new(Code::Stuck, refusal.what.clone(), refusal.help.clone())
    })?;
    journal.resolve(&unfinished.id, &plan, Some(direction)).await?;
    let watch = Watch::new(progress(global, 0), global.debug);
    watch.catch_signals();
    let asked = Asked { by_person: true, forward: false };
    let Some(report) = finish(world, &journal, &watch, asked).await? else { return Ok(Code::Done) };
    Ok(ended(global, &report))
}

async fn named(journal: &Journal, rotation: &str) -> Result<Unfinished, Error> {
    match recover::unfinished(&journal.reader()).await? {
        Some(unfinished) if unfinished.id == rotation => Ok(unfinished),
        Some(unfinished) => {
            let what = format!("`{rotation}` is not the rotation that is open: that is {}", unfinished.id);
            Err(Error::new(Code::Usage, what, "see `turnlock status`; nothing was touched"))
        }
        None => Err(Error::new(
            Code::Usage,
            "every rotation has ended: there is nothing to decide",
            "see `turnlock audit show last`",
        )),
    }
}

/// Once one of the new values is the newest in Vault, others may have read it.
async fn nothing_promoted(world: &World, plan: &Plan) -> Result<(), Error> {
    for (name, versions) in &plan.changes {
        let newest = world.vault.live(&world.policy.vault, name, None).await?.map_or(0, |live| live.version);
        if newest != versions.from {
            let what = format!("v{newest} of {name} is the newest in Vault already: it can't be taken back");
            let help =
                "finish it with --forward; then `turnlock rollback` brings an earlier version's value back";
            return Err(Error::new(Code::Refused, what, help));
        }
    }
    Ok(())
}

async fn accept(
    global: &Global,
    journal: &Journal,
    unfinished: &Unfinished,
    plan: &Plan,
) -> Result<Code, Error> {
    let id = &unfinished.id;
    journal.resolve(id, plan, None).await?;
    journal.end(id, plan, Outcome::InDoubt, Some("ended by a person, as it stood")).await?;
    match global.json {
        true => print_json(&serde_json::json!({ "rotation": id, "outcome": "accepted as it stands" })),
        false => print(&format!(
            "Rotation {id} is ended as it stands; nothing was touched\n  next: turnlock drift says what every place holds; \
             turnlock repair brings places to the current versions\n"
        )),
    }
    Ok(Code::Done)
}
