//! Calls from their text to their value, or to what AWS says about them.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Expression, ExpressionFailure, NAMES};
use crate::document::Document;
use crate::path::PathScope;
use crate::path::tests::Surroundings;

const INPUT: &str =
    r#"{"arr": [10, 20, 30], "s": "a,b", "o": {"k": 1}, "p": {"k": 2, "l": []}, "n": 5, "nil": null, "bad": "{bad}"}"#;

fn evaluate(text: &str) -> Result<Value, String> {
    let document = Document::parse(INPUT).unwrap();
    let context = Surroundings(json!({"State": {"Name": "A"}, "v": [1]}));
    let scope = PathScope { payload: document.value(), document: Some(&document), context: &context };
    let expression = Expression::parse(text).unwrap();
    let value = expression.evaluate(scope).map(|value| value.into_owned());
    value.map_err(|failure| match failure {
        ExpressionFailure::Intrinsic(problem) | ExpressionFailure::Unreadable(problem) => problem,
        ExpressionFailure::NotFound => "not found".to_owned(),
    })
}

#[test]
fn calls_give_values() {
    for (call, value) in [
        ("States.Array()", json!([])),
        ("States.Array($.n, 'x', 1.5, true, null, $v[0], $$.State.Name)", json!([5, "x", 1.5, true, null, 1, "A"])),
        ("States.Array( 1 , States.Array( ) )", json!([1, []])),
        ("States.ArrayPartition($.arr, 2.6)", json!([[10, 20], [30]])),
        ("States.ArrayGetItem($.arr, 1.2)", json!(20)),
        ("States.ArrayRange(1.6, 1.4, 1)", json!([1])),
        ("States.ArrayRange(5.4, -0.6, -2.4)", json!([5, 3, 1])),
        ("States.ArrayLength($.arr[*])", json!(3)),
        ("States.ArrayLength($.arr[?(@.none)])", json!(0)),
        ("States.JsonMerge($.o, $.p, 'false')", json!({"k": 2, "l": []})),
        ("States.StringSplit('This.is+a,test', '.+,')", json!(["This", "is", "a", "test"])),
        ("States.StringSplit('abc', '')", json!(["abc"])),
        ("States.Format('{} {}', $.nil, $.p)", json!("null {k=2, l=[]}")),
        (r#"States.Format('{}', States.StringToJson('"x"'))"#, json!("\"x\"")),
        (r"States.Format('it\'s \{{}\}', 1)", json!("it's {1}")),
        ("States.Format($.s)", json!("a,b")),
        ("States.JsonToString($.p)", json!(r#"{"k":2,"l":[]}"#)),
        ("States.Hash(States.Format('{}:{}', 'x', 'y'), 'MD5')", json!("dad3d5041507451a94b32e0574382419")),
    ] {
        assert_eq!(evaluate(call), Ok(value), "{call}");
    }
}

#[test]
fn failures_speak_as_aws_does() {
    let problem = |call| evaluate(call).unwrap_err();
    insta::assert_snapshot!(problem("States.MathAdd('a', 1)"), @"There was an error while evaluating the intrinsic function: States.MathAdd('a', 1). Invalid arguments in States.MathAdd");
    insta::assert_snapshot!(problem("States.ArrayLength(States.JsonToString($.arr))"), @"There was an error while evaluating the intrinsic function: States.ArrayLength(States.JsonToString($.arr)). Invalid arguments in States.ArrayLength");
    insta::assert_snapshot!(problem("States.JsonToString()"), @"There was an error while evaluating the intrinsic function: States.JsonToString(). Invalid arguments in States.JsonToString: only a single argument is allowed.");
    insta::assert_snapshot!(problem("States.StringToJson($.bad)"), @r"
    There was an error while evaluating the intrinsic function: States.StringToJson($.bad). Cannot convert String to Json in States.StringToJson, caused by: Unexpected character ('b' (code 98)): was expecting double-quote to start field name
     at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column: 2]
    ");
    insta::assert_snapshot!(problem("States.Format('{}', States.Format('{}', $.nope))"), @r#"The function 'States.Format('{}', States.Format('{}', $.nope))' had the following error: The JsonPath argument for the field '$.nope' could not be found in the input '{"arr": [10, 20, 30], "s": "a,b", "o": {"k": 1}, "p": {"k": 2, "l": []}, "n": 5, "nil": null, "bad": "{bad}"}'"#);
    assert!(problem("States.Array($$.Nope.Deep)").contains("for the field '$.Nope.Deep' could"));
    insta::assert_snapshot!(problem("States.Array($.n[0])"), @"The function 'States.Array($.n[0])' had the following error: Filter: [0] can only be applied to arrays. Current context is: 5");
    for call in [
        "States.Array($.arr[5])",
        "States.Array($.arr.length())",
        "States.ArrayGetItem($.arr, 3)",
        "States.ArrayGetItem($.arr, -1)",
        "States.ArrayContains($.arr)",
        "States.ArrayContains('x', 1)",
        "States.ArrayPartition($.arr, 0.6)",
        "States.ArrayRange(1, 10, 0.49)",
        "States.ArrayRange(1, 5, 1, 9)",
        "States.Base64Encode($.n)",
        "States.Base64Decode()",
        "States.Hash('data', 'SHA256')",
        "States.JsonMerge($.o, $.p, true)",
        "States.JsonMerge($.o, $.nil, false)",
        "States.MathRandom(1, 10, null)",
        "States.MathRandom(1, 1)",
        "States.StringSplit($.nil, ',')",
        "States.StringToJson($.o)",
    ] {
        assert!(evaluate(call).is_err(), "{call}");
    }
}

#[test]
fn a_uuid_takes_anything() {
    for call in ["States.UUID()", "States.UUID( )", "States.UUID('x', $.n)"] {
        assert_eq!(evaluate(call).unwrap().as_str().map(str::len), Some(36), "{call}");
    }
}

#[test]
fn variables_are_listed() {
    let expression = Expression::parse("States.Array($x.a, States.Array($y, $.z, $$.w), 'x')").unwrap();
    assert_eq!(expression.variables(), ["x", "y"]);
}

#[test]
fn calls_nest_ten_deep() {
    let nested = |depth: usize| format!("{}{}", "States.Array(".repeat(depth), ")".repeat(depth));
    assert!(Expression::parse(&nested(10)).is_ok());
    assert!(Expression::parse(&nested(11)).is_err());
    assert!(Expression::parse(&nested(100_000)).is_err());
    for bad in [
        "States.UUID(",
        "States.UUID)",
        "States.UUID(,)",
        "States.UUID() trailing",
        "States.UUID($",
        "States.Array($.a,)",
        "States.Array([1])",
        "States.Array(1.)",
        "States.Array(.5)",
        "States.NoSuch(1)",
        r"States.Array('a\nb')",
        "States.Array('a",
    ] {
        assert!(Expression::parse(bad).is_err(), "{bad}");
    }
}

fn any_call() -> impl Strategy<Value = String> {
    let leaf = proptest::sample::select(vec![
        "$",
        "$.arr",
        "$.arr[*]",
        "$.s",
        "$.o",
        "$.n",
        "$.nil",
        "$.nope",
        "$$",
        "$v",
        "'a,b'",
        r"'\{{}'",
        "'{}'",
        "''",
        "1",
        "-2.5",
        "1e400",
        "9223372036854775807",
        "null",
        "true",
        "false",
        "'MD5'",
        "'YQ=='",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 4, |inner| {
        (proptest::sample::select(NAMES.to_vec()), proptest::collection::vec(inner, 0..4))
            .prop_map(|((name, _), arguments)| format!("{name}({})", arguments.join(", ")))
    })
}

proptest! {
    #[test]
    fn any_call_has_a_value_or_a_problem(call in any_call()) {
        let _ = evaluate(&format!("States.Array({call})"));
    }

    #[test]
    fn any_text_is_a_call_or_is_not(text in "(States\\.[A-Za-z0-9]{0,12})?.{0,40}") {
        let _ = Expression::parse(&text);
    }
}
