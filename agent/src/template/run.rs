//! A template's tree, rendered, as Go's `text/template/exec.go` does it.

use std::collections::BTreeMap;
use std::ops::Range;

use super::budget::Budget;
use super::buffer::Buffer;
use super::error::TemplateError;
use super::fault::Fault;
use super::functions::{Function, Takes};
use super::lines::Lines;
use super::parse::Parsed;
use super::print;
use super::reading::Reading;
use super::tree::{At, Block, Branch, Node, Number, Operand, Pipe, What};
use super::value::{Map, Of, Value};
use super::written::Read;
use super::{MAX_ITERATIONS, MAX_OUTPUT};

/// Blocks and templates inside each other while running. A template may call itself, so the tree's depth is no bound.
const MAX_DEPTH: usize = 100;

/// What a function may see and change besides its arguments.
pub(super) struct World<'r> {
    pub(super) reading: &'r mut Reading,
    pub(super) scratch: Map,
    pub(super) budget: Budget,
}

pub(super) struct Template<'t> {
    pub(super) parsed: &'t Parsed,
    pub(super) lines: &'t Lines,
    pub(super) written: &'t [Read],
}

/// What came out, and which parts of it actions have printed.
pub(super) type Out = (Buffer, Vec<Range<usize>>);

/// Renders; what was read is in `reading`.
pub(super) fn run(template: &Template<'_>, reading: &mut Reading) -> Result<Out, TemplateError> {
    let scratch = Map::new(Of::Any, BTreeMap::new());
    let mut run = Run {
        template,
        world: World { reading, scratch, budget: Budget::from_now() },
        out: Buffer::up_to(MAX_OUTPUT),
        printed: Vec::new(),
        variables: vec![("$", Value::Nil)],
        depth: 0,
        iterations: 0,
    };
    match run.block(&template.parsed.main, &Value::Nil) {
        Ok(_) => Ok((run.out, run.printed)),
        Err(Fault::Placed(error)) => Err(error),
        Err(fault) => Err(run.error(fault, "")),
    }
}

/// How a block ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Done,
    Break,
    Continue,
}

type Ran<T> = Result<T, Fault>;

struct Run<'t, 'r> {
    template: &'t Template<'t>,
    world: World<'r>,
    out: Buffer,
    printed: Vec<Range<usize>>,
    variables: Vec<(&'t str, Value)>,
    depth: usize,
    iterations: usize,
}

impl<'t> Run<'t, '_> {
    fn error(&self, fault: Fault, function: &str) -> TemplateError {
        match fault {
            Fault::Wants(wants) => {
                TemplateError::new(format!("`{function}` wants {wants}"), "correct the call")
            }
            Fault::TooMuch => {
                TemplateError::new("the template asks for more than a render may use", "make it smaller")
            }
            Fault::Refused(refusal) => refusal.into_error(self.template.written),
            Fault::Said(what, help) => TemplateError::new(what, help),
            Fault::Named(error) | Fault::Placed(error) => error,
        }
    }

    /// Gives a fault its place, unless it has one.
    fn placed(&self, at: At, function: &str) -> impl FnOnce(Fault) -> Fault {
        move |fault| match fault {
            Fault::Placed(error) => Fault::Placed(error),
            fault => {
                let (line, column) = self.template.lines.place(at);
                Fault::Placed(self.error(fault, function).at(line, column))
            }
        }
    }

    fn step(&mut self) -> Ran<()> {
        self.iterations += 1;
        if self.iterations > MAX_ITERATIONS {
            return Err(Fault::TooMuch);
        }
        self.world.budget.in_time()
    }

    fn block(&mut self, block: &'t Block, dot: &Value) -> Ran<Flow> {
        if self.depth >= MAX_DEPTH {
            return Err(Fault::TooMuch);
        }
        self.depth += 1;
        for node in block {
            let flow = self.node(node, dot)?;
            if flow != Flow::Done {
                self.depth -= 1;
                return Ok(flow);
            }
        }
        self.depth -= 1;
        Ok(Flow::Done)
    }

    fn node(&mut self, node: &'t Node, dot: &Value) -> Ran<Flow> {
        match node {
            Node::Text(text) => self.out.push(text.as_bytes())?,
            Node::Action(pipe) => {
                let value = self.pipe(pipe, dot)?;
                if pipe.declared.is_empty() {
                    let from = self.out.len();
                    print::action(&mut self.out, &value).map_err(self.placed(pipe.at, ""))?;
                    if self.out.len() > from {
                        self.printed.push(from..self.out.len());
                    }
                }
            }
            Node::If(branch) => return self.either(branch, dot, false),
            Node::With(branch) => return self.either(branch, dot, true),
            Node::Range(branch) => {
                let outside = self.variables.len();
                self.range(branch, dot)?;
                self.variables.truncate(outside);
            }
            Node::Call { at, name, with } => self.call_template(*at, name, with.as_ref(), dot)?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Done)
    }

    /// `if` and `with`.
    fn either(&mut self, branch: &'t Branch, dot: &Value, sets_dot: bool) -> Ran<Flow> {
        let outside = self.variables.len();
        let value = self.pipe(&branch.pipe, dot)?;
        let flow = match (value.is_true(), sets_dot) {
            (true, true) => self.block(&branch.body, &value),
            (true, false) => self.block(&branch.body, dot),
            (false, _) => self.block(&branch.otherwise, dot),
        };
        self.variables.truncate(outside);
        flow
    }

    fn range(&mut self, branch: &'t Branch, dot: &Value) -> Ran<()> {
        let value = self.pipe(&branch.pipe, dot)?;
        let count = match &value {
            Value::Int(n) | Value::Int64(n) => Some(*n),
            Value::Uint64(n) => Some(i64::try_from(*n).unwrap_or(i64::MAX)),
            Value::Byte(n) => Some(i64::from(*n)),
            _ => None,
        };
        if count.is_some() && branch.pipe.declared.len() > 1 {
            let said = Fault::Said("a `range` over a number has one variable", "take one away");
            return Err(self.placed(branch.pipe.at, "")(said));
        }
        let mut ran = 0_i64;
        let mut go = |run: &mut Self, key: Value, item: Value| -> Ran<bool> {
            ran += 1;
            Ok(run.iteration(branch, key, item)? != Flow::Break)
        };
        match &value {
            Value::Nil => {}
            Value::List(list) => {
                for (i, item) in list.iter().enumerate() {
                    if !go(self, Value::Int(i as i64), item.clone())? {
                        break;
                    }
                }
            }
            Value::Map(map) => {
                let entries: Vec<_> = map.entries().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
                for (key, item) in entries {
                    if !go(self, Value::Text(key), item)? {
                        break;
                    }
                }
            }
            Value::Loop(from, to) => {
                for (i, n) in (*from..*to).enumerate() {
                    if !go(self, Value::Int(i as i64), Value::Int64(n))? {
                        break;
                    }
                }
            }
            number if count.is_some() => {
                let like = |n: i64| match number {
                    Value::Int64(_) => Value::Int64(n),
                    Value::Uint64(_) => Value::Uint64(n as u64),
                    _ => Value::Int(n),
                };
                for n in 0..count.unwrap_or(0) {
                    if !go(self, like(n), like(n))? {
                        break;
                    }
                }
            }
            Value::Data(_) | Value::Secret(_) => {
                return Err(self.placed(branch.pipe.at, "")(print::whole_secret()));
            }
            _ => {
                let said =
                    Fault::Said("`range` is given something that has no items", "give it a list or a map");
                return Err(self.placed(branch.pipe.at, "")(said));
            }
        }
        if ran == 0 {
            self.block(&branch.otherwise, dot)?;
        }
        Ok(())
    }

    fn iteration(&mut self, branch: &'t Branch, key: Value, item: Value) -> Ran<Flow> {
        self.step().map_err(self.placed(branch.pipe.at, ""))?;
        let inside = self.variables.len();
        match &branch.pipe.declared[..] {
            [one] => self.set(&branch.pipe, one, item.clone())?,
            [first, second] => {
                self.set(&branch.pipe, first, key)?;
                self.set(&branch.pipe, second, item.clone())?;
            }
            _ => {}
        }
        let flow = self.block(&branch.body, &item)?;
        self.variables.truncate(inside);
        Ok(if flow == Flow::Continue { Flow::Done } else { flow })
    }

    fn call_template(&mut self, at: At, name: &str, with: Option<&'t Pipe>, dot: &Value) -> Ran<()> {
        let Some(body) = self.template.parsed.defined.get(name) else {
            let said =
                Fault::Said("a template is called that is not defined", "define it with `{{ define }}`");
            return Err(self.placed(at, "")(said));
        };
        self.step().map_err(self.placed(at, ""))?;
        let dot = with.map(|pipe| self.pipe(pipe, dot)).transpose()?.unwrap_or(Value::Nil);
        let outside = std::mem::replace(&mut self.variables, vec![("$", dot.clone())]);
        self.block(body, &dot).map_err(self.placed(at, ""))?;
        self.variables = outside;
        Ok(())
    }

    /// Gives the nearest variable of this name a value.
    fn set(&mut self, pipe: &Pipe, name: &str, value: Value) -> Ran<()> {
        match self.variables.iter_mut().rev().find(|(n, _)| *n == name) {
            Some((_, held)) => {
                *held = value;
                Ok(())
            }
            None => {
                let said = Fault::Said("a variable is set that is not declared", "declare it with `:=`");
                Err(self.placed(pipe.at, "")(said))
            }
        }
    }

    fn pipe(&mut self, pipe: &'t Pipe, dot: &Value) -> Ran<Value> {
        self.world.budget.in_time().map_err(self.placed(pipe.at, ""))?;
        let mut value: Option<Value> = None;
        for command in &pipe.commands {
            value = Some(self.command(command, dot, value)?);
        }
        let value = value.unwrap_or(Value::Nil);
        for name in &pipe.declared {
            if pipe.assigns {
                self.set(pipe, name, value.clone())?;
            } else {
                self.variables.push((name, value.clone()));
            }
        }
        Ok(value)
    }

    fn command(&mut self, command: &'t [Operand], dot: &Value, piped: Option<Value>) -> Ran<Value> {
        let first = &command[0];
        if let What::Function(function) = first.what {
            return self.call(function, first.at, &command[1..], dot, piped);
        }
        if command.len() > 1 || piped.is_some() {
            let said = Fault::Said("something is given arguments that takes none", "call a function");
            return Err(self.placed(first.at, "")(said));
        }
        match &first.what {
            What::Nil => Err(self.placed(first.at, "")(Fault::Said("`nil` is no command", "write a value"))),
            _ => self.argument(first, dot, Takes::Any),
        }
    }

    /// A value where one of this kind is asked for; a number that is written out becomes that kind.
    fn argument(&mut self, operand: &'t Operand, dot: &Value, takes: Takes) -> Ran<Value> {
        match &operand.what {
            What::Dot => Ok(dot.clone()),
            What::Nil => Ok(Value::Nil),
            What::Bool(b) => Ok(Value::Bool(*b)),
            What::Text(text) => Ok(Value::Text(text.clone())),
            What::Number(number) => constant(number, takes).map_err(self.placed(operand.at, "")),
            What::Field(fields) => self.fields(dot.clone(), fields, operand.at),
            What::Variable(name, fields) => {
                let value = self.variables.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.clone());
                let undeclared =
                    Fault::Said("a variable is used that is not declared", "declare it with `:=`");
                let value = value.ok_or_else(|| self.placed(operand.at, "")(undeclared))?;
                self.fields(value, fields, operand.at)
            }
            What::Pipe(pipe) => self.pipe(pipe, dot),
            What::Function(function) => self.call(function, operand.at, &[], dot, None),
            What::Chain(inner, fields) => {
                let value = self.argument(inner, dot, Takes::Any)?;
                self.fields(value, fields, operand.at)
            }
        }
    }

    fn fields(&self, value: Value, fields: &[String], at: At) -> Ran<Value> {
        let starts_nil = matches!(value, Value::Nil);
        fields.iter().try_fold(value, |value, field| {
            if starts_nil {
                return Ok(Value::Nil);
            }
            print::field(&value, field).map_err(self.placed(at, ""))
        })
    }

    fn call(
        &mut self,
        function: &'static Function,
        at: At,
        operands: &'t [Operand],
        dot: &Value,
        piped: Option<Value>,
    ) -> Ran<Value> {
        self.world.budget.in_time().map_err(self.placed(at, function.name))?;
        let given = operands.len() + usize::from(piped.is_some());
        if !function.takes_as_many(given) {
            return Err(self.placed(at, function.name)(Fault::Wants("another number of arguments")));
        }
        let stops_at = match function.name {
            "and" => Some(false),
            "or" => Some(true),
            _ => None,
        };
        let mut arguments = Vec::with_capacity(given);
        for operand in operands {
            let takes = function.takes(arguments.len());
            let value = self.argument(operand, dot, takes)?;
            let value = takes.check(value).map_err(self.placed(operand.at, function.name))?;
            if stops_at == Some(value.is_true()) {
                return Ok(value);
            }
            arguments.push(value);
        }
        if let Some(value) = piped {
            let takes = function.takes(arguments.len());
            arguments.push(takes.check(value).map_err(self.placed(at, function.name))?);
        }
        self.answer(function, &arguments).map_err(self.placed(at, function.name))
    }

    fn answer(&mut self, function: &'static Function, arguments: &[Value]) -> Ran<Value> {
        for argument in arguments {
            if let Value::Text(text) = argument {
                self.world.budget.read(text)?;
            }
        }
        let made = (function.call)(&mut self.world, arguments)?;
        self.world.budget.make(made.weight())?;
        Ok(made)
    }
}

/// Go's rules for a number that is written out.
fn constant(number: &Number, takes: Takes) -> Result<Value, Fault> {
    let not = Fault::Said("a number does not fit where it stands", "write another");
    match takes {
        Takes::Int => number.int.map(Value::Int).ok_or(not),
        Takes::Float => number.float.map(Value::Float).ok_or(not),
        _ if number.looks_float => number.float.map(Value::Float).ok_or(not),
        _ => number.int.map(Value::Int).ok_or(not),
    }
}
