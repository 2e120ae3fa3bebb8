//! Step Functions: the published versions of a state machine.

use aws_sdk_sfn::Client;

use crate::error::{AwsError, ignore_not_found, or_absent};

const SERVICE: &str = "Step Functions";

/// A published version of a state machine: it never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MachineVersion {
    /// Its number; a later version has a higher one, and no number is used twice.
    pub number: u64,
    /// What whoever published it wrote: the id of its deployment, if that was us.
    pub description: String,
    /// Its definition: JSON.
    pub definition: String,
}

/// The numbers of the published versions of a state machine, oldest first; none when the state machine does not exist.
///
/// # Errors
/// The call failed.
pub async fn numbers(client: &Client, machine_arn: &str) -> Result<Vec<u64>, AwsError> {
    let mut numbers = Vec::new();
    let mut token = None;
    loop {
        let call = client.list_state_machine_versions().state_machine_arn(machine_arn).max_results(1000);
        let answer = call.set_next_token(token).send().await;
        let page = or_absent(answer.map_err(AwsError::from_sdk(SERVICE, "ListStateMachineVersions")))?;
        let Some(page) = page else { return Ok(Vec::new()) };
        numbers.extend(page.state_machine_versions().iter().filter_map(|it| number(it.state_machine_version_arn())));
        token = page.next_token().filter(|token| !token.is_empty()).map(str::to_owned);
        if token.is_none() {
            numbers.sort_unstable();
            return Ok(numbers);
        }
    }
}

/// One version of a state machine, if it exists.
///
/// # Errors
/// The call failed.
pub async fn version(client: &Client, machine_arn: &str, number: u64) -> Result<Option<MachineVersion>, AwsError> {
    let answer = client.describe_state_machine().state_machine_arn(format!("{machine_arn}:{number}")).send().await;
    let found = or_absent(answer.map_err(AwsError::from_sdk(SERVICE, "DescribeStateMachine")))?;
    Ok(found.map(|output| MachineVersion {
        number,
        description: output.description.unwrap_or_default(),
        definition: output.definition,
    }))
}

/// Deletes one version of a state machine, if it exists. Its executions run on; Step Functions refuses when an alias
/// points to it.
///
/// # Errors
/// The call failed, or was refused.
pub async fn delete(client: &Client, machine_arn: &str, number: u64) -> Result<(), AwsError> {
    let call = client.delete_state_machine_version().state_machine_version_arn(format!("{machine_arn}:{number}"));
    ignore_not_found(call.send().await.map_err(AwsError::from_sdk(SERVICE, "DeleteStateMachineVersion")))
}

/// The number that the ARN of a version ends with.
fn number(version_arn: &str) -> Option<u64> {
    version_arn.rsplit(':').next()?.parse().ok()
}
