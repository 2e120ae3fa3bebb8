//! `workshop local backup`, `restore` and `repair`: all that the embedded cloud holds, saved, put back, mended.

use std::path::PathBuf;

use clap::Args;
use cloud_server::lifecycle;
use cloud_server::{Contents, RepairReport};
use serde_json::{Value, json};

use crate::cli::error::CliError;
use crate::cli::session::embedded::data_dir;
use crate::cli::ui::{Tone, Ui, text, toned, visible};

/// Options of `workshop local backup`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop local backup cloud.zip          its store, its functions' code, its keys and its time

The file can be read by its owner only, for it holds the cloud's own keys. It is never written over another file.")]
pub(super) struct BackupArgs {
    /// The file to write
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Options of `workshop local restore`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop local restore cloud.zip             into an empty cloud
  workshop local restore cloud.zip --replace   what is there now is deleted

The file is checked before anything is changed.")]
pub(super) struct RestoreArgs {
    /// The file that `workshop local backup` wrote
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Delete the cloud that is there
    #[arg(long)]
    replace: bool,
}

/// Runs `workshop local backup`.
pub(super) async fn back_up(args: &BackupArgs, ui: &Ui) -> Result<(), CliError> {
    let progress = ui.progress();
    progress.set_message("saving");
    let contents = lifecycle::back_up(&data_dir()?, &args.file).await;
    progress.finish_and_clear();
    let contents = contents?;
    let file = visible(&args.file.display().to_string());
    if ui.is_json() {
        return ui.json(&report(&contents, &file));
    }
    ui.told(format!("Saved to {} ({}).", toned(Tone::Strong, &file), size(&contents)))
}

/// Runs `workshop local restore`.
pub(super) async fn restore(args: &RestoreArgs, ui: &Ui) -> Result<(), CliError> {
    let progress = ui.progress();
    progress.set_message("restoring");
    let contents = lifecycle::restore(&data_dir()?, &args.file, args.replace).await;
    progress.finish_and_clear();
    let contents = contents?;
    let file = visible(&args.file.display().to_string());
    if ui.is_json() {
        return ui.json(&report(&contents, &file));
    }
    let made = format!("{:.0}", contents.manifest.created_at);
    ui.told(format!(
        "Restored from {}, made {made} ({}). `workshop local start` starts it.",
        toned(Tone::Strong, &file),
        size(&contents)
    ))
}

fn report(contents: &Contents, file: &str) -> Value {
    let Contents { manifest, zips, size_bytes } = contents;
    json!({
        "file": file, "sizeBytes": size_bytes, "functionZips": zips, "createdAt": manifest.created_at,
        "format": manifest.format, "workshop": manifest.workshop,
    })
}

fn size(contents: &Contents) -> String {
    let size = text::size(usize::try_from(contents.size_bytes).unwrap_or(usize::MAX));
    match contents.zips {
        1 => format!("{size}, with one function's code"),
        zips => format!("{size}, with the code of {zips} functions"),
    }
}

/// Runs `workshop local repair`.
pub(super) async fn repair(ui: &Ui) -> Result<(), CliError> {
    let repaired = lifecycle::repair(&data_dir()?).await?;
    if ui.is_json() {
        return ui.json(&repair_report(&repaired));
    }
    ui.told(told(&repaired))
}

fn repair_report(repaired: &RepairReport) -> Value {
    let tables = repaired.tables.iter().map(|table| {
        let lost = table.lost.iter().map(|row| json!({"key": row.key, "reason": row.reason}));
        json!({
            "name": table.name, "rowsKept": table.rows_kept, "rowsLost": table.rows_lost,
            "lost": lost.collect::<Vec<_>>(),
        })
    });
    let kept_as = repaired.kept_as.iter().map(|path| path.display().to_string());
    json!({
        "damaged": !repaired.kept_as.is_empty(), "store": repaired.path.display().to_string(),
        "keptAs": kept_as.collect::<Vec<_>>(), "damage": repaired.damage, "tables": tables.collect::<Vec<_>>(),
    })
}

/// How many lost rows of a table are named.
const NAMED: usize = 20;

fn told(repaired: &RepairReport) -> String {
    let store = visible(&repaired.path.display().to_string());
    let kept: u64 = repaired.tables.iter().map(|table| table.rows_kept).sum();
    if repaired.kept_as.is_empty() {
        return format!("{} {store} is whole (rows: {kept}). Nothing was changed.", toned(Tone::Good, "The store"));
    }
    let mut lines = vec![format!("{} {store} was damaged.", toned(Tone::Warning, "The store"))];
    lines.extend(repaired.damage.iter().map(|damage| format!("  {}", visible(damage))));
    for table in &repaired.tables {
        let name = visible(&table.name);
        let rows = table.rows_kept;
        match table.rows_lost {
            Some(0) => continue,
            Some(lost) => lines.push(format!("  {name}: rows lost: {lost}, saved: {rows}")),
            None => lines.push(format!("  {name}: rows saved: {rows}; how many are lost is not known")),
        }
        for row in table.lost.iter().take(NAMED) {
            lines.push(format!("    {}: {}", visible(&row.key), visible(&row.reason)));
        }
        if table.lost.len() > NAMED {
            lines.push(format!("    and {} more (--json names them)", table.lost.len() - NAMED));
        }
    }
    let files: Vec<String> = repaired.kept_as.iter().map(|path| visible(&path.display().to_string())).collect();
    let kept_as = files.join(", ");
    lines.push(format!("What is whole (rows: {kept}) is in a new store; the damaged one is kept as {kept_as}."));
    lines.join("\n")
}
