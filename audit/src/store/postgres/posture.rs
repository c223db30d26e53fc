//! Who could change the log in this database, and whether what refuses changes is in its place. Read from the catalogs,
//! which every login may read: <https://www.postgresql.org/docs/15/catalogs.html>.

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::{
    connect, error, identify, reading,
    setup::{self, Roles, quoted},
};
use crate::{LogError, PostgresUrl, posture::Posture};

const SCHEMA: &str = include_str!("1.sql");
const VIEWS: &str = include_str!("views.sql");

/// A check: what its query finds is wrong. `$owner`, `$writer`, `$reader`, `$pruner` are literals of the roles' names, and
/// each row says what is so, and what to do.
struct Check {
    name: &'static str,
    sql: &'static str,
}

/// What belongs to the schema itself: who changed one of these has changed the log's own rules.
const RULES: [Check; 6] = [
    Check {
        name: "owner",
        sql: "SELECT format('%s %s belongs to %s', kind, name, pg_get_userbyid(owner)), format('ALTER %s turnlock.%s OWNER TO %I', kind, name, $owner)
              FROM (SELECT 'schema' AS kind, nspname::text AS name, nspowner AS owner FROM pg_namespace WHERE nspname = 'turnlock'
                    UNION ALL SELECT 'table', relname::text, relowner FROM pg_class WHERE relnamespace = 'turnlock'::regnamespace
                    UNION ALL SELECT 'function', oid::regprocedure::text, proowner FROM pg_proc WHERE pronamespace = 'turnlock'::regnamespace) AS o
              WHERE pg_get_userbyid(owner) <> $owner",
    },
    Check {
        name: "partitions",
        sql: "SELECT format('the partition turnlock.%s was detached: its entries are missing from the log', relname), 'find out who did it; attach it again, and verify the log'
              FROM pg_class WHERE relnamespace = 'turnlock'::regnamespace AND relkind = 'r' AND relname ~ '^(entries|subjects)_' AND NOT relispartition
              UNION ALL
              SELECT format('%s is a partition of the log and stands in another schema', c.oid::regclass), 'find out who made it'
              FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
              WHERE p.relnamespace = 'turnlock'::regnamespace AND c.relnamespace <> 'turnlock'::regnamespace",
    },
    Check {
        name: "triggers",
        sql: "WITH tables AS (SELECT oid, relname FROM pg_class WHERE relnamespace = 'turnlock'::regnamespace AND relkind IN ('r', 'p')),
              wanted AS (
                  SELECT oid, relname, t.name, t.function, t.type FROM tables, (VALUES ('never_changed', 'refuse', 27), ('never_emptied', 'refuse', 34)) AS t (name, function, type)
                  WHERE relname ~ '^(entries|subjects)(_[0-9]{4}_[0-9]{2})?$'
                  UNION ALL SELECT oid, relname, t.name, t.function, t.type FROM tables, (VALUES ('head_only_grows', 'refuse_head', 19), ('head_is_never_removed', 'refuse', 11), ('head_is_never_emptied', 'refuse', 34)) AS t (name, function, type)
                  WHERE relname = 'head'),
              found AS (SELECT t.tgrelid, t.tgname, t.tgenabled, t.tgtype, t.tgqual, t.tgattr, p.proname, p.pronamespace FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal)
              SELECT format('the trigger %s of turnlock.%s %s', w.name, w.relname,
                  CASE WHEN f.tgname IS NULL THEN 'is missing' WHEN f.tgenabled <> 'A' THEN 'doesn''t fire always' ELSE 'was changed' END),
                  CASE WHEN f.tgenabled <> 'A' THEN format('ALTER TABLE turnlock.%I ENABLE ALWAYS TRIGGER %I', w.relname, w.name)
                  WHEN f.tgname IS NOT NULL THEN 'find out who changed it, verify the log, and make it as it was' ELSE 'find out who took it away, verify the log, and set it up anew beside it' END
              FROM wanted w LEFT JOIN found f ON f.tgrelid = w.oid AND f.tgname = w.name
              WHERE f.tgname IS NULL OR f.tgenabled <> 'A' OR f.tgtype <> w.type OR f.tgqual IS NOT NULL OR f.tgattr <> ''::int2vector OR f.proname <> w.function OR f.pronamespace <> 'turnlock'::regnamespace
              UNION ALL
              SELECT format('the trigger %s of turnlock.%s doesn''t belong there', f.tgname, t.relname), format('DROP TRIGGER %I ON turnlock.%I', f.tgname, t.relname)
              FROM found f JOIN tables t ON t.oid = f.tgrelid LEFT JOIN wanted w ON w.oid = f.tgrelid AND w.name = f.tgname WHERE w.oid IS NULL",
    },
    Check {
        name: "foreign keys",
        sql: "SELECT format('%s refers to the log by the foreign key %s, which could remove entries', conrelid::regclass, conname), format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname)
              FROM pg_constraint WHERE contype = 'f' AND (confrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'turnlock'::regnamespace)
              OR conrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'turnlock'::regnamespace))",
    },
    Check {
        name: "rules and policies",
        sql: "SELECT format('the rule %s on turnlock.%s rewrites statements', r.rulename, c.relname), format('DROP RULE %I ON turnlock.%I', r.rulename, c.relname)
              FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class WHERE c.relnamespace = 'turnlock'::regnamespace AND c.relkind <> 'v'
              UNION ALL
              SELECT format('row-level security hides rows of turnlock.%s', relname), format('ALTER TABLE turnlock.%I DISABLE ROW LEVEL SECURITY', relname)
              FROM pg_class WHERE relnamespace = 'turnlock'::regnamespace AND (relrowsecurity OR relforcerowsecurity)",
    },
    Check {
        name: "other objects",
        sql: "SELECT format('turnlock.%s doesn''t belong there', relname), 'find out who made it, and remove it'
              FROM pg_class WHERE relnamespace = 'turnlock'::regnamespace AND relkind NOT IN ('i', 'I', 't')
              AND NOT (relkind IN ('r', 'p') AND relname ~ '^(entries|subjects)(_[0-9]{4}_[0-9]{2})?$')
              AND NOT (relkind = 'r' AND relname = 'head') AND NOT (relkind = 'v' AND relname IN ('log', 'rotations', 'secrets'))
              UNION ALL
              SELECT format('the function %s doesn''t belong there', oid::regprocedure), 'find out who made it, and remove it'
              FROM pg_proc WHERE pronamespace = 'turnlock'::regnamespace
              AND oid::regprocedure::text NOT IN ('turnlock.append(bytea[],bytea[])', 'turnlock.refuse()', 'turnlock.refuse_head()', 'turnlock.protect(regclass)', 'turnlock.make_partitions(timestamp with time zone)')
              UNION ALL
              SELECT format('the operator or type %s doesn''t belong there', name), 'find out who made it, and remove it'
              FROM (SELECT oprname::text AS name FROM pg_operator WHERE oprnamespace = 'turnlock'::regnamespace
                    UNION ALL SELECT t.typname::text FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
                    WHERE t.typnamespace = 'turnlock'::regnamespace AND t.typcategory <> 'A' AND c.oid IS NULL) AS o",
    },
];

/// Who may do what, and how the server keeps it.
const SURROUNDINGS: [Check; 11] = [
    Check {
        name: "columns and constraints",
        sql: "WITH tables AS (SELECT oid, relname, regexp_replace(relname, '_[0-9]{4}_[0-9]{2}$', '') AS kind FROM pg_class WHERE relnamespace = 'turnlock'::regnamespace AND relkind IN ('r', 'p')),
              wanted (kind, columns, constraints) AS (VALUES
                  ('head', 'id smallint!, version integer!, size bigint!, root bytea!, frontier bytea[]!, epoch bigint!, recorded_at timestamp with time zone!, partitions_end timestamp with time zone!',
                   'CHECK ((epoch >= 0)); CHECK ((id = 0)); CHECK ((octet_length(root) = 32)); CHECK ((size >= 0)); PRIMARY KEY (id)'),
                  ('entries', 'seq bigint!, body bytea!, leaf bytea!, at bigint!, action text!, outcome text, actor text!, requester text, trigger text, rotation text, target text, trace text, recorded_at timestamp with time zone!, recorded_by text!',
                   'CHECK ((octet_length(leaf) = 32)); CHECK ((seq >= 0)); PRIMARY KEY (seq, recorded_at)'),
                  ('subjects', 'seq bigint!, subject text!, version bigint!, recorded_at timestamp with time zone!', 'PRIMARY KEY (seq, subject, version, recorded_at)'))
              SELECT format('the columns of turnlock.%s were changed', relname), 'find out who changed them, and make them as they were'
              FROM tables JOIN wanted USING (kind) WHERE columns IS DISTINCT FROM (
                  SELECT string_agg(concat(attname, ' ', format_type(atttypid, atttypmod), CASE WHEN attnotnull THEN '!' END, CASE WHEN atthasdef THEN ' with a default' END), ', ' ORDER BY attnum)
                  FROM pg_attribute WHERE attrelid = tables.oid AND attnum > 0 AND NOT attisdropped)
              UNION ALL
              SELECT format('the constraints of turnlock.%s were changed', relname), 'find out who changed them, and make them as they were'
              FROM tables JOIN wanted USING (kind) WHERE constraints IS DISTINCT FROM (
                  SELECT string_agg(pg_get_constraintdef(c.oid), '; ' ORDER BY pg_get_constraintdef(c.oid) COLLATE \"C\")
                  FROM pg_constraint c WHERE conrelid = tables.oid AND contype NOT IN ('f', 'n'))",
    },
    Check {
        name: "indexes",
        sql: "SELECT format('the index %s is missing or was changed: who asks may not find what is there', name), 'find out who changed it, and make it as it was'
              FROM (VALUES ('entries_by_at', '(at, seq)'), ('entries_by_action', '(action, seq)'), ('entries_by_outcome', '(outcome, seq) WHERE (outcome IS NOT NULL)'), ('entries_by_actor', '(actor, seq)'),
                  ('entries_by_requester', '(requester, seq) WHERE (requester IS NOT NULL)'), ('entries_by_trigger', '(trigger, seq) WHERE (trigger IS NOT NULL)'),
                  ('entries_by_rotation', '(rotation, seq) WHERE (rotation IS NOT NULL)'), ('entries_by_target', '(target, seq) WHERE (target IS NOT NULL)'), ('entries_by_trace', '(trace, seq) WHERE (trace IS NOT NULL)'),
                  ('subjects_by_name', '(subject, seq)'), ('subjects_by_name_and_version', '(subject, version, seq)'), ('subjects_by_version', '(version, seq)')) AS wanted (name, columns)
              WHERE NOT EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = 'turnlock'::regnamespace AND c.relname = name AND c.relkind = 'I'
                  AND split_part(pg_get_indexdef(c.oid), ' USING btree ', 2) = columns)
              UNION ALL
              SELECT format('the index %s is not valid: who asks may not find what is there', c.relname), format('REINDEX INDEX turnlock.%I', c.relname)
              FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'turnlock'::regnamespace AND NOT (i.indisvalid AND i.indisready AND i.indislive)",
    },
    Check {
        name: "default privileges",
        sql: "SELECT format('what %s makes is given to %s by default', pg_get_userbyid(defaclrole), CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END),
                  'take it away with ALTER DEFAULT PRIVILEGES ... REVOKE; partitions that were made meanwhile are under `grants`'
              FROM pg_default_acl, aclexplode(defaclacl) AS a
              WHERE (pg_get_userbyid(defaclrole) = $owner OR defaclnamespace = 'turnlock'::regnamespace) AND a.grantee <> defaclrole",
    },
    Check {
        name: "held locks",
        sql: "SELECT format('the prepared transaction %s of %s holds the log: nothing can be appended', x.gid, x.owner), format('ROLLBACK PREPARED %L', x.gid)
              FROM pg_prepared_xacts x JOIN pg_locks l ON l.virtualtransaction = '-1/' || x.transaction
              WHERE x.database = current_database() AND l.relation = 'turnlock.head'::regclass
              GROUP BY x.gid, x.owner
              UNION ALL
              SELECT format('the event trigger %s has to do with the log', evtname), format('look at what it does, then: DROP EVENT TRIGGER %I', evtname)
              FROM pg_event_trigger JOIN pg_proc p ON p.oid = evtfoid WHERE evtenabled <> 'D' AND p.prosrc ILIKE '%turnlock%'",
    },
    Check {
        name: "roles",
        sql: "SELECT format('the role %s %s', rolname, CASE WHEN rolcanlogin THEN 'can log in' WHEN rolsuper THEN 'is a superuser' ELSE 'has more rights than it needs' END),
                  format('ALTER ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', rolname)
              FROM pg_roles WHERE rolname IN ($owner, $writer, $reader, $pruner) AND (rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
              UNION ALL
              SELECT format('the role %s is missing', name), 'run `turnlock setup audit`' FROM (VALUES ($owner), ($writer), ($reader), ($pruner)) AS r (name)
              WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)",
    },
    Check {
        name: "members",
        // From PostgreSQL 16 on, whoever makes a role may give it away without having it: the row says so by two columns
        // that are not there before.
        sql: "SELECT format('%s is a member of %s, which owns the log', pg_get_userbyid(member), pg_get_userbyid(roleid)), format('REVOKE %I FROM %I', pg_get_userbyid(roleid), pg_get_userbyid(member))
              FROM pg_auth_members m WHERE pg_get_userbyid(roleid) = $owner
              AND (coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) OR coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true))
              UNION ALL
              SELECT format('%s may make others members of %s', pg_get_userbyid(member), pg_get_userbyid(roleid)), format('REVOKE ADMIN OPTION FOR %I FROM %I', pg_get_userbyid(roleid), pg_get_userbyid(member))
              FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member
              WHERE admin_option AND NOT r.rolsuper AND NOT r.rolcreaterole AND pg_get_userbyid(roleid) IN ($owner, $writer, $reader, $pruner)
              UNION ALL
              SELECT format('%s is a member of %s, and may do what that may', pg_get_userbyid(member), pg_get_userbyid(roleid)), format('REVOKE %I FROM %I', pg_get_userbyid(roleid), pg_get_userbyid(member))
              FROM pg_auth_members WHERE pg_get_userbyid(member) IN ($owner, $writer, $reader, $pruner)",
    },
    Check {
        name: "grants",
        sql: "SELECT format('%s has %s on %s %s', grantee, privilege, kind, name), format('REVOKE %s ON %s %s FROM %s', privilege, kind, name, grantee)
              FROM (
                  SELECT 'SCHEMA' AS kind, nspname::text AS name, a.privilege_type AS privilege, a.is_grantable, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END AS grantee
                  FROM pg_namespace, aclexplode(nspacl) AS a WHERE nspname = 'turnlock'
                  UNION ALL SELECT 'TABLE', 'turnlock.' || relname, a.privilege_type, a.is_grantable, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END
                  FROM pg_class, aclexplode(relacl) AS a WHERE relnamespace = 'turnlock'::regnamespace
                  UNION ALL SELECT 'TABLE', format('turnlock.%s (%s)', relname, attname), a.privilege_type, a.is_grantable, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END
                  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid, aclexplode(attacl) AS a WHERE relnamespace = 'turnlock'::regnamespace
                  UNION ALL SELECT 'FUNCTION', p.oid::regprocedure::text, a.privilege_type, a.is_grantable, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee)::text END
                  FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a WHERE p.pronamespace = 'turnlock'::regnamespace
              ) AS g
              WHERE grantee <> $owner AND (is_grantable OR (kind, name, privilege, grantee) NOT IN (
                  ('SCHEMA', 'turnlock', 'USAGE', $writer), ('SCHEMA', 'turnlock', 'USAGE', $reader),
                  ('FUNCTION', 'turnlock.append(bytea[],bytea[])', 'EXECUTE', $writer),
                  ('TABLE', 'turnlock.head', 'SELECT', $reader), ('TABLE', 'turnlock.entries', 'SELECT', $reader), ('TABLE', 'turnlock.subjects', 'SELECT', $reader),
                  ('TABLE', 'turnlock.log', 'SELECT', $reader), ('TABLE', 'turnlock.rotations', 'SELECT', $reader), ('TABLE', 'turnlock.secrets', 'SELECT', $reader)))",
    },
    Check {
        name: "login",
        sql: "SELECT format('the login %s %s', rolname, CASE WHEN rolsuper THEN 'is a superuser: it can change the log' WHEN rolreplication THEN 'may replicate' WHEN rolbypassrls THEN 'passes by row-level security' ELSE 'may make roles' END),
                  'use a login that `turnlock setup audit --agent-login` or `--auditor-login` makes'
              FROM pg_roles WHERE rolname = session_user AND (rolsuper OR rolreplication OR rolbypassrls OR rolcreaterole)
              UNION ALL
              SELECT format('the login %s can become %s, which owns the log', session_user, $owner), format('REVOKE %I FROM %I', $owner, session_user)
              FROM pg_roles o, pg_roles me WHERE o.rolname = $owner AND me.rolname = session_user AND NOT me.rolsuper AND pg_has_role(session_user, o.oid, 'MEMBER')
              UNION ALL
              SELECT format('the login %s owns the database %s, and can drop it', session_user, datname), format('ALTER DATABASE %I OWNER TO another role', datname)
              FROM pg_database WHERE datname = current_database() AND pg_get_userbyid(datdba) = session_user",
    },
    Check {
        name: "settings of roles",
        sql: "SELECT format('%s is set for %s', s.setting, CASE WHEN d.setrole = 0 THEN 'the database' ELSE pg_get_userbyid(d.setrole)::text END), 'take it away with ALTER ROLE or ALTER DATABASE ... RESET'
              FROM pg_db_role_setting d, unnest(d.setconfig) AS s (setting)
              WHERE (d.setdatabase = 0 OR d.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))
              AND (d.setrole = 0 OR pg_get_userbyid(d.setrole) IN (session_user, $owner, $writer, $reader, $pruner))
              AND s.setting ~* '^(search_path|session_replication_role|row_security|synchronous_commit|local_preload_libraries|session_preload_libraries)='",
    },
    Check {
        name: "server",
        sql: "SELECT format('the server runs with %s = %s: what it says is written can be lost', name, setting), format('set %s = on, and restart or reload it', name)
              FROM pg_settings WHERE (name IN ('fsync', 'full_page_writes') AND setting <> 'on') OR (name = 'synchronous_commit' AND setting = 'off')
              UNION ALL
              SELECT 'triggers don''t fire in this session (session_replication_role)', 'reset it' WHERE current_setting('session_replication_role') = 'replica'
              UNION ALL
              SELECT format('the server is version %s; 15 is the oldest that it was tried on', current_setting('server_version')), 'upgrade it' WHERE current_setting('server_version_num')::int < 150000",
    },
    Check {
        name: "partitions ahead",
        sql: "SELECT format('partitions are there until %s only', to_char(partitions_end AT TIME ZONE 'UTC', 'YYYY-MM-DD')), 'the next append makes more; if this stays, run `turnlock setup audit`'
              FROM turnlock.head WHERE partitions_end < now()",
    },
];

pub(crate) async fn check(url: &PostgresUrl) -> Result<Posture, LogError> {
    let mut connection = connect(reading(url), url).await?;
    identify(&mut connection, url).await?;
    let roles = roles(&mut connection, url).await?;
    let mut posture = Posture::default();
    for check in RULES.iter().chain(&SURROUNDINGS) {
        posture.checked(check.name, run(&mut connection, check, &roles, url).await?);
    }
    posture.checked("functions", functions(&mut connection, url).await?);
    if let Some(findings) = views(&mut connection, url).await? {
        posture.checked("views", findings);
    }
    super::part(connection).await;
    Ok(posture)
}

/// The first thing in which the schema isn't the one that set-up makes.
pub(super) async fn rules_fault(
    connection: &mut PgConnection,
    url: &PostgresUrl,
) -> Result<Option<String>, LogError> {
    let roles = roles(connection, url).await?;
    for check in &RULES {
        if let Some((what, _)) = run(connection, check, &roles, url).await?.into_iter().next() {
            return Ok(Some(what));
        }
    }
    Ok(functions(connection, url).await?.into_iter().next().map(|(what, _)| what))
}

async fn roles(connection: &mut PgConnection, url: &PostgresUrl) -> Result<Roles, LogError> {
    Roles::found(connection, url).await?.ok_or_else(|| LogError::NotSetUp(url.to_string()))
}

async fn run(
    connection: &mut PgConnection,
    check: &Check,
    roles: &Roles,
    url: &PostgresUrl,
) -> Result<Vec<(String, String)>, LogError> {
    let sql = [
        ("$owner", &roles.owner),
        ("$writer", &roles.writer),
        ("$reader", &roles.reader),
        ("$pruner", &roles.pruner),
    ]
    .into_iter()
    .fold(check.sql.to_owned(), |sql, (mark, role)| sql.replace(mark, &setup::literal(role)));
    sqlx::query_as(AssertSqlSafe(sql)).fetch_all(connection).await.map_err(|e| error(e, url))
}

/// Each function as this program makes it: its text, what it searches, with whose rights it runs.
async fn functions(
    connection: &mut PgConnection,
    url: &PostgresUrl,
) -> Result<Vec<(String, String)>, LogError> {
    let sql = "SELECT proname::text, prosrc, prosecdef, coalesce(proconfig, '{}') FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang \
               WHERE pronamespace = 'turnlock'::regnamespace AND lanname = 'plpgsql' AND provolatile = 'v' AND prokind = 'f' AND NOT proisstrict";
    let found: Vec<(String, String, bool, Vec<String>)> =
        sqlx::query_as(sql).fetch_all(connection).await.map_err(|e| error(e, url))?;
    let mut wrong = Vec::new();
    for (name, body) in expected() {
        let definer = name == "append";
        let same = |(found, source, is_definer, config): &&(String, String, bool, Vec<String>)| {
            found == name
                && source == body
                && *is_definer == definer
                && config[..] == ["search_path=pg_catalog, pg_temp"]
        };
        if !found.iter().any(|function| same(&function)) {
            let what = format!("the function turnlock.{name} is missing or was changed");
            let help = format!("find out who changed it, verify the log, and make {} anew", quoted(name));
            wrong.push((what, help));
        }
    }
    Ok(wrong)
}

/// Each view as this program makes it. Servers of different versions write the same view differently, so it is made once
/// more, for this session alone, and what the server says of both is compared. Nothing, when this login may not do that.
async fn views(
    connection: &mut PgConnection,
    url: &PostgresUrl,
) -> Result<Option<Vec<(String, String)>>, LogError> {
    let mut wrong = Vec::new();
    for (name, query) in expected_views() {
        let mut apart = connection.begin_with("BEGIN READ WRITE").await.map_err(|e| error(e, url))?;
        let make = format!("CREATE TEMPORARY VIEW turnlock_as_made AS {query}");
        match sqlx::raw_sql(AssertSqlSafe(make)).execute(&mut *apart).await {
            // No temporary objects for this login, or a server that only follows another.
            Err(e) if matches!(super::sqlstate(&e).as_deref(), Some("42501" | "25006")) => return Ok(None),
            // What it reads is not there any more.
            Err(e) if super::sqlstate(&e).is_some_and(|code| code.starts_with("42")) => {}
            made => _ = made.map_err(|e| error(e, url))?,
        }
        let sql = "SELECT pg_get_viewdef(to_regclass('turnlock.' || $1)) = pg_get_viewdef(to_regclass('pg_temp.turnlock_as_made')) \
                   AND EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('turnlock.' || $1) AND reloptions = ARRAY['security_barrier=true'])";
        let same: Result<Option<bool>, _> = sqlx::query_scalar(sql).bind(name).fetch_one(&mut *apart).await;
        apart.rollback().await.map_err(|e| error(e, url))?;
        if !matches!(same, Ok(Some(true))) {
            let what = format!(
                "the view turnlock.{name} is missing or was changed: it may not say what the log says"
            );
            wrong.push((what, "find out who changed it, and make it as it was".into()));
        }
    }
    Ok(Some(wrong))
}

/// The views of the schema's own text, with their queries.
fn expected_views() -> impl Iterator<Item = (&'static str, &'static str)> {
    VIEWS.split("CREATE VIEW turnlock.").skip(1).filter_map(|text| {
        let (name, rest) = text.split_once(" WITH (security_barrier) AS")?;
        Some((name, rest.split_once(';')?.0))
    })
}

/// The functions of the schema's own text, with their bodies.
fn expected() -> impl Iterator<Item = (&'static str, &'static str)> {
    SCHEMA.split("CREATE FUNCTION turnlock.").skip(1).filter_map(|text| {
        let name = text.split('(').next()?;
        let body = text.split("AS $$").nth(1)?.split("$$").next()?;
        Some((name, body))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_view_is_compared() {
        let names: Vec<_> = super::expected_views().map(|(name, _)| name).collect();
        assert_eq!(names, ["log", "rotations", "secrets"]);
        assert!(super::expected_views().all(|(_, query)| query.trim_start().starts_with("SELECT")));
    }

    #[test]
    fn every_function_of_the_schema_is_compared() {
        let names: Vec<_> = super::expected().map(|(name, _)| name).collect();
        assert_eq!(names, ["refuse", "refuse_head", "protect", "make_partitions", "append"]);
        assert!(
            super::expected().all(|(_, body)| body.contains("BEGIN") && body.trim_end().ends_with("END"))
        );
    }
}
