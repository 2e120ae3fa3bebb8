//! The error messages of Jackson, AWS's parser, for texts that are not JSON.

const PLACE: &str = "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: ";

/// What may come next.
#[derive(Clone, Copy, PartialEq)]
enum Expected {
    Value,
    FirstItem,
    Name,
    FirstName,
    Colon,
    Separator,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// The arrays and objects that are open: their bracket and where it is.
    open: Vec<(char, usize)>,
}

/// The first error message; `None` where it is not known, such as for a bad escape in a text.
pub(super) fn complaint(text: &str) -> Option<String> {
    let mut reader = Reader { text, at: 0, open: Vec::new() };
    let mut expected = Expected::Value;
    loop {
        reader.at += reader.rest().len() - reader.rest().trim_start().len();
        let Some(c) = reader.rest().chars().next() else {
            return Some(reader.end());
        };
        expected = match (expected, c) {
            (Expected::FirstItem, ']') | (Expected::FirstName, '}') => reader.close(),
            (Expected::Separator, ']' | '}') if reader.closes(c) => reader.close(),
            (Expected::Separator, ',') => reader.after_comma(),
            (Expected::Colon, ':') => reader.pass(Expected::Value),
            (Expected::Name | Expected::FirstName, '"') => reader.string(Expected::Colon)?,
            (Expected::Value | Expected::FirstItem, _) => match c {
                '[' => reader.enter(c, Expected::FirstItem),
                '{' => reader.enter(c, Expected::FirstName),
                '"' => reader.string(Expected::Separator)?,
                '-' | '0'..='9' => reader.number(),
                c if c.is_alphabetic() || matches!(c, '_' | '$') => match reader.word() {
                    Ok(next) => next,
                    Err(problem) => return Some(problem),
                },
                _ => return Some(reader.unexpected(c, VALUE)),
            },
            (Expected::Name | Expected::FirstName, _) => {
                return Some(reader.unexpected(c, "was expecting double-quote to start field name"));
            }
            (Expected::Colon, _) => {
                return Some(reader.unexpected(c, "was expecting a colon to separate field name and value"));
            }
            (Expected::Separator, _) => {
                let kind = reader.open.last().map(|(bracket, _)| kind(*bracket))?;
                return Some(reader.unexpected(c, &format!("was expecting comma to separate {kind} entries")));
            }
        };
    }
}

const VALUE: &str = "expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

fn kind(bracket: char) -> &'static str {
    if bracket == '[' { "Array" } else { "Object" }
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn pass(&mut self, next: Expected) -> Expected {
        self.at += 1;
        next
    }

    fn enter(&mut self, bracket: char, next: Expected) -> Expected {
        self.open.push((bracket, self.at));
        self.pass(next)
    }

    fn closes(&self, c: char) -> bool {
        self.open.last().is_some_and(|(bracket, _)| (*bracket == '[') == (c == ']'))
    }

    fn close(&mut self) -> Expected {
        self.open.pop();
        self.pass(Expected::Separator)
    }

    fn after_comma(&mut self) -> Expected {
        let in_object = self.open.last().is_some_and(|(bracket, _)| *bracket == '{');
        self.pass(if in_object { Expected::Name } else { Expected::Value })
    }

    /// Skips a text in quotes; `None` when it does not end.
    fn string(&mut self, next: Expected) -> Option<Expected> {
        let mut is_escaped = false;
        let end = self.rest().char_indices().skip(1).find(|(_, c)| {
            let is_end = *c == '"' && !is_escaped;
            is_escaped = *c == '\\' && !is_escaped;
            is_end
        });
        self.at += end?.0;
        Some(self.pass(next))
    }

    fn number(&mut self) -> Expected {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        self.at += self.rest().find(|c| !is_part(c)).unwrap_or(self.rest().len());
        Expected::Separator
    }

    fn word(&mut self) -> Result<Expected, String> {
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
        let end = self.rest().find(|c| !is_part(c)).unwrap_or(self.rest().len());
        let word = self.rest().get(..end).unwrap_or_default().to_owned();
        self.at += end;
        match word.as_str() {
            "true" | "false" | "null" => Ok(Expected::Separator),
            _ => {
                let wanted = VALUE.replacen("expected a valid value", "was expecting", 1);
                Err(format!("Unrecognized token '{word}': {wanted}\n at {}", self.place(self.at)))
            }
        }
    }

    fn unexpected(&self, c: char, wanted: &str) -> String {
        format!("Unexpected character ('{c}' (code {})): {wanted}\n at {}", u32::from(c), self.place(self.at))
    }

    fn end(&self) -> String {
        let marker = self.open.last().map(|(bracket, at)| {
            format!(": expected close marker for {} (start marker at {})", kind(*bracket), self.place(*at))
        });
        format!("Unexpected end-of-input{}\n at {}", marker.unwrap_or_default(), self.place(self.at))
    }

    fn place(&self, at: usize) -> String {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().encode_utf16().count() + 1;
        format!("{PLACE}{line}, column: {column}]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn complaint_of(text: &str) -> String {
        complaint(text).unwrap_or_default().replace(PLACE, "[")
    }

    #[test]
    fn says_what_aws_said() {
        insta::assert_snapshot!(complaint_of("{bad json}"), @r"
        Unexpected character ('b' (code 98)): was expecting double-quote to start field name
         at [1, column: 2]
        ");
        insta::assert_snapshot!(complaint_of("{\"a\":1"), @r"
        Unexpected end-of-input: expected close marker for Object (start marker at [1, column: 1])
         at [1, column: 7]
        ");
        insta::assert_snapshot!(complaint_of("undefined"), @r"
        Unrecognized token 'undefined': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
         at [1, column: 10]
        ");
    }

    #[test]
    fn says_what_jackson_says() {
        insta::assert_snapshot!(complaint_of("[1,\n {\"a\" 2}]"), @r"
        Unexpected character ('2' (code 50)): was expecting a colon to separate field name and value
         at [2, column: 7]
        ");
        insta::assert_snapshot!(complaint_of("[1 2]"), @r"
        Unexpected character ('2' (code 50)): was expecting comma to separate Array entries
         at [1, column: 4]
        ");
        assert!(complaint("[\"never ends").is_none());
    }

    proptest! {
        #[test]
        fn ends(text in "[\\[\\]{}:,\"\\\\ a1\n\u{e4}-]{0,40}") {
            complaint(&text);
        }
    }
}
