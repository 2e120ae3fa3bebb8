//! A state machine's definition: in the service file, in a file of its own that a variable names, or as a text of JSON.

use std::ops::Range;
use std::rc::Rc;

use crate::document::{self, Document, Format};
use crate::pseudo;
use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{has_failed, mismatch};
use crate::serverless::reading::tree::{Content, Member, Node, Origin};
use crate::serverless::references::intrinsics::{Hashes, Intrinsics, function};
use crate::service::DefinitionSource;
use crate::source::Source;

/// Reads a definition; its functions of CloudFormation become texts.
pub(super) fn definition(
    member: &Member,
    path: &str,
    intrinsics: Intrinsics<'_>,
    report: &mut Report,
) -> Option<DefinitionSource> {
    let node = &member.value;
    let root = match &node.content {
        Content::Table(_) if function(node).is_none() => node.clone(),
        Content::Table(_) => written_out(&node.at, &intrinsics.text(node, path, Hashes::All, report)?, report)?,
        Content::Scalar(serde_json::Value::String(text)) => written_out(&node.at, text, report)?,
        _ => {
            mismatch(node, path, "an object, or a text of JSON", report);
            return None;
        }
    };
    let root = replaced(&root, path, intrinsics, report);
    let source = Source::clone(&root.at.source);
    // Its JSON is made of the values, whatever the file's own format is: variables were replaced.
    let document = Document { root: root.to_document(), repeated: Vec::new(), format: Format::Yaml };
    let mut unknown = Vec::new();
    pseudo::unknown_in(&source, &document.root, &mut unknown);
    unknown.into_iter().for_each(|unknown| report.add(unknown.in_source(&source)));
    Some(DefinitionSource::Inline { source, document })
}

/// A definition with every function of CloudFormation and every reference replaced.
fn replaced(node: &Node, path: &str, intrinsics: Intrinsics<'_>, report: &mut Report) -> Node {
    has_failed(node, report);
    let content = match &node.content {
        Content::Scalar(serde_json::Value::String(_)) => text(node, path, intrinsics, report),
        Content::Table(_) if function(node).is_some() => text(node, path, intrinsics, report),
        Content::List(items) => {
            Content::List(items.iter().map(|item| replaced(item, path, intrinsics, report)).collect())
        }
        Content::Table(members) => {
            let member = |member: &Member| Member {
                key: member.key.clone(),
                at: member.at.clone(),
                value: replaced(&member.value, path, intrinsics, report),
            };
            Content::Table(members.iter().map(member).collect())
        }
        other => other.clone(),
    };
    Node { at: node.at.clone(), content }
}

fn text(node: &Node, path: &str, intrinsics: Intrinsics<'_>, report: &mut Report) -> Content {
    match intrinsics.text(node, path, Hashes::All, report) {
        Some(text) => Content::Scalar(text.into()),
        None => Content::Failed(Vec::new()),
    }
}

/// The definition that a text of JSON is. Its places are in the file that the text stands in, as far as they can be found.
fn written_out(at: &Origin, text: &str, report: &mut Report) -> Option<Node> {
    let places = Places::of(at, text);
    let document = Document::parse(&Source::new("definition.json", text));
    match document {
        Ok(document) => {
            let root = places.moved(&document.root);
            Some(Node::of(&at.source, &root))
        }
        Err(error) => {
            let span = places.span(&(error.offset..error.offset));
            let here = Origin { source: Rc::clone(&at.source), span };
            report.error(&here, format!("The definition is not valid JSON: {}.", error.message), error.hint);
            None
        }
    }
}

/// Where the lines of a text stand in the file that it is written in: a block of YAML is indented.
struct Places {
    whole: Range<usize>,
    /// The byte in the text at which each line begins, and the byte in the file; empty when they can't be found.
    lines: Vec<(usize, usize)>,
}

impl Places {
    fn of(at: &Origin, text: &str) -> Self {
        let whole = at.span.clone();
        let written = at.source.text.get(whole.clone()).unwrap_or_default();
        let mut lines = Vec::new();
        let mut in_text = 0;
        let mut in_file = 0;
        for line in text.split_inclusive('\n') {
            let content = line.trim();
            let Some(found) = written.get(in_file..).and_then(|rest| rest.find(content)) else {
                return Self { whole, lines: Vec::new() };
            };
            let indent = line.len() - line.trim_start().len();
            let content_at = whole.start + in_file + found;
            lines.push((in_text, content_at.saturating_sub(if content.is_empty() { 0 } else { indent })));
            in_file += found + content.len();
            in_text += line.len();
        }
        Self { whole, lines }
    }

    /// A part of the text as a part of the file.
    fn span(&self, span: &Range<usize>) -> Range<usize> {
        let offset = |at: usize| {
            let line = self.lines.iter().rev().find(|(in_text, _)| *in_text <= at);
            line.map(|(in_text, in_file)| (in_file + at - in_text).clamp(self.whole.start, self.whole.end))
        };
        match (offset(span.start), offset(span.end)) {
            (Some(start), Some(end)) => start..end.max(start),
            _ => self.whole.clone(),
        }
    }

    fn moved(&self, node: &document::Node) -> document::Node {
        let content = match &node.content {
            document::Content::Scalar(value) => document::Content::Scalar(value.clone()),
            document::Content::List(items) => {
                document::Content::List(items.iter().map(|item| self.moved(item)).collect())
            }
            document::Content::Table(members) => {
                let member = |member: &document::Member| document::Member {
                    key: member.key.clone(),
                    key_span: self.span(&member.key_span),
                    value: self.moved(&member.value),
                };
                document::Content::Table(members.iter().map(member).collect())
            }
        };
        document::Node { span: self.span(&node.span), content }
    }
}
