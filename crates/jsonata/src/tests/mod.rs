//! The engine as a whole: results and errors of the reference implementation, AWS's additions, determinism, bounds.

use std::borrow::Cow;
use std::cell::Cell;

use serde_json::{Value, json};

use super::{Bindings, Expression};
use crate::text::NotJson;

mod aws;
mod bounds;
mod fields;
mod grammar;
mod pictures;
mod scalars;
mod semantics;
mod tour;

/// Bindings with a fixed present and a fixed row of random numbers.
pub(super) struct Fixed {
    pub(super) states: Value,
    pub(super) seed: Cell<u64>,
}

impl Fixed {
    pub(super) fn new() -> Self {
        Self { states: json!({}), seed: Cell::new(1) }
    }
}

impl Bindings for Fixed {
    fn value(&self, variable: &str) -> Option<Cow<'_, Value>> {
        (variable == "states").then_some(Cow::Borrowed(&self.states))
    }

    fn now(&self) -> jiff::Timestamp {
        "2024-03-05T06:07:08.009Z".parse().unwrap()
    }

    fn random(&self) -> u64 {
        let next = self.seed.get().wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.seed.set(next);
        next
    }
}

/// The result over a document, in JSON; `undefined`, `function`, or the error.
pub(super) fn evaluate_over(document: &Value, text: &str) -> String {
    let expression = match Expression::parse(text) {
        Ok(expression) => expression,
        Err(syntax) => return format!("!{syntax}"),
    };
    match expression.run(Some(document), &Fixed::new()) {
        Ok(Some(value)) => value.to_string(),
        Ok(None) => "undefined".to_owned(),
        Err(NotJson::Function) => "function".to_owned(),
        Err(NotJson::Failure(failure)) => format!("!{failure}"),
    }
}

/// What the tables are evaluated over.
const DOCUMENT: &str = r#"
{"account": {"name": "Firefly", "Account Name": "Fire fly", "order": [{"id": "o1", "product": [{"sku": "p1",
"category": "hat", "price": 34.45, "quantity": 2, "description": {"colour": "Purple", "weight": 0.75}},
{"sku": "p2", "category": "hat", "price": 21.67, "quantity": 1, "description": {"colour": "Orange",
"weight": 0.6}}]}, {"id": "o2", "product": [{"sku": "p1", "category": "hat", "price": 34.45, "quantity": 4,
"description": {"colour": "Purple", "weight": 0.75}}, {"sku": "p3", "category": "coat", "price": 107.99,
"quantity": 1, "description": {"colour": "Black", "weight": 2}}]}]}, "phone": [{"type": "home",
"number": "0203 544 1234"}, {"type": "office", "number": "01962 001234"}, {"type": "office",
"number": "01962 001235"}, {"type": "mobile", "number": "077 7700 1234"}],
"library": {"books": [{"title": "Structure and Interpretation", "isbn": "9780262510875"},
{"title": "The C Programming Language", "isbn": "9780131103627"}, {"title": "The AWK Programming Language",
"isbn": "9780201079814"}], "loans": [{"customer": "10001", "isbn": "9780262510875"}, {"customer": "10003",
"isbn": "9780201079814"}, {"customer": "10003", "isbn": "9780262510875"}]}, "nested": {"list": [[1, 2], [3, 4,
5]]}}
"#;

/// Checks a table of lines `expression ==> result`. The results are those of the reference implementation, JSONata
/// 2.0.6: JSON, `undefined`, `function`, or an error after `!`.
fn check(table: &str) {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let mut wrong = Vec::new();
    for line in table.lines().filter(|line| !line.is_empty()) {
        let (expression, expected) = line.split_once(" ==> ").expect(line);
        let actual = evaluate_over(&document, expression);
        let json = |text| serde_json::from_str::<Value>(text).ok();
        let same = actual == expected || matches!((json(expected), json(&actual)), (Some(a), Some(b)) if equal(&a, &b));
        if !same {
            wrong.push(format!("{expression}\n  expected {expected}\n  actual   {actual}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Equal as values: in the tables 1.0 is 1.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| equal(v, w)))
        }
        _ => a == b,
    }
}
