//! A template against the file that it should render: what stands where it has an expression, is the value.
//!
//! The template is rendered with marks, which show in which form each value lands; what lies between the marks has to
//! be in the file too. An env file is compared variable by variable and comment by comment, so that no value is taken
//! for its neighbour. This only finds; whether the whole file comes out is proven afterwards.

mod pattern;

use std::collections::BTreeMap;

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::envfile::{Kind, Line, Text, lines};
use crate::policy::{Format, Paths, RenderedFile};
use crate::secret::Name;
use crate::template::{Asked, Rendered, Template, TemplateError};
use pattern::Pattern;

/// What was found. Wiped when dropped.
#[derive(Default)]
pub struct Found {
    pub secrets: BTreeMap<Name, Zeroizing<String>>,
    pub passed: BTreeMap<String, Zeroizing<String>>,
}

/// What a mark stands for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Secret(Name),
    Passed(String),
}

impl Found {
    fn get(&self, item: &Item) -> Option<&Zeroizing<String>> {
        match item {
            Item::Secret(name) => self.secrets.get(name),
            Item::Passed(field) => self.passed.get(field),
        }
    }

    /// The first place counts: another one that differs shows when the file is proven.
    fn add(&mut self, item: Item, text: Zeroizing<String>) {
        match item {
            Item::Secret(name) => _ = self.secrets.entry(name).or_insert(text),
            Item::Passed(field) => _ = self.passed.entry(field).or_insert(text),
        }
    }
}

/// Places of all files, to be solved together: a value that is clear in one file helps in another.
#[derive(Default)]
pub struct Places(Vec<(Pattern, Zeroizing<String>)>);

impl Places {
    /// Adds a file. A line that isn't there in both is left out.
    pub fn add(&mut self, file: &RenderedFile, paths: &Paths, is: &str) -> Result<(), TemplateError> {
        let items = items(file);
        let rendered = marked(file, paths, &items)?;
        let marked = clear(&rendered);
        let mut add = |marked: &str, is: &str| {
            self.0.push((Pattern::of(marked, &items), Zeroizing::new(is.to_owned())));
        };
        match (file.format, lines(marked), lines(is)) {
            (Format::Env, Ok(left), Ok(right)) => {
                pairs(marked, &left, is, &right).for_each(|(a, b)| add(a, b));
            }
            _ => add(marked, is),
        }
        Ok(())
    }

    /// Adds an env file's variables as somebody holds them who was given them, without quotes and comments.
    pub fn add_variables<'t>(
        &mut self,
        file: &RenderedFile,
        paths: &Paths,
        held: &dyn Fn(&str) -> Option<&'t Text>,
    ) -> Result<(), TemplateError> {
        let items = items(file);
        let rendered = marked(file, paths, &items)?;
        let marked = clear(&rendered);
        for line in lines(marked).unwrap_or_default() {
            let Kind::Assignment(a) = line.kind else { continue };
            if let Some(text) = held(&marked[a.key]) {
                let is = Zeroizing::new(in_clear(text).to_owned());
                self.0.push((Pattern::of(&marked[a.value], &items), is));
            }
        }
        Ok(())
    }

    /// Everything that can be told.
    pub fn solve(self) -> Found {
        let mut found = Found::default();
        // What is clear by itself first; each value found makes others clear.
        for at_most_one in [true, false] {
            loop {
                let before = (found.secrets.len(), found.passed.len());
                for (pattern, is) in &self.0 {
                    let known = |item: &Item| found.get(item).cloned();
                    let solved = pattern.solve(is, &known, at_most_one);
                    solved.into_iter().for_each(|(item, text)| found.add(item, text));
                }
                if (found.secrets.len(), found.passed.len()) == before {
                    break;
                }
            }
        }
        found
    }
}

/// All that a file's template may read.
fn items(file: &RenderedFile) -> Vec<Item> {
    let secrets = file.reads.iter().cloned().map(Item::Secret);
    secrets.chain(file.passthrough.iter().cloned().map(Item::Passed)).collect()
}

/// The file with a mark in the place of each value.
fn marked(file: &RenderedFile, paths: &Paths, items: &[Item]) -> Result<Rendered, TemplateError> {
    Template::parse(&file.template)?.render(file, paths, &mut |asked| {
        let is = |item: &Item| match (item, asked) {
            (Item::Secret(a), Asked::Secret(b)) => a == b,
            (Item::Passed(a), Asked::Passed(b)) => a == b,
            _ => false,
        };
        items.iter().position(is).map(|index| Zeroizing::new(pattern::mark(index)))
    })
}

/// The same variable's raw text, and the same comment's, in both.
fn pairs<'t>(
    a: &'t str,
    left: &'t [Line],
    b: &'t str,
    right: &'t [Line],
) -> impl Iterator<Item = (&'t str, &'t str)> {
    let comments = |text: &'t str, lines: &'t [Line]| {
        lines.iter().filter(|l| l.kind == Kind::Comment).map(move |l| &text[l.text.clone()])
    };
    let raw = |text: &'t str, lines: &'t [Line]| {
        lines.iter().filter_map(move |l| match &l.kind {
            Kind::Assignment(a) => Some((&text[a.key.clone()], &text[a.raw.clone()])),
            _ => None,
        })
    };
    let of_right: BTreeMap<&str, &str> = raw(b, right).collect();
    let assigned = raw(a, left).filter_map(move |(key, text)| Some((text, *of_right.get(key)?)));
    assigned.chain(comments(a, left).zip(comments(b, right)))
}

#[expect(clippy::disallowed_methods, reason = "rendered with marks: no value is in it")]
fn clear(rendered: &Rendered) -> &str {
    rendered.expose_secret()
}

#[expect(clippy::disallowed_methods, reason = "what a container holds is read back through the template")]
fn in_clear(text: &Text) -> &str {
    text.expose_secret()
}

#[cfg(test)]
mod tests;
