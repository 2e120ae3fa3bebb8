//! The wheel with the models: fetched by pip with its hash, read as the zip that it is.

use crate::failure::Failure;
use crate::{process, project, python};
use flate2::read::GzDecoder;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use zip::ZipArchive;

const REQUIREMENTS: &str = "xtask/src/build/models/requirements.txt";

/// A wheel of botocore.
pub(super) struct Wheel {
    /// Its name and version, such as `botocore 1.44.8`.
    pub(super) source: String,
    path: PathBuf,
}

/// Fetches the pinned wheel, unless it is there.
pub(super) fn fetch() -> Result<Wheel, Failure> {
    let requirements = project::root().join(REQUIREMENTS);
    let text = std::fs::read_to_string(&requirements).map_err(|error| Failure::file(&requirements, &error))?;
    let version = pinned(&text).ok_or_else(|| Failure::new(format!("{REQUIREMENTS} pins no botocore")))?;
    let folder = project::target_dir().join("models");
    let path = folder.join(format!("botocore-{version}-py3-none-any.whl"));
    // pip compares the hash, of one that is there too.
    let mut pip = process::command(python::environment()?.join("bin/pip"));
    pip.args(["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--requirement"]);
    pip.arg(&requirements).arg("--dest").arg(&folder);
    process::run(&mut pip)?;
    Ok(Wheel { source: format!("botocore {version}"), path })
}

/// The version of `botocore==VERSION --hash=...`.
fn pinned(requirements: &str) -> Option<&str> {
    let pin = requirements.lines().find_map(|line| line.strip_prefix("botocore=="))?;
    pin.split_whitespace().next()
}

/// The service of `botocore/data/SERVICE/VERSION/service-2.json.gz`, and the version of its model.
fn model_of(path: &str) -> Option<(&str, &str)> {
    let mut parts = path.strip_prefix("botocore/data/")?.split('/');
    let found = (parts.next()?, parts.next()?);
    (parts.next()? == "service-2.json.gz" && parts.next().is_none()).then_some(found)
}

impl Wheel {
    /// The newest model of each service.
    pub(super) fn models(&self) -> Result<Vec<Value>, Failure> {
        let broken = |what: &str| Failure::new(format!("{}: {what}", self.path.display()));
        let file = File::open(&self.path).map_err(|error| Failure::file(&self.path, &error))?;
        let mut archive = ZipArchive::new(file).map_err(|error| broken(&error.to_string()))?;
        // In order, so that the last version of a service is the newest.
        let names: BTreeSet<String> = archive.file_names().flatten().map(|name| name.into_owned()).collect();
        let newest: BTreeMap<&str, &String> = names.iter().filter_map(|name| Some((model_of(name)?.0, name))).collect();
        let models = newest.values().map(|name| {
            let packed = archive.by_name(name).map_err(|error| broken(&error.to_string()))?;
            let mut text = String::new();
            GzDecoder::new(packed).read_to_string(&mut text).map_err(|error| Failure::file(Path::new(name), &error))?;
            serde_json::from_str(&text).map_err(|error| broken(&format!("{name}: {error}")))
        });
        models.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pinned_version_is_read() {
        let text = include_str!("requirements.txt");
        assert!(pinned(text).is_some_and(|version| version.starts_with("1.")));
        assert!(text.lines().filter(|line| !line.starts_with('#')).all(|line| line.contains("--hash=sha256:")));
    }

    #[test]
    fn models_are_told_from_other_data() {
        assert_eq!(model_of("botocore/data/s3/2006-03-01/service-2.json.gz"), Some(("s3", "2006-03-01")));
        assert_eq!(model_of("botocore/data/s3/2006-03-01/paginators-1.json"), None);
        assert_eq!(model_of("botocore/data/endpoints.json"), None);
    }
}
