//! `workshop deploy --watch`: deploys, and again whenever a file of the project changes, with one line for each round.

use std::time::Duration;

use jiff::tz::TimeZone;
use serde_json::json;

use super::files::ProjectFiles;
use crate::cli::deploy::command::{Outcome, once};
use crate::cli::deploy::plan::{PlanArgs, ServiceNotes};
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::session::project::Project;
use crate::cli::ui::{Tone, Ui, toned};
use crate::cli::watch::FolderWatcher;
use aws::clock;
use deploy::{Change, Resource};

/// A change is taken up once nothing has changed for this long: editors and git write several files in one go.
const QUIET_TIME: Duration = Duration::from_millis(100);

/// Deploys and watches until Ctrl-C. What is wrong with the project is printed, and the next change waited for; the first deployment must find
/// everything else in order.
pub(crate) async fn run(args: &PlanArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let here = std::env::current_dir().map_err(|error| CliError::io("The current folder can't be read", &error))?;
    let Some(service_file) = Project::service_file(global)? else {
        return Err(CliError::no_project("and so nothing to watch"));
    };
    let zips = args.package.as_deref().map(|zips| here.join(zips));
    let mut files = ProjectFiles::new(service_file, global, args.runtime, zips.as_deref());
    let mut watcher = FolderWatcher::new(QUIET_TIME)?;
    // Taken before the deployment, so that what changes while it runs is deployed afterwards.
    let mut known = files.snapshot();
    watcher.watch(known.folders())?;
    match once(args, global, ServiceNotes::Print, ui).await {
        Ok(outcome) if ui.is_json() => ui.json_line(&line_json(&outcome, &[]))?,
        Ok(outcome) => outcome.print(ui)?,
        Err(error) if error.kind == ErrorKind::Project => drop(ui.fail(&error)),
        Err(error) => return Err(error),
    }
    ui.note(toned(Tone::Faint, format!("Watching {} files; Ctrl-C ends it.", known.count())));
    loop {
        let changed = watcher.next_change(|| files.snapshot(), &mut known).await?;
        let changed: Vec<String> = changed.iter().map(|file| files.display(file)).collect();
        round(&changed, args, global, ui).await?;
    }
}

/// One deployment; a failure is printed and does not end the watching.
async fn round(changed: &[String], args: &PlanArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    match once(args, global, ServiceNotes::AlreadyPrinted, ui).await {
        Ok(outcome) if ui.is_json() => ui.json_line(&line_json(&outcome, changed)),
        Ok(outcome) => {
            ui.result(line(&outcome, changed))?;
            outcome.notes().for_each(|note| ui.note(toned(Tone::Faint, note)));
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
