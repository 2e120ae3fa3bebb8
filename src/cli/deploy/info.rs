//! `workshop info`: what is deployed, and where it answers.

use crate::cli::deploy::report;
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::session::Session;
use crate::cli::ui::{Tone, Ui, toned, visible};
use deploy::{Completeness, DeployError, Events, RecentChanges, Report, observe};

/// Looks at what is deployed and prints it.
pub(crate) async fn run(global: &Global, ui: &Ui) -> Result<(), CliError> {
    let session = Session::open(global, ui).await?;
    let stack = &session.stack;
    let service = &session.project.service;
    let observed = observe(&session.aws, stack, service, &RecentChanges::default(), &Events::discarded()).await?;
    let foreign = observed.foreign(stack);
    let unread = observed.unread(stack);
    let observed = observed.ours(stack);
    if observed.is_empty() && !unread.is_empty() {
        return Err(DeployError::Unreadable(unread).into());
    }
    let report = Report::observed(service, stack, &observed, session.aws.endpoint.is_none()).with_unread(&unread);
    let report = report::callable(report, global).await;
    let again = global.command("deploy");
    if report.deployed == Completeness::Nothing {
        let message = format!(
            "Nothing of {} is deployed to stage {} in {} (account {}).",
            report.service, report.stage, report.region, report.account
        );
        return Err(CliError::new(ErrorKind::NotFound, message).try_this(format!(
            "Deploy it with `{again}`; or name another stage or region with `--stage` or `--region`."
        )));
    }
    report::print(&report, ui)?;
    if !unread.is_empty() && !ui.is_json() {
        let unread = format!("AWS does not let you read {}: it may be there too.", report.unreadable.join(", "));
        ui.note(toned(Tone::Warning, visible(&unread)));
    } else if report.deployed == Completeness::Partly && !ui.is_json() {
        ui.note(toned(Tone::Warning, format!("Only partly deployed. Run `{again}`: it makes what is missing.")));
    }
    if !foreign.is_empty() && !ui.is_json() {
        let foreign: Vec<String> = foreign.iter().map(|(what, owner)| format!("{what} ({owner})")).collect();
        let foreign = format!("Has a name of this stack and does not belong to it: {}.", foreign.join(", "));
        ui.note(visible(&foreign));
    }
    if !report.leftovers.is_empty() && !ui.is_json() {
        let left = report.leftovers.join(", ");
        ui.note(format!("No longer declared in the service file, and still there: {left}."));
    }
    Ok(())
}
