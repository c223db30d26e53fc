//! The words of a template, as Go's `text/template/parse/lex.go` splits them.

use super::error::TemplateError;
use super::lines::Lines;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text outside of actions, already trimmed.
    Text,
    /// `{{`
    Open,
    /// `}}`
    Close,
    Space,
    /// A word: a keyword or a function.
    Word,
    /// `.name`
    Field,
    /// `$name`
    Variable,
    Dot,
    Number,
    /// A character: 'x'
    Char,
    Quoted,
    Raw,
    Pipe,
    LeftParen,
    RightParen,
    Comma,
    Assign,
    Declare,
    End,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    pub(super) at: usize,
}

const BLANK: [char; 4] = [' ', '\t', '\r', '\n'];

pub(super) fn tokens<'t>(text: &'t str, lines: &Lines) -> Result<Vec<Token<'t>>, TemplateError> {
    let mut lexer = Lexer { text, at: 0, trim: false, tokens: Vec::new() };
    lexer.run().map_err(|(at, what)| syntax(lines, at, what))?;
    Ok(lexer.tokens)
}

pub(super) fn syntax(lines: &Lines, at: usize, what: impl Into<String>) -> TemplateError {
    let (line, column) = lines.place(at);
    TemplateError::new(what, "see Go's text/template for the syntax").at(line, column)
}

type Wrong = (usize, &'static str);

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    /// The action before ended with ` -}}`.
    trim: bool,
    tokens: Vec<Token<'t>>,
}

impl<'t> Lexer<'t> {
    fn run(&mut self) -> Result<(), Wrong> {
        loop {
            let rest = &self.text[self.at..];
            let open = rest.find("{{");
            let end = open.unwrap_or(rest.len());
            let trims = open.is_some_and(|o| trims_before(&rest[o + 2..]));
            let start =
                if self.trim { rest[..end].len() - rest[..end].trim_start_matches(BLANK).len() } else { 0 };
            let mut outside = &rest[start..end];
            if trims {
                outside = outside.trim_end_matches(BLANK);
            }
            if !outside.is_empty() {
                self.push(Kind::Text, outside, self.at + start);
            }
            self.trim = false;
            self.at += end;
            if open.is_none() {
                self.push(Kind::End, "", self.at);
                return Ok(());
            }
            let opening = self.at;
            self.at += 2 + if trims { 2 } else { 0 };
            if self.text[self.at..].starts_with("/*") {
                self.comment(opening)?;
            } else {
                self.push(Kind::Open, "{{", opening);
                self.action(opening)?;
            }
        }
    }

    fn push(&mut self, kind: Kind, text: &'t str, at: usize) {
        self.tokens.push(Token { kind, text, at });
    }

    fn comment(&mut self, opening: usize) -> Result<(), Wrong> {
        let Some(end) = self.text[self.at..].find("*/") else {
            return Err((opening, "a comment has no end"));
        };
        self.at += end + 2;
        if !self.close() {
            return Err((opening, "a comment has to end with `*/}}`, or with `*/ -}}`"));
        }
        Ok(())
    }

    /// Takes `}}`, or ` -}}`, if it is next.
    fn close(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let spaces = rest.len() - rest.trim_start_matches(BLANK).len();
        if spaces > 0 && rest[spaces..].starts_with("-}}") {
            self.trim = true;
            self.at += spaces + 3;
            return true;
        }
        let closes = rest.starts_with("}}");
        if closes {
            self.at += 2;
        }
        closes
    }

    fn action(&mut self, opening: usize) -> Result<(), Wrong> {
        let mut parens = 0_usize;
        loop {
            let start = self.at;
            if self.close() {
                if parens > 0 {
                    return Err((start, "a `(` has no `)`"));
                }
                self.push(Kind::Close, "}}", start);
                return Ok(());
            }
            let rest = &self.text[start..];
            let Some(next) = rest.chars().next() else { return Err((opening, "an action has no `}}`")) };
            let (kind, length) = match next {
                c if BLANK.contains(&c) => (Kind::Space, rest.len() - rest.trim_start_matches(BLANK).len()),
                ':' if rest.starts_with(":=") => (Kind::Declare, 2),
                '=' => (Kind::Assign, 1),
                '|' => (Kind::Pipe, 1),
                ',' => (Kind::Comma, 1),
                '(' => {
                    parens += 1;
                    (Kind::LeftParen, 1)
                }
                ')' => {
                    parens = parens.checked_sub(1).ok_or((start, "a `)` has no `(`"))?;
                    (Kind::RightParen, 1)
                }
                '"' => (Kind::Quoted, quoted(rest, '"').ok_or((start, "a string has no end"))?),
                '\'' => (Kind::Char, quoted(rest, '\'').ok_or((start, "a character has no end"))?),
                '`' => (Kind::Raw, rest[1..].find('`').ok_or((start, "a string has no end"))? + 2),
                '$' => (Kind::Variable, 1 + word(&rest[1..])),
                '.' if !rest[1..].starts_with(|c: char| c.is_ascii_digit()) => match word(&rest[1..]) {
                    0 => (Kind::Dot, 1),
                    n => (Kind::Field, 1 + n),
                },
                c if c == '.' || c == '+' || c == '-' || c.is_ascii_digit() => (Kind::Number, number(rest)),
                c if c == '_' || c.is_alphanumeric() => (Kind::Word, word(rest)),
                _ => return Err((start, "this is not a template's syntax")),
            };
            let ends = self.text[start + length..].chars().next();
            if matches!(
                kind,
                Kind::Field | Kind::Variable | Kind::Word | Kind::Dot | Kind::Number | Kind::Char
            ) && ends.is_some_and(|c| !is_terminator(c, kind))
            {
                return Err((start + length, "this is not a template's syntax"));
            }
            self.at = start + length;
            self.push(kind, &rest[..length], start);
        }
    }
}

/// `{{- `: the text before loses its blanks.
fn trims_before(action: &str) -> bool {
    action.strip_prefix('-').is_some_and(|a| a.starts_with(BLANK))
}

fn word(text: &str) -> usize {
    text.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(text.len())
}

fn number(text: &str) -> usize {
    let mut before = ' ';
    let is_part = |c: char| {
        let sign = matches!(c, '+' | '-') && (matches!(before, ' ' | 'e' | 'E' | 'p' | 'P'));
        before = c;
        !(sign || c == '.' || c == '_' || c.is_alphanumeric())
    };
    text.find(is_part).unwrap_or(text.len())
}

/// The length of a text in quotes, which ends on its line.
fn quoted(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    while let Some((i, c)) = chars.next() {
        match c {
            '\\' if chars.next().is_some_and(|(_, c)| c != '\n') => {}
            '\\' | '\n' => return None,
            c if c == quote => return Some(i + 1),
            _ => {}
        }
    }
    None
}

/// What may come right behind a word, so that `$x+2` is no surprise.
fn is_terminator(next: char, kind: Kind) -> bool {
    let after_number = matches!(kind, Kind::Number | Kind::Char);
    BLANK.contains(&next)
        || matches!(next, ',' | '|' | ':' | ')' | '(' | '}')
        || (next == '.' && !after_number)
}
