//! Where a function's code is, and what of it is deployed.

/// Where a function's code is, and what of it is deployed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSource {
    /// A folder (a crate, or Node.js or Python sources), or a file (a source, an executable, or a zip).
    pub path: String,
    /// Which files of a folder go into the zip. In order; the last one that a file matches decides.
    pub patterns: Vec<PackagePattern>,
    /// How JavaScript is bundled; its files are packaged as they are when there is nothing. TypeScript is bundled in any case.
    pub bundling: Option<Bundling>,
}

/// A pattern that puts files into a zip or keeps them out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackagePattern {
    /// A glob, relative to the code's folder.
    pub glob: String,
    /// Whether what it matches is kept out: `!glob` in a service file.
    pub excludes: bool,
}

/// How esbuild bundles a function of Node.js.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundling {
    /// Whether the output is minified.
    pub minify: bool,
    /// Whether a source map goes into the zip.
    pub source_map: bool,
    /// What esbuild compiles for, such as `node22`; the function's own runtime when there is nothing.
    pub target: Option<String>,
    /// Packages that are not bundled, and go into the zip as they are.
    pub external: Vec<String>,
}

impl CodeSource {
    /// All of a folder or file.
    pub fn whole(path: impl Into<String>) -> Self {
        Self { path: path.into(), patterns: Vec::new(), bundling: None }
    }
}
