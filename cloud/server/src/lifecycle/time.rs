//! What is asked of a cloud that runs: its time told and moved, waits ended, executions forked and started with mocks.

use cloud_states::{ForkRequest, MockedStart};
use serde::Serialize;
use serde_json::Value;

use super::admin_client;
use super::error::LifecycleError;
use crate::admin::{FORK_PATH, MOCKED_START_PATH, SKIP_PATH, STAND_STILL_PATH, TIME_PATH};
use crate::data_dir::DataDir;
use crate::run::Ready;
use crate::time::{Aim, Moved, TimeReport};

/// What the clock of a running cloud shows, and how it goes.
///
/// # Errors
/// [`LifecycleError::NotAnswering`] when it does not answer.
pub async fn time(data_dir: &DataDir, ready: &Ready) -> Result<TimeReport, LifecycleError> {
    let answer = admin_client::get(data_dir, ready.port, TIME_PATH).await;
    answer.ok().and_then(|report| serde_json::from_value(report).ok()).ok_or_else(|| silent(data_dir))
}

/// Moves a running cloud's clock, and waits until it is there. Dropped, the move ends where it is.
///
/// # Errors
/// [`LifecycleError::Refused`] with the cloud's own words, or [`LifecycleError::NotAnswering`].
pub async fn move_time(data_dir: &DataDir, ready: &Ready, aim: Aim) -> Result<Moved, LifecycleError> {
    let body = serde_json::to_string(&aim).map_err(|_| silent(data_dir))?;
    let answer = admin_client::post_and_wait(data_dir, ready.port, TIME_PATH, &body).await;
    let (status, answer) = answer.map_err(|_| silent(data_dir))?;
    match (status, answer["message"].as_str()) {
        (200, _) => serde_json::from_value(answer).map_err(|_| silent(data_dir)),
        (_, Some(message)) => Err(LifecycleError::Refused { message: message.to_owned() }),
        (_, None) => Err(silent(data_dir)),
    }
}

/// Ends the waits that an execution of a running cloud is in; gives the names of the states that waited.
///
/// # Errors
/// [`LifecycleError::Refused`] with the cloud's own words, or [`LifecycleError::NotAnswering`].
pub async fn skip(data_dir: &DataDir, ready: &Ready, execution_arn: &str) -> Result<Vec<String>, LifecycleError> {
    let answer = admin_client::post_and_wait(data_dir, ready.port, SKIP_PATH, execution_arn).await;
    let (status, answer) = answer.map_err(|_| silent(data_dir))?;
    match (status, answer["message"].as_str()) {
        (200, _) => serde_json::from_value(answer["skipped"].clone()).map_err(|_| silent(data_dir)),
        (_, Some(message)) => Err(LifecycleError::Refused { message: message.to_owned() }),
        (_, None) => Err(silent(data_dir)),
    }
}

/// Starts an execution of a running cloud where another one was; gives the cloud's answer: the new execution's ARN as
/// `executionArn`, `startDate`, and what was taken over.
///
/// # Errors
/// [`LifecycleError::Refused`] with the cloud's own words, or [`LifecycleError::NotAnswering`].
pub async fn fork(data_dir: &DataDir, ready: &Ready, request: &ForkRequest) -> Result<Value, LifecycleError> {
    ask(data_dir, ready, FORK_PATH, request).await
}

/// Starts an execution of a running cloud whose tasks mocks answer; gives its ARN as `executionArn`.
///
/// # Errors
/// As [`fork`].
pub async fn start_mocked(data_dir: &DataDir, ready: &Ready, asked: &MockedStart) -> Result<Value, LifecycleError> {
    ask(data_dir, ready, MOCKED_START_PATH, asked).await
}

async fn ask(data_dir: &DataDir, ready: &Ready, path: &str, asked: &impl Serialize) -> Result<Value, LifecycleError> {
    let body = serde_json::to_string(asked).map_err(|_| silent(data_dir))?;
    let answer = admin_client::post_and_wait(data_dir, ready.port, path, &body).await;
    let (status, answer) = answer.map_err(|_| silent(data_dir))?;
    match (status, answer["message"].as_str()) {
        (200, _) => Ok(answer),
        (_, Some(message)) => Err(LifecycleError::Refused { message: message.to_owned() }),
        (_, None) => Err(silent(data_dir)),
    }
}

/// Has a running cloud's clock stand still.
pub(super) async fn stand_still(data_dir: &DataDir, ready: &Ready) -> Result<(), LifecycleError> {
    admin_client::post(data_dir, ready.port, STAND_STILL_PATH).await.map(drop).map_err(|_| silent(data_dir))
}

fn silent(data_dir: &DataDir) -> LifecycleError {
    LifecycleError::NotAnswering { lock: data_dir.lock() }
}
