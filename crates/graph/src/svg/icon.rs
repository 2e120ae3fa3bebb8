//! The sign of a status: nothing is told by colour alone.

use crate::status::Status;

/// A sign on the upper right corner of a state, around `x`, `y`; nothing for a state that was not reached.
pub(super) fn icon(status: Status, x: i32, y: i32) -> String {
    let strokes = match status {
        Status::NotReached => return String::new(),
        Status::Running => "M-2.5-4 4 0-2.5 4Z",
        Status::Waiting => "M0-4.5V0L3 2.5",
        Status::Retrying => "M4-1A4 4 0 1 0 3 3M4.6-4.4V-.8H1",
        Status::Succeeded | Status::Covered => "M-4 .5-1.2 3.4 4-3.2",
        Status::Caught | Status::PartlyCovered => "M0-4.5V1M0 4V4.2",
        Status::Failed => "M-3.2-3.2 3.2 3.2M3.2-3.2-3.2 3.2",
        Status::Aborted => "M-3-3H3V3H-3Z",
    };
    format!(
        "<g class=\"sign\" transform=\"translate({} {})\"><circle r=\"8.5\"/><path d=\"{strokes}\"/></g>",
        x - 6,
        y + 4
    )
}
