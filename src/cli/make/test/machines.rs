//! The machines that cases run: those of the service, and definitions that test files name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::session::project::{self, DefinitionContent, ProjectText};
use model::document::{Document, Node};
use model::names::{AccountId, NameError};
use model::service::{Service, StateMachineKind};
use model::source::Source;
use model::stack::Stack;
use simulate::Subject;

/// The account of test executions. It is none of AWS.
pub(in crate::cli::make) const ACCOUNT: &str = "123456789012";

/// A machine, ready to run.
pub(in crate::cli::make) struct Machine {
    /// Its name in the service file, or its definition's file.
    pub(in crate::cli::make) name: String,
    pub(in crate::cli::make) subject: Subject,
    /// The definition in JSON, with the values of the stack.
    pub(in crate::cli::make) json: String,
    /// The text of the definition, and the definition in it.
    pub(in crate::cli::make) source: Source,
    pub(in crate::cli::make) definition: Node,
    /// The definition's file, where it has one.
    pub(in crate::cli::make) path: Option<PathBuf>,
}

/// The machines of a project, by their names.
pub(in crate::cli::make) struct Machines {
    stack: Stack,
    pub(in crate::cli::make) known: BTreeMap<String, Machine>,
}

impl Machines {
    /// The machines of a service.
    ///
    /// # Errors
    /// A definition that AWS would refuse.
    pub(in crate::cli::make) fn of(text: &ProjectText, global: &Global) -> Result<Self, CliError> {
        let stack = stack(&text.service, global)?;
        let mut machines = Self { stack, known: BTreeMap::new() };
        for definition in &text.definitions {
            let arn = machines.stack.state_machine_arn(&definition.key).to_string();
            let is_express = definition.kind == StateMachineKind::Express;
            let name = definition.key.to_string();
            let machine = machines.machine(name.clone(), &definition.content, &arn, is_express)?;
            machines.known.insert(name, machine);
        }
        Ok(machines)
    }

    /// Takes up a definition that a test file names; `shown` is its path as the user would type it.
    ///
    /// # Errors
    /// A file that can't be read, a definition that AWS would refuse.
    pub(in crate::cli::make) fn add_file(
        &mut self,
        path: &Path,
        shown: &str,
        is_express: bool,
    ) -> Result<(), CliError> {
        if self.known.contains_key(shown) {
            return Ok(());
        }
        let content = DefinitionContent::File { source: project::read(path, shown)?, path: Some(path.to_owned()) };
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let name = file.split('.').next().unwrap_or("machine");
        let arn = self.stack.state_machine_arn_of(name);
        let machine = self.machine(shown.to_owned(), &content, arn.as_str(), is_express)?;
        self.known.insert(shown.to_owned(), machine);
        Ok(())
    }

    fn machine(
        &self,
        name: String,
        content: &DefinitionContent,
        arn: &str,
        is_express: bool,
    ) -> Result<Machine, CliError> {
        let (source, document, path) = match content {
            DefinitionContent::File { source, path } => {
                let document = Document::parse(source).map_err(|error| CliError::from(error.in_source(source)))?;
                (source, document, path.clone())
            }
            DefinitionContent::Inline { source, document } => (source, document.clone(), None),
        };
        let json = content.definition()?.resolve(&self.stack).json;
        let subject = Subject::parse(&json, arn, is_express).map_err(|error| {
            let message = format!("The definition of `{name}` is none that AWS takes.");
            CliError::new(ErrorKind::Project, message)
                .because(error.aws_text())
                .try_this("`workshop validate` shows each finding with its place.")
        })?;
        Ok(Machine { name, subject, json, source: source.clone(), definition: document.root, path })
    }
}

/// A stack to take values from; nothing is looked up.
fn stack(service: &Service, global: &Global) -> Result<Stack, CliError> {
    let wrong = |error: NameError| CliError::new(ErrorKind::Failed, error.to_string());
    let stage = global.stage.clone().unwrap_or_else(|| service.default_stage.clone());
    let account = AccountId::parse(ACCOUNT).map_err(wrong)?;
    Ok(service.stack(stage, project::region(service, global).unwrap_or_default(), account))
}
