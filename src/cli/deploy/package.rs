//! `workshop package`: builds and zips the functions, and says what came out.

use std::path::{Path, PathBuf};

use ::runtimes::Runtime;
use clap::Args;
use serde::Serialize;

use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::session::artefacts;
use crate::cli::session::project::{Project, RuntimeChoice};
use crate::cli::session::runtimes;
use crate::cli::ui::Ui;
use crate::cli::ui::text::size;

/// The options of `package`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop package                 in a project folder: build what changed, zip it under target/functions
  workshop package --out zips      write the zips to a folder of their own
  workshop deploy --package zips   deploy them later, or somewhere else")]
pub(crate) struct PackageArgs {
    /// Also write the zips to this folder; outside any project they are those of the lesson, which this binary carries
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// The Rust target to build the functions for, such as x86_64-unknown-linux-musl
    #[arg(long, value_name = "TRIPLE", env = "WORKSHOP_LAMBDA_TARGET")]
    target: Option<String>,
    /// The runtime of every function of its language, instead of the one that the service file names
    #[arg(long, value_name = "RUNTIME", value_parser = runtimes::parse)]
    runtime: Option<Runtime>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    function: String,
    size_bytes: usize,
    code_sha256: String,
    path: Option<PathBuf>,
}

/// Packages the functions.
pub(crate) async fn run(args: &PackageArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    if args.out.is_none() && Project::service_file(global)?.is_none() {
        return Err(CliError::no_project("and so nothing to package"));
    }
    let project = Project::find(global, RuntimeChoice::Deployable(args.runtime), ui)?;
    let zips = artefacts::zips(&project, None, args.target.as_deref(), ui).await?;
    let mut lines = Vec::new();
    for (key, zip) in zips {
        let path = match &args.out {
            Some(folder) => Some(write(folder, key.as_str(), &zip.artefact.zip)?),
            None => zip.path,
        };
        lines.push(Line {
            function: key.to_string(),
            size_bytes: zip.artefact.zip.len(),
            code_sha256: zip.artefact.code_sha256,
            path,
        });
    }
    if ui.is_json() {
        return ui.json(&lines);
    }
    for line in &lines {
        let place = line.path.as_ref().map(|path| format!("  {}", path.display())).unwrap_or_default();
        ui.result(format!("{}  {}  sha256 {}{place}", line.function, size(line.size_bytes), line.code_sha256))?;
    }
    Ok(())
}

fn write(folder: &Path, function: &str, zip: &[u8]) -> Result<PathBuf, CliError> {
    let path = folder.join(format!("{function}.zip"));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&path, zip))
        .map_err(|error| CliError::io(&format!("{} can't be written", path.display()), &error))?;
    Ok(path)
}
