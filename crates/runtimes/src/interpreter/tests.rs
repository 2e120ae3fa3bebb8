//! Interpreters that are shell scripts, in folders as version managers make them.

use std::fs;
use std::path::{Path, PathBuf};

use workshop_test_programs::write_script;

use super::{Interpreter, InterpreterError};
use crate::Machine;
use crate::runtime::Declared;

/// A script that answers the question what it is.
fn interpreter(path: &Path, version: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    write_script(path, &format!("#!/bin/sh\nprintf '%s\\n' {} {version} /usr\n", path.display())).unwrap();
}

fn declared(name: &str) -> Declared {
    Declared::named(name).unwrap()
}

/// A machine with this home folder, whose `bin` is its PATH.
fn machine(home: &Path) -> Machine {
    Machine::with([("HOME", home.into()), ("PATH", home.join("bin").into())])
}

#[test]
fn the_declared_version_is_taken_wherever_it_is() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let found = |runtime: &str| {
        let found = Interpreter::find(&declared(runtime), &machine(home)).unwrap();
        (found.path.strip_prefix(home).unwrap().to_owned(), found.note())
    };
    interpreter(&home.join("bin/node"), "20.1.0");
    assert_eq!(found("nodejs20.x"), (PathBuf::from("bin/node"), None));
    let note = "nodejs22.x is declared; this machine runs it with 20.1.0.".to_owned();
    assert_eq!(found("nodejs22.x"), (PathBuf::from("bin/node"), Some(note)));
    interpreter(&home.join(".nvm/versions/node/v22.3.0/bin/node"), "22.3.0");
    interpreter(&home.join(".volta/tools/image/node/22.11.0/bin/node"), "22.11.0");
    assert_eq!(found("nodejs22.x"), (PathBuf::from(".volta/tools/image/node/22.11.0/bin/node"), None));
    interpreter(&home.join("bin/node22"), "22.1.0");
    assert_eq!(found("nodejs22.x"), (PathBuf::from("bin/node22"), None));
}

#[test]
fn what_a_version_manager_has_is_better_than_nothing() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    for version in ["3.9.2", "3.10.13", "3.8.1"] {
        interpreter(&home.join(format!(".pyenv/versions/{version}/bin/python3")), version);
    }
    let found = Interpreter::find(&declared("python3.13"), &machine(home)).unwrap();
    assert_eq!(found.version, "3.10.13", "the newest");
    assert_eq!(found.folders, [home.join(".pyenv/versions/3.10.13"), PathBuf::from("/usr")]);
    assert_eq!(Interpreter::find(&declared("python3.8"), &machine(home)).unwrap().version, "3.8.1");
}

#[test]
fn shims_lead_to_what_they_choose_among() {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join("elsewhere");
    interpreter(&root.join("versions/3.12.1/bin/python3"), "3.12.1");
    let machine = Machine::with([("PATH", root.join("shims").into())]);
    let found = Interpreter::find(&declared("python3.12"), &machine).unwrap();
    assert_eq!(found.path, root.join("versions/3.12.1/bin/python3"));
}

#[test]
fn a_command_that_does_not_work_is_no_interpreter() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    interpreter(&home.join("bin/python3"), "3.11.7");
    write_script(&home.join("bin/python3.12"), "#!/bin/sh\nexit 127\n").unwrap();
    assert_eq!(Interpreter::find(&declared("python3.12"), &machine(home)).unwrap().version, "3.11.7");
    let missing = Interpreter::find(&declared("nodejs22.x"), &machine(home)).unwrap_err();
    assert!(matches!(missing, InterpreterError::Missing { .. }));
    insta::assert_snapshot!(missing, @"The function's runtime is nodejs22.x, and this machine has no working node on its PATH. Install Node.js 22, or start the embedded cloud with a PATH that has it.");
}
