//! Tags of resources.

/// A resource's tags.
pub type Tags = std::collections::BTreeMap<String, String>;
