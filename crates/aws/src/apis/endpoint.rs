//! Where a deployed HTTP API answers.

use crate::apis;
use crate::client::connect::Aws;
use crate::error::AwsError;
use model::stack::{OWNER_TAG, Stack};

/// The base URL of the stack's stage, as the API returns it, such as
/// `https://x1.execute-api.eu-west-1.amazonaws.com/dev`; none when the stack has no API.
///
/// # Errors
/// The call failed.
pub async fn stage_url(aws: &Aws, stack: &Stack) -> Result<Option<String>, AwsError> {
    let owner = stack.name();
    let named = apis::named(&aws.apis, &stack.api_name()).await?;
    let ours = named.into_iter().find(|api| api.tags.get(OWNER_TAG) == Some(&owner) && !api.endpoint.is_empty());
    Ok(ours.map(|api| format!("{}/{}", api.endpoint.trim_end_matches('/'), stack.stage)))
}
