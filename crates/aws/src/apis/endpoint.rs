//! Where a deployed HTTP API answers.

use crate::apis;
use crate::client::connect::Aws;
use crate::error::AwsError;
use crate::tags::TagRead;
use model::stack::{OWNER_TAG, Stack};

/// The base URL of the stack's stage, as the API returns it, such as
/// `https://x1.execute-api.eu-west-1.amazonaws.com/dev`; none when the stack has no API.
///
/// # Errors
/// The call failed.
pub async fn stage_url(aws: &Aws, stack: &Stack) -> Result<Option<String>, AwsError> {
    let owner = stack.name();
    for api in apis::named(&aws.apis, &stack.api_name(), |id| stack.api_arn(id)).await? {
        match api.tags {
            TagRead::Known(tags) if tags.get(OWNER_TAG) == Some(&owner) && !api.endpoint.is_empty() => {
                return Ok(Some(format!("{}/{}", api.endpoint.trim_end_matches('/'), stack.stage)));
            }
            TagRead::Known(_) => {}
            TagRead::Unreadable(denied) => return Err(denied.into_error("API Gateway", "GetTags")),
        }
    }
    Ok(None)
}
