//! What is built for everybody: no points.

use turnlock_audit::Direction;

use crate::step::Step;
use crate::target::{Effect, TargetError};

pub(crate) fn before(_step: &Step, _direction: Direction) {}

pub(crate) async fn effect(
    _step: &Step,
    _direction: Direction,
    effect: impl AsyncFn() -> Result<Effect, TargetError>,
) -> Result<Effect, TargetError> {
    effect().await
}

pub(crate) fn one_by_one<T>(promote: T) -> T {
    promote
}
