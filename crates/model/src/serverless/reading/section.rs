//! One object of the service file, read key by key: every key is known and of the right type, or an error at its place.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use serde_json::Value;

use crate::names::nearest;
use crate::pseudo::has_parameters;

use super::report::Report;
use super::tree::{Content, Member, Node, Origin};

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    pub(crate) at: Origin,
}

/// A key that is known and can't be honoured.
pub(crate) struct Refusal {
    pub(crate) key: &'static str,
    /// Why, as a full sentence.
    pub(crate) why: &'static str,
    /// What to do.
    pub(crate) hint: &'static str,
}

/// A key that is known and has no effect here.
pub(crate) struct Ineffective {
    pub(crate) key: &'static str,
    /// Why, as a full sentence.
    pub(crate) why: &'static str,
}

/// An object that is being read. [`Section::finish`] refuses the keys that nobody asked for.
pub(crate) struct Section<'n> {
    /// Where it stands.
    pub(crate) at: &'n Origin,
    /// How errors name it, such as `functions.sendEmail`.
    path: String,
    members: &'n [Member],
    known: BTreeSet<&'static str>,
}

impl<'n> Section<'n> {
    /// Reads an object. What is empty has no keys; what is none is an error.
    pub(crate) fn of(node: &'n Node, path: impl Into<String>, report: &mut Report) -> Option<Self> {
        let path = path.into();
        let members = match &node.content {
            Content::Table(members) => &members[..],
            _ if node.is_null() => &[],
            _ => {
                mismatch(node, &path, "an object", report);
                return None;
            }
        };
        Some(Self { at: &node.at, path, members, known: BTreeSet::new() })
    }

    /// How errors name a key.
    pub(crate) fn path(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The member with this key; an empty one counts as absent.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<&'n Member> {
        self.known.insert(key);
        self.members.iter().rev().find(|member| member.key == key && !member.value.is_null())
    }

    /// Every member of an object whose keys the user chooses.
    pub(crate) fn members(&self) -> &'n [Member] {
        self.members
    }

    /// A text.
    pub(crate) fn text(&mut self, key: &'static str, report: &mut Report) -> Option<Located<String>> {
        let member = self.take(key)?;
        text(&member.value, &self.path(key), report)
    }

    /// A whole number within bounds.
    pub(crate) fn number(
        &mut self,
        key: &'static str,
        bounds: RangeInclusive<u32>,
        report: &mut Report,
    ) -> Option<Located<u32>> {
        let member = self.take(key)?;
        number(&member.value, &self.path(key), bounds, report)
    }

    /// Yes or no.
    pub(crate) fn flag(&mut self, key: &'static str, report: &mut Report) -> Option<bool> {
        let member = self.take(key)?;
        flag(&member.value, &self.path(key), report)
    }

    /// A list of texts, or one text.
    pub(crate) fn texts(&mut self, key: &'static str, report: &mut Report) -> Option<Vec<Located<String>>> {
        let member = self.take(key)?;
        Some(texts(&member.value, &self.path(key), report))
    }

    /// An object.
    pub(crate) fn section(&mut self, key: &'static str, report: &mut Report) -> Option<Section<'n>> {
        let member = self.take(key)?;
        Self::of(&member.value, self.path(key), report)
    }

    /// The items of a list, or of lists in it, as `${file()}` makes them.
    pub(crate) fn items(&mut self, key: &'static str, report: &mut Report) -> Option<Vec<&'n Node>> {
        let member = self.take(key)?;
        items(&member.value, &self.path(key), report)
    }

    /// Refuses each of these keys that is there, unless it says no.
    pub(crate) fn refuse(&mut self, refusals: &[Refusal], report: &mut Report) {
        for refusal in refusals {
            if let Some(member) = self.take(refusal.key).filter(|member| !says_no(&member.value)) {
                let message = format!("`{}` can't be honoured: {}", self.path(refusal.key), refusal.why);
                report.error(&member.at, message, refusal.hint);
            }
        }
    }

    /// Notes each of these keys that is there.
    pub(crate) fn note(&mut self, keys: &[Ineffective], report: &mut Report) {
        for ineffective in keys {
            if let Some(member) = self.take(ineffective.key) {
                let message = format!("`{}` has no effect: {}", self.path(ineffective.key), ineffective.why);
                report.note(&member.at, message);
            }
        }
    }

    /// Refuses the keys that nobody asked for, naming the nearest that exists here.
    pub(crate) fn finish(self, report: &mut Report) {
        for member in self.members.iter().filter(|member| !self.known.contains(member.key.as_str())) {
            let known: Vec<&str> = self.known.iter().copied().collect();
            let place =
                if self.path.is_empty() { "at the top level".to_owned() } else { format!("in `{}`", self.path) };
            let hint = match nearest(&member.key, &known) {
                Some(near) => format!("Did you mean `{near}`? Otherwise take it out."),
                None => "Correct it, or take it out.".to_owned(),
            };
            report.error(&member.at, format!("`workshop` knows no key `{}` {place}.", member.key), hint);
        }
    }
}

/// Says that a text is none of the few that its key takes, and which is nearest.
pub(crate) fn none_of(written: &Located<String>, key: &str, known: &[&str], report: &mut Report) {
    let all = one_of(known);
    let hint = match nearest(&written.value, known) {
        Some(near) => format!("Did you mean `{near}`? It is {all}."),
        None => format!("It is {all}."),
    };
    report.error(&written.at, format!("`{key}` can't be `{}`.", written.value), hint);
}

/// Values as a sentence names them: `A`, `B` or `C`.
fn one_of(values: &[&str]) -> String {
    let quoted: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    match quoted.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => quoted.concat(),
    }
}

/// Whether a value switches off what its key would bring: `false`, or a list of nothing.
fn says_no(node: &Node) -> bool {
    match &node.content {
        Content::Scalar(value) => *value == Value::Bool(false),
        Content::List(items) => items.is_empty(),
        Content::Table(_) | Content::Failed(_) => false,
    }
}

/// Says that a value is of another kind than it must be, or why it has none.
pub(crate) fn mismatch(node: &Node, path: &str, expected: &str, report: &mut Report) {
    if !has_failed(node, report) {
        let message = format!("`{path}` must be {expected}; it is {}.", node.kind());
        report.add(node.at.error(message));
    }
}

/// Whether a value's variables have no value. The report says why as soon as somebody needs it.
pub(crate) fn has_failed(node: &Node, report: &mut Report) -> bool {
    let Content::Failed(errors) = &node.content else { return false };
    errors.iter().for_each(|error| report.add(error.clone()));
    true
}

/// A text whose value does not depend on the deployment; a number or a boolean is the text that it is written as.
pub(crate) fn text(node: &Node, path: &str, report: &mut Report) -> Option<Located<String>> {
    let text = text_of_deployment(node, path, report)?;
    if has_parameters(&text.value) {
        let message =
            format!("`{path}` can't be `{}`: pseudo-parameters have a value only in a deployment.", text.value);
        report.error(&text.at, message, "Write the value out, or use `${param:NAME}`.");
        return None;
    }
    Some(text)
}

/// A text that may have pseudo-parameters.
pub(crate) fn text_of_deployment(node: &Node, path: &str, report: &mut Report) -> Option<Located<String>> {
    let Some(value) = node.written() else {
        mismatch(node, path, "a text", report);
        return None;
    };
    Some(Located { value, at: node.at.clone() })
}

/// A whole number within bounds, also as a text: environment variables hold no others.
pub(crate) fn number(
    node: &Node,
    path: &str,
    bounds: RangeInclusive<u32>,
    report: &mut Report,
) -> Option<Located<u32>> {
    if has_failed(node, report) {
        return None;
    }
    let value = match &node.content {
        Content::Scalar(Value::Number(number)) => number.as_u64().and_then(|number| u32::try_from(number).ok()),
        Content::Scalar(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    let value = value.filter(|value| bounds.contains(value));
    if value.is_none() {
        let found = match &node.content {
            Content::Scalar(value) => format!("`{value}`"),
            _ => node.kind().to_owned(),
        };
        let message =
            format!("`{path}` must be a whole number from {} to {}; it is {found}.", bounds.start(), bounds.end());
        report.add(node.at.error(message));
    }
    value.map(|value| Located { value, at: node.at.clone() })
}

/// Yes or no, also as a text.
pub(crate) fn flag(node: &Node, path: &str, report: &mut Report) -> Option<bool> {
    match &node.content {
        Content::Scalar(Value::Bool(value)) => Some(*value),
        Content::Scalar(Value::String(text)) if text == "true" || text == "false" => Some(text == "true"),
        _ => {
            mismatch(node, path, "true or false", report);
            None
        }
    }
}

/// A list of texts, or one text.
pub(crate) fn texts(node: &Node, path: &str, report: &mut Report) -> Vec<Located<String>> {
    match &node.content {
        Content::List(items) => items.iter().filter_map(|item| text(item, path, report)).collect(),
        _ => text(node, path, report).into_iter().collect(),
    }
}

/// The items of a list, or of lists in it.
pub(crate) fn items<'n>(node: &'n Node, path: &str, report: &mut Report) -> Option<Vec<&'n Node>> {
    let Content::List(items) = &node.content else {
        mismatch(node, path, "a list", report);
        return None;
    };
    let mut found = Vec::new();
    for item in items {
        match &item.content {
            Content::List(inner) => found.extend(inner),
            _ => found.push(item),
        }
    }
    Some(found)
}

/// The entries of an object, or of the objects in a list: both ways to write functions, state machines and resources.
pub(crate) fn entries<'n>(node: &'n Node, path: &str, report: &mut Report) -> Vec<&'n Member> {
    let lists = match &node.content {
        Content::List(_) => items(node, path, report).unwrap_or_default(),
        _ => vec![node],
    };
    let mut entries: Vec<&Member> = Vec::new();
    for part in lists.into_iter().filter(|part| !part.is_null()) {
        let Content::Table(members) = &part.content else {
            mismatch(part, path, "an object, or a list of objects", report);
            continue;
        };
        for member in members {
            if let Some(first) = entries.iter().find(|first| first.key == member.key && !std::ptr::eq(**first, member))
            {
                let message = format!("`{path}.{}` is declared twice, first at {}.", member.key, first.at.place());
                report.error(&member.at, message, "Delete one of them, or give it another name.");
                continue;
            }
            entries.push(member);
        }
    }
    entries
}
