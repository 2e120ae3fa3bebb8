//! Reads the stack's HTTP APIs and what is in them.

use super::observed::ObservedApi;
use super::ownership::{Doubt, Owner, Ownership};
use super::reader::Reader;
use crate::error::DeployError;
use crate::parallel;
use aws::apis;
use aws::error::or_absent;

/// The HTTP APIs with the stack's name: its own first, oldest first. Others may share the name. What is in those of other
/// stacks is not read; the content of one that was just created is read at once, before the list shows it.
pub(super) async fn observe(reader: &Reader, made: Option<&str>) -> Result<Vec<ObservedApi>, DeployError> {
    let name = reader.stack.api_name();
    let arn = |id: &str| reader.stack.api_arn(id);
    let (named, known) =
        tokio::try_join!(reader.call(|| apis::named(&reader.aws.apis, &name, arn)), contents(reader, made))?;
    let named = reader.answer(named, Doubt::Api, || format!("the HTTP APIs named {name}")).unwrap_or_default();
    let stack = reader.stack.name();
    let (ours, others): (Vec<_>, Vec<_>) =
        named.into_iter().partition(|api| Ownership::of(&api.tags, &stack).is_ours());
    let read = ours.into_iter().chain(others).map(|api| {
        let reader = reader.clone();
        let known = known.clone().filter(|_| made == Some(api.id.as_str()));
        async move {
            let contents = match known {
                Some(known) => Some(known),
                None if is_others(&Ownership::of(&api.tags, &reader.stack.name())) => Some(Contents::default()),
                None => contents(&reader, Some(&api.id)).await?,
            };
            Ok(contents.map(|(integrations, routes, stages)| ObservedApi { api, integrations, routes, stages }))
        }
    });
    Ok(parallel::all(read).await?.into_iter().flatten().collect())
}

/// Whether somebody else says that it is theirs.
fn is_others(ownership: &Ownership) -> bool {
    matches!(ownership, Ownership::Foreign(Owner::Stack(_) | Owner::CloudFormation(_)))
}

type Contents = (Vec<apis::Integration>, Vec<apis::Route>, Vec<apis::Stage>);

/// An API's content. The list of APIs may still show one that was just deleted; its content then is not found.
async fn contents(reader: &Reader, id: Option<&str>) -> Result<Option<Contents>, DeployError> {
    let Some(id) = id else { return Ok(None) };
    let client = &reader.aws.apis;
    let all = || async move {
        let all = async {
            tokio::try_join!(apis::integrations(client, id), apis::routes(client, id), apis::stages(client, id))
        };
        or_absent(all.await)
    };
    let reading = reader.call(all).await?;
    let what = || format!("what is in the HTTP API {id}");
    // It is there all the same.
    Ok(reader.answer(reading, Doubt::Details, what).unwrap_or_else(|| Some(Contents::default())))
}
