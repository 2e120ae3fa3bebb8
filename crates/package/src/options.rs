//! What to package and for where, and what is reported meanwhile.

use std::path::{Path, PathBuf};

/// One function and where its code is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionSource {
    /// The function's key in the service, e.g. `sendEmail`; the zip takes its name.
    pub name: String,
    /// A folder (a crate, or sources), or a file (a source, an executable, or a zip).
    pub path: PathBuf,
    /// What the function is written in.
    pub language: Language,
    /// What the runtime calls, e.g. `src/send.handler`; executables have no use for it.
    pub handler: String,
    /// Which files of the folder go into the zip, beside the defaults.
    pub patterns: Vec<Pattern>,
    /// How JavaScript is bundled. `None` zips the files as they are; TypeScript is bundled all the same.
    pub bundling: Option<Bundling>,
}

impl FunctionSource {
    /// A function that is an executable: a crate's folder, a folder with `bootstrap`, an executable or a zip.
    pub fn executable(name: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self {
            name: name.into(),
            path: path.into(),
            language: Language::Executable,
            handler: String::from("bootstrap"),
            patterns: Vec::new(),
            bundling: None,
        }
    }
}

/// What a function is written in, as far as packaging differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Language {
    /// Anything that is an executable called `bootstrap` in the end, such as Rust.
    Executable,
    /// JavaScript or TypeScript.
    NodeJs {
        /// The runtime's version, e.g. `22`.
        version: String,
    },
    /// Python.
    Python {
        /// The runtime's version, e.g. `3.12`.
        version: String,
    },
}

/// A glob over a folder's files, relative to the folder; `*` does not match `/`, `**` does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// The glob, e.g. `assets/**` or `**/*.{js,json}`.
    pub glob: String,
    /// Whether what it matches is kept out of the zip.
    pub excludes: bool,
}

/// How esbuild bundles a function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundling {
    /// Whether the output is minified.
    pub minify: bool,
    /// Whether a source map goes into the zip.
    pub source_map: bool,
    /// What esbuild compiles for, e.g. `node22`; the runtime's own version when there is none.
    pub target: Option<String>,
    /// Packages that are not bundled; they go into the zip as they are. Lambda's own (`@aws-sdk/*`) are never bundled.
    pub external: Vec<String>,
}

/// How to package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The project's folder. Node.js packages are looked for up to here.
    pub project_dir: PathBuf,
    /// The Rust target triple to build for; `None` builds for this machine.
    pub target: Option<String>,
    /// The architecture that the functions will be created with.
    pub architecture: Architecture,
    /// Where the zips go; [`functions_dir`] is the usual place. What is known about them goes to a folder beside it, so
    /// that whoever watches this one only sees zips that changed.
    pub output_dir: PathBuf,
}

impl Options {
    /// Where the records of what went into the zips lie: `functions.inputs` beside `functions`.
    pub(crate) fn records_dir(&self) -> PathBuf {
        records_dir(&self.output_dir)
    }

    /// Where Python packages lie that were installed for Lambda: `functions.python` beside `functions`.
    pub(crate) fn python_packages_dir(&self) -> PathBuf {
        beside(&self.output_dir, ".python")
    }

    /// Where esbuild's output lies: `functions.bundles` beside `functions`.
    pub(crate) fn bundles_dir(&self) -> PathBuf {
        beside(&self.output_dir, ".bundles")
    }
}

/// The processor that Lambda runs a function on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Architecture {
    /// Lambda's `x86_64`.
    X86_64,
    /// Lambda's `arm64`.
    Arm64,
}

impl Architecture {
    /// As Lambda's API spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }

    /// This machine's own, as far as Lambda has it.
    pub fn of_this_machine() -> Self {
        if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::X86_64 }
    }

    /// The Rust target whose executables run on any Linux of this architecture.
    pub fn portable_target(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-unknown-linux-musl",
            Self::Arm64 => "aarch64-unknown-linux-musl",
        }
    }
}

/// What happens while packaging, as facts; whoever shows them chooses the words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The function's zip is up to date; nothing was done.
    Unchanged {
        /// The function's key.
        function: String,
    },
    /// Cargo starts, for all these functions together.
    Building {
        /// The functions' keys.
        functions: Vec<String>,
    },
    /// Cargo finished with one crate.
    Compiled {
        /// The crate's target, e.g. `serde_json`.
        target: String,
        /// Whether it was up to date already.
        fresh: bool,
    },
    /// Cargo waits for another cargo that uses the same folder.
    Waiting {
        /// Cargo's own words.
        reason: String,
    },
    /// The requirements of a Python project are being installed for Lambda.
    InstallingRequirements {
        /// The function's key.
        function: String,
        /// The file that lists them.
        file: PathBuf,
    },
    /// esbuild bundles the function.
    Bundling {
        /// The function's key.
        function: String,
    },
    /// The function's files are being zipped.
    Zipping {
        /// The function's key.
        function: String,
        /// How many files.
        files: usize,
    },
    /// The function's zip is written and checked.
    Packaged {
        /// The function's key.
        function: String,
        /// The zip's size.
        size_bytes: u64,
    },
}

/// The usual place for a project's zips: `functions` in cargo's target folder (`CARGO_TARGET_DIR`, else `target`).
pub fn functions_dir(project_dir: &Path) -> PathBuf {
    let target_dir = match std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()) {
        // Relative to where cargo runs, and that is the project's folder.
        Some(dir) => project_dir.join(dir),
        None => project_dir.join("target"),
    };
    target_dir.join("functions")
}

/// The files that went into a function's zip when it was packaged last, as the record beside `output_dir` says; none when
/// there is no record. Installed packages are not among them: they change with the files that list them, and those are.
pub fn last_inputs(function: &str, output_dir: &Path) -> Vec<PathBuf> {
    let record = std::fs::read(records_dir(output_dir).join(format!("{function}.json")));
    let record: serde_json::Value =
        record.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let inputs = record["inputs"].as_object().into_iter().flatten().map(|(path, _)| PathBuf::from(path));
    let is_installed = |path: &PathBuf| path.components().any(|part| part.as_os_str() == "node_modules");
    let generated = [beside(output_dir, ".python"), beside(output_dir, ".bundles")];
    inputs.filter(|path| !is_installed(path) && !generated.iter().any(|folder| path.starts_with(folder))).collect()
}

fn records_dir(output_dir: &Path) -> PathBuf {
    beside(output_dir, ".inputs")
}

fn beside(folder: &Path, suffix: &str) -> PathBuf {
    let mut path = folder.to_owned().into_os_string();
    path.push(suffix);
    PathBuf::from(path)
}
