//! Says how many of an item there are.

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
    let item = event["item"].as_str().unwrap_or("book");
    println!("the stock of {item}");
    json!({"item": item, "inStock": 3})
}
