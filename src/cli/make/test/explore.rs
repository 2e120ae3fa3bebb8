//! `workshop test explore`: tries a machine out, and says what nothing catches, what does not end, and what is not reached.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::machines::Machine;
use super::record;
use super::suite::{Suite, Wanted};
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::ui::{Tone, Ui, toned, visible};
use model::nearest;
use simulate::{Case, Exploration, Finding, FindingKind, Missed, Part};

/// The options of `test explore`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop test explore order                what of it is uncaught, endless or never reached
  workshop test explore order --verbose      with a case for each, of the smallest input that shows it
  workshop test explore order --out tests/found.test.toml
                                             and keep them

It throws each error at each task, leaves callbacks unanswered, fails single iterations, and takes each Choice rule for
which it finds an input. Inputs and answers are those of the project's cases, and what the rules ask for.")]
pub(in crate::cli::make) struct ExploreArgs {
    /// The state machine [default: the only one of the service]
    #[arg(value_name = "MACHINE")]
    machine: Option<String>,
    /// The most runs to take
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    runs: u32,
    /// Write a case for each finding into this new test file
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Fail when something is uncaught or endless
    #[arg(long)]
    strict: bool,
}

/// Explores a machine.
pub(in crate::cli::make) fn run(args: &ExploreArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
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
    if let Some(file) = args.out.as_deref().filter(|_| !exploration.findings.is_empty()) {
        keep(&exploration, machine, file)?;
        if !ui.is_json() {
            ui.note(format!("{} has a case for each.", visible(&file.display().to_string())));
        }
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

/// So many errors of a state are named.
const NAMED: usize = 3;

/// So many things that no run reached are listed.
const LISTED: usize = 8;

fn print(exploration: &Exploration, ui: &Ui) -> Result<(), CliError> {
    if ui.is_verbose() {
        for finding in &exploration.findings {
            ui.result(format!("{}  {}", kind(finding.kind.name()), visible(&finding.message)))?;
            let case = visible(finding.case.trim_end());
            ui.result(format!("\n    {}\n", toned(Tone::Faint, case).replace('\n', "\n    ")))?;
        }
    } else {
        for line in grouped(&exploration.findings) {
            ui.result(line)?;
        }
    }
    let listed = if ui.is_verbose() { usize::MAX } else { LISTED };
    for missed in exploration.unreached.iter().take(listed) {
        let Missed { state, part, what, leads_to } = missed;
        let what = match part {
            Part::States => String::new(),
            Part::Conditions => format!(": a condition of {{% {what} %}} that is {leads_to}"),
            _ => format!(" {what}, to `{leads_to}`,"),
        };
        let kind = toned(Tone::Faint, format!("{:<9}", "unreached"));
        ui.result(format!("{kind}  {}", visible(&format!("`{state}`{what} is reached by no run."))))?;
    }
    let more = exploration.unreached.len().saturating_sub(listed);
    if more > 0 {
        ui.result(toned(Tone::Faint, format!("{:<9}  and {more} more; `--verbose` lists all", "")))?;
    }
    let covered = exploration.coverage.summary().total().percent();
    let runs = exploration.runs;
    let cut = if exploration.is_cut { " The bound was reached: `--runs` raises it." } else { "" };
    let is_told = exploration.findings.is_empty() || ui.is_verbose();
    let cases = if is_told { "" } else { " `--verbose` shows a case for each, `--out FILE` keeps them." };
    ui.result(format!("{runs} runs, {covered:.0}% covered.{cut}{cases}"))
}

fn kind(name: &str) -> String {
    toned(Tone::Warning, format!("{name:<9}"))
}

/// A line for each state with the errors that nothing catches, and one for each other finding.
fn grouped(findings: &[Finding]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut told: Vec<(FindingKind, &str)> = Vec::new();
    for finding in findings {
        let of = (finding.kind, finding.state.as_str());
        let alike = || findings.iter().filter(move |it| (it.kind, it.state.as_str()) == of);
        let errors: Vec<String> = alike().filter_map(|it| it.error.clone()).map(|error| format!("`{error}`")).collect();
        let text = match errors.as_slice() {
            [] | [_] => visible(&finding.message),
            _ if told.contains(&of) => continue,
            several => {
                let named = several.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
                let more = several.len().saturating_sub(NAMED);
                let more = if more == 0 { String::new() } else { format!(" and {more} more") };
                let listed = visible(&named);
                format!("{listed}{more} of `{}` end the execution: nothing catches them.", visible(&finding.state))
            }
        };
        told.push(of);
        lines.push(format!("{}  {text}", kind(finding.kind.name())));
    }
    lines
}

/// Writes the cases of all findings into a new test file.
fn keep(exploration: &Exploration, machine: &Machine, file: &Path) -> Result<(), CliError> {
    let cases: Vec<&str> = exploration.findings.iter().map(|finding| finding.case.as_str()).collect();
    let text = format!("machine = {}\n\n{}", simulate::toml_text(&machine.name), cases.join("\n"));
    record::create(file, &text)
}

fn report(exploration: &Exploration, machine: &Machine) -> Value {
    let finding = |it: &Finding| json!({"kind": it.kind.name(), "state": it.state, "error": it.error, "message": it.message, "case": it.case});
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
