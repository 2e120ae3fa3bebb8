//! Which modules are needed, and where they are found: folders as a machine has them.

use std::fs;
use std::path::Path;

use super::{Found, Needed, Place, find, lacks_old_sdk, needed};
use crate::runtime::Declared;
use crate::{Interpreter, Machine};

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn node() -> Declared {
    Declared::named("nodejs22.x").unwrap()
}

fn interpreter(declared: &str, packages: &Path) -> Interpreter {
    Interpreter {
        path: "/usr/bin/none".into(),
        version: "3.12.1".to_owned(),
        declared: Declared::named(declared).unwrap(),
        folders: Vec::new(),
        packages: vec![packages.to_owned()],
    }
}

fn names(needed: &Needed) -> Vec<&str> {
    needed.names.iter().map(String::as_str).collect()
}

#[test]
fn what_a_function_brings_is_not_needed() {
    let folder = tempfile::tempdir().unwrap();
    let code = folder.path();
    write(&code.join("index.mjs"), "import '@aws-sdk/client-sfn'; import '@aws-sdk/client-s3';");
    write(&code.join("lib/deep.cjs"), "require('@smithy/types')");
    write(&code.join("node_modules/own/index.js"), "require('@aws-sdk/client-iam')");
    write(&code.join("node_modules/@aws-sdk/client-s3/package.json"), "{}");
    write(&code.join("readme.md"), "import '@aws-sdk/client-sqs'");
    std::os::unix::fs::symlink(code, code.join("lib/circle")).unwrap();
    assert_eq!(names(&needed(&node(), code)), ["@aws-sdk/client-sfn", "@smithy/types"]);
    write(&code.join("app.py"), "import boto3\nfrom six import moves\n");
    write(&code.join("six.py"), "");
    assert_eq!(names(&needed(&Declared::named("python3.12").unwrap(), code)), ["boto3"]);
}

#[test]
fn the_old_sdk_is_missed_unless_the_project_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let code = folder.path().join("functions/send");
    write(&code.join("index.js"), "const AWS = require('aws-sdk')");
    assert!(lacks_old_sdk(&node(), &code));
    assert!(!lacks_old_sdk(&Declared::named("python3.12").unwrap(), &code));
    write(&folder.path().join("node_modules/aws-sdk/package.json"), "{}");
    assert!(!lacks_old_sdk(&node(), &code));
}

#[test]
fn the_folder_with_most_of_it_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let machine = Machine::with([("XDG_CACHE_HOME", folder.path().join("cache").into())]);
    let global = folder.path().join("global");
    let node = interpreter("nodejs22.x", &global);
    let needed = Needed { names: ["@aws-sdk/a", "@aws-sdk/b"].map(str::to_owned).into() };
    let place = |found: Found| (found.place, found.missing.len());
    assert_eq!(place(find(&needed, &node, &machine)), (Place::Nowhere, 2));
    write(&global.join("@aws-sdk/a/package.json"), "{}");
    assert_eq!(place(find(&needed, &node, &machine)), (Place::Folder(global), 1));
    let cached = folder.path().join("cache/workshop/modules/node/one/node_modules");
    for name in ["a", "b"] {
        write(&cached.join(format!("@aws-sdk/{name}/package.json")), "{}");
    }
    assert_eq!(place(find(&needed, &node, &machine)), (Place::Folder(cached.clone()), 0));
    // As long as it is not complete it does not count.
    fs::rename(cached.parent().unwrap(), folder.path().join("cache/workshop/modules/node/one.partial")).unwrap();
    assert_eq!(find(&needed, &node, &machine).missing.len(), 1);
}

#[test]
fn python_finds_its_own_packages() {
    let folder = tempfile::tempdir().unwrap();
    let machine = Machine::with([("XDG_CACHE_HOME", folder.path().join("cache").into())]);
    let python = interpreter("python3.12", &folder.path().join("site-packages"));
    let needed = Needed { names: ["boto3".to_owned()].into() };
    write(&folder.path().join("site-packages/boto3/__init__.py"), "");
    assert_eq!(find(&needed, &python, &machine).place, Place::Interpreter);
    let cached = folder.path().join("cache/workshop/modules/python3.12/one");
    write(&cached.join("boto3/__init__.py"), "");
    assert_eq!(find(&needed, &python, &machine).place, Place::Folder(cached));
    assert_eq!(find(&Needed::default(), &python, &machine).place, Place::Nowhere);
}
