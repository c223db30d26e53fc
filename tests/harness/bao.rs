//! An OpenBao server of a test's own: in memory, on a loopback port, gone with the test. For what needs no stack.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::{Vault, set_up};

const AUDIT_LOG: &str = "audit.log";

/// A running server, whose root is asked through [`Bao::vault`].
pub struct Bao {
    vault: Vault,
    child: Child,
    dir: TempDir,
}

impl Bao {
    /// Ready to work, with the mount `secret/` (KV version 2) that a development server comes with.
    pub fn start() -> Bao {
        Bao::start_with(|_| String::new())
    }

    /// The same with more of a configuration, such as a listener that speaks TLS. It is told the server's folder, where an
    /// audit log is written, whatever else is configured.
    pub fn start_with(more: impl FnOnce(&Path) -> String) -> Bao {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let port = free_port();
        let config = dir.path().join("more.hcl");
        let log = dir.path().join(AUDIT_LOG);
        let audit = format!("audit \"file\" \"all\" {{ options {{ file_path = {log:?} }} }}\n");
        std::fs::write(&config, audit + &more(dir.path())).expect("the configuration is written");
        let mut command = Command::new(program());
        command
            .args([
                "server",
                "-dev",
                "-dev-no-store-token",
                "-dev-root-token-id=root-of-a-test",
                "-log-level=error",
            ])
            .arg(format!("-dev-listen-address=127.0.0.1:{port}"))
            .arg("-config")
            .arg(&config)
            .env("HOME", dir.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let child = command.spawn().expect("`bao` starts; docker/setup fetches it");
        let vault = Vault { address: format!("http://127.0.0.1:{port}"), token: "root-of-a-test".into() };
        let bao = Bao { vault, child, dir };
        let deadline = Instant::now() + Duration::from_secs(20);
        // The mount is there a moment after the server answers.
        while bao.vault.status("GET", "secret/config") != Some(200) {
            assert!(Instant::now() < deadline, "OpenBao did not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        bao
    }

    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// How often a path was asked for, successfully or not, by the server's own audit log.
    pub fn asked(&self, path: &str) -> usize {
        let log =
            std::fs::read_to_string(self.dir.path().join(AUDIT_LOG)).expect("the audit log can be read");
        let entries = log.lines().map(|line| serde_json::from_str(line).expect("an entry is JSON"));
        let of_path = |e: &serde_json::Value| e["type"] == "response" && e["request"]["path"] == path;
        entries.filter(of_path).count()
    }

    /// A folder that goes with the server.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// `bao`, speaking to this server as its root.
    pub fn command(&self) -> Command {
        let mut command = Command::new(program());
        command.env_clear().env("HOME", self.dir.path());
        command.env("VAULT_ADDR", &self.vault.address).env("VAULT_TOKEN", &self.vault.token);
        command.stdin(Stdio::null());
        command
    }
}

impl Drop for Bao {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `bao` in PATH, else where docker/setup puts it.
pub fn program() -> PathBuf {
    let in_path = std::env::var_os("PATH")
        .and_then(|path| std::env::split_paths(&path).map(|d| d.join("bao")).find(|p| p.is_file()));
    in_path.unwrap_or_else(|| set_up("bin/bao"))
}

/// A port that nobody listens on now.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    listener.local_addr().expect("bound").port()
}
