//! From a location as AWS writes it, `/States/A/Choices[0]/Next`, to a place in the text.

use std::ops::Range;

use asl::{Finding, FindingKind, Lint, LintRule};

use crate::problem::Problem;
use crate::severity::{self, Severity};
use crate::{fixes, rules};
use model::document::{Content, Member, Node};

/// Finds the places of one text.
pub(super) struct Locator<'a> {
    text: &'a str,
    root: &'a Node,
}

/// What a location names: a value, and the key that it is under if it is a member.
#[derive(Clone, Copy)]
struct Found<'a> {
    key: Option<&'a Member>,
    node: &'a Node,
    /// How much of the location led there, in bytes.
    length: usize,
}

impl<'a> Locator<'a> {
    pub(super) fn new(text: &'a str, root: &'a Node) -> Self {
        Self { text, root }
    }

    /// What AWS says, at its place. None where it only says that `${...}`, in whose place another tool will put a text, is no
    /// such text yet.
    pub(super) fn finding(&self, finding: &Finding) -> Option<Problem> {
        let location = finding.location.clone().filter(|location| location.starts_with('/'));
        let found = self.found(location.as_deref().unwrap_or("/"));
        let mut problem = Problem {
            severity: severity::of_finding(finding.kind),
            code: finding.kind.code(),
            span: self.span_of(finding, found),
            fix: fixes::of(finding, text_of(found.node), || self.neighbours(location.as_deref().unwrap_or_default())),
            message: sentence(&finding.message),
            location,
        };
        if problem.severity == Severity::Error
            && let Some(substitution) = text_of(found.node).and_then(substitution)
        {
            // Whatever is put in, it stays a text.
            if !finding.message.starts_with("Expected value of type") {
                return None;
            }
            problem.severity = Severity::Warning;
            problem.code = rules::UNKNOWN_UNTIL_DEPLOYED;
            problem.message =
                format!("What `{substitution}` will be is not known here; as it stands: {}", problem.message);
            problem.fix =
                "`workshop` puts in the values of AWS::... only; whatever deploys this must put in the others."
                    .to_owned();
        }
        Some(problem)
    }

    pub(super) fn lint(&self, lint: Lint) -> Problem {
        Problem {
            severity: severity::of_lint(lint.rule),
            code: lint.rule.code(),
            span: self.span(self.found(&lint.location)),
            fix: match lint.rule {
                LintRule::MissingTarget => fixes::transition(&lint.message, &self.neighbours(&lint.location)),
                _ => lint.fix,
            },
            location: Some(lint.location),
            message: sentence(&lint.message),
        }
    }

    /// The value at a location, or the nearest one around it.
    fn found(&self, location: &str) -> Found<'a> {
        let location = if location == "/" { "" } else { location };
        follow(Found { key: None, node: self.root, length: 0 }, location)
    }

    /// A scalar itself; of an object or list the key, or else its first character.
    fn span(&self, found: Found<'_>) -> Range<usize> {
        let span = &found.node.span;
        match (&found.node.content, found.key) {
            (Content::Scalar(_), _) if !span.is_empty() => span.clone(),
            (_, Some(key)) => key.key_span.clone(),
            _ => span.start..span.end.min(span.start + 1),
        }
    }

    /// A finding about one key of an object points at that key.
    fn span_of(&self, finding: &Finding, found: Found<'_>) -> Range<usize> {
        if finding.kind == FindingKind::MissingEndState {
            return self.span(self.found("/States"));
        }
        if let Some(character) = finding.offset.and_then(|offset| self.character(found.node, offset)) {
            return character;
        }
        let key = fixes::field(&finding.message).and_then(|name| key_below(found.node, name));
        key.map_or_else(|| self.span(found), |key| key.key_span.clone())
    }

    /// One character of a text value, where it is written as it reads: without escapes, line breaks or what is put in later.
    fn character(&self, node: &Node, offset: usize) -> Option<Range<usize>> {
        let text = text_of(node).filter(|text| !text.contains("${") && !text.contains("#{"))?;
        let start = node.span.start + self.text.get(node.span.clone())?.find(text)? + offset;
        let length = self.text.get(start..)?.chars().next()?.len_utf8();
        Some(start..start + length)
    }

    /// The names of the states beside the one that a location is in.
    fn neighbours(&self, location: &str) -> Vec<&'a str> {
        let flow = location.rfind("/States/").map_or("", |at| &location[..at]);
        let states = self.found(&format!("{flow}/States")).node;
        match &states.content {
            Content::Table(members) => members.iter().map(|member| member.key.as_str()).collect(),
            _ => Vec::new(),
        }
    }
}

/// AWS's text with a stop at its end.
fn sentence(message: &str) -> String {
    if message.ends_with(['.', '!', '?']) { message.to_owned() } else { format!("{message}.") }
}

/// Follows a location as far as it goes. Names may hold `/` and `[`, so the way that leads furthest is the right one.
fn follow<'a>(from: Found<'a>, rest: &str) -> Found<'a> {
    let mut best = from;
    let mut consider = |found: Found<'a>| {
        if found.length > best.length {
            best = found;
        }
    };
    match &from.node.content {
        Content::Table(members) => {
            let Some(names) = rest.strip_prefix('/') else { return from };
            for member in members.iter().rev() {
                let Some(after) = names.strip_prefix(member.key.as_str()) else { continue };
                if after.is_empty() || after.starts_with(['/', '[']) {
                    let length = from.length + rest.len() - after.len();
                    consider(follow(Found { key: Some(member), node: &member.value, length }, after));
                }
            }
        }
        Content::List(items) => {
            let index = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
            let item = index.and_then(|(index, after)| Some((items.get(index.parse::<usize>().ok()?)?, after)));
            if let Some((item, after)) = item {
                let length = from.length + rest.len() - after.len();
                consider(follow(Found { key: None, node: item, length }, after));
            }
        }
        Content::Scalar(_) => {}
    }
    best
}

/// The first key of a name in an object or below it.
fn key_below<'a>(node: &'a Node, name: &str) -> Option<&'a Member> {
    match &node.content {
        Content::Table(members) => {
            node.member(name).or_else(|| members.iter().find_map(|member| key_below(&member.value, name)))
        }
        Content::List(items) => items.iter().find_map(|item| key_below(item, name)),
        Content::Scalar(_) => None,
    }
}

fn text_of(node: &Node) -> Option<&str> {
    match &node.content {
        Content::Scalar(value) => value.as_str(),
        _ => None,
    }
}

/// The first `${name}` in a text value that something else than `workshop` would replace.
fn substitution(text: &str) -> Option<&str> {
    let start = text.find("${")?;
    let end = start + text[start..].find('}')?;
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | ':' | '-');
    let name = &text[start + 2..end];
    (!name.is_empty() && name.chars().all(is_name)).then(|| &text[start..=end])
}
