//! The shapes that elements have: one value or a list, an element or its negation.

/// An element or its negation, such as `Action` and `NotAction`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection<T> {
    /// What is named.
    Only(T),
    /// Everything but what is named.
    Except(T),
}

/// One value or a list, in the form that it was written in: the language takes both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneOrMany<T> {
    /// A single value.
    One(T),
    /// A list.
    Many(Vec<T>),
}

impl<T> Selection<T> {
    /// What is named, to be taken or left out.
    pub fn named(&self) -> &T {
        match self {
            Self::Only(named) | Self::Except(named) => named,
        }
    }

    /// Whether the selection has a thing, given whether it is among what is named.
    pub fn selects(&self, is_named: impl FnOnce(&T) -> bool) -> bool {
        match self {
            Self::Only(named) => is_named(named),
            Self::Except(named) => !is_named(named),
        }
    }
}

impl<T> OneOrMany<T> {
    /// The values as a slice.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }

    /// The values in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.as_slice().iter()
    }

    /// The values in order, to be changed.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        match self {
            Self::One(value) => std::slice::from_mut(value).iter_mut(),
            Self::Many(values) => values.iter_mut(),
        }
    }

    /// Whether it is an empty list.
    pub fn is_empty(&self) -> bool {
        self.as_slice().is_empty()
    }
}

impl From<&str> for OneOrMany<String> {
    fn from(value: &str) -> Self {
        Self::One(value.to_owned())
    }
}

impl From<String> for OneOrMany<String> {
    fn from(value: String) -> Self {
        Self::One(value)
    }
}

impl<T> From<Vec<T>> for OneOrMany<T> {
    fn from(values: Vec<T>) -> Self {
        Self::Many(values)
    }
}
