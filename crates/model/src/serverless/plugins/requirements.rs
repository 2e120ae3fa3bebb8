//! `custom.pythonRequirements`: what of the plugin's options would change what is packaged.

use super::Plugins;
use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::{Refusal, Section};
use crate::serverless::variables::Variables;

const PLUGIN: &str = "serverless-python-requirements";
const KEY: &str = "pythonRequirements";

const REFUSED: &[Refusal] = &[Refusal {
    key: "vendor",
    why: "the folder's modules would not be where they are imported from.",
    hint: "Put them beside the handlers, or list the folder in requirements.txt.",
}];

/// Refuses the options without which modules would be missing; the others have no effect.
pub(in crate::serverless) fn check(variables: &Variables<'_>, plugins: &Plugins, report: &mut Report) {
    let member = plugins.has(PLUGIN).then(|| variables.custom(KEY, report)).flatten();
    let Some(member) = member else { return };
    let Some(mut section) = Section::of(&member.value, format!("custom.{KEY}"), report) else { return };
    if let Some(file) = section.text("fileName", report).filter(|file| file.value != "requirements.txt") {
        let message =
            format!("`custom.{KEY}.fileName` can't be honoured: what is installed is listed in requirements.txt.");
        report.error(&file.at, message, format!("Rename {} to requirements.txt, and take it out.", file.value));
    }
    section.refuse(REFUSED, report);
    report.note(
        &member.at,
        format!("The options of `custom.{KEY}` have no effect: requirements are installed as wheels for Lambda, without Docker, \
             and packaged whole."),
    );
}
