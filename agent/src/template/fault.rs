//! Why a render stopped, before its place is known. Never holds a value.

use super::error::TemplateError;
use super::reading::Refusal;

pub(super) enum Fault {
    /// A function was given something else: what it wants.
    Wants(&'static str),
    /// More text, time, or depth than a render may use.
    TooMuch,
    /// Something was read that may not be.
    Refused(Refusal),
    /// What happened, and what to do.
    Said(&'static str, &'static str),
    /// The template's own words: a field, a function's message written in the template.
    Named(TemplateError),
    /// Already with its place.
    Placed(TemplateError),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Fault::Refused(refusal)
    }
}
