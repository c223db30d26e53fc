//! TLS: a private CA, a server under another name, client certificates as a condition and as a login.

use std::path::Path;

use serde_json::json;
use turnlock_tests::bao::free_port;
use turnlock_tests::certificates::{Authority, Pair};

use super::{Scene, and};

/// A server with two more doors: one speaks TLS, the other wants to see a certificate besides.
struct Doors {
    scene: Scene,
    open: String,
    strict: String,
    ours: Authority,
    client: Pair,
}

fn text(path: &Path) -> String {
    path.to_str().expect("a plain path").to_owned()
}

impl Doors {
    fn new() -> Doors {
        let (mut made, ports) = (None, [free_port(), free_port()]);
        let scene = Scene::with(|dir| {
            let ours = Authority::new(dir, "ours");
            let server = ours.server(dir, "server", "DNS:vault.internal,IP:127.0.0.1");
            let client = ours.client(dir, "agent");
            let door = |port: u16, more: &str| {
                let (certificate, key) = (&server.certificate, &server.key);
                format!(
                    "listener \"tcp\" {{\n address = \"127.0.0.1:{port}\"\n tls_cert_file = {certificate:?}\n \
                     tls_key_file = {key:?}\n {more}\n}}\n"
                )
            };
            let wants = format!(
                "tls_client_ca_file = {:?}\n tls_require_and_verify_client_cert = true",
                ours.certificate()
            );
            let config = door(ports[0], "") + &door(ports[1], &wants);
            made = Some((ours, client));
            config
        });
        let (ours, client) = made.expect("made while starting");
        let [open, strict] = ports.map(|port| format!("https://127.0.0.1:{port}"));
        Doors { scene, open, strict, ours, client }
    }

    fn client(&self) -> [(&'static str, String); 2] {
        [("VAULT_CLIENT_CERT", text(&self.client.certificate)), ("VAULT_CLIENT_KEY", text(&self.client.key))]
    }
}

#[test]
fn a_private_authority() {
    let doors = Doors::new();
    let scene = &doors.scene;
    let token = vec![("VAULT_TOKEN", scene.token()), ("VAULT_ADDR", doors.open.clone())];
    let trusting = and(&token, "VAULT_CACERT", &text(doors.ours.certificate()));
    scene.works(&trusting);

    let theirs = Authority::new(scene.bao.dir(), "theirs");
    for other in [and(&token, "VAULT_CACERT", &text(theirs.certificate())), token.clone()] {
        let said = scene.refused(&other);
        let sentence = "its certificate was made by a CA that is not known here; check VAULT_CACERT";
        assert!(said.contains(sentence) && said.contains(&doors.open), "{said}");
    }
    let said = scene.refused(&and(&token, "VAULT_CACERT", &text(&doors.client.key)));
    assert!(said.contains("holds no certificate"), "{said}");

    // A folder of authorities, with something else in it.
    std::fs::create_dir(scene.path("authorities")).expect("made");
    for file in [doors.ours.certificate(), theirs.certificate()] {
        std::fs::copy(file, scene.path("authorities").join(file.file_name().expect("it has")))
            .expect("copied");
    }
    scene.file("authorities/README", "who is who", 0o644);
    scene.works(&and(&token, "VAULT_CAPATH", &text(&scene.path("authorities"))));

    // The certificate is made out to this name as well, and to no other.
    scene.works(&and(&trusting, "VAULT_TLS_SERVER_NAME", "vault.internal"));
    let said = scene.refused(&and(&trusting, "VAULT_TLS_SERVER_NAME", "vault.example"));
    assert!(said.contains("made out to another name"), "{said}");
}

#[test]
fn a_client_certificate() {
    let doors = Doors::new();
    let scene = &doors.scene;
    let mut base =
        vec![("VAULT_CACERT", text(doors.ours.certificate())), ("VAULT_ADDR", doors.strict.clone())];

    // As a condition of every connection, whatever the login.
    let token = and(&base, "VAULT_TOKEN", &scene.token());
    let said = scene.refused(&token);
    // With the server's reason, or without: its alert and its end of the connection arrive together.
    assert!(
        said.contains("wants to see a client certificate") && said.contains("VAULT_CLIENT_KEY"),
        "{said}"
    );
    scene.works(&[&token[..], &doors.client()].concat());

    let stranger = Authority::new(scene.bao.dir(), "strangers").client(scene.bao.dir(), "stranger");
    let strange = and(
        &and(&token, "VAULT_CLIENT_CERT", &text(&stranger.certificate)),
        "VAULT_CLIENT_KEY",
        &text(&stranger.key),
    );
    let said = scene.refused(&strange);
    assert!(said.contains("VAULT_CLIENT_CERT"), "{said}");

    // As the login itself.
    scene.root("sys/auth/cert", json!({ "type": "cert" }));
    let authority = std::fs::read_to_string(doors.ours.certificate()).expect("it is there");
    let role = json!({ "certificate": authority, "allowed_common_names": "agent", "token_policies": "app" });
    scene.root("auth/cert/certs/agent", role);
    base.push(("VAULT_AUTH_METHOD", "cert".into()));
    let login = [&base[..], &doors.client()].concat();
    scene.works(&login);
    scene.works(&and(&login, "VAULT_ROLE", "agent"));

    let other = doors.ours.client(scene.bao.dir(), "somebody");
    let other = and(
        &and(&login, "VAULT_CLIENT_CERT", &text(&other.certificate)),
        "VAULT_CLIENT_KEY",
        &text(&other.key),
    );
    let said = scene.refused(&other);
    assert!(
        said.contains("refuses the login by certificate at auth/cert; check VAULT_CLIENT_CERT"),
        "{said}"
    );

    // A key of another certificate, and one that everybody may read.
    let mixed =
        and(&login, "VAULT_CLIENT_CERT", &text(&doors.ours.client(scene.bao.dir(), "third").certificate));
    let said = scene.refused(&mixed);
    assert!(said.contains("VAULT_CLIENT_KEY"), "{said}");
    let key = std::fs::read_to_string(&doors.client.key).expect("it is there");
    let said = scene.refused(&and(&login, "VAULT_CLIENT_KEY", &scene.file("open.key", &key, 0o644)));
    assert!(said.contains("chmod 600"), "{said}");
}
