//! Users and groups of the host, from `/etc/passwd` and `/etc/group`.
//!
//! Only these files: a directory service may answer otherwise tomorrow, and a number can be written instead.

use std::fs;

/// The host's two files, read once.
pub(super) struct Ids {
    passwd: String,
    group: String,
}

impl Ids {
    pub(super) fn of_host() -> Self {
        let read = |file| fs::read_to_string(file).unwrap_or_default();
        Self { passwd: read("/etc/passwd"), group: read("/etc/group") }
    }

    pub(super) fn user(&self, name: &str) -> Option<u32> {
        id_of(&self.passwd, name)
    }

    pub(super) fn group(&self, name: &str) -> Option<u32> {
        id_of(&self.group, name)
    }

    /// Whether a group is a user's own: nobody else is in it.
    pub(super) fn is_private_group(&self, gid: u32, uid: u32) -> bool {
        let primary = |line: &str| Some((field(line, 2)?, field(line, 3)?));
        let mut users =
            self.passwd.lines().filter_map(primary).filter(|(_, g)| *g == gid).map(|(u, _)| u).peekable();
        let alone = users.peek().is_some() && users.all(|u| u == uid);
        let mut entries = self.group.lines().filter(|l| field(l, 2) == Some(gid)).peekable();
        let named = entries.peek().is_some();
        let me = self.passwd.lines().find(|l| field(l, 2) == Some(uid)).and_then(|l| l.split(':').next());
        let members = |l: &str| l.split(':').nth(3).unwrap_or_default().to_owned();
        alone && named && entries.all(|l| members(l).split(',').all(|m| m.is_empty() || Some(m) == me))
    }
}

fn id_of(file: &str, name: &str) -> Option<u32> {
    file.lines().find(|l| l.split(':').next() == Some(name)).and_then(|l| field(l, 2))
}

fn field(line: &str, index: usize) -> Option<u32> {
    line.split(':').nth(index)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> Ids {
        Ids {
            passwd: "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/:/bin/sh\nbob:x:1001:1001::/:/bin/sh\n\
                     eve:x:1002:1001::/:/bin/sh\ndan:x:1003:1003::/:/bin/sh\n"
                .into(),
            group: "root:x:0:\nann:x:1000:ann\nbob:x:1001:\ndan:x:1003:dan,eve\nadm:x:4:ann\n".into(),
        }
    }

    #[test]
    fn names_are_looked_up() {
        assert_eq!((ids().user("ann"), ids().user("an"), ids().group("adm")), (Some(1000), None, Some(4)));
    }

    #[test]
    fn a_private_group_has_one_user() {
        assert!(ids().is_private_group(1000, 1000));
        assert!(!ids().is_private_group(1001, 1001), "eve's primary group, too");
        assert!(!ids().is_private_group(1003, 1003), "eve is a member");
        assert!(!ids().is_private_group(4, 1000), "nobody's primary group");
        assert!(!ids().is_private_group(77, 1000), "no such group");
    }
}
