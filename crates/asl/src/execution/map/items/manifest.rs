//! Manifests: lists of the files that hold the items.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Unreadable;
use crate::definition::ManifestType;

/// A file in a bucket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) bucket: String,
    pub(crate) key: String,
}

/// What a manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Manifest {
    pub(crate) files: VecDeque<File>,
    /// The names of the columns of an inventory's files.
    pub(crate) columns: Option<Vec<String>>,
}

/// Reads a manifest that lies in `bucket`.
pub(crate) fn manifest(text: &str, kind: ManifestType, bucket: &str) -> Result<Manifest, Unreadable> {
    match kind {
        ManifestType::S3Inventory => inventory(text, bucket),
        ManifestType::AthenaData => athena(text),
    }
}

fn inventory(text: &str, bucket: &str) -> Result<Manifest, Unreadable> {
    let manifest: Value = serde_json::from_str(text)
        .map_err(|problem| Unreadable(format!("The inventory's manifest is not valid JSON: {problem}.")))?;
    if manifest["fileFormat"] != "CSV" {
        return Err(Unreadable("Only S3 inventories in CSV format are supported.".to_owned()));
    }
    let schema = manifest["fileSchema"].as_str();
    let columns = schema.map(|schema| schema.split(',').map(|name| name.trim().to_owned()).collect());
    let Some(listed) = manifest["files"].as_array() else {
        return Err(Unreadable("The inventory's manifest lists no files.".to_owned()));
    };
    let keys = listed.iter().filter_map(|file| file["key"].as_str());
    let files = keys.map(|key| File { bucket: bucket.to_owned(), key: key.to_owned() }).collect();
    Ok(Manifest { files, columns })
}

/// Athena's manifest of an UNLOAD query: an S3 URI per line.
fn athena(text: &str) -> Result<Manifest, Unreadable> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let files = lines.map(|line| {
        let file = line.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
        let (bucket, key) =
            file.ok_or_else(|| Unreadable(format!("The manifest has a line that is no S3 URI: {line}")))?;
        Ok(File { bucket: bucket.to_owned(), key: key.to_owned() })
    });
    Ok(Manifest { files: files.collect::<Result<_, Unreadable>>()?, columns: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inventories_name_files_and_columns() {
        let text =
            r#"{"fileFormat": "CSV", "fileSchema": "Bucket, Key, Size", "files": [{"key": "d/1.csv.gz", "size": 9}]}"#;
        let read = manifest(text, ManifestType::S3Inventory, "b").unwrap();
        assert_eq!(read.files, [File { bucket: "b".into(), key: "d/1.csv.gz".into() }]);
        assert_eq!(read.columns.unwrap(), ["Bucket", "Key", "Size"]);
        for bad in ["[", r#"{"fileFormat": "ORC", "files": []}"#, r#"{"fileFormat": "CSV"}"#] {
            assert!(manifest(bad, ManifestType::S3Inventory, "b").is_err(), "{bad}");
        }
    }

    #[test]
    fn athena_names_uris() {
        let read = manifest("s3://a/b/c\n\ns3://d/e\n", ManifestType::AthenaData, "b").unwrap();
        let named: Vec<_> = read.files.iter().map(|file| (file.bucket.as_str(), file.key.as_str())).collect();
        assert_eq!(named, [("a", "b/c"), ("d", "e")]);
        assert!(manifest("b/c", ManifestType::AthenaData, "b").is_err());
    }
}
