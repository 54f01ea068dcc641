//! Real feeds, when the project's shared samples stand beside it: through `inspect`, and on to digests.

mod common;

use std::path::{Path, PathBuf};

use common::{Answer, Scratch, Site, source};

fn samples() -> Option<(PathBuf, Vec<serde_json::Value>)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/feeds");
    let Ok(text) = std::fs::read_to_string(dir.join("expect.jsonl")) else {
        println!("skipped: the shared samples are not here");
        return None;
    };
    Some((dir, text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()))
}

#[test]
fn every_sample_is_read_or_refused_with_a_reason() {
    let Some((dir, expected)) = samples() else { return };
    let scratch = Scratch::new();
    let list: String = expected
        .iter()
        .map(|one| {
            let file = dir.join(one["file"].as_str().expect("a file"));
            serde_json::json!({ "file": file, "url": one["url"], "content_type": one["content_type"] }).to_string()
                + "\n"
        })
        .collect();
    let path = scratch.path().join("list.jsonl");
    std::fs::write(&path, list).expect("a list");
    let ran = scratch.run(&["inspect", "--as", "feed", "--json", "--list", path.to_str().expect("UTF-8")]);
    let rows = ran.json();
    assert_eq!(rows.len(), expected.len());
    let mut right = 0;
    for (row, one) in rows.iter().zip(&expected) {
        let is_feed = row.get("error").is_none();
        right += usize::from(is_feed == one["parse"].as_bool().expect("a bool"));
        if is_feed {
            let markup = row["items"].to_string().to_lowercase();
            for bad in ["<script", "javascript:", "onabort=", "onerror="] {
                assert!(!markup.contains(bad), "{bad} in {}", one["file"]);
            }
        } else {
            assert!(!row["error"]["message"].as_str().expect("a message").is_empty());
        }
    }
    println!("feeds told from what is none: {right} of {}", expected.len());
}

#[test]
fn real_feeds_go_all_the_way_to_a_digest() {
    let Some((dir, expected)) = samples() else { return };
    let site = Site::start();
    let scratch = Scratch::new();
    let mut sources = String::new();
    for (number, one) in expected.iter().enumerate() {
        let bytes = std::fs::read(dir.join(one["file"].as_str().expect("a file"))).expect("a feed");
        let kind = one["content_type"].as_str().filter(|kind| !kind.is_empty()).unwrap_or("application/xml");
        site.set(&format!("/{number}"), Answer::Plain(200, vec![("content-type", kind.to_owned())], bytes));
        sources += &source(
            &format!("f{number}"),
            &format!("{}/{number}", site.base),
            "confidentiality = \"public\"\nfull_text = \"never\"",
        );
    }
    scratch.small(&sources);
    // Words of the samples' own French items, so that something reaches a letter.
    scratch.config(
        "line.toml",
        &common::LINE.replace("\"isolation\"", "\"réseau\", \"école\", \"été\", \"rénovation\", \"énergie\""),
    );
    scratch.config("vigie.toml", &format!("{}\n[edition]\nwindow_days = 90\n", common::VIGIE));
    scratch.run(&["collect", "--now", "2026-06-08T10:00:00Z"]);
    scratch.run(&["person", "optin", "elodie", "--by", "test"]).ok();
    let found = scratch.run(&["search", "--limit", "1000", "--json"]).ok();
    // Many samples tell the same two items with one defect each: the same address is one item.
    assert!(found.json().len() >= 15, "{} items", found.json().len());
    let digest = scratch.run(&["digest", "elodie", "--now", "2026-06-08T10:00:00Z", "--json"]).ok();
    let suggestions = digest.json()[0]["suggestions"].as_array().expect("suggestions").len();
    println!("{} items collected, {suggestions} suggested", found.json().len());
    assert!(suggestions > 0, "{}", digest.out);
}
