//! Vault made ready by its administrator, and the agent's first login: on a real server, without containers.

use serde_json::json;
use turnlock_tests::Shop;

/// What the administrator is told to hand over.
fn wrapped(shop: &Shop, line: &str) -> (String, String) {
    let answer = shop.as_root(line).ok().json();
    let text =
        |field: &str| answer[field].as_str().unwrap_or_else(|| panic!("{line}: no {field}")).to_owned();
    (text("role_id"), text("wrapped"))
}

#[test]
fn set_up_is_shown_first_and_can_be_repeated() {
    let shop = Shop::open();
    // Nothing happens without a person's yes, nor in a dry run.
    shop.as_root("setup vault").exits(5).says("the mount turnlock/").says("pass --yes");
    let commands = shop.as_root("setup vault --dry-run").ok().out.clone();
    assert_eq!(shop.bao.vault().status("GET", "turnlock/config"), Some(404), "a dry run changes nothing");
    for wanted in [
        "bao secrets enable -path=turnlock -version=2 kv",
        "bao policy write turnlock-shop - <<'HCL'",
        "bao write auth/approle/role/turnlock-shop bind_secret_id=true",
        "bao kv metadata put -mount=secret -cas-required=true -max-versions=100 -custom-metadata=turnlock-owner=shop shop/API_KEY",
        "bao write -wrap-ttl=5m -f auth/approle/role/turnlock-shop/secret-id",
    ] {
        assert!(commands.contains(wanted), "{wanted:?} is missing in\n{commands}");
    }
    // The commands that it prints are the changes that it makes: run by `bao`, nothing is left to do.
    let (good, said) = shop.shell(&commands);
    assert!(good, "{said}");
    shop.as_root("setup vault --yes").ok().says("nothing to change").says_not("changes made");
    // A login is not handed out unasked either.
    shop.as_root("setup vault --new-secret-id").exits(5).says("a secret-id for the agent").says("pass --yes");
    // Somebody loosens something; set up again, it is as it should be.
    let vault = shop.bao.vault();
    vault.write(
        "auth/approle/role/turnlock-shop",
        json!({ "token_explicit_max_ttl": 0, "token_policies": ["root"] }),
    );
    vault.call(
        "PATCH",
        "secret/metadata/shop/API_KEY",
        Some(json!({ "cas_required": false, "custom_metadata": { "team": "a" } })),
    );
    shop.as_root("setup vault --yes")
        .ok()
        .says("changed: the agent's role")
        .says("changed: the entry secret/shop/API_KEY");
    shop.as_root("setup vault --yes").ok().says("nothing to change");
    let entry = vault.get("secret/metadata/shop/API_KEY").expect("there")["data"].clone();
    assert_eq!(entry["cas_required"], true);
    assert_eq!(
        entry["custom_metadata"],
        json!({ "team": "a", "turnlock-owner": "shop" }),
        "what others set there stays"
    );
    let role = vault.get("auth/approle/role/turnlock-shop").expect("there")["data"].clone();
    assert_eq!(role["token_policies"], json!(["turnlock-shop"]));
    assert_eq!(
        (role["token_period"].clone(), role["token_explicit_max_ttl"].clone()),
        (json!(1200), json!(86400))
    );
    assert_eq!(role["token_no_default_policy"], true);
    // The administrator's token is nowhere.
    assert!(shop.files_with(&vault.token).is_empty());
}

#[test]
fn bound_to_its_address_and_recorded_where_there_is_a_log() {
    let shop = Shop::open();
    shop.turnlock("audit init").ok();
    shop.as_root("setup vault --yes --bound-cidr 192.0.2.7")
        .ok()
        .says("from 192.0.2.7/32")
        .says_not("not recorded");
    shop.as_root("setup vault --yes --bound-cidr 192.0.2.7/32").ok().says("nothing to change");
    shop.turnlock("audit list --action setup --limit 100")
        .ok()
        .says("sys/policies/acl/turnlock-shop")
        .says("done");
    shop.turnlock("audit verify").ok();
    shop.as_root("setup vault --yes --bound-cidr nonsense").exits(2).says("not an IP address");
    // A login from here is refused, since the role is bound to another address; nothing is kept of it.
    let (role_id, token) = wrapped(&shop, "setup vault --yes --json --new-secret-id --bound-cidr 192.0.2.7");
    let mut shop = shop;
    shop.set("VAULT_ROLE_ID", &role_id);
    shop.turnlock(&format!("enroll --wrapped {token}"))
        .exits(5)
        .says("Vault does not accept it")
        .says("--bound-cidr");
    // A command for something else leaves the addresses as they are; and what was opened is kept, so that nothing is lost.
    shop.as_root("setup vault --yes").ok().says("nothing to change");
    assert!(shop.path("secret-id").exists() && !shop.path(".secret-id.turnlock").exists());
    shop.turnlock("history API_KEY").exits(1).says("refuses the login");
    shop.as_root("setup vault --yes --any-address").ok().says("from any address");
    shop.turnlock("history API_KEY").ok();
}

#[test]
fn no_power_to_set_up_is_said_so() {
    let mut shop = Shop::open();
    shop.turnlock("setup vault --yes").exits(2).says("VAULT_TOKEN");
    let (_, answer) =
        shop.bao.vault().call("POST", "auth/token/create", Some(json!({ "policies": ["default"] })));
    shop.set("VAULT_TOKEN", answer["auth"]["client_token"].as_str().expect("a token"));
    shop.turnlock("setup vault --yes").exits(1).says("this token may not look at sys/mounts");
}

#[test]
fn a_wrapping_opens_once() {
    let mut shop = Shop::open();
    let (role_id, token) = wrapped(&shop, "setup vault --yes --json");
    shop.turnlock(&format!("enroll --wrapped {token}")).exits(2).says("VAULT_ROLE_ID is not set");
    shop.set("VAULT_ROLE_ID", &role_id);
    shop.turnlock(&format!("enroll --wrapped {token}")).exits(1).says("there is no audit log");
    shop.turnlock("audit init").ok();
    shop.turnlock("enroll --wrapped 'no token'").exits(2).says("this is no token");
    shop.turnlock_reading("enroll --wrapped -", &format!("{token}\n")).ok().says("Enrolled");
    let secret_id = std::fs::read_to_string(shop.path("secret-id")).expect("it is there");
    let (_, _, mode) = turnlock_tests::owner_and_mode(&shop.path("secret-id"));
    assert_eq!(mode, 0o600);
    // It works: the agent logs in with it, and may do what its policy says.
    shop.turnlock("history API_KEY").ok();
    // A second time: there is an agent already. Told to replace it, the wrapping was opened before.
    shop.turnlock(&format!("enroll --wrapped {token}")).exits(5).says("is there already");
    let alarm = shop.turnlock(&format!("enroll --replace --wrapped {token}"));
    alarm
        .exits(1)
        .says("ALARM: the wrapped token was opened before")
        .says("sys/wrapping/unwrap")
        .says("--new-secret-id");
    assert_eq!(
        std::fs::read_to_string(shop.path("secret-id")).expect("there"),
        secret_id,
        "the good one stays"
    );
    shop.turnlock("audit list --action alarm").ok().has_line(&["alarm", "auth/approle/role/turnlock-shop"]);
    shop.turnlock("audit list --action enroll").ok().has_line(&["done"]);
    shop.turnlock("audit verify").ok();
    for value in [token.as_str(), secret_id.trim()] {
        let found = shop.files_with(value);
        assert!(found.iter().all(|f| f.ends_with("secret-id")), "found in {found:?}");
    }
}

#[test]
fn opened_by_somebody_else_is_an_alarm() {
    let mut shop = Shop::open();
    shop.turnlock("audit init").ok();
    let (role_id, token) = wrapped(&shop, "setup vault --yes --json");
    shop.set("VAULT_ROLE_ID", &role_id);
    // A thief on the way opens it.
    let mut thief = shop.bao.vault().clone();
    thief.token.clone_from(&token);
    assert_eq!(thief.call("POST", "sys/wrapping/unwrap", None).0, 200);
    let alarm = shop.turnlock(&format!("enroll --wrapped {token} --json")).exits(1).json();
    assert!(
        alarm["error"].as_str().expect("said").starts_with("ALARM: the wrapped token was opened before"),
        "{alarm}"
    );
    assert!(!shop.path("secret-id").exists());
    shop.turnlock("audit list --action alarm").ok().has_line(&["alarm"]);
    // What the alarm says to do works: find the one that the thief has, destroy it, issue another.
    let stolen = shop.bao.vault().get("auth/approle/role/turnlock-shop/secret-id?list=true").expect("one");
    let accessor = stolen["data"]["keys"][0].clone();
    let body = json!({ "secret_id_accessor": accessor });
    shop.bao.vault().write("auth/approle/role/turnlock-shop/secret-id-accessor/destroy", body);
    let (_, token) = wrapped(&shop, "setup vault --yes --json --new-secret-id");
    shop.turnlock(&format!("enroll --wrapped {token}")).ok();
}

#[test]
fn a_wrapping_of_something_else_is_not_even_opened() {
    let mut shop = Shop::open();
    shop.turnlock("audit init").ok();
    let (role_id, _) = wrapped(&shop, "setup vault --yes --json");
    shop.set("VAULT_ROLE_ID", &role_id);
    // Somebody swaps the token for one that wraps a secret-id of his own choice.
    let body = "secret_id=mine secret_id_accessor=x";
    let (good, swapped) =
        shop.shell(&format!("bao write -wrap-ttl=5m -field=wrapping_token sys/wrapping/wrap {body}"));
    assert!(good, "{swapped}");
    let swapped = swapped.trim();
    shop.turnlock(&format!("enroll --wrapped {swapped}"))
        .exits(1)
        .says("ALARM: the wrapped token did not come from auth/approle/role/turnlock-shop/secret-id");
    let (good, _) = shop.shell(&format!("VAULT_TOKEN={swapped} bao unwrap"));
    assert!(good, "it was not opened: there is evidence left to look at");
}

#[test]
fn another_stacks_entries_are_refused() {
    let mut shop = Shop::open();
    shop.turnlock("audit init").ok();
    let (role_id, token) = wrapped(&shop, "setup vault --yes --json");
    shop.set("VAULT_ROLE_ID", &role_id);
    shop.turnlock(&format!("enroll --wrapped {token}")).ok();
    let vault = shop.bao.vault();
    let body = json!({ "data": { "value": "canary-of-production" }, "options": { "cas": 0 } });
    vault.write("secret/data/shop/API_KEY", body);
    shop.turnlock("render env --out rendered").ok();
    // The same policy, of another stack: staging, copied from production with its prefix.
    let policy = std::fs::read_to_string(shop.path("turnlock.toml")).expect("readable");
    let staging = policy
        .replace("name = \"shop\"", "name = \"staging\"")
        .replace("staging = \"turnlock\"\n", "staging = \"turnlock\"\nrole = \"turnlock-shop\"\n");
    std::fs::write(shop.path("turnlock.toml"), staging).expect("writable");
    shop.turnlock("render env --out other")
        .exits(5)
        .says("secret/shop/API_KEY belongs to the stack shop")
        .says("this policy is of staging");
    assert!(!shop.path("other").exists());
    shop.as_root("setup vault --yes").exits(5).says("belongs to the stack shop").says("nothing was changed");
}

#[test]
fn two_stacks_share_a_vault_and_stay_apart() {
    let shop = Shop::open();
    shop.as_root("setup vault --yes").ok();
    // Another one beside it, on a Vault that has all mounts already.
    let policy = std::fs::read_to_string(shop.path("turnlock.toml")).expect("readable");
    let second = policy
        .replace("name = \"shop\"", "name = \"second\"")
        .replace("prefix = \"shop\"", "prefix = \"second\"");
    let template = std::fs::read_to_string(shop.path("env.tmpl")).expect("readable");
    std::fs::write(shop.path("env.tmpl"), template.replace("data/shop", "data/second")).expect("writable");
    std::fs::write(shop.path("turnlock.toml"), &second).expect("writable");
    shop.as_root("setup vault --dry-run").ok().says("auth/approle/role/turnlock-second");
    shop.as_root("setup vault --yes").ok().says("the agent's role turnlock-second").says("wrapped");
    shop.as_root("setup vault --yes").ok().says("nothing to change");
    let vault = shop.bao.vault();
    let text = vault.get("sys/policies/acl/turnlock-second").expect("there")["data"]["policy"].to_string();
    assert!(text.contains("secret/data/second/+") && !text.contains("shop"), "{text}");
    // A name that another stack's ACL policies have, or Vault itself.
    for (role, why) in [
        ("turnlock-shop", "belongs to the stack shop"),
        ("default", "is a name that Vault or another ACL policy has"),
        ("turnlock-shop-operator", "is a name that Vault or another ACL policy has"),
        ("Turnlock", "is not a name for the agent's role"),
    ] {
        let stolen = second
            .replace("staging = \"turnlock\"\n", &format!("staging = \"turnlock\"\nrole = \"{role}\"\n"));
        std::fs::write(shop.path("turnlock.toml"), stolen).expect("writable");
        let refused = shop.as_root("setup vault --yes");
        refused.says(why);
        assert!([2, 5].contains(&refused.code), "{refused}");
    }
}

#[test]
fn what_stopped_half_way_is_finished_by_the_next_run() {
    let mut shop = Shop::open();
    // May do everything but make the role.
    let powers = "path \"*\" { capabilities = [\"create\", \"read\", \"update\", \"patch\", \"delete\", \"list\", \"sudo\"] }\n\
                  path \"auth/approle/role/*\" { capabilities = [\"read\", \"list\"] }";
    shop.bao.vault().write("sys/policies/acl/nearly", json!({ "policy": powers }));
    let (_, answer) =
        shop.bao.vault().call("POST", "auth/token/create", Some(json!({ "policies": ["nearly"] })));
    shop.set("VAULT_TOKEN", answer["auth"]["client_token"].as_str().expect("a token"));
    shop.turnlock("setup vault --yes")
        .exits(3)
        .says("changes were made, then: this token may not do that")
        .says("run it again");
    shop.as_root("setup vault --yes").ok().says("the agent's role").says("wrapped");
    shop.as_root("setup vault --yes").ok().says("nothing to change");
}

#[test]
fn what_answers_and_is_no_vault_is_no_alarm() {
    let mut shop = Shop::open();
    shop.turnlock("audit init").ok();
    let (role_id, token) = wrapped(&shop, "setup vault --yes --json");
    shop.set("VAULT_ROLE_ID", &role_id);
    // A folder cannot take the secret-id: seen before anything is opened.
    shop.turnlock(&format!("enroll --wrapped {token} --out stack")).exits(5).says("nothing was opened");
    let address = shop.bao.vault().address.clone();
    let web = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    shop.set("VAULT_ADDR", &format!("http://{}", web.local_addr().expect("bound")));
    let server = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = web.accept().expect("a caller");
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
    });
    shop.turnlock(&format!("enroll --wrapped {token}")).exits(1).says_not("ALARM");
    server.join().expect("it answered");
    shop.set("VAULT_ADDR", &address);
    shop.turnlock("audit list --action alarm").ok().says_not("alarm ");
    shop.turnlock(&format!("enroll --wrapped {token}")).ok();
    shop.turnlock("audit list --action enroll --json").ok().says("the secret-id has the accessor");
}
