//! Any text as a call of an intrinsic function.
#![no_main]

use serde_json::json;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((text, input)) = asl_fuzz::text_and_input(data) else { return };
    for call in [text.to_owned(), format!("States.{text}")] {
        let state = json!({ "Type": "Pass", "Parameters": { "x.$": call }, "End": true });
        asl_fuzz::run_state(state, "JSONPath", input);
    }
});
