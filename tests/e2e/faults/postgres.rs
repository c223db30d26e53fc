//! PostgreSQL as a target: servers that are not there, full, standbys, or set up badly; roles that may not, or are not there.

use std::time::{Duration, Instant};

use turnlock_tests::{FaultPart, Stack, Value};

use super::untouched;
use crate::failure::impatient_draft;

const POLICY: &str = "policies/rotation/breeze.toml";
const OTHER: &str = "rotate OTHER_PASSWORD --yes";
const SERVICE: &str = "database = \"breeze\"\nservice = \"postgres\"\nport = 5432 # other";
const HBA: &str = "/var/lib/postgresql/data/pg_hba.conf";

const NOTHING: &str = "everything as it was: nothing was begun";
const AS_IT_WAS: &str = "everything as it was";
const NEW: &str = "the new value everywhere";

/// A second role, whose password stands in a file that no container has: so each fault costs no restart.
const MORE: &str = r#"
[secret.OTHER_PASSWORD]
generator = { kind = "hex", bytes = 24 }
every = "3 months"
impact = "None"

[database.other]
secret = "OTHER_PASSWORD"
role = "other"
SERVICE
admin = { mount = "secret", path = "breeze-admin/postgres" }
sessions = "keep"

[file.other]
path = "other"
template = "templates/other.tmpl"
format = "raw"
owner = "root"
group = "root"
mode = "0600"
reads = ["OTHER_PASSWORD"]

[limits]
database = "4s"
"#;

#[test]
fn whatever_the_database_does_it_ends_with_a_sentence_and_nothing_half_done() {
    let draft = impatient_draft("faults of PostgreSQL");
    let policy = std::fs::read_to_string(draft.folder().join(POLICY)).expect("readable");
    let template = "{{ with secret \"secret/data/breeze/OTHER_PASSWORD\" }}{{ .Data.data.value }}{{ end }}\n";
    let stack = draft
        .write(POLICY, &(policy + &MORE.replace("SERVICE", SERVICE)))
        .write("policies/rotation/templates/other.tmpl", template)
        .up();
    let first = Value::random(24);
    stack.remember(&first);
    stack.sql(&format!("SET log_statement = 'none'; CREATE ROLE other LOGIN PASSWORD '{}'", first.clear()));
    let file = stack.dir().join("other");
    std::fs::write(&file, format!("{}\n", first.clear())).expect("writable");
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("changeable");
    let stack = stack.import();
    let mut page = FaultPart::new("PostgreSQL");

    roles(&stack, &mut page);
    ways_to_log_in(&stack, &mut page);
    addresses(&stack, &mut page);
    a_standby(&stack, &mut page);
    a_restart(&stack, &mut page);
    page.is_as_written();
    stack.turnlock("drift").ok();
    stack.turnlock("audit verify").ok();
    stack.finish();
}

/// One fault by statements, which is refused, and another by which it is gone.
#[track_caller]
fn refused(stack: &Stack, page: &mut FaultPart, fault: &str, [there, gone]: [&str; 2], said: &str) {
    stack.scene(fault);
    stack.sql(there);
    let refused = untouched(stack, OTHER, 5);
    stack.sql(gone);
    refused.says(said);
    page.row(stack, fault, &refused, NOTHING);
}

fn roles(stack: &Stack, page: &mut FaultPart) {
    let missing = ["ALTER ROLE other RENAME TO gone", "ALTER ROLE gone RENAME TO other"];
    refused(stack, page, "the role is missing", missing, "the server has no such role");
    let barred = ["ALTER ROLE other NOLOGIN", "ALTER ROLE other LOGIN"];
    refused(stack, page, "the role may not log in", barred, "may not log in (NOLOGIN)");
    let expired = ["ALTER ROLE other VALID UNTIL 'yesterday'", "ALTER ROLE other VALID UNTIL 'infinity'"];
    refused(
        stack,
        page,
        "the role's password has expired (`VALID UNTIL`)",
        expired,
        "its password has expired",
    );
    let full = ["ALTER ROLE other CONNECTION LIMIT 0", "ALTER ROLE other CONNECTION LIMIT -1"];
    refused(stack, page, "there are too many connections", full, "it has no connection left");

    let first = stack.vault().version("OTHER_PASSWORD", 1);
    assert!(stack.open_session("other", &first).is_ok(), "it has its first password still");

    stack.scene("too many connections, for a moment");
    stack.sql(full[0]);
    let (began, child) = (Instant::now(), stack.spawn(OTHER, &[]));
    std::thread::sleep(Duration::from_secs(2));
    stack.sql(full[1]);
    let done = stack.ended(OTHER, child, began);
    done.ok();
    page.row(stack, "there are too many connections, for a moment", &done, NEW);

    stack.scene("an administrator who may not alter the role");
    stack.sql("ALTER ROLE turnlock NOCREATEROLE");
    let failed = untouched(stack, OTHER, 1);
    stack.sql("ALTER ROLE turnlock CREATEROLE");
    failed.says("Failed, and taken back").has_line(&["apply database.other", "FAILED", "SQLSTATE 42501"]);
    page.row(stack, "the administrator may not alter the role", &failed, AS_IT_WAS);

    stack.scene("nothing may be written");
    let read_only =
        ["ALTER ROLE turnlock SET default_transaction_read_only = on", "ALTER ROLE turnlock RESET ALL"];
    refused(stack, page, "whoever alters the role may only read", read_only, "is read-only");
}

fn ways_to_log_in(stack: &Stack, page: &mut FaultPart) {
    let postgres = stack.container("postgres").id;
    let shell = |command: &str| stack.docker(&["exec", &postgres, "sh", "-c", command]);
    let reload = || stack.sql("SELECT pg_reload_conf()");
    for (method, fault, said) in [
        ("reject", "`pg_hba.conf` rejects the role", "pg_hba.conf lets nobody in on this route"),
        ("trust", "`pg_hba.conf` trusts everybody on the route", "accepts a random password"),
        ("password", "the server asks for the password in clear text, without TLS", "none was sent"),
    ] {
        stack.scene(fault);
        shell(&format!("cp {HBA} {HBA}.kept && sed -i '1i host all other all {method}' {HBA}"));
        stack.sql("ALTER SYSTEM SET log_connections = on");
        reload();
        let refused = untouched(stack, OTHER, 5);
        stack.turnlock("drift").exits(4).says(said);
        refused.says(said);
        page.row(stack, fault, &refused, NOTHING);
        if method == "password" {
            let sent = || stack.logs("postgres").matches("method=password").count();
            assert_eq!(sent(), 0, "a password was sent");
            let is = stack.vault().newest("OTHER_PASSWORD");
            assert!(stack.open_session("other", &is).is_ok() && sent() == 1, "the log would have told");
        }
        shell(&format!("mv {HBA}.kept {HBA}"));
        stack.sql("ALTER SYSTEM RESET log_connections");
        reload();
    }
    stack.turnlock("drift").ok();
}

fn addresses(stack: &Stack, page: &mut FaultPart) {
    for (address, fault, said) in [
        ("nowhere.invalid:5432", "the host's name stands for no address", "stands for no address"),
        ("127.0.0.1:1", "nobody listens at the address", "connection refused"),
    ] {
        stack.scene(fault);
        let elsewhere = format!("database = \"breeze\"\naddress = \"{address}\" # other");
        stack.edit(POLICY, SERVICE, &elsewhere);
        let refused = untouched(stack, OTHER, 5);
        stack.edit(POLICY, &elsewhere, SERVICE);
        refused.says(said);
        page.row(stack, fault, &refused, NOTHING);
    }

    stack.scene("the database is down");
    let was = stack.container("postgres");
    stack.docker(&["stop", &was.id]);
    let refused = untouched(stack, OTHER, 5);
    refused.says("service postgres has no running container");
    page.row(stack, "the database is down", &refused, NOTHING);

    stack.scene("and comes back at another address");
    let network = format!("{}_default", stack.project);
    let name = format!("{}-taker", stack.project);
    let taker = ["run", "--detach", "--name", &name, "--network", &network, "--entrypoint", "sleep"];
    stack.docker(&[&taker[..], &[&was.image_id, "infinity"]].concat());
    stack.docker(&["start", &was.id]);
    stack.docker(&["rm", "--force", &name]);
    assert_ne!(stack.container("postgres").address, was.address);
    let done = stack.turnlock(OTHER);
    done.ok().says("everywhere, verified");
    page.row(stack, "the database comes back at another address", &done, NEW);
}

fn a_standby(stack: &Stack, page: &mut FaultPart) {
    stack.scene("a hot standby");
    let postgres = stack.container("postgres").id;
    stack.docker(&["exec", &postgres, "touch", "/var/lib/postgresql/data/standby.signal"]);
    stack.docker(&["restart", &postgres]);
    let refused = untouched(stack, OTHER, 5);
    refused.says("is a standby, where nothing can be changed");
    stack.sql("SELECT pg_promote()");
    page.row(stack, "the server is a hot standby", &refused, NOTHING);
    stack.turnlock(OTHER).ok();
}

fn a_restart(stack: &Stack, page: &mut FaultPart) {
    stack.scene("the server is restarted in the middle of a rotation");
    stack.until("the api is ready again", 60, || stack.api().is_ready());
    let was = stack.container("postgres");
    let line = "rotate POSTGRES_PASSWORD --yes";
    let (began, child) = (Instant::now(), stack.spawn(line, &[]));
    stack.until_step("apply hold");
    stack.docker(&["restart", &was.id]);
    let done = stack.ended(line, child, began);
    println!("{done}");
    done.ok().says("Done: POSTGRES_PASSWORD v2, everywhere, verified");
    assert_ne!(stack.container("postgres").restarted_at, was.restarted_at);
    assert_eq!(stack.db_login(&stack.vault().newest("POSTGRES_PASSWORD")), Ok(()));
    page.row(stack, "the server is restarted in the middle of a rotation", &done, NEW);
}
