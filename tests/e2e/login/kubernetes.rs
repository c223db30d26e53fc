//! The login of a Kubernetes pod. OpenBao's method is the real one; the one question that it asks of Kubernetes, whether a
//! service account's token is genuine (TokenReview, authentication.k8s.io/v1), is answered by a server of this test's own,
//! since no Kubernetes can be run here.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value as Json, json};
use turnlock_tests::certificates::{Authority, Signer};

use super::{Scene, and};

const PATH: &str = "POST /apis/authentication.k8s.io/v1/tokenreviews ";

/// Says of one token that it is genuine, and counts the questions.
fn api_server(genuine: String, reviewer: &'static str) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a loopback port");
    let address = format!("http://{}", listener.local_addr().expect("bound"));
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    // It ends with the test's process.
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::SeqCst);
            answer(connection, &genuine, reviewer).expect("OpenBao asks in HTTP");
        }
    });
    (address, asked)
}

fn answer(connection: TcpStream, genuine: &str, reviewer: &str) -> std::io::Result<()> {
    let mut from = BufReader::new(connection.try_clone()?);
    let (mut head, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        from.read_line(&mut line)?;
        let line = line.trim_end().to_owned();
        if let Some(bytes) = line.to_lowercase().strip_prefix("content-length:") {
            length = bytes.trim().parse().expect("a number");
        }
        if line.is_empty() {
            break;
        }
        head.push(line);
    }
    let mut body = vec![0; length];
    from.read_exact(&mut body)?;
    let review: Json = serde_json::from_slice(&body)?;
    let allowed = head.iter().any(|l| l.eq_ignore_ascii_case(&format!("authorization: bearer {reviewer}")));
    let good = head[0].starts_with(PATH) && allowed && review["spec"]["token"] == genuine;
    let user = json!({ "username": "system:serviceaccount:shop:turnlock", "uid": "4711", "groups": [] });
    let status = if good {
        json!({ "authenticated": true, "user": user, "audiences": review["spec"]["audiences"] })
    } else {
        json!({ "authenticated": false })
    };
    let text = json!({ "kind": "TokenReview", "apiVersion": "authentication.k8s.io/v1", "status": status })
        .to_string();
    let head = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nConnection: close\r\n";
    write!(&connection, "{head}Content-Length: {}\r\n\r\n{text}", text.len())
}

#[test]
fn a_service_account() {
    let scene = Scene::new();
    let signer = Signer::new(scene.bao.dir(), "cluster");
    let account = |name: &str| {
        let now = jiff::Timestamp::now().as_second();
        let who = json!({ "namespace": "shop", "serviceaccount": { "name": name, "uid": "4711" } });
        let sub = format!("system:serviceaccount:shop:{name}");
        signer.token(&json!({
            "iss": "https://kubernetes.default.svc", "aud": ["vault"], "sub": sub, "kubernetes.io": who,
            "iat": now, "nbf": now, "exp": now + 600,
        }))
    };
    let genuine = account("turnlock");
    let (address, asked) = api_server(genuine.clone(), "reviewer-jwt");
    let authority = Authority::new(scene.bao.dir(), "authority");
    scene.root("sys/auth/kubernetes", json!({ "type": "kubernetes" }));
    let config = json!({
        "kubernetes_host": address, "token_reviewer_jwt": "reviewer-jwt", "disable_local_ca_jwt": true,
        // Asked for, and not used: this server speaks HTTP.
        "kubernetes_ca_cert": std::fs::read_to_string(authority.certificate()).expect("it is there"),
    });
    scene.root("auth/kubernetes/config", config);
    let role = json!({
        "bound_service_account_names": "turnlock", "bound_service_account_namespaces": "shop",
        "token_policies": "app",
    });
    scene.root("auth/kubernetes/role/app", role);

    let method = vec![("VAULT_AUTH_METHOD", "kubernetes".to_owned()), ("VAULT_ROLE", "app".to_owned())];
    scene.works(&and(&method, "VAULT_JWT_FILE", &scene.file("jwt", &genuine, 0o600)));
    assert_eq!(asked.load(Ordering::SeqCst), 1, "Kubernetes was asked");

    let forged = scene.file("forged", &format!("{genuine}x"), 0o600);
    let said = scene.refused(&and(&method, "VAULT_JWT_FILE", &forged));
    assert!(said.contains("refuses the login by Kubernetes") && said.contains("VAULT_ROLE"), "{said}");
    // Without a file named, it is the kubelet's.
    let said = scene.refused(&method);
    assert!(said.contains("/var/run/secrets/kubernetes.io/serviceaccount/token"), "{said}");
}
