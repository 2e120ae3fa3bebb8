//! YAML definitions as people write them, and texts that are none.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn value(text: &str) -> Value {
    read(text, Tags::Core).unwrap().value()
}

fn problem(text: &str) -> String {
    let error = read(text, Tags::Core).unwrap_err();
    format!("{}: {} {}", error.offset, error.message, error.hint)
}

#[test]
fn keys_and_values_know_where_they_stand() {
    let text = "# é\nStartAt: Ä\r\nStates:\n  Ä:\n    Type: \"Pass\"\n    List: [1, {b: x}]\n    End: true\n";
    let document = read(text, Tags::Core).unwrap();
    let at = |span: &Range<usize>| &text[span.clone()];
    let state = document.root.member("States").unwrap().value.member("Ä").unwrap();
    assert_eq!(at(&state.key_span), "Ä");
    assert_eq!(at(&state.value.member("Type").unwrap().value.span), "\"Pass\"");
    let list = &state.value.member("List").unwrap().value;
    assert_eq!(at(&list.span), "[1, {b: x}]");
    let Content::List(items) = &list.content else { panic!("a list") };
    assert_eq!(at(&items[1].member("b").unwrap().value.span), "x");
    assert_eq!(document.root.member("StartAt").map(|member| at(&member.value.span)), Some("Ä"));
}

#[test]
fn scalars_are_what_json_makes_of_them() {
    let text = "a: 1\nb: '1'\nc: yes\nd:\ne: !!str 5\nf: |\n  {% $x\n    + 1 %}\ng: >-\n  one\n  two\nh: \"\\u00e9\"\n? i\n: 2\n3: x\n";
    let expected = json!({
        "a": 1, "b": "1", "c": "yes", "d": null, "e": "5", "f": "{% $x\n  + 1 %}\n", "g": "one two", "h": "é", "i": 2, "3": "x",
    });
    assert_eq!(value(text), expected);
    assert_eq!(value("{\"a\": [true, null, {}]}"), json!({"a": [true, null, {}]}));
}

#[test]
fn aliases_and_merges_are_written_out() {
    let text = "retry: &r\n  - ErrorEquals: [States.ALL]\n    MaxAttempts: &n 2\nbase: &b {x: 1, y: 2}\nA:\n  Retry: *r\n  N: *n\n  <<: *b\n  y: 3\n";
    let document = read(text, Tags::Core).unwrap();
    let retry = json!([{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]);
    assert_eq!(document.value()["A"], json!({"Retry": retry, "N": 2, "y": 3, "x": 1}));
    let alias = &document.root.member("A").unwrap().value.member("Retry").unwrap().value;
    assert_eq!(&text[alias.span.clone()], "*r");
}

#[test]
fn a_templates_functions_are_their_long_forms() {
    let text = "a: !Ref b\nc: !Join ['', [!GetAtt d.Arn, x]]\ne: !Sub\n  - ${f}\n  - {f: 1}\n";
    let document = read(text, Tags::CloudFormation).unwrap();
    let joined = json!({"Fn::Join": ["", [{"Fn::GetAtt": "d.Arn"}, "x"]]});
    assert_eq!(document.value(), json!({"a": {"Ref": "b"}, "c": joined, "e": {"Fn::Sub": ["${f}", {"f": 1}]}}));
    assert!(read("a: !Reff b\n", Tags::CloudFormation).is_err());
    assert!(read(text, Tags::Core).is_err());
}

#[test]
fn repeated_keys_are_noticed() {
    let repeated = read("States:\n  A: {x: 1}\n  A: {x: 2}\n", Tags::Core).unwrap().repeated;
    assert_eq!(
        repeated.iter().map(|again| (&*again.key, again.within.as_deref())).collect::<Vec<_>>(),
        [("A", Some("States"))]
    );
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    insta::assert_snapshot!(problem(""), @"0: there is nothing in it Write a definition, beginning with `StartAt:`.");
    insta::assert_snapshot!(problem("a: 1\n---\nb: 2\n"), @"5: a second document begins here Put one definition into a file.");
    insta::assert_snapshot!(problem("a: {% $x %}\n"), @r#"4: unexpected character: `%' Put an expression into quotes, "{% ... %}", or begin it on its own line after `|`."#);
    insta::assert_snapshot!(problem("a: !Sub x\n"), @"3: the tag !Sub means nothing here A definition of its own has no functions of a template: write the value, or a `${...}` for it.");
    insta::assert_snapshot!(problem("a: .inf\n"), @"3: `.inf` is no value that JSON has Put it into quotes, or write a number.");
    insta::assert_snapshot!(problem("a:\n\tb: 1\n"), @"4: tabs disallowed within this context (block indentation) Indent with blanks: YAML takes no tabs there.");
    insta::assert_snapshot!(problem("[1]: 2\n"), @"0: a key must be a text Write a plain text before the colon.");
    insta::assert_snapshot!(problem("a: *b\n"), @"3: while parsing node, found unknown anchor Look at the indentation, quotes and colons of this line and the one before.");
    insta::assert_snapshot!(problem("a: &a [*a]\n"), @"7: the alias stands inside what it stands for Write the value out.");
}

#[test]
fn aliases_of_aliases_do_not_fill_the_memory() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}", level - 1);
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![before; 10].join(", ")));
    }
    assert!(problem(&bomb).contains("too big"));
    assert!(read(&"[".repeat(100_000), Tags::Core).is_err());
    assert!(read(&"- ".repeat(1_000), Tags::Core).is_err());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in r#"([\[\]{}:,"'&*!|>%@#? \n\t\-a-c0-2.é~<\\]|: |\n  |- ){0,40}"#) {
        match read(&text, Tags::Core) {
            Ok(document) => { document.value(); }
            Err(error) => prop_assert!(text.is_char_boundary(error.offset)),
        }
    }
}
