//! Many calls at once, and not more than AWS takes well.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How many calls are under way at the same time.
const AT_ONCE: usize = 16;

/// Makes all calls, [`AT_ONCE`] at the same time, and gives their answers in the order of the calls. No call may wait for
/// another one.
pub(crate) async fn at_once<T, F>(calls: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let permits = Arc::new(Semaphore::new(AT_ONCE));
    let mut under_way = JoinSet::new();
    for (place, call) in calls.into_iter().enumerate() {
        let permits = Arc::clone(&permits);
        under_way.spawn(async move {
            // Nobody closes it, so there is always a permit to wait for.
            let _permit = permits.acquire().await;
            (place, call.await)
        });
    }
    let mut answers = under_way.join_all().await;
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn calls_are_made_side_by_side_and_answers_keep_their_order() {
        let under_way = Arc::new(AtomicUsize::new(0));
        let most = Arc::new(AtomicUsize::new(0));
        let calls = (0..100).map(|number| {
            let under_way = Arc::clone(&under_way);
            let most = Arc::clone(&most);
            async move {
                most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                under_way.fetch_sub(1, Ordering::SeqCst);
                number
            }
        });
        assert_eq!(at_once(calls).await, (0..100).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::SeqCst), AT_ONCE);
    }
}
