//! Where a reader stands in a query, and the smallest things that it reads.

use regex_lite::Regex;

/// Why a query was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at line {line} and position {position}")]
pub(crate) struct QueryError {
    pub(super) reason: String,
    /// From 1.
    line: usize,
    /// In its line, from 0.
    position: usize,
}

/// A reader of a query.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    /// In bytes.
    pub(super) at: usize,
    /// How deep the expression is that is read.
    pub(super) depth: usize,
}

pub(super) type Parsed<T> = Result<T, QueryError>;

impl<'a> Parser<'a> {
    /// What is left.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Passes blanks and comments.
    pub(super) fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    pub(super) fn is_at_end(&mut self) -> bool {
        self.skip();
        self.rest().is_empty()
    }

    pub(super) fn refused(&self, reason: String) -> QueryError {
        let before = self.text.get(..self.at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let position = before.rsplit('\n').next().map_or(0, |last| last.chars().count());
        QueryError { reason, line, position }
    }

    pub(super) fn unexpected(&mut self) -> QueryError {
        self.skip();
        let reason = match self.rest().chars().next() {
            Some(character) => format!("unexpected symbol found {character}"),
            None => "unexpected end of the query".to_owned(),
        };
        self.refused(reason)
    }

    pub(super) fn eat(&mut self, symbol: &str) -> bool {
        self.skip();
        let is_there = self.rest().starts_with(symbol);
        if is_there {
            self.at += symbol.len();
        }
        is_there
    }

    pub(super) fn expect(&mut self, symbol: &str) -> Parsed<()> {
        if self.eat(symbol) { Ok(()) } else { Err(self.unexpected()) }
    }

    /// The word that stands here, which is not passed.
    pub(super) fn word(&mut self) -> &'a str {
        self.skip();
        let rest = self.rest();
        let is_part = |character: char| character.is_alphanumeric() || "_@$.".contains(character);
        rest.get(..rest.find(|character| !is_part(character)).unwrap_or(rest.len())).unwrap_or_default()
    }

    /// Passes a keyword, whatever its case.
    pub(super) fn eat_word(&mut self, keyword: &str) -> bool {
        let is_there = self.word().eq_ignore_ascii_case(keyword);
        if is_there {
            self.at += keyword.len();
        }
        is_there
    }

    pub(super) fn name(&mut self) -> Parsed<String> {
        if self.eat("`") {
            let rest = self.rest();
            let Some(end) = rest.find('`') else { return Err(self.unexpected()) };
            self.at += end + 1;
            return Ok(rest.get(..end).unwrap_or_default().to_owned());
        }
        let word = self.word();
        if word.is_empty() || word.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(self.unexpected());
        }
        self.at += word.len();
        Ok(word.to_owned())
    }

    pub(super) fn next(&mut self) -> Option<char> {
        self.skip();
        self.rest().chars().next()
    }

    pub(super) fn number(&mut self) -> Parsed<f64> {
        self.skip();
        let rest = self.rest();
        let is_part = |character: char| character.is_ascii_digit() || character == '.';
        let digits = rest.get(..rest.find(|character| !is_part(character)).unwrap_or(rest.len())).unwrap_or_default();
        match digits.parse() {
            Ok(number) => {
                self.at += digits.len();
                Ok(number)
            }
            Err(_) => Err(self.unexpected()),
        }
    }

    /// A text in quotes; a backslash takes the next character as it is.
    pub(super) fn string(&mut self) -> Parsed<String> {
        let Some(quote) = self.next().filter(|quote| "\"'".contains(*quote)) else { return Err(self.unexpected()) };
        let mut text = String::new();
        let mut characters = self.rest().char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => match characters.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, escaped)) => text.push(escaped),
                    None => break,
                },
                _ if character == quote => {
                    self.at += at + 1;
                    return Ok(text);
                }
                _ => text.push(character),
            }
        }
        Err(self.refused("a text does not end".to_owned()))
    }

    /// A regular expression between slashes.
    pub(super) fn regex(&mut self) -> Parsed<Regex> {
        self.expect("/")?;
        let rest = self.rest();
        let mut is_escaped = false;
        let end = rest.find(|character| {
            let ends = character == '/' && !is_escaped;
            is_escaped = character == '\\' && !is_escaped;
            ends
        });
        let Some(end) = end else { return Err(self.refused("a regular expression does not end".to_owned())) };
        let pattern = rest.get(..end).unwrap_or_default().replace("\\/", "/");
        let regex = Regex::new(&pattern).map_err(|error| self.refused(format!("no regular expression: {error}")))?;
        self.at += end + 1;
        Ok(regex)
    }
}
