//! Mutates the lesson's definition and those of `init`: whatever is changed, some case of theirs fails.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at once")]

use model::source::Source;
use serde_json::{Value, json};
use simulate::{Subject, TestFile, judge, run};

macro_rules! carried {
    ($definition:literal, $tests:literal) => {
        (
            $definition,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../", $definition)),
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../", $tests)),
        )
    };
}

const SETS: [(&str, &str, &str); 6] = [
    carried!("definitions/wait-to-send.asl.json", "definitions/tests/wait-to-send.test.toml"),
    carried!("templates/hello/workflow.asl.json", "templates/hello/tests/hello.test.toml"),
    carried!("templates/wait/workflow.asl.json", "templates/wait/tests/wait.test.toml"),
    carried!("templates/approval/workflow.asl.json", "templates/approval/tests/approval.test.toml"),
    carried!("templates/parallel/workflow.asl.json", "templates/parallel/tests/parallel.test.toml"),
    carried!("templates/map/workflow.asl.json", "templates/map/tests/map.test.toml"),
];

#[test]
fn a_mutated_definition_fails_some_case() {
    let mut mutants = 0;
    for (name, definition, tests) in SETS {
        let definition: Value = serde_json::from_str(&resolved(definition)).unwrap();
        let file = TestFile::parse(Source::new("a.test.toml", tests), &|_| Err(String::new())).unwrap();
        assert_eq!(failed(&definition, &file), Some(0), "{name} as it is");
        for (what, mutant) in mutated(&definition) {
            mutants += 1;
            // A mutant that AWS refuses is found before any test.
            assert_ne!(failed(&mutant, &file), Some(0), "{name}: {what} was not noticed");
        }
    }
    assert!(mutants >= 20, "{mutants}");
}

fn resolved(definition: &str) -> String {
    [("Partition", "aws"), ("Region", "eu-west-1"), ("AccountId", "123456789012"), ("StackName", "stack")]
        .iter()
        .fold(definition.to_owned(), |text, (name, value)| text.replace(&format!("#{{AWS::{name}}}"), value))
}

/// How many cases fail; none when the definition is refused.
fn failed(definition: &Value, file: &TestFile) -> Option<usize> {
    let arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:m";
    let subject = Subject::parse(&definition.to_string(), arn, false).ok()?;
    Some(file.cases.iter().filter(|case| !judge(&subject, case, &run(&subject, case, 0)).is_empty()).count())
}

/// The definition with one thing changed at a time: a transition that ends, a rule that leads elsewhere, a clause that is gone.
fn mutated(definition: &Value) -> Vec<(String, Value)> {
    let mut mutants = Vec::new();
    for path in states(definition) {
        let state = definition.pointer(&path).unwrap();
        let mut add = |what: &str, change: &dyn Fn(&mut Value)| {
            let mut mutant = definition.clone();
            change(mutant.pointer_mut(&path).unwrap());
            mutants.push((format!("{path} {what}"), mutant));
        };
        if state.get("Next").is_some() {
            add("Next", &|state| {
                state.as_object_mut().unwrap().remove("Next");
                state["End"] = json!(true);
            });
        }
        for clause in ["Retry", "Catch"] {
            for index in 0..state[clause].as_array().map_or(0, Vec::len) {
                add(&format!("{clause}[{index}]"), &|state| drop(state[clause].as_array_mut().unwrap().remove(index)));
            }
        }
        for index in 0..state["Choices"].as_array().map_or(0, Vec::len) {
            add(&format!("Choices[{index}]"), &|state| state["Choices"][index]["Next"] = state["Default"].clone());
        }
        if state.get("Default").is_some() {
            add("Default", &|state| state["Default"] = state["Choices"][0]["Next"].clone());
        }
        if state.pointer("/Retry/0/MaxAttempts").is_some() {
            add("Retry[0] attempts", &|state| state["Retry"][0]["MaxAttempts"] = json!(0));
        }
    }
    mutants
}

/// Where the states are, those inside others too.
fn states(definition: &Value) -> Vec<String> {
    let mut open = vec![String::new()];
    let mut found = Vec::new();
    while let Some(flow) = open.pop() {
        for name in definition.pointer(&flow).unwrap()["States"].as_object().unwrap().keys() {
            let path = format!("{flow}/States/{name}");
            let state = definition.pointer(&path).unwrap();
            open.extend(state.get("ItemProcessor").map(|_| format!("{path}/ItemProcessor")));
            let branches = state["Branches"].as_array().map_or(0, Vec::len);
            open.extend((0..branches).map(|index| format!("{path}/Branches/{index}")));
            found.push(path);
        }
    }
    found
}
