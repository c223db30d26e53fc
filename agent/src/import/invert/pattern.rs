//! A text with marks in it, matched against one with values.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::Item;
use crate::import::Form;
use crate::import::find::percent_encoded;

/// Literal texts, and marks in the form that they landed in.
pub(super) struct Pattern(Vec<Token>);

#[derive(Clone)]
enum Token {
    Text(Zeroizing<String>),
    Mark(Item, Form),
}

/// Backtracking stops here: a file's texts are short, and no template of a person's needs it.
const MOST_STEPS: usize = 200_000;

/// It looks different in each form, and means nothing to an env file's reader.
pub(super) fn mark(index: usize) -> String {
    format!("turnlock/{index:05}/mark")
}

impl Pattern {
    pub(super) fn of(marked: &str, items: &[Item]) -> Pattern {
        let mut forms = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let mark = mark(index);
            forms.push((percent_encoded(&mark), item, Form::Url));
            forms.push((STANDARD.encode(&mark), item, Form::Base64));
            forms.push((mark, item, Form::Raw));
        }
        let (mut tokens, mut rest) = (Vec::new(), marked);
        loop {
            let next =
                forms.iter().filter_map(|(text, item, form)| Some((rest.find(text)?, text, item, form)));
            let Some((at, text, item, form)) = next.min_by_key(|(at, ..)| *at) else { break };
            if at > 0 {
                tokens.push(Token::Text(Zeroizing::new(rest[..at].to_owned())));
            }
            tokens.push(Token::Mark((*item).clone(), *form));
            rest = &rest[at + text.len()..];
        }
        if !rest.is_empty() {
            tokens.push(Token::Text(Zeroizing::new(rest.to_owned())));
        }
        Pattern(tokens)
    }

    /// The values of what is not known yet; nothing if the text doesn't match, or if it can be read in two ways.
    pub(super) fn solve(
        &self,
        is: &str,
        known: &dyn Fn(&Item) -> Option<Zeroizing<String>>,
        at_most_one: bool,
    ) -> Vec<(Item, Zeroizing<String>)> {
        let tokens: Vec<Token> = self.0.iter().map(|token| with_known(token, known)).collect();
        let unknown = tokens.iter().filter(|t| matches!(t, Token::Mark(..))).count();
        let mark = |t: &Token| matches!(t, Token::Mark(..));
        // Between two marks without anything between them nobody can tell where one ends.
        let blurred = tokens.windows(2).any(|pair| mark(&pair[0]) && mark(&pair[1]));
        if unknown == 0 || blurred || at_most_one && unknown > 1 {
            return Vec::new();
        }
        let mut steps = MOST_STEPS;
        let mut found = Vec::new();
        if matches(&tokens, is, &mut found, &mut steps) { found } else { Vec::new() }
    }
}

fn with_known(token: &Token, known: &dyn Fn(&Item) -> Option<Zeroizing<String>>) -> Token {
    match token {
        Token::Mark(item, form) => match known(item) {
            Some(value) => Token::Text(encoded(&value, *form)),
            None => token.clone(),
        },
        text => text.clone(),
    }
}

fn matches(
    tokens: &[Token],
    rest: &str,
    found: &mut Vec<(Item, Zeroizing<String>)>,
    steps: &mut usize,
) -> bool {
    if *steps == 0 {
        return false;
    }
    *steps -= 1;
    match tokens {
        [] => rest.is_empty(),
        [Token::Text(text), more @ ..] => {
            rest.strip_prefix(text.as_str()).is_some_and(|rest| matches(more, rest, found, steps))
        }
        [Token::Mark(item, form)] => take(item, *form, rest, found),
        [Token::Mark(item, form), more @ ..] => {
            let before = found.len();
            for (end, _) in rest.char_indices() {
                let ends = match &more[0] {
                    Token::Text(text) => rest[end..].starts_with(text.as_str()),
                    Token::Mark(..) => true,
                };
                if ends && take(item, *form, &rest[..end], found) && matches(more, &rest[end..], found, steps)
                {
                    return true;
                }
                found.truncate(before);
            }
            false
        }
    }
}

/// One value in its form; the same item cannot have two.
fn take(item: &Item, form: Form, text: &str, found: &mut Vec<(Item, Zeroizing<String>)>) -> bool {
    let Some(value) = decoded(text, form) else { return false };
    match found.iter().find(|(i, _)| i == item) {
        Some((_, other)) => *other == value,
        None => {
            found.push((item.clone(), value));
            true
        }
    }
}

fn encoded(value: &str, form: Form) -> Zeroizing<String> {
    Zeroizing::new(match form {
        Form::Raw => value.to_owned(),
        Form::Url => percent_encoded(value),
        Form::Base64 => STANDARD.encode(value),
    })
}

/// Only what the template would write again.
fn decoded(text: &str, form: Form) -> Option<Zeroizing<String>> {
    let value = match form {
        Form::Raw => return Some(Zeroizing::new(text.to_owned())),
        Form::Url => percent_decoded(text)?,
        Form::Base64 => String::from_utf8(STANDARD.decode(text).ok()?).ok()?,
    };
    let value = Zeroizing::new(value);
    (*encoded(&value, form) == text).then_some(value)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let pair = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(decoded).ok()
}
