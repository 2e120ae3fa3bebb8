//! What can be typed after `deploy`: its options, and the commands below it.

use clap::{Args, Subcommand};

use crate::cli::deploy::function::FunctionArgs;
use crate::cli::deploy::list::ListArgs;
use crate::cli::deploy::plan::PlanArgs;
use crate::cli::deploy::prune::PruneArgs;
use crate::cli::error::{CliError, ErrorKind};

/// The options of `deploy`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop deploy --local          to the embedded cloud on this machine, no account needed
  workshop deploy --dry-run        say what would be made, changed and deleted, and stop
  workshop deploy --watch          deploy again whenever a file of the project changes
  workshop deploy --stage anna     a deployment of your own in an account that others use too
  workshop deploy list             the deployments so far; `workshop rollback` returns to one")]
pub(crate) struct DeployArgs {
    /// What else to do
    #[command(subcommand)]
    pub(super) action: Option<Action>,
    #[command(flatten)]
    pub(super) plan: PlanArgs,
    /// Say what would be done, and stop
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Deploy, then again whenever a file of the project changes, until Ctrl-C
    #[arg(long, conflicts_with = "dry_run")]
    pub(super) watch: bool,
    /// Deploy only this function's code, without looking at the rest; the same as `deploy function -f NAME`
    #[arg(short, long, value_name = "NAME", conflicts_with_all = ["dry_run", "watch", "adopt"])]
    pub(super) function: Option<String>,
}

/// The commands below `deploy`.
#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// List the deployments, newest first; `list functions` lists the functions' versions
    List(ListArgs),
    /// Delete versions that nothing needs any more
    Prune(PruneArgs),
    /// Deploy one function's code, without looking at the rest
    Function(FunctionArgs),
}

impl DeployArgs {
    /// Whether it goes on until Ctrl-C.
    pub(crate) fn is_watch(&self) -> bool {
        self.watch && self.action.is_none()
    }

    /// Whether it makes a deployment.
    pub(crate) fn deploys(&self) -> bool {
        matches!(self.action, None | Some(Action::Function(_)))
    }

    /// Refuses `deploy --watch list`: the option would be ignored.
    ///
    /// # Errors
    /// An option of `deploy` itself stands before a command below it.
    pub(super) fn refuse_stray_options(&self) -> Result<(), CliError> {
        let given = [
            ("--package", self.plan.package.is_some()),
            ("--adopt", self.plan.adopt),
            ("--dry-run", self.dry_run),
            ("--watch", self.watch),
            ("--function", self.function.is_some()),
        ];
        match (&self.action, given.into_iter().find(|(_, given)| *given)) {
            (Some(action), Some((option, _))) => {
                let command = match action {
                    Action::List(_) => "list",
                    Action::Prune(_) => "prune",
                    Action::Function(_) => "function",
                };
                let message = format!("`{option}` stands before `{command}` and would mean nothing there.");
                let help = format!("`workshop deploy {command} --help` shows the options that come after it.");
                Err(CliError::new(ErrorKind::Usage, message).try_this(help))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::args::{Cli, Command};

    fn parsed(line: &str) -> DeployArgs {
        match Cli::try_parse_from(line.split(' ')).unwrap().command {
            Command::Deploy(args) => args,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn options_of_every_command_may_stand_anywhere() {
        for line in ["workshop deploy list --local", "workshop deploy --local list", "workshop --local deploy list"] {
            let args = parsed(line);
            assert!(matches!(args.action, Some(Action::List(_))), "{line}");
            assert!(args.refuse_stray_options().is_ok(), "{line}");
        }
    }

    #[test]
    fn an_option_that_would_mean_nothing_is_refused() {
        let refused = parsed("workshop deploy --watch list").refuse_stray_options().unwrap_err();
        insta::assert_snapshot!(refused.message, @"`--watch` stands before `list` and would mean nothing there.");
        assert!(parsed("workshop deploy prune --dry-run").refuse_stray_options().is_ok());
        assert!(parsed("workshop deploy --watch").is_watch());
    }
}
