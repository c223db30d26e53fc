//! The agent's token expires in the middle of a rotation.

use serde_json::json;
use turnlock_tests::{ACCEPT_ALL, SECRETS, Stack};

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

    stack.turnlock("audit verify").ok();
    stack.finish();
}
