//! What is made again, and what comes out the same.

use crate::folder::{Folder, patterns};
use proptest::prelude::*;
use std::fs;
use std::time::Duration;
use workshop_package::{Architecture, Event, FunctionSource, last_inputs, package};

fn is_unchanged(events: &[Event]) -> bool {
    matches!(events, [Event::Unchanged { .. }])
}

#[test]
fn nothing_is_zipped_twice_and_every_change_is_seen() {
    let folder = Folder::with(&[("index.js", "one"), ("lib.js", "")]);
    let source = folder.node("");
    assert!(!is_unchanged(&folder.events(&source)));
    assert!(is_unchanged(&folder.events(&source)));
    // The same size and the same time of writing.
    let path = folder.path().join("index.js");
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    folder.write("index.js", "two");
    fs::File::options().append(true).open(&path).unwrap().set_modified(modified).unwrap();
    assert!(!is_unchanged(&folder.events(&source)));
    folder.write("new.js", "");
    assert!(!is_unchanged(&folder.events(&source)), "a new file");
    fs::remove_file(folder.path().join("lib.js")).unwrap();
    assert!(!is_unchanged(&folder.events(&source)), "one less");
    fs::write(folder.path().join("target/functions/f.zip"), "").unwrap();
    assert!(!is_unchanged(&folder.events(&source)), "a zip that is not what it was");
    let other = FunctionSource { patterns: patterns(&["!new.js"]), ..source };
    assert!(!is_unchanged(&folder.events(&other)), "other patterns");
}

#[test]
fn a_file_that_is_only_touched_changes_nothing() {
    let folder = Folder::with(&[("index.js", "one")]);
    let source = folder.node("");
    folder.events(&source);
    let path = folder.path().join("index.js");
    let later = fs::metadata(&path).unwrap().modified().unwrap() + Duration::from_secs(60);
    fs::File::options().append(true).open(&path).unwrap().set_modified(later).unwrap();
    assert!(is_unchanged(&folder.events(&source)));
}

#[test]
fn what_is_installed_is_not_watched_and_what_names_it_is() {
    let folder = Folder::with(&[
        ("package.json", r#"{"dependencies": {"a": "1"}}"#),
        ("f/index.js", ""),
        ("node_modules/a/package.json", "{}"),
    ]);
    folder.events(&folder.node("f"));
    let inputs = last_inputs("f", &folder.path().join("target/functions"));
    assert_eq!(inputs, [folder.path().join("f/index.js"), folder.path().join("package.json")]);
}

#[test]
fn functions_of_one_folder_have_the_same_bytes() {
    let folder = Folder::with(&[("index.js", ""), ("other.js", "")]);
    let one = folder.node("");
    let two = FunctionSource { name: String::from("two"), handler: String::from("other.handler"), ..folder.node("") };
    let options = folder.options(Architecture::of_this_machine());
    let artefacts = package(&[one, two], &options, &mut |_| {}).unwrap();
    assert_eq!(artefacts[0].sha256, artefacts[1].sha256);
    assert!(artefacts.iter().all(|artefact| artefact.zip_path.is_file()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// The same tree anywhere, written in any order, gives the same bytes.
    #[test]
    fn the_same_tree_gives_the_same_bytes(
        tree in prop::collection::btree_map("[a-c]{1,2}(/[d-f.]{0,2}g){0,2}", prop::collection::vec(any::<u8>(), 0..64), 0..12)
    ) {
        // A name may be that of another's folder.
        let files: Vec<_> = tree.iter().filter(|(name, _)| !tree.keys().any(|other| other.starts_with(&format!("{name}/")))).collect();
        let one = Folder::with(&[("index.js", "")]);
        let other = Folder::with(&[("index.js", "")]);
        files.iter().for_each(|(name, content)| one.write(name, content));
        files.iter().rev().for_each(|(name, content)| other.write(name, content));
        let made = [&one, &other].map(|folder| folder.package(&folder.node("")).unwrap());
        prop_assert_eq!(made[0].sha256, made[1].sha256);
    }
}
