//! SendTaskSuccess, SendTaskFailure and SendTaskHeartbeat.

use std::sync::Arc;

use asl::{Input, TaskId};
use cloud_core::{Request, ServiceError};
use serde::Deserialize;
use serde_json::json;

use super::answer::Answer;
use crate::driver::Message;
use crate::states::States;
use crate::wire::errors;

/// The length of the tokens that the language engine makes: hexadecimal digits.
const TOKEN_DIGITS: usize = 64;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Success {
    task_token: String,
    output: String,
}

pub(crate) async fn success(states: &Arc<States>, request: &Request) -> Answer {
    let Success { task_token, output } = request.json()?;
    check_token(&task_token)?;
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&output) {
        return Err(errors::invalid_output(&errors::no_json(&output, &error.to_string())));
    }
    deliver(states, request, &task_token, |task| Input::TaskSucceeded { task, output }).await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    task_token: String,
    error: Option<String>,
    cause: Option<String>,
}

pub(crate) async fn failure(states: &Arc<States>, request: &Request) -> Answer {
    let Failure { task_token, error, cause } = request.json()?;
    check_token(&task_token)?;
    deliver(states, request, &task_token, |task| Input::TaskFailed { task, error, cause }).await
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Heartbeat {
    task_token: String,
}

pub(crate) async fn heartbeat(states: &Arc<States>, request: &Request) -> Answer {
    let Heartbeat { task_token } = request.json()?;
    check_token(&task_token)?;
    deliver(states, request, &task_token, |task| Input::TaskHeartbeat { task }).await
}

/// A text that could never have been a token is told apart from a token that is void.
fn check_token(token: &str) -> Result<(), ServiceError> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if token.len() == TOKEN_DIGITS && token.bytes().all(is_digit) { Ok(()) } else { Err(errors::no_token()) }
}

/// Tells the execution whose task the token is; a token counts once, and only while its task is under way.
async fn deliver(states: &Arc<States>, request: &Request, token: &str, input: impl FnOnce(TaskId) -> Input) -> Answer {
    let driver = &states.driver;
    let (key, task) = driver.tokens.find(token).ok_or_else(errors::task_gone)?;
    // Tokens count in their own account alone (API reference, `SendTaskSuccess`).
    if key.location().account() != request.location().account() {
        return Err(errors::task_gone());
    }
    let input = input(task);
    let taken = driver.ask(&key, |reply| Message::Tell(input, reply)).await?;
    if taken { Ok(json!({})) } else { Err(errors::task_gone()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_its_form() {
        assert_eq!(check_token(&"0a".repeat(32)), Ok(()));
        assert_eq!(check_token("NoSuchTaskToken").unwrap_err().message, "Invalid Token: 'Invalid token'");
    }
}
