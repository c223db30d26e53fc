//! The engine, asked by its own client.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value as Json;

use crate::Value;
use crate::slots::PREFIX;

/// The stack's images, as docker/stack/images/build names them.
const IMAGES: [&str; 6] = ["api", "openbao", "otel", "postgres:15", "postgres-exporter", "prometheus"];
const BUILT: &str = "turnlock-demo/";
const OURS: &str = "turnlock-test/";

/// A container of the project.
#[derive(Clone)]
pub struct Container {
    pub id: String,
    pub service: String,
    pub running: bool,
    pub restarted_at: String,
    pub image_id: String,
    pub env: BTreeMap<String, Value>,
    pub address: String,
    pub labels: BTreeMap<String, String>,
}

/// Runs `docker` and gives back its standard output.
#[track_caller]
pub(crate) fn docker(args: &[&str]) -> String {
    docker_with(args, "")
}

/// As [`docker`], with something on its standard input.
#[track_caller]
pub(crate) fn docker_with(args: &[&str], input: &str) -> String {
    let (ok, out, err) = docker_result(args, input);
    assert!(ok, "docker {} failed: {err}", args.join(" "));
    out
}

pub(crate) fn docker_result(args: &[&str], input: &str) -> (bool, String, String) {
    let mut child = Command::new("docker")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("docker runs; docker/setup installs it");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("docker reads its input");
    let ended = child.wait_with_output().expect("docker ends");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (ended.status.success(), text(ended.stdout), text(ended.stderr))
}

/// All containers of a project, those that are stopped too, one-off ones left out.
pub(crate) fn containers(project: &str) -> Vec<Container> {
    let label = format!("label=com.docker.compose.project={project}");
    let oneoff = "label=com.docker.compose.oneoff=False";
    let ids = docker(&["ps", "--all", "--quiet", "--no-trunc", "--filter", &label, "--filter", oneoff]);
    let ids: Vec<&str> = ids.split_whitespace().collect();
    if ids.is_empty() {
        return Vec::new();
    }
    // One that is being removed meanwhile is no reason to stop.
    let (_, out, _) = docker_result(&[&["inspect"][..], &ids].concat(), "");
    let inspected: Vec<Json> = serde_json::from_str(&out).expect("docker inspect prints JSON");
    inspected.iter().map(container).collect()
}

fn container(json: &Json) -> Container {
    let text = |pointer: &str| json.pointer(pointer).and_then(Json::as_str).unwrap_or_default().to_owned();
    let labels: BTreeMap<String, String> =
        serde_json::from_value(json["Config"]["Labels"].clone()).unwrap_or_default();
    let env = json["Config"]["Env"].as_array().into_iter().flatten().filter_map(Json::as_str);
    let env = env.filter_map(|pair| pair.split_once('='));
    let networks = json["NetworkSettings"]["Networks"].as_object();
    let address = networks.and_then(|n| n.values().find_map(|n| n["IPAddress"].as_str()));
    Container {
        id: text("/Id"),
        service: labels.get("com.docker.compose.service").cloned().unwrap_or_default(),
        running: json["State"]["Running"] == true,
        restarted_at: text("/State/StartedAt"),
        image_id: text("/Image"),
        env: env.map(|(k, v)| (k.to_owned(), Value::new(v))).collect(),
        address: address.unwrap_or_default().to_owned(),
        labels,
    }
}

/// This run's own name of an image. Whoever builds the images again meanwhile moves the tag that was built, and a stack
/// that runs under it would be refused: its tag has moved.
pub(crate) fn own_images(compose: &str) -> String {
    static TAGGED: OnceLock<()> = OnceLock::new();
    let run = format!("{PREFIX}{}", std::process::id());
    let own = |image: &str| format!("{OURS}{}:{run}", image.split(':').next().unwrap_or(image));
    TAGGED.get_or_init(|| {
        for image in IMAGES {
            let (ok, _, _) = docker_result(&["tag", &format!("{BUILT}{image}"), &own(image)], "");
            assert!(
                ok,
                "the image {BUILT}{image} is missing; tests/run makes it (docker/stack/images/build)"
            );
        }
    });
    let mut compose = compose.to_owned();
    // A longer name first: `postgres-exporter` begins with `postgres`.
    for image in ["postgres-exporter", "postgres:15", "prometheus", "openbao", "otel", "api"] {
        compose = compose.replace(&format!("image: {BUILT}{image}\n"), &format!("image: {}\n", own(image)));
    }
    assert!(!compose.contains(BUILT), "the compose file names an image that the harness does not know");
    compose
}

/// Takes away the names that runs gave to images; the images stay.
pub(crate) fn remove_images(of: impl Fn(&str) -> bool) {
    let named = docker(&[
        "image",
        "ls",
        "--format",
        "{{.Repository}}:{{.Tag}}",
        "--filter",
        &format!("reference={OURS}*"),
    ]);
    let gone: Vec<&str> =
        named.lines().filter(|n| n.split_once(':').is_some_and(|(_, tag)| of(tag))).collect();
    if !gone.is_empty() {
        docker_result(&[&["image", "rm"][..], &gone].concat(), "");
    }
}
