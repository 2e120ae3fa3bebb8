//! What a function's path turns out to be.

use crate::error::PackageError;
use crate::node;
use crate::options::{Bundling, FunctionSource, Language};
use std::fs;
use std::path::{Path, PathBuf};

/// What is packaged, and how. All paths are real ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// A zip that is taken as it is.
    Zip(PathBuf),
    /// A file that becomes `bootstrap`.
    Executable(PathBuf),
    /// The only file of a zip.
    File(PathBuf),
    /// A folder's files.
    Folder(PathBuf),
    /// What esbuild makes of the handler in this folder.
    Bundled {
        /// The folder.
        folder: PathBuf,
        /// How it is bundled.
        bundling: Bundling,
    },
}

impl Form {
    /// Looks at what is there.
    pub(super) fn of(source: &FunctionSource) -> Result<Self, PackageError> {
        let missing = || PackageError::NoSource { function: source.name.clone(), path: source.path.clone() };
        let path = fs::canonicalize(&source.path).map_err(|_| missing())?;
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip")) && path.is_file() {
            return Ok(Self::Zip(path));
        }
        match &source.language {
            Language::Executable if path.is_file() => Ok(Self::Executable(path)),
            Language::NodeJs { .. } => Ok(Self::of_node_js(source, path)),
            Language::Executable | Language::Python { .. } if path.is_dir() => Ok(Self::Folder(path)),
            Language::Executable | Language::Python { .. } => Ok(Self::File(path)),
        }
    }

    fn of_node_js(source: &FunctionSource, path: PathBuf) -> Self {
        let folder = match path.is_dir() {
            true => path.clone(),
            false => path.parent().map(Path::to_owned).unwrap_or_default(),
        };
        let is_typescript = || node::needs_bundling(&folder, &source.handler).is_some();
        match &source.bundling {
            Some(bundling) => Self::Bundled { folder, bundling: bundling.clone() },
            None if is_typescript() => Self::Bundled { folder, bundling: Bundling::default() },
            None if path.is_dir() => Self::Folder(path),
            None => Self::File(path),
        }
    }
}
