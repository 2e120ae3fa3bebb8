//! Python functions: what `requirements.txt` lists is installed for Lambda's platform and zipped beside the sources.

mod declared;
mod installer;
mod requirements;

use crate::digest::Digest;
use crate::error::PackageError;
use crate::files;
use crate::folder::{Default, Found, NodeModules, Rules, walk};
use crate::options::{Architecture, Event, Options};
use requirements::Requirements;
use std::fs;
use std::path::{Path, PathBuf};

/// The file that lists what is to be installed.
pub(crate) const REQUIREMENTS: &str = "requirements.txt";

/// Written when an installation is complete.
const COMPLETE: &str = ".complete";

/// What Lambda's Python runtimes have, by their folders; left out unless the requirements pin one of them.
const OF_LAMBDA: [&str; 3] = ["boto3", "botocore", "s3transfer"];

/// A Python function whose requirements are installed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site<'a> {
    /// The function's key.
    pub(crate) function: &'a str,
    /// Its real folder.
    pub(crate) folder: &'a Path,
    /// The runtime's version, e.g. `3.12`.
    pub(crate) version: &'a str,
    /// How it is packaged.
    pub(crate) options: &'a Options,
}

/// Installs the function's requirements unless they are, and adds their files. A `requirements.txt` that the project's
/// patterns leave out is not looked at.
pub(crate) fn add_packages(
    site: Site,
    rules: &Rules,
    found: &mut Found,
    progress: &mut dyn FnMut(Event),
) -> Result<(), PackageError> {
    if !rules.patterns.decide(REQUIREMENTS, &Default::Included) {
        return Ok(());
    }
    let file = site.folder.join(REQUIREMENTS);
    if !file.is_file() {
        return declared::refuse_other_forms(site.function, site.folder);
    }
    let requirements = Requirements::read(&file)?;
    if requirements.is_empty() {
        return Ok(());
    }
    let folder = install(site, &file, &requirements, progress)?;
    let folder = fs::canonicalize(&folder).map_err(|source| files::failed("read", &folder, source))?;
    let left_out = left_out(&folder, &requirements)?;
    let rules = Rules { left_out: &left_out, boundary: &folder, node_modules: NodeModules::Keep, ..rules.clone() };
    let mut installed = Found::default();
    walk(&folder, "", &rules, &mut installed)?;
    // What installers write about themselves differs from one machine to the next.
    let is_of_installer = |name: &str| {
        let file = name.rsplit_once(".dist-info/").map(|(_, file)| file);
        name == COMPLETE
            || name == ".lock"
            || matches!(file, Some("RECORD" | "INSTALLER" | "REQUESTED" | "direct_url.json" | "uv_cache.json"))
    };
    for (name, entry) in installed.entries.into_iter().filter(|(name, _)| !is_of_installer(name)) {
        found.entries.entry(name).or_insert(entry);
    }
    Ok(())
}

/// The folder in which the requirements are installed: one for each version of Python, processor and list.
fn install(
    site: Site,
    file: &Path,
    requirements: &Requirements,
    progress: &mut dyn FnMut(Event),
) -> Result<PathBuf, PackageError> {
    let architecture = site.options.architecture;
    let key = format!("{}\n{}\n{}", site.version, architecture.as_str(), requirements.text());
    let key: String = Digest::of(key.as_bytes()).to_string().chars().take(16).collect();
    let folder = site.options.python_packages_dir().join(key);
    if folder.join(COMPLETE).is_file() {
        return Ok(folder);
    }
    progress(Event::InstallingRequirements { function: site.function.to_owned(), file: file.to_owned() });
    files::empty_folder(&folder)?;
    installer::install(file, &folder, site.version, architecture)?;
    files::write(&folder.join(COMPLETE), b"")?;
    Ok(folder)
}

/// Scripts, which name this machine's Python, and what Lambda has anyway.
fn left_out(folder: &Path, requirements: &Requirements) -> Result<Vec<PathBuf>, PackageError> {
    let mut left_out = vec![folder.join("bin")];
    if OF_LAMBDA.iter().any(|name| requirements.pins(name)) {
        return Ok(left_out);
    }
    let failed = |source| files::failed("read", folder, source);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_information = |package: &str| name.starts_with(&format!("{package}-")) && name.ends_with(".dist-info");
        if OF_LAMBDA.contains(&name.as_str()) || OF_LAMBDA.iter().any(|package| is_information(package)) {
            left_out.push(path);
        }
    }
    Ok(left_out)
}

/// The files that a handler may be in, by their names in the zip; none when it names no module. As Lambda's runtime reads
/// it: what follows the last dot is the function, and a slash is a dot.
pub(crate) fn handler_files(handler: &str) -> Option<Vec<String>> {
    let (module, function) = handler.rsplit_once('.')?;
    let module = module.trim_start_matches("./").replace('.', "/");
    let is_module = !module.is_empty() && !function.is_empty() && !function.contains('/');
    is_module.then(|| vec![format!("{module}.py"), format!("{module}/__init__.py"), format!("{module}.so")])
}

/// The newest glibc (its second number) that wheels may ask for: Python 3.12 and later run on Amazon Linux 2023, older ones
/// on Amazon Linux 2. From the Lambda developer guide, "Lambda runtimes".
fn glibc_minor(version: &str) -> u32 {
    if matches!(version, "3.8" | "3.9" | "3.10" | "3.11") { 26 } else { 34 }
}

/// A processor as Python's platforms name it.
fn processor(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X86_64 => "x86_64",
        Architecture::Arm64 => "aarch64",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_are_read_as_the_runtime_does() {
        assert_eq!(handler_files("src/app.handler").unwrap()[0], "src/app.py");
        assert_eq!(handler_files("src.app.handler").unwrap()[1], "src/app/__init__.py");
        assert_eq!(handler_files("handler"), None);
    }
}
