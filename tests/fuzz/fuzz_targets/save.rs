//! cargo-fuzz's way into the target `save`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| (drydock_tests::fuzz::target("save").expect("it is in the list").run)(data));
