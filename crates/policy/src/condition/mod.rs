//! Conditions: an operator, a key of the request and the values it is compared with ([reference]).
//!
//! [reference]: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html

mod compare;
mod date_text;
mod holds;

use crate::one_or_many::OneOrMany;

/// One condition of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Condition {
    /// How it compares.
    pub operator: Operator,
    /// The condition key, such as `aws:SourceArn`; keys have no case.
    pub key: String,
    /// What the key's value is compared with; one match is enough. Numbers and truth values are kept as their texts.
    pub values: OneOrMany<String>,
}

/// An operator, such as `StringLike`, `ArnLikeIfExists` or `ForAnyValue:StringEquals`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    /// For keys of several values.
    pub quantifier: Option<Quantifier>,
    /// What it compares.
    pub comparison: Comparison,
    /// Whether it also holds when the request does not have the key.
    pub if_exists: bool,
}

/// How many of a key's values must match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// `ForAllValues`: all, and so also none.
    ForAllValues,
    /// `ForAnyValue`: at least one.
    ForAnyValue,
}

/// The comparisons, as they are named in documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "their names are those of AWS's table, which the module links")]
pub enum Comparison {
    StringEquals,
    StringNotEquals,
    StringEqualsIgnoreCase,
    StringNotEqualsIgnoreCase,
    StringLike,
    StringNotLike,
    NumericEquals,
    NumericNotEquals,
    NumericLessThan,
    NumericLessThanEquals,
    NumericGreaterThan,
    NumericGreaterThanEquals,
    DateEquals,
    DateNotEquals,
    DateLessThan,
    DateLessThanEquals,
    DateGreaterThan,
    DateGreaterThanEquals,
    Bool,
    BinaryEquals,
    IpAddress,
    NotIpAddress,
    ArnEquals,
    ArnNotEquals,
    ArnLike,
    ArnNotLike,
    Null,
}

impl Condition {
    /// A condition with a plain operator.
    pub fn new(comparison: Comparison, key: impl Into<String>, values: impl Into<OneOrMany<String>>) -> Self {
        let operator = Operator { quantifier: None, comparison, if_exists: false };
        Self { operator, key: key.into(), values: values.into() }
    }
}

impl Condition {
    /// Whether its values can be what it compares: a date that is none can't. What has a variable is known only in a request.
    pub(crate) fn has_values_of_its_kind(&self) -> bool {
        let is_date = self.operator.comparison.as_str().starts_with("Date");
        !is_date || self.values.iter().all(|value| value.contains("${") || date_text::is_taken(value))
    }
}

impl Operator {
    /// Reads an operator's name; nothing when there is none of that name.
    pub fn read(name: &str) -> Option<Self> {
        let (quantifier, name) = match name.split_once(':') {
            Some(("ForAllValues", name)) => (Some(Quantifier::ForAllValues), name),
            Some(("ForAnyValue", name)) => (Some(Quantifier::ForAnyValue), name),
            Some(_) => return None,
            None => (None, name),
        };
        let (name, if_exists) = match name.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let comparison = *Comparison::ALL.iter().find(|comparison| comparison.as_str() == name)?;
        if comparison == Comparison::Null && (if_exists || quantifier.is_some()) {
            return None;
        }
        Some(Self { quantifier, comparison, if_exists })
    }

    /// The operator as it is written.
    pub fn name(self) -> String {
        let quantifier = match self.quantifier {
            Some(Quantifier::ForAllValues) => "ForAllValues:",
            Some(Quantifier::ForAnyValue) => "ForAnyValue:",
            None => "",
        };
        let if_exists = if self.if_exists { "IfExists" } else { "" };
        format!("{quantifier}{}{if_exists}", self.comparison.as_str())
    }
}

impl Comparison {
    const ALL: [Self; 27] = [
        Self::StringEquals,
        Self::StringNotEquals,
        Self::StringEqualsIgnoreCase,
        Self::StringNotEqualsIgnoreCase,
        Self::StringLike,
        Self::StringNotLike,
        Self::NumericEquals,
        Self::NumericNotEquals,
        Self::NumericLessThan,
        Self::NumericLessThanEquals,
        Self::NumericGreaterThan,
        Self::NumericGreaterThanEquals,
        Self::DateEquals,
        Self::DateNotEquals,
        Self::DateLessThan,
        Self::DateLessThanEquals,
        Self::DateGreaterThan,
        Self::DateGreaterThanEquals,
        Self::Bool,
        Self::BinaryEquals,
        Self::IpAddress,
        Self::NotIpAddress,
        Self::ArnEquals,
        Self::ArnNotEquals,
        Self::ArnLike,
        Self::ArnNotLike,
        Self::Null,
    ];

    /// The comparison as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StringEquals => "StringEquals",
            Self::StringNotEquals => "StringNotEquals",
            Self::StringEqualsIgnoreCase => "StringEqualsIgnoreCase",
            Self::StringNotEqualsIgnoreCase => "StringNotEqualsIgnoreCase",
            Self::StringLike => "StringLike",
            Self::StringNotLike => "StringNotLike",
            Self::NumericEquals => "NumericEquals",
            Self::NumericNotEquals => "NumericNotEquals",
            Self::NumericLessThan => "NumericLessThan",
            Self::NumericLessThanEquals => "NumericLessThanEquals",
            Self::NumericGreaterThan => "NumericGreaterThan",
            Self::NumericGreaterThanEquals => "NumericGreaterThanEquals",
            Self::DateEquals => "DateEquals",
            Self::DateNotEquals => "DateNotEquals",
            Self::DateLessThan => "DateLessThan",
            Self::DateLessThanEquals => "DateLessThanEquals",
            Self::DateGreaterThan => "DateGreaterThan",
            Self::DateGreaterThanEquals => "DateGreaterThanEquals",
            Self::Bool => "Bool",
            Self::BinaryEquals => "BinaryEquals",
            Self::IpAddress => "IpAddress",
            Self::NotIpAddress => "NotIpAddress",
            Self::ArnEquals => "ArnEquals",
            Self::ArnNotEquals => "ArnNotEquals",
            Self::ArnLike => "ArnLike",
            Self::ArnNotLike => "ArnNotLike",
            Self::Null => "Null",
        }
    }

    /// Whether it holds when nothing matches.
    fn is_negated(self) -> bool {
        matches!(
            self,
            Self::StringNotEquals
                | Self::StringNotEqualsIgnoreCase
                | Self::StringNotLike
                | Self::NumericNotEquals
                | Self::DateNotEquals
                | Self::NotIpAddress
                | Self::ArnNotEquals
                | Self::ArnNotLike
        )
    }
}

#[cfg(test)]
mod tests;
