//! The agent's login to Vault, on a real OpenBao and without a stack: only the library is needed.

mod kubernetes;
mod lasting;
mod methods;
mod transport;
mod who;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_json::json;
use tokio::runtime::Runtime;
use turnlock::vault::{Settings, Vault, VaultError};
use turnlock_tests::{Bao, install_provider};

/// An OpenBao with one value in it, an ACL policy that may read it, and a runtime for the agent's side.
struct Scene {
    bao: Bao,
    runtime: Runtime,
}

/// What stands at `secret/app`.
const VALUE: &str = "open sesame";

const POLICY: &str = r#"
    path "secret/data/app" { capabilities = ["read"] }
    path "secret/data/shop/*" { capabilities = ["create", "read", "update"] }
    path "secret/metadata/shop/*" { capabilities = ["read", "patch"] }
"#;

impl Scene {
    fn new() -> Scene {
        Scene::with(|_| String::new())
    }

    fn with(more: impl FnOnce(&Path) -> String) -> Scene {
        install_provider();
        let bao = Bao::start_with(more);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let scene = Scene { bao, runtime: runtime.expect("a runtime") };
        scene.furnish("");
        scene
    }

    /// The value and the policy, in a namespace: `team/`, or the root.
    fn furnish(&self, namespace: &str) {
        self.root(&format!("{namespace}secret/data/app"), json!({ "data": { "value": VALUE } }));
        self.root(&format!("{namespace}sys/policies/acl/app"), json!({ "policy": POLICY }));
    }

    fn root(&self, path: &str, body: serde_json::Value) {
        self.bao.vault().write(path, body);
    }

    /// A call of root's that gives an answer.
    fn ask(&self, method: &str, path: &str) -> serde_json::Value {
        let (status, body) = self.bao.vault().call(method, path, None);
        assert_eq!(status, 200, "{path}");
        body["data"].clone()
    }

    /// A role of AppRole, and the variables to log in with it.
    fn approle(&self, more: serde_json::Value) -> Vec<(&'static str, String)> {
        self.approle_in("", "approle", more)
    }

    fn approle_in(
        &self,
        namespace: &str,
        mount: &str,
        more: serde_json::Value,
    ) -> Vec<(&'static str, String)> {
        self.root(&format!("{namespace}sys/auth/{mount}"), json!({ "type": "approle" }));
        let role = format!("{namespace}auth/{mount}/role/app");
        let mut about = json!({ "token_policies": "app" });
        let fields = about.as_object_mut().expect("an object");
        fields.extend(more.as_object().expect("an object").clone());
        self.root(&role, about);
        let id = self.ask("GET", &format!("{role}/role-id"))["role_id"].as_str().expect("an id").to_owned();
        let file = self.file("secret-id", &self.secret_id(&role), 0o600);
        vec![("VAULT_ROLE_ID", id), ("VAULT_SECRET_ID_FILE", file)]
    }

    fn secret_id(&self, role: &str) -> String {
        let answer = self.ask("POST", &format!("{role}/secret-id"));
        answer["secret_id"].as_str().expect("a secret-id").to_owned()
    }

    /// A token with the policy.
    fn token(&self) -> String {
        let body = Some(json!({ "policies": ["app"] }));
        let (_, answer) = self.bao.vault().call("POST", "auth/token/create", body);
        answer["auth"]["client_token"].as_str().expect("a token").to_owned()
    }

    fn revoke(&self, token: &str) {
        self.root("auth/token/revoke", json!({ "token": token }));
    }

    /// Ends every token that a login made.
    fn revoke_logins(&self, mount: &str) {
        self.root(&format!("sys/leases/revoke-prefix/auth/{mount}"), json!({}));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.bao.dir().join(name)
    }

    fn file(&self, name: &str, text: &str, mode: u32) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).expect("the file is written");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).expect("its mode is set");
        path.to_str().expect("a plain path").to_owned()
    }

    /// Logs in as these variables say; `VAULT_ADDR` is the server's unless given.
    fn open(&self, variables: &[(&str, String)]) -> Result<Vault, VaultError> {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
            found.or_else(|| (name == "VAULT_ADDR").then(|| self.bao.vault().address.clone()))
        };
        self.runtime.block_on(Vault::open(Settings::read(lookup)?))
    }

    fn opened(&self, variables: &[(&str, String)]) -> Vault {
        self.open(variables).unwrap_or_else(|e| panic!("{e}"))
    }

    /// Why these variables do not do.
    fn refused(&self, variables: &[(&str, String)]) -> String {
        match self.open(variables) {
            Ok(_) => panic!("this login is to be refused"),
            Err(e) => e.to_string(),
        }
    }

    /// Reads the value with this login.
    fn read(&self, vault: &Vault) -> Result<(), VaultError> {
        let fields = self.runtime.block_on(vault.fields("secret", "app"))?;
        assert!(fields["value"].same_text(VALUE), "another value");
        Ok(())
    }

    /// Logs in and reads.
    fn works(&self, variables: &[(&str, String)]) -> Vault {
        let vault = self.opened(variables);
        self.read(&vault).unwrap_or_else(|e| panic!("{e}"));
        vault
    }
}

/// These variables, with one more or another.
fn and(variables: &[(&'static str, String)], name: &'static str, value: &str) -> Vec<(&'static str, String)> {
    let mut all: Vec<_> = variables.iter().filter(|(n, _)| *n != name).cloned().collect();
    all.push((name, value.to_owned()));
    all
}
