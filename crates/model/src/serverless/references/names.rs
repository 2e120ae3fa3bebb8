//! The names that the Serverless Framework gives to things, and what AWS takes of those that a file gives.

use crate::names::{Key, refused_activity_name, refused_function_name, refused_states_name};
use crate::pseudo::Template;
use crate::stack::Stack;

use crate::serverless::reading::report::Report;
use crate::serverless::reading::tree::Origin;

/// A key of functions or state machines, if the model has room for it.
pub(crate) fn key(name: &str, at: &Origin, report: &mut Report) -> Option<Key> {
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
pub(crate) fn normalized(name: &str) -> String {
    upper_first(&name.replace('-', "Dash").replace('_', "Underscore"))
}

/// A name as a logical id: letters and digits.
pub(crate) fn alphanumeric(name: &str) -> String {
    upper_first(&name.chars().filter(char::is_ascii_alphanumeric).collect::<String>())
}

fn upper_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

/// Refuses a function's name that Lambda does not take.
pub(crate) fn check_function_name(name: &str, stack: &Stack, at: &Origin, report: &mut Report) {
    if let Some(refused) = refused_function_name(&Template::unchecked(name).resolve(stack)) {
        report.error(at, refused, "Shorten the name, the function's key or the service's name.");
    }
}

/// Refuses a state machine's name that Step Functions does not take.
pub(crate) fn check_machine_name(name: &str, stack: &Stack, at: &Origin, report: &mut Report) {
    if let Some(refused) = refused_states_name("a state machine", &Template::unchecked(name).resolve(stack)) {
        report.error(at, refused, "Give it another `name`.");
    }
}

/// Refuses an activity's name that can't be deployed; says whether it can.
pub(crate) fn check_activity_name(name: &str, stack: &Stack, at: &Origin, report: &mut Report) -> bool {
    let refused = refused_activity_name(&Template::unchecked(name).resolve(stack));
    let is_taken = refused.is_none();
    if let Some(refused) = refused {
        report.error(at, refused, "Give it another name.");
    }
    is_taken
}
