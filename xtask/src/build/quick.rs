//! The program and the functions as they compile soonest, for a first look: one cargo build with the profile `quick`, so that
//! what they share is compiled once. What is shipped, and what `workshop package` makes, has the profile `lambda`.

use crate::cargo::{Executable, executables};
use crate::failure::Failure;
use crate::{project, say};
use std::fs;
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const PROFILE: &str = "quick";

/// What was built.
pub(crate) struct Quick {
    /// The program.
    pub(crate) program: PathBuf,
    /// The folder that holds the functions' zips, apart from those that are shipped.
    pub(crate) functions_dir: PathBuf,
}

/// Builds both, as far as anything changed.
pub(crate) fn run() -> Result<Quick, Failure> {
    let target = project::target_dir().join(PROFILE);
    if !target.join("workshop").exists() {
        say::progress("Building the program and the functions: about 4 minutes the first time, on two processors.");
    }
    let sources = super::sources(&project::root().join("lambdas"))?;
    let folders: Vec<String> =
        sources.iter().filter_map(|source| Some(source.path.file_name()?.to_string_lossy().into_owned())).collect();
    let mut arguments = vec!["build", "--profile", PROFILE, "--package", "workshop"];
    arguments.extend(folders.iter().flat_map(|package| ["--package", package.as_str()]));
    let built = executables(&arguments)?;
    let functions_dir = target.join("functions");
    fs::create_dir_all(&functions_dir).map_err(|error| Failure::file(&functions_dir, &error))?;
    for source in &sources {
        let executable = of(&built, &source.path.join("Cargo.toml"))?;
        pack(executable, &functions_dir.join(format!("{}.zip", source.name)))?;
    }
    let program = of(&built, &project::root().join("Cargo.toml"))?.to_path_buf();
    Ok(Quick { program, functions_dir })
}

fn of<'a>(built: &'a [Executable], manifest: &Path) -> Result<&'a Path, Failure> {
    let found = built.iter().find(|executable| executable.manifest == manifest);
    found
        .map(|executable| executable.path.as_path())
        .ok_or_else(|| Failure::new(format!("{} has no executable", manifest.display())))
}

/// Zips an executable, unless its zip is newer.
fn pack(executable: &Path, zip: &Path) -> Result<(), Failure> {
    let modified = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified());
    if modified(zip).is_ok_and(|zipped| modified(executable).is_ok_and(|built| built < zipped)) {
        return Ok(());
    }
    let bytes = fs::read(executable).map_err(|error| Failure::file(executable, &error))?;
    let zipped = zipped(&bytes).map_err(|error| Failure::file(zip, &io::Error::other(error)))?;
    fs::write(zip, zipped).map_err(|error| Failure::file(zip, &error))
}

/// A zip with the file that `provided.al2023` starts. It is not compressed: it only travels on this machine.
fn zipped(executable: &[u8]) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o755);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("bootstrap", options)?;
    writer.write_all(executable)?;
    Ok(writer.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zip_is_made_again_when_its_executable_is_newer() {
        let folder = tempfile::tempdir().unwrap();
        let executable = folder.path().join("a");
        let zip = folder.path().join("a.zip");
        fs::write(&executable, "one").unwrap();
        pack(&executable, &zip).unwrap();
        let first = fs::read(&zip).unwrap();
        assert!(first.starts_with(b"PK") && first.windows(3).any(|window| window == b"one"));
        fs::write(&executable, "two").unwrap();
        pack(&executable, &zip).unwrap();
        assert!(fs::read(&zip).unwrap().windows(3).any(|window| window == b"two"));
    }

    #[test]
    fn an_executable_belongs_to_its_package() {
        let none = of(&[], Path::new("/p/Cargo.toml")).unwrap_err();
        assert_eq!(none.to_string(), "/p/Cargo.toml has no executable");
    }
}
