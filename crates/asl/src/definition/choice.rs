//! Parses the rules of a Choice state.

use jiff::Timestamp;
use serde_json::Value;

use super::fields::Fields;
use super::machine::Parser;
use super::task::route;
use super::{QueryLanguage, Rule, Test};
use crate::path::Path;
use crate::timestamp;

/// The condition of a rule.
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

#[derive(Clone, Copy, PartialEq)]
enum Type {
    Number,
    String,
    Timestamp,
}

/// Every operator that compares with a value: its name, and the name of the variant that reads the value by path.
const COMPARISONS: [(&str, &str, Type, Order); 15] = [
    ("StringEquals", "StringEqualsPath", Type::String, Order::Equal),
    ("StringLessThan", "StringLessThanPath", Type::String, Order::Less),
    ("StringGreaterThan", "StringGreaterThanPath", Type::String, Order::Greater),
    ("StringLessThanEquals", "StringLessThanEqualsPath", Type::String, Order::LessOrEqual),
    ("StringGreaterThanEquals", "StringGreaterThanEqualsPath", Type::String, Order::GreaterOrEqual),
    ("NumericEquals", "NumericEqualsPath", Type::Number, Order::Equal),
    ("NumericLessThan", "NumericLessThanPath", Type::Number, Order::Less),
    ("NumericGreaterThan", "NumericGreaterThanPath", Type::Number, Order::Greater),
    ("NumericLessThanEquals", "NumericLessThanEqualsPath", Type::Number, Order::LessOrEqual),
    ("NumericGreaterThanEquals", "NumericGreaterThanEqualsPath", Type::Number, Order::GreaterOrEqual),
    ("TimestampEquals", "TimestampEqualsPath", Type::Timestamp, Order::Equal),
    ("TimestampLessThan", "TimestampLessThanPath", Type::Timestamp, Order::Less),
    ("TimestampGreaterThan", "TimestampGreaterThanPath", Type::Timestamp, Order::Greater),
    ("TimestampLessThanEquals", "TimestampLessThanEqualsPath", Type::Timestamp, Order::LessOrEqual),
    ("TimestampGreaterThanEquals", "TimestampGreaterThanEqualsPath", Type::Timestamp, Order::GreaterOrEqual),
];

/// The fields of which a rule has exactly one, in AWS's order.
const SELECTORS: [&str; 5] = ["And", "Or", "Not", "Variable", "Condition"];

type TypeTest = fn(bool) -> Operator;

const TYPE_TESTS: [(&str, TypeTest); 6] = [
    ("IsNull", Operator::IsNull),
    ("IsPresent", Operator::IsPresent),
    ("IsNumeric", Operator::IsNumeric),
    ("IsString", Operator::IsString),
    ("IsBoolean", Operator::IsBoolean),
    ("IsTimestamp", Operator::IsTimestamp),
];

/// Reads a rule of `Choices`.
pub(super) fn read_rule(value: &Value, location: String, language: QueryLanguage, parser: &mut Parser) -> Option<Rule> {
    let mut fields = Fields::of(value, location, language, parser)?;
    fields.string("Comment");
    fields.require(&["Next"]);
    let test = match language {
        QueryLanguage::JsonPath => {
            fields.only_in(QueryLanguage::Jsonata, &["Condition"]);
            condition(&mut fields).map(Test::Condition)
        }
        QueryLanguage::Jsonata => {
            fields.only_in(QueryLanguage::JsonPath, &["And", "Or", "Not", "Variable"]);
            fields.ignore(operators());
            one_selector(&mut fields)
                .then(|| fields.dynamic("Condition", |fields| fields.boolean("Condition")))
                .flatten()
                .map(Test::Expression)
        }
    };
    let route = route(&mut fields);
    fields.finish();
    Some(Rule { test: test?, route: route? })
}

/// Reads a rule inside `And`, `Or` or `Not`: those have no `Next`.
fn nested(value: &Value, location: String, parser: &mut Parser) -> Option<Condition> {
    let mut fields = Fields::of(value, location, QueryLanguage::JsonPath, parser)?;
    fields.string("Comment");
    let condition = condition(&mut fields);
    fields.finish();
    condition
}

/// Whether the rule has one of the fields that decide what it is.
fn one_selector(fields: &mut Fields<'_, '_>) -> bool {
    let given = SELECTORS.iter().filter(|name| fields.has(name)).count();
    if given != 1 {
        let all = SELECTORS.join(", ");
        fields.report_here(format!("The object must have only one of the following fields, [{all}]"));
        fields.ignore(SELECTORS);
        fields.ignore(operators());
    }
    given == 1
}

fn condition(fields: &mut Fields<'_, '_>) -> Option<Condition> {
    if !one_selector(fields) {
        return None;
    }
    if let Some((name, combine, _)) = fields.first_of(&[("And", Condition::And as fn(_) -> _), ("Or", Condition::Or)]) {
        let given = fields.array(name)?;
        if given.is_empty() {
            fields.report(name, "Value cannot be empty");
        }
        let place = fields.at(name);
        let all: Vec<_> = given
            .iter()
            .enumerate()
            .filter_map(|(i, value)| nested(value, format!("{place}[{i}]"), fields.parser))
            .collect();
        return (all.len() == given.len()).then(|| combine(all));
    }
    if let Some(value) = fields.get("Not") {
        let place = fields.at("Not");
        return Some(Condition::Not(Box::new(nested(value, place, fields.parser)?)));
    }
    let variable = fields.rule_path("Variable");
    let operator = operator(fields);
    Some(Condition::Test { variable: variable?, operator: operator? })
}

/// The names of all operators, in the order of the language's specification.
fn operators() -> impl Iterator<Item = &'static str> {
    let compare = |of: Type| {
        let some = COMPARISONS.iter().filter(move |(.., operand, _)| *operand == of);
        some.flat_map(|(name, by_path, ..)| [*name, *by_path])
    };
    compare(Type::String)
        .chain(["StringMatches"])
        .chain(compare(Type::Number))
        .chain(["BooleanEquals", "BooleanEqualsPath"])
        .chain(compare(Type::Timestamp))
        .chain(TYPE_TESTS.iter().map(|(name, _)| *name))
}

fn operator(fields: &mut Fields<'_, '_>) -> Option<Operator> {
    let given = operators().filter(|name| fields.has(name)).count();
    if given != 1 {
        let all = operators().collect::<Vec<_>>().join(", ");
        fields.report_here(match given {
            0 => format!("This object should have only one of the following fields: [{all}]"),
            _ => format!("There should only be one of the following fields: [{all}]"),
        });
        fields.ignore(operators());
        return None;
    }
    if let Some((name, make, _)) = fields.first_of(&TYPE_TESTS) {
        return fields.boolean(name).map(make);
    }
    if fields.has("BooleanEquals") {
        return fields.boolean("BooleanEquals").map(|value| Operator::Boolean(Operand::Value(value)));
    }
    if fields.has("BooleanEqualsPath") {
        return fields.rule_path("BooleanEqualsPath").map(|path| Operator::Boolean(Operand::Path(path)));
    }
    if fields.has("StringMatches") {
        return fields.plain_text("StringMatches").map(|pattern| Operator::Matches(pattern.to_owned()));
    }
    let (name, by_path, operand, order) =
        COMPARISONS.into_iter().find(|(name, by_path, ..)| fields.has(name) || fields.has(by_path))?;
    if fields.has(name) {
        return fixed(fields, name, operand, order);
    }
    let path = fields.rule_path(by_path)?;
    Some(match operand {
        Type::Number => Operator::Number(order, Operand::Path(path)),
        Type::String => Operator::String(order, Operand::Path(path)),
        Type::Timestamp => Operator::Timestamp(order, Operand::Path(path)),
    })
}

fn fixed(fields: &mut Fields<'_, '_>, name: &'static str, operand: Type, order: Order) -> Option<Operator> {
    match operand {
        Type::Number => match fields.get(name)?.as_f64() {
            Some(number) => Some(Operator::Number(order, Operand::Value(number))),
            None => {
                fields.report(name, "Expected value of type [NUMBER]");
                None
            }
        },
        Type::String => fields.plain_text(name).map(|text| Operator::String(order, Operand::Value(text.to_owned()))),
        Type::Timestamp => {
            let text = fields.string(name)?;
            if let Some(instant) = timestamp::parse(text) {
                return Some(Operator::Timestamp(order, Operand::Value(instant)));
            }
            fields.report(name, "String does not match RFC3339 timestamp");
            None
        }
    }
}
