//! `workshop graph`: a state machine as a picture or as text, with the statuses of an execution where one is meant.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use graph::{Graph, Statuses, SvgStyle};
use model::document::Document;
use model::source::Source;
use serde_json::Value;

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::history::find::find;
use crate::cli::history::outline::{outline, statuses};
use crate::cli::make::definition_file;
use crate::cli::session::Session;
use crate::cli::session::project::{DefinitionContent, ProjectText, RuntimeChoice};
use crate::cli::ui::Ui;
use aws::executions;

/// The options of `graph`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  workshop graph                             the service's state machine, in the terminal
  workshop graph order --format svg > order.svg
                                             that of one state machine, as a picture for a page or a README
  workshop graph flow.asl.yml --format mermaid
                                             a file's, as text that GitHub draws
  workshop graph taskone --local             an execution's, with how each of its states stands

What has no errors in `workshop validate` is drawn whole. What has some is drawn as far as it can be read; a transition to
a state that is not there is drawn to one that is called so.")]
pub(crate) struct GraphArgs {
    /// A definition's file (- reads stdin), a state machine of the service, or an execution's name or ARN [default: the only
    /// state machine]
    #[arg(value_name = "WHAT")]
    what: Option<String>,
    /// The state machine, where several have an execution of that name
    #[arg(short, long, value_name = "MACHINE", requires = "what")]
    machine: Option<String>,
    /// How to draw it
    #[arg(long, value_enum, default_value_t = Format::Term, value_name = "FORMAT")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for a terminal, as wide as it is.
    Term,
    /// A picture, light or dark as its reader has it.
    Svg,
    /// A Mermaid flowchart.
    Mermaid,
    /// Not drawn: it says how to make one.
    Png,
}

/// What is drawn.
struct Drawn {
    definition: Value,
    statuses: Option<Statuses>,
}

/// Runs `workshop graph`.
pub(crate) async fn run(args: &GraphArgs, global: &Global, ui: &Ui) -> Result<(), CliError> {
    if args.format == Format::Png {
        let message = "There are no PNG pictures: what draws text into them would add megabytes to this program.";
        return Err(CliError::new(ErrorKind::Usage, message).try_this(
            "`--format svg` draws the same; browsers show it, the page of `workshop open --local` saves a PNG, and so does `rsvg-convert graph.svg -o graph.png`.",
        ));
    }
    let Drawn { definition, statuses } = drawn(args, global, ui).await?;
    let graph = Graph::read(&definition);
    if ui.is_json() {
        return ui.json(&graph.to_json(statuses.as_ref()));
    }
    match args.format {
        Format::Svg => ui.result(graph.layout().svg(&graph, statuses.as_ref(), SvgStyle::Embedded).trim_end()),
        Format::Mermaid => ui.result(graph.mermaid(statuses.as_ref()).trim_end()),
        Format::Term | Format::Png => ui.result(outline(&definition, statuses.as_ref(), ui.width())),
    }
}

/// What the argument means: a file, a state machine of the service, or else an execution.
async fn drawn(args: &GraphArgs, global: &Global, ui: &Ui) -> Result<Drawn, CliError> {
    let machine = |definition| Ok(Drawn { definition, statuses: None });
    let Some(what) = &args.what else {
        return machine(only_machine(ProjectText::find(global, RuntimeChoice::Any, ui)?)?);
    };
    if is_file(what) {
        let source = definition_file::read(&PathBuf::from(what))?;
        return machine(value(DefinitionContent::File { source, path: None })?);
    }
    if !what.starts_with("arn:") && args.machine.is_none() {
        let project = ProjectText::find(global, RuntimeChoice::Any, ui)?;
        if let Some(found) = project.definitions.into_iter().find(|text| text.key.as_str() == what) {
            return machine(value(found.content)?);
        }
    }
    let session = Session::open(global, ui).await?;
    let found = find(&session, global, what, args.machine.as_deref()).await?;
    let arn = &found.execution.execution_arn;
    let events = executions::history_after(&session.aws, arn, 0).await?;
    let definition = executions::definition(&session.aws, arn).await?;
    let definition = value(DefinitionContent::File { source: Source::new("definition.json", definition), path: None })?;
    Ok(Drawn { definition, statuses: Some(statuses(&events)) })
}

/// Whether a text names a file: it is there, or its name ends like that of a definition.
fn is_file(what: &str) -> bool {
    let path = Path::new(what);
    let ending = path.extension().and_then(|ending| ending.to_str());
    what == "-" || matches!(ending, Some("json" | "yml" | "yaml")) || path.is_file()
}

/// The definition of the only state machine.
fn only_machine(project: ProjectText) -> Result<Value, CliError> {
    let keys: Vec<String> = project.definitions.iter().map(|text| text.key.to_string()).collect();
    let mut texts = project.definitions.into_iter();
    match (texts.next(), texts.next()) {
        (Some(only), None) => value(only.content),
        (None, _) => Err(CliError::new(ErrorKind::NotFound, "The service has no state machine.")
            .try_this("Declare one in the service file, or name a definition's file.")),
        (Some(_), Some(_)) => {
            let message = "The service has several state machines: name the one you mean.";
            Err(CliError::new(ErrorKind::Usage, message).try_this(format!("They are {}.", keys.join(", "))))
        }
    }
}

/// A definition as it is written, also where it is not valid.
fn value(content: DefinitionContent) -> Result<Value, CliError> {
    match content {
        DefinitionContent::Inline { document, .. } => Ok(document.value()),
        DefinitionContent::File { source, .. } => {
            let document = Document::parse(&source).map_err(|error| error.in_source(&source))?;
            Ok(document.value())
        }
    }
}
