//! Following a path through a value.

use std::borrow::Cow;
use std::cell::Cell;

use serde_json::{Map, Value};

use super::Segment;

/// How much work reading one path may be, counted in values visited or copied, and in eighths of the bytes of texts.
const MAX_WORK: usize = 2_000_000;

pub(super) static NULL: Value = Value::Null;

/// A path has no value. The text is the one that AWS reports, Jayway JsonPath's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathNotFound {
    pub(crate) reason: String,
    /// Something was there, and not what a segment applies to. AWS's intrinsic functions then report the reason instead of their own words.
    pub(crate) is_misapplied: bool,
    /// There was no payload to read from: AWS then names no path, and the reason is all that it says.
    pub(crate) is_without_payload: bool,
    /// The bound on the work was reached.
    is_beyond_bounds: bool,
}

fn in_context(value: &Value, is_taken_out: bool) -> String {
    match value {
        Value::String(text) if is_taken_out => text.clone(),
        other => other.to_string(),
    }
}

/// What an item beyond an array's end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    Null,
    Missing,
}

/// One reading of a path: what it starts at, and how much work is left to it.
pub(super) struct Walk<'a> {
    pub(super) root: &'a Value,
    left: Cell<usize>,
}

impl PathNotFound {
    pub(super) fn new(reason: String) -> Self {
        Self { reason, is_misapplied: false, is_without_payload: false, is_beyond_bounds: false }
    }

    /// A path on a payload that is null. Executions that failed on AWS show this text.
    pub(crate) fn without_payload() -> Self {
        let reason = "Unable to apply Path transformation to null or empty input.".to_owned();
        Self { is_without_payload: true, ..Self::new(reason) }
    }

    pub(super) fn variable(name: &str) -> Self {
        Self::new(format!("The variable '${name}' is not defined"))
    }

    pub(super) fn no_results(path: &str) -> Self {
        Self::new(format!("No results for path: {path}"))
    }

    /// Something that has no members, at a path whose next step is this property.
    pub(super) fn no_object(property: &str, path: &str) -> Self {
        Self::new(format!("Property {property} not found in path {path}"))
    }

    /// Something that has no items, before these segments.
    pub(super) fn no_array(segments: &[Segment], value: &Value, is_taken_out: bool) -> Self {
        let rest: String = segments.iter().map(fragment).collect();
        Self::misapplied(format!(
            "Filter: {rest} can only be applied to arrays. Current context is: {}",
            in_context(value, is_taken_out)
        ))
    }

    /// Something that a filter can't test, before these segments.
    pub(super) fn no_filter(segments: &[Segment], value: &Value, is_taken_out: bool) -> Self {
        let rest: String = segments.iter().map(fragment).collect();
        Self::misapplied(format!(
            "Filter: {rest} can not be applied to primitives. Current context is: {}",
            in_context(value, is_taken_out)
        ))
    }

    /// Several members, before the end of the path.
    pub(super) fn only_at_the_end(path: &str) -> Self {
        Self::misapplied(format!("Multi properties can only be used as path leafs: {path}"))
    }

    fn misapplied(reason: String) -> Self {
        Self { is_misapplied: true, ..Self::new(reason) }
    }

    /// Whether `[*]` passes a value over for it.
    pub(super) fn is_passed_over(&self) -> bool {
        !self.is_misapplied && !self.is_beyond_bounds
    }

    pub(super) fn too_much_work() -> Self {
        let reason = format!("Reading the path would take more than {MAX_WORK} steps");
        Self { is_beyond_bounds: true, ..Self::new(reason) }
    }
}

pub(super) fn read<'a>(segments: &'a [Segment], root: &'a Value, gap: Gap) -> Result<Cow<'a, Value>, PathNotFound> {
    if !segments.iter().all(Segment::leads_to_one) {
        return several(segments, root);
    }
    let mut here = Some(root);
    // The library takes null and texts out of the object that they are a member of, but leaves them in an array.
    let mut is_taken_out = true;
    for (depth, segment) in segments.iter().enumerate() {
        is_taken_out |= here.is_none();
        let value = here.unwrap_or(&NULL);
        here = match segment {
            Segment::Index(index) => item(array(segments, depth, value, is_taken_out)?, *index),
            Segment::FromEnd(back) => {
                let items = array(segments, depth, value, is_taken_out)?;
                item(items, from_start(items, -back))
            }
            Segment::Member(name) => Some(value.get(name).ok_or_else(|| no_member(segments, depth, value))?),
            Segment::Members(names) => {
                let members = value.as_object().ok_or_else(|| no_member(segments, depth, value))?;
                if depth + 1 < segments.len() {
                    return Err(PathNotFound::only_at_the_end(&canonical(&segments[..=depth])));
                }
                return Ok(Cow::Owned(merged(members, names)));
            }
            _ => None,
        };
        is_taken_out = matches!(segment, Segment::Member(_));
    }
    match (here, gap) {
        (Some(value), _) => Ok(Cow::Borrowed(value)),
        (None, Gap::Null) => Ok(Cow::Borrowed(&NULL)),
        (None, Gap::Missing) => Err(PathNotFound::no_results(&canonical(segments))),
    }
}

impl Segment {
    /// Whether it leads from one value to one.
    pub(super) fn leads_to_one(&self) -> bool {
        matches!(self, Self::Member(_) | Self::Members(_) | Self::Index(_) | Self::FromEnd(_))
    }
}

/// All that the segments match, from the first that may match several on. Nothing is no error by itself.
fn several<'a>(segments: &'a [Segment], root: &'a Value) -> Result<Cow<'a, Value>, PathNotFound> {
    let walk = Walk::new(root);
    let found = walk.find(segments, root)?;
    if !found.iter().all(|value| walk.weigh(value)) {
        return Err(PathNotFound::too_much_work());
    }
    Ok(Cow::Owned(Value::Array(found.into_iter().map(Cow::into_owned).collect())))
}

pub(super) fn merged(members: &Map<String, Value>, names: &[String]) -> Value {
    let there = names.iter().filter_map(|name| Some((name.clone(), members.get(name)?.clone())));
    Value::Object(there.collect())
}

impl<'a> Walk<'a> {
    fn new(root: &'a Value) -> Self {
        Self { root, left: Cell::new(MAX_WORK) }
    }

    /// Takes work away from what is left; `false` when there is not enough of it.
    pub(super) fn work(&self, amount: usize) -> bool {
        let left = self.left.get().checked_sub(amount);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Whether there is work left to copy or to compare a value.
    pub(super) fn weigh(&self, value: &Value) -> bool {
        let mut waiting = vec![value];
        while let Some(value) = waiting.pop() {
            let is_light = match value {
                Value::String(text) => self.work(1 + text.len() / 8),
                Value::Array(items) => {
                    waiting.extend(items);
                    self.work(1 + items.len())
                }
                Value::Object(members) => {
                    waiting.extend(members.values());
                    self.work(1 + members.keys().map(|name| 1 + name.len() / 8).sum::<usize>())
                }
                Value::Null | Value::Bool(_) | Value::Number(_) => self.work(1),
            };
            if !is_light {
                return false;
            }
        }
        true
    }
}

fn array<'a>(
    segments: &[Segment],
    depth: usize,
    value: &'a Value,
    is_taken_out: bool,
) -> Result<&'a [Value], PathNotFound> {
    match value {
        Value::Array(items) => Ok(items),
        Value::Null if is_taken_out => {
            Err(PathNotFound::new(format!("The path {} is null", canonical(segments.get(..depth).unwrap_or_default()))))
        }
        other => Err(PathNotFound::no_array(segments.get(depth..).unwrap_or_default(), other, is_taken_out)),
    }
}

fn no_member(segments: &[Segment], depth: usize, value: &Value) -> PathNotFound {
    let before = segments.get(..depth).unwrap_or_default();
    let up_to_here = segments.get(..=depth).unwrap_or_default();
    if !value.is_object() {
        let property = segments.get(depth).map(fragment).unwrap_or_default();
        PathNotFound::no_object(&property, &canonical(before))
    } else if depth + 1 == segments.len() {
        PathNotFound::no_results(&canonical(segments))
    } else {
        PathNotFound::new(format!("Missing property in path {}", canonical(up_to_here)))
    }
}

fn canonical(segments: &[Segment]) -> String {
    segments.iter().map(fragment).fold("$".to_owned(), |path, segment| path + &segment)
}

pub(super) fn fragment(segment: &Segment) -> String {
    let shown = |bound: &Option<i64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
    match segment {
        Segment::Member(name) => format!("['{name}']"),
        Segment::Members(names) => format!("['{}']", names.join("', '")),
        Segment::Index(index) => format!("[{index}]"),
        Segment::Indices(indices) => format!("[{}]", indices.iter().map(i64::to_string).collect::<Vec<_>>().join(",")),
        Segment::FromEnd(back) => format!("[@.size()-{back}]"),
        Segment::Slice { from, to } => format!("[{}:{}]", shown(from), shown(to)),
        Segment::Wildcard => "[*]".to_owned(),
        Segment::Descend => "..".to_owned(),
        Segment::Filter(_) => "[?]".to_owned(),
    }
}

pub(super) fn item(items: &[Value], index: i64) -> Option<&Value> {
    items.get(usize::try_from(index).ok()?)
}

/// The index of what is so many before the end.
pub(super) fn from_start(items: &[Value], negative: i64) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX).saturating_add(negative)
}
