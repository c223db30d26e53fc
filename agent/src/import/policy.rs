//! The policy file of a stack that was sorted, with a comment wherever a person has to decide.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::PathBuf;

use super::{databases, words};
use crate::generate::Generator;
use crate::policy::{Format, Paths};
use crate::secret::Name;

/// What the policy file is to say.
pub struct Draft {
    pub stack: String,
    /// From the policy's folder to the stack's root.
    pub root: PathBuf,
    pub project: String,
    pub compose: Vec<PathBuf>,
    pub profiles: Vec<String>,
    pub env_file: String,
    pub vault: Paths,
    pub secrets: BTreeMap<Name, Generator>,
    pub databases: Vec<databases::Found>,
    pub files: Vec<File>,
    /// Services that a managed value reaches.
    pub services: BTreeSet<String>,
    /// By service: variables that a database server looks at when it is made, if at all.
    pub first_start: BTreeMap<String, BTreeSet<String>>,
}

pub struct File {
    pub id: String,
    pub path: PathBuf,
    pub format: Format,
    pub owner: u32,
    pub group: u32,
    pub mode: u32,
    pub reads: BTreeSet<Name>,
    pub passthrough: Vec<String>,
    /// Services that read it once, when they are made.
    pub reread_by: BTreeSet<String>,
}

/// Left to a person: it needs the login by AppRole.
const OWN_LOGIN: &str = "# The agent's own login to Vault, as soon as it has one (`turnlock enroll`):\n\
# [secret.AGENT_LOGIN]\n# generator = { kind = \"self\" }\n# every = \"1 month\"\n# impact = \"None\"\n\n";

/// The mode that a policy takes, and that lets no more people read than the file does now.
pub fn allowed_mode(mode: u32) -> u32 {
    (mode & 0o640) | 0o400
}

pub fn text(draft: &Draft) -> String {
    let mut out = String::new();
    head(&mut out, draft);
    section(&mut out, "secrets");
    for (name, generator) in &draft.secrets {
        secret(&mut out, draft, name, generator);
    }
    out.push_str(OWN_LOGIN);
    section(&mut out, "where they are held");
    draft.databases.iter().for_each(|found| database(&mut out, found));
    draft.files.iter().for_each(|f| file(&mut out, f));
    if !draft.services.is_empty() {
        section(&mut out, "what counts as ready");
        out.push_str("# Without `ready`, a service is ready when it runs; say how it is asked:\n");
        out.push_str("#   ready = { http = \"/health\", port = 8080, within = \"30s\" }\n\n");
        draft.services.iter().for_each(|name| service(&mut out, draft, name));
    }
    out.truncate(out.trim_end().len());
    out + "\n"
}

fn head(out: &mut String, draft: &Draft) {
    let compose: Vec<String> = draft.compose.iter().map(|p| quoted(&p.display().to_string())).collect();
    let vault = &draft.vault;
    let _ = write!(
        out,
        "# The secrets of {stack}: how each is made, when, and where it is held. Proposed by `turnlock import`, from names and \
shapes;\n# there is no value in it, so it may stand in git. Read each `every` and each `impact`: only you know them.\n\
# `turnlock policy check` checks this file; `turnlock policy schema` describes every key.\n\
version = 1\n\n[stack]\nname = {name}\nroot = {root}  # relative to this file\nproject = {project}  # Compose's project name\n\
compose = [{compose}]\n",
        stack = draft.stack,
        name = quoted(&draft.stack),
        root = quoted(&draft.root.display().to_string()),
        project = quoted(&draft.project),
        compose = compose.join(", "),
    );
    if !draft.profiles.is_empty() {
        let profiles: Vec<String> = draft.profiles.iter().map(|p| quoted(p)).collect();
        let _ = writeln!(out, "profiles = [{}]", profiles.join(", "));
    }
    let _ = write!(
        out,
        "env_file = {env}  # the [file] that Compose interpolates from\n\n[vault]\nmount = {mount}  # KV v2: {m}/{p}/<NAME>, field `value`\n\
prefix = {prefix}\nstaging = {staging}  # pending values stand on a mount of their own\n\n",
        env = quoted(&draft.env_file),
        mount = quoted(&vault.mount),
        m = vault.mount,
        p = vault.prefix,
        prefix = quoted(&vault.prefix),
        staging = quoted(&vault.staging),
    );
}

fn secret(out: &mut String, draft: &Draft, name: &Name, generator: &Generator) {
    let made = match generator {
        Generator::Hex { bytes } => format!("{{ kind = \"hex\", bytes = {bytes} }}"),
        Generator::Base64 { bytes, without } if without.is_empty() => {
            format!("{{ kind = \"base64\", bytes = {bytes} }}")
        }
        Generator::Own => "{ kind = \"self\" }".to_owned(),
        Generator::Base64 { bytes, without } => {
            format!("{{ kind = \"base64\", bytes = {bytes}, without = {} }}", quoted(without))
        }
    };
    let is_login = draft.databases.iter().any(|d| d.secret == *name);
    let _ = writeln!(out, "[secret.{name}]\ngenerator = {made}");
    if words::names_a_data_key(name.as_str()) {
        out.push_str(
            "# By its name it may be a key that data is encrypted under. Then a new value alone makes the data unreadable: write\n\
# loses = \"re-encryption\", keep_for = \"1 year\" and a [migration], or take it out of this policy.\n\
on = \"a person has made sure that no data is encrypted under it\"\nimpact = \"Data that is encrypted under it becomes unreadable\"\n\n",
        );
        return;
    }
    let impact = match name.as_str() {
        _ if is_login => "The services that log in with it are stopped for a moment",
        n if ["JWT", "SESSION", "COOKIE"].iter().any(|word| n.contains(word)) => {
            "What was signed with it ends: sessions, tokens"
        }
        _ => "The services that hold it are recreated; what else, nobody has written down yet",
    };
    let _ = writeln!(out, "every = \"3 months\"  # a proposal\nimpact = {}\n", quoted(impact));
}

fn database(out: &mut String, found: &databases::Found) {
    let _ = write!(
        out,
        "[database.{key}]\nsecret = {secret}\nrole = {role}  # it alters its own password; or give an `admin`\ndatabase = {database}\n\
service = {service}\nport = 5432\nsessions = \"keep\"  # \"keep\", \"end\", or {{ drain = \"30s\" }}\n\n",
        key = key(&found.service),
        secret = quoted(found.secret.as_str()),
        role = quoted(&found.role),
        database = quoted(&found.database),
        service = quoted(&found.service),
    );
}

fn file(out: &mut String, file: &File) {
    let format = match file.format {
        Format::Env => "env",
        Format::Raw => "raw",
    };
    let reads: Vec<&str> = file.reads.iter().map(Name::as_str).collect();
    let _ = write!(
        out,
        "[file.{key}]\npath = {path}\ntemplate = {template}\nformat = \"{format}\"\nowner = {owner}\ngroup = {group}\n\
mode = \"{mode:04o}\"\nreads = {reads}\n",
        key = key(&file.id),
        path = quoted(&file.path.display().to_string()),
        template = quoted(&format!("templates/{}.tmpl", file.id)),
        owner = file.owner,
        group = file.group,
        mode = allowed_mode(file.mode),
        reads = listed(&reads),
    );
    if !file.passthrough.is_empty() {
        let fields: Vec<&str> = file.passthrough.iter().map(String::as_str).collect();
        let _ = writeln!(out, "passthrough = {}", listed(&fields));
    }
    if !file.reread_by.is_empty() {
        let takes: Vec<String> = file.reread_by.iter().map(|s| format!("{} = \"rereads\"", key(s))).collect();
        let _ =
            writeln!(out, "consumers = {{ {} }}  # read only when the database is made", takes.join(", "));
    }
    out.push('\n');
}

fn service(out: &mut String, draft: &Draft, name: &str) {
    let _ = writeln!(out, "[service.{}]", key(name));
    let variables = draft.first_start.get(name).into_iter().flatten().map(String::as_str);
    let variables: Vec<&str> = variables.collect();
    if !variables.is_empty() {
        out.push_str(
            "# Looked at when the database is made, if at all: a change of these leaves the service alone.\n",
        );
        let _ = writeln!(out, "first_start = {}", listed(&variables));
    }
    out.push('\n');
}

fn section(out: &mut String, title: &str) {
    let line = format!("# --- {title} ");
    let _ = writeln!(out, "{line}{}\n", "-".repeat(119_usize.saturating_sub(line.len())));
}

/// On one line if it fits, else wrapped.
fn listed(words: &[&str]) -> String {
    let all: Vec<String> = words.iter().map(|w| quoted(w)).collect();
    let line = format!("[{}]", all.join(", "));
    if line.len() <= 100 {
        return line;
    }
    let (mut out, mut width) = ("[\n ".to_owned(), 1);
    for word in all {
        if width + word.len() + 2 > 118 {
            out.push_str("\n ");
            width = 1;
        }
        let _ = write!(out, " {word},");
        width += word.len() + 2;
    }
    out + "\n]"
}

fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if bare { name.to_owned() } else { quoted(name) }
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => _ = write!(out, "\\u{:04X}", u32::from(c)),
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_texts_are_toml() {
        for text in ["a", "a.b", "", "a b", "\"q\\", "ü\n\u{7f}"] {
            let written = format!("[{}]\nx = {}\n", key(text), quoted(text));
            let read: toml::Table = written.parse().unwrap_or_else(|e| panic!("{written}: {e}"));
            assert_eq!(read[text]["x"].as_str(), Some(text));
        }
        let many: Vec<String> = (0..40).map(|i| format!("FIELD_{i}")).collect();
        let words: Vec<&str> = many.iter().map(String::as_str).collect();
        let read: toml::Table = format!("x = {}", listed(&words)).parse().unwrap();
        assert_eq!(read["x"].as_array().unwrap().len(), 40);
    }

    #[test]
    fn nobody_may_read_more_than_before() {
        for mode in 0..=0o777 {
            let allowed = allowed_mode(mode);
            assert_eq!(allowed & 0o137, 0, "{mode:o}");
            assert!(allowed & !(mode | 0o400) == 0, "{mode:o}");
        }
        assert_eq!((allowed_mode(0o644), allowed_mode(0o600), allowed_mode(0o755)), (0o640, 0o600, 0o640));
    }
}
