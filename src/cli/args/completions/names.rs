//! The names that can be completed: of functions and state machines from the service file, of executions from the cloud.

use std::time::Duration;

use aws::clock;
use aws::executions;
use cloud_server::lifecycle::{self, Status};

use crate::cli::global::Global;
use crate::cli::session::project::{ProjectText, RuntimeChoice};
use crate::cli::session::{Session, embedded};
use crate::cli::ui::Ui;

/// What names are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Functions,
    Machines,
    Executions,
}

/// How long somebody who has pressed TAB may be kept waiting.
const PATIENCE: Duration = Duration::from_millis(800);

/// How many executions of each state machine are offered, newest first.
const NEWEST: usize = 50;

/// The names; none where they can't be known at once.
pub(super) fn of(kind: Kind, global: &Global) -> Vec<String> {
    let global = Global { json: true, verbose: false, ..global.clone() };
    // With JSON wanted, nothing is said beside the result.
    let ui = Ui::new(&global);
    match kind {
        Kind::Executions => executions(&global, &ui).unwrap_or_default(),
        Kind::Functions | Kind::Machines => {
            let Ok(project) = ProjectText::find(&global, RuntimeChoice::Any, &ui) else {
                return Vec::new();
            };
            match kind {
                Kind::Functions => project.service.functions.keys().map(ToString::to_string).collect(),
                _ => project.service.state_machines.keys().map(ToString::to_string).collect(),
            }
        }
    }
}

fn executions(global: &Global, ui: &Ui) -> Option<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let found = runtime.block_on(async {
        tokio::select! {
            biased;
            found = newest(global, ui) => found,
            () = clock::sleep(PATIENCE) => None,
        }
    });
    // Whatever still runs has nobody to answer to.
    runtime.shutdown_background();
    found
}

async fn newest(global: &Global, ui: &Ui) -> Option<Vec<String>> {
    // A key press starts nothing.
    if global.local && !matches!(lifecycle::status(&embedded::data_dir().ok()?).await, Ok(Status::Running(_))) {
        return None;
    }
    let session = Session::open_unattended(global, ui).await.ok()?;
    let mut found = Vec::new();
    for key in session.project.service.state_machines.keys() {
        let machine = session.stack.state_machine_arn(key);
        let listed = executions::list(&session.aws, &machine, None, NEWEST).await;
        found.extend(listed.map(|(listed, _)| listed).unwrap_or_default());
    }
    found.sort_by_key(|execution| std::cmp::Reverse(execution.start_date));
    Some(found.into_iter().map(|execution| execution.name).collect())
}
