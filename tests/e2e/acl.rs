//! Each line of the ACL policies: what needs it, shown by taking the line away; and the next power up, which is refused.
//! On a real server, with the policies as `turnlock setup vault` writes them. The table is `docs/acl.md`.

use std::fmt::Write;

use serde_json::{Value as Json, json};
use turnlock_tests::{Shop, Vault, repository};

/// One call, as `turnlock` makes it, or as somebody with its token would try.
struct Try {
    said: &'static str,
    method: &'static str,
    path: &'static str,
    body: Option<Json>,
}

/// One capability of one path.
struct Line {
    path: &'static str,
    capability: &'static str,
    needed: Try,
    beyond: Vec<Try>,
}

fn get(said: &'static str, path: &'static str) -> Try {
    Try { said, method: "GET", path, body: None }
}

fn list(said: &'static str, path: &'static str) -> Try {
    Try { said, method: "LIST", path, body: None }
}

fn delete(said: &'static str, path: &'static str) -> Try {
    Try { said, method: "DELETE", path, body: None }
}

fn post(said: &'static str, path: &'static str, body: Json) -> Try {
    Try { said, method: "POST", path, body: Some(body) }
}

fn patch(said: &'static str, path: &'static str, body: Json) -> Try {
    Try { said, method: "PATCH", path, body: Some(body) }
}

fn value(cas: u64) -> Json {
    json!({ "data": { "value": "a value of the test" }, "options": { "cas": cas } })
}

fn agent() -> Vec<Line> {
    vec![
        Line {
            path: "secret/data/shop/+",
            capability: "create",
            needed: post("import writes a secret's first version", "secret/data/shop/NEW", value(0)),
            beyond: vec![post("write below another prefix", "secret/data/other/NEW", value(0))],
        },
        Line {
            path: "secret/data/shop/+",
            capability: "read",
            needed: get("every command that acts reads the current values", "secret/data/shop/API_KEY"),
            beyond: vec![
                get("read another prefix", "secret/data/other/KEY"),
                get("read a prefix below its own", "secret/data/shop/eu/KEY"),
            ],
        },
        Line {
            path: "secret/data/shop/+",
            capability: "update",
            needed: post("promote writes the next version", "secret/data/shop/API_KEY", value(1)),
            beyond: vec![
                post(
                    "write without check-and-set",
                    "secret/data/shop/API_KEY",
                    json!({ "data": { "value": "x" } }),
                ),
                patch("change a version's fields", "secret/data/shop/API_KEY", value(1)),
                delete("delete the newest version", "secret/data/shop/API_KEY"),
                post("delete versions", "secret/delete/shop/API_KEY", json!({ "versions": [1] })),
                post("undelete versions", "secret/undelete/shop/API_KEY", json!({ "versions": [1] })),
                post("destroy versions", "secret/destroy/shop/API_KEY", json!({ "versions": [1] })),
                post("change the mount's settings", "secret/config", json!({ "max_versions": 1 })),
            ],
        },
        Line {
            path: "secret/metadata/shop/+",
            capability: "read",
            needed: get("history shows which versions there are", "secret/metadata/shop/API_KEY"),
            beyond: vec![list("list the entries", "secret/metadata/shop")],
        },
        Line {
            path: "secret/metadata/shop/+",
            capability: "patch",
            needed: patch(
                "import marks the entry as the stack's",
                "secret/metadata/shop/API_KEY",
                json!({ "custom_metadata": { "turnlock-owner": "shop" } }),
            ),
            beyond: vec![
                patch("drop the history", "secret/metadata/shop/API_KEY", json!({ "max_versions": 1 })),
                patch(
                    "turn check-and-set off",
                    "secret/metadata/shop/API_KEY",
                    json!({ "cas_required": false }),
                ),
                post(
                    "replace the metadata",
                    "secret/metadata/shop/API_KEY",
                    json!({ "custom_metadata": {} }),
                ),
                delete("delete the entry with its history", "secret/metadata/shop/API_KEY"),
            ],
        },
        Line {
            path: "turnlock/data/shop/+",
            capability: "create",
            needed: post("stage writes a pending value", "turnlock/data/shop/NEW", value(0)),
            beyond: vec![post("replace a pending value", "turnlock/data/shop/STAGED", value(1))],
        },
        Line {
            path: "turnlock/data/shop/+",
            capability: "read",
            needed: get("recovery reads a pending value", "turnlock/data/shop/STAGED"),
            beyond: vec![get("read another stack's pending value", "turnlock/data/other/STAGED")],
        },
        Line {
            path: "turnlock/metadata/shop/+",
            capability: "delete",
            needed: delete("retire removes a pending value", "turnlock/metadata/shop/STAGED"),
            beyond: vec![
                get("read who staged what and when", "turnlock/metadata/shop/STAGED"),
                delete("remove another stack's pending value", "turnlock/metadata/other/STAGED"),
            ],
        },
        Line {
            path: "auth/token/lookup-self",
            capability: "read",
            needed: get("after a refusal: is it the token, or the policy", "auth/token/lookup-self"),
            beyond: vec![list("list everybody's tokens", "auth/token/accessors")],
        },
        Line {
            path: "auth/token/renew-self",
            capability: "update",
            needed: post("renewal at two thirds of the token's life", "auth/token/renew-self", json!({})),
            beyond: vec![
                post("make a token", "auth/token/create", json!({})),
                post("wrap something", "sys/wrapping/wrap", json!({ "a": "b" })),
                post("keep something of its own", "cubbyhole/x", json!({ "a": "b" })),
            ],
        },
        Line {
            path: "secret/data/shop-admin/postgres",
            capability: "read",
            needed: get("a database role's password is altered", "secret/data/shop-admin/postgres"),
            beyond: vec![
                get("read what stands beside it", "secret/data/shop-admin/other"),
                post("change the administrator's credential", "secret/data/shop-admin/postgres", value(1)),
            ],
        },
        Line {
            path: "auth/approle/role/turnlock-shop/custom-secret-id",
            capability: "update",
            needed: post(
                "its own login is rotated: a second secret-id",
                "auth/approle/role/turnlock-shop/custom-secret-id",
                json!({ "secret_id": "0123456789abcdef-of-the-test" }),
            ),
            beyond: vec![
                post(
                    "change its own role",
                    "auth/approle/role/turnlock-shop",
                    json!({ "token_policies": ["root"] }),
                ),
                post(
                    "a login of another role",
                    "auth/approle/role/other/custom-secret-id",
                    json!({ "secret_id": "x" }),
                ),
                post("an unbounded secret-id", "auth/approle/role/turnlock-shop/secret-id", json!({})),
            ],
        },
        Line {
            path: "auth/approle/role/turnlock-shop/secret-id/lookup",
            capability: "update",
            needed: post(
                "which accessor the old one has",
                "auth/approle/role/turnlock-shop/secret-id/lookup",
                json!({ "secret_id": "not there" }),
            ),
            beyond: vec![list(
                "list all secret-ids of the role",
                "auth/approle/role/turnlock-shop/secret-id",
            )],
        },
        Line {
            path: "auth/approle/role/turnlock-shop/secret-id-accessor/destroy",
            capability: "update",
            needed: post(
                "the old one is destroyed",
                "auth/approle/role/turnlock-shop/secret-id-accessor/destroy",
                json!({ "secret_id_accessor": "<an accessor>" }),
            ),
            beyond: vec![
                post(
                    "look into a secret-id by its accessor",
                    "auth/approle/role/turnlock-shop/secret-id-accessor/lookup",
                    json!({ "secret_id_accessor": "<an accessor>" }),
                ),
                get("read ACL policies", "sys/policies/acl/turnlock-shop"),
                get("see what is mounted", "sys/mounts"),
            ],
        },
    ]
}

fn watcher(whose: &'static str) -> Vec<Line> {
    let mut lines = vec![
        Line {
            path: "secret/metadata/shop",
            capability: "list",
            needed: list("which secrets there are", "secret/metadata/shop"),
            beyond: vec![list("list another prefix", "secret/metadata/other")],
        },
        Line {
            path: "secret/metadata/shop/+",
            capability: "read",
            needed: get("which versions, since when, whose", "secret/metadata/shop/API_KEY"),
            beyond: vec![
                get("read a value", "secret/data/shop/API_KEY"),
                patch("claim an entry", "secret/metadata/shop/API_KEY", json!({ "custom_metadata": {} })),
            ],
        },
    ];
    if whose == "operator" {
        lines.insert(
            0,
            Line {
                path: "auth/token/lookup-self",
                capability: "read",
                needed: get("who asks, who approves", "auth/token/lookup-self"),
                beyond: vec![post("make a token", "auth/token/create", json!({}))],
            },
        );
        lines.extend([
            Line {
                path: "turnlock/metadata/shop",
                capability: "list",
                needed: list("which rotations have a pending value", "turnlock/metadata/shop"),
                beyond: vec![list("list another stack's", "turnlock/metadata/other")],
            },
            Line {
                path: "turnlock/metadata/shop/+",
                capability: "read",
                needed: get("since when it is pending", "turnlock/metadata/shop/STAGED"),
                beyond: vec![
                    get("read a pending value", "turnlock/data/shop/STAGED"),
                    delete("remove a pending value", "turnlock/metadata/shop/STAGED"),
                ],
            },
        ]);
    }
    lines
}

/// A shop whose policy has a use for every line.
fn shop() -> Shop {
    let shop = Shop::open();
    let policy = std::fs::read_to_string(shop.path("turnlock.toml")).expect("readable");
    let more = "
[secret.DB_PASSWORD]
generator = { kind = \"hex\", bytes = 32 }
every = \"3 months\"
impact = \"None\"

[database.main]
secret = \"DB_PASSWORD\"
role = \"shop\"
database = \"shop\"
address = \"127.0.0.1:5432\"
admin = { mount = \"secret\", path = \"shop-admin/postgres\" }
";
    std::fs::write(shop.path("turnlock.toml"), policy + more).expect("writable");
    shop.as_root("setup vault --yes").ok();
    shop
}

/// The entries that the tries are about, as they are before each.
fn furnish(root: &Vault) {
    for entry in ["secret/metadata/shop/NEW", "secret/metadata/shop/API_KEY", "turnlock/metadata/shop/NEW"] {
        root.call("DELETE", entry, None);
    }
    root.call("DELETE", "secret/metadata/other/NEW", None);
    root.call("POST", "secret/metadata/shop/API_KEY", Some(json!({ "cas_required": true })));
    for entry in [
        "secret/data/shop/API_KEY",
        "secret/data/other/KEY",
        "secret/data/shop/eu/KEY",
        "secret/data/shop-admin/postgres",
    ] {
        root.call("POST", entry, Some(value(0)));
    }
    for entry in ["turnlock/data/shop/STAGED", "turnlock/data/other/STAGED", "secret/data/shop-admin/other"] {
        root.call("POST", entry, Some(value(0)));
    }
    let known = json!({ "secret_id": "0123456789abcdef-of-the-test" });
    root.call("POST", "auth/approle/role/turnlock-shop/secret-id/destroy", Some(known));
}

fn token_with(root: &Vault, policy: &str) -> Vault {
    let body = json!({ "policies": [policy], "no_default_policy": true, "period": "20m" });
    let (_, answer) = root.call("POST", "auth/token/create-orphan", Some(body));
    let token = answer["auth"]["client_token"].as_str().expect("a token").to_owned();
    Vault { token, ..root.clone() }
}

/// Whether the ACL policy stands in the way; anything else is another matter (an accessor that doesn't exist, say).
fn is_denied(vault: &Vault, root: &Vault, what: &Try) -> bool {
    furnish(root);
    let (status, body) = vault.call(what.method, what.path, what.body.clone());
    let text = body.to_string();
    // An entry that wants check-and-set refuses by itself.
    status == 403 || text.contains("permission denied") || text.contains("check-and-set parameter required")
}

/// The policy's text without one capability of one path.
fn without(text: &str, path: &str, capability: &str) -> String {
    let head = format!("path \"{path}\" {{");
    let start = text.find(&head).unwrap_or_else(|| panic!("no {head} in\n{text}"));
    let end = start + text[start..].find('}').expect("closed");
    let end = if text[end..].starts_with("}\n}") { end + 2 } else { end };
    let block = &text[start..=end];
    let quoted = format!("\"{capability}\"");
    assert!(block.contains(&quoted), "{path} has no {capability}");
    let less = block
        .replace(&format!("{quoted}, "), "")
        .replace(&format!(", {quoted}"), "")
        .replace(&quoted, "\"deny\"");
    text.replace(block, &less)
}

/// The paths and capabilities that a policy's text has, in its order.
fn lines_of(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut path = String::new();
    for line in text.lines().filter(|l| !l.trim_start().starts_with('#')) {
        if let Some(rest) = line.strip_prefix("path \"") {
            path = rest.split('"').next().unwrap_or_default().to_owned();
        } else if line.trim_start().starts_with("capabilities") {
            let list = line.split('[').nth(1).unwrap_or_default().trim_end_matches(']');
            found.extend(list.split(',').map(|c| (path.clone(), c.trim().trim_matches('"').to_owned())));
        }
    }
    found
}

#[test]
fn each_line_is_needed_and_the_next_power_up_is_refused() {
    let shop = shop();
    let root = shop.bao.vault();
    let mut table = String::from(HEAD);
    for (role, lines) in [
        ("turnlock-shop", agent()),
        ("turnlock-shop-operator", watcher("operator")),
        ("turnlock-shop-auditor", watcher("auditor")),
    ] {
        let text = root.get(&format!("sys/policies/acl/{role}")).expect("set up")["data"]["policy"].clone();
        let text = text.as_str().expect("a text").to_owned();
        let known: Vec<_> = lines.iter().map(|l| (l.path.to_owned(), l.capability.to_owned())).collect();
        assert_eq!(lines_of(&text), known, "every line of {role} is tried here, and no other");
        let file = role.strip_prefix("turnlock-shop").unwrap_or_default().trim_start_matches('-');
        let file = if file.is_empty() { "agent" } else { file };
        let _ = write!(table, "\n## `policies/vault/{file}.hcl`\n\n{COLUMNS}");
        let vault = token_with(root, role);
        for line in &lines {
            let name = format!("{} of {} for {role}", line.capability, line.path);
            assert!(!is_denied(&vault, root, &line.needed), "{name}: with the whole policy it works");
            let less = without(&text, line.path, line.capability);
            root.write("sys/policies/acl/less", json!({ "policy": less }));
            let poorer = token_with(root, "less");
            assert!(is_denied(&poorer, root, &line.needed), "{name} is not needed:\n{less}");
            let refused = line.beyond.iter().map(|beyond| {
                assert!(is_denied(&vault, root, beyond), "{name}: {} is not refused", beyond.said);
                beyond.said
            });
            let refused: Vec<&str> = refused.collect();
            let _ = writeln!(
                table,
                "| `{}` | {} | {} | {} |",
                line.path.replace("shop", "breeze"),
                line.capability,
                line.needed.said,
                refused.join("; ")
            );
        }
        if file == "agent" {
            // The one line that takes away: without it, the history could be dropped.
            let limit = "  allowed_parameters = { \"custom_metadata\" = [] }\n";
            assert!(text.contains(limit));
            root.write("sys/policies/acl/less", json!({ "policy": text.replace(limit, "") }));
            let drop = patch("", "secret/metadata/shop/API_KEY", json!({ "max_versions": 1 }));
            assert!(!is_denied(&token_with(root, "less"), root, &drop), "`allowed_parameters` is not needed");
            table.push_str(
                "| `secret/metadata/breeze/+` | `allowed_parameters` | only custom metadata may be patched | without this \
                 line: drop the history |\n",
            );
        }
    }
    println!("{table}");
    let file = repository().join("docs/acl.md");
    if std::env::var("SNAPSHOTS").is_ok_and(|s| s == "overwrite") {
        std::fs::write(&file, &table).expect("writable");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == table, "docs/acl.md is another table: SNAPSHOTS=overwrite ./tests/run acl");
}

const HEAD: &str = "# What Turnlock may do in Vault, line by line

Made by a test (`tests/e2e/acl.rs`) on a real OpenBao: each line of the ACL policies is taken away, and what needs it is then
refused; and with all lines there, the next power up is refused. `turnlock setup vault` writes these policies with a stack's
own mount, prefix and role.
";

const COLUMNS: &str = "| path | may | needed when | the next power up, refused |\n|---|---|---|---|\n";
