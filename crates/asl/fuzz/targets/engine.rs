//! Made-up state machines, driven by made-up answers, stored and read again on the way.
#![no_main]

use arbitrary::Unstructured;
use asl::StateMachine;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let mut bytes = Unstructured::new(data);
    let Ok(definition) = asl_fuzz::shape::definition(&mut bytes) else { return };
    let Ok(input) = asl_fuzz::shape::value(&mut bytes, 3) else { return };
    if let Ok(machine) = StateMachine::parse(&definition.to_string()) {
        asl_fuzz::drive::drive(&machine, &input.to_string(), &mut bytes);
    }
});
