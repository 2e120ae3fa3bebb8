//! Where the functions' zips come from: built from the project's sources, bundled in this binary, or a folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine;
use bytes::Bytes;
use sha2::Digest;
use workshop_package as packager;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::session::project::service_file::ServiceFile;
use crate::cli::session::project::{Origin, Project, lesson};
use crate::cli::ui::{Ui, visible};
use deploy::Artefact;
use model::names::Key;
use model::service::{Architecture, Bundling, Function, PackagePattern};

/// A function's zip and where it lies, if it is a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zip {
    /// Its bytes and hash.
    pub(crate) artefact: Artefact,
    /// The file.
    pub(crate) path: Option<PathBuf>,
}

/// The zip of every function of a project: from `folder` when one is given, else built from the project's sources (only
/// what changed), else those that this binary carries.
///
/// # Errors
/// A zip that is missing or can't be read, sources that do not build, no cargo.
pub(crate) async fn zips(
    project: &Project,
    folder: Option<&Path>,
    target: Option<&str>,
    ui: &Ui,
) -> Result<BTreeMap<Key, Zip>, CliError> {
    match (folder, &project.origin) {
        (Some(folder), _) => project.service.functions.keys().map(|key| from_folder(folder, key)).collect(),
        (None, Origin::File(file)) => build(project, file, target, ui).await,
        (None, Origin::Bundled) => project.service.functions.keys().map(from_bundle).collect(),
    }
}

fn zip(bytes: Bytes, path: Option<PathBuf>) -> Zip {
    let code_sha256 = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(&bytes));
    Zip { artefact: Artefact { zip: bytes, code_sha256 }, path }
}

fn from_folder(folder: &Path, key: &Key) -> Result<(Key, Zip), CliError> {
    let path = folder.join(format!("{key}.zip"));
    let bytes = std::fs::read(&path).map_err(|error| {
        let failure =
            CliError::io(&format!("The zip of the function `{key}` can't be read from {}", path.display()), &error);
        failure.try_this(format!("The folder must hold one zip per function, named as in the service file: {key}.zip."))
    })?;
    Ok((key.clone(), zip(bytes.into(), Some(path))))
}

fn from_bundle(key: &Key) -> Result<(Key, Zip), CliError> {
    let bytes = lesson::zip(key.as_str()).ok_or_else(|| {
        let message =
            format!("This binary carries no zip for the function `{key}`, and there is no project folder here.");
        CliError::new(ErrorKind::Project, message).try_this(
            "Run the command in the project's folder, name a folder of zips with `--package`, or build a binary that \
             carries them: `cargo xtask build`.",
        )
    })?;
    Ok((key.clone(), zip(Bytes::from_static(bytes), None)))
}

/// Builds what changed. Functions of one architecture are built together: the same sources then give the same bytes.
async fn build(
    project: &Project,
    file: &ServiceFile,
    target: Option<&str>,
    ui: &Ui,
) -> Result<BTreeMap<Key, Zip>, CliError> {
    let definitions_dir = file.base_dir().to_owned();
    let mut by_architecture: BTreeMap<&str, Vec<packager::FunctionSource>> = BTreeMap::new();
    for (key, function) in &project.service.functions {
        let source = source(key, function, &definitions_dir);
        by_architecture.entry(function.architecture.as_str()).or_default().push(source);
    }
    let mut zips = BTreeMap::new();
    for (architecture, sources) in by_architecture {
        let options = options(&file.project_dir, architecture, target);
        for built in run(sources, options, ui).await? {
            let Ok(key) = Key::parse(&built.name) else { continue };
            let bytes = std::fs::read(&built.zip_path)
                .map_err(|error| CliError::io(&format!("{} can't be read", built.zip_path.display()), &error))?;
            zips.insert(key, zip(bytes.into(), Some(built.zip_path)));
        }
    }
    Ok(zips)
}

/// The zip of code that is no function of the service.
///
/// # Errors
/// It can't be packaged.
pub(crate) async fn zip_of(source: packager::FunctionSource, project_dir: &Path, ui: &Ui) -> Result<Zip, CliError> {
    let mut options = options(project_dir, Architecture::of_this_machine().as_str(), None);
    options.output_dir = options.output_dir.join("tests");
    let built = run(vec![source], options, ui).await?.into_iter().next();
    let Some(built) = built else {
        return Err(CliError::new(ErrorKind::Failed, "Packaging gave no zip."));
    };
    let bytes = std::fs::read(&built.zip_path)
        .map_err(|error| CliError::io(&format!("{} can't be read", built.zip_path.display()), &error))?;
    Ok(zip(bytes.into(), Some(built.zip_path)))
}

fn source(key: &Key, function: &Function, definitions_dir: &Path) -> packager::FunctionSource {
    let version = function.runtime.interpreter_version().unwrap_or_default().to_owned();
    let language = match function.runtime.language() {
        runtimes::Language::Executable => packager::Language::Executable,
        runtimes::Language::Nodejs => packager::Language::NodeJs { version },
        runtimes::Language::Python => packager::Language::Python { version },
    };
    packager::FunctionSource {
        name: key.to_string(),
        path: definitions_dir.join(&function.code.path),
        language,
        handler: function.handler.clone(),
        patterns: function.code.patterns.iter().map(packaged_as).collect(),
        bundling: function.code.bundling.as_ref().map(bundling),
    }
}

/// A pattern as packaging reads it.
pub(crate) fn packaged_as(pattern: &PackagePattern) -> packager::Pattern {
    packager::Pattern { glob: pattern.glob.clone(), excludes: pattern.excludes }
}

fn bundling(bundling: &Bundling) -> packager::Bundling {
    packager::Bundling {
        minify: bundling.minify,
        source_map: bundling.source_map,
        target: bundling.target.clone(),
        external: bundling.external.clone(),
    }
}

/// Functions for another processor than this machine's are built for that processor's portable target; a target that was
/// named wins.
fn options(project_dir: &Path, architecture: &str, target: Option<&str>) -> packager::Options {
    let architecture = match architecture {
        "arm64" => packager::Architecture::Arm64,
        _ => packager::Architecture::X86_64,
    };
    let foreign = architecture.as_str() != Architecture::of_this_machine().as_str();
    let portable = foreign.then(|| architecture.portable_target().to_owned());
    packager::Options {
        project_dir: project_dir.to_owned(),
        target: target.map(str::to_owned).or(portable),
        architecture,
        output_dir: packager::functions_dir(project_dir),
    }
}

async fn run(
    sources: Vec<packager::FunctionSource>,
    options: packager::Options,
    ui: &Ui,
) -> Result<Vec<packager::Artefact>, CliError> {
    let bar = ui.progress();
    let shown_bar = bar.clone();
    let ui = ui.clone();
    let work = tokio::task::spawn_blocking(move || {
        packager::package(&sources, &options, &mut |event| show(&event, &ui, &shown_bar))
    });
    let ended = work.await;
    bar.finish_and_clear();
    match ended {
        Ok(Ok(artefacts)) => Ok(artefacts),
        Ok(Err(error)) => Err(error.into()),
        Err(broken) => Err(CliError::new(ErrorKind::Failed, "Packaging stopped before it was done.").because(broken)),
    }
}

fn show(event: &packager::Event, ui: &Ui, bar: &indicatif::ProgressBar) {
    match event {
        packager::Event::Building { functions } => {
            begin(&format!("Building {} with cargo", functions.join(", ")), ui, bar);
        }
        packager::Event::InstallingRequirements { function, file } => {
            begin(&format!("Installing {} for {function}", file.display()), ui, bar);
        }
        packager::Event::Bundling { function } => bar.set_message(visible(&format!("Bundling {function}"))),
        packager::Event::Zipping { function, files } => {
            bar.set_message(visible(&format!("Zipping {function}: {files} files")));
        }
        packager::Event::Compiled { target, fresh: false } => bar.set_message(format!("Building: {}", visible(target))),
        packager::Event::Compiled { .. } => {}
        packager::Event::Waiting { reason } => bar.set_message(visible(reason)),
        packager::Event::Packaged { function, size_bytes } if ui.is_verbose() => {
            bar.suspend(|| ui.note(format!("packaged {function}: {size_bytes} bytes")));
        }
        packager::Event::Unchanged { function } if ui.is_verbose() => {
            bar.suspend(|| ui.note(format!("packaged {function}: unchanged")));
        }
        packager::Event::Packaged { .. } | packager::Event::Unchanged { .. } => {}
    }
}

/// Says that something begins that may take a while, also where there is no progress bar.
fn begin(text: &str, ui: &Ui, bar: &indicatif::ProgressBar) {
    bar.set_message(visible(text));
    if bar.is_hidden() {
        ui.note(text.to_owned());
    }
}
