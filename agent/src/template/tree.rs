//! A template, read: what its text says, and where.

use super::functions::Function;
use super::value::Text;

/// An offset into the template's text.
pub(super) type At = usize;

pub(super) type Block = Vec<Node>;

pub(super) enum Node {
    Text(String),
    Action(Pipe),
    If(Branch),
    With(Branch),
    Range(Branch),
    /// `{{ template "name" pipe }}`
    Call {
        at: At,
        name: String,
        with: Option<Pipe>,
    },
    Break,
    Continue,
}

pub(super) struct Branch {
    pub(super) pipe: Pipe,
    pub(super) body: Block,
    pub(super) otherwise: Block,
}

/// `$a, $b := command | command`
pub(super) struct Pipe {
    pub(super) at: At,
    pub(super) declared: Vec<String>,
    /// `=` and not `:=`.
    pub(super) assigns: bool,
    pub(super) commands: Vec<Vec<Operand>>,
}

pub(super) struct Operand {
    pub(super) at: At,
    pub(super) what: What,
}

pub(super) enum What {
    Dot,
    Nil,
    Bool(bool),
    Number(Number),
    Text(Text),
    /// `.a.b`
    Field(Vec<String>),
    /// `$a.b.c`
    Variable(String, Vec<String>),
    Function(&'static Function),
    Pipe(Box<Pipe>),
    /// `(pipe).a.b`, `function.a`
    Chain(Box<Operand>, Vec<String>),
}

/// A number as it is written: which of Go's kinds it becomes depends on who takes it.
pub(super) struct Number {
    pub(super) int: Option<i64>,
    pub(super) float: Option<f64>,
    /// Written with a point or an exponent: a float where nothing says otherwise.
    pub(super) looks_float: bool,
}
