//! Who could read a secret afterwards that could not before: shown by the plan, since a mode in a policy is easily
//! overlooked.
//!
//! Of a secret's files as they stand, each lets its owner, its group or everybody read. A file as the policy wants it is a
//! widening if it lets somebody read who can read no file that holds that secret now. Root, who reads everything, and the
//! directories above a file are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::policy::Policy;
use crate::secret::Name;

/// Owner, group and mode of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    pub owner: u32,
    pub group: u32,
    pub mode: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reader {
    User(u32),
    Group(u32),
    Everybody,
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reader::User(id) => write!(f, "user {id}"),
            Reader::Group(id) => write!(f, "group {id}"),
            Reader::Everybody => f.write_str("everybody"),
        }
    }
}

impl Access {
    fn readers(self) -> BTreeSet<Reader> {
        let some = [
            (0o400, Reader::User(self.owner)),
            (0o040, Reader::Group(self.group)),
            (0o004, Reader::Everybody),
        ];
        let readers = some.into_iter().filter(|(bit, _)| self.mode & bit != 0).map(|(_, reader)| reader);
        readers.filter(|r| !matches!(r, Reader::User(0) | Reader::Group(0))).collect()
    }
}

/// A sentence for each file and reader. `now`: the files that are there.
pub fn widenings(policy: &Policy, now: &BTreeMap<String, Access>) -> Vec<String> {
    let mut found = Vec::new();
    for file in policy.files.values() {
        let then = Access { owner: file.owner, group: file.group, mode: file.mode };
        for reader in then.readers() {
            let new: Vec<&str> = file
                .reads
                .iter()
                .filter(|name| !could_read(policy, now, name, reader))
                .map(Name::as_str)
                .collect();
            if !new.is_empty() {
                found.push(format!(
                    "{reader} could read {}, and could not read {} before",
                    file.path.display(),
                    new.join(", ")
                ));
            }
        }
    }
    found
}

fn could_read(policy: &Policy, now: &BTreeMap<String, Access>, name: &Name, reader: Reader) -> bool {
    let holding = policy.files.iter().filter(|(_, file)| file.reads.contains(name));
    let readers = holding.filter_map(|(id, _)| now.get(id)).flat_map(|access| access.readers());
    readers.into_iter().any(|r| r == reader || r == Reader::Everybody)
}
