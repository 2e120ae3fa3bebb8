//! Lints: what AWS accepts in a definition and its author will regret.
//!
//! AWS refuses what is malformed ([`crate::StateMachine::parse`] says so in its words); these rules find what is well
//! formed and still wrong, or likely to be. They read the definition as JSON and skip whatever is malformed, so that
//! they apply to any text, beside AWS's own findings. A rule reports only what is certain: what a Task
//! returns and what an execution is started with is never guessed.

mod checks;
mod finding;
mod location;
mod reads;
mod references;
mod rules;
mod scan;
mod shape;
mod view;

use jiff::Timestamp;
use serde_json::Value;

pub use finding::{Lint, MachineType};
pub use references::variable_references;
pub use rules::LintRule;

use finding::Lints;

/// Lints a definition, for at most a thousand findings. `now` decides whether a literal timestamp lies in the past.
pub fn lint(definition: &Value, machine_type: MachineType, now: Timestamp) -> Vec<Lint> {
    let machine = view::MachineView::read(definition);
    let mut lints = Lints::default();
    checks::reachability::check(&machine, &mut lints);
    checks::loops::check(&machine, machine_type, &mut lints);
    checks::choices::check(&machine, &mut lints);
    checks::errors::check(&machine, &mut lints);
    checks::transient::check(&machine, &mut lints);
    checks::waits::check(&machine, machine_type, now, &mut lints);
    checks::maps::check(&machine, &mut lints);
    checks::literals::check(&machine, &mut lints);
    checks::context::check(&machine, &mut lints);
    checks::paths::check(&machine, &mut lints);
    checks::variables::check(&machine, &mut lints);
    lints.into_vec()
}

#[cfg(test)]
mod tests;
