//! Files: a disk that is full, or read-only; places that are missing, or are something else; files that are not as the policy
//! says, and templates.

use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::PathBuf;
use std::time::Instant;

use turnlock_tests::{FaultPart, Stack};

use super::disk::{Disk, Immutable};
use super::untouched;
use crate::failure::{Before, impatient_draft};

const POLICY: &str = "policies/rotation/breeze.toml";
const TEMPLATE: &str = "policies/rotation/templates/small.tmpl";
const BOTH: &str = "rotate SMALL_TOKEN AGENT_ENROLLMENT_SECRET --yes";
const SMALL: &str = "rotate SMALL_TOKEN --yes";

/// One more secret, in a file of its own that stands on a small disk.
const MORE: &str = r#"
[secret.SMALL_TOKEN]
generator = { kind = "hex", bytes = 32 }
every = "3 months"
impact = "None"

[file.small]
path = "small/token"
template = "templates/small.tmpl"
format = "raw"
owner = "root"
group = "root"
mode = "0600"
reads = ["SMALL_TOKEN"]
"#;

#[test]
fn whatever_a_file_does_it_ends_with_a_sentence_and_nothing_half_done() {
    let draft = impatient_draft("faults of files");
    let policy = std::fs::read_to_string(draft.folder().join(POLICY)).expect("readable");
    let template = "{{ with secret \"secret/data/breeze/SMALL_TOKEN\" }}{{ .Data.data.value }}{{ end }}\n";
    let stack = draft.write(POLICY, &(policy + MORE)).write(TEMPLATE, template).up();
    let disk = Disk::mount(&stack.dir().join("small"), "64k");
    write(&disk, &format!("{}\n", "5eed".repeat(16)));
    let stack = stack.import();
    let mut page = FaultPart::new("Files");

    a_disk_without_room(&stack, &disk, &mut page);
    another_thing_at_its_place(&stack, disk, &mut page);
    not_as_the_policy_says(&stack, &mut page);
    a_folder_that_the_engine_made(&stack, &mut page);
    templates(&stack, &mut page);
    page.is_as_written();
    stack.turnlock("audit verify").ok();
    stack.finish();
}

const AS_IT_WAS: &str = "everything as it was; no container was touched";
const MENDED: &str = "as it was: nothing was begun; `turnlock repair` makes the file, and recreates the services that have it mounted";
const NOTHING: &str = "everything as it was: nothing was begun";

/// Of two files one is written, then this one isn't.
fn a_disk_without_room(stack: &Stack, disk: &Disk, page: &mut FaultPart) {
    stack.scene("a full disk");
    let filler = disk.fill();
    let failed = untouched(stack, BOTH, 1);
    failed.has_line(&["apply file.small", "FAILED", "cannot write small/token: no storage space"]);
    failed.says("Failed, and taken back");
    page.row(stack, "the disk is full at the write of a file", &failed, AS_IT_WAS);
    drop(filler);

    stack.scene("a disk that takes no more files");
    disk.remount("nr_inodes=2");
    let failed = untouched(stack, BOTH, 1);
    failed.says("cannot create small/.token.turnlock: no storage space").says("Failed, and taken back");
    page.row(stack, "the disk takes no more files", &failed, AS_IT_WAS);
    disk.remount("nr_inodes=100");

    stack.scene("a disk that was mounted read-only");
    disk.remount("ro");
    let failed = untouched(stack, BOTH, 1);
    failed.says("small/.token.turnlock: read-only filesystem").says("Failed, and taken back");
    page.row(stack, "the folder is read-only", &failed, AS_IT_WAS);
    disk.remount("rw");

    stack.scene("a disk that is full on the way back");
    let before = Before::of(stack);
    let old = text(disk);
    stack.switch(true);
    let (began, child) = (Instant::now(), stack.spawn(BOTH, &[]));
    stack.until_step("verify");
    let filler = disk.fill();
    let stuck = stack.ended(BOTH, child, began);
    stuck.exits(3).says("STUCK").has_line(&["stands:", "file.small", "no storage space"]);
    stuck.has_line(&["stands:", "file.env", "old"]).has_line(&["stands:", "containers", "new"]);
    assert!(text(disk) != old, "it holds the new value");
    stack.switch(false);
    drop(filler);
    let recovered = stack.turnlock("recover");
    recovered.ok().says("Failed, and taken back");
    assert!(text(disk) == old, "it holds the old value");
    before.is_still_so(stack);
    let stands = "what is printed; with room again `turnlock recover` takes the rest back, and everything is as it was";
    page.row(stack, "the disk is full on the way back from another failure", &stuck, stands);
}

fn another_thing_at_its_place(stack: &Stack, disk: Disk, page: &mut FaultPart) {
    let (folder, token) = (disk.folder().to_owned(), token(&disk));
    let text = text(&disk);
    drop(disk);
    std::fs::remove_dir(&folder).expect("removable");

    stack.scene("a folder that is missing");
    let refused = untouched(stack, SMALL, 5);
    refused.says("small/token: missing, expected v1");
    stack.turnlock("repair").exits(3).says("cannot open the folder small: it is not there");
    page.row(stack, "the folder of a file is missing", &refused, NOTHING);

    stack.scene("a symlink in the path");
    let elsewhere = stack.root.join("elsewhere");
    std::fs::create_dir(&elsewhere).expect("writable");
    std::fs::write(elsewhere.join("token"), &text).expect("writable");
    symlink(&elsewhere, &folder).expect("writable");
    let refused = untouched(stack, SMALL, 5);
    refused.says("there is a symlink in its path, and none is followed");
    stack.turnlock("repair").exits(3).has_line(&["file.small", "FAILED", "symlink"]);
    assert!(std::fs::read_to_string(elsewhere.join("token")).expect("readable") == text, "not followed");
    page.row(stack, "a symlink is in the path of a file", &refused, NOTHING);
    std::fs::remove_file(&folder).expect("removable");
    std::fs::create_dir(&folder).expect("writable");

    stack.scene("a folder with something in it where the file should be");
    std::fs::create_dir(&token).expect("writable");
    std::fs::write(token.join("theirs"), "").expect("writable");
    let refused = untouched(stack, SMALL, 5);
    refused.says("small/token is a folder with something in it");
    stack.turnlock("repair").exits(3).has_line(&["file.small", "FAILED", "is a folder"]);
    assert!(token.join("theirs").exists(), "nothing of it was removed");
    page.row(stack, "a folder with something in it is where the file should be", &refused, NOTHING);
    std::fs::remove_file(token.join("theirs")).expect("removable");
    stack.turnlock("repair").ok();
    assert!(std::fs::read_to_string(&token).expect("readable") == text, "repair makes the file");
}

fn not_as_the_policy_says(stack: &Stack, page: &mut FaultPart) {
    let token = stack.dir().join("small/token");
    stack.scene("somebody else's file");
    chown(&token, Some(1000), Some(1000)).expect("changeable");
    let refused = untouched(stack, SMALL, 5);
    refused.says("is 1000:1000 0600, the policy says 0:0 0600");
    page.row(stack, "a file is somebody else's", &refused, NOTHING);
    stack.turnlock("repair").ok();

    stack.scene("a file that others may write");
    std::fs::set_permissions(&token, PermissionsExt::from_mode(0o666)).expect("changeable");
    let refused = untouched(stack, SMALL, 5);
    refused.says("is 0:0 0666, the policy says 0:0 0600");
    page.row(stack, "a file may be written by others", &refused, NOTHING);
    stack.turnlock("repair").ok();

    for (path, step, fault) in [
        (stack.env_path(), "apply file.env", "a file is immutable, and would be renamed over"),
        (
            stack.token_path(),
            "apply file.metrics_token",
            "a file is immutable, and would be written in place",
        ),
    ] {
        stack.scene(fault);
        let immutable = Immutable::make(&[path]);
        let failed = untouched(stack, "rotate METRICS_SCRAPE_TOKEN --yes --debug", 1);
        drop(immutable);
        failed.has_line(&[step, "FAILED", "cannot"]).says("Failed, and taken back");
        page.row(stack, fault, &failed, AS_IT_WAS);
    }
}

/// As it makes one for a container whose mounted file is missing.
fn a_folder_that_the_engine_made(stack: &Stack, page: &mut FaultPart) {
    stack.scene("a folder where the file should be, made by the engine");
    std::fs::remove_file(stack.token_path()).expect("removable");
    let up = ["up", "--detach", "--no-deps", "--pull", "never", "--force-recreate", "prometheus"];
    stack.compose(&up, &[]);
    assert!(stack.token_path().is_dir(), "the engine made a folder");
    let refused = untouched(stack, "rotate METRICS_SCRAPE_TOKEN --yes", 5);
    refused.says("monitoring/secrets/metrics_scrape_token: missing, expected v1");
    page.row(stack, "an empty folder is where the file should be: the engine made it", &refused, MENDED);
    stack
        .turnlock("repair")
        .ok()
        .has_line(&["file.metrics_token", "repaired"])
        .has_line(&["recreated api, prometheus"]);
    stack.until("Prometheus's target is up", 10, || stack.scrape_works());
    stack.turnlock("drift").ok();
}

fn templates(stack: &Stack, page: &mut FaultPart) {
    let path = stack.root.join(TEMPLATE);
    let right = std::fs::read_to_string(&path).expect("readable");
    let value = "{{ .Data.data.value }}";
    for (fault, wrong, code) in [
        ("a template calls a function that fails", "{{ \"{\" | parseJSON }}", 2),
        (
            "a template fails with the new value alone",
            "{{ if regexMatch \"[0-4][6-9a-f]\" .Data.data.value }}{{ \"{\" | parseJSON }}{{ end }}",
            5,
        ),
    ] {
        stack.scene(fault);
        std::fs::write(&path, right.replace(value, &format!("{wrong}{value}"))).expect("writable");
        let failed = untouched(stack, BOTH, code);
        failed.says("`parseJSON` wants a text that is JSON");
        page.row(stack, fault, &failed, NOTHING);
    }
    std::fs::write(&path, &right).expect("writable");

    stack.scene("a template that others may write");
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o666)).expect("changeable");
    let refused = untouched(stack, SMALL, 2);
    refused.says("chmod go-w");
    page.row(stack, "a template may be written by others", &refused, NOTHING);
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).expect("changeable");
    stack.turnlock(SMALL).ok();
}

fn token(disk: &Disk) -> PathBuf {
    disk.folder().join("token")
}

fn text(disk: &Disk) -> String {
    std::fs::read_to_string(token(disk)).expect("readable")
}

fn write(disk: &Disk, text: &str) {
    std::fs::write(token(disk), text).expect("writable");
    std::fs::set_permissions(token(disk), PermissionsExt::from_mode(0o600)).expect("changeable");
}
