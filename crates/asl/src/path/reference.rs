//! Reference Paths: the narrower paths of `ResultPath`, which name one place to write to.

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
    /// `None` when the place cannot be there, such as a member of a string or an item beyond an array's end.
    pub(crate) fn write(&self, mut target: Value, result: Value) -> Option<Value> {
        let mut here = &mut target;
        for segment in &self.0.segments {
            here = match segment {
                Segment::Member(name) => {
                    here.as_object_mut()?.entry(name.as_str()).or_insert_with(|| Value::Object(Map::new()))
                }
                Segment::Index(index) => here.as_array_mut()?.get_mut(usize::try_from(*index).ok()?)?,
                _ => return None,
            };
        }
        *here = result;
        Some(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn write(path: &str, target: Value) -> Option<Value> {
        ReferencePath::parse(path).unwrap().write(target, json!(7))
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
    fn refuses_paths_that_name_several_places() {
        for bad in ["$.a[*]", "$..a", "$$.a", "$.a[0,1]", "$.a[1:]", "$name", "$[-1]", "$[(@.length-1)]", "$['a','b']"]
        {
            assert!(ReferencePath::parse(bad).is_err(), "{bad}");
        }
    }
}
