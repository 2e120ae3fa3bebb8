//! The longest execution: running it, and reading its history.

use super::machines::{MACHINES, create_machine, until_ended};
use super::subject::Bench;
use super::timing::{ms, now};
use crate::bench::cloud::Client;
use crate::bench::figure::Figure;
use crate::failure::Failure;
use crate::say;
use serde_json::{Value, json};
use std::time::Duration;

/// Passes and choices of the long execution: four events each.
pub(crate) const ROUNDS_OF_LOOP: usize = 6_245;

pub(super) fn measure(bench: &Bench) -> Result<Vec<Figure>, Failure> {
    let cloud = bench.cloud()?;
    let mut client = Client::of(&cloud)?;
    say::progress("running an execution of 25,000 events");
    client.create_role("bench")?;
    create_machine(&mut client, "loop", &looping())?;
    let begun = now();
    let started = client.call(
        "AWSStepFunctions.StartExecution",
        &json!({ "stateMachineArn": format!("{MACHINES}:loop"), "input": r#"{"n":0}"# }),
    )?;
    let execution = started["executionArn"].clone();
    until_ended(&mut client, "loop")?;
    let ran = begun.elapsed();
    let mut read = |page: u64| -> Result<(Duration, usize), Failure> {
        let begun = now();
        let events = whole_history(&mut client, &execution, page)?;
        Ok((begun.elapsed(), events))
    };
    let (large_pages, events) = read(1000)?;
    let (small_pages, _) = read(100)?;
    Ok(vec![
        Figure { what: "events of the long execution", measured: events as f64, bar: None, unit: "" },
        ms("  running it", None, ran),
        ms("  all pages of its history, 1,000 each", Some(1000.0), large_pages),
        ms("  all pages of its history, 100 each", None, small_pages),
    ])
}

/// Counts up and looks whether it is far enough.
pub(crate) fn looping() -> Value {
    json!({ "StartAt": "Count", "States": {
        "Count": { "Type": "Pass", "Parameters": { "n.$": "States.MathAdd($.n, 1)" }, "Next": "Enough" },
        "Enough": { "Type": "Choice", "Default": "Count", "Choices": [
            { "Variable": "$.n", "NumericGreaterThanEquals": ROUNDS_OF_LOOP, "Next": "Done" },
        ] },
        "Done": { "Type": "Succeed" },
    } })
}

/// Reads all pages; gives how many events there are.
fn whole_history(client: &mut Client, execution: &Value, page: u64) -> Result<usize, Failure> {
    let mut events = 0;
    let mut token = Value::Null;
    loop {
        let mut body = json!({ "executionArn": execution, "maxResults": page });
        if !token.is_null() {
            body["nextToken"] = token;
        }
        let answer = client.call("AWSStepFunctions.GetExecutionHistory", &body)?;
        events += answer["events"].as_array().map_or(0, Vec::len);
        token = answer["nextToken"].clone();
        if token.is_null() {
            return Ok(events);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loop_stays_below_the_longest_history() {
        let events = ROUNDS_OF_LOOP * 4 + 4;
        assert!((24_900..25_000).contains(&events), "{events}");
    }
}
