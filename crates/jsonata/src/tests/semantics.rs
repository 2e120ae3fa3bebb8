//! Sequences, joins, closures and how the library treats them.

use super::check;

const JOINS_PARENTS_AND_SEQUENCES: &str = r##"
$map([1,2], function($v){ $filter([1,2,3], function($x){$x=$v}) }) ==> [[1],[2]]
$map([1,2], function($v){ [$v] }) ==> [[1],[2]]
$map([[1],[2]], function($v){ $v }) ==> [[1],[2]]
$filter([1], function($x){true}) ==> 1
$sum ? 1 : 2 ==> 1
function($x){$x} and true ==> true
$substring(?, 1) or false ==> true
/a/ ? 1 : 2 ==> 2
$boolean($sum) ==> false
$not($sum) ==> true
$boolean([$sum]) ==> true
$replace("abcdefghijklm", /(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)/, "[$-1]") ==> "[]m"
$replace("abcdefghijklm", /(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)/, "[$+1]") ==> "[a1]m"
$replace("abcdefghijklm", /(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)/, "[$-0]") ==> "[0]m"
$replace("ab", /(a)(b)/, "[$-1]") ==> "[$-1]"
$map(phone, function($v, $i){ $v.type & $i }) ==> ["home0","office1","office2","mobile3"]
($f := function($n, $a){ $n = 0 ? $a : $f($n - 1, $a + $n) }; $f(500, 0)) ==> 125250
($even := function($n){ $n = 0 ? true : $odd($n - 1) }; $odd := function($n){ $n = 0 ? false : $even($n - 1) }; $even(301)) ==> false
account.order.product.(%.id) ==> ["o1","o1","o2","o2"]
account.order.product[%.id="o2"].sku ==> ["p1","p3"]
account.order.product.description.(%.%.id & colour) ==> ["o1Purple","o1Orange","o2Purple","o2Black"]
account.order.product.description.%.sku ==> ["p1","p2","p1","p3"]
account.order.(product.{"s": sku, "o": %.id}) ==> [{"s":"p1","o":"o1"},{"s":"p2","o":"o1"},{"s":"p1","o":"o2"},{"s":"p3","o":"o2"}]
account.order.product.{"x": %.%.name} ==> [{"x":"Firefly"},{"x":"Firefly"},{"x":"Firefly"},{"x":"Firefly"}]
account.order.product^(%.id, >price).sku ==> ["p1","p2","p3","p1"]
account.order[0].product.%.%.name ==> ["Firefly","Firefly"]
library.loans@$L.books@$B[$L.isbn=$B.isbn].{"t": $B.title, "c": $L.customer} ==> [{"t":"Structure and Interpretation","c":"10001"},{"t":"The AWK Programming Language","c":"10003"},{"t":"Structure and Interpretation","c":"10003"}]
library.books@$B.loans@$L[$L.isbn=$B.isbn].{"t": $B.title, "c": $L.customer} ==> [{"t":"Structure and Interpretation","c":"10001"},{"t":"Structure and Interpretation","c":"10003"},{"t":"The AWK Programming Language","c":"10003"}]
library.(loans@$L.books@$B[$L.isbn=$B.isbn].{"t": $B.title, "c": $L.customer}) ==> [{"t":"Structure and Interpretation","c":"10001"},{"t":"The AWK Programming Language","c":"10003"},{"t":"Structure and Interpretation","c":"10003"}]
library.books#$i@$b.$i ==> [0,1,2]
library.books@$b#$i.{"i": $i, "t": $b.title} ==> [{"i":0,"t":"Structure and Interpretation"},{"i":1,"t":"The C Programming Language"},{"i":2,"t":"The AWK Programming Language"}]
library.books#$i[isbn > "9780200000000"].{"i": $i, "t": title} ==> [{"i":0,"t":"Structure and Interpretation"},{"i":2,"t":"The AWK Programming Language"}]
library.books[isbn > "9780200000000"]#$i.{"i": $i, "t": title} ==> [{"i":0,"t":"Structure and Interpretation"},{"i":1,"t":"The AWK Programming Language"}]
library.books^(title)#$i.{"i": $i, "t": title} ==> [{"i":0,"t":"Structure and Interpretation"},{"i":1,"t":"The AWK Programming Language"},{"i":2,"t":"The C Programming Language"}]
library.loans@$l.books@$b[$l.isbn=$b.isbn]{$b.title: $l.customer} ==> {"Structure and Interpretation":["10001","10003"],"The AWK Programming Language":"10003"}
library.loans@$l.books@$b[$l.isbn=$b.isbn]{$b.title: $l.customer[]} ==> {"Structure and Interpretation":["10001","10003"],"The AWK Programming Language":["10003"]}
account.order.product#$p.{"p": $p} ==> [{"p":0},{"p":1},{"p":0},{"p":1}]
phone#$i{type: $i} ==> {"home":0,"office":[1,2],"mobile":3}
phone{type: $count(number)} ==> {"home":1,"office":2,"mobile":1}
phone{type: number, "k" & type: type} ==> {"home":"0203 544 1234","khome":"home","office":["01962 001234","01962 001235"],"koffice":["office","office"],"mobile":"077 7700 1234","kmobile":"mobile"}
phone.{type: number} ==> [{"home":"0203 544 1234"},{"office":"01962 001234"},{"office":"01962 001235"},{"mobile":"077 7700 1234"}]
$merge(phone.{type: number}) ==> {"home":"0203 544 1234","office":"01962 001235","mobile":"077 7700 1234"}
phone{"same": type, "same": number} ==> !D1009: Multiple key definitions evaluate to same key: "same"
phone{5: type} ==> !T1003: Key in object structure must evaluate to a string; got: 5
{"a": 1, "a": 2} ==> !D1009: Multiple key definitions evaluate to same key: "a"
[phone[type="office"].number] ==> ["01962 001234","01962 001235"]
phone[type="office"].[number] ==> [["01962 001234"],["01962 001235"]]
phone[type="home"].[number] ==> ["0203 544 1234"]
phone[0].[number] ==> ["0203 544 1234"]
[phone[0]] ==> [{"type":"home","number":"0203 544 1234"}]
phone[0][] ==> [{"type":"home","number":"0203 544 1234"}]
phone[type="none"][] ==> undefined
account.order.product[0][] ==> [{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}}]
account.order.product.sku[] ==> ["p1","p2","p1","p3"]
(phone.number)[] ==> ["0203 544 1234","01962 001234","01962 001235","077 7700 1234"]
$keys(account)[] ==> ["name","Account Name","order"]
"a"[] ==> "a"
5[0] ==> 5
[5][0] ==> 5
"abc"[0] ==> "abc"
missing[0] ==> undefined
missing.foo ==> undefined
[[[1]]] ==> [[[1]]]
[[[1]]][0] ==> [[1]]
[[1]][0][0] ==> 1
[[],[]] ==> [[],[]]
[1,[],2] ==> [1,[],2]
{"a":[]}.a ==> []
{"a":[1]}.a ==> [1]
{"a":[1]}.* ==> [1]
{"a":[[1,2]]}.* ==> [1,2]
[{"a":1},{"a":2}].a ==> [1,2]
[{"a":[1,2]},{"a":[3]}].a ==> [1,2,3]
[{"a":[1,2]},{"b":[3]}].a ==> [1,2]
[{"a":1}].a ==> 1
[{"a":[1]}].a ==> [1]
$[0] ==> {"account":{"name":"Firefly","Account Name":"Fire fly","order":[{"id":"o1","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}}]},{"id":"o2","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}}]}]},"phone":[{"type":"home","number":"0203 544 1234"},{"type":"office","number":"01962 001234"},{"type":"office","number":"01962 001235"},{"type":"mobile","number":"077 7700 1234"}],"library":{"books":[{"title":"Structure and Interpretation","isbn":"9780262510875"},{"title":"The C Programming Language","isbn":"9780131103627"},{"title":"The AWK Programming Language","isbn":"9780201079814"}],"loans":[{"customer":"10001","isbn":"9780262510875"},{"customer":"10003","isbn":"9780201079814"},{"customer":"10003","isbn":"9780262510875"}]},"nested":{"list":[[1,2],[3,4,5]]}}
$.phone[0].type ==> "home"
$$.phone[-2].type ==> "office"
phone.type[0] ==> ["home","office","office","mobile"]
(phone.type)[0] ==> "home"
phone.type[-1] ==> ["home","office","office","mobile"]
phone[true].type ==> ["home","office","office","mobile"]
phone[false].type ==> undefined
phone["x"].type ==> ["home","office","office","mobile"]
phone[[]].type ==> undefined
phone[[1,1,0]].type ==> ["home","office","office"]
phone[1.7].type ==> "office"
phone[0, 1] ==> !S0202: Expected "]", got ","
* ==> [{"name":"Firefly","Account Name":"Fire fly","order":[{"id":"o1","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}}]},{"id":"o2","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}}]}]},{"type":"home","number":"0203 544 1234"},{"type":"office","number":"01962 001234"},{"type":"office","number":"01962 001235"},{"type":"mobile","number":"077 7700 1234"},{"books":[{"title":"Structure and Interpretation","isbn":"9780262510875"},{"title":"The C Programming Language","isbn":"9780131103627"},{"title":"The AWK Programming Language","isbn":"9780201079814"}],"loans":[{"customer":"10001","isbn":"9780262510875"},{"customer":"10003","isbn":"9780201079814"},{"customer":"10003","isbn":"9780262510875"}]},{"list":[[1,2],[3,4,5]]}]
*.name ==> "Firefly"
account.*[0] ==> "Firefly"
**[type="home"].number ==> "0203 544 1234"
account.**.sku ==> ["p1","p2","p1","p3"]
$count(**) ==> 77
nested.list.* ==> [1,2,3,4,5]
nested.** ==> [{"list":[[1,2],[3,4,5]]},1,2,3,4,5]
nested.list[[0]] ==> [1,2]
nested.list.$sum($) ==> [3,12]
nested.list.[$] ==> [[1,2],[3,4,5]]
nested.list{"k": $} ==> {"k":[1,2,3,4,5]}
1 ~> function($x){$x + 1} ==> 2
[1,2,3] ~> $map(function($x){$x * 2}) ~> $sum ==> 12
5 ~> $string ==> "5"
missing ~> $uppercase ==> undefined
"a" ~> 5 ==> !T2006: The right side of the function application operator ~> must be a function
($c := $trim ~> $uppercase ~> $length; $c(" abc ")) ==> 3
$uppercase ~> $length ==> function
(function($x){$x}) ==> function
function($x){$x}(5) ==> 5
(function($x, $y){$y})(5) ==> undefined
(function($x){$x})() ==> undefined
($x := 1; ($x := 2; $x); $x) ==> 1
($x := 1; $f := function(){ $x }; $x := 2; $f()) ==> 2
($f := function($x){ function($y){ $x + $y } }; $f(1)(2)) ==> 3
($f := function($a, $b, $c){ $a & $b & $c }; $f(?, "x", ?)("a", "c")) ==> "axc"
($f := $substring(?, 1, ?); $f("hello", 2)) ==> "el"
$substring(?, 0) ==> function
nope(?) ==> !T1008: Attempted to partially apply a non-function
uppercase("a") ==> !T1005: Attempted to invoke a non-function. Did you mean $uppercase?
uppercase(?) ==> !T1007: Attempted to partially apply a non-function. Did you mean $uppercase?
$uppercase(?)("x") ==> "X"
account.uppercase(name) ==> !T1005: Attempted to invoke a non-function. Did you mean $uppercase?
$notdefined(?) ==> !T1008: Attempted to partially apply a non-function
"hello".$uppercase() ==> undefined
"hello".($uppercase($) & "!") ==> undefined
account.name.$uppercase() ==> "FIREFLY"
phone.number.$substring(0, 4) ==> ["0203","0196","0196","077 "]
phone.number ~> $map($length) ==> [13,12,12,13]
phone ~> $map(function($p){ $p.number }) ==> ["0203 544 1234","01962 001234","01962 001235","077 7700 1234"]
[1,2,3].($ * 2) ==> [2,4,6]
[1,2,3].{"v": $} ==> [{"v":1},{"v":2},{"v":3}]
[1,2,3][$ > 1] ==> [2,3]
[1,2,3][$ > 1][0] ==> 2
([1,2,3][$ > 1])[0] ==> 2
[1,2,3].$string() ==> ["1","2","3"]
[1..3].($x := $; $x * $x) ==> [1,4,9]
account ~> |order[id="o1"]|{"x": 1}| ==> {"name":"Firefly","Account Name":"Fire fly","order":[{"id":"o1","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}}],"x":1},{"id":"o2","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}}]}]}
account ~> |$|{"order": null}, "name"| ==> {"Account Name":"Fire fly","order":null}
account ~> |nothing|{"x": 1}| ==> {"name":"Firefly","Account Name":"Fire fly","order":[{"id":"o1","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}}]},{"id":"o2","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}}]}]}
account ~> |order|5| ==> !T2011: The insert/update clause of the transform expression must evaluate to an object: 5
account ~> |order|{}, 5| ==> !T2012: The delete clause of the transform expression must evaluate to a string or array of strings: 5
phone ~> |$[type="home"]|{"type": "HOME", "n": $count(number)}|.type ==> !T2006: The right side of the function application operator ~> must be a function
(|phone|{"x":1}|)($$).phone.x ==> [1,1,1,1]
$ ~> |account.order.product|{"price": price * 1.1}| ~> $lookup("account") ~> $lookup("name") ==> "Firefly"
"##;

#[test]
fn joins_parents_and_sequences() {
    check(JOINS_PARENTS_AND_SEQUENCES);
}

const COLLECTIONS: &str = r##"
$sort(phone, function($a,$b){ $a.number > $b.number }).number ==> ["01962 001234","01962 001235","0203 544 1234","077 7700 1234"]
$sort(["z","A","a"]) ==> ["A","a","z"]
$sort([3,1,2], function($a,$b){ $a < $b }) ==> [3,2,1]
$sort([]) ==> []
$sort("x") ==> ["x"]
$sort(missing) ==> undefined
[3,1,2]^($) ==> [1,2,3]
[3,1,2]^(>$) ==> [3,2,1]
phone^(missing).type ==> ["home","office","office","mobile"]
phone^(type = "home").type ==> !T2008: The expressions within an order-by clause must evaluate to numeric or string values
[1,"a"]^($) ==> !T2007: Type mismatch when comparing values 1 and "a" in order-by clause
[{"a":1},{"b":2},{"a":0}]^(a) ==> [{"a":0},{"a":1},{"b":2}]
[{"a":1},{"b":2},{"a":0}]^(>a) ==> [{"a":1},{"a":0},{"b":2}]
$reduce([1,2,3], function($x){$x}) ==> !D3050: The second argument of reduce function must be a function with at least two arguments
$reduce([], function($a,$b){$a}) ==> undefined
$reduce([], function($a,$b){$a}, 5) ==> 5
$reduce([7], function($a,$b){$a+$b}) ==> 7
$reduce(5, function($a,$b){$a+$b}, 1) ==> 6
$reduce([1,2,3], function($a,$b,$i,$all){$a + $b + $i + $count($all)}) ==> 15
$single([1]) ==> 1
$single([]) ==> !D3139: The $single() function expected exactly 1 matching result.  Instead it matched 0.
$single([1,2]) ==> !D3138: The $single() function expected exactly 1 matching result.  Instead it matched more.
$single(phone, function($p){$p.type="office"}) ==> !D3138: The $single() function expected exactly 1 matching result.  Instead it matched more.
$single(phone[type="home"]).number ==> "0203 544 1234"
$each(account.order[0], function($v,$k){$k}) ==> ["id","product"]
$sift(account, function($v,$k){$k = "name"}) ==> {"name":"Firefly"}
$sift(account, function($v){false}) ==> undefined
$spread("x") ==> "x"
$spread([1,{"a":1,"b":2}]) ==> [1,{"a":1},{"b":2}]
$spread([]) ==> undefined
$merge({"a":1}) ==> {"a":1}
$merge([{"a":1},{"a":{"b":2}}]) ==> {"a":{"b":2}}
$keys([{"a":1},{"b":2},{"a":3}]) ==> ["a","b"]
$keys("x") ==> undefined
$lookup([{"a":1},{"a":[2,3]}], "a") ==> [1,2,3]
$lookup({"a":1}, "b") ==> undefined
$append([], []) ==> []
$append([1], []) ==> [1]
$append(1, [2]) ==> [1,2]
$append([1],[2])[0] ==> 1
$count([[]]) ==> 1
$count({"a":1}) ==> 1
$reverse([]) ==> []
$reverse([1]) ==> [1]
$zip([1,2]) ==> [[1],[2]]
$zip(1, 2) ==> [[1,2]]
$zip([1,2],[]) ==> []
$zip([1,2],["a","b"],[true,false]) ==> [[1,"a",true],[2,"b",false]]
$distinct([]) ==> []
$distinct([1]) ==> [1]
$distinct([1,1]) ==> [1]
$distinct(phone.type) ==> ["home","office","mobile"]
$exists(5) ==> true
$exists(missing) ==> false
$exists(null) ==> true
$boolean(null) ==> false
$boolean("0") ==> true
$boolean([0,0]) ==> false
$boolean([0,1]) ==> true
$boolean([]) ==> false
$boolean(0) ==> false
$boolean(-1) ==> true
$boolean({"a":1}) ==> true
$boolean(missing) ==> undefined
$boolean(function(){1}) ==> false
$not(missing) ==> undefined
$not([]) ==> true
$type(1) ==> "number"
$type("x") ==> "string"
$type(true) ==> "boolean"
$type({}) ==> "object"
$number("0b101") ==> 5
$number("0o17") ==> 15
$number("0X1f") ==> 31
$number(" 0o7 ") ==> 7
$number("0x1G") ==> "NaN"
$number("a0o7") ==> "NaN"
$number("a0b1") ==> "NaN"
$number("-0o7") ==> "NaN"
$number("0x") ==> !D3030: Unable to cast value to a number: "0x"
$number("0b12") ==> !D3030: Unable to cast value to a number: "0b12"
$number("0o8") ==> !D3030: Unable to cast value to a number: "0o8"
$number("007") ==> 7
$number("-12") ==> -12
$number(" 12") ==> !D3030: Unable to cast value to a number: " 12"
$number("1.") ==> !D3030: Unable to cast value to a number: "1."
$number(".5") ==> !D3030: Unable to cast value to a number: ".5"
$number("") ==> !D3030: Unable to cast value to a number: ""
$number("1e3") ==> 1000
$number([]) ==> !T0410: Argument 1 of function "number" does not match function signature
$number(null) ==> !T0410: Argument 1 of function "number" does not match function signature
$number(missing) ==> undefined
$abs(missing) ==> undefined
$floor("1") ==> !T0410: Argument 1 of function "floor" does not match function signature
$ceil(-0.5) ==> 0
$round(-1.5) ==> -2
$round(0.5) ==> 0
$round(1.5) ==> 2
$round(2.5) ==> 2
$round(1.005, 2) ==> 1
$round(1e21, 2) ==> 1e+21
$round(123456.789, -3) ==> 123000
$round(4.525, 2) ==> 4.52
$round(4.515, 2) ==> 4.52
$round(-0.4) ==> 0
$power(10, -2) ==> 0.01
$power(2, -1) ==> 0.5
$power(10, 400) ==> !D3061: The power function has resulted in a value that cannot be represented as a JSON number: base=10, exponent=400
$power(0, 0) ==> 1
$sqrt(0) ==> 0
$max([]) ==> undefined
$min(missing) ==> undefined
$sum([]) ==> 0
$sum(missing) ==> undefined
$sum(5) ==> 5
$sum([1,"a"]) ==> !T0412: Argument 1 of function "sum" must be an array of "numbers"
$average([1,2]) ==> 1.5
$average(4) ==> 4
$max([1,2,"a"]) ==> !T0412: Argument 1 of function "max" must be an array of "numbers"
"##;

#[test]
fn collections() {
    check(COLLECTIONS);
}
