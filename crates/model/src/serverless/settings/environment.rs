//! Environment variables of functions.

use std::collections::BTreeMap;

use crate::environment::refused;
use crate::pseudo::Template;
use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::Section;
use crate::serverless::reading::tree::Member;
use crate::serverless::references::intrinsics::Intrinsics;
use crate::source::Place;

/// Variables, and where they are declared.
#[derive(Debug, Clone, Default)]
pub(crate) struct Environment {
    pub(crate) variables: BTreeMap<String, Template>,
    pub(crate) at: Option<Place>,
}

/// Reads the variables under a key.
pub(crate) fn environment(
    member: Option<&Member>,
    path: &str,
    intrinsics: Intrinsics<'_>,
    report: &mut Report,
) -> Environment {
    let mut environment = Environment::default();
    let Some(member) = member else { return environment };
    environment.at = Some(member.at.place());
    let Some(section) = Section::of(&member.value, path, report) else { return environment };
    for variable in section.members() {
        let path = section.path(&variable.key);
        if let Some(refused) = refused(&variable.key) {
            report.error(&variable.at, refused.message, refused.hint);
            continue;
        }
        if variable.value.is_null() {
            let hint = "Write `''` for an empty text, or take the variable out.";
            report.error(&variable.at, format!("The environment variable `{path}` has no value."), hint);
            continue;
        }
        if let Some(value) = intrinsics.template(&variable.value, &path, report) {
            environment.variables.insert(variable.key.clone(), value);
        }
    }
    environment
}
