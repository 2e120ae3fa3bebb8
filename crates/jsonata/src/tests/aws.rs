//! What AWS has and JSONata has not, what it leaves out, and what this engine does otherwise.

use serde_json::json;

use super::{Fixed, check, evaluate_over};
use crate::Expression;

#[test]
fn additions() {
    check(
        r##"
$parse("{\"a\":[1,null,true]}").a ==> [1,null,true]
$parse("[1,2]")[1] ==> 2
$partition([1,2,3,4,5], 2) ==> [[1,2],[3,4],[5]]
$partition([], 2) ==> undefined
$partition([1,2,3], 0) ==> undefined
$partition([1,2,3]) ==> [[1,2,3]]
$partition([1,2,3], -1) ==> !D3137: Second argument must be zero or greater
$range(0, 6, 2) ==> [0,2,4,6]
$range(5, 1, -2) ==> [5,3,1]
$range(1, 0, 1) ==> undefined
$range(3, 3, 1) ==> 3
$range(1.7, 5, 1) ==> [1,2,3,4,5]
$range(-1.7, 2, 1) ==> [-1,0,1,2]
$range(1, 5) ==> undefined
$parse("") ==> !D3137: Invalid JSON
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
$length($hash("abc", "SHA-384")) ==> 96
$length($hash("abc", "SHA-512")) ==> 128
$random(42) ==> 0.7275636800328681
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
