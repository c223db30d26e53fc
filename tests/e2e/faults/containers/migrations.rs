//! A migration whose program says what it should not, or does not stop talking: what it says is not believed, not shown, and
//! not kept.

use std::os::unix::fs::PermissionsExt;
use std::process::Child;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use turnlock_tests::collector::{Manner, Recorder};
use turnlock_tests::{Draft, FaultPart, Output, Search, Stack};

use super::{AS_IT_WAS, COMPOSE, POLICY};
use crate::failure::Before;

const KEY: &str = "rotate APP_ENCRYPTION_KEY --yes --accept-impact APP_ENCRYPTION_KEY";
const WITHIN: &str =
    "check = [\"reencrypt\", \"records\", \"--check\"]          # {\"new\": …} -> {\"left\": 0}\nwithin = ";

/// The api's own program, behind one that can be made hostile: once, so that the way back is an honest one's.
const ENTRY: &str = r#"#!/bin/sh
if [ "$1 $3" = "reencrypt " ] && [ -f /switches/hostile ] && mkdir /switches/once 2>/dev/null; then
    . /switches/hostile
fi
if [ "$3" = --check ] && [ -f /switches/talks ]; then
    head -c 20000000 /dev/zero | tr '\0' x
    echo
fi
exec /usr/local/bin/breeze-api "$@"
"#;

/// Orders to a terminal, what turns the direction of writing, all of its environment and both keys.
const SPEAKS: &str = r#"
read -r keys
for to in 1 2; do
    {
        printf '\033[2J\033]0;owned\007\r\b\302\2332J\342\200\256 evil\000\377\n'
        echo 'Cannot connect to the Docker daemon'
        env
        echo "$keys"
        echo '{"changed": 1, "left": 0, "more": "owned"}'
    } >&$to
done
exit 3
"#;

/// Without a line's end. More than Turnlock would ever keep.
const FLOODS: &str = "
head -c 100000000 /dev/zero | tr '\\0' x >&2
head -c 100000000 /dev/zero | tr '\\0' x
echo
";
const ENDLESS: &str = "exec tr '\\0' x </dev/zero";

/// The most memory (kB) that is to be enough for an agent, whatever a program prints.
const ENOUGH: u64 = 80_000;

pub(super) fn hostile(draft: Draft) -> Draft {
    let entry = "  api:\n    entrypoint: [\"/bin/sh\", \"/switches/entry\"]\n";
    let switches = draft.folder().join("docker/stack/switches");
    std::fs::create_dir_all(&switches).expect("writable");
    draft
        .write("docker/stack/switches/entry", ENTRY)
        .edit(COMPOSE, "../switches:/switches:ro", "../switches:/switches")
        .edit(COMPOSE, "  api:\n", entry)
}

pub(super) fn that_say_what_they_should_not(stack: &Stack, page: &mut FaultPart) {
    let before = Before::of(stack);
    let hostile = |what: &str| {
        let switches = stack.dir().join("switches");
        std::fs::set_permissions(&switches, PermissionsExt::from_mode(0o777)).expect("changeable");
        let _ = std::fs::remove_dir(switches.join("once"));
        std::fs::write(switches.join("hostile"), what).expect("writable");
    };

    let fault = "a migration's program fails, and prints orders to a terminal, its environment and its keys";
    stack.scene(fault);
    hostile(SPEAKS);
    let collector = Recorder::start(Manner::Well);
    let env = [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.base.as_str())];
    let failed = stack.turnlock_with(KEY, &env);
    failed
        .exits(1)
        .says("`reencrypt records` in a container of api failed with exit code 3")
        .says_not("evil");
    before.is_still_so(stack);
    page.row(stack, fault, &failed, AS_IT_WAS);

    stack.scene("what it printed is shown to whoever asks for it, made fit");
    hostile(SPEAKS);
    let shown = stack.turnlock_with(&format!("{KEY} --debug"), &env);
    shown.exits(1).says("\\u{1b}[2J\\u{1b}]0;owned\\u{7}\\u{d}\\u{8}\\u{9b}2J\\u{202e} evil\\u{0}\u{fffd}");
    shown.says("JWT_SECRET=<JWT_SECRET>").says("DATABASE_URL=").says("<POSTGRES_PASSWORD>");
    shown.has_line(&["\"old\":\"<APP_ENCRYPTION_KEY>\"", "\"new\":\"<APP_ENCRYPTION_KEY>\""]);
    for output in [&failed, &shown] {
        let unfit = |c: char| (c.is_control() && c != '\n') || "\u{9b}\u{202e}".contains(c);
        assert!(!output.all().contains(unfit), "a terminal would obey{output:?}");
    }
    let log = stack.turnlock("audit list --all --format ndjson").ok().out.clone();
    assert!(
        log.contains("failed with exit code 3") && !log.contains("evil"),
        "the log has our sentence alone"
    );
    let sent: Vec<u8> = collector.take_all().into_iter().flat_map(|request| request.body).collect();
    let has = |text: &str| sent.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(has("failed with exit code 3") && !has("evil"), "a span has our sentence alone");
    assert!(Search::of(&stack.values()).found_in(&sent).is_empty(), "a value was sent to the collector");

    let fault =
        "a migration's program prints 200 MB in two lines, and does its work; each check of it, 20 MB";
    stack.scene(fault);
    hostile(FLOODS);
    let talks = stack.dir().join("switches/talks");
    std::fs::write(&talks, "").expect("writable");
    let done = bounded(stack);
    std::fs::remove_file(talks).expect("removable");
    done.ok().says("everywhere, verified");
    page.row(stack, fault, &done, "the new value everywhere");

    let fault = "a migration's program prints one line without an end";
    stack.scene(fault);
    let before = Before::of(stack);
    hostile(ENDLESS);
    stack.edit(POLICY, &format!("{WITHIN}\"5m\""), &format!("{WITHIN}\"5s\""));
    let failed = bounded(stack);
    stack.edit(POLICY, &format!("{WITHIN}\"5s\""), &format!("{WITHIN}\"5m\""));
    failed.exits(1).says("`reencrypt records` in a container of api did not finish within 5 s");
    before.is_still_so(stack);
    page.row(stack, fault, &failed, AS_IT_WAS);
}

/// Rotates the key, and looks that this takes no more memory than ever.
fn bounded(stack: &Stack) -> Output {
    let (began, child) = (Instant::now(), stack.spawn(KEY, &[]));
    let peak = peak_of(&child);
    let output = stack.ended(KEY, child, began);
    let peak = peak.join().expect("the watcher ends");
    println!("{peak} kB at most");
    assert!((1..ENOUGH).contains(&peak), "{peak} kB");
    output
}

/// The most memory (kB) that a program has until it ends, as the kernel counts it.
fn peak_of(child: &Child) -> JoinHandle<u64> {
    let status = format!("/proc/{}/status", child.id());
    let now = move || {
        let text = std::fs::read_to_string(&status).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()
    };
    std::thread::spawn(move || {
        let mut peak = 0;
        // A program that has ended has none.
        while let Some(now) = now() {
            peak = now.max(peak);
            std::thread::sleep(Duration::from_millis(5));
        }
        peak
    })
}
