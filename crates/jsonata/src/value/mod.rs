//! Values while an expression is evaluated. They live in one heap per evaluation and are referred to by number, so that
//! copying and dropping them is cheap and needs no stack, however they nest or refer to each other.

use serde_json::{Map, Value as Json};

use crate::failure::{Bound, Evaluated, Failure};
use crate::native::Native;
use crate::regex::Regex;
use crate::syntax::ast::{Kind, Node, Transform};
use crate::syntax::signature::Signature;

mod object;

pub(super) use object::{Entries, Key};

/// What one value may take: 873,782 numbers, or four million characters. AWS refuses the next one of either.
const MAX_VALUE_BYTES: usize = 6_990_256;
/// What all values of an evaluation may take together.
const MAX_HEAP_BYTES: usize = 128 * 1024 * 1024;

/// A value. Numbers, references and nothing else: it is copied freely.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'e> {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    /// A whole number of JSON whose digits no double holds: it passes through with all of them, as on AWS, whose evaluator has
    /// Java's `long`. Whatever calculates makes a double of it.
    Long(i64),
    Text(Text<'e>),
    Array(Array<'e>),
    Object(Object<'e>),
    Function(Function),
    /// A value of a path together with the variables bound so far.
    Tuple(u32),
    /// No value: the call that is to be made next is in [`crate::evaluate::Evaluator`].
    TailCall,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Text<'e> {
    Borrowed(&'e str),
    Owned(u32),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Array<'e> {
    Json(&'e [Json]),
    Owned(u32),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Object<'e> {
    Json(&'e Map<String, Json>),
    Owned(u32),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Function {
    Native(&'static Native),
    Closure(u32),
}

/// A scope's number.
pub(super) type Scope = u32;

/// What a variable is called: its name, or the slot of a `%`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name<'e> {
    Variable(&'e str),
    Parent(usize),
}

pub(super) type Binding<'e> = (Name<'e>, Value<'e>);

/// A function made by the expression.
#[derive(Clone, Debug)]
pub(super) enum Closure<'e> {
    Lambda {
        body: &'e Node,
        parameters: Vec<&'e str>,
        signature: Option<&'e Signature>,
        scope: Scope,
        input: Value<'e>,
    },
    PartialNative {
        native: &'static Native,
        arguments: Vec<Option<Value<'e>>>,
    },
    Regex(&'e Regex),
    /// The next match after one: `from` in bytes.
    NextMatch {
        regex: &'e Regex,
        text: Text<'e>,
        from: usize,
    },
    Transform {
        transform: &'e Transform,
        scope: Scope,
    },
    Chain(Value<'e>, Value<'e>),
}

#[derive(Debug, Default)]
pub(super) struct List<'e> {
    pub(super) items: Vec<Value<'e>>,
    /// A result of a query: one value in it stands for itself, none for nothing.
    pub(super) sequence: bool,
    pub(super) keep_singleton: bool,
    /// Made by an array constructor at the end of a path.
    pub(super) cons: bool,
    pub(super) tuples: bool,
}

#[derive(Debug)]
pub(super) struct Tuple<'e> {
    pub(super) at: Value<'e>,
    pub(super) bound: Vec<Binding<'e>>,
}

#[derive(Debug)]
struct Frame<'e> {
    parent: Option<Scope>,
    bound: Vec<Binding<'e>>,
}

/// Everything an evaluation has made.
#[derive(Debug, Default)]
pub(super) struct Heap<'e> {
    texts: Vec<Box<str>>,
    lists: Vec<List<'e>>,
    objects: Vec<Entries<'e>>,
    closures: Vec<Closure<'e>>,
    tuples: Vec<Tuple<'e>>,
    frames: Vec<Frame<'e>>,
    used_bytes: usize,
}

/// The number that a new entry of a table gets. The tables never hold 2³² entries: the budget is far below.
fn number<T>(table: &[T]) -> u32 {
    u32::try_from(table.len()).unwrap_or(u32::MAX)
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

impl<'e> Value<'e> {
    pub(super) fn of_json(json: &'e Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => Self::of_number(number),
            Json::String(text) => Self::Text(Text::Borrowed(text)),
            Json::Array(items) => Self::Array(Array::Json(items)),
            Json::Object(map) => Self::Object(Object::Json(map)),
        }
    }

    pub(super) fn of_number(number: &serde_json::Number) -> Self {
        const EXACT: u64 = 1 << 53;
        match number.as_i64() {
            Some(whole) if whole.unsigned_abs() > EXACT => Self::Long(whole),
            _ => Self::Number(number.as_f64().unwrap_or(f64::NAN)),
        }
    }

    /// The number that calculations use.
    pub(super) fn as_number(self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Long(whole) => Some(whole as f64),
            _ => None,
        }
    }

    pub(super) fn is_undefined(self) -> bool {
        matches!(self, Self::Undefined)
    }

    pub(super) fn is_function(self) -> bool {
        matches!(self, Self::Function(_))
    }
}

impl<'e> Heap<'e> {
    /// Counts memory.
    ///
    /// # Errors
    /// When there is too much of it.
    pub(super) fn charge(&mut self, bytes: usize) -> Evaluated<()> {
        self.used_bytes = self.used_bytes.saturating_add(bytes);
        if bytes > 2 * MAX_VALUE_BYTES + 64 || self.used_bytes > MAX_HEAP_BYTES {
            return Err(Failure::bound(Bound::Memory));
        }
        Ok(())
    }

    /// Refuses a value of so many bytes before it is made.
    ///
    /// # Errors
    /// When one value may not be that large.
    pub(super) fn allow(&self, bytes: usize) -> Evaluated<()> {
        if bytes > MAX_VALUE_BYTES { Err(Failure::bound(Bound::Memory)) } else { Ok(()) }
    }

    pub(super) fn text(&mut self, text: impl Into<Box<str>>) -> Evaluated<Value<'e>> {
        let text = text.into();
        self.allow(text.len())?;
        self.charge(text.len() + 16)?;
        self.texts.push(text);
        Ok(Value::Text(Text::Owned(number(&self.texts) - 1)))
    }

    pub(super) fn str(&self, text: Text<'e>) -> &str {
        match text {
            Text::Borrowed(text) => text,
            Text::Owned(at) => self.texts.get(index(at)).map_or("", |text| text),
        }
    }

    pub(super) fn list(&mut self, list: List<'e>) -> Evaluated<Value<'e>> {
        self.allow(list.items.len() * 8)?;
        self.charge(list.items.len() * 16 + 48)?;
        self.lists.push(list);
        Ok(Value::Array(Array::Owned(number(&self.lists) - 1)))
    }

    /// A plain array.
    pub(super) fn array(&mut self, items: Vec<Value<'e>>) -> Evaluated<Value<'e>> {
        self.list(List { items, ..List::default() })
    }

    /// A result of a query.
    pub(super) fn sequence(&mut self, items: Vec<Value<'e>>) -> Evaluated<Value<'e>> {
        self.list(List { items, sequence: true, ..List::default() })
    }

    /// The list behind an array that the expression made; input arrays have none.
    pub(super) fn made(&self, array: Array<'e>) -> Option<&List<'e>> {
        match array {
            Array::Json(_) => None,
            Array::Owned(at) => self.lists.get(index(at)),
        }
    }

    pub(super) fn made_mut(&mut self, array: Array<'e>) -> Option<&mut List<'e>> {
        match array {
            Array::Json(_) => None,
            Array::Owned(at) => self.lists.get_mut(index(at)),
        }
    }

    pub(super) fn len(&self, array: Array<'e>) -> usize {
        match array {
            Array::Json(items) => items.len(),
            Array::Owned(at) => self.lists.get(index(at)).map_or(0, |list| list.items.len()),
        }
    }

    pub(super) fn item(&self, array: Array<'e>, at: usize) -> Value<'e> {
        match array {
            Array::Json(items) => items.get(at).map_or(Value::Undefined, Value::of_json),
            Array::Owned(list) => {
                self.lists.get(index(list)).and_then(|list| list.items.get(at)).copied().unwrap_or(Value::Undefined)
            }
        }
    }

    pub(super) fn items(&self, array: Array<'e>) -> impl Iterator<Item = Value<'e>> + '_ {
        (0..self.len(array)).map(move |at| self.item(array, at))
    }

    pub(super) fn object(&mut self, entries: Entries<'e>) -> Evaluated<Value<'e>> {
        self.allow(entries.len() * 16)?;
        self.charge(entries.size_bytes())?;
        self.objects.push(entries);
        Ok(Value::Object(Object::Owned(number(&self.objects) - 1)))
    }

    pub(super) fn entries_mut(&mut self, object: Object<'e>) -> Option<&mut Entries<'e>> {
        match object {
            Object::Json(_) => None,
            Object::Owned(at) => self.objects.get_mut(index(at)),
        }
    }

    pub(super) fn field(&self, object: Object<'e>, key: &str) -> Value<'e> {
        match object {
            Object::Json(map) => map.get(key).map_or(Value::Undefined, Value::of_json),
            Object::Owned(at) => {
                self.objects.get(index(at)).and_then(|entries| entries.get(key)).unwrap_or(Value::Undefined)
            }
        }
    }

    /// The members of an object, in their order.
    pub(super) fn members(&self, object: Object<'e>) -> Vec<(Key<'e>, Value<'e>)> {
        match object {
            Object::Json(map) => {
                map.iter().map(|(key, value)| (Key::from(key.as_str()), Value::of_json(value))).collect()
            }
            Object::Owned(at) => self.objects.get(index(at)).map(|entries| entries.to_vec()).unwrap_or_default(),
        }
    }

    pub(super) fn member_count(&self, object: Object<'e>) -> usize {
        match object {
            Object::Json(map) => map.len(),
            Object::Owned(at) => self.objects.get(index(at)).map_or(0, Entries::len),
        }
    }

    pub(super) fn closure(&mut self, closure: Closure<'e>) -> Evaluated<Value<'e>> {
        self.charge(96)?;
        self.closures.push(closure);
        Ok(Value::Function(Function::Closure(number(&self.closures) - 1)))
    }

    pub(super) fn made_function(&self, at: u32) -> Option<&Closure<'e>> {
        self.closures.get(index(at))
    }

    pub(super) fn tuple(&mut self, tuple: Tuple<'e>) -> Evaluated<Value<'e>> {
        self.charge(tuple.bound.len() * 32 + 48)?;
        self.tuples.push(tuple);
        Ok(Value::Tuple(number(&self.tuples) - 1))
    }

    pub(super) fn tuple_of(&self, at: u32) -> Option<&Tuple<'e>> {
        self.tuples.get(index(at))
    }

    pub(super) fn tuple_mut(&mut self, at: u32) -> Option<&mut Tuple<'e>> {
        self.tuples.get_mut(index(at))
    }

    pub(super) fn scope(&mut self, parent: Option<Scope>, bound: Vec<Binding<'e>>) -> Evaluated<Scope> {
        self.charge(bound.len() * 32 + 40)?;
        self.frames.push(Frame { parent, bound });
        Ok(number(&self.frames) - 1)
    }

    /// A scope with a tuple's variables.
    pub(super) fn scope_of_tuple(&mut self, parent: Scope, tuple: u32) -> Evaluated<Scope> {
        let bound = self.tuple_of(tuple).map(|tuple| tuple.bound.clone()).unwrap_or_default();
        self.scope(Some(parent), bound)
    }

    pub(super) fn bind(&mut self, scope: Scope, name: Name<'e>, value: Value<'e>) {
        let Some(frame) = self.frames.get_mut(index(scope)) else { return };
        set(&mut frame.bound, name, value);
    }

    /// A variable's value; `None` when no scope has it.
    pub(super) fn lookup(&self, scope: Scope, name: Name<'e>) -> Option<Value<'e>> {
        let mut next = Some(scope);
        while let Some(frame) = next.and_then(|scope| self.frames.get(index(scope))) {
            if let Some((_, value)) = frame.bound.iter().find(|(bound, _)| *bound == name) {
                return Some(*value);
            }
            next = frame.parent;
        }
        None
    }
}

/// Sets a variable among others.
pub(super) fn set<'e>(bound: &mut Vec<Binding<'e>>, name: Name<'e>, value: Value<'e>) {
    match bound.iter_mut().find(|(known, _)| *known == name) {
        Some(known) => known.1 = value,
        None => bound.push((name, value)),
    }
}

/// Whether a node is an array constructor, whose value is not spread into the array around it.
pub(super) fn is_array_constructor(node: &Node) -> bool {
    matches!(node.kind, Kind::Array(_))
}
