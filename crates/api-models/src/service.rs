//! One service: its operations and the shapes of what goes in and comes out.

use std::sync::OnceLock;

use crate::pattern::Pattern;
use crate::request::Members;
use crate::shape::{Kind, Shape, Structure};

/// One service's model.
///
/// Its text is a line with the service's id (`CloudWatch Logs`), then a line for each operation, in order: its action in Step
/// Functions' letter case, and the types of its input and output (`-` for none). An empty line, then the structures,
/// enumerations and patterns, a line each, which types refer to by number. A structure is its members, `name:type` or
/// `name!:type` when it is required. The types: `s` a text, `n` a number, `b` a boolean, `t` a moment, `B` bytes, `a` anything, `e7` a
/// text of enumeration 7 (values with `|` between them), `S7` structure 7, `l.T` a list of T, `m.T` a map of T by any name. After the
/// letter may stand `*` when nobody repeats the value, then a range, `(1,256)`, whose ends may be missing; after that of a text `~7`,
/// a pattern.
///
/// What requests may be says more: `d` is a number with a fraction, a map is `m(range){K}.T` with the type of its keys, a list of few
/// structures is `l(range)<Name>.S7` with what they are called, and behind a
/// member's name stands where a request has it, if that is not the body under the same name: `@u` in the path, `@qname` in the
/// query, `@hname` in a header, `@bname` in the body, `@p` when it is the body.
#[derive(Debug)]
pub struct Service {
    text: String,
    /// Where each operation's line and each shape's line begins.
    operations: Vec<usize>,
    shapes: Vec<usize>,
    /// What was read of the shapes' lines for requests.
    members: Lines<Members>,
    patterns: Lines<Option<Pattern>>,
}

/// What is made of each shape's line once it is asked for.
type Lines<T> = OnceLock<Box<[OnceLock<T>]>>;

/// What is made of a line; nothing of one that is not there.
fn line_of<T>(lines: &Lines<T>, count: usize, number: usize, make: impl FnOnce() -> T) -> Option<&T> {
    let lines = lines.get_or_init(|| (0..count).map(|_| OnceLock::new()).collect());
    Some(lines.get(number)?.get_or_init(make))
}

/// An operation of a service.
#[derive(Debug, Clone, Copy)]
pub struct Operation<'a> {
    pub(crate) service: &'a Service,
    line: &'a str,
}

impl Service {
    pub(crate) fn read(text: String) -> Option<Self> {
        let mut operations = Vec::new();
        let mut shapes = Vec::new();
        let mut is_shape = false;
        let mut at = text.find('\n')? + 1;
        for line in text.get(at..)?.split('\n') {
            match (line.is_empty() && !is_shape, is_shape) {
                (true, _) => is_shape = true,
                (false, false) => operations.push(at),
                (false, true) => shapes.push(at),
            }
            at += line.len() + 1;
        }
        Some(Self { text, operations, shapes, members: OnceLock::new(), patterns: OnceLock::new() })
    }

    /// Its id in the models, such as `CloudWatch Logs`.
    pub fn id(&self) -> &str {
        self.line(0)
    }

    /// All its operations.
    pub fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        self.operations.iter().map(|at| Operation { service: self, line: self.line(*at) })
    }

    /// An operation by its action, such as `describeDBInstances`.
    pub fn operation(&self, action: &str) -> Option<Operation<'_>> {
        let found = self.operations.binary_search_by(|at| action_of(self.line(*at)).cmp(action)).ok()?;
        Some(Operation { service: self, line: self.line(*self.operations.get(found)?) })
    }

    pub(crate) fn structure(&self, number: usize) -> Structure<'_> {
        Structure { service: self, number, line: self.shape_line(number) }
    }

    /// What holds for the members of a structure.
    pub(crate) fn members(&self, number: usize) -> &Members {
        static NONE: Members = Members::none();
        let make = || Members::of(&self.structure(number));
        line_of(&self.members, self.shapes.len(), number, make).unwrap_or(&NONE)
    }

    /// A pattern by its number; nothing when only Java reads it.
    pub(crate) fn pattern(&self, number: usize) -> Option<&Pattern> {
        let make = || Pattern::read(self.shape_line(number));
        line_of(&self.patterns, self.shapes.len(), number, make)?.as_ref()
    }

    pub(crate) fn shape_line(&self, number: usize) -> &str {
        self.shapes.get(number).map_or("", |at| self.line(*at))
    }

    fn line(&self, at: usize) -> &str {
        self.text.get(at..).and_then(|rest| rest.split('\n').next()).unwrap_or_default()
    }
}

fn action_of(line: &str) -> &str {
    line.split(' ').next().unwrap_or_default()
}

impl<'a> Operation<'a> {
    /// Its action, such as `describeDBInstances`.
    pub fn action(&self) -> &'a str {
        action_of(self.line)
    }

    /// What goes in; none when it takes nothing.
    pub fn input(&self) -> Option<Shape<'a>> {
        self.word(1)
    }

    /// What comes out; none when it answers nothing.
    pub fn output(&self) -> Option<Shape<'a>> {
        self.word(2)
    }

    fn word(&self, place: usize) -> Option<Shape<'a>> {
        let shape = Shape::read(self.service, self.line.split(' ').nth(place)?)?;
        matches!(shape.kind, Kind::Structure(_)).then_some(shape)
    }
}
