//! A table's name.

/// A table of the store. The crate that owns the rows declares it as a constant, and says what its keys and values hold.
///
/// Names are unique within a store; the composition of the services checks that. Changing a name loses what was stored
/// under the old one, so it needs a new format version ([`crate::format`]).
///
/// A key that begins with a number given in order of creation keeps rows that are written together side by side, which
/// makes writing several times as fast as a random key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table(&'static str);

impl Table {
    /// A table of this name; `format` is the store's own.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name inside the file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}
