//! Which files of a folder are packaged, and how.

use crate::folder::{Folder, patterns, zipped};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use workshop_package::FunctionSource;

#[test]
fn defaults_leave_out_secrets_and_what_tools_write() {
    let folder = Folder::with(&[
        ("index.js", ""),
        ("lib/a.js", ""),
        (".eslintrc", ""),
        (".env", "SECRET=1"),
        (".git/HEAD", ""),
        (".npmrc", ""),
        ("serverless.yml", ""),
        ("definitions/service.toml", ""),
        ("definitions/flow.asl.json", ""),
        ("target/debug/x", ""),
        ("lib/__pycache__/a.pyc", ""),
        ("env/pyvenv.cfg", ""),
        ("env/bin/python", ""),
        (".pytest_cache/CACHEDIR.TAG", ""),
        ("npm-debug.log", ""),
    ]);
    assert_eq!(folder.names(&folder.node("")), [".eslintrc", "index.js", "lib/a.js"]);
}

#[test]
fn patterns_decide_in_order_and_bring_back_what_they_name() {
    let folder = Folder::with(&[
        ("index.js", ""),
        ("assets/a.txt", ""),
        ("assets/logo.png", ""),
        (".env", ""),
        ("target/wasm/a.wasm", ""),
        ("target/other", ""),
    ]);
    let globs = ["!assets/**", "assets/*.png", ".env", "target/wasm/**"];
    let source = FunctionSource { patterns: patterns(&globs), ..folder.node("") };
    assert_eq!(folder.names(&source), [".env", "assets/logo.png", "index.js", "target/wasm/a.wasm"]);
    let source = FunctionSource { patterns: patterns(&["!**", "**"]), ..folder.node("") };
    assert_eq!(folder.names(&source), ["assets/a.txt", "assets/logo.png", "index.js"]);
}

#[test]
fn a_handler_that_is_left_out_is_an_error_that_names_it() {
    let folder = Folder::with(&[("src/index.js", "")]);
    let error = folder.package(&folder.node("")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "function f: the handler `index.handler` is not among its files: \
         there is none of index, index.js, index.mjs, index.cjs"
    );
    let source = FunctionSource { handler: String::from("index"), ..folder.node("") };
    assert!(folder.package(&source).unwrap_err().to_string().contains("not of the form `file.function`"));
}

#[test]
fn modes_are_those_that_matter_to_lambda() {
    let folder = Folder::with(&[("index.js", ""), ("tool.sh", "#!/bin/sh")]);
    fs::set_permissions(folder.path().join("tool.sh"), fs::Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(folder.path().join("index.js"), fs::Permissions::from_mode(0o600)).unwrap();
    let files = zipped(&folder.package(&folder.node("")).unwrap().zip_path);
    assert_eq!((files["index.js"].mode, files["tool.sh"].mode), (0o644, 0o755));
}

#[test]
fn links_are_followed_in_the_project_and_refused_outside() {
    let folder = Folder::with(&[("f/index.js", ""), ("shared/a.js", "shared")]);
    folder.link("f/shared", "../shared");
    folder.link("f/again", ".");
    let files = zipped(&folder.package(&folder.node("f")).unwrap().zip_path);
    assert_eq!(files.keys().collect::<Vec<_>>(), ["index.js", "shared/a.js"]);
    assert_eq!(files["shared/a.js"].content, b"shared");

    let elsewhere = Folder::with(&[("secret", "")]);
    folder.link("f/secret", elsewhere.path().join("secret").to_str().unwrap());
    let error = folder.package(&folder.node("f")).unwrap_err();
    assert!(error.to_string().contains("f/secret leads to"), "{error}");
    let source = FunctionSource { patterns: patterns(&["!secret"]), ..folder.node("f") };
    folder.package(&source).unwrap();
}

#[test]
fn a_single_file_is_a_zip_of_it() {
    let folder = Folder::with(&[("lambdas/index.mjs", "export"), ("lambdas/other.mjs", "")]);
    assert_eq!(folder.names(&folder.node("lambdas/index.mjs")), ["index.mjs"]);
}

#[test]
fn too_much_names_the_biggest_parts() {
    let folder = Folder::with(&[("index.js", ""), ("data/small", "")]);
    let big = fs::File::create(folder.path().join("data/big")).unwrap();
    big.set_len(262_144_001).unwrap();
    let error = folder.package(&folder.node("")).unwrap_err();
    assert!(error.to_string().ends_with("the biggest parts: data (263 MB), index.js (0 MB)"), "{error}");
}
