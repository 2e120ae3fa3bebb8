//! The names that the Serverless Framework gives to things, and what AWS takes of those that a file gives.

use crate::names::{AccountId, Key, Region, ServiceName, StageName};
use crate::pseudo::Template;
use crate::role_path::RolePath;
use crate::stack::{DeployedNames, Stack};

use crate::serverless::reading::report::Report;
use crate::serverless::reading::tree::Origin;

/// The longest names that CreateFunction, CreateStateMachine and CreateActivity take, in characters.
const FUNCTION_NAME_LIMIT: usize = 64;
const STATE_MACHINE_NAME_LIMIT: usize = 80;

/// What CreateStateMachine and CreateActivity refuse in a name, beside control characters and white space.
const REFUSED_IN_NAMES: &str = "<>{}[]?*\"#%\\^|~`$&,;:/";

/// A key of functions or state machines, if the model has room for it.
pub(in crate::serverless) fn key(name: &str, at: &Origin, report: &mut Report) -> Option<Key> {
    match Key::parse(name) {
        Ok(key) => Some(key),
        Err(error) => {
            let hint = "The Serverless Framework takes more; rename the key, and keep the deployed name with `name:`.";
            report.error(at, error.to_string(), hint);
            None
        }
    }
}

/// A key as a part of a logical id: `send-email` is `SendDashemail`.
pub(in crate::serverless) fn normalized(name: &str) -> String {
    upper_first(&name.replace('-', "Dash").replace('_', "Underscore"))
}

/// A name as a logical id: letters and digits.
pub(in crate::serverless) fn alphanumeric(name: &str) -> String {
    upper_first(&name.chars().filter(char::is_ascii_alphanumeric).collect::<String>())
}

fn upper_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// The deployment that a file is read for, to measure names with. The account is none of AWS.
pub(in crate::serverless) fn measured_stack(service: &ServiceName, stage: &StageName, region: Option<&Region>) -> Stack {
    Stack {
        service: service.clone(),
        stage: stage.clone(),
        region: region.cloned().unwrap_or_default(),
        account: AccountId::local(),
        role_path: RolePath::default(),
        names: DeployedNames::default(),
    }
}

/// Refuses a function's name that Lambda does not take.
pub(in crate::serverless) fn check_function_name(name: &str, stack: &Stack, at: &Origin, report: &mut Report) {
    let resolved = Template::unchecked(name).resolve(stack);
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if resolved.is_empty() || !resolved.chars().all(allowed) || resolved.len() > FUNCTION_NAME_LIMIT {
        let message = format!(
            "`{resolved}` can't be a function's name: Lambda takes 1 to {FUNCTION_NAME_LIMIT} letters, digits, `-` and `_`; \
             it has {} characters.",
            resolved.chars().count()
        );
        report.error(at, message, "Shorten the name, the function's key or the service's name.");
    }
}

/// Refuses the name of a state machine or an activity that Step Functions does not take.
pub(in crate::serverless) fn check_states_name(what: &str, name: &str, stack: &Stack, at: &Origin, report: &mut Report) {
    let resolved = Template::unchecked(name).resolve(stack);
    let refused = |c: char| c.is_control() || c.is_whitespace() || REFUSED_IN_NAMES.contains(c);
    let length = resolved.chars().count();
    if length == 0 || length > STATE_MACHINE_NAME_LIMIT || resolved.contains(refused) {
        let message = format!(
            "`{}` can't be {what}'s name: Step Functions takes 1 to {STATE_MACHINE_NAME_LIMIT} characters without spaces and \
             `{REFUSED_IN_NAMES}`; it has {length} characters.",
            resolved.escape_debug()
        );
        report.error(at, message, "Give it another `name`.");
    }
}
