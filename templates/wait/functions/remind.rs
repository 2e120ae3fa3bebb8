//! Runs when the wait is over, and says what it was for.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(handle)).await
}

async fn handle(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(answer(&event.payload))
}

fn answer(event: &Value) -> Value {
    let text = event["text"].as_str().unwrap_or("The time has come.");
    println!("reminder: {text}");
    json!({"reminded": text})
}
