//! Runs many tasks at once.

use std::future::Future;

use tokio::task::JoinSet;

use crate::error::DeployError;

/// Runs all tasks at once and gives their results in the tasks' order.
///
/// # Errors
/// The first that fails; the others are aborted.
pub(crate) async fn all<T, F>(tasks: impl IntoIterator<Item = F>) -> Result<Vec<T>, DeployError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, DeployError>> + Send + 'static,
{
    let mut set = JoinSet::new();
    for (place, task) in tasks.into_iter().enumerate() {
        set.spawn(async move { task.await.map(|result| (place, result)) });
    }
    let mut results = Vec::new();
    while let Some(joined) = set.join_next().await {
        results.push(joined.map_err(|error| DeployError::Internal(error.to_string()))??);
    }
    results.sort_by_key(|(place, _)| *place);
    Ok(results.into_iter().map(|(_, result)| result).collect())
}
