//! Replaces variables by their values, where and when a value is read: what nobody reads needs no value.

mod lookup;
mod refused;
mod syntax;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use crate::source::ModelError;

use super::surroundings::Surroundings;
use crate::serverless::reading::report::Report;
use crate::serverless::reading::tree::{Content, Member, Node, Origin};
use syntax::{Alternative, Part, Variable};

/// How deep values and variables may lie in each other, all files together.
const MAX_DEPTH: usize = 256;

/// How many variables may lead to each other before there is a value.
const MAX_ACTIVE: usize = 32;

/// How many values may be read, and how many texts with variables, so that variables that repeat each other end.
const MAX_STEPS: usize = 200_000;
const MAX_REPLACED: usize = 20_000;

/// How long a text may become, in bytes: more than any field of AWS takes.
const MAX_TEXT_BYTES: usize = 4 << 20;

/// The variables of one service file.
pub(super) struct Variables<'a> {
    root: Node,
    surroundings: &'a Surroundings<'a>,
    files: RefCell<BTreeMap<String, Rc<Node>>>,
    /// The texts whose variables are being replaced, outermost first.
    active: RefCell<Vec<Active>>,
    depth: Cell<usize>,
    steps: Cell<usize>,
    replaced: Cell<usize>,
}

/// Why a value can't be had: one error, or one for each variable of a text.
struct Failure(Vec<ModelError>);

impl From<ModelError> for Failure {
    fn from(error: ModelError) -> Self {
        Self(vec![error])
    }
}

struct Active {
    at: Origin,
    text: String,
}

impl<'a> Variables<'a> {
    pub(super) fn new(root: Node, surroundings: &'a Surroundings<'a>) -> Self {
        Self {
            root,
            surroundings,
            files: RefCell::default(),
            active: RefCell::default(),
            depth: Cell::default(),
            steps: Cell::default(),
            replaced: Cell::default(),
        }
    }

    /// The member of the service file with this key, all its variables replaced.
    pub(super) fn top_level(&self, key: &str) -> Option<Member> {
        self.root.member(key).map(|member| self.deep_member(member))
    }

    /// The member of `custom` with this key, all its variables replaced.
    pub(super) fn custom(&self, key: &str, report: &mut Report) -> Option<Member> {
        match self.shallow(&self.root.member("custom")?.value) {
            Ok(custom) => custom.member(key).map(|member| self.deep_member(member)),
            Err(Failure(errors)) => {
                errors.into_iter().for_each(|error| report.add(error));
                None
            }
        }
    }

    /// A value with all its variables replaced. Those that have no value are [`Content::Failed`].
    pub(super) fn deep(&self, node: &Node) -> Node {
        let failed = |Failure(errors): Failure| Node { at: node.at.clone(), content: Content::Failed(errors) };
        if let Err(failure) = self.enter(&node.at) {
            return failed(failure);
        }
        let result = match variables_of(node) {
            Some(text) => self.activate(&node.at, text).and_then(|()| {
                let replaced = self.replace(&node.at, text).map(|replaced| self.deep_members(&replaced));
                self.active.borrow_mut().pop();
                replaced
            }),
            None => Ok(self.deep_members(node)),
        };
        self.depth.set(self.depth.get() - 1);
        result.unwrap_or_else(failed)
    }

    fn deep_members(&self, node: &Node) -> Node {
        let content = match &node.content {
            Content::List(items) => Content::List(items.iter().map(|item| self.deep(item)).collect()),
            Content::Table(members) => Content::Table(members.iter().map(|member| self.deep_member(member)).collect()),
            other => other.clone(),
        };
        Node { at: node.at.clone(), content }
    }

    fn deep_member(&self, member: &Member) -> Member {
        Member { key: member.key.clone(), at: member.at.clone(), value: self.deep(&member.value) }
    }

    /// A value whose own variables are replaced, but not those of its members.
    fn shallow<'n>(&self, node: &'n Node) -> Result<Cow<'n, Node>, Failure> {
        let Some(text) = variables_of(node) else { return Ok(Cow::Borrowed(node)) };
        self.enter(&node.at)?;
        let result = self.activate(&node.at, text).and_then(|()| {
            let replaced = self.replace(&node.at, text);
            self.active.borrow_mut().pop();
            replaced
        });
        self.depth.set(self.depth.get() - 1);
        result.map(Cow::Owned)
    }

    /// Counts one value, in the depth too.
    fn enter(&self, at: &Origin) -> Result<(), Failure> {
        self.steps.set(self.steps.get() + 1);
        if self.steps.get() > MAX_STEPS || self.depth.get() >= MAX_DEPTH {
            return Err(too_big(at).into());
        }
        self.depth.set(self.depth.get() + 1);
        Ok(())
    }

    /// Notes that a text's variables are being replaced; not twice at once.
    fn activate(&self, at: &Origin, text: &str) -> Result<(), Failure> {
        self.replaced.set(self.replaced.get() + 1);
        if self.replaced.get() > MAX_REPLACED {
            return Err(too_big(at).into());
        }
        let mut active = self.active.borrow_mut();
        let is_here =
            |other: &Active| Rc::ptr_eq(&other.at.source, &at.source) && other.at.span == at.span && other.text == text;
        if let Some(first) = active.iter().position(is_here) {
            let circle: Vec<&str> = active[first..].iter().map(|active| active.text.as_str()).chain([text]).collect();
            let message = format!("The value needs itself: {}.", circle.join(" -> "));
            return Err(at.error(message).with_hint("Write one of these values out.").into());
        }
        if active.len() == MAX_ACTIVE {
            let message = format!("More than {MAX_ACTIVE} variables lead to each other before there is a value.");
            return Err(at.error(message).with_hint("Write one of these values out.").into());
        }
        active.push(Active { at: at.clone(), text: text.to_owned() });
        Ok(())
    }

    /// What a text with variables says: the value of its only variable, or one text.
    fn replace(&self, at: &Origin, text: &str) -> Result<Node, Failure> {
        let parts = syntax::parse(text).map_err(|malformed| {
            let written = &text[malformed.span];
            let message = format!("`{written}` begins a variable and does not end as one.");
            let hint = "A variable looks like `${opt:stage, 'dev'}`: a text as a fallback is in quotes.";
            at.of_part(written).error(message).with_hint(hint)
        })?;
        if let [Part::Variable(variable)] = &parts[..] {
            return self.variable(at, text, variable);
        }
        self.joined(at, text, &parts).map(|joined| Node::scalar(at, joined))
    }

    /// The text that parts are together.
    fn joined(&self, at: &Origin, text: &str, parts: &[Part]) -> Result<String, Failure> {
        let mut joined = String::new();
        let mut errors = Vec::new();
        for part in parts {
            match part {
                Part::Text(plain) => joined.push_str(plain),
                Part::Variable(variable) => match self.as_text(at, text, variable) {
                    Ok(value) => joined.push_str(&value),
                    Err(Failure(more)) => errors.extend(more),
                },
            }
            if joined.len() > MAX_TEXT_BYTES {
                let error = at.error("The variables make this text too long.").with_hint("Use fewer variables in it.");
                return Err(error.into());
            }
        }
        if errors.is_empty() { Ok(joined) } else { Err(Failure(errors)) }
    }

    /// The value of a variable that is a part of a text.
    fn as_text(&self, at: &Origin, text: &str, variable: &Variable) -> Result<String, Failure> {
        let value = self.variable(at, text, variable)?;
        match &value.content {
            Content::Scalar(Value::String(value)) => Ok(value.clone()),
            Content::Scalar(value @ (Value::Number(_) | Value::Bool(_))) => Ok(value.to_string()),
            _ => {
                let written = written(text, variable);
                let message = format!("`{written}` is {}, which can't be a part of a text.", value.kind());
                let hint = "Refer to a text or a number, or use `Fn::Join`.";
                Err(at.of_part(written).error(message).with_hint(hint).into())
            }
        }
    }

    /// The value of a variable that stands in `text`.
    fn variable(&self, at: &Origin, text: &str, variable: &Variable) -> Result<Node, Failure> {
        let written = written(text, variable);
        let here = at.of_part(written);
        self.alternatives(&here, text, variable)?.ok_or_else(|| without_value(&here, written, variable).into())
    }

    fn alternatives(&self, here: &Origin, text: &str, variable: &Variable) -> Result<Option<Node>, Failure> {
        let mut null = None;
        for alternative in &variable.alternatives {
            let found = match alternative {
                Alternative::Literal(Value::Null) => {
                    null = Some(Node::scalar(here, Value::Null));
                    None
                }
                Alternative::Literal(value) => Some(Node::scalar(here, value.clone())),
                Alternative::Text(parts) => Some(Node::scalar(here, self.joined(here, text, parts)?)),
                Alternative::Nested(variable) => self.alternatives(here, text, variable)?,
                Alternative::Lookup(lookup) => self.lookup(here, text, lookup)?,
            };
            match found {
                Some(found) if found.is_null() => null = Some(found),
                Some(found) => return Ok(Some(found)),
                None => {}
            }
        }
        Ok(null.filter(|_| matches!(variable.alternatives.last(), Some(Alternative::Literal(Value::Null)))))
    }
}

/// The text of a value, if it may have variables.
fn variables_of(node: &Node) -> Option<&str> {
    let text = node.as_text().filter(|text| syntax::may_have_variables(text))?;
    match syntax::parse(text) {
        Ok(parts) => {
            let is_plain = parts.iter().all(|part| matches!(part, Part::Text(plain) if plain == text));
            (!is_plain).then_some(text)
        }
        Err(_) => Some(text),
    }
}

/// A variable as it is written in a text.
fn written<'t>(text: &'t str, variable: &Variable) -> &'t str {
    text.get(variable.span.clone()).unwrap_or(text)
}

fn too_big(at: &Origin) -> ModelError {
    let message = "The variables make the file too big: too many values lie in each other or repeat each other.";
    at.error(message).with_hint("Use fewer variables whose values are variables.")
}

/// The error of a variable of which no alternative has a value.
fn without_value(here: &Origin, written: &str, variable: &Variable) -> ModelError {
    let lookup = variable.alternatives.iter().rev().find_map(|alternative| match alternative {
        Alternative::Lookup(lookup) => Some(lookup),
        _ => None,
    });
    let hint = lookup.map_or_else(|| "Add a fallback.".to_owned(), lookup::advice);
    here.error(format!("`{written}` has no value.")).with_hint(hint)
}
