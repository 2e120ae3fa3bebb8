//! Python sources, and requirements that can't be installed from.

use crate::folder::Folder;
use workshop_package::PackageError;

#[test]
fn sources_are_packaged_without_what_python_writes() {
    let folder = Folder::with(&[
        ("app.py", ""),
        ("lib/__init__.py", ""),
        ("lib/__pycache__/x.pyc", ""),
        (".venv/bin/python", ""),
        ("node_modules/a/index.js", ""),
        ("requirements.txt", "# nothing yet\n"),
    ]);
    assert_eq!(folder.names(&folder.python()), ["app.py", "lib/__init__.py", "requirements.txt"]);
}

#[test]
fn other_forms_of_requirements_are_never_ignored() {
    let folder = Folder::with(&[("app.py", ""), ("pyproject.toml", "[project]\ndependencies = [\"requests\"]\n")]);
    let error = folder.package(&folder.python()).unwrap_err();
    assert!(matches!(error, PackageError::RequirementsForm { .. }), "{error}");
}

#[test]
fn an_installer_that_fails_is_quoted() {
    let folder = Folder::with(&[("app.py", ""), ("requirements.txt", "--no-index\nno-such-package-of-ours==1\n")]);
    let error = folder.package(&folder.python()).unwrap_err();
    match &error {
        PackageError::RequirementsFailed { errors, .. } => {
            assert!(errors.contains("no-such-package-of-ours"), "{errors}");
            assert!(error.hint().unwrap().contains("wheels"));
        }
        // On a machine without Python's installers.
        PackageError::NoPip { file } => assert!(file.ends_with("requirements.txt")),
        other => panic!("{other}"),
    }
}
