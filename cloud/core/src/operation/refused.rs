//! Members of an operation's input that it does not take: each is refused by name, none is left out in silence.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::error::ServiceError;
use crate::wire::{Form, Protocol, Request};

/// Refuses a request that gives one of these members, where a path such as `Code.S3Key` names a member of a member, and `*`
/// any key of a map. What is null, empty or false counts as not given: tools send it for what they do not use.
///
/// # Errors
/// `NotImplemented` with the member's name, as the API's model has it.
pub(super) fn refuse(
    members: &[&str],
    operation: impl FnOnce() -> String,
    protocol: Protocol,
    request: &Request,
) -> Result<(), ServiceError> {
    if members.is_empty() {
        return Ok(());
    }
    let given = given(protocol, request);
    match members.iter().find(|member| given(member)) {
        Some(member) => Err(ServiceError::not_implemented(&format!("{member} of {}", operation()))),
        None => Ok(()),
    }
}

/// Whether a request gives a member, where a path such as `Code.S3Key` names a member of a member.
pub(super) fn given(protocol: Protocol, request: &Request) -> Box<dyn Fn(&str) -> bool> {
    match protocol {
        Protocol::Query(_) | Protocol::Ec2 => {
            let form = Form::of(request);
            Box::new(move |member| form.gives(member))
        }
        _ => {
            // A body that can't be read is refused by whoever reads it.
            let body: Given = serde_json::from_slice(&request.body).unwrap_or(Given::Nothing);
            let query = request.query();
            let in_query = move |member: &str| query.iter().any(|(name, value)| name == member && !value.is_empty());
            Box::new(move |member| in_query(member) || body.has(member))
        }
    }
}

/// What of a JSON value can be seen of it: whether something is given, without a copy of it.
enum Given {
    Nothing,
    Something,
    Members(BTreeMap<String, Given>),
}

impl Given {
    fn is_something(&self) -> bool {
        match self {
            Self::Nothing => false,
            Self::Something => true,
            Self::Members(members) => members.values().any(Self::is_something),
        }
    }

    fn has(&self, path: &str) -> bool {
        let Self::Members(members) = self else { return false };
        match path.split_once('.') {
            Some(("*", rest)) => members.values().any(|inner| inner.has(rest)),
            Some((member, rest)) => members.get(member).is_some_and(|inner| inner.has(rest)),
            None => members.get(path).is_some_and(Self::is_something),
        }
    }

    fn when(given: bool) -> Self {
        if given { Self::Something } else { Self::Nothing }
    }
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(GivenVisitor)
    }
}

struct GivenVisitor;

impl<'de> Visitor<'de> for GivenVisitor {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Given, E> {
        Ok(Given::Nothing)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Given, E> {
        Ok(Given::when(value))
    }

    fn visit_i64<E>(self, _value: i64) -> Result<Given, E> {
        Ok(Given::Something)
    }

    fn visit_u64<E>(self, _value: u64) -> Result<Given, E> {
        Ok(Given::Something)
    }

    fn visit_f64<E>(self, _value: f64) -> Result<Given, E> {
        Ok(Given::Something)
    }

    fn visit_str<E>(self, value: &str) -> Result<Given, E> {
        Ok(Given::when(!value.is_empty()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Given, A::Error> {
        let mut given = Given::Nothing;
        while items.next_element::<IgnoredAny>()?.is_some() {
            given = Given::Something;
        }
        Ok(given)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Given, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = entries.next_entry::<String, Given>()? {
            members.insert(name, value);
        }
        Ok(Given::Members(members))
    }
}

#[cfg(test)]
mod tests {
    use hyper::Method;
    use jiff::Timestamp;

    use super::*;
    use crate::location::Location;

    const MEMBERS: [&str; 3] = ["VpcConfig", "Code.S3Key", "Tags"];

    fn refused(protocol: Protocol, query: &str, body: &str) -> Option<String> {
        let request = Request::internal("id".to_owned(), Timestamp::UNIX_EPOCH, &Location::default(), "echo");
        let request = request.with_path(Method::POST, "/", query, body.to_owned());
        refuse(&MEMBERS, || "echo:Create".to_owned(), protocol, &request).err().map(|error| error.to_string())
    }

    #[test]
    fn a_member_is_refused_by_its_name() {
        let told = |member: &str| {
            Some(format!("NotImplemented: The embedded cloud does not implement {member} of echo:Create yet."))
        };
        let json = |body: &str| refused(Protocol::Rest, "", body);
        assert_eq!(json(r#"{"VpcConfig":{"SubnetIds":["a"]}}"#), told("VpcConfig"));
        assert_eq!(json(r#"{"Code":{"S3Key":"k","ZipFile":"z"}}"#), told("Code.S3Key"));
        assert_eq!(json(r#"{"Tags":0}"#), told("Tags"));
        assert_eq!(refused(Protocol::Rest, "VpcConfig=x", ""), told("VpcConfig"));
        assert_eq!(refused(Protocol::Query(""), "", "Action=Create&Tags.member.1.Key=k"), told("Tags"));
    }

    #[test]
    fn what_is_empty_is_not_given() {
        for body in [
            "",
            "{",
            "[]",
            "{}",
            r#"{"VpcConfig":null,"Tags":[]}"#,
            r#"{"VpcConfig":{"SubnetIds":[],"Ipv6AllowedForDualStack":false},"Code":{"S3Key":""}}"#,
            r#"{"Other":{"VpcConfig":1},"Code":{"ZipFile":"z"}}"#,
        ] {
            assert_eq!(refused(Protocol::Rest, "", body), None, "{body}");
        }
        assert_eq!(refused(Protocol::Query(""), "", "Action=Create&Tags=&TagsOther=1"), None);
    }
}
