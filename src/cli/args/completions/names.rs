//! The names that can be completed: of functions and state machines from the service file, of executions from the cloud.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws::clock;
use aws::executions::{self, Execution};
use cloud_server::lifecycle::{self, Status};

use crate::cli::global::Global;
use crate::cli::session::at_once::at_once;
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
        Kind::Executions => executions(&global, &ui),
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

/// What was answered by the time that patience ends.
fn executions(global: &Global, ui: &Ui) -> Vec<String> {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return Vec::new() };
    let found = Arc::default();
    runtime.block_on(async {
        tokio::select! {
            biased;
            () = newest(global, ui, &found) => {}
            () = clock::sleep(PATIENCE) => {}
        }
    });
    // Whatever still runs has nobody to answer to.
    runtime.shutdown_background();
    let mut found = std::mem::take(&mut *found.lock().unwrap_or_else(PoisonError::into_inner));
    found.sort_by_key(|execution| std::cmp::Reverse(execution.start_date));
    found.into_iter().map(|execution| execution.name).collect()
}

/// Asks every state machine that keeps its executions, side by side: one that is slow to answer hides its own names alone.
async fn newest(global: &Global, ui: &Ui, found: &Arc<Mutex<Vec<Execution>>>) {
    // A key press starts nothing.
    if global.local && !is_local_cloud_running().await {
        return;
    }
    let Ok(session) = Session::open_unattended(global, ui).await else { return };
    let keys = session.project.service.state_machines.keys().filter(|key| session.is_standard(key));
    let asking = keys.map(|key| {
        let aws = session.aws.clone();
        let machine = session.stack.state_machine_arn(key);
        let found = Arc::clone(found);
        async move {
            // One that can't be listed has no names to offer.
            let listed = executions::list(&aws, &machine, None, NEWEST).await;
            let listed = listed.map(|(listed, _)| listed).unwrap_or_default();
            found.lock().unwrap_or_else(PoisonError::into_inner).extend(listed);
        }
    });
    at_once(asking).await;
}

async fn is_local_cloud_running() -> bool {
    match embedded::data_dir() {
        Ok(data_dir) => matches!(lifecycle::status(&data_dir).await, Ok(Status::Running(_))),
        Err(_) => false,
    }
}
