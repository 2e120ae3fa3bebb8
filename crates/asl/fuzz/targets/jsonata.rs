//! Any text as a JSONata expression, over any payload: as a context value and as the input of a state.
#![no_main]

use jiff::Timestamp;
use jsonata::{Expression, Variables};
use serde_json::{Value, json};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((text, input)) = asl_fuzz::text_and_input(data) else { return };
    if let (Ok(expression), Ok(payload)) = (Expression::parse(text), serde_json::from_str::<Value>(input)) {
        let variables = Variables::new(Timestamp::UNIX_EPOCH, 9);
        let _ = expression.evaluate_over(&payload, &variables);
    }
    let state = json!({ "Type": "Pass", "Output": format!("{{% {text} %}}"), "End": true });
    asl_fuzz::run_state(state, "JSONata", input);
});
