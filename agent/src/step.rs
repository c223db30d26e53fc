//! The five verbs. They are closed: what a rotation can do to the world is here, and nowhere else.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::target::Spec;

/// One item of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum Step {
    /// The new values stand in Vault, on a mount of their own.
    Stage,
    /// One target is made to hold the new values.
    Apply { target: Spec },
    /// Every target is proven to hold and accept the new values, and nothing else.
    Verify,
    /// The new values become Vault's newest versions. Its intent is the pivot.
    Promote,
    /// What is left of the old values is cleared away.
    Retire,
}

impl Step {
    pub fn verb(&self) -> &'static str {
        match self {
            Step::Stage => "stage",
            Step::Apply { .. } => "apply",
            Step::Verify => "verify",
            Step::Promote => "promote",
            Step::Retire => "retire",
        }
    }

    /// The target's id, if it has one.
    pub fn target(&self) -> Option<String> {
        match self {
            Step::Apply { target } => Some(target.id()),
            _ => None,
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.target() {
            Some(target) => write!(f, "{} {target}", self.verb()),
            None => f.write_str(self.verb()),
        }
    }
}
