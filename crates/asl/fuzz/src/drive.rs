//! Driving an execution with made-up answers.

use arbitrary::Unstructured;
use asl::{ChildRequest, Effect, Execution, Failure, HistoryEvent, Input, Outcome, StateMachine, Status, TaskId};
use jiff::Timestamp;

use crate::shape;

/// More than any of them needs, unless it runs in circles through Waits.
const MAX_STEPS: usize = 100;
/// Children that are run; what becomes of the others is made up. One may take its 25,000 events.
const MAX_CHILDREN: usize = 4;

/// What an execution waits for from outside.
enum Open {
    Task(TaskId),
    Child(Box<ChildRequest>),
}

/// Runs an execution to its end, or for a while, and checks what must hold for every one.
pub fn drive(machine: &StateMachine, input: &str, bytes: &mut Unstructured<'_>) {
    let Some((mut execution, mut effects)) = crate::begin(machine, input) else { return };
    let mut history: Vec<HistoryEvent> = Vec::new();
    let mut open: Vec<Open> = Vec::new();
    let mut now = Timestamp::UNIX_EPOCH;
    let mut children = 0;
    for _ in 0..MAX_STEPS {
        let ended = apply(std::mem::take(&mut effects), &mut history, &mut open);
        execution = stored(&execution);
        if ended {
            break;
        }
        let next = execution.next_wake().expect("an execution that runs will time out at last");
        let inputs = open.pop().and_then(|open| answer(machine, &execution, open, now, &mut children, bytes).ok());
        let inputs = inputs.unwrap_or_else(|| {
            now = now.max(next);
            vec![Input::Wake]
        });
        for input in inputs {
            effects.extend(execution.handle(machine, input, now).unwrap_or_default());
        }
    }
    apply(effects, &mut history, &mut open);
    assert_eq!(Status::of(&history).expect("a history without a gap"), Some(execution.status()));
}

/// Takes effects in; whether the execution is over.
fn apply(effects: Vec<Effect>, history: &mut Vec<HistoryEvent>, open: &mut Vec<Open>) -> bool {
    let mut ended = false;
    for effect in effects {
        assert!(!ended, "nothing comes after the end");
        match effect {
            Effect::Event(event) => history.push(event),
            Effect::StartTask(request) => open.push(Open::Task(request.task)),
            Effect::CancelTask(task) => open.retain(|open| !matches!(open, Open::Task(other) if *other == task)),
            Effect::StartChild(request) => open.push(Open::Child(Box::new(request))),
            Effect::StopChild(child) => open.retain(|open| !matches!(open, Open::Child(other) if other.child == child)),
            Effect::StartMapRun(_) | Effect::EndMapRun(_) => {}
            Effect::Ended(_) => ended = true,
            other => panic!("{other:?}"),
        }
    }
    ended
}

/// The execution after it was stored and read again; it must be the same.
fn stored(execution: &Execution) -> Execution {
    let text = serde_json::to_string(execution).expect("an execution can be stored");
    let read: Execution = serde_json::from_str(&text).expect("what was stored can be read");
    assert_eq!(read, *execution);
    read
}

fn answer(
    machine: &StateMachine,
    execution: &Execution,
    open: Open,
    now: Timestamp,
    children: &mut usize,
    bytes: &mut Unstructured<'_>,
) -> arbitrary::Result<Vec<Input>> {
    let task = match open {
        Open::Task(task) => task,
        Open::Child(request) => {
            let child = request.child;
            *children += 1;
            let outcome = match *children {
                ..=MAX_CHILDREN => run_child(machine, execution, &request, now, bytes)?,
                _ => made_up(bytes)?,
            };
            return Ok(vec![Input::ChildEnded { child, outcome }]);
        }
    };
    let started = Input::TaskStarted { task, worker_name: None };
    let submitted = Input::TaskSubmitted { task, output: "{}".into() };
    let end = match bytes.int_in_range(0..=4)? {
        0..=1 => Input::TaskSucceeded { task, output: shape::value(bytes, 3)?.to_string() },
        2 => Input::TaskFailed { task, error: Some("Oops".into()), cause: None },
        3 => Input::TaskHeartbeat { task },
        _ => Input::Stop { error: None, cause: None },
    };
    Ok(vec![started, submitted, end])
}

/// Starts a child; what it does not come to on its own is made up.
fn run_child(
    machine: &StateMachine,
    parent: &Execution,
    request: &ChildRequest,
    now: Timestamp,
    bytes: &mut Unstructured<'_>,
) -> arbitrary::Result<Outcome> {
    let begun = Execution::start_child(machine, &request.state, request.start(parent.context(), 9, now));
    let (child, effects) = begun.expect("what the engine asks for can be started");
    stored(&child);
    if let Some(Effect::Ended(outcome)) = effects.into_iter().next_back() {
        return Ok(outcome);
    }
    made_up(bytes)
}

fn made_up(bytes: &mut Unstructured<'_>) -> arbitrary::Result<Outcome> {
    Ok(match bytes.arbitrary()? {
        true => Outcome::Succeeded { output: shape::value(bytes, 3)?.to_string().into() },
        false => Outcome::Failed(Failure { error: Some("Oops".into()), cause: None }),
    })
}
