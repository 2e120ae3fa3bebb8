//! Writes that are under way, so that another one to the same thing is refused.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

/// Until when a write to a thing is under way.
#[derive(Debug, Default)]
pub(super) struct Writes {
    until: BTreeMap<String, Timestamp>,
}

impl Writes {
    /// Begins a write that takes a while; gives its end, or nothing when another one is under way. It ends by itself, so
    /// that a client which went away blocks nobody.
    pub(super) fn begin(&mut self, thing: &str, takes: Duration, now: Timestamp) -> Option<Timestamp> {
        self.until.retain(|_, until| *until > now);
        if self.until.contains_key(thing) {
            return None;
        }
        let until = now.checked_add(takes).unwrap_or(Timestamp::MAX);
        self.until.insert(thing.to_owned(), until);
        Some(until)
    }

    /// Ends a write early: it changed nothing.
    pub(super) fn end(&mut self, thing: &str, until: Timestamp) {
        // Another write may have begun since.
        if self.until.get(thing) == Some(&until) {
            self.until.remove(thing);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn one_write_to_a_thing_at_a_time() {
        let mut writes = Writes::default();
        let takes = Duration::from_millis(100);
        let at = |ms| Timestamp::UNIX_EPOCH + SignedDuration::from_millis(ms);
        assert_eq!(writes.begin("a", takes, at(0)), Some(at(100)));
        assert_eq!(writes.begin("a", takes, at(99)), None);
        assert_eq!(writes.begin("b", takes, at(99)), Some(at(199)));
        assert_eq!(writes.begin("a", takes, at(100)), Some(at(200)));
        writes.end("a", at(100));
        assert_eq!(writes.begin("a", takes, at(150)), None);
        writes.end("a", at(200));
        assert_eq!(writes.begin("a", takes, at(150)), Some(at(250)));
    }
}
