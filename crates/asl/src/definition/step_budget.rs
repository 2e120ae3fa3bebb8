//! The budget of a step: how much an execution does before its driver stores what came of it and lets others run.

/// How many events a step makes, about. A step of this many takes some milliseconds.
const MAX_STEP_EVENTS: usize = 500;

/// How many bytes of payloads the events of a step have, about: a state that was entered goes on to its end, so a step of
/// the largest payloads has half a megabyte more.
const MAX_STEP_BYTES: usize = 512 << 10;

/// How much a step may do, or what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    events: usize,
    bytes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self::of(MAX_STEP_EVENTS, MAX_STEP_BYTES)
    }
}

impl Budget {
    pub(crate) fn of(events: usize, bytes: usize) -> Self {
        Self { events, bytes }
    }

    /// Nothing: no state is entered, no child is started.
    pub(crate) fn none() -> Self {
        Self::of(0, 0)
    }

    /// Something was done: an event was made, or a child was started.
    pub(crate) fn spend(&mut self, payload_bytes: usize) {
        self.events = self.events.saturating_sub(1);
        self.bytes = self.bytes.saturating_sub(payload_bytes);
    }

    pub(crate) fn is_used_up(self) -> bool {
        self.events == 0 || self.bytes == 0
    }
}
