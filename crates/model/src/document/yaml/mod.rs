//! Reading YAML with positions, and as JSON: one document, keys that are texts, no tags but those of the core schema.
//!
//! `saphyr-parser` reads the syntax (YAML 1.2, a position for every event, one small dependency); it was taken over
//! `marked-yaml`, which has no anchors, and `serde-saphyr`, which gives no tree with positions. What a scalar means,
//! aliases and merge keys (`<<`, which YAML 1.1 had and people use for a shared Retry) are settled here.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde_json::Value;

use super::{Content, Document, Format, MAX_DEPTH, Member, Node, Repeated, SyntaxError, repeated, scalar};
pub(super) use tags::Tags;
use tags::unknown_tag;

mod tags;

/// The most values that aliases may make of a text: enough for any definition, too few to fill the memory.
const MAX_NODES: usize = 500_000;

/// A collection that is being read.
struct Open {
    start: usize,
    anchor: usize,
    content: Content,
    /// The intrinsic function of CloudFormation whose argument this is.
    function: Option<&'static str>,
    /// The key that waits for its value.
    key: Option<(String, Range<usize>)>,
    /// Where the key of this collection ended: an empty value stands there.
    within: Option<String>,
}

struct Reader {
    tags: Tags,
    /// The byte offset of each character, where they differ.
    offsets: Option<Vec<usize>>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    root: Option<Node>,
    repeated: Vec<Repeated>,
    nodes: usize,
    length: usize,
}

/// Reads a whole text.
pub(super) fn read(text: &str, tags: Tags) -> Result<Document, SyntaxError> {
    let is_ascii = text.is_ascii();
    let offsets = (!is_ascii).then(|| text.char_indices().map(|(offset, _)| offset).collect());
    let mut reader = Reader {
        tags,
        offsets,
        open: Vec::new(),
        anchors: BTreeMap::new(),
        root: None,
        repeated: Vec::new(),
        nodes: 0,
        length: text.len(),
    };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let offset = reader.offset(error.marker().index());
            SyntaxError { offset, message: error.info().to_owned(), hint: advice(text, offset) }
        })?;
        reader.event(event, &span)?;
    }
    match reader.root {
        Some(root) => Ok(Document { root, repeated: reader.repeated, format: Format::Yaml }),
        None => Err(wrong(0, "there is nothing in it", "Write a definition, beginning with `StartAt:`.")),
    }
}

fn wrong(offset: usize, message: impl Into<String>, hint: &str) -> SyntaxError {
    SyntaxError { offset, message: message.into(), hint: hint.to_owned() }
}

/// What usually is wrong where YAML can't be read.
fn advice(text: &str, offset: usize) -> String {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let start = text[..end].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let value = line.split_once(": ").map_or(line, |(_, value)| value).trim_start();
    let hint = if value.starts_with("{%") || value.starts_with('%') {
        "Put an expression into quotes, \"{% ... %}\", or begin it on its own line after `|`."
    } else if value.starts_with(['@', '`']) {
        "Put the text into quotes."
    } else if line.starts_with('\t') || line.trim_start_matches(' ').starts_with('\t') {
        "Indent with blanks: YAML takes no tabs there."
    } else {
        "Look at the indentation, quotes and colons of this line and the one before."
    };
    hint.to_owned()
}

impl Reader {
    fn offset(&self, character: usize) -> usize {
        match &self.offsets {
            None => character.min(self.length),
            Some(offsets) => offsets.get(character).copied().unwrap_or(self.length),
        }
    }

    fn event(&mut self, event: Event<'_>, span: &Span) -> Result<(), SyntaxError> {
        let span = self.offset(span.start.index())..self.offset(span.end.index());
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(wrong(span.start, "a second document begins here", "Put one definition into a file."))
            }
            Event::Scalar(text, style, anchor, tag) => {
                if let Some(function) = self.tags.function(tag.as_deref()) {
                    let content = Content::Scalar(Value::String(text.into_owned()));
                    return self.add(applied(Some(function), Node { span, content }), anchor, None);
                }
                let content = Content::Scalar(scalar_value(&text, style, tag.as_deref(), span.start)?);
                self.add(Node { span, content }, anchor, Some((text, style)))
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(Content::List(Vec::new()), anchor, tag.as_deref(), "seq", span.start)
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(Content::Table(Vec::new()), anchor, tag.as_deref(), "map", span.start)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span.end),
            Event::Alias(anchor) => self.alias(anchor, span),
            _ => Ok(()),
        }
    }

    fn begin(
        &mut self,
        content: Content,
        anchor: usize,
        tag: Option<&Tag>,
        own_tag: &str,
        start: usize,
    ) -> Result<(), SyntaxError> {
        let function = self.tags.function(tag);
        let own = |tag: &&Tag| function.is_some() || (tag.is_yaml_core_schema() && tag.suffix == own_tag);
        if let Some(tag) = tag.filter(|tag| !own(tag)) {
            return Err(unknown_tag(tag, start));
        }
        if self.open.len() == MAX_DEPTH {
            return Err(wrong(start, format!("more than {MAX_DEPTH} levels lie in each other"), "Nest less deeply."));
        }
        if let Some(Open { content: Content::Table(_), key: None, .. }) = self.open.last() {
            return Err(wrong(start, "a key must be a text", "Write a plain text before the colon."));
        }
        let within = self.open.iter().rev().find_map(|open| open.key.as_ref()).map(|(key, _)| key.clone());
        self.open.push(Open { start, anchor, content, function, key: None, within });
        Ok(())
    }

    fn end(&mut self, end: usize) -> Result<(), SyntaxError> {
        let Some(Open { start, anchor, content, function, within, .. }) = self.open.pop() else { return Ok(()) };
        let content = match content {
            Content::Table(members) => {
                self.repeated
                    .extend(repeated(&members, within.as_deref()).into_iter().filter(|again| again.key != "<<"));
                Content::Table(merged(members)?)
            }
            other => other,
        };
        self.add(applied(function, Node { span: start..end.max(start), content }), anchor, None)
    }

    fn alias(&mut self, anchor: usize, span: Range<usize>) -> Result<(), SyntaxError> {
        let Some(node) = self.anchors.get(&anchor) else {
            return Err(wrong(span.start, "the alias stands inside what it stands for", "Write the value out."));
        };
        self.nodes += size(node);
        if self.nodes > MAX_NODES || self.open.len() + depth(node) > MAX_DEPTH {
            return Err(wrong(span.start, "its aliases make it too big", "Use fewer aliases of aliases."));
        }
        let node = Node { span, content: node.content.clone() };
        self.add(node, 0, None)
    }

    /// Puts a value where it belongs. `written` is a scalar's text: as a key it counts as it is written.
    fn add(
        &mut self,
        node: Node,
        anchor: usize,
        written: Option<(Cow<'_, str>, ScalarStyle)>,
    ) -> Result<(), SyntaxError> {
        self.nodes += 1;
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open { content: Content::List(items), .. }) => items.push(node),
            Some(Open { content: Content::Table(members), key, .. }) => match key.take() {
                Some((name, key_span)) => members.push(Member { key: name, key_span, value: node }),
                None => {
                    let name = match (written, node.content) {
                        (Some((text, _)), _) => text.into_owned(),
                        (None, Content::Scalar(Value::String(text))) => text,
                        _ => return Err(wrong(node.span.start, "a key must be a text", "Write the key out.")),
                    };
                    *key = Some((name, node.span));
                }
            },
            Some(Open { content: Content::Scalar(_), .. }) => {}
        }
        Ok(())
    }
}

fn scalar_value(text: &str, style: ScalarStyle, tag: Option<&Tag>, start: usize) -> Result<Value, SyntaxError> {
    let value = match tag {
        Some(tag) if tag.is_yaml_core_schema() => scalar::tagged(&tag.suffix, text),
        // `!` alone makes a text of a scalar.
        Some(tag) if tag.handle.is_empty() && tag.suffix == "!" => Some(Value::String(text.to_owned())),
        Some(tag) => return Err(unknown_tag(tag, start)),
        None if style == ScalarStyle::Plain => scalar::plain(text),
        None => Some(Value::String(text.to_owned())),
    };
    value.ok_or_else(|| {
        wrong(start, format!("`{text}` is no value that JSON has"), "Put it into quotes, or write a number.")
    })
}

/// A value, or the object that a function's tag before it stands for: `!Ref a` is `{Ref: a}`.
fn applied(function: Option<&'static str>, argument: Node) -> Node {
    let Some(function) = function else { return argument };
    let span = argument.span.clone();
    let member = Member { key: function.to_owned(), key_span: span.clone(), value: argument };
    Node { span, content: Content::Table(vec![member]) }
}

/// The members with those of `<<` after them, as far as they do not exist already.
fn merged(members: Vec<Member>) -> Result<Vec<Member>, SyntaxError> {
    let (merges, mut members): (Vec<_>, Vec<_>) = members.into_iter().partition(|member| member.key == "<<");
    for merge in merges {
        let start = merge.value.span.start;
        let sources = match merge.value.content {
            Content::List(items) => items.into_iter().map(|item| item.content).collect(),
            other => vec![other],
        };
        let mut known: std::collections::BTreeSet<String> = members.iter().map(|member| member.key.clone()).collect();
        for source in sources {
            let Content::Table(more) = source else {
                return Err(wrong(
                    start,
                    "`<<` takes in objects only",
                    "Give it an alias of an object, or a list of them.",
                ));
            };
            members.extend(more.into_iter().filter(|member| known.insert(member.key.clone())));
        }
    }
    Ok(members)
}

/// How many values a node is made of.
fn size(node: &Node) -> usize {
    1 + match &node.content {
        Content::Scalar(_) => 0,
        Content::List(items) => items.iter().map(size).sum(),
        Content::Table(members) => members.iter().map(|member| size(&member.value)).sum(),
    }
}

fn depth(node: &Node) -> usize {
    match &node.content {
        Content::Scalar(_) => 0,
        Content::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Content::Table(members) => 1 + members.iter().map(|member| depth(&member.value)).max().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests;
