//! What went into a zip of files, written down beside it. A file whose stamp is as it was is not read again.

use super::contents::Contents;
use crate::artefact::{Artefact, GlibcVersion};
use crate::digest::Digest;
use crate::folder::Entry;
use crate::options::Options;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Raised whenever the zip's form or this record's changes.
const FORMAT: u64 = 1;

/// The record of a zip just made. Files written since `started` have no stamp, so that they are read the next time.
pub(super) fn write(
    artefact: &Artefact,
    settings: &Value,
    contents: &Contents,
    digests: &BTreeMap<PathBuf, Digest>,
    started: SystemTime,
) -> Value {
    let input = |entry: &Entry| {
        let stamp = entry.stamp.is_older_than(started).then(|| stamp(entry));
        json!({ "sha256": digests.get(&entry.path).map(Digest::to_string), "stamp": stamp })
    };
    let inputs: Map<String, Value> =
        contents.inputs().map(|entry| (entry.path.display().to_string(), input(entry))).collect();
    json!({
        "format": FORMAT,
        "settings": settings,
        "names": names(contents),
        "inputs": inputs,
        "sha256": artefact.sha256.to_string(),
        "unzippedBytes": artefact.unzipped_bytes,
        "newestGlibc": artefact.newest_glibc.map(|version| version.to_string()),
    })
}

/// The artefact that the record describes, if it still holds: same settings, same files, the zip as it was written.
pub(super) fn read(
    record: &Value,
    settings: &Value,
    contents: &Contents,
    zip_path: &Path,
    name: &str,
    options: &Options,
) -> Option<Artefact> {
    let sha256 = Digest::from_hex(record["sha256"].as_str()?)?;
    let inputs = record["inputs"].as_object()?;
    let is_same = record["format"] == FORMAT && record["settings"] == *settings && record["names"] == names(contents);
    if !is_same || !contents.inputs().all(|entry| is_unchanged(entry, inputs.get(&entry.path.display().to_string()))) {
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

fn is_unchanged(entry: &Entry, recorded: Option<&Value>) -> bool {
    let Some(recorded) = recorded else { return false };
    let is_same_content = || {
        let bytes = fs::read(&entry.path).ok()?;
        Some(recorded["sha256"] == Digest::of(&bytes).to_string())
    };
    recorded["stamp"] == stamp(entry) || is_same_content().unwrap_or(false)
}

fn stamp(entry: &Entry) -> Value {
    json!([entry.stamp.size_bytes, entry.stamp.modified_ns, entry.stamp.changed_ns])
}

/// Which file has which name and mode in the zip.
fn names(contents: &Contents) -> String {
    let line =
        |(name, entry): (&String, &Entry)| format!("{name}\n{}\n{}\n", entry.path.display(), entry.is_executable);
    Digest::of(contents.entries.iter().map(line).collect::<String>().as_bytes()).to_string()
}
