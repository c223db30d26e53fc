//! A way back that could not be gone to its end: who holds which values, and what is stopped.

use std::cmp::Ordering;

use super::Rotation;
use crate::policy::Takes;
use crate::step::Step;
use crate::target::Spec;

/// Services that are stopped, or may be.
#[derive(Default)]
pub(super) struct Held {
    services: Vec<String>,
    surely: bool,
}

impl Rotation<'_> {
    /// On a way back that came as far as this step: who holds which values.
    pub(super) fn half_undone(&self, steps: &[usize], failed: usize, why: &str) -> Vec<String> {
        let told = |index: &usize| {
            let step = &self.plan.steps[*index];
            // What is held is told by its services.
            let target = step.target().filter(|_| !matches!(step, Step::Apply { target: Spec::Hold(_) }))?;
            match index.cmp(&failed) {
                Ordering::Less => Some(format!("{target}: the old values again")),
                Ordering::Equal => None,
                Ordering::Greater => Some(format!("{target}: not reached, so it may hold the new values")),
            }
        };
        let mut stands = vec![format!("{} could not be taken back: {why}", self.plan.steps[failed])];
        stands.extend(steps.iter().filter_map(told));
        let is = if self.held.surely { "is" } else { "may be" };
        stands.extend(self.held.services.iter().map(|service| format!("service {service} {is} stopped")));
        stands
    }

    /// Notes which services a hold has stopped, and that a start has started them. Where one failed, it may have come to some
    /// of them only, and left one between its old container and its new.
    pub(super) fn note_held(&mut self, step: &Step, done: bool) {
        let services: Vec<String> = match step {
            Step::Apply { target: Spec::Hold(h) } => h.services.keys().cloned().collect(),
            Step::Apply { target: Spec::Start(_) } if done => Vec::new(),
            Step::Apply { target: Spec::Start(s) } => {
                let files = &self.world.policy.files;
                let rereads =
                    |name: &String| files.values().any(|f| f.consumers.get(name) == Some(&Takes::Rereads));
                let stops = s.services.iter().filter(|(n, reach)| !reach.variables.is_empty() || !rereads(n));
                stops.map(|(name, _)| name.clone()).collect()
            }
            _ => return,
        };
        self.held = Held { services, surely: done };
    }
}
