//! The paths that are written out after `secret`, found without running anything.
//!
//! A render shows only the branches that it takes; here are those of all of them, each with its place.

use super::lines::Lines;
use super::tree::{Block, Branch, Node, Operand, Pipe, What};

/// A `secret "path"` in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    pub path: String,
    /// Counted from 1.
    pub line: usize,
    /// Of the path, counted from 1, in bytes.
    pub column: usize,
}

/// In the order in which they are written.
pub(super) fn reads<'t>(blocks: impl Iterator<Item = &'t Block>, lines: &Lines) -> Vec<Read> {
    let mut found = Vec::new();
    for block in blocks {
        in_block(block, &mut found);
    }
    found.sort_by_key(|(at, _)| *at);
    let place = |(at, path)| {
        let (line, column) = lines.place(at);
        Read { path, line, column }
    };
    found.into_iter().map(place).collect()
}

type Found = Vec<(usize, String)>;

fn in_block(block: &Block, found: &mut Found) {
    for node in block {
        match node {
            Node::Action(pipe) => in_pipe(pipe, found),
            Node::If(branch) | Node::With(branch) | Node::Range(branch) => in_branch(branch, found),
            Node::Call { with: Some(pipe), .. } => in_pipe(pipe, found),
            _ => {}
        }
    }
}

fn in_branch(branch: &Branch, found: &mut Found) {
    in_pipe(&branch.pipe, found);
    in_block(&branch.body, found);
    in_block(&branch.otherwise, found);
}

fn in_pipe(pipe: &Pipe, found: &mut Found) {
    let mut before: Option<&Vec<Operand>> = None;
    for command in &pipe.commands {
        command.iter().for_each(|operand| in_operand(operand, found));
        if matches!(&command[0].what, What::Function(f) if f.name == "secret") {
            // `"path" | secret` is the same call.
            let path = command.get(1).or_else(|| before.filter(|b| b.len() == 1).map(|b| &b[0]));
            found.extend(path.and_then(text));
        }
        before = Some(command);
    }
}

fn in_operand(operand: &Operand, found: &mut Found) {
    match &operand.what {
        What::Pipe(pipe) => in_pipe(pipe, found),
        What::Chain(inner, _) => in_operand(inner, found),
        _ => {}
    }
}

/// A text, also in parentheses.
fn text(operand: &Operand) -> Option<(usize, String)> {
    match &operand.what {
        What::Text(text) => Some((operand.at, String::from_utf8_lossy(text).into_owned())),
        What::Pipe(pipe) => match &pipe.commands[..] {
            [command] if command.len() == 1 => text(&command[0]),
            _ => None,
        },
        _ => None,
    }
}
