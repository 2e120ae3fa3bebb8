//! What is known of a payload before anything runs: which members it can have.

use std::collections::BTreeMap;

use serde_json::Value;

use super::scan::{PathRead, Root, paths};

/// A payload as far as it is known. A bigger one is treated as unknown, so that shapes stay small in every loop.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Unknown,
    /// It has no members but these, and may lack any of them; a text or number has none.
    Only(BTreeMap<String, Self>),
}

/// The most members that a shape has, at all depths together, and the deepest that they lie.
const MAX_MEMBERS: usize = 100;
const MAX_DEPTH: usize = 8;

/// A path without a value: the member that is missing, and those that exist in its place.
#[derive(Debug, PartialEq)]
pub(super) struct Missing {
    pub(super) member: String,
    pub(super) there: Vec<String>,
}

impl Shape {
    /// A payload without members.
    pub(super) fn empty() -> Self {
        Self::Only(BTreeMap::new())
    }

    /// The error output of a catcher: `Error` and `Cause`, both texts.
    pub(super) fn error_output() -> Self {
        Self::Only(["Cause", "Error"].into_iter().map(|name| (name.to_owned(), Self::empty())).collect())
    }

    /// A value as it is written.
    pub(super) fn literal(value: &Value) -> Self {
        Self::build(value, None, 0).bounded()
    }

    /// What a payload template makes of a payload.
    pub(super) fn template(value: &Value, source: &Self) -> Self {
        Self::build(value, Some(source), 0).bounded()
    }

    /// A value whose members that end in `.$` read from a payload, if there is one.
    fn build(value: &Value, source: Option<&Self>, depth: usize) -> Self {
        match value {
            _ if depth > MAX_DEPTH => Self::Unknown,
            Value::Object(members) => {
                let members = members.iter().map(|(name, value)| match (name.strip_suffix(".$"), value, source) {
                    (Some(name), Value::String(text), Some(source)) => (name.to_owned(), source.evaluated(text)),
                    _ => (name.clone(), Self::build(value, source, depth + 1)),
                });
                Self::Only(members.collect())
            }
            // Items are not followed.
            Value::Array(_) => Self::Unknown,
            _ => Self::empty(),
        }
    }

    /// What a path or intrinsic function makes of this payload.
    fn evaluated(&self, text: &str) -> Self {
        match paths(text).as_slice() {
            [path] if text.starts_with('$') && path.is_whole && path.root == Root::Input => {
                self.at(path).cloned().unwrap_or(Self::Unknown).bounded()
            }
            _ => Self::Unknown,
        }
    }

    /// What stands at a path; unknown where the path can't be followed.
    ///
    /// # Errors
    /// The path leads to a member that cannot be there.
    pub(super) fn at(&self, path: &PathRead) -> Result<&Self, Missing> {
        let mut here = self;
        for member in &path.members {
            let Self::Only(members) = here else { return Ok(&Self::Unknown) };
            here = members
                .get(member)
                .ok_or_else(|| Missing { member: member.clone(), there: members.keys().cloned().collect() })?;
        }
        Ok(if path.is_whole { here } else { &Self::Unknown })
    }

    /// `InputPath` or `OutputPath` on this payload. `None` is the field left out.
    pub(super) fn selected(&self, field: Option<&Value>) -> Self {
        match field {
            None => self.clone(),
            Some(Value::Null) => Self::empty(),
            Some(Value::String(text)) => self.evaluated(text),
            Some(_) => Self::Unknown,
        }
    }

    /// `ResultPath` on this payload: where a result is put. `None` is the field left out.
    pub(super) fn with_result(&self, field: Option<&Value>, result: Self) -> Self {
        match field {
            None => result,
            Some(Value::Null) => self.clone(),
            Some(Value::String(text)) => match paths(text).as_slice() {
                [path] if path.is_whole && path.root == Root::Input => {
                    let mut payload = self.clone();
                    payload.put(&path.members, result);
                    payload.bounded()
                }
                _ => Self::Unknown,
            },
            Some(_) => Self::Unknown,
        }
    }

    fn put(&mut self, members: &[String], result: Self) {
        let mut here = self;
        for member in members {
            let Self::Only(members) = here else { return };
            here = members.entry(member.clone()).or_insert_with(Self::empty);
        }
        *here = result;
    }

    /// A payload that is the one or the other.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Only(mut members), Self::Only(others)) => {
                for (name, other) in others {
                    let joined = match members.remove(&name) {
                        Some(member) => member.or(other),
                        None => other,
                    };
                    members.insert(name, joined);
                }
                Self::Only(members).bounded()
            }
            _ => Self::Unknown,
        }
    }

    fn bounded(self) -> Self {
        if self.members(0).is_some_and(|count| count <= MAX_MEMBERS) { self } else { Self::Unknown }
    }

    /// How many members there are at all depths, or `None` when they lie too deep.
    fn members(&self, depth: usize) -> Option<usize> {
        match self {
            Self::Unknown => Some(0),
            _ if depth > MAX_DEPTH => None,
            Self::Only(members) => {
                members.values().try_fold(members.len(), |sum, member| Some(sum + member.members(depth + 1)?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(shape: &Shape, path: &str) -> Result<Shape, Missing> {
        shape.at(&paths(path)[0]).cloned()
    }

    #[test]
    fn a_literal_has_the_members_it_is_written_with() {
        let shape = Shape::literal(&json!({"a": {"b": 1}, "c": [{"d": 1}]}));
        assert_eq!(read(&shape, "$.a.b"), Ok(Shape::empty()));
        assert_eq!(read(&shape, "$.c[0].x"), Ok(Shape::Unknown));
        let missing = Missing { member: "x".to_owned(), there: vec!["b".to_owned()] };
        assert_eq!(read(&shape, "$.a.x"), Err(missing));
        assert!(read(&shape, "$.a.b.c").is_err());
        assert!(read(&shape, "$..x").is_ok());
    }

    #[test]
    fn a_template_hands_on_what_it_selects() {
        let source = Shape::literal(&json!({"a": {"b": 1}}));
        let made =
            Shape::template(&json!({"x.$": "$.a", "y.$": "States.UUID()", "z": {"w.$": "$$.Execution"}}), &source);
        assert!(read(&made, "$.x.b").is_ok() && read(&made, "$.x.c").is_err());
        assert_eq!(read(&made, "$.y.any"), Ok(Shape::Unknown));
        assert_eq!(read(&made, "$.z.w.any"), Ok(Shape::Unknown));
        assert!(read(&made, "$.a").is_err());
    }

    #[test]
    fn results_are_put_into_the_payload() {
        let payload = Shape::literal(&json!({"a": 1}));
        let put = payload.with_result(Some(&json!("$.b.c")), Shape::Unknown);
        assert!(read(&put, "$.a").is_ok() && read(&put, "$.b.c.d").is_ok() && read(&put, "$.b.x").is_err());
        assert_eq!(payload.with_result(Some(&Value::Null), Shape::Unknown), payload);
        assert_eq!(payload.with_result(None, Shape::Unknown), Shape::Unknown);
    }

    #[test]
    fn what_grows_is_given_up() {
        let mut shape = Shape::empty();
        for _ in 0..20 {
            shape = Shape::template(&json!({"a.$": "$", "b.$": "$", "c.$": "$"}), &shape);
        }
        assert_eq!(Shape::literal(&json!({"a": {"b": {}}})).or(Shape::Unknown), Shape::Unknown);
        assert!(shape.members(0).unwrap() <= MAX_MEMBERS);
    }
}
