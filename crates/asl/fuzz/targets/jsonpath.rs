//! Any text as a path, on any payload, at every place that takes one.
#![no_main]

use serde_json::json;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((path, input)) = asl_fuzz::text_and_input(data) else { return };
    for state in [
        json!({ "Type": "Pass", "InputPath": path, "End": true }),
        json!({ "Type": "Pass", "Parameters": { "x.$": path }, "End": true }),
        json!({ "Type": "Pass", "ResultPath": path, "End": true }),
        json!({ "Type": "Pass", "Assign": { "x.$": path }, "End": true }),
        json!({ "Type": "Wait", "TimestampPath": path, "End": true }),
    ] {
        asl_fuzz::run_state(state, "JSONPath", input);
    }
});
