//! `workshop test --on`: other judges than the engine see the same cases, and where they see something else it is told.

mod deployed;
mod judged;
mod local;
mod private_cloud;
mod test_state;
mod watched;

use judged::{Judged, Seen};
use simulate::Failure;

use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::make::test::args::On;
use crate::cli::make::test::outcome::Outcome;
use crate::cli::make::test::runner::CaseResult;
use crate::cli::make::test::suite::Suite;
use crate::cli::session::Session;
use crate::cli::ui::Ui;

/// Has another judge see every case that was run, and puts what it says in the place of what the engine said.
///
/// # Errors
/// The judge can't be reached at all.
pub(in crate::cli::make) async fn run(
    on: On,
    suite: &Suite,
    outcome: &mut Outcome,
    global: &Global,
    ui: &Ui,
) -> Result<(), CliError> {
    if on == On::Engine {
        return Ok(());
    }
    let session = match on {
        On::Aws | On::Teststate => Some(Session::open(global, ui).await?),
        On::Engine | On::Local => None,
    };
    let progress = ui.progress();
    let seed = outcome.seed;
    for result in &mut outcome.results {
        let Some((file, case)) = suite.case(result.selected) else { continue };
        let Some(machine) = suite.machine(file, case) else { continue };
        progress.set_message(format!("{} on {}", result.name, on.name()));
        let judged = Judged { case, machine, engine: simulate::run(&machine.subject, case, seed) };
        let problem = judged.engine.problem.as_ref().filter(|_| on == On::Teststate);
        let seen = match (on, &session) {
            _ if problem.is_some() => Err(problem.map(ToString::to_string).unwrap_or_default()),
            (On::Local, _) => local::see(&judged).await?,
            (On::Aws, Some(session)) => deployed::see(&judged, session, global, ui).await?,
            (On::Teststate, Some(session)) => test_state::see(&judged, &session.aws).await?,
            _ => continue,
        };
        put(result, on, &judged, seen);
    }
    progress.finish_and_clear();
    Ok(())
}

fn put(result: &mut CaseResult, on: On, judged: &Judged<'_>, seen: Seen) {
    let run = match seen {
        Ok(run) => run,
        Err(why) => {
            let message = format!("It can't be judged on {}: {why}.", on.name());
            result.failures = vec![Failure::of_run(message)];
            return;
        }
    };
    let mut failures = simulate::judge(&judged.machine.subject, judged.case, &run);
    // What takes real time, or none, says nothing of virtual time.
    failures.retain(|failure| on == On::Local || !failure.about.starts_with("duration"));
    if on == On::Teststate {
        failures.retain(|failure| failure.about != "events");
    }
    if on != On::Aws && judged.engine.problem.is_none() {
        failures.extend(simulate::compare(&judged.engine, &run, on.name()));
    }
    result.timeline = if failures.is_empty() { Vec::new() } else { simulate::timeline(&run) };
    result.output = run.output();
    if on == On::Local {
        result.virtual_time = run.duration();
    }
    result.failures = failures;
}
