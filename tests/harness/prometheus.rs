//! The stack's Prometheus, asked over its API; and its promtool.

use std::time::Duration;

use serde_json::Value as Json;

use crate::docker::docker_result;
use crate::program::repository;
use crate::web::client;

/// A Prometheus that runs.
pub struct Prometheus {
    pub base: String,
}

impl Prometheus {
    /// What an expression gives now: a value a series. An error is one of the expression.
    #[track_caller]
    pub fn ask(&self, expression: &str) -> Vec<Json> {
        let mut url = url::Url::parse(&format!("{}/api/v1/query", self.base)).expect("an address");
        url.query_pairs_mut().append_pair("query", expression);
        let answer: Json =
            client().get(url).send().and_then(|a| a.json()).expect("Prometheus answers with JSON");
        assert_eq!(answer["status"], "success", "{expression}: {answer}");
        answer["data"]["result"].as_array().expect("a vector").clone()
    }

    /// The one number of an expression.
    #[track_caller]
    pub fn number(&self, expression: &str) -> Option<f64> {
        let found = self.ask(expression);
        assert!(found.len() < 2, "{expression} gives {} series", found.len());
        found.first()?["value"][1].as_str()?.parse().ok()
    }

    /// Whether it reaches what it scrapes under this name.
    pub fn reaches(&self, job: &str) -> bool {
        !self.ask(&format!("up{{job=\"{job}\"}} == 1")).is_empty()
    }
}

/// What a scraper gets: status, format, text.
pub fn scrape(url: &str) -> (u16, String, String) {
    let answer = client().get(url).timeout(Duration::from_secs(5)).send().expect("somebody answers");
    let format = answer.headers()["content-type"].to_str().expect("text").to_owned();
    (answer.status().as_u16(), format, answer.text().expect("text"))
}

/// Prometheus's own tool, out of its image, with the repository's files of that name at `/files`; and whether it was content.
pub fn promtool(args: &[&str], files: &[&str], input: &str) -> (bool, String) {
    let mounts: Vec<String> = files
        .iter()
        .map(|file| format!("--volume={}:/files/{file}:ro", repository().join(file).display()))
        .collect();
    let mounts: Vec<&str> = mounts.iter().map(String::as_str).collect();
    let run = ["run", "--rm", "--interactive", "--network=none", "--entrypoint=promtool"];
    let (ok, out, err) =
        docker_result(&[&run[..], &mounts, &["turnlock-demo/prometheus"], args].concat(), input);
    (ok, out + &err)
}
