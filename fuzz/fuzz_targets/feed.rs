//! Any bytes as a feed: never a crash, never an empty feed from bytes that hold items, nothing that acts in its HTML.
//!
//! `cargo install cargo-fuzz`, then `cargo fuzz run feed --sanitizer none` in this folder's parent (a nightly toolchain
//! lets the sanitiser run too).
#![no_main]

use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use url::Url;
use vigie::collect::read_feed;
use vigie::text::html::sanitise;

fuzz_target!(|bytes: &[u8]| {
    let url = Url::parse("https://example.org/feed").ok();
    let Ok(feed) = read_feed(bytes, url.as_ref(), None, &TimeZone::UTC) else { return };
    if feed.items.is_empty() {
        let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
        assert!(!text.contains("<item>"), "items were lost in silence");
    }
    for item in &feed.items {
        for markup in item.summary.iter().chain(&item.content) {
            let safe = sanitise(markup, url.as_ref()).to_string().to_ascii_lowercase();
            assert!(!safe.contains("<script") && !safe.contains("javascript:"), "{safe}");
        }
    }
});
