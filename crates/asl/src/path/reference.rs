//! Reference Paths: the narrower paths of `ResultPath` and `ItemsPath`, which name one place.

use serde_json::{Map, Value};

use super::{Path, PathSyntax, Root, Segment};

/// A path of member names and indices that starts at the payload.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReferencePath(Path);

impl Path {
    /// Whether it leads to a single place in the payload or in a variable.
    pub(crate) fn names_one_place(&self) -> bool {
        self.root != Root::Context
            && self.segments.iter().all(|segment| matches!(segment, Segment::Member(_) | Segment::Index(0..)))
    }
}

impl ReferencePath {
    pub(crate) fn parse(text: &str) -> Result<Self, PathSyntax> {
        let path = Path::parse(text)?;
        if path.root == Root::Payload && path.names_one_place() {
            Ok(Self(path))
        } else {
            Err(PathSyntax(format!("'{text}' is not a Reference Path")))
        }
    }

    pub(crate) fn whole() -> Self {
        Self(Path::whole())
    }

    pub(crate) fn text(&self) -> &str {
        self.0.text()
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.0.segments.is_empty()
    }

    /// Puts `result` at the path's place in `target`; objects on the way are made when missing.
    ///
    /// # Errors
    /// When the place cannot be there, such as a member of a string or an item beyond an array's end.
    pub(crate) fn write(&self, mut target: Value, result: Value) -> Result<Value, PathConflict> {
        let segments = &self.0.segments;
        let mut here = &mut target;
        for (at, segment) in segments.iter().enumerate() {
            // AWS names the step that a list can't take, and of any other value the step that led to it (public run logs; the
            // second is less sure).
            let blamed = if here.is_array() { Some(at) } else { at.checked_sub(1) };
            let conflict = || PathConflict { step: blamed.and_then(|at| segments.get(at)).and_then(step_name) };
            let next = match segment {
                Segment::Member(name) => here
                    .as_object_mut()
                    .map(|members| members.entry(name.as_str()).or_insert_with(|| Value::Object(Map::new()))),
                Segment::Index(index) => usize::try_from(*index)
                    .ok()
                    .and_then(|index| here.as_array_mut().and_then(|items| items.get_mut(index))),
                _ => None,
            };
            here = next.ok_or_else(conflict)?;
        }
        *here = result;
        Ok(target)
    }
}

/// A value has no room for what a Reference Path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathConflict {
    /// The step that can't be taken; none when the path can't begin.
    step: Option<String>,
}

impl PathConflict {
    /// AWS's words for it.
    pub(crate) fn cause(&self, path: &str, input: &str) -> String {
        match &self.step {
            Some(step) => format!("Unable to apply step \"{step}\" to input {input}"),
            None => format!("Unable to apply ReferencePath {path} to input {input}"),
        }
    }
}

fn step_name(segment: &Segment) -> Option<String> {
    match segment {
        Segment::Member(name) => Some(name.to_string()),
        Segment::Index(index) => Some(index.to_string()),
        _ => None,
    }
}

impl Path {
    /// Of a Reference Path into the payload that leads to nothing: what AWS names as the conflict. None for any other path.
    pub(crate) fn conflict(&self, payload: &Value) -> Option<PathConflict> {
        if self.root != Root::Payload || !self.names_one_place() {
            return None;
        }
        let mut here = payload;
        for segment in &self.segments {
            let next = match segment {
                Segment::Member(name) => here.get(name.as_str()),
                Segment::Index(index) => here.get(usize::try_from(*index).ok()?),
                _ => None,
            };
            match next {
                Some(next) => here = next,
                None => return Some(PathConflict { step: step_name(segment) }),
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn write(path: &str, target: Value) -> Option<Value> {
        ReferencePath::parse(path).unwrap().write(target, json!(7)).ok()
    }

    fn cause(path: &str, target: &Value) -> String {
        let conflict = ReferencePath::parse(path).unwrap().write(target.clone(), json!(7)).unwrap_err();
        conflict.cause(path, &target.to_string())
    }

    #[test]
    fn writes_where_it_can() {
        assert_eq!(write("$", json!({"a": 1})), Some(json!(7)));
        assert_eq!(write("$.a", json!({"a": 1, "b": 2})), Some(json!({"a": 7, "b": 2})));
        assert_eq!(write("$.x.y", json!({"b": 2})), Some(json!({"b": 2, "x": {"y": 7}})));
        assert_eq!(write("$.l[1]", json!({"l": [1, 2]})), Some(json!({"l": [1, 7]})));
        assert_eq!(write("$.l[2]", json!({"l": [1, 2]})), None);
        assert_eq!(write("$.a.b", json!({"a": "text"})), None);
        assert_eq!(write("$.a", json!([])), None);
    }

    #[test]
    fn conflicts_name_the_step() {
        assert_eq!(cause("$.a", &json!("b")), "Unable to apply ReferencePath $.a to input \"b\"");
        assert_eq!(cause("$.a", &json!([1])), "Unable to apply step \"a\" to input [1]");
        assert_eq!(cause("$.a.b", &json!({"a": "c"})), "Unable to apply step \"a\" to input {\"a\":\"c\"}");
        let missing = |path: &str, value: Value| Path::parse(path).unwrap().conflict(&value);
        let step = |name: &str| Some(PathConflict { step: Some(name.to_owned()) });
        assert_eq!(missing("$.a.b", json!({"a": {}})), step("b"));
        assert_eq!(missing("$.a.b", json!({})), step("a"));
        assert_eq!(missing("$.a", json!({"a": 1})), None);
        assert_eq!(missing("$.a[*]", json!({})), None);
    }

    #[test]
    fn refuses_paths_that_name_several_places() {
        for bad in ["$.a[*]", "$..a", "$$.a", "$.a[0,1]", "$.a[1:]", "$name", "$[-1]", "$[(@.length-1)]", "$['a','b']"]
        {
            assert!(ReferencePath::parse(bad).is_err(), "{bad}");
        }
    }
}
