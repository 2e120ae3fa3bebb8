//! `sendEmail`: the task that the state machine runs once its wait is over.

mod email;

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(handle)).await
}

async fn handle(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let email = email::Email::triggered(&event.payload, now());
    log(&email.log_line());
    Ok(email.answer())
}

/// The moment the function runs: the one reading of the clock in this function.
#[expect(clippy::disallowed_methods, reason = "the time of the run is what this function reports")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

/// Writes one line to the function's log group.
#[expect(clippy::print_stdout, reason = "Lambda collects a function's standard output as its log")]
fn log(line: &str) {
    println!("{line}");
}
