//! The loop: a plan's steps in order, from where the log says that it stands; and what a failure leads to.
//!
//! Before the pivot every failure is the same walk back, with the change reversed. After it there is only forward. This
//! is the one place that says "stuck".

mod effects;
mod half_undone;
mod prepare;
mod promote;

use std::collections::BTreeMap;

use tracing::Instrument;
use turnlock_audit::{Direction, LogError, Outcome, Versions};

use crate::crash;
use crate::journal::{Item, Journal, subjects};
use crate::metrics;
use crate::plan::Plan;
use crate::progress::{Progress, Stage};
use crate::secret::{Change, Name};
use crate::step::Step;
use crate::target::{Any, Effect, Finding, Patience, TargetError};
use crate::telemetry::spans;
use crate::watch::{Event, Watch};
use crate::world::World;

use half_undone::Held;
pub use prepare::{Prepared, prepare};

/// How a rotation ended. There is no fourth way.
#[derive(Debug)]
pub enum Ending {
    /// The new versions everywhere, verified.
    Done,
    /// The new versions everywhere, verified; something of the old ones is left.
    RetirePending { why: String },
    /// The old versions everywhere, verified.
    /// `conflict`: another rotation has a pending value of the same secret, and nothing was touched.
    Undone { why: String, touched: bool, conflict: bool },
    /// A person is needed: what stands where, and what to type. It stays open in the log, and `turnlock recover` goes on with it.
    Stuck { why: String, stands: Vec<String>, help: String },
}

/// One run.
pub struct Rotation<'w> {
    pub id: String,
    pub plan: Plan,
    pub change: Change,
    world: &'w World,
    journal: &'w Journal,
    watch: &'w Watch,
    targets: BTreeMap<usize, Any<'w>>,
    lost: Vec<Name>,
    subjects: BTreeMap<String, Versions>,
    progress: Progress,
    held: Held,
    /// The step that failed met another rotation.
    conflict: bool,
}

/// The log could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Not even the first entry: nothing was done.
    #[error("nothing was done: {0}")]
    NotBegun(LogError),
    /// Somewhere on the way: targets may hold either side, and the log's last intent says how far it came.
    #[error("stopped, since the audit log could not be written: {0}")]
    Stopped(#[from] LogError),
    /// Somebody pressed Ctrl-C twice.
    #[error("left half-way, as asked")]
    Left,
}

/// Why a step did not succeed.
enum StepError {
    Effect(TargetError),
    /// The log could not be written: nothing more may be done.
    Log(LogError),
    /// The step was not begun: somebody pressed Ctrl-C.
    Interrupted,
}

impl StepError {
    fn sentence(&self) -> String {
        match self {
            StepError::Effect(e) => e.message.clone(),
            StepError::Log(e) => format!("the audit log could not be written: {e}"),
            StepError::Interrupted => "interrupted".into(),
        }
    }
}

impl<'w> Rotation<'w> {
    pub fn new(prepared: Prepared<'w>, world: &'w World, journal: &'w Journal, watch: &'w Watch) -> Self {
        let Prepared { id, plan, change, targets, lost } = prepared;
        let subjects = subjects(&plan);
        Self {
            id,
            plan,
            change,
            world,
            journal,
            watch,
            targets,
            lost,
            subjects,
            progress: Progress::default(),
            held: Held::default(),
            conflict: false,
        }
    }

    /// Goes on from what the log says was done.
    pub fn resume(mut self, progress: Progress) -> Self {
        self.progress = progress;
        self
    }

    /// Runs it to one of its endings. An error says that the log could not be written: then nothing more was done, and
    /// the next run goes on from what it holds.
    pub async fn run(mut self) -> Result<Ending, RunError> {
        // Whoever called may have opened it, to have survey and plan inside.
        let current = tracing::Span::current();
        let is_root = current.metadata().is_some_and(|m| m.name() == "rotation");
        let span = if is_root { current } else { spans::rotation() };
        span.record("turnlock.rotation", self.id.as_str());
        let secrets = self.plan.changes.keys().map(|n| n.as_str()).collect::<Vec<_>>().join(" ");
        span.record("turnlock.secrets", secrets.as_str());
        let id = self.id.clone();
        let ending = async {
            if self.progress.stage == Stage::Fresh {
                self.journal.begin(&self.id, &self.plan).await.map_err(RunError::NotBegun)?;
                self.progress.stage = Stage::Forward;
                let steps = self.plan.steps.len();
                tracing::info!(rotation = self.id, secrets, steps, "rotation begins");
            } else {
                tracing::info!(rotation = self.id, "rotation is taken up where its process ended");
                self.journal.go_on(&self.id, &self.plan).await.map_err(RunError::NotBegun)?;
            }
            let (journal, watch) = (self.journal, self.watch);
            let ending = tokio::select! {
                biased;
                () = watch.left() => return Err(RunError::Left),
                ending = journal.during(Box::pin(self.forward_or_back())) => ending??,
            };
            let (outcome, error) = match &ending {
                Ending::Done => (Outcome::Done, None),
                Ending::RetirePending { why } => (Outcome::Done, Some(why)),
                Ending::Undone { why, .. } => (Outcome::Failed, Some(why)),
                Ending::Stuck { .. } => {
                    self.journal.flush().await?;
                    return Ok(ending);
                }
            };
            self.journal.end(&self.id, &self.plan, outcome, error.map(String::as_str)).await?;
            Ok(ending)
        }
        .instrument(span.clone())
        .await;
        let _in_it = span.enter();
        metrics::rotation(word(&ending), self.journal.trigger().as_str());
        match &ending {
            Ok(Ending::Done) => {
                span.record("turnlock.outcome", "done");
                tracing::info!(rotation = id, "rotation done: the new versions everywhere, verified");
            }
            Ok(Ending::RetirePending { why }) => {
                span.record("turnlock.outcome", "retire_pending");
                tracing::warn!(rotation = id, why, "rotation done, but something old is left");
            }
            Ok(Ending::Undone { why, .. }) => {
                failed(&span, "undone", why);
                tracing::warn!(rotation = id, why, "rotation failed, and was taken back");
            }
            Ok(Ending::Stuck { why, .. }) => {
                failed(&span, "stuck", why);
                tracing::error!(rotation = id, why, "rotation stuck: a person is needed");
            }
            Err(e) => {
                let why = match e {
                    RunError::Left => "left half-way, as asked",
                    RunError::NotBegun(e) | RunError::Stopped(e) if is_overtaken(e) => {
                        "the right to act was lost"
                    }
                    _ => "the audit log could not be written",
                };
                failed(&span, "stopped", why);
                tracing::error!(rotation = id, why = %e, "rotation stopped");
            }
        };
        ending
    }

    async fn forward_or_back(&mut self) -> Result<Ending, LogError> {
        if self.progress.stage == Stage::Back {
            let why = self.progress.failed.take().unwrap_or_else(|| "its process ended before it did".into());
            return self.unwind(why).await;
        }
        for index in 0..self.plan.steps.len() {
            if self.progress.done.contains(&index) {
                continue;
            }
            let step = self.plan.steps[index].clone();
            let Err(error) = self.step(index, &step, Direction::Forward).await else { continue };
            let error = match error {
                StepError::Log(e) => return Err(e),
                other => other,
            };
            let why = format!("{step}: {}", error.sentence());
            self.conflict = matches!(&error, StepError::Effect(e) if e.conflict);
            let one_way = !self.lost.is_empty() && !self.is_past_the_pivot();
            return match step {
                // The same, and there is nothing to go back to.
                _ if one_way => Ok(self.no_way_back(why)),
                // Before the pivot. Targets up to this one hold the new values, this one either or a mix, Vault's
                // newest versions are the old ones.
                Step::Stage | Step::Apply { .. } | Step::Verify => self.unwind(why).await,
                // Promote was intended and refused or unanswered. Every target holds the new values; of Vault's
                // entries some, all or none do. Both values are in Vault, the new ones staged.
                Step::Promote if self.progress.stage == Stage::Pivoted => {
                    let (stands, help) = self.half_promoted().await;
                    Ok(Ending::Stuck { why, stands, help })
                }
                // Interrupted, or somebody else wrote, just before the pivot.
                Step::Promote => self.unwind(why).await,
                // The new versions are everywhere and current; an old session or a staged copy is left.
                Step::Retire => Ok(Ending::RetirePending { why }),
            };
        }
        Ok(Ending::Done)
    }

    fn no_way_back(&self, why: String) -> Ending {
        let lost = self.lost.iter().map(|name| {
            let version = self.plan.changes[name].from;
            format!("v{version} of {name} is not in Vault any more: nothing can be taken back to it")
        });
        stuck(why, lost.collect(), "mend that, then turnlock recover --forward goes on with it")
    }

    /// The same walk, with the change reversed, over every target that was touched.
    async fn unwind(&mut self, why: String) -> Result<Ending, LogError> {
        self.watch.tell(Event::Unwinding { why: &why });
        let steps = self.progress.to_undo(&self.plan);
        for &index in &steps {
            let step = self.plan.steps[index].clone();
            match self.step(index, &step, Direction::Back).await {
                Ok(()) => {}
                Err(StepError::Log(e)) => return Err(e),
                // Targets before this one hold the old values again, this one either or a mix, later ones the new.
                Err(error) => {
                    let stands = self.half_undone(&steps, index, &error.sentence());
                    let help = "mend that, then turnlock recover goes on with the way back";
                    return Ok(stuck(why, stands, help));
                }
            }
        }
        let wrong = self.probe_undone(&steps).await;
        if !wrong.is_empty() {
            // Everything was taken back without an error, yet some place does not prove it. The new values stay
            // staged: one of them may still be needed to get in, or to read data.
            let stands = wrong.iter().map(ToString::to_string).collect();
            return Ok(stuck(why, stands, "mend that, then turnlock recover proves it again"));
        }
        // They are of no more use; one that cannot be discarded now is found by `drift`.
        self.discard_staged().await;
        Ok(Ending::Undone { why, touched: !steps.is_empty(), conflict: self.conflict })
    }

    /// Intent, effect, outcome: in a span of its own.
    async fn step(&mut self, index: usize, step: &Step, direction: Direction) -> Result<(), StepError> {
        if direction == Direction::Forward && !self.is_past_the_pivot() && self.watch.interrupted() {
            return Err(StepError::Interrupted);
        }
        let back = direction == Direction::Back;
        let span = tracing::info_span!(
            "step",
            otel.name = %if back { format!("undo {step}") } else { step.to_string() },
            turnlock.verb = step.verb(),
            turnlock.target = step.target(),
            turnlock.direction = if back { "back" } else { "forward" },
            turnlock.audit.seq = tracing::field::Empty,
            turnlock.outcome = tracing::field::Empty,
            error.type = tracing::field::Empty,
            otel.status_code = tracing::field::Empty,
            otel.status_description = tracing::field::Empty,
        );
        let started = std::time::Instant::now();
        let result = self.intent_effect_outcome(index, step, direction).instrument(span.clone()).await;
        match &result {
            Ok(_) => {
                span.record("turnlock.outcome", "done");
            }
            Err(e) => {
                failed(&span, "failed", &e.sentence());
            }
        }
        span.in_scope(|| {
            let (step, milliseconds) = (step.to_string(), started.elapsed().as_millis() as u64);
            match &result {
                Ok(_) => tracing::info!(back, milliseconds, "{step} done"),
                Err(e) => tracing::warn!(back, milliseconds, why = e.sentence(), "{step} failed"),
            }
        });
        metrics::step(step.verb(), back, result.is_ok(), started.elapsed());
        let told = result.as_ref().map(|effect| effect.notes.as_slice()).map_err(StepError::sentence);
        self.watch.tell(Event::Step { step, back, took: started.elapsed(), result: told });
        result.map(drop)
    }

    async fn intent_effect_outcome(
        &mut self,
        index: usize,
        step: &Step,
        direction: Direction,
    ) -> Result<Effect, StepError> {
        let illegal = |e: crate::progress::Illegal| StepError::Effect(TargetError::new(e.to_string()));
        let mut after = self.progress.clone();
        after.begin_step(index, step, direction).map_err(illegal)?;
        if *step == Step::Promote && direction == Direction::Forward && !self.is_past_the_pivot() {
            self.refuse_strangers().await.map_err(StepError::Effect)?;
        }
        let (id, subjects, hash) = (self.id.clone(), self.subjects.clone(), self.plan.hash());
        let item = Item { rotation: &id, index, step, direction, subjects: &subjects, plan_hash: &hash };
        self.watch.tell(Event::Begin { step, back: direction == Direction::Back });
        crash::before(step, direction);
        self.journal.intent(&item).await.map_err(StepError::Log)?;
        self.progress = after;
        let result = match crash::leak(step, &self.change) {
            Ok(()) => crash::effect(step, direction, || self.effect(index, step, direction)).await,
            Err(e) => Err(e),
        };
        self.note_held(step, result.is_ok());
        if let Err(e) = &result {
            self.watch.debug(&e.message, e.theirs.as_deref(), &self.change, &self.world.passed);
        }
        self.journal.outcome(&item, result.as_ref().map_err(|e| e.message.as_str()));
        result.map_err(StepError::Effect)
    }

    fn is_past_the_pivot(&self) -> bool {
        self.progress.stage == Stage::Pivoted
    }

    async fn probe_undone(&self, steps: &[usize]) -> Vec<Finding> {
        let touched = steps.iter().filter_map(|i| self.targets.get(i));
        effects::wrong_places(touched, &self.change.from, Patience::Afresh).await
    }
}

/// Another may act now, or does.
fn is_overtaken(e: &LogError) -> bool {
    matches!(e, LogError::LeaseLost(_) | LogError::Stale { .. })
}

/// An ending as metrics name it.
fn word(ending: &Result<Ending, RunError>) -> &'static str {
    match ending {
        Ok(Ending::Done) => "done",
        Ok(Ending::RetirePending { .. }) => "retire_pending",
        Ok(Ending::Undone { .. }) => "undone",
        Ok(Ending::Stuck { .. }) => "stuck",
        Err(_) => "stopped",
    }
}

fn stuck(why: String, stands: Vec<String>, help: &str) -> Ending {
    Ending::Stuck { why, stands, help: help.into() }
}

fn failed<'s>(span: &'s tracing::Span, outcome: &str, why: &str) -> &'s tracing::Span {
    span.record("turnlock.outcome", outcome);
    span.record("error.type", outcome);
    span.record("otel.status_code", "ERROR");
    span.record("otel.status_description", why)
}
