//! Pure: what should exist and what exists, to one step per resource. Whoever applies the plan has nothing left to decide.

mod compare;
pub(crate) mod diff;
mod leftovers;
pub(crate) mod one_function;
pub(crate) mod order;
pub(crate) mod remove;
mod step;

use crate::desired::Desired;
use crate::error::DeployError;
use crate::observe::Observed;
use model::stack::Stack;

pub(crate) use leftovers::{all_deletions, extra_apis};
pub use step::{Change, ForeignResources, Identity, Plan, Step};

/// What makes the cloud match the service.
///
/// # Errors
/// Something that may not be read; something at one of our names that is not ours; a state machine whose type differs: it can't be changed in place.
pub fn plan(
    desired: &Desired,
    observed: &Observed,
    stack: &Stack,
    foreign: ForeignResources,
) -> Result<Plan, DeployError> {
    let stack = &observed.stack(stack);
    let unread = observed.unread(stack);
    if !unread.is_empty() {
        return Err(DeployError::Unreadable(unread));
    }
    let mut steps = compare::steps(desired, observed, stack, foreign)?;
    let api = compare::api_of(observed);
    leftovers::unneeded_parts(&mut steps, desired, observed, api, stack);
    let mut notes = Vec::new();
    let undeclared = leftovers::undeclared(desired, observed, stack);
    if observed.running == 0 {
        steps.extend(undeclared);
    } else if !undeclared.is_empty() {
        let names: Vec<String> = undeclared.iter().map(|step| step.resource.to_string()).collect();
        let executions = match observed.running {
            1 => "1 execution still runs".to_owned(),
            count => format!("{count} executions still run"),
        };
        notes.push(format!(
            "No longer declared, but kept because {executions} and may need it: {}. Deploy again when none runs.",
            names.join(", ")
        ));
    }
    steps.sort_by(|one, other| one.resource.cmp(&other.resource));
    Ok(Plan { steps, notes })
}

#[cfg(test)]
mod tests;
