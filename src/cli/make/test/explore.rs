//! `workshop test explore`: tries a machine out, and says what nothing catches, what does not end, and what is not reached.

use clap::Args;
use serde_json::{Value, json};

use super::machines::Machine;
use super::suite::{Suite, Wanted};
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::ui::{Tone, Ui, toned, visible};
use model::nearest;
use simulate::{Case, Exploration, Finding, Missed};

/// The options of `test explore`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop test explore order                what of it is uncaught, endless or never reached
  workshop test explore order --verbose      with a case for each, ready for a test file

It throws each error at each task, leaves callbacks unanswered, fails single iterations, and takes each Choice rule for
which it finds an input. Inputs and answers are those of the project's cases, and what the rules ask for.")]
pub(super) struct ExploreArgs {
    /// The state machine [default: the only one of the service]
    #[arg(value_name = "MACHINE")]
    machine: Option<String>,
    /// The most runs to take
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    runs: u32,
    /// Fail when something is uncaught or endless
    #[arg(long)]
    strict: bool,
}

/// Explores a machine.
pub(super) fn run(args: &ExploreArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let suite = Suite::of_project(Wanted::default(), global, ui)?;
    let machine = chosen(&suite, args.machine.as_deref())?;
    let cases: Vec<&Case> = suite
        .files
        .iter()
        .flat_map(|file| file.file.cases.iter().map(move |case| (file, case)))
        .filter(|(file, case)| suite.machine(file, case).is_some_and(|it| it.name == machine.name))
        .map(|(_, case)| case)
        .collect();
    let definition = machine.definition.value();
    let max_runs = usize::try_from(args.runs).unwrap_or(usize::MAX);
    let exploration = simulate::explore(&machine.subject, &definition, &cases, max_runs);
    if ui.is_json() {
        ui.json(&report(&exploration, machine))?;
    } else {
        print(&exploration, ui)?;
    }
    if args.strict && !exploration.findings.is_empty() {
        return Err(CliError::silent(ErrorKind::Failed));
    }
    Ok(())
}

fn chosen<'s>(suite: &'s Suite, named: Option<&str>) -> Result<&'s Machine, CliError> {
    let known: Vec<&str> = suite.machines.known.keys().map(String::as_str).collect();
    let listed = format!("The service has {}.", known.join(", "));
    match (named, known.as_slice()) {
        (Some(name), _) => suite.machines.known.get(name).ok_or_else(|| {
            let hint = match nearest(name, &known) {
                Some(near) => format!("Did you mean `{near}`? {listed}"),
                None => listed,
            };
            let message = format!("The service has no state machine `{}`.", visible(name));
            CliError::new(ErrorKind::NotFound, message).try_this(hint)
        }),
        (None, [only]) => suite.machines.known.get(*only).ok_or_else(|| CliError::new(ErrorKind::NotFound, listed)),
        (None, _) => {
            let message = "The service has several state machines: name the one you mean.";
            Err(CliError::new(ErrorKind::Usage, message).try_this(listed))
        }
    }
}

fn print(exploration: &Exploration, ui: &Ui) -> Result<(), CliError> {
    for finding in &exploration.findings {
        let kind = toned(Tone::Warning, format!("{:<9}", finding.kind.name()));
        ui.result(format!("{kind}  {}", visible(&finding.message)))?;
        if ui.is_verbose() {
            let case = visible(finding.case.trim_end());
            ui.result(format!("\n    {}\n", toned(Tone::Faint, case).replace('\n', "\n    ")))?;
        }
    }
    for missed in &exploration.unreached {
        let Missed { state, what, leads_to, .. } = missed;
        let what = if what == "state" { String::new() } else { format!(" {what}, to `{leads_to}`,") };
        let kind = toned(Tone::Faint, format!("{:<9}", "unreached"));
        ui.result(format!("{kind}  {}", visible(&format!("`{state}`{what} is reached by no run."))))?;
    }
    let covered = exploration.coverage.summary().total().percent();
    let runs = exploration.runs;
    let cut = if exploration.is_cut { " The bound was reached: `--runs` raises it." } else { "" };
    let cases =
        if exploration.findings.is_empty() || ui.is_verbose() { "" } else { " `--verbose` shows cases to keep." };
    ui.result(format!("{runs} runs, {covered:.0}% covered.{cut}{cases}"))
}

fn report(exploration: &Exploration, machine: &Machine) -> Value {
    let finding =
        |it: &Finding| json!({"kind": it.kind.name(), "state": it.state, "message": it.message, "case": it.case});
    let missed =
        |it: &Missed| json!({"state": it.state, "part": it.part.name(), "what": it.what, "leadsTo": it.leads_to});
    json!({
        "machine": machine.name,
        "runs": exploration.runs,
        "isCut": exploration.is_cut,
        "findings": exploration.findings.iter().map(finding).collect::<Vec<_>>(),
        "unreached": exploration.unreached.iter().map(missed).collect::<Vec<_>>(),
        "percent": exploration.coverage.summary().total().percent(),
    })
}
