//! Following a path that may match several values, in the order and with the errors of AWS's library: a value without what
//! a step leads to ends the reading, but behind `[*]` on an array, where it is passed over.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde_json::Value;

use super::Segment;
use super::evaluate::{NULL, PathNotFound, Walk, fragment, from_start, item, merged};
use super::filter::Condition;

/// How deep branches of a path, and what it descends into, may lie in each other.
const MAX_DEPTH: usize = 300;

/// What a segment is applied to.
#[derive(Clone, Copy)]
struct Here<'a> {
    value: &'a Value,
    /// Taken out of an object, or nothing at all: the library shows null and texts then as they are.
    is_taken_out: bool,
}

/// A step of the way to a value.
#[derive(Clone, Copy)]
enum Step<'a> {
    Member(&'a str),
    Index(i64),
}

struct Run<'w, 'a> {
    walk: &'w Walk<'a>,
    segments: &'a [Segment],
    /// From here on every segment leads from one value to one.
    single_from: usize,
    way: Vec<Step<'a>>,
    depth: usize,
    found: Vec<Cow<'a, Value>>,
}

impl<'a> Walk<'a> {
    /// Everything that the segments match.
    pub(super) fn find(&self, segments: &'a [Segment], start: &'a Value) -> Result<Vec<Cow<'a, Value>>, PathNotFound> {
        let single_from = segments.iter().rposition(|segment| !segment.leads_to_one()).map_or(0, |last| last + 1);
        let mut run = Run { walk: self, segments, single_from, way: Vec::new(), depth: 0, found: Vec::new() };
        run.evaluate(0, Here { value: start, is_taken_out: true })?;
        Ok(run.found)
    }
}

impl<'a> Run<'_, 'a> {
    /// Applies the segments from one on. The way is longer afterwards; whoever branches cuts it off again.
    fn evaluate(&mut self, from: usize, start: Here<'a>) -> Result<(), PathNotFound> {
        let mut here = start;
        for (at, segment) in self.segments.iter().enumerate().skip(from) {
            self.work()?;
            here = match segment {
                Segment::Member(name) => match self.member(at, here.value, name)? {
                    Some(value) => Here { value, is_taken_out: true },
                    None => return Ok(()),
                },
                Segment::Members(names) => return self.members(at, here.value, names),
                Segment::Index(index) => self.item(self.array(at, here)?, *index),
                Segment::FromEnd(back) => {
                    let items = self.array(at, here)?;
                    self.item(items, from_start(items, -back))
                }
                Segment::Filter(condition) if here.value.is_object() => match condition.holds(self.walk, here.value) {
                    true => here,
                    false => return Ok(()),
                },
                branching => return self.branch(at, branching, here),
            };
        }
        self.found.push(Cow::Borrowed(here.value));
        Ok(())
    }

    fn branch(&mut self, at: usize, segment: &'a Segment, here: Here<'a>) -> Result<(), PathNotFound> {
        match segment {
            Segment::Wildcard => self.each(at, here.value),
            Segment::Indices(indices) => {
                let items = self.array(at, here)?;
                indices.iter().try_for_each(|index| self.at_item(at, items, *index))
            }
            Segment::Slice { from, to } => {
                let items = self.array(at, here)?;
                bounds(items, *from, *to).try_for_each(|index| self.at_item(at, items, index))
            }
            Segment::Filter(condition) => self.filter(at, condition, here),
            _ => self.descend(at, here),
        }
    }

    /// `[*]`: of an array, what has no value behind it is passed over.
    fn each(&mut self, at: usize, value: &'a Value) -> Result<(), PathNotFound> {
        match value {
            Value::Object(members) => members.iter().try_for_each(|(name, value)| {
                self.further(Step::Member(name), |run| run.evaluate(at + 1, Here { value, is_taken_out: true }))
            }),
            Value::Array(items) => (0_i64..).zip(items).try_for_each(|(index, _)| {
                let result = self.at_item(at, items, index);
                if result.as_ref().is_err_and(|missing| missing.is_passed_over()) { Ok(()) } else { result }
            }),
            _ => Ok(()),
        }
    }

    fn filter(&mut self, at: usize, condition: &Condition, here: Here<'a>) -> Result<(), PathNotFound> {
        let Value::Array(items) = here.value else {
            let rest = self.segments.get(at..).unwrap_or_default();
            return Err(PathNotFound::no_filter(rest, here.value, here.is_taken_out));
        };
        (0_i64..).zip(items).try_for_each(|(index, item)| {
            self.work()?;
            if condition.holds(self.walk, item) { self.at_item(at, items, index) } else { Ok(()) }
        })
    }

    /// `..`: the next segment is applied to the value and everything below it that it can be applied to, each before what it
    /// holds. Of an array, what comes after that segment is applied to every item, whichever items the segment names.
    fn descend(&mut self, at: usize, here: Here<'a>) -> Result<(), PathNotFound> {
        let Some(next) = self.segments.get(at + 1) else { return Ok(()) };
        let takes = self.takes(next, here.value);
        let has_more = self.segments.len() > at + 2;
        match here.value {
            Value::Object(members) => {
                if takes {
                    self.in_place(at + 1, here)?;
                }
                members.iter().try_for_each(|(name, value)| {
                    self.further(Step::Member(name), |run| run.descend(at, Here { value, is_taken_out: true }))
                })
            }
            Value::Array(items) => {
                let each = || (0_i64..).zip(items).map(|(index, value)| (index, Here { value, is_taken_out: true }));
                if takes && has_more {
                    each().try_for_each(|(index, item)| {
                        self.further(Step::Index(index), |run| run.evaluate(at + 2, item))
                    })?;
                } else if takes {
                    self.in_place(at + 1, here)?;
                }
                each().try_for_each(|(index, item)| self.further(Step::Index(index), |run| run.descend(at, item)))
            }
            _ => Ok(()),
        }
    }

    /// Whether a segment behind `..` is applied to a value.
    fn takes(&self, segment: &Segment, value: &'a Value) -> bool {
        match segment {
            Segment::Member(name) => value.get(name.as_str()).is_some(),
            Segment::Members(names) => names.iter().all(|name| value.get(name.as_str()).is_some()),
            Segment::Wildcard => true,
            Segment::Filter(condition) => condition.holds(self.walk, value),
            Segment::Descend => false,
            Segment::Index(_) | Segment::Indices(_) | Segment::FromEnd(_) | Segment::Slice { .. } => value.is_array(),
        }
    }

    fn member(&mut self, at: usize, value: &'a Value, name: &'a str) -> Result<Option<&'a Value>, PathNotFound> {
        let Value::Object(members) = value else {
            return Err(PathNotFound::no_object(&format!("['{name}']"), &self.place()));
        };
        let found = members.get(name);
        self.way.push(Step::Member(name));
        match found {
            Some(value) => Ok(Some(value)),
            None if at + 1 == self.segments.len() => Err(PathNotFound::no_results(&self.place())),
            // The library looks from the segment before this one to the end of the path.
            None if at.saturating_sub(1) < self.single_from => Ok(None),
            None => Err(PathNotFound::new(format!("Missing property in path {}", self.place()))),
        }
    }

    fn members(&mut self, at: usize, value: &'a Value, names: &'a [String]) -> Result<(), PathNotFound> {
        let property = self.segments.get(at).map(fragment).unwrap_or_default();
        let Value::Object(members) = value else {
            return Err(PathNotFound::no_object(&property, &self.place()));
        };
        if at + 1 < self.segments.len() {
            return Err(PathNotFound::only_at_the_end(&format!("{}{property}", self.place())));
        }
        self.found.push(Cow::Owned(merged(members, names)));
        Ok(())
    }

    fn array(&self, at: usize, here: Here<'a>) -> Result<&'a [Value], PathNotFound> {
        match here.value {
            Value::Array(items) => Ok(items),
            Value::Null if here.is_taken_out => Err(PathNotFound::new(format!("The path {} is null", self.place()))),
            other => Err(PathNotFound::no_array(self.segments.get(at..).unwrap_or_default(), other, here.is_taken_out)),
        }
    }

    /// Goes on with an item. Beyond the end it is null.
    fn item(&mut self, items: &'a [Value], index: i64) -> Here<'a> {
        self.way.push(Step::Index(index));
        match item(items, index) {
            Some(value) => Here { value, is_taken_out: false },
            None => Here { value: &NULL, is_taken_out: true },
        }
    }

    /// Applies what comes after a segment to an item.
    fn at_item(&mut self, at: usize, items: &'a [Value], index: i64) -> Result<(), PathNotFound> {
        let length = self.way.len();
        let item = self.item(items, index);
        let result = self.deeper(|run| run.evaluate(at + 1, item));
        self.way.truncate(length);
        result
    }

    /// Applies the segments from one on to a value that is gone on with afterwards.
    fn in_place(&mut self, from: usize, here: Here<'a>) -> Result<(), PathNotFound> {
        let length = self.way.len();
        let result = self.deeper(|run| run.evaluate(from, here));
        self.way.truncate(length);
        result
    }

    fn further(
        &mut self,
        step: Step<'a>,
        go: impl FnOnce(&mut Self) -> Result<(), PathNotFound>,
    ) -> Result<(), PathNotFound> {
        let length = self.way.len();
        self.way.push(step);
        let result = self.deeper(go);
        self.way.truncate(length);
        result
    }

    fn deeper(&mut self, go: impl FnOnce(&mut Self) -> Result<(), PathNotFound>) -> Result<(), PathNotFound> {
        self.work()?;
        if self.depth == MAX_DEPTH {
            return Err(PathNotFound::too_much_work());
        }
        self.depth += 1;
        let result = go(self);
        self.depth -= 1;
        result
    }

    fn work(&self) -> Result<(), PathNotFound> {
        if self.walk.work(1) { Ok(()) } else { Err(PathNotFound::too_much_work()) }
    }

    /// The way here, as errors name it.
    fn place(&self) -> String {
        self.way.iter().fold("$".to_owned(), |mut path, step| {
            // Writing to a text does not fail.
            let _ = match step {
                Step::Member(name) => write!(path, "['{name}']"),
                Step::Index(index) => write!(path, "[{index}]"),
            };
            path
        })
    }
}

/// The indices of a slice. With one bound only a negative one counts from the end; of two bounds the library takes neither from
/// there, and what is before the start is null.
fn bounds(items: &[Value], from: Option<i64>, to: Option<i64>) -> std::ops::Range<i64> {
    let length = from_start(items, 0);
    let counted = |index: i64| if index < 0 { length.saturating_add(index) } else { index };
    match (from, to) {
        (Some(from), Some(to)) if items.is_empty() || from >= to.min(length) => 0..0,
        (Some(from), Some(to)) => from..to.min(length),
        (from, to) => from.map_or(0, |from| counted(from).max(0))..to.map_or(length, |to| counted(to).min(length)),
    }
}
