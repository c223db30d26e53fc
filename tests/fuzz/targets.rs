//! Each parser that reads what others wrote, as a function that takes any bytes: it must not panic, must not hang, and what it
//! says of a mistake holds no value. cargo-fuzz calls them with what it makes up; `tests/e2e/hostile/seeds.rs` with the seeds.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;
use tempfile::TempDir;
use turnlock::compose::model::{self, Model, Sources};
use turnlock::envfile::{self, Kind};
use turnlock::import::{Source, Wishes, prove, sort};
use turnlock::policy::{self, Format, Paths, Policy, RenderedFile};
use turnlock::progress::Progress;
use turnlock::secret::{Name, Passed, Value, Values};
use turnlock::template::Template;
use turnlock_audit::Entry;
use zeroize::Zeroizing;

/// Every secret's value: awkward in each kind of file, and found again in any sentence.
const CANARY: &str = "canary-9fQ2 '\"$x\\{{#=:@/?%";
const TELLING: &str = "canary-9fQ2";

/// A sentence for people: no value in it, and no novel.
fn is_fit(said: &str, input: &str) {
    assert!(input.contains(TELLING) || !said.contains(TELLING), "an error tells a value");
    assert!(said.len() < input.len() * 8 + 4096, "an error of {} bytes", said.len());
}

/// A policy, and behind a line `=== ` its template.
pub fn policy(data: &[u8]) {
    thread_local! {
        static FOLDER: RefCell<Option<TempDir>> = const { RefCell::new(None) };
    }
    let text = String::from_utf8_lossy(data);
    let (toml, template) = text.split_once("\n=== \n").unwrap_or((&text, ""));
    FOLDER.with_borrow_mut(|folder| {
        let folder = folder.get_or_insert_with(stack_folder).path();
        std::fs::write(folder.join("policy.toml"), toml).expect("writable");
        std::fs::write(folder.join("env.tmpl"), template).expect("writable");
        match policy::load(&folder.join("policy.toml")) {
            Ok(policy) => every_file(&policy, &text),
            Err(problem) => {
                for each in problem.all() {
                    is_fit(
                        &format!("{} {} {:?} {:?}", each.what(), each.help(), each.line(), each.column()),
                        &text,
                    );
                }
            }
        }
    });
}

fn stack_folder() -> TempDir {
    // In memory where there is such a folder: it is written anew each time.
    let memory = Some(Path::new("/dev/shm")).filter(|path| path.is_dir());
    let folder =
        tempfile::tempdir_in(memory.map_or_else(std::env::temp_dir, PathBuf::from)).expect("a folder");
    std::fs::create_dir(folder.path().join("stack")).expect("a folder");
    std::fs::write(folder.path().join("stack/compose.yml"), "services: {}\n").expect("writable");
    folder
}

fn every_file(policy: &Policy, input: &str) {
    let mut values = Values::default();
    for name in policy.secrets.keys() {
        values.insert(name.clone(), 1, Value::new(CANARY.into()));
    }
    for file in policy.files.values() {
        let template = Template::parse(&file.template).expect("the loader parsed it");
        if let Err(e) = template.render_values(file, &policy.vault, &values, &Passed::default()) {
            is_fit(&e.to_string(), input);
        }
    }
}

pub fn template(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(e) => return is_fit(&e.to_string(), text),
    };
    let names: Vec<Name> = ["A", "B"].map(|name| name.parse().expect("a name")).into();
    let mut values = Values::default();
    for name in &names {
        values.insert(name.clone(), 1, Value::new(CANARY.into()));
    }
    for format in [Format::Raw, Format::Env] {
        let file = file(format, names.iter().cloned());
        match template.render_values(&file, &paths(), &values, &Passed::default()) {
            Ok(rendered) if format == Format::Env => {
                assert!(envfile::parse(clear(&rendered)).is_ok() || !reads(&rendered))
            }
            Ok(_) => {}
            Err(e) => is_fit(&e.to_string(), text),
        }
    }
}

fn reads(rendered: &turnlock::template::Rendered) -> bool {
    !rendered.reads().is_empty() && clear(rendered).contains(TELLING)
}

/// The lines of an env file, and an import of it.
pub fn env_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let lines = match envfile::lines(text) {
        Ok(lines) => lines,
        Err(wrong) => {
            assert!(wrong.line >= 1);
            return is_fit(&wrong.why.to_string(), text);
        }
    };
    let whole: String = lines.iter().map(|line| &text[line.text.start..line.end.end]).collect();
    assert_eq!(whole, text, "a byte is lost");
    let _ = envfile::misfit(text, std::iter::once(0..text.len()));
    let variables = keys(text).into_iter().map(str::to_owned);
    let managed = variables.take(3).zip(["A", "B", "C"].map(|name| name.parse().expect("a name"))).collect();
    import(text, Wishes { managed, ..Wishes::default() });
}

fn keys(text: &str) -> Vec<&str> {
    let lines = envfile::lines(text).unwrap_or_default();
    let key = |kind: &Kind| match kind {
        Kind::Assignment(a) => Some(&text[a.key.clone()]),
        _ => None,
    };
    lines.iter().filter_map(|line| key(&line.kind)).collect()
}

/// Refused, or reproduced byte for byte.
fn import(text: &str, wishes: Wishes) {
    let source = Source {
        id: "env".into(),
        path: ".env".into(),
        format: Format::Env,
        text: Zeroizing::new(text.to_owned()),
        owner: 0,
        group: 0,
        mode: 0o600,
    };
    let sources = [source];
    let outcome = match sort::sort(&sources, &wishes) {
        Ok(outcome) => outcome,
        Err(refused) => return is_fit(&format!("{} {}", refused.what, refused.help), text),
    };
    let templates = match prove::templates(&outcome, &sources, &paths()) {
        Ok(templates) => templates,
        Err(refused) => return is_fit(&format!("{} {}", refused.what, refused.help), text),
    };
    // A variable's name stays, also where a value happens to be a part of one.
    let names = keys(text);
    let telling = |value: &str| value.len() >= 16 && !names.iter().any(|name| name.contains(value));
    for value in outcome.managed.values().filter(|value| telling(value)) {
        assert!(templates.iter().all(|t| !t.contains(value.as_str())), "a value stands in a template");
    }
}

/// An entry as it is stored: what is taken is the only way to write it.
pub fn entry(data: &[u8]) {
    match Entry::parse(data) {
        Ok(entry) => {
            assert_eq!(entry.canonical().expect("it was read"), data);
            let _ = Progress::fold([&entry]).map_err(|illegal| is_fit(&illegal.to_string(), ""));
        }
        Err(e) => is_fit(&e.to_string(), &String::from_utf8_lossy(data)),
    }
}

/// What `docker compose config` printed; behind a line `=== ` the same as it is declared.
pub fn compose_output(data: &[u8]) {
    let split = data.windows(6).position(|part| part == b"\n=== \n");
    let (resolved, declared) = split.map_or((data, None), |at| (&data[..at], Some(&data[at + 6..])));
    let (env, other) = (PathBuf::from("/s/.env"), PathBuf::from("/s/token"));
    let files = BTreeMap::from([("env".to_owned(), env.as_path()), ("token".to_owned(), other.as_path())]);
    let keys = ["PASSWORD".to_owned(), "TOKEN".to_owned()];
    let others =
        BTreeMap::from([(PathBuf::from("/s/b.env"), BTreeMap::from([("B".to_owned(), "b/B".to_owned())]))]);
    let sources = Sources {
        keys: &keys,
        files: &files,
        env_file: &env,
        others: &others,
        digest_declared: declared.is_some(),
    };
    let Some(read) = Model::read(resolved, declared, &sources) else { return };
    let held: BTreeMap<String, envfile::Text> =
        ["PASSWORD", "TOKEN", "b/B"].map(|key| (key.to_owned(), envfile::Text::new(CANARY))).into();
    for pieces in read.services.values().flat_map(|service| service.variables.values()) {
        let whole = model::value_of(pieces, &held).expect("every key has a value");
        if let Some((key, back)) = model::key_of(pieces, &whole) {
            assert!(back.same(&held[&key]), "what was put together is not read back");
        }
    }
}

fn file(format: Format, reads: impl Iterator<Item = Name>) -> RenderedFile {
    RenderedFile {
        path: "out".into(),
        template_file: "out.tmpl".into(),
        template: String::new(),
        reads: reads.collect(),
        passthrough: Default::default(),
        owner: 0,
        group: 0,
        mode: 0o600,
        format,
        consumers: Default::default(),
    }
}

fn paths() -> Paths {
    Paths {
        mount: "secret".into(),
        prefix: "shop".into(),
        staging: "turnlock".into(),
        owner: "shop".into(),
        role: "turnlock-shop".into(),
    }
}

#[allow(clippy::disallowed_methods, reason = "a test looks at what it made up")]
fn clear(rendered: &turnlock::template::Rendered) -> &str {
    rendered.expose_secret()
}
