//! Reads a query.

mod cursor;
mod expressions;

use super::aggregate::{Aggregate, Kind};
use super::command::{Command, MOST_ROWS, Named, Query};
use super::expression::Expression;
use super::extraction::Extraction;
use cursor::{Parsed, Parser, QueryError};

/// The commands of AWS that are not known here.
const ELSEWHERE: [&str; 9] =
    ["pattern", "diff", "anomaly", "unmask", "unnest", "lookup", "filterIndex", "SOURCE", "join"];

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// Where it stops to be one.
    pub(crate) fn parse(text: &str) -> Result<Self, QueryError> {
        let mut parser = Parser { text, at: 0, depth: 0 };
        let mut commands = Vec::new();
        loop {
            commands.push(parser.command()?);
            if parser.is_at_end() {
                return Ok(Self { commands });
            }
            if !parser.eat("|") {
                return Err(parser.unexpected());
            }
        }
    }
}

/// Commands.
impl Parser<'_> {
    fn command(&mut self) -> Parsed<Command> {
        let word = self.word();
        let begin = self.at;
        self.at += word.len();
        match word.to_ascii_lowercase().as_str() {
            "fields" => Ok(Command::Fields(self.named_list()?)),
            "display" => Ok(Command::Display(self.named_list()?)),
            "filter" => Ok(Command::Filter(self.expression()?)),
            "parse" => self.parse_command(),
            "stats" => self.stats(),
            "sort" => self.sort(),
            "limit" => self.limit(),
            "dedup" => Ok(Command::Dedup(self.named_list()?.into_iter().map(|named| named.expression).collect())),
            _ => {
                self.at = begin;
                match ELSEWHERE.iter().find(|known| known.eq_ignore_ascii_case(word)) {
                    Some(known) => {
                        Err(self.refused(format!("the embedded cloud does not implement the command {known}")))
                    }
                    None => Err(self.unexpected()),
                }
            }
        }
    }

    /// Expressions with names, between commas.
    fn named_list(&mut self) -> Parsed<Vec<Named>> {
        let mut list = Vec::new();
        loop {
            self.skip();
            let begin = self.at;
            let expression = self.expression()?;
            let name = self.name_or_text(begin, &expression)?;
            list.push(Named { name, expression });
            if !self.eat(",") {
                return Ok(list);
            }
        }
    }

    /// The name that `as` gives, else the field's own, else the text.
    fn name_or_text(&mut self, begin: usize, expression: &Expression) -> Parsed<String> {
        let text = self.text.get(begin..self.at).unwrap_or_default().trim().to_owned();
        if self.eat_word("as") {
            return self.name();
        }
        Ok(match expression {
            Expression::Field(name) => name.clone(),
            _ => text,
        })
    }

    fn parse_command(&mut self) -> Parsed<Command> {
        let has_field = !matches!(self.next(), Some('"' | '\'' | '/'));
        let of = if has_field { Expression::Field(self.name()?) } else { Expression::Field("@message".to_owned()) };
        if self.next() == Some('/') {
            let pattern = self.regex()?;
            return Ok(Command::Parse { of, by: Extraction::Pattern(pattern) });
        }
        let glob = self.string()?;
        if !self.eat_word("as") {
            return Err(self.unexpected());
        }
        let mut names = vec![self.name()?];
        while self.eat(",") {
            names.push(self.name()?);
        }
        let pieces: Vec<String> = glob.split('*').map(str::to_owned).collect();
        if pieces.len() != names.len() + 1 {
            return Err(self.refused("the expression has another number of wildcards than names".to_owned()));
        }
        Ok(Command::Parse { of, by: Extraction::Glob { pieces, names } })
    }

    fn stats(&mut self) -> Parsed<Command> {
        let mut aggregates = Vec::new();
        loop {
            self.skip();
            let begin = self.at;
            let aggregate = self.aggregate()?;
            let text = self.text.get(begin..self.at).unwrap_or_default().trim().to_owned();
            let name = if self.eat_word("as") { self.name()? } else { text };
            aggregates.push((name, aggregate));
            if !self.eat(",") {
                break;
            }
        }
        let by = if self.eat_word("by") { self.named_list()? } else { Vec::new() };
        Ok(Command::Stats { aggregates, by })
    }

    fn aggregate(&mut self) -> Parsed<Aggregate> {
        let word = self.word();
        let Some(kind) = Kind::named(word) else { return Err(self.unexpected()) };
        self.at += word.len();
        self.expect("(")?;
        if kind == Kind::Count && (self.eat("*") || self.next() == Some(')')) {
            self.expect(")")?;
            return Ok(Aggregate { kind, of: None });
        }
        let of = Some(self.expression()?);
        let kind = match kind {
            Kind::Percentile(_) => {
                self.expect(",")?;
                Kind::Percentile(self.number()?)
            }
            other => other,
        };
        self.expect(")")?;
        Ok(Aggregate { kind, of })
    }

    fn sort(&mut self) -> Parsed<Command> {
        let mut keys = Vec::new();
        loop {
            let key = self.expression()?;
            let is_descending = self.eat_word("desc");
            if !is_descending {
                self.eat_word("asc");
            }
            keys.push((key, is_descending));
            if !self.eat(",") {
                return Ok(Command::Sort(keys));
            }
        }
    }

    fn limit(&mut self) -> Parsed<Command> {
        let begin = self.at;
        let limit = self.number()?;
        if limit.fract() != 0.0 || !(1.0..=MOST_ROWS as f64).contains(&limit) {
            self.at = begin;
            return Err(self.refused(format!("a limit is a whole number from 1 to {MOST_ROWS}; found {limit}")));
        }
        Ok(Command::Limit(limit as usize))
    }
}
