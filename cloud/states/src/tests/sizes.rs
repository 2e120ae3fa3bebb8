//! The sizes of the futures that every start of an execution goes through: each is allocated and moved that often.

use cloud_core::Location;
use serde_json::json;

use super::fixture::{Fixture, MACHINE, in_an_hour, request, waiting};
use crate::rows::execution::ExecutionKey;
use crate::{api, driver};

#[tokio::test(start_paused = true)]
async fn hot_futures_stay_small() {
    let fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let input = json!({"stateMachineArn": MACHINE, "input": in_an_hour().to_string()});
    let request = request(fixture.control.now(), &Location::default(), "StartExecution", &input);
    let start = api::execution::start(&fixture.states, &request);
    let start_bytes = size_of_val(&start);
    assert!(start_bytes <= 1536, "StartExecution: {start_bytes} bytes");
    let step_bytes = driver::step_future_bytes(&fixture.states, &ExecutionKey::new("us-east-1/m", "e"));
    assert!(step_bytes <= 3072, "a step: {step_bytes} bytes");
}
