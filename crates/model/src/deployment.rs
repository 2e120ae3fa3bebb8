//! The id of a deployment: the moment it began, as the versions that it published carry it.

use std::fmt;

use jiff::{Timestamp, Unit};

/// What the descriptions of our versions begin with.
const MARK: &str = "workshop ";

/// When a deployment began, to the millisecond. Ids sort as their deployments do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeploymentId(Timestamp);

impl DeploymentId {
    /// The id of a deployment that begins now.
    pub fn new(now: Timestamp) -> Self {
        Self(now.round(Unit::Millisecond).unwrap_or(now))
    }

    /// The id that a version's description carries; none for a version that somebody else published.
    pub fn of_description(description: &str) -> Option<Self> {
        description.strip_prefix(MARK)?.parse().ok().map(Self)
    }

    /// What the versions of this deployment are described as.
    pub fn description(self) -> String {
        format!("{MARK}{self}")
    }

    /// When it began.
    pub fn began(self) -> Timestamp {
        self.0
    }
}

impl fmt::Display for DeploymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_carries_the_id() {
        let id = DeploymentId::new("2026-11-22T20:59:26.1204Z".parse().unwrap());
        insta::assert_snapshot!(id.description(), @"workshop 2026-11-22T20:59:26.120Z");
        assert_eq!(DeploymentId::of_description(&id.description()), Some(id));
        assert_eq!(DeploymentId::of_description("by hand"), None);
    }
}
