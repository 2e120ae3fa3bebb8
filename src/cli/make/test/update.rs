//! `workshop test --update`: writes the outputs that came in place of those that are expected.

use std::collections::BTreeMap;

use super::runner::CaseResult;
use super::suite::{LoadedFile, Suite};
use crate::cli::error::CliError;
use crate::cli::ui::{Ui, visible};
use model::document::Format;
use serde_json::Value;

/// A part of a file, and what takes its place.
struct Edit {
    start: usize,
    end: usize,
    text: String,
    /// The cases that expect it.
    names: Vec<String>,
}

/// Writes them, and says what was written and what could not be.
///
/// # Errors
/// A file that can't be written.
pub(in crate::cli::make) fn run(suite: &Suite, results: &mut [CaseResult], ui: &Ui) -> Result<(), CliError> {
    for (index, file) in suite.files.iter().enumerate() {
        let edits = edits(suite, file, results.iter().filter(|result| result.selected.file == index), ui);
        let Some(path) = file.path.as_ref().filter(|_| !edits.is_empty()) else { continue };
        let text = edited(&file.file.source.text, &edits);
        std::fs::write(path, text)
            .map_err(|error| CliError::io(&format!("{} can't be written", path.display()), &error))?;
        for result in results.iter_mut().filter(|result| result.selected.file == index) {
            let is_written = edits.iter().any(|edit| edit.names.contains(&result.name));
            result.is_updated = is_written && result.failures.iter().all(|failure| failure.about == "output");
        }
        for edit in &edits {
            ui.note(format!(
                "{}: wrote the output of `{}`.",
                visible(&file.file.source.file),
                visible(&edit.names.join("`, `"))
            ));
        }
    }
    Ok(())
}

fn edits<'r>(suite: &Suite, file: &LoadedFile, results: impl Iterator<Item = &'r CaseResult>, ui: &Ui) -> Vec<Edit> {
    let mut edits: BTreeMap<usize, Edit> = BTreeMap::new();
    for result in results.filter(|it| it.failures.iter().any(|failure| failure.about == "output")) {
        let Some((_, case)) = suite.case(result.selected) else { continue };
        let span = case.expect.output.as_ref().and_then(|expected| expected.span.clone());
        let (Some(span), Some(output)) = (span, &result.output) else {
            let name = visible(&result.name);
            ui.note(format!("`{name}` is left as it is: its output is spread over the file, or uses a fixture."));
            continue;
        };
        let text = written(output, &file.file.source.file);
        let Some(text) = text else {
            ui.note(format!("`{}` is left as it is: TOML has no null.", visible(&result.name)));
            continue;
        };
        let trimmed = file.file.source.text.get(span.clone()).map_or(0, |old| old.trim_end().len());
        let edit = Edit { start: span.start, end: span.start + trimmed, text, names: vec![result.name.clone()] };
        match edits.get_mut(&edit.start) {
            None => {
                edits.insert(edit.start, edit);
            }
            Some(other) if other.text == edit.text => other.names.extend(edit.names),
            Some(other) => {
                let both = [visible(&other.names.join("`, `")), visible(&edit.names.join("`, `"))];
                ui.note(format!("`{}` share one expected output.", both.join("` and `")));
            }
        }
    }
    edits.into_values().collect()
}

fn edited(text: &str, edits: &[Edit]) -> String {
    let mut written = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        written.push_str(text.get(at..edit.start).unwrap_or_default());
        written.push_str(&edit.text);
        at = edit.end;
    }
    written.push_str(text.get(at..).unwrap_or_default());
    written
}

/// A value as a file of this name writes it on one line; none where it can't. JSON on one line is YAML too.
fn written(value: &Value, file: &str) -> Option<String> {
    let is_toml = file.to_ascii_lowercase().ends_with(".toml");
    match Format::of(file) {
        Format::Json | Format::Toml if is_toml => simulate::toml_value(value),
        _ => Some(value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn parts_of_a_text_are_replaced() {
        let edit = |start, end, text: &str| Edit { start, end, text: text.to_owned(), names: Vec::new() };
        assert_eq!(edited("a = 1\nb = 2\n", &[edit(4, 5, "10"), edit(10, 11, "{}")]), "a = 10\nb = {}\n");
    }

    #[test]
    fn a_value_is_written_as_the_file_is() {
        let value = json!({"a b": [1, "x\n", {"c": true}]});
        assert_eq!(written(&value, "a.test.toml").unwrap(), r#"{ "a b" = [1, "x\n", { c = true }] }"#);
        assert_eq!(written(&value, "a.test.yml").unwrap(), value.to_string());
        assert_eq!(written(&json!([null]), "a.test.toml"), None);
    }
}
