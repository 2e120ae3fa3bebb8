//! What nearly every command begins with: the project, the clients, and the stack they act on.

pub(crate) mod addresses;
pub(crate) mod artefacts;
pub(crate) mod at_once;
pub(crate) mod cloud_time;
pub(crate) mod embedded;
mod machines;
mod mfa;
pub(crate) mod project;
pub(crate) mod runtimes;

use std::sync::Arc;

use cloud_server::TimeReport;
use cloud_server::lifecycle::{self, Running};

use self::cloud_time::EmbeddedClock;
use self::project::{Origin, Project, RuntimeChoice};
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::ui::{Tone, Ui, toned};
use aws::region;
use aws::{Aws, MfaCode, Target};
use model::names::{AccountId, Key, Region};
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
    /// What the embedded cloud's clock showed when the command began.
    time: Option<TimeReport>,
}

impl Session {
    /// Reads the project, makes the clients and asks whose account it is.
    ///
    /// # Errors
    /// A wrong project file, missing credentials, an endpoint that does not answer.
    pub(crate) async fn open(global: &Global, ui: &Ui) -> Result<Self, CliError> {
        Self::of(Project::find(global, RuntimeChoice::Any, ui)?, global, ui).await
    }

    /// Makes the clients for a project that was read before and asks whose account it is.
    ///
    /// # Errors
    /// Missing credentials, an endpoint that does not answer.
    pub(crate) async fn of(project: Project, global: &Global, ui: &Ui) -> Result<Self, CliError> {
        Self::connect(project, global, ui, Some(Arc::new(mfa::Terminal))).await
    }

    /// As [`Session::open`], where nobody can be asked for anything.
    ///
    /// # Errors
    /// As [`Session::open`], and where an MFA code is needed.
    pub(crate) async fn open_unattended(global: &Global, ui: &Ui) -> Result<Self, CliError> {
        Self::connect(Project::find(global, RuntimeChoice::Any, ui)?, global, ui, None).await
    }

    async fn connect(project: Project, global: &Global, ui: &Ui, mfa_code: MfaCode) -> Result<Self, CliError> {
        let (target, running) = target(project.region(global), global, ui, mfa_code).await?;
        let time = running.as_ref().and_then(|running| running.time);
        let mut aws = Aws::connect(target).await?;
        if let Some(Running { ready, .. }) = running {
            aws = aws.with_clock(Arc::new(EmbeddedClock::new(embedded::data_dir()?, ready)));
        }
        let told = ui.clone();
        aws.on_wait(move |wait| told.wait(wait));
        let account = aws.account().await;
        let account = account.map_err(|error| CliError::first_call(error, &aws))?;
        let stage = global.stage.clone().unwrap_or_else(|| project.service.default_stage.clone());
        let stack = project.service.stack(stage, aws.region.clone(), account);
        Ok(Self { project, aws, stack, time })
    }

    /// Says that moments are told by a clock that was moved, where it was.
    pub(crate) fn note_moved_clock(&self, ui: &Ui) {
        let told = self.time.as_ref().and_then(|time| cloud_time::sentence("The embedded cloud's clock", time));
        told.filter(|_| !ui.is_json()).into_iter().for_each(|told| ui.note(toned(Tone::Faint, told)));
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
                None if known.is_empty() => "Declare one in the service file.".to_owned(),
                None => format!("The functions are {}.", known.join(", ")),
            };
            CliError::new(ErrorKind::NotFound, format!("The service has no function `{text}`.")).try_this(hint)
        })
    }

    /// The failure of a command that changes a deployment where there is none: outside any project nothing says that the lesson
    /// is meant.
    pub(crate) fn nothing_to_change(&self, global: &Global) -> CliError {
        match self.project.origin {
            Origin::File(_) => self.not_deployed(global),
            Origin::Bundled => {
                let stack = self.stack.name();
                let region = &self.stack.region;
                CliError::no_project(&format!(
                    "and the lesson that workshop brings is not deployed ({stack} in {region})"
                ))
            }
        }
    }

    /// The failure of a command that needs a deployment where there is none.
    pub(crate) fn not_deployed(&self, global: &Global) -> CliError {
        let message = format!("Nothing is deployed as {} in {}.", self.stack.name(), self.stack.region);
        CliError::new(ErrorKind::NotFound, message).try_this(format!("Run `{}` first.", global.command("deploy")))
    }
}

/// Which cloud the options mean; the embedded one is started when it does not run.
async fn target(
    region: Option<Region>,
    global: &Global,
    ui: &Ui,
    mfa_code: MfaCode,
) -> Result<(Target, Option<Running>), CliError> {
    if !global.local {
        let target = Target::Aws { profile: global.profile.clone(), region, mfa_code };
        return Ok((target, None));
    }
    let region = region.unwrap_or_default();
    if region.partition() != "aws" {
        let message = format!("The embedded cloud has no region {region}: it is of the partition aws alone.");
        return Err(
            CliError::new(ErrorKind::Usage, message).try_this("Take a region such as us-east-1, or leave it out.")
        );
    }
    let data_dir = embedded::data_dir()?;
    let running = lifecycle::ensure_running(&data_dir).await?;
    if !running.ran_already {
        ui.note(toned(Tone::Faint, format!("{} {}", embedded::started(&running), embedded::IN_A_BROWSER)));
    }
    let keys = embedded::keys(&data_dir)?;
    Ok((Target::Local { endpoint: running.ready.endpoint(), region, keys }, Some(running)))
}

/// The stack of a project as far as it is known without a call: the account is a placeholder unless it is the embedded
/// cloud's.
///
/// # Errors
/// The environment's or profile's region is no region, or there is no such profile.
pub(crate) async fn estimated_stack(project: &Project, global: &Global) -> Result<Stack, CliError> {
    let region = match (project.region(global), global.local) {
        (Some(region), _) => region,
        (None, true) => Region::default(),
        (None, false) => region::configured(global.profile.as_deref()).await?,
    };
    let service = &project.service;
    let stage = global.stage.clone().unwrap_or_else(|| service.default_stage.clone());
    let account = if global.local { AccountId::local() } else { AccountId::placeholder() };
    Ok(service.stack(stage, region, account))
}

/// The estimated stack with an account of the right length: what is measured against AWS's limits before anything is
/// called.
pub(crate) fn measured_stack(estimated: Stack) -> Stack {
    Stack { account: AccountId::local(), ..estimated }
}
