//! What TestState is asked.

use asl::Failure;
use serde::Deserialize;

/// The request; `refusals` says what its members exclude.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asked {
    pub(super) definition: String,
    pub(super) state_name: Option<String>,
    pub(super) role_arn: Option<String>,
    pub(super) input: Option<String>,
    pub(super) variables: Option<String>,
    pub(super) context: Option<String>,
    pub(super) inspection_level: Option<String>,
    #[serde(default)]
    pub(super) reveal_secrets: bool,
    pub(super) mock: Option<Mock>,
    #[serde(default)]
    pub(super) state_configuration: StateConfiguration,
}

/// `MockInput`: what takes the place of the call, or of what is inside a Map or Parallel state.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Mock {
    pub(super) result: Option<String>,
    pub(super) error_output: Option<ErrorOutput>,
    pub(super) field_validation_mode: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct ErrorOutput {
    pub(super) error: Option<String>,
    pub(super) cause: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StateConfiguration {
    pub(super) retrier_retry_count: Option<i64>,
    /// Which of the states inside the mocked error comes from; it is the state's own error all the same.
    pub(super) error_caused_by_state: Option<String>,
    pub(super) map_iteration_failure_count: Option<i64>,
    pub(super) map_item_reader_data: Option<String>,
}

/// What takes the place of what the state calls.
pub(super) enum Stand {
    Result(String),
    Error(Failure),
}
