//! Deletes the versions that were selected: on request, and after a deployment once there are many.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;

use super::select::{DEFAULT_KEEP, Selection, Version, select_versions};
use crate::error::DeployError;
use crate::event::{Event, Events};
use crate::observe::Observed;
use crate::parallel;
use crate::retry::Retry;
use crate::versions::read::{executions_in_flight, read_versions};
use aws::clock;
use aws::{Aws, function_versions, machine_versions};
use model::deployment::DeploymentId;
use model::names::Key;
use model::stack::Stack;

/// How many deletions run at once: Lambda accepts some fifteen changes a second.
const MAX_CONCURRENT_CALLS: usize = 4;

/// Automatic pruning begins once a function has more versions of this stack than this.
const MANY_VERSIONS: usize = 2 * DEFAULT_KEEP;

/// Automatic pruning gives up when more executions than this have not ended.
const MAX_EXECUTIONS: usize = 200;

/// Deletes the versions that were selected; returns what AWS refused to delete, and its reason.
///
/// # Errors
/// A call that fails for another reason. What is deleted stays deleted; running it again goes on from there.
pub async fn delete_versions(
    aws: &Aws,
    stack: &Stack,
    selection: &Selection,
    events: &Events,
) -> Result<Vec<(Version, String)>, DeployError> {
    let of = selection.delete.len();
    let done = Arc::new(AtomicUsize::new(0));
    let slots = Arc::new(Semaphore::new(MAX_CONCURRENT_CALLS));
    let deletions = selection.delete.iter().map(|version| {
        let aws = aws.clone();
        let stack = stack.clone();
        let version = version.clone();
        let slots = Arc::clone(&slots);
        let done = Arc::clone(&done);
        let events = events.clone();
        async move {
            let _slot = slots.acquire().await;
            let deleted = delete(&aws, &stack, &version, &events).await;
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            events.emit(Event::Counted { what: "versions deleted", done, of });
            match deleted {
                Ok(()) => Ok(None),
                // An alias that was created a moment ago points to it.
                Err(DeployError::Aws(error))
                    if error.is("ConflictException") || error.is("ResourceConflictException") =>
                {
                    Ok(Some((version, error.message)))
                }
                Err(error) => Err(error),
            }
        }
    });
    Ok(parallel::all(deletions).await?.into_iter().flatten().collect())
}

async fn delete(aws: &Aws, stack: &Stack, version: &Version, events: &Events) -> Result<(), DeployError> {
    let retry = Retry::named("deleting old versions".to_owned(), events);
    match version {
        Version::Function(key, number) => {
            let name = stack.function_name(key);
            retry.call(|| function_versions::delete(&aws.lambda, &name, *number)).await
        }
        Version::Machine(key, number) => {
            let arn = stack.state_machine_arn(key);
            retry.call(|| machine_versions::delete(&aws.sfn, arn.as_str(), *number)).await
        }
    }
}

/// Prunes after a deployment once some function has many versions; before that nothing is called. Returns what the
/// user should know, if anything. A deployment does not fail for this.
pub async fn prune_after_deploy(aws: &Aws, stack: &Stack, observed: &Observed, events: &Events) -> Option<String> {
    if !has_many(observed) {
        return None;
    }
    match prune_few(aws, stack, observed, events).await {
        Ok(note) => note,
        Err(error) => Some(format!("Old versions could not be pruned: {error} `workshop deploy prune` tries again.")),
    }
}

fn has_many(observed: &Observed) -> bool {
    let ours = |key: &Key| {
        let versions = observed.functions.get(key).map(|it| it.versions.as_slice()).unwrap_or_default();
        versions.iter().filter(|it| DeploymentId::of_description(&it.description).is_some()).count()
    };
    observed.functions.keys().any(|key| ours(key) > MANY_VERSIONS)
}

async fn prune_few(
    aws: &Aws,
    stack: &Stack,
    observed: &Observed,
    events: &Events,
) -> Result<Option<String>, DeployError> {
    let versions = read_versions(aws, stack, observed, events).await?;
    let running = executions_in_flight(aws, stack, &versions, MAX_EXECUTIONS, events).await?;
    if running.truncated {
        let note = format!(
            "Old versions are kept: more than {MAX_EXECUTIONS} executions have not ended. `workshop deploy prune` asks each \
             what it needs, and deletes the rest."
        );
        return Ok(Some(note));
    }
    let selection = select_versions(&versions, &running.in_flight, DEFAULT_KEEP, clock::now());
    let refused = delete_versions(aws, stack, &selection, events).await?.len();
    let deleted = selection.delete.len() - refused;
    let versions = if deleted == 1 { "version" } else { "versions" };
    Ok((deleted > 0).then(|| format!("Deleted {deleted} old {versions} that nothing needs any more.")))
}
