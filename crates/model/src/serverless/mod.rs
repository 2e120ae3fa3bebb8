//! `serverless.yml` as a front end of the model: the service file of the Serverless Framework, read without running it.
//!
//! [`parse`] is pure: what variables ask for comes as [`Surroundings`]. Every key, variable, function of CloudFormation and
//! plugin is honoured, or noted because it has no effect, or an error that says what to do.

mod events;
mod functions;
mod plugins;
mod provider;
mod reading;
mod references;
mod resources;
mod settings;
mod step_functions;
mod surroundings;
mod top_level;
mod variables;

use std::rc::Rc;

use crate::document::{Document, Format};
use crate::service::Service;
use crate::source::{ModelError, Source};
use reading::report::Report;
use reading::tree::Node;
use variables::Variables;

pub use reading::report::Note;
pub use surroundings::Surroundings;

/// A service file that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// The service.
    pub service: Service,
    /// What is known and has no effect, in the order of the file.
    pub notes: Vec<Note>,
}

/// Reads a `serverless.yml` (or `.yaml`, `.json`), for the stage and region of its surroundings.
///
/// # Errors
/// Everything that is wrong, in the order of the file: no YAML, a variable without a value, a key, event, resource, function
/// of CloudFormation or plugin that can't be honoured, a wrong type or value.
pub fn parse(source: &Source, surroundings: &Surroundings<'_>) -> Result<Parsed, Vec<ModelError>> {
    let root = root(source)?;
    let mut report = Report::default();
    let variables = Variables::new(root.clone(), surroundings);
    let service = top_level::service(&root, &variables, surroundings, &mut report);
    let Report { mut errors, mut notes } = report;
    let position = |error: &ModelError| error.position.map(|position| (position.line, position.column));
    errors.sort_by_key(|error| (error.file != source.file, error.file.clone(), position(error)));
    notes.sort_by_key(|note| (note.at.file != source.file, note.at.clone()));
    match service {
        Some(service) if errors.is_empty() => Ok(Parsed { service, notes }),
        _ => Err(errors),
    }
}

/// The outermost object of the file.
fn root(source: &Source) -> Result<Node, Vec<ModelError>> {
    let empty = |offset: usize| {
        let message = "The service file is no object with keys such as `service` and `provider`.";
        vec![source.error_at(offset, message).with_hint("Begin it with `service: NAME`.")]
    };
    if source.text.trim().is_empty() {
        return Err(empty(0));
    }
    let document = Document::parse_template(source).map_err(|error| {
        let message = format!("The service file is not valid {}: {}.", Format::of(&source.file).name(), error.message);
        vec![source.error_at(error.offset, message).with_hint(error.hint)]
    })?;
    if !document.repeated.is_empty() {
        let repeated = document.repeated.iter().map(|repeated| {
            let message = format!("The key `{}` stands in this object twice.", repeated.key);
            source.error_at(repeated.span.start, message).with_hint("Delete one of them.")
        });
        return Err(repeated.collect());
    }
    let shared = Rc::new(source.clone());
    let root = Node::of(&shared, &document.root);
    match root.content {
        reading::tree::Content::Table(_) => Ok(root),
        _ => Err(empty(root.at.span.start)),
    }
}

#[cfg(test)]
mod tests;
