//! Pure: what exists, to the plan that deletes it.

use crate::desired::resource::Resource;
use crate::observe::Observed;
use crate::plan::{Plan, Step, all_deletions, extra_apis};
use model::stack::Stack;

/// Deletes everything that exists, which must be [`Observed::ours`]; log groups only when asked to.
pub fn plan_removal(observed: &Observed, stack: &Stack, keep_logs: bool) -> Plan {
    let mut steps = all_deletions(observed, &observed.stack(stack));
    if let Some(first) = observed.apis.first() {
        steps.push(Step::deletion_by_id(Resource::Api, stack.api_name(), &first.api.id));
    }
    steps.extend(extra_apis(observed));
    if keep_logs {
        steps.retain(|step| !matches!(step.resource, Resource::LogGroup(_)));
    }
    steps.sort_by(|one, other| one.resource.cmp(&other.resource));
    Plan { steps, notes: Vec::new() }
}
