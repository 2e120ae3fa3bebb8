//! The location of a walk through a definition, in AWS's form.

/// A location that grows and shrinks with the walk, so that only what is reported is copied.
pub(super) struct Location(String);

impl Location {
    pub(super) fn new(location: &str) -> Self {
        Self(location.to_owned())
    }

    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// Visits a member.
    pub(super) fn member(&mut self, name: &str, visit: impl FnOnce(&mut Self)) {
        let length = self.0.len();
        self.0.push('/');
        self.0.push_str(name);
        visit(self);
        self.0.truncate(length);
    }

    /// Visits every item of a list.
    pub(super) fn items<'a, T>(&mut self, items: &'a [T], mut visit: impl FnMut(&mut Self, &'a T)) {
        let length = self.0.len();
        for (i, item) in items.iter().enumerate() {
            self.0.push_str(&format!("[{i}]"));
            visit(self, item);
            self.0.truncate(length);
        }
    }
}
