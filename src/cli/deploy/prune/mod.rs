//! `workshop deploy prune`: deletes versions that nothing needs any more, and says why the others stay.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;
use serde_json::{Value, json};

use crate::cli::deploy::progress::with_progress;
use crate::cli::deploy::versions::ranges;
use crate::cli::error::CliError;
use crate::cli::global::Global;
use crate::cli::session::Session;
use crate::cli::ui::{Tone, Ui, toned};
use aws::clock;
use deploy::{
    DEFAULT_KEEP, DeployError, Events, KeepReason, RecentChanges, Selection, Version, delete_versions,
    executions_in_flight, observe, read_versions, select_versions,
};

/// Options of `deploy prune`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop deploy prune --dry-run      what would be deleted, and why the rest stays
  workshop deploy prune                keep the newest five deployments and all that something needs
  workshop deploy prune -n 2           keep only the newest two, and all that something needs")]
pub(crate) struct PruneArgs {
    /// How many deployments to keep whole, so that `rollback` can return to them
    #[arg(short = 'n', long, default_value_t = DEFAULT_KEEP, value_name = "N", value_parser = at_least_one)]
    keep: usize,
    /// Say what would be deleted, and stop
    #[arg(long)]
    dry_run: bool,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("write how many deployments to keep: 1 or more".to_owned()),
        Ok(keep) => Ok(keep),
    }
}

/// Runs `workshop deploy prune`.
pub(crate) async fn run(args: &PruneArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let session = Session::open(global, ui).await?;
    let deciding = async |events| decide(args, &session, &events).await;
    let Some(pruning) = with_progress(ui, 0, deciding).await? else {
        return Err(session.nothing_to_change(global));
    };
    let refused = if args.dry_run {
        Vec::new()
    } else {
        let work = async |events| delete_versions(&session.aws, &session.stack, &pruning, &events).await;
        with_progress(ui, 0, work).await?
    };
    print(&PruneResult { pruning: &pruning, refused: &refused, args }, ui)
}

/// Every execution that has not ended is asked what it needs.
async fn decide(args: &PruneArgs, session: &Session, events: &Events) -> Result<Option<Selection>, DeployError> {
    let aws = &session.aws;
    let stack = &session.stack;
    let observed = observe(aws, stack, &session.project.service, &RecentChanges::default(), events).await?;
    let observed = observed.readable(stack)?.ours(stack);
    if observed.functions.is_empty() && observed.state_machines.is_empty() {
        return Ok(None);
    }
    let versions = read_versions(aws, stack, &observed, events).await?;
    let running = executions_in_flight(aws, stack, &versions, usize::MAX, events).await?;
    Ok(Some(select_versions(&versions, &running.in_flight, args.keep, clock::now())))
}

struct PruneResult<'a> {
    pruning: &'a Selection,
    refused: &'a [(Version, String)],
    args: &'a PruneArgs,
}

impl PruneResult<'_> {
    fn deleted(&self) -> BTreeSet<Version> {
        let refused: BTreeSet<&Version> = self.refused.iter().map(|(version, _)| version).collect();
        self.pruning.delete.iter().filter(|version| !refused.contains(version)).cloned().collect()
    }

    /// What stays, by reason, in the order of the reasons' weight.
    fn kept(&self) -> Vec<(String, BTreeSet<Version>)> {
        let mut kept: BTreeMap<&KeepReason, BTreeSet<Version>> = BTreeMap::new();
        for (version, why) in &self.pruning.keep {
            kept.entry(why).or_default().insert(version.clone());
        }
        let refused = self.refused.iter().map(|(version, why)| (why.clone(), BTreeSet::from([version.clone()])));
        kept.into_iter().map(|(why, versions)| (self.reason(why), versions)).chain(refused).collect()
    }

    fn reason(&self, why: &KeepReason) -> String {
        match why {
            KeepReason::Live => "live".to_owned(),
            KeepReason::Recent if self.args.keep == 1 => "in the newest deployment".to_owned(),
            KeepReason::Recent => format!("in the newest {} deployments", self.args.keep),
            KeepReason::Executions => format!("needed by executions that have not ended ({})", self.executions()),
            KeepReason::JustReplaced => {
                "replaced a moment ago; executions that began before may not be listed yet".to_owned()
            }
            KeepReason::Alias(alias) => format!("the alias {alias} leads to it"),
            KeepReason::PublishedByOthers => "published by somebody else".to_owned(),
        }
    }

    fn executions(&self) -> String {
        let names = &self.pruning.executions;
        match names.len() {
            0..=3 => names.join(", "),
            count => format!("{} and {} more", names[..2].join(", "), count - 2),
        }
    }
}

fn print(result: &PruneResult<'_>, ui: &Ui) -> Result<(), CliError> {
    let deleted = result.deleted();
    let kept = result.kept();
    if ui.is_json() {
        let kept: Vec<Value> =
            kept.iter().map(|(why, versions)| json!({"why": why, "versions": versions_json(versions)})).collect();
        return ui.json(&json!({"dryRun": result.args.dry_run, "deleted": versions_json(&deleted), "kept": kept}));
    }
    let verb = if result.args.dry_run { "Would delete" } else { "Deleted" };
    let headline = match deleted.len() {
        0 => "Nothing to prune: every version is needed.".to_owned(),
        1 => format!("{verb} 1 version that nothing needs: {}.", listed(&deleted)),
        count => format!("{verb} {count} versions that nothing needs: {}.", listed(&deleted)),
    };
    let mut lines = vec![headline];
    if !kept.is_empty() {
        lines.push("Kept:".to_owned());
        lines.extend(kept.iter().map(|(why, versions)| format!("  {}: {}", toned(Tone::Faint, why), listed(versions))));
    }
    ui.told(lines.join("\n"))
}

/// `sendEmail 1, 3-5; state machine flow 2`.
fn listed(versions: &BTreeSet<Version>) -> String {
    let mut things: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for version in versions {
        match version {
            Version::Function(key, number) => things.entry(format!("function {key}")).or_default().push(*number),
            Version::Machine(key, number) => things.entry(format!("state machine {key}")).or_default().push(*number),
        }
    }
    things.iter().map(|(thing, numbers)| format!("{thing} {}", ranges(numbers))).collect::<Vec<_>>().join("; ")
}

fn versions_json(versions: &BTreeSet<Version>) -> Vec<Value> {
    let version = |version: &Version| match version {
        Version::Function(key, number) => json!({"kind": "function", "key": key.as_str(), "version": number}),
        Version::Machine(key, number) => json!({"kind": "state machine", "key": key.as_str(), "version": number}),
    };
    versions.iter().map(version).collect()
}

#[cfg(test)]
mod tests;
