//! Whether a request is one that an operation takes.

mod fits;
mod rules;
mod types;
mod violations;

use serde_json::{Map, Value};

use crate::service::{Operation, Service};
use crate::shape::{Kind, Place};
use rules::Expected;

pub use rules::MemberRules;
pub(crate) use rules::Members;
pub use violations::{Violation, refusal};

/// What goes into an operation, as its requests are held against it. What holds is read of the model once.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    service: &'a Service,
    members: &'a Members,
}

/// What sort of value a member of a form or a query is, which both have as text.
#[derive(Debug, Clone, Copy)]
pub enum Written<'a> {
    /// A text.
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list of these.
    List(Element<'a>),
    /// A map with values of this sort.
    Map(Element<'a>),
    /// A structure.
    Structure(Input<'a>),
}

/// What is in a list or a map.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    service: &'a Service,
    rules: &'a rules::Rules,
}

impl<'a> Operation<'a> {
    /// What goes in, as requests are held against it; none when the operation takes nothing.
    pub fn request(&self) -> Option<Input<'a>> {
        match self.input()?.kind {
            Kind::Structure(structure) => Some(Input::new(self.service, structure.number)),
            _ => None,
        }
    }
}

impl<'a> Input<'a> {
    fn new(service: &'a Service, number: usize) -> Self {
        Self { service, members: service.members(number) }
    }

    /// Its members.
    pub fn members(&self) -> impl Iterator<Item = &'a MemberRules> {
        self.members.0.iter()
    }

    /// Whether the body of a request is JSON with members; the other case is that it is one of them.
    pub fn has_json_body(&self) -> bool {
        !self.members().any(|member| member.place == Place::Payload)
            && self.members().any(|member| member.place == Place::Body)
    }

    /// What sort of value a member is.
    pub fn written(&self, member: &'a MemberRules) -> Written<'a> {
        written(self.service, &member.rules)
    }

    /// Whether a JSON body keeps every constraint of the members that are in it, with the types that they have. It is quick, and
    /// says no of a body that can't be read.
    pub fn fits(&self, body: &[u8]) -> bool {
        fits::fits(self.service, self.members, body)
    }

    /// The first value of a type that the operation does not take; nothing when all have theirs. Members that it does not
    /// know may be anything, and null is as good as nothing. Members have their names on the wire.
    pub fn wrong_type(&self, request: &Map<String, Value>) -> Option<String> {
        types::wrong_type(self.service, request, self.members)
    }

    /// The constraints that a request's members break: required ones, lengths, ranges, enumerations and patterns. A value of
    /// another type is nothing to this: see [`wrong_type`](Self::wrong_type). Members have their names on the wire; only those are
    /// looked at that are `wanted`.
    pub fn violations(&self, request: &Map<String, Value>, wanted: impl Fn(&MemberRules) -> bool) -> Vec<Violation> {
        let mut finder = violations::Finder { service: self.service, found: Vec::new() };
        finder.input(request, self.members, wanted);
        finder.found
    }
}

fn written<'a>(service: &'a Service, rules: &'a rules::Rules) -> Written<'a> {
    let element = |rules| Element { service, rules };
    match &rules.expected {
        Expected::Number | Expected::Fraction => Written::Number,
        Expected::Boolean => Written::Boolean,
        Expected::List(inner, _) => Written::List(element(inner)),
        Expected::Map(_, inner) => Written::Map(element(inner)),
        Expected::Structure(number) => Written::Structure(Input::new(service, *number)),
        _ => Written::Text,
    }
}

impl<'a> Element<'a> {
    /// What sort of value it is.
    pub fn written(&self) -> Written<'a> {
        written(self.service, self.rules)
    }
}

impl MemberRules {
    /// Its name in the model.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its name on the wire.
    pub fn wire(&self) -> &str {
        &self.wire
    }

    /// Where a request has it.
    pub fn place(&self) -> Place {
        self.place
    }
}

#[cfg(test)]
mod tests;
