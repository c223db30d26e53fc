//! What every kind of target promises, asked of the library itself: `apply` is idempotent, `probe` knows both sides, and
//! the reversed change brings back what was, from any point.

use std::collections::{BTreeMap, BTreeSet};

use turnlock::drift;
use turnlock::generate::Generator;
use turnlock::plan::{Plan, Request};
use turnlock::policy;
use turnlock::progress::Progress;
use turnlock::secret::{Change, Name, Values, Versioned};
use turnlock::step::Step;
use turnlock::survey;
use turnlock::target::compose::HoldSpec;
use turnlock::target::{self, Any, Finding, Patience, Spec, Target};
use turnlock::world::World;
use turnlock_tests::{Draft, words};

use super::consumers::POLICY;

/// Set in the process that was given a stack's environment.
const INSIDE: &str = "TURNLOCK_TESTS_INSIDE";

/// The library takes its addresses from the environment, so that the test goes on in a process that has one.
#[test]
fn every_kind_of_target_keeps_the_contract() {
    if std::env::var_os(INSIDE).is_some() {
        return inside();
    }
    let stack = rotating_itself(super::consumers::varied("contract")).up().import();
    stack.scene("every target: apply twice, probe, and back from any point");
    let mut child = stack.program(&std::env::current_exe().expect("this program has a path"));
    let this = "long::contract::every_kind_of_target_keeps_the_contract";
    child.args(words(&format!("--exact {this} --nocapture --test-threads 1"))).env(INSIDE, "yes");
    let ended = child.output().expect("this program runs");
    let (out, err) = (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    // Indented, so that nobody takes its end for the end of this run.
    let (out, err) = (out.replace('\n', "\n    "), err.replace('\n', "\n    "));
    assert!(ended.status.success() && out.contains("1 passed"), "{out}{err}");
    stack.turnlock("drift").ok();
    stack.turnlock("rotate POSTGRES_PASSWORD AGENT_LOGIN --yes").ok();
    stack.finish();
}

/// The agent's own secret-id is one more secret of the policy.
pub(crate) fn rotating_itself(draft: Draft) -> Draft {
    let own = "[secret.AGENT_LOGIN]\ngenerator = { kind = \"self\" }\nevery = \"1 month\"\nimpact = \"None\"\n\n[secret.JWT_SECRET]";
    draft.edit(POLICY, "[secret.JWT_SECRET]", own)
}

fn inside() {
    turnlock_tests::install_provider();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(check());
}

async fn check() {
    let file = std::env::var("TURNLOCK_POLICY").expect("run by the test above");
    let world = World::open(policy::load(file.as_ref()).expect("a policy")).await.expect("a world");
    let current = survey::live_values(&world).await.expect("values");
    let facts = survey::facts(&world, &current, &Request::default()).await.expect("facts");
    let change = Change::new(current.clone(), replacements(&world, &current));
    let specs = in_order(drift::everything(&world, &facts));
    let kinds: BTreeSet<_> = specs.iter().map(kind).collect();
    assert_eq!(
        kinds,
        BTreeSet::from(["containers", "database", "file", "hold", "migration", "own login"]),
        "every kind is here"
    );
    let steps = specs.iter().map(|s| Step::Apply { target: s.clone() }).collect();
    let plan = Plan {
        stack: String::new(),
        policy_hash: String::new(),
        compose_digest: String::new(),
        changes: BTreeMap::new(),
        services: BTreeMap::new(),
        widenings: Vec::new(),
        steps,
    };
    let mut targets = Vec::new();
    for spec in &specs {
        targets.push((spec.id(), target::build(spec, &world).await.expect("a target")));
    }

    // From each point on the way: the targets up to it are applied twice, then all of them are taken back, twice.
    for until in 1..=targets.len() {
        let touched = &targets[..until];
        println!("up to {}", touched[until - 1].0);
        for (id, target) in touched {
            for _ in 0..2 {
                target.apply(&change).await.unwrap_or_else(|e| panic!("apply {id}: {e}"));
            }
        }
        if until == targets.len() {
            all_good(touched, &change.to, "after apply").await;
            differs(touched, &change.from, &change).await;
        }
        // What a rotation would take back, when it had begun so many steps.
        let progress = Progress { touched: (0..until).collect(), ..Progress::default() };
        for (id, target) in progress.to_undo(&plan).into_iter().map(|index| &targets[index]) {
            for _ in 0..2 {
                target.apply(&change.reversed()).await.unwrap_or_else(|e| panic!("take back {id}: {e}"));
            }
        }
        all_good(&targets, &change.from, "after it was taken back").await;
    }
}

/// New values for all, as a rotation of everything would make them.
fn replacements(world: &World, current: &Values) -> Vec<(Name, Versioned)> {
    let of = |name: &Name, generator: &Generator| {
        let version = current.version(name).expect("imported") + 1;
        (name.clone(), Versioned { version, value: generator.generate().expect("randomness") })
    };
    world.policy.secrets.iter().map(|(name, secret)| of(name, &secret.generator)).collect()
}

/// The order of a plan: files, hold, databases, migrations, containers, the agent's own login.
fn in_order(specs: Vec<Spec>) -> Vec<Spec> {
    let services = specs.iter().find_map(|s| match s {
        Spec::Start(start) => Some(start.services.clone()),
        _ => None,
    });
    let mut services: BTreeMap<_, _> = services.expect("the containers");
    services.retain(|name, _| ["api", "postgres-exporter"].contains(&name.as_str()));
    let mut specs = specs;
    specs.push(Spec::Hold(HoldSpec { services }));
    specs.sort_by_key(|s| {
        ["file", "hold", "database", "migration", "containers", "own login"]
            .iter()
            .position(|k| *k == kind(s))
    });
    specs
}

fn kind(spec: &Spec) -> &'static str {
    match spec {
        Spec::File(_) => "file",
        Spec::Hold(_) => "hold",
        Spec::Postgres(_) => "database",
        Spec::Migration(_) => "migration",
        Spec::Start(_) => "containers",
        Spec::Own(_) => "own login",
    }
}

async fn findings(targets: &[(String, Any<'_>)], values: &Values) -> Vec<Finding> {
    let mut all = Vec::new();
    for (id, target) in targets {
        all.extend(
            target.probe(values, Patience::Within).await.unwrap_or_else(|e| panic!("probe {id}: {e}")),
        );
    }
    all
}

async fn all_good(targets: &[(String, Any<'_>)], values: &Values, when: &str) {
    let wrong: Vec<String> =
        findings(targets, values).await.iter().filter(|f| !f.is_good()).map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{when}: {}", wrong.join("; "));
}

/// Asked for the other side, every kind says no, and names the version that it holds.
async fn differs(targets: &[(String, Any<'_>)], values: &Values, change: &Change) {
    for (id, target) in targets.iter().filter(|(id, _)| id != "hold") {
        let found = target.probe(values, Patience::Once).await.unwrap_or_else(|e| panic!("probe {id}: {e}"));
        let wrong: Vec<String> = found.iter().filter(|f| !f.is_good()).map(ToString::to_string).collect();
        assert!(!wrong.is_empty(), "{id} says that it holds both sides");
        assert!(wrong.iter().any(|w| w.contains("v2, expected v1")), "{id}: {}", wrong.join("; "));
    }
    assert_eq!(change.names().len(), 8);
}
