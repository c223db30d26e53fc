//! Places in compose files where a secret does not belong. In a service's environment, and in a file, it is known who reads
//! it, and a rotation follows it there. An argument or a label is read by others, and anything else is followed by nobody.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::placeholder;

/// One such place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stray {
    /// "`command` of service redis"
    pub place: String,
    pub kind: Kind,
    /// The env file's keys that are in it.
    pub keys: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Of a program: every user of the host sees it in the list of processes.
    Argument,
    /// The content of a `secrets:` or `configs:` entry: in the container alone, but Compose makes it out of the environment.
    Content,
    /// A label, a name, an option, an argument of a build.
    Other,
}

/// The keys of a service that are commands.
const COMMANDS: [&str; 5] = ["command", "entrypoint", "healthcheck", "post_start", "pre_stop"];

pub(super) fn find(config: &Json, keys: &[String]) -> Vec<Stray> {
    let mut found = Finder { keys, strays: Vec::new() };
    for (group, entries) in config.as_object().into_iter().flatten() {
        // Anchors for the rest of the file: they come again where they are used.
        if group.starts_with("x-") {
            continue;
        }
        for (name, entry) in entries.as_object().into_iter().flatten() {
            let of = format!("{} {name}", group.trim_end_matches('s'));
            match group.as_str() {
                "services" => found.service(&of, entry),
                "secrets" | "configs" => found.content(&of, entry),
                _ => found.anything(&of, entry, Kind::Other),
            }
        }
    }
    found.strays
}

struct Finder<'a> {
    keys: &'a [String],
    strays: Vec<Stray>,
}

impl Finder<'_> {
    fn service(&mut self, of: &str, service: &Json) {
        for (key, value) in service.as_object().into_iter().flatten() {
            let kind = if COMMANDS.contains(&key.as_str()) { Kind::Argument } else { Kind::Other };
            if key != "environment" && !key.starts_with("x-") {
                self.anything(&format!("`{key}` of {of}"), value, kind);
            }
        }
    }

    /// `content:` with placeholders in it, or the name of a variable.
    fn content(&mut self, of: &str, entry: &Json) {
        let variable = entry.get("environment").and_then(Json::as_str);
        if let Some(key) = self.keys.iter().find(|key| variable == Some(key.as_str())) {
            self.add(format!("`environment` of {of}"), Kind::Content, [key.clone()].into());
        }
        if let Some(content) = entry.get("content") {
            self.anything(&format!("`content` of {of}"), content, Kind::Content);
        }
        for (key, value) in entry.as_object().into_iter().flatten() {
            if !["environment", "content"].contains(&key.as_str()) {
                self.anything(&format!("`{key}` of {of}"), value, Kind::Other);
            }
        }
    }

    fn anything(&mut self, place: &str, value: &Json, kind: Kind) {
        let mut keys = BTreeSet::new();
        self.in_it(value, &mut keys);
        if !keys.is_empty() {
            self.add(place.to_owned(), kind, keys);
        }
    }

    fn in_it(&self, value: &Json, found: &mut BTreeSet<String>) {
        match value {
            Json::String(text) => self.in_text(text, found),
            Json::Array(items) => items.iter().for_each(|item| self.in_it(item, found)),
            Json::Object(map) => map.iter().for_each(|(key, value)| {
                self.in_text(key, found);
                self.in_it(value, found);
            }),
            _ => {}
        }
    }

    fn in_text(&self, text: &str, found: &mut BTreeSet<String>) {
        let keys = self.keys.iter().enumerate().filter(|(index, _)| text.contains(&placeholder(*index)));
        found.extend(keys.map(|(_, key)| key.clone()));
    }

    fn add(&mut self, place: String, kind: Kind, keys: BTreeSet<String>) {
        self.strays.push(Stray { place, kind, keys });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(config: Json) -> Vec<(String, Kind)> {
        let keys = ["PASSWORD".to_owned(), "TOKEN".to_owned()];
        let strays = find(&config, &keys);
        strays
            .into_iter()
            .map(|s| (format!("{} ({})", s.place, s.keys.into_iter().collect::<String>()), s.kind))
            .collect()
    }

    #[test]
    fn where_a_secret_belongs_is_no_stray() {
        let config = json!({
            "name": "shop",
            "x-common": { "PASSWORD": placeholder(0) },
            "services": { "api": {
                "command": ["run", "--port", "80"], "labels": { "team": "a" },
                "environment": { "PASSWORD": placeholder(0), "URL": format!("p://u:{}@h", placeholder(1)) },
                "x-note": placeholder(0),
            } },
            "secrets": { "token": { "file": "/s/token" }, "other": { "environment": "OTHER" } },
        });
        assert_eq!(found(config), []);
    }

    #[test]
    fn arguments_labels_and_whatever_else_are_found() {
        let (password, token) = (placeholder(0), placeholder(1));
        let config = json!({
            "services": {
                "a": { "command": ["redis-server", "--requirepass", password] },
                "b": { "healthcheck": { "test": ["CMD-SHELL", format!("redis-cli -a {password} ping")] } },
                "c": { "labels": { "route": format!("auth={token}") }, "build": { "args": { "T": token } } },
                "d": { "logging": { "options": { "token": format!("{token}{password}") } } },
            },
            "volumes": { "share": { "driver_opts": { "o": format!("password={password}") } } },
            "configs": { "ini": { "content": format!("pw={password}") } },
            "secrets": { "token": { "environment": "TOKEN" } },
        });
        let expected = [
            ("`content` of config ini (PASSWORD)", Kind::Content),
            ("`environment` of secret token (TOKEN)", Kind::Content),
            ("`command` of service a (PASSWORD)", Kind::Argument),
            ("`healthcheck` of service b (PASSWORD)", Kind::Argument),
            ("`build` of service c (TOKEN)", Kind::Other),
            ("`labels` of service c (TOKEN)", Kind::Other),
            ("`logging` of service d (PASSWORDTOKEN)", Kind::Other),
            ("volume share (PASSWORD)", Kind::Other),
        ];
        assert_eq!(found(config), expected.map(|(place, kind)| (place.to_owned(), kind)));
    }
}
