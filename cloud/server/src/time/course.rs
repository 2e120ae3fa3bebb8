//! How the clock goes, in the store: written before the clock is moved, so that time never goes back over a restart.

use cloud_core::{Clock, Course};
use cloud_store::{Batch, Store, StoreError, Table};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// One row; none while the clock is the machine's.
const CLOCK: Table = Table::new("clock");
const KEY: &str = "course";

/// The row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    /// Where it stands still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stands_at: Option<Timestamp>,
    /// Else, by how many nanoseconds it is ahead of the machine's clock.
    #[serde(default)]
    ahead_ns: i64,
}

/// Sets a clock to go on as the store says.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn restore(store: &Store, clock: &Clock) -> Result<(), StoreError> {
    let (Some(control), Some(course)) = (clock.control(), read(store)?) else {
        return Ok(());
    };
    match (course, control.course()) {
        // A clock that is moved by hand may be past it.
        (Course::Standing { now }, Course::Standing { .. }) => control.advance_to(now),
        (course, Course::Running { .. }) => control.set_course(course),
        (Course::Running { .. }, Course::Standing { .. }) => {}
    }
    Ok(())
}

pub(super) fn read(store: &Store) -> Result<Option<Course>, StoreError> {
    let row: Option<Row> = store.get(CLOCK, KEY)?;
    Ok(row.map(|row| match row.stands_at {
        Some(now) => Course::Standing { now },
        None => Course::Running { ahead: SignedDuration::from_nanos(row.ahead_ns) },
    }))
}

/// Writes how the clock will go.
pub(super) async fn write(store: &Store, course: Course) -> Result<(), StoreError> {
    let row = match course {
        Course::Standing { now } => Row { stands_at: Some(now), ahead_ns: 0 },
        Course::Running { ahead } => {
            Row { stands_at: None, ahead_ns: i64::try_from(ahead.as_nanos()).unwrap_or(i64::MAX) }
        }
    };
    let mut batch = Batch::new();
    batch.put(CLOCK, KEY, &row)?;
    store.commit(batch).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The stored form: a change of it needs a new version of the store.
    #[tokio::test]
    async fn what_is_written_comes_back() {
        let store = Store::in_memory().unwrap();
        assert_eq!(read(&store).unwrap(), None);
        let standing = Course::Standing { now: "2027-01-01T00:00:00.5Z".parse().unwrap() };
        let running = Course::Running { ahead: SignedDuration::from_hours(-2) };
        let mut stored = Vec::new();
        for course in [standing, running] {
            write(&store, course).await.unwrap();
            assert_eq!(read(&store).unwrap(), Some(course));
            stored.push(store.get::<serde_json::Value>(CLOCK, KEY).unwrap().unwrap().to_string());
        }
        insta::assert_snapshot!(stored.join("\n"), @r#"
        {"standsAt":"2027-01-01T00:00:00.5Z","aheadNs":0}
        {"aheadNs":-7200000000000}
        "#);
    }

    #[tokio::test]
    async fn a_clock_goes_on_where_it_was() {
        let store = Store::in_memory().unwrap();
        let now = Clock::system().now() + SignedDuration::from_hours(24);
        write(&store, Course::Standing { now }).await.unwrap();
        let (clock, _) = Clock::movable();
        restore(&store, &clock).unwrap();
        assert_eq!(clock.now(), now);
        assert!(clock.machine().now() < now, "the machine's clock is no part of it");
    }
}
