//! `workshop print`: the service with everything filled in, or what its roles may do and why. It calls nothing.

mod deployer;
mod policies;
mod resolved;
mod resolved_json;

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::session::project::{Project, RuntimeChoice};
use crate::cli::session::{estimated_stack, measured_stack};
use crate::cli::ui::{Tone, Ui, toned};
use deploy::policy::CallerCommand;
use deploy::{limits, policy};
use model::stack::Stack;

/// The options of `print`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop print                     the service file with every default and pseudo-parameter filled in
  workshop print --json              the same for programs, with names, ARNs and definitions
  workshop print --schema            the JSON schema of service.toml, for editors
  workshop print --policies          for each role: who may assume it, what it may do, and which line asks for it
  workshop print --policies --local  with the embedded cloud's account instead of <account>
  workshop print --policies --for deployer > policy.json
                                     the least policy of a person who runs all commands, for IAM
  workshop print --policies --for deployer --command deploy --command remove
                                     of one who runs only these
  workshop print --policies --for deployer --explain
                                     which command needs what, and for which calls

Nothing is called and no credentials are needed; <account> stands for the account id, <api> for the HTTP API's id.

--policies --json prints `stack`, `account`, `roles` and `invocations`. A role has `role`, `kind` (function or
stateMachine), `key`, `at`, `assumedBy`, `assumedIf`, `statements` (each with `actions`, `resources`, `condition`, `reasons`) and
`notes`, which say what could not be read off a definition. Every reason and note has `file`, `line`, `state`
(null outside a definition) and `why`. An invocation lets the HTTP API invoke a function: `function`, `principal`,
`action`, `source`, `reason`.

--for deployer prints IAM's own JSON. --explain --json prints `stack`, `account`, `commands` (each with `command` and
`needs`: `action`, `resource`, `passedTo`, `calls`) and `policy`.")]
pub(crate) struct PrintArgs {
    /// Print what each role may do, and which line of the service asks for it
    #[arg(long)]
    policies: bool,
    /// Whose policies: those of the service's roles, or the one that a person needs who runs the commands
    #[arg(long = "for", value_enum, default_value_t = Holder::Roles, requires = "policies", value_name = "WHO")]
    holder: Holder,
    /// With `--for deployer`: only what this command needs; again for more than one [default: all]
    #[arg(long, value_name = "COMMAND", value_parser = deployer::command_parser(), requires = "policies")]
    command: Vec<CallerCommand>,
    /// With `--for deployer`: say which command needs which action, and for which calls
    #[arg(long, requires = "policies")]
    explain: bool,
    /// Print the JSON schema of service.toml, for editors
    #[arg(long, conflicts_with = "policies")]
    schema: bool,
}

/// Who holds policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Holder {
    /// The roles of the functions and state machines
    Roles,
    /// The person who deploys and runs the other commands
    Deployer,
}

impl PrintArgs {
    /// The commands whose permissions are asked for.
    fn commands(&self) -> BTreeSet<CallerCommand> {
        if self.command.is_empty() {
            return CallerCommand::ALL.into_iter().collect();
        }
        self.command.iter().copied().collect()
    }
}

/// Prints.
pub(crate) async fn run(args: &PrintArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    if args.schema {
        return ui.result(model::service_file_schema().trim_end());
    }
    let project = Project::find(global, RuntimeChoice::Any, ui)?;
    project.print_notes(ui);
    let stack = estimated_stack(&project, global).await?;
    if args.holder == Holder::Deployer {
        return print_deployer(args, &stack, ui);
    }
    if args.explain || !args.command.is_empty() {
        return Err(CliError::new(ErrorKind::Usage, "`--explain` and `--command` are about the policy of a person.")
            .try_this("Add `--for deployer`."));
    }
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
        (false, true) => ui.json(&resolved_json::json(&project, &stack))?,
        (false, false) => ui.result(resolved::text(service, &stack).trim_end())?,
    }
    for breach in limits::of_service(service, definitions, &measured_stack(stack))? {
        ui.note(format!("{} {breach}", toned(Tone::Warning, "warning:")));
    }
    Ok(())
}

/// The policy of a person who runs commands. It is JSON as IAM takes it, so that it can be redirected to a file.
fn print_deployer(args: &PrintArgs, stack: &Stack, ui: &Ui) -> Result<(), CliError> {
    let commands = args.commands();
    let policy = policy::caller_policy(&commands, stack);
    match (args.explain, ui.is_json()) {
        (true, true) => ui.json(&deployer::json(&commands, stack, &policy))?,
        (true, false) => ui.result(deployer::text(&commands, stack).trim_end())?,
        (false, _) => {
            ui.json(&policy.to_json())?;
            deployer::notes(&policy, stack).into_iter().for_each(|note| ui.note(note));
        }
    }
    Ok(())
}
