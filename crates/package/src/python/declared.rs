//! Requirements that are declared elsewhere than in `requirements.txt`: the project is told how to export them.

use crate::error::PackageError;
use std::fs;
use std::path::Path;

/// Refuses a project that lists requirements in a form that is not installed from. A `pyproject.toml` that only has
/// settings of tools is none.
pub(super) fn refuse_other_forms(function: &str, folder: &Path) -> Result<(), PackageError> {
    let has = |file: &str| folder.join(file).is_file();
    let found = if has("Pipfile") {
        Some(("Pipfile", "pipenv requirements > requirements.txt"))
    } else {
        match declared(&folder.join("pyproject.toml")) {
            true if has("poetry.lock") => {
                Some(("pyproject.toml", "poetry export --only main --without-hashes -o requirements.txt"))
            }
            true if has("uv.lock") => {
                Some(("pyproject.toml", "uv export --no-dev --no-hashes --no-emit-project -o requirements.txt"))
            }
            true => Some(("pyproject.toml", "uv pip compile pyproject.toml -o requirements.txt")),
            false => None,
        }
    };
    match found {
        None => Ok(()),
        Some((file, export)) => {
            Err(PackageError::RequirementsForm { function: function.to_owned(), file: folder.join(file), export })
        }
    }
}

/// Whether a `pyproject.toml` lists anything but Python itself.
fn declared(pyproject: &Path) -> bool {
    let Ok(text) = fs::read_to_string(pyproject) else { return false };
    // One that can't be read is no reason to refuse: nothing here needs it.
    let Ok(table) = text.parse::<toml::Table>() else { return false };
    let listed = table.get("project").and_then(|project| project.get("dependencies")).and_then(toml::Value::as_array);
    let poetry = table.get("tool").and_then(|tool| tool.get("poetry")).and_then(|poetry| poetry.get("dependencies"));
    let poetry = poetry.and_then(toml::Value::as_table);
    listed.is_some_and(|listed| !listed.is_empty())
        || poetry.is_some_and(|listed| listed.keys().any(|name| name != "python"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refusal(files: &[&str], pyproject: &str) -> Option<String> {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            fs::write(folder.path().join(file), "").unwrap();
        }
        if !pyproject.is_empty() {
            fs::write(folder.path().join("pyproject.toml"), pyproject).unwrap();
        }
        refuse_other_forms("f", folder.path()).err().and_then(|error| error.hint())
    }

    #[test]
    fn other_forms_name_the_command_that_exports_them() {
        assert!(refusal(&["Pipfile"], "").unwrap().contains("pipenv requirements"));
        let poetry = "[tool.poetry.dependencies]\npython = \"^3.12\"\nrequests = \"*\"\n";
        assert!(refusal(&["poetry.lock"], poetry).unwrap().contains("poetry export"));
        let project = "[project]\ndependencies = [\"requests\"]\n";
        assert!(refusal(&["uv.lock"], project).unwrap().contains("uv export"));
        assert!(refusal(&[], project).unwrap().contains("uv pip compile"));
    }

    #[test]
    fn settings_of_tools_are_no_requirements() {
        for text in ["", "[tool.ruff]\nline-length = 100\n", "[project]\ndependencies = []\n", "not toml ["] {
            assert_eq!(refusal(&[], text), None, "{text}");
        }
        assert_eq!(refusal(&[], "[tool.poetry.dependencies]\npython = \"^3.12\"\n"), None);
    }
}
