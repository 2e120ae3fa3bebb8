//! A file of the repository, read once for all rules.

use super::code::Code;

/// A file of the repository.
pub(super) struct File {
    /// From the root, with `/`.
    pub(super) path: String,
    /// Its text; empty where it is not text.
    pub(super) text: String,
    /// Its code and comments; empty for anything but Rust.
    pub(super) code: Code,
}

impl File {
    pub(super) fn new(path: &str, text: String) -> Self {
        let code = Code::of(if path.ends_with(".rs") { &text } else { "" });
        Self { path: String::from(path), text, code }
    }

    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }
}
