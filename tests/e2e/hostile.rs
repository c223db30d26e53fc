//! Odd and hostile input: what is refused says why, and what is accepted comes out as it went in.

mod documents;
mod env_files;
mod many;
mod roles;
mod seeds;
mod story;
mod typed;
mod urls;

/// Names that PostgreSQL has nothing against.
const ODD_ROLES: [&str; 22] = [
    "a\"; DROP ROLE x; --",
    "'; DROP ROLE x; --",
    "$(id)",
    "ünï-cödé",
    " leading",
    "back\\slash",
    "trailing ",
    "with blank",
    "--",
    "-c",
    "`id`",
    "../up",
    "/abs",
    "漢字",
    "🔑",
    "a,b",
    "a=b",
    "n=a,r=b",
    "%41",
    "UPPER",
    "tab\there",
    "esc\u{1b}[2J",
];

/// Those of them that a policy refuses: SCRAM's messages, or a terminal, would take them for something else.
const UNFIT_ROLES: [&str; 4] = ["a,b", "n=a,r=b", "tab\there", "esc\u{1b}[2J"];
