//! Variables: what `Assign` sees, sets and may hold.

use std::collections::BTreeMap;

use asl::{EventDetails, Outcome};

use crate::drive::{Driver, LAMBDA, machine};

/// What the states of a name have set, as the history shows it.
fn assigned(driver: &Driver, state: &str) -> Vec<BTreeMap<String, String>> {
    let exits = driver.history.iter().filter_map(|event| match &event.details {
        EventDetails::StateExited { name, assigned, .. } if &**name == state => Some(assigned),
        _ => None,
    });
    exits.map(|all| all.iter().map(|(name, json)| (name.clone(), json.to_string())).collect()).collect()
}

fn one(driver: &Driver, state: &str) -> String {
    format!("{:?}", assigned(driver, state))
}

#[test]
fn all_of_an_assign_see_the_values_of_before() {
    let driver = Driver::start(
        machine(
            r#""A":{"Type":"Pass","Assign":{"x":1,"y":2.0,"at.$":"$$.State.Name"},"Next":"B"},
               "B":{"Type":"Pass","Assign":{"x.$":"$y","y.$":"$x"},"OutputPath":"$x","Next":"C"},
               "C":{"Type":"Succeed","OutputPath":"$y"}"#,
        ),
        "{}",
    );
    assert_eq!(one(&driver, "A"), r#"[{"at": "\"A\"", "x": "1", "y": "2.0"}]"#);
    assert_eq!(one(&driver, "B"), r#"[{"x": "2.0", "y": "1"}]"#);
    assert_eq!(driver.outcome, Some(Outcome::Succeeded { output: "1".into() }));
    assert!(driver.short().contains("PassStateExited 1\n"), "OutputPath reads the value of before");
}

#[test]
fn a_task_assigns_from_what_was_selected_of_its_result() {
    let task = format!(
        r#""A":{{"Type":"Task","Resource":"{LAMBDA}","ResultSelector":{{"n.$":"$.deep.n"}},"ResultPath":"$.result",
           "Assign":{{"all.$":"$","n.$":"$.n"}},"OutputPath":"$.result","End":true}}"#
    );
    let mut driver = Driver::start(machine(&task), r#"{"n":0}"#);
    driver.succeed(r#"{"deep": {"n": 7}}"#, 1.0);
    assert_eq!(one(&driver, "A"), r#"[{"all": "{\"n\":7}", "n": "7"}]"#);
    assert_eq!(driver.outcome, Some(Outcome::Succeeded { output: r#"{"n":7}"#.into() }));
}

#[test]
fn a_catcher_and_a_rule_assign_instead_of_their_state() {
    let states = format!(
        r#""A":{{"Type":"Task","Resource":"{LAMBDA}","Assign":{{"error":"none"}},"Next":"B",
             "Catch":[{{"ErrorEquals":["States.ALL"],"Assign":{{"error.$":"$.Error"}},"ResultPath":null,"Next":"B"}}]}},
           "B":{{"Type":"Choice","Assign":{{"way":"default"}},"Default":"C",
             "Choices":[{{"Variable":"$error","StringEquals":"none","Assign":{{"way.$":"$.x"}},"Next":"C"}}]}},
           "C":{{"Type":"Pass","Parameters":{{"way.$":"$way","error.$":"$error"}},"End":true}}"#
    );
    let mut well = Driver::start(machine(&states), r#"{"x":"rule"}"#);
    well.succeed("{}", 0.0);
    assert_eq!(one(&well, "A"), r#"[{"error": "\"none\""}]"#);
    assert!(matches!(well.outcome, Some(Outcome::Failed(_))), "the result has no x for the rule");

    let mut badly = Driver::start(machine(&states), r#"{"x":"rule"}"#);
    badly.fail("Oops", 0.0);
    assert_eq!(badly.outcome, Some(Outcome::Succeeded { output: r#"{"way":"default","error":"Oops"}"#.into() }));
}

#[test]
fn variables_survive_being_stored() {
    let states = r#""A":{"Type":"Pass","Assign":{"wait":5,"kept":{"a":[1.0,null]}},"Next":"B"},
        "B":{"Type":"Wait","SecondsPath":"$wait","Assign":{"was.$":"$wait"},"Next":"C"},
        "C":{"Type":"Pass","InputPath":"$kept.a","End":true}"#;
    let mut driver = Driver::start(machine(states), "{}");
    let stored = serde_json::to_string(&driver.execution).unwrap();
    driver.execution = serde_json::from_str(&stored).unwrap();
    driver.wake(5.0);
    assert_eq!(one(&driver, "B"), r#"[{"was": "5"}]"#);
    assert_eq!(driver.outcome, Some(Outcome::Succeeded { output: "[1.0,null]".into() }));
}

#[test]
fn inner_flows_see_outer_variables_after_being_stored() {
    let states = r#""A":{"Type":"Pass","Assign":{"wait":5,"x":1},"Next":"P"},
        "P":{"Type":"Parallel","End":true,"Branches":[{"StartAt":"Q","States":{"Q":{"Type":"Parallel","End":true,"Branches":[
          {"StartAt":"B","States":{"B":{"Type":"Pass","Assign":{"y.$":"$x"},"Next":"C"},
            "C":{"Type":"Wait","SecondsPath":"$wait","Next":"D"},
            "D":{"Type":"Pass","Parameters":{"x.$":"$x","y.$":"$y"},"End":true}}}]}}}]}"#;
    let mut driver = Driver::start(machine(states), "{}");
    let stored = serde_json::to_string(&driver.execution).unwrap();
    let reloaded = serde_json::from_str(&stored).unwrap();
    assert_eq!(driver.execution, reloaded);
    driver.execution = reloaded;
    driver.wake(5.0);
    assert_eq!(driver.outcome, Some(Outcome::Succeeded { output: r#"[[{"x":1,"y":1}]]"#.into() }));
    assert_eq!(stored.matches(r#""x":"1""#).count(), 1, "each variable is stored once: {stored}");
}

fn failure(driver: &Driver) -> String {
    match &driver.outcome {
        Some(Outcome::Failed(failure)) => {
            format!("{}: {}", failure.error.as_deref().unwrap_or("-"), failure.cause.as_deref().unwrap_or("-"))
        }
        other => panic!("not failed: {other:?}"),
    }
}

#[test]
fn a_variable_that_was_never_assigned_ends_the_execution() {
    let driver = Driver::start(machine(r#""A":{"Type":"Pass","InputPath":"$nowhere.x","End":true}"#), "{}");
    assert!(failure(&driver).starts_with("States.Runtime: An error occurred while executing the state 'A'"));
}

#[test]
fn variables_have_quotas() {
    let text = "a".repeat(200_000);
    let input = format!(r#"{{"text":"{text}"}}"#);
    let twice = r#""A":{"Type":"Pass","Assign":{"x.$":"$.text","y.$":"$.text"},"End":true}"#;
    assert!(failure(&Driver::start(machine(twice), &input)).starts_with("States.DataLimitExceeded"));
}

#[test]
fn a_variable_that_nests_ever_deeper_ends_the_execution() {
    let states = r#""A":{"Type":"Pass","Assign":{"x":1},"Next":"B"},
        "B":{"Type":"Choice","Choices":[{"Variable":"$","IsPresent":false,"Next":"C"}],"Default":"B",
           "Assign":{"x":{"in.$":"$x"}}},
        "C":{"Type":"Succeed"}"#;
    assert!(failure(&Driver::start(machine(states), "{}")).contains("variable nests deeper"));
}

#[test]
fn a_role_is_read_or_computed() {
    let states = |role: &str| {
        machine(&format!(
            r#""A":{{"Type":"Pass","Assign":{{"role":"arn:aws:iam::000000000000:role/v"}},"Next":"B"}},
               "B":{{"Type":"Task","Resource":"{LAMBDA}","Credentials":{{{role}}},"End":true}}"#
        ))
    };
    let roles: Vec<_> = [
        r#""RoleArn":"arn:aws:iam::000000000000:role/f""#,
        r#""RoleArn.$":"$.role""#,
        r#""RoleArn.$":"$role""#,
        r#""RoleArn.$":"States.Format('arn:aws:iam::000000000000:role/{}', 'i')""#,
    ]
    .iter()
    .map(|role| {
        let driver = Driver::start(states(role), r#"{"role":"arn:aws:iam::000000000000:role/p"}"#);
        let EventDetails::LambdaFunctionScheduled { credentials, .. } = &driver.history.last().unwrap().details else {
            panic!("no task");
        };
        assert_eq!(*credentials, driver.requests[0].credentials);
        driver.requests[0].credentials.as_deref().unwrap_or_default().rsplit('/').next().unwrap().to_owned()
    })
    .collect();
    assert_eq!(roles, ["f", "p", "v", "i"]);
}

/// How an execution ends that sets `$v` and then enters a state with these fields.
fn with_variable(state: &str) -> Outcome {
    let others = if state.contains("Choice") { r#","C":{"Type":"Succeed"},"D":{"Type":"Fail"}"# } else { "" };
    let set = r#""A":{"Type":"Pass","Assign":{"v":{"one":1,"text":"t","list":[7,8]}},"Next":"B"}"#;
    let states = format!(r#"{set},"B":{{{state}}}{others}"#);
    let mut driver = Driver::start(machine(&states), "{}");
    if driver.outcome.is_none() {
        driver.wake(1.0);
    }
    driver.outcome.unwrap()
}

#[test]
fn every_field_with_a_path_reads_variables() {
    let map = r#""Type":"Map","End":true,"ItemProcessor":{"StartAt":"I","States":{"I":{"Type":"Pass","End":true}}}"#;
    for (state, output) in [
        (r#""Type":"Pass","End":true,"InputPath":"$v.list[1]""#.to_owned(), "8"),
        (r#""Type":"Pass","End":true,"OutputPath":"$v.text""#.to_owned(), r#""t""#),
        (r#""Type":"Pass","End":true,"Parameters":{"a.$":"$v.list[*]","b.$":"States.MathAdd($v.one, 1)"}"#.to_owned(), r#"{"a":[7,8],"b":2}"#),
        (r#""Type":"Wait","End":true,"SecondsPath":"$v.one""#.to_owned(), "{}"),
        (format!(r#"{map},"ItemsPath":"$v.list","MaxConcurrencyPath":"$v.one""#), "[7,8]"),
        (format!(r#"{map},"ItemsPath":"$v.list","ItemSelector":{{"x.$":"$v.text"}}"#), r#"[{"x":"t"},{"x":"t"}]"#),
        (r#""Type":"Choice","Choices":[{"Variable":"$v.one","NumericEqualsPath":"$v.one","Next":"C"}],"Default":"D""#.to_owned(), "{}"),
        (r#""Type":"Choice","Choices":[{"Variable":"$nope","IsPresent":false,"Next":"C"}],"Default":"D""#.to_owned(), "{}"),
    ] {
        assert_eq!(with_variable(&state), Outcome::Succeeded { output: output.into() }, "{state}");
    }
    let failure = asl::Failure { error: Some("t".into()), cause: Some("[7,8]".into()) };
    let fail = r#""Type":"Fail","ErrorPath":"$v.text","CausePath":"States.JsonToString($v.list)""#;
    assert_eq!(with_variable(fail), Outcome::Failed(failure));
}
