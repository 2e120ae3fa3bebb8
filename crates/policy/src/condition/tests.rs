//! Tests of conditions.

use proptest::prelude::*;

use super::*;
use crate::context::Context;
use crate::variables::Variables;

fn holds(operator: &str, wanted: &[&str], values: &[&str]) -> bool {
    let operator = Operator::read(operator).unwrap();
    let values = values.iter().map(|value| (*value).to_owned());
    let context = Context::default().with_all("aws:Key", values).with("aws:username", "ann");
    let wanted = OneOrMany::Many(wanted.iter().map(|text| (*text).to_owned()).collect());
    let condition = Condition { operator, key: "AWS:key".to_owned(), values: wanted };
    condition.holds(&context, Variables::new(true, &context))
}

#[test]
fn names_are_read_and_written() {
    for comparison in Comparison::ALL {
        for quantifier in ["", "ForAllValues:", "ForAnyValue:"] {
            for if_exists in ["", "IfExists"] {
                let name = format!("{quantifier}{}{if_exists}", comparison.as_str());
                let plain = quantifier.is_empty() && if_exists.is_empty();
                match Operator::read(&name) {
                    Some(operator) => assert_eq!(operator.name(), name),
                    None => assert!(comparison == Comparison::Null && !plain, "{name}"),
                }
            }
        }
    }
    assert_eq!(Operator::read("StringMatches"), None);
    assert_eq!(Operator::read("ForSome:StringEquals"), None);
}

#[test]
fn texts() {
    assert!(holds("StringEquals", &["a", "b"], &["b"]) && !holds("StringEquals", &["a*"], &["ab"]));
    assert!(!holds("StringEquals", &["A"], &["a"]) && holds("StringEqualsIgnoreCase", &["A"], &["a"]));
    assert!(holds("StringLike", &["a?c*"], &["abcde"]) && !holds("StringNotLike", &["a*"], &["abc"]));
    assert!(holds("StringEquals", &["${aws:username}"], &["ann"]));
    assert!(!holds("StringNotEquals", &["a", "b"], &["b"]) && holds("StringNotEquals", &["a", "b"], &["c"]));
}

#[test]
fn arns_truth_values_and_binaries() {
    let arn = "arn:aws:execute-api:us-east-1:000000000000:abc/dev/POST/start";
    for operator in ["ArnLike", "ArnEquals"] {
        assert!(holds(operator, &["arn:aws:execute-api:us-east-1:000000000000:abc/*/POST/start"], &[arn]));
        assert!(!holds(operator, &["arn:aws:execute-api:*/start"], &[arn]));
    }
    assert!(holds("ArnNotLike", &["arn:aws:s3:::*"], &[arn]));
    assert!(holds("Bool", &["true"], &["True"]) && !holds("Bool", &["true"], &["false"]));
    assert!(holds("BinaryEquals", &["QQ=="], &["QQ=="]));
}

#[test]
fn numbers_and_dates() {
    assert!(holds("NumericLessThanEquals", &["10"], &["10.0"]) && !holds("NumericLessThan", &["10"], &["10"]));
    assert!(holds("NumericGreaterThan", &["9"], &["10"]) && !holds("NumericEquals", &["9"], &["nine"]));
    assert!(holds("DateGreaterThan", &["2020-01-01T00:00:01Z"], &["2020-01-01T01:00:02+01:00"]));
    assert!(holds("DateEquals", &["2020-01-01"], &["1577836800"]) && holds("DateNotEquals", &["2020-01-01"], &["0"]));
    assert!(holds("DateLessThan", &["2020-01-01"], &["2019-12-31T23:59:59Z"]));
}

#[test]
fn addresses() {
    assert!(holds("IpAddress", &["203.0.113.0/24"], &["203.0.113.255"]));
    assert!(!holds("IpAddress", &["203.0.113.0/24"], &["203.0.114.0"]));
    assert!(holds("IpAddress", &["203.0.113.7"], &["203.0.113.7"]) && holds("IpAddress", &["0.0.0.0/0"], &["1.2.3.4"]));
    assert!(holds("IpAddress", &["2001:DB8:1234:5678::/64"], &["2001:db8:1234:5678::1"]));
    assert!(holds("NotIpAddress", &["203.0.113.0/24"], &["::1"]) && holds("IpAddress", &["::/0"], &["::1"]));
}

#[test]
fn an_absent_key() {
    assert!(!holds("StringEquals", &["a"], &[]) && holds("StringNotEquals", &["a"], &[]));
    assert!(holds("StringEqualsIfExists", &["a"], &[]) && !holds("StringEqualsIfExists", &["a"], &["b"]));
    assert!(holds("Null", &["true"], &[]) && !holds("Null", &["true"], &["x"]));
    assert!(holds("Null", &["false"], &["x"]) && !holds("Null", &["false"], &[]));
    assert!(holds("ForAllValues:StringEquals", &["a"], &[]) && !holds("ForAnyValue:StringEquals", &["a"], &[]));
}

#[test]
fn several_values_of_a_key() {
    assert!(holds("ForAllValues:StringEquals", &["a", "b"], &["a", "b"]));
    assert!(!holds("ForAllValues:StringEquals", &["a", "b"], &["a", "c"]));
    assert!(
        holds("ForAnyValue:StringLike", &["c*"], &["a", "cc"]) && !holds("ForAnyValue:StringLike", &["c*"], &["a"])
    );
    assert!(!holds("ForAllValues:StringNotEquals", &["a"], &["a", "b"]));
    assert!(holds("ForAnyValue:StringNotEquals", &["a"], &["a", "b"]));
}

proptest! {
    #[test]
    fn a_negated_comparison_is_the_opposite_for_one_value(wanted in "[ab*?]{0,4}", value in "[ab]{0,4}") {
        for (plain, negated) in [("StringEquals", "StringNotEquals"), ("StringLike", "StringNotLike")] {
            prop_assert_ne!(holds(plain, &[&wanted], &[&value]), holds(negated, &[&wanted], &[&value]));
        }
    }
}
