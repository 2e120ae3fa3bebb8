//! An execution that is stored while its task is under way, and goes on from what was stored.

use std::error::Error;

use asl::{Effect, Execution, Input, Outcome, Start, StateMachine, TaskPhase};

const DEFINITION: &str = r#"{ "StartAt": "Charge", "States": {
    "Charge": { "Type": "Task", "Resource": "arn:aws:lambda:eu-west-1:000000000000:function:charge",
                "Assign": { "receipt.$": "$.receipt" }, "Next": "Cool off" },
    "Cool off": { "Type": "Wait", "Seconds": 3600, "Next": "Thank" },
    "Thank": { "Type": "Pass", "Parameters": { "receipt.$": "$receipt" }, "End": true } } }"#;

/// What the driver writes in one transaction: the execution as it is, and the events that led there.
fn store(execution: &Execution, effects: &[Effect], rows: &mut Vec<String>) -> Result<String, serde_json::Error> {
    for effect in effects {
        if let Effect::Event(event) = effect {
            rows.push(serde_json::to_string(event)?);
        }
    }
    serde_json::to_string(execution)
}

#[allow(clippy::print_stdout, reason = "an example speaks to its reader")]
fn main() -> Result<(), Box<dyn Error>> {
    let machine = StateMachine::parse(DEFINITION)?;
    let now = "2026-03-01T09:00:00Z".parse()?;
    let execution_arn = "arn:aws:states:eu-west-1:000000000000:execution:till:first";
    let machine_arn = "arn:aws:states:eu-west-1:000000000000:stateMachine:till";
    let start = Start::builder(execution_arn, machine_arn, now).role_arn("arn:aws:iam::000000000000:role/till").seed(1);
    let mut events = Vec::new();
    let (execution, effects) = Execution::start(&machine, start.build())?;
    let stored = store(&execution, &effects, &mut events)?;
    drop(execution);
    println!("stored {} bytes and {} events: {stored}", stored.len(), events.len());

    // Another process: effects are not stored, since the execution knows its tasks. A task that was scheduled may have been
    // begun just before the crash; whether to call it again is the driver's choice.
    let mut execution: Execution = serde_json::from_str(&stored)?;
    let waiting: Vec<_> = execution.running_tasks().map(|(request, phase)| (request.task, phase)).collect();
    let [(task, TaskPhase::Scheduled)] = waiting[..] else { return Err("one task was running".into()) };
    let mut effects = execution.handle(&machine, Input::TaskStarted { task, worker_name: None }, now)?;
    let output = r#"{"receipt": 17}"#.to_owned();
    effects.extend(execution.handle(&machine, Input::TaskSucceeded { task, output }, now)?);
    let stored = store(&execution, &effects, &mut events)?;

    // And another, which has nothing to do until the hour is over.
    let mut execution: Execution = serde_json::from_str(&stored)?;
    let due = execution.next_wake().ok_or("it waits for nothing")?;
    println!("nothing to do until {due}");
    let effects = execution.handle(&machine, Input::Wake, due)?;
    store(&execution, &effects, &mut events)?;
    println!("{}", events.join("\n"));
    let ended = Effect::Ended(Outcome::Succeeded { output: r#"{"receipt":17}"#.into() });
    assert_eq!(effects.last(), Some(&ended));
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_execution_is_stored_and_resumed() {
        super::main().unwrap();
    }
}
