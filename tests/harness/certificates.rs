//! Certificates and signatures of a test's own, made by the `openssl` program.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A certificate and its key, in PEM.
pub struct Pair {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// An authority that nobody else knows.
pub struct Authority(Pair);

impl Authority {
    pub fn new(dir: &Path, name: &str) -> Authority {
        let pair = Pair::at(dir, name);
        openssl(
            &format!("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={name}"),
            &[("-keyout", &pair.key), ("-out", &pair.certificate)],
        );
        Authority(pair)
    }

    pub fn certificate(&self) -> &Path {
        &self.0.certificate
    }

    /// For a server, with the names that it goes by: `DNS:vault.test,IP:127.0.0.1`.
    pub fn server(&self, dir: &Path, name: &str, names: &str) -> Pair {
        self.issue(dir, name, &format!("subjectAltName={names}\nextendedKeyUsage=serverAuth\n"))
    }

    pub fn client(&self, dir: &Path, name: &str) -> Pair {
        self.issue(dir, name, "extendedKeyUsage=clientAuth\n")
    }

    fn issue(&self, dir: &Path, name: &str, extensions: &str) -> Pair {
        let pair = Pair::at(dir, name);
        let (request, file) = (dir.join(format!("{name}.csr")), dir.join(format!("{name}.ext")));
        std::fs::write(&file, extensions).expect("the extensions are written");
        openssl(
            &format!("req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={name}"),
            &[("-keyout", &pair.key), ("-out", &request)],
        );
        openssl(
            "x509 -req -days 2 -CAcreateserial",
            &[
                ("-in", &request),
                ("-CA", &self.0.certificate),
                ("-CAkey", &self.0.key),
                ("-extfile", &file),
                ("-out", &pair.certificate),
            ],
        );
        pair
    }
}

impl Pair {
    fn at(dir: &Path, name: &str) -> Pair {
        Pair { certificate: dir.join(format!("{name}.pem")), key: dir.join(format!("{name}.key")) }
    }
}

/// A key that signs JSON Web Tokens (RFC 7519) with RS256 (RFC 7518, section 3.3).
pub struct Signer {
    key: PathBuf,
    /// The public key, in PEM.
    pub public: String,
}

impl Signer {
    pub fn new(dir: &Path, name: &str) -> Signer {
        let (key, public) = (dir.join(format!("{name}.key")), dir.join(format!("{name}.pub")));
        openssl("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048", &[("-out", &key)]);
        openssl("pkey -pubout", &[("-in", &key), ("-out", &public)]);
        Signer { key, public: std::fs::read_to_string(public).expect("openssl wrote it") }
    }

    pub fn token(&self, claims: &serde_json::Value) -> String {
        let head = serde_json::json!({ "alg": "RS256", "typ": "JWT" });
        let part = |json: &serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let signed = format!("{}.{}", part(&head), part(claims));
        let mut command = Command::new("openssl");
        command.args(["dgst", "-sha256", "-sign"]).arg(&self.key);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("openssl starts");
        child.stdin.take().expect("piped").write_all(signed.as_bytes()).expect("openssl reads");
        let output = child.wait_with_output().expect("openssl ends");
        assert!(output.status.success(), "openssl did not sign");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(output.stdout))
    }
}

fn openssl(words: &str, files: &[(&str, &Path)]) {
    let mut command = Command::new("openssl");
    command.args(words.split(' '));
    for (option, file) in files {
        command.arg(option).arg(file);
    }
    let output = command.stdin(Stdio::null()).output().expect("`openssl` starts");
    assert!(output.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&output.stderr));
}
