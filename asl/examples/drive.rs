//! The drive loop in a few lines: a state machine that waits a minute and calls one function, run in virtual time.

use asl::{About, Effect, Execution, Input, Start, StateMachine};
use jiff::{Timestamp, ToSpan};

const DEFINITION: &str = r#"{ "StartAt": "Sleep", "States": {
    "Sleep": { "Type": "Wait", "Seconds": 60, "Next": "Greet" },
    "Greet": { "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:000000000000:function:greet", "End": true } } }"#;

#[allow(clippy::print_stdout, reason = "an example speaks to its reader")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let machine = StateMachine::parse(DEFINITION)?;
    let mut now: Timestamp = "2026-03-01T09:00:00Z".parse()?;
    let about = About {
        execution_arn: "arn:aws:states:eu-west-1:000000000000:execution:greeter:first".into(),
        execution_name: "first".into(),
        start_time: now,
        role_arn: "arn:aws:iam::000000000000:role/greeter".into(),
        state_machine_arn: "arn:aws:states:eu-west-1:000000000000:stateMachine:greeter".into(),
        state_machine_name: "greeter".into(),
        redrive_count: Some(0),
    };
    let (mut execution, mut effects) =
        Execution::start(&machine, Start { input: r#"{"name": "Ada"}"#.into(), about, seed: 1, now })?;
    loop {
        let mut news = Vec::new();
        for effect in effects {
            match effect {
                Effect::Event(event) => println!("{now} {}", event.to_api_json(event.timestamp.to_string().into())),
                Effect::StartTask(request) => {
                    let output = format!("\"Hello from {}, {}\"", request.state, request.input.replace('"', "'"));
                    news.push(Input::TaskStarted { task: request.task, worker_name: None });
                    news.push(Input::TaskSucceeded { task: request.task, output });
                }
                Effect::CancelTask(task) => println!("{now} forget task {}", task.0),
                Effect::Ended(outcome) => {
                    println!("{now} {outcome:?}");
                    return Ok(());
                }
            }
        }
        if news.is_empty() {
            now = execution.next_wake().unwrap_or(now + 1.second());
            news.push(Input::Wake);
        }
        effects = Vec::new();
        for input in news {
            effects.extend(execution.handle(&machine, input, now)?);
        }
    }
}
