//! The bytes of a connection into the HTTP front: those that were made up, or requests made up from them.
#![no_main]

libfuzzer_sys::fuzz_target!(init: cloud_fuzz::seeds::write("http"), |data: &[u8]| {
    cloud_fuzz::front::take(data);
});
