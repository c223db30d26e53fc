//! Compose is not there as Docker's plugin: which other one is there, and what to do.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::{PASSED_ON, kept::Kept};

const INSTALL: &str = "install Compose, version 2 or newer (https://docs.docker.com/compose/install/linux)";
/// Version 1 is a Python program: it needs a second, and when it is started first some more.
const LIMIT: Duration = Duration::from_secs(10);

/// A half-sentence. Only asked when something failed already.
pub(super) async fn what_to_do() -> String {
    let Some((program, version)) = alone().await else { return INSTALL.to_owned() };
    match version.split('.').next().and_then(|major| major.parse::<u32>().ok()) {
        Some(0 | 1) => {
            format!("`docker-compose` is version {version}, which can't do what is needed; {INSTALL}")
        }
        Some(_) => format!(
            "version {version} is there as {}; link that to ~/.docker/cli-plugins/docker-compose",
            program.display()
        ),
        None => INSTALL.to_owned(),
    }
}

/// The program of its own that version 1 was, and that version 2 can be; with its version.
async fn alone() -> Option<(PathBuf, String)> {
    let folders = std::env::var_os("PATH")?;
    let program = std::env::split_paths(&folders).map(|f| f.join("docker-compose")).find(|p| p.is_file())?;
    let version = version(&program).await?;
    Some((program, version))
}

async fn version(program: &Path) -> Option<String> {
    let mut command = Command::new(program);
    command.args(["version", "--short"]).env_clear().kill_on_drop(true).process_group(0);
    command.envs(PASSED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let printed = Kept::last_words().of(child.stdout.take());
    let printed = tokio::time::timeout(LIMIT, printed).await.ok()?;
    let printed = String::from_utf8_lossy(&printed);
    let version = printed.trim().trim_start_matches('v');
    let is_one = version.starts_with(|c: char| c.is_ascii_digit())
        && version.len() < 40
        && version.bytes().all(|b| b.is_ascii_alphanumeric() || b".-+".contains(&b));
    is_one.then(|| version.to_owned())
}
