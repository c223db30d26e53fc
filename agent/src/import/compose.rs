//! What the compose files say of variables and files, read off `docker compose config`: once as it is declared, so that
//! each variable's origin can be seen, and once resolved, for names that only Compose knows. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value as Json;

use super::{references, words};

/// The stack as its compose files have it.
#[derive(Debug, Default)]
pub struct Composed {
    pub project: String,
    pub services: BTreeMap<String, Service>,
    /// Files behind `secrets:`, `configs:` and single-file mounts, with what they are called there.
    pub files: BTreeMap<PathBuf, String>,
    /// Services that no selected profile starts.
    pub left_out: BTreeSet<String>,
}

#[derive(Debug, Default)]
pub struct Service {
    /// Resolved, as far as that is known.
    pub image: String,
    pub env_files: Vec<PathBuf>,
    /// Variables and what they are declared as: `${X}`, or a text.
    pub variables: BTreeMap<String, String>,
    /// Files that the service gets.
    pub files: BTreeSet<PathBuf>,
    /// Every other text of the service.
    texts: Vec<(String, String)>,
    /// The names that a database server is set up with.
    pub role: Option<String>,
    pub database: Option<String>,
}

/// A place in a compose file that holds a value: named, never shown, never touched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Literal {
    pub service: String,
    pub place: String,
}

impl Composed {
    /// From `config --no-interpolate` of all profiles, and `config` of the selected ones.
    pub fn read(declared: &[u8], resolved: &[u8], profiles: &[String]) -> Option<Composed> {
        let declared: Json = serde_json::from_slice(declared).ok()?;
        let resolved: Json = serde_json::from_slice(resolved).ok()?;
        let mut composed =
            Composed { project: resolved.get("name")?.as_str()?.to_owned(), ..Composed::default() };
        for (name, said) in declared.get("services")?.as_object()? {
            let started = resolved.pointer(&format!("/services/{name}"));
            match started {
                Some(started) => {
                    _ = composed.services.insert(name.clone(), service(said, started, &resolved))
                }
                None if list(said, "profiles")
                    .all(|p| !profiles.iter().any(|mine| Some(mine.as_str()) == p.as_str())) =>
                {
                    composed.left_out.insert(name.clone());
                }
                None => {}
            }
        }
        for kind in ["secrets", "configs"] {
            for (name, entry) in resolved.get(kind).and_then(Json::as_object).into_iter().flatten() {
                if let Some(file) = entry.get("file").and_then(Json::as_str) {
                    composed.files.insert(file.into(), format!("{} {name}", kind.trim_end_matches('s')));
                }
            }
        }
        let mounted =
            composed.services.iter().flat_map(|(name, s)| s.files.iter().map(move |f| (f.clone(), name)));
        for (file, name) in mounted.collect::<Vec<_>>() {
            let called = format!("mounted into {name}");
            composed.files.entry(file).or_insert(called);
        }
        Some(composed)
    }

    /// The services that a variable of an env file reaches, by interpolation or by `env_file:`.
    pub fn services_of<'c>(
        &'c self,
        variable: &'c str,
        env_files: &'c BTreeSet<PathBuf>,
    ) -> impl Iterator<Item = &'c String> {
        let reached = move |s: &Service| {
            s.refers_to(variable).next().is_some() || s.env_files.iter().any(|f| env_files.contains(f))
        };
        self.services.iter().filter(move |(_, s)| reached(s)).map(|(name, _)| name)
    }

    /// Whether a compose file puts a variable into a URL.
    pub fn puts_into_url(&self, variable: &str) -> bool {
        let in_url = |text: &str| {
            text.match_indices("://")
                .any(|(at, _)| references::names(&text[at..], &|_| true).contains(&variable))
        };
        self.services.values().flat_map(Service::all).any(|(_, text)| in_url(text))
    }

    /// Values that stand in the compose files themselves: written out, or as the default of a variable that no env file
    /// sets.
    pub fn literals(&self, set: &BTreeSet<&str>) -> Vec<Literal> {
        let mut found = BTreeSet::new();
        for (name, service) in &self.services {
            for (variable, value) in &service.variables {
                if holds_value(variable, value, set) {
                    found.insert(Literal { service: name.clone(), place: variable.clone() });
                }
            }
            for (place, text) in &service.texts {
                let looked_at =
                    ["command", "entrypoint", "healthcheck", "labels"].iter().any(|p| place.starts_with(p));
                if looked_at && holds_value("", text, set) {
                    let place = place.split('.').next().unwrap_or(place).to_owned();
                    found.insert(Literal { service: name.clone(), place });
                }
            }
        }
        found.into_iter().collect()
    }
}

impl Service {
    /// Where it refers to a variable of the stack.
    pub fn refers_to<'s>(&'s self, variable: &'s str) -> impl Iterator<Item = &'s str> {
        let refers = move |text: &&str| references::names(text, &|_| true).contains(&variable);
        self.all().filter(move |(_, text)| refers(text)).map(|(place, _)| place)
    }

    /// The same, besides its environment.
    pub fn strays<'s>(&'s self, variable: &'s str) -> impl Iterator<Item = &'s str> {
        self.refers_to(variable).filter(|place| self.texts.iter().any(|(text, _)| text == place))
    }

    fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        let variables = self.variables.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        variables.chain(self.texts.iter().map(|(k, v)| (k.as_str(), v.as_str())))
    }
}

/// What is left of a text without its references, and the defaults of those that nothing sets.
fn holds_value(variable: &str, text: &str, set: &BTreeSet<&str>) -> bool {
    use references::Part;
    let of_reference = references::names(text, &|_| true);
    let unset = of_reference.iter().all(|name| !set.contains(name));
    let rest: String = references::parts(text, &|_| true)
        .into_iter()
        .filter_map(|part| if let Part::Text(at) = part { Some(&text[at]) } else { None })
        .collect();
    match of_reference.is_empty() {
        true => words::is_candidate(variable, text),
        // `${SECRET:-default}`: a value only if it is used.
        false => unset && !rest.is_empty() && words::is_candidate(variable, &rest),
    }
}

fn service(declared: &Json, resolved: &Json, all: &Json) -> Service {
    let text = |json: &Json, key: &str| json.get(key).and_then(Json::as_str).map(str::to_owned);
    let env_files = list(declared, "env_file").filter_map(|e| e.get("path").or(Some(e))?.as_str());
    let set =
        |key: &str| resolved.pointer(&format!("/environment/{key}")).and_then(Json::as_str).map(unescaped);
    let mut texts = Vec::new();
    for (key, value) in declared.as_object().into_iter().flatten() {
        if key != "environment" && key != "env_file" {
            collect(key.clone(), value, &mut texts);
        }
    }
    Service {
        image: text(resolved, "image").or_else(|| text(declared, "image")).unwrap_or_default(),
        env_files: env_files.map(PathBuf::from).collect(),
        variables: environment(declared.get("environment")),
        files: files(resolved, all),
        texts,
        role: set("POSTGRES_USER"),
        database: set("POSTGRES_DB"),
    }
}

/// `environment:` as a map or as a list; a variable without a value is one of the stack's.
fn environment(declared: Option<&Json>) -> BTreeMap<String, String> {
    let shown = |value: &Json| match value {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    };
    match declared {
        Some(Json::Object(map)) => map
            .iter()
            .map(|(k, v)| (k.clone(), if v.is_null() { format!("${{{k}}}") } else { shown(v) }))
            .collect(),
        Some(Json::Array(list)) => list
            .iter()
            .filter_map(Json::as_str)
            .map(|entry| match entry.split_once('=') {
                Some((key, value)) => (key.to_owned(), value.to_owned()),
                None => (entry.to_owned(), format!("${{{entry}}}")),
            })
            .collect(),
        _ => BTreeMap::new(),
    }
}

fn files(resolved: &Json, all: &Json) -> BTreeSet<PathBuf> {
    let mounted = list(resolved, "volumes")
        .filter(|v| v.get("type").and_then(Json::as_str) == Some("bind"))
        .filter_map(|v| v.get("source")?.as_str().map(PathBuf::from));
    let named = ["secrets", "configs"].into_iter().flat_map(|kind| {
        list(resolved, kind).filter_map(move |entry| {
            let source = entry.get("source").or(Some(entry))?.as_str()?;
            all.get(kind)?.get(source)?.get("file")?.as_str().map(PathBuf::from)
        })
    });
    mounted.chain(named).collect()
}

fn list<'j>(json: &'j Json, key: &str) -> impl Iterator<Item = &'j Json> {
    json.get(key).and_then(Json::as_array).into_iter().flatten()
}

fn collect(place: String, value: &Json, found: &mut Vec<(String, String)>) {
    match value {
        Json::String(text) => found.push((place, text.clone())),
        Json::Array(items) => items.iter().for_each(|item| collect(place.clone(), item, found)),
        Json::Object(map) => map.iter().for_each(|(k, v)| collect(format!("{place}.{k}"), v, found)),
        _ => {}
    }
}

/// `config` prints `$` as `$$`.
fn unescaped(text: &str) -> String {
    text.replace("$$", "$")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn composed() -> Composed {
        let declared = json!({"services": {
            "web": {
                "image": "app:${TAG:-1}",
                "environment": ["URL=postgres://${U}:${PW}@db/x", "API_TOKEN=hunter2", "EMPTY_TOKEN=", "SALT",
                                "A_SECRET=${UNSET:-swordfish}", "B_SECRET=${PW:-unused}"],
                "env_file": [{"path": "/s/web.env", "required": false}],
                "command": ["run", "--dsn", "https://me:pw@x"],
                "ports": ["${PORT:-80}:80"],
            },
            "db": {"image": "postgres:${V}", "environment": {"POSTGRES_PASSWORD": "${PW}", "LOG": true}},
            "job": {"image": "x", "profiles": ["jobs"]},
        }});
        let resolved = json!({"name": "shop", "services": {
            "web": {"image": "app:1", "environment": {"POSTGRES_DB": "no"}, "secrets": [{"source": "tok"}],
                    "volumes": [{"type": "bind", "source": "/s/pgpass"}, {"type": "volume", "source": "v"}]},
            "db": {"image": "postgres:16", "environment": {"POSTGRES_USER": "a$$b"}},
        }, "secrets": {"tok": {"file": "/s/tok"}, "env": {"environment": "X"}}});
        Composed::read(declared.to_string().as_bytes(), resolved.to_string().as_bytes(), &[]).unwrap()
    }

    #[test]
    fn both_sides_are_put_together() {
        let c = composed();
        assert_eq!((c.project.as_str(), c.services["db"].image.as_str()), ("shop", "postgres:16"));
        assert_eq!(c.services["db"].role.as_deref(), Some("a$b"));
        assert_eq!(c.services["web"].env_files, [PathBuf::from("/s/web.env")]);
        assert_eq!(c.services["web"].variables["SALT"], "${SALT}");
        assert_eq!(c.left_out, BTreeSet::from(["job".to_owned()]));
        let files: Vec<_> = c.files.iter().map(|(p, n)| (p.to_str().unwrap(), n.as_str())).collect();
        assert_eq!(files, [("/s/pgpass", "mounted into web"), ("/s/tok", "secret tok")]);
    }

    #[test]
    fn who_is_reached_and_how() {
        let c = composed();
        let of = |variable, files: &[&str]| {
            let files = files.iter().map(PathBuf::from).collect();
            c.services_of(variable, &files).cloned().collect::<Vec<_>>()
        };
        assert_eq!(of("PW", &[]), ["db", "web"]);
        assert_eq!(of("PORT", &[]), ["web"]);
        assert_eq!(of("OTHER", &["/s/web.env"]), ["web"]);
        assert!(c.puts_into_url("PW") && !c.puts_into_url("PORT"));
        assert_eq!(c.services["db"].refers_to("PW").collect::<Vec<_>>(), ["POSTGRES_PASSWORD"]);
        assert_eq!(c.services["web"].strays("PORT").collect::<Vec<_>>(), ["ports"]);
        assert_eq!(c.services["web"].strays("PW").next(), None, "an environment is where it belongs");
    }

    #[test]
    fn values_in_compose_files_are_named() {
        let found = composed().literals(&BTreeSet::from(["PW"]));
        let shown: Vec<_> = found.iter().map(|l| format!("{} {}", l.service, l.place)).collect();
        assert_eq!(shown, ["web API_TOKEN", "web A_SECRET", "web command"]);
    }
}
