//! Reads the stack's HTTP API and what is in it.

use super::{ObservedApi, owner};
use crate::aws::error::or_absent;
use crate::aws::{Aws, AwsError, apis};
use crate::deploy::error::DeployError;
use crate::deploy::parallel;
use crate::model::stack::Stack;

/// The HTTP APIs with the stack's name and tag, oldest first. Others may share the name: it is theirs as well.
pub(super) async fn observe(aws: &Aws, stack: &Stack) -> Result<Vec<ObservedApi>, DeployError> {
    let named = apis::named(&aws.apis, &stack.api_name()).await?;
    let ours = named.into_iter().filter(|api| owner(&api.tags) == Some(&stack.name()));
    let read = ours.map(|api| {
        let aws = aws.clone();
        async move { Ok(or_absent(with_content(aws, api).await)?) }
    });
    Ok(parallel::all(read).await?.into_iter().flatten().collect())
}

/// An API's content. The list of APIs may still show one that was just deleted; its content then is not found.
async fn with_content(aws: Aws, api: apis::Api) -> Result<ObservedApi, AwsError> {
    let (integrations, routes, stages) = tokio::try_join!(
        apis::integrations(&aws.apis, &api.id),
        apis::routes(&aws.apis, &api.id),
        apis::stages(&aws.apis, &api.id),
    )?;
    Ok(ObservedApi { api, integrations, routes, stages })
}
