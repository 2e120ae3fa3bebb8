//! Room for the messages that somebody waits for: how many may be in all mailboxes, those of an account, and one.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::rows::execution::ExecutionKey;

/// How many messages that somebody waits for may be in all mailboxes at a time; who comes later waits for room.
///
/// A step is durable within ten milliseconds or so, so that tens of thousands go through in a second; more at a time would
/// only wait in memory, where with inputs of 256 KiB these already take 256 MiB. What the driver posts itself is not counted:
/// each task, child and timer of an execution has at most one message under way, and the language bounds them; and a mailbox
/// that waited for another's room could wait for ever.
const MOST: usize = 1024;

/// How many of them may be an account's, so that there is room for others.
const MOST_OF_ACCOUNT: usize = 512;

/// How many of them may be an execution's: its steps come one after the other.
const MOST_OF_EXECUTION: usize = 16;

/// Accounts share their room with those of the same number, of which there are few.
const ACCOUNTS: usize = 16;

/// Executions likewise: one that is asked too much is in the way of one in so many others.
const EXECUTIONS: usize = 256;

/// All room.
#[derive(Debug)]
pub(super) struct Rooms {
    all: Arc<Semaphore>,
    accounts: Vec<Arc<Semaphore>>,
    executions: Vec<Arc<Semaphore>>,
}

/// Room for one message that somebody waits for.
#[derive(Debug, Default)]
pub(crate) struct Room {
    _permits: [Option<OwnedSemaphorePermit>; 3],
}

impl Rooms {
    pub(super) fn new() -> Self {
        let each = |count, most| (0..count).map(|_| Arc::new(Semaphore::new(most))).collect();
        Self {
            all: Arc::new(Semaphore::new(MOST)),
            accounts: each(ACCOUNTS, MOST_OF_ACCOUNT),
            executions: each(EXECUTIONS, MOST_OF_EXECUTION),
        }
    }

    /// Waits for room for a message, in a mailbox that is known or in any. Who waits for its turn with one execution or
    /// account takes no room from the others.
    pub(super) async fn acquire(&self, key: Option<&ExecutionKey>) -> Room {
        let of_execution = key.and_then(|key| share(&self.executions, key.parts()));
        let of_account = key.and_then(|key| share(&self.accounts, (account(key), "")));
        let mut permits = [None, None, None];
        for (permit, semaphore) in permits.iter_mut().zip([of_execution, of_account, Some(&self.all)]) {
            if let Some(semaphore) = semaphore {
                // Never closed: who gets no room is not counted.
                *permit = Arc::clone(semaphore).acquire_owned().await.ok();
            }
        }
        Room { _permits: permits }
    }

    /// Takes all room that there is now.
    #[cfg(test)]
    pub(super) fn take_all(&self) -> Vec<Room> {
        let taken = std::iter::from_fn(|| Arc::clone(&self.all).try_acquire_owned().ok());
        taken.map(|permit| Room { _permits: [Some(permit), None, None] }).collect()
    }
}

/// The account in a key, `account:region/...`; empty for the default one.
fn account(key: &ExecutionKey) -> &str {
    let location = key.parts().0.split('/').next().unwrap_or_default();
    location.split_once(':').map_or("", |(account, _)| account)
}

/// The semaphore that a name shares: the same for the same name in every run.
fn share<'s>(semaphores: &'s [Arc<Semaphore>], (first, second): (&str, &str)) -> Option<&'s Arc<Semaphore>> {
    let bytes = first.bytes().chain([b'/']).chain(second.bytes());
    let hash = bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let index = hash % u64::try_from(semaphores.len()).ok()?;
    semaphores.get(usize::try_from(index).ok()?)
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn now<F: Future>(future: F) -> Option<F::Output> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        }
    }

    #[test]
    fn one_execution_and_one_account_leave_room_for_others() {
        let rooms = Rooms::new();
        let flooded = ExecutionKey::new("us-east-1/m", "flooded");
        let of_one: Vec<Room> = std::iter::from_fn(|| now(rooms.acquire(Some(&flooded)))).collect();
        assert_eq!(of_one.len(), MOST_OF_EXECUTION);
        let keys = (0..10_000).map(|number| ExecutionKey::new("us-east-1/m", &number.to_string()));
        let of_account: Vec<Room> = keys.filter_map(|key| now(rooms.acquire(Some(&key)))).collect();
        assert_eq!(of_one.len() + of_account.len(), MOST_OF_ACCOUNT);
        let other = ExecutionKey::new("000000000002:us-east-1/m", "e");
        assert!(now(rooms.acquire(Some(&other))).is_some());
        drop(of_one);
        assert!(now(rooms.acquire(Some(&flooded))).is_some());
    }
}
