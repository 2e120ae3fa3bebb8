//! Paths to members that the Context Object does not have.

use crate::lint::finding::{Lint, Lints};
use crate::lint::reads;
use crate::lint::rules::LintRule;
use crate::lint::scan::{self, Root};
use crate::lint::view::MachineView;

/// Source: <https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html>.
const MEMBERS: [&str; 5] = ["Execution", "Map", "State", "StateMachine", "Task"];

pub(crate) fn check(machine: &MachineView<'_>, lints: &mut Lints) {
    for state in machine.states().filter(|state| !state.is_jsonata) {
        reads::each(state, |read| {
            let unknown = scan::paths(read.text).into_iter().filter(|path| path.root == Root::Context);
            let unknown = unknown.filter_map(|path| path.members.into_iter().next());
            for member in unknown.filter(|member| !MEMBERS.contains(&member.as_str())) {
                lints.add(Lint {
                    rule: LintRule::UnknownContextMember,
                    location: read.location.to_owned(),
                    message: format!("The Context Object has no `{member}`; it has {}.", MEMBERS.join(", ")),
                    fix: "Write `$` for the input, or take a member that the Context Object has.".to_owned(),
                });
            }
        });
    }
}
