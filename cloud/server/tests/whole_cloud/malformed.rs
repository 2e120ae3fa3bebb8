//! Thousands of requests that are nearly right, or not at all: none is answered with a failure.

use cloud_core::testing::make_request;
use cloud_core::{Random, Request};
use serde_json::{Value, json};

use crate::world::World;

const ACCOUNT: &str = "000000000000";

/// What `WORKSHOP_REQUESTS` says, or so many.
fn count() -> u64 {
    std::env::var("WORKSHOP_REQUESTS").map_or(5_000, |count| count.parse().unwrap())
}

/// What `WORKSHOP_SEED` says, or a seed that differs from run to run.
#[allow(clippy::disallowed_methods, reason = "a seed that differs from run to run")]
fn seed() -> u64 {
    let given = std::env::var("WORKSHOP_SEED").ok().map(|seed| seed.parse().unwrap());
    let now = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).unwrap();
    given.unwrap_or_else(|| u64::from(now.subsec_nanos()))
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn no_request_is_answered_with_a_failure() {
    let seed = seed();
    println!("seed {seed}: WORKSHOP_SEED={seed} draws the same requests");
    let world = World::new(seed);
    let role = world.create_role(ACCOUNT).await;
    world.create_function(ACCOUNT, "send", &role).await;
    let pass: Value = json!({"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}});
    world.create_machine(ACCOUNT, "m", &role, &pass).await;
    world.states(ACCOUNT, "CreateActivity", &json!({"name": "a"})).await;
    let operations: Vec<_> = world
        .cloud
        .services()
        .flat_map(|service| service.operations().into_iter().map(move |operation| (service.info(), operation)))
        .collect();
    let random = Random::from_seed(seed);
    let mut choices = |below: usize| usize::try_from(random.next_u64() % below.max(1) as u64).unwrap();
    for number in 0..count() {
        let (service, operation) = operations[choices(operations.len())];
        let made = make_request(service, operation, &mut choices);
        let shown = format!("{made:?}");
        let request: Request = made.into_request(world.request(ACCOUNT, service.signing_name));
        // Nothing is taken longer than the clock stands still: a worker that waits for a task goes away.
        let answering = cloud_core::testing::poll_times(world.cloud.answer(request), 1_000).await;
        let Some(response) = answering else { continue };
        let body = String::from_utf8_lossy(&response.body);
        let is_failure = response.status >= 500 && response.status != 501;
        assert!(!is_failure, "request {number} of seed {seed}: {} {body}\n{shown}", response.status);
    }
}
