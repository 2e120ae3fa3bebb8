//! Where a statement stands in the text of its policy.

use cloud_core::Xml;
use serde::Deserialize;
use serde_json::value::RawValue;

/// A line and a column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    line: usize,
    column: usize,
}

impl Position {
    fn at(text: &str, offset: usize) -> Option<Self> {
        let before = text.get(..offset)?;
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Some(Self { line, column: before.get(start..)?.chars().count() + 1 })
    }

    pub(super) fn to_xml(self) -> Xml {
        Xml::new().text("Line", &self.line.to_string()).text("Column", &self.column.to_string())
    }
}

#[derive(Deserialize)]
struct Statements<'a> {
    #[serde(borrow, rename = "Statement")]
    statement: &'a RawValue,
}

/// Where a statement begins and ends, by its number from 0; none when the text does not have it.
pub(super) fn of_statement(text: &str, index: usize) -> Option<(Position, Position)> {
    let all = serde_json::from_str::<Statements<'_>>(text).ok()?.statement.get();
    let one = match serde_json::from_str::<Vec<&RawValue>>(all) {
        Ok(list) => list.get(index)?.get(),
        Err(_) => Some(all).filter(|_| index == 0)?,
    };
    let start = (one.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    Some((Position::at(text, start)?, Position::at(text, start + one.len())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_found_in_their_text() {
        let text = "{\n \"Statement\": [\n  {\"Sid\": \"a\"},\n  {\"Sid\": \"b\"} ] }";
        let at = |line, column| Position { line, column };
        assert_eq!(of_statement(text, 0), Some((at(3, 3), at(3, 15))));
        assert_eq!(of_statement(text, 1), Some((at(4, 3), at(4, 15))));
        assert_eq!(of_statement(text, 2), None);
        assert_eq!(of_statement("{\"Statement\":{}}", 0), Some((at(1, 14), at(1, 16))));
    }
}
