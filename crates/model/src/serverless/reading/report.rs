//! What reading a service file finds: every error, and what is known and has no effect.

use crate::source::{ModelError, Place};

use super::tree::Origin;

/// What a service file says that is known and has no effect, or another one than it has for the Serverless Framework.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where it stands.
    pub at: Place,
    /// What it means here, in full sentences.
    pub message: String,
}

/// All errors and notes so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) errors: Vec<ModelError>,
    pub(crate) notes: Vec<Note>,
}

impl Report {
    /// Adds an error with advice.
    pub(crate) fn error(&mut self, at: &Origin, message: impl Into<String>, hint: impl Into<String>) {
        self.add(at.error(message).with_hint(hint));
    }

    /// Adds an error, unless the same is known: several readers may come across one value.
    pub(crate) fn add(&mut self, error: ModelError) {
        if !self.errors.contains(&error) {
            self.errors.push(error);
        }
    }

    /// Adds a note, unless the same is known.
    pub(crate) fn note(&mut self, at: &Origin, message: impl Into<String>) {
        let note = Note { at: at.place(), message: message.into() };
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}
