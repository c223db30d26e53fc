//! Whether what an action printed into an env file means there what it is: all of it stands between the quotes, on one
//! line, and Compose reads each letter as itself.
//!
//! The loader knows what generators make; a value that was imported or written by hand can be anything.

use std::fmt;
use std::ops::Range;

use super::{Assignment, Kind, Line, Quote, Wrong, lines};

/// Where a printed text would be read as something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The variable; a comment has none, and nor has a line that cannot be read any more.
    pub key: Option<String>,
    pub why: Why,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    LineBreak,
    /// The line cannot be read.
    Broken(Wrong),
    /// It begins before the value, or goes on behind it: a quote, a blank at an end, ` #`.
    Outside(Quote),
    Letters(Quote),
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.key.as_deref().unwrap_or("a comment");
        match &self.why {
            Why::LineBreak => {
                write!(
                    f,
                    "what is put into {place} has a line break in it, and an env file keeps to one line"
                )
            }
            Why::Broken(wrong) => {
                write!(f, "with what is put into it, line {} {}", wrong.line, wrong.why)
            }
            Why::Outside(Quote::None) => write!(
                f,
                "what is put into {place} begins or ends with a blank, begins with a quote or has ` #` in it, which \
                 mean something else without quotes"
            ),
            Why::Outside(_) => write!(f, "what is put into {place} does not stay between its quotes"),
            Why::Letters(quote) => {
                let (letters, where_) = match quote {
                    Quote::None => ("a `$`", "without quotes"),
                    Quote::Double => ("a `$` or a `\\`", "in double quotes"),
                    Quote::Single => ("a `\\` before a quote", "in single quotes"),
                };
                write!(f, "what is put into {place} has {letters} in it, which means something else {where_}")
            }
        }
    }
}

impl Misfit {
    /// What to do.
    pub fn help(&self) -> String {
        let Some(key) = &self.key else {
            return "put each value between quotes that it does not hold, or encode it".into();
        };
        match self.why {
            Why::LineBreak => {
                format!(
                    "encode it, as with `| base64Encode` or `| toJSON`, or give {key} a value of one line"
                )
            }
            Why::Outside(Quote::Single) | Why::Letters(Quote::Single) => format!(
                "write {key}=\"…\" in double quotes if it has no `\"`, `$` or `\\`, or rotate it to a value without a quote"
            ),
            _ => format!("write {key}='…' in single quotes, with nothing but the value printed between them"),
        }
    }
}

/// The first printed text that does not fit. They are in the order in which they stand.
pub fn misfit(text: &str, printed: impl IntoIterator<Item = Range<usize>>) -> Option<Misfit> {
    let all = match lines(text) {
        Ok(all) => all,
        Err(wrong) => return Some(Misfit { key: None, why: Why::Broken(wrong) }),
    };
    let mut line = all.iter().peekable();
    for at in printed.into_iter().filter(|at| !at.is_empty()) {
        while line.next_if(|l| l.end.end <= at.start).is_some() {}
        let Some(line) = line.peek() else { break };
        if let Some(why) = why(text, line, &at) {
            let key = match &line.kind {
                Kind::Assignment(a) => Some(text[a.key.clone()].to_owned()),
                Kind::Blank | Kind::Comment => None,
            };
            return Some(Misfit { key, why });
        }
    }
    None
}

fn why(text: &str, line: &Line, at: &Range<usize>) -> Option<Why> {
    let printed = &text[at.clone()];
    let Kind::Assignment(a) = &line.kind else {
        return printed.contains(['\n', '\r']).then_some(Why::LineBreak);
    };
    // A part of the key, or of the comment behind the value.
    let outside = at.end < a.raw.start || text.get(a.value.end..at.start).is_some_and(|t| t.contains('#'));
    match () {
        () if printed.contains(['\n', '\r']) => Some(Why::LineBreak),
        () if outside => None,
        () if at.start < a.value.start || at.end > a.value.end => Some(Why::Outside(a.quote)),
        () if !is_literal(text, a) => Some(Why::Letters(a.quote)),
        () => None,
    }
}

fn is_literal(text: &str, a: &Assignment) -> bool {
    !not_literal(a.quote, &text[a.value.clone()])
}

/// Whether a value has letters that mean something else to Compose, in such quotes.
pub fn not_literal(quote: Quote, value: &str) -> bool {
    match quote {
        Quote::None => value.contains('$'),
        Quote::Double => value.contains(['$', '\\']),
        Quote::Single => value.contains("\\'") || value.ends_with('\\'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `⟨…⟩` stands around what was printed.
    fn why(marked: &str) -> Option<Why> {
        let (mut text, mut printed) = (String::new(), Vec::new());
        for (n, part) in marked.split(['⟨', '⟩']).enumerate() {
            if n % 2 == 1 {
                printed.push(text.len()..text.len() + part.len());
            }
            text.push_str(part);
        }
        misfit(&text, printed).map(|m| m.why)
    }

    #[test]
    fn what_fits() {
        for text in [
            "A='⟨x$y # \"z\\⟩ '\nB=\"⟨it's # =⟩\"\nC=⟨a=b#c⟩ # ⟨note⟩\n# ⟨a comment⟩\n",
            "⟨A⟩='x'\n",
            "A='⟨⟩'",
            "A=⟨a b⟩",
            "export A='u:⟨a⟩:⟨b⟩'",
        ] {
            assert_eq!(why(text), None, "{text}");
        }
    }

    #[test]
    fn what_does_not() {
        use Quote::{Double, None as Bare, Single};
        for (text, expected) in [
            ("A='⟨x'\nB='y⟩'", Why::LineBreak),
            ("A='⟨x\ny⟩'", Why::LineBreak),
            ("A='⟨x\ry⟩'", Why::LineBreak),
            ("# ⟨x\nB=1⟩", Why::LineBreak),
            ("A=⟨x ⟩", Why::Outside(Bare)),
            ("A=⟨ x⟩", Why::Outside(Bare)),
            ("A=⟨x #y⟩", Why::Outside(Bare)),
            ("A=⟨x⟩⟨ #y⟩", Why::Outside(Bare)),
            ("A=⟨x⟩ ⟨#y⟩", Why::Outside(Bare)),
            ("A=⟨'x'⟩", Why::Outside(Single)),
            ("A='⟨x' #⟩'", Why::Outside(Single)),
            ("⟨A='x'⟩", Why::Outside(Single)),
            ("A=⟨$x⟩", Why::Letters(Bare)),
            ("A=\"⟨\\n⟩\"", Why::Letters(Double)),
        ] {
            assert_eq!(why(text), Some(expected), "{text}");
        }
        for text in ["A='⟨it's⟩'", "A='⟨x\\⟩'", "A='⟨x\0⟩'"] {
            assert!(matches!(why(text), Some(Why::Broken(_))), "{text}");
        }
    }
}
