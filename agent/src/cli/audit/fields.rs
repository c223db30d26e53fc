//! What an entry says, by the names of its keys; also one that this version does not interpret.
//!
//! Every entry of every format is a JSON object, and the keys by which a log is searched mean the same in all of them.

use jiff::Timestamp;
use serde_json::{Value as Json, json};
use turnlock_audit::{Listed, Outcome, Phase};

pub(super) struct Fields<'l> {
    pub(super) listed: &'l Listed,
    /// Null if the bytes are no JSON.
    pub(super) json: Json,
}

impl<'l> Fields<'l> {
    pub(super) fn of(listed: &'l Listed) -> Self {
        Self { listed, json: serde_json::from_slice(&listed.body).unwrap_or_default() }
    }

    /// What stands under a key; nothing if it is neither a text nor a number.
    pub(super) fn text(&self, key: &str) -> String {
        plain(&self.json[key])
    }

    pub(super) fn asserted(&self, key: &str) -> String {
        plain(&self.json["asserted"][key])
    }

    pub(super) fn at(&self) -> Option<Timestamp> {
        self.json["at"].as_str()?.parse().ok()
    }

    /// `undo apply`, where a step is on the way back.
    pub(super) fn action(&self) -> String {
        let is_undo = self.json["direction"] == "back" && self.json["step"].is_u64();
        let undo = if is_undo { "undo " } else { "" };
        format!("{undo}{}", self.text("action"))
    }

    /// How it ended, in a person's words.
    pub(super) fn outcome(&self) -> &'static str {
        let Some(entry) = &self.listed.entry else { return "not interpreted" };
        match (entry.phase, entry.outcome) {
            (Phase::Intent, _) => "intended",
            (_, Some(Outcome::Done)) => "done",
            (_, Some(Outcome::Failed)) => "failed",
            (_, Some(Outcome::Refused)) => "refused",
            (_, Some(Outcome::InDoubt)) => "in doubt",
            (_, None) => "-",
        }
    }

    /// The names of what it is about.
    pub(super) fn secrets(&self) -> Vec<&str> {
        self.json["subjects"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect()
    }

    /// The same with versions: `JWT_SECRET v3 -> v4`.
    pub(super) fn changes(&self) -> Vec<String> {
        let subjects = self.json["subjects"].as_object().into_iter().flatten();
        subjects
            .map(|(name, v)| match (version(&v["from"]), version(&v["to"])) {
                (None, None) => name.clone(),
                (Some(from), None) => format!("{name} {from}"),
                (None, Some(to)) => format!("{name} -> {to}"),
                (Some(from), Some(to)) => format!("{name} {from} -> {to}"),
            })
            .collect()
    }

    /// What was noted of an effect: what was proven, and how.
    pub(super) fn notes(&self) -> Vec<&str> {
        texts(&self.json["detail"]["notes"])
    }

    /// Vault's ids of the calls that changed something.
    pub(super) fn request_ids(&self) -> Vec<&str> {
        texts(&self.json["request_ids"])
    }

    /// For machines: the exact entry, and what the log knows of it besides.
    pub(super) fn as_json(&self) -> Json {
        json!({
            "seq": self.listed.seq, "leaf": hex::encode(self.listed.leaf), "recorded": self.recorded(),
            "interpreted": self.listed.entry.is_some(), "entry": self.json,
        })
    }

    /// The same on one line, with the entry's own bytes.
    pub(super) fn as_line(&self) -> String {
        let (listed, recorded) = (self.listed, self.recorded());
        let (seq, leaf, interpreted) = (listed.seq, hex::encode(listed.leaf), listed.entry.is_some());
        let entry = std::str::from_utf8(&listed.body).ok().filter(|_| !self.json.is_null()).unwrap_or("null");
        format!(
            r#"{{"seq":{seq},"leaf":"{leaf}","recorded":{recorded},"interpreted":{interpreted},"entry":{entry}}}"#
        )
    }

    fn recorded(&self) -> Json {
        self.listed.recorded.as_ref().map_or(Json::Null, |r| json!({ "at": r.at, "by": r.by }))
    }
}

fn plain(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn texts(value: &Json) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Json::as_str).collect()
}

fn version(value: &Json) -> Option<String> {
    value.as_u64().map(|n| format!("v{n}"))
}
