//! What nearly every command begins with: the project, the clients, and the stack they act on.

use super::args::Global;
use super::error::{CliError, ErrorKind};
use super::project::Project;
use super::ui::{Tone, Ui, toned};
use crate::aws::{Aws, AwsError, AwsErrorKind, Target};
use crate::local::lifecycle;
use crate::model::names::{Key, Region};
use crate::model::nearest;
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
        let account = aws.account().await.map_err(|error| unreachable_in(&aws, error))?;
        let stage = global.stage.clone().unwrap_or_else(|| project.service.default_stage.clone());
        let stack = Stack { service: project.service.name.clone(), stage, region: aws.region.clone(), account };
        Ok(Self { project, aws, stack })
    }

    /// The function that a text means: its key in the service file, or its deployed name.
    ///
    /// # Errors
    /// There is no such function; the sentence names the nearest.
    pub(crate) fn function(&self, text: &str) -> Result<&Key, CliError> {
        let functions = &self.project.service.functions;
        let means = |key: &&Key| key.as_str() == text || self.stack.function_name(key) == text;
        functions.keys().find(means).ok_or_else(|| {
            let known: Vec<&str> = functions.keys().map(Key::as_str).collect();
            let hint = match nearest(text, &known) {
                Some(near) => format!("Did you mean `{near}`? The functions are {}.", known.join(", ")),
                None if known.is_empty() => "Declare one in definitions/service.toml.".to_owned(),
                None => format!("The functions are {}.", known.join(", ")),
            };
            CliError::new(ErrorKind::NotFound, format!("The service has no function `{text}`.")).try_this(hint)
        })
    }

    /// The failure of a command that needs a deployment where there is none.
    pub(crate) fn not_deployed(&self, global: &Global) -> CliError {
        let (name, region) = (self.stack.name(), &self.stack.region);
        CliError::new(ErrorKind::NotFound, format!("Nothing is deployed as {name} in {region}."))
            .try_this(format!("Run `{}` first.", global.command("deploy")))
    }
}

/// A region that does not exist shows as a name without an address; the sentence then names the region.
fn unreachable_in(aws: &Aws, error: AwsError) -> CliError {
    let unknown = error.kind == AwsErrorKind::UnknownHost;
    let mut failure = CliError::from(error);
    if unknown {
        failure.message =
            format!("AWS has no address for the region {}: there is none, or this machine is offline.", aws.region);
    }
    failure
}

/// Which cloud the options mean; the embedded one is started when it does not run.
async fn target(global: &Global, ui: &Ui) -> Result<Target, CliError> {
    if !global.local {
        return Ok(Target::Aws { profile: global.profile.clone(), region: global.region.clone() });
    }
    let region = match &global.region {
        Some(region) => region.clone(),
        None => Region::parse("us-east-1").map_err(|error| CliError::new(ErrorKind::Failed, error.to_string()))?,
    };
    let running = lifecycle::ensure_running(&super::local::data_dir()?).await?;
    if !running.ran_already {
        ui.note(toned(Tone::Faint, super::local::started(&running)));
    }
    Ok(Target::Local { endpoint: running.ready.endpoint(), region })
}
