//! Which packages of `node_modules` a project needs to run, and where each lies in the zip.
//!
//! Packages are found as Node.js finds them, from `dependencies` on: the same for what npm, yarn and pnpm install, and
//! what only `devDependencies` bring stays out. A package that lies under the project's folder without symbolic links
//! keeps its place. Others (pnpm's store, workspaces, packages of a folder above) go to the top's `node_modules`, or,
//! where another version is there, below the package that needs them: in the zip each finds the same as before.

use super::manifest::{Manifest, Need, cpu};
use crate::error::PackageError;
use crate::files;
use crate::folder::joined;
use crate::options::Architecture;
use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};

/// How deep packages may be nested; versions that need each other in turns would go on for ever.
const MAX_DEPTH: usize = 24;

/// The packages that Lambda's Node.js runtimes have; they may be missing.
const OF_LAMBDA: [&str; 2] = ["@aws-sdk/", "@smithy/"];

/// A project whose packages are looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Project<'a> {
    /// The function's key.
    pub(super) function: &'a str,
    /// The real folder of its `package.json`.
    pub(super) folder: &'a Path,
    /// The real folder whose files are zipped at `prefix`: the same, or one below it.
    pub(super) zipped: &'a Path,
    /// Where that folder is in the zip.
    pub(super) prefix: &'a str,
    /// The real folder that packages are looked for up to.
    pub(super) boundary: &'a Path,
    /// What the function runs on.
    pub(super) architecture: Architecture,
}

/// Real folders of packages by their paths in the zip.
pub(super) type Placements = BTreeMap<String, PathBuf>;

/// All that the project needs.
pub(super) fn of_project(project: Project) -> Result<Placements, PackageError> {
    let manifest = Manifest::read(project.folder)?;
    let mut search = Search { project, placed: Placements::new(), queue: VecDeque::new() };
    search.needs_of(&manifest, project.folder, project.prefix)?;
    search.finish()
}

/// These packages and all that they need.
pub(super) fn of_packages(project: Project, names: &[String]) -> Result<Placements, PackageError> {
    let mut search = Search { project, placed: Placements::new(), queue: VecDeque::new() };
    for name in names {
        match search.find(name, project.folder)? {
            Some(package) => search.place(name, package, project.prefix)?,
            None => return Err(search.missing(name, project.folder)),
        }
    }
    search.finish()
}

struct Search<'a> {
    project: Project<'a>,
    placed: Placements,
    /// Packages whose needs are not looked for yet: real folders and their paths in the zip.
    queue: VecDeque<(PathBuf, String)>,
}

impl Search<'_> {
    /// First the nearer ones, so that those get a place at the top which the project itself asks for.
    fn finish(mut self) -> Result<Placements, PackageError> {
        while let Some((folder, at)) = self.queue.pop_front() {
            let manifest = Manifest::read(&folder)?;
            self.needs_of(&manifest, &folder, &at)?;
        }
        Ok(self.placed)
    }

    fn needs_of(&mut self, manifest: &Manifest, folder: &Path, at: &str) -> Result<(), PackageError> {
        let mut unfit = None;
        let mut has_fitting = false;
        for (name, need) in manifest.needs() {
            let Some(package) = self.find(name, folder)? else {
                if need == Need::Required && !OF_LAMBDA.iter().any(|scope| name.starts_with(scope)) {
                    return Err(self.missing(name, folder));
                }
                continue;
            };
            if need == Need::Optional && !Manifest::read(&package.real)?.fits(self.project.architecture) {
                unfit = unfit.or(Some(name));
                continue;
            }
            has_fitting |= is_for_lambda(name, self.project.architecture);
            self.place(name, package, at)?;
        }
        // Only what is for another platform is installed, although there is one for Lambda's.
        let wanted = manifest.optional().find(|name| is_for_lambda(name, self.project.architecture));
        match (unfit, wanted) {
            (Some(found), Some(wanted)) if !has_fitting => Err(PackageError::PlatformPackage {
                function: self.project.function.to_owned(),
                found: found.to_owned(),
                wanted: wanted.to_owned(),
                architecture: self.project.architecture,
            }),
            _ => Ok(()),
        }
    }

    /// As Node.js resolves a bare name: in `node_modules` of the folder and of each above it.
    fn find(&self, name: &str, from: &Path) -> Result<Option<Package>, PackageError> {
        let folders = from.ancestors().take_while(|folder| folder.starts_with(self.project.boundary));
        for folder in folders.filter(|folder| !folder.ends_with("node_modules")) {
            let lexical = folder.join("node_modules").join(name);
            if lexical.join("package.json").is_file() {
                let real = fs::canonicalize(&lexical).map_err(|source| files::failed("read", &lexical, source))?;
                if !real.starts_with(self.project.boundary) {
                    return Err(PackageError::LinkOutside { link: lexical, target: real });
                }
                return Ok(Some(Package { lexical, real }));
            }
        }
        Ok(None)
    }

    /// Gives the package, which the one at `needed_by` needs, a place where that one finds it.
    fn place(&mut self, name: &str, package: Package, needed_by: &str) -> Result<(), PackageError> {
        let folders = self.folders_up(needed_by);
        if let Some(own) = self.own_place(&package, name).filter(|(above, _)| folders.contains(above)) {
            self.take(own.1, package.real);
            return Ok(());
        }
        for folder in folders {
            let place = joined(&folder, &format!("node_modules/{name}"));
            match self.at(&place) {
                Some(present) if present == package.real => {
                    self.take(place, package.real);
                    return Ok(());
                }
                Some(_) => return self.nest(name, package, needed_by),
                None => {}
            }
        }
        self.take(joined(self.project.prefix, &format!("node_modules/{name}")), package.real);
        Ok(())
    }

    fn nest(&mut self, name: &str, package: Package, needed_by: &str) -> Result<(), PackageError> {
        let place = joined(needed_by, &format!("node_modules/{name}"));
        if place.matches("node_modules/").count() > MAX_DEPTH {
            return Err(PackageError::NestedPackages { function: self.project.function.to_owned(), place });
        }
        self.take(place, package.real);
        Ok(())
    }

    fn take(&mut self, place: String, real: PathBuf) {
        if !self.placed.contains_key(&place) {
            self.queue.push_back((real.clone(), place.clone()));
            self.placed.insert(place, real);
        }
    }

    /// The package that is at this place in the zip, or will be because it lies there.
    fn at(&self, place: &str) -> Option<PathBuf> {
        if let Some(present) = self.placed.get(place) {
            return Some(present.clone());
        }
        let below = place.strip_prefix(self.project.prefix)?.trim_start_matches('/');
        let lexical = self.project.zipped.join(below);
        let real = fs::canonicalize(&lexical).ok().filter(|real| *real == lexical)?;
        real.join("package.json").is_file().then_some(real)
    }

    /// The folder whose `node_modules` it is in, and its path, both in the zip, unless a link leads to it.
    fn own_place(&self, package: &Package, name: &str) -> Option<(String, String)> {
        let below = package.real.strip_prefix(self.project.zipped).ok().filter(|_| package.real == package.lexical)?;
        let parts: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        // In a store such as `node_modules/.pnpm`, nothing else would find it.
        let is_stored = parts.iter().any(|part| part.starts_with('.'));
        let place = joined(self.project.prefix, &parts.join("/"));
        let above = place.strip_suffix(&format!("node_modules/{name}"))?.trim_end_matches('/').to_owned();
        (!is_stored).then_some((above, place))
    }

    /// The folders in the zip whose `node_modules` a package at this path looks into, the nearest first.
    fn folders_up(&self, at: &str) -> Vec<String> {
        let mut folders = vec![at.to_owned()];
        let mut rest = at;
        while rest != self.project.prefix {
            rest = rest.rsplit_once('/').map_or("", |(above, _)| above);
            if !rest.ends_with("node_modules") {
                folders.push(rest.to_owned());
            }
            if rest.is_empty() {
                break;
            }
        }
        folders
    }

    fn missing(&self, name: &str, needed_by: &Path) -> PackageError {
        PackageError::MissingPackage {
            function: self.project.function.to_owned(),
            package: name.to_owned(),
            manifest: needed_by.join("package.json"),
            installer: installer(self.project.folder, self.project.boundary),
        }
    }
}

/// A package that is installed.
struct Package {
    /// Where it was found.
    lexical: PathBuf,
    /// Where it really is.
    real: PathBuf,
}

/// Whether a package's name says that it is for Lambda's platform, as in `@img/sharp-linux-x64`.
fn is_for_lambda(name: &str, architecture: Architecture) -> bool {
    let mut words = name.split(['-', '/', '.', '_']);
    words.clone().any(|word| word == "linux")
        && words.clone().any(|word| word == cpu(architecture))
        && !words.any(|word| word == "musl" || word == "linuxmusl")
}

/// The command that installs the project's packages, by the lock file that is there.
fn installer(project: &Path, boundary: &Path) -> &'static str {
    let has = |file: &str| {
        project.ancestors().take_while(|folder| folder.starts_with(boundary)).any(|folder| folder.join(file).is_file())
    };
    match () {
        () if has(".pnp.cjs") => "yarn config set nodeLinker node-modules && yarn install",
        () if has("pnpm-lock.yaml") => "pnpm install",
        () if has("yarn.lock") => "yarn install",
        () => "npm install",
    }
}
