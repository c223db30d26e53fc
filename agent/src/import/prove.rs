//! The templates, rendered in memory with what was sorted: they must come out as the files are, byte for byte.

use std::collections::BTreeMap;

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::{Outcome, Refused, Sorted, Source, template};
use crate::policy::{Paths, RenderedFile};
use crate::template::{Asked, Rendered, Template};

/// Each file's template, proven. In the order of `outcome.files`.
pub fn templates(outcome: &Outcome, sources: &[Source], paths: &Paths) -> Result<Vec<String>, Refused> {
    let by_path: BTreeMap<_, _> = sources.iter().map(|s| (&s.path, s)).collect();
    outcome
        .files
        .iter()
        .map(|sorted| {
            let text = template::text(&sorted.pieces, paths);
            let source = by_path[&sorted.path];
            let shown = sorted.path.display();
            let rendered = render(sorted, &text, outcome, paths).map_err(|e| {
                Refused::new(
                    format!("{shown} cannot be made a template: {e}"),
                    "leave it out, or make it smaller",
                )
            })?;
            match difference(clear(&rendered), &source.text) {
                None => Ok(text),
                Some(line) => Err(Refused::new(
                    format!("{shown}: line {line} cannot be reproduced"),
                    "write the line in a simpler way, then import again; nothing was written",
                )),
            }
        })
        .collect()
}

fn render(
    sorted: &Sorted,
    text: &str,
    outcome: &Outcome,
    paths: &Paths,
) -> Result<Rendered, crate::template::TemplateError> {
    let copy = |text: &Zeroizing<String>| Zeroizing::new(String::clone(text));
    Template::parse(text)?.render(&as_policy_has_it(sorted), paths, &mut |asked| match asked {
        Asked::Secret(name) => outcome.managed.get(name).map(copy),
        Asked::Passed(field) => outcome.fields.get(field).map(copy),
    })
}

fn as_policy_has_it(sorted: &Sorted) -> RenderedFile {
    RenderedFile {
        path: sorted.path.clone(),
        template_file: format!("{}.tmpl", sorted.id).into(),
        template: String::new(),
        reads: sorted.reads().into_iter().cloned().collect(),
        passthrough: sorted.fields().into_iter().map(str::to_owned).collect(),
        owner: 0,
        group: 0,
        mode: 0o600,
        format: sorted.format,
        consumers: BTreeMap::new(),
    }
}

/// The first line that differs.
fn difference(rendered: &str, is: &str) -> Option<usize> {
    if rendered == is {
        return None;
    }
    let same = rendered.split('\n').zip(is.split('\n')).take_while(|(a, b)| a == b).count();
    Some(same + 1)
}

#[expect(clippy::disallowed_methods, reason = "a rendered file is compared with the one that is there")]
fn clear(rendered: &Rendered) -> &str {
    rendered.expose_secret()
}

/// A template without anything to read.
#[cfg(test)]
pub(super) fn without_values(template: &Template, paths: &Paths) -> String {
    let sorted =
        Sorted { id: "x".into(), path: "x".into(), format: crate::policy::Format::Raw, pieces: Vec::new() };
    let rendered = template.render(&as_policy_has_it(&sorted), paths, &mut |_| None).unwrap();
    clear(&rendered).to_owned()
}
