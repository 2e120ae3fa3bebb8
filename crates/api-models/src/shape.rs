//! The shapes of values: types with what limits them.

use crate::service::Service;

/// The shape of a value.
#[derive(Debug, Clone, Copy)]
pub struct Shape<'a> {
    /// What sort of value it is.
    pub kind: Kind<'a>,
    /// The range of a number, or of a length.
    pub range: Range,
    /// The regular expression that a text must match.
    pub pattern: Option<&'a str>,
    /// Whether nobody repeats the value.
    pub is_secret: bool,
}

/// What sort of value it is.
#[derive(Debug, Clone, Copy)]
pub enum Kind<'a> {
    /// A text.
    Text,
    /// One of these texts, with `|` between them.
    Enumeration(&'a str),
    /// A number.
    Number,
    /// True or false.
    Boolean,
    /// A moment, which Step Functions shows as text.
    Moment,
    /// Bytes, which Step Functions shows as text.
    Bytes,
    /// Any JSON value.
    Anything,
    /// An object with these members.
    Structure(Structure<'a>),
    /// A list of items, whose shape follows.
    List(Inner<'a>),
    /// An object whose members have any names, and one shape.
    Map(Inner<'a>),
}

/// The shape inside a list or a map, not read yet: a shape may contain itself.
#[derive(Debug, Clone, Copy)]
pub struct Inner<'a> {
    service: &'a Service,
    text: &'a str,
}

/// The ends of a range, each of which may be missing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Range {
    /// The least that may be.
    pub least: Option<f64>,
    /// The most that may be.
    pub most: Option<f64>,
}

/// The members of an object.
#[derive(Debug, Clone, Copy)]
pub struct Structure<'a> {
    pub(crate) service: &'a Service,
    /// Its number among the service's shapes.
    pub number: usize,
    pub(crate) line: &'a str,
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Its name in the model.
    pub name: &'a str,
    /// Whether it must be there.
    pub is_required: bool,
    /// Its shape.
    pub shape: Shape<'a>,
}

impl<'a> Shape<'a> {
    /// Reads a type; nothing when it is none.
    pub(crate) fn read(service: &'a Service, text: &'a str) -> Option<Self> {
        let letter = text.get(..1)?;
        let rest = text.get(1..)?;
        let (number, rest) = digits(rest);
        let is_secret = rest.starts_with('*');
        let (range, rest) = range(rest.trim_start_matches('*'));
        let inner = || Some(Inner { service, text: rest.strip_prefix('.')? });
        let kind = match letter {
            "s" => Kind::Text,
            "e" => Kind::Enumeration(service.shape_line(number?)),
            "n" => Kind::Number,
            "b" => Kind::Boolean,
            "t" => Kind::Moment,
            "B" => Kind::Bytes,
            "a" => Kind::Anything,
            "S" => Kind::Structure(service.structure(number?)),
            "l" => Kind::List(inner()?),
            "m" => Kind::Map(inner()?),
            _ => return None,
        };
        let pattern =
            rest.strip_prefix('~').and_then(|number| digits(number).0).map(|number| service.shape_line(number));
        Some(Self { kind, range, pattern, is_secret })
    }
}

fn digits(text: &str) -> (Option<usize>, &str) {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    (number.parse().ok(), rest)
}

fn range(text: &str) -> (Range, &str) {
    let found = text.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let Some(((least, most), rest)) = found.and_then(|(range, rest)| Some((range.split_once(',')?, rest))) else {
        return (Range::default(), text);
    };
    (Range { least: least.parse().ok(), most: most.parse().ok() }, rest)
}

impl<'a> Inner<'a> {
    /// The shape.
    pub fn shape(&self) -> Shape<'a> {
        let anything = Shape { kind: Kind::Anything, range: Range::default(), pattern: None, is_secret: false };
        Shape::read(self.service, self.text).unwrap_or(anything)
    }
}

impl<'a> Structure<'a> {
    /// Its members, in the model's order.
    pub fn members(&self) -> impl Iterator<Item = Member<'a>> {
        let service = self.service;
        self.line.split(' ').filter_map(move |member| {
            let (name, shape) = member.split_once(':')?;
            let is_required = name.ends_with('!');
            Some(Member { name: name.trim_end_matches('!'), is_required, shape: Shape::read(service, shape)? })
        })
    }
}
