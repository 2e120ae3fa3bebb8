//! Reading paths: what they find, what they say when they find nothing, and that it ends.

use std::borrow::Cow;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Context, Path, PathScope};

/// Members of one object, which are variables too; chance is always the same.
pub(crate) struct Surroundings(pub(crate) Value);

impl Context for Surroundings {
    fn object(&self) -> &Value {
        &self.0
    }

    fn variable(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    fn random(&self) -> u64 {
        7
    }
}

fn at(path: &str, payload: &Value) -> Result<Value, String> {
    let context = Surroundings(json!({"v": {"a": [1, 2]}}));
    let path = Path::parse(path).unwrap();
    path.read(PathScope { payload, document: None, context: &context })
        .map(Cow::into_owned)
        .map_err(|missing| missing.reason)
}

#[test]
fn follows_definite_paths() {
    let value = json!({"a": [{"b": 1}, {"b": 2}], "c d": {"e'f": 3}, "x": 1, "y": 2});
    assert_eq!(at("$", &value), Ok(value.clone()));
    assert_eq!(at("$.a[1].b", &value), Ok(json!(2)));
    assert_eq!(at("$.a[(@.length-1)].b", &value), Ok(json!(2)));
    assert_eq!(at(r"$['c d']['e\'f']", &value), Ok(json!(3)));
    assert_eq!(at(r"$.['c d'].['e\'f']", &value), Ok(json!(3)));
    assert_eq!(at("$['x','y','z']", &value), Ok(json!({"x": 1, "y": 2})));
    assert_eq!(at("$v.a[0]", &value), Ok(json!(1)));
    assert_eq!(at("$$.v.a[1]", &value), Ok(json!(2)));
}

#[test]
fn beyond_the_end_is_null() {
    let value = json!({"a": [1, 2]});
    assert_eq!(at("$.a[5]", &value), Ok(json!(null)));
    assert_eq!(at("$.a[-1]", &value), Ok(json!(null)));
    assert_eq!(at("$.a[0,9]", &value), Ok(json!([1, null])));
    let context = Surroundings(json!(null));
    let path = Path::parse("$.a[5]").unwrap();
    assert!(path.find(PathScope { payload: &value, document: None, context: &context }).is_err());
}

#[test]
fn says_where_a_path_ends() {
    let value = json!({"a": {"s": "text", "l": [1, "t"], "n": null}});
    let reason = |path| at(path, &value).unwrap_err();
    insta::assert_snapshot!(reason("$.x"), @"No results for path: $['x']");
    insta::assert_snapshot!(reason("$.x.y.z"), @"Missing property in path $['x']");
    insta::assert_snapshot!(reason("$.a.l.length()"), @"Property ['length()'] not found in path $['a']['l']");
    insta::assert_snapshot!(reason("$.a.s.t"), @"Property ['t'] not found in path $['a']['s']");
    insta::assert_snapshot!(reason("$.a.l[-1].t"), @"Property ['t'] not found in path $['a']['l'][-1]");
    insta::assert_snapshot!(reason("$.a.s[0].t"), @"Filter: [0]['t'] can only be applied to arrays. Current context is: text");
    insta::assert_snapshot!(reason("$.a.l[1][0]"), @r#"Filter: [0] can only be applied to arrays. Current context is: "t""#);
    insta::assert_snapshot!(reason("$.a.n[0]"), @"The path $['a']['n'] is null");
    insta::assert_snapshot!(reason("$nothing.a"), @"The variable '$nothing' is not defined");
}

#[test]
fn indefinite_paths_give_arrays() {
    let value = json!({"a": [{"b": 1}, {"c": 2}, {"b": 3}], "n": [0, 1, 2, 3], "s": "x"});
    for (path, found) in [
        ("$.a[*].b", json!([1, 3])),
        ("$..b", json!([1, 3])),
        ("$.n[1:3]", json!([1, 2])),
        ("$.n[-2:]", json!([2, 3])),
        ("$.n[:-1]", json!([0, 1, 2])),
        ("$.n[0:4:2]", json!([0, 1, 2, 3])),
        ("$.n[1:-1]", json!([])),
        ("$.n[3:1]", json!([])),
        ("$.n[0,3]", json!([0, 3])),
        ("$.s[*]", json!([])),
        ("$.none.more[*].b", json!([])),
        ("$.a[*]['b','c']", json!([{"b": 1}, {"c": 2}, {"b": 3}])),
        ("$..[0]", json!([{"b": 1}, 0])),
        ("$.*", json!([[{"b": 1}, {"c": 2}, {"b": 3}], [0, 1, 2, 3], "x"])),
        ("$..a..b", json!([1, 3])),
    ] {
        assert_eq!(at(path, &value), Ok(found), "{path}");
    }
}

#[test]
fn descends_before_what_is_below() {
    let value = json!({"d": {"x": {"a": [1, 2]}}});
    assert_eq!(at("$.d..a", &value), Ok(json!([[1, 2]])));
    assert_eq!(at("$.d..a[*]", &value), Ok(json!([1, 2])));
    assert_eq!(at("$..*", &value), Ok(json!([{"x": {"a": [1, 2]}}, {"a": [1, 2]}, [1, 2], 1, 2])));
    let value = json!({"k": 1, "l": [{"k": 2}, {"m": {"k": 3}}]});
    assert_eq!(at("$..[?(@.k > 1)]", &value), Ok(json!([{"k": 2}, {"k": 3}])));
}

#[test]
fn filters() {
    let value = json!({"wanted": "y", "l": [
        {"id": 1, "s": "x", "n": 1, "t": ["p", "q"], "keep": true},
        {"id": 2, "s": "y", "n": 2.5, "t": [], "keep": false},
        {"id": 3, "n": "3", "session": null, "keep": null},
        7, "x",
    ]});
    for (condition, ids) in [
        ("@.keep", json!([1, 2])),
        ("!@.keep", json!([3])),
        ("@.keep == true", json!([1])),
        ("@.session == null", json!([3])),
        ("@.s == 'x'", json!([1])),
        ("@.s == x", json!([1])),
        ("'x' == @.s", json!([1])),
        ("@.s != 'x'", json!([2])),
        ("@.n >= 2", json!([2, 3])),
        ("@.n == '1'", json!([1])),
        ("@.n == 3", json!([3])),
        ("@.s > 'x' || @.id == 1", json!([1, 2])),
        ("(@.s || @.session) && !(@.id == 2)", json!([1])),
        ("@.s == $.wanted", json!([2])),
        ("@.s =~ /[X-X]/i", json!([1])),
        ("@.s =~ /[xy]/ && @.n =~ /2.*/", json!([2])),
        ("@ == 7", json!([])),
    ] {
        assert_eq!(at(&format!("$.l[?({condition})].id"), &value), Ok(ids), "{condition}");
    }
    assert_eq!(at("$.l[1][?(@.id == 2)].s", &value), Ok(json!(["y"])));
    assert_eq!(at("$.l[1][?(@.id == 1)].s", &value), Ok(json!([])));
    assert_eq!(at("$.l[?(@.id == 1)]['id','s']", &value), Ok(json!([{"id": 1, "s": "x"}])));
}

fn nested(depth: usize) -> Value {
    (0..depth).fold(json!([1]), |inner, _| json!({"a": inner, "b": [1, 2, 3]}))
}

#[test]
fn work_is_bounded() {
    let deep = nested(100);
    let wide = json!({"l": vec![json!({"k": "x".repeat(50), "l": [1, 2]}); 3000], "s": "x".repeat(200_000)});
    let several = format!("$['s'{}]['s']", ",'s'".repeat(20_000));
    for path in [
        "$..*..*..*..*..*",
        "$..*",
        "$..*[?(@.k == 'x')]",
        "$..[?(@.l)]..[?(@.k)]",
        "$..b[-1000000000:3]",
        &format!("${}", "..[?(@.a)]".repeat(5_000)),
        &format!("${}", "[?(@.a)]".repeat(20_000)),
        &format!("${}", "..*".repeat(5_000)),
        "$.l[?($.s == $.s)]",
        "$.l[?(@.k =~ /(x*)*(x*)*(x*)*(x*)*y/)]",
        several.as_str(),
        &format!("$.l[{}0]", "0,".repeat(100_000)),
    ] {
        for value in [&deep, &wide] {
            let _ = at(path, value);
        }
    }
    let error = at("$..*..*..*..*..*", &deep).unwrap_err();
    insta::assert_snapshot!(error, @"Reading the path would take more than 2000000 steps");
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        (-3..3).prop_map(Value::from),
        "[ab]{0,2}".prop_map(Value::from)
    ];
    leaf.prop_recursive(4, 40, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[abc]", inner, 0..4).prop_map(|members| json!(members)),
        ]
    })
}

fn any_path() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            ".a",
            ".b",
            "['a']",
            "['a','b']",
            "[0]",
            "[-1]",
            "[0,1]",
            "[1:]",
            "[:-1]",
            "[0:2]",
            "[*]",
            ".*",
            "..a",
            "..*",
            "..[0]",
            "[(@.length-1)]",
            ".length()",
            "[?(@.a)]",
            "[?(!@.a)]",
            "[?(@.a == 1)]",
            "[?(@.b > 'a' || $.a)]",
            "[?(@.a != 'a')]",
            "[-2:1]",
            "[?(@.a =~ /a+/)]",
            "..[?(@.b)]",
        ])
        .prop_map(str::to_owned),
        "[\\[\\](){}?@$.*'\",:0-9 ab=!<>~&|/\\\\-]{0,6}",
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| format!("${}", pieces.concat()))
}

proptest! {
    #[test]
    fn any_text_is_a_path_or_is_not(text in ".{0,60}") {
        let _ = Path::parse(&text);
    }

    #[test]
    fn any_path_reads_any_value(path in any_path(), value in any_value()) {
        let context = Surroundings(json!({}));
        if let Ok(path) = Path::parse(&path) {
            let scope = PathScope { payload: &value, document: None, context: &context };
            let read = path.read(scope);
            let found = path.find(scope);
            // Being strict about gaps changes nothing but that null may be missing; only it reads from a payload of null.
            match (read, found) {
                (Err(read), _) if read.is_without_payload => prop_assert!(value.is_null()),
                (Ok(read), Ok(found)) => prop_assert_eq!(read, found),
                (Ok(read), Err(_)) => prop_assert!(read.is_null()),
                (Err(read), Err(found)) => prop_assert_eq!(read, found),
                (Err(_), Ok(_)) => prop_assert!(false, "strict reading found more"),
            }
        }
    }
}

#[test]
fn what_java_trims_is_no_part_of_a_path() {
    let path = Path::parse("$.a").unwrap();
    for text in ["$.a\t", "\t$.a", "$.a\r\n", "\n $.a \u{b}", "\u{1}$.a"] {
        let read = Path::parse(text).unwrap();
        assert_eq!(read.text().trim(), path.text(), "{text:?}");
    }
    assert!(Path::parse("$ .a").is_err());
}
