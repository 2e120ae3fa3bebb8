//! Which of the service's state machines a text means.

use super::Session;
use crate::cli::error::{CliError, ErrorKind};
use crate::cli::global::Global;
use crate::cli::ui::visible;
use model::names::{Arn, Key};
use model::nearest;
use model::service::StateMachineKind;

impl Session {
    /// The state machine that a text means: its key in the service file, its deployed name, or its ARN.
    ///
    /// # Errors
    /// There is no such state machine; the sentence names the nearest.
    pub(crate) fn machine(&self, text: &str) -> Result<&Key, CliError> {
        let machines = &self.project.service.state_machines;
        let means = |key: &&Key| {
            key.as_str() == text
                || self.stack.state_machine_name(key) == text
                || self.stack.state_machine_arn(key).as_str() == text
        };
        machines.keys().find(means).ok_or_else(|| {
            let known: Vec<&str> = machines.keys().map(Key::as_str).collect();
            let hint = match nearest(text, &known) {
                Some(near) => format!("Did you mean `{near}`? {}", listed(&known)),
                None => listed(&known),
            };
            CliError::new(ErrorKind::NotFound, format!("The service has no state machine `{text}`.")).try_this(hint)
        })
    }

    /// The state machine that a text means, or the only one of the service where there is no text.
    ///
    /// # Errors
    /// There is no such state machine, or there are several and none is named.
    pub(crate) fn machine_or_only(&self, text: Option<&str>) -> Result<&Key, CliError> {
        if let Some(text) = text {
            return self.machine(text);
        }
        let mut keys = self.project.service.state_machines.keys();
        match (keys.next(), keys.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => {
                let message = "The service has no state machine.";
                Err(CliError::new(ErrorKind::NotFound, message).try_this("Declare one in the service file."))
            }
            (Some(_), Some(_)) => {
                let known: Vec<&str> = self.project.service.state_machines.keys().map(Key::as_str).collect();
                let message = "The service has several state machines: name the one you mean.";
                Err(CliError::new(ErrorKind::Usage, message).try_this(listed(&known)))
            }
        }
    }

    /// A state machine as messages name it: by its key in the service file, or by its deployed name where it is another's.
    pub(crate) fn machine_shown(&self, arn: &Arn) -> String {
        let keys = self.project.service.state_machines.keys();
        let key = keys.into_iter().find(|key| self.stack.state_machine_arn(key) == *arn);
        key.map_or_else(|| visible(arn.last_part()), ToString::to_string)
    }

    /// A command that starts an execution of this service, as it would be typed.
    pub(crate) fn start_command(&self, global: &Global) -> String {
        let service = &self.project.service;
        let start = global.command("start");
        let keys: Vec<&Key> = service.state_machines.keys().collect();
        match keys.as_slice() {
            _ if service.routes.iter().any(|route| route.path == "/start") => {
                format!("{start} --task taskone --at +10s")
            }
            [] | [_] => start,
            [first, ..] => format!("{start} {first}"),
        }
    }

    /// Whether a state machine's executions are kept by Step Functions, which lists and describes them.
    pub(crate) fn is_standard(&self, key: &Key) -> bool {
        self.project.service.state_machines.get(key).is_some_and(|machine| machine.kind == StateMachineKind::Standard)
    }
}

fn listed(known: &[&str]) -> String {
    match known {
        [] => "Declare one in the service file.".to_owned(),
        [only] => format!("The only one is {only}."),
        _ => format!("The state machines are {}.", known.join(", ")),
    }
}
