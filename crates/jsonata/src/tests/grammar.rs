//! What is an expression, and what is said about what is none.

use super::check;

const TEXTS_THAT_ARE_NONE_OR_ODD: &str = r##"
a.b.c ==> undefined
.a ==> !S0211: The symbol "." cannot be used as a unary operator
a. ==> !S0207: Unexpected end of expression
a..b ==> !S0201: SyntaxError error: ".."
[1..] ==> !S0211: The symbol "]" cannot be used as a unary operator
[..1] ==> !S0211: The symbol ".." cannot be used as a unary operator
1..3 ==> !S0201: SyntaxError error: ".."
["a".."b"] ==> !T2003: The left side of the range operator (..) must evaluate to an integer
[1.5..3] ==> !T2003: The left side of the range operator (..) must evaluate to an integer
[1..3.5] ==> !T2004: The right side of the range operator (..) must evaluate to an integer
[missing..3] ==> []
{"a"} ==> !S0202: Expected ":", got "}"
{a:1} ==> {}
{"a":} ==> !S0211: The symbol "}" cannot be used as a unary operator
a[ ==> !S0203: Expected "]" before end of expression
a[1 ==> !S0203: Expected "]" before end of expression
a[1]] ==> !S0201: SyntaxError error: "]"
a{ ==> !S0203: Expected ":" before end of expression
$x =  ==> !S0207: Unexpected end of expression
:= 1 ==> !S0211: The symbol ":=" cannot be used as a unary operator
5 := 1 ==> !S0212: The left side of := must be a variable name (start with $)
a := 1 ==> !S0212: The left side of := must be a variable name (start with $)
$x := ==> !S0207: Unexpected end of expression
? 1 ==> !S0211: The symbol "?" cannot be used as a unary operator
a ? b :  ==> !S0207: Unexpected end of expression
a ? : b ==> !S0211: The symbol ":" cannot be used as a unary operator
(1;2 ==> !S0203: Expected ")" before end of expression
(1;;2) ==> !S0211: The symbol ";" cannot be used as a unary operator
(1,2) ==> !S0202: Expected ")", got ","
; ==> !S0211: The symbol ";" cannot be used as a unary operator
function(x){1} ==> !S0208: Parameter 1 of function definition must be a variable name (start with $)
function($x){1 ==> !S0203: Expected "}" before end of expression
function($x)1 ==> !S0202: Expected "{", got 1
function($x) <n {1} ==> !S0202: Expected ">", got "{"
function($x) <n<n>> {1} ==> !S0401: Type parameters can only be applied to functions and arrays
function($x) <(n<n>)> {1} ==> !S0402: Choice groups containing parameterized types are not supported
a^b ==> !S0202: Expected "(", got "b"
a^(b ==> !S0203: Expected ")" before end of expression
a^(<b, >c) ==> undefined
a^() ==> !S0211: The symbol ")" cannot be used as a unary operator
a@b ==> !S0214: The right side of "@" must be a variable name (start with $)
a@$ ==> undefined
a#b ==> !S0214: The right side of "#" must be a variable name (start with $)
a#1 ==> !S0214: The right side of "#" must be a variable name (start with $)
a[0]@$x ==> !S0215: A context variable binding must precede any predicates on a step
a^(b)@$x ==> !S0216: A context variable binding must precede the 'order-by' clause on a step
a{b:c}[0] ==> {}
a{b:c}{d:e} ==> !S0210: Each step can only have one grouping expression
a.5 ==> !S0213: The literal value 5 cannot be used as a step within a path expression
a."b" ==> undefined
a.true ==> !S0213: The literal value true cannot be used as a step within a path expression
5.a ==> !S0213: The literal value 5 cannot be used as a step within a path expression
"a".b ==> undefined
"account".name ==> "Firefly"
a.(5) ==> undefined
%.a ==> !S0217: The object representing the 'parent' cannot be derived from this expression
a.% ==> undefined
a.%.% ==> !S0217: The object representing the 'parent' cannot be derived from this expression
a.b.%.%.% ==> !S0217: The object representing the 'parent' cannot be derived from this expression
a[%] ==> undefined
(a).% ==> undefined
$x.% ==> !S0217: The object representing the 'parent' cannot be derived from this expression
"abc ==> !S0101: String literal must be terminated by a matching quote
'abc ==> !S0101: String literal must be terminated by a matching quote
"\q" ==> !S0103: Unsupported escape sequence: \"q"
"\u12" ==> !S0104: The escape sequence \u must be followed by 4 hex digits
"\u00e9\ud83d\ude00" ==> "é😀"
`a b` ==> undefined
`a ==> !S0105: Quoted property name must be terminated with a backquote (`)
a!b ==> !S0204: Unknown operator: "!"
!a ==> !S0204: Unknown operator: "!"
~a ==> !S0204: Unknown operator: "~"
a~b ==> !S0204: Unknown operator: "~"
a ~>  ==> !S0207: Unexpected end of expression
1 2 ==> !S0201: SyntaxError error: 2
a b c ==> !S0201: SyntaxError error: "b"
a "b" ==> !S0201: SyntaxError error: "b"
"a" b ==> !S0201: SyntaxError error: "b"
a 5 ==> !S0201: SyntaxError error: 5
a true ==> !S0201: SyntaxError error: true
) ==> !S0211: The symbol ")" cannot be used as a unary operator
] ==> !S0211: The symbol "]" cannot be used as a unary operator
} ==> !S0211: The symbol "}" cannot be used as a unary operator
: ==> !S0211: The symbol ":" cannot be used as a unary operator
, ==> !S0211: The symbol "," cannot be used as a unary operator
|a|b| ==> function
|a| ==> !S0203: Expected "|" before end of expression
|| ==> !S0203: Expected "|" before end of expression
/a/ ==> function
/a ==> !S0302: No terminating / in regular expression
// ==> !S0301: Empty regular expressions are not allowed
/a(/ ==> !S0302: No terminating / in regular expression
a /* comment */ . b ==> undefined
/* unterminated ==> !S0106: Comment has no closing tag
a /**/ ==> undefined
1e400 ==> !S0102: Number out of range: "1e400"
01 ==> !S0201: SyntaxError error: 1
1. ==> !S0207: Unexpected end of expression
.5 ==> !S0211: The symbol "." cannot be used as a unary operator
1.5.a ==> !S0213: The literal value 1.5 cannot be used as a step within a path expression
-5 ==> -5
- 5 ==> -5
--5 ==> 5
-a ==> undefined
a-b ==> undefined
a - b ==> undefined
a*b ==> undefined
a* ==> !S0207: Unexpected end of expression
** ==> [{"account":{"name":"Firefly","Account Name":"Fire fly","order":[{"id":"o1","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}}]},{"id":"o2","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}}]}]},"phone":[{"type":"home","number":"0203 544 1234"},{"type":"office","number":"01962 001234"},{"type":"office","number":"01962 001235"},{"type":"mobile","number":"077 7700 1234"}],"library":{"books":[{"title":"Structure and Interpretation","isbn":"9780262510875"},{"title":"The C Programming Language","isbn":"9780131103627"},{"title":"The AWK Programming Language","isbn":"9780201079814"}],"loans":[{"customer":"10001","isbn":"9780262510875"},{"customer":"10003","isbn":"9780201079814"},{"customer":"10003","isbn":"9780262510875"}]},"nested":{"list":[[1,2],[3,4,5]]}},{"name":"Firefly","Account Name":"Fire fly","order":[{"id":"o1","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}}]},{"id":"o2","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}}]}]},"Firefly","Fire fly",{"id":"o1","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}}]},"o1",{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},"p1","hat",34.45,2,{"colour":"Purple","weight":0.75},"Purple",0.75,{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}},"p2","hat",21.67,1,{"colour":"Orange","weight":0.6},"Orange",0.6,{"id":"o2","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}}]},"o2",{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},"p1","hat",34.45,4,{"colour":"Purple","weight":0.75},"Purple",0.75,{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}},"p3","coat",107.99,1,{"colour":"Black","weight":2},"Black",2,{"type":"home","number":"0203 544 1234"},"home","0203 544 1234",{"type":"office","number":"01962 001234"},"office","01962 001234",{"type":"office","number":"01962 001235"},"office","01962 001235",{"type":"mobile","number":"077 7700 1234"},"mobile","077 7700 1234",{"books":[{"title":"Structure and Interpretation","isbn":"9780262510875"},{"title":"The C Programming Language","isbn":"9780131103627"},{"title":"The AWK Programming Language","isbn":"9780201079814"}],"loans":[{"customer":"10001","isbn":"9780262510875"},{"customer":"10003","isbn":"9780201079814"},{"customer":"10003","isbn":"9780262510875"}]},{"title":"Structure and Interpretation","isbn":"9780262510875"},"Structure and Interpretation","9780262510875",{"title":"The C Programming Language","isbn":"9780131103627"},"The C Programming Language","9780131103627",{"title":"The AWK Programming Language","isbn":"9780201079814"},"The AWK Programming Language","9780201079814",{"customer":"10001","isbn":"9780262510875"},"10001","9780262510875",{"customer":"10003","isbn":"9780201079814"},"10003","9780201079814",{"customer":"10003","isbn":"9780262510875"},"10003","9780262510875",{"list":[[1,2],[3,4,5]]},1,2,3,4,5]
a.** ==> undefined
a.* ==> undefined
*.* ==> ["Firefly","Fire fly",{"id":"o1","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}}]},{"id":"o2","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}}]},"home","0203 544 1234","office","01962 001234","office","01962 001235","mobile","077 7700 1234",{"title":"Structure and Interpretation","isbn":"9780262510875"},{"title":"The C Programming Language","isbn":"9780131103627"},{"title":"The AWK Programming Language","isbn":"9780201079814"},{"customer":"10001","isbn":"9780262510875"},{"customer":"10003","isbn":"9780201079814"},{"customer":"10003","isbn":"9780262510875"},1,2,3,4,5]
$ ==> {"account":{"name":"Firefly","Account Name":"Fire fly","order":[{"id":"o1","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}}]},{"id":"o2","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}}]}]},"phone":[{"type":"home","number":"0203 544 1234"},{"type":"office","number":"01962 001234"},{"type":"office","number":"01962 001235"},{"type":"mobile","number":"077 7700 1234"}],"library":{"books":[{"title":"Structure and Interpretation","isbn":"9780262510875"},{"title":"The C Programming Language","isbn":"9780131103627"},{"title":"The AWK Programming Language","isbn":"9780201079814"}],"loans":[{"customer":"10001","isbn":"9780262510875"},{"customer":"10003","isbn":"9780201079814"},{"customer":"10003","isbn":"9780262510875"}]},"nested":{"list":[[1,2],[3,4,5]]}}
$$ ==> {"account":{"name":"Firefly","Account Name":"Fire fly","order":[{"id":"o1","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":2,"description":{"colour":"Purple","weight":0.75}},{"sku":"p2","category":"hat","price":21.67,"quantity":1,"description":{"colour":"Orange","weight":0.6}}]},{"id":"o2","product":[{"sku":"p1","category":"hat","price":34.45,"quantity":4,"description":{"colour":"Purple","weight":0.75}},{"sku":"p3","category":"coat","price":107.99,"quantity":1,"description":{"colour":"Black","weight":2}}]}]},"phone":[{"type":"home","number":"0203 544 1234"},{"type":"office","number":"01962 001234"},{"type":"office","number":"01962 001235"},{"type":"mobile","number":"077 7700 1234"}],"library":{"books":[{"title":"Structure and Interpretation","isbn":"9780262510875"},{"title":"The C Programming Language","isbn":"9780131103627"},{"title":"The AWK Programming Language","isbn":"9780201079814"}],"loans":[{"customer":"10001","isbn":"9780262510875"},{"customer":"10003","isbn":"9780201079814"},{"customer":"10003","isbn":"9780262510875"}]},"nested":{"list":[[1,2],[3,4,5]]}}
$$$ ==> undefined
$a$ ==> undefined
a$b ==> undefined
$_x1 ==> undefined
é ==> undefined
λ ==> undefined
function ==> undefined
true ==> true
false ==> false
null ==> null
$sum( ==> !S0203: Expected ")" before end of expression
$sum() ==> !T0410: Argument 1 of function "sum" does not match function signature
$sum(1,2) ==> !T0410: Argument 2 of function "sum" does not match function signature
$sum(,) ==> !S0211: The symbol "," cannot be used as a unary operator
$now(1) ==> !T0410: Argument 1 of function "now" does not match function signature
$substring("a","b") ==> !T0410: Argument 2 of function "substring" does not match function signature
$substring("a",1,2,3) ==> !T0410: Argument 4 of function "substring" does not match function signature
$map(1) ==> !T0410: Argument 2 of function "map" does not match function signature
$map([1],2) ==> !T0410: Argument 2 of function "map" does not match function signature
$filter([1]) ==> !T0410: Argument 2 of function "filter" does not match function signature
$append(1) ==> !T0410: Argument 2 of function "append" does not match function signature
$zip() ==> !T0410: Argument 1 of function "zip" does not match function signature
$string() ==> "{\"account\":{\"name\":\"Firefly\",\"Account Name\":\"Fire fly\",\"order\":[{\"id\":\"o1\",\"product\":[{\"sku\":\"p1\",\"category\":\"hat\",\"price\":34.45,\"quantity\":2,\"description\":{\"colour\":\"Purple\",\"weight\":0.75}},{\"sku\":\"p2\",\"category\":\"hat\",\"price\":21.67,\"quantity\":1,\"description\":{\"colour\":\"Orange\",\"weight\":0.6}}]},{\"id\":\"o2\",\"product\":[{\"sku\":\"p1\",\"category\":\"hat\",\"price\":34.45,\"quantity\":4,\"description\":{\"colour\":\"Purple\",\"weight\":0.75}},{\"sku\":\"p3\",\"category\":\"coat\",\"price\":107.99,\"quantity\":1,\"description\":{\"colour\":\"Black\",\"weight\":2}}]}]},\"phone\":[{\"type\":\"home\",\"number\":\"0203 544 1234\"},{\"type\":\"office\",\"number\":\"01962 001234\"},{\"type\":\"office\",\"number\":\"01962 001235\"},{\"type\":\"mobile\",\"number\":\"077 7700 1234\"}],\"library\":{\"books\":[{\"title\":\"Structure and Interpretation\",\"isbn\":\"9780262510875\"},{\"title\":\"The C Programming Language\",\"isbn\":\"9780131103627\"},{\"title\":\"The AWK Programming Language\",\"isbn\":\"9780201079814\"}],\"loans\":[{\"customer\":\"10001\",\"isbn\":\"9780262510875\"},{\"customer\":\"10003\",\"isbn\":\"9780201079814\"},{\"customer\":\"10003\",\"isbn\":\"9780262510875\"}]},\"nested\":{\"list\":[[1,2],[3,4,5]]}}"
$keys() ==> ["account","phone","library","nested"]
$length() ==> !T0411: Context value is not a compatible type with argument 1 of function "length"
$uppercase(null) ==> !T0410: Argument 1 of function "uppercase" does not match function signature
$contains("a") ==> !T0411: Context value is not a compatible type with argument 1 of function "contains"
$pad("a") ==> !T0410: Argument 2 of function "pad" does not match function signature
$formatInteger(1) ==> !T0410: Argument 2 of function "formatInteger" does not match function signature
"##;

#[test]
fn texts_that_are_none_or_odd() {
    check(TEXTS_THAT_ARE_NONE_OR_ODD);
}
