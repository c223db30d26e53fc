//! The agent's token ends in the middle of a rotation: expired, or revoked by somebody.

use std::time::Instant;

use serde_json::json;
use turnlock_tests::{ACCEPT_ALL, SECRETS, Stack, Vault};

/// The accessors of tokens that came from a login by AppRole.
fn logins(vault: &Vault) -> Vec<String> {
    let all = vault.get("auth/token/accessors?list=true").expect("some")["data"]["keys"].clone();
    let accessors = all.as_array().expect("a list").iter().filter_map(|a| a.as_str().map(str::to_owned));
    let by_approle = |accessor: &String| {
        let (_, found) =
            vault.call("POST", "auth/token/lookup-accessor", Some(json!({ "accessor": accessor })));
        found["data"]["path"] == "auth/approle/login"
    };
    accessors.filter(by_approle).collect()
}

fn revoke_all(vault: &Vault) -> usize {
    let all = logins(vault);
    for accessor in &all {
        vault.call("POST", "auth/token/revoke-accessor", Some(json!({ "accessor": accessor })));
    }
    all.len()
}

#[test]
fn a_rotation_outlives_its_token() {
    let stack = Stack::imported("expiry");
    let vault = stack.vault();
    let all = format!("rotate --all {ACCEPT_ALL}");

    stack.scene("tokens of two seconds, which no renewal makes longer: the rotation takes longer than that");
    let role = "auth/approle/role/turnlock-breeze";
    vault.write(role, json!({ "token_period": "2s", "token_explicit_max_ttl": "2s" }));
    let rotated = stack.turnlock(&all);
    rotated.ok();
    assert!(rotated.took.as_secs_f64() > 2.5, "it was too quick to show anything");
    stack.turnlock("drift").ok();
    for name in SECRETS {
        assert_eq!(vault.newest_version(name), 2, "{name}");
    }

    stack.scene(
        "the same with a token that nobody can replace: the new versions stand everywhere, and it says so",
    );
    let body = json!({ "policies": ["turnlock-breeze"], "no_default_policy": true, "explicit_max_ttl": "2s", "ttl": "2s" });
    let (_, answer) = vault.call("POST", "auth/token/create-orphan", Some(body));
    let token = answer["auth"]["client_token"].as_str().expect("a token");
    let env = [("VAULT_ROLE_ID", ""), ("VAULT_AUTH_METHOD", "token"), ("VAULT_TOKEN", token)];
    let ended = stack.turnlock_with(&all, &env);
    assert!([1, 3].contains(&ended.code), "it cannot have been done: {ended}");
    let code = ended.code;
    stack.scene(&format!("(exit {code}) with a login of its own, repair goes on with it"));
    vault.write(role, json!({ "token_period": "20m", "token_explicit_max_ttl": "24h" }));
    stack.turnlock("repair").ok();
    stack.turnlock("drift").ok();
    let is = vault.newest_version("JWT_SECRET");
    assert_eq!(is, if code == 3 { 3 } else { 2 });

    stack.scene("revoked by somebody while containers start: it logs in again and goes on");
    let (began, child) = (Instant::now(), stack.spawn(&all, &[]));
    stack.until_step("apply containers");
    let revoked = revoke_all(&vault);
    assert!(revoked >= 1, "the rotation has a token");
    stack.ended(&all, child, began).ok();
    assert_eq!(vault.newest_version("JWT_SECRET"), is + 1);
    assert_eq!(logins(&vault).len(), 1, "one new login, and no more");
    stack.turnlock("drift").ok();
    stack.turnlock("audit verify").ok();
    stack.finish();
}
