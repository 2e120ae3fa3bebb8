//! What nearly every command begins with: the project, the clients, and the stack they act on.

use super::args::Global;
use super::error::CliError;
use super::project::Project;
use super::ui::Ui;
use crate::aws::{Aws, Target};
use crate::model::stack::Stack;

/// A project, the cloud it is meant for, and the names that follow.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// The service and its definitions.
    pub(crate) project: Project,
    /// The clients.
    pub(crate) aws: Aws,
    /// The deployment that the command is about.
    pub(crate) stack: Stack,
}

impl Session {
    /// Reads the project, makes the clients and asks whose account it is.
    ///
    /// # Errors
    /// A wrong project file, missing credentials, an endpoint that does not answer.
    pub(crate) async fn open(global: &Global, ui: &Ui) -> Result<Self, CliError> {
        let project = Project::find()?;
        let aws = Aws::connect(target(global, ui).await?).await?;
        let account = aws.account().await?;
        let stage = global.stage.clone().unwrap_or_else(|| project.service.default_stage.clone());
        let stack = Stack { service: project.service.name.clone(), stage, region: aws.region.clone(), account };
        Ok(Self { project, aws, stack })
    }
}

/// Which cloud the options mean; the embedded one is started when it does not run.
async fn target(global: &Global, _ui: &Ui) -> Result<Target, CliError> {
    Ok(Target::Aws { profile: global.profile.clone(), region: global.region.clone() })
}
