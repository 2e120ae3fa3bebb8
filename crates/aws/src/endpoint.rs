//! Where a deployed HTTP API answers.

use crate::connect::Aws;
use crate::error::AwsError;
use model::stack::{OWNER_TAG, Stack};

/// The base URL of the stack's stage, as the API returns it, such as
/// `https://x1.execute-api.eu-west-1.amazonaws.com/dev`; none when the stack has no API.
///
/// # Errors
/// The call failed.
pub async fn stage_url(aws: &Aws, stack: &Stack) -> Result<Option<String>, AwsError> {
    let name = stack.api_name();
    let owner = stack.name();
    let mut token = None;
    loop {
        let page = aws.apis.get_apis().set_next_token(token).send().await;
        let page = page.map_err(AwsError::from_sdk("API Gateway", "GetApis"))?;
        let found = page
            .items()
            .iter()
            .find(|api| api.name() == Some(&name) && api.tags().and_then(|tags| tags.get(OWNER_TAG)) == Some(&owner));
        if let Some(endpoint) = found.and_then(|api| api.api_endpoint()) {
            return Ok(Some(format!("{}/{}", endpoint.trim_end_matches('/'), stack.stage)));
        }
        token = page.next_token().filter(|token| !token.is_empty()).map(str::to_owned);
        if token.is_none() {
            return Ok(None);
        }
    }
}
