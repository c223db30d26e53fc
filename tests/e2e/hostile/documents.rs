//! Values in JSON and YAML, written by the templates' functions and read by real readers: serde_json, and the YAML reader of
//! Compose, which is Go's own.

use std::process::Command;

use serde_json::{Value as Json, json};
use turnlock::policy::Format;

use super::many::{action, hold_for_all, known, refusal_is_wrong, render, values};

#[test]
fn json_readers_read_what_was_put_there() {
    const FORMS: [&str; 3] = [" | toJSON", " | toUnescapedJSON", " | toJSONPretty"];
    let strategy = (0..FORMS.len(), values());
    let known =
        known().into_iter().flat_map(|v| (0..FORMS.len()).map(move |form| (form, v.clone()))).collect();
    hold_for_all("JSON, as serde_json reads it", known, 2500, strategy, |cases| {
        let read = |(form, value): &(usize, String)| {
            let template = format!("{{\"secret\": {}, \"next\": [1]}}\n", action(FORMS[*form]));
            let text = render(Format::Raw, &template, value).expect("any value can be encoded");
            match serde_json::from_str::<Json>(&text) {
                Ok(read) if read == json!({ "secret": value, "next": [1] }) => None,
                Ok(_) => Some("another value is read".into()),
                Err(e) => Some(format!("it is no JSON: {e}")),
            }
        };
        cases.iter().map(read).collect()
    });
}

#[test]
fn yaml_readers_read_what_was_put_there() {
    const FORMS: [&str; 2] = [
        "x-k: §value | toJSON§\n",
        // A map with the value in it, since a document of Compose is one.
        "§value | toJSON | printf \"{\\\"x-k\\\": %s}\" | parseJSON | toYAML§\n",
    ];
    let strategy = (0..FORMS.len(), values());
    let known =
        known().into_iter().flat_map(|v| (0..FORMS.len()).map(move |form| (form, v.clone()))).collect();
    hold_for_all("YAML, as Compose's reader reads it", known, 2500, strategy, |cases| {
        let mut document = String::from("services: {}\n");
        let mut refused = vec![false; cases.len()];
        for (number, (form, value)) in cases.iter().enumerate() {
            let line = in_actions(FORMS[*form]).replace("x-k", &format!("x-k{number}"));
            // JSON keeps these as they are, and YAML's readers do not: `docs/templates.md` says to use `toYAML`.
            if *form == 0 && value.contains(['\u{7f}', '\u{85}', '\u{feff}']) {
                refused[number] = true;
                continue;
            }
            match render(Format::Raw, &line, value) {
                Ok(line) => document += &line,
                Err(e) => refused[number] = refusal_is_wrong(&e, value).is_none(),
            }
        }
        let read = read_by_compose(&document);
        let compare = |(number, (_, value)): (usize, &(usize, String))| {
            let is = read[format!("x-k{number}")].as_str();
            (is != Some(value) && !refused[number]).then(|| format!("{is:?} is read"))
        };
        cases.iter().enumerate().map(compare).collect()
    });
}

fn read_by_compose(document: &str) -> Json {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let file = folder.path().join("compose.yml");
    std::fs::write(&file, document).expect("writable");
    let output = Command::new("docker")
        .args(["compose", "--file"])
        .arg(&file)
        .args(["config", "--format", "json", "--no-interpolate"])
        .output()
        .expect("Compose runs");
    assert!(output.status.success(), "Compose refuses it: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

/// `§value …§` is the value, piped through more.
fn in_actions(template: &str) -> String {
    let (before, rest) = template.split_once("§value").expect("a value");
    let (piped, after) = rest.split_once('§').expect("its end");
    format!("{before}{}{after}", action(piped))
}
