//! Which runtime a function has: the one that it or the service names, or the command.

use runtimes::{Runtime, RuntimeError};

use crate::names::nearest;
use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::Located;
use crate::serverless::reading::tree::Origin;

/// The runtime of a function. `named` is what the command names.
pub(super) fn runtime(
    written: Option<&Located<String>>,
    named: Option<Runtime>,
    function: &Origin,
    report: &mut Report,
) -> Option<Runtime> {
    let Some(written) = written else {
        if named.is_none() {
            let newest = Runtime::Nodejs24;
            let hint = format!("Add `runtime: {newest}` under `provider`, or deploy with `--runtime {newest}`.");
            report.error(function, "The function has no runtime.", hint);
        }
        return named;
    };
    let parsed = Runtime::parse(&written.value);
    let language = match &parsed {
        Ok(runtime) | Err(RuntimeError::Retired { successor: runtime, .. }) => Some(runtime.language()),
        Err(_) => None,
    };
    if let Some(named) = named.filter(|named| Some(named.language()) == language) {
        return Some(named);
    }
    parsed.map_err(|error| report.error(&written.at, error.to_string(), advice(&error))).ok()
}

/// What to do about a runtime that functions can't be deployed with.
pub(crate) fn advice(error: &RuntimeError) -> String {
    let known: Vec<&str> = Runtime::ALL.iter().map(|runtime| runtime.as_str()).collect();
    match error {
        RuntimeError::Retired { successor, .. } => {
            format!("Write `{successor}` there, or deploy with `--runtime {successor}`; look whether the code runs on it.")
        }
        RuntimeError::Unknown { name } => match nearest(name, &known) {
            Some(near) => format!("Did you mean `{near}`? Known are {}.", known.join(", ")),
            None => format!("Known are {}.", known.join(", ")),
        },
        _ => format!("Known are {}.", known.join(", ")),
    }
}
