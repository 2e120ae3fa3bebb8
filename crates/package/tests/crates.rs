//! Packaging a real crate with a real cargo, from its first build to a change.
#![allow(clippy::unwrap_used, reason = "these are tests, their helpers too")]

use std::fs;
use std::path::Path;
use workshop_package::{
    Architecture, Artefact, Digest, Event, FunctionSource, GlibcVersion, Options, PackageError, package,
};

/// A workspace of one function without dependencies, so that a build takes a second.
struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new(main: &str) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        project.write(
            "Cargo.toml",
            "[workspace]\nmembers = [\"the function\"]\nresolver = \"3\"\n[profile.lambda]\ninherits = \"dev\"\n",
        );
        project.write(
            "the function/Cargo.toml",
            "[package]\nname = \"greeter\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
        );
        project.write("the function/src/main.rs", main);
        project
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a source with a time before any build, as an editor's file has it by the time someone deploys.
    fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        let minute_ago = fs::metadata(&path).unwrap().modified().unwrap() - std::time::Duration::from_secs(60);
        fs::File::options().append(true).open(&path).unwrap().set_modified(minute_ago).unwrap();
    }

    fn options(&self) -> Options {
        Options {
            project_dir: self.path().to_path_buf(),
            target: None,
            architecture: Architecture::of_this_machine(),
            output_dir: self.path().join("target/functions"),
        }
    }

    fn package(&self) -> (Result<Artefact, PackageError>, Vec<Event>) {
        let source = FunctionSource::executable("greet", self.path().join("the function"));
        let mut events = Vec::new();
        let result = package(&[source], &self.options(), &mut |event| events.push(event));
        (result.map(|mut artefacts| artefacts.remove(0)), events)
    }
}

fn built(events: &[Event]) -> bool {
    events.iter().any(|event| matches!(event, Event::Building { .. }))
}

#[test]
fn a_function_is_built_once_and_again_when_its_source_changes() {
    let project = Project::new("fn main() { println!(\"one\"); }");
    let (first, events) = project.package();
    let first = first.unwrap();
    assert!(built(&events));
    let zip = fs::read(&first.zip_path).unwrap();
    assert_eq!(first.zip_path, project.path().join("target/functions/greet.zip"));
    assert_eq!((first.sha256, first.size_bytes), (Digest::of(&zip), zip.len() as u64));
    assert!(first.newest_glibc.is_none_or(|version| version <= GlibcVersion::OF_AL2023));

    let (second, events) = project.package();
    assert_eq!(second.unwrap(), first);
    assert_eq!(events, [Event::Unchanged { function: String::from("greet") }]);

    project.write("the function/src/main.rs", "fn main() { println!(\"another\"); }");
    // Cargo goes by times, and this one has not moved on; a person's edit moves it.
    touch(&project.path().join("the function/src/main.rs"));
    let (third, events) = project.package();
    assert!(built(&events));
    assert_ne!(third.unwrap().sha256, first.sha256);
}

/// Gives the file the time of the last build's end, which is later than what cargo has noted and not in the future.
fn touch(path: &Path) {
    let now = tempfile::NamedTempFile::new().unwrap().as_file().metadata().unwrap().modified().unwrap();
    fs::File::options().append(true).open(path).unwrap().set_modified(now).unwrap();
}

#[test]
fn the_same_sources_elsewhere_give_the_same_bytes() {
    // A panic's message carries the path of its source, the commonest way for a folder's name to get in.
    let main = "fn main() { let list: Vec<u8> = std::env::args().map(|_| 1).collect(); println!(\"{}\", list[7]); }";
    let (one, _) = Project::new(main).package();
    let (other, _) = Project::new(main).package();
    assert_eq!(one.unwrap().sha256, other.unwrap().sha256);
}

#[test]
fn a_lost_or_altered_zip_is_made_again() {
    let project = Project::new("fn main() {}");
    let first = project.package().0.unwrap();
    fs::write(&first.zip_path, b"not what it was").unwrap();
    let (again, events) = project.package();
    assert!(built(&events));
    assert_eq!(again.unwrap(), first);
    fs::remove_file(&first.zip_path).unwrap();
    assert_eq!(project.package().0.unwrap(), first);
    assert!(first.zip_path.is_file());
}

#[test]
fn a_source_edited_during_the_build_is_not_taken_for_built() {
    let project = Project::new("fn main() {}");
    let path = project.path().join("the function/src/main.rs");
    let later = fs::metadata(&path).unwrap().modified().unwrap() + std::time::Duration::from_secs(3600);
    fs::File::options().append(true).open(&path).unwrap().set_modified(later).unwrap();
    project.package().0.unwrap();
    assert!(built(&project.package().1));
}

#[test]
fn a_failing_build_carries_the_compilers_words() {
    let project = Project::new("fn main() { missing(); }");
    let error = project.package().0.unwrap_err();
    let PackageError::BuildFailed { errors } = &error else {
        panic!("{error}");
    };
    assert!(errors.contains("cannot find function `missing`"), "{errors}");
    assert!(errors.contains("src/main.rs:1:13"), "{errors}");
}

#[test]
fn a_crate_of_no_workspace_is_built_alone() {
    let project = Project::new("fn main() {}");
    project.write("alone/Cargo.toml", "[package]\nname = \"alone\"\nedition = \"2024\"\n[workspace]\n");
    project.write("alone/src/main.rs", "fn main() { println!(\"release: {}\", !cfg!(debug_assertions)); }");
    let sources = [
        FunctionSource::executable("greet", project.path().join("the function")),
        FunctionSource::executable("alone", project.path().join("alone")),
    ];
    let artefacts = package(&sources, &project.options(), &mut |_| {}).unwrap();
    let names: Vec<_> = artefacts.iter().map(|artefact| artefact.name.as_str()).collect();
    assert_eq!(names, ["greet", "alone"]);
    assert!(project.path().join("alone/target/release/alone").is_file(), "the profile release of its own");
    let mut events = Vec::new();
    package(&sources, &project.options(), &mut |event| events.push(event)).unwrap();
    assert!(!built(&events), "{events:?}");
}

#[test]
fn a_library_is_not_a_function() {
    let project = Project::new("");
    fs::remove_file(project.path().join("the function/src/main.rs")).unwrap();
    project.write("the function/src/lib.rs", "");
    let error = project.package().0.unwrap_err();
    assert_eq!(
        error.to_string(),
        "function greet: its crate must build one executable, or one called bootstrap; it builds none"
    );
}

#[test]
fn a_path_to_nothing_is_named() {
    let project = Project::new("fn main() {}");
    let source = FunctionSource::executable("lost", "/nowhere");
    let error = package(&[source], &project.options(), &mut |_| {}).unwrap_err();
    assert_eq!(error.to_string(), "function lost: there is no /nowhere");
}
