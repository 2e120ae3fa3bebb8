//! `workshop print`: the service with everything filled in, or what its roles may do and why. It calls nothing.

mod policies;
mod resolved;

use clap::Args;

use super::args::Global;
use super::error::CliError;
use super::project::Project;
use super::ui::{Tone, Ui, toned};
use aws::region;
use deploy::{limits, policy};
use model::names::{AccountId, Region};
use model::stack::Stack;

/// The options of `print`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop print                     the service file with every default and pseudo-parameter filled in
  workshop print --json              the same for programs, with names, ARNs and definitions
  workshop print --policies          for each role: who may assume it, what it may do, and which line asks for it
  workshop print --policies --local  with the embedded cloud's account instead of <account>

Nothing is called and no credentials are needed; <account> stands for the account id, <api> for the HTTP API's id.

--policies --json prints `stack`, `account`, `roles` and `invocations`. A role has `role`, `kind` (function or
stateMachine), `key`, `at`, `assumedBy`, `statements` (each with `actions`, `resources`, `condition`, `reasons`) and
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
    let stack = stack(&project, global).await?;
    let (service, definitions) = (&project.service, &project.definitions);
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
    let measured = measured_stack(&project, global).await?;
    for breach in limits::of_service(service, definitions, &measured)? {
        ui.note(format!("{} {breach}", toned(Tone::Warning, "warning:")));
    }
    Ok(())
}

/// The stack with an account of the right length: what is measured against AWS's limits before anything is called.
///
/// # Errors
/// The environment's or profile's region is no region.
pub(crate) async fn measured_stack(project: &Project, global: &Global) -> Result<Stack, CliError> {
    Ok(Stack { account: AccountId::local(), ..stack(project, global).await? })
}

/// The stack as far as it is known without a call.
async fn stack(project: &Project, global: &Global) -> Result<Stack, CliError> {
    let region = match (&global.region, global.local) {
        (Some(region), _) => region.clone(),
        (None, true) => Region::default(),
        (None, false) => region::configured(global.profile.as_deref()).await?,
    };
    let service = &project.service;
    Ok(Stack {
        service: service.name.clone(),
        stage: global.stage.clone().unwrap_or_else(|| service.default_stage.clone()),
        region,
        account: if global.local { AccountId::local() } else { AccountId::placeholder() },
    })
}
