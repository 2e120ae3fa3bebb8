//! The condition keys of a request.

use std::collections::BTreeMap;

/// Condition keys and their values, such as `aws:SourceArn`. Keys have no case; a key without a value is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// By the key in lower case.
    values: BTreeMap<String, Vec<String>>,
}

impl Context {
    /// The context with a key of one value.
    #[must_use]
    pub fn with(self, key: &str, value: impl Into<String>) -> Self {
        self.with_all(key, [value])
    }

    /// The context with a key of several values.
    #[must_use]
    pub fn with_all(mut self, key: &str, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        if !values.is_empty() {
            self.values.insert(key.to_ascii_lowercase(), values);
        }
        self
    }

    /// Whether a key has a value.
    pub fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// A key's values; never an empty list.
    pub(crate) fn get(&self, key: &str) -> Option<&[String]> {
        self.values.get(&key.to_ascii_lowercase()).map(Vec::as_slice)
    }
}
