//! The shapes of values: types with what limits them.

use crate::pattern::Pattern;
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
    /// The shape of a map's keys, where something holds for them.
    pub keys: Option<Inner<'a>>,
    /// What the structures are called that a list has, where their number is limited.
    pub item_name: Option<&'a str>,
    /// The pattern's number among the service's shapes.
    pub(crate) pattern_number: Option<usize>,
}

/// What sort of value it is.
#[derive(Debug, Clone, Copy)]
pub enum Kind<'a> {
    /// A text.
    Text,
    /// One of these texts, with `|` between them.
    Enumeration(&'a str),
    /// A whole number; for what a request may not be, and otherwise any number.
    Number,
    /// A number with a fraction.
    Fraction,
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

/// Where a request has a member of an operation's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the body.
    Body,
    /// In the path, where the member's own name stands in braces.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// It is the whole body.
    Payload,
}

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub struct Member<'a> {
    /// Its name in the model.
    pub name: &'a str,
    /// Its name on the wire.
    pub wire: &'a str,
    /// Where a request has it.
    pub place: Place,
    /// Whether it must be there.
    pub is_required: bool,
    /// Its shape.
    pub shape: Shape<'a>,
}

impl<'a> Shape<'a> {
    /// Whether a text matches its pattern. One that only Java reads matches all.
    pub fn allows(&self, text: &str) -> bool {
        let pattern = self.pattern.and_then(Pattern::read);
        pattern.is_none_or(|pattern| pattern.matches(text))
    }

    /// Reads a type; nothing when it is none.
    pub(crate) fn read(service: &'a Service, text: &'a str) -> Option<Self> {
        let letter = text.get(..1)?;
        let rest = text.get(1..)?;
        let (number, rest) = digits(rest);
        let is_secret = rest.starts_with('*');
        let (range, rest) = range(rest.trim_start_matches('*'));
        let (keys, rest) = match rest.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((keys, rest)) => (Some(Inner { service, text: keys }), rest),
            None => (None, rest),
        };
        let (item_name, rest) = match rest.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
            Some((name, rest)) => (Some(name), rest),
            None => (None, rest),
        };
        let inner = || Some(Inner { service, text: rest.strip_prefix('.')? });
        let kind = match letter {
            "s" => Kind::Text,
            "e" => Kind::Enumeration(service.shape_line(number?)),
            "n" => Kind::Number,
            "d" => Kind::Fraction,
            "b" => Kind::Boolean,
            "t" => Kind::Moment,
            "B" => Kind::Bytes,
            "a" => Kind::Anything,
            "S" => Kind::Structure(service.structure(number?)),
            "l" => Kind::List(inner()?),
            "m" => Kind::Map(inner()?),
            _ => return None,
        };
        let pattern_number = rest.strip_prefix('~').and_then(|number| digits(number).0);
        let pattern = pattern_number.map(|number| service.shape_line(number));
        Some(Self { kind, range, pattern, is_secret, keys, item_name, pattern_number })
    }
}

/// A member's place, as it is written behind its name.
fn place_of<'a>(name: &'a str, written: &'a str) -> Option<(&'a str, Place, &'a str)> {
    let place = match written.get(..1)? {
        "u" => Place::Path,
        "q" => Place::Query,
        "h" => Place::Header,
        "p" => Place::Payload,
        "b" => Place::Body,
        _ => return None,
    };
    let wire = written.get(1..).filter(|wire| !wire.is_empty()).unwrap_or(name);
    Some((name, place, wire))
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
        Shape::read(self.service, self.text).unwrap_or(Shape {
            kind: Kind::Anything,
            range: Range::default(),
            pattern: None,
            is_secret: false,
            keys: None,
            item_name: None,
            pattern_number: None,
        })
    }
}

impl<'a> Structure<'a> {
    /// Its members, in the model's order.
    pub fn members(&self) -> impl Iterator<Item = Member<'a>> {
        let service = self.service;
        self.line.split(' ').filter_map(move |member| {
            let (name, shape) = member.split_once(':')?;
            let is_required = name.ends_with('!');
            let name = name.trim_end_matches('!');
            let (name, place, wire) = match name.split_once('@') {
                Some((name, place)) => place_of(name, place)?,
                None => (name, Place::Body, name),
            };
            Some(Member { name, wire, place, is_required, shape: Shape::read(service, shape)? })
        })
    }
}
