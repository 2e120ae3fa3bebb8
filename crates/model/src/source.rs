//! Text from a file, places in it, and the error that points at one.

use std::fmt;
use std::ops::Range;

/// The text of a file together with the name to show for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as the user would type it.
    pub file: String,
    /// The whole text.
    pub text: String,
}

/// A place in a text: both numbers start at 1, columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

/// A line of a file, as it is shown: `definitions/service.toml:31`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file's name as shown.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// The part of a line that a place is in. A line may be as long as its file: what is far from the place is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearby {
    /// The text.
    pub text: String,
    /// The bytes of the text that the fault is about; nothing between them where only its beginning is known.
    pub span: Range<usize>,
}

/// How many characters of a line are kept on either side of a place.
const NEARBY: usize = 200;

/// What is wrong with a service file or a definition, where, and what to try.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ModelError {
    /// The file's name as shown.
    pub file: String,
    /// The place, when the fault has one.
    pub position: Option<Position>,
    /// What stands there, when the fault has a place.
    pub nearby: Option<Box<Nearby>>,
    /// What is wrong, in a full sentence.
    pub message: String,
    /// What to try.
    pub hint: Option<String>,
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(Position { line, column }) => {
                write!(f, "{}:{line}:{column}: {}", self.file, self.message)
            }
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

impl Source {
    /// A source from a shown file name and its text.
    pub fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self { file: file.into(), text: text.into() }
    }

    /// The place of a byte offset; an offset past the end is the end.
    pub fn position(&self, offset: usize) -> Position {
        let before = &self.text[..boundary(&self.text, offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position { line: before.matches('\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }

    /// The byte offset of a place; the end of the text for one that is not in it.
    pub fn offset(&self, position: Position) -> usize {
        let mut lines = self.text.split_inclusive('\n');
        let before: usize = lines.by_ref().take(position.line.saturating_sub(1)).map(str::len).sum();
        let line = lines.next().unwrap_or_default();
        let column = position.column.saturating_sub(1);
        before + line.char_indices().nth(column).map_or(line.len(), |(at, _)| at)
    }

    /// The line of a byte offset.
    pub fn place(&self, offset: usize) -> Place {
        Place { file: self.file.clone(), line: self.position(offset).line }
    }

    /// An error at a byte offset of this source.
    pub fn error_at(&self, offset: usize, message: impl Into<String>) -> ModelError {
        self.error_in(offset..offset, message)
    }

    /// An error about the bytes of a span of this source.
    pub fn error_in(&self, span: Range<usize>, message: impl Into<String>) -> ModelError {
        ModelError {
            file: self.file.clone(),
            position: Some(self.position(span.start)),
            nearby: Some(Box::new(self.nearby(span))),
            message: message.into(),
            hint: None,
        }
    }

    /// The line of a span's beginning, around it. A span of several lines stands for its beginning alone.
    fn nearby(&self, span: Range<usize>) -> Nearby {
        let text = self.text.as_str();
        let start = boundary(text, span.start);
        let end = boundary(text, span.end).max(start);
        let before = text[..start].char_indices().rev().take_while(|(_, character)| *character != '\n');
        let first = before.take(NEARBY).last().map_or(start, |(at, _)| at);
        let after = text[start..].char_indices().take_while(|(_, character)| !matches!(character, '\n' | '\r'));
        let last = after.take(NEARBY).last().map_or(start, |(at, character)| start + at + character.len_utf8());
        let end = if text[start..end].contains('\n') { start } else { end.min(last) };
        Nearby { text: text[first..last].to_owned(), span: start - first..end - first }
    }
}

impl ModelError {
    /// The same error with advice on what to try.
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The last place between characters that is not after an offset.
fn boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_carries_what_stands_at_its_place() {
        let source = Source::new("a.yml", format!("é: 1\r\nkey: {}word\n", "x".repeat(1_000)));
        let nearby = |span: Range<usize>| *source.error_in(span, "").nearby.unwrap();
        assert_eq!(nearby(0..2), Nearby { text: "é: 1".to_owned(), span: 0..2 });
        assert_eq!(nearby(0..9), Nearby { text: "é: 1".to_owned(), span: 0..0 }, "several lines are their beginning");
        let long = nearby(1_012..1_016);
        assert_eq!((&long.text[long.span.clone()], long.text.len()), ("word", 204));
        assert_eq!(nearby(9_999..9_999).span, 0..0);
    }

    #[test]
    fn positions_count_lines_and_characters() {
        let source = Source::new("a.toml", "é = 1\nx = 2");
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(2), Position { line: 1, column: 2 });
        assert_eq!(source.position(7), Position { line: 2, column: 1 });
        assert_eq!(source.position(999), Position { line: 2, column: 6 });
        for offset in [0, 2, 6, 7, 10] {
            assert_eq!(source.offset(source.position(offset)), offset);
        }
        assert_eq!(source.offset(Position { line: 9, column: 9 }), source.text.len());
    }
}
