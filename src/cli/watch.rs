//! `workshop deploy --watch`: deploys, and again whenever a file of the project changes, with one line for each round.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::tz::TimeZone;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use serde_json::json;
use tokio::sync::mpsc;

use super::args::Global;
use super::deploy::{Outcome, once};
use super::deploy_args::PlanArgs;
use super::error::{CliError, ErrorKind};
use super::project::folder_of;
use super::ui::{Tone, Ui, toned};
use super::watched::{Seen, Watched};
use aws::clock;
use deploy::{Change, Resource};

/// A change is taken up once nothing has changed for this long: editors and git write several files in one go.
const QUIET: Duration = Duration::from_millis(100);

/// It is taken up after this long in any case.
const LONGEST: usize = 20;

/// Deploys and watches until Ctrl-C. What is wrong with the project is told and waited for; the first deployment must find
/// everything else in order.
pub(crate) async fn run(args: &PlanArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let here = std::env::current_dir().map_err(|error| CliError::io("The current folder can't be read", &error))?;
    let Some(folder) = folder_of(&here) else {
        return Err(CliError::new(ErrorKind::Usage, "There is no project folder here, so there is nothing to watch.")
            .try_this("Run it in a folder with definitions/service.toml."));
    };
    let zips = args.package.as_deref().map(|zips| here.join(zips));
    let mut watched = Watched::new(folder, zips.as_deref());
    let mut watching = Watching::new()?;
    // Looked at before the deployment, so that what changes while it runs is taken up afterwards.
    let mut seen = watched.look();
    watching.at(seen.folders())?;
    match once(args, global, ui).await {
        Ok(outcome) if ui.is_json() => ui.json_line(&line_json(&outcome, &[]))?,
        Ok(outcome) => outcome.tell(ui)?,
        Err(error) if error.kind == ErrorKind::Project => drop(ui.fail(&error)),
        Err(error) => return Err(error),
    }
    ui.note(toned(Tone::Faint, format!("Watching {} files; Ctrl-C ends it.", seen.count())));
    loop {
        let changed = watching.next_change(&mut watched, &mut seen).await?;
        let changed: Vec<String> = changed.iter().map(|file| watched.shown(file)).collect();
        round(&changed, args, global, ui).await?;
    }
}

/// One deployment; a failure is told and does not end the watching.
async fn round(changed: &[String], args: &PlanArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    match once(args, global, ui).await {
        Ok(outcome) if ui.is_json() => ui.json_line(&line_json(&outcome, changed)),
        Ok(outcome) => {
            ui.result(line(&outcome, changed))?;
            outcome.beside().for_each(|note| ui.note(toned(Tone::Faint, note)));
            Ok(())
        }
        Err(error) => {
            ui.note(toned(Tone::Warning, format!("{} changed, and could not be deployed:", named(changed))));
            let _ = ui.fail(&error);
            Ok(())
        }
    }
}

fn line(outcome: &Outcome, changed: &[String]) -> String {
    let time = clock::now().to_zoned(TimeZone::system()).strftime("%H:%M:%S").to_string();
    let seconds = toned(Tone::Faint, format!("({:.1}s)", outcome.elapsed.as_secs_f64()));
    let what = if outcome.plan.is_empty() {
        "nothing to deploy".to_owned()
    } else {
        toned(Tone::Good, format!("redeployed {}", done(outcome)))
    };
    format!("{} {} changed: {what} {seconds}", toned(Tone::Faint, time), named(changed))
}

/// What was deployed. Aliases move with their functions and go without saying.
fn done(outcome: &Outcome) -> String {
    let steps = outcome.plan.steps.iter().filter(|step| step.change != Change::Keep);
    let things = steps.filter(|step| !matches!(step.resource, Resource::Alias(_))).map(|step| &step.resource);
    let things: Vec<String> = things.map(ToString::to_string).collect();
    match things.len() {
        0 => "the live versions".to_owned(),
        1..=4 => things.join(", "),
        count => format!("{} and {} more", things[..3].join(", "), count - 3),
    }
}

fn named(changed: &[String]) -> String {
    match changed.len() {
        0..=3 => changed.join(", "),
        count => format!("{} and {} more files", changed[..2].join(", "), count - 2),
    }
}

fn line_json(outcome: &Outcome, changed: &[String]) -> serde_json::Value {
    let mut line = outcome.as_json();
    line["changedFiles"] = json!(changed);
    line
}

/// Hears of changes in folders.
struct Watching {
    watcher: RecommendedWatcher,
    heard: mpsc::UnboundedReceiver<()>,
    folders: BTreeSet<PathBuf>,
}

impl Watching {
    fn new() -> Result<Self, CliError> {
        let (tell, heard) = mpsc::unbounded_channel();
        let hear = move |heard: notify::Result<notify::Event>| {
            // Looking opens files, which is heard of too. An error means that something may have been missed.
            if !heard.is_ok_and(|event| event.kind.is_access()) {
                // Nobody listens any more once the command ends.
                let _ = tell.send(());
            }
        };
        let watcher = notify::recommended_watcher(hear).map_err(|error| failed(&error))?;
        Ok(Self { watcher, heard, folders: BTreeSet::new() })
    }

    /// Watches these folders from now on; what is gone is forgotten.
    fn at(&mut self, folders: &BTreeSet<PathBuf>) -> Result<(), CliError> {
        self.folders.retain(|folder| folders.contains(folder) && folder.is_dir());
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            if self.folders.insert(folder.clone()) {
                self.watcher.watch(folder, RecursiveMode::NonRecursive).map_err(|error| failed_at(folder, &error))?;
            }
        }
        Ok(())
    }

    /// Waits until files are not as they were seen, and takes up what they are now.
    async fn next_change(&mut self, watched: &mut Watched, seen: &mut Seen) -> Result<Vec<PathBuf>, CliError> {
        loop {
            let now = watched.look();
            self.at(now.folders())?;
            let changed = now.changed_since(seen);
            if !changed.is_empty() {
                *seen = now;
                return Ok(changed);
            }
            self.quiet().await;
        }
    }

    /// Waits for something to happen, then until nothing does for a moment.
    async fn quiet(&mut self) {
        if self.heard.recv().await.is_none() {
            return std::future::pending().await;
        }
        for _ in 0..LONGEST {
            while self.heard.try_recv().is_ok() {}
            tokio::select! {
                Some(()) = self.heard.recv() => {}
                () = clock::sleep(QUIET) => return,
            }
        }
    }
}

fn failed(error: &notify::Error) -> CliError {
    CliError::new(ErrorKind::Failed, "Files can't be watched on this machine.").because(error)
}

fn failed_at(folder: &Path, error: &notify::Error) -> CliError {
    let failure = CliError::new(ErrorKind::Failed, format!("The folder {} can't be watched.", folder.display()));
    let failure = failure.because(error);
    match error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            failure.try_this("Too many files are watched on this machine; raise fs.inotify.max_user_watches.")
        }
        _ => failure,
    }
}
