//! `docs/leaks.md`.

use std::fmt::Write;

use turnlock_tests::{Search, Value, repository};

use super::places::Place;

const HEAD: &str = "# Leaks

Where a value was looked for, where none was found, and how it is known that one would have been. Made by a test
(`tests/e2e/long/secrecy.rs`) on a real stack; it fails when it would write another page. Written anew by `SNAPSHOTS=overwrite
./tests/run secrecy`. Where values do stand is in [trust.md](trust.md#where-values-stand-in-the-clear).

While somebody watched: every command there is, rotations that succeed, that are taken back, that are killed in the middle and
recovered; each at the noisiest level. Then every value that the stack has, had, or was about to have was searched for: as it is, in
base64 (wherever in a longer text it may begin), in hex, as in a URL, as in JSON; and any eight characters of it, in each of these
forms. Eight digits of a value in hex are met by chance among digests and identifiers: there they count where they stand by
themselves, and twelve anywhere.
";

#[derive(Default)]
pub(super) struct Page {
    places: String,
    after: String,
    users: String,
    carried: String,
    planted: String,
}

impl Page {
    /// Nothing is found there but what was planted.
    pub(super) fn searched(&mut self, place: &Place, values: &[Value]) {
        let Place { name, how, planted: (control, planted), seen } = place;
        let all = [values, std::slice::from_ref(planted)].concat();
        let found = Search::of(&all).found_in(seen);
        println!("{} bytes: {name}", seen.len());
        assert!(found.contains(&values.len()), "{name}: what was planted there is not found");
        assert_eq!(found.len(), 1, "{name}: values are found besides what was planted, of {}", values.len());
        let _ = writeln!(self.places, "| {name} | {how} | {control} | 0 |");
    }

    /// Something that was proven once.
    pub(super) fn proven(&mut self, what: &str, how: &str, found: &str) {
        let _ = writeln!(self.after, "| {what} | {how} | {found} |");
    }

    pub(super) fn user(&mut self, who: &str, what: &str, answer: &str) {
        let _ = writeln!(self.users, "| {who} | {what} | {answer} |");
    }

    pub(super) fn carried(&mut self, attempt: &str, answer: &str) {
        let _ = writeln!(self.carried, "| {attempt} | {} |", answer.replace('|', "\\|"));
    }

    pub(super) fn planted(&mut self, place: &str, form: &str, found: &str) {
        let _ = writeln!(self.planted, "| {place} | {form} | {found} |");
    }

    pub(super) fn compare(self) {
        let page = format!(
            "{HEAD}
## Searched

| place | how it was read | planted there, and found | values found |
|---|---|---|---|
{}
## Looked at

| what | how | found |
|---|---|---|
{}
## Another user of the host

`setpriv` lends root's test another user's number, without groups and without rights. Each of these looks was also had at a
process of that user's own, where everything is open and the value in its environment is found.

| who looks | at what | what is seen |
|---|---|---|
{}
## Carrying a value elsewhere

Each refused before anything is touched; JSON's `error` and `help`, or the policy's problem.

| attempt | answer |
|---|---|
{}
## The same search, with leaks

A build for tests lets the new value of one secret out (`agent/src/crash/leaks.rs`; nothing of it is in any other build, which is
tested). The places above, looked at in the same way:

| place | what gets out | found |
|---|---|---|
{}",
            self.places, self.after, self.users, self.carried, self.planted
        );
        println!("{page}");
        let file = repository().join("docs/leaks.md");
        if std::env::var("SNAPSHOTS").is_ok_and(|s| s == "overwrite") {
            std::fs::write(&file, &page).expect("writable");
        }
        snapbox::Assert::new().eq(page, std::fs::read_to_string(&file).unwrap_or_default());
    }
}
