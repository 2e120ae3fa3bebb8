//! A tour of the language: operators, paths, functions, the library.

use super::check;

const OPERATORS_PATHS_AND_FUNCTIONS: &str = r##"
1 + 2 * 3 ==> 7
10 % 4 ==> 2
-5 % 3 ==> -2
7 / 2 ==> 3.5
1e3 ==> 1000
2 - -3 ==> 5
"a" & 1 & true & null ==> "a1truenull"
"x" & [1,2] ==> "x[1,2]"
missing & "a" ==> "a"
1 = 1.0 ==> true
"a" != "b" ==> true
1 < 2 and 2 <= 2 ==> true
"b" > "a" ==> true
1 in [1,2,3] ==> true
"x" in "x" ==> true
true or missing ==> true
[1..5] ==> [1,2,3,4,5]
[1..3, 7..9] ==> [1,2,3,7,8,9]
[5..1] ==> []
[1,2] = [1,2] ==> true
{"a":1} = {"a":1} ==> true
account.name ==> "Firefly"
account ==> {"name":"Firefly","Account Name":"Fire fly","order":[{"id":"o1","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}}]},{"id":"o2","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}}]}]}
account.`Account Name` ==> "Fire fly"
account.order ==> [{"id":"o1","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}}]},{"id":"o2","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}}]}]
account.order.product ==> [{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}},{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}}]
account.order.product.price ==> [34.45,21.67,34.45,107.99]
account.order[0].product ==> [{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}}]
account.order[-1].id ==> "o2"
account.order.product[0].sku ==> ["p1","p1"]
(account.order.product)[0].sku ==> "p1"
account.order.product[price > 20].sku ==> ["p1","p2","p1","p3"]
account.order[id="o1"].product.sku ==> ["p1","p2"]
account.order.product.(price * quantity) ==> [68.9,21.67,137.8,107.99]
$sum(account.order.product.(price * quantity)) ==> 336.36
account.order.product.description.colour ==> ["Purple","Orange","Purple","Black"]
account.order.product[description.colour="Purple"][0].price ==> [34.45,34.45]
account.*.product.sku ==> ["p1","p2","p1","p3"]
account.order.* ==> ["o1",{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}},"o2",{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}}]
**.sku ==> ["p1","p2","p1","p3"]
**.colour[0] ==> ["Purple","Orange","Purple","Black"]
account.order[].id ==> ["o1","o2"]
phone[type="home"].number ==> "0203 544 1234"
phone[type="home"].number[] ==> ["0203 544 1234"]
phone.number ==> ["0203 544 1234","01962 001234","01962 001235","077 7700 1234"]
phone[[0..1]].number ==> ["0203 544 1234","01962 001234"]
phone[[0,2]].type ==> ["home","office"]
phone[-1] ==> {"type":"mobile","number":"077 7700 1234"}
phone[9] ==> undefined
phone.{"t": type, "n": number} ==> [{"t":"home","n":"0203 544 1234"},{"t":"office","n":"01962 001234"},{"t":"office","n":"01962 001235"},{"t":"mobile","n":"077 7700 1234"}]
phone{type: number} ==> {"home":"0203 544 1234","office":["01962 001234","01962 001235"],"mobile":"077 7700 1234"}
phone{type: number[]} ==> {"home":["0203 544 1234"],"office":["01962 001234","01962 001235"],"mobile":["077 7700 1234"]}
account.order.product{sku: $sum(quantity)} ==> {"p1":6,"p2":1,"p3":1}
account.order.product{`category`: {"skus": sku, "n": $count($)}} ==> {"hat":{"skus":["p1","p2","p1"],"n":3},"coat":{"skus":"p3","n":1}}
account.order.product^(price).sku ==> ["p2","p1","p1","p3"]
account.order.product^(>price).sku ==> ["p3","p1","p1","p2"]
account.order.product^(<category, >price).sku ==> ["p3","p1","p1","p2"]
account.order.product.{"sku": sku, "order": %.id} ==> [{"sku":"p1","order":"o1"},{"sku":"p2","order":"o1"},{"sku":"p1","order":"o2"},{"sku":"p3","order":"o2"}]
account.order.product.%.id ==> ["o1","o1","o2","o2"]
account.order.product.(%.%.name & sku) ==> ["Fireflyp1","Fireflyp2","Fireflyp1","Fireflyp3"]
account.order@$o.product.{"o": $o.id, "s": sku} ==> undefined
account.order#$i.product.{"i": $i, "s": sku} ==> [{"i":0,"s":"p1"},{"i":0,"s":"p2"},{"i":1,"s":"p1"},{"i":1,"s":"p3"}]
account.order.product#$i[$i < 2].sku ==> ["p1","p2","p1","p3"]
library.loans@$l.books[isbn=$l.isbn].title ==> ["Structure and Interpretation","The AWK Programming Language","Structure and Interpretation"]
library.loans@$l[1][].{"c":$l.customer} ==> [{"c":"10003"}]
library.loans@$l[1].{"c":$l.customer} ==> {"c":"10003"}
library.loans@$l.library.books@$b[$l.isbn=$b.isbn].{"t":$b.title,"c":$l.customer} ==> undefined
(library.loans@$l.%.books@$b)[$l.isbn=$b.isbn].{"t":$b.title,"c":$l.customer} ==> undefined
phone.number.$uppercase($) ==> ["0203 544 1234","01962 001234","01962 001235","077 7700 1234"]
phone[type="work"].(number; type) ==> undefined
($x := 5; $y := $x * 2; $x + $y) ==> 15
($f := function($x){$x * $x}; $f(7)) ==> 49
(λ($x, $y){ $x + $y })(3, 4) ==> 7
($fact := function($n){ $n <= 1 ? 1 : $n * $fact($n - 1) }; $fact(10)) ==> 3628800
($add := function($a, $b){$a + $b}; $inc := $add(1, ?); $inc(41)) ==> 42
($first := $substring(?, 0, 3); $first("abcdef")) ==> "abc"
"a,b,c" ~> $split(",") ~> $join("-") ==> "a-b-c"
[1..5] ~> $sum() ==> 15
($up := $uppercase ~> $trim; $up("  ab ")) ==> "AB"
phone ~> |$|{"seen": true}| ==> [{"type":"home","number":"0203 544 1234","seen":true},{"type":"office","number":"01962 001234","seen":true},{"type":"office","number":"01962 001235","seen":true},{"type":"mobile","number":"077 7700 1234","seen":true}]
account ~> |order.product|{"total": price * quantity}, ["description"]| ==> {"name":"Firefly","Account Name":"Fire fly","order":[{"id":"o1","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":2,"total":68.9},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"total":21.67}]},{"id":"o2","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":4,"total":137.8},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"total":107.99}]}]}
account ~> |order|{}, "product"| ==> {"name":"Firefly","Account Name":"Fire fly","order":[{"id":"o1"},{"id":"o2"}]}
1 > 2 ? "a" : "b" ==> "b"
missing ? 1 : 2 ==> 2
missing ? 1 ==> undefined
"##;

#[test]
fn operators_paths_and_functions() {
    check(OPERATORS_PATHS_AND_FUNCTIONS);
}

const LIBRARY: &str = r####"
$string(5) ==> "5"
$string([1,"a",null]) ==> "[1,\"a\",null]"
$string({"a":1}, true) ==> "{\n  \"a\": 1\n}"
$string(0.1 + 0.2) ==> "0.3"
1e21 ==> 1e+21
1/3 ==> 0.3333333333333333
100000000000000000000000 ==> 1e+23
0.0000001 ==> 1e-07
$length("h\u00e9llo") ==> 5
$substring("hello world", 3) ==> "lo world"
$substring("hello", -3, 2) ==> "ll"
$substring("hello", $missing, 2) ==> ""
$substring("hello", $missing) ==> "hello"
$substringBefore("a-b-c", "-") ==> "a"
$substringAfter("a-b-c", "-") ==> "b-c"
$uppercase("abc") ==> "ABC"
$lowercase("ABC") ==> "abc"
$trim("  a   b \n c ") ==> "a b c"
$pad("foo", 5) & "|" ==> "foo  |"
$pad("foo", -5, "#") ==> "##foo"
$contains("abracadabra", "bra") ==> true
$contains("abracadabra", /a.*a/) ==> true
$split("so many words", " ") ==> ["so","many","words"]
$split("so many words", " ", 2) ==> ["so","many"]
$split("too much,   punctuation.", /[ ,.;]+/) ==> ["too","much","punctuation",""]
$split("abc", "") ==> ["a","b","c"]
$join(["a","b"]) ==> "ab"
$join(["a","b"], "/") ==> "a/b"
$match("ababbabbcc", /a(b+)/) ==> [{"match":"ab","index":0,"groups":["b"]},{"match":"abb","index":2,"groups":["bb"]},{"match":"abb","index":5,"groups":["bb"]}]
$match("ababbabbcc", /a(b+)/, 1) ==> {"match":"ab","index":0,"groups":["b"]}
$replace("John Smith and John Jones", "John", "Mr") ==> "Mr Smith and Mr Jones"
$replace("John Smith and John Jones", "John", "Mr", 1) ==> "Mr Smith and John Jones"
$replace("abracadabra", /a.*?a/, "*") ==> "*c*bra"
$replace("John Smith", /(\w+)\s(\w+)/, "$2, $1") ==> "Smith, John"
$replace("265USD", /([0-9]+)USD/, "$$$1") ==> "$265"
$replace("temperature = 68F today", /(-?\d+(?:\.\d*)?)F\b/, function($m){ ($number($m.groups[0]) - 32) * 5/9 & "C" }) ==> "temperature = 20C today"
$base64encode("myuser:mypass") ==> "bXl1c2VyOm15cGFzcw=="
$base64decode("bXl1c2VyOm15cGFzcw==") ==> "myuser:mypass"
$encodeUrlComponent("?x=test") ==> "%3Fx%3Dtest"
$encodeUrl("https://mozilla.org/?x=\u0448\u0435\u043b\u043b\u044b") ==> "https://mozilla.org/?x=%D1%88%D0%B5%D0%BB%D0%BB%D1%8B"
$decodeUrlComponent("%3Fx%3Dtest") ==> "?x=test"
$decodeUrl("https://mozilla.org/?x=%D1%88") ==> "https://mozilla.org/?x=ш"
$number("12.5e2") ==> 1250
$number("0x12") ==> 18
$number(true) ==> 1
$abs(-5) ==> 5
$floor(-5.3) ==> -6
$ceil(5.3) ==> 6
$round(123.456) ==> 123
$round(123.456, 2) ==> 123.46
$round(123.456, -1) ==> 120
$round(125, -1) ==> 120
$round(11.5) ==> 12
$round(12.5) ==> 12
$power(2, 8) ==> 256
$sqrt(2) ==> 1.4142135623730951
$formatNumber(12345.6, "#,###.00") ==> "12,345.60"
$formatNumber(1234.5678, "00.000e0") ==> "12.346e2"
$formatNumber(34.555, "#0.00;(#0.00)") ==> "34.56"
$formatNumber(-34.555, "#0.00;(#0.00)") ==> "(34.56)"
$formatNumber(0.14, "01%") ==> "14%"
$formatNumber(0.14, "###pm", {"per-mille": "pm"}) ==> "140pm"
$formatNumber(1234.5678, "\u2460\u2460.\u2460\u2460\u2460e\u2460", {"zero-digit": "\u245f"}) ==> "①②.③④⑥e②"
$formatBase(100, 2) ==> "1100100"
$formatBase(2555, 16) ==> "9fb"
$formatInteger(2789, "w") ==> "two thousand, seven hundred and eighty-nine"
$formatInteger(1999, "I") ==> "MCMXCIX"
$formatInteger(1234567, "#,##0") ==> "1,234,567"
$formatInteger(12, "1;o") ==> "12th"
$formatInteger(21, "Ww;o") ==> "Twenty-First"
$formatInteger(28, "A") ==> "AB"
$parseInteger("twelve thousand, four hundred and seventy-six", "w") ==> 12476
$parseInteger("12,345,678", "#,##0") ==> 12345678
$parseInteger("MCMXCIX", "I") ==> 1999
$sum([1,2,3.5]) ==> 6.5
$max([3,1,2]) ==> 3
$min([3,1,2]) ==> 1
$average([5,2,3]) ==> 3.3333333333333335
$boolean([0]) ==> false
$boolean([[0]]) ==> false
$boolean("") ==> false
$boolean({}) ==> false
$not(0) ==> true
$exists(account.nope) ==> false
$count([1,2,3,1]) ==> 4
$count(5) ==> 1
$count(missing) ==> 0
$append([1,2], 3) ==> [1,2,3]
$append("a", "b") ==> ["a","b"]
$sort([3,1,2]) ==> [1,2,3]
$sort(account.order.product, function($l, $r){ $l.price > $r.price }).sku ==> ["p2","p1","p1","p3"]
$reverse([1..3]) ==> [3,2,1]
$distinct([1,2,3,1,"a","a",{"x":1},{"x":1}]) ==> [1,2,3,"a",{"x":1}]
$zip([1,2,3], [4,5,6]) ==> [[1,4],[2,5],[3,6]]
$zip([1,2], ["a","b","c"]) ==> [[1,"a"],[2,"b"]]
$keys(account.order[0]) ==> ["id","product"]
$keys(phone) ==> ["type","number"]
$lookup({"a":1}, "a") ==> 1
$lookup(phone, "type") ==> ["home","office","office","mobile"]
$spread({"a":1,"b":2}) ==> [{"a":1},{"b":2}]
$spread(phone) ==> [{"type":"home"},{"number":"0203 544 1234"},{"type":"office"},{"number":"01962 001234"},{"type":"office"},{"number":"01962 001235"},{"type":"mobile"},{"number":"077 7700 1234"}]
$merge([{"a":1},{"b":2},{"a":3}]) ==> {"a":3,"b":2}
$sift({"a":1,"b":"x"}, function($v){$type($v) = "number"}) ==> {"a":1}
$each({"a":1,"b":2}, function($v, $k){$k & "=" & $v}) ==> ["a=1","b=2"]
$map([1..3], function($v, $i, $a){$v * $i + $count($a)}) ==> [3,5,9]
$map(["a"], $uppercase) ==> "A"
$filter([1..6], function($v){$v % 2 = 0}) ==> [2,4,6]
$single([1,2,3], function($v){$v = 2}) ==> 2
$reduce([1..5], function($p, $c){$p * $c}) ==> 120
$reduce([1..5], function($p, $c){$p + $c}, 100) ==> 115
$type(missing) ==> undefined
$type(null) ==> "null"
$type([]) ==> "array"
$type(function(){1}) ==> "function"
$error("oops") ==> !D3137: oops
$assert(false, "bad thing") ==> !D3141: bad thing
$assert(true, "x") ==> undefined
$clone({"a":[1]}) ==> {"a":[1]}
$fromMillis(1510067557121) ==> "2017-11-07T15:12:37.121Z"
$fromMillis(1510067557121, "[M01]/[D01]/[Y0001] [h#1]:[m01][P]") ==> "11/07/2017 3:12pm"
$fromMillis(1510067557121, "[H01]:[m01]:[s01] [z]", "-0500") ==> "10:12:37 GMT-05:00"
$fromMillis(1510067557121, "[FNn], [D1o] [MNn] [Y]") ==> "Tuesday, 7th November 2017"
$fromMillis(1510067557121, "[W] [d] [F1] [w] [x]") ==> "45 311 2 2 11"
$toMillis("2017-11-07T15:12:37.121Z") ==> 1510067557121
$toMillis("2017-11-07") ==> 1510012800000
$toMillis("07/11/2017", "[D01]/[M01]/[Y0001]") ==> 1510012800000
$toMillis("3:05 pm on 2nd June 2018", "[h]:[m] [Pn] on [D1o] [MNn] [Y]") ==> 1527951900000
$shuffle([1]) ==> [1]
"####;

#[test]
fn library() {
    check(LIBRARY);
}

const ERRORS_AND_EDGES: &str = r##"
$nope(1) ==> !T1006: Attempted to invoke a non-function
1("a") ==> !T1006: Attempted to invoke a non-function
"a" + 1 ==> !T2001: The left side of the "+" operator must evaluate to a number
"a" < 1 ==> !T2009: The values "a" and 1 either side of operator "<" must be of the same data type
$sum("a") ==> !T0412: Argument 1 of function "sum" must be an array of "numbers"
$substring(1) ==> !T0411: Context value is not a compatible type with argument 1 of function "substring"
$number("abc") ==> !D3030: Unable to cast value to a number: "abc"
$uppercase(5) ==> !T0410: Argument 1 of function "uppercase" does not match function signature
[1..20000000] ==> !D2014: The size of the sequence allocated by the range operator (..) must not exceed 1e6.  Attempted to allocate 20000000.
(1 ==> !S0203: Expected ")" before end of expression
{"a":1 ==> !S0203: Expected "}" before end of expression
1 + ==> !S0207: Unexpected end of expression
"abc ==> !S0101: String literal must be terminated by a matching quote
$x :=  ==> !S0207: Unexpected end of expression
@ ==> !S0211: The symbol "@" cannot be used as a unary operator
% ==> !S0217: The object representing the 'parent' cannot be derived from this expression
foo bar ==> !S0201: SyntaxError error: "bar"
[1,2 ==> !S0203: Expected "]" before end of expression
"\u00zz" ==> !S0104: The escape sequence \u must be followed by 4 hex digits
`abc ==> !S0105: Quoted property name must be terminated with a backquote (`)
/abc ==> !S0302: No terminating / in regular expression
/* ==> !S0106: Comment has no closing tag
() ==> undefined
(1; 2) ==> 2
[] ==> []
{} ==> {}
[[1,2],[3]] ==> [[1,2],[3]]
[[1,2],[3]][0] ==> [1,2]
[1,[2,3]].$ ==> [1,2,3]
nested.list ==> [[1,2],[3,4,5]]
nested.list[0] ==> [1,2]
nested.list[0][1] ==> 2
nested.list.$ ==> [1,2,3,4,5]
$.account.name ==> "Firefly"
$$.account.name ==> "Firefly"
account.order.($$.account.name) ==> ["Firefly","Firefly"]
account.name.$length() ==> 7
account.order.product.price.$string() ==> ["34.45","21.67","34.45","107.99"]
[phone.type, "x"] ==> ["home","office","office","mobile","x"]
phone.[type, number] ==> [["home","0203 544 1234"],["office","01962 001234"],["office","01962 001235"],["mobile","077 7700 1234"]]
{"n": phone.number, "m": missing} ==> {"n":["0203 544 1234","01962 001234","01962 001235","077 7700 1234"]}
$map(phone, function($p){$p.type}) ==> ["home","office","office","mobile"]
$filter(phone, function($p){$p.type = "home"}) ==> {"type":"home","number":"0203 544 1234"}
"\"quoted\" \t tab \u00e9" ==> "\"quoted\" \t tab é"
'single "double"' ==> "single \"double\""
and.or.in ==> undefined
phone.type = "home" ==> false
"home" in phone.type ==> true
$string($sum) ==> ""
$sum ~> $string ==> function
true and null ==> false
$string(null) ==> "null"
null ==> null
null.a ==> !S0213: The literal value null cannot be used as a step within a path expression
$ = $$ ==> true
[true, false, null] ==> [true,false,null]
$split("a1b2", /\d/) ==> ["a","b",""]
$sort(["b","a","C"]) ==> ["C","a","b"]
$sort([1,"a"]) ==> !D3070: The single argument form of the sort function can only be applied to an array of strings or an array of numbers.  Use the second argument to specify a comparison function
$max(["a"]) ==> !T0412: Argument 1 of function "max" must be an array of "numbers"
$max([]) ==> undefined
$average([]) ==> undefined
$join([]) ==> ""
$join("a") ==> "a"
$join(1) ==> !T0412: Argument 1 of function "join" must be an array of "strings"
$merge([]) ==> {}
$keys({}) ==> undefined
$each({}, function($v){$v}) ==> undefined
$reverse("a") ==> ["a"]
$append(missing, 1) ==> 1
$distinct(1) ==> 1
$pad("x", 3, "ab") ==> "xab"
$pad("abc", 1) ==> "abc"
$formatBase(10, 37) ==> !D3100: The radix of the formatBase function must be between 2 and 36.  It was given 37
$round(2.675, 2) ==> 2.68
$power(2, 0.5) ==> 1.4142135623730951
$power(-1, 0.5) ==> !D3061: The power function has resulted in a value that cannot be represented as a JSON number: base=-1, exponent=0.5
$sqrt(-1) ==> !D3060: The sqrt function cannot be applied to a negative number: -1
$number("1e400") ==> !D3030: Unable to cast value to a number: "1e400"
9007199254740993 ==> 9007199254740992
-0 ==> 0
$string(-0) ==> "0"
$string(1e-7) ==> "1e-7"
$string(123456789012345680000) ==> "123456789012345680000"
1.0 ==> 1
$parseInteger("xii", "i") ==> 12
$formatInteger(0, "w") ==> "zero"
$formatInteger(-5, "w") ==> "-five"
$formatInteger(4, "i") ==> "iv"
$formatInteger(100, "a") ==> "cv"
$formatInteger(1000000, "w") ==> "one million"
$formatInteger(1000001, "Ww") ==> "One Million and One"
$formatInteger(5, "001") ==> "005"
$formatInteger(11, "0;o") ==> "11th"
$formatInteger(112, "0;o") ==> "112th"
function($x){$x} ==> function
$f := function($x) <n:n> {$x} ==> function
($f := function($x) <n:n> {$x}; $f("a")) ==> !T0410: Argument 1 of function "f" does not match function signature
($f := function($x) <a<n>:n> {$x}; $f(1)) ==> [1]
($f := function($x, $y) <s-n:s> {$x & $y}; "q".$f(1)) ==> undefined
account.order.product[sku="p1" or sku="p2"].price ==> [34.45,21.67,34.45]
account.order.product[[0]].sku ==> ["p1","p1"]
account.order.product[$$.account.name="Firefly"].sku ==> ["p1","p2","p1","p3"]
phone^(number).number ==> ["01962 001234","01962 001235","0203 544 1234","077 7700 1234"]
phone^($length(number)).number ==> ["01962 001234","01962 001235","0203 544 1234","077 7700 1234"]
phone^(>type, number).type ==> ["office","office","mobile","home"]
"##;

#[test]
fn errors_and_edges() {
    check(ERRORS_AND_EDGES);
}
