//! Operators and functions on numbers and texts.

use super::check;

const OPERATORS: &str = r##"
(1e308 * 10) + 1 ==> !D1001: Number out of range: null
-(1) ==> -1
-"a" ==> !D1002: Cannot negate a non-numeric value: "a"
-missing ==> undefined
1 - 1 ==> 0
5 - missing ==> undefined
missing + 1 ==> undefined
"a" - missing ==> !T2001: The left side of the "-" operator must evaluate to a number
1 + "1" ==> !T2002: The right side of the "+" operator must evaluate to a number
true + 1 ==> !T2001: The left side of the "+" operator must evaluate to a number
null = null ==> true
null = missing ==> false
missing = missing ==> false
missing != 1 ==> false
[1] = 1 ==> false
{"a":[1,{"b":2}]} = {"a":[1,{"b":2}]} ==> true
{"a":1,"b":2} = {"b":2,"a":1} ==> true
1 = "1" ==> false
"1" < "10" ==> true
"a" < "B" ==> false
1 < missing ==> undefined
true < 1 ==> !T2010: The expressions either side of operator "<" must evaluate to numeric or string values
null < 1 ==> !T2010: The expressions either side of operator "<" must evaluate to numeric or string values
"a" in ["a","b"] ==> true
null in [null] ==> true
[1] in [[1]] ==> false
1 in missing ==> false
missing in [1] ==> false
1 in 1 ==> true
true and "x" ==> true
0 or "" ==> false
missing or 1 ==> true
not ==> undefined
and ==> undefined
$and ==> undefined
in.x ==> undefined
"##;

#[test]
fn operators() {
    check(OPERATORS);
}

const TEXTS: &str = r##"
"x" & null ==> "xnull"
"x" & true ==> "xtrue"
"x" & 1.50 ==> "x1.5"
"x" & 1e100 ==> "x1e+100"
"x" & 0.000001 ==> "x0.000001"
"x" & {"a": [1, "b"]} ==> "x{\"a\":[1,\"b\"]}"
"x" & missing & "y" ==> "xy"
missing & missing ==> ""
$string(missing) ==> undefined
$string("s") ==> "s"
$string(true) ==> "true"
$string(1.10) ==> "1.1"
$string(1/3) ==> "0.333333333333333"
$string(100000000000000000000) ==> "100000000000000000000"
$string(1e20) ==> "100000000000000000000"
$string(1e21) ==> "1e+21"
$string(123456789.123456789) ==> "123456789.123456"
$string(0.1+0.2) ==> "0.3"
$string([1.1,{"a":0.1+0.2}]) ==> "[1.1,{\"a\":0.3}]"
$string({"a":[1,{"b":null}], "c":[], "d":{}}, true) ==> "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": [],\n  \"d\": {}\n}"
$string(["é", "\n", "/"]) ==> "[\"é\",\"\\n\",\"/\"]"
$string([$sum]) ==> "[\"\"]"
$string({"f": $sum}) ==> "{\"f\":\"\"}"
$length("") ==> 0
$length("𝒳y") ==> 2
$length(missing) ==> undefined
$length(5) ==> !T0410: Argument 1 of function "length" does not match function signature
$substring("hello", 0, 0) ==> ""
$substring("hello", 10) ==> ""
$substring("hello", -10) ==> "hello"
$substring("hello", -2) ==> "lo"
$substring("hello", -3, 10) ==> "llo"
$substring("hello", 1.5, 2) ==> "el"
$substring("𝒳yz", 1, 1) ==> "y"
$substring(missing, 1) ==> undefined
$substringBefore("hello", "x") ==> "hello"
$substringBefore("hello", "") ==> ""
$substringAfter("hello", "") ==> "hello"
$substringAfter("hello", "l") ==> "lo"
$pad("x", 0) ==> "x"
$pad("x", -3) ==> "  x"
$pad("héllo", 8, "é") ==> "hélloééé"
$pad("x", 5, "") ==> "x    "
$trim("") ==> ""
$trim("\t a \n") ==> "a"
$uppercase("straße") ==> "STRASSE"
$lowercase("ÀÉ") ==> "àé"
$contains("abc", "") ==> true
$contains("", "a") ==> false
$contains(missing, "a") ==> undefined
$contains("ABC", /abc/i) ==> true
$split("a,b,c", ",", 0) ==> []
$split("a,b,c", ",", -1) ==> !D3020: Third argument of split function must evaluate to a positive number
$split("a,b,c", ",", 1.5) ==> ["a"]
$split("", ",") ==> [""]
$split("", "") ==> []
$split("abc", "x") ==> ["abc"]
$split("a1b22c", /\d+/) ==> ["a","b","c"]
$split("a1b22c", /\d+/, 1) ==> ["a"]
$split("abc", /x/) ==> ["abc"]
$join(["a"], ", ") ==> "a"
$join(["a",1]) ==> !T0412: Argument 1 of function "join" must be an array of "strings"
$join(missing) ==> undefined
$join([missing]) ==> ""
$match("abc", /x/) ==> undefined
$match("abc", /b/) ==> {"match":"b","index":1,"groups":[]}
$match("a1b2", /[a-z](\d)(x)?/) ==> [{"match":"a1","index":0,"groups":["1",null]},{"match":"b2","index":2,"groups":["2",null]}]
$match("abc", /./) ==> [{"match":"a","index":0,"groups":[]},{"match":"b","index":1,"groups":[]},{"match":"c","index":2,"groups":[]}]
$match("aé1", /\d/) ==> {"match":"1","index":2,"groups":[]}
$match("😀1", /\d/) ==> {"match":"1","index":2,"groups":[]}
$match("abc", /(?<l>b)/) ==> {"match":"b","index":1,"groups":["b"]}
$match("abc", /b/, 0) ==> undefined
$match("abc", /b/, -1) ==> !D3040: Third argument of match function must evaluate to a positive number
$match("aaa", /a*/) ==> {"match":"aaa","index":0,"groups":[]}
$match("baa", /a*/) ==> !D1004: Regular expression matches zero length string
$match("a\nb", /^b/m) ==> {"match":"b","index":2,"groups":[]}
$match("x", /[/]/) ==> undefined
$match("a/b", /\//) ==> {"match":"/","index":1,"groups":[]}
$replace("abc", "b", "$0") ==> "a$0c"
$replace("abc", /b/, "$0$0") ==> "abbc"
$replace("abc", /(b)/, "[$1]") ==> "a[b]c"
$replace("abc", /(b)/, "$2") ==> "ac"
$replace("abc", /(b)(c)/, "$12") ==> "ab2"
$replace("abc", /b/, "$1") ==> "ac"
$replace("abc", /b/, "$x") ==> "a$xc"
$replace("abc", /b/, "$") ==> "a$c"
$replace("aaa", "a", "b", 2) ==> "bba"
$replace("aaa", /a/, "b", 0) ==> "aaa"
$replace("aaa", /a/, function($m){ $m.match & $m.start }) ==> "a0a1a2"
$replace("aaa", /a/, function($m){ 1 }) ==> !D3012: Attempted to replace a matched string with a non-string value
$replace("abc", "", "x") ==> !D3010: Second argument of replace function cannot be an empty string
$replace("abc", "b", "x", -1) ==> !D3011: Fourth argument of replace function must evaluate to a positive number
$replace("abc", /x/, "y") ==> "abc"
$replace(missing, "a", "b") ==> undefined
$replace("hello world", /o/, "0", 1) ==> "hell0 world"
$contains("abc", function($s){ {"match":"a","start":0,"end":1,"groups":[],"next":function(){missing}} }) ==> true
$contains("abc", function($s){ missing }) ==> false
$contains("abc", function($s){ "x" }) ==> !T1010: The matcher function argument passed to function "contains" does not return the correct object structure
$base64encode("") ==> ""
$base64decode("YQ") ==> "a"
$encodeUrl("a b&c=d/é?#") ==> "a%20b&c=d/%C3%A9?#"
$encodeUrlComponent("a b&c=d/é'()*") ==> "a%20b%26c%3Dd%2F%C3%A9'()*"
$decodeUrl("%20%2F%41") ==> " %2FA"
$decodeUrlComponent("%zz") ==> !D3140: Malformed URL passed to $decodeUrlComponent(): "%zz"
$decodeUrlComponent("%E0%A4%A") ==> !D3140: Malformed URL passed to $decodeUrlComponent(): "%E0%A4%A"
$error() ==> !D3137: $error() function evaluated
$error("") ==> !D3137: $error() function evaluated
$assert(1 = 2) ==> !D3141: $assert() statement failed
$assert("x") ==> !T0410: Argument 1 of function "assert" does not match function signature
$assert(missing) ==> !D3141: $assert() statement failed
$type($now) ==> "function"
$clone(missing) ==> undefined
$clone([1.0000000000000001]) ==> [1]
$shuffle([]) ==> []
$shuffle(5) ==> [5]
"##;

#[test]
fn texts() {
    check(TEXTS);
}
