#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| turnlock_fuzz::template(data));
