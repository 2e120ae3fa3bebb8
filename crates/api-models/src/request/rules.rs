//! What holds for an operation's input, made ready once for all its requests.

use crate::pattern::Pattern;
use crate::service::Service;
use crate::shape::{Kind, Place, Range, Shape, Structure};

/// What holds for a value.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(super) expected: Expected,
    /// The range of a number, or of a length.
    pub(super) range: Range,
    pub(super) is_secret: bool,
}

/// What sort of value it must be.
#[derive(Debug)]
pub(super) enum Expected {
    Anything,
    Boolean,
    Moment,
    Bytes,
    /// With the number of its pattern.
    Text(Option<usize>),
    /// One of these, with `|` between them.
    Enumeration(Box<str>),
    Number,
    Fraction,
    /// By its number: a structure may contain itself.
    Structure(usize),
    /// With what its structures are called, where their number is limited.
    List(Box<Rules>, Option<Box<str>>),
    /// With what holds for its keys.
    Map(Box<Rules>, Box<Rules>),
}

/// The members of a structure.
#[derive(Debug)]
pub(crate) struct Members(pub(super) Vec<MemberRules>);

/// A member of an input, or of a structure in it.
#[derive(Debug)]
pub struct MemberRules {
    pub(super) name: Box<str>,
    pub(super) wire: Box<str>,
    pub(super) place: Place,
    pub(super) is_required: bool,
    pub(super) rules: Rules,
}

impl Members {
    pub(crate) const fn none() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn of(structure: &Structure<'_>) -> Self {
        let members = structure.members().map(|member| MemberRules {
            name: member.name.into(),
            wire: member.wire.into(),
            place: member.place,
            is_required: member.is_required,
            rules: Rules::of(&member.shape),
        });
        Self(members.collect())
    }
}

impl Rules {
    fn of(shape: &Shape<'_>) -> Self {
        let expected = match &shape.kind {
            Kind::Anything => Expected::Anything,
            Kind::Boolean => Expected::Boolean,
            Kind::Moment => Expected::Moment,
            Kind::Bytes => Expected::Bytes,
            Kind::Text => Expected::Text(shape.pattern_number),
            Kind::Enumeration(values) => Expected::Enumeration((*values).into()),
            Kind::Number => Expected::Number,
            Kind::Fraction => Expected::Fraction,
            Kind::Structure(structure) => Expected::Structure(structure.number),
            Kind::List(inner) => Expected::List(Box::new(Self::of(&inner.shape())), shape.item_name.map(Into::into)),
            Kind::Map(inner) => {
                let text = || Self { expected: Expected::Text(None), range: Range::default(), is_secret: false };
                let keys = shape.keys.map_or_else(text, |keys| Self::of(&keys.shape()));
                Expected::Map(Box::new(keys), Box::new(Self::of(&inner.shape())))
            }
        };
        Self { expected, range: shape.range, is_secret: shape.is_secret }
    }

    /// Whether the constraints hold for a text.
    pub(super) fn allow_text(&self, service: &Service, text: &str) -> bool {
        self.range.holds_for_text(text)
            && match &self.expected {
                Expected::Text(Some(number)) => pattern(service, *number).is_none_or(|pattern| pattern.matches(text)),
                Expected::Enumeration(values) => values.split('|').any(|value| value == text),
                _ => true,
            }
    }
}

/// A pattern by its number; nothing when only Java reads it.
pub(super) fn pattern(service: &Service, number: usize) -> Option<&Pattern> {
    service.pattern(number)
}

/// Whether a count is not above a bound.
#[allow(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
pub(super) fn is_at_most(count: usize, most: f64) -> bool {
    count as f64 <= most
}

impl Range {
    /// Whether a number, or a count, lies within.
    pub(super) fn holds(&self, size: f64) -> bool {
        self.least.is_none_or(|least| size >= least) && self.most.is_none_or(|most| size <= most)
    }

    #[allow(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
    pub(super) fn holds_for_count(&self, count: usize) -> bool {
        self.holds(count as f64)
    }

    /// Whether a text's length lies within. It is counted only where its bytes do not tell.
    #[allow(clippy::cast_precision_loss, reason = "lengths are far below 2^52")]
    fn holds_for_text(&self, text: &str) -> bool {
        let fits = self.most.is_none_or(|most| text.len() as f64 <= most);
        let is_long_enough = self.least.is_none_or(|least| (text.len() / 4) as f64 >= least);
        (fits && is_long_enough) || self.holds_for_count(text.chars().count())
    }
}
