//! `TURNLOCK_LEAK=PLACE`, several with blanks between them: before the first target is touched, a value that is on its way
//! gets out there. A search for values that does not find it is worth nothing (`tests/e2e/long/secrecy/`).

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::ExposeSecret;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::secret::Change;
use crate::step::Step;
use crate::target::TargetError;

const VARIABLE: &str = "TURNLOCK_LEAK";
/// Long enough to be seen by whoever looks at all processes again and again.
const SEEN: Duration = Duration::from_millis(300);

/// Once, and of one secret.
pub(crate) fn leak(step: &Step, change: &Change) -> Result<(), TargetError> {
    static DONE: AtomicBool = AtomicBool::new(false);
    let Ok(places) = std::env::var(VARIABLE) else { return Ok(()) };
    if !matches!(step, Step::Apply { .. }) || DONE.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    let name = change.names().into_iter().next().expect("a rotation changes something");
    #[expect(
        clippy::disallowed_methods,
        reason = "a test build: the search for values has something to find"
    )]
    let value = change.to.get(&name).expect("it has a new value").value.expose_secret();
    places.split_whitespace().try_for_each(|place| to(place, value))
}

/// Each in another form.
fn to(place: &str, value: &str) -> Result<(), TargetError> {
    let (half, piece) = (&value[value.len() / 2..], &value[..8]);
    match place {
        "stderr" => _ = writeln!(std::io::stderr(), "{}", serde_json::json!({ "password": value })),
        "stdout" => _ = writeln!(std::io::stdout(), "it begins with {piece}"),
        "line" => tracing::warn!(half, "a line with half of it"),
        "span" => tracing::Span::current().set_attribute("leaked", hex::encode(value)),
        "argument" => child(|sleep| sleep.arg(format!("0{}", STANDARD.encode(format!("breeze:{value}"))))),
        "environment" => child(|sleep| sleep.env("HALF", half)),
        "file" => {
            let text: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let file = std::env::temp_dir().join("turnlock-leak");
            std::fs::write(file, text).expect("the temporary folder can be written");
        }
        "panic" => panic!("{value}"),
        "error" => return Err(TargetError::new(format!("the server did not like {value}"))),
        other => panic!("{VARIABLE}: {other} is no place"),
    }
    Ok(())
}

/// A shell that waits: what it is given besides stands in its arguments, or in its environment.
fn child(give: impl FnOnce(&mut Command) -> &mut Command) {
    let mut shell = Command::new("sh");
    shell.env_clear().args(["-c", "sleep 1"]).stdin(Stdio::null());
    let mut shell = give(&mut shell).spawn().expect("sh starts");
    std::thread::sleep(SEEN);
    let _ = shell.kill();
    let _ = shell.wait();
}
