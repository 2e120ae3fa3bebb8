//! JSONata's tokens: what a `/` means depends on whether a value or an operator may come next.

use crate::syntax::{SyntaxError, quoted};

/// A token, without its position.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Token {
    /// Operators, brackets and separators.
    Op(&'static str),
    Name(String),
    /// The name without its `$`.
    Variable(String),
    Text(String),
    Number(f64),
    True,
    False,
    Null,
    Regex {
        pattern: String,
        flags: String,
    },
    End,
}

/// What ends a name besides white space, longest first.
const OPERATORS: [&str; 32] = [
    "..", ":=", "!=", ">=", "<=", "**", "~>", ".", "[", "]", "{", "}", "(", ")", ",", "@", "#", ";", ":", "?", "+",
    "-", "*", "/", "%", "|", "=", "<", ">", "^", "&", "!",
];
const SPACES: &[u8] = b" \t\n\r\x0b";

pub(crate) struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next token and where it begins, in bytes. `infix`: a value has just been read, so `/` divides.
    ///
    /// # Errors
    /// An unterminated or malformed literal or comment.
    pub(crate) fn next(&mut self, infix: bool) -> Result<(Token, usize), SyntaxError> {
        self.skip_blanks()?;
        let start = self.at;
        let Some(first) = self.byte(start) else {
            return Ok((Token::End, start));
        };
        let token = match first {
            b'/' if !infix => self.regex()?,
            b'"' | b'\'' => self.string(first)?,
            b'`' => self.quoted_name()?,
            b'~' if self.byte(start + 1) != Some(b'>') => {
                self.at += 1;
                Token::Op("~")
            }
            _ => match OPERATORS.iter().find(|op| self.rest().starts_with(**op)) {
                Some(op) => {
                    self.at += op.len();
                    Token::Op(op)
                }
                None if first.is_ascii_digit() => self.number()?,
                None => self.name(),
            },
        };
        Ok((token, start))
    }

    fn skip_blanks(&mut self) -> Result<(), SyntaxError> {
        loop {
            while self.byte(self.at).is_some_and(|b| SPACES.contains(&b)) {
                self.at += 1;
            }
            if !self.rest().starts_with("/*") {
                return Ok(());
            }
            let Some(end) = self.text.get(self.at + 2..).and_then(|rest| rest.find("*/")) else {
                return Err(SyntaxError::new("S0106", "Comment has no closing tag", self.at));
            };
            self.at += end + 4;
        }
    }

    fn string(&mut self, quote: u8) -> Result<Token, SyntaxError> {
        self.at += 1;
        let mut value = String::new();
        while let Some(c) = self.rest().chars().next() {
            self.at += c.len_utf8();
            if c == char::from(quote) {
                return Ok(Token::Text(value));
            }
            if c == '\\' {
                self.escape(&mut value)?;
            } else {
                value.push(c);
            }
        }
        Err(SyntaxError::new("S0101", "String literal must be terminated by a matching quote", self.at))
    }

    fn escape(&mut self, value: &mut String) -> Result<(), SyntaxError> {
        let at = self.at;
        let Some(c) = self.rest().chars().next() else {
            return Err(SyntaxError::new("S0103", "Unsupported escape sequence: \\\"\"", at));
        };
        self.at += c.len_utf8();
        let plain = match c {
            '"' | '\\' | '/' => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let unit = self.hex(at)?;
                self.surrogates(unit)
            }
            _ => {
                let message = format!("Unsupported escape sequence: \\{}", quoted(&c.to_string()));
                return Err(SyntaxError::new("S0103", message, at));
            }
        };
        value.push(plain);
        Ok(())
    }

    fn hex(&mut self, at: usize) -> Result<u32, SyntaxError> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .ok_or_else(|| SyntaxError::new("S0104", "The escape sequence \\u must be followed by 4 hex digits", at))?;
        self.at += 4;
        Ok(unit)
    }

    /// Joins a pair of escapes outside the basic plane. Half a pair is no character: it becomes U+FFFD.
    fn surrogates(&mut self, high: u32) -> char {
        let low = self
            .rest()
            .strip_prefix("\\u")
            .and_then(|rest| rest.get(..4))
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .filter(|low| (0xd800..0xdc00).contains(&high) && (0xdc00..0xe000).contains(low));
        if let Some(low) = low {
            self.at += 6;
            let point = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            return char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER);
        }
        char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER)
    }

    fn quoted_name(&mut self) -> Result<Token, SyntaxError> {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let Some(end) = rest.find('`') else {
            let message = "Quoted property name must be terminated with a backquote (`)";
            return Err(SyntaxError::new("S0105", message, self.text.len()));
        };
        self.at += end + 2;
        Ok(Token::Name(rest.get(..end).unwrap_or_default().to_owned()))
    }

    fn digits(&self, mut at: usize) -> usize {
        while self.byte(at).is_some_and(|b| b.is_ascii_digit()) {
            at += 1;
        }
        at
    }

    fn number(&mut self) -> Result<Token, SyntaxError> {
        let start = self.at;
        let mut end = if self.byte(start) == Some(b'0') { start + 1 } else { self.digits(start) };
        if self.byte(end) == Some(b'.') && self.digits(end + 1) > end + 1 {
            end = self.digits(end + 1);
        }
        if matches!(self.byte(end), Some(b'e' | b'E')) {
            let exponent = end + 1 + usize::from(matches!(self.byte(end + 1), Some(b'+' | b'-')));
            if self.digits(exponent) > exponent {
                end = self.digits(exponent);
            }
        }
        let digits = self.text.get(start..end).unwrap_or_default();
        self.at = end;
        match digits.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Token::Number(number)),
            _ => Err(SyntaxError::new("S0102", format!("Number out of range: {}", quoted(digits)), start)),
        }
    }

    fn name(&mut self) -> Token {
        let start = self.at;
        let ends = |b: u8| SPACES.contains(&b) || b == b'~' || OPERATORS.iter().any(|op| op.as_bytes() == [b]);
        while self.byte(self.at).is_some_and(|b| !ends(b)) {
            self.at += 1;
        }
        let name = self.text.get(start..self.at).unwrap_or_default();
        match name {
            "or" => Token::Op("or"),
            "in" => Token::Op("in"),
            "and" => Token::Op("and"),
            "true" => Token::True,
            "false" => Token::False,
            "null" => Token::Null,
            _ => match name.strip_prefix('$') {
                Some(variable) => Token::Variable(variable.to_owned()),
                None => Token::Name(name.to_owned()),
            },
        }
    }

    fn regex(&mut self) -> Result<Token, SyntaxError> {
        self.at += 1;
        let start = self.at;
        let mut depth = 0_i64;
        let mut escaped = false;
        let mut at = start;
        while let Some(byte) = self.byte(at) {
            match byte {
                b'/' if depth == 0 && !escaped => {
                    let pattern = self.text.get(start..at).unwrap_or_default();
                    if pattern.is_empty() {
                        let message = "Empty regular expressions are not allowed";
                        return Err(SyntaxError::new("S0301", message, at));
                    }
                    self.at = at + 1;
                    while matches!(self.byte(self.at), Some(b'i' | b'm')) {
                        self.at += 1;
                    }
                    let flags = self.text.get(at + 1..self.at).unwrap_or_default();
                    return Ok(Token::Regex { pattern: pattern.to_owned(), flags: flags.to_owned() });
                }
                b'(' | b'[' | b'{' if self.byte(at - 1) != Some(b'\\') => depth += 1,
                b')' | b']' | b'}' if self.byte(at - 1) != Some(b'\\') => depth -= 1,
                _ => {}
            }
            escaped = byte == b'\\' && !escaped;
            at += 1;
        }
        Err(SyntaxError::new("S0302", "No terminating / in regular expression", self.text.len()))
    }
}
