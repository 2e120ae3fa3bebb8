//! Reading JSON with positions. It accepts exactly the texts that `serde_json` takes.

use serde_json::Value;

use super::{Content, Document, Format, MAX_DEPTH, Member, Node, Repeated, SyntaxError, repeated};

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
    repeated: Vec<Repeated>,
}

/// Reads a whole text.
pub(super) fn read(text: &str) -> Result<Document, SyntaxError> {
    let mut reader = Reader { text, at: 0, depth: 0, repeated: Vec::new() };
    reader.blanks();
    let root = reader.value(None)?;
    reader.blanks();
    if reader.at < text.len() {
        return Err(reader.wrong("expected the end of the text", "Delete what comes after the closing brace."));
    }
    Ok(Document { root, repeated: reader.repeated, format: Format::Json })
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    /// Steps over a character if it comes next.
    fn takes(&mut self, character: char) -> bool {
        let is_there = self.rest().starts_with(character);
        if is_there {
            self.at += character.len_utf8();
        }
        is_there
    }

    fn wrong(&self, message: impl Into<String>, hint: impl Into<String>) -> SyntaxError {
        SyntaxError { offset: self.at, message: message.into(), hint: hint.into() }
    }

    /// `within` is the key that the value belongs to.
    fn value(&mut self, within: Option<&str>) -> Result<Node, SyntaxError> {
        let start = self.at;
        let content = match self.next() {
            Some('{') => self.nested(|reader| reader.table(within))?,
            Some('[') => self.nested(|reader| reader.list(within))?,
            Some('"') => Content::Scalar(Value::String(self.string()?)),
            Some('-' | '0'..='9') => self.number()?,
            Some('a'..='z' | 'A'..='Z') => self.word()?,
            other => return Err(self.no_value(other)),
        };
        Ok(Node { span: start..self.at, content })
    }

    fn no_value(&self, found: Option<char>) -> SyntaxError {
        let hint = match found {
            Some(',' | '}' | ']') => "Write a value, or delete the comma or colon before this place.",
            Some('\'') => "Put texts into double quotes.",
            Some('/' | '#') => "JSON has no comments: use a \"Comment\" field, or write the definition in YAML.",
            Some('\u{feff}') => "Save the file without a byte order mark.",
            Some('$') => "Put the text into double quotes.",
            Some(_) => "Write a text in double quotes, a number, true, false, null, a list or an object.",
            None if self.text.trim().is_empty() => "Write a definition, beginning with `{`.",
            None => "The text ends too early: close what is open.",
        };
        self.wrong("expected a value", hint)
    }

    fn nested(&mut self, read: impl FnOnce(&mut Self) -> Result<Content, SyntaxError>) -> Result<Content, SyntaxError> {
        if self.depth == MAX_DEPTH {
            return Err(self.wrong(format!("more than {MAX_DEPTH} levels lie in each other"), "Nest less deeply."));
        }
        self.depth += 1;
        self.at += 1;
        let content = read(self);
        self.depth -= 1;
        content
    }

    fn list(&mut self, within: Option<&str>) -> Result<Content, SyntaxError> {
        let mut items = Vec::new();
        self.blanks();
        if self.takes(']') {
            return Ok(Content::List(items));
        }
        loop {
            self.blanks();
            items.push(self.value(within)?);
            if self.ends(']')? {
                return Ok(Content::List(items));
            }
        }
    }

    fn table(&mut self, within: Option<&str>) -> Result<Content, SyntaxError> {
        let mut members = Vec::new();
        self.blanks();
        if self.takes('}') {
            return Ok(Content::Table(members));
        }
        loop {
            self.blanks();
            members.push(self.member()?);
            if self.ends('}')? {
                self.repeated.extend(repeated(&members, within));
                return Ok(Content::Table(members));
            }
        }
    }

    fn member(&mut self) -> Result<Member, SyntaxError> {
        let start = self.at;
        if self.next() != Some('"') {
            let hint = match self.next() {
                Some('}') => "Delete the comma before this place.",
                Some('/' | '#') => "JSON has no comments: use a \"Comment\" field, or write the definition in YAML.",
                None => "The text ends too early: close what is open.",
                _ => "Put the name into double quotes.",
            };
            return Err(self.wrong("expected a name in double quotes", hint));
        }
        let key = self.string()?;
        let key_span = start..self.at;
        self.blanks();
        if !self.takes(':') {
            return Err(self.wrong("expected `:`", format!("Put a colon after \"{key}\".")));
        }
        self.blanks();
        let value = self.value(Some(&key))?;
        Ok(Member { key, key_span, value })
    }

    /// After an item or member: whether the list or object ends here. A comma says that it goes on.
    fn ends(&mut self, close: char) -> Result<bool, SyntaxError> {
        self.blanks();
        if self.takes(close) {
            return Ok(true);
        }
        if self.takes(',') {
            return Ok(false);
        }
        let hint = match self.next() {
            None => "The text ends too early: close what is open.",
            Some(_) => {
                "Look at the end of the value before this place: a missing comma, quote or brace is the usual cause."
            }
        };
        Err(self.wrong(format!("expected `,` or `{close}`"), hint))
    }

    fn string(&mut self) -> Result<String, SyntaxError> {
        let rest = self.rest();
        let mut is_escaped = true;
        let end = rest.char_indices().find(|(_, character)| {
            let is_end = matches!(character, '"' | '\n') && !is_escaped;
            // The opening quote is passed over as if it were escaped.
            is_escaped = *character == '\\' && !is_escaped;
            is_end
        });
        let Some((end, '"')) = end else {
            return Err(self.wrong("the text that begins here has no closing quote", "Put a double quote at its end."));
        };
        match serde_json::from_str(&rest[..=end]) {
            Ok(text) => {
                self.at += end + 1;
                Ok(text)
            }
            Err(problem) => {
                self.at += (problem.column().saturating_sub(1)).min(end);
                while !self.text.is_char_boundary(self.at) {
                    self.at -= 1;
                }
                let problem = problem.to_string();
                let reason = problem.split(" at line ").next().unwrap_or_default();
                Err(self.wrong(
                    reason,
                    "Escape a backslash as `\\\\` and a control character as `\\n`, `\\t` or `\\u....`.",
                ))
            }
        }
    }

    fn number(&mut self) -> Result<Content, SyntaxError> {
        let rest = self.rest();
        let end = rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E')).unwrap_or(rest.len());
        match serde_json::from_str(&rest[..end]) {
            Ok(number) => {
                self.at += end;
                Ok(Content::Scalar(number))
            }
            Err(_) => Err(self.wrong(format!("`{}` is no number", &rest[..end]), "Write it like 60, -1.5 or 1e3.")),
        }
    }

    fn word(&mut self) -> Result<Content, SyntaxError> {
        let rest = self.rest();
        let word = &rest[..rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len())];
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ => {
                let shown: String = word.chars().take(40).collect();
                let hint = "Put texts into double quotes; the words without them are true, false and null.";
                return Err(self.wrong(format!("expected a value, and `{shown}` is none"), hint));
            }
        };
        self.at += word.len();
        Ok(Content::Scalar(value))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn problem(text: &str) -> String {
        let error = read(text).unwrap_err();
        format!("{}: {}", error.offset, error.message)
    }

    #[test]
    fn keys_and_values_know_where_they_stand() {
        let text = "{ \"é\": [1, {\"b\": \"x\\n\"}] }";
        let document = read(text).unwrap();
        let member = document.root.member("é").unwrap();
        assert_eq!(&text[member.key_span.clone()], "\"é\"");
        assert_eq!(&text[member.value.span.clone()], "[1, {\"b\": \"x\\n\"}]");
        let Content::List(items) = &member.value.content else { panic!("a list") };
        assert_eq!(&text[items[1].member("b").unwrap().value.span.clone()], "\"x\\n\"");
    }

    #[test]
    fn what_was_expected_is_said_with_its_place() {
        assert_eq!(problem(""), "0: expected a value");
        assert_eq!(problem("{\"a\": 1,}"), "8: expected a name in double quotes");
        assert_eq!(problem("{\"a\" 1}"), "5: expected `:`");
        assert_eq!(problem("[1 2]"), "3: expected `,` or `]`");
        assert_eq!(problem("{\"a\": 'x'}"), "6: expected a value");
        assert_eq!(problem("{\"a\": yes}"), "6: expected a value, and `yes` is none");
        assert_eq!(problem("{\"a\": \"x\n\"}"), "6: the text that begins here has no closing quote");
        assert_eq!(problem("[\"é\\q\"]"), "5: invalid escape");
        assert_eq!(problem("[01]"), "1: `01` is no number");
        assert_eq!(problem("{} {}"), "3: expected the end of the text");
        assert!(problem(&"[".repeat(100_000)).starts_with("127: more than 127 levels"));
    }

    #[test]
    fn repeated_keys_are_noticed() {
        let document = read(r#"{"a": 1, "b": {"x": 1, "x": 2}, "a": 3}"#).unwrap();
        let found: Vec<_> =
            document.repeated.iter().map(|again| (again.key.as_str(), again.within.as_deref())).collect();
        assert_eq!(found, [("x", Some("b")), ("a", None)]);
        assert_eq!(document.value(), serde_json::json!({"a": 3, "b": {"x": 2}}));
    }

    fn agrees(text: &str) {
        match (read(text), serde_json::from_str::<Value>(text)) {
            (Ok(document), Ok(value)) => assert_eq!(document.value(), value),
            (Err(error), Err(_)) => assert!(text.is_char_boundary(error.offset) && error.offset <= text.len()),
            (ours, theirs) => panic!("{text:?}: {ours:?} and {theirs:?}"),
        }
    }

    #[test]
    fn depth_ends_where_it_ends_elsewhere() {
        for depth in [126, 127, 128, 129] {
            agrees(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken_as_serde_json_takes_it(text in r#"[\[\]{}:,"\\ \na-fntru0-9.eE+\-é\u{1}]{0,24}"#) {
            agrees(&text);
        }

        #[test]
        fn any_list_is_taken_as_serde_json_takes_it(items in prop::collection::vec(r#"(true|null|-?[0-9]{1,3}(\.[0-9])?|"[a\\n"é]{0,4}"|\{"a":[01]\})"#, 0..4)) {
            agrees(&format!("[{}]", items.join(",")));
        }
    }
}
