//! What the fuzz targets share: starting an execution of whatever was made up, and driving it to an end.

pub mod drive;
pub mod shape;

use asl::{Effect, Execution, ExecutionContext, Start, StateMachine};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Starts an execution; `None` when the input is refused.
pub fn begin(machine: &StateMachine, input: &str) -> Option<(Execution, Vec<Effect>)> {
    let context = ExecutionContext {
        execution_arn: "arn:aws:states:eu-west-1:000000000000:execution:m:e".into(),
        execution_name: "e".into(),
        start_time: Timestamp::UNIX_EPOCH,
        role_arn: "arn:aws:iam::000000000000:role/r".into(),
        state_machine_arn: "arn:aws:states:eu-west-1:000000000000:stateMachine:m".into(),
        state_machine_name: "m".into(),
        redrive_count: Some(0),
    };
    Execution::start(machine, Start { input: input.into(), context, seed: 9, now: Timestamp::UNIX_EPOCH }).ok()
}

/// Runs one state on an input, if the state is accepted.
pub fn run_state(state: Value, query_language: &str, input: &str) {
    let definition = json!({ "StartAt": "A", "QueryLanguage": query_language, "States": { "A": state } });
    if let Ok(machine) = StateMachine::parse(&definition.to_string()) {
        begin(&machine, input);
    }
}

/// Splits what was made up into a text and an input: the part after the first line, or a stock input.
pub fn text_and_input(data: &[u8]) -> Option<(&str, &str)> {
    const STOCK: &str = r#"{"a":[{"b":1},{"b":[1,2.5,"x"]},null],"b":"c","n":-7,"o":{"p":{"q":true}}}"#;
    let text = str::from_utf8(data).ok()?;
    Some(text.split_once('\n').unwrap_or((text, STOCK)))
}
