//! The attacks, with what has to come of each.

/// Who tries it, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Agent,
    Auditor,
    Pruner,
    Owner,
    Superuser,
    /// Whoever may open the file.
    File,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    Postgres,
    Sqlite,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    Refused,
    /// With these words in what verify says.
    Verify(&'static str),
    /// With these words in what posture finds.
    Posture(&'static str),
    Harmless,
}

pub(crate) struct Attack {
    pub(crate) title: &'static str,
    pub(crate) tries: &'static [(By, &'static str, Ends)],
}

impl By {
    pub(crate) fn on(self) -> On {
        if self == By::File { On::Sqlite } else { On::Postgres }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            By::Agent => "agent",
            By::Auditor => "auditor",
            By::Pruner => "pruner",
            By::Owner => "owner",
            By::Superuser => "superuser",
            By::File => "anybody",
        }
    }

    pub(crate) fn user(self, database: &str) -> String {
        match self {
            By::Agent => format!("{database}_agent"),
            By::Auditor => format!("{database}_auditor"),
            _ => "postgres".into(),
        }
    }
}

use By::{Agent, Auditor, File, Owner, Pruner, Superuser};
use Ends::{Harmless, Posture, Refused, Verify};

/// Triggers away, the deed, triggers back: what a superuser can do and leave no rule changed.
macro_rules! forged {
    ($sql:literal) => {
        concat!(
            "SET session_replication_role = origin; ALTER TABLE turnlock.entries DISABLE TRIGGER never_changed; ALTER TABLE turnlock.subjects DISABLE TRIGGER never_changed; \
             ALTER TABLE turnlock.head DISABLE TRIGGER head_only_grows; ",
            $sql,
            "; ALTER TABLE turnlock.entries ENABLE ALWAYS TRIGGER never_changed; ALTER TABLE turnlock.subjects ENABLE ALWAYS TRIGGER never_changed; \
             ALTER TABLE turnlock.head ENABLE ALWAYS TRIGGER head_only_grows"
        )
    };
}

/// The same in a file.
macro_rules! forged_file {
    ($sql:literal) => {
        concat!(
            "DROP TRIGGER entries_are_never_changed; ",
            $sql,
            "; CREATE TRIGGER entries_are_never_changed BEFORE UPDATE ON entries\nBEGIN\n    SELECT RAISE(ABORT, 'the audit log is append-only: an entry is never changed');\nEND"
        )
    };
}

pub(crate) const ATTACKS: &[Attack] = &[
    Attack {
        title: "change an entry (`UPDATE`)",
        tries: &[
            (Agent, "UPDATE turnlock.entries SET action = 'x' WHERE seq = 3", Refused),
            (Auditor, "UPDATE turnlock.entries SET action = 'x' WHERE seq = 3", Refused),
            (Pruner, "SET ROLE $name_audit_pruner; UPDATE turnlock.entries SET action = 'x'", Refused),
            (Owner, "UPDATE turnlock.entries SET action = 'x' WHERE seq = 3", Refused),
            (Superuser, "UPDATE turnlock.entries SET action = 'x' WHERE seq = 3", Refused),
            (File, "UPDATE entries SET action = 'x' WHERE seq = 3", Refused),
        ],
    },
    Attack {
        title: "remove an entry (`DELETE`)",
        tries: &[
            (Agent, "DELETE FROM turnlock.entries WHERE seq = 7", Refused),
            (Auditor, "DELETE FROM turnlock.entries", Refused),
            (Pruner, "SET ROLE $name_audit_pruner; DELETE FROM turnlock.entries", Refused),
            (Owner, "DELETE FROM turnlock.entries WHERE seq = 7", Refused),
            (Superuser, "DELETE FROM turnlock.entries", Refused),
            (Superuser, "DELETE FROM turnlock.subjects", Refused),
            (File, "DELETE FROM entries", Refused),
            (File, "DELETE FROM entries WHERE seq = 7", Refused),
        ],
    },
    Attack {
        title: "empty the table (`TRUNCATE`)",
        tries: &[
            (Agent, "TRUNCATE turnlock.entries", Refused),
            (Owner, "TRUNCATE turnlock.entries, turnlock.subjects", Refused),
            (Superuser, "TRUNCATE turnlock.entries", Refused),
            (Superuser, "TRUNCATE turnlock.head", Refused),
            (File, "DELETE FROM subjects", Refused),
        ],
    },
    Attack {
        title: "empty a partition",
        tries: &[
            (
                Agent,
                "DO $$ BEGIN EXECUTE format('TRUNCATE turnlock.%I', 'entries_' || to_char(now(), 'YYYY_MM')); END $$",
                Refused,
            ),
            (
                Owner,
                "DO $$ BEGIN EXECUTE format('TRUNCATE turnlock.%I', 'entries_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')); END $$",
                Refused,
            ),
            (
                Superuser,
                "DO $$ BEGIN EXECUTE format('TRUNCATE turnlock.%I', 'subjects_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')); END $$",
                Refused,
            ),
        ],
    },
    Attack {
        title: "detach a partition (`DETACH PARTITION`)",
        tries: &[
            (Agent, "ALTER TABLE turnlock.entries DETACH PARTITION turnlock.entries_2027_01", Refused),
            (
                Owner,
                "DO $$ BEGIN EXECUTE format('ALTER TABLE turnlock.entries DETACH PARTITION turnlock.%I', 'entries_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')); END $$",
                Verify("was detached"),
            ),
        ],
    },
    Attack {
        title: "drop a partition, the table, the schema",
        tries: &[
            (Agent, "DROP TABLE turnlock.entries_2027_01", Refused),
            (Agent, "DROP SCHEMA turnlock CASCADE", Refused),
            (Auditor, "DROP TABLE turnlock.entries CASCADE", Refused),
            (
                Owner,
                "DO $$ BEGIN EXECUTE format('DROP TABLE turnlock.%I', 'entries_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')); END $$",
                Verify("doesn't name what the entry names"),
            ),
            (File, "DROP TABLE subjects", Verify("`subjects` is missing")),
        ],
    },
    Attack {
        title: "write an entry past the append function, back-dated or with a number of one's own",
        tries: &[
            (
                Agent,
                "INSERT INTO turnlock.entries (seq, body, leaf, at, action, actor, recorded_at, recorded_by) VALUES (8, '', sha256(''), 0, 'x', 'x', now(), 'x')",
                Refused,
            ),
            (
                Agent,
                "INSERT INTO turnlock.entries (seq, body, leaf, at, action, actor, recorded_at, recorded_by) OVERRIDING SYSTEM VALUE VALUES (2, '', sha256(''), 0, 'x', 'x', now() - interval '1 day', 'x')",
                Refused,
            ),
            (
                Superuser,
                "INSERT INTO turnlock.entries (seq, body, leaf, at, action, actor, recorded_at, recorded_by) VALUES (8, '', sha256('\\x00'), 0, 'x', 'x', now(), 'x')",
                Verify("entry 8"),
            ),
            (
                File,
                "INSERT INTO entries SELECT 9, body, leaf, at, action, outcome, actor, requester, \"trigger\", rotation, target, trace FROM entries WHERE seq = 7",
                Refused,
            ),
            (
                File,
                "INSERT INTO entries SELECT 8, body, leaf, at, action, outcome, actor, requester, \"trigger\", rotation, target, trace FROM entries WHERE seq = 7",
                Verify("entry 8 would be found wrongly"),
            ),
        ],
    },
    Attack {
        title: "load rows (`COPY`)",
        tries: &[
            (Agent, "COPY turnlock.entries FROM PROGRAM 'true'", Refused),
            (Auditor, "COPY turnlock.entries (seq) FROM '/dev/null'", Refused),
        ],
    },
    Attack {
        title: "overwrite by an upsert or `INSERT OR REPLACE`",
        tries: &[
            (
                Agent,
                "INSERT INTO turnlock.head VALUES (0, 1, 0, sha256(''), '{}', 0, now(), now()) ON CONFLICT (id) DO UPDATE SET size = 0",
                Refused,
            ),
            (
                Superuser,
                "INSERT INTO turnlock.head VALUES (0, 1, 0, sha256(''), '{}', 0, now(), now()) ON CONFLICT (id) DO UPDATE SET size = 0",
                Refused,
            ),
            (
                File,
                "INSERT OR REPLACE INTO entries SELECT 3, body, leaf, at, action, outcome, actor, requester, \"trigger\", rotation, target, trace FROM entries WHERE seq = 7",
                Refused,
            ),
            (
                File,
                "PRAGMA recursive_triggers = OFF; REPLACE INTO head VALUES (0, 0, zeroblob(32), x'', 0, NULL)",
                Refused,
            ),
            (
                File,
                "INSERT INTO subjects VALUES (3, 'JWT_SECRET', -1) ON CONFLICT DO UPDATE SET subject = 'OTHER'",
                Refused,
            ),
        ],
    },
    Attack {
        title: "turn the head back",
        tries: &[
            (Agent, "UPDATE turnlock.head SET size = 4", Refused),
            (Owner, "UPDATE turnlock.head SET size = 4", Refused),
            (Superuser, "UPDATE turnlock.head SET epoch = 0, root = sha256('')", Refused),
            (File, "UPDATE head SET size = 4", Refused),
            (File, "DELETE FROM head", Refused),
        ],
    },
    Attack {
        title: "triggers off by `session_replication_role = replica`",
        tries: &[
            (Agent, "SET session_replication_role = replica", Refused),
            (Superuser, "SET session_replication_role = replica; DELETE FROM turnlock.entries", Refused),
            (Superuser, "SET session_replication_role = replica; UPDATE turnlock.head SET size = 0", Refused),
        ],
    },
    Attack {
        title: "triggers off by `DISABLE TRIGGER` or `DROP TRIGGER`",
        tries: &[
            (Agent, "ALTER TABLE turnlock.entries DISABLE TRIGGER ALL", Refused),
            (Auditor, "DROP TRIGGER never_changed ON turnlock.entries", Refused),
            (
                Owner,
                "ALTER TABLE turnlock.entries DISABLE TRIGGER never_changed",
                Verify("the trigger never_changed"),
            ),
            (
                Owner,
                "DROP TRIGGER never_emptied ON turnlock.entries",
                Verify("the trigger never_emptied of turnlock.entries is missing"),
            ),
            (
                Superuser,
                "ALTER TABLE turnlock.head ENABLE TRIGGER head_only_grows",
                Posture("doesn't fire always"),
            ),
            (
                File,
                "DROP TRIGGER entries_are_never_changed",
                Verify("`entries_are_never_changed` is missing"),
            ),
            (
                File,
                "PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE type = 'trigger'; PRAGMA writable_schema = RESET",
                Verify("is missing"),
            ),
        ],
    },
    Attack {
        title: "triggers off, an entry changed, triggers on again",
        tries: &[
            (
                Superuser,
                forged!(
                    "UPDATE turnlock.entries SET body = convert_to(replace(convert_from(body, 'UTF8'), 'number 3', 'number 4'), 'UTF8') WHERE seq = 3"
                ),
                Verify("entry 3 isn't what was written"),
            ),
            (
                Superuser,
                forged!("UPDATE turnlock.entries SET target = 'elsewhere' WHERE seq = 3"),
                Verify("entry 3 would be found wrongly"),
            ),
            (
                Superuser,
                forged!(
                    "UPDATE turnlock.subjects SET subject = 'OTHER' WHERE seq = 3 AND subject = 'JWT_SECRET'"
                ),
                Verify("entry 3 would be found wrongly"),
            ),
            (Superuser, forged!("DELETE FROM turnlock.entries WHERE seq = 3"), Verify("entry 3 is missing")),
            (
                Superuser,
                forged!(
                    "DELETE FROM turnlock.subjects WHERE seq = 7; DELETE FROM turnlock.entries WHERE seq = 7"
                ),
                Verify("the log was cut: entry 7 is missing"),
            ),
            (Superuser, forged!("UPDATE turnlock.head SET epoch = 9"), Verify("its epoch differs")),
            (
                File,
                forged_file!(
                    "UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), 'number 3', 'number 4') AS BLOB) WHERE seq = 3"
                ),
                Verify("entry 3 isn't what was written"),
            ),
            (
                File,
                forged_file!("UPDATE entries SET target = 'elsewhere' WHERE seq = 3"),
                Verify("entry 3 would be found wrongly"),
            ),
        ],
    },
    Attack {
        title: "remove the newest entry and put another in its place, under its number",
        tries: &[
            (
                Superuser,
                forged!(
                    "DELETE FROM turnlock.subjects WHERE seq = 7; DELETE FROM turnlock.entries WHERE seq = 7; INSERT INTO turnlock.entries (seq, body, leaf, at, action, actor, recorded_at, recorded_by) VALUES (7, '{}', sha256('\\x007b7d'), 0, 'x', 'x', now(), 'x')"
                ),
                Verify("entry 7 isn't what was written"),
            ),
            (
                File,
                "DELETE FROM entries WHERE seq = 7; INSERT INTO entries SELECT 7, body, leaf, at, action, outcome, actor, requester, \"trigger\", rotation, target, trace FROM entries WHERE seq = 6",
                Refused,
            ),
            (
                File,
                concat!(
                    "DROP TRIGGER entries_are_never_removed; DROP TRIGGER subjects_are_never_removed; DELETE FROM subjects WHERE seq = 7; DELETE FROM entries WHERE seq = 7; ",
                    "CREATE TRIGGER entries_are_never_removed BEFORE DELETE ON entries\nBEGIN\n    SELECT RAISE(ABORT, 'the audit log is append-only: an entry is never removed');\nEND; ",
                    "CREATE TRIGGER subjects_are_never_removed BEFORE DELETE ON subjects\nBEGIN\n    SELECT RAISE(ABORT, 'the audit log is append-only: the subjects of an entry are never removed');\nEND"
                ),
                Verify("the log was cut: entry 7 is missing"),
            ),
        ],
    },
    Attack {
        title: "a setting as a key (`SET audit.maintenance = on`)",
        tries: &[
            (Agent, "SET turnlock.maintenance = on; DELETE FROM turnlock.entries", Refused),
            (
                Superuser,
                "SET audit.maintenance = on; SET turnlock.maintenance = on; DELETE FROM turnlock.entries",
                Refused,
            ),
        ],
    },
    Attack {
        title: "hide rows by row-level security",
        tries: &[
            (Agent, "ALTER TABLE turnlock.entries ENABLE ROW LEVEL SECURITY", Refused),
            (Owner, "ALTER TABLE turnlock.entries ENABLE ROW LEVEL SECURITY", Verify("row-level security")),
        ],
    },
    Attack {
        title: "rewrite statements by a rule",
        tries: &[
            (Agent, "CREATE RULE r AS ON INSERT TO turnlock.entries DO INSTEAD NOTHING", Refused),
            (
                Owner,
                "CREATE RULE r AS ON INSERT TO turnlock.subjects DO INSTEAD NOTHING",
                Verify("the rule r on turnlock.subjects"),
            ),
        ],
    },
    Attack {
        title: "a foreign key with `ON DELETE CASCADE` from or to another table",
        tries: &[
            (
                Agent,
                "CREATE TABLE public.t (seq bigint, recorded_at timestamptz, FOREIGN KEY (seq, recorded_at) REFERENCES turnlock.entries ON DELETE CASCADE)",
                Refused,
            ),
            (
                Superuser,
                "CREATE TABLE public.t (id bigint PRIMARY KEY); ALTER TABLE turnlock.head ADD FOREIGN KEY (size) REFERENCES public.t ON DELETE CASCADE NOT VALID",
                Verify("foreign key"),
            ),
            (
                File,
                "CREATE TABLE t (seq REFERENCES entries ON DELETE CASCADE)",
                Posture("refers to entries by a foreign key"),
            ),
        ],
    },
    Attack {
        title: "a gap by a rolled-back transaction",
        tries: &[
            (
                Agent,
                "BEGIN; DO $$ DECLARE b bytea := '{\"action\":\"x\",\"actor\":\"x\",\"agent\":\"x\",\"at\":\"2026-01-01T00:00:00Z\",\"format\":2,\"phase\":\"event\"}'; BEGIN PERFORM turnlock.append(ARRAY[b], ARRAY[sha256('\\x00' || b)]); END $$; ROLLBACK",
                Harmless,
            ),
            (
                File,
                "BEGIN; INSERT INTO entries SELECT 8, body, leaf, at, action, outcome, actor, requester, \"trigger\", rotation, target, trace FROM entries WHERE seq = 7; ROLLBACK",
                Harmless,
            ),
        ],
    },
    Attack {
        title: "two entries under one number by a higher isolation level",
        tries: &[
            (
                Agent,
                "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT turnlock.append(ARRAY['{}'::bytea], ARRAY[sha256('\\x007b7d')])",
                Refused,
            ),
            (
                Agent,
                "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT turnlock.append(ARRAY['{}'::bytea], ARRAY[sha256('\\x007b7d')])",
                Refused,
            ),
        ],
    },
    Attack {
        title: "append with a wrong hash, too long, not JSON, not UTF-8, no object, no batch",
        tries: &[
            (Agent, "SELECT turnlock.append(ARRAY['{}'::bytea], ARRAY[sha256('')])", Refused),
            (
                Agent,
                "SELECT turnlock.append(ARRAY[convert_to('{\"a\":\"' || repeat('x', 70000) || '\"}', 'UTF8')], ARRAY[sha256('\\x00' || convert_to('{\"a\":\"' || repeat('x', 70000) || '\"}', 'UTF8'))])",
                Refused,
            ),
            (Agent, "SELECT turnlock.append(ARRAY['{'::bytea], ARRAY[sha256('\\x007b')])", Refused),
            (Agent, "SELECT turnlock.append(ARRAY['\\xff'::bytea], ARRAY[sha256('\\x00ff')])", Refused),
            (Agent, "SELECT turnlock.append(ARRAY['1'::bytea], ARRAY[sha256('\\x0031')])", Refused),
            (Agent, "SELECT turnlock.append('{}', '{}')", Refused),
            (Agent, "SELECT turnlock.append(ARRAY['{}'::bytea], '{}')", Refused),
        ],
    },
    Attack {
        title: "act on after another took over (an older epoch), or ahead of the log",
        tries: &[
            (
                Agent,
                "DO $$ DECLARE b bytea := '{\"action\":\"x\",\"actor\":\"x\",\"agent\":\"x\",\"at\":\"2026-01-01T00:00:00Z\",\"epoch\":5,\"format\":2,\"phase\":\"event\"}'; BEGIN PERFORM turnlock.append(ARRAY[b], ARRAY[sha256('\\x00' || b)]); END $$",
                Refused,
            ),
            (
                Agent,
                "DO $$ DECLARE b bytea := '{\"action\":\"lease\",\"actor\":\"x\",\"agent\":\"x\",\"at\":\"2026-01-01T00:00:00Z\",\"epoch\":2,\"format\":2,\"phase\":\"event\"}'; BEGIN PERFORM turnlock.append(ARRAY[b], ARRAY[sha256('\\x00' || b)]); END $$",
                Refused,
            ),
        ],
    },
    Attack {
        title: "an entry that isn't canonical, by whoever may append",
        tries: &[(
            Agent,
            "DO $$ DECLARE b bytea := '{\"actor\":\"x\", \"action\":\"x\",\"at\":\"2026-01-01T00:00:00Z\"}'; BEGIN PERFORM turnlock.append(ARRAY[b], ARRAY[sha256('\\x00' || b)]); END $$",
            Verify("entry 8 isn't what was written"),
        )],
    },
    Attack {
        title: "shadow functions, operators or tables by `search_path`, `pg_temp` or another schema",
        tries: &[
            (
                Agent,
                "CREATE FUNCTION turnlock.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT $1'",
                Refused,
            ),
            (
                Agent,
                "CREATE TEMP TABLE head AS SELECT 1; SET search_path = pg_temp, pg_catalog; CREATE TEMP TABLE entries (seq bigint); SELECT turnlock.append(ARRAY['{}'::bytea], ARRAY['\\x00'::bytea])",
                Refused,
            ),
            (
                Agent,
                "CREATE FUNCTION pg_temp.sha256(bytea) RETURNS bytea LANGUAGE sql AS 'SELECT ''\\x00''::bytea'; SET search_path = pg_temp, pg_catalog; SELECT turnlock.append(ARRAY['{}'::bytea], ARRAY['\\x00'::bytea])",
                Refused,
            ),
            (
                Superuser,
                "ALTER ROLE $name_agent SET search_path = evil",
                Posture("search_path=evil is set for"),
            ),
            (
                Superuser,
                "CREATE FUNCTION turnlock.evil() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                Verify("function turnlock.evil() belongs to postgres"),
            ),
            (
                Owner,
                "CREATE FUNCTION turnlock.evil() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                Verify("doesn't belong there"),
            ),
            (
                File,
                "CREATE TEMP TABLE entries AS SELECT * FROM main.entries; DELETE FROM temp.entries",
                Harmless,
            ),
            (File, "CREATE TEMP VIEW head AS SELECT 1 AS size; SELECT * FROM head", Harmless),
            (File, "CREATE VIEW log AS SELECT 1", Verify("doesn't belong there")),
        ],
    },
    Attack {
        title: "change the append function, or make it run as somebody else",
        tries: &[
            (
                Agent,
                "CREATE OR REPLACE FUNCTION turnlock.append(bytea[], bytea[]) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
                Refused,
            ),
            (Agent, "ALTER FUNCTION turnlock.append(bytea[], bytea[]) SECURITY INVOKER", Refused),
            (
                Owner,
                "ALTER FUNCTION turnlock.append(bytea[], bytea[]) RESET search_path",
                Verify("turnlock.append is missing or was changed"),
            ),
            (
                Superuser,
                "CREATE OR REPLACE FUNCTION turnlock.refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS 'BEGIN RETURN OLD; END'",
                Verify("turnlock.refuse is missing or was changed"),
            ),
        ],
    },
    Attack {
        title: "use the functions that only set-up uses",
        tries: &[
            (Agent, "SELECT turnlock.protect('turnlock.entries')", Refused),
            (Agent, "SELECT turnlock.make_partitions(now() + interval '1000 years')", Refused),
            (Auditor, "SELECT turnlock.append(ARRAY['{}'::bytea], ARRAY['\\x00'::bytea])", Refused),
            (Pruner, "SET ROLE $name_audit_pruner; SELECT 1 FROM turnlock.head", Refused),
        ],
    },
    Attack {
        title: "become the owner, or give the owner's rights away",
        tries: &[
            (Agent, "SET ROLE $name_audit_owner", Refused),
            (Auditor, "SET ROLE $name_audit_writer", Refused),
            (Agent, "GRANT $name_audit_writer TO $name_auditor", Refused),
            (Superuser, "GRANT $name_audit_owner TO $name_agent", Posture("is a member of")),
            (Superuser, "ALTER ROLE $name_audit_owner LOGIN", Posture("can log in")),
            (Superuser, "ALTER ROLE $name_agent SUPERUSER", Posture("is a superuser")),
            (Superuser, "ALTER SCHEMA turnlock OWNER TO $name_agent", Verify("belongs to")),
            (Superuser, "GRANT UPDATE ON turnlock.entries TO PUBLIC", Posture("PUBLIC has UPDATE")),
            (
                Superuser,
                "GRANT UPDATE (target) ON turnlock.entries TO $name_agent",
                Posture("has UPDATE on TABLE turnlock.entries (target)"),
            ),
            (
                Superuser,
                "GRANT EXECUTE ON FUNCTION turnlock.append(bytea[], bytea[]) TO $name_auditor",
                Posture("has EXECUTE"),
            ),
        ],
    },
    Attack {
        title: "block the log: hold its lock for ever",
        tries: &[
            (Auditor, "SELECT 1 FROM turnlock.head FOR UPDATE", Refused),
            (Auditor, "BEGIN; LOCK TABLE turnlock.head IN EXCLUSIVE MODE", Refused),
            (Agent, "BEGIN; LOCK TABLE turnlock.entries IN ACCESS EXCLUSIVE MODE", Refused),
            (Auditor, "SELECT pg_advisory_lock(0), pg_advisory_lock(1)", Harmless),
        ],
    },
    Attack {
        title: "write through a view",
        tries: &[
            (Auditor, "INSERT INTO turnlock.log SELECT * FROM turnlock.log", Refused),
            (Agent, "CREATE OR REPLACE VIEW turnlock.log AS SELECT 1 AS entry", Refused),
        ],
    },
    Attack {
        title: "settings of the server that lose what was acknowledged",
        tries: &[
            (Agent, "ALTER SYSTEM SET fsync = off", Refused),
            (
                Superuser,
                "ALTER DATABASE $name SET synchronous_commit = off",
                Posture("synchronous_commit=off is set for the database"),
            ),
            (File, "PRAGMA journal_mode = DELETE", Posture("journal_mode is delete")),
        ],
    },
];
