//! Expressions, as a reader finds them.

use super::cursor::{Parsed, Parser};
use crate::query::expression::{Arithmetic, Comparison, Expression, Matcher};
use crate::query::functions::function;
use crate::query::value::Value;

/// How deep expressions may be nested.
const DEEPEST: usize = 64;

/// Expressions, by how tightly their operators bind.
impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Parsed<Expression> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.refused("the query is nested too deeply".to_owned()));
        }
        let mut left = self.conjunction()?;
        while self.eat_word("or") {
            left = Expression::Or(Box::new(left), Box::new(self.conjunction()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn conjunction(&mut self) -> Parsed<Expression> {
        let mut left = self.negation()?;
        while self.eat_word("and") {
            left = Expression::And(Box::new(left), Box::new(self.negation()?));
        }
        Ok(left)
    }

    fn negation(&mut self) -> Parsed<Expression> {
        let mut is_negated = false;
        while self.eat_word("not") {
            is_negated = !is_negated;
        }
        let inner = self.comparison()?;
        Ok(if is_negated { Expression::Not(Box::new(inner)) } else { inner })
    }

    fn comparison(&mut self) -> Parsed<Expression> {
        let left = self.sum()?;
        let is_negated = self.eat_word("not");
        let found = if self.eat_word("like") || (!is_negated && self.eat("=~")) {
            Expression::Like(Box::new(left), self.matcher()?)
        } else if self.eat_word("in") {
            Expression::In(Box::new(left), self.among()?)
        } else if is_negated {
            return Err(self.unexpected());
        } else {
            let Some(comparison) = self.comparison_sign() else { return Ok(left) };
            Expression::Compare(comparison, Box::new(left), Box::new(self.sum()?))
        };
        Ok(if is_negated { Expression::Not(Box::new(found)) } else { found })
    }

    fn comparison_sign(&mut self) -> Option<Comparison> {
        const SIGNS: [(&str, Comparison); 6] = [
            ("!=", Comparison::NotEqual),
            ("<=", Comparison::LessOrEqual),
            (">=", Comparison::GreaterOrEqual),
            ("=", Comparison::Equal),
            ("<", Comparison::Less),
            (">", Comparison::Greater),
        ];
        SIGNS.into_iter().find(|(sign, _)| self.eat(sign)).map(|(_, comparison)| comparison)
    }

    fn matcher(&mut self) -> Parsed<Matcher> {
        match self.next() {
            Some('/') => Ok(Matcher::Pattern(self.regex()?)),
            _ => Ok(Matcher::Part(self.string()?)),
        }
    }

    fn among(&mut self) -> Parsed<Vec<Expression>> {
        self.expect("[")?;
        let mut among = vec![self.expression()?];
        while self.eat(",") {
            among.push(self.expression()?);
        }
        self.expect("]")?;
        Ok(among)
    }

    fn sum(&mut self) -> Parsed<Expression> {
        self.chain(&[("+", Arithmetic::Add), ("-", Arithmetic::Subtract)], Self::product)
    }

    fn product(&mut self) -> Parsed<Expression> {
        const SIGNS: &[(&str, Arithmetic)] =
            &[("*", Arithmetic::Multiply), ("/", Arithmetic::Divide), ("%", Arithmetic::Remainder)];
        self.chain(SIGNS, |parser| parser.chain(&[("^", Arithmetic::Power)], Self::operand))
    }

    fn chain(
        &mut self,
        signs: &[(&str, Arithmetic)],
        mut part: impl FnMut(&mut Self) -> Parsed<Expression>,
    ) -> Parsed<Expression> {
        let mut left = part(self)?;
        while let Some((_, operation)) = signs.iter().find(|(sign, _)| self.eat(sign)) {
            left = Expression::Arithmetic(*operation, Box::new(left), Box::new(part(self)?));
        }
        Ok(left)
    }

    fn operand(&mut self) -> Parsed<Expression> {
        match self.next() {
            Some('(') => {
                self.expect("(")?;
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Some('-') => {
                self.expect("-")?;
                let number = self.number()?;
                Ok(Expression::Value(Value::Number(-number)))
            }
            Some('"' | '\'') => Ok(Expression::Value(Value::Text(self.string()?))),
            Some(digit) if digit.is_ascii_digit() => Ok(Expression::Value(Value::Number(self.number()?))),
            _ => self.field_or_call(),
        }
    }

    fn field_or_call(&mut self) -> Parsed<Expression> {
        let begin = self.at;
        let name = self.name()?;
        if !self.rest().starts_with('(') {
            return Ok(Expression::Field(name));
        }
        self.expect("(")?;
        let found = match name.to_ascii_lowercase().as_str() {
            "bin" => self.rounded(Expression::Field("@timestamp".to_owned()), false)?,
            rounding @ ("datefloor" | "dateceil") => {
                let of = self.expression()?;
                self.expect(",")?;
                self.rounded(of, rounding == "dateceil")?
            }
            _ => {
                let Some(known) = function(&name) else {
                    self.at = begin;
                    return Err(self.refused(format!("unknown function {name}")));
                };
                let mut arguments = Vec::new();
                if self.next() != Some(')') {
                    arguments.push(self.expression()?);
                    while self.eat(",") {
                        arguments.push(self.expression()?);
                    }
                }
                if !(known.least..=known.most).contains(&arguments.len()) {
                    self.at = begin;
                    return Err(self.refused(format!("{name} does not take {} arguments", arguments.len())));
                }
                Expression::Call(known, arguments)
            }
        };
        self.expect(")")?;
        Ok(found)
    }

    /// A moment rounded to the period that stands here: `5m`, `1h`.
    fn rounded(&mut self, of: Expression, is_up: bool) -> Parsed<Expression> {
        let count = self.number()?;
        let unit = self.word();
        let unit_ms = match unit {
            "ms" | "msec" => 1.0,
            "s" | "sec" => 1e3,
            "m" | "min" => 60e3,
            "h" | "hr" => 3600e3,
            "d" | "day" => 86_400e3,
            "w" | "week" => 7.0 * 86_400e3,
            _ => return Err(self.unexpected()),
        };
        let period_ms = count * unit_ms;
        if !(1.0..=1e15).contains(&period_ms) {
            return Err(self.unexpected());
        }
        self.at += unit.len();
        Ok(Expression::Rounded { of: Box::new(of), period_ms: period_ms as i64, is_up })
    }
}
