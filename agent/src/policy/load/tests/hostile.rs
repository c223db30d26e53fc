//! Names and paths that are up to something: each is refused in a sentence that can be read, or is what it says.

use super::*;
use crate::redact::is_unfit;

const ODD: [&str; 27] = [
    "",
    " ",
    "a b",
    " a",
    "a ",
    "--",
    "-c",
    "--help",
    "$(id)",
    "`id`",
    "${HOME}",
    "'a'",
    "\"a\"",
    "a\"; DROP ROLE x; --",
    "../up",
    "a/../../b",
    "/etc/passwd",
    "a\0b",
    "a\nb",
    "a\tb",
    "a\u{1b}[2Jb",
    "a\u{9b}2Jb",
    "a\u{202e}b",
    "a\u{200b}b",
    "ünï-cödé",
    "a,b",
    "=1+1",
];

type Takes = fn(&str) -> bool;

/// A place in the policy, `§` being the text, and what of all that is taken there.
const PLACES: [(&str, &str, Takes); 16] = [
    ("name = \"shop\"", "name = §", |_| false),
    ("project = \"shop\"", "project = §", |_| false),
    ("compose = [\"compose.yml\"]", "compose = [§]", |_| false),
    ("env_file = \"env\"", "env_file = §", |_| false),
    ("prefix = \"shop\"", "prefix = §", |_| false),
    ("staging = \"turnlock\"", "staging = §", |text| text == "--" || text == "-c" || text == "--help"),
    ("path = \"admin/postgres\"", "path = §", |text| text == "--" || text == "-c" || text == "--help"),
    ("impact = \"A restart\"", "impact = §", |text| !text.trim().is_empty() && shown(text)),
    ("on = \"each batch\"", "on = §", |text| !text.trim().is_empty() && shown(text)),
    ("role = \"shop\"", "role = §", |text| !text.is_empty() && shown(text) && !text.contains(',')),
    ("database = \"shop\"", "database = §", |text| !text.is_empty() && shown(text)),
    ("path = \"token\"", "path = §", |text| {
        !text.is_empty() && shown(text) && !text.contains("..") && !text.starts_with('/')
    }),
    // A text like another, if it is the author's: who writes a policy is root.
    ("template = \"token.tmpl\"", "template = §", |text| text == "/etc/passwd"),
    ("http = \"/ready\"", "http = §", |text| text == "/etc/passwd"),
    ("first_start = [\"POSTGRES_PASSWORD\"]", "first_start = [§]", |_| false),
    ("command = [\"reencrypt\"]", "command = [§]", |text| !text.is_empty() && !text.contains('\0')),
];

fn shown(text: &str) -> bool {
    !text.chars().any(is_unfit)
}

/// As TOML writes it, with everything escaped that may be.
fn quoted(text: &str) -> String {
    let escaped: String = text.chars().map(|c| format!("\\U{:08x}", u32::from(c))).collect();
    format!("\"{escaped}\"")
}

#[test]
fn odd_names_are_refused_readably_or_taken_as_they_are() {
    for (from, to, takes) in PLACES {
        for text in ODD {
            let folder = Folder::new().policy(from, &to.replace('§', &quoted(text)));
            match folder.load() {
                Ok(_) => assert!(takes(text), "{to} takes {text:?}"),
                Err(problem) => {
                    assert!(!takes(text), "{to} refuses {text:?}: {}", problem.what());
                    is_readable(problem);
                }
            }
        }
    }
}

#[test]
fn a_name_of_64_kib_is_refused_in_a_sentence() {
    let long = "a".repeat(1 << 16);
    for (from, to, _) in PLACES.into_iter().filter(|(from, ..)| !from.starts_with("command")) {
        let problem = Folder::new().policy(from, &to.replace('§', &quoted(&long))).problem();
        is_readable(problem);
    }
}

#[test]
fn what_a_file_has_in_it_is_not_shown_to_a_terminal_that_would_obey_it() {
    for text in ["a\u{202e}b", "a\u{9b}2Jb"] {
        is_readable(Folder::new().policy("project = \"shop\"", &format!("project = \"{text}\"")).problem());
        is_readable(Folder::new().policy("secret = \"PASSWORD\"", &format!("secret = \"{text}\"")).problem());
    }
    is_readable(Folder::new().env("# a comment", "# \u{1b}[2J {{ nothing }}").problem());
}

fn is_readable(problem: Problem) {
    for each in problem.all() {
        assert!(!each.help().is_empty());
        for said in [each.what(), each.help(), each.file()] {
            assert!(said.chars().count() <= 401, "{} characters", said.chars().count());
        }
    }
    let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor());
    let mut page = String::new();
    handler.render_report(&mut page, &problem).unwrap();
    assert!(!page.chars().any(|c| c != '\n' && is_unfit(c)), "{page:?}");
    assert!(page.len() < 20_000, "{} bytes", page.len());
}
