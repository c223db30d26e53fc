//! `turnlock policy check`: what was understood of a policy.

use std::fmt::Write;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::out::columns;
use crate::generate::Generator;
use crate::policy::{Address, Check, Due, Format, Loses, Policy, Problem, Secret, Sessions, Takes};
use crate::schedule::words;
use crate::secret::Name;

/// The policy in plain tables.
pub fn check_text(policy: &Policy) -> String {
    let mut out = String::new();
    let (stack, vault) = (&policy.stack, &policy.vault);
    let _ = writeln!(out, "{} is right, hash {}", policy.file.display(), &policy.hash[..12]);
    let _ =
        writeln!(out, "Stack {}: Compose project {} in {}", stack.name, stack.project, stack.root.display());
    let _ = writeln!(
        out,
        "Vault: values in {}/{}/<NAME>, pending ones in {}/",
        vault.mount, vault.prefix, vault.staging
    );
    section(
        &mut out,
        ["SECRET", "MADE AS", "DUE", "LOST", "HELD BY"],
        policy.secrets.iter().map(|(name, secret)| {
            [
                name.to_string(),
                generator(&secret.generator),
                due(&secret.due),
                secret.loses.map_or("-", loses).to_owned(),
                holders(policy, name).join(", "),
            ]
        }),
    );
    section(
        &mut out,
        ["FILE", "PATH", "OWNER", "MODE", "SECRETS", "TAKEN BY"],
        policy.files.iter().map(|(id, file)| {
            let takers =
                file.consumers.iter().map(|(service, takes)| format!("{service} ({})", taken(*takes)));
            [
                id.clone(),
                file.path.display().to_string(),
                format!("{}:{}", file.owner, file.group),
                format!("{:04o}", file.mode),
                file.reads.len().to_string(),
                or_dash(takers.collect()),
            ]
        }),
    );
    section(
        &mut out,
        ["DATABASE", "ROLE", "AT", "ALTERED BY", "SESSIONS"],
        policy.databases.iter().map(|(id, db)| {
            let admin = db.admin.as_ref().map_or("itself".to_owned(), |a| format!("{}/{}", a.mount, a.path));
            [id.clone(), db.role.clone(), address(&db.address), admin, sessions(db.sessions)]
        }),
    );
    section(
        &mut out,
        ["SERVICE", "READY WHEN", "WITHIN"],
        policy.services.iter().map(|(name, service)| {
            let ready = service.ready.as_ref();
            let within = ready.map_or("-".to_owned(), |r| time(r.within));
            [name.clone(), ready.map_or("running".to_owned(), |r| check(&r.check, r.port)), within]
        }),
    );
    section(
        &mut out,
        ["MIGRATION", "KEY", "COMMAND", "WITHIN"],
        policy.migrations.iter().map(|(id, m)| {
            let command = format!("{}: {}", m.service, m.command.join(" "));
            [id.clone(), m.secret.to_string(), command, time(m.within)]
        }),
    );
    out
}

/// The same for machines.
pub fn check_json(policy: &Policy) -> Value {
    let secret = |(name, secret): (&Name, &Secret)| {
        let entry = json!({
            "generator": generator(&secret.generator),
            "every": match &secret.due { Due::Every(span) => Some(words(*span)), Due::On(_) => None },
            "on": match &secret.due { Due::On(event) => Some(event), Due::Every(_) => None },
            "impact": secret.impact,
            "loses": secret.loses.map(loses),
            "keep_for": secret.keep_for.map(words),
            "held_by": holders(policy, name),
        });
        (name.to_string(), entry)
    };
    let file = |(id, file): (&String, &crate::policy::RenderedFile)| {
        let entry = json!({
            "path": file.path,
            "template": file.template_file,
            "format": match file.format { Format::Env => "env", Format::Raw => "raw" },
            "owner": file.owner,
            "group": file.group,
            "mode": format!("{:04o}", file.mode),
            "reads": file.reads.iter().map(Name::as_str).collect::<Vec<_>>(),
        });
        (id.clone(), entry)
    };
    json!({
        "valid": true,
        "policy": policy.file,
        "hash": policy.hash,
        "stack": { "name": policy.stack.name, "root": policy.stack.root, "project": policy.stack.project },
        "secrets": policy.secrets.iter().map(secret).collect::<serde_json::Map<_, _>>(),
        "files": policy.files.iter().map(file).collect::<serde_json::Map<_, _>>(),
        "databases": policy.databases.keys().collect::<Vec<_>>(),
        "services": policy.services.keys().collect::<Vec<_>>(),
        "migrations": policy.migrations.keys().collect::<Vec<_>>(),
    })
}

/// Everything that is wrong with a policy, for machines.
pub fn problem_json(problem: &Problem) -> Value {
    let one = |p: &Problem| json!({ "file": p.file(), "line": p.line(), "column": p.column(), "what": p.what(), "help": p.help() });
    json!({ "valid": false, "problems": problem.all().map(one).collect::<Vec<_>>() })
}

fn section<const N: usize>(out: &mut String, header: [&str; N], rows: impl Iterator<Item = [String; N]>) {
    let rows: Vec<Vec<String>> = rows.map(|row| row.to_vec()).collect();
    if !rows.is_empty() {
        let _ = write!(out, "\n{}", columns(&header, rows));
    }
}

fn generator(generator: &Generator) -> String {
    match generator {
        Generator::Hex { bytes } => format!("hex of {bytes} bytes"),
        Generator::Own => "the agent's own secret-id".into(),
        Generator::Base64 { bytes, without } if without.is_empty() => format!("base64 of {bytes} bytes"),
        Generator::Base64 { bytes, without } => format!("base64 of {bytes} bytes without {without}"),
    }
}

fn due(due: &Due) -> String {
    match due {
        Due::Every(span) => format!("every {}", words(*span)),
        Due::On(event) => format!("on {event}"),
    }
}

fn time(duration: Duration) -> String {
    SignedDuration::try_from(duration).map_or_else(|_| format!("{duration:?}"), |d| format!("{d:#}"))
}

fn loses(loses: Loses) -> &'static str {
    match loses {
        Loses::Sessions => "sessions",
        Loses::Mfa => "mfa",
        Loses::Reencryption => "re-encryption",
    }
}

fn taken(takes: Takes) -> &'static str {
    match takes {
        Takes::Rereads => "rereads",
        Takes::Restart => "restart",
        Takes::Recreate => "recreate",
    }
}

fn sessions(sessions: Sessions) -> String {
    match sessions {
        Sessions::Keep => "kept".into(),
        Sessions::End => "ended".into(),
        Sessions::Drain(within) => format!("drained, {}", time(within)),
    }
}

fn address(address: &Address) -> String {
    match address {
        Address::Service { service, port } => format!("service {service}, port {port}"),
        Address::Host { host, port } if host.contains(':') => format!("[{host}]:{port}"),
        Address::Host { host, port } => format!("{host}:{port}"),
    }
}

fn check(check: &Check, port: u16) -> String {
    match check {
        Check::Http { path, contains: None } => format!("GET :{port}{path} is 2xx"),
        Check::Http { path, contains: Some(text) } => format!("GET :{port}{path} has {text:?}"),
        Check::PrometheusTarget { job } => format!("Prometheus on :{port} has {job} up"),
    }
}

/// The targets that hold a copy; a secret without any is in Vault alone.
fn holders(policy: &Policy, name: &Name) -> Vec<String> {
    let files =
        policy.files.iter().filter(|(_, f)| f.reads.contains(name)).map(|(id, _)| format!("file.{id}"));
    let roles =
        policy.databases.iter().filter(|(_, d)| d.secret == *name).map(|(id, _)| format!("database.{id}"));
    let data =
        policy.migrations.iter().filter(|(_, m)| m.secret == *name).map(|(id, _)| format!("migration.{id}"));
    let all: Vec<String> = roles.chain(files).chain(data).collect();
    if all.is_empty() { vec!["Vault alone".into()] } else { all }
}

fn or_dash(words: Vec<String>) -> String {
    if words.is_empty() { "-".into() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_they_are_written() {
        assert_eq!(words("3mo".parse().unwrap()), "3 months");
        assert_eq!(words("1y 6mo".parse().unwrap()), "1 year 6 months");
        assert_eq!(time(Duration::from_secs(300)), "5m");
        assert_eq!(time(Duration::from_secs(20)), "20s");
    }

    #[test]
    fn addresses_are_said_as_they_are_written() {
        let host = |host: &str| address(&Address::Host { host: host.into(), port: 5432 });
        assert_eq!(host("db"), "db:5432");
        assert_eq!(host("::1"), "[::1]:5432");
    }

    #[test]
    fn an_empty_section_is_left_out() {
        let mut out = String::new();
        section(&mut out, ["A", "B"], std::iter::empty());
        assert_eq!(out, "");
        section(&mut out, ["A", "B"], [["long".to_owned(), "x".to_owned()]].into_iter());
        assert_eq!(out, "\nA     B\nlong  x\n");
    }
}
