//! Comparing an answer with a recorded one: masks, captures, text rules.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::parallel;
use crate::replay::{ACCOUNT, REGION, Replay};

pub(crate) struct Matcher {
    masks: BTreeSet<String>,
    /// Texts to replace, in order.
    rules: Vec<(String, String)>,
    /// Placeholders that must be there literally.
    firm: BTreeSet<String>,
    bound: BTreeMap<String, String>,
    pub(crate) differences: Vec<String>,
}

/// Texts that hold a JSON object are compared as that object: once, not inside it, and not directly in an array.
pub(crate) fn prepare(value: &Value) -> Value {
    match value {
        Value::String(text) if text.starts_with('{') => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
        Value::Array(items) => {
            items.iter().map(|item| if item.is_object() { prepare(item) } else { item.clone() }).collect()
        }
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), prepare(value))).collect())
        }
        other => other.clone(),
    }
}

/// Reads the texts of members with one of these names as JSON, whatever they start with.
pub(crate) fn parse_members(value: &mut Value, names: &[Value]) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let named = names.iter().any(|wanted| wanted == name.as_str());
                let parsed = member.as_str().filter(|_| named).and_then(|text| serde_json::from_str(text).ok());
                match parsed {
                    Some(parsed) => *member = parsed,
                    None => parse_members(member, names),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| parse_members(item, names)),
        _ => {}
    }
}

impl Matcher {
    pub(crate) fn new(normalise: &Value, replay: &Replay<'_>) -> Self {
        let mut replay = replay.clone();
        let mut rules = Vec::new();
        for bind in normalise["binds"].as_array().into_iter().flatten() {
            if let (Ok(Value::String(value)), Some(placeholder)) = (replay.fill(&bind[0]), bind[1].as_str()) {
                rules.push((value, placeholder.to_owned()));
            }
        }
        for (value, placeholder) in [(ACCOUNT, "111111111111"), (REGION, "<region>"), ("arn:aws:", "arn:<partition>:")]
        {
            rules.push((value.to_owned(), placeholder.to_owned()));
        }
        let mut firm = BTreeSet::from(["<region>".to_owned(), "<partition>".to_owned()]);
        firm.extend(rules.iter().map(|(_, placeholder)| placeholder.clone()));
        let masks =
            normalise["masks"].as_array().into_iter().flatten().filter_map(Value::as_str).map(ToOwned::to_owned);
        Self { masks: masks.collect(), rules, firm, bound: BTreeMap::new(), differences: Vec::new() }
    }

    pub(crate) fn compare(&mut self, expected: &Value, actual: &Value, path: &str) -> bool {
        match (expected, actual) {
            (Value::String(mask), _) if self.masks.contains(mask) => true,
            (Value::String(pattern), Value::String(text)) => {
                let text = self.text(text);
                self.matches(pattern, &text) || self.differ(path, expected, &text.into())
            }
            (Value::Object(expected), Value::Object(actual)) => self.compare_members(expected, actual, path),
            (Value::Array(expected), Value::Array(actual)) => self.compare_items(expected, actual, path),
            _ => expected == actual || self.differ(path, expected, actual),
        }
    }

    fn compare_members(&mut self, expected: &Map<String, Value>, actual: &Map<String, Value>, path: &str) -> bool {
        let mut left: BTreeMap<String, &Value> = actual.iter().map(|(name, value)| (self.text(name), value)).collect();
        let mut same = true;
        for (name, value) in expected {
            // What an execution costs is the service's business, not the engine's.
            if name == "billingDetails" {
                continue;
            }
            let place = format!("{path}/{name}");
            match left.remove(name) {
                Some(actual) => same &= self.compare(value, actual, &place),
                None => same &= self.differ(&place, value, &"<absent>".into()),
            }
        }
        for (name, value) in left {
            same &= self.differ(&format!("{path}/{name}"), &"<absent>".into(), value);
        }
        same
    }

    fn compare_items(&mut self, expected: &[Value], actual: &[Value], path: &str) -> bool {
        let mut same = true;
        let mut actual = actual.to_vec();
        for i in 0..expected.len().max(actual.len()) {
            let place = format!("{path}/{i}");
            self.bring_forward(expected, &mut actual, i);
            same &= match (expected.get(i), actual.get(i)) {
                (Some(expected), Some(actual)) => self.compare(expected, actual, &place),
                (Some(expected), None) => self.differ(&place, expected, &"<absent>".into()),
                (None, actual) => self.differ(&place, &"<absent>".into(), actual.unwrap_or(&Value::Null)),
            };
        }
        same
    }

    /// Among events in any order, puts one that fits the expected one in its place.
    fn bring_forward(&mut self, expected: &[Value], actual: &mut [Value], i: usize) {
        if !parallel::is_loose(expected.get(i)) {
            return;
        }
        for j in i..actual.len() {
            if !parallel::is_loose(actual.get(j)) {
                return;
            }
            let bound = self.bound.clone();
            let seen = self.differences.len();
            if self.compare(&expected[i], &actual[j], "") {
                actual.swap(i, j);
                return;
            }
            self.bound = bound;
            self.differences.truncate(seen);
        }
    }

    fn differ(&mut self, path: &str, expected: &Value, actual: &Value) -> bool {
        let short = |value: &Value| value.to_string().chars().take(300).collect::<String>();
        self.differences.push(format!("{path}: expected {}, got {}", short(expected), short(actual)));
        false
    }

    fn text(&self, text: &str) -> String {
        let replaced = self.rules.iter().fold(text.to_owned(), |text, (value, placeholder)| {
            if value.is_empty() { text } else { text.replace(value.as_str(), placeholder) }
        });
        without_dates(&replaced)
    }

    /// Whether a text fits a pattern in which `<name>` stands for any text and `<name:1>` for the same one everywhere.
    fn matches(&mut self, pattern: &str, text: &str) -> bool {
        if pattern == text {
            return true;
        }
        let parts = split(pattern);
        let mut bound = self.bound.clone();
        let fits = self.fits(&parts, text, &mut bound);
        if fits {
            self.bound = bound;
        }
        fits
    }

    fn fits(&self, parts: &[Part<'_>], text: &str, bound: &mut BTreeMap<String, String>) -> bool {
        let Some((part, rest)) = parts.split_first() else {
            return text.is_empty();
        };
        let name = match part {
            Part::Literal(literal) => {
                return text.strip_prefix(literal).is_some_and(|text| self.fits(rest, text, bound));
            }
            Part::Placeholder(name) if self.firm.contains(*name) => {
                return text.strip_prefix(name).is_some_and(|text| self.fits(rest, text, bound));
            }
            Part::Placeholder(name) => *name,
        };
        if let Some(value) = bound.get(name).cloned() {
            return [value.as_str(), name]
                .iter()
                .any(|value| text.strip_prefix(value).is_some_and(|text| self.fits(rest, text, bound)));
        }
        let remembers = name.rsplit_once(':').is_some();
        text.char_indices().map(|(at, c)| at + c.len_utf8()).any(|end| {
            let mut with = bound.clone();
            if remembers {
                with.insert(name.to_owned(), text[..end].to_owned());
            }
            let fits = self.fits(rest, &text[end..], &mut with);
            if fits {
                *bound = with;
            }
            fits
        })
    }
}

enum Part<'p> {
    Literal(&'p str),
    Placeholder(&'p str),
}

fn split(pattern: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut literal_from = 0;
    let mut at = 0;
    while let Some(open) = pattern[at..].find('<').map(|i| at + i) {
        let close = pattern[open..].find('>').map(|i| open + i + 1);
        match close.filter(|close| is_placeholder(&pattern[open + 1..close - 1])) {
            Some(close) => {
                if literal_from < open {
                    parts.push(Part::Literal(&pattern[literal_from..open]));
                }
                parts.push(Part::Placeholder(&pattern[open..close]));
                (literal_from, at) = (close, close);
            }
            None => at = open + 1,
        }
    }
    if literal_from < pattern.len() {
        parts.push(Part::Literal(&pattern[literal_from..]));
    }
    parts
}

fn is_placeholder(name: &str) -> bool {
    let name =
        name.rsplit_once(':').filter(|(_, n)| n.bytes().all(|b| b.is_ascii_digit())).map_or(name, |(name, _)| name);
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | ' '))
}

/// Replaces every ISO-8601 date-time by `date`.
fn without_dates(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match date_length(rest) {
            Some(length) => {
                result.push_str("date");
                rest = &rest[length..];
            }
            None => {
                result.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    result
}

fn date_length(text: &str) -> Option<usize> {
    const SHAPE: &[u8] = b"dddd-dd-ddTdd:dd:dd";
    let bytes = text.as_bytes();
    let fits = |shape: &[u8], at: usize| {
        bytes.get(at..at + shape.len()).is_some_and(|part| {
            part.iter().zip(shape).all(|(b, s)| if *s == b'd' { b.is_ascii_digit() } else { b == s })
        })
    };
    if !fits(SHAPE, 0) || bytes[0] == b'0' {
        return None;
    }
    let mut at = SHAPE.len();
    if bytes.get(at) == Some(&b'.') {
        at += 1 + bytes[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
    }
    if bytes.get(at) == Some(&b'Z') {
        return Some(at + 1);
    }
    [&b"+dd:dd"[..], b"-dd:dd", b"+dddd", b"-dddd"].into_iter().find(|zone| fits(zone, at)).map(|zone| at + zone.len())
}
