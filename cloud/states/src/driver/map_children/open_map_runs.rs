//! The Map Runs that are open: an account may have so many in a region, and further ones wait for their turn.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use asl::MapRunId;

use crate::index;
use crate::rows::execution::ExecutionKey;

/// How many Map Runs may be open in an account and a region at a time: "Scheduled Map Runs wait at `MapRunStarted` event until
/// the total number of open Map Runs is less than the quota of 1000" (Step Functions developer guide, "Service quotas").
pub(crate) const MAX_OPEN_MAP_RUNS: usize = 1000;

/// A Map Run: the execution that runs it, and its id there.
pub(in crate::driver) type Run = (ExecutionKey, MapRunId);

/// The open Map Runs of every account and region, and those that wait.
#[derive(Debug, Default)]
pub(in crate::driver) struct OpenMapRuns(Mutex<BTreeMap<String, Place>>);

#[derive(Debug, Default)]
struct Place {
    open: BTreeSet<Run>,
    /// The longest-waiting first.
    waiting: VecDeque<Run>,
}

impl OpenMapRuns {
    /// A Map Run has started: whether there is room for it at once. Otherwise it waits.
    pub(in crate::driver) fn start(&self, run: Run) -> bool {
        let mut places = self.places();
        let place = places.entry(index::place(run.0.parts().0).to_owned()).or_default();
        let has_room = place.open.len() < MAX_OPEN_MAP_RUNS;
        match has_room {
            true => drop(place.open.insert(run)),
            false => place.waiting.push_back(run),
        }
        has_room
    }

    /// A Map Run has ended, whether its turn has come or not: the one whose turn it is now.
    pub(in crate::driver) fn end(&self, run: &Run) -> Option<Run> {
        let mut places = self.places();
        let name = index::place(run.0.parts().0);
        let place = places.get_mut(name)?;
        if !place.open.remove(run) {
            place.waiting.retain(|waiting| waiting != run);
        }
        let next = place.waiting.pop_front_if(|_| place.open.len() < MAX_OPEN_MAP_RUNS);
        place.open.extend(next.clone());
        if place.open.is_empty() {
            places.remove(name);
        }
        next
    }

    fn places(&self) -> MutexGuard<'_, BTreeMap<String, Place>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(place: &str, id: u64) -> Run {
        (ExecutionKey::new(&format!("{place}/m"), "e"), MapRunId(id))
    }

    #[test]
    fn whoever_waits_longest_has_the_next_turn() {
        let runs = OpenMapRuns::default();
        let most = u64::try_from(MAX_OPEN_MAP_RUNS).unwrap();
        assert!((0..most).all(|id| runs.start(run("us-east-1", id))));
        assert!(!runs.start(run("us-east-1", most)) && !runs.start(run("us-east-1", most + 1)));
        assert!(runs.start(run("eu-west-1", 0)), "another region has its own");
        assert_eq!(runs.end(&run("us-east-1", most)), None, "it ended while it waited");
        assert!(!runs.start(run("us-east-1", most + 2)));
        assert_eq!(runs.end(&run("us-east-1", 7)), Some(run("us-east-1", most + 1)));
        assert_eq!(runs.end(&run("us-east-1", 7)), None, "it had ended before");
        assert_eq!(runs.end(&run("us-east-1", most + 1)), Some(run("us-east-1", most + 2)));
        assert_eq!(runs.end(&run("us-east-1", most + 2)), None);
        assert!(runs.start(run("us-east-1", most + 3)));
    }
}
