//! A PostgreSQL server of its own for the audit log: a second one in the container of the stack's, on another port, so that
//! it can end without the stack's.

use crate::Stack;

const PORT: u16 = 5433;
const DATA: &str = "/tmp/log-server";
const DBA: &str = "told to nobody but the test";

pub struct LogServer<'s> {
    stack: &'s Stack,
    container: String,
    /// What `turnlock` is told of it.
    env: [(&'static str, String); 2],
}

impl Stack {
    /// Started and set up; the stack's log, which was a file, has moved there.
    pub fn log_on_a_server(&self) -> LogServer<'_> {
        let postgres = self.container("postgres");
        let url = |user: &str| format!("postgres://{user}@{}:{PORT}/audit", postgres.address);
        let passfile = self.root.join("log.pgpass").display().to_string();
        let env = [("TURNLOCK_AUDIT_URL", url("audit_agent")), ("PGPASSFILE", passfile.clone())];
        let server = LogServer { stack: self, container: postgres.id.clone(), env };
        server.inside(&format!(
            "initdb --pgdata={DATA} --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync && \
             cp /usr/local/lib/breeze/pg_hba.conf {DATA}/"
        ));
        server.start();
        server.sql(&format!("CREATE ROLE dba LOGIN CREATEROLE PASSWORD '{DBA}'"));
        server.sql("CREATE DATABASE audit OWNER dba");
        let dba = url("dba");
        let line = format!(
            "setup audit --url {dba} --agent-login audit_agent --agent-passfile {passfile} --auditor-login auditor \
             --auditor-passfile {passfile}-auditor --yes"
        );
        self.turnlock_with(&line, &[("PGPASSWORD", DBA)]).ok();
        self.turnlock_with(&format!("audit move --to {}", url("audit_agent")), &server.env()[1..]).ok();
        server
    }
}

impl LogServer<'_> {
    pub fn env(&self) -> [(&str, &str); 2] {
        self.env.each_ref().map(|(name, value)| (*name, value.as_str()))
    }

    pub fn start(&self) {
        let options = format!("-p {PORT} -c listen_addresses=* -c unix_socket_directories={DATA}");
        self.inside(&format!("pg_ctl --pgdata={DATA} --wait --log={DATA}/log -o '{options}' start"));
    }

    /// As if its power were cut.
    pub fn end(&self) {
        self.inside(&format!("pg_ctl --pgdata={DATA} --wait --mode=immediate stop"));
    }

    pub fn sql(&self, statement: &str) {
        self.inside(&format!(
            "psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --host={DATA} --port={PORT} --username=postgres \
             --dbname=postgres --command=\"{statement}\""
        ));
    }

    fn inside(&self, command: &str) {
        self.stack.docker(&[
            "exec",
            &self.container,
            "sh",
            "-c",
            &format!("{{ {command}; }} >/dev/null 2>&1 </dev/null"),
        ]);
    }
}
