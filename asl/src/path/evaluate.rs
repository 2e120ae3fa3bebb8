//! Following a path through a value.

use serde_json::Value;

use super::{Path, Step};

/// A definite path leads nowhere. The text is the one that AWS reports, Jayway JsonPath's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathNotFound {
    pub(crate) reason: String,
}

pub(super) fn read(path: &Path, root: &Value) -> Result<Value, PathNotFound> {
    if path.is_definite() {
        return definite(&path.steps, root).cloned();
    }
    Ok(Value::Array(indefinite(&path.steps, root).into_iter().cloned().collect()))
}

fn definite<'a>(steps: &[Step], root: &'a Value) -> Result<&'a Value, PathNotFound> {
    let mut here = root;
    for (depth, step) in steps.iter().enumerate() {
        let next = match step {
            Step::Member(name) => here.get(name),
            Step::Index(index) => item(here, *index),
            _ => None,
        };
        here = next.ok_or_else(|| not_found(steps, depth, here))?;
    }
    Ok(here)
}

fn not_found(steps: &[Step], depth: usize, here: &Value) -> PathNotFound {
    let canonical = |count: usize| -> String {
        steps.iter().take(count).fold("$".to_owned(), |path, step| match step {
            Step::Member(name) => format!("{path}['{name}']"),
            Step::Index(index) => format!("{path}[{index}]"),
            _ => path,
        })
    };
    let is_leaf = depth + 1 == steps.len();
    let reason = match steps.get(depth) {
        Some(Step::Member(_)) if here.is_object() && !is_leaf => {
            format!("Missing property in path {}", canonical(depth + 1))
        }
        Some(Step::Member(name)) if !here.is_object() => {
            format!("Expected to find an object with property ['{name}'] in path {}", canonical(depth))
        }
        _ => format!("No results for path: {}", canonical(steps.len())),
    };
    PathNotFound { reason }
}

/// Everything that the steps match, in document order; what is missing is left out.
pub(super) fn indefinite<'a>(steps: &[Step], root: &'a Value) -> Vec<&'a Value> {
    let mut here = vec![root];
    for step in steps {
        let mut next = Vec::new();
        for value in here {
            follow(step, value, &mut next);
        }
        here = next;
    }
    here
}

fn follow<'a>(step: &Step, value: &'a Value, found: &mut Vec<&'a Value>) {
    match step {
        Step::Member(name) => found.extend(value.get(name)),
        Step::Members(names) => found.extend(names.iter().filter_map(|name| value.get(name))),
        Step::Index(index) => found.extend(item(value, *index)),
        Step::Indices(indices) => found.extend(indices.iter().filter_map(|index| item(value, *index))),
        Step::Slice { from, to } => found.extend(slice(value, *from, *to)),
        Step::Wildcard => children(value, found),
        Step::Descend => descend(value, found),
        Step::Filter(condition) => match value {
            Value::Array(items) => found.extend(items.iter().filter(|item| condition.holds(item))),
            Value::Object(_) if condition.holds(value) => found.push(value),
            _ => {}
        },
    }
}

fn children<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(items) => found.extend(items),
        Value::Object(members) => found.extend(members.values()),
        _ => {}
    }
}

fn descend<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    found.push(value);
    match value {
        Value::Array(items) => items.iter().for_each(|item| descend(item, found)),
        Value::Object(members) => members.values().for_each(|member| descend(member, found)),
        _ => {}
    }
}

fn item(value: &Value, index: i64) -> Option<&Value> {
    let items = value.as_array()?;
    items.get(usize::try_from(from_start(items.len(), index)).ok()?)
}

fn slice(value: &Value, from: Option<i64>, to: Option<i64>) -> &[Value] {
    let Value::Array(items) = value else {
        return &[];
    };
    let bound = |index: i64| usize::try_from(from_start(items.len(), index)).unwrap_or(0).min(items.len());
    items.get(from.map_or(0, bound)..to.map_or(items.len(), bound)).unwrap_or(&[])
}

/// A negative index counts from the end.
fn from_start(len: usize, index: i64) -> i64 {
    if index < 0 { index.saturating_add(i64::try_from(len).unwrap_or(i64::MAX)) } else { index }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn at(path: &str, value: &Value) -> Result<Value, String> {
        read(&Path::parse(path).unwrap(), value).map_err(|missing| missing.reason)
    }

    #[test]
    fn follows_definite_paths() {
        let value = json!({"a": [{"b": 1}, {"b": 2}], "c d": {"e'f": 3}});
        assert_eq!(at("$", &value), Ok(value.clone()));
        assert_eq!(at("$.a[1].b", &value), Ok(json!(2)));
        assert_eq!(at("$.a[-1].b", &value), Ok(json!(2)));
        assert_eq!(at(r"$['c d']['e\'f']", &value), Ok(json!(3)));
    }

    #[test]
    fn says_where_a_definite_path_ends() {
        let value = json!({"a": {"s": "text", "l": [1]}});
        assert_eq!(at("$.x", &value), Err("No results for path: $['x']".into()));
        assert_eq!(at("$.x.y.z", &value), Err("Missing property in path $['x']".into()));
        assert_eq!(at("$.a.l[7]", &value), Err("No results for path: $['a']['l'][7]".into()));
        assert_eq!(
            at("$.a.s.t", &value),
            Err("Expected to find an object with property ['t'] in path $['a']['s']".into())
        );
    }

    #[test]
    fn indefinite_paths_give_arrays() {
        let value = json!({"a": [{"b": 1}, {"c": 2}, {"b": 3}], "n": [0, 1, 2, 3]});
        assert_eq!(at("$.a[*].b", &value), Ok(json!([1, 3])));
        assert_eq!(at("$..b", &value), Ok(json!([1, 3])));
        assert_eq!(at("$.n[1:3]", &value), Ok(json!([1, 2])));
        assert_eq!(at("$.n[-2:]", &value), Ok(json!([2, 3])));
        assert_eq!(at("$.n[0,3]", &value), Ok(json!([0, 3])));
        assert_eq!(at("$.n[3:1]", &value), Ok(json!([])));
        assert_eq!(at("$.missing.more[*]", &value), Ok(json!([])));
        assert_eq!(at("$.a[?(@.b > 1)].b", &value), Ok(json!([3])));
        assert_eq!(at("$.a[?(@.c)]", &value), Ok(json!([{"c": 2}])));
    }
}
