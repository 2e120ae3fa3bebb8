//! Aggregates: what `stats` works out for the rows of a group.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use super::expression::Expression;
use super::row::Row;
use super::value::Value;

/// What is worked out.
#[derive(Debug, Clone)]
pub(super) struct Aggregate {
    pub(super) kind: Kind,
    /// Of what; none for `count(*)`.
    pub(super) of: Option<Expression>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Count,
    CountDistinct,
    Sum,
    Average,
    Deviation,
    Least,
    Greatest,
    /// So many of a hundred are no larger.
    Percentile(f64),
    Earliest,
    Latest,
}

impl Kind {
    /// The kind of a name, whatever its case; that of `pct` has its number yet to come.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "count" => Self::Count,
            "count_distinct" => Self::CountDistinct,
            "sum" => Self::Sum,
            "avg" => Self::Average,
            "stddev" => Self::Deviation,
            "min" | "sortsfirst" => Self::Least,
            "max" | "sortslast" => Self::Greatest,
            "pct" => Self::Percentile(0.0),
            "earliest" => Self::Earliest,
            "latest" => Self::Latest,
            _ => return None,
        })
    }
}

/// What an aggregate knows of the rows so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Gathered {
    count: u64,
    sum: f64,
    squares: f64,
    numbers: u64,
    texts: BTreeSet<String>,
    values: Vec<f64>,
    chosen: Option<(Value, Value)>,
}

impl Gathered {
    /// Takes a row in; tells how many bytes it keeps of it.
    pub(super) fn take(&mut self, aggregate: &Aggregate, row: &Row) -> usize {
        let Some(of) = &aggregate.of else {
            self.count += 1;
            return 0;
        };
        let value = of.of(row);
        if value == Value::Absent {
            return 0;
        }
        self.count += 1;
        match aggregate.kind {
            Kind::Count => 0,
            Kind::CountDistinct => value.text().map_or(0, |text| {
                let size_bytes = text.len() + 48;
                if self.texts.insert(text) { size_bytes } else { 0 }
            }),
            Kind::Sum | Kind::Average | Kind::Deviation => {
                if let Some(number) = value.number() {
                    self.numbers += 1;
                    self.sum += number;
                    self.squares += number * number;
                }
                0
            }
            Kind::Percentile(_) => {
                self.values.extend(value.number());
                8
            }
            Kind::Least => self.choose(value.clone(), value, Ordering::Less),
            Kind::Greatest => self.choose(value.clone(), value, Ordering::Greater),
            Kind::Earliest => self.choose(row.field("@timestamp"), value, Ordering::Less),
            Kind::Latest => self.choose(row.field("@timestamp"), value, Ordering::Greater),
        }
    }

    /// Keeps the value whose key comes first in this order.
    fn choose(&mut self, key: Value, value: Value, order: Ordering) -> usize {
        let is_it = self.chosen.as_ref().is_none_or(|(known, _)| key.compare(known) == Some(order));
        if is_it {
            self.chosen = Some((key, value));
        }
        0
    }

    /// What came of it.
    pub(super) fn value(mut self, kind: Kind) -> Value {
        let numbers = self.numbers as f64;
        match kind {
            Kind::Count => Value::Number(self.count as f64),
            Kind::CountDistinct => Value::Number(self.texts.len() as f64),
            Kind::Sum => Value::Number(self.sum),
            Kind::Average if self.numbers > 0 => Value::Number(self.sum / numbers),
            Kind::Deviation if self.numbers > 0 => {
                let mean = self.sum / numbers;
                Value::Number((self.squares / numbers - mean * mean).max(0.0).sqrt())
            }
            Kind::Percentile(percent) => {
                self.values.sort_by(f64::total_cmp);
                let last = self.values.len().saturating_sub(1);
                let rank = (percent / 100.0 * self.values.len() as f64).ceil().max(1.0) as usize - 1;
                self.values.get(rank.min(last)).map_or(Value::Absent, |value| Value::Number(*value))
            }
            Kind::Average | Kind::Deviation => Value::Absent,
            Kind::Least | Kind::Greatest | Kind::Earliest | Kind::Latest => {
                self.chosen.map_or(Value::Absent, |(_, value)| value)
            }
        }
    }
}
