//! Shows a deployment's events: one line that moves on a terminal, plain lines with `--verbose`.

use std::collections::BTreeSet;

use indicatif::ProgressBar;

use crate::cli::error::CliError;
use crate::cli::ui::{Tone, Ui, toned};
use deploy::{Action, DeployError, Event, Events};

/// Does work, and shows its events meanwhile.
///
/// # Errors
/// Those of the work.
pub(super) async fn with_progress<T>(
    ui: &Ui,
    steps: usize,
    work: impl AsyncFnOnce(Events) -> Result<T, DeployError>,
) -> Result<T, CliError> {
    let (sender, mut events) = Events::channel();
    let show = async {
        let mut view =
            View { ui, bar: ui.progress(), steps, done: 0, active: BTreeSet::new(), printed_waits: BTreeSet::new() };
        while let Some(event) = events.recv().await {
            view.take(&event);
        }
        view.bar.finish_and_clear();
    };
    let (result, ()) = tokio::join!(work(sender), show);
    Ok(result?)
}

struct View<'a> {
    ui: &'a Ui,
    bar: ProgressBar,
    steps: usize,
    done: usize,
    active: BTreeSet<String>,
    /// The waits that have a line already.
    printed_waits: BTreeSet<String>,
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
                if self.printed_waits.insert(waits.clone()) {
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
