//! A real PostgreSQL for one test process: in a container of the stack's image, which ends with the process that holds its
//! standard input, however that ends.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sqlx::{Connection, PgConnection};
use turnlock_audit::{
    AuditUrl, Log, Reader,
    setup::{self, Group, Login},
    verify,
};

const SCRIPT: &str = r#"
set -eu
initdb --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
echo 'host all all all trust' >>"$PGDATA/pg_hba.conf"
postgres -c listen_addresses='*' -c max_prepared_transactions=5 -c max_connections=200 >/tmp/log 2>&1 &
until pg_isready --quiet --host=127.0.0.1; do sleep 0.1; done
echo ready
# Until the test's process has ended, and with it this pipe.
cat >/dev/null
"#;

struct Server {
    address: String,
    _ends_it: ChildStdin,
    _docker: Child,
}

static SERVER: LazyLock<Server> = LazyLock::new(|| {
    let name = format!("tl-audit-{}", std::process::id());
    let mut docker = Command::new("docker")
        .args(["run", "--rm", "--interactive", "--name", &name, "--shm-size=256m"])
        .args(["--entrypoint", "sh", "turnlock-demo/postgres:15", "-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("docker");
    let ends_it = docker.stdin.take().unwrap();
    let mut answers = BufReader::new(docker.stdout.take().unwrap());
    let mut ready = String::new();
    answers.read_line(&mut ready).unwrap();
    assert_eq!(
        ready.trim(),
        "ready",
        "the image turnlock-demo/postgres:15 is made by docker/stack/images/build"
    );
    let format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
    let address = Command::new("docker").args(["inspect", "--format", format, &name]).output().unwrap();
    let address = String::from_utf8(address.stdout).unwrap().trim().to_owned();
    Server { address, _ends_it: ends_it, _docker: docker }
});

/// A database of its own, with a log in it.
pub(crate) struct Database {
    pub(crate) name: String,
}

impl Database {
    pub(crate) async fn empty() -> Database {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("log{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        raw("postgres", "postgres", &format!("CREATE DATABASE {name}")).await.unwrap();
        Database { name }
    }

    /// A name that is used once.
    pub(crate) async fn named(name: &str) -> Database {
        raw("postgres", "postgres", &format!("CREATE DATABASE {name}")).await.unwrap();
        Database { name: name.into() }
    }

    pub(crate) async fn new() -> Database {
        let database = Database::empty().await;
        database.set_up("postgres").await;
        database
    }

    /// With the logins `<name>_agent` and `<name>_auditor`.
    pub(crate) async fn set_up(&self, user: &str) {
        let url = self.url(user);
        let changes = setup::plan(&url, &self.logins()).await.unwrap();
        setup::apply(&url, &changes).await.unwrap();
    }

    pub(crate) fn logins(&self) -> [Login; 2] {
        let login = |suffix: &str, group| {
            Login {
            name: format!("{}_{suffix}", self.name),
            group,
            verifier: "SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=".into(),
        }
        };
        [login("agent", Group::Agent), login("auditor", Group::Auditor)]
    }

    pub(crate) fn url(&self, user: &str) -> AuditUrl {
        format!("postgres://{user}@{}:5432/{}", SERVER.address, self.name).parse().unwrap()
    }

    pub(crate) fn agent(&self) -> AuditUrl {
        self.url(&format!("{}_agent", self.name))
    }

    pub(crate) fn auditor(&self) -> AuditUrl {
        self.url(&format!("{}_auditor", self.name))
    }

    pub(crate) async fn open(&self) -> Log {
        Log::open(&self.agent()).await.unwrap()
    }

    pub(crate) async fn reader(&self) -> Reader {
        Reader::open(&self.auditor()).await.unwrap()
    }

    pub(crate) async fn verify(&self) -> Result<verify::Report, verify::VerifyError> {
        verify::verify(&self.reader().await, verify::Depth::Full).await
    }

    /// As somebody, by hand.
    pub(crate) async fn raw(&self, user: &str, sql: &str) -> Result<(), sqlx::Error> {
        raw(&self.name, user, sql).await
    }

    pub(crate) async fn connection(&self, user: &str) -> PgConnection {
        connection(&self.name, user).await
    }

    pub(crate) async fn superuser(&self, sql: &str) {
        self.raw("postgres", sql).await.expect(sql);
    }

    /// What a superuser can do: take the triggers away, change what he likes, and put them back to the letter.
    pub(crate) async fn forge(&self, sql: &str) {
        let turn = |how: &str| {
            format!(
                "DO $$ DECLARE t record; BEGIN FOR t IN SELECT c.oid::regclass AS name, g.tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid \
                 WHERE c.relnamespace = 'turnlock'::regnamespace AND NOT g.tgisinternal LOOP \
                 EXECUTE format('ALTER TABLE ONLY %s {how} TRIGGER %I', t.name, t.tgname); END LOOP; END $$;"
            )
        };
        self.superuser(&format!("{} {sql}; {}", turn("DISABLE"), turn("ENABLE ALWAYS"))).await;
    }

    /// Everything that is stored, to see whether anything changed.
    pub(crate) async fn contents(&self) -> Vec<String> {
        let sql = "SELECT e::text FROM turnlock.entries e UNION ALL SELECT s::text FROM turnlock.subjects s \
                   UNION ALL SELECT h::text FROM turnlock.head h ORDER BY 1";
        sqlx::query_scalar(sql).fetch_all(&mut self.connection("postgres").await).await.unwrap()
    }
}

async fn connection(database: &str, user: &str) -> PgConnection {
    let url = format!("postgres://{user}@{}:5432/{database}", SERVER.address);
    PgConnection::connect(&url).await.unwrap()
}

async fn raw(database: &str, user: &str, sql: &str) -> Result<(), sqlx::Error> {
    let mut connection = connection(database, user).await;
    let result = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await;
    connection.close().await.unwrap();
    result.map(drop)
}
