//! The bytes of a connection into the HTTP front: those that were made up, or requests made up from them.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    cloud_fuzz::front::take(data);
});
