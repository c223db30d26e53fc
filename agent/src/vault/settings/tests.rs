//! What is made of the environment, and what is refused.

use super::*;

fn read(variables: &[(&str, &str)]) -> Result<Settings, VaultError> {
    Settings::read(|name| {
        let found = variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        found.or_else(|| (name == "VAULT_ADDR").then(|| "https://vault.test:8200".into()))
    })
}

fn good(variables: &[(&str, &str)]) -> Settings {
    read(variables).unwrap_or_else(|e| panic!("{e}"))
}

fn refused(variables: &[(&str, &str)]) -> String {
    match read(variables) {
        Err(VaultError::Settings(what)) => what,
        _ => panic!("this is to be refused: {variables:?}"),
    }
}

#[test]
fn the_method_is_what_is_named_else_what_is_there() {
    let method = |variables: &[(&str, &str)]| good(variables).method.name();
    let role = ("VAULT_ROLE_ID", "r");
    let secret = ("VAULT_SECRET_ID_FILE", "/s");
    let token = ("VAULT_TOKEN", "t");
    assert_eq!(method(&[role, secret]), "approle");
    assert_eq!(method(&[role, secret, token]), "approle");
    assert_eq!(method(&[token]), "token");
    assert_eq!(method(&[role, secret, token, ("VAULT_AUTH_METHOD", "token")]), "token");
    assert_eq!(method(&[("VAULT_AUTH_METHOD", "kubernetes"), ("VAULT_ROLE", "app")]), "kubernetes");
    assert_eq!(method(&[("VAULT_AUTH_METHOD", "jwt"), ("VAULT_JWT_FILE", "/j")]), "jwt");
    let certificate =
        [("VAULT_CLIENT_CERT", "/c"), ("VAULT_CLIENT_KEY", "/k"), ("VAULT_AUTH_METHOD", "cert")];
    assert_eq!(method(&certificate), "cert");
}

#[test]
fn what_a_method_lacks_is_named() {
    for (method, lacks) in [
        ("approle", "VAULT_ROLE_ID"),
        ("token", "VAULT_TOKEN"),
        ("kubernetes", "VAULT_ROLE"),
        ("jwt", "VAULT_JWT_FILE"),
        ("cert", "VAULT_CLIENT_CERT"),
        ("ldap", "none of approle, token"),
    ] {
        let said = refused(&[("VAULT_AUTH_METHOD", method)]);
        assert!(said.contains(lacks), "{said}");
    }
    assert!(refused(&[("VAULT_ROLE_ID", "r")]).contains("VAULT_SECRET_ID_FILE"));
    assert!(refused(&[("VAULT_TOKEN", "t"), ("VAULT_CLIENT_CERT", "/c")]).contains("VAULT_CLIENT_KEY"));
}

#[test]
fn the_mount_is_the_methods_name_unless_told() {
    let token = ("VAULT_TOKEN", "t");
    assert_eq!(good(&[token]).mount, "token");
    assert_eq!(good(&[token, ("VAULT_AUTH_PATH", "/teams/a/")]).mount, "teams/a");
    for path in ["a/../b", "a//b", "a b", "a?b", "a%2fb", "ä", "/"] {
        assert!(refused(&[token, ("VAULT_AUTH_PATH", path)]).contains("VAULT_AUTH_PATH"), "{path}");
    }
}

#[test]
fn the_server_is_always_checked() {
    let token = ("VAULT_TOKEN", "t");
    for said in ["", " ", "0", "f", "false", "FALSE"] {
        good(&[token, ("VAULT_SKIP_VERIFY", said)]);
    }
    for said in ["1", "t", "true", "TRUE", "yes", "no"] {
        assert!(refused(&[token, ("VAULT_SKIP_VERIFY", said)]).contains("VAULT_CACERT"), "{said}");
    }
}

#[test]
fn an_address_is_scheme_host_and_port() {
    let token = ("VAULT_TOKEN", "t");
    for address in
        ["https://vault.test", "http://127.0.0.1:8200/", "https://[::1]:8200", "https://VAULT.test"]
    {
        good(&[token, ("VAULT_ADDR", address)]);
    }
    for address in [
        "",
        "vault.test:8200",
        "ftp://vault.test",
        "https://",
        "https://vault.test/ui",
        "https://s.TOKEN@vault.test",
        "https://vault.test?x",
        "https://vault.test#x",
    ] {
        let said = refused(&[token, ("VAULT_ADDR", address)]);
        assert!(said.contains("VAULT_ADDR") && !said.contains("TOKEN"), "{said}");
    }
}

#[test]
fn nothing_that_cannot_be_a_header_is_taken() {
    for token in ["two words", "a\nb", "wörd"] {
        let said = refused(&[("VAULT_TOKEN", token)]);
        assert!(!said.contains(token), "{said}");
    }
    let names = ["a b", "a/../b", "a\nb"];
    assert!(
        names.iter().all(|n| refused(&[("VAULT_TOKEN", "t"), ("VAULT_NAMESPACE", n)]).contains("NAMESPACE"))
    );
}

#[test]
fn the_caller_is_known_where_the_agent_is_somebody_else() {
    let approle = [("VAULT_ROLE_ID", "r"), ("VAULT_SECRET_ID_FILE", "/s")];
    assert!(good(&approle).caller.is_none());
    assert!(good(&[approle[0], approle[1], ("VAULT_TOKEN", "t")]).caller.is_some());
    assert!(good(&[("VAULT_TOKEN", "t")]).caller.is_none());
}

#[test]
fn a_login_by_certificate_wants_tls() {
    let certificate =
        [("VAULT_CLIENT_CERT", "/c"), ("VAULT_CLIENT_KEY", "/k"), ("VAULT_AUTH_METHOD", "cert")];
    let plain = ("VAULT_ADDR", "http://vault.test:8200");
    assert!(refused(&[certificate[0], certificate[1], certificate[2], plain]).contains("https://"));
}

#[test]
fn systemds_credential_is_found_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [("VAULT_ROLE_ID", "r"), ("CREDENTIALS_DIRECTORY", folder.path().to_str().unwrap())];
    assert!(refused(&variables).contains("vault-secret-id"));
    std::fs::write(folder.path().join("vault-secret-id"), "x").unwrap();
    assert_eq!(good(&variables).method.name(), "approle");
}

#[test]
fn a_call_takes_so_long_at_most() {
    let token = ("VAULT_TOKEN", "t");
    let limit = |text: &str| good(&[token, ("VAULT_CLIENT_TIMEOUT", text)]).trust.patience;
    assert_eq!(good(&[token]).trust.patience, Duration::from_secs(10));
    for (text, seconds) in [("", 10), ("3", 3), ("60s", 60), ("2m", 120), ("4000ms", 4)] {
        assert_eq!(limit(text), Duration::from_secs(seconds), "{text:?}");
    }
    for text in ["0", "0s", "s", "-1", "1h30m", "1.5", "99999999999999999999", "99999999999999999m"] {
        let said = refused(&[token, ("VAULT_CLIENT_TIMEOUT", text)]);
        assert!(said.contains("VAULT_CLIENT_TIMEOUT"), "{said}");
    }
}
