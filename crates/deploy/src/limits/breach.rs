//! One figure of a service that is above what AWS accepts.

use std::fmt;

use model::source::Place;

/// Something that is larger than AWS accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The line of the service file that declares it.
    pub at: Place,
    /// What it is, with its figure and the limit, in a full sentence.
    pub what: String,
    /// What to do about it, in full sentences.
    pub way_out: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.at, self.what, self.way_out)
    }
}
