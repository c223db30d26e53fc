//! Which of the managed variables a server in the stack keeps for itself: changing the file would not change the server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::compose::{Composed, Service};
use super::gather::Keys;
use super::{references, words};
use crate::secret::Name;

/// A PostgreSQL server whose role's password is managed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub service: String,
    pub secret: Name,
    pub role: String,
    pub database: String,
    /// The variable of the container: it counts only when the server is made.
    pub variable: String,
    /// The password comes from a file.
    pub file: Option<PathBuf>,
}

/// PostgreSQL servers whose password is one of these variables or files.
pub fn postgres(
    composed: &Composed,
    managed: &BTreeMap<String, Name>,
    files: &BTreeMap<PathBuf, Name>,
    keys: &Keys,
) -> Vec<Found> {
    let servers = composed.services.iter().filter(|(_, s)| is_postgres(&s.image));
    let found = servers.filter_map(|(name, service)| {
        let (secret, variable, file) = password(service, managed, files, keys)?;
        let role = service.role.clone().unwrap_or_else(|| "postgres".into());
        let database = service.database.clone().unwrap_or_else(|| role.clone());
        Some(Found { service: name.clone(), secret, role, database, variable, file })
    });
    found.collect()
}

fn password(
    service: &Service,
    managed: &BTreeMap<String, Name>,
    files: &BTreeMap<PathBuf, Name>,
    keys: &Keys,
) -> Option<(Name, String, Option<PathBuf>)> {
    const VARIABLES: [&str; 2] = ["POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD"];
    for variable in VARIABLES {
        if let Some(declared) = service.variables.get(variable) {
            let refers = references::names(declared, &|_| true);
            let name = refers.first().and_then(|name| managed.get(*name))?;
            return Some((name.clone(), variable.to_owned(), None));
        }
        if service.env_files.iter().any(|f| holds(keys, f, variable))
            && let Some(name) = managed.get(variable)
        {
            return Some((name.clone(), variable.to_owned(), None));
        }
    }
    let (file, name) = files.iter().find(|(file, _)| {
        service.files.contains(*file)
            && VARIABLES.iter().any(|v| service.variables.contains_key(&format!("{v}_FILE")))
    })?;
    Some((name.clone(), "POSTGRES_PASSWORD_FILE".into(), Some(file.clone())))
}

/// A server that keeps a password which Turnlock cannot change there: the service's name and the kind of server.
pub fn unmanageable<'c>(
    composed: &'c Composed,
    variable: &str,
    keys: &Keys,
) -> Option<(&'c str, &'static str)> {
    composed.services.iter().find_map(|(name, service)| {
        let kind = other(&service.image)?;
        let declared = service.refers_to(variable).next().is_some();
        let in_file = is_of(kind, variable) && service.env_files.iter().any(|f| holds(keys, f, variable));
        (declared || in_file).then_some((name.as_str(), kind))
    })
}

fn holds(keys: &Keys, file: &Path, variable: &str) -> bool {
    keys.get(file).is_some_and(|k| k.contains(variable))
}

/// The image's own name: `registry/team/postgres:16@sha256:…` is `postgres`.
fn image_name(image: &str) -> &str {
    let last = image.split('@').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    last.split(':').next().unwrap_or_default()
}

/// Not the server, but something that speaks with it.
fn is_client(name: &str) -> bool {
    [
        "exporter",
        "backup",
        "postgrest",
        "meta",
        "admin",
        "express",
        "commander",
        "insight",
        "operator",
        "pool",
        "bouncer",
    ]
    .iter()
    .any(|word| name.contains(word))
}

pub fn is_postgres(image: &str) -> bool {
    let name = image_name(image).to_lowercase();
    let is =
        ["postgres", "postgis", "pgvector", "timescaledb", "pgvecto"].iter().any(|word| name.contains(word));
    is && !is_client(&name)
}

fn other(image: &str) -> Option<&'static str> {
    const SERVERS: [(&str, &str); 14] = [
        ("mysql", "MySQL"),
        ("mariadb", "MariaDB"),
        ("percona", "MySQL"),
        ("mongo", "MongoDB"),
        ("redis", "Redis"),
        ("valkey", "Valkey"),
        ("keydb", "KeyDB"),
        ("rabbitmq", "RabbitMQ"),
        ("clickhouse", "ClickHouse"),
        ("elasticsearch", "Elasticsearch"),
        ("opensearch", "OpenSearch"),
        ("influxdb", "InfluxDB"),
        ("couchdb", "CouchDB"),
        ("neo4j", "Neo4j"),
    ];
    let name = image_name(image).to_lowercase();
    let server = SERVERS.iter().find(|(word, _)| name.contains(word))?;
    (!is_client(&name)).then_some(server.1)
}

/// In an `env_file:` a server finds much that is not meant for it.
fn is_of(kind: &str, variable: &str) -> bool {
    let words = match kind {
        "MySQL" | "MariaDB" => &["MYSQL", "MARIADB"][..],
        "MongoDB" => &["MONGO"],
        "Redis" | "Valkey" | "KeyDB" => &["REDIS", "VALKEY", "KEYDB"],
        "RabbitMQ" => &["RABBITMQ"],
        "ClickHouse" => &["CLICKHOUSE"],
        "Elasticsearch" | "OpenSearch" => &["ELASTIC", "OPENSEARCH"],
        "InfluxDB" => &["INFLUXDB"],
        "CouchDB" => &["COUCHDB"],
        _ => &["NEO4J"],
    };
    words::names_a_secret(variable) && words.iter().any(|word| variable.to_uppercase().starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images() {
        for image in [
            "postgres:16",
            "docker.io/library/postgres",
            "pgvector/pgvector:pg16",
            "supabase/postgres:15.1@sha256:00",
            "ghcr.io/x/postgres:a",
        ] {
            assert!(is_postgres(image), "{image}");
        }
        for image in [
            "prometheuscommunity/postgres-exporter",
            "supabase/postgres-meta",
            "postgrest/postgrest",
            "redis",
            "me/app:postgres",
        ] {
            assert!(!is_postgres(image), "{image}");
        }
        assert_eq!(other("docker.io/redis:7-alpine"), Some("Redis"));
        assert_eq!(other("mongo:7"), Some("MongoDB"));
        assert_eq!(other("mongo-express"), None);
        assert_eq!(other("oliver006/redis_exporter"), None);
    }
}
