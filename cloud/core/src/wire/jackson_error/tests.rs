//! Texts that are no JSON, and what is said of them.

use proptest::prelude::*;

use super::*;

fn said(text: &str) -> String {
    let JacksonError { words, place } = JacksonError::in_text(text).unwrap();
    format!("{words}\n{}", place.rsplit_once("; ").unwrap().1)
}

#[test]
fn what_was_recorded_from_aws() {
    assert_eq!(
        JacksonError::in_text("not a definition").unwrap(),
        JacksonError {
            words: format!("Unrecognized token 'not': was expecting {VALUES}"),
            place: "[Source: (String)\"not a definition\"; line: 1, column: 4]".to_owned(),
        }
    );
    assert_eq!(
        JacksonError::in_text("{'not': 'json'").unwrap().words,
        "Unexpected character (''' (code 39)): was expecting double-quote to start field name"
    );
}

/// Issues of public projects show these answers of Lambda's Invoke, where the bytes of the source can still be made out.
#[test]
fn what_was_recorded_of_bytes() {
    let bytes: [&[u8]; 6] = [b"test data", b"'test'", b"z{\xa5", b"0D\x93a", b"\x99\xe9m", b"------WebKitFormBoundary"];
    insta::assert_snapshot!(bytes.map(said_of_bytes).join("\n"), @r##"
    Unrecognized token 'test': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
    [Source: (byte[])"test data"; line: 1, column: 6]
    Unexpected character (''' (code 39)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
    [Source: (byte[])"'test'"; line: 1, column: 2]
    Unrecognized token 'z': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
    [Source: (byte[])"z{�"; line: 1, column: 3]
    Unexpected character ('D' (code 68)): Expected space separating root-level values
    [Source: (byte[])"0D�a"; line: 1, column: 3]
    Unexpected character ((CTRL-CHAR, code 153)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
    [Source: (byte[])"��m"; line: 1, column: 2]
    Unexpected character ('-' (code 45)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value
    [Source: (byte[])"------WebKitFormBoundary"; line: 1, column: 3]
    "##);
}

#[test]
fn bytes_that_are_no_utf_8() {
    let bytes: [&[u8]; 7] = [
        b"\"\x97\"",
        b"\"\xc3\"",
        b"\xc7\x97",
        b"\xe2\xb2",
        b"{\"a\": [\"\xf0\x9f\x98\x80\xff\"]}",
        b"\"\xe2\x82",
        b"nojson",
    ];
    insta::assert_snapshot!(bytes.map(said_of_bytes).join("\n"), @r##"
    Invalid UTF-8 start byte 0x97
    [Source: (byte[])""�""; line: 1, column: 3]
    Invalid UTF-8 middle byte 0x22
    [Source: (byte[])""�""; line: 1, column: 4]
    Invalid UTF-8 start byte 0x97
    [Source: (byte[])"Ǘ"; line: 1, column: 3]
    Invalid UTF-8 start byte 0xb2
    [Source: (byte[])"�"; line: 1, column: 3]
    Invalid UTF-8 start byte 0xff
    [Source: (byte[])"{"a": ["😀�"]}"; line: 1, column: 14]
    Unexpected end-of-input in VALUE_STRING
    [Source: (byte[])""�"; line: 1, column: 4]
    Unrecognized token 'nojson': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
    [Source: (byte[])"nojson"; line: 1, column: 7]
    "##);
    assert_eq!(JacksonError::in_bytes("{\"ü\": [true, \"😀\", null]}".as_bytes()), None);
}

fn said_of_bytes(bytes: &[u8]) -> String {
    let JacksonError { words, place } = JacksonError::in_bytes(bytes).unwrap();
    format!("{words}\n{place}")
}

#[test]
fn everyday_mistakes() {
    let texts = [
        "{\"a\": }",
        "{\"a\" 1}",
        "{\"a\": 1,}",
        "[1,]",
        "{\"a\": 1 \"b\": 2}",
        "{\n  \"a\": [1 2]\n}",
        "{\"a\": 01}",
        "{\"a\": 1.}",
        "{\"a\": -x}",
        "{\"a\": 'x'}",
        "{\"a\": \"x\ny\"}",
        "{\"a\": \"\\x\"}",
        "{\"a\": nil}",
        "{\"a\"",
        "{\"a",
        "{\"a\": \"b",
        "\u{201c}a\u{201d}",
        "[1, 2",
    ];
    let all: Vec<_> = texts.iter().map(|text| said(text)).collect();
    insta::assert_snapshot!(all.join("\n"), @r##"
    Unexpected character ('}' (code 125)): expected a value
    line: 1, column: 8]
    Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value
    line: 1, column: 7]
    Unexpected character ('}' (code 125)): was expecting double-quote to start field name
    line: 1, column: 10]
    Unexpected character (']' (code 93)): expected a value
    line: 1, column: 5]
    Unexpected character ('"' (code 34)): was expecting comma to separate Object entries
    line: 1, column: 10]
    Unexpected character ('2' (code 50)): was expecting comma to separate Array entries
    line: 2, column: 12]
    Invalid numeric value: Leading zeroes not allowed
    line: 1, column: 9]
    Unexpected character ('}' (code 125)) in numeric value: Decimal point not followed by a digit
    line: 1, column: 10]
    Unexpected character ('x' (code 120)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value
    line: 1, column: 9]
    Unexpected character (''' (code 39)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
    line: 1, column: 8]
    Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in string value
    line: 1, column: 10]
    Unrecognized character escape 'x' (code 120)
    line: 1, column: 10]
    Unrecognized token 'nil': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
    line: 1, column: 10]
    Unexpected end-of-input within/between Object entries
    line: 1, column: 5]
    Unexpected end-of-input in field name
    line: 1, column: 4]
    Unexpected end-of-input: was expecting closing quote for a string value
    line: 1, column: 9]
    Unexpected character ('“' (code 8220 / 0x201c)): expected a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')
    line: 1, column: 2]
    Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)"[1, 2"; line: 1, column: 1])
    line: 1, column: 6]
    "##);
}

#[test]
fn a_long_text_is_shown_in_part() {
    let text = format!("[{}", "1,".repeat(400));
    let place = JacksonError::in_text(&text).unwrap().place;
    assert!(place.ends_with("1,1\"[truncated 301 chars]; line: 1, column: 802]"), "{place}");
    let place = JacksonError::in_bytes(text.as_bytes()).unwrap().place;
    assert!(place.ends_with("1,1\"[truncated 301 bytes]; line: 1, column: 802]"), "{place}");
    let words = JacksonError::in_text(&"x".repeat(400)).unwrap().words;
    assert!(words.contains(&format!("'{}...'", "x".repeat(256))), "{words}");
}

proptest! {
    #[test]
    fn json_is_never_complained_of(value in json()) {
        prop_assert_eq!(JacksonError::in_text(&value), None);
        prop_assert_eq!(JacksonError::in_bytes(value.as_bytes()), None);
    }

    #[test]
    fn every_text_is_read_to_an_end(text in "[\\[\\]{}\",:0-9a-z\\\\. -]{0,60}") {
        let valid = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
        prop_assert!(!valid || JacksonError::in_text(&text).is_none());
    }

    #[test]
    fn all_bytes_are_read_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        let valid = serde_json::from_slice::<serde_json::Value>(&bytes).is_ok();
        prop_assert!(!valid || JacksonError::in_bytes(&bytes).is_none());
    }
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        ".*".prop_map(serde_json::Value::from),
    ];
    let value = leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::btree_map(".*", inner, 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    });
    value.prop_map(|value| format!("{value:#}"))
}
