//! A PostgreSQL server of a test's own, in a container of the stack's image that ends with the test. For what needs no stack.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

const SCRIPT: &str = r#"
set -eu
initdb --username=postgres --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
postgres -c listen_addresses='*' -c fsync=off >/tmp/log 2>&1 &
until pg_isready --quiet --host=127.0.0.1; do sleep 0.1; done
hostname --ip-address
# Statements until the test has ended, and with it this pipe.
exec psql --quiet --no-psqlrc --tuples-only --no-align --username=postgres
"#;

/// A running server. Logins over the network need a password; [`Postgres::sql`] is its superuser, by the socket.
pub struct Postgres {
    pub address: String,
    answers: BufReader<std::process::ChildStdout>,
    docker: Child,
}

impl Postgres {
    pub fn start() -> Postgres {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("tl-test-{}-postgres-{number}", std::process::id());
        let mut docker = Command::new("docker")
            .args(["run", "--rm", "--interactive", "--name", &name, "--shm-size=64m"])
            .args(["--entrypoint", "sh", "turnlock-demo/postgres:15", "-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("docker runs");
        let mut answers = BufReader::new(docker.stdout.take().expect("piped"));
        let mut address = String::new();
        answers.read_line(&mut address).expect("readable");
        let address = address.trim().to_owned();
        assert!(
            address.parse::<std::net::IpAddr>().is_ok(),
            "no server; the image turnlock-demo/postgres:15 is made by docker/stack/images/build"
        );
        Postgres { address, answers, docker }
    }

    /// Runs statements; gives back what psql prints of their rows.
    pub fn sql(&mut self, statements: &str) -> String {
        const END: &str = "-- that is all";
        let stdin = self.docker.stdin.as_mut().expect("piped");
        writeln!(stdin, "{statements}\n;\n\\echo '{END}'").expect("psql reads");
        let mut said = String::new();
        loop {
            let before = said.len();
            let read = self.answers.read_line(&mut said).expect("readable");
            assert!(read > 0, "psql ended");
            if said[before..].trim_end() == END {
                said.truncate(before);
                return said;
            }
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.docker.stdin.take());
        let _ = self.answers.read_to_string(&mut String::new());
        let _ = self.docker.wait();
    }
}
