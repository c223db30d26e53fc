//! A login that lasts: renewed while it can be, replaced once when it cannot.

use std::time::{Duration, Instant};

use serde_json::json;
use turnlock::vault::VaultError;

use super::{Scene, and};

const LOGIN: &str = "auth/approle/login";
const RENEW: &str = "auth/token/renew-self";

fn wait(seconds: u64) {
    std::thread::sleep(Duration::from_secs(seconds));
}

#[test]
fn a_short_token_is_renewed() {
    let scene = Scene::new();
    let vault = scene.works(&scene.approle(json!({ "token_ttl": "3s", "token_period": "3s" })));
    wait(10);
    scene.read(&vault).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(scene.bao.asked(LOGIN), 1, "the first login is the only one");
    // At two thirds of three seconds, in ten seconds.
    let renewals = scene.bao.asked(RENEW);
    assert!((4..=6).contains(&renewals), "{renewals} renewals");
    drop(vault);
    wait(3);
    let later = scene.bao.asked(RENEW);
    assert!(later <= renewals + 1, "nobody renews for a client that is gone");
}

#[test]
fn where_renewal_ends_there_is_another_login() {
    let scene = Scene::new();
    let vault = scene.works(&scene.approle(json!({ "token_ttl": "6s", "token_explicit_max_ttl": "10s" })));
    for _ in 0..7 {
        wait(2);
        // Not once is the token found dead.
        scene.read(&vault).unwrap_or_else(|e| panic!("{e}"));
    }
    let logins = scene.bao.asked(LOGIN);
    assert!((2..=4).contains(&logins), "{logins} logins in fourteen seconds, of ten seconds at most each");
    assert_eq!(scene.bao.asked("auth/token/lookup-self"), 0, "no call was refused");
}

#[test]
fn a_revoked_token_is_replaced_once() {
    let scene = Scene::new();
    let vault = scene.works(&scene.approle(json!({})));
    scene.revoke_logins("approle");
    // Eight at the same moment.
    let eight = async {
        let read = || vault.fields("secret", "app");
        tokio::join!(read(), read(), read(), read(), read(), read(), read(), read())
    };
    let (a, b, c, d, e, f, g, h) = scene.runtime.block_on(eight);
    for answer in [a, b, c, d, e, f, g, h] {
        assert!(answer.unwrap_or_else(|e| panic!("{e}"))["value"].same_text(super::VALUE));
    }
    assert_eq!(scene.bao.asked(LOGIN), 2, "one more login, for all of them");
}

#[test]
fn a_write_is_repeated_after_the_new_login() {
    let scene = Scene::new();
    let vault = scene.works(&scene.approle(json!({})));
    let paths = turnlock::policy::Paths {
        mount: "secret".into(),
        prefix: "shop".into(),
        staging: "turnlock".into(),
        owner: "shop".into(),
        role: "shop".into(),
    };
    let name = "API_KEY".parse().expect("a name");
    let value = |text: &str| turnlock::secret::Value::new(text.into());
    let write = |text: &str, based_on| {
        let written = scene.runtime.block_on(vault.write(&paths, &name, &value(text), based_on));
        written.map(|created| created.version)
    };
    assert_eq!(write("one", 0), Ok(1));
    scene.revoke_logins("approle");
    assert_eq!(write("two", 1), Ok(2), "written once, by the second login");
    scene.revoke_logins("approle");
    let versions = scene.runtime.block_on(vault.versions(&paths, &name)).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(versions.len(), 2);
    assert_eq!(scene.bao.asked(LOGIN), 3);
}

#[test]
fn what_is_not_allowed_costs_no_login() {
    let scene = Scene::new();
    let vault = scene.works(&scene.approle(json!({})));
    for _ in 0..3 {
        let refused = scene.runtime.block_on(vault.fields("secret", "elsewhere")).err();
        assert_eq!(refused, Some(VaultError::Denied("secret/elsewhere".into())));
    }
    assert_eq!(scene.bao.asked(LOGIN), 1);
}

#[test]
fn a_login_that_fails_is_not_hammered() {
    let scene = Scene::new();
    let role = scene.approle(json!({}));
    let vault = scene.works(&role);
    scene.file("secret-id", "00000000-0000-0000-0000-000000000000", 0o600);
    scene.revoke_logins("approle");
    for _ in 0..20 {
        let error = scene.read(&vault).expect_err("there is no login any more");
        assert!(!error.in_doubt());
        let said = error.to_string();
        assert!(
            said.contains(
                "the login to Vault had ended, and another failed: Vault refuses the login by AppRole"
            ),
            "{said}"
        );
    }
    let logins = scene.bao.asked(LOGIN);
    assert!((2..=3).contains(&logins), "{logins} logins for twenty calls");

    // The file is read anew: a secret-id that was replaced meanwhile is the one that counts.
    scene.file("secret-id", &scene.secret_id("auth/approle/role/app"), 0o600);
    wait(3);
    scene.read(&vault).unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn a_token_of_the_environment_cannot_be_replaced() {
    let scene = Scene::new();
    let token = scene.token();
    let vault = scene.works(&[("VAULT_TOKEN", token.clone())]);
    scene.revoke(&token);
    let said = scene.read(&vault).expect_err("it is no good any more").to_string();
    assert!(said.contains("does not accept the token in VAULT_TOKEN") && !said.contains(&token), "{said}");

    // One in a file can: by whoever writes the file.
    let file = scene.file("token", &scene.token(), 0o600);
    let vault = scene.works(&and(&[], "VAULT_TOKEN_FILE", &file));
    scene.revoke(std::fs::read_to_string(&file).expect("it is there").trim());
    scene.file("token", &scene.token(), 0o600);
    scene.read(&vault).unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn in_the_background_it_is_tried_ever_more_rarely() {
    let scene = Scene::new();
    let vault = scene.works(&scene.approle(json!({ "token_period": "3s" })));
    scene.file("secret-id", "00000000-0000-0000-0000-000000000000", 0o600);
    scene.revoke_logins("approle");
    wait(8);
    let logins = scene.bao.asked(LOGIN);
    assert!((2..=5).contains(&logins), "{logins} logins in eight seconds, one of them good");

    // It is found again without anybody asking.
    scene.file("secret-id", &scene.secret_id("auth/approle/role/app"), 0o600);
    let deadline = Instant::now() + Duration::from_secs(20);
    while scene.bao.asked(LOGIN) == logins {
        assert!(Instant::now() < deadline, "nobody logs in");
        std::thread::sleep(Duration::from_millis(100));
    }
    wait(1);
    scene.read(&vault).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(scene.bao.asked("auth/token/lookup-self"), 0, "no call had to be refused first");
}

#[test]
fn a_sealed_vault_says_so() {
    let scene = Scene::new();
    let vault = scene.works(&[("VAULT_TOKEN", scene.token())]);
    scene.root("sys/seal", json!({}));
    assert_eq!(scene.read(&vault), Err(VaultError::Sealed));
    assert!(!VaultError::Sealed.in_doubt());
}
