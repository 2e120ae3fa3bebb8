//! Reads the stack's HTTP APIs and what is in them.

use super::look::Look;
use super::{ObservedApi, owner};
use crate::error::DeployError;
use crate::parallel;
use aws::apis;
use aws::error::or_absent;

/// The HTTP APIs with the stack's name: its own first, oldest first. Others may share the name. What is in those of other
/// stacks is not looked at; the content of one that was just made is read at once, without waiting for the list to show it.
pub(super) async fn observe(look: &Look, made: Option<&str>) -> Result<Vec<ObservedApi>, DeployError> {
    let name = look.stack.api_name();
    let (named, known) = tokio::try_join!(look.call(|| apis::named(&look.aws.apis, &name)), contents(look, made))?;
    let stack = look.stack.name();
    let (ours, others): (Vec<_>, Vec<_>) = named.into_iter().partition(|api| owner(&api.tags) == Some(&stack));
    let read = ours.into_iter().chain(others).map(|api| {
        let (look, known) = (look.clone(), known.clone().filter(|_| made == Some(api.id.as_str())));
        async move {
            let contents = match known {
                Some(known) => Some(known),
                None if owner(&api.tags).is_some_and(|owner| *owner != look.stack.name()) => Some(Contents::default()),
                None => contents(&look, Some(&api.id)).await?,
            };
            Ok(contents.map(|(integrations, routes, stages)| ObservedApi { api, integrations, routes, stages }))
        }
    });
    Ok(parallel::all(read).await?.into_iter().flatten().collect())
}

type Contents = (Vec<apis::Integration>, Vec<apis::Route>, Vec<apis::Stage>);

/// An API's content. The list of APIs may still show one that was just deleted; its content then is not found.
async fn contents(look: &Look, id: Option<&str>) -> Result<Option<Contents>, DeployError> {
    let Some(id) = id else { return Ok(None) };
    let client = &look.aws.apis;
    look.call(|| async move {
        let all = async {
            tokio::try_join!(apis::integrations(client, id), apis::routes(client, id), apis::stages(client, id))
        };
        or_absent(all.await)
    })
    .await
}
