//! Each way to log in, and how each says no.

use serde_json::json;
use turnlock_tests::certificates::Signer;

use super::{Scene, and};

const LOGIN: &str = "auth/approle/login";

#[test]
fn approle() {
    let scene = Scene::new();
    let good = scene.approle(json!({}));
    scene.works(&good);
    assert_eq!(scene.bao.asked(LOGIN), 1);

    let wrong = scene.file("wrong", "00000000-0000-0000-0000-000000000000", 0o600);
    let said = scene.refused(&and(&good, "VAULT_SECRET_ID_FILE", &wrong));
    assert!(said.contains("refuses the login by AppRole at auth/approle; check VAULT_ROLE_ID"), "{said}");
    assert_eq!(scene.bao.asked(LOGIN), 2, "one attempt and no more");

    let secret_id = std::fs::read_to_string(scene.path("secret-id")).expect("it is there");
    let open = scene.file("open", &secret_id, 0o644);
    let said = scene.refused(&and(&good, "VAULT_SECRET_ID_FILE", &open));
    assert!(said.contains("others than its owner") && said.contains(&format!("chmod 600 {open}")), "{said}");
    assert!(!said.contains(&secret_id), "it is not shown");
    assert_eq!(scene.bao.asked(LOGIN), 2, "it was not sent");

    // systemd has access to its own folder in its own hands.
    std::fs::create_dir(scene.path("credentials")).expect("made");
    scene.file("credentials/vault-secret-id", &format!("{secret_id}\n"), 0o440);
    let folder = scene.path("credentials").to_str().expect("a plain path").to_owned();
    scene.works(&[good[0].clone(), ("CREDENTIALS_DIRECTORY", folder)]);
}

#[test]
fn approle_elsewhere() {
    let scene = Scene::new();
    let role = scene.approle_in("", "teams/shop", json!({}));
    let said = scene.refused(&role);
    assert!(said.contains("at auth/approle"), "{said}");
    scene.works(&and(&role, "VAULT_AUTH_PATH", "teams/shop"));
}

#[test]
fn token() {
    let scene = Scene::new();
    let token = scene.token();
    scene.works(&[("VAULT_TOKEN", token.clone())]);
    scene.works(&[("VAULT_TOKEN_FILE", scene.file("token", &format!("{token}\n"), 0o600))]);
    scene.file(".vault-token", &token, 0o600);
    scene.works(&[("HOME", scene.bao.dir().to_str().expect("a plain path").to_owned())]);

    scene.revoke(&token);
    let said = scene.refused(&[("VAULT_TOKEN", token.clone())]);
    assert!(said.contains("does not accept the token in VAULT_TOKEN") && !said.contains(&token), "{said}");
    let said = scene.refused(&[("VAULT_TOKEN_FILE", scene.file("token", &token, 0o600))]);
    assert!(said.contains("/token") && !said.contains(&token), "{said}");
    let said = scene.refused(&[("VAULT_TOKEN_FILE", scene.file("token", &token, 0o640))]);
    assert!(said.contains("chmod 600"), "{said}");
}

#[test]
fn jwt() {
    let scene = Scene::new();
    let (signer, stranger) = (Signer::new(scene.bao.dir(), "ours"), Signer::new(scene.bao.dir(), "theirs"));
    scene.root("sys/auth/jwt", json!({ "type": "jwt" }));
    scene.root("auth/jwt/config", json!({ "jwt_validation_pubkeys": [signer.public], "bound_issuer": "ci" }));
    let role = json!({
        "role_type": "jwt", "user_claim": "sub", "bound_audiences": ["vault"], "token_policies": "app",
    });
    scene.root("auth/jwt/role/deploy", role);
    let claims = |sub: &str| {
        let now = jiff::Timestamp::now().as_second();
        json!({ "iss": "ci", "aud": "vault", "sub": sub, "iat": now, "nbf": now - 5, "exp": now + 300 })
    };
    let method = vec![("VAULT_AUTH_METHOD", "jwt".to_owned()), ("VAULT_ROLE", "deploy".to_owned())];
    let file = scene.file("jwt", &signer.token(&claims("runner")), 0o600);
    scene.works(&and(&method, "VAULT_JWT_FILE", &file));

    let file = scene.file("jwt", &stranger.token(&claims("runner")), 0o600);
    let said = scene.refused(&and(&method, "VAULT_JWT_FILE", &file));
    assert!(said.contains("refuses the login by JWT") && said.contains("VAULT_JWT_FILE"), "{said}");
}

#[test]
fn a_namespace() {
    let scene = Scene::new();
    scene.root("sys/namespaces/team", json!({}));
    scene.root("team/sys/mounts/secret", json!({ "type": "kv", "options": { "version": "2" } }));
    // A mount becomes KV version 2 a moment after it was made.
    let ready = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while scene.bao.vault().status("GET", "team/secret/config") != Some(200) {
        assert!(std::time::Instant::now() < ready, "the mount is not ready");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    scene.furnish("team/");
    let role = scene.approle_in("team/", "approle", json!({}));
    scene.works(&and(&role, "VAULT_NAMESPACE", "team/"));
    // Outside of it nobody knows the role.
    let said = scene.refused(&role);
    assert!(said.contains("refuses the login"), "{said}");
}
