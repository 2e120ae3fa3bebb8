//! Conditions: an operator with a key that it makes sense for, and values near those that requests have.

use serde_json::{Map, Value, json};

use crate::draw::Draw;

/// Operators that are about one kind of keys, with keys and values.
type Kind = (&'static [&'static str], &'static [&'static str], &'static [&'static str]);

const KINDS: [Kind; 7] = [
    (
        &[
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
        ],
        &["aws:PrincipalTag/team", "aws:RequestTag/team", "aws:RequestedRegion", "aws:PrincipalAccount"],
        &["blue", "BLUE", "b*", "?lue", "us-east-1", "111111111111", "${aws:PrincipalTag/team}", "worker"],
    ),
    (
        &["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan"],
        &["aws:MultiFactorAuthAge"],
        &["30", "31", "4000"],
    ),
    (
        &["DateLessThan", "DateGreaterThan", "DateLessThanEquals", "DateGreaterThanEquals"],
        &["aws:CurrentTime"],
        &["2026-06-01T00:00:00Z", "2026-01-02T03:04:05Z"],
    ),
    (&["Bool"], &["aws:SecureTransport"], &["true", "false"]),
    (
        // Not `/0`: the other simulator shifts by 32 bits for it, and takes no address to be in it.
        &["IpAddress", "NotIpAddress"],
        &["aws:SourceIp"],
        &["203.0.113.0/24", "10.0.0.1/32", "2001:db8::/32", "0.0.0.0/1"],
    ),
    (
        &["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
        &["aws:SourceArn", "aws:PrincipalArn"],
        &[
            "arn:aws:sns:us-east-1:111111111111:news",
            "arn:aws:sns:*:111111111111:*",
            "arn:aws:s3:::*",
            "arn:aws:iam::111111111111:role/*",
        ],
    ),
    (&["Null"], &["aws:RequestTag/team", "aws:SourceArn", "aws:MultiFactorAuthAge"], &["true", "false"]),
];

/// The block of one or two operators.
pub(crate) fn block(draw: &mut Draw) -> Value {
    let mut operators = Map::new();
    for _ in 0..1 + draw.below(2) {
        let (operator, keys) = if draw.one_in(5) { quantified(draw) } else { plain(draw) };
        operators.insert(operator, keys);
    }
    Value::Object(operators)
}

fn plain(draw: &mut Draw) -> (String, Value) {
    let (operators, keys, values) = draw.pick(&KINDS);
    let operator = draw.pick(operators);
    let if_exists = if operator != "Null" && draw.one_in(4) { "IfExists" } else { "" };
    let key = draw.pick(keys);
    let values = if operator == "Bool" || operator == "Null" || draw.one_in(2) {
        json!(draw.pick(values))
    } else {
        json!([draw.pick(values), draw.pick(values)])
    };
    (format!("{operator}{if_exists}"), json!({ key: values }))
}

/// An operator for keys of several values.
fn quantified(draw: &mut Draw) -> (String, Value) {
    let quantifier = draw.pick(&["ForAllValues", "ForAnyValue"]);
    let operator = draw.pick(&["StringEquals", "StringLike", "StringNotEquals"]);
    let values = draw.pick(&[&["team"][..], &["team", "cost"], &["t*"], &["none"]]);
    (format!("{quantifier}:{operator}"), json!({ "aws:TagKeys": values }))
}
