//! `workshop validate`: says what is wrong with definitions, without any cloud.

mod json;
mod text;

use std::path::{Path, PathBuf};

use ::runtimes::Runtime;
use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::make::definition_file;
use crate::cli::session::project::{self, DefinitionContent, ProjectText, RuntimeChoice};
use crate::cli::session::runtimes;
use crate::cli::ui::Ui;
use aws::clock;
use model::names::{AccountId, NameError};
use model::serverless::Note;
use model::service::StateMachineKind;
use model::stack::Stack;
use validate::{Checked, Severity, Target, check, check_document, sarif};

/// The options of `validate`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop validate                              every definition that the service file names
  workshop validate flow.asl.yml --type EXPRESS  one file, as an express state machine
  workshop validate --strict --format sarif      for CI: warnings fail too, findings as SARIF 2.1.0

Exit codes: 0 no errors, 3 errors (with --strict also warnings) or a file that can't be read.")]
pub(crate) struct ValidateArgs {
    /// Definitions in JSON, or in YAML where the name ends in .yml or .yaml; - reads stdin
    #[arg(value_name = "FILES")]
    files: Vec<PathBuf>,
    /// The type of state machine [default: the service file's, STANDARD]
    #[arg(long, value_enum, ignore_case = true, value_name = "TYPE")]
    r#type: Option<Type>,
    /// The runtime of every function of its language, instead of the one that the service file names
    #[arg(long, value_name = "RUNTIME", value_parser = runtimes::parse)]
    runtime: Option<Runtime>,
    /// Fail on warnings too
    #[arg(long, visible_alias = "deny-warnings")]
    strict: bool,
    /// How to print the findings
    #[arg(long, value_enum, default_value_t = Format::Text, value_name = "FORMAT")]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "UPPER")]
enum Type {
    /// Durable, up to a year.
    Standard,
    /// Up to five minutes.
    Express,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people: each finding with its place in the text.
    Text,
    /// As --json.
    Json,
    /// SARIF 2.1.0, for editors and CI.
    Sarif,
}

/// A definition and the type it is for.
struct Input {
    content: DefinitionContent,
    kind: StateMachineKind,
}

/// What to check.
struct Inputs {
    definitions: Vec<Input>,
    /// The stack whose values pseudo-parameters get.
    stack: Stack,
    /// What the service file says without effect.
    notes: Vec<Note>,
}

impl Input {
    fn check(self, stack: &Stack, now: Timestamp) -> Checked {
        let target = Target { machine_type: machine_type(self.kind), stack, now, serves: cloud_server::serves_task };
        match self.content {
            DefinitionContent::File { source, .. } => check(source, &target),
            DefinitionContent::Inline { source, document } => check_document(source, &document, &target),
        }
    }
}

/// Validates.
pub(crate) fn run(args: &ValidateArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    let Inputs { definitions, stack, notes } = inputs(args, global, ui)?;
    let now = clock::now();
    let checked: Vec<Checked> = definitions.into_iter().map(|input| input.check(&stack, now)).collect();
    let errors = count(&checked, Severity::Error);
    let warnings = count(&checked, Severity::Warning);
    match args.format {
        Format::Sarif => ui.json(&sarif::log(&checked, &notes))?,
        Format::Json => ui.json(&json::report(&checked, errors, warnings, &notes))?,
        Format::Text if ui.is_json() => ui.json(&json::report(&checked, errors, warnings, &notes))?,
        Format::Text => {
            project::print_notes(&notes, ui);
            for checked in checked.iter().filter(|checked| !checked.problems.is_empty()) {
                ui.result(text::problems(checked, ui.width()))?;
            }
        }
    }
    let found = text::summary(checked.len(), errors, warnings);
    end(args, found, errors, warnings, ui)
}

/// The exit code, and a line that sums up.
fn end(args: &ValidateArgs, found: String, errors: usize, warnings: usize, ui: &Ui) -> Result<(), CliError> {
    if errors > 0 {
        return Err(CliError::new(ErrorKind::Project, found));
    }
    if warnings > 0 && args.strict {
        return Err(CliError::new(ErrorKind::Project, format!("{found} Warnings fail because of --strict.")));
    }
    if args.format == Format::Text && !ui.is_json() {
        ui.told(found)?;
    }
    Ok(())
}

fn count(checked: &[Checked], severity: Severity) -> usize {
    checked.iter().flat_map(|checked| &checked.problems).filter(|placed| placed.problem.severity == severity).count()
}

/// What to check: the files, or else every definition of the service.
fn inputs(args: &ValidateArgs, global: &Global, ui: &Ui) -> Result<Inputs, CliError> {
    let kind = args.r#type.map(|r#type| match r#type {
        Type::Standard => StateMachineKind::Standard,
        Type::Express => StateMachineKind::Express,
    });
    if args.files.is_empty() {
        let project_text = ProjectText::find(global, RuntimeChoice::Deployable(args.runtime), ui)?;
        let stack = stack(&project_text, global)?;
        let definitions = project_text.definitions.into_iter();
        let definitions =
            definitions.map(|text| Input { kind: kind.unwrap_or(text.kind), content: text.content }).collect();
        return Ok(Inputs { definitions, stack, notes: project_text.notes });
    }
    // A file is checked by itself: a service file that is wrong is another matter, and so is one that is not there.
    let project_text = ProjectText::if_any(global).map_or_else(ProjectText::lesson, Ok)?;
    let stack = stack(&project_text, global)?;
    let inputs = args.files.iter().map(|file| {
        let kind = kind.or_else(|| kind_in(&project_text, file)).unwrap_or(StateMachineKind::Standard);
        Ok(Input { content: DefinitionContent::File { source: definition_file::read(file)?, path: None }, kind })
    });
    let definitions = inputs.collect::<Result<_, CliError>>()?;
    Ok(Inputs { definitions, stack, notes: Vec::new() })
}

/// The type that the service file gives to a file.
fn kind_in(project_text: &ProjectText, file: &Path) -> Option<StateMachineKind> {
    let file = file.canonicalize().ok()?;
    let is_it = |path: &PathBuf| path.canonicalize().is_ok_and(|path| path == file);
    project_text
        .definitions
        .iter()
        .find(|definition| match &definition.content {
            DefinitionContent::File { path, .. } => path.as_ref().is_some_and(is_it),
            DefinitionContent::Inline { .. } => false,
        })
        .map(|found| found.kind)
}

/// A stack to take values from; nothing is looked up.
fn stack(project_text: &ProjectText, global: &Global) -> Result<Stack, CliError> {
    let service = &project_text.service;
    let wrong = |error: NameError| CliError::new(ErrorKind::Failed, error.to_string());
    let stage = global.stage.clone().unwrap_or_else(|| service.default_stage.clone());
    let account = AccountId::parse("123456789012").map_err(wrong)?;
    Ok(service.stack(stage, project::region(service, global).unwrap_or_default(), account))
}

fn machine_type(kind: StateMachineKind) -> asl::MachineType {
    match kind {
        StateMachineKind::Standard => asl::MachineType::Standard,
        StateMachineKind::Express => asl::MachineType::Express,
    }
}
