//! `workshop man-pages DIR`, which packages and `cargo xtask install` run: a page for each command.

use std::path::{Path, PathBuf};

use clap::{Args, Command};

use crate::cli::error::CliError;
use crate::cli::ui::Ui;

/// Options of `workshop man-pages`.
#[derive(Debug, Args)]
pub(crate) struct ManPagesArgs {
    /// The folder to write them to
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Writes the pages.
///
/// # Errors
/// The folder can't be written.
pub(crate) fn run(args: &ManPagesArgs, command: Command, date: &str, ui: &Ui) -> Result<(), CliError> {
    let folder = &args.folder;
    let failed = |error: std::io::Error| CliError::io(&format!("{} can't be written", folder.display()), &error);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let count = write(&command, folder, date).map_err(failed)?;
    ui.result(format!("{count} pages are in {}.", folder.display()))
}

fn write(command: &Command, folder: &Path, date: &str) -> std::io::Result<usize> {
    clap_mangen::Man::new(command.clone()).date(date).generate_to(folder)?;
    let below = command.get_subcommands().filter(|below| !below.is_hide_set());
    below.map(|below| write(below, folder, date)).sum::<std::io::Result<usize>>().map(|count| count + 1)
}
