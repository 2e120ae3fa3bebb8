//! The size of the future of StartExecution: it is allocated and moved with every start. That of a step is in `driver::run`.

use cloud_core::Location;
use serde_json::json;

use super::fixture::{Fixture, MACHINE, in_an_hour, request, waiting};
use crate::api;

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
