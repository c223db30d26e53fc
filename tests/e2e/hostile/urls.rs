//! Values in a URL's password, percent-encoded as `docs/templates.md` says, read by the real libpq and by sqlx; and logins with
//! them.

use std::io::Write;
use std::process::{Command, Stdio};
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use turnlock::policy::Format;
use turnlock_tests::Postgres;

use super::many::{action, hold_for_all, known, refusal_is_wrong, render, values};

const ENCODED: &str = " | urlquery | replaceAll \"+\" \"%20\"";

fn url(value: &str, address: &str) -> Result<String, String> {
    let template = format!("postgres://app:{}@{address}/app?application_name=x", action(ENCODED));
    render(Format::Raw, &template, value).map_err(|e| refusal_is_wrong(&e, value).unwrap_or_default())
}

#[test]
fn libpq_and_sqlx_read_in_a_url_what_was_put_there() {
    hold_for_all("URLs, as libpq and sqlx read them", known(), 2500, values(), |cases| {
        let urls: Vec<String> =
            cases.iter().map(|v| url(v, "db.example:5432").expect("any value can be encoded")).collect();
        let libpq = read_by_libpq(&urls);
        let compare = |((value, url), libpq): ((&String, &String), String)| {
            let expected = format!("app\t{value}\tdb.example\tapp");
            if libpq != expected {
                return Some(format!("libpq reads {libpq:?}"));
            }
            let sqlx = read_by_sqlx(url);
            (sqlx != expected).then(|| format!("sqlx reads {sqlx:?}"))
        };
        cases.iter().zip(&urls).zip(libpq).map(compare).collect()
    });
}

/// User, password, host and database, with tabs between.
fn read_by_sqlx(url: &str) -> String {
    let options = match PgConnectOptions::from_str(url) {
        Ok(options) => options,
        Err(e) => return format!("an error: {e}"),
    };
    // The only way to see the password: written as another URL, all of it encoded.
    let written = options.to_url_lossy();
    let password = percent_decoded(written.password().unwrap_or_default());
    let database = options.get_database().unwrap_or_default();
    format!("{}\t{password}\t{}\t{database}", options.get_username(), options.get_host())
}

fn percent_decoded(text: &str) -> String {
    let form = text.replace('+', "%2B");
    let pair = url::form_urlencoded::parse(form.as_bytes()).next();
    pair.map(|(key, _)| key.into_owned()).unwrap_or_default()
}

/// The library itself, with nothing between but the means to call it.
const LIBPQ: &str = r#"
import ctypes, json, sys
class Option(ctypes.Structure):
    _fields_ = [(n, ctypes.c_char_p) for n in ("keyword", "envvar", "compiled", "val", "label", "dispchar")] + [("dispsize", ctypes.c_int)]
libpq = ctypes.CDLL("libpq.so.5")
libpq.PQconninfoParse.restype = ctypes.POINTER(Option)
libpq.PQconninfoParse.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_char_p)]
libpq.PQconninfoFree.argtypes = [ctypes.POINTER(Option)]
read = []
for url in json.load(sys.stdin):
    error = ctypes.c_char_p()
    options = libpq.PQconninfoParse(url.encode(), ctypes.byref(error))
    if not options:
        read.append("an error")
        continue
    found, at = {}, 0
    while options[at].keyword:
        found[options[at].keyword.decode()] = (options[at].val or b"").decode()
        at += 1
    libpq.PQconninfoFree(options)
    read.append("\t".join(found[key] for key in ("user", "password", "host", "dbname")))
json.dump(read, sys.stdout)
"#;

fn read_by_libpq(urls: &[String]) -> Vec<String> {
    let mut python = Command::new("python3")
        .args(["-c", LIBPQ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs; docker/setup installs it, and psql with its libpq");
    let mut stdin = python.stdin.take().expect("piped");
    let text = serde_json::to_string(urls).expect("JSON");
    let feeding = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = python.wait_with_output().expect("python3 ends");
    feeding.join().expect("no panic").expect("python3 reads");
    serde_json::from_slice(&output.stdout).expect("what libpq read")
}

/// The best proof that a URL says a password is a login with it, where another one is refused.
#[test]
fn psql_and_sqlx_log_in_with_a_url_that_has_the_value_in_it() {
    let mut server = Postgres::start();
    server.sql("CREATE ROLE app LOGIN; CREATE DATABASE app OWNER app");
    let address = format!("{}:5432", server.address);
    let known: Vec<String> =
        known().into_iter().filter(|v| v.len() < 4096 && !v.contains("ab")).step_by(3).collect();
    let random = 200_usize.saturating_sub(known.len());
    let server = std::cell::RefCell::new(server);
    hold_for_all("logins by psql and sqlx", known, random, values(), |cases| {
        let wrong = |(number, value): (usize, &String)| {
            login_is_wrong(&mut server.borrow_mut(), &address, value, number.is_multiple_of(10))
        };
        cases.iter().enumerate().map(wrong).collect()
    });
}

fn login_is_wrong(server: &mut Postgres, address: &str, value: &str, with_control: bool) -> Option<String> {
    let verifier = postgres_protocol::password::scram_sha_256(value.as_bytes());
    server.sql(&format!("ALTER ROLE app PASSWORD '{verifier}'"));
    let url = url(value, address).expect("any value can be encoded");
    if !psql(&url) {
        return Some("psql is refused".into());
    }
    match sqlx(&url) {
        Ok(()) => {}
        // It takes no password that SASLprep does not know, where libpq takes its bytes; the agent says so.
        Err(sqlx::Error::Configuration(_)) if value.chars().any(|c| !c.is_ascii() || c.is_control()) => {}
        Err(e) => return Some(format!("sqlx is refused: {e}")),
    }
    (with_control && psql(&url.replacen("app:", "app:x", 1))).then(|| "another password is accepted".into())
}

fn sqlx(url: &str) -> Result<(), sqlx::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
    runtime.block_on(async { PgConnection::connect_with(&options).await?.close().await })
}

fn psql(url: &str) -> bool {
    let mut psql = Command::new("psql");
    // A test's own value may stand in an argument.
    psql.args(["--no-psqlrc", "--no-password", "--quiet", "--tuples-only", "--command=SELECT 1"]).arg(url);
    psql.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
    psql.status().expect("psql runs").success()
}
