//! Values in an env file, read by the real Compose: as variables of a compose file, and through `env_file:`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use turnlock::policy::Format;

use super::many::{action, hold_for_all, known, refusal_is_wrong, render, values};

/// How a value stands in its line, `§` being the action, what it is piped through, and what a reader makes of the variable.
const FORMS: [(&str, &str, Taken); 11] = [
    ("KEY='§'", "", |read| Some(read.to_owned())),
    ("KEY=§", "", |read| Some(read.to_owned())),
    ("KEY=\"§\"", "", |read| Some(read.to_owned())),
    ("  export KEY = '§' # §", "", |read| Some(read.to_owned())),
    ("KEY=§ # a comment", "", |read| Some(read.to_owned())),
    ("KEY='user:§@host'", "", |read| Some(read.strip_prefix("user:")?.strip_suffix("@host")?.to_owned())),
    ("KEY=before-§", "", |read| Some(read.strip_prefix("before-")?.to_owned())),
    ("# §\nKEY='§'", "", |read| Some(read.to_owned())),
    ("KEY='§'", " | base64Encode", |read| String::from_utf8(STANDARD.decode(read).ok()?).ok()),
    ("KEY='§'", " | toJSON", |read| serde_json::from_str(read).ok()),
    ("KEY='§'", " | urlquery", |read| {
        url::form_urlencoded::parse(read.as_bytes()).next().map(|(key, _)| key.into_owned())
    }),
];

type Taken = fn(&str) -> Option<String>;

#[derive(Clone, Debug)]
struct Case {
    form: usize,
    value: String,
}

#[test]
fn compose_reads_in_an_env_file_what_was_put_there() {
    let known: Vec<Case> = known()
        .into_iter()
        .flat_map(|value| (0..FORMS.len()).map(move |form| Case { form, value: value.clone() }))
        .collect();
    let strategy = (0..FORMS.len(), values()).prop_map(|(form, value)| Case { form, value });
    hold_for_all("env files, as Compose reads them", known, 2500, strategy, wrong);
}

/// All that is accepted stands in one env file, each under its own key.
fn wrong(cases: &[Case]) -> Vec<Option<String>> {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (mut env, mut wrong) = (String::new(), Vec::new());
    let mut keys = BTreeSet::new();
    for (number, case) in cases.iter().enumerate() {
        let (line, piped, _) = FORMS[case.form];
        let template = line.replace('§', &action(piped)).replace("KEY", &format!("K{number}"));
        match render(Format::Env, &template, &case.value) {
            Ok(text) => {
                writeln!(env, "{text}").expect("a text grows");
                keys.insert(format!("K{number}"));
                wrong.push(None);
            }
            Err(e) => wrong.push(refusal_is_wrong(&e, &case.value)),
        }
    }
    for (service, read) in read_by_compose(folder.path(), &env, keys.iter()) {
        for (key, value) in read.as_object().expect("a map") {
            let number: usize =
                key[1..].parse().unwrap_or_else(|_| panic!("{service} has {key}, which nobody wrote"));
            // `config` prints `$` as `$$`.
            let is = value.as_str().map(|text| text.replace("$$", "$"));
            let taken = is.as_deref().and_then(FORMS[cases[number].form].2);
            if taken.as_ref() != Some(&cases[number].value) {
                wrong[number] = Some(format!("{service} gets {is:?}"));
            }
        }
        let missing = keys.iter().filter(|key| read.get(key).is_none());
        missing.for_each(|key| {
            wrong[key[1..].parse::<usize>().expect("a number")] = Some(format!("{service} gets nothing"))
        });
    }
    wrong
}

fn read_by_compose<'k>(
    folder: &Path,
    env: &str,
    keys: impl Iterator<Item = &'k String> + Clone,
) -> Vec<(&'static str, Json)> {
    let (env_file, stack) = (folder.join(".env"), folder.join("compose.json"));
    std::fs::write(&env_file, env).expect("writable");
    let keys: Vec<&String> = keys.collect();
    let services = json!({ "services": {
        "interpolated": { "image": "none", "environment": keys },
        "given": { "image": "none", "env_file": [".env"] },
    }});
    std::fs::write(&stack, services.to_string()).expect("writable");
    let output = Command::new("docker")
        .args(["compose", "--env-file"])
        .arg(&env_file)
        .arg("--file")
        .arg(&stack)
        .args(["config", "--format", "json"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", std::env::var_os("HOME").unwrap_or_default())
        .output()
        .expect("Compose runs");
    assert!(output.status.success(), "Compose refuses the file: {}", String::from_utf8_lossy(&output.stderr));
    let read: Json = serde_json::from_slice(&output.stdout).expect("JSON");
    let environment = |service: &str| read["services"][service]["environment"].clone();
    ["interpolated", "given"].into_iter().map(|service| (service, environment(service))).collect()
}

#[test]
fn a_refusal_says_why() {
    for (line, value, why) in [
        ("KEY='§'", "two\nlines", "has a line break in it, and an env file keeps to one line"),
        ("KEY='§'", "x'\nEVIL='y", "has a line break in it"),
        ("# §\nKEY=1", "x\nEVIL=y", "what is put into a comment has a line break in it"),
        ("KEY='§'", "it's", "line 1 has something behind the closing quote"),
        ("KEY='§'", "ends with \\", "line 1 opens a quote that is never closed"),
        ("KEY=§", "trailing ", "what is put into KEY begins or ends with a blank"),
        ("KEY=§", "a #b", "has ` #` in it, which mean something else without quotes"),
        ("KEY=§", "$HOME", "what is put into KEY has a `$` in it, which means something else without quotes"),
        ("KEY=\"§\"", "a\\nb", "has a `$` or a `\\` in it, which means something else in double quotes"),
    ] {
        let error = render(Format::Env, &line.replace('§', &action("")), value).expect_err(line).to_string();
        assert!(error.contains(why), "{line} with {value:?}: {error}");
    }
}
