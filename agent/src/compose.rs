//! Docker Compose, driven by its own command line, and the engine, asked over its socket ([`engine`]).
//!
//! Compose is run with an emptied environment plus an allow-list: the caller's shell would win over the env file. It is
//! told to deploy nothing else: no dependencies, no pull, no build.

pub mod engine;
mod kept;
mod missing;
pub mod model;
pub(crate) mod nameless;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tracing::Instrument;
use zeroize::Zeroizing;

use crate::envfile::Text;
use crate::policy::{Limits, Policy};
use crate::target::TargetError;
use crate::telemetry::spans;

use kept::Kept;

/// What Compose and the engine's client may know of the caller's environment.
const PASSED_ON: [&str; 4] = ["PATH", "HOME", "DOCKER_CONFIG", "XDG_RUNTIME_DIR"];
/// The engine is named to the command line too, so that no Docker context leads it to another one than [`engine`] asks.
const ENGINE: &str = "unix:///var/run/docker.sock";
/// What is kept of an answer of Compose.
const MOST_OUTPUT: usize = 32 * 1024 * 1024;

/// One project's Compose.
#[derive(Clone, Debug)]
pub struct Compose {
    root: PathBuf,
    /// `None`: Compose's own choice.
    project: Option<String>,
    files: Vec<PathBuf>,
    profiles: Vec<String>,
    env_file: PathBuf,
    /// The plugin's own program: `docker compose` would start it twice, once to ask what it is.
    plugin: Option<PathBuf>,
    limits: Limits,
}

/// Where Docker's command line looks for plugins, in its order.
fn plugin() -> Option<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let config = variable("DOCKER_CONFIG").or_else(|| variable("HOME").map(|h| h.join(".docker")));
    let system = ["/usr/local/lib", "/usr/local/libexec", "/usr/lib", "/usr/libexec"];
    let system = system.into_iter().map(|d| Path::new(d).join("docker"));
    let mut folders = config.into_iter().chain(system).map(|d| d.join("cli-plugins/docker-compose"));
    folders.find(|p| p.is_file())
}

impl Compose {
    /// Of a policy's stack. Below the root: its env file.
    pub fn new(policy: &Policy, env_file: &Path) -> Self {
        let stack = &policy.stack;
        Self {
            root: stack.root.clone(),
            project: Some(stack.project.clone()),
            files: stack.compose.iter().map(|f| stack.root.join(f)).collect(),
            profiles: stack.profiles.clone(),
            env_file: stack.root.join(env_file),
            plugin: plugin(),
            limits: policy.limits,
        }
    }

    /// Of a stack that has no policy yet. Absolute paths.
    pub fn of_strangers(
        root: &Path,
        files: Vec<PathBuf>,
        env_file: &Path,
        project: Option<String>,
        profiles: Vec<String>,
    ) -> Self {
        let (root, env_file) = (root.to_owned(), env_file.to_owned());
        Self { root, project, files, profiles, env_file, plugin: plugin(), limits: Limits::default() }
    }

    pub fn with_every_profile(&self) -> Self {
        Self { profiles: vec!["*".into()], ..self.clone() }
    }

    /// The resolved configuration as JSON, interpolated from another env file than the stack's own.
    pub async fn config(&self, env_file: &Path) -> Result<Zeroizing<Vec<u8>>, TargetError> {
        let args = ["config", "--format", "json"];
        self.run("config", "config", env_file, &args, self.limits.question).await
    }

    /// The configuration as it is declared, not interpolated; `None` if it is not needed in any case, and no compose
    /// file can have an `env_file:`.
    pub async fn declared(&self, in_any_case: bool) -> Result<Option<Zeroizing<Vec<u8>>>, TargetError> {
        let text = |file: &PathBuf| std::fs::read_to_string(file).unwrap_or_default();
        let may = |text: String| ["env_file", "include", "extends"].iter().any(|word| text.contains(word));
        if !in_any_case && !self.files.iter().map(text).any(may) {
            return Ok(None);
        }
        let args = ["config", "--format", "json", "--no-interpolate", "--no-env-resolution"];
        self.run(
            "config --no-interpolate",
            "config --no-interpolate",
            &self.env_file,
            &args,
            self.limits.question,
        )
        .await
        .map(Some)
    }

    /// Each service's configuration hash, as `up` would compute it now.
    pub async fn hashes(&self) -> Result<BTreeMap<String, String>, TargetError> {
        let (what, args) = ("config --hash", ["config", "--hash", "*"]);
        let out = self.run(what, what, &self.env_file, &args, self.limits.question).await?;
        let text = String::from_utf8_lossy(&out);
        let pairs = text.lines().filter_map(|l| l.split_once(' '));
        Ok(pairs.map(|(service, hash)| (service.to_owned(), hash.trim().to_owned())).collect())
    }

    /// What Compose reads in an env file for some variables: asked through a stack made up for it, because only in JSON
    /// nothing in a value can be taken for the next variable.
    pub async fn environment(
        &self,
        env_file: &Path,
        variables: impl IntoIterator<Item = &String>,
    ) -> Result<BTreeMap<String, Text>, TargetError> {
        let variables: Vec<&String> = variables.into_iter().collect();
        let stack = json!({ "services": { "asked": { "image": "none", "environment": variables } } });
        let stack = nameless::Nameless::new(&stack.to_string())
            .map_err(|e| TargetError::new(format!("cannot keep a compose file in memory: {}", e.kind())))?;
        let asked = Self {
            files: vec![stack.path()],
            profiles: Vec::new(),
            project: Some("asked".into()),
            ..self.clone()
        };
        let out = asked.config(env_file).await?;
        let found: serde_json::Value = serde_json::from_slice(&out).unwrap_or_default();
        let found = found.pointer("/services/asked/environment").and_then(|e| e.as_object());
        let texts = found.into_iter().flatten().filter_map(|(key, value)| {
            // `config` prints `$` as `$$`.
            Some((key.clone(), Text::new(&Zeroizing::new(value.as_str()?.replace("$$", "$")))))
        });
        Ok(texts.collect())
    }

    /// Recreates what changed and leaves it stopped.
    pub async fn recreate_stopped(&self, services: &[String]) -> Result<(), TargetError> {
        self.up(&["--no-start"], services).await
    }

    /// Recreates what changed and starts it; what is only stopped is started.
    pub async fn up_changed(&self, services: &[String]) -> Result<(), TargetError> {
        self.up(&["--detach"], services).await
    }

    /// New containers in any case: the only way to a mounted file that was renamed.
    pub async fn up_anew(&self, services: &[String]) -> Result<(), TargetError> {
        self.up(&["--detach", "--force-recreate"], services).await
    }

    async fn up(&self, options: &[&str], services: &[String]) -> Result<(), TargetError> {
        if services.is_empty() {
            return Ok(());
        }
        let mut args = vec!["up", "--no-deps", "--pull", "never", "--no-build", "--quiet-pull"];
        args.extend(options);
        args.extend(services.iter().map(String::as_str));
        let command = format!("up {}", options.join(" "));
        self.run("up", &command, &self.env_file, &args, self.limits.compose).await.map(drop)
    }

    /// Whether `up` would recreate a service: slow, but right for `env_file:` too, where the hash isn't.
    pub async fn would_recreate(&self, service: &str) -> Result<bool, TargetError> {
        let args = ["--dry-run", "up", "--no-deps", "--pull", "never", "--no-build", "--no-start", service];
        let mut command = self.command(&self.env_file, &args);
        let what = "up --dry-run";
        let run = Run {
            what,
            input: None,
            out: Kept::last_words(),
            speaks_alone: true,
            limit: self.limits.question,
        };
        let (_, _, err) = finish(&mut command, run).instrument(self.span(what)).await?;
        Ok(String::from_utf8_lossy(&err).contains("Recreate"))
    }

    /// A one-off container of a service, under a name by which it is found again: what goes in by standard input, the end of
    /// what comes out.
    pub async fn run_once(
        &self,
        name: &str,
        service: &str,
        args: &[String],
        input: &str,
        limit: Duration,
    ) -> Result<Zeroizing<Vec<u8>>, TargetError> {
        let mut all =
            vec!["run", "--rm", "--name", name, "--no-deps", "--no-TTY", "--pull", "never", service];
        all.extend(args.iter().map(String::as_str));
        let what = format!("`{}` in a container of {service}", args.join(" "));
        let run =
            Run { what: &what, input: Some(input), out: Kept::last_words(), speaks_alone: false, limit };
        self.run_as(run, "run --rm", &self.env_file, &all).await
    }

    fn command(&self, env_file: &Path, args: &[&str]) -> Command {
        let mut command = match &self.plugin {
            Some(plugin) => Command::new(plugin),
            None => {
                let mut command = Command::new("docker");
                command.arg("compose");
                command
            }
        };
        if let Some(project) = &self.project {
            command.arg("--project-name").arg(project);
        }
        for profile in &self.profiles {
            command.arg("--profile").arg(profile);
        }
        for file in &self.files {
            command.arg("--file").arg(file);
        }
        command.arg("--env-file").arg(env_file).args(["--progress", "plain", "--ansi", "never"]).args(args);
        command.current_dir(&self.root).env_clear().kill_on_drop(true);
        // Its own group: a Ctrl-C at the terminal is for us to handle, not for a half-done `up`.
        command.process_group(0);
        command.env("DOCKER_HOST", std::env::var_os("DOCKER_HOST").unwrap_or_else(|| ENGINE.into()));
        for name in PASSED_ON {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    fn span(&self, command: &str) -> tracing::Span {
        let program = if self.plugin.is_some() { "docker-compose" } else { "docker" };
        spans::compose(program, command, self.project.as_deref())
    }

    /// `what` is for a person, `command` for the span.
    async fn run(
        &self,
        what: &str,
        command: &str,
        env_file: &Path,
        args: &[&str],
        limit: Duration,
    ) -> Result<Zeroizing<Vec<u8>>, TargetError> {
        let run = Run { what, input: None, out: Kept::whole(MOST_OUTPUT), speaks_alone: true, limit };
        self.run_as(run, command, env_file, args).await
    }

    async fn run_as(
        &self,
        run: Run<'_>,
        command: &str,
        env_file: &Path,
        args: &[&str],
    ) -> Result<Zeroizing<Vec<u8>>, TargetError> {
        let (span, what, speaks_alone) = (self.span(command), run.what, run.speaks_alone);
        let mut command = self.command(env_file, args);
        let (status, out, err) = finish(&mut command, run).instrument(span).await?;
        if status.success() {
            return Ok(out);
        }
        Err(self.failed(what, speaks_alone, status, String::from_utf8_lossy(&err).into_owned()).await)
    }

    async fn failed(
        &self,
        what: &str,
        speaks_alone: bool,
        status: std::process::ExitStatus,
        theirs: String,
    ) -> TargetError {
        // What it says when it cannot reach the engine, or loses it.
        let gone = ["Cannot connect to the Docker daemon", "error during connect"];
        if speaks_alone && gone.iter().any(|said| theirs.contains(said)) {
            let text = format!("docker compose: {what} failed: {}", engine::ABSENT);
            return TargetError::with(text, theirs).passing(true);
        }
        let code = status.code().map_or("a signal".to_owned(), |c| format!("exit code {c}"));
        let hint = match self.plugin {
            Some(_) => String::new(),
            None => {
                format!("; its plugin is not where Docker looks for one: {}", missing::what_to_do().await)
            }
        };
        TargetError::with(format!("docker compose: {what} failed with {code}{hint}"), theirs)
    }
}

/// A program that is run to its end.
struct Run<'a> {
    /// For a person.
    what: &'a str,
    input: Option<&'a str>,
    /// What is kept of what comes out.
    out: Kept,
    /// Its errors are Compose's own words. Those of a program in a container can say anything.
    speaks_alone: bool,
    limit: Duration,
}

type Finished = (std::process::ExitStatus, Zeroizing<Vec<u8>>, Zeroizing<Vec<u8>>);

/// Runs it to its end, and says in the current span how it ended.
async fn finish(command: &mut Command, run: Run<'_>) -> Result<Finished, TargetError> {
    let Run { what, input, out, limit, .. } = run;
    command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let span = tracing::Span::current();
    let mut child = command.spawn().map_err(|e| {
        spans::failed(&span, "not_started");
        TargetError::new(format!(
            "cannot run `docker compose` ({}); install Docker with its Compose plugin",
            e.kind()
        ))
    })?;
    span.record("process.pid", child.id());
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async {
        if let (Some(mut stdin), Some(text)) = (stdin, input) {
            // A program that doesn't read its input says so by its exit code.
            let _ = stdin.write_all(text.as_bytes()).await;
        }
    };
    let (out, err) = (out.of(stdout), Kept::last_words().of(stderr));
    let work = async { tokio::join!(feed, out, err, child.wait()) };
    match tokio::time::timeout(limit, work).await {
        Ok(((), out, err, Ok(status))) => {
            span.record("process.exit.code", status.code());
            if !status.success() {
                spans::failed(&span, if status.code().is_some() { "exit_code" } else { "signal" });
            }
            Ok((status, out, err))
        }
        Ok((.., Err(e))) => {
            spans::failed(&span, "lost");
            Err(TargetError::new(format!("docker compose: {what}: {}", e.kind())))
        }
        Err(_) => {
            spans::failed(&span, "timeout");
            let text = format!("docker compose: {what} did not finish within {} s", limit.as_secs());
            Err(TargetError::new(text))
        }
    }
}
