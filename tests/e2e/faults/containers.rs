//! Containers that don't take the new value, or not for long; people who act meanwhile; an engine that is gone, or silent;
//! Compose that is missing.

mod migrations;
mod silent;

use std::path::Path;
use std::time::{Duration, Instant};

use turnlock_tests::proxy::{SocketProxy, Way};
use turnlock_tests::{FaultPart, Stack, set_up};

use super::untouched;
use crate::failure::{Before, impatient_draft};

const POLICY: &str = "policies/rotation/breeze.toml";
const COMPOSE: &str = "docker/stack/docker/docker-compose.prod.yml";
const JWT: &str = "rotate JWT_SECRET --yes --accept-impact JWT_SECRET";
const PASSWORD: &str = "rotate POSTGRES_PASSWORD --yes";

const NOTHING: &str = "everything as it was: nothing was begun";
const AS_IT_WAS: &str = "everything as it was";
const RECOVERED: &str =
    "what is printed; when the engine is back `turnlock recover` takes it back, and everything is as it was";

#[test]
fn whatever_the_engine_does_it_ends_with_a_sentence_and_nothing_half_done() {
    let stack = migrations::hostile(impatient_draft("faults of containers")).up().import();
    let mut page = FaultPart::new("Containers and the engine");
    let silent = SocketProxy::of_engine(&stack.root.join("silent.sock"));
    silent.set(Way::Silent);
    let (began, waiting) = (Instant::now(), stack.spawn("drift", &[("DOCKER_HOST", &silent.address())]));

    migrations::that_say_what_they_should_not(&stack, &mut page);
    compose(&stack, &mut page);
    silent::in_the_middle(&stack, &mut page);
    an_engine_that_is_gone(&stack, &mut page);
    containers_that_do_not_take_it(&stack, &mut page);
    people_meanwhile(&stack, &mut page);

    stack.scene("an engine that answers nothing");
    let output = stack.ended("drift", waiting, began);
    output.exits(1).says("the Docker engine does not answer");
    page.row(&stack, "the engine takes connections and answers nothing", &output, NOTHING);
    page.is_as_written();
    stack.turnlock("audit verify").ok();
    stack.finish();
}

fn an_engine_that_is_gone(stack: &Stack, page: &mut FaultPart) {
    let engine = SocketProxy::of_engine(&stack.root.join("engine.sock"));
    let host = engine.address();
    let through = [("DOCKER_HOST", host.as_str())];
    let before = Before::of(stack);

    stack.scene("an engine that is gone");
    engine.set(Way::Gone);
    let failed = stack.turnlock_with(JWT, &through);
    failed.exits(1).says("the Docker engine does not answer");
    page.row(stack, "the engine is gone", &failed, NOTHING);
    engine.set(Way::Through);

    for (line, request, step, fault) in [
        (
            JWT,
            "/containers/create",
            "apply containers",
            "the engine goes away while a container is recreated, and stays away",
        ),
        (PASSWORD, "/rename", "apply hold", "the engine goes away while services are held, and stays away"),
    ] {
        stack.scene(fault);
        engine.set_at(request, Way::Gone);
        let stuck = stack.turnlock_with(line, &through);
        stuck.exits(3).says("STUCK").has_line(&[step, "FAILED", "the Docker engine does not answer"]);
        stuck.has_line(&["stands:", "file.env: the old values again"]);
        engine.set(Way::Through);
        stack.turnlock_with("recover", &through).ok().says("Failed, and taken back");
        before.is_still_so(stack);
        page.row(stack, fault, &stuck, RECOVERED);
    }

    for (fault, way, seconds) in [
        ("the engine goes away for a moment while a container is recreated", Way::Gone, 1),
        ("the engine says nothing for some seconds while a container is recreated", Way::Silent, 3),
    ] {
        stack.scene(fault);
        engine.set_at("/containers/create", way);
        let (began, child) = (Instant::now(), stack.spawn(JWT, &through));
        stack.until("it has come to that", 20, || engine.way() == way);
        std::thread::sleep(Duration::from_secs(seconds));
        engine.set(Way::Through);
        let done = stack.ended(JWT, child, began);
        done.ok().says("everywhere, verified");
        stack.turnlock("drift").ok();
        page.row(stack, fault, &done, "the new value everywhere");
    }
}

fn containers_that_do_not_take_it(stack: &Stack, page: &mut FaultPart) {
    let before = Before::of(stack);
    let short = |on: bool| {
        let of = |bytes| format!("[secret.JWT_SECRET]\ngenerator = {{ kind = \"base64\", bytes = {bytes} }}");
        let (from, to) = if on { (64, 16) } else { (16, 64) };
        stack.edit(POLICY, &of(from), &of(to));
    };
    let never = |on| stack.switch(on);
    let dying = |on| {
        let (once, stays) = ("port = 3000, within = \"4s\"", "port = 3000, within = \"4s\", stays = \"2s\"");
        let (from, to) = if on { (once, stays) } else { (stays, once) };
        stack.edit(POLICY, from, to);
        stack.switch_dying(on);
    };
    for (fault, with, said) in [
        (
            "a service never gets ready with the new value",
            &never as &dyn Fn(bool),
            "api: is not ready: /health/ready answers 503",
        ),
        // The api wants 32 bytes, and ends where it gets less.
        ("a service ends at once with the new value, again and again", &short, "api: ends again and again"),
        (
            "a service gets ready with the new value, and dies",
            &dying,
            "api: gets ready, and does not stay so",
        ),
    ] {
        stack.scene(fault);
        with(true);
        let failed = stack.turnlock(JWT);
        with(false);
        failed.exits(1).says("Failed, and taken back").has_line(&["verify", "FAILED", said]);
        before.is_still_so(stack);
        page.row(stack, fault, &failed, AS_IT_WAS);
    }

    stack.scene("a service that dies, and nothing is said of how long it has to stay");
    stack.switch_dying(true);
    let done = stack.turnlock(JWT);
    done.ok();
    let drift = || stack.turnlock("drift");
    stack.until("drift tells it", 20, || drift().all().contains("ends again and again"));
    stack.switch_dying(false);
    stack.until("the api is ready", 60, || drift().code == 0);
    let stands = "the new value everywhere, and a service that dies of it: `turnlock drift` tells it; let the policy say how long \
                  it has to stay ready (`stays`)";
    page.row(stack, "the same, where the policy takes one answer for ready", &done, stands);
}

fn people_meanwhile(stack: &Stack, page: &mut FaultPart) {
    let before = Before::of(stack);
    let old = stack.root.join("old.env");
    std::fs::copy(stack.env_path(), &old).expect("writable");
    let old = old.to_string_lossy().into_owned();
    let up = |env: &str| {
        stack.compose(&["--env-file", env, "up", "--detach", "--no-deps", "--pull", "never", "api"], &[])
    };
    let remove = || stack.docker(&["rm", "--force", &stack.container("api").id]);
    for (fault, act, said) in [
        (
            "somebody removes a service's container in the middle",
            &remove as &dyn Fn() -> String,
            "api: has no container",
        ),
        (
            "somebody runs `docker compose up` with the old values in the middle",
            &|| up(&old),
            "api: JWT_SECRET: v4, expected v5",
        ),
    ] {
        stack.scene(fault);
        stack.switch(true);
        let (began, child) = (Instant::now(), stack.spawn(JWT, &[]));
        stack.until_step("verify");
        act();
        let failed = stack.ended(JWT, child, began);
        stack.switch(false);
        failed.exits(1).says("Failed, and taken back").says(said);
        before.is_still_so(stack);
        page.row(stack, fault, &failed, AS_IT_WAS);
    }
    std::fs::remove_file(old).expect("removable");

    stack.scene("a service without a container");
    stack.docker(&["rm", "--force", &stack.container("postgres-exporter").id]);
    let done = stack.turnlock(PASSWORD);
    done.ok().says("everywhere, verified");
    page.row(
        stack,
        "a service has no container",
        &done,
        "the new value everywhere else; the service is not deployed",
    );
    stack.compose(&["up", "--detach", "--no-deps", "--pull", "never", "postgres-exporter"], &[]);

    stack.scene("a service that runs, and is in the compose files no more");
    let text = std::fs::read_to_string(stack.root.join(COMPOSE)).expect("readable");
    let (from, to) = (text.find("  postgres-exporter:\n"), text.find("  api:\n"));
    stack.edit(COMPOSE, &text[from.expect("there")..to.expect("there")], "");
    let refused = untouched(stack, PASSWORD, 5);
    refused.says("service postgres-exporter runs with POSTGRES_PASSWORD");
    stack.turnlock("drift").ok().has_line(&["note", "postgres-exporter", "a rotation is refused"]);
    page.row(stack, "a service runs, and is in the compose files no more", &refused, NOTHING);
    std::fs::write(stack.root.join(COMPOSE), text).expect("writable");
}

fn compose(stack: &Stack, page: &mut FaultPart) {
    // Of the folders in which Docker looks for plugins, one is named by this, and others are covered for this command alone; it
    // finds no `docker-compose` but the one that is wanted.
    let cover = "for d in /usr/local/lib /usr/local/libexec /usr/lib /usr/libexec; do \
        ! [ -d $d/docker/cli-plugins ] || mount -t tmpfs none $d/docker/cli-plugins; done; \
        mkdir -p only && ln -sf $(command -v docker) only/; found=$0:$PWD/only; IFS=:; \
        for d in $PATH; do [ -e $d/docker-compose ] || found=$found:$d; done; PATH=$found; exec turnlock drift";
    const ALONE: &str = "Compose's version 2 is there, and not as Docker's plugin";
    let first = set_up("compose-1/docker-compose");
    let second = stack.root.join("compose-2");
    std::fs::create_dir(&second).expect("writable");
    let path = "{{range .ClientInfo.Plugins}}{{if eq .Name \"compose\"}}{{.Path}}{{end}}{{end}}";
    let plugin = stack.docker(&["info", "--format", path]);
    std::os::unix::fs::symlink(plugin.trim(), second.join("docker-compose")).expect("writable");
    for (fault, folder, said) in [
        (
            "Docker's Compose plugin is missing",
            &stack.root,
            "looks for one: install Compose, version 2 or newer",
        ),
        (
            "it is missing, and `docker-compose` is Compose's version 1 (1.29.2)",
            &first.parent().expect("in a folder").to_owned(),
            "`docker-compose` is version 1.29.2, which can't do what is needed; install Compose, version 2 or newer",
        ),
        (ALONE, &second, "docker-compose; link that to ~/.docker/cli-plugins/docker-compose"),
    ] {
        stack.scene(fault);
        let mut unshare = stack.program(Path::new("unshare"));
        let began = Instant::now();
        unshare.args(["--mount", "sh", "-c", cover]).arg(folder).env("DOCKER_CONFIG", &stack.root);
        let failed = stack.ended("drift", unshare.spawn().expect("unshare runs"), began);
        failed.exits(1).says(said);
        // Its version is this machine's.
        if fault != ALONE {
            page.row(stack, fault, &failed, NOTHING);
        }
    }
}
