//! Reading the rules of a Choice state.

use jiff::Timestamp;
use serde_json::Value;

use super::fields::Fields;
use super::{Findings, Rule};
use crate::path::Path;
use crate::rfc3339;

/// What a rule asks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Test { variable: Path, operator: Operator },
}

/// One comparison of the variable.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operator {
    Boolean(Operand<bool>),
    Number(Order, Operand<f64>),
    String(Order, Operand<String>),
    Timestamp(Order, Operand<Timestamp>),
    /// `StringMatches`: a text in which `*` stands for any characters.
    Matches(String),
    IsPresent(bool),
    IsNull(bool),
    IsString(bool),
    IsNumeric(bool),
    IsBoolean(bool),
    IsTimestamp(bool),
}

/// What to compare with: a value, or where to read it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand<T> {
    Value(T),
    Path(Path),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Copy)]
enum Type {
    Number,
    String,
    Timestamp,
}

/// Every operator that compares with a value: its name, and the name of the variant that reads the value by path.
const COMPARISONS: [(&str, &str, Type, Order); 15] = [
    ("NumericEquals", "NumericEqualsPath", Type::Number, Order::Equal),
    ("NumericLessThan", "NumericLessThanPath", Type::Number, Order::Less),
    ("NumericLessThanEquals", "NumericLessThanEqualsPath", Type::Number, Order::LessOrEqual),
    ("NumericGreaterThan", "NumericGreaterThanPath", Type::Number, Order::Greater),
    ("NumericGreaterThanEquals", "NumericGreaterThanEqualsPath", Type::Number, Order::GreaterOrEqual),
    ("StringEquals", "StringEqualsPath", Type::String, Order::Equal),
    ("StringLessThan", "StringLessThanPath", Type::String, Order::Less),
    ("StringLessThanEquals", "StringLessThanEqualsPath", Type::String, Order::LessOrEqual),
    ("StringGreaterThan", "StringGreaterThanPath", Type::String, Order::Greater),
    ("StringGreaterThanEquals", "StringGreaterThanEqualsPath", Type::String, Order::GreaterOrEqual),
    ("TimestampEquals", "TimestampEqualsPath", Type::Timestamp, Order::Equal),
    ("TimestampLessThan", "TimestampLessThanPath", Type::Timestamp, Order::Less),
    ("TimestampLessThanEquals", "TimestampLessThanEqualsPath", Type::Timestamp, Order::LessOrEqual),
    ("TimestampGreaterThan", "TimestampGreaterThanPath", Type::Timestamp, Order::Greater),
    ("TimestampGreaterThanEquals", "TimestampGreaterThanEqualsPath", Type::Timestamp, Order::GreaterOrEqual),
];

type TypeTest = fn(bool) -> Operator;

const TYPE_TESTS: [(&str, TypeTest); 6] = [
    ("IsPresent", Operator::IsPresent),
    ("IsNull", Operator::IsNull),
    ("IsString", Operator::IsString),
    ("IsNumeric", Operator::IsNumeric),
    ("IsBoolean", Operator::IsBoolean),
    ("IsTimestamp", Operator::IsTimestamp),
];

/// Reads a rule of `Choices`.
pub(super) fn read_rule(value: &Value, location: String, findings: &mut Findings) -> Option<Rule> {
    let mut fields = Fields::of(value, location, findings)?;
    fields.require(&["Next"]);
    fields.not_implemented(&["Assign", "Output", "Condition"]);
    let next = fields.string("Next").map(ToOwned::to_owned);
    let condition = condition(&mut fields);
    fields.finish();
    Some(Rule { condition: condition?, next: next? })
}

/// Reads a rule inside `And`, `Or` or `Not`: those have no `Next`.
fn nested(value: &Value, location: String, findings: &mut Findings) -> Option<Condition> {
    let mut fields = Fields::of(value, location, findings)?;
    let condition = condition(&mut fields);
    fields.finish();
    condition
}

fn condition(fields: &mut Fields<'_, '_>) -> Option<Condition> {
    fields.string("Comment");
    if let Some((name, combine, _)) = fields.first_of(&[("And", Condition::And as fn(_) -> _), ("Or", Condition::Or)]) {
        let given = fields.array(name)?;
        if given.is_empty() {
            fields.wrong(name, "Value cannot be empty");
        }
        let place = fields.at(name);
        let all: Vec<_> = given
            .iter()
            .enumerate()
            .filter_map(|(i, value)| nested(value, format!("{place}[{i}]"), fields.findings))
            .collect();
        return (all.len() == given.len()).then(|| combine(all));
    }
    if let Some(value) = fields.get("Not") {
        let place = fields.at("Not");
        return Some(Condition::Not(Box::new(nested(value, place, fields.findings)?)));
    }
    fields.require(&["Variable"]);
    let variable = fields.path("Variable");
    let operator = operator(fields);
    Some(Condition::Test { variable: variable?, operator: operator? })
}

fn operator(fields: &mut Fields<'_, '_>) -> Option<Operator> {
    if let Some((name, make, _)) = fields.first_of(&TYPE_TESTS) {
        return fields.boolean(name).map(make);
    }
    if fields.has("BooleanEquals") {
        return fields.boolean("BooleanEquals").map(|value| Operator::Boolean(Operand::Value(value)));
    }
    if fields.has("BooleanEqualsPath") {
        return fields.path("BooleanEqualsPath").map(|path| Operator::Boolean(Operand::Path(path)));
    }
    if fields.has("StringMatches") {
        return fields.string("StringMatches").map(|pattern| Operator::Matches(pattern.to_owned()));
    }
    for (name, by_path, operand, order) in COMPARISONS {
        if fields.has(by_path) {
            let path = fields.path(by_path)?;
            return Some(match operand {
                Type::Number => Operator::Number(order, Operand::Path(path)),
                Type::String => Operator::String(order, Operand::Path(path)),
                Type::Timestamp => Operator::Timestamp(order, Operand::Path(path)),
            });
        }
        if fields.has(name) {
            return fixed(fields, name, operand, order);
        }
    }
    let location = fields.location.clone();
    fields.findings.schema(&location, "A comparison operator is required");
    None
}

fn fixed(fields: &mut Fields<'_, '_>, name: &'static str, operand: Type, order: Order) -> Option<Operator> {
    match operand {
        Type::Number => match fields.get(name)?.as_f64() {
            Some(number) => Some(Operator::Number(order, Operand::Value(number))),
            None => {
                fields.wrong(name, "Expected value of type Number");
                None
            }
        },
        Type::String => fields.string(name).map(|text| Operator::String(order, Operand::Value(text.to_owned()))),
        Type::Timestamp => {
            let text = fields.string(name)?;
            if let Some(instant) = rfc3339::parse(text) {
                return Some(Operator::Timestamp(order, Operand::Value(instant)));
            }
            fields.wrong(name, "String does not match RFC3339 timestamp");
            None
        }
    }
}
