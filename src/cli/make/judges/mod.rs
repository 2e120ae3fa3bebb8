//! `workshop test --on`: other judges than the engine see the same cases, and where they see something else it is told.

mod deployed;
mod local;
mod private_cloud;
mod test_state;
mod watched;

use aws::Aws;
use clap::ValueEnum;
use simulate::{Case, Failure, Run};

use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::make::test::machines::Machine;
use crate::cli::make::test::outcome::Outcome;
use crate::cli::make::test::runner::CaseResult;
use crate::cli::make::test::suite::Suite;
use crate::cli::session::Session;
use crate::cli::ui::Ui;

/// Who runs the cases.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli::make) enum On {
    /// The engine of this program: in virtual time, without any cloud
    #[default]
    Engine,
    /// An embedded cloud of its own, in which the state machines are deployed, with the mocks
    Local,
    /// The deployed state machines, without mocks
    Aws,
    /// TestState, state by state, with the mocks: nothing is deployed
    Teststate,
}

impl On {
    fn name(self) -> &'static str {
        match self {
            Self::Engine => "the engine",
            Self::Local => "the embedded cloud",
            Self::Aws => "the deployed state machine",
            Self::Teststate => "TestState",
        }
    }
}

/// A case with its machine, and what the engine makes of it.
struct Judged<'a> {
    case: &'a Case,
    machine: &'a Machine,
    engine: Run,
}

/// What another judge saw, or why it saw nothing.
type Seen = Result<Run, String>;

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

/// A name that no other execution or state machine has.
fn unique(aws: &Aws) -> String {
    format!("test-{:012x}", (aws.random.fraction() * 2f64.powi(48)) as u64)
}
