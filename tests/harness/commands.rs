//! What a stack's owner types: `turnlock` in a script or at a terminal, a build for tests, a session in a shell.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use crate::program::{crash_build, turnlock, words};
use crate::{Output, Stack};

impl Stack {
    /// Runs `turnlock` with a line of arguments, as a person would from a script: no terminal, nothing on standard input.
    #[track_caller]
    pub fn turnlock(&self, line: &str) -> Output {
        self.turnlock_with(line, &[])
    }

    /// As [`Stack::turnlock`], with some variables of the environment set otherwise.
    #[track_caller]
    pub fn turnlock_with(&self, line: &str, env: &[(&str, &str)]) -> Output {
        let began = Instant::now();
        let child = self.spawn(line, env);
        self.ended(line, child, began)
    }

    /// Starts it and goes on.
    pub fn spawn(&self, line: &str, env: &[(&str, &str)]) -> Child {
        self.spawn_program(turnlock(), line, env)
    }

    /// Starts the test build, which kills, stops or fails itself at these points (`agent/src/crash/points.rs`).
    pub fn spawn_crashing(&self, line: &str, points: &str) -> Child {
        self.spawn_program(crash_build(), line, &[("TURNLOCK_CRASH", points)])
    }

    /// Starts the test build, which lets a value out in these ways (`agent/src/crash/leaks.rs`).
    pub fn spawn_leaking(&self, line: &str, places: &str) -> Child {
        self.spawn_program(crash_build(), line, &[("TURNLOCK_LEAK", places)])
    }

    fn spawn_program(&self, path: &Path, line: &str, env: &[(&str, &str)]) -> Child {
        let mut command = self.program(path);
        command.args(words(line)).envs(env.iter().copied());
        command.spawn().expect("turnlock starts")
    }

    /// Any program, in the environment and the folder of the stack's owner.
    pub fn program(&self, path: &Path) -> Command {
        let mut command = Command::new(path);
        let folder = turnlock().parent().expect("a program is in a folder").display();
        let search = format!("{folder}:{}", self.env.get("PATH").map_or("/usr/bin:/bin", String::as_str));
        command.env_clear().envs(&self.env).env("PATH", search).current_dir(&self.root);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// At a terminal (util-linux's `script` makes one): waits for the question, lets something happen, and answers.
    pub fn at_terminal(&self, line: &str, answer: &str, meanwhile: impl FnOnce()) -> Output {
        let (began, screen) = (Instant::now(), self.root.join("screen"));
        let mut script = self.program(Path::new("script"));
        script
            .args(["--quiet", "--return", "--flush", "--command", &format!("turnlock {line}")])
            .arg(&screen);
        let mut child = script.stdin(Stdio::piped()).spawn().expect("script runs");
        let is_asked = || std::fs::read_to_string(&screen).is_ok_and(|text| text.contains("Type yes"));
        self.until("the question is asked", 10, is_asked);
        meanwhile();
        let mut keyboard = child.stdin.take().expect("piped");
        keyboard.write_all(format!("{answer}\n").as_bytes()).expect("somebody reads");
        let output = self.ended(line, child, began);
        std::fs::remove_file(screen).expect("removable");
        output
    }

    /// Waits for a program that was spawned.
    #[track_caller]
    pub fn ended(&self, line: &str, child: Child, began: Instant) -> Output {
        let ended = child.wait_with_output().expect("turnlock ends");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("turnlock prints UTF-8");
        let output = Output {
            command: line.to_owned(),
            code: ended.status.code().unwrap_or(-1),
            out: text(ended.stdout),
            err: text(ended.stderr),
            took: began.elapsed(),
        };
        println!("$ turnlock {line}   ? {}, {:.1} s", output.code, output.took.as_secs_f64());
        self.said.lock().expect("no test thread panicked here").push(output.clone());
        assert!(!output.err.contains("panicked"), "turnlock panicked:{output}");
        output
    }

    /// A session in bash, in the environment of the stack's owner; its commands as they would be typed. Nothing is printed but
    /// what failed.
    #[track_caller]
    pub fn shell(&self, commands: &str) -> String {
        let mut bash = self.program(Path::new("bash"));
        bash.args(["-euo", "pipefail", "-c", commands]);
        let ended = bash.output().expect("bash runs");
        let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
        let said = Output {
            command: "(in a shell)".into(),
            code: ended.status.code().unwrap_or(-1),
            out: out.into_owned(),
            err: err.into_owned(),
            took: std::time::Duration::ZERO,
        };
        self.said.lock().expect("no test thread panicked here").push(said.clone());
        assert!(ended.status.success(), "a session failed:{said}");
        said.all()
    }
}
