//! Runs many tasks at once, but not more than AWS takes well.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::error::DeployError;

/// How many things are done at once: with more, thirty people at once are refused more calls, and one is hardly faster.
pub(crate) const MAX_AT_ONCE: usize = 16;

/// Runs all tasks, [`MAX_AT_ONCE`] at once, and gives their results in the tasks' order. No task may wait for another.
///
/// # Errors
/// The first that fails; the others are aborted.
pub(crate) async fn all<T, F>(tasks: impl IntoIterator<Item = F>) -> Result<Vec<T>, DeployError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, DeployError>> + Send + 'static,
{
    let permits = Arc::new(Semaphore::new(MAX_AT_ONCE));
    let bounded = tasks.into_iter().map(|task| {
        let permits = Arc::clone(&permits);
        async move {
            let _permit = permits.acquire().await.map_err(|error| DeployError::Internal(error.to_string()))?;
            task.await
        }
    });
    together(bounded).await
}

/// Runs all tasks at once and gives their results in the tasks' order. They may wait for each other.
///
/// # Errors
/// The first that fails; the others are aborted.
pub(crate) async fn together<T, F>(tasks: impl IntoIterator<Item = F>) -> Result<Vec<T>, DeployError>
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_bounded_number_runs_at_once() {
        let running = Arc::new(AtomicUsize::new(0));
        let tasks = (0..100).map(|number| {
            let running = Arc::clone(&running);
            async move {
                let at_once = running.fetch_add(1, Ordering::SeqCst) + 1;
                tokio::task::yield_now().await;
                running.fetch_sub(1, Ordering::SeqCst);
                Ok((number, at_once))
            }
        });
        let done = all(tasks).await.unwrap();
        assert!(done.iter().map(|(number, _)| *number).eq(0..100));
        assert_eq!(done.iter().map(|(_, at_once)| *at_once).max(), Some(MAX_AT_ONCE));
    }
}
