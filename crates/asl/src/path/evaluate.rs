//! Following a path through a value.

use std::borrow::Cow;
use std::cell::Cell;

use serde_json::{Map, Value};

use super::Segment;
use super::filter::Condition;

/// How much work reading one path may be, counted in values visited or copied, and in eighths of the bytes of texts.
const MAX_WORK: usize = 2_000_000;

static NULL: Value = Value::Null;

/// A path has no value. The text is the one that AWS reports, Jayway JsonPath's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathNotFound {
    pub(crate) reason: String,
    /// Something was there, but no array. AWS's intrinsic functions then report the reason instead of their own words.
    pub(crate) is_misapplied: bool,
    /// There was no payload to read from: AWS then names no path, and the reason is all that it says.
    pub(crate) is_without_payload: bool,
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
    fn new(reason: String) -> Self {
        Self { reason, is_misapplied: false, is_without_payload: false }
    }

    /// A path on a payload that is null. Executions that failed on AWS show this text.
    pub(crate) fn without_payload() -> Self {
        let reason = "Unable to apply Path transformation to null or empty input.".to_owned();
        Self { is_without_payload: true, ..Self::new(reason) }
    }

    pub(super) fn variable(name: &str) -> Self {
        Self::new(format!("The variable '${name}' is not defined"))
    }

    fn too_much_work() -> Self {
        Self::new(format!("Reading the path would take more than {MAX_WORK} steps"))
    }
}

pub(super) fn read<'a>(segments: &[Segment], root: &'a Value, gap: Gap) -> Result<Cow<'a, Value>, PathNotFound> {
    if !segments.iter().enumerate().all(|(depth, segment)| segment.is_single(depth + 1 == segments.len())) {
        return several(segments, root);
    }
    let mut here = Some(root);
    for (depth, segment) in segments.iter().enumerate() {
        let value = here.unwrap_or(&NULL);
        here = match segment {
            Segment::Index(index) => item(array(segments, depth, value)?, *index),
            Segment::FromEnd(back) => {
                item(array(segments, depth, value)?, from_start(array(segments, depth, value)?, -back))
            }
            Segment::Member(name) => Some(value.get(name).ok_or_else(|| no_member(segments, depth, value))?),
            Segment::Members(names) => {
                let members = value.as_object().ok_or_else(|| no_member(segments, depth, value))?;
                return Ok(Cow::Owned(merged(members, names)));
            }
            _ => None,
        };
    }
    match (here, gap) {
        (Some(value), _) => Ok(Cow::Borrowed(value)),
        (None, Gap::Null) => Ok(Cow::Borrowed(&NULL)),
        (None, Gap::Missing) => Err(PathNotFound::new(format!("No results for path: {}", canonical(segments)))),
    }
}

impl Segment {
    /// Whether it leads from one value to one.
    fn is_single(&self, is_last: bool) -> bool {
        match self {
            Self::Member(_) | Self::Index(_) | Self::FromEnd(_) => true,
            Self::Members(_) => is_last,
            _ => false,
        }
    }
}

/// All that the segments match. Nothing is no error here, also where the path breaks off before it branches (recorded).
fn several<'a>(segments: &[Segment], root: &'a Value) -> Result<Cow<'a, Value>, PathNotFound> {
    let walk = Walk { root, left: Cell::new(MAX_WORK) };
    let (found, merge) = match segments.split_last() {
        Some((Segment::Members(names), before)) => (walk.select(before, root), Some(names)),
        _ => (walk.select(segments, root), None),
    };
    if walk.left.get() == 0 || !found.iter().all(|value| walk.weigh(value)) {
        return Err(PathNotFound::too_much_work());
    }
    let found = found.into_iter().filter_map(|value| match (merge, value) {
        (None, value) => Some(value.clone()),
        (Some(names), Value::Object(members)) => Some(merged(members, names)),
        (Some(_), _) => None,
    });
    Ok(Cow::Owned(Value::Array(found.collect())))
}

fn merged(members: &Map<String, Value>, names: &[String]) -> Value {
    let there = names.iter().filter_map(|name| Some((name.clone(), members.get(name)?.clone())));
    Value::Object(there.collect())
}

impl<'a> Walk<'a> {
    /// Everything that the segments match, in document order; what is missing is left out. It stops short when there is no
    /// work left.
    pub(super) fn select(&self, segments: &[Segment], start: &'a Value) -> Vec<&'a Value> {
        let mut here = vec![start];
        let mut from_descent = false;
        for (depth, segment) in segments.iter().enumerate() {
            let is_last = depth + 1 == segments.len();
            let mut next = Vec::new();
            for value in here {
                if !self.work(1) {
                    return Vec::new();
                }
                match segment {
                    // The descent has reached every object: a filter after it tests each of them.
                    Segment::Filter(condition) if from_descent => {
                        next.extend(Some(value).filter(|value| condition.holds(self, value)));
                    }
                    _ => self.follow(segment, value, is_last, &mut next),
                }
            }
            from_descent = *segment == Segment::Descend;
            here = next;
        }
        here
    }

    fn follow(&self, segment: &Segment, value: &'a Value, is_last: bool, found: &mut Vec<&'a Value>) {
        match (segment, value) {
            (Segment::Member(name), Value::Object(members)) => found.extend(members.get(name)),
            (Segment::Members(names), Value::Object(members)) => {
                found.extend(names.iter().take_while(|_| self.work(1)).filter_map(|name| members.get(name)));
            }
            (Segment::Index(index), Value::Array(items)) => found.extend(self.item(items, *index, is_last)),
            (Segment::FromEnd(back), Value::Array(items)) => {
                found.extend(self.item(items, from_start(items, -back), is_last));
            }
            (Segment::Indices(indices), Value::Array(items)) => {
                found.extend(indices.iter().filter_map(|index| self.item(items, *index, is_last)));
            }
            (Segment::Slice { from, to }, Value::Array(items)) => self.extend(found, slice(items, *from, *to)),
            (Segment::Wildcard, Value::Array(items)) => self.extend(found, items),
            (Segment::Wildcard, Value::Object(members)) => self.extend(found, members.values()),
            (Segment::Descend, value) => self.descend(value, found),
            (Segment::Filter(condition), Value::Array(items)) => {
                self.extend(found, items.iter().filter(|item| condition.holds(self, item)));
            }
            (Segment::Filter(condition), object @ Value::Object(_)) if condition.holds(self, object) => {
                found.push(object)
            }
            _ => {}
        }
    }

    /// An item; beyond the end it is null at the end of a path, and nothing before it.
    fn item(&self, items: &'a [Value], index: i64, is_last: bool) -> Option<&'a Value> {
        self.work(1).then(|| item(items, index).or(is_last.then_some(&NULL)))?
    }

    fn extend(&self, found: &mut Vec<&'a Value>, values: impl IntoIterator<Item = &'a Value>) {
        found.extend(values.into_iter().take_while(|_| self.work(1)));
    }

    /// The value and every array and object below it, each before what it holds.
    fn descend(&self, value: &'a Value, found: &mut Vec<&'a Value>) {
        let mut waiting = vec![value];
        while let Some(value) = waiting.pop() {
            let from = waiting.len();
            match value {
                Value::Array(items) => self.extend(&mut waiting, items),
                Value::Object(members) => self.extend(&mut waiting, members.values()),
                _ => continue,
            }
            found.push(value);
            if let Some(children) = waiting.get_mut(from..) {
                children.reverse();
            }
        }
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

impl Condition {
    /// Whether the condition holds for an object. Nothing else ever meets one: AWS's `@` only matches objects.
    fn holds(&self, walk: &Walk<'_>, here: &Value) -> bool {
        here.is_object() && self.is_met(walk, here)
    }
}

fn array<'a>(segments: &[Segment], depth: usize, value: &'a Value) -> Result<&'a [Value], PathNotFound> {
    if let Value::Array(items) = value {
        return Ok(items);
    }
    let (before, after) = segments.split_at(depth.min(segments.len()));
    if value.is_null() {
        return Err(PathNotFound::new(format!("The path {} is null", canonical(before))));
    }
    // The library has taken a text out of the object that it was a member of, but leaves one in an array as it is.
    let shown = match (value, before.last()) {
        (Value::String(text), Some(Segment::Member(_))) => text.clone(),
        (other, _) => other.to_string(),
    };
    let reason = format!(
        "Filter: {} can only be applied to arrays. Current context is: {shown}",
        after.iter().map(fragment).collect::<String>()
    );
    Err(PathNotFound { is_misapplied: true, ..PathNotFound::new(reason) })
}

fn no_member(segments: &[Segment], depth: usize, value: &Value) -> PathNotFound {
    let before = segments.get(..depth).unwrap_or_default();
    let up_to_here = segments.get(..=depth).unwrap_or_default();
    PathNotFound::new(if !value.is_object() {
        let property = segments.get(depth).map(fragment).unwrap_or_default();
        format!("Property {property} not found in path {}", canonical(before))
    } else if depth + 1 == segments.len() {
        format!("No results for path: {}", canonical(segments))
    } else {
        format!("Missing property in path {}", canonical(up_to_here))
    })
}

fn canonical(segments: &[Segment]) -> String {
    segments.iter().map(fragment).fold("$".to_owned(), |path, segment| path + &segment)
}

fn fragment(segment: &Segment) -> String {
    let shown = |bound: &Option<i64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
    match segment {
        Segment::Member(name) => format!("['{name}']"),
        Segment::Members(names) => format!("['{}']", names.join("','")),
        Segment::Index(index) => format!("[{index}]"),
        Segment::Indices(indices) => format!("[{}]", indices.iter().map(i64::to_string).collect::<Vec<_>>().join(",")),
        Segment::FromEnd(back) => format!("[@.size()-{back}]"),
        Segment::Slice { from, to } => format!("[{}:{}]", shown(from), shown(to)),
        Segment::Wildcard => "[*]".to_owned(),
        Segment::Descend => "..".to_owned(),
        Segment::Filter(_) => "[?]".to_owned(),
    }
}

fn item(items: &[Value], index: i64) -> Option<&Value> {
    items.get(usize::try_from(index).ok()?)
}

/// With one bound only a negative one counts from the end; of two bounds the library takes neither from there.
fn slice(items: &[Value], from: Option<i64>, to: Option<i64>) -> &[Value] {
    let place = |index: i64| usize::try_from(index).unwrap_or(0).min(items.len());
    let counted = |index: i64| if index < 0 { from_start(items, index) } else { index };
    let range = match (from, to) {
        (Some(from), Some(to)) => place(from)..place(to),
        (from, to) => from.map_or(0, |from| place(counted(from)))..to.map_or(items.len(), |to| place(counted(to))),
    };
    items.get(range).unwrap_or_default()
}

/// The index of what is so many before the end.
fn from_start(items: &[Value], negative: i64) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX).saturating_add(negative)
}
