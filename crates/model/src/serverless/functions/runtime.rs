//! Which runtime a function has: the one that it or the service names, or the command.

use runtimes::Runtime;

use crate::serverless::reading::report::Report;
use crate::serverless::reading::section::Located;
use crate::serverless::reading::tree::Origin;
use crate::service::{chosen_runtime, runtime_advice};

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
    let chosen = chosen_runtime(&written.value, named);
    chosen.map_err(|error| report.error(&written.at, error.to_string(), runtime_advice(&error))).ok()
}
