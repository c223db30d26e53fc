//! More secrets than one rotation can hold are rotated by several, one after another.
//!
//! An entry of the log is shorter than [`MAX_BODY`], and a rotation's first entry is its whole plan. What is shared by secrets of
//! two parts, a file or a container, is written or recreated twice.

use turnlock_audit::MAX_BODY;

use super::Request;
use crate::policy::Policy;
use crate::secret::Name;

/// What an entry holds besides secrets: who, when, why, steps, services.
const BESIDES: usize = 12 * 1024;

impl Request {
    /// The same in parts, each of which fits into its entries; most often there is one.
    pub fn parts(self, policy: &Policy) -> Vec<Request> {
        let mut parts: Vec<(usize, Request)> = Vec::new();
        for (name, want) in self.wants {
            let bytes = bytes(policy, &name);
            match parts.last_mut().filter(|(full, _)| full + bytes <= MAX_BODY - BESIDES) {
                Some((full, part)) => {
                    *full += bytes;
                    part.wants.insert(name, want);
                }
                None => parts.push((bytes, Request { wants: [(name, want)].into() })),
            }
        }
        parts.into_iter().map(|(_, part)| part).collect()
    }
}

/// What a secret adds to the longest entry, at most: to the plan its versions twice and its name at each place where it stands, to
/// an outcome its versions, the id of a request and a time.
fn bytes(policy: &Policy, name: &Name) -> usize {
    let length = name.as_str().len();
    let files = policy.files.values().filter(|file| file.reads.contains(name)).count();
    let (plan, outcome) = (2 * length + 75 + files * 6 * (length + 10), 2 * length + 130);
    plan.max(outcome)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::plan::{Versions, Want};

    #[test]
    fn each_part_fits_into_its_entries_and_no_secret_is_lost() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/rotation/breeze.toml");
        let policy = crate::policy::load(&file).unwrap();
        let seven = Request::new_values(policy.secrets.keys().cloned());
        assert_eq!(seven.clone().parts(&policy), [seven]);

        let names: Vec<Name> =
            (0..2000).map(|n| format!("A_NAME_OF_USUAL_LENGTH_{n}").parse().unwrap()).collect();
        let parts = Request::new_values(names.clone()).parts(&policy);
        assert!(parts.len() > 1);
        assert!(
            parts
                .iter()
                .flat_map(|part| part.wants.keys())
                .eq(names.iter().collect::<std::collections::BTreeSet<_>>())
        );
        let most = Versions { from: 99_998, to: 99_999, value: Want::Version(99_997) };
        for part in parts {
            let changes: std::collections::BTreeMap<_, _> =
                part.wants.into_keys().map(|name| (name, most)).collect();
            let in_plan = serde_json::to_string(&changes).unwrap().len();
            let as_subjects = in_plan - changes.len() * ",\"value\":{\"version\":99997}".len();
            assert!(in_plan + as_subjects < MAX_BODY - BESIDES / 2, "{in_plan} and {as_subjects} bytes");
        }
    }
}
