//! `workshop print`: the service with everything filled in, or what its roles may do and why. It calls nothing.

mod policies;
mod resolved;

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::session::project::Project;
use crate::cli::session::{estimated_stack, measured_stack};
use crate::cli::ui::{Tone, Ui, toned};
use deploy::{limits, policy};

/// The options of `print`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop print                     the service file with every default and pseudo-parameter filled in
  workshop print --json              the same for programs, with names, ARNs and definitions
  workshop print --policies          for each role: who may assume it, what it may do, and which line asks for it
  workshop print --policies --local  with the embedded cloud's account instead of <account>

Nothing is called and no credentials are needed; <account> stands for the account id, <api> for the HTTP API's id.

--policies --json prints `stack`, `account`, `roles` and `invocations`. A role has `role`, `kind` (function or
stateMachine), `key`, `at`, `assumedBy`, `assumedIf`, `statements` (each with `actions`, `resources`, `condition`, `reasons`) and
`notes`, which say what could not be read off a definition. Every reason and note has `file`, `line`, `state`
(null outside a definition) and `why`. An invocation lets the HTTP API invoke a function: `function`, `principal`,
`action`, `source`, `reason`.")]
pub(crate) struct PrintArgs {
    /// Print what each role may do, and which line of the service asks for it
    #[arg(long)]
    policies: bool,
}

/// Prints.
pub(crate) async fn run(args: &PrintArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let project = Project::find()?;
    let stack = estimated_stack(&project, global).await?;
    let service = &project.service;
    let definitions = &project.definitions;
    match (args.policies, ui.is_json()) {
        (true, json) => {
            let roles = policy::roles(service, definitions, &stack)?;
            let invocations = policy::invocations(service, &stack);
            if json {
                ui.json(&policies::json(&stack, &roles, &invocations))?;
            } else {
                ui.result(policies::text(&roles, &invocations).trim_end())?;
            }
        }
        (false, true) => ui.json(&resolved::json(service, definitions, &stack))?,
        (false, false) => ui.result(resolved::text(service, &stack).trim_end())?,
    }
    for breach in limits::of_service(service, definitions, &measured_stack(stack))? {
        ui.note(format!("{} {breach}", toned(Tone::Warning, "warning:")));
    }
    Ok(())
}
