//! What holds for any input: no panic, and no difference between an execution that was stored and one that was not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at once")]

use asl::{Effect, Execution, HistoryEvent, Input, Outcome, Start, StateMachine, Status, TaskId};
use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Words that definitions are made of, so that arbitrary JSON reaches deep into the parser.
fn word() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(vec![
        "StartAt",
        "States",
        "Type",
        "Pass",
        "Task",
        "Wait",
        "Choice",
        "Succeed",
        "Fail",
        "Map",
        "Parallel",
        "Next",
        "End",
        "A",
        "B",
        "Choices",
        "Variable",
        "And",
        "Or",
        "Not",
        "IsPresent",
        "StringMatches",
        "NumericEquals",
        "TimestampEqualsPath",
        "Default",
        "Parameters",
        "Result",
        "ResultPath",
        "InputPath",
        "OutputPath",
        "ResultSelector",
        "Resource",
        "Retry",
        "Catch",
        "ErrorEquals",
        "States.ALL",
        "MaxAttempts",
        "Seconds",
        "SecondsPath",
        "Timestamp",
        "TimestampPath",
        "$",
        "$$",
        "$.a[0]",
        "$..a",
        "$[?(@.a == 1)]",
        "$.a[*].b",
        "x.$",
        "States.Format('{}', $.a)",
        "arn:aws:states:::lambda:invoke",
        "2016-03-14T01:59:00Z",
        "Error",
        "ErrorPath",
        "TimeoutSeconds",
        "QueryLanguage",
        "JSONata",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => ".{0,12}"]
}

fn arbitrary_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((word(), inner), 0..8).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_definition_makes_the_parser_panic(value in arbitrary_json()) {
        check(&value.to_string());
        check(&json!({"StartAt": "A", "States": {"A": value}}).to_string());
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,64}") {
        check(&text);
    }

    #[test]
    fn no_path_makes_the_parser_or_the_engine_panic(path in "\\$\\$?([.\\[\\]()?@*:,'\"a-c0-9 =<>!&|\\\\-]|\\.\\.|\\[\\*\\]|\\['a'\\]){0,12}") {
        let definition = json!({"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"x.$": path}, "End": true}}});
        if let Ok(machine) = StateMachine::parse(&definition.to_string()) {
            begin(&machine, r#"{"a":[{"b":1},{"a":[1,2]}],"b":"c"}"#);
        }
    }

    #[test]
    fn no_call_makes_the_parser_or_the_engine_panic(
        name in proptest::sample::select(vec![
            "Format", "StringToJson", "JsonToString", "StringSplit", "Base64Encode", "Base64Decode", "UUID", "JsonMerge", "Array",
            "ArrayPartition", "ArrayContains", "ArrayRange", "ArrayGetItem", "ArrayLength", "ArrayUnique", "MathAdd", "MathRandom",
        ]),
        arguments in proptest::collection::vec("\\$\\.[ab]|\\$\\$|-?[0-9]{1,19}|[0-9.e+-]{1,5}|'[a-z{}\\\\,']{0,5}'|true|null|States\\.Array\\(1\\)", 0..4),
    ) {
        let call = format!("States.{name}({})", arguments.join(", "));
        let state = json!({"Type": "Pass", "Parameters": {"x.$": call}, "End": true});
        let definition = json!({"StartAt": "A", "States": {"A": state}});
        if let Ok(machine) = StateMachine::parse(&definition.to_string()) {
            begin(&machine, r#"{"a":[{"b":1},{"a":[1,2]}],"b":"c"}"#);
        }
    }

    #[test]
    fn a_stored_execution_goes_on_like_one_that_was_not(plan in plan(), input in arbitrary_json()) {
        let machine = StateMachine::parse(&plan.definition()).unwrap();
        let straight = run(&machine, &input, &plan.answers, |execution| execution);
        let stored = run(&machine, &input, &plan.answers, |execution| {
            serde_json::from_str(&serde_json::to_string(&execution).unwrap()).unwrap()
        });
        prop_assert_eq!(&straight, &stored);
        prop_assert_eq!(Status::of(&straight.0).unwrap(), Some(straight.2));
        for event in &straight.0 {
            prop_assert!(event.previous_event_id < event.id);
        }
    }
}

fn check(definition: &str) {
    if let Err(problem) = StateMachine::parse(definition) {
        assert!(!problem.findings().is_empty());
        assert!(!problem.to_string().is_empty());
    }
}

/// A small machine: a chain of states, and what its tasks will answer.
#[derive(Clone, Debug)]
struct Plan {
    states: Vec<Value>,
    answers: Vec<Answer>,
}

#[derive(Clone, Debug)]
enum Answer {
    Result(Value),
    Error(&'static str),
    Silence,
    Stop,
}

impl Plan {
    fn definition(&self) -> String {
        let last = self.states.len();
        let mut states: serde_json::Map<String, Value> = self
            .states
            .iter()
            .enumerate()
            .map(|(i, state)| {
                let next = format!("S{}", i + 1);
                let mut state = state.clone();
                if state["Type"] == "Choice" {
                    state["Default"] = next.clone().into();
                    state["Choices"] = json!([{"Variable": "$.a", "IsPresent": true, "Next": next}]);
                } else {
                    state["Next"] = next.into();
                }
                (format!("S{i}"), state)
            })
            .collect();
        states.insert(format!("S{last}"), json!({"Type": "Succeed"}));
        json!({"StartAt": "S0", "TimeoutSeconds": 500, "States": states}).to_string()
    }
}

fn plan() -> impl Strategy<Value = Plan> {
    let state = prop_oneof![
        Just(json!({"Type": "Pass", "Parameters": {"a.$": "$", "b.$": "$$.State.Name"}})),
        Just(json!({"Type": "Pass", "Result": [1, 2.5, null], "ResultPath": "$.r"})),
        Just(json!({"Type": "Wait", "Seconds": 7})),
        Just(json!({"Type": "Wait", "TimestampPath": "$$.Execution.StartTime"})),
        Just(json!({"Type": "Choice"})),
        Just(json!({"Type": "Task", "Resource": "arn:aws:lambda:x:000000000000:function:f", "TimeoutSeconds": 30,
            "Retry": [{"ErrorEquals": ["Oops", "States.Timeout"], "MaxAttempts": 2, "JitterStrategy": "FULL"}]})),
        Just(json!({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Parameters": {"QueueUrl": "q", "MessageBody": {"t.$": "$$.Task.Token", "n.$": "$$.State.RetryCount"}}, "HeartbeatSeconds": 9, "ResultPath": "$.t"})),
    ];
    let answer = prop_oneof![
        4 => arbitrary_json().prop_map(Answer::Result),
        2 => Just(Answer::Error("Oops")),
        1 => Just(Answer::Error("Other")),
        1 => Just(Answer::Silence),
        1 => Just(Answer::Stop),
    ];
    (proptest::collection::vec(state, 1..7), proptest::collection::vec(answer, 0..8))
        .prop_map(|(states, answers)| Plan { states, answers })
}

fn begin(machine: &StateMachine, input: &str) -> (Execution, Vec<Effect>) {
    let machine_arn = "arn:aws:states:x:000000000000:stateMachine:m";
    let start = Start::builder("arn:aws:states:x:000000000000:execution:m:e", machine_arn, Timestamp::UNIX_EPOCH);
    Execution::start(machine, start.role_arn("role").input(input).seed(9).build()).unwrap()
}

type Ran = (Vec<HistoryEvent>, Option<Outcome>, Status);

/// Runs to the end; `between` may do with the execution what it likes after every input.
fn run(machine: &StateMachine, input: &Value, answers: &[Answer], between: impl Fn(Execution) -> Execution) -> Ran {
    let (mut execution, mut effects) = begin(machine, &input.to_string());
    let mut answers = answers.iter().cycle();
    let mut history = Vec::new();
    let mut outcome = None;
    let mut now = Timestamp::UNIX_EPOCH;
    loop {
        execution = between(execution);
        let mut task = None;
        for effect in effects {
            match effect {
                Effect::Event(event) => history.push(event),
                Effect::StartTask(request) => task = Some(request.task),
                Effect::CancelTask(_)
                | Effect::StartMapRun(_)
                | Effect::EndMapRun(_)
                | Effect::StartChild(_)
                | Effect::StopChild(_) => {}
                Effect::Ended(end) => outcome = Some(end),
                other => panic!("{other:?}"),
            }
        }
        if outcome.is_some() {
            return (history, outcome, execution.status());
        }
        let input = task.and_then(|task| next_input(&mut execution, machine, task, answers.next(), now, &mut history));
        if input.is_none() {
            now = execution.next_wake().unwrap();
        }
        effects = execution.handle(machine, input.unwrap_or(Input::Wake), now).unwrap();
    }
}

/// Begins a task and says how it ends, if it does.
fn next_input(
    execution: &mut Execution,
    machine: &StateMachine,
    task: TaskId,
    answer: Option<&Answer>,
    now: Timestamp,
    history: &mut Vec<HistoryEvent>,
) -> Option<Input> {
    let started = execution.handle(machine, Input::TaskStarted { task, worker_name: None }, now).unwrap();
    history.extend(started.into_iter().filter_map(|effect| match effect {
        Effect::Event(event) => Some(event),
        _ => None,
    }));
    match answer? {
        Answer::Result(value) => Some(Input::TaskSucceeded { task, output: value.to_string() }),
        Answer::Error(error) => Some(Input::TaskFailed { task, error: Some((*error).into()), cause: None }),
        Answer::Silence => None,
        Answer::Stop => Some(Input::Stop { error: None, cause: Some("enough".into()) }),
    }
}
