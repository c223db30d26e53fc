//! `TURNLOCK_CRASH=STEP:PLACE:ACTION`, several with `;` between them.
//!
//! STEP is a step as the log shows it (`apply hold`, `promote`), `undo ` before it on the way back, `*` or `undo *` for
//! all. PLACE is one of
//!
//! - `intent`: before the step's intent is written,
//! - `effect`: its intent is on disk, its effect has not begun,
//! - `outcome`: it has had its effect, its outcome is not written,
//! - `between`: the first of several secrets is promoted, the next is not,
//! - `beside`: a file's new content is complete beside it, and not in its place; `kill` and `stop` alone.
//!
//! ACTION is `kill` (SIGKILL), `stop` (SIGSTOP: a test does something, and sends SIGCONT), `fail` (the step fails: at
//! `effect` before it has had its effect, at `outcome` after it) or `twice` (the effect is had twice).

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustix::process::{Signal, getpid, kill_process};
use tokio::sync::Mutex;
use turnlock_audit::Direction;

use crate::step::Step;
use crate::target::{Effect, TargetError};

const VARIABLE: &str = "TURNLOCK_CRASH";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Intent,
    Effect,
    Outcome,
    Between,
    Beside,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Kill,
    Stop,
    Fail,
    Twice,
}

struct Point {
    step: String,
    place: Place,
    action: Action,
}

pub(crate) fn before(step: &Step, direction: Direction) {
    // There is nothing yet that could fail or be had twice.
    let _ = act(step, direction, Place::Intent);
}

/// By the file's name in the policy, in both directions.
pub(crate) fn beside(file: &str) {
    let point = points().iter().find(|p| p.place == Place::Beside && p.step == format!("apply file.{file}"));
    if let Some(point) = point {
        signal(point.action);
    }
}

pub(crate) async fn effect<F: Future<Output = Result<Effect, TargetError>>>(
    step: &Step,
    direction: Direction,
    effect: impl Fn() -> F,
) -> Result<Effect, TargetError> {
    if let Some(Action::Fail) = act(step, direction, Place::Effect) {
        return Err(made_to_fail());
    }
    // On the heap: the compiler gives up on futures that are nested too deeply.
    let mut result = Box::pin(effect()).await?;
    if asked(step, direction, Place::Effect) == Some(Action::Twice) {
        result = Box::pin(effect()).await?;
    }
    match act(step, direction, Place::Outcome) {
        Some(Action::Fail) => Err(made_to_fail()),
        _ => Ok(result),
    }
}

/// Promotes go at once; where one is to be met between two of them, one waits for the other.
pub(crate) async fn one_by_one<T>(
    promote: impl Future<Output = Result<T, TargetError>>,
) -> Result<T, TargetError> {
    static TURN: Mutex<()> = Mutex::const_new(());
    static DONE: AtomicUsize = AtomicUsize::new(0);
    if asked(&Step::Promote, Direction::Forward, Place::Between).is_none() {
        return promote.await;
    }
    let _turn = TURN.lock().await;
    if DONE.load(Ordering::SeqCst) == 1
        && act(&Step::Promote, Direction::Forward, Place::Between) == Some(Action::Fail)
    {
        return Err(made_to_fail());
    }
    let result = promote.await;
    DONE.fetch_add(1, Ordering::SeqCst);
    result
}

fn made_to_fail() -> TargetError {
    TargetError::new("made to fail by a test")
}

fn asked(step: &Step, direction: Direction, place: Place) -> Option<Action> {
    let back = direction == Direction::Back;
    let (name, any) = if back { (format!("undo {step}"), "undo *") } else { (step.to_string(), "*") };
    points().iter().find(|p| p.place == place && (p.step == name || p.step == any)).map(|p| p.action)
}

/// What a signal can do is done here; the rest is left to the caller.
fn act(step: &Step, direction: Direction, place: Place) -> Option<Action> {
    let action = asked(step, direction, place)?;
    signal(action);
    Some(action)
}

fn signal(action: Action) {
    let signal = match action {
        Action::Kill => Signal::KILL,
        Action::Stop => Signal::STOP,
        Action::Fail | Action::Twice => return,
    };
    let _ = kill_process(getpid(), signal);
    // Another thread may be the one that is told; this one does nothing more meanwhile.
    std::thread::sleep(Duration::from_millis(100));
}

fn points() -> &'static [Point] {
    static POINTS: OnceLock<Vec<Point>> = OnceLock::new();
    POINTS.get_or_init(|| {
        let text = std::env::var(VARIABLE).unwrap_or_default();
        let all = text.split(';').filter(|p| !p.is_empty());
        all.map(|p| parse(p).unwrap_or_else(|| panic!("{VARIABLE}: not a point"))).collect()
    })
}

fn parse(text: &str) -> Option<Point> {
    let mut parts = text.split(':');
    let (step, place, action) = (parts.next()?, parts.next()?, parts.next()?);
    let place = match place {
        "intent" => Place::Intent,
        "effect" => Place::Effect,
        "outcome" => Place::Outcome,
        "between" => Place::Between,
        "beside" => Place::Beside,
        _ => return None,
    };
    let action = match action {
        "kill" => Action::Kill,
        "stop" => Action::Stop,
        "fail" => Action::Fail,
        "twice" => Action::Twice,
        _ => return None,
    };
    parts.next().is_none().then(|| Point { step: step.to_owned(), place, action })
}
