//! `startStateMachine`: `POST /start` starts an execution that waits until the moment asked for.

mod client;
mod existing;
mod failure;
mod json_kind;
mod key;
mod name;
mod params;
mod refusal;
mod request;
mod start_at;
mod starter;

use lambda_http::http::header::{AUTHORIZATION, CONTENT_TYPE};
use lambda_http::{Error, Request, Response, service_fn};
use starter::{Answer, Starter};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let starter = &Starter::from_environment();
    let answer = move |request: Request| async move {
        let authorization = request.headers().get(AUTHORIZATION).map(|value| value.as_bytes());
        respond(starter.answer(authorization, request.body()).await)
    };
    lambda_http::run(service_fn(answer)).await
}

/// JSON with its status. The API answers CORS itself and ignores such headers from a function.
fn respond(answer: Answer) -> Result<Response<String>, Error> {
    let response = Response::builder()
        .status(answer.status)
        .header(CONTENT_TYPE, "application/json")
        .body(answer.body.to_string())?;
    Ok(response)
}
