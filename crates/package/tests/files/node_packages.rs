//! Which packages of `node_modules` are packaged, and where they lie in the zip.

use crate::folder::{Folder, patterns};
use workshop_package::{Architecture, FunctionSource, package};

const MANIFEST: &str = r#"{"dependencies": {"a": "1"}, "devDependencies": {"dev": "1"}}"#;

#[test]
fn dev_dependencies_stay_out_and_nested_versions_keep_their_places() {
    let folder = Folder::with(&[
        ("index.js", ""),
        ("package.json", MANIFEST),
        ("node_modules/a/package.json", r#"{"dependencies": {"b": "1", "@s/c": "1"}}"#),
        ("node_modules/a/node_modules/b/package.json", "{}"),
        ("node_modules/a/index.js", ""),
        ("node_modules/b/package.json", r#"{"version": "2"}"#),
        ("node_modules/@s/c/package.json", r#"{"dependencies": {"a": "1"}}"#),
        ("node_modules/dev/package.json", r#"{"dependencies": {"b": "2"}}"#),
        ("node_modules/.bin/dev", ""),
        ("node_modules/.package-lock.json", "{}"),
    ]);
    assert_eq!(
        folder.packages(&folder.node("")),
        ["@s/c/package.json", "a/index.js", "a/node_modules/b/package.json", "a/package.json"]
    );
    let source = FunctionSource { patterns: patterns(&["!**", "index.js", "node_modules/**"]), ..folder.node("") };
    assert_eq!(folder.packages(&source).len(), 4, "what only a build needs is not meant");
    let source = FunctionSource { patterns: patterns(&["node_modules/dev/**", "!**/@s/**"]), ..folder.node("") };
    assert_eq!(
        folder.packages(&source),
        ["a/index.js", "a/node_modules/b/package.json", "a/package.json", "dev/package.json"]
    );
}

#[test]
fn without_a_package_json_all_of_it_is_packaged() {
    let folder = Folder::with(&[("index.js", ""), ("node_modules/a/index.js", ""), ("node_modules/.bin/a", "")]);
    assert_eq!(folder.packages(&folder.node("")), ["a/index.js"]);
}

#[test]
fn a_package_that_is_not_installed_names_the_command() {
    for (lock, command) in
        [("package-lock.json", "npm install"), ("yarn.lock", "yarn install"), ("pnpm-lock.yaml", "pnpm install")]
    {
        let folder = Folder::with(&[("index.js", ""), ("package.json", MANIFEST), (lock, "")]);
        let error = folder.package(&folder.node("")).unwrap_err();
        assert!(error.to_string().contains("the package `a`, a dependency in "), "{error}");
        assert_eq!(error.hint().unwrap(), format!("Run `{command}`."));
    }
}

#[test]
fn what_lambda_has_and_what_is_optional_may_be_missing() {
    let manifest = r#"{"dependencies": {"@aws-sdk/client-s3": "3", "@smithy/x": "1"}, "optionalDependencies": {"o": "1"},
        "peerDependencies": {"p": "1"}}"#;
    let folder = Folder::with(&[("index.js", ""), ("package.json", manifest)]);
    assert_eq!(folder.packages(&folder.node("")), [""; 0]);
    folder.write("node_modules/@aws-sdk/client-s3/package.json", "{}");
    assert_eq!(folder.packages(&folder.node("")), ["@aws-sdk/client-s3/package.json"], "in dependencies: kept");
}

/// pnpm: the top has links into a store, in which each package sees its own dependencies beside it.
#[test]
fn the_links_of_pnpm_become_folders_that_node_finds() {
    let folder = Folder::with(&[
        ("index.js", ""),
        ("package.json", r#"{"dependencies": {"a": "1", "b": "1"}}"#),
        ("node_modules/.pnpm/a@1/node_modules/a/package.json", r#"{"dependencies": {"b": "2", "c": "1"}}"#),
        ("node_modules/.pnpm/b@1/node_modules/b/package.json", r#"{"version": "1"}"#),
        ("node_modules/.pnpm/b@2/node_modules/b/package.json", r#"{"version": "2"}"#),
        ("node_modules/.pnpm/c@1/node_modules/c/package.json", r#"{"dependencies": {"a": "1"}}"#),
        ("node_modules/.pnpm/unused@1/node_modules/unused/package.json", "{}"),
    ]);
    for (link, target) in [
        ("a", ".pnpm/a@1/node_modules/a"),
        ("b", ".pnpm/b@1/node_modules/b"),
        (".pnpm/a@1/node_modules/b", "../../b@2/node_modules/b"),
        (".pnpm/a@1/node_modules/c", "../../c@1/node_modules/c"),
        (".pnpm/c@1/node_modules/a", "../../a@1/node_modules/a"),
    ] {
        folder.link(&format!("node_modules/{link}"), target);
    }
    assert_eq!(
        folder.packages(&folder.node("")),
        ["a/node_modules/b/package.json", "a/package.json", "b/package.json", "c/package.json"]
    );
}

#[test]
fn packages_of_the_folder_above_and_of_a_workspace_are_found() {
    let folder = Folder::with(&[
        ("package.json", r#"{"type": "module", "dependencies": {"top": "1", "lib": "*"}}"#),
        ("lambdas/f/index.js", ""),
        ("node_modules/top/package.json", "{}"),
        ("packages/lib/package.json", r#"{"dependencies": {"x": "1"}}"#),
        ("packages/lib/index.js", ""),
        ("packages/lib/node_modules/x/package.json", "{}"),
    ]);
    folder.link("node_modules/lib", "../packages/lib");
    assert_eq!(
        folder.names(&folder.node("lambdas/f")),
        [
            "index.js",
            "node_modules/lib/index.js",
            "node_modules/lib/package.json",
            "node_modules/top/package.json",
            "node_modules/x/package.json",
            "package.json",
        ]
    );
}

#[test]
fn packages_for_another_platform_stay_out_or_are_refused() {
    let folder = Folder::with(&[
        ("index.js", ""),
        ("package.json", r#"{"dependencies": {"sharp": "1", "watch": "1"}}"#),
        (
            "node_modules/sharp/package.json",
            r#"{"optionalDependencies": {"@i/sharp-darwin-arm64": "1", "@i/sharp-linux-x64": "1"}}"#,
        ),
        ("node_modules/@i/sharp-darwin-arm64/package.json", r#"{"os": ["darwin"], "cpu": ["arm64"]}"#),
        ("node_modules/watch/package.json", r#"{"optionalDependencies": {"fsevents": "1"}}"#),
        ("node_modules/fsevents/package.json", r#"{"os": ["darwin"]}"#),
    ]);
    let options = folder.options(Architecture::X86_64);
    let error = package(&[folder.node("")], &options, &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("`@i/sharp-darwin-arm64` is installed"), "{error}");
    assert!(error.hint().unwrap().contains("--os=linux --cpu=x64"));
    folder.write(
        "node_modules/@i/sharp-linux-x64/package.json",
        r#"{"os": ["linux"], "cpu": ["x64"], "libc": ["glibc"]}"#,
    );
    package(&[folder.node("")], &options, &mut |_| {}).unwrap();
    let names = crate::folder::zipped(&folder.path().join("target/functions/f.zip"));
    let names: Vec<_> = names.keys().filter(|name| name.contains("darwin") || name.contains("fsevents")).collect();
    assert_eq!(names, [""; 0]);
}

#[test]
fn native_code_for_another_platform_is_refused() {
    let folder = Folder::with(&[("index.js", ""), ("package.json", MANIFEST), ("node_modules/a/package.json", "{}")]);
    folder.write("node_modules/a/build/Release/a.node", [0xcf, 0xfa, 0xed, 0xfe]);
    let error = folder.package(&folder.node("")).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("a/build/Release/a.node (package `a`) is native code for macOS"), "{text}");
    assert!(error.hint().unwrap().contains("npm install --os=linux"));
}
