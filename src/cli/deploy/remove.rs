//! `workshop remove`: deletes everything of a stack, and looks again whether it is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use clap::Args;
use serde_json::json;

use crate::cli::deploy::progress::with_progress;
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::session::Session;
use crate::cli::session::project::Origin;
use crate::cli::ui::{Tone, Ui, toned, visible};
use aws::clock;
use aws::executions::Execution;
use deploy::{
    DeployError, Deployer, Events, Observed, Plan, RecentChanges, Removal, Unread, observe, plan_removal,
    running_executions,
};
use model::deployment::DeploymentId;
use model::names::Key;
use model::stack::Stack;

/// The options of `remove`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop remove                  delete everything of stage dev; on a terminal it asks first
  workshop remove --yes            without asking
  workshop remove --keep-logs      but keep what the functions wrote")]
pub(crate) struct RemoveArgs {
    /// Do not ask, and stop executions that have not ended
    #[arg(short, long)]
    yes: bool,
    /// Keep the functions' log groups
    #[arg(long)]
    keep_logs: bool,
}

/// Removes.
pub(crate) async fn run(args: &RemoveArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let since = clock::now();
    let session = Session::open(global, ui).await?;
    let stack = &session.stack;
    let service = &session.project.service;
    let deployer = Deployer { aws: &session.aws, stack, service };
    let observed = observed_stack(deployer, global).await?;
    for (foreign, owner) in observed.foreign(stack) {
        ui.note(visible(&format!("The {foreign} is left alone: it does not belong to this stack ({owner}).")));
    }
    let unread = observed.doubtful(stack);
    let observed = observed.ours(stack);
    let first = plan_removal(&observed, stack, args.keep_logs);
    if first.steps.is_empty() {
        if session.project.origin == Origin::Bundled && unread.is_empty() {
            return Err(session.nothing_to_change(global));
        }
        return print(&Outcome { removed: BTreeSet::new(), unread, elapsed: None }, stack, ui);
    }
    let what = what(stack, global.local);
    if !ui.is_json() {
        ui.note(format!("Removing {what}."));
    }
    may_remove(args, &session, &observed, &what, ui).await?;
    let deployment = DeploymentId::new(since);
    let work = async |events| deployer.remove(&first, args.keep_logs, deployment, &events).await;
    let Removal { plans, unread } = with_progress(ui, first.steps.len(), work).await?;
    let removed = plans.iter().flat_map(names).collect();
    let elapsed = Duration::try_from(clock::now().duration_since(since)).unwrap_or_default();
    print(&Outcome { removed, unread, elapsed: Some(elapsed) }, stack, ui)
}

/// What a removal came to.
struct Outcome {
    removed: BTreeSet<String>,
    /// What may be there still: it could not be read.
    unread: Vec<Unread>,
    /// How long it took; none when there was nothing to remove.
    elapsed: Option<Duration>,
}

/// How often a stack is observed on AWS before it is said that nothing is there: what a deployment made that was cut off a
/// moment ago may not show yet.
const OBSERVATIONS: u32 = 4;

async fn observed_stack(deployer: Deployer<'_>, global: &Global) -> Result<Observed, DeployError> {
    let mut left = if global.local { 1 } else { OBSERVATIONS };
    loop {
        let observed =
            observe(deployer.aws, deployer.stack, deployer.service, &RecentChanges::default(), &Events::discarded())
                .await?;
        left -= 1;
        if left == 0 || !observed.is_empty() {
            return Ok(observed);
        }
        clock::pause(Duration::from_millis(500)).await;
    }
}

fn names(plan: &Plan) -> BTreeSet<String> {
    plan.steps.iter().map(|step| format!("{} {}", step.resource.kind(), step.name)).collect()
}

/// The stack, and whose and where it is.
fn what(stack: &Stack, local: bool) -> String {
    let place = if local { ", on the embedded cloud" } else { "" };
    format!("the stack {} of the account {} in {}{place}", stack.name(), stack.account, stack.region)
}

/// Asks on a terminal. Elsewhere only executions that have not ended need a yes.
async fn may_remove(
    args: &RemoveArgs,
    session: &Session,
    observed: &Observed,
    what: &str,
    ui: &Ui,
) -> Result<(), CliError> {
    if args.yes {
        return Ok(());
    }
    let running = running_executions(&session.aws, &session.stack, observed).await?;
    if running.is_empty() {
        if !ui.can_ask() || ui.confirm(&format!("Delete everything of {what}?")).await {
            return Ok(());
        }
        return Err(CliError::new(ErrorKind::Usage, "Nothing was removed.")
            .try_this("Answer `y` to remove the stack, or add `--yes`."));
    }
    let question = question(&running);
    if ui.confirm(&format!("{question} Stop them and delete everything of {what}?")).await {
        return Ok(());
    }
    Err(CliError::new(ErrorKind::Usage, format!("{question} Nothing was removed."))
        .try_this("Add `--yes` to stop them and remove everything, or let them end first."))
}

fn question(running: &BTreeMap<Key, Vec<Execution>>) -> String {
    let count: usize = running.values().map(Vec::len).sum();
    let mut names: Vec<&str> = running.values().flatten().map(|execution| execution.name.as_str()).collect();
    names.truncate(5);
    let more = if count > names.len() { format!(" and {} more", count - names.len()) } else { String::new() };
    let have = if count == 1 { "1 execution has" } else { &format!("{count} executions have") };
    format!("{have} not ended: {}{more}.", names.join(", "))
}

fn print(outcome: &Outcome, stack: &Stack, ui: &Ui) -> Result<(), CliError> {
    let Outcome { removed, unread, elapsed } = outcome;
    let count = removed.len();
    if ui.is_json() {
        let unreadable: Vec<String> = unread.iter().map(ToString::to_string).collect();
        ui.json(&json!({
            "stack": stack.name(), "account": stack.account.as_str(), "region": stack.region.as_str(), "removed": removed, "lookedAgainFor": count, "gone": count, "unreadable": unreadable,
        }))?;
    } else {
        if ui.is_verbose() {
            removed.iter().for_each(|name| ui.note(format!("gone: {name}")));
        }
        let resources = if count == 1 { "resource" } else { "resources" };
        let seconds = elapsed.unwrap_or_default().as_secs_f64();
        let seconds = toned(Tone::Faint, format!("({seconds:.1}s)"));
        match (elapsed, unread.is_empty()) {
            (None, true) => ui.told(format!("Nothing to remove: nothing of stack {} is there.", stack.name()))?,
            (None, false) => {}
            (Some(_), true) => {
                ui.told(format!("Removed {count} {resources} and checked that all are gone. {seconds}"))?;
            }
            (Some(_), false) => ui.told(format!("Removed {count} {resources}. {seconds}"))?,
        }
    }
    if unread.is_empty() { Ok(()) } else { Err(CliError::not_all_looked_at(&stack.name(), unread)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::executions::Status;
    use model::names::Arn;

    fn running_executions(count: usize) -> BTreeMap<Key, Vec<Execution>> {
        let execution = |number| Execution {
            execution_arn: Arn::new(format!("arn:{number}")),
            state_machine_arn: Arn::new("arn"),
            name: format!("task{number}"),
            status: Status::Running,
            start_date: jiff::Timestamp::UNIX_EPOCH,
            stop_date: None,
            redrive_count: 0,
            redrive_date: None,
        };
        BTreeMap::from([(Key::parse("flow").unwrap(), (1..=count).map(execution).collect())])
    }

    #[test]
    fn the_question_names_what_runs() {
        insta::assert_snapshot!(question(&running_executions(1)), @"1 execution has not ended: task1.");
        insta::assert_snapshot!(question(&running_executions(7)), @"7 executions have not ended: task1, task2, task3, task4, task5 and 2 more.");
    }
}
