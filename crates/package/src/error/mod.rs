//! What can go wrong, for people: what happened, why, and what to try.

mod hints;

use crate::artefact::GlibcVersion;
use crate::options::Architecture;
use std::io;
use std::path::PathBuf;

/// Why the functions could not be packaged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageError {
    /// There is no cargo on this machine.
    #[error("the functions must be built from their sources, and there is no cargo on this machine")]
    NoCargo,
    /// Cargo is there but could not be started.
    #[error("cargo could not be started: {0}")]
    CargoNotStarted(#[source] io::Error),
    /// The build failed; `errors` is what cargo and the compiler said.
    #[error("the functions could not be built:\n{errors}")]
    BuildFailed {
        /// The compiler's errors as it renders them, or cargo's own words.
        errors: String,
    },
    /// There is nothing at the function's path.
    #[error("function {function}: there is no {}", path.display())]
    NoSource {
        /// The function's key.
        function: String,
        /// The path.
        path: PathBuf,
    },
    /// Cargo does not list the crate in the workspace that it says it belongs to.
    #[error("{} is not a member of the workspace in {}", manifest.display(), project_dir.display())]
    NotInWorkspace {
        /// The crate's manifest.
        manifest: PathBuf,
        /// The project's folder.
        project_dir: PathBuf,
    },
    /// The crate builds no executable, or several with none of them called `bootstrap`.
    #[error(
        "function {function}: its crate must build one executable, or one called bootstrap; it builds {}",
        if found.is_empty() { String::from("none") } else { found.join(", ") }
    )]
    Executables {
        /// The function's key.
        function: String,
        /// The executables that were built.
        found: Vec<String>,
    },
    /// Neither a crate nor an executable.
    #[error("function {function}: {} has no executable called bootstrap, and no Cargo.toml to build one from", path.display())]
    NoBootstrap {
        /// The function's key.
        function: String,
        /// The folder or zip.
        path: PathBuf,
    },
    /// What the runtime calls is not in the zip.
    #[error("function {function}: the handler `{handler}` is not among its files: there is none of {}", files.join(", "))]
    HandlerMissing {
        /// The function's key.
        function: String,
        /// The handler.
        handler: String,
        /// The files, by their names in the zip, of which one should be there.
        files: Vec<String>,
    },
    /// A handler that names no module and function.
    #[error("function {function}: the handler `{handler}` is not of the form `file.function`")]
    HandlerForm {
        /// The function's key.
        function: String,
        /// The handler.
        handler: String,
    },
    /// A pattern that is no glob.
    #[error("function {function}: the pattern `{glob}` is broken: {reason}")]
    Pattern {
        /// The function's key.
        function: String,
        /// The pattern.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A symbolic link to something outside the project.
    #[error("the symbolic link {} leads to {}, outside the project", link.display(), target.display())]
    LinkOutside {
        /// The link.
        link: PathBuf,
        /// Where it leads.
        target: PathBuf,
    },
    /// A symbolic link to nothing.
    #[error("the symbolic link {} leads to nothing", link.display())]
    BrokenLink {
        /// The link.
        link: PathBuf,
    },
    /// A `package.json` that is not JSON.
    #[error("{} can't be read: {error}", path.display())]
    NodeManifest {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        error: serde_json::Error,
    },
    /// A package that is needed and not installed.
    #[error("function {function}: the package `{package}`, a dependency in {}, is not in node_modules", manifest.display())]
    MissingPackage {
        /// The function's key.
        function: String,
        /// The package.
        package: String,
        /// The `package.json` that names it.
        manifest: PathBuf,
        /// The command that installs the project's packages.
        installer: &'static str,
    },
    /// Versions of packages that need each other in turns.
    #[error("function {function}: the packages in node_modules need each other without end, at {place}")]
    NestedPackages {
        /// The function's key.
        function: String,
        /// Where the search was given up.
        place: String,
    },
    /// A package's native part is installed for another platform alone.
    #[error("function {function}: `{found}` is installed, which Lambda can't load, and `{wanted}` is not")]
    PlatformPackage {
        /// The function's key.
        function: String,
        /// What is installed.
        found: String,
        /// What Lambda needs.
        wanted: String,
        /// What the function runs on.
        architecture: Architecture,
    },
    /// Native code for another platform.
    #[error(
        "function {function}: {file}{} is native code for {found}, and the function runs on Linux on {}",
        package.as_ref().map(|package| format!(" (package `{package}`)")).unwrap_or_default(),
        architecture.as_str()
    )]
    NativeModule {
        /// The function's key.
        function: String,
        /// The file's name in the zip.
        file: String,
        /// The Node.js package that it belongs to.
        package: Option<String>,
        /// What it is for.
        found: String,
        /// What the function runs on.
        architecture: Architecture,
    },
    /// There is no esbuild to bundle with.
    #[error("function {function}: {} must be bundled by esbuild, and there is none", source_file.display())]
    NoEsbuild {
        /// The function's key.
        function: String,
        /// The handler's source.
        source_file: PathBuf,
    },
    /// esbuild refused.
    #[error("function {function}: esbuild could not bundle it:\n{errors}")]
    EsbuildFailed {
        /// The function's key.
        function: String,
        /// esbuild's own words.
        errors: String,
    },
    /// Requirements in a form that is not installed from.
    #[error("function {function}: {} lists what is to be installed, and there is no requirements.txt", file.display())]
    RequirementsForm {
        /// The function's key.
        function: String,
        /// The file that lists them.
        file: PathBuf,
        /// The command that writes a `requirements.txt`.
        export: &'static str,
    },
    /// There is nothing to install requirements with.
    #[error("{} must be installed, and there is neither uv nor pip on this machine", file.display())]
    NoPip {
        /// The requirements.
        file: PathBuf,
    },
    /// pip or uv refused.
    #[error("{} could not be installed:\n{errors}", file.display())]
    RequirementsFailed {
        /// The requirements.
        file: PathBuf,
        /// The installer's own words.
        errors: String,
    },
    /// A file with the name of a zip is none.
    #[error("function {function}: {} is no zip: {source}", path.display())]
    NotZip {
        /// The function's key.
        function: String,
        /// The file.
        path: PathBuf,
        /// The library's reason.
        source: zip::result::ZipError,
    },
    /// Above one of Lambda's limits.
    #[error(
        "function {function}: its {what} {} {size_bytes} bytes and Lambda takes at most {limit_bytes}; the biggest parts: {biggest}",
        if *what == "files" { "have" } else { "has" }
    )]
    TooLarge {
        /// The function's key.
        function: String,
        /// `zip` or `files`.
        what: &'static str,
        /// The size.
        size_bytes: u64,
        /// Lambda's limit.
        limit_bytes: u64,
        /// Names and sizes of the biggest parts.
        biggest: String,
    },
    /// The executable would not run on Lambda.
    #[error("function {function}: {problem}")]
    Executable {
        /// The function's key.
        function: String,
        /// What is wrong with it.
        problem: ExecutableProblem,
    },
    /// A file could not be read or written.
    #[error("{} could not be {action}: {source}", path.display())]
    File {
        /// `read` or `written`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The zip library refused; with one entry of known size this means that memory ran out.
    #[error("function {function}: its zip could not be made: {source}")]
    Zip {
        /// The function's key.
        function: String,
        /// The library's reason.
        source: zip::result::ZipError,
    },
}

/// Why an executable would not run on Lambda.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExecutableProblem {
    /// Not an executable for Linux at all.
    #[error("what was built is {found}, not an executable for Linux (ELF)")]
    NotElf {
        /// What it is instead.
        found: String,
        /// What the function is meant to run on.
        wanted: Architecture,
    },
    /// Built for another processor.
    #[error("the executable is for {found}, the function for {}", wanted.as_str())]
    Architecture {
        /// The executable's processor.
        found: String,
        /// The function's.
        wanted: Architecture,
    },
    /// Linked against a newer C library than the runtime has.
    #[error("the executable needs GLIBC_{needed} and provided.al2023 has {}", GlibcVersion::OF_AL2023)]
    Glibc {
        /// The newest version that it needs.
        needed: GlibcVersion,
        /// What the function is meant to run on.
        wanted: Architecture,
    },
    /// Above one of Lambda's limits.
    #[error("the {what} has {size_bytes} bytes and Lambda takes at most {limit_bytes}")]
    TooLarge {
        /// `zip` or `executable`.
        what: &'static str,
        /// Its size.
        size_bytes: u64,
        /// Lambda's limit.
        limit_bytes: u64,
    },
}
