//! Vault, asked as its root.

use serde_json::{Value as Json, json};

use crate::Value;
use crate::web::client;

#[derive(Clone)]
pub struct Vault {
    pub address: String,
    pub token: String,
}

impl Vault {
    /// The newest version's value.
    pub fn newest(&self, name: &str) -> Value {
        self.read(&format!("secret/data/breeze/{name}"))
            .unwrap_or_else(|| panic!("{name} has no value in Vault"))
    }

    pub fn version(&self, name: &str, version: u64) -> Value {
        let path = format!("secret/data/breeze/{name}?version={version}");
        self.read(&path).unwrap_or_else(|| panic!("{name} has no v{version} in Vault"))
    }

    /// The number of the newest version; 0 if there is none.
    pub fn newest_version(&self, name: &str) -> u64 {
        let answer = self.get(&format!("secret/metadata/breeze/{name}"));
        answer.map_or(0, |a| a["data"]["current_version"].as_u64().unwrap_or_default())
    }

    /// How many versions Vault knows of.
    pub fn versions(&self, name: &str) -> usize {
        let answer = self.get(&format!("secret/metadata/breeze/{name}"));
        answer.and_then(|a| a["data"]["versions"].as_object().map(|v| v.len())).unwrap_or_default()
    }

    /// As somebody by hand would: a new version without asking.
    pub fn put(&self, name: &str, value: &Value) {
        let options = json!({ "cas": self.newest_version(name) });
        let body = json!({ "data": { "value": value.clear() }, "options": options });
        self.write(&format!("secret/data/breeze/{name}"), body);
    }

    /// A pending value, as another rotation would have it there.
    pub fn stage(&self, name: &str, rotation: &str, owner: &str) {
        self.stage_value(name, &Value::new("pending"), rotation, owner, 1);
    }

    pub fn stage_value(&self, name: &str, value: &Value, rotation: &str, owner: &str, based_on: u64) {
        let data =
            json!({ "value": value.clear(), "rotation": rotation, "owner": owner, "based_on": based_on });
        self.write(&format!("turnlock/data/breeze/{name}"), json!({ "data": data }));
    }

    pub fn unstage(&self, name: &str) {
        self.delete(&format!("turnlock/metadata/breeze/{name}"));
    }

    /// Names with a pending value.
    pub fn staged(&self) -> Vec<String> {
        let answer = self.get("turnlock/metadata/breeze?list=true");
        let keys = answer.and_then(|a| a["data"]["keys"].as_array().cloned()).unwrap_or_default();
        keys.iter().filter_map(|k| k.as_str().map(str::to_owned)).collect()
    }

    /// A pending value, if there is one now.
    pub fn pending(&self, name: &str) -> Option<Value> {
        self.read(&format!("turnlock/data/breeze/{name}"))
    }

    /// Any entry's field.
    pub fn field(&self, path: &str, field: &str) -> Value {
        let answer = self.get(path).unwrap_or_else(|| panic!("Vault has nothing at {path}"));
        Value::new(answer["data"]["data"][field].as_str().unwrap_or_else(|| panic!("{path} has no {field}")))
    }

    pub fn write(&self, path: &str, body: Json) {
        let request = client().post(self.url(path)).header("X-Vault-Token", &self.token).json(&body);
        let status = request.send().expect("Vault answers").status();
        assert!(status.is_success(), "Vault answered {path} with {status}");
    }

    pub fn delete(&self, path: &str) {
        let request = client().delete(self.url(path)).header("X-Vault-Token", &self.token);
        let status = request.send().expect("Vault answers").status();
        assert!(status.is_success(), "Vault answered {path} with {status}");
    }

    /// Any call, and how it was answered: the status, and the body if it is JSON.
    pub fn call(&self, method: &str, path: &str, body: Option<Json>) -> (u16, Json) {
        self.try_call(method, path, body).expect("Vault answers")
    }

    /// The same while it may not be there, or sends on to where nobody is, as it does just after it was unsealed.
    pub fn try_call(&self, method: &str, path: &str, body: Option<Json>) -> Option<(u16, Json)> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request =
            client().request(method.clone(), self.url(path)).header("X-Vault-Token", &self.token);
        if let Some(body) = body {
            let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
            request = request.header("Content-Type", kind).body(body.to_string());
        }
        let answer = request.send().ok()?;
        Some((answer.status().as_u16(), answer.json().unwrap_or(Json::Null)))
    }

    /// The accessors of tokens that came from a login by AppRole.
    pub fn logins(&self) -> Vec<String> {
        let all = self.get("auth/token/accessors?list=true").expect("some")["data"]["keys"].clone();
        let accessors = all.as_array().expect("a list").iter().filter_map(|a| a.as_str().map(str::to_owned));
        let by_approle = |accessor: &String| {
            let body = json!({ "accessor": accessor });
            let (_, found) = self.call("POST", "auth/token/lookup-accessor", Some(body));
            found["data"]["path"] == "auth/approle/login"
        };
        accessors.filter(by_approle).collect()
    }

    /// Revokes those tokens, and says how many there were.
    pub fn revoke_logins(&self) -> usize {
        let all = self.logins();
        for accessor in &all {
            self.call("POST", "auth/token/revoke-accessor", Some(json!({ "accessor": accessor })));
        }
        all.len()
    }

    /// The status alone; `None` while nobody answers.
    pub fn status(&self, method: &str, path: &str) -> Option<u16> {
        let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
        let request = client().request(method, self.url(path)).header("X-Vault-Token", &self.token);
        request.send().ok().map(|a| a.status().as_u16())
    }

    /// A copy of everything that it holds, as its administrator keeps it (raft's own snapshot).
    pub fn snapshot(&self) -> Vec<u8> {
        let url = self.url("sys/storage/raft/snapshot");
        let answer = client().get(url).header("X-Vault-Token", &self.token).send().expect("Vault answers");
        assert!(answer.status().is_success(), "Vault gave no snapshot: {}", answer.status());
        answer.bytes().expect("a snapshot").to_vec()
    }

    /// Takes it back to a copy, and waits until it works again.
    pub fn restore(&self, snapshot: &[u8]) {
        let url = self.url("sys/storage/raft/snapshot");
        let request = client().post(url).header("X-Vault-Token", &self.token).body(snapshot.to_vec());
        let status = request.send().expect("Vault answers").status();
        assert!(status.is_success(), "Vault took no snapshot: {status}");
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while self.status("GET", "secret/config") != Some(200) {
            assert!(std::time::Instant::now() < deadline, "Vault does not work after it was restored");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    }

    fn read(&self, path: &str) -> Option<Value> {
        self.get(path)?["data"]["data"]["value"].as_str().map(Value::new)
    }

    pub fn get(&self, path: &str) -> Option<Json> {
        let answer =
            client().get(self.url(path)).header("X-Vault-Token", &self.token).send().expect("Vault answers");
        if answer.status() == reqwest::StatusCode::NOT_FOUND {
            return None;
        }
        assert!(answer.status().is_success(), "Vault answered {path} with {}", answer.status());
        Some(answer.json().expect("Vault's answer is JSON"))
    }

    fn url(&self, path: &str) -> String {
        format!("{}/v1/{path}", self.address)
    }
}
