//! Inside an action: pipes, commands, and what they are made of.

use super::super::functions;
use super::super::lex::{Kind, Token};
use super::super::literal;
use super::super::tree::{At, Operand, Pipe, What};
use super::super::value::Text;
use super::{MAX_PARENTHESES, Parse, Parser};

impl Parser<'_> {
    pub(super) fn pipe(&mut self, context: &str, end: Kind, opening: At) -> Parse<Pipe> {
        let at = self.peek_word().at;
        let (declared, assigns) = self.declarations(context)?;
        let mut commands = Vec::new();
        loop {
            let token = self.peek_word();
            match token.kind {
                kind if kind == end => {
                    self.take();
                    break;
                }
                Kind::Close => return Err(self.wrong(opening, "a `(` has no `)`")),
                Kind::Pipe if commands.is_empty() => {
                    return Err(self.wrong(token.at, "an action has no value"));
                }
                Kind::Pipe => return Err(self.wrong(token.at, "a pipe has an empty part")),
                Kind::End => return Err(self.wrong(opening, "an action has no `}}`")),
                _ => commands.push(self.command()?),
            }
        }
        if commands.is_empty() {
            return Err(self.wrong(opening, "an action has no value"));
        }
        let is_constant = |c: &Vec<Operand>| {
            matches!(c[0].what, What::Bool(_) | What::Dot | What::Nil | What::Number(_) | What::Text(_))
        };
        if let Some(constant) = commands.iter().skip(1).find(|c| is_constant(c)) {
            return Err(self.wrong(constant[0].at, "a value in a pipe is no command"));
        }
        Ok(Pipe { at, declared, assigns, commands })
    }

    /// `$a :=`, `$a, $b :=` or `=`, if that is next.
    fn declarations(&mut self, context: &str) -> Parse<(Vec<String>, bool)> {
        let mut declared = Vec::new();
        loop {
            let variable = self.peek_word();
            if variable.kind != Kind::Variable {
                return Ok((declared, false));
            }
            let before = self.next;
            self.take();
            let next = self.peek_word();
            match next.kind {
                Kind::Assign | Kind::Declare => {
                    self.take();
                    declared.push(variable.text.to_owned());
                    self.declare(variable)?;
                    return Ok((declared, next.kind == Kind::Assign));
                }
                Kind::Comma if context == "range" && declared.is_empty() => {
                    self.take();
                    declared.push(variable.text.to_owned());
                    self.declare(variable)?;
                    if self.peek_word().kind != Kind::Variable {
                        return Err(self.wrong(next.at, "a `range` declares variables"));
                    }
                }
                Kind::Comma => return Err(self.wrong(next.at, "too many variables are declared at once")),
                _ => {
                    self.next = before;
                    return Ok((declared, false));
                }
            }
        }
    }

    fn command(&mut self) -> Parse<Vec<Operand>> {
        let mut operands = Vec::new();
        loop {
            self.skip_space();
            if let Some(operand) = self.operand()? {
                operands.push(operand);
            }
            let token = self.peek();
            match token.kind {
                Kind::Space => {
                    self.take();
                }
                Kind::Close | Kind::RightParen => break,
                Kind::Pipe => {
                    self.take();
                    let next = self.peek_word();
                    if matches!(next.kind, Kind::Close | Kind::RightParen | Kind::Pipe) {
                        return Err(self.wrong(token.at, "a pipe has an empty part"));
                    }
                    break;
                }
                _ => return Err(self.wrong(token.at, "this is not a template's syntax")),
            }
        }
        if operands.is_empty() {
            return Err(self.wrong(self.peek().at, "an action has no value"));
        }
        Ok(operands)
    }

    /// A term and the fields behind it.
    fn operand(&mut self) -> Parse<Option<Operand>> {
        let Some(mut operand) = self.term()? else { return Ok(None) };
        let mut fields = Vec::new();
        while self.peek().kind == Kind::Field {
            fields.push(self.take().text[1..].to_owned());
        }
        if fields.is_empty() {
            return Ok(Some(operand));
        }
        operand.what = match operand.what {
            What::Field(mut before) => {
                before.append(&mut fields);
                What::Field(before)
            }
            What::Variable(name, mut before) => {
                before.append(&mut fields);
                What::Variable(name, before)
            }
            What::Function(f) if f.is_scratch() => self.method(&fields, operand.at)?,
            what @ (What::Function(_) | What::Pipe(_)) => {
                What::Chain(Box::new(Operand { at: operand.at, what }), fields)
            }
            _ => return Err(self.wrong(operand.at, "a value like this has no fields")),
        };
        Ok(Some(operand))
    }

    /// `scratch.Set` and its sisters: the only values with methods.
    fn method(&self, fields: &[String], at: At) -> Parse<What> {
        let [method] = fields else {
            return Err(self.wrong(at, "`scratch` has methods, and they have no fields"));
        };
        functions::scratch_method(method)
            .map(What::Function)
            .ok_or_else(|| self.wrong(at, "`scratch` has Key, Get, Set, SetX, MapSet, MapSetX and MapValues"))
    }

    fn term(&mut self) -> Parse<Option<Operand>> {
        let token = self.peek();
        let what = match token.kind {
            Kind::Dot => What::Dot,
            Kind::Field => What::Field(vec![token.text[1..].to_owned()]),
            Kind::Variable => {
                if !self.variables.iter().any(|v| v == token.text) {
                    return Err(self.wrong(token.at, "a variable is used that is not declared"));
                }
                What::Variable(token.text.to_owned(), Vec::new())
            }
            Kind::Quoted | Kind::Raw => match literal::text(token.text) {
                Some(text) => What::Text(Text::new(text)),
                None => return Err(self.wrong(token.at, "a text has an escape that Go does not know")),
            },
            Kind::Number | Kind::Char => match literal::number(token.text) {
                Some(number) => What::Number(number),
                None => return Err(self.wrong(token.at, "this is not a number")),
            },
            Kind::Word => self.word(token)?,
            Kind::LeftParen => {
                self.take();
                self.parentheses += 1;
                if self.parentheses > MAX_PARENTHESES {
                    return Err(self.too_deep("parentheses", MAX_PARENTHESES, token.at));
                }
                let pipe = self.pipe("parentheses", Kind::RightParen, token.at)?;
                self.parentheses -= 1;
                return Ok(Some(Operand { at: token.at, what: What::Pipe(Box::new(pipe)) }));
            }
            _ => return Ok(None),
        };
        self.take();
        Ok(Some(Operand { at: token.at, what }))
    }

    fn word(&self, token: Token<'_>) -> Parse<What> {
        Ok(match token.text {
            "true" => What::Bool(true),
            "false" => What::Bool(false),
            "nil" => What::Nil,
            "if" | "with" | "range" | "else" | "end" | "define" | "block" | "template" => {
                return Err(self.wrong(token.at, "a keyword stands where a value belongs"));
            }
            name => match functions::find(name) {
                Some(function) => What::Function(function),
                None => {
                    let (line, column) = self.lines.place(token.at);
                    return Err(functions::refusal(name).at(line, column));
                }
            },
        })
    }
}
