//! Single values of the policy: times, modes, paths, names. Each is its final type, or a sentence and what to do.

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Span, Unit, civil::date};

use crate::policy::Address;
use crate::redact::is_unfit;

/// What is wrong, and what to do.
pub(super) type Wrong = (String, &'static str);

/// Longer than anything that a person waits for.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

const CALENDAR: &str =
    "write calendar time, at most 10 years: \"3 months\", \"1 year\", \"2 weeks\", \"90 days\"";

/// A positive calendar span. Hours and less are no calendar time ("5 m" would be five minutes).
pub(super) fn calendar(text: &str) -> Result<Span, Wrong> {
    let wrong = |why: &str| (format!("{text:?} {why}"), CALENDAR);
    let span: Span = text.parse().map_err(|_| wrong("is not a span of time"))?;
    let clock =
        [Unit::Hour, Unit::Minute, Unit::Second, Unit::Millisecond, Unit::Microsecond, Unit::Nanosecond];
    let has_clock = {
        let f = span.fieldwise();
        clock.iter().any(|unit| match unit {
            Unit::Hour => f.0.get_hours() != 0,
            Unit::Minute => f.0.get_minutes() != 0,
            Unit::Second => f.0.get_seconds() != 0,
            Unit::Millisecond => f.0.get_milliseconds() != 0,
            Unit::Microsecond => f.0.get_microseconds() != 0,
            _ => f.0.get_nanoseconds() != 0,
        })
    };
    if has_clock {
        return Err(wrong("has hours, minutes or seconds in it"));
    }
    if !span.is_positive() {
        return Err(wrong("is not a positive span of time"));
    }
    let start = date(2000, 1, 1);
    match start.checked_add(span) {
        Ok(end) if end <= date(2010, 1, 1) => Ok(span),
        _ => Err(wrong("is longer than 10 years")),
    }
}

/// A positive duration: "20s", "5m".
pub(super) fn duration(text: &str) -> Result<Duration, Wrong> {
    let wrong = |why: &str| (format!("{text:?} {why}"), "write a time between 1s and 24h: \"20s\", \"5m\"");
    let parsed: SignedDuration = text.parse().map_err(|_| wrong("is not a time"))?;
    match Duration::try_from(parsed) {
        Ok(d) if d >= Duration::from_secs(1) && d <= LONGEST => Ok(d),
        _ => Err(wrong("is too short or too long")),
    }
}

/// A mode of a file that holds secrets: nobody else writes it, and strangers don't read it.
pub(super) fn mode(text: &str) -> Result<u32, Wrong> {
    const HELP: &str = "use \"0600\", or \"0640\" with the group that must read it";
    let octal = (text.len() == 3 || text.len() == 4) && text.bytes().all(|b| (b'0'..=b'7').contains(&b));
    let mode = u32::from_str_radix(text, 8).ok().filter(|_| octal);
    let Some(mode) = mode else { return Err((format!("{text:?} is not a mode in octal"), HELP)) };
    let wrong = |why: &str| Err((format!("mode {text} {why}"), HELP));
    match mode {
        m if m > 0o777 => wrong("has more than permissions in it"),
        m if m & 0o022 != 0 => wrong("lets others write the file"),
        m if m & 0o007 != 0 => wrong("lets every user of the host read the file"),
        m if m & 0o111 != 0 => wrong("makes the file a program"),
        m if m & 0o400 == 0 => wrong("lets its owner not read the file"),
        m => Ok(m),
    }
}

/// A path below the stack's root, as it is written.
pub(super) fn below_root(text: &str) -> Result<PathBuf, Wrong> {
    const HELP: &str = "write a path relative to the stack's root, without `..`";
    let wrong = |why: &str| Err((format!("{text:?} {why}"), HELP));
    if text.is_empty() || text.ends_with('/') {
        return wrong("is not a file's path");
    }
    if text.chars().any(is_unfit) {
        return wrong("has control characters or invisible ones in it");
    }
    // As long as the kernel takes a path, and a file's name (limits.h).
    if text.len() > 4095 || text.split('/').any(|part| part.len() > 255) {
        return wrong("is longer than a path can be");
    }
    let mut plain = PathBuf::new();
    for component in Path::new(text).components() {
        match component {
            Component::Normal(part) => plain.push(part),
            Component::CurDir => {}
            Component::ParentDir => return wrong("leaves the stack's root"),
            Component::RootDir | Component::Prefix(_) => return wrong("is absolute"),
        }
    }
    if plain.as_os_str().is_empty() { wrong("is not a file's path") } else { Ok(plain) }
}

/// A mount or a path in Vault. Vault's clients fold `..`, `//` and a leading `/`, so that a path would reach another
/// place than it says.
pub(super) fn vault_path(text: &str) -> Result<String, Wrong> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let segment = |s: &str| !s.is_empty() && s != "." && s != ".." && s.chars().all(plain);
    if text.split('/').all(segment) && text.len() <= 512 {
        Ok(text.to_owned())
    } else {
        Err((
            format!("{text:?} is not a plain path in Vault"),
            "use letters, digits and `-_.` between single slashes, without a slash at the ends, without `..`, at most 512",
        ))
    }
}

/// A name of ours, of Compose's, of a service.
pub(super) fn plain_name(text: &str) -> Result<String, Wrong> {
    let first = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    let rest = text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if first && rest && text.len() <= 63 {
        Ok(text.to_owned())
    } else {
        Err((
            format!("{text:?} is not a plain name"),
            "use letters, digits and `-_.`, at most 63, a letter or digit first",
        ))
    }
}

/// The name of an AppRole, which is also that of ACL policies: Vault makes small letters of both, and has names of its own.
pub(super) fn vault_role(text: &str) -> Result<String, Wrong> {
    const HELP: &str = "use small letters, digits and `-_.`, at most 63, a letter or digit first and last";
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !text.chars().all(plain) || !end(text.chars().next()) || !end(text.chars().last()) || text.len() > 63 {
        return Err((format!("{text:?} is not a name for the agent's role"), HELP));
    }
    let taken =
        ["root", "default"].contains(&text) || ["-operator", "-auditor"].iter().any(|e| text.ends_with(e));
    match taken {
        true => Err((format!("{text:?} is a name that Vault or another ACL policy has"), "take another")),
        false => Ok(text.to_owned()),
    }
}

/// Compose's own rule for a project's name.
pub(super) fn project(text: &str) -> Result<String, Wrong> {
    let first = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    let rest = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c));
    if first && rest && text.len() <= 63 {
        Ok(text.to_owned())
    } else {
        Err((format!("{text:?} is not a Compose project's name"), "use small letters, digits, `-` and `_`"))
    }
}

/// A role's name: of what PostgreSQL takes, what a client can log in with. SCRAM's messages are separated by commas, and its
/// names have no control characters (RFC 5802, 5.1; RFC 4013).
pub(super) fn postgres_role(text: &str) -> Result<String, Wrong> {
    const HELP: &str = "give the role another name: ALTER ROLE … RENAME TO …";
    let name = postgres_name(text)?;
    match name.contains(',') {
        true => {
            Err((format!("{text:?} has a comma in it, and a role with one cannot log in by SCRAM"), HELP))
        }
        false => Ok(name),
    }
}

/// A role's or a database's name: PostgreSQL takes anything but nothing, NUL, and more than 63 bytes; here it has to be shown, too.
pub(super) fn postgres_name(text: &str) -> Result<String, Wrong> {
    const HELP: &str = "write the name as PostgreSQL has it, without quotes";
    if text.is_empty() {
        return Err(("the name is empty".into(), HELP));
    }
    if text.contains('\0') {
        return Err((format!("{text:?} has a NUL in it"), HELP));
    }
    if text.chars().any(is_unfit) {
        return Err((format!("{text:?} has control characters or invisible ones in it"), HELP));
    }
    if text.len() > 63 {
        return Err((format!("{text:?} is longer than PostgreSQL's 63 bytes"), HELP));
    }
    Ok(text.to_owned())
}

/// A variable of a container's environment.
pub(super) fn variable(text: &str) -> Result<String, Wrong> {
    let first = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if first && text.len() <= 255 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        Ok(text.to_owned())
    } else {
        Err((
            format!("{text:?} is not a variable's name"),
            "use letters, digits and underscores, at most 255",
        ))
    }
}

/// `host:port`, `[2001:db8::1]:5432`.
pub(super) fn address(text: &str) -> Result<Address, Wrong> {
    let wrong =
        || (format!("{text:?} is not an address"), "write \"host:port\", an IPv6 address in brackets");
    let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
    let port: u16 = port.parse().ok().filter(|p| *p != 0).ok_or_else(wrong)?;
    let host = match host.strip_prefix('[') {
        Some(rest) => {
            let inside = rest.strip_suffix(']').ok_or_else(wrong)?;
            inside.parse::<std::net::Ipv6Addr>().map_err(|_| wrong())?;
            inside
        }
        None => host,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:".contains(c);
    let named = !host.is_empty() && host.chars().all(plain);
    let colons = host.contains(':') && !text.starts_with('[');
    if named && !colons { Ok(Address::Host { host: host.to_owned(), port }) } else { Err(wrong()) }
}

/// A path of an HTTP request.
pub(super) fn http_path(text: &str) -> Result<String, Wrong> {
    if text.starts_with('/') && text.len() <= 2048 && text.bytes().all(|b| b.is_ascii_graphic() && b != b'#')
    {
        Ok(text.to_owned())
    } else {
        Err((format!("{text:?} is not a path of a request"), "start it with `/`: \"/health/ready\""))
    }
}

/// Text that a person reads.
pub(super) fn sentence(text: &str) -> Result<String, Wrong> {
    if text.trim().is_empty() {
        return Err(("the text is empty".into(), "say it in a few words"));
    }
    if text.len() > 200 || text.chars().any(is_unfit) {
        let what = "the text is too long, or has control characters or invisible ones in it";
        return Err((what.into(), "say it in one line"));
    }
    Ok(text.to_owned())
}
