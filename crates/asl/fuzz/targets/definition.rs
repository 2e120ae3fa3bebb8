//! Any text as a definition.
#![no_main]

use asl::StateMachine;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = str::from_utf8(data) else { return };
    match StateMachine::parse(text) {
        Ok(machine) => {
            let _ = machine.check_express();
            asl_fuzz::begin(&machine, r#"{"a":[1,2],"b":"c"}"#);
        }
        Err(refused) => assert!(!refused.findings().is_empty() && !refused.to_string().is_empty()),
    }
});
