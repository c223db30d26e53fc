//! The same templates, rendered by a real `bao agent` and by Turnlock: the same bytes.
//!
//! `tests/vectors/templates` holds the corpus: templates, those that both have to refuse, and the secrets' values. The
//! agent reads them from a real OpenBao, as KV version 2 at `secret/corpus`, and as version 1 at `kv1/corpus` for
//! those templates whose name begins with `v1-`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use secrecy::ExposeSecret;
use serde_json::{Value as Json, json};
use turnlock::policy::{Format, Paths, RenderedFile};
use turnlock::secret::{Passed, Value, Values};
use turnlock::template::{Template, TemplateError};
use turnlock_tests::{Bao, repository};

#[test]
fn templates_render_as_under_bao_agent() {
    let bao = Bao::start();
    let corpus = Corpus::read();
    corpus.write_to(&bao);
    let templates = corpus.templates("");
    assert!(templates.len() >= 150, "only {} templates", templates.len());

    let out = bao.dir().join("out");
    let agent = run_agent(&bao, &templates, &out);
    assert!(agent.status.success(), "bao agent rendered not all of them: {}", not_written(&templates, &out));
    let (mut equal, mut differ) = (0, Vec::new());
    for template in &templates {
        let theirs = std::fs::read(rendered(&out, template)).expect("what bao agent rendered");
        match corpus.render(template) {
            Ok(ours) if ours == theirs => equal += 1,
            Ok(_) => differ.push(name(template)),
            Err(e) => differ.push(format!("{} ({e})", name(template))),
        }
    }
    assert!(differ.is_empty(), "{} differ: {}", differ.len(), differ.join(", "));
    assert_eq!(equal, templates.len());
    println!("{equal} templates, all equal");
}

#[test]
fn templates_that_bao_agent_refuses_are_refused() {
    let bao = Bao::start();
    let corpus = Corpus::read();
    corpus.write_to(&bao);
    let templates = corpus.templates("refused");
    assert!(templates.len() >= 30, "only {} templates", templates.len());
    let rendered_anyway: Vec<String> = std::thread::scope(|scope| {
        let tries: Vec<_> = templates
            .chunks(templates.len().div_ceil(4))
            .map(|some| {
                scope.spawn(|| some.iter().filter_map(|t| corpus.refused(&bao, t)).collect::<Vec<_>>())
            })
            .collect();
        tries.into_iter().flat_map(|t| t.join().expect("no panic")).collect()
    });
    assert!(rendered_anyway.is_empty(), "{}", rendered_anyway.join(", "));
    println!("{} templates, all refused", templates.len());
}

struct Corpus {
    folder: PathBuf,
    values: BTreeMap<String, String>,
}

impl Corpus {
    fn read() -> Self {
        let folder = repository().join("tests/vectors/templates");
        let text = std::fs::read_to_string(folder.join("values.json")).expect("the values");
        Self { values: serde_json::from_str(&text).expect("texts by name"), folder }
    }

    fn write_to(&self, bao: &Bao) {
        let v1 = json!({ "type": "kv", "options": { "version": "1" } });
        bao.vault().write("sys/mounts/kv1", v1);
        for (name, value) in &self.values {
            bao.vault().write(&format!("secret/data/corpus/{name}"), json!({ "data": { "value": value } }));
            bao.vault().write(&format!("kv1/corpus/{name}"), json!({ "value": value }));
        }
    }

    fn templates(&self, below: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.folder.join(below)).expect("the corpus");
        let paths = entries.map(|e| e.expect("an entry").path());
        let mut templates: Vec<PathBuf> =
            paths.filter(|p| p.extension().is_some_and(|e| e == "tmpl")).collect();
        templates.sort();
        templates
    }

    #[expect(clippy::disallowed_methods, reason = "a test compares what was rendered")]
    fn render(&self, template: &Path) -> Result<Vec<u8>, TemplateError> {
        let mount = if name(template).starts_with("v1-") { "kv1" } else { "secret" };
        let paths = Paths {
            mount: mount.into(),
            prefix: "corpus".into(),
            staging: "turnlock".into(),
            owner: "corpus".into(),
            role: "turnlock-corpus".into(),
        };
        let mut values = Values::default();
        for (name, value) in &self.values {
            values.insert(name.parse().expect("a secret's name"), 1, Value::new(value.clone()));
        }
        let file = RenderedFile {
            path: "out".into(),
            template_file: template.to_owned(),
            template: String::new(),
            reads: self.values.keys().map(|n| n.parse().expect("a secret's name")).collect(),
            passthrough: Default::default(),
            owner: 0,
            group: 0,
            mode: 0o600,
            format: Format::Raw,
            consumers: Default::default(),
        };
        let text = std::fs::read_to_string(template).expect("a template");
        let rendered = Template::parse(&text)?.render_values(&file, &paths, &values, &Passed::default())?;
        Ok(rendered.expose_secret().as_bytes().to_vec())
    }

    /// The template's name, if one of the two renders it, or if our error shows a value.
    fn refused(&self, bao: &Bao, template: &PathBuf) -> Option<String> {
        let out = bao.dir().join(name(template));
        let theirs = run_agent(bao, std::slice::from_ref(template), &out);
        if theirs.status.success() || rendered(&out, template).exists() {
            return Some(format!("bao agent renders {}", name(template)));
        }
        match self.render(template) {
            Ok(_) => Some(format!("ours renders {}", name(template))),
            Err(e) => {
                let shown = e.to_string();
                let leaks = self.values.values().any(|v| v.len() > 4 && shown.contains(v.as_str()));
                leaks.then(|| format!("the error of {} shows a value", name(template)))
            }
        }
    }
}

fn name(template: &Path) -> String {
    template.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn rendered(out: &Path, template: &Path) -> PathBuf {
    out.join(name(template))
}

fn not_written(templates: &[PathBuf], out: &Path) -> String {
    let missing = templates.iter().filter(|t| !rendered(out, t).exists());
    missing.map(|t| name(t)).collect::<Vec<_>>().join(", ")
}

/// One run of `bao agent`, which renders all of them and ends.
fn run_agent(bao: &Bao, templates: &[PathBuf], out: &Path) -> Output {
    std::fs::create_dir_all(out).expect("a folder");
    let token = out.join(".token");
    std::fs::write(&token, &bao.vault().token).expect("a token");
    let stanzas: Vec<Json> = templates
        .iter()
        .map(|t| json!({ "source": t, "destination": rendered(out, t), "error_on_missing_key": false }))
        .collect();
    let config = json!({
        "exit_after_auth": true,
        "vault": { "address": bao.vault().address },
        "auto_auth": { "method": [{ "type": "token_file", "config": { "token_file_path": token } }] },
        "template_config": { "exit_on_retry_failure": true },
        "template": stanzas,
    });
    let file = out.join(".agent.json");
    std::fs::write(&file, config.to_string()).expect("its configuration");
    let mut command = bao.command();
    command.arg("agent").arg(format!("-config={}", file.display())).stdin(Stdio::null());
    command.output().expect("`bao agent` runs")
}
