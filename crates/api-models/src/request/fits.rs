//! Whether a body keeps all that its operation's input asks for, without a copy of it: what nearly every request does.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::rules::{Expected, MemberRules, Members, Rules};
use crate::service::Service;
use crate::shape::Place;

/// Whether a JSON object is one that these members may be in; what can't be read is none.
pub(super) fn fits(service: &Service, members: &Members, body: &[u8]) -> bool {
    let mut read = serde_json::Deserializer::from_slice(body);
    Object { service, members }.deserialize(&mut read).is_ok() && read.end().is_ok()
}

/// Why reading ends at the first thing that does not fit; nobody reads it.
fn misfit<E: Error>() -> E {
    E::custom("it does not fit")
}

/// A value that may be null; tells whether it is not.
#[derive(Clone, Copy)]
struct Value<'r> {
    service: &'r Service,
    rules: &'r Rules,
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_unit<E>(self) -> Result<bool, E> {
        Ok(false)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        let visitor = Given { service: self.service, rules: self.rules };
        match &self.rules.expected {
            Expected::Anything | Expected::Moment => deserializer.deserialize_ignored_any(IgnoredAny).map(drop),
            Expected::Boolean => deserializer.deserialize_bool(visitor),
            Expected::Number | Expected::Fraction => deserializer.deserialize_f64(visitor),
            Expected::Text(_) | Expected::Enumeration(_) | Expected::Bytes => deserializer.deserialize_str(visitor),
            Expected::List(..) => deserializer.deserialize_seq(visitor),
            Expected::Map(..) => deserializer.deserialize_map(visitor),
            Expected::Structure(number) => {
                let members = self.service.members(*number);
                Object { service: self.service, members }.deserialize(deserializer)
            }
        }
        .map(|()| true)
    }
}

/// A value that is not null.
struct Given<'r> {
    service: &'r Service,
    rules: &'r Rules,
}

impl Given<'_> {
    fn check<E: Error>(&self, holds: bool) -> Result<(), E> {
        if holds { Ok(()) } else { Err(misfit()) }
    }
}

#[allow(clippy::cast_precision_loss, reason = "limits are far below 2^52")]
impl<'de> Visitor<'de> for Given<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("what the model expects")
    }

    fn visit_bool<E>(self, _value: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<(), E> {
        self.check(self.rules.range.holds(value as f64))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<(), E> {
        self.check(self.rules.range.holds(value as f64))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<(), E> {
        self.check(self.rules.range.holds(value))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.check(self.rules.allow_text(self.service, text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Expected::List(rules, _) = &self.rules.expected else { return Err(misfit()) };
        let mut count = 0;
        while items.next_element_seed(Value { service: self.service, rules })?.is_some() {
            count += 1;
        }
        self.check(self.rules.range.holds_for_count(count))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let Expected::Map(keys, rules) = &self.rules.expected else { return Err(misfit()) };
        let mut count = 0;
        while entries.next_key_seed(Given { service: self.service, rules: keys })?.is_some() {
            entries.next_value_seed(Value { service: self.service, rules })?;
            count += 1;
        }
        self.check(self.rules.range.holds_for_count(count))
    }
}

impl<'de> DeserializeSeed<'de> for Given<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

/// A structure.
struct Object<'r> {
    service: &'r Service,
    members: &'r Members,
}

impl<'de> DeserializeSeed<'de> for Object<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

/// The most members that are watched at once; an input with more is looked at in the other way.
const MOST_MEMBERS: usize = 128;

impl<'de> Visitor<'de> for Object<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let members = &self.members.0;
        if members.len() > MOST_MEMBERS {
            return Err(misfit());
        }
        let mut given = 0_u128;
        while let Some(at) = entries.next_key_seed(Name(members))? {
            match at.and_then(|at| Some((at, members.get(at)?))) {
                Some((at, member)) => {
                    if entries.next_value_seed(Value { service: self.service, rules: &member.rules })? {
                        given |= 1 << at;
                    }
                }
                None => drop(entries.next_value::<IgnoredAny>()?),
            }
        }
        let is_missing = |(at, member): (usize, &MemberRules)| {
            member.is_required && member.place == Place::Body && given & (1 << at) == 0
        };
        if members.iter().enumerate().any(is_missing) { Err(misfit()) } else { Ok(()) }
    }
}

/// A member's name: its place among the members.
struct Name<'r>(&'r [MemberRules]);

impl<'de> DeserializeSeed<'de> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.iter().position(|member| member.place == Place::Body && &*member.wire == name))
    }
}
