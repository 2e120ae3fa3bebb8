//! What AWS has and JSONata has not, what it leaves out, and what this engine does otherwise.

use serde_json::json;

use super::{Fixed, check, evaluate_over};
use crate::Expression;

#[test]
fn partitions_and_ranges() {
    check(
        r##"
$partition([1,2,3,4,5], 2) ==> [[1,2],[3,4],[5]]
$partition([], 2) ==> undefined
$partition([1,2,3], 0) ==> undefined
$partition([1,2,3]) ==> [[1,2,3]]
$partition([1,2,3], -1) ==> !D3137: Second argument must be zero or greater
$partition([1,2,3], missing) ==> [[1,2,3]]
$partition([], missing) ==> [[]]
$partition([]) ==> [[]]
$partition(missing, 2) ==> undefined
$partition([1,2,3], 0.5) ==> undefined
$partition([1,2,3], -0.5) ==> undefined
$partition([1,2,3,4,5], 2.9) ==> [[1,2],[3,4],[5]]
$partition("x", 2) ==> !T0412: Argument 1 of function "partition" must be an array of undefined
$partition(null, 2) ==> !T0412: Argument 1 of function "partition" must be an array of undefined
$partition([1], "2") ==> !T0410: Argument 2 of function "partition" does not match function signature
$partition([1], null) ==> !T0410: Argument 2 of function "partition" does not match function signature
$partition([1], true) ==> !T0410: Argument 2 of function "partition" does not match function signature
$partition([1], 2, 3) ==> !T0410: Argument 3 of function "partition" does not match function signature
$range(0, 6, 2) ==> [0,2,4,6]
$range(5, 1, -2) ==> [5,3,1]
$range(1, 0, 1) ==> undefined
$range(3, 3, 1) ==> 3
$range(1.7, 5, 1) ==> [1,2,3,4,5]
$range(-1.7, 2, 1) ==> [-1,0,1,2]
$range(1, 5) ==> undefined
$range(1) ==> !T0410: Argument 2 of function "range" does not match function signature
$range(missing, 5, 1) ==> undefined
$range(1, missing, 1) ==> undefined
$range(1, 5, missing) ==> undefined
$range(1, 5, 0) ==> undefined
$range(1, 5, 0.49) ==> undefined
$range(5, 1, 1) ==> undefined
$range(5, 1, -1.5) ==> [5,4,3,2,1]
$range(1.4, 5.6, 2.2) ==> [1,3,5]
$range(1, 9, 9) ==> 1
[$range(1, 9, 9)] ==> [1]
[$range(3, 0, 1)] ==> []
$range("a", 5, 1) ==> !T0410: Argument 1 of function "range" does not match function signature
$range(1, 5, null) ==> !T0410: Argument 3 of function "range" does not match function signature
$range(1, 5, 1, 9) ==> !T0410: Argument 4 of function "range" does not match function signature
$count($range(1, 360145, 1)) ==> 360145
$range(1, 360146, 1) ==> !Expression evaluation memory limit exceeded: Check for excessive memory usage
$count($range(-9223372036854775808, 9223372036854775807, 9223372036854775807)) ==> 3
"##,
    );
}

#[test]
fn parsed_texts_hashes_and_random_numbers() {
    check(
        r##"
$parse("{\"a\":[1,null,true]}").a ==> [1,null,true]
$parse("[1,2]")[1] ==> 2
$parse("") ==> !D3137: Invalid JSON
$parse("  ") ==> !D3137: Invalid JSON
$parse("{\"a\":1}{\"b\":2}") ==> !D3137: Invalid JSON
$parse("1e400") ==> !D3137: Invalid JSON
$parse("NaN") ==> !D3137: Invalid JSON
$parse("{'a': 'b\"c'}") ==> {"a":"b\"c"}
$parse(" {\"a\":1} ") ==> {"a":1}
$parse("null") ==> null
$parse(missing) ==> undefined
$parse(null) ==> !T0410: Argument 1 of function "parse" does not match function signature
$parse(5) ==> !T0410: Argument 1 of function "parse" does not match function signature
$parse("1", 2) ==> !T0410: Argument 2 of function "parse" does not match function signature
$map(["{\"a\":1}", "{\"a\":2}"], $parse).a ==> [1,2]
$parse("{\"a\":1,\"a\":2}") ==> !D3137: Invalid JSON
$parse("{\"n\":9223372036854775807}").n ==> 9223372036854775807
$parse("{\"n\":-9007199254740993}").n ==> -9007199254740993
$string($parse("9007199254740993")) ==> "9007199254740993"
$parse("[9007199254740993,9007199254740992]") ==> [9007199254740993,9007199254740992]
$parse("9007199254740993") = $parse("9007199254740995") ==> false
$parse("9007199254740993") > 9007199254740990 ==> true
$parse("9007199254740993") + 1 > 9007199254740990 ==> true
$sort([$parse("9007199254740995"), $parse("9007199254740993")]) ==> [9007199254740993,9007199254740995]
$type($parse("9007199254740993")) ==> "number"
$hash("input", "SHA-1") ==> "140f86aae51ab9e1cda9b4254fe98a74eb54c1a1"
$hash("", "MD5") ==> "d41d8cd98f00b204e9800998ecf8427e"
$hash("abc", "SHA-256") ==> "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
$hash("ñ", "MD5") ==> "94e9342ecbb1458b6043ecd3bfcbc192"
$hash("abc") ==> undefined
$hash(missing, "MD5") ==> undefined
$hash("abc", missing) ==> !D3137: Hash algorithm 'null' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5
$hash("abc", "sha-256") ==> !D3137: Hash algorithm 'sha-256' must be one of SHA-1, SHA-384, SHA-256, SHA-512, MD5
$hash() ==> !T0410: Argument 1 of function "hash" does not match function signature
$hash(1, "MD5") ==> !T0410: Argument 1 of function "hash" does not match function signature
$hash("abc", 5) ==> !T0410: Argument 2 of function "hash" does not match function signature
$hash("abc", "MD5", 1) ==> !T0410: Argument 3 of function "hash" does not match function signature
$length($hash("abc", "SHA-384")) ==> 96
$length($hash("abc", "SHA-512")) ==> 128
$random(42) ==> 0.7275636800328681
$random(0) ==> 0.730967787376657
$random(7) ==> 0.7306990420600421
$random(0.9) = $random(0) ==> true
$random(missing) < 1 ==> true
$random("seed") ==> !T0410: Argument 1 of function "random" does not match function signature
$random(null) ==> !T0410: Argument 1 of function "random" does not match function signature
$random(1, 2) ==> !T0410: Argument 2 of function "random" does not match function signature
$uuid("x") ==> !T0410: Argument 1 of function "uuid" does not match function signature
$contains($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) ==> true
$random() >= 0 and $random() < 1 ==> true
"##,
    );
}

#[test]
fn differences() {
    check(
        r##"
$eval("1+1") ==> !T1006: Attempted to invoke a non-function
1/0 ==> "Infinity"
-1/0 ==> "-Infinity"
0/0 ==> "NaN"
[1/0] ==> ["Infinity"]
{"f": $sum} ==> function
$string(2/3) ==> "0.666666666666666"
$string(-2/3) ==> "-0.666666666666667"
$string(100.0000000000001) ==> "1e+2"
"x" & (0.1 + 0.7) ==> "x0.799999999999999"
$string(["\u0001\u007f\u2028\n"]) ==> "[\"\u0001\u007f\u2028\\n\"]"
$base64encode("日本 a") ==> "5pel5pysIGE="
$base64decode("5pel5pysIGE=") ==> "日本 a"
$base64decode("YWJ") ==> "ab"
$decodeUrlComponent("a+b%2Bc%20d") ==> "a b+c d"
$decodeUrlComponent("%E6") ==> "�"
$fromMillis("a") ==> undefined
$fromMillis(0, "[H01]", "utc") ==> "00"
$fromMillis(0, "[H01]:[m01]", "+0900") ==> "09:00"
$fromMillis(0, 1) ==> !T0410: Argument 2 of function "fromMillis" does not match function signature
$replace("\u00a0x ", /\s/, "") ==> "\u00a0x"
$parseInteger("abc", "0") ==> "NaN"
$count(null) ==> 1
[function($x){$x}] ==> function
"\ud83d" ==> "�"
{"b": 1, "1": 2} ==> {"b":1,"1":2}
$formatNumber(1, "x") ==> !D3086: The sub-picture must not contain a passive character that is preceded by an active character and that is followed by another active character
$toMillis("2017-13-01") ==> !D3110: The argument of the toMillis function must be an ISO 8601 formatted timestamp. Given "2017-13-01"
/(?=a)/ ==> !S0303: Invalid regular expression: /(?=a)/: look-around is not supported
"##,
    );
}

#[test]
fn the_same_bindings_give_the_same_result() {
    let text =
        "{'n': $now(), 'm': $millis(), 'r': $random(), 's': $shuffle([1..9]), 'u': $uuid(), 'p': $now('[Y]-[D]')}";
    let expression = Expression::parse(text).unwrap();
    let result = expression.evaluate(&Fixed::new()).unwrap().unwrap();
    assert_eq!(Some(result.clone()), expression.evaluate(&Fixed::new()).unwrap());
    assert_eq!(result["n"], "2024-03-05T06:07:08.009Z");
    assert_eq!(result["m"], json!(1_709_618_828_009_i64));
    assert_eq!(result["p"], "2024-5");
    let other = Fixed::new();
    other.seed.set(7);
    assert_ne!(Some(result), expression.evaluate(&other).unwrap());
}

#[test]
fn a_missing_part_of_a_timestamp_comes_from_the_given_present() {
    check(
        r##"
$fromMillis($toMillis("13:45", "[H01]:[m01]")) ==> "2024-03-05T13:45:00.000Z"
"##,
    );
}

#[test]
fn numbers_come_out_as_javascript_writes_them() {
    for (text, json) in
        [("1.0", "1"), ("2.50", "2.5"), ("$states.n", "1"), ("10/4", "2.5"), ("1e3", "1000"), ("-0", "0")]
    {
        let bindings = Fixed { states: json!({"n": 1.0}), ..Fixed::new() };
        let value = Expression::parse(text).unwrap().evaluate(&bindings).unwrap();
        assert_eq!(value.unwrap().to_string(), json, "{text}");
    }
    assert_eq!(evaluate_over(&json!(null), "1e21"), "1e+21");
}

#[test]
fn of_digits_that_are_none_only_an_id_is_told() {
    let error = Expression::parse("$base64decode('!!')").unwrap().value("Output", &Fixed::new()).unwrap_err();
    let told = "The JSONata expression '$base64decode('!!')' specified for the field 'Output' threw an internal error during evaluation. ";
    let id = error.cause.strip_prefix(told).unwrap();
    assert_eq!((id.len(), id.matches('-').count()), (36, 4), "{id}");
}

#[test]
fn whole_numbers_beyond_javas_long_are_fractions_of_json() {
    for (text, whole) in [
        ("9223372036854775807", true),
        ("-9223372036854775808", true),
        ("9223372036854775808", false),
        ("18446744073709551615", false),
        ("123456789012345678901234567890", false),
    ] {
        let bindings = Fixed { states: serde_json::from_str(&format!("{{\"n\":{text}}}")).unwrap(), ..Fixed::new() };
        for expression in ["$states.n".to_owned(), format!("$parse('{text}')")] {
            let value = Expression::parse(&expression).unwrap().evaluate(&bindings).unwrap().unwrap();
            assert_eq!(value.is_i64(), whole, "{expression} {value}");
        }
    }
}
