//! What the fuzz targets share: starting an execution of whatever was made up, and driving it to an end.

pub mod drive;
pub mod shape;

use asl::{Effect, Execution, Start, StateMachine};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Starts an execution; `None` when the input is refused.
pub fn begin(machine: &StateMachine, input: &str) -> Option<(Execution, Vec<Effect>)> {
    let execution_arn = "arn:aws:states:eu-west-1:000000000000:execution:m:e";
    let machine_arn = "arn:aws:states:eu-west-1:000000000000:stateMachine:m";
    let start = Start::builder(execution_arn, machine_arn, Timestamp::UNIX_EPOCH).seed(9).input(input);
    Execution::start(machine, start.role_arn("arn:aws:iam::000000000000:role/r").build()).ok()
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
