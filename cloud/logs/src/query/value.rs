//! A value in a query.

use std::cmp::Ordering;

use jiff::Timestamp;

/// What a field or an expression is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// There is no such field, or nothing came of the expression.
    Absent,
    Text(String),
    Number(f64),
    Bool(bool),
    /// Milliseconds since 1970, shown as a date.
    Moment(i64),
}

impl Value {
    /// A JSON value as a field has it: what is no scalar as its text.
    pub(super) fn of_json(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Absent,
            serde_json::Value::Bool(flag) => Self::Bool(*flag),
            serde_json::Value::String(text) => Self::Text(text.clone()),
            // A number keeps its digits.
            other => Self::Text(other.to_string()),
        }
    }

    /// As a number, if it is one or reads as one.
    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Moment(at_ms) => Some(*at_ms as f64),
            Self::Text(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            Self::Absent | Self::Bool(_) => None,
        }
    }

    /// As results show it; none when there is nothing.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(number.to_string()),
            // As AWS shows flags.
            Self::Bool(flag) => Some(u8::from(*flag).to_string()),
            Self::Moment(at_ms) => Some(date(*at_ms)),
        }
    }

    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Bool(flag) => *flag,
            Self::Number(number) => *number != 0.0,
            Self::Text(text) => text == "true",
            Self::Absent | Self::Moment(_) => false,
        }
    }

    /// Numbers by their size, all else by its text; none when one is absent.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        if let (Some(left), Some(right)) = (self.number(), other.number()) {
            return left.partial_cmp(&right);
        }
        Some(self.text()?.cmp(&other.text()?))
    }
}

/// A moment as results show it, in UTC.
fn date(at_ms: i64) -> String {
    match Timestamp::from_millisecond(at_ms) {
        Ok(moment) => moment.strftime("%Y-%m-%d %H:%M:%S.%3f").to_string(),
        Err(_) => at_ms.to_string(),
    }
}
