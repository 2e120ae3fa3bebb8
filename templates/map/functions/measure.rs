//! Says how long a word is.

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
    let word = event["word"].as_str().unwrap_or_default();
    println!("measuring {word}");
    json!({"word": word, "length": word.chars().count()})
}
