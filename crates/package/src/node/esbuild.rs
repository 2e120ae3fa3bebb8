//! Bundles a function by the project's own esbuild. This file starts it.

use super::{Site, handler_module};
use crate::error::PackageError;
use crate::files;
use crate::options::Bundling;
use serde_json::Value;
use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Endings of what esbuild can bundle; those of TypeScript come first.
const ENDINGS: [&str; 8] = ["ts", "mts", "cts", "tsx", "js", "mjs", "cjs", "jsx"];
/// How many of them are TypeScript, or nothing that Node.js runs.
const TYPESCRIPT: [&str; 5] = ["ts", "mts", "cts", "tsx", "jsx"];

/// A bundled function.
#[derive(Debug, Clone)]
pub(crate) struct Bundle {
    /// The output's folder; its files have the names that they have in the zip.
    pub(crate) folder: PathBuf,
    /// The sources that went into it.
    pub(crate) inputs: Vec<PathBuf>,
}

/// The TypeScript source that a handler is in, unless there is JavaScript beside it.
pub(crate) fn needs_bundling(folder: &Path, handler: &str) -> Option<PathBuf> {
    let source = source(folder, handler)?;
    let ending = source.extension().unwrap_or_default().to_str().unwrap_or_default();
    TYPESCRIPT.contains(&ending).then_some(source)
}

/// The handler's source; what Node.js runs wins.
fn source(folder: &Path, handler: &str) -> Option<PathBuf> {
    let module = handler_module(handler)?;
    let exists = |ending: &&&str| folder.join(format!("{module}.{ending}")).is_file();
    let javascript = ENDINGS.iter().filter(|ending| !TYPESCRIPT.contains(ending)).find(exists);
    let ending = javascript.or_else(|| TYPESCRIPT.iter().find(exists))?;
    Some(folder.join(format!("{module}.{ending}")))
}

/// Bundles the handler's module into a folder. Modules of ECMAScript get the ending `.mjs`, so that they need no
/// `package.json` in the zip.
pub(crate) fn bundle(
    site: Site,
    handler: &str,
    bundling: &Bundling,
    node_version: &str,
    output_dir: &Path,
) -> Result<Bundle, PackageError> {
    let no_source = || PackageError::HandlerForm { function: site.function.to_owned(), handler: handler.to_owned() };
    let module = handler_module(handler).ok_or_else(no_source)?;
    let source = source(site.folder, handler).ok_or_else(|| PackageError::HandlerMissing {
        function: site.function.to_owned(),
        handler: handler.to_owned(),
        files: ENDINGS.iter().map(|ending| format!("{module}.{ending}")).collect(),
    })?;
    let format = if site.is_module()? || source.extension().is_some_and(|ending| ending == "mts" || ending == "mjs") {
        Format::Module
    } else {
        Format::CommonJs
    };
    files::empty_folder(output_dir)?;
    let output = output_dir.join("zip").join(format!("{module}.{}", format.ending()));
    let metafile = output_dir.join("meta.json");
    let mut command = esbuild(&program(site, &source)?, site.folder);
    command.arg(&source).args(["--bundle", "--platform=node", "--log-level=warning", "--external:@aws-sdk/*"]);
    command.arg("--external:@smithy/*").args(format.arguments());
    let target = bundling.target.clone().unwrap_or_else(|| format!("node{node_version}"));
    command.arg(format!("--target={target}")).arg(format!("--outfile={}", output.display()));
    command.arg(format!("--metafile={}", metafile.display()));
    command.args(bundling.external.iter().map(|name| format!("--external:{name}")));
    command.args(bundling.minify.then_some("--minify"));
    command.args(bundling.source_map.then_some("--sourcemap"));
    run(&mut command, site, &source)?;
    Ok(Bundle { folder: output_dir.join("zip"), inputs: inputs(&metafile, site.folder)? })
}

/// The kind of modules that a bundle is.
#[derive(Debug, Clone, Copy)]
enum Format {
    CommonJs,
    Module,
}

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Self::CommonJs => "js",
            Self::Module => "mjs",
        }
    }

    /// Packages that are not ECMAScript modules call `require` in the bundle too, and such a module has none.
    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::CommonJs => &["--format=cjs"],
            Self::Module => &[
                "--format=esm",
                "--banner:js=import { createRequire as __createRequire } from 'node:module'; \
                 const require = __createRequire(import.meta.url);",
            ],
        }
    }
}

/// The project's own esbuild, else the one on the path.
fn program(site: Site, source: &Path) -> Result<PathBuf, PackageError> {
    let own = site
        .folder
        .ancestors()
        .take_while(|folder| folder.starts_with(site.boundary))
        .map(|folder| folder.join("node_modules/.bin/esbuild"))
        .find(|path| path.is_file());
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = || env::split_paths(&path).map(|folder| folder.join("esbuild")).find(|path| path.is_file());
    own.or_else(on_path)
        .ok_or_else(|| PackageError::NoEsbuild { function: site.function.to_owned(), source_file: source.to_owned() })
}

#[expect(clippy::disallowed_methods, reason = "this file owns the esbuild process")]
fn esbuild(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).stdin(Stdio::null());
    command
}

fn run(command: &mut Command, site: Site, source: &Path) -> Result<(), PackageError> {
    let output = command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            PackageError::NoEsbuild { function: site.function.to_owned(), source_file: source.to_owned() }
        }
        _ => PackageError::EsbuildFailed { function: site.function.to_owned(), errors: error.to_string() },
    })?;
    if output.status.success() {
        return Ok(());
    }
    let errors = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(PackageError::EsbuildFailed { function: site.function.to_owned(), errors })
}

/// The files that esbuild says it has read.
fn inputs(metafile: &Path, folder: &Path) -> Result<Vec<PathBuf>, PackageError> {
    let metadata: Value = serde_json::from_slice(&files::read(metafile)?).unwrap_or_default();
    let names = metadata["inputs"].as_object().into_iter().flatten().map(|(name, _)| name);
    // Others are made up by plug-ins.
    Ok(names.map(|name| folder.join(name)).filter(|path| path.is_file()).collect())
}
