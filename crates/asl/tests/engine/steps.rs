//! The bound of a step: an execution does no more at a time, and what happens in between is obeyed.

use asl::{Effect, Execution, HistoryEvent, Input, MAX_EVENTS, Outcome, StateMachine, Status};

use crate::drive::{at, machine, start};

const ENDLESS: &str = r#""A":{"Type":"Pass","Next":"B"},
    "B":{"Type":"Choice","Choices":[{"Variable":"$","IsPresent":true,"Next":"A"}],"Default":"C"},"C":{"Type":"Succeed"}"#;

fn begin(machine: &StateMachine, input: &str) -> (Execution, Vec<Effect>) {
    Execution::start(machine, start(input).build()).unwrap()
}

fn events(effects: &[Effect]) -> Vec<&HistoryEvent> {
    let events = effects.iter().filter_map(|effect| match effect {
        Effect::Event(event) => Some(event),
        _ => None,
    });
    events.collect()
}

/// Wakes an execution until it waits, each time stored in between, and gives the effects of every step.
fn steps(machine: &StateMachine, (mut execution, effects): (Execution, Vec<Effect>)) -> (Execution, Vec<Vec<Effect>>) {
    let mut steps = vec![effects];
    while execution.has_more() {
        let stored = serde_json::to_string(&execution).unwrap();
        execution = serde_json::from_str(&stored).unwrap();
        let now = execution.next_wake().unwrap();
        assert_eq!(now, at(0.0), "it goes on at once");
        steps.push(execution.handle(machine, Input::Wake, now).unwrap());
    }
    (execution, steps)
}

#[test]
fn an_endless_loop_is_many_small_steps() {
    let machine = machine(ENDLESS);
    let (execution, steps) = steps(&machine, begin(&machine, "{}"));
    assert_eq!(execution.status(), Status::Failed);
    assert!(steps.iter().all(|step| events(step).len() <= 502));
    let ids: Vec<u64> = steps.iter().flat_map(|step| events(step)).map(|event| event.id).collect();
    assert_eq!(ids, (1..=MAX_EVENTS).collect::<Vec<u64>>());
}

#[test]
fn a_step_has_few_bytes_whatever_the_payload() {
    for size_bytes in [50_000, 261_000] {
        let machine = machine(ENDLESS);
        let input = format!("\"{}\"", "x".repeat(size_bytes));
        let (mut execution, mut effects) = begin(&machine, &input);
        for _ in 0..20 {
            let bytes: usize = events(&effects).iter().map(|event| event.payload_bytes()).sum();
            assert!(bytes > 0 && bytes <= (1 << 20) + 2 * (size_bytes + 2), "{bytes}");
            effects = execution.handle(&machine, Input::Wake, at(0.0)).unwrap();
        }
    }
}

#[test]
fn a_stop_and_a_timeout_end_a_loop_between_two_steps() {
    let machine =
        StateMachine::parse(&format!(r#"{{"StartAt":"A","TimeoutSeconds":5,"States":{{{ENDLESS}}}}}"#)).unwrap();
    let (mut execution, effects) = begin(&machine, "{}");
    assert!(execution.has_more() && execution.next_wake() == Some(at(0.0)));
    let id = events(&effects).last().unwrap().id;
    let mut other = execution.clone();
    let stopped = execution.handle(&machine, Input::Stop { error: None, cause: None }, at(0.0)).unwrap();
    assert_eq!(events(&stopped).iter().map(|event| event.id).collect::<Vec<_>>(), [id + 1]);
    assert!(matches!(stopped.last(), Some(Effect::Ended(Outcome::Aborted(_)))));
    let late = other.handle(&machine, Input::Wake, at(5.0)).unwrap();
    assert!(matches!(late.last(), Some(Effect::Ended(Outcome::TimedOut))));
    assert_eq!(events(&late).len(), 1);
}

#[test]
fn branches_get_their_turns_beside_one_that_never_waits() {
    let states = r#""A":{"Type":"Parallel","End":true,"Branches":[
        {"StartAt":"L","States":{"L":{"Type":"Pass","Next":"L"}}},
        {"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":3,"Next":"F"},"F":{"Type":"Fail","Error":"E"}}}]}"#;
    let machine = machine(states);
    let (mut execution, _) = begin(&machine, "{}");
    let second = execution.handle(&machine, Input::Wake, at(1.0)).unwrap();
    let names = format!("{:?}", events(&second));
    assert!(names.contains("\"W\""), "the other branch has begun");
    assert!(execution.has_more());
    let third = execution.handle(&machine, Input::Wake, at(4.0)).unwrap();
    assert!(matches!(third.last(), Some(Effect::Ended(Outcome::Failed(_)))), "the wait has ended in time");
}

#[test]
fn other_inputs_are_taken_at_once_and_add_no_long_step() {
    let states = r#""A":{"Type":"Parallel","End":true,"Branches":[
        {"StartAt":"T","States":{"T":{"Type":"Task","Resource":"arn:aws:lambda:x:000000000000:function:f","Next":"M"},
            "M":{"Type":"Pass","Next":"M"}}},
        {"StartAt":"L","States":{"L":{"Type":"Pass","Next":"L"}}}]}"#;
    let machine = machine(states);
    let (mut execution, effects) = begin(&machine, "{}");
    let task = effects.iter().find_map(|effect| match effect {
        Effect::StartTask(request) => Some(request.task),
        _ => None,
    });
    let task = task.unwrap();
    let started = execution.handle(&machine, Input::TaskStarted { task, worker_name: None }, at(0.0)).unwrap();
    assert_eq!(events(&started).len(), 1);
    let ended = execution.handle(&machine, Input::TaskSucceeded { task, output: "1".into() }, at(0.0)).unwrap();
    assert_eq!(events(&ended).len(), 2, "what follows waits for its turn");
    assert!(execution.has_more());
}

#[test]
fn a_parallel_state_of_many_branches_and_a_map_of_many_items_are_many_steps() {
    let branch = |n: usize| format!(r#"{{"StartAt":"P{n}","States":{{"P{n}":{{"Type":"Pass","End":true}}}}}}"#);
    let branches: Vec<String> = (0..2000).map(branch).collect();
    let parallel =
        format!(r#""A":{{"Type":"Parallel","End":true,"ResultPath":null,"Branches":[{}]}}"#, branches.join(","));
    let map = r#""A":{"Type":"Map","End":true,"ResultPath":null,
        "ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}}"#;
    let items = serde_json::to_string(&(0..3000).collect::<Vec<_>>()).unwrap();
    for (states, input, count) in [(parallel.as_str(), "{}", 4006), (map, items.as_str(), 12_006)] {
        let machine = machine(states);
        let (execution, steps) = steps(&machine, begin(&machine, input));
        assert_eq!(execution.status(), Status::Succeeded);
        assert!(steps.iter().all(|step| events(step).len() <= 600));
        assert_eq!(steps.iter().map(|step| events(step).len()).sum::<usize>(), count);
    }
}

#[test]
fn the_children_of_a_map_run_start_in_many_steps() {
    let map = r#""A":{"Type":"Map","End":true,"ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED",
        "ExecutionType":"STANDARD"},"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}}}"#;
    let items = serde_json::to_string(&(0..3000).collect::<Vec<_>>()).unwrap();
    let machine = machine(map);
    let (execution, steps) = steps(&machine, begin(&machine, &items));
    let mut names = std::collections::BTreeSet::new();
    for step in &steps {
        let children = step.iter().filter_map(|effect| match effect {
            Effect::StartChild(request) => Some(request),
            _ => None,
        });
        let before = names.len();
        names.extend(children.map(|request| (request.child.index, request.name.to_string())));
        assert!(names.len() - before <= 500);
    }
    assert_eq!(names.len(), 3000);
    assert_eq!(execution.running_children().count(), 3000);
}

#[test]
fn an_execution_with_more_to_do_is_refused_by_another_machine() {
    let (mut execution, _) = begin(&machine(ENDLESS), "{}");
    let other = machine(r#""C":{"Type":"Pass","End":true},"A":{"Type":"Pass","Next":"C"}"#);
    let refused = execution.handle(&other, Input::Wake, at(0.0)).unwrap_err();
    assert!(refused.to_string().contains("give the one that it was started with"), "{refused}");
}
