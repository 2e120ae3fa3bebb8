//! A function's zip: what is accepted unpacks, within bounds and within its folder.
#![no_main]

libfuzzer_sys::fuzz_target!(init: cloud_fuzz::seeds::write("archive"), |data: &[u8]| {
    cloud_fuzz::archives::take(data);
});
