//! `turnlock recover`: an unfinished rotation, taken up; by itself, and before anything else is done.

use clap::Args;
use serde_json::{Value as Json, json};
use tracing::Instrument;
use turnlock_audit::{Direction, Reader};

use super::out::{moment, print, print_json};
use super::report::Report;
use super::rotate::{describe, not_begun, progress};
use super::{Code, Error, Global};
use crate::fate::fates;
use crate::journal::Journal;
use crate::progress::Stage;
use crate::recover::{self, Blocked, Course, Unfinished};
use crate::redact::escaped;
use crate::rotation::Rotation;
use crate::telemetry::{parent, spans};
use crate::watch::Watch;
use crate::world::World;

#[derive(Debug, Args)]
pub struct RecoverArgs {
    /// Only show what would be done, and why; exit code 4 if there is something
    #[arg(long)]
    pub dry_run: bool,
    /// Finish it instead of taking it back, where every value for that is still there
    #[arg(long)]
    pub forward: bool,
    /// Why, for the log
    #[arg(long, value_name = "TEXT", conflicts_with = "dry_run")]
    pub reason: Option<String>,
}

pub async fn run(global: &Global, args: &RecoverArgs) -> Result<Code, Error> {
    if args.dry_run {
        return show(global, args.forward).await;
    }
    let (log, opened) = global.open_both().await?;
    opened.refuse_value(args.reason.as_deref()).await?;
    let (journal, _lock) = opened.act(log, args.reason.as_deref()).await?;
    let watch = Watch::new(progress(global, 0), global.debug);
    watch.catch_signals();
    match finish(&opened.world, &journal, &watch, Asked { by_person: true, forward: args.forward }).await? {
        Some(report) => Ok(ended(global, &report)),
        None => {
            nothing(global);
            Ok(Code::Done)
        }
    }
}

/// Whichever way it ended, it is recovered.
pub(super) fn ended(global: &Global, report: &Report) -> Code {
    report.show(global);
    if report.code == Code::Failed { Code::Done } else { report.code }
}

fn nothing(global: &Global) {
    match global.json {
        true => print_json(&json!({ "rotation": null })),
        false => print("nothing to recover: every rotation has ended\n"),
    }
}

/// On whose behalf, and which way.
#[derive(Clone, Copy, Default)]
pub(super) struct Asked {
    /// A person did, whose trace it is part of.
    pub(super) by_person: bool,
    /// It is to be finished, where that can be chosen.
    pub(super) forward: bool,
}

/// Takes up an unfinished rotation. `None` if there is none.
pub(super) async fn finish(
    world: &World,
    journal: &Journal,
    watch: &Watch,
    asked: Asked,
) -> Result<Option<Report>, Error> {
    let Some(unfinished) = recover::unfinished(&journal.reader()).await? else { return Ok(None) };
    let started = std::time::Instant::now();
    let root = spans::rotation();
    if asked.by_person {
        parent::adopt_caller(&root);
    }
    // Another trace, by another process; it says which one it goes on from.
    let (trace, span) = unfinished.trace();
    parent::link(&root, trace, span);
    let run = async {
        describe(&world.policy, journal.trigger());
        let direction = unfinished.course(asked.forward).direction;
        let prepared =
            recover::prepare(world, &unfinished, direction).await.map_err(|b| blocked(&unfinished, b));
        let (prepared, progress) = prepared.inspect_err(|error| not_begun(&root, error))?;
        let (id, plan) = (prepared.id.clone(), prepared.plan.clone());
        if direction == Direction::Forward && unfinished.progress.stage != Stage::Pivoted {
            journal.resolve(&id, &plan, Some(direction)).await?;
        }
        let ending = Rotation::new(prepared, world, journal, watch).resume(progress).run().await?;
        Ok(Some(Report::of(id, &plan, ending, started.elapsed())))
    };
    run.instrument(root.clone()).await
}

/// For what is not about to take it up.
pub(super) async fn refuse_unfinished(reader: &Reader) -> Result<(), Error> {
    match recover::unfinished(reader).await? {
        None => Ok(()),
        Some(u) => Err(Error::new(
            Code::Refused,
            format!("the rotation {} has not ended, and its process is gone", u.id),
            "take it up with `turnlock recover`",
        )),
    }
}

fn blocked(unfinished: &Unfinished, blocked: Blocked) -> Error {
    let code = match blocked {
        Blocked::Stuck(_) => Code::Stuck,
        Blocked::Now(_) => Code::Refused,
    };
    let refusal = blocked.refusal();
    let what = match refusal.what.contains(&unfinished.id) {
        true => refusal.what.clone(),
        false => {
            format!("the rotation {} has not ended, and can't be taken up: {}", unfinished.id, refusal.what)
        }
    };
    Error::new(code, what, refusal.help.clone())
}

async fn show(global: &Global, forward: bool) -> Result<Code, Error> {
    let reader = global.open_reader().await?;
    let Some(unfinished) = recover::unfinished(&reader).await? else {
        nothing(global);
        return Ok(Code::Done);
    };
    let course = unfinished.course(forward);
    let opened = global.open_world(&reader).await?;
    let prepared = recover::prepare(&opened.world, &unfinished, course.direction).await;
    let hindered = prepared.as_ref().err().map(|blocked| blocked.refusal());
    if global.json {
        let mut answer = tree_json(&unfinished, course);
        answer["hindered"] = hindered.map(|r| json!({ "what": r.what, "help": r.help })).into();
        print_json(&answer);
    } else {
        print(&tree(&unfinished, course));
        if let Some(refusal) = hindered {
            print(&format!("  BUT        {}\n  help       {}\n", escaped(&refusal.what), refusal.help));
        }
    }
    Ok(Code::Differs)
}

/// The unfinished rotation, for `status` too.
pub(super) async fn open_rotation(reader: &Reader) -> Result<Option<(Unfinished, Course)>, Error> {
    let unfinished = recover::unfinished(reader).await?;
    Ok(unfinished.map(|unfinished| {
        let course = unfinished.course(false);
        (unfinished, course)
    }))
}

/// Each step with its fate, and what is left to do.
pub(super) fn tree(unfinished: &Unfinished, course: Course) -> String {
    use std::fmt::Write;
    let mut out =
        format!("Rotation {} has not ended: its process works, or is gone\n", escaped(&unfinished.id));
    if let Some(first) = unfinished.entries.first() {
        let _ = writeln!(out, "  began      {} (entry {})", moment(first.entry.at), first.seq);
    }
    let Some(plan) = &unfinished.progress.plan else {
        let _ = writeln!(out, "  its plan can't be read by this version");
        return out;
    };
    let secrets = plan.changes.iter().map(|(name, v)| format!("{name} v{} -> v{}", v.from, v.to));
    let _ = writeln!(out, "  secrets    {}", secrets.collect::<Vec<_>>().join(", "));
    let told = fates(plan.steps.len(), unfinished.entries.iter().map(|s| &s.entry));
    for (index, (step, fate)) in plan.steps.iter().zip(&told).enumerate() {
        let _ = writeln!(out, "  {:>4}  {:<34} {}", index + 1, step.to_string(), escaped(&fate.to_string()));
    }
    let left = unfinished.left(plan, course.direction);
    let steps = left.iter().filter_map(|i| plan.steps.get(*i)).map(ToString::to_string);
    let (way, done) = match course.direction {
        Direction::Back => ("back", "takes back"),
        Direction::Forward => ("forward", "does"),
    };
    let _ = writeln!(out, "  way        {way}: {}", course.why);
    let steps = steps.collect::<Vec<_>>().join(", ");
    let steps = if steps.is_empty() { "nothing, and ends it".to_owned() } else { steps };
    let _ = writeln!(out, "  next       turnlock recover: {done} {steps}");
    out
}

pub(super) fn tree_json(unfinished: &Unfinished, course: Course) -> Json {
    let plan = unfinished.progress.plan.as_ref();
    let told = plan.map(|plan| fates(plan.steps.len(), unfinished.entries.iter().map(|s| &s.entry)));
    let steps = plan.into_iter().flat_map(|plan| &plan.steps).zip(told.into_iter().flatten());
    let steps: Vec<Json> =
        steps.map(|(step, fate)| json!({ "step": step.to_string(), "fate": fate.to_string() })).collect();
    let left = plan.map(|plan| unfinished.left(plan, course.direction)).unwrap_or_default();
    let left = left.iter().filter_map(|i| Some(plan?.steps.get(*i)?.to_string()));
    json!({
        "rotation": unfinished.id, "began": unfinished.entries.first().map(|s| s.entry.at), "steps": steps,
        "direction": course.direction, "why": course.why, "left": left.collect::<Vec<_>>(),
    })
}
