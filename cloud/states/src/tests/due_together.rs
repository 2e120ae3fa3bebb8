//! Many executions that are due at one instant.

use std::time::Duration;

use cloud_core::testing::come_to_rest;
use serde_json::json;

use super::fixture::{Fixture, MACHINE, in_an_hour, waiting};

const COUNT: usize = 64;

async fn with_many_waiting() -> (Fixture, Vec<String>) {
    let fixture = Fixture::new().await;
    fixture.create(&waiting()).await;
    let mut arns = Vec::new();
    for number in 0..COUNT {
        arns.push(fixture.start(&format!("e{number}"), &in_an_hour()).await.unwrap());
    }
    (fixture, arns)
}

async fn count(fixture: &Fixture, status: &str) -> usize {
    let asked = json!({"stateMachineArn": MACHINE, "statusFilter": status, "maxResults": 1000});
    fixture.call("ListExecutions", asked).await.unwrap()["executions"].as_array().unwrap().len()
}

#[tokio::test(start_paused = true)]
async fn they_all_go_on_then_and_each_once() {
    let (fixture, arns) = with_many_waiting().await;
    fixture.run_for(Duration::from_millis(3_598_000 - 1)).await;
    assert_eq!(count(&fixture, "RUNNING").await, COUNT);
    assert_eq!(fixture.states.driver.due_soon(), 0);
    fixture.run_for(Duration::from_millis(1)).await;
    assert_eq!((fixture.states.driver.due_soon(), count(&fixture, "RUNNING").await), (COUNT, COUNT));
    fixture.run_for(Duration::from_millis(2_000)).await;
    assert_eq!(fixture.states.driver.due_soon(), 0);
    assert_eq!((count(&fixture, "RUNNING").await, count(&fixture, "SUCCEEDED").await), (0, COUNT));
    for arn in &arns {
        assert_eq!(fixture.history(arn).await.len(), 6);
    }
    assert!(fixture.states.driver.mailboxes_are_empty());
}

#[tokio::test(start_paused = true)]
async fn what_the_disk_does_not_take_is_done_again() {
    let (fixture, arns) = with_many_waiting().await;
    fixture.store.set_disk_full(true);
    fixture.run_for(Duration::from_secs(3600)).await;
    assert_eq!(count(&fixture, "RUNNING").await, COUNT, "nothing is shown that is not durable");
    fixture.store.set_disk_full(false);
    fixture.run_for(Duration::from_secs(2)).await;
    assert_eq!(count(&fixture, "SUCCEEDED").await, COUNT);
    for arn in &arns {
        assert_eq!(fixture.history(arn).await.len(), 6);
    }
    assert!(fixture.states.driver.mailboxes_are_empty());
}

#[tokio::test(start_paused = true)]
async fn one_that_is_stopped_at_the_same_instant_ends_once() {
    let (fixture, arns) = with_many_waiting().await;
    fixture.run_for(Duration::from_millis(3_599_999)).await;
    let stops = arns.iter().take(20).map(|arn| fixture.call("StopExecution", json!({"executionArn": arn})));
    let mut stops: Vec<_> = stops.map(Box::pin).collect();
    // Every stop is under way when the others come due.
    for stop in &mut stops {
        std::future::poll_fn(|context| {
            let _ = stop.as_mut().poll(context);
            std::task::Poll::Ready(())
        })
        .await;
    }
    fixture.run_for(Duration::from_millis(1)).await;
    for stop in stops {
        stop.await.unwrap();
    }
    come_to_rest().await;
    assert_eq!((count(&fixture, "ABORTED").await, count(&fixture, "SUCCEEDED").await), (20, COUNT - 20));
    assert!(fixture.states.driver.mailboxes_are_empty());
}
