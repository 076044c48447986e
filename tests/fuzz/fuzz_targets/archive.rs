//! cargo-fuzz's way into the target `archive`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| (drydock_tests::fuzz::target("archive").expect("it is in the list").run)(data));
