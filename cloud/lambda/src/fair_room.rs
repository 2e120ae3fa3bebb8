//! Room that functions share, in bytes: one that takes much leaves as much to the others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A bounded number of bytes that functions share. A function may take more only while what is free is at least what it
/// has then: alone it gets half of all, two get a third each, and whoever has little is always served.
#[derive(Debug)]
pub(crate) struct FairRoom {
    limit_bytes: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_function: BTreeMap<String, usize>,
}

/// Room that is taken; dropped, it is free again.
#[derive(Debug)]
pub(crate) struct Room {
    shared: Arc<FairRoom>,
    function: String,
    size_bytes: usize,
}

impl FairRoom {
    /// So many bytes, all free.
    pub(crate) fn new(limit_bytes: usize) -> Arc<Self> {
        Arc::new(Self { limit_bytes, taken: Mutex::default() })
    }

    /// Takes room for a function; none when it has its share.
    pub(crate) fn take(self: &Arc<Self>, function: &str, size_bytes: usize) -> Option<Room> {
        {
            let taken = self.lock();
            let wanted = taken.by_function.get(function).copied().unwrap_or(0).saturating_add(size_bytes);
            if wanted > self.limit_bytes.saturating_sub(taken.all) {
                return None;
            }
        }
        Some(self.take_at_any_rate(function, size_bytes))
    }

    /// Takes room whether there is any or not: for what is there already.
    pub(crate) fn take_at_any_rate(self: &Arc<Self>, function: &str, size_bytes: usize) -> Room {
        let mut taken = self.lock();
        taken.all += size_bytes;
        *taken.by_function.entry(function.to_owned()).or_default() += size_bytes;
        Room { shared: Arc::clone(self), function: function.to_owned(), size_bytes }
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut taken = self.shared.lock();
        taken.all = taken.all.saturating_sub(self.size_bytes);
        if let Some(of_function) = taken.by_function.get_mut(&self.function) {
            *of_function = of_function.saturating_sub(self.size_bytes);
            if *of_function == 0 {
                taken.by_function.remove(&self.function);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_takes_much_leaves_room_for_the_others() {
        let room = FairRoom::new(100);
        let fill = |function: &str| std::iter::from_fn(|| room.take(function, 1)).collect::<Vec<_>>();
        let first = fill("first");
        assert_eq!(first.len(), 50);
        let second = fill("second");
        assert_eq!(second.len(), 25);
        assert!(room.take("third", 12).is_some());
        assert!(room.take("first", 1).is_none());
        drop(second);
        drop(first);
        assert_eq!(room.lock().all, 0);
        assert!(room.lock().by_function.is_empty());
        assert!(room.take("large", 101).is_none());
    }
}
