//! The pages of lists, and the tokens that continue them: opaque to callers, checked when they come back.

use std::sync::Arc;

use cloud_core::{Request, ServiceError, decode_token};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::rows::machine::Machine;
use crate::states::States;
use crate::wire::errors;
use crate::wire::names::MachineReference;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListOfMachine {
    state_machine_arn: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// A page of what a state machine has, such as its versions.
pub(crate) struct OfMachine<P> {
    /// The ARN that was asked with.
    pub(crate) reference: MachineReference,
    /// The state machine.
    pub(crate) machine: Machine,
    /// How many items the page may have.
    pub(crate) size: usize,
    /// The place in the list that the last page ended at, when there was one.
    pub(crate) from: Option<P>,
}

impl<P: DeserializeOwned> OfMachine<P> {
    /// Reads which page is asked for.
    pub(crate) fn read(states: &Arc<States>, request: &Request) -> Result<Self, ServiceError> {
        let input: ListOfMachine = request.json()?;
        let reference = MachineReference::of(request, &input.state_machine_arn)?;
        let size = errors::page_size(input.max_results);
        let from = place(input.next_token.as_deref())?;
        let machine = states.machine(&reference.key);
        let machine =
            machine.ok_or_else(|| states.no_machine(&reference.key, || errors::machine_missing(&reference.arn)))?;
        Ok(Self { reference, machine, size, from })
    }
}

pub(crate) use cloud_core::encode_token as token;

/// The place that a token stands for.
///
/// # Errors
/// `InvalidToken` when it is none of ours.
pub(crate) fn place<T: DeserializeOwned>(token: Option<&str>) -> Result<Option<T>, ServiceError> {
    let Some(token) = token else { return Ok(None) };
    decode_token(token).map(Some).ok_or_else(errors::invalid_token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back() {
        let token = token(&("name", 3)).unwrap();
        assert_eq!(place::<(String, u64)>(Some(&token)), Ok(Some(("name".to_owned(), 3))));
        assert_eq!(place::<u64>(None), Ok(None));
        assert_eq!(place::<u64>(Some("!")).unwrap_err().code, "InvalidToken");
        assert_eq!(place::<u64>(Some(&token)).unwrap_err().code, "InvalidToken");
    }
}
