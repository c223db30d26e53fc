//! The same facts give the same plan: looked at through the shipped policy, with facts as the demo's stack has them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;
use crate::compose::model::{Mount, Reach};
use crate::survey::{Length, Running, ServiceFacts};

fn policy() -> Policy {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies/rotation/breeze.toml");
    crate::policy::load(&file).unwrap_or_else(|p| panic!("{p}"))
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn set(names: &[&str]) -> BTreeSet<Name> {
    names.iter().map(|n| name(n)).collect()
}

fn service(variables: &[(&str, &[&str])], token_at: Option<&str>) -> ServiceFacts {
    let mut reach = Reach::default();
    for (variable, secrets) in variables {
        reach.variables.insert((*variable).into(), set(secrets));
    }
    let mut mounts = Vec::new();
    if let Some(path) = token_at {
        reach.files.insert(path.into(), set(&["METRICS_SCRAPE_TOKEN"]));
        mounts.push(Mount { file: "metrics_token".into(), path: path.into(), single: true });
    }
    ServiceFacts {
        reach,
        mounts,
        replicas: 1,
        containers: vec![Running { running: true }],
        images: ["sha256:1".to_owned()].into(),
        ..ServiceFacts::default()
    }
}

fn facts(policy: &Policy) -> Facts {
    let api = service(
        &[
            ("JWT_SECRET", &["JWT_SECRET"]),
            ("DATABASE_URL", &["POSTGRES_PASSWORD"]),
            ("METRICS_SCRAPE_TOKEN", &["METRICS_SCRAPE_TOKEN"]),
            ("APP_ENCRYPTION_KEY", &["APP_ENCRYPTION_KEY"]),
        ],
        Some("/run/token"),
    );
    let services = [
        ("api", api),
        ("postgres", service(&[("POSTGRES_PASSWORD", &["POSTGRES_PASSWORD"])], None)),
        ("postgres-exporter", service(&[("DATA_SOURCE_PASS", &["POSTGRES_PASSWORD"])], None)),
        ("prometheus", service(&[], Some("/etc/token"))),
    ];
    let env = policy.secrets.keys().map(|n| (n.to_string(), BTreeSet::from([n.clone()])));
    let token = [(String::new(), set(&["METRICS_SCRAPE_TOKEN"]))].into();
    Facts {
        compose_digest: "c".into(),
        current: policy.secrets.keys().map(|n| (n.clone(), 4)).collect(),
        keys: [("env".to_owned(), env.collect()), ("metrics_token".to_owned(), token)].into(),
        lengths: [("metrics_token".to_owned(), Length { now: Some(65), then: Some(65) })].into(),
        services: services.into_iter().map(|(n, s)| (n.to_owned(), s)).collect(),
        strays: Vec::new(),
        drifted: Vec::new(),
        access: [("env".to_owned(), root_only()), ("metrics_token".to_owned(), for_group(65534))].into(),
        own_file: "/etc/turnlock/secret-id".into(),
        log_roles: BTreeSet::new(),
        strangers: BTreeMap::new(),
    }
}

fn root_only() -> Access {
    Access { owner: 0, group: 0, mode: 0o600 }
}

fn for_group(group: u32) -> Access {
    Access { owner: 0, group, mode: 0o640 }
}

fn plan_of(facts: &Facts, names: &[&str]) -> Result<Plan, Refusal> {
    make(&policy(), facts, &Request::new_values(set(names)))
}

fn steps(plan: &Plan) -> Vec<String> {
    plan.steps.iter().map(ToString::to_string).collect()
}

fn actions(plan: &Plan) -> BTreeMap<&str, Action> {
    plan.services.iter().map(|(n, f)| (n.as_str(), f.action)).collect()
}

#[test]
fn a_secret_that_would_stand_where_others_read_it_is_refused() {
    for (kind, said) in [
        (Kind::Argument, "where every user of the host"),
        (Kind::Content, "where a rotation does not follow it"),
        (Kind::Other, "may look at the engine's objects"),
    ] {
        let mut facts = facts(&policy());
        let stray =
            Stray { place: "`command` of service api".into(), kind, keys: ["JWT_SECRET".into()].into() };
        facts.strays.push((stray, set(&["JWT_SECRET"])));
        let refusal = plan_of(&facts, &["JWT_SECRET", "SESSION_SECRET"]).unwrap_err();
        assert!(refusal.what.contains("puts JWT_SECRET into `command` of service api, "), "{refusal}");
        assert!(refusal.what.contains(said), "{refusal}");
        assert!(plan_of(&facts, &["SESSION_SECRET"]).is_ok(), "another secret is none of its business");
    }
}

#[test]
fn a_session_secret_is_a_file_and_one_recreated_container() {
    let plan = plan_of(&facts(&policy()), &["JWT_SECRET"]).unwrap();
    assert_eq!(steps(&plan), ["stage", "apply file.env", "apply containers", "verify", "promote", "retire"]);
    assert_eq!(actions(&plan), [("api", Action::Recreate)].into());
    assert_eq!(plan.changes[&name("JWT_SECRET")], Versions { from: 4, to: 5, value: Want::New });
}

#[test]
fn a_password_holds_whoever_logs_in_with_it_and_leaves_the_database_alone() {
    let plan = plan_of(&facts(&policy()), &["POSTGRES_PASSWORD"]).unwrap();
    let expected = [
        "stage",
        "apply file.env",
        "apply hold",
        "apply database.breeze",
        "apply containers",
        "verify",
        "promote",
        "retire",
    ];
    assert_eq!(steps(&plan), expected);
    let expected =
        [("api", Action::Hold), ("postgres", Action::LeaveAlone), ("postgres-exporter", Action::Hold)].into();
    assert_eq!(actions(&plan), expected);
}

#[test]
fn a_token_of_equal_length_is_written_in_place_for_who_reads_it_again() {
    let mut facts = facts(&policy());
    let plan = plan_of(&facts, &["METRICS_SCRAPE_TOKEN"]).unwrap();
    assert_eq!(actions(&plan), [("api", Action::Recreate), ("prometheus", Action::Reread)].into());
    let written = |plan: &Plan| {
        plan.targets().find_map(|(_, t)| match t {
            Spec::File(f) if f.id == "metrics_token" => Some(f.write),
            _ => None,
        })
    };
    assert_eq!(written(&plan), Some(Write::InPlace));
    // Of another length it has to be a new file, which a running container would not see.
    facts.lengths.insert("metrics_token".into(), Length { now: Some(64), then: Some(65) });
    let plan = plan_of(&facts, &["METRICS_SCRAPE_TOKEN"]).unwrap();
    assert_eq!(written(&plan), Some(Write::Rename));
    assert_eq!(actions(&plan)["prometheus"], Action::Recreate);
    // Mounted by its directory, a rename is seen.
    facts.services.get_mut("prometheus").unwrap().mounts[0].single = false;
    let plan = plan_of(&facts, &["METRICS_SCRAPE_TOKEN"]).unwrap();
    assert_eq!(actions(&plan)["prometheus"], Action::Reread);
}

#[test]
fn a_key_is_migrated_while_its_service_is_held() {
    let plan = plan_of(&facts(&policy()), &["APP_ENCRYPTION_KEY"]).unwrap();
    let steps = steps(&plan);
    let at = |step: &str| steps.iter().position(|s| s == step).unwrap();
    assert!(at("apply hold") < at("apply migration.records"));
    assert!(at("apply migration.records") < at("apply containers"));
}

#[test]
fn several_secrets_are_one_rotation() {
    let policy = policy();
    let all: Vec<&str> = policy.secrets.keys().map(Name::as_str).collect();
    let plan = plan_of(&facts(&policy), &all).unwrap();
    let expected = [
        "stage",
        "apply file.env",
        "apply file.metrics_token",
        "apply hold",
        "apply database.breeze",
        "apply migration.records",
        "apply migration.totp",
        "apply containers",
        "verify",
        "promote",
        "retire",
    ];
    assert_eq!(steps(&plan), expected);
}

#[test]
fn what_would_deploy_something_else_is_refused_by_name() {
    type Change = fn(&mut Facts);
    let refusals: [(Change, &str); 8] = [
        (
            |f| _ = f.strangers.insert("old-api".into(), set(&["JWT_SECRET"])),
            "service old-api runs with JWT_SECRET, and the compose files don't have it",
        ),
        (|f| api(f).moved_tag = Some("breeze/api".into()), "the tag breeze/api has moved"),
        (
            |f| api(f).config_changed = true,
            "service api: its container was created from another configuration",
        ),
        (|f| api(f).containers.push(Running { running: true }), "scaled by hand"),
        (|f| api(f).is_own_vault = true, "the agent's own Vault"),
        (|f| api(f).is_own_log = true, "the agent's own audit log's server"),
        (|f| api(f).is_own = true, "the agent's own container"),
        (
            |f| f.drifted.push(".env.prod: JWT_SECRET: unknown value, expected v4".into()),
            ".env.prod: JWT_SECRET",
        ),
    ];
    for (change, said) in refusals {
        let mut facts = facts(&policy());
        change(&mut facts);
        let refusal = plan_of(&facts, &["JWT_SECRET"]).unwrap_err();
        assert!(refusal.what.contains(said), "{refusal}");
        assert!(!refusal.help.is_empty());
    }
}

#[test]
fn the_role_that_writes_the_log_is_not_rotated() {
    let mut facts = facts(&policy());
    facts.log_roles = ["breeze".to_owned()].into();
    let refusal = plan_of(&facts, &["POSTGRES_PASSWORD"]).unwrap_err();
    assert!(refusal.what.contains("the audit log is written as the role breeze"), "{refusal}");
    assert!(plan_of(&facts, &["JWT_SECRET"]).is_ok());
}

fn api(facts: &mut Facts) -> &mut ServiceFacts {
    facts.services.get_mut("api").unwrap()
}

#[test]
fn what_only_other_services_have_changed_is_no_reason_to_refuse() {
    let mut facts = facts(&policy());
    facts.services.get_mut("postgres-exporter").unwrap().config_changed = true;
    assert!(plan_of(&facts, &["JWT_SECRET"]).is_ok());
    assert!(plan_of(&facts, &["POSTGRES_PASSWORD"]).is_err());
}

#[test]
fn a_service_that_does_not_run_is_not_started_by_a_rotation() {
    let mut facts = facts(&policy());
    api(&mut facts).containers[0].running = false;
    let plan = plan_of(&facts, &["JWT_SECRET"]).unwrap();
    assert_eq!(actions(&plan), [("api", Action::LeaveAlone)].into());
    assert!(!steps(&plan).contains(&"apply containers".to_owned()));
}

#[test]
fn a_version_that_is_current_already_or_missing_is_refused() {
    let (policy, facts) = (policy(), facts(&policy()));
    assert!(make(&policy, &facts, &Request::rollback(name("JWT_SECRET"), 4)).is_err());
    let plan = make(&policy, &facts, &Request::rollback(name("JWT_SECRET"), 1)).unwrap();
    assert_eq!(plan.changes[&name("JWT_SECRET")], Versions { from: 4, to: 5, value: Want::Version(1) });
    let empty = Facts { current: BTreeMap::new(), ..facts };
    assert!(make(&policy, &empty, &Request::new_values(set(&["JWT_SECRET"]))).is_err());
}

#[test]
fn a_retired_login_of_the_agent_is_not_rolled_back_to() {
    let mut policy = policy();
    let facts = facts(&policy);
    policy.secrets.get_mut(&name("JWT_SECRET")).unwrap().generator = Generator::Own;
    let refused = make(&policy, &facts, &Request::rollback(name("JWT_SECRET"), 1)).unwrap_err();
    assert!(refused.what.contains("a retired one stays destroyed"), "{}", refused.what);
    assert!(refused.help.contains("turnlock rotate JWT_SECRET"), "{}", refused.help);
    assert!(make(&policy, &facts, &Request::new_values(set(&["JWT_SECRET"]))).is_ok());
}

#[test]
fn the_hash_is_of_everything_that_the_plan_rests_on() {
    let first = facts(&policy());
    let hash = |facts: &Facts| plan_of(facts, &["JWT_SECRET"]).unwrap().hash();
    assert_eq!(hash(&first), hash(&facts(&policy())));
    let changes: [fn(&mut Facts); 3] = [
        |f| f.compose_digest = "d".into(),
        |f| api(f).images = ["sha256:2".to_owned()].into(),
        |f| {
            f.current.insert(name("JWT_SECRET"), 5);
        },
    ];
    for change in changes {
        let mut other = first.clone();
        change(&mut other);
        assert_ne!(hash(&first), hash(&other));
    }
}

#[test]
fn a_plan_survives_the_log() {
    let policy = policy();
    let all: Vec<&str> = policy.secrets.keys().map(Name::as_str).collect();
    let plan = plan_of(&facts(&policy), &all).unwrap();
    let back: Plan = serde_json::from_value(serde_json::to_value(&plan).unwrap()).unwrap();
    assert_eq!((back.hash(), back), (plan.hash(), plan));
}

#[test]
fn who_could_read_more_than_before_is_said() {
    let mut policy = policy();
    let stands = facts(&policy);
    assert_eq!(
        make(&policy, &stands, &Request::new_values(set(&["JWT_SECRET"]))).unwrap().widenings,
        [""; 0]
    );
    // The group of the token's file may read the whole env file: it knows one of its secrets already.
    let env = policy.files.get_mut("env").unwrap();
    (env.group, env.mode) = (65534, 0o640);
    let found = make(&policy, &stands, &Request::new_values(set(&["JWT_SECRET"]))).unwrap().widenings;
    assert_eq!(
        found,
        [
            "group 65534 could read .env.prod, and could not read AGENT_ENROLLMENT_SECRET, APP_ENCRYPTION_KEY, JWT_SECRET, \
          MFA_ENCRYPTION_KEY, POSTGRES_PASSWORD, SESSION_SECRET before"
        ]
    );
    // On the disk it still has its old mode, which is drift: what bringing it back would mean is said there.
    let drifted = Facts { drifted: vec![".env.prod: is 0:0 0600".into()], ..stands };
    let refusal = plan_of_policy(&policy, &drifted).unwrap_err();
    assert!(
        refusal.what.contains("; bringing it back would be a widening: group 65534 could read"),
        "{refusal}"
    );
}

fn plan_of_policy(policy: &Policy, facts: &Facts) -> Result<Plan, Refusal> {
    make(policy, facts, &Request::new_values(set(&["JWT_SECRET"])))
}
