//! `turnlock rotate` and `turnlock rollback`.

use std::io::IsTerminal;

use jiff::Timestamp;
use serde_json::json;
use tracing::Instrument;

use super::open::Opened;
use super::out::{confirm, on_terminal, print, print_json};
use super::recover::{Asked, finish};
use super::report::Report;
use super::{Code, Consent, Error, Global, RollbackArgs, RotateArgs, plan as plan_view, status};
use crate::drift::{self, Current};
use crate::journal::{Journal, Trigger, last_made};
use crate::lock::Lock;
use crate::plan::{self, Plan, Request};
use crate::policy::Policy;
use crate::recover;
use crate::redact::escaped;
use crate::rotation::{self, Rotation};
use crate::secret::Name;
use crate::step::Step;
use crate::survey;
use crate::telemetry::{parent, spans};
use crate::watch::{Event, Watch};
use crate::world::World;

/// What a run came to, once it was begun; what is wrong before that is an error around it.
type Ran = Result<Code, Error>;

pub async fn run(global: &Global, args: &RotateArgs) -> Result<Code, Error> {
    traced(rotate(global, args), true).await
}

pub async fn rollback(global: &Global, args: &RollbackArgs) -> Result<Code, Error> {
    traced(roll_back(global, args), true).await
}

/// What the agent found to be due.
pub(super) async fn scheduled(global: &Global, args: &RotateArgs) -> Result<Code, Error> {
    traced(rotate_due(global, args), false).await
}

/// One trace a rotation: from the first question to the last proof. What a caller asked for is part of his.
async fn traced(work: impl Future<Output = Result<Ran, Error>>, asked: bool) -> Result<Code, Error> {
    let root = spans::rotation();
    if asked {
        parent::adopt_caller(&root);
    }
    let result = work.instrument(root.clone()).await;
    if let Err(error) = &result {
        not_begun(&root, error);
    }
    result?
}

/// The root of what never became a rotation. How one ends that did is said where it ends.
pub(super) fn not_begun(root: &tracing::Span, error: &Error) {
    let outcome = error.kind();
    root.record("turnlock.outcome", outcome);
    spans::failed(root, outcome);
    root.record("otel.status_description", error.what().as_str());
}

/// What is known of a rotation before it has a number.
pub(super) fn describe(policy: &Policy, trigger: Trigger) {
    let root = tracing::Span::current();
    root.record("turnlock.stack", policy.stack.name.as_str());
    root.record("turnlock.trigger", trigger.as_str());
}

async fn rotate(global: &Global, args: &RotateArgs) -> Result<Ran, Error> {
    let (log, opened) = global.open_both().await?;
    let policy = &opened.world.policy;
    let names: Vec<Name> = if args.which.all {
        policy.secrets.keys().cloned().collect()
    } else if args.which.due {
        status::due(policy, &opened.last, Timestamp::now())
    } else {
        args.which.secrets.clone()
    };
    plan_view::known(policy, &names)?;
    if names.is_empty() {
        opened.refuse_by_clock()?;
        say_nothing_due(global);
        return Ok(Ok(Code::Done));
    }
    let usual = if args.which.due { Trigger::Schedule } else { Trigger::Person };
    let journal = opened.journal(log, args.consent.cause(usual)).await?;
    go(global, opened, journal, Request::new_values(names), &args.consent).await
}

async fn roll_back(global: &Global, args: &RollbackArgs) -> Result<Ran, Error> {
    let (log, opened) = global.open_both().await?;
    plan_view::known(&opened.world.policy, std::slice::from_ref(&args.secret))?;
    let journal = opened.journal(log, args.consent.cause(Trigger::Person)).await?;
    go(global, opened, journal, Request::rollback(args.secret.clone(), args.to), &args.consent).await
}

async fn rotate_due(global: &Global, args: &RotateArgs) -> Result<Ran, Error> {
    let (log, opened) = global.open_both().await?;
    let journal = opened.own_journal(log).await?;
    go(global, opened, journal, Request::new_values(args.which.secrets.clone()), &args.consent).await
}

/// What a killed agent left: taken up before anything else is begun.
pub(super) async fn take_up(global: &Global) -> Result<Option<Code>, Error> {
    if recover::unfinished(&global.open_reader().await?).await?.is_none() {
        return Ok(None);
    }
    let (log, opened) = global.open_both().await?;
    let journal = opened.own_journal(log).await?;
    let _lock = Lock::take(&opened.world.policy.stack.root, &journal).await?;
    let watch = Watch::new(progress(global, 0), global.debug);
    watch.catch_signals();
    let report = finish(&opened.world, &journal, &watch, Asked::default()).await?;
    Ok(report.map(|report| {
        report.show(global);
        report.code
    }))
}

/// What the rotations of one command have come to so far.
#[derive(Default)]
struct Course {
    lock: Option<Lock>,
    /// What the last one made current.
    current: Option<Current>,
    reports: Vec<Report>,
    interrupted: bool,
}

/// In as many rotations as it takes, up to the first that does not end well.
async fn go(
    global: &Global,
    opened: Opened,
    journal: Journal,
    request: Request,
    consent: &Consent,
) -> Result<Ran, Error> {
    let mut parts = request.parts(&opened.world.policy).into_iter();
    let Some(first) = parts.next() else { return Ok(Ok(Code::Done)) };
    let mut course = Course::default();
    let mut ran = one(global, &opened, &journal, &first, consent, &mut course).await;
    while let Ok(Ok(Code::Done)) = ran {
        let Some(next) = parts.next() else { break };
        if course.interrupted {
            ran = Err(Error::new(Code::Failed, "interrupted", "run it again for the rest"));
            break;
        }
        opened.world.is_another();
        let another = one(global, &opened, &journal, &next, consent, &mut course);
        ran = another.instrument(spans::rotation()).await;
    }
    match &mut ran {
        Err(Error::Plain { what, .. }) | Ok(Err(Error::Plain { what, .. })) if !course.reports.is_empty() => {
            what.push_str(&format!(", after {} of the rotations were done", course.reports.len()));
        }
        Ok(Ok(_)) if global.json => Report::show_last(&course.reports),
        _ => {}
    }
    ran
}

/// Plan, consent, preflight, run, report; and what was refused is an entry.
async fn one(
    global: &Global,
    opened: &Opened,
    journal: &Journal,
    request: &Request,
    consent: &Consent,
    course: &mut Course,
) -> Result<Ran, Error> {
    describe(&opened.world.policy, journal.trigger());
    let ran = attempt(global, opened, journal, request, consent, course).await;
    if let Err(Error::Plain { code: Code::Refused, what, .. })
    | Ok(Err(Error::Plain { code: Code::Refused, what, .. })) = &ran
    {
        let names: Vec<Name> = request.wants.keys().cloned().collect();
        // Whoever lost the right to act writes nothing more.
        if journal.check().is_ok() {
            journal.refused(&names, what).await?;
        }
    }
    ran
}

async fn attempt(
    global: &Global,
    opened: &Opened,
    journal: &Journal,
    request: &Request,
    consent: &Consent,
    course: &mut Course,
) -> Result<Ran, Error> {
    let world = &opened.world;
    if journal.trigger() == Trigger::Schedule {
        opened.refuse_by_clock()?;
    }
    opened.refuse_value(consent.reason.as_deref()).await?;
    if course.lock.is_none() {
        course.lock = Some(Lock::take(&world.policy.stack.root, journal).await?);
    }
    let before = match Box::pin(recovered(global, world, journal)).await? {
        Some(report) if report.code == Code::Stuck => return Ok(Ok(Code::Stuck)),
        before => before,
    };
    let current = match (&before, course.current.take()) {
        // It went back, or forward to other current versions.
        (Some(_), _) => drift::current(world, &last_made(&journal.reader(), &world.policy).await?).await?,
        (None, made) => made.unwrap_or_else(|| opened.current.clone()),
    };
    let current = &current;
    drift::refuse_strangers(current, request.wants.keys().cloned())?;
    let plan = planned(world, current, request).await?;
    if ask(global, &world.policy, &plan, consent)? {
        // Time has passed at the prompt: what was approved must be what is run.
        if planned(world, current, request).await?.hash() != plan.hash() {
            return Err(Error::new(
                Code::Refused,
                "the world has changed since the plan was shown",
                "run it again",
            ));
        }
    }
    let prepared = rotation::prepare(world, current.values.clone(), plan).await?;
    let reader = journal.reader();
    let preflight = prepared.preflight(world, &reader, &current.values);
    spans::within(spans::part("preflight"), |_| "refused".into(), preflight).await?;
    let steps = prepared.plan.steps.len();
    let watch = Watch::new(progress(global, steps), global.debug);
    watch.catch_signals();
    let (id, plan) = (prepared.id.clone(), prepared.plan.clone());
    course.current = Some(Current { values: prepared.change.to.clone(), ..current.clone() });
    let started = std::time::Instant::now();
    let ended = Rotation::new(prepared, world, journal, &watch).run().await;
    Ok(ended.map_err(Error::from).map(|ending| {
        let report = Report::of(id, &plan, ending, started.elapsed()).after(before.as_ref());
        // Of several there is one JSON answer, at the end.
        if !global.json {
            report.show(global);
        }
        let code = report.code;
        course.reports.push(report);
        course.interrupted = watch.interrupted();
        code
    }))
}

/// An unfinished rotation's targets may hold either side: before anything new begins, it is taken up.
async fn recovered(global: &Global, world: &World, journal: &Journal) -> Result<Option<Report>, Error> {
    // Else Ctrl-C at the question would be caught, and nobody there to answer it.
    if recover::unfinished(&journal.reader()).await?.is_none() {
        return Ok(None);
    }
    let watch = Watch::new(progress(global, 0), global.debug);
    watch.catch_signals();
    let asked = Asked { by_person: true, forward: false };
    let report = finish(world, journal, &watch, asked).await?;
    if let Some(report) = &report {
        world.is_another();
        // Beside a JSON answer there is no place for another: it is told with what follows, unless this is the last.
        if !global.json || report.code == Code::Stuck {
            report.show(global);
        }
        if watch.interrupted() {
            return Err(Error::new(
                Code::Failed,
                "interrupted, after an unfinished rotation was taken up",
                "run it again",
            ));
        }
    }
    Ok(report)
}

/// Asks the world, and makes a plan of its answers.
async fn planned(world: &World, current: &Current, request: &Request) -> Result<Plan, Error> {
    let facts = survey::facts(world, &current.values, request);
    let facts = spans::within(spans::part("survey"), |_| "failed".into(), facts).await?;
    let make = async { plan::make(&world.policy, &facts, request) };
    Ok(spans::within(spans::part("plan"), |_| "refused".into(), make).await?)
}

/// Asks for consent. `true` if a person was asked, and time has passed.
fn ask(global: &Global, policy: &Policy, plan: &Plan, consent: &Consent) -> Result<bool, Error> {
    if consent.yes {
        let missing: Vec<&Name> = plan
            .changes
            .keys()
            .filter(|n| policy.secrets[*n].loses.is_some() && !consent.accept_impact.contains(n))
            .collect();
        let Some(first) = missing.first() else { return Ok(false) };
        let flags: Vec<String> = missing.iter().map(|n| format!("--accept-impact {n}")).collect();
        return Err(Error::new(
            Code::Refused,
            format!("rotating {first} costs people something: {}", policy.secrets[*first].impact),
            format!("accept it with {}", flags.join(" ")),
        ));
    }
    if global.json || !std::io::stdin().is_terminal() || !on_terminal() {
        return Err(Error::new(
            Code::Refused,
            "there is no terminal to ask at",
            "look at the plan, then pass --yes",
        ));
    }
    plan_view::show(global, policy, plan);
    if confirm("\nRotate? Type yes: ") {
        Ok(true)
    } else {
        Err(Error::new(Code::Refused, "not approved", "nothing was touched"))
    }
}

fn say_nothing_due(global: &Global) {
    if global.json {
        print_json(&json!({ "rotated": [], "outcome": "nothing due" }));
    } else {
        print("nothing is due\n");
    }
}

/// A spinner on a terminal, a line a step in a pipe, nothing beside JSON.
pub(super) fn progress(global: &Global, steps: usize) -> crate::watch::Listener {
    if global.json {
        return Box::new(|_| {});
    }
    let bar = on_terminal().then(|| {
        let bar = indicatif::ProgressBar::new_spinner();
        bar.enable_steady_tick(std::time::Duration::from_millis(100));
        bar
    });
    let done = std::sync::atomic::AtomicUsize::new(0);
    let line = move |bar: &Option<indicatif::ProgressBar>, text: String| match bar {
        Some(bar) => bar.println(text),
        None => print(&format!("{text}\n")),
    };
    Box::new(move |event| {
        match event {
        Event::Begin { step, back } => {
            if let Some(bar) = &bar {
                bar.set_message(format!("{}{step}", if back { "undo " } else { "" }));
            }
        }
        Event::Step { step, back, took, result } => {
            let number = if back {
                "  <-".into()
            } else {
                let n = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
                if steps > 0 { format!("{n:>2}/{steps}") } else { "  ->".into() }
            };
            let (mark, said) = match result {
                Ok([]) => ("done", String::new()),
                Ok(notes) => ("done", format!(": {}", escaped(&notes.join("; ")))),
                Err(error) => ("FAILED", format!(": {}", escaped(&error))),
            };
            line(&bar, format!("{number}  {step}  {mark} in {} ms{said}", took.as_millis()));
            if step == &Step::Retire
                && let Some(bar) = &bar
            {
                bar.finish_and_clear();
            }
        }
        Event::Interrupted => line(
            &bar,
            "      interrupted: the step in progress ends, then everything is taken back, or finished where promote has begun; \
             Ctrl-C once more leaves it half-way to `turnlock recover`"
                .into(),
        ),
        Event::Unwinding { .. } => line(&bar, "      taking everything back".into()),
    }
    })
}
