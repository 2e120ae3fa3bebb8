//! `parse`: fields from the parts of a text.

use std::collections::BTreeMap;

use regex_lite::Regex;

use super::value::Value;

/// How `parse` takes a text apart.
#[derive(Debug, Clone)]
pub(super) enum Extraction {
    /// The texts between the pieces, by name.
    Glob { pieces: Vec<String>, names: Vec<String> },
    /// Named groups.
    Pattern(Regex),
}

impl Extraction {
    /// Puts what it finds in a text under its names; nothing where the text is not of this form.
    pub(super) fn extract(&self, text: &str, into: &mut BTreeMap<String, Value>) {
        match self {
            Self::Pattern(pattern) => {
                let Some(captures) = pattern.captures(text) else { return };
                for name in pattern.capture_names().flatten() {
                    if let Some(found) = captures.name(name) {
                        into.insert(name.to_owned(), Value::Text(found.as_str().to_owned()));
                    }
                }
            }
            Self::Glob { pieces, names } => {
                let Some(found) = between(pieces, text) else { return };
                into.extend(names.iter().cloned().zip(found.into_iter().map(|part| Value::Text(part.to_owned()))));
            }
        }
    }
}

/// The texts between the pieces, each as short as it can be; the last one goes to the end where nothing follows it.
fn between<'a>(pieces: &[String], text: &'a str) -> Option<Vec<&'a str>> {
    let (first, others) = pieces.split_first()?;
    let mut rest = text.get(text.find(first.as_str())? + first.len()..)?;
    let mut found = Vec::new();
    for (index, piece) in others.iter().enumerate() {
        let is_open = piece.is_empty() && index + 1 == others.len();
        let end = if is_open { rest.len() } else { rest.find(piece.as_str())? };
        found.push(rest.get(..end)?);
        rest = rest.get(end + piece.len()..)?;
    }
    Some(found)
}
