//! Shows a deployment's events: one line that moves on a terminal, plain lines with `--verbose`.

use std::collections::BTreeSet;

use indicatif::ProgressBar;

use super::error::{CliError, ErrorKind};
use super::ui::{Tone, Ui, toned};
use deploy::{Action, DeployError, Event, Events};

/// Does work while its events are shown.
///
/// # Errors
/// Those of the work.
pub(crate) async fn shown<T>(
    ui: &Ui,
    steps: usize,
    work: impl AsyncFnOnce(Events) -> Result<T, DeployError>,
) -> Result<T, CliError> {
    let (events, mut told) = Events::channel();
    let show = async {
        let mut view = View { ui, bar: ui.progress(), steps, done: 0, active: BTreeSet::new(), told: BTreeSet::new() };
        while let Some(event) = told.recv().await {
            view.take(&event);
        }
        view.bar.finish_and_clear();
    };
    let (result, ()) = tokio::join!(work(events), show);
    Ok(result?)
}

struct View<'a> {
    ui: &'a Ui,
    bar: ProgressBar,
    steps: usize,
    done: usize,
    active: BTreeSet<String>,
    /// The waits that were told in lines.
    told: BTreeSet<String>,
}

impl View<'_> {
    fn take(&mut self, event: &Event) {
        match event {
            Event::Started { what, doing } => {
                self.active.insert(format!("{} {what}", present(*doing)));
                self.move_line();
            }
            Event::Waiting { what, until, waited_ms } => {
                let waits = format!("{what} waits for {until} ({} s)", waited_ms / 1000);
                self.bar.set_message(format!("{}{waits}", self.progress()));
                // Once a second is often enough for lines that stay.
                if self.told.insert(waits.clone()) {
                    self.line(Tone::Warning, &waits);
                }
            }
            Event::Counted { what, done, of } => self.bar.set_message(format!("{what}: {done} of {of}")),
            Event::Done { what, doing, elapsed_ms } => {
                self.done += 1;
                self.active.remove(&format!("{} {what}", present(*doing)));
                self.line(Tone::Faint, &format!("{} {what} ({elapsed_ms} ms)", past(*doing)));
                self.move_line();
            }
        }
    }

    fn move_line(&self) {
        let active: Vec<&str> = self.active.iter().map(String::as_str).collect();
        self.bar.set_message(format!("{}{}", self.progress(), active.join(", ")));
    }

    /// How far the work is; nothing where it only looks.
    fn progress(&self) -> String {
        if self.steps == 0 { String::new() } else { format!("{}/{} ", self.done.min(self.steps), self.steps) }
    }

    fn line(&self, tone: Tone, text: &str) {
        if self.ui.is_verbose() {
            self.bar.suspend(|| self.ui.note(toned(tone, text)));
        }
    }
}

fn present(doing: Action) -> &'static str {
    match doing {
        Action::Create => "creating",
        Action::Update => "updating",
        Action::Adopt => "adopting",
        Action::Delete => "deleting",
    }
}

fn past(doing: Action) -> &'static str {
    match doing {
        Action::Create => "created",
        Action::Update => "updated",
        Action::Adopt => "adopted",
        Action::Delete => "deleted",
    }
}

impl From<DeployError> for CliError {
    fn from(error: DeployError) -> Self {
        let message = error.to_string();
        let (kind, hint) = match error {
            DeployError::Aws(error) => return error.into(),
            DeployError::NotOwned { owner: None, .. } => (
                ErrorKind::Refused,
                "If it is yours, make it part of this stack with `deploy --adopt`. Else deploy under other names: `--stage \
                 NAME`, or another `service` in definitions/service.toml.",
            ),
            DeployError::NotOwned { owner: Some(_), .. } => (
                ErrorKind::Refused,
                "Deploy under other names: `--stage NAME`, or another `service` in definitions/service.toml.",
            ),
            DeployError::KindChanged { .. } => (
                ErrorKind::Project,
                "Give the state machine another name in definitions/service.toml, or remove the stack first: \
                 `workshop remove`.",
            ),
            DeployError::Definition { .. } => (
                ErrorKind::Project,
                "Mend the file that `definition` names for it in definitions/service.toml, and deploy again.",
            ),
            DeployError::OverLimits(_) => {
                (ErrorKind::Project, "Mend each of these; nothing of it was uploaded. Then deploy again.")
            }
            DeployError::NoArtefact(_) => (ErrorKind::Project, "Package the functions first: `workshop package`."),
            DeployError::NoDefinition { .. } => (ErrorKind::Project, "Then deploy again; nothing was changed."),
            DeployError::FunctionFailed { .. } => {
                (ErrorKind::Refused, "Mend what the reason names and deploy again; it goes on from where it is.")
            }
            DeployError::ConcurrentChange { .. } => (
                ErrorKind::Refused,
                "Wait until the other deploy or remove of this stack has ended, then run the command again.",
            ),
            DeployError::TimedOut { .. } | DeployError::NotDeleted(_) => {
                (ErrorKind::Failed, "Run the command again in a minute; it goes on from where it is.")
            }
            DeployError::Internal(_) => (
                ErrorKind::Failed,
                "Run the command again; it goes on from where it is. This is a fault of workshop's own.",
            ),
        };
        Self::new(kind, message).try_this(hint)
    }
}
