//! Map states that fail because they have fields of the other mode.

use serde_json::Value;

use crate::definition::ONLY_DISTRIBUTED;
use crate::lint::finding::{Lint, Lints};
use crate::lint::rules::LintRule;
use crate::lint::view::MachineView;

pub(crate) fn check(machine: &MachineView<'_>, lints: &mut Lints) {
    for state in machine.states().filter(|state| state.kind == "Map") {
        let processor = ["ItemProcessor", "Iterator"].iter().find_map(|name| state.fields.get(*name));
        let mode = processor.and_then(|processor| processor.pointer("/ProcessorConfig/Mode")).and_then(Value::as_str);
        if mode.is_some_and(|mode| mode != "INLINE") {
            continue;
        }
        for name in ONLY_DISTRIBUTED.into_iter().filter(|name| state.fields.contains_key(*name)) {
            lints.add(Lint {
                rule: LintRule::DistributedFieldInline,
                location: format!("{}/{name}", state.location),
                message: format!("\"{}\" fails: it is in inline mode, which has no {name}.", state.name),
                fix: "Write `\"ProcessorConfig\": {\"Mode\": \"DISTRIBUTED\", \"ExecutionType\": \"STANDARD\"}` in its ItemProcessor."
                    .to_owned(),
            });
        }
    }
}
