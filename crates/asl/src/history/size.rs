//! The size of an event: the texts in it that data decide.

use super::{EventDetails, Failure, HistoryEvent};

impl HistoryEvent {
    /// The bytes of its payloads: input, output, parameters, variables, error and cause.
    pub fn payload_bytes(&self) -> usize {
        self.details.payload_bytes()
    }
}

impl EventDetails {
    pub(crate) fn payload_bytes(&self) -> usize {
        let payload = self.payload().map_or(0, |(_, payload)| payload.len());
        let beside_it = match self {
            Self::TaskScheduled { parameters, .. } => parameters.len(),
            Self::StateExited { assigned, .. } => assigned.values().map(|value| value.len()).sum(),
            _ => 0,
        };
        payload + beside_it + self.failure().map_or(0, Failure::size_bytes)
    }
}

impl Failure {
    fn size_bytes(&self) -> usize {
        [&self.error, &self.cause].into_iter().flatten().map(String::len).sum()
    }
}
