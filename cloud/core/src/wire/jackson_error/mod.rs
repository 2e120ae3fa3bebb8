//! What AWS says of a text that is no JSON: the words of Jackson, the parser that Step Functions and Lambda read JSON with.
//!
//! What was recorded from AWS is among the tests; the rest are Jackson's own messages for the same mistakes.

mod source;

use self::source::Source;

/// The first thing in a text that JSON does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JacksonError {
    /// What is wrong, without the place.
    pub words: String,
    /// `[Source: (String)"..."; line: 1, column: 4]`: the character after the last one that was read.
    pub place: String,
}

/// The longest word that Jackson shows.
const SHOWN_WORD_CHARS: usize = 256;

const VALUES: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

impl JacksonError {
    /// The mistake in a text; none when Jackson reads it. It does not look at what follows the first value.
    #[must_use]
    pub fn in_text(text: &str) -> Option<Self> {
        Self::of(Source::Text(text))
    }

    /// The mistake in bytes, which may be no UTF-8.
    #[must_use]
    pub fn in_bytes(bytes: &[u8]) -> Option<Self> {
        Self::of(Source::Bytes(bytes))
    }

    fn of(source: Source<'_>) -> Option<Self> {
        let mut reader = Reader { source, text: source.units(), at: 0, open: Vec::new() };
        let words = reader.document().err()?;
        // A line that breaks off inside a text does not count as one that ended.
        let in_text = words.starts_with("Illegal unquoted");
        let place = reader.place(reader.at - usize::from(in_text), usize::from(in_text));
        Some(Self { words, place })
    }
}

/// An array or object that is not closed yet.
struct Open {
    is_object: bool,
    /// Where its first character is.
    start: usize,
}

struct Reader<'s> {
    source: Source<'s>,
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

impl Reader<'_> {
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
                    self.at += 1;
                    let other = self.decoded(other)?;
                    return Err(format!(
                        "Unexpected character ({}): was expecting double-quote to start field name",
                        shown(other)
                    ));
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
            letter if starts_word(letter) => self.word(letter)?,
            other => return Err(self.unexpected(other, &format!("expected a valid value {VALUES}"))),
        }
        Ok(Next::Separator)
    }

    fn word(&mut self, first: char) -> Result<(), String> {
        if let Some(length) = self.literal() {
            self.at += length;
            return Ok(());
        }
        let mut word = String::from(first);
        self.at += 1;
        let mut length = 1;
        while let Some(letter) = self.peek() {
            // Of bytes, what ends the word is read as well.
            if matches!(self.source, Source::Text(_)) && !continues_word(letter) {
                break;
            }
            self.at += 1;
            let letter = self.decoded(letter)?;
            if !continues_word(letter) {
                break;
            }
            word.push(letter);
            length += 1;
            if length == SHOWN_WORD_CHARS {
                word.push_str("...");
                break;
            }
        }
        Err(format!("Unrecognized token '{word}': was expecting {VALUES}"))
    }

    /// The length of the literal that comes next, if one does.
    fn literal(&self) -> Option<usize> {
        let rest = self.text.get(self.at..)?;
        let is_next = |literal: &&str| literal.chars().eq(rest.iter().copied().take(literal.len()));
        let length = ["true", "false", "null"].into_iter().find(is_next)?.len();
        rest.get(length).is_none_or(|next| !continues_word(*next)).then_some(length)
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
                other => {
                    self.decoded(other)?;
                }
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
            other => Err(format!("Unrecognized character escape {}", shown(self.decoded(other)?))),
        }
    }

    /// The character that begins with a unit that was just read: of bytes, those that follow belong to it. Jackson does not
    /// mind bytes that are longer than they need to be.
    fn decoded(&mut self, first: char) -> Result<char, String> {
        let first_code = u32::from(first);
        let more: u32 = match (self.source, first_code) {
            (Source::Text(_), _) | (Source::Bytes(_), 0..0x80) => return Ok(first),
            (Source::Bytes(_), 0xc0..0xe0) => 1,
            (Source::Bytes(_), 0xe0..0xf0) => 2,
            (Source::Bytes(_), 0xf0..0xf8) => 3,
            (Source::Bytes(_), other) => return Err(format!("Invalid UTF-8 start byte 0x{other:x}")),
        };
        let mut code = first_code & (0x3f_u32 >> more);
        for _ in 0..more {
            let Some(byte) = self.peek().map(u32::from) else {
                return Err("Unexpected end-of-input in VALUE_STRING".to_owned());
            };
            self.at += 1;
            if byte & 0xc0 != 0x80 {
                return Err(format!("Invalid UTF-8 middle byte 0x{byte:x}"));
            }
            code = code << 6 | byte & 0x3f;
        }
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
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
            (_, None) => "No content to map due to end-of-input".to_owned(),
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
        let source = self.source.described(self.text.len());
        format!("[Source: {source}; line: {line}, column: {column}]")
    }
}

/// Whether a word may begin so: Java's identifiers decide.
fn starts_word(letter: char) -> bool {
    letter.is_alphabetic() || matches!(letter, '_' | '$' | '\u{a2}'..='\u{a5}')
}

/// Whether a word may go on so: Java's identifiers may have control characters that are no blanks, and a soft hyphen.
fn continues_word(letter: char) -> bool {
    let is_ignored = matches!(letter, '\0'..='\u{8}' | '\u{e}'..='\u{1b}' | '\u{7f}'..='\u{9f}' | '\u{ad}');
    let is_fraction = matches!(letter, '\u{b2}' | '\u{b3}' | '\u{b9}' | '\u{bc}'..='\u{be}');
    is_ignored || starts_word(letter) || letter.is_alphanumeric() && !is_fraction
}

fn shown(letter: char) -> String {
    let code = u32::from(letter);
    match code {
        0..0x20 | 0x7f..0xa0 => format!("(CTRL-CHAR, code {code})"),
        0x20..0x100 => format!("'{letter}' (code {code})"),
        _ => format!("'{letter}' (code {code} / 0x{code:x})"),
    }
}

#[cfg(test)]
mod tests;
