//! The pages of lists, and the tokens that continue them: opaque to callers, checked when they come back.

use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::local::Cloud;
use crate::local::error::ServiceError;
use crate::local::http::Request;
use crate::local::sfn::machine::Machine;
use crate::local::sfn::names::MachineReference;
use crate::local::sfn::refusal;

/// The longest token of most lists (API model, `PageToken`).
pub(super) const MAX_TOKEN: usize = 1024;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListOfMachine {
    state_machine_arn: String,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// A page of what a state machine has, such as its versions.
pub(super) struct OfMachine<P> {
    /// The ARN that was asked with.
    pub(super) reference: MachineReference,
    /// The state machine.
    pub(super) machine: Machine,
    /// How many items the page may have.
    pub(super) size: usize,
    /// The place in the list that the last page ended at, when there was one.
    pub(super) from: Option<P>,
}

impl<P: DeserializeOwned> OfMachine<P> {
    /// Reads which page is asked for.
    pub(super) fn read(cloud: &Arc<Cloud>, request: &Request) -> Result<Self, ServiceError> {
        let input: ListOfMachine = request.json()?;
        let reference = MachineReference::parse(&input.state_machine_arn)?;
        let size = refusal::page_size(input.max_results)?;
        let from = place(input.next_token.as_deref(), MAX_TOKEN)?;
        let machine = cloud.step_functions.machine(&reference.key);
        let machine = machine.ok_or_else(|| refusal::machine_missing(&reference.arn))?;
        Ok(Self { reference, machine, size, from })
    }
}

/// A token for the place where the next page begins.
pub(super) fn token(place: &impl Serialize) -> Result<String, ServiceError> {
    let bytes = serde_json::to_vec(place).map_err(|error| ServiceError::internal(error.to_string()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// The place that a token stands for.
///
/// # Errors
/// `ValidationException` when it is longer than AWS takes, `InvalidToken` when it is none of ours.
pub(super) fn place<T: DeserializeOwned>(token: Option<&str>, longest: usize) -> Result<Option<T>, ServiceError> {
    let Some(token) = token else { return Ok(None) };
    refusal::at_most(token, "nextToken", longest)?;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| refusal::invalid_token())?;
    serde_json::from_slice(&bytes).map(Some).map_err(|_| refusal::invalid_token())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back() {
        let token = token(&("name", 3)).unwrap();
        assert_eq!(place::<(String, u64)>(Some(&token), 1024), Ok(Some(("name".to_owned(), 3))));
        assert_eq!(place::<u64>(None, 1024), Ok(None));
        assert_eq!(place::<u64>(Some("!"), 1024).unwrap_err().code, "InvalidToken");
        assert_eq!(place::<u64>(Some(&token), 1024).unwrap_err().code, "InvalidToken");
        assert_eq!(place::<u64>(Some(&"x".repeat(1025)), 1024).unwrap_err().code, "ValidationException");
    }
}
