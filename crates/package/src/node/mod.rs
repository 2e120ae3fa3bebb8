//! Node.js functions: the packages that they need, and bundling by esbuild.

mod esbuild;
mod manifest;
mod placement;

use crate::error::PackageError;
use crate::folder::{Default, Entry, Found, NodeModules, Rules, joined, walk};
use crate::options::Architecture;
use manifest::Manifest;
use placement::{Placements, Project};
use std::path::{Path, PathBuf};

pub(crate) use esbuild::{Bundle, bundle, needs_bundling};

/// Where the function's packages come from and go to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Site<'a> {
    /// The function's key.
    pub(crate) function: &'a str,
    /// Its real folder.
    pub(crate) folder: &'a Path,
    /// The real folder that packages are looked for up to.
    pub(crate) boundary: &'a Path,
    /// What the function runs on.
    pub(crate) architecture: Architecture,
}

impl Site<'_> {
    /// The nearest folder with a `package.json`, from the function's own up to the project's.
    pub(crate) fn project(&self) -> Option<PathBuf> {
        let mut folders = self.folder.ancestors().take_while(|folder| folder.starts_with(self.boundary));
        folders.find(|folder| folder.join("package.json").is_file()).map(Path::to_owned)
    }

    /// Whether `.js` files of the function are ECMAScript modules.
    pub(crate) fn is_module(&self) -> Result<bool, PackageError> {
        Ok(self
            .project()
            .map(|folder| Manifest::read(&folder))
            .transpose()?
            .is_some_and(|manifest| manifest.is_module()))
    }
}

/// Adds the packages that are needed by each `package.json` found in the function's folder, or by the nearest above it.
pub(crate) fn add_packages(site: Site, rules: &Rules, found: &mut Found) -> Result<(), PackageError> {
    let mut projects = found.node_projects.clone();
    if let Some(folder) = site.project() {
        let manifest = folder.join("package.json");
        // It says what kind of modules `.js` files are.
        if folder != site.folder && rules.patterns.decide("package.json", &Default::Included) {
            found.entries.insert(String::from("package.json"), Entry::of(&manifest)?);
        }
        projects.insert(String::new(), folder);
    }
    for (prefix, folder) in &projects {
        let zipped = if prefix.is_empty() { site.folder } else { folder };
        let placements = placement::of_project(project(site, folder, zipped, prefix))?;
        add_files(&placements, rules, found)?;
    }
    Ok(())
}

/// Adds packages that are left out of a bundle, with all that they need.
pub(crate) fn add_external(site: Site, names: &[String], rules: &Rules, found: &mut Found) -> Result<(), PackageError> {
    let folder = site.project().unwrap_or_else(|| site.folder.to_owned());
    // A wildcard stands for packages that the runtime or a layer has.
    let names: Vec<String> = names.iter().filter(|name| !name.contains('*')).cloned().collect();
    add_files(&placement::of_packages(project(site, &folder, site.folder, ""), &names)?, rules, found)
}

fn project<'a>(site: Site<'a>, folder: &'a Path, zipped: &'a Path, prefix: &'a str) -> Project<'a> {
    let Site { function, boundary, architecture, .. } = site;
    Project { function, folder, zipped, prefix, boundary, architecture }
}

fn add_files(placements: &Placements, rules: &Rules, found: &mut Found) -> Result<(), PackageError> {
    for (place, folder) in placements {
        // What a package has below its own `node_modules` has places of its own.
        let own = [rules.left_out, &[folder.join("node_modules")]].concat();
        let rules = Rules { node_modules: NodeModules::Keep, left_out: &own, ..rules.clone() };
        walk(folder, place, &rules, found)?;
    }
    Ok(())
}

/// The files that a handler may be in, by their names in the zip; none when it is not in the zip at all. As Lambda's
/// runtime reads it: what follows the first dot of the last part is the export.
pub(crate) fn handler_files(handler: &str) -> Option<Vec<String>> {
    let module = handler_module(handler)?;
    Some(["", ".js", ".mjs", ".cjs"].iter().map(|ending| format!("{module}{ending}")).collect())
}

/// The module's path without an ending.
fn handler_module(handler: &str) -> Option<String> {
    let (folder, last) = handler.rsplit_once('/').unwrap_or(("", handler));
    let (module, export) = last.split_once('.')?;
    let folder = folder.trim_start_matches("./").trim_matches('/');
    (!module.is_empty() && !export.is_empty()).then(|| joined(if folder == "." { "" } else { folder }, module))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_are_read_as_the_runtime_does() {
        let module = |handler| handler_module(handler);
        assert_eq!(module("index.handler").as_deref(), Some("index"));
        assert_eq!(module("./src/a/send.handlers.main").as_deref(), Some("src/a/send"));
        assert_eq!(module("index"), None);
        assert_eq!(module("src/.x"), None);
    }
}
