//! A Vault that can't be worked with from the start: nothing is begun.

use std::path::Path;
use std::time::Duration;

use reqwest::Method;
use turnlock_tests::bao::free_port;
use turnlock_tests::certificates::Authority;
use turnlock_tests::proxy::Fault;
use turnlock_tests::{Bao, Raft};

use super::{JWT, Scene};
use crate::failure::Before;

const LOGIN: &str = "auth/approle/login";
const NOTHING: &str = "the old version everywhere: nothing was begun";

pub(super) fn story(scene: &mut Scene) {
    let (before, entries) = (Before::of(&scene.stack), scene.stack.entries());
    scene.stack.scene("nobody listens at Vault's address");
    let output = scene.stack.turnlock_with(JWT, &[("VAULT_ADDR", "http://127.0.0.1:1")]);
    output.exits(1).says("does not answer").says("VAULT_ADDR");
    scene.row("Vault is down at the start", &output, NOTHING);
    a_standby(scene);
    another_authority(scene);
    scene.stack.scene("the login is answered by what is not well");
    for (status, fault, said) in [
        (
            429,
            "Vault answers that it takes no calls (429: too many; 472, 473: a standby)",
            "takes no calls now",
        ),
        (500, "Vault answers the login with 500", "status 500"),
        (503, "Vault is sealed at the start", "unseal it first"),
    ] {
        scene.proxy.spoil(Method::POST, LOGIN, Fault::Status(status));
        let output = scene.turnlock(JWT);
        output.exits(1).says(said);
        scene.row(fault, &output, NOTHING);
    }
    scene.proxy.spoil(Method::POST, LOGIN, Fault::Cut);
    let output = scene.turnlock(JWT);
    output.exits(1).says("ended the connection");
    scene.row("the connection is cut in the middle of the login's answer", &output, NOTHING);
    scene.proxy.spoil(Method::POST, LOGIN, Fault::Late(Duration::from_secs(30)));
    let hurried = [("VAULT_ADDR", scene.proxy.base.as_str()), ("VAULT_CLIENT_TIMEOUT", "1500ms")];
    let output = scene.stack.turnlock_with(JWT, &hurried);
    output.exits(1).says("did not answer in time").says("VAULT_CLIENT_TIMEOUT");
    assert!(output.took < Duration::from_secs(15), "it waited for {:?}", output.took);
    scene.row("the login is answered after 30 s", &output, NOTHING);
    scene.proxy.is_well();
    before.is_still_so(&scene.stack);
    assert_eq!(scene.stack.entries(), entries, "nothing is in the log of what was not begun");
}

fn a_standby(scene: &mut Scene) {
    scene.stack.scene("Vault is a standby, and its active server is gone");
    let mut raft = Raft::start();
    raft.kill_the_active();
    let output = scene.stack.turnlock_with(JWT, &[("VAULT_ADDR", &raft.standby)]);
    output.exits(1).says("is a standby").says("which does not answer");
    scene.row("Vault is a standby, and the active server is gone", &output, NOTHING);
}

fn another_authority(scene: &mut Scene) {
    scene.stack.scene("Vault's certificate is of another CA");
    let (port, mut theirs) = (free_port(), None);
    let bao = Bao::start_with(|dir| {
        let server = Authority::new(dir, "ours").server(dir, "server", "IP:127.0.0.1");
        theirs = Some(Authority::new(dir, "theirs"));
        format!(
            "listener \"tcp\" {{\n address = \"127.0.0.1:{port}\"\n tls_cert_file = {:?}\n tls_key_file = {:?}\n}}\n",
            server.certificate, server.key
        )
    });
    let theirs = theirs.expect("made while starting");
    let text = |path: &Path| path.to_str().expect("a plain path").to_owned();
    let (address, authority) = (format!("https://127.0.0.1:{port}"), text(theirs.certificate()));
    let output = scene.stack.turnlock_with(JWT, &[("VAULT_ADDR", &address), ("VAULT_CACERT", &authority)]);
    output.exits(1).says("a CA that is not known here; check VAULT_CACERT");
    assert_eq!(bao.asked("auth/approle/login"), 0, "no credential was sent to it");
    scene.row(
        "Vault's certificate was made by another CA",
        &output,
        "the old version everywhere: nothing was begun, and no credential sent",
    );
}
