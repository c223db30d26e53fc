//! The fuzz targets of `tests/fuzz`, each on its seeds and on each seed cut short or with a byte changed: no panic, no hang, no
//! value in an error. `cargo fuzz` goes on from the same seeds.

#[expect(unreachable_pub, reason = "the fuzz package makes a library of it")]
#[path = "../../fuzz/targets.rs"]
mod targets;

use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use turnlock_tests::repository;

/// A loaded machine is slow; a hang is for ever.
const LONGEST: Duration = Duration::from_secs(60);

#[test]
fn policies() {
    on_seeds("policy", targets::policy, 40);
}

#[test]
fn templates() {
    on_seeds("template", targets::template, 200);
}

#[test]
fn env_files() {
    on_seeds("env_file", targets::env_file, 200);
}

#[test]
fn stored_entries() {
    on_seeds("entry", targets::entry, 200);
}

#[test]
fn compose_outputs() {
    on_seeds("compose_output", targets::compose_output, 200);
}

/// `variants` of each seed besides itself.
fn on_seeds(target: &str, function: fn(&[u8]), variants: usize) {
    let mut seeds: Vec<PathBuf> = std::fs::read_dir(repository().join("tests/fuzz/seeds").join(target))
        .expect("the seeds' folder")
        .map(|entry| entry.expect("readable").path())
        .collect();
    seeds.sort();
    assert!(seeds.len() >= 5, "only {} seeds for {target}", seeds.len());
    let mut runs = 0;
    for path in seeds {
        let seed = std::fs::read(&path).expect("readable");
        for variant in 0..=variants {
            let bytes = changed(&seed, variant);
            let (done, end) = mpsc::channel();
            let thread = std::thread::spawn(move || {
                function(&bytes);
                let _ = done.send(());
            });
            let ended = end.recv_timeout(LONGEST);
            assert_ne!(
                ended,
                Err(mpsc::RecvTimeoutError::Timeout),
                "{} hangs, variant {variant}",
                path.display()
            );
            assert!(thread.join().is_ok(), "{} panics, variant {variant}", path.display());
            runs += 1;
        }
    }
    println!("{target}: {runs} inputs");
}

/// The seed itself, then cut short and with one byte changed in turn: always the same ones.
fn changed(seed: &[u8], variant: usize) -> Vec<u8> {
    if variant == 0 || seed.is_empty() {
        return seed.to_vec();
    }
    let at = variant.wrapping_mul(2_654_435_761) % seed.len();
    if variant.is_multiple_of(4) {
        return seed[..at].to_vec();
    }
    let mut bytes = seed.to_vec();
    bytes[at] = b"\0\n'\"\\${}#=[]\xff "[variant % 14];
    bytes
}
