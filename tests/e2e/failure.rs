//! A rotation that cannot succeed takes everything back: the old versions everywhere, verified, and nothing left behind.

use std::collections::BTreeMap;

use turnlock_tests::{ACCEPT_ALL, Draft, SECRETS, Stack, Value};

const POLICY: &str = "policies/rotation/breeze.toml";

/// Everything that a rotation could have changed.
pub(crate) struct Before {
    env: Vec<u8>,
    token: Vec<u8>,
    versions: Vec<u64>,
    carried: BTreeMap<String, BTreeMap<String, Value>>,
    record: i64,
    seed: String,
}

impl Before {
    pub(crate) fn of(stack: &Stack) -> Before {
        let vault = stack.vault();
        let api = stack.api();
        Before {
            env: std::fs::read(stack.env_path()).expect("readable"),
            token: std::fs::read(stack.token_path()).expect("readable"),
            versions: SECRETS.iter().map(|name| vault.newest_version(name)).collect(),
            carried: stack.containers().into_iter().map(|c| (c.service, c.env)).collect(),
            record: api.add_record("still readable"),
            seed: api.enroll_mfa("ann"),
        }
    }

    #[track_caller]
    pub(crate) fn is_still_so(&self, stack: &Stack) {
        let vault = stack.vault();
        assert!(std::fs::read(stack.env_path()).expect("readable") == self.env, ".env.prod has other bytes");
        assert!(
            std::fs::read(stack.token_path()).expect("readable") == self.token,
            "the token file has other bytes"
        );
        let versions: Vec<u64> = SECRETS.iter().map(|name| vault.newest_version(name)).collect();
        assert_eq!(versions, self.versions, "Vault's newest versions");
        assert_eq!(vault.staged(), [""; 0], "something is left on the staging mount");
        for container in stack.containers() {
            assert!(container.running, "{} is not running", container.service);
            assert!(
                container.env == self.carried[&container.service],
                "{} carries other values",
                container.service
            );
        }
        assert_eq!(stack.db_login(&vault.newest("POSTGRES_PASSWORD")), Ok(()));
        stack.turnlock("drift").ok().says("No drift");
        let api = stack.api();
        assert_eq!(api.record(self.record).as_deref(), Some("still readable"));
        assert!(api.verify_mfa("ann", &self.seed), "an authenticator is refused");
        assert_eq!(stack.left_under_other_keys("records", &vault.newest("APP_ENCRYPTION_KEY")), 0);
        assert_eq!(stack.left_under_other_keys("totp", &vault.newest("MFA_ENCRYPTION_KEY")), 0);
        let leftovers: Vec<_> =
            std::fs::read_dir(stack.dir()).expect("listable").flatten().map(|e| e.file_name()).collect();
        assert!(!leftovers.iter().any(|n| n.to_string_lossy().contains("turnlock")), "{leftovers:?}");
    }
}

/// An api that is given up after four seconds: else each failure would take twenty.
pub(crate) fn impatient(story: &str) -> Stack {
    impatient_draft(story).up().import()
}

pub(crate) fn impatient_draft(story: &str) -> Draft {
    Stack::draft(story).edit(POLICY, "port = 3000, within = \"20s\"", "port = 3000, within = \"4s\"")
}

#[test]
fn an_api_that_never_gets_ready_is_given_its_old_secrets_back() {
    let stack = impatient("never ready");
    let before = Before::of(&stack);
    stack.switch(true);
    let cases = [
        ("JWT_SECRET", vec!["undo apply file.env", "undo apply containers"]),
        ("POSTGRES_PASSWORD", vec!["undo apply file.env", "undo apply hold", "undo apply database.breeze"]),
        (
            "APP_ENCRYPTION_KEY MFA_ENCRYPTION_KEY",
            vec!["undo apply migration.records", "undo apply migration.totp"],
        ),
        (
            "--all",
            vec!["undo apply file.metrics_token", "undo apply database.breeze", "undo apply migration.totp"],
        ),
    ];
    for (which, undone) in cases {
        stack.scene(&format!("rotate {which} fails, and is taken back"));
        let failed = stack.turnlock(&format!("rotate {which} {ACCEPT_ALL} --debug"));
        failed
            .exits(1)
            .says("Failed, and taken back")
            .says("api: is not ready")
            .says("taking everything back");
        failed.has_line(&["verify", "FAILED"]);
        before.is_still_so(&stack);
        let story = stack.turnlock("audit show last");
        story.ok().has_line(&["verify", "failed"]).has_line(&["ended", "failed, and taken back"]);
        for step in undone {
            story.has_line(&[step, "done in"]);
        }
        let shown = stack.turnlock("audit show last --json").ok().json();
        let last = shown["entries"].as_array().and_then(|e| e.last()).expect("entries");
        assert_eq!(
            (&last["entry"]["action"], &last["entry"]["outcome"]),
            (&"rotation".into(), &"failed".into())
        );
    }
    stack.scene("a failed rotation counts for nothing");
    let status = stack.turnlock("status --json").ok().json();
    assert!(status["secrets"].as_array().expect("a list").iter().all(|s| s["version"] == 1), "{status}");
    let json = stack.turnlock("rotate JWT_SECRET --json --yes --accept-impact JWT_SECRET").exits(1).json();
    assert_eq!((&json["outcome"], &json["exit_code"]), (&"undone".into(), &1.into()), "{json}");
    stack.scene("with the cause gone, the same rotation succeeds");
    stack.switch(false);
    stack.turnlock("rotate JWT_SECRET --yes --accept-impact JWT_SECRET").ok();
    stack.turnlock("audit verify").ok();
    stack.finish();
}
