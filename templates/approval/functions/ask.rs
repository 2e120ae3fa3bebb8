//! Asks a person. Here the question goes to the log; send an e-mail or a message with the token instead.

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
    println!("Is this approved? {}", event["request"]);
    println!("token: {}", event["token"].as_str().unwrap_or_default());
    json!({"asked": true})
}
