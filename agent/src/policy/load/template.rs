//! The policy's templates: read, parsed, and rendered with probes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::check::directory;
use super::problem::{Problem, Source};
use super::raw::{Raw, RawFile, Text};
use super::trust::Reader;
use super::{Hash, sink};
use crate::policy::{Policy, RenderedFile};
use crate::template::{Place, Read, Template, TemplateError, not_listed, not_ours, not_passed, resolve};

/// Fills in every file's template, and adds it to the policy's hash.
pub(super) fn load_all(
    reader: &Reader,
    policy_source: &Source,
    raw: &Raw,
    policy_file: &Path,
    policy: &mut Policy,
    hash: &mut Hash,
    problems: &mut Vec<Problem>,
) {
    // What was refused would be missed in the templates: they are then only parsed.
    let understood = problems.is_empty();
    let mut sources: BTreeMap<PathBuf, Source> = BTreeMap::new();
    for (name, entry) in &raw.file {
        let path = directory(policy_file).join(entry.template.get_ref());
        if !sources.contains_key(&path) {
            match open(reader, policy_source, entry, &path) {
                Ok(source) => sources.insert(path.clone(), source),
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
        }
        let source = &sources[&path];
        hash.add(entry.template.get_ref(), source.text());
        if let Some(file) = policy.files.get_mut(name.get_ref()) {
            file.template = source.text().to_owned();
        }
        problems.extend(check(source, policy.files.get(name.get_ref()).filter(|_| understood), policy));
    }
}

fn open(reader: &Reader, policy: &Source, entry: &RawFile, path: &Path) -> Result<Source, Problem> {
    if path.exists() {
        return reader.read(path, path);
    }
    let text: &Text = &entry.template;
    let what = format!("there is no template {}", path.display());
    Err(policy.problem(text.span(), what, "name the template's file, relative to this file"))
}

fn check(source: &Source, file: Option<&RenderedFile>, policy: &Policy) -> Vec<Problem> {
    let show = |e: &TemplateError| source.template_problem(e);
    let template = match Template::parse(source.text()) {
        Ok(template) => template,
        Err(e) => return vec![show(&e)],
    };
    let Some(file) = file else { return Vec::new() };
    let outside: Vec<Problem> =
        template.reads().iter().filter_map(|read| outside(read, file, policy)).map(|e| show(&e)).collect();
    if !outside.is_empty() {
        return outside;
    }
    match sink::hazards(&template, file, policy) {
        Ok(hazards) => hazards.into_iter().map(|h| h.problem(source)).collect(),
        Err(e) => vec![show(&e)],
    }
}

/// A read that is written out, also where no render comes by.
fn outside(read: &Read, file: &RenderedFile, policy: &Policy) -> Option<TemplateError> {
    let error = match resolve(&policy.vault, &read.path) {
        None => not_ours(Some(&read.path)),
        Some(Place::Passthrough) if file.passthrough.is_empty() => not_passed(None),
        Some(Place::Passthrough) => return None,
        Some(Place::Secret(name)) if !policy.secrets.contains_key(&name) => not_ours(Some(&read.path)),
        Some(Place::Secret(name)) if !file.reads.contains(&name) => not_listed(Some(&name)),
        Some(Place::Secret(_)) => return None,
    };
    Some(error.at(read.line, read.column))
}
