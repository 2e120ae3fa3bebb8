//! TypeScript, with a stand-in for esbuild: the arguments are ours, the compiler is not.

use crate::folder::{Folder, zipped};
use std::fs;
use workshop_package::{Bundling, FunctionSource, PackageError};

/// Writes its arguments as the output, and what it read.
const STAND_IN: &str = r#"#!/bin/sh
for argument in "$@"; do
  case "$argument" in
    --outfile=*) out="${argument#--outfile=}" ;;
    --metafile=*) meta="${argument#--metafile=}" ;;
  esac
done
mkdir -p "$(dirname "$out")"
echo "$@" | tr ' ' '\n' | grep -v / > "$out"
echo '{"inputs": {"index.ts": {}, "made-up:x": {}}}' > "$meta"
"#;

fn project(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::with(files);
    fs::create_dir_all(folder.path().join("node_modules/.bin")).unwrap();
    workshop_test_programs::write_script(&folder.path().join("node_modules/.bin/esbuild"), STAND_IN).unwrap();
    folder
}

#[test]
fn typescript_is_bundled_and_nothing_else_is_packaged() {
    let folder = project(&[("index.ts", ""), ("other.ts", ""), ("package.json", r#"{"dependencies": {"a": "1"}}"#)]);
    let files = zipped(&folder.package(&folder.node("")).unwrap().zip_path);
    assert_eq!(files.keys().collect::<Vec<_>>(), ["index.js"]);
    let arguments = String::from_utf8(files["index.js"].content.clone()).unwrap();
    for argument in ["--bundle", "--platform=node", "--target=node22", "--format=cjs"] {
        assert!(arguments.lines().any(|line| line == argument), "{argument}: {arguments}");
    }
    assert!(!arguments.contains("--minify"));
    let inputs = workshop_package::last_inputs("f", &folder.path().join("target/functions"));
    assert_eq!(inputs, [folder.path().join("index.ts")]);
}

#[test]
fn modules_get_their_own_ending_and_externals_their_packages() {
    let folder = project(&[
        ("index.ts", ""),
        ("package.json", r#"{"type": "module"}"#),
        ("assets/a.txt", ""),
        ("assets/b.bin", ""),
        ("node_modules/ext/package.json", r#"{"dependencies": {"deep": "1"}}"#),
        ("node_modules/deep/package.json", "{}"),
        ("node_modules/bundled/package.json", "{}"),
    ]);
    let bundling = Bundling { minify: true, external: vec![String::from("ext")], ..Bundling::default() };
    let patterns = crate::folder::patterns(&["assets/*.txt"]);
    let source = FunctionSource { bundling: Some(bundling), patterns, ..folder.node("") };
    let files = zipped(&folder.package(&source).unwrap().zip_path);
    assert_eq!(
        files.keys().collect::<Vec<_>>(),
        ["assets/a.txt", "index.mjs", "node_modules/deep/package.json", "node_modules/ext/package.json"]
    );
    assert!(String::from_utf8_lossy(&files["index.mjs"].content).contains("--minify\n"));
}

#[test]
fn javascript_beside_typescript_is_taken_as_it_is() {
    let folder = project(&[("index.ts", ""), ("index.js", "")]);
    assert_eq!(folder.names(&folder.node("")), ["index.js", "index.ts"]);
}

#[test]
fn a_bundler_that_fails_is_quoted() {
    let folder = project(&[("index.ts", "")]);
    folder.write("node_modules/.bin/esbuild", "#!/bin/sh\necho 'index.ts:1:2: error: no' >&2\nexit 1\n");
    let error = folder.package(&folder.node("")).unwrap_err();
    let PackageError::EsbuildFailed { errors, .. } = &error else { panic!("{error}") };
    assert_eq!(errors, "index.ts:1:2: error: no");
}
