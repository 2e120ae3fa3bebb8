//! What nearly every command begins with: the project, the clients, and the stack they act on.

use super::args::Global;
use super::error::{CliError, ErrorKind};
use super::project::Project;
use super::ui::{Tone, Ui, toned};
use crate::local::lifecycle;
use aws::{Aws, AwsError, AwsErrorKind, Target};
use model::names::Key;
use model::nearest;
use model::stack::Stack;

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
        Self::of(Project::find()?, global, ui).await
    }

    /// Makes the clients for a project that was read before and asks whose account it is.
    ///
    /// # Errors
    /// Missing credentials, an endpoint that does not answer.
    pub(crate) async fn of(project: Project, global: &Global, ui: &Ui) -> Result<Self, CliError> {
        let aws = Aws::connect(target(global, ui).await?).await?;
        let account = aws.account().await.map_err(|error| first_failure(global, &aws, error))?;
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

/// The first call is where wrong settings show: the sentence names the setting.
fn first_failure(global: &Global, aws: &Aws, error: AwsError) -> CliError {
    let message = match (error.kind, &global.profile, &aws.endpoint) {
        (AwsErrorKind::UnknownHost, _, None) => {
            format!("AWS has no address for the region {}: there is none, or this machine is offline.", aws.region)
        }
        (AwsErrorKind::Unreachable | AwsErrorKind::UnknownHost, _, Some(endpoint)) => {
            format!("Nothing answers at {endpoint}.")
        }
        (AwsErrorKind::NoCredentials, Some(profile), _) => {
            format!("No AWS credentials were found in the profile `{profile}`.")
        }
        _ => return error.into(),
    };
    CliError { message, ..error.into() }
}

/// Which cloud the options mean; the embedded one is started when it does not run.
async fn target(global: &Global, ui: &Ui) -> Result<Target, CliError> {
    if !global.local {
        return Ok(Target::Aws { profile: global.profile.clone(), region: global.region.clone() });
    }
    let region = global.region.clone().unwrap_or_default();
    let running = lifecycle::ensure_running(&super::local::data_dir()?).await?;
    if !running.ran_already {
        ui.note(toned(Tone::Faint, super::local::started(&running)));
    }
    Ok(Target::Local { endpoint: running.ready.endpoint(), region })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::args::Cli;
    use model::names::Region;

    #[tokio::test]
    async fn wrong_settings_are_named() {
        let global = Cli::try_parse_from(["workshop", "list", "--profile", "anna"]).unwrap().global;
        let region = Region::parse("xx-nowhere-1").unwrap();
        let target = Target::Local { endpoint: "http://127.0.0.1:9".to_owned(), region };
        let here = Aws::connect(target).await.unwrap();
        let there = Aws { endpoint: None, ..here.clone() };
        let told = |aws: &Aws, kind| {
            let (service, operation, message) = ("STS", "GetCallerIdentity", "why".to_owned());
            first_failure(&global, aws, AwsError { kind, service, operation, code: None, message, request_id: None })
        };
        let unknown = told(&there, AwsErrorKind::UnknownHost);
        insta::assert_snapshot!(unknown.message, @"AWS has no address for the region xx-nowhere-1: there is none, or this machine is offline.");
        assert_eq!((unknown.kind, unknown.cause.as_deref()), (ErrorKind::Unreachable, Some("why")));
        insta::assert_snapshot!(told(&here, AwsErrorKind::Unreachable).message, @"Nothing answers at http://127.0.0.1:9.");
        let none = told(&there, AwsErrorKind::NoCredentials);
        insta::assert_snapshot!(none.message, @"No AWS credentials were found in the profile `anna`.");
        assert_eq!((none.cause, none.detail.as_deref()), (None, Some("why")), "the long list is for --verbose");
    }
}
