//! More secrets than one rotation has room for, on a real server, without containers.

use std::fmt::Write;

use serde_json::json;
use turnlock_tests::Shop;

/// Their names alone would fill a rotation's first entry.
const MANY: usize = 400;

fn name(number: usize) -> String {
    format!("A_SECRET_OF_THE_STORE_ALONE_{number:03}")
}

#[test]
fn many_are_rotated_by_several_rotations_of_one_command() {
    let mut shop = Shop::open();
    let policy = shop.path("turnlock.toml");
    let mut text = std::fs::read_to_string(&policy).expect("readable");
    for number in 0..MANY {
        let entry = "generator = { kind = \"hex\", bytes = 32 }\nevery = \"3 months\"\nimpact = \"None\"";
        write!(text, "\n[secret.{}]\n{entry}\n", name(number)).expect("a text");
    }
    std::fs::write(&policy, text).expect("writable");
    // Where Compose is; the shop's home is a folder of its own.
    let home = std::env::var("HOME").expect("set");
    shop.set("DOCKER_CONFIG", &std::env::var("DOCKER_CONFIG").unwrap_or(format!("{home}/.docker")));
    shop.turnlock("audit init").ok();
    let made = shop.as_root("setup vault --yes --json").ok().json();
    let text = |field: &str| made[field].as_str().expect("a text").to_owned();
    shop.set("VAULT_ROLE_ID", &text("role_id"));
    shop.turnlock_reading("enroll --wrapped -", &text("wrapped")).ok();
    let vault = shop.bao.vault();
    let put = |name: &str| {
        let body = json!({ "data": { "value": "0123456789abcdef" }, "options": { "cas": 0 } });
        vault.write(&format!("secret/data/shop/{name}"), body);
    };
    put("API_KEY");
    put("AGENT_LOGIN");
    let all: Vec<String> = (0..MANY).map(name).collect();
    all.iter().for_each(|name| put(name));
    shop.turnlock("render env --out stack/.env").ok();

    let plans = shop.turnlock(&format!("plan --json {}", all.join(" "))).ok().json();
    assert_eq!(plans["plans"].as_array().map(Vec::len), Some(2), "{plans}");
    let done = shop.turnlock(&format!("rotate --yes --json {}", all.join(" "))).ok().json();
    let rotations = [&done["earlier"][0], &done];
    let changed = |rotation: &serde_json::Value| rotation["changes"].as_array().map_or(0, Vec::len);
    assert_eq!(rotations.map(changed).iter().sum::<usize>(), MANY, "{done}");
    for rotation in rotations {
        assert_eq!(rotation["outcome"], "done");
        let id = rotation["rotation"].as_str().expect("an id");
        shop.turnlock(&format!("audit show {id}")).ok().says("the new versions everywhere, verified");
    }
    for name in [&all[0], &all[MANY - 1]] {
        let newest = vault.get(&format!("secret/metadata/shop/{name}")).expect("there");
        assert_eq!(newest["data"]["current_version"], 2, "{name}");
    }
    shop.turnlock("audit verify").ok();

    // What cannot be done for one of the second is told with what was done before it.
    put_another_on_top(&shop, &all[MANY - 1]);
    let refused = shop.turnlock(&format!("rotate --yes {}", all.join(" ")));
    refused.exits(5).says(&all[MANY - 1]).says("after 1 of the rotations were done");
    let history = shop.turnlock("audit list --action rotation --outcome done --json").ok().json();
    assert_eq!(history["entries"].as_array().map(Vec::len), Some(3));
}

fn put_another_on_top(shop: &Shop, name: &str) {
    let body = json!({ "data": { "value": "somebody else's" }, "options": { "cas": 2 } });
    shop.bao.vault().write(&format!("secret/data/shop/{name}"), body);
}
