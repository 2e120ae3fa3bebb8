//! Every text and every expression comes to an end, in bounded time, memory and stack.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Fixed, evaluate_over};
use crate::Expression;

const STACK: &str =
    "!Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive";
const TIME: &str = "!Expression evaluation timeout: Check for infinite loop";
const MEMORY: &str = "!Expression evaluation memory limit exceeded: Check for excessive memory usage";

/// A quarter less than what a thread has by default.
const STACK_BYTES: usize = 3 << 19;

/// Evaluates on a stack as small as any thread that may drive the engine has.
fn evaluate_on_a_small_stack(text: String) -> String {
    on_a_small_stack(move || evaluate_over(&json!({"a": {"b": [1, 2]}}), &text))
}

#[allow(clippy::disallowed_types, reason = "only a thread has a stack of a chosen size")]
fn on_a_small_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work).unwrap().join().unwrap()
}

#[test]
fn endless_expressions_end() {
    for (text, expected) in [
        ("($f := function($x){$f($x)}; $f(1))", TIME),
        ("($f := function($x){1 + $f($x)}; $f(1))", STACK),
        ("($f := function($x){$map([1], $f)}; $f(1))", STACK),
        ("($f := function($x){[$f($x)]}; $f(1))", STACK),
        ("($f := function($g, $n){ $n = 0 ? $g : $f($g ~> $uppercase, $n - 1) }; $f($uppercase, 300)('a'))", STACK),
        ("($f := function($x){$f($x & $x)}; $f('ab'))", MEMORY),
        ("($f := function($x){$f($append($x, $x))}; $f([1]))", MEMORY),
        ("$reduce([1..60], function($a, $i){ {'l': $a, 'r': $a} }, 1)", TIME),
        ("$reduce([1..300], function($a, $i){ [[$a]] }, 1)", STACK),
        ("$string($reduce([1..300], function($a, $i){ [[$a]] }, 1))", STACK),
        ("[1..10000000]", MEMORY),
        ("$range(1, 10000000, 1)", MEMORY),
        ("$pad('x', 100000000000)", MEMORY),
        ("$map([1..870000], function($x){ [1..870000] })", MEMORY),
        ("$distinct([1..5000])[0]", TIME),
    ] {
        assert_eq!(evaluate_on_a_small_stack(text.to_owned()), expected, "{text}");
    }
}

#[test]
fn bounds_are_where_aws_has_them() {
    assert_eq!(evaluate_on_a_small_stack("[1..873782] ~> $count()".to_owned()), "873782");
    assert_eq!(evaluate_on_a_small_stack("[1..873783] ~> $count()".to_owned()), MEMORY);
    let doubled = "($p := function($s, $n) { $n = 0 ? $s : $p($s & $s, $n - 1) }; $length($p('x', N)))";
    assert_eq!(evaluate_on_a_small_stack(doubled.replace('N', "22")), "4194304");
    assert_eq!(evaluate_on_a_small_stack(doubled.replace('N', "23")), MEMORY);
    assert_eq!(evaluate_on_a_small_stack(vec!["1"; 100].join("+")), "100");
    assert_eq!(evaluate_on_a_small_stack(vec!["1"; 200].join("+")), STACK);
}

#[test]
fn a_megabyte_of_anything_is_refused_or_read() {
    for unit in [
        "(",
        "[",
        "{",
        "-",
        "a.",
        "1+",
        "a[0]",
        "a{'b':",
        "!",
        "/",
        "\"",
        "`",
        "%.",
        "a?",
        "function(",
        "|",
        "a:=",
        "$f(",
        "a^(",
        "~>",
        "é",
        " ",
        "a ",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        on_a_small_stack(move || Expression::parse(&text).is_ok());
    }
}

#[test]
fn regular_expressions_do_not_explode() {
    let text = "$match($join($map([1..20000], function($x){'a'})) & '!', /^(a+)+$/)";
    assert_eq!(evaluate_on_a_small_stack(text.to_owned()), "undefined");
    let text = "$count($match($join($map([1..3000], function($x){'a'})), /a(.*b)?/))";
    assert_eq!(evaluate_on_a_small_stack(text.to_owned()), "3000");
}

/// Texts that are nearly expressions.
fn nearly() -> impl Strategy<Value = String> {
    let words = [
        "$",
        "$$",
        "$x",
        "$states.input",
        "a",
        "b",
        "`a b`",
        "1",
        "2.5",
        "'s'",
        "true",
        "null",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        ",",
        ";",
        ":",
        "?",
        ":=",
        "~>",
        "+",
        "-",
        "*",
        "**",
        "%",
        "=",
        "<",
        "in",
        "and",
        "&",
        "..",
        "@$v",
        "#$i",
        "^(",
        "|",
        "function($x){",
        "$map(",
        "$sum",
        "$sort(",
        "$string(",
        "$reduce(",
        "/a+/",
        "$split(",
        "$formatNumber(",
        "$toMillis(",
        "?",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..24).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn any_text_is_parsed_or_refused(text in "\\PC*") {
        let _ = Expression::parse(&text);
    }

    #[test]
    fn what_parses_is_evaluated_to_an_end(text in nearly(), number in any::<f64>(), word in "\\PC*") {
        let document = json!({"a": [{"b": number}, [word.clone()]], "b": word});
        let _ = evaluate_over(&document, &text);
    }

    #[test]
    fn library_functions_take_anything(
        name in prop::sample::select(vec!["formatNumber", "formatInteger", "parseInteger", "fromMillis", "toMillis", "pad", "substring",
            "split", "replace", "round", "formatBase", "power", "number", "decodeUrl", "base64decode", "partition", "range", "hash", "parse", "random"]),
        number in any::<f64>(), word in "\\PC{0,12}", picture in "[\\[\\]YMDHhmsFPZzw#0-9.,;%eoaAiIWn-]{0,12}",
    ) {
        let document = json!({"n": if number.is_finite() { number } else { 0.0 }, "w": word, "p": picture});
        for arguments in ["n, p", "w, p", "n, n, n", "w, w, p", "w, n, w", "[w, n], n", "w", "n", "n, p, w"] {
            let _ = evaluate_over(&document, &format!("${name}({arguments})"));
        }
    }

    #[test]
    fn values_pass_through(value in json_value()) {
        let bindings = Fixed { states: json!({"input": value.clone()}), ..Fixed::new() };
        let result = Expression::parse("$states.input").unwrap().evaluate(&bindings).unwrap();
        prop_assert_eq!(result, Some(value));
    }
}

/// JSON without what JSONata itself changes on the way.
fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-1_000_000_i64..1_000_000).prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-z]{1,3}", inner), 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect()))
        ]
    })
}
