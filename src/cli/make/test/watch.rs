//! `workshop test --watch`: runs the tests, and again whenever a file that they depend on changes.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use super::args::TestArgs;
use super::outcome::Outcome;
use super::selection::Touched;
use super::suite::{ENDINGS, Suite};
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::make::test_report::{json, text};
use crate::cli::session::project::Project;
use crate::cli::ui::{Tone, Ui, toned, visible};
use crate::cli::watch::{FolderWatcher, Snapshot};

/// A change is taken up once nothing has changed for this long: an editor's write is a few calls in a row.
const QUIET_TIME: Duration = Duration::from_millis(10);

/// What the tests depend on, as far as it was known when they could be read last.
#[derive(Default)]
struct Watched {
    files: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
}

impl Watched {
    /// The service file, the definitions and every test file; what was known before stays, while something is wrong.
    fn update(&mut self, args: &TestArgs, global: &Global, ui: &Ui) {
        if let Ok(Some(file)) = Project::service_file(global) {
            self.files.insert(file.path);
        }
        let Ok(suite) = Suite::of(args.wanted(), global, ui) else { return };
        self.files.extend(suite.machines.known.values().filter_map(|machine| machine.path.clone()));
        self.files.extend(suite.files.iter().filter_map(|file| file.path.clone()));
        self.folders = suite.folders.into_iter().filter(|folder| folder.is_dir()).collect();
    }

    /// What is there now: also test files that are new, and the data files beside them.
    fn snapshot(&self) -> Snapshot {
        let mut files = self.files.clone();
        for folder in &self.folders {
            let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
            files.extend(entries.map(|entry| entry.path()).filter(|path| path.is_file() && is_data(path)));
        }
        Snapshot::of(&files, &self.folders)
    }
}

/// Whether a file in a folder of tests can be one, or what one names.
fn is_data(path: &std::path::Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    ENDINGS.iter().any(|ending| name.ends_with(ending.trim_start_matches(".test")))
}

/// Runs and watches until Ctrl-C. What is wrong with a file is printed, and the next change waited for.
pub(in crate::cli::make) async fn run(args: &TestArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    if Project::service_file(global)?.is_none() {
        return Err(CliError::no_project("and so nothing to watch"));
    }
    let mut watched = Watched::default();
    let mut watcher = FolderWatcher::new(QUIET_TIME)?;
    watched.update(args, global, ui);
    let mut known = watched.snapshot();
    watcher.watch(known.folders())?;
    round(args, global, ui, None).await?;
    ui.note(toned(Tone::Faint, format!("Watching {} files; Ctrl-C ends it.", known.count())));
    loop {
        let changed = watcher.next_change(|| watched.snapshot(), &mut known).await?;
        let names: Vec<String> =
            changed.iter().filter_map(|file| file.file_name()).map(|it| visible(&it.to_string_lossy())).collect();
        // Known is what is there before the run: what changes while it runs is found afterwards.
        watched.update(args, global, ui);
        known = watched.snapshot();
        watcher.watch(known.folders())?;
        ui.note(toned(Tone::Faint, format!("\n{} changed", names.join(", "))));
        round(args, global, ui, Some(&Touched(changed))).await?;
    }
}

/// One run; what fails is printed and does not end the watching.
async fn round(args: &TestArgs, global: &Global, ui: &Ui, touched: Option<&Touched>) -> Result<(), CliError> {
    match Outcome::of(args, global, ui, touched).await {
        Ok(outcome) if ui.is_json() => ui.json_line(&json::Report::new(&outcome)),
        Ok(outcome) => print(&outcome, ui),
        Err(error) if error.kind == ErrorKind::Failed => Err(error),
        Err(error) => {
            let _ = ui.fail(&error);
            Ok(())
        }
    }
}

/// What failed, and the summary: the rest is as it was.
fn print(outcome: &Outcome, ui: &Ui) -> Result<(), CliError> {
    text::print_failures(outcome, ui)?;
    ui.result(text::summary(outcome))
}
