//! What went into a zip, written down beside it, so that an unchanged function costs no build.

use crate::artefact::{Artefact, GlibcVersion};
use crate::digest::Digest;
use crate::files;
use crate::options::Options;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Raised whenever the zip's form or this record's changes.
const FORMAT: u64 = 2;

/// Variables that change what cargo builds.
const VARIABLES: [&str; 7] = [
    "RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_BUILD_TARGET",
    "RUSTC",
    "RUSTC_WRAPPER",
    "RUSTUP_TOOLCHAIN",
];

/// Files that need not exist and change what cargo builds once they do.
const PROJECT_FILES: [&str; 6] =
    ["Cargo.toml", "Cargo.lock", ".cargo/config.toml", ".cargo/config", "rust-toolchain.toml", "rust-toolchain"];

/// Everything but files that the build depends on.
pub(super) fn settings(options: &Options, manifest: &Path) -> Value {
    let variables: Map<String, Value> =
        VARIABLES.iter().filter_map(|key| Some((String::from(*key), json!(env::var(key).ok()?)))).collect();
    json!({
        "format": FORMAT,
        "manifest": manifest,
        "target": options.target,
        "architecture": options.architecture.as_str(),
        "variables": variables,
        "toolchains": toolchains(),
    })
}

/// The compilers that rustup has, by the digests of its own books: asking `rustc` itself takes longer than all the rest.
fn toolchains() -> Option<String> {
    let home = match env::var_os("RUSTUP_HOME") {
        Some(home) => PathBuf::from(home),
        None => env::home_dir()?.join(".rustup"),
    };
    let mut books = vec![home.join("settings.toml")];
    let updates = fs::read_dir(home.join("update-hashes")).ok()?;
    books.extend(updates.filter_map(Result::ok).map(|entry| entry.path()));
    books.sort();
    let contents: Vec<u8> = books.iter().filter_map(|book| fs::read(book).ok()).flatten().collect();
    Some(Digest::of(&contents).to_string())
}

/// The files that went into an executable: what cargo's dep-info names, the manifests above them, and the project's own.
pub(super) fn inputs(dep_info: &str, manifest: &Path, workspace_root: &Path) -> BTreeSet<PathBuf> {
    let sources = dep_info_paths(dep_info);
    let manifests: BTreeSet<PathBuf> = sources
        .iter()
        .filter_map(|source| source.ancestors().skip(1).map(|dir| dir.join("Cargo.toml")).find(|path| path.is_file()))
        .collect();
    sources
        .into_iter()
        .chain(manifests)
        .chain([manifest.to_path_buf()])
        .chain(PROJECT_FILES.iter().map(|name| workspace_root.join(name)))
        .collect()
}

/// The prerequisites in a makefile rule, in which a space inside a path is written `\ `.
fn dep_info_paths(text: &str) -> Vec<PathBuf> {
    const SPACE: &str = "\u{0}";
    let prerequisites = text.lines().filter_map(|line| line.split_once(": ")).map(|(_, paths)| paths);
    prerequisites
        .flat_map(|paths| {
            let paths = paths.replace("\\ ", SPACE);
            paths.split_ascii_whitespace().map(|path| PathBuf::from(path.replace(SPACE, " "))).collect::<Vec<_>>()
        })
        .collect()
}

/// The record of a zip just made; `None` when an input changed since the build started, so that nobody can say which
/// version of it the compiler saw. Cargo writes its lock file itself, before it compiles.
pub(super) fn write(
    artefact: &Artefact,
    settings: Value,
    inputs: &BTreeSet<PathBuf>,
    started: SystemTime,
) -> Option<Value> {
    let newer = |path: &&PathBuf| files::modified(path).is_ok_and(|modified| modified >= started);
    if inputs.iter().filter(newer).any(|path| !path.ends_with("Cargo.lock")) {
        return None;
    }
    let digests: Map<String, Value> =
        inputs.iter().map(|path| (path.display().to_string(), json!(digest(path)))).collect();
    Some(json!({
        "settings": settings,
        "inputs": digests,
        "sha256": artefact.sha256.to_string(),
        "sizeBytes": artefact.size_bytes,
        "unzippedBytes": artefact.unzipped_bytes,
        "newestGlibc": artefact.newest_glibc.map(|version| version.to_string()),
    }))
}

/// The artefact that the record describes, if it still holds: same settings, same inputs, the zip as it was written.
pub(super) fn read(
    record: &Value,
    settings: &Value,
    name: &str,
    zip_path: &Path,
    options: &Options,
) -> Option<Artefact> {
    let sha256 = Digest::from_hex(record["sha256"].as_str()?)?;
    let inputs = record["inputs"].as_object()?;
    let same = |(path, recorded): (&String, &Value)| json!(digest(Path::new(path))) == *recorded;
    if record["settings"] != *settings || !inputs.iter().all(same) {
        return None;
    }
    let newest_glibc = match &record["newestGlibc"] {
        Value::Null => None,
        version => Some(GlibcVersion::parse(version.as_str()?)?),
    };
    let zip = fs::read(zip_path).ok()?;
    (Digest::of(&zip) == sha256).then(|| Artefact {
        name: String::from(name),
        zip_path: zip_path.to_path_buf(),
        sha256,
        size_bytes: zip.len() as u64,
        unzipped_bytes: record["unzippedBytes"].as_u64().unwrap_or_default(),
        architecture: options.architecture,
        newest_glibc,
    })
}

/// A file's digest; `None` when there is no such file, which is worth remembering too.
fn digest(path: &Path) -> Option<String> {
    Some(Digest::of(&fs::read(path).ok()?).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dep_info_lists_the_sources() {
        let text = "/p/target/a: /p/src/main.rs /p/with\\ space/mod.rs\n\n/p/src/main.rs:\n";
        assert_eq!(dep_info_paths(text), [PathBuf::from("/p/src/main.rs"), PathBuf::from("/p/with space/mod.rs")]);
    }

    #[test]
    fn manifests_above_the_sources_are_inputs() {
        let project = tempfile::tempdir().unwrap();
        let member = project.path().join("member");
        fs::create_dir_all(member.join("src")).unwrap();
        fs::write(member.join("Cargo.toml"), "").unwrap();
        let source = member.join("src/lib.rs");
        let dep_info = format!("/x: {}", source.display().to_string().replace(' ', "\\ "));
        let inputs = inputs(&dep_info, Path::new("/f/Cargo.toml"), project.path());
        for path in [source, member.join("Cargo.toml"), "/f/Cargo.toml".into(), project.path().join("Cargo.lock")] {
            assert!(inputs.contains(&path), "{path:?}");
        }
    }

    #[test]
    fn settings_differ_by_target() {
        let options = Options {
            project_dir: PathBuf::from("/p"),
            target: None,
            architecture: crate::Architecture::X86_64,
            output_dir: PathBuf::from("/p/target/functions"),
        };
        let other = Options { target: Some(String::from("x86_64-unknown-linux-musl")), ..options.clone() };
        let manifest = Path::new("/p/f/Cargo.toml");
        assert_eq!(settings(&options, manifest), settings(&options, manifest));
        assert_ne!(settings(&options, manifest), settings(&other, manifest));
    }
}
