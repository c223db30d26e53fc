//! The words of a template made into a tree, as Go's `text/template/parse/parse.go` does it.
//!
//! What is nested so deeply that a small stack could not render it is refused here.

mod pipe;

use std::collections::BTreeMap;

use super::error::TemplateError;
use super::lex::{Kind, Token, syntax, tokens};
use super::lines::Lines;
use super::literal;
use super::tree::{At, Block, Branch, Node};

/// Deeper than anyone writes, and shallow enough for a small stack.
const MAX_PARENTHESES: usize = 24;
const MAX_BLOCKS: usize = 24;
/// In one place; each use of one looks through them.
const MAX_VARIABLES: usize = 1_000;

pub(super) struct Parsed {
    pub(super) main: Block,
    /// By name: `{{ define }}` and `{{ block }}`.
    pub(super) defined: BTreeMap<String, Block>,
}

pub(super) fn parse(text: &str, lines: &Lines) -> Result<Parsed, TemplateError> {
    let tokens = tokens(text, lines)?;
    let mut parser = Parser {
        lines,
        tokens,
        next: 0,
        variables: vec!["$".into()],
        parentheses: 0,
        blocks: 0,
        ranges: 0,
        defined: BTreeMap::new(),
    };
    let (main, end) = parser.block(true)?;
    match end {
        Ending::Text => Ok(Parsed { main, defined: parser.defined }),
        Ending::End(at) => Err(parser.wrong(at, "an `{{ end }}` too many")),
        Ending::Else(at) => Err(parser.wrong(at, "an `{{ else }}` too many")),
    }
}

/// What a block stopped at.
enum Ending {
    Text,
    End(At),
    /// Behind the word `else`.
    Else(At),
}

struct Parser<'t> {
    lines: &'t Lines,
    tokens: Vec<Token<'t>>,
    next: usize,
    variables: Vec<String>,
    parentheses: usize,
    blocks: usize,
    /// How many `range` are around this place.
    ranges: usize,
    defined: BTreeMap<String, Block>,
}

type Parse<T> = Result<T, TemplateError>;

impl<'t> Parser<'t> {
    fn wrong(&self, at: At, what: impl Into<String>) -> TemplateError {
        syntax(self.lines, at, what)
    }

    fn too_deep(&self, what: &str, limit: usize, at: At) -> TemplateError {
        let (line, column) = self.lines.place(at);
        let what = format!("{what} are nested more than {limit} deep");
        TemplateError::new(what, "use a variable, or split the template").at(line, column)
    }

    fn declare(&mut self, variable: Token<'t>) -> Parse<()> {
        if self.variables.len() > MAX_VARIABLES {
            let (line, column) = self.lines.place(variable.at);
            let what = format!("more than {MAX_VARIABLES} variables are declared in one place");
            return Err(TemplateError::new(what, "split the template").at(line, column));
        }
        self.variables.push(variable.text.to_owned());
        Ok(())
    }

    fn peek(&self) -> Token<'t> {
        self.tokens[self.next]
    }

    fn take(&mut self) -> Token<'t> {
        let token = self.peek();
        // The last one is `End`, and stays.
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    fn skip_space(&mut self) {
        while self.peek().kind == Kind::Space {
            self.take();
        }
    }

    /// What comes after spaces, left in its place.
    fn peek_word(&mut self) -> Token<'t> {
        self.skip_space();
        self.peek()
    }

    fn close(&mut self) -> Parse<()> {
        let token = self.peek_word();
        if token.kind != Kind::Close {
            return Err(self.wrong(token.at, "this is not a template's syntax"));
        }
        self.take();
        Ok(())
    }

    /// Up to an `end` or `else`, or the end of the text.
    fn block(&mut self, top: bool) -> Parse<(Block, Ending)> {
        let mut block = Block::new();
        loop {
            let token = self.take();
            match token.kind {
                Kind::Text => block.push(Node::Text(token.text.to_owned())),
                Kind::End => return Ok((block, Ending::Text)),
                _ => {
                    let word = self.peek_word();
                    let keyword = if word.kind == Kind::Word { word.text } else { "" };
                    match keyword {
                        "end" => {
                            self.take();
                            self.close()?;
                            return Ok((block, Ending::End(token.at)));
                        }
                        "else" => {
                            self.take();
                            return Ok((block, Ending::Else(token.at)));
                        }
                        "define" if top => self.define(token.at)?,
                        keyword => block.push(self.action(keyword, token.at)?),
                    }
                }
            }
        }
    }

    /// An action that is no `end` or `else`, from its first word.
    fn action(&mut self, keyword: &str, opening: At) -> Parse<Node> {
        match keyword {
            "if" | "with" | "range" => {
                let keyword = self.take().text;
                self.control(keyword, opening)
            }
            "block" => self.inline_block(opening),
            "template" => self.call(opening),
            "break" | "continue" => {
                self.take();
                if self.ranges == 0 {
                    return Err(self.wrong(opening, "`break` and `continue` belong in a `range`"));
                }
                let node = if keyword == "break" { Node::Break } else { Node::Continue };
                self.close()?;
                Ok(node)
            }
            "define" => Err(self.wrong(opening, "`define` belongs outside of blocks")),
            _ => Ok(Node::Action(self.pipe("an action", Kind::Close, opening)?)),
        }
    }

    fn control(&mut self, keyword: &str, opening: At) -> Parse<Node> {
        self.blocks += 1;
        if self.blocks > MAX_BLOCKS {
            return Err(self.too_deep("blocks", MAX_BLOCKS, opening + 2));
        }
        let (declared, is_range) = (self.variables.len(), keyword == "range");
        let pipe = self.pipe(keyword, Kind::Close, opening)?;
        self.ranges += usize::from(is_range);
        let (body, ending) = self.block(false)?;
        self.ranges -= usize::from(is_range);
        let otherwise = match ending {
            Ending::End(_) => Block::new(),
            Ending::Text => return Err(self.wrong(opening, "a block has no `{{ end }}`")),
            Ending::Else(at) => self.otherwise(keyword, opening, at)?,
        };
        self.variables.truncate(declared);
        self.blocks -= 1;
        let branch = Branch { pipe, body, otherwise };
        Ok(match keyword {
            "if" => Node::If(branch),
            "with" => Node::With(branch),
            _ => Node::Range(branch),
        })
    }

    /// Behind `else`: `else if` and `else with` are one more block, closed by the same `end`.
    fn otherwise(&mut self, keyword: &str, opening: At, at: At) -> Parse<Block> {
        let next = self.peek_word();
        if next.kind == Kind::Word && next.text == keyword && keyword != "range" {
            self.take();
            return Ok(vec![self.control(keyword, at)?]);
        }
        self.close()?;
        match self.block(false)? {
            (block, Ending::End(_)) => Ok(block),
            (_, Ending::Text) => Err(self.wrong(opening, "a block has no `{{ end }}`")),
            (_, Ending::Else(at)) => Err(self.wrong(at, "an `{{ else }}` too many")),
        }
    }

    /// A name in quotes, for `define`, `block` and `template`.
    fn name(&mut self) -> Parse<String> {
        let token = self.peek_word();
        let name = match token.kind {
            Kind::Quoted | Kind::Raw => literal::text(token.text),
            _ => None,
        };
        let name = name.and_then(|n| String::from_utf8(n).ok());
        self.take();
        name.ok_or_else(|| self.wrong(token.at, "a template's name is a text in quotes"))
    }

    /// The body of `define` and `block`: its own variables, its own loops.
    fn body(&mut self, name: String, opening: At) -> Parse<()> {
        let variables = std::mem::replace(&mut self.variables, vec!["$".into()]);
        let ranges = std::mem::take(&mut self.ranges);
        self.blocks += 1;
        if self.blocks > MAX_BLOCKS {
            return Err(self.too_deep("blocks", MAX_BLOCKS, opening + 2));
        }
        let (block, ending) = self.block(false)?;
        match ending {
            Ending::End(_) => {}
            Ending::Text => return Err(self.wrong(opening, "a block has no `{{ end }}`")),
            Ending::Else(at) => return Err(self.wrong(at, "an `{{ else }}` too many")),
        }
        self.blocks -= 1;
        self.ranges = ranges;
        self.variables = variables;
        let is_empty = |b: &Block| b.iter().all(|n| matches!(n, Node::Text(t) if t.trim().is_empty()));
        match self.defined.get(&name) {
            Some(before) if !is_empty(before) && !is_empty(&block) => {
                return Err(self.wrong(opening, "a template is defined twice"));
            }
            Some(before) if !is_empty(before) => {}
            _ => drop(self.defined.insert(name, block)),
        }
        Ok(())
    }

    fn define(&mut self, opening: At) -> Parse<()> {
        self.take();
        let name = self.name()?;
        self.close()?;
        self.body(name, opening)
    }

    /// `{{ block "name" pipe }}`: a definition, and its call.
    fn inline_block(&mut self, opening: At) -> Parse<Node> {
        self.take();
        let name = self.name()?;
        let with = Some(self.pipe("`block`", Kind::Close, opening)?);
        self.body(name.clone(), opening)?;
        Ok(Node::Call { at: opening, name, with })
    }

    fn call(&mut self, opening: At) -> Parse<Node> {
        self.take();
        let name = self.name()?;
        let with = match self.peek_word().kind {
            Kind::Close => {
                self.take();
                None
            }
            _ => Some(self.pipe("`template`", Kind::Close, opening)?),
        };
        Ok(Node::Call { at: opening, name, with })
    }
}
