//! The drive loop: a state machine that waits a minute and calls one function, run in virtual time.

use std::collections::VecDeque;
use std::error::Error;

use asl::{Effect, Execution, HistoryEvent, Input, Outcome, Start, StateMachine, TaskRequest};

const DEFINITION: &str = r#"{ "StartAt": "Sleep", "States": {
    "Sleep": { "Type": "Wait", "Seconds": 60, "Next": "Greet" },
    "Greet": { "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:000000000000:function:greet", "End": true } } }"#;

/// Runs an execution to its end. `call` does a task, and waiting is moving the clock.
fn drive(
    machine: &StateMachine,
    start: Start,
    call: impl Fn(&TaskRequest) -> String,
) -> Result<(Vec<HistoryEvent>, Outcome), Box<dyn Error>> {
    let mut now = start.now;
    let mut history = Vec::new();
    let mut tasks = VecDeque::new();
    let (mut execution, mut effects) = Execution::start(machine, start)?;
    loop {
        for effect in effects {
            match effect {
                Effect::Event(event) => history.push(event),
                Effect::StartTask(request) => tasks.push_back(request),
                Effect::CancelTask(id) => tasks.retain(|request| request.task != id),
                Effect::Ended(outcome) => return Ok((history, outcome)),
                other => return Err(format!("distributed Map states need more than this: {other:?}").into()),
            }
        }
        effects = if let Some(request) = tasks.pop_front() {
            let task = request.task;
            let output = call(&request);
            let mut effects = execution.handle(machine, Input::TaskStarted { task, worker_name: None }, now)?;
            effects.extend(execution.handle(machine, Input::TaskSucceeded { task, output }, now)?);
            effects
        } else {
            now = execution.next_wake().ok_or("it waits for nothing")?;
            execution.handle(machine, Input::Wake, now)?
        };
    }
}

#[allow(clippy::print_stdout, reason = "an example speaks to its reader")]
fn main() -> Result<(), Box<dyn Error>> {
    let machine = StateMachine::parse(DEFINITION)?;
    let now = "2026-03-01T09:00:00Z".parse()?;
    let execution_arn = "arn:aws:states:eu-west-1:000000000000:execution:greeter:first";
    let machine_arn = "arn:aws:states:eu-west-1:000000000000:stateMachine:greeter";
    let start = Start::builder(execution_arn, machine_arn, now)
        .role_arn("arn:aws:iam::000000000000:role/greeter")
        .input(r#"{"name": "Ada"}"#)
        .seed(1)
        .build();
    let (history, outcome) = drive(&machine, start, |request| format!(r#"{{"greeted": {}}}"#, request.input))?;
    for event in history {
        println!("{}", event.to_api_json(event.timestamp.to_string().into()));
    }
    assert_eq!(outcome, Outcome::Succeeded { output: r#"{"greeted": {"name": "Ada"}}"#.into() });
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_execution_is_driven_to_its_end() {
        super::main().unwrap();
    }
}
