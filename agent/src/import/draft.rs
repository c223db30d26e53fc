//! From a stack that was read and a person's wishes to the policy, its templates, and what there is to tell. Pure.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::gather::{Keys, Stack};
use super::policy::{Draft, File, allowed_mode};
use super::write::{Files, relative};
use super::{
    Class, Outcome, Refused, Sorted, Went, Wishes, databases, find, policy, prove, references, shape, sort,
    words,
};
use crate::envfile::{Kind, lines};
use crate::generate::Generator;
use crate::policy::Paths;
use crate::secret::Name;

/// Names that a person may choose.
#[derive(Debug)]
pub struct Names {
    pub stack: String,
    pub vault: Paths,
    /// Where the policy will be: absolute.
    pub out: PathBuf,
    pub profiles: Vec<String>,
}

/// All that an import would write, and all that it says. No values.
pub struct Proposal {
    pub files: Files,
    pub went: Vec<Went>,
    pub weak: Vec<(Name, &'static str)>,
    /// What cannot be done, or was not, and what that means.
    pub notes: Vec<String>,
    /// What a person has to do before the stack can be imported.
    pub todo: Vec<String>,
}

pub fn draft(stack: &Stack, wishes: &Wishes, names: &Names) -> Result<Proposal, Refused> {
    let keys = stack.keys();
    let mut notes = Vec::new();
    let wishes = manageable(stack, wishes, &keys, &mut notes)?;
    let mut outcome = sort::sort(&stack.sources, &wishes)?;
    refuse_urls(&outcome)?;
    outcome.in_url.extend(
        wishes.managed.iter().filter(|(v, _)| stack.composed.puts_into_url(v)).map(|(_, n)| n.clone()),
    );
    let absolute = wishes.files.iter().map(|(path, name)| (stack.root.join(path), name.clone())).collect();
    let databases = databases::postgres(&stack.composed, &wishes.managed, &absolute, &keys);
    let templates = prove::templates(&outcome, &stack.sources, &names.vault)?;
    let draft = policy_of(stack, names, &outcome, databases, &keys);
    tell(stack, &wishes, &outcome, &draft, &keys, &mut notes);
    let todo = todo(stack, &draft);
    let mut files: Files = vec![("turnlock.toml".into(), policy::text(&draft))];
    let paths = outcome.files.iter().map(|f| PathBuf::from(format!("templates/{}.tmpl", f.id)));
    files.extend(paths.zip(templates));
    let weak = outcome.managed.iter().filter_map(|(n, v)| Some((n.clone(), shape::weakness(v)?))).collect();
    guard(&outcome, &draft, files.iter().map(|(_, text)| text).chain(&notes).chain(&todo))?;
    Ok(Proposal { files, went: outcome.went, weak, notes, todo })
}

/// Nobody can make a new one of these at random: what is secret in an address is the password inside.
fn refuse_urls(outcome: &Outcome) -> Result<(), Refused> {
    match outcome.managed.iter().find(|(_, value)| value.contains("://")) {
        None => Ok(()),
        Some((name, _)) => Err(Refused::new(
            format!("{name} is an address, and a random value in its place would not be one"),
            "manage the variable of the password inside it: the address follows",
        )),
    }
}

/// Without what Turnlock could not change where it counts.
fn manageable(
    stack: &Stack,
    wishes: &Wishes,
    keys: &Keys,
    notes: &mut Vec<String>,
) -> Result<Wishes, Refused> {
    let mut left = wishes.clone();
    for (variable, name) in &wishes.managed {
        if let Some((service, kind)) = databases::unmanageable(&stack.composed, variable, keys) {
            notes.push(format!(
                "{name} is not managed: {service} is {kind}, where Turnlock cannot change a password yet; its value goes to Vault as it is"
            ));
            left.managed.remove(variable);
        }
    }
    if left.managed.is_empty() && left.files.is_empty() {
        let why = notes.first().cloned().unwrap_or_else(|| "no variable is named to be managed".into());
        return Err(Refused::new(why, "name at least one variable that Turnlock can change: --manage NAME"));
    }
    Ok(left)
}

fn policy_of(
    stack: &Stack,
    names: &Names,
    outcome: &Outcome,
    databases: Vec<databases::Found>,
    keys: &Keys,
) -> Draft {
    let made = |(name, value): (&Name, &zeroize::Zeroizing<String>)| -> (Name, Generator) {
        (name.clone(), shape::generator(value, outcome.in_url.contains(name)))
    };
    let files = outcome.files.iter().map(|sorted| file(stack, sorted, &databases)).collect();
    let first_start =
        databases.iter().map(|d| (d.service.clone(), at_first_start(stack, outcome, d, keys))).collect();
    let mut services: BTreeSet<String> = databases.iter().map(|d| d.service.clone()).collect();
    for went in outcome.went.iter().filter(|w| matches!(w.class, Class::Managed | Class::Derived)) {
        match &went.variable {
            Some(variable) => {
                let in_files =
                    keys.iter().filter(|(_, k)| k.contains(variable)).map(|(f, _)| f.clone()).collect();
                services.extend(stack.composed.services_of(variable, &in_files).cloned());
            }
            None => {
                let path = stack.root.join(&went.file);
                let holders = stack.composed.services.iter().filter(|(_, s)| s.files.contains(&path));
                services.extend(holders.map(|(name, _)| name.clone()));
            }
        }
    }
    Draft {
        stack: names.stack.clone(),
        root: relative(&names.out, &stack.root),
        project: stack.composed.project.clone(),
        compose: stack.compose.clone(),
        profiles: names.profiles.clone(),
        env_file: outcome.files.first().map(|f| f.id.clone()).unwrap_or_default(),
        vault: names.vault.clone(),
        secrets: outcome.managed.iter().map(made).collect(),
        databases,
        files,
        services,
        first_start,
    }
}

/// The password's variable, and whatever else the server is given with a whole file and does not look at again.
fn at_first_start(
    stack: &Stack,
    outcome: &Outcome,
    found: &databases::Found,
    keys: &Keys,
) -> BTreeSet<String> {
    let given = &stack.composed.services[&found.service].env_files;
    let in_file = |variable: &String| given.iter().any(|f| keys.get(f).is_some_and(|k| k.contains(variable)));
    let made = outcome.went.iter().filter(|w| matches!(w.class, Class::Managed | Class::Derived));
    let more = made.filter_map(|w| w.variable.clone()).filter(in_file);
    found.file.is_none().then(|| found.variable.clone()).into_iter().chain(more).collect()
}

fn file(stack: &Stack, sorted: &Sorted, databases: &[databases::Found]) -> File {
    let source = stack.sources.iter().find(|s| s.path == sorted.path).expect("each was sorted from a source");
    let path = stack.root.join(&source.path);
    let made_from = databases.iter().filter(|d| d.file.as_ref() == Some(&path));
    File {
        id: sorted.id.clone(),
        path: sorted.path.clone(),
        format: sorted.format,
        owner: source.owner,
        group: source.group,
        mode: source.mode,
        reads: sorted.reads().into_iter().cloned().collect(),
        passthrough: sorted.fields().into_iter().map(str::to_owned).collect(),
        reread_by: made_from.map(|d| d.service.clone()).collect(),
    }
}

/// What an honest report has to say besides where each line went.
fn tell(
    stack: &Stack,
    wishes: &Wishes,
    outcome: &Outcome,
    draft: &Draft,
    keys: &Keys,
    notes: &mut Vec<String>,
) {
    let set: BTreeSet<&str> = keys.values().flatten().map(String::as_str).collect();
    for literal in stack.composed.literals(&set) {
        let (service, place) = (&literal.service, &literal.place);
        notes.push(format!(
            "the compose file itself holds a value: service {service}, {place}; it was left there: move it to the env file, as ${{…}}"
        ));
    }
    for (path, why) in &stack.left_alone {
        notes.push(format!("{} was left alone: {why}", path.display()));
    }
    let sorted: BTreeSet<&Path> = outcome.files.iter().map(|f| f.path.as_path()).collect();
    for source in stack.sources.iter().filter(|s| !sorted.contains(s.path.as_path())) {
        let called =
            stack.composed.files.get(&stack.root.join(&source.path)).map_or("a file", String::as_str);
        notes.push(format!(
            "{} ({called}) was left alone: nothing managed is in it; --manage NAME={0} makes it a secret",
            source.path.display()
        ));
    }
    for name in &stack.composed.left_out {
        notes.push(format!(
            "service {name} belongs to a profile that was not named: give --profile if you start it"
        ));
    }
    refers_elsewhere(stack, wishes, keys, notes);
    strays(stack, wishes, notes);
    for found in &draft.databases {
        notes.push(format!(
            "[database.{}] in the policy says its role's and its database's name, as they are",
            found.service
        ));
        other_roles(stack, wishes, outcome, found, notes);
    }
    for name in draft.secrets.keys().filter(|n| words::names_a_data_key(n.as_str())) {
        notes.push(format!(
            "{name} may be a key that data is encrypted under, by its name: look before you rotate it (`loses` and [migration])"
        ));
    }
    notes.extend(also_given(wishes, stack, draft));
}

/// Compose puts a managed value of one file into a variable of another: only within a file is that seen later.
fn refers_elsewhere(stack: &Stack, wishes: &Wishes, keys: &Keys, notes: &mut Vec<String>) {
    let known = |variable: &str| wishes.managed.contains_key(variable);
    for source in stack.sources.iter().skip(1).filter(|s| s.format == crate::policy::Format::Env) {
        let own = &keys[&stack.root.join(&source.path)];
        for line in lines(&source.text).unwrap_or_default() {
            let Kind::Assignment(a) = line.kind else { continue };
            let names = references::names(&source.text[a.value], &known);
            for name in names.into_iter().filter(|name| !own.contains(*name)) {
                notes.push(format!(
                    "{}: {} refers to {name}, which another file sets: a rotation does not see that the services of this file \
                     depend on it; let them have it through `environment:`",
                    source.path.display(),
                    &source.text[a.key.clone()]
                ));
            }
        }
    }
}

/// What `plan` refuses later.
fn strays(stack: &Stack, wishes: &Wishes, notes: &mut Vec<String>) {
    for (service, of) in &stack.composed.services {
        for (variable, name) in &wishes.managed {
            for place in of.strays(variable) {
                notes.push(format!(
                    "service {service}: {place} has {variable}, which others than the service can read there: {name} is not rotated \
                     until its program takes it from the environment or a file"
                ));
            }
        }
    }
}

/// A server that gets more managed variables than its password may count them only once, too.
fn also_given(wishes: &Wishes, stack: &Stack, draft: &Draft) -> Vec<String> {
    let mut notes = Vec::new();
    for found in &draft.databases {
        let service = &stack.composed.services[&found.service];
        for (variable, name) in wishes.managed.iter().filter(|(_, n)| **n != found.secret) {
            for place in service.refers_to(variable) {
                notes.push(format!(
                    "{} gets {name} too ({place}): if it counts only at the first start, add it to first_start of [service.{0}]",
                    found.service
                ));
            }
        }
    }
    notes
}

/// URLs that log in with the same value as another role than the one that will be altered.
fn other_roles(
    stack: &Stack,
    wishes: &Wishes,
    outcome: &Outcome,
    found: &databases::Found,
    notes: &mut Vec<String>,
) {
    let Some(value) = outcome.managed.get(&found.secret) else { return };
    let mut places = BTreeSet::new();
    let mut look = |place: String, text: &str, password: &str| {
        let end = format!(":{password}");
        for (at, _) in text.match_indices(&end) {
            let user = text[..at].rfind("://").map(|i| &text[i + 3..at]);
            if user.is_some_and(|u| u != found.role && !u.is_empty() && !u.contains(['$', '/', '@', ':'])) {
                places.insert(place.clone());
            }
        }
    };
    for source in &stack.sources {
        for line in lines(&source.text).unwrap_or_default() {
            let Kind::Assignment(a) = line.kind else { continue };
            let place = format!("{}: {}", source.path.display(), &source.text[a.key]);
            for password in [value.to_string(), find::percent_encoded(value)] {
                look(place.clone(), &source.text[a.value.clone()], &format!("{password}@"));
            }
        }
    }
    let variables = wishes.managed.iter().filter(|(_, name)| **name == found.secret).map(|(v, _)| v);
    for variable in variables {
        for (name, service) in &stack.composed.services {
            for (place, text) in &service.variables {
                look(format!("service {name}: {place}"), text, &format!("${{{variable}"));
            }
        }
    }
    for place in places {
        notes.push(format!(
            "{place} logs in with {} as another role than [database.{}]: add a [database] for that role, or its login ends with the first rotation",
            found.secret, found.service
        ));
    }
}

fn todo(stack: &Stack, draft: &Draft) -> Vec<String> {
    let mut todo = Vec::new();
    for file in &draft.files {
        let allowed = allowed_mode(file.mode);
        if file.mode != allowed {
            todo.push(format!(
                "chmod {allowed:04o} {}   (it is {:04o} now, and the policy lets no more people read it than must; check that its services still can)",
                stack.root.join(&file.path).display(),
                file.mode
            ));
        }
    }
    todo
}

/// The last look: nothing that is written or said may hold a value that is recognisable as one. But for a role's and a
/// database's name, which the policy has to say.
fn guard<'t>(
    outcome: &Outcome,
    draft: &Draft,
    texts: impl Iterator<Item = &'t String> + Clone,
) -> Result<(), Refused> {
    let managed = outcome.managed.iter().map(|(name, value)| (name.to_string(), value));
    let fields = outcome.fields.iter().map(|(name, value)| (name.clone(), value));
    for (name, value) in managed.chain(fields) {
        let value = value.trim().trim_matches(['"', '\'']);
        let is_name = draft.databases.iter().any(|d| d.role == value || d.database == value);
        let telling = !is_name && (words::is_random(value) || words::has_password(value));
        if telling && texts.clone().any(|text| text.contains(value)) {
            let what = format!(
                "the value of {name} stands in the clear somewhere else in the stack's files, and would be written"
            );
            return Err(Refused::new(what, "take it out of what is called plain; nothing was written"));
        }
    }
    Ok(())
}
