//! Templates, typed results, what an expression reads: what the States Language engine uses.

use serde_json::{Value, json};

use super::Fixed;
use crate::{Expression, StatesRead, Template, TemplateProblemKind};

fn template(value: &Value) -> Template {
    Template::parse(value, "/States/S/Output", |problem| panic!("{problem:?}"))
}

fn problems(value: &Value) -> String {
    let mut problems = Vec::new();
    let _ = Template::parse(value, "/States/S/Output", |problem| {
        problems.push(format!("{:?}: {} at {}", problem.kind, problem.message, problem.path));
    });
    problems.join(", ")
}

fn bindings() -> Fixed {
    Fixed { states: json!({"input": {"n": 3, "list": [1, 2], "s": "text", "none": null}}), ..Fixed::new() }
}

fn expression(text: &str) -> Expression {
    Expression::parse(text).unwrap()
}

#[test]
fn marks_stand_at_the_very_start_and_end() {
    let value = json!({
        "computed": "{% $states.input.n + 1 %}", "plain": " {% 1 %}", "list": ["{%'a'%}", 2, {"deep": "{% [] %}"}], "half": "{% 1",
    });
    let filled = template(&value).fill("Output", &bindings()).unwrap();
    assert_eq!(filled, json!({"computed": 4, "plain": " {% 1 %}", "list": ["a", 2, {"deep": []}], "half": "{% 1"}));
    assert_eq!(template(&json!({"a": [1]})), Template::Literal(json!({"a": [1]})));
}

#[test]
fn failures_name_the_expression_and_the_field() {
    let failure = |value: Value| {
        let failure = template(&value).fill("Output", &bindings()).unwrap_err();
        format!("{} @ {}", failure.cause, failure.location)
    };
    assert_eq!(
        failure(json!("{% $doesNotExist %}")),
        "The JSONata expression '$doesNotExist' specified for the field 'Output' returned nothing (undefined). @ Output"
    );
    assert_eq!(
        failure(json!({"r": ["x", {"y": "{% $randomSeeded($states.input.n) %}"}]})),
        "The JSONata expression '$randomSeeded($states.input.n)' specified for the field 'Output/r[1]/y' threw an error \
         during evaluation. T1006: Attempted to invoke a non-function @ Output/r[1]/y"
    );
    assert_eq!(
        failure(json!("{% [1..900000] %}")),
        "The JSONata expression '[1..900000]' specified for the field 'Output' threw an error during evaluation: \
         Expression evaluation memory limit exceeded: Check for excessive memory usage @ Output"
    );
}

#[test]
fn results_are_of_the_type_asked_for() {
    let bindings = bindings();
    let cause = |text: &str| expression(text).array("Items", &bindings).unwrap_err().cause;
    for (text, kind, shown) in [
        ("true", "boolean", "true"),
        ("null", "null", "null"),
        ("1", "number", "1"),
        ("'string'", "string", "\"string\""),
        ("{'foo': 'bar'}", "object", "{\"foo\":\"bar\"}"),
    ] {
        let expected = format!(
            "The JSONata expression '{text}' specified for the field 'Items' returned an unexpected result type. \
             Expected 'array', but was '{kind}' for value: {shown}"
        );
        assert_eq!(cause(text), expected);
    }
    assert_eq!(expression("$states.input.list").array("Items", &bindings), Ok(vec![json!(1), json!(2)]));
    assert_eq!(expression("'x'").string("Cause", &bindings), Ok("x".to_owned()));
    assert_eq!(expression("1 = 1").boolean("Condition", &bindings), Ok(true));
    assert!(expression("1").boolean("Condition", &bindings).is_err());
    assert_eq!(expression("12.5").number("ToleratedFailurePercentage", &bindings), Ok(12.5));
    assert_eq!(
        expression("'x'").unexpected_type("Timestamp", "timestamp", &json!("x")).cause,
        "The JSONata expression ''x'' specified for the field 'Timestamp' returned an unexpected result type. \
         Expected 'timestamp', but was 'string' for value: \"x\""
    );
}

#[test]
fn what_an_expression_reads_is_known_without_evaluating_it() {
    let reads = |text: &str| {
        let expression = expression(text);
        let states = match expression.reads().states() {
            None => "-".to_owned(),
            Some(StatesRead::All) => "all".to_owned(),
            Some(StatesRead::Fields(fields)) => fields.iter().cloned().collect::<Vec<_>>().join(" "),
        };
        format!(
            "{} | {states} | {}",
            expression.reads().variables().join(" "),
            expression.reads().top_level().join(" ")
        )
    };
    for (text, expected) in [
        ("$states.input.a & $states.context.b", " | context input | "),
        ("$states", " | all | "),
        ("$lookup($states, 'x') & $states.result", " | all | "),
        ("($x := $y; $f := function($n){ $n + $x + $z + $f(1) }; $f(2))", "y z | - | "),
        ("($x := 1; $x) + $x", "x | - | "),
        ("$states.input.list[$ > $least].{'a': name}", "least | input | "),
        ("$map($a, function($v){ $v.name & other })", "a | - | other"),
        ("$a.b@$v#$i.c[$v = $i]", "a | - | "),
        ("phone & $ & $$", " | - | $ $$ phone"),
        ("$sum([1]) ~> $string", " | - | "),
        ("uppercase($x)", "x | - | "),
    ] {
        assert_eq!(reads(text), expected, "{text}");
    }
}

#[test]
fn what_is_wrong_is_found_when_a_definition_is_read() {
    assert_eq!(
        problems(&json!({"v": "{% phone %}"})),
        "UnsupportedReference: Reference to 'phone' at the top level is not supported. at /States/S/Output/v"
    );
    assert_eq!(
        problems(&json!(["{% 1 + %}"])),
        "InvalidExpression: Unexpected end of expression at /States/S/Output[0]"
    );
    let placed = |text: &str| {
        let mut problems = Vec::new();
        let _ = Template::parse(&json!([text]), "/x", |problem| {
            assert_eq!(problem.kind, TemplateProblemKind::InvalidExpression);
            problems.push((problem.message, problem.offset));
        });
        problems.remove(0)
    };
    assert_eq!(placed("{%  'é' & a[1,2) %}"), (r#"Expected "]", got ",""#.to_owned(), Some(14)));
    assert_eq!(placed("{% 1 + %}"), ("Unexpected end of expression".to_owned(), Some(6)));
    assert_eq!(placed("{%  %}").1, Some(4));
}
