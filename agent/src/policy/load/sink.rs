//! Whether what a generator makes survives the place that it is put in.
//!
//! A template is rendered twice: with harmless markers, which show where each value lands, and with probes that hold
//! every letter of their generator's alphabet. An env file's line must then still read back to exactly what stands
//! between its quotes ([`env`]), and a value inside a URL must still be one part of it ([`url`]). Values that a
//! function turned into something else before (base64, upper case) are looked at in env files only.

mod env;
mod url;

use std::collections::{BTreeMap, BTreeSet};

use zeroize::Zeroizing;

use super::problem::{Problem, Source};
use crate::policy::{Format, Policy, RenderedFile};
use crate::secret::Name;
use crate::template::{Asked, Rendered, Template, TemplateError};

/// A place where a value would be read as something else.
pub(super) struct Hazard {
    /// The env file's key, or the secret's path: what is searched for in the template, to point at it.
    near: String,
    what: String,
    help: String,
}

impl Hazard {
    pub(super) fn problem(&self, source: &Source) -> Problem {
        let text = source.text();
        let starts_line =
            |at: &usize| text[..*at].ends_with('\n') || *at == 0 || text[..*at].ends_with("export ");
        let found = text.match_indices(self.near.as_str()).map(|(at, _)| at);
        let at = found.clone().find(starts_line).or_else(|| found.clone().next()).unwrap_or(0);
        let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
        source.problem(at..end, &self.what, &self.help)
    }
}

/// Stands for what is only passed on: it is what it is, and nothing of ours has to survive in it.
const PASSED: &str = "passed";

/// Renders one template with texts of our own.
struct Probe<'p> {
    template: &'p Template,
    file: &'p RenderedFile,
    policy: &'p Policy,
    /// Each listed secret's harmless marker and full probe.
    texts: BTreeMap<Name, (String, String)>,
}

pub(super) fn hazards(
    template: &Template,
    file: &RenderedFile,
    policy: &Policy,
) -> Result<Vec<Hazard>, TemplateError> {
    let texts = file.reads.iter().enumerate().filter_map(|(i, name)| {
        let generator = &policy.secrets.get(name)?.generator;
        let marker = url::marker(i, generator.length().unwrap_or(32));
        Some((name.clone(), (marker, generator.alphabet().into_iter().collect())))
    });
    let probe = Probe { template, file, policy, texts: texts.collect() };
    let rendered = probe.render(|_| false)?;
    let (harmless, read) = (in_clear(&rendered), rendered.reads());
    if harmless.contains("<no value>") && !file.template.contains("<no value>") {
        return Ok(vec![Hazard {
            near: "template".into(),
            what: "the template prints \"<no value>\"".into(),
            help: "an action has no data: pass `.` on, as in {{ template \"name\" . }}".into(),
        }]);
    }
    let mut hazards = url::hazards(&probe, &harmless)?;
    if file.format == Format::Env {
        hazards.extend(env::hazards(&probe, &harmless, read)?);
        if hazards.is_empty() {
            let holds_value = |index: usize| rendered.printed(index).contains(url::MARK);
            hazards.extend(rendered.misfit(holds_value).map(|misfit| env::of_misfit(&misfit)));
        }
    }
    Ok(hazards)
}

impl Probe<'_> {
    /// With some secrets in full.
    fn render(&self, full: impl Fn(&Name) -> bool) -> Result<Rendered, TemplateError> {
        let mut text_of = |asked: Asked<'_>| {
            let Asked::Secret(name) = asked else { return Some(Zeroizing::new(PASSED.into())) };
            let (marker, all) = self.texts.get(name)?;
            Some(Zeroizing::new(if full(name) { all.clone() } else { marker.clone() }))
        };
        self.template.render(self.file, &self.policy.vault, &mut text_of)
    }

    /// Its text.
    fn text(&self, full: impl Fn(&Name) -> bool) -> Result<String, TemplateError> {
        self.render(full).map(|rendered| in_clear(&rendered))
    }
}

#[expect(clippy::disallowed_methods, reason = "rendered with probes, which are no values")]
fn in_clear(rendered: &Rendered) -> String {
    secrecy::ExposeSecret::expose_secret(rendered).to_owned()
}

/// `'+', '/'`.
fn listed(letters: &BTreeSet<char>) -> String {
    letters.iter().map(|c| format!("`{c}`")).collect::<Vec<_>>().join(" ")
}
