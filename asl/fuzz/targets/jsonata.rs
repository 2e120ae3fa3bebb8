//! Any text as a JSONata expression.
#![no_main]

use serde_json::json;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((text, input)) = asl_fuzz::text_and_input(data) else { return };
    let state = json!({ "Type": "Pass", "Output": format!("{{% {text} %}}"), "End": true });
    asl_fuzz::run_state(state, "JSONata", input);
});
