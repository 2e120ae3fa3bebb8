//! What AWS says of a text that is no JSON: the words of Jackson, the parser that Step Functions reads JSON with.
//!
//! What was recorded from AWS is among the tests; the rest are Jackson's own messages for the same mistakes.

/// The first thing in a text that JSON does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JacksonError {
    /// What is wrong, without the place.
    pub(crate) words: String,
    /// `[Source: (String)"..."; line: 1, column: 4]`: the character after the last one that was read.
    pub(crate) place: String,
}

/// The longest part of a text that Jackson shows.
const SHOWN_CHARS: usize = 500;

const VALUES: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/// The words about an execution's input; `fallback` is used where Jackson has nothing against it.
pub(crate) fn of_input(text: &str, fallback: &str) -> String {
    if text.trim().is_empty() {
        return "Invalid execution input.".to_owned();
    }
    of(text).map_or_else(|| fallback.to_owned(), |mistake| mistake.words)
}

/// The mistake about a text; none when Jackson reads it. It does not look at what follows the first value.
pub(crate) fn of(text: &str) -> Option<JacksonError> {
    let mut reader = Reader { text: text.chars().collect(), at: 0, open: Vec::new() };
    let words = reader.document().err()?;
    // A line that breaks off inside a text does not count as one that ended.
    let in_text = words.starts_with("Illegal unquoted");
    let place = reader.place(reader.at - usize::from(in_text), usize::from(in_text));
    Some(JacksonError { words, place })
}

/// An array or object that is not closed yet.
struct Open {
    is_object: bool,
    /// Where its first character is.
    start: usize,
}

struct Reader {
    text: Vec<char>,
    /// The next character to read.
    at: usize,
    open: Vec<Open>,
}

/// What comes next.
enum Next {
    Value,
    /// A value, or the end of the array that has just begun.
    FirstItem,
    /// A name, or the end of the object that has just begun.
    FirstName,
    Name,
    /// A comma, or the end of what is open.
    Separator,
}

impl Reader {
    /// Reads one value, however deep, without recursion.
    fn document(&mut self) -> Result<(), String> {
        let mut next = Next::Value;
        loop {
            let Some(first) = self.skip_blanks() else {
                return Err(self.ended(&next));
            };
            next = match (next, first) {
                (Next::FirstName, '}') | (Next::FirstItem, ']') => self.close(),
                (Next::Separator, '}') if self.in_object() => self.close(),
                (Next::Separator, ']') if !self.in_object() => self.close(),
                (Next::Separator, ',') => {
                    self.at += 1;
                    if self.in_object() { Next::Name } else { Next::Value }
                }
                (Next::Separator, other) => {
                    let expected = format!("was expecting comma to separate {} entries", self.kind());
                    return Err(self.unexpected(other, &expected));
                }
                (Next::FirstName | Next::Name, '"') => {
                    self.string("name")?;
                    self.colon()?;
                    Next::Value
                }
                (Next::FirstName | Next::Name, other) => {
                    return Err(self.unexpected(other, "was expecting double-quote to start field name"));
                }
                (Next::Value | Next::FirstItem, first) => self.value(first)?,
            };
            if matches!(next, Next::Separator) && self.open.is_empty() {
                return Ok(());
            }
        }
    }

    fn value(&mut self, first: char) -> Result<Next, String> {
        match first {
            '{' | '[' => {
                self.open.push(Open { is_object: first == '{', start: self.at });
                self.at += 1;
                return Ok(if first == '{' { Next::FirstName } else { Next::FirstItem });
            }
            '"' => self.string("string value")?,
            '-' | '0'..='9' => self.number()?,
            ']' | '}' => return Err(self.unexpected(first, "expected a value")),
            letter if letter.is_alphabetic() || letter == '_' || letter == '$' => self.word()?,
            other => return Err(self.unexpected(other, &format!("expected a valid value {VALUES}"))),
        }
        Ok(Next::Separator)
    }

    fn word(&mut self) -> Result<(), String> {
        let is_part = |letter: &char| letter.is_alphanumeric() || matches!(letter, '_' | '$');
        let word: String = self.text.get(self.at..).unwrap_or_default().iter().take_while(|one| is_part(one)).collect();
        self.at += word.chars().count();
        match word.as_str() {
            "true" | "false" | "null" => Ok(()),
            _ => Err(format!("Unrecognized token '{word}': was expecting {VALUES}")),
        }
    }

    fn number(&mut self) -> Result<(), String> {
        let negative = self.peek() == Some('-');
        self.at += usize::from(negative);
        if negative {
            self.digit("expected digit (0-9) to follow minus sign, for valid numeric value")?;
        }
        if self.peek() == Some('0') && self.text.get(self.at + 1).is_some_and(char::is_ascii_digit) {
            self.at += 2;
            return Err("Invalid numeric value: Leading zeroes not allowed".to_owned());
        }
        self.digits();
        if self.peek() == Some('.') {
            self.at += 1;
            self.digit("Decimal point not followed by a digit")?;
            self.digits();
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some('+' | '-')));
            self.digit("Exponent indicator not followed by a digit")?;
            self.digits();
        }
        match self.peek().filter(|next| self.open.is_empty() && !next.is_ascii_whitespace()) {
            Some(next) => Err(self.unexpected(next, "Expected space separating root-level values")),
            None => Ok(()),
        }
    }

    fn digit(&mut self, expected: &str) -> Result<(), String> {
        match self.peek() {
            Some(digit) if digit.is_ascii_digit() => Ok(()),
            Some(other) => {
                self.at += 1;
                Err(format!("Unexpected character ({}) in numeric value: {expected}", shown(other)))
            }
            None => Err("Unexpected end-of-input in a Number value".to_owned()),
        }
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|next| next.is_ascii_digit()) {
            self.at += 1;
        }
    }

    /// Reads a text in quotes; `what` it is stands in the messages.
    fn string(&mut self, what: &str) -> Result<(), String> {
        self.at += 1;
        loop {
            let Some(letter) = self.peek() else {
                return Err(match what {
                    "name" => "Unexpected end-of-input in field name".to_owned(),
                    _ => "Unexpected end-of-input: was expecting closing quote for a string value".to_owned(),
                });
            };
            self.at += 1;
            match letter {
                '"' => return Ok(()),
                '\\' => self.escape()?,
                control if u32::from(control) < 0x20 => {
                    return Err(format!(
                        "Illegal unquoted character ({}): has to be escaped using backslash to be included in {what}",
                        shown(control)
                    ));
                }
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        let Some(letter) = self.peek() else {
            return Err("Unexpected end-of-input in character escape sequence".to_owned());
        };
        self.at += 1;
        match letter {
            '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => Ok(()),
            'u' => (0..4).try_for_each(|_| match self.peek() {
                Some(digit) if digit.is_ascii_hexdigit() => {
                    self.at += 1;
                    Ok(())
                }
                Some(other) => Err(self.unexpected(other, "expected a hex-digit for character escape sequence")),
                None => Err("Unexpected end-of-input in character escape sequence".to_owned()),
            }),
            other => Err(format!("Unrecognized character escape {}", shown(other))),
        }
    }

    fn colon(&mut self) -> Result<(), String> {
        match self.skip_blanks() {
            Some(':') => {
                self.at += 1;
                Ok(())
            }
            Some(other) => Err(self.unexpected(other, "was expecting a colon to separate field name and value")),
            None => Err("Unexpected end-of-input within/between Object entries".to_owned()),
        }
    }

    fn close(&mut self) -> Next {
        self.open.pop();
        self.at += 1;
        Next::Separator
    }

    /// The mistake about a text that ends too early.
    fn ended(&self, next: &Next) -> String {
        match (next, self.open.last()) {
            (Next::FirstItem | Next::FirstName | Next::Separator, Some(open)) => {
                let place = self.place(open.start, 0);
                format!("Unexpected end-of-input: expected close marker for {} (start marker at {place})", self.kind())
            }
            _ => format!("Unexpected end-of-input within/between {} entries", self.kind()),
        }
    }

    fn unexpected(&mut self, letter: char, expected: &str) -> String {
        self.at += 1;
        format!("Unexpected character ({}): {expected}", shown(letter))
    }

    fn in_object(&self) -> bool {
        self.open.last().is_some_and(|open| open.is_object)
    }

    fn kind(&self) -> &'static str {
        if self.in_object() { "Object" } else { "Array" }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn skip_blanks(&mut self) -> Option<char> {
        while self.peek().is_some_and(|next| matches!(next, ' ' | '\t' | '\r' | '\n')) {
            self.at += 1;
        }
        self.peek()
    }

    /// The place of a character, or of one so many further in its line.
    fn place(&self, at: usize, further: usize) -> String {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line = 1 + before.iter().filter(|letter| **letter == '\n').count();
        let column = 1 + further + before.iter().rev().take_while(|letter| **letter != '\n').count();
        let source: String = self.text.iter().take(SHOWN_CHARS).collect();
        let cut = match self.text.len().saturating_sub(SHOWN_CHARS) {
            0 => String::new(),
            more => format!("[truncated {more} chars]"),
        };
        format!("[Source: (String)\"{source}\"{cut}; line: {line}, column: {column}]")
    }
}

fn shown(letter: char) -> String {
    let code = u32::from(letter);
    match code {
        0..0x20 => format!("(CTRL-CHAR, code {code})"),
        0x20..0x100 => format!("'{letter}' (code {code})"),
        _ => format!("'{letter}' (code {code} / 0x{code:x})"),
    }
}

#[cfg(test)]
mod tests;
