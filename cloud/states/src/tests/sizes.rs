//! What every start costs in bytes: the future of StartExecution, which is allocated and moved, and the rows of a short
//! execution. The size of a step's future is in `driver::run`.

use std::ops::ControlFlow;

use cloud_core::Location;
use cloud_store::Range;
use serde_json::{Value, json};

use super::fixture::{Fixture, MACHINE, in_an_hour, request, waiting};
use crate::api;
use crate::rows::{ENDED_EXECUTIONS, EXECUTION_HEADS, HISTORY, RUNNING_EXECUTIONS};

#[tokio::test(start_paused = true)]
async fn the_future_of_a_start_stays_small() {
    let fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let input = json!({"stateMachineArn": MACHINE, "input": in_an_hour().to_string()});
    let request = request(fixture.control.now(), &Location::default(), "StartExecution", &input);
    let start = api::execution::start(&fixture.states, &request);
    let start_bytes = size_of_val(&start);
    assert!(start_bytes <= 1536, "StartExecution: {start_bytes} bytes");
}

/// Ten Pass states, one after the other.
fn ten_passes() -> Value {
    let name = |number: usize| format!("P{number}");
    let states = (1..=10).map(|number| {
        let next = if number == 10 { json!({"End": true}) } else { json!({"Next": name(number + 1)}) };
        let mut state = json!({"Type": "Pass"});
        state.as_object_mut().unwrap().extend(next.as_object().unwrap().clone());
        (name(number), state)
    });
    json!({"StartAt": "P1", "States": states.collect::<serde_json::Map<_, _>>()})
}

#[tokio::test(start_paused = true)]
async fn a_short_execution_is_two_small_rows() {
    let fixture = Fixture::new().await;
    fixture.create(&ten_passes()).await;
    let arn = fixture.start("e", &json!({})).await.unwrap();
    assert_eq!(fixture.history(&arn).await.len(), 22);
    let mut sizes = Vec::new();
    for table in [EXECUTION_HEADS, RUNNING_EXECUTIONS, ENDED_EXECUTIONS, HISTORY] {
        let mut bytes = Vec::new();
        let note = |_: &str, row: &[u8]| {
            bytes.push(row.len());
            ControlFlow::Continue(())
        };
        fixture.store.scan_bytes(table, Range::all(), note).unwrap();
        sizes.push(bytes);
    }
    let most = [vec![60], vec![], vec![1_000], vec![]];
    let is_small = |(bytes, most): (&Vec<usize>, &Vec<usize>)| bytes.len() == most.len() && bytes <= most;
    assert!(sizes.iter().zip(&most).all(is_small), "{sizes:?}");
}
