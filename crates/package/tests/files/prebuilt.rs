//! Executables and zips that were built before.

use crate::folder::{Folder, zipped};
use std::fs;
use workshop_package::{ExecutableProblem, FunctionSource, PackageError};

fn own_executable() -> Vec<u8> {
    fs::read(std::env::current_exe().unwrap()).unwrap()
}

#[test]
fn an_executable_becomes_bootstrap() {
    let folder = Folder::new();
    folder.write("send", own_executable());
    let source = FunctionSource::executable("f", folder.path().join("send"));
    let artefact = folder.package(&source).unwrap();
    assert!(artefact.newest_glibc.is_some());
    let files = zipped(&artefact.zip_path);
    assert_eq!(files.keys().collect::<Vec<_>>(), ["bootstrap"]);
    assert_eq!(files["bootstrap"].mode, 0o755);
}

#[test]
fn a_folder_needs_a_bootstrap_that_runs() {
    let folder = Folder::with(&[("f/data.json", "{}")]);
    let source = FunctionSource::executable("f", folder.path().join("f"));
    assert!(matches!(folder.package(&source).unwrap_err(), PackageError::NoBootstrap { .. }));
    folder.write("f/bootstrap", "echo hello");
    let error = folder.package(&source).unwrap_err();
    assert!(matches!(error, PackageError::Executable { problem: ExecutableProblem::NotElf { .. }, .. }), "{error}");
    folder.write("f/bootstrap", "#!/bin/sh\necho hello");
    assert_eq!(folder.names(&source), ["bootstrap", "data.json"]);
}

#[test]
fn a_zip_is_taken_as_it_is() {
    let folder = Folder::with(&[("f/bootstrap", "#!/bin/sh\n")]);
    let first = folder.package(&FunctionSource::executable("f", folder.path().join("f"))).unwrap();
    fs::copy(&first.zip_path, folder.path().join("ready.zip")).unwrap();
    let ready = FunctionSource::executable("ready", folder.path().join("ready.zip"));
    let artefact = folder.package(&ready).unwrap();
    assert_eq!((artefact.sha256, artefact.unzipped_bytes), (first.sha256, 10));
    folder.write("ready.zip", "no zip");
    let error = folder.package(&ready).unwrap_err();
    assert!(error.to_string().contains("ready.zip is no zip: "), "{error}");
}
