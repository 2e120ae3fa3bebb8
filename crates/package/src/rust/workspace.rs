//! The cargo workspace that a function's crate is in; a crate that is in none is one by itself.

use super::cargo;
use super::profile::Profile;
use crate::error::PackageError;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A workspace as cargo sees it.
#[derive(Debug)]
pub(super) struct Workspace {
    /// The folder of its `Cargo.toml`.
    pub(super) root: PathBuf,
    /// Where cargo builds.
    pub(super) target_dir: PathBuf,
    /// How functions are built in it.
    pub(super) profile: Profile,
    packages: Value,
}

impl Workspace {
    /// The workspace of the crate with this manifest (an absolute path).
    pub(super) fn of(manifest: &Path) -> Result<Self, PackageError> {
        let metadata = cargo::metadata(manifest)?;
        let folder = |key: &str| metadata[key].as_str().map(PathBuf::from);
        let root = folder("workspace_root").or_else(|| manifest.parent().map(Path::to_owned)).unwrap_or_default();
        Ok(Self {
            target_dir: folder("target_directory").unwrap_or_else(|| root.join("target")),
            profile: Profile::of(&root),
            packages: metadata["packages"].clone(),
            root,
        })
    }

    /// Cargo's id of the package with this manifest.
    pub(super) fn package_id(&self, manifest: &Path) -> Result<String, PackageError> {
        package_id(&self.packages, manifest).ok_or_else(|| PackageError::NotInWorkspace {
            manifest: manifest.to_path_buf(),
            project_dir: self.root.clone(),
        })
    }

    #[cfg(test)]
    pub(super) fn at(root: &str) -> Self {
        let root = PathBuf::from(root);
        Self { target_dir: root.join("target"), profile: Profile::Lambda, packages: Value::Null, root }
    }
}

fn package_id(packages: &Value, manifest: &Path) -> Option<String> {
    let found = packages.as_array()?.iter().find(|package| {
        let listed = package["manifest_path"].as_str().map(Path::new);
        listed == Some(manifest)
    })?;
    found["id"].as_str().map(String::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_package_is_found_by_its_manifest() {
        let packages = json!([
            {"id": "path+file:///p/a#0.1.0", "manifest_path": "/p/a/Cargo.toml"},
            {"id": "path+file:///p/b#greeter@0.1.0", "manifest_path": "/p/b/Cargo.toml"},
        ]);
        let id = package_id(&packages, Path::new("/p/b/Cargo.toml"));
        assert_eq!(id.as_deref(), Some("path+file:///p/b#greeter@0.1.0"));
        assert_eq!(package_id(&packages, Path::new("/p/c/Cargo.toml")), None);
        assert_eq!(package_id(&Value::Null, Path::new("/p/c/Cargo.toml")), None);
    }
}
