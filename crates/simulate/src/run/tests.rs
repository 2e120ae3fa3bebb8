//! Runs in virtual time: mocks, timers, Map states, seeds.

use super::*;
use crate::case::TestFile;
use crate::duration::shown_duration;
use asl::Outcome;
use model::source::Source;
use serde_json::{Value, json};
use std::sync::Arc;

const ARN: &str = "arn:aws:states:eu-west-1:123456789012:stateMachine:m";

pub(crate) fn subject(states: Value) -> Subject {
    let start_at = states.as_object().unwrap().keys().next().unwrap().clone();
    Subject::parse(&json!({"StartAt": start_at, "States": states}).to_string(), ARN, false).unwrap()
}

pub(crate) fn case(text: &str) -> Case {
    let text = format!("[[cases]]\nname = \"c\"\n{text}");
    let parsed = TestFile::parse(Source::new("a.test.toml", text), &|_| Err("no files here".to_owned()));
    parsed.unwrap().cases.remove(0)
}

/// A condition, true and false, is counted.
#[test]
fn conditions_of_expressions_are_noted() {
    let definition = json!({"StartAt": "P", "QueryLanguage": "JSONata", "States": {"P": {"Type": "Pass", "End": true,
        "Output": {"size": "{% $states.input.n > 5 ? 'big' : $states.input.n > 1 ? 'mid' : 'small' %}"}}}});
    let subject = Subject::parse(&definition.to_string(), ARN, false).unwrap();
    assert_eq!(subject.conditions.len(), 4);
    let mut coverage = crate::coverage::Coverage::of(&subject);
    coverage.add(&run(&subject, &case("input = { n = 3 }"), 0));
    let missed: Vec<String> = coverage.missed().iter().map(|it| format!("{} {}", it.leads_to, it.what.len())).collect();
    assert_eq!(missed.len(), 2, "{missed:?}");
    coverage.add(&run(&subject, &case("input = { n = 7 }"), 0));
    coverage.add(&run(&subject, &case("input = { n = 0 }"), 0));
    assert_eq!(coverage.missed(), []);
}

#[test]
fn somebody_can_stop_an_execution() {
    let subject = subject(json!({"W": {"Type": "Wait", "Seconds": 60, "End": true}}));
    let stopped = run(&subject, &case("stop = { after = \"5s\", error = \"Enough\" }"), 0);
    assert!(short(&stopped).starts_with("Some(Aborted(Failure { error: Some(\"Enough\")"), "{}", short(&stopped));
    assert_eq!(stopped.duration().as_secs(), 5);
    assert_eq!(short(&run(&subject, &case("stop = { after = \"2m\" }"), 0)), "SUCCEEDED {} after 1m");
}

struct Echo;

impl super::Outside for Echo {
    fn answer(&self, passed: &super::Passed<'_>) -> Result<asl::Input, String> {
        match passed.answer {
            crate::case::Answer::Function(name) if name == "gone" => Err("there is no such function".to_owned()),
            _ => Ok(asl::Input::TaskSucceeded { task: passed.request.task, output: passed.request.input.to_string() }),
        }
    }
}

#[test]
fn what_mocks_leave_to_others_is_answered_outside() {
    let subject = subject(json!({"A": task(json!({}))}));
    let with = |mock: &str| {
        let case = case(&format!("input = {{ a = 1 }}\nmocks.A = {mock}"));
        (short(&super::run_with(&subject, &case, 0, &Echo)), short(&run(&subject, &case, 0)))
    };
    let (echoed, alone) = with("{ function = \"f\", after = \"3s\" }");
    assert_eq!(echoed, r#"SUCCEEDED {"a":1} after 3s"#);
    assert!(alone.contains("nothing but mocks answers here"), "{alone}");
    assert_eq!(with("{ cloud = true }").0, r#"SUCCEEDED {"a":1} after 0s"#);
    let (gone, _) = with("{ function = \"gone\" }");
    assert!(gone.contains("leaves it to others, and there is no answer: there is no such function"), "{gone}");
}

fn task(more: Value) -> Value {
    let mut state =
        json!({"Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:123456789012:function:f", "End": true});
    state.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    state
}

/// Status, error or output, and virtual duration.
fn short(run: &Run) -> String {
    let ended = match (&run.problem, &run.outcome) {
        (Some(problem), _) => format!("{problem}"),
        (None, Some(Outcome::Succeeded { output })) => format!("SUCCEEDED {output}"),
        (None, Some(Outcome::Failed(failure))) => format!("FAILED {}", failure.error.clone().unwrap_or_default()),
        (None, other) => format!("{other:?}"),
    };
    format!("{ended} after {}", shown_duration(run.duration()))
}

#[test]
fn a_years_wait_takes_no_time() {
    let subject =
        subject(json!({"W": {"Type": "Wait", "Seconds": 31_536_000 - 1, "Next": "S"}, "S": {"Type": "Succeed"}}));
    let run = run(&subject, &case("input = { a = 1 }"), 0);
    assert_eq!(short(&run), r#"SUCCEEDED {"a":1} after 364d 23h 59m 59s"#);
}

#[test]
fn a_task_without_a_mock_ends_the_run_and_says_what_to_write() {
    let run = run(&subject(json!({"Send": task(json!({}))})), &case("input = { a = 1 }"), 0);
    let Some(Problem::NoMock { advice, .. }) = &run.problem else { panic!("{run:?}") };
    assert_eq!(advice, "[cases.mocks.Send]\nreturn = {}");
    assert_eq!(short(&run), "`Send` calls the function f, and no mock answers it after 0s");
}

#[test]
fn mocks_of_a_list_answer_one_after_another_and_backoff_is_virtual() {
    let retry =
        json!({"Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 60, "BackoffRate": 2, "MaxAttempts": 5}]});
    let subject = subject(json!({"A": task(retry)}));
    let mocks = "[[cases.mocks.A]]\nthrow = \"Busy\"\ntimes = 2\n[[cases.mocks.A]]\nreturn = 7\nafter = \"3h\"\n";
    let answered = run(&subject, &case(mocks), 0);
    assert_eq!(short(&answered), "SUCCEEDED 7 after 3h 3m");
    assert_eq!(answered.retries("A"), 2);
    let used_up = run(&subject, &case("[[cases.mocks.A]]\nthrow = \"Busy\"\n"), 0);
    assert_eq!(short(&used_up), "call 2 of `A`, attempt 1, is more than its 1 mocks answer after 1m");
}

#[test]
fn a_mock_can_be_for_one_iteration_or_one_attempt() {
    let each = json!({"Each": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "T", "States": {"T": task(
        json!({"Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 1}]})
    )}}}});
    let mocks = "input = [10, 20, 30]\nmocks.T = [\n{ index = 1, attempt = 0, throw = \"E\" },\n\
        { index = 1, return = \"again\" }, { return = \"x\", times = 2 }]\n";
    let run = run(&subject(each), &case(mocks), 0);
    assert_eq!(short(&run), r#"SUCCEEDED ["x","again","x"] after 1s"#);
    let places: Vec<String> = run.calls.iter().map(|call| format!("{:?} {}", call.place, call.attempt)).collect();
    assert_eq!(places.last().unwrap(), "[(\"Each\", 1)] 1");
}

#[test]
fn timeouts_heartbeats_and_tokens_follow_the_virtual_clock() {
    let callback = json!({
        "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "End": true,
        "Parameters": {"FunctionName": "f", "Payload": {"t.$": "$$.Task.Token"}},
        "TimeoutSeconds": 3600, "HeartbeatSeconds": 60,
    });
    let subject = subject(json!({"A": callback}));
    let ends = |mock: &str| short(&run(&subject, &case(&format!("mocks.A = {mock}")), 0));
    assert_eq!(ends("{ never = true }"), "FAILED States.Timeout after 1m");
    assert_eq!(ends("{ never = true, heartbeat = 50 }"), "FAILED States.Timeout after 1h");
    assert_eq!(ends("{ return = 1, after = \"50m\", heartbeat = 50 }"), "SUCCEEDED 1 after 50m");
    assert_eq!(ends("{ throw = { error = \"No\", cause = \"c\" } }"), "FAILED No after 0s");
}

#[test]
fn a_child_execution_ends_as_its_mock_says() {
    let child = |sync: &str| {
        let resource = format!("arn:aws:states:::states:startExecution.{sync}");
        let machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:child";
        let parameters = json!({"StateMachineArn": machine, "Input": {"a": 1}});
        subject(json!({"A": {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": true}}))
    };
    let output = |sync, mock: &str| run(&child(sync), &case(&format!("mocks.A = {mock}")), 0);
    let done = "{ execution = { output = { b = 2 } } }";
    assert_eq!(output("sync:2", done).output().unwrap()["Output"], json!({"b": 2}));
    assert_eq!(output("sync", done).output().unwrap()["Output"], json!("{\"b\":2}"));
    assert_eq!(short(&output("sync:2", "{ execution = { error = \"E\" } }")), "FAILED States.TaskFailed after 0s");
    assert!(matches!(output("sync", "{ payload = 1 }").problem, Some(Problem::Unfit { line: 3, .. })));
}

#[test]
fn a_distributed_map_reads_writes_and_runs_its_children() {
    let each = json!({"Each": {"Type": "Map", "End": true,
        "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket": "b", "Key": "k"}},
        "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "T",
            "States": {"T": task(json!({}))}}}});
    let mocks = "[cases.mocks]\nT = [{ index = 1, return = 2 }, { return = 1, after = 5 }]\n\
        \"Each/ItemReader\" = { return = [{ id = 1 }, { id = 2 }] }\n";
    let run = run(&subject(each), &case(mocks), 0);
    assert_eq!(short(&run), "SUCCEEDED [1,2] after 5s");
    assert_eq!(run.children.len(), 2);
    assert_eq!(run.path(), ["Each", "T", "T"]);
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let retry = json!({"Retry": [{"ErrorEquals": ["E"], "JitterStrategy": "FULL", "IntervalSeconds": 3600}]});
    let subject = subject(json!({"A": task(retry)}));
    let case = case("mocks.A = [{ throw = \"E\" }, { return = 1 }]");
    let took = |seed| run(&subject, &case, seed).duration();
    assert_eq!(took(1), took(1));
    assert_ne!(took(1), took(2));
}

#[test]
fn a_loop_without_an_end_is_given_up() {
    let beat = json!({"A": {"Type": "Task", "Resource": "arn:aws:states:eu-west-1:123456789012:activity:a",
        "HeartbeatSeconds": 2, "End": true}});
    let run = run(&subject(beat), &case("mocks.A = { never = true, heartbeat = 1 }"), 0);
    assert_eq!(run.problem, Some(Problem::Endless(1_000_000)));
}

/// A loop has thousands of events with large payloads.
#[test]
fn a_timeline_shares_the_payloads_of_the_history() {
    let run = run(&subject(json!({"A": {"Type": "Pass", "End": true}})), &case(""), 0);
    let details: Vec<_> = timeline(&run).into_iter().filter_map(|line| line.detail).collect();
    let input = details.first().unwrap();
    assert_eq!(details.len(), 4, "{details:?}");
    assert!(details.iter().all(|detail| Arc::ptr_eq(detail, input)));
}

#[test]
fn a_timeline_names_the_mock_that_answered() {
    let run = run(&subject(json!({"A": task(json!({}))})), &case("mocks.A = { throw = \"E\", after = 5 }"), 0);
    let lines: String = timeline(&run)
        .iter()
        .map(|it| {
            format!(
                "+{} {} {} {}\n",
                shown_duration(it.after),
                it.state,
                it.what,
                it.detail.clone().unwrap_or_default()
            )
        })
        .collect();
    insta::assert_snapshot!(lines, @r#"
    +0s  the execution starts {}
    +0s A entered {}
    +0s A calls the function f (mock on line 3) {}
    +5s A the task fails E
    +5s  the execution fails E
    "#);
}

#[test]
fn a_result_is_held_against_the_model_of_its_api() {
    let send = json!({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "End": true,
        "Parameters": {"QueueUrl": "q", "MessageBody": "m"}});
    let subject = subject(json!({"Send": send}));
    let with = |mock: &str| short(&run(&subject, &case(&format!("mocks.Send = {mock}")), 0));
    assert!(
        with("{ return = { MessageId = 7 } }").contains("does not fit"),
        "{}",
        with("{ return = { MessageId = 7 } }")
    );
    assert!(with("{ return = { MessageId = 7 }, validate = \"PRESENT\" }").contains("does not fit"));
    assert!(with("{ return = { MessageId = 7 }, validate = \"NONE\" }").starts_with("SUCCEEDED"));
    assert!(with("{ return = { MessageId = \"m\" }, validate = \"PRESENT\" }").starts_with("SUCCEEDED"));
}
