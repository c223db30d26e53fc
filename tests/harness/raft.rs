//! Two OpenBao servers of one cluster, of which the active one can be killed: what is left is a real standby.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::Vault;
use crate::bao::{free_port, program};

pub struct Raft {
    active: Child,
    other: Child,
    /// Where the standby is.
    pub standby: String,
    _dir: TempDir,
}

impl Raft {
    /// Both unsealed, and the second one knows who is active.
    pub fn start() -> Raft {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let at = |port: u16| Vault { address: format!("http://127.0.0.1:{port}"), token: String::new() };
        let (first, second) = (at(free_port()), at(free_port()));
        let active = start(&dir, "first", &first.address, "");
        let join = format!("retry_join {{ leader_api_addr = {:?} }}", first.address);
        let other = start(&dir, "second", &second.address, &join);
        let raft = Raft { active, other, standby: second.address.clone(), _dir: dir };
        until(|| first.status("GET", "sys/seal-status") == Some(200));
        let (_, init) =
            first.call("POST", "sys/init", Some(json!({ "secret_shares": 1, "secret_threshold": 1 })));
        let key = json!({ "key": init["keys_base64"][0] });
        first.write("sys/unseal", key.clone());
        until(|| first.status("GET", "sys/health") == Some(200));
        until(|| asked(&second, "sys/seal-status")["initialized"] == true);
        second.write("sys/unseal", key);
        until(|| asked(&second, "sys/leader")["leader_address"] == first.address.as_str());
        raft
    }

    pub fn kill_the_active(&mut self) {
        let _ = self.active.kill();
        let _ = self.active.wait();
    }
}

impl Drop for Raft {
    fn drop(&mut self) {
        self.kill_the_active();
        let _ = self.other.kill();
        let _ = self.other.wait();
    }
}

fn start(dir: &TempDir, name: &str, address: &str, join: &str) -> Child {
    let data = dir.path().join(name);
    std::fs::create_dir(&data).expect("writable");
    let (listen, among) = (address.trim_start_matches("http://"), format!("127.0.0.1:{}", free_port()));
    let config = format!(
        "storage \"raft\" {{\n path = {data:?}\n node_id = {name:?}\n performance_multiplier = 1\n {join}\n}}\n\
         listener \"tcp\" {{\n address = {listen:?}\n cluster_address = {among:?}\n tls_disable = true\n}}\n\
         api_addr = {address:?}\ncluster_addr = \"https://{among}\"\n"
    );
    let file = dir.path().join(format!("{name}.hcl"));
    std::fs::write(&file, config).expect("writable");
    let mut command = Command::new(program());
    command.args(["server", "-log-level=error", "-config"]).arg(file).env("HOME", dir.path());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("`bao` starts; docker/setup fetches it")
}

/// What it answers without a token, also while it can't answer otherwise.
fn asked(vault: &Vault, path: &str) -> Json {
    vault.status("GET", path).map_or(Json::Null, |_| vault.call("GET", path, None).1)
}

fn until(is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "the cluster did not come up");
        std::thread::sleep(Duration::from_millis(50));
    }
}
