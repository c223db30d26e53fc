//! Numbers (`numeric.go`): 64 bits, and whatever isn't one counts as 0.

use super::super::super::run::World;
use super::super::{Called, Fault, Function, List, Of, Takes, Value, function, int, open, text_of, utf8};
use super::{strval, to_float, to_int};

const N: Takes = Takes::Int;
const A: Takes = Takes::Any;

/// More numbers in a row than a person asks for.
const MAX_ROW: usize = 10_000;

pub(in super::super) const TABLE: &[Function] = &[
    function("sprig_atoi", &[Takes::Text], |_, v| {
        let digits = utf8(&v[0])?;
        Ok(Value::Int(digits.parse().unwrap_or(0)))
    }),
    function("sprig_int64", &[A], |_, v| Ok(Value::Int64(to_int(&v[0])?))),
    function("sprig_int", &[A], |_, v| Ok(Value::Int(to_int(&v[0])?))),
    function("sprig_float64", &[A], |_, v| Ok(Value::Float(to_float(&v[0])))),
    function("sprig_toDecimal", &[A], |_, v| {
        let octal = strval(&v[0])?;
        Ok(Value::Int64(octal.utf8().and_then(|t| i64::from_str_radix(t, 8).ok()).unwrap_or(0)))
    }),
    function("sprig_add1", &[A], |_, v| Ok(Value::Int64(to_int(&v[0])?.wrapping_add(1)))),
    open("sprig_add", &[], A, |_, v| fold(&Value::Int(0), v, i64::wrapping_add)),
    function("sprig_sub", &[A, A], |_, v| fold(&v[0], &v[1..], i64::wrapping_sub)),
    function("sprig_div", &[A, A], |_, v| divided(v, i64::wrapping_div)),
    function("sprig_mod", &[A, A], |_, v| divided(v, i64::wrapping_rem)),
    open("sprig_mul", &[A], A, |_, v| fold(&v[0], &v[1..], i64::wrapping_mul)),
    open("sprig_max", &[A], A, |_, v| fold(&v[0], &v[1..], i64::max)),
    open("sprig_biggest", &[A], A, |_, v| fold(&v[0], &v[1..], i64::max)),
    open("sprig_min", &[A], A, |_, v| fold(&v[0], &v[1..], i64::min)),
    open("sprig_maxf", &[A], A, |_, v| {
        Ok(Value::Float(v[1..].iter().map(to_float).fold(to_float(&v[0]), f64::max)))
    }),
    open("sprig_minf", &[A], A, |_, v| {
        Ok(Value::Float(v[1..].iter().map(to_float).fold(to_float(&v[0]), f64::min)))
    }),
    function("sprig_ceil", &[A], |_, v| Ok(Value::Float(to_float(&v[0]).ceil()))),
    function("sprig_floor", &[A], |_, v| Ok(Value::Float(to_float(&v[0]).floor()))),
    open("sprig_round", &[A, N], Takes::Float, round),
    function("sprig_until", &[N], |_, v| {
        let to = int(&v[0])?;
        row(0, to, if to < 0 { -1 } else { 1 }).map(listed)
    }),
    function("sprig_untilStep", &[N, N, N], |_, v| row(int(&v[0])?, int(&v[1])?, int(&v[2])?).map(listed)),
    open("sprig_seq", &[], N, seq),
];

fn fold(first: &Value, rest: &[Value], combine: fn(i64, i64) -> i64) -> Called {
    rest.iter().try_fold(to_int(first)?, |so_far, v| Ok(combine(so_far, to_int(v)?))).map(Value::Int64)
}

fn divided(v: &[Value], combine: fn(i64, i64) -> i64) -> Called {
    let (a, b) = (to_int(&v[0])?, to_int(&v[1])?);
    if b == 0 {
        return Err(Fault::Wants("no zero to divide by"));
    }
    Ok(Value::Int64(combine(a, b)))
}

fn round(_: &mut World<'_>, v: &[Value]) -> Called {
    let up_from = match v.get(2) {
        Some(Value::Float(n)) => *n,
        _ => 0.5,
    };
    let power = 10_f64.powf(int(&v[1])? as f64);
    let shifted = power * to_float(&v[0]);
    let rounded = if shifted.fract() >= up_from { shifted.ceil() } else { shifted.floor() };
    Ok(Value::Float(rounded / power))
}

/// `untilStep`
fn row(start: i64, stop: i64, step: i64) -> Result<Vec<i64>, Fault> {
    let mut numbers = Vec::new();
    let mut at = start;
    let goes_on = |at: i64| if stop < start { step < 0 && at > stop } else { step > 0 && at < stop };
    while goes_on(at) {
        if numbers.len() == MAX_ROW {
            return Err(Fault::TooMuch);
        }
        numbers.push(at);
        at = at.checked_add(step).ok_or(Fault::TooMuch)?;
    }
    Ok(numbers)
}

fn listed(numbers: Vec<i64>) -> Value {
    Value::List(List::new(Of::Ints, numbers.into_iter().map(Value::Int).collect()))
}

/// `1 2 3`, as the program of that name.
fn seq(_: &mut World<'_>, v: &[Value]) -> Called {
    let numbers = v.iter().map(int).collect::<Result<Vec<_>, _>>()?;
    let (start, step, end) = match numbers[..] {
        [end] => (1, if end < 1 { -1 } else { 1 }, end),
        [start, end] => (start, if end < start { -1 } else { 1 }, end),
        [start, step, end] if end >= start || step <= 0 => (start, step, end),
        _ => return text_of(""),
    };
    let beyond = end.checked_add(if end < start { -1 } else { 1 }).ok_or(Fault::TooMuch)?;
    let shown: Vec<String> = row(start, beyond, step)?.iter().map(i64::to_string).collect();
    text_of(shown.join(" "))
}
