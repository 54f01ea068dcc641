//! The demonstration as a newcomer runs it: the binary alone, in an empty folder.

mod common;

use std::collections::BTreeSet;

use common::Scratch;

const NOW: &str = "2026-11-23T09:00:00Z";

fn demo(scratch: &Scratch) -> common::Ran {
    scratch.run(&["demo", "--now", NOW, "--lang", "en", "--port", "0"]).ok()
}

#[test]
fn the_demo_writes_a_letter_to_each_and_nothing_outside_its_folder() {
    let scratch = Scratch::new();
    std::fs::remove_dir(scratch.path().join("config")).expect("an empty folder");
    let ran = demo(&scratch);
    for part in [
        "What came in",
        "The same story",
        "What will not be suggested",
        "Who gets what",
        "Where the files are",
        "What to try next",
    ] {
        assert!(ran.out.contains(part), "{part} in\n{}", ran.out);
    }
    let files = scratch.files("");
    assert!(files.iter().all(|path| path.starts_with("index/demo")), "{files:?}");
    let letters = |end: &str| files.iter().filter(|path| path.to_string_lossy().ends_with(end)).count();
    assert_eq!((letters(".eml"), letters(".html")), (8, 8), "{files:?}");
}

#[test]
fn a_second_run_finds_nothing_new_and_sends_nothing_twice_even_on_another_port() {
    let scratch = Scratch::new();
    demo(&scratch);
    let letter = scratch.path().join("index/demo/letters/2026-W48/elodie.eml");
    let before = std::fs::metadata(&letter).and_then(|meta| meta.modified()).expect("the letter");
    let memory = scratch.path().join("index/demo/demo.json");
    let text = std::fs::read_to_string(&memory).expect("the memory");
    let port = serde_json::from_str::<serde_json::Value>(&text).expect("JSON")["port"].as_u64().expect("a port");
    // Somebody else has the port now: the press must move, and the items must stay the same.
    let port = u16::try_from(port).expect("a port");
    let _taken = std::net::TcpListener::bind(("127.0.0.1", port)).expect("the port of the first run");
    let again = demo(&scratch);
    assert!(again.out.contains("Nothing is new"), "{}", again.out);
    assert!(again.out.contains("nobody is sent the same thing twice"), "{}", again.out);
    let after = std::fs::metadata(&letter).and_then(|meta| meta.modified()).expect("the letter");
    assert_eq!(before, after, "the letter was written again");
    let text = std::fs::read_to_string(&memory).expect("the memory");
    let moved = serde_json::from_str::<serde_json::Value>(&text).expect("JSON")["port"].as_u64().expect("a port");
    assert_ne!(u64::from(port), moved);
}

#[test]
fn nothing_internal_or_held_back_reaches_a_letter() {
    let scratch = Scratch::new();
    demo(&scratch);
    let config = "index/demo/config";
    let internal =
        scratch.run(&["--config", config, "search", "--source", "interne-aubepine", "--limit", "50", "--json"]).ok();
    let mut secret: BTreeSet<String> =
        internal.json().iter().map(|row| row["title"].as_str().expect("a title").to_owned()).collect();
    assert_eq!(secret.len(), 11);
    let blog =
        scratch.run(&["--config", config, "search", "--source", "blog-aubepine", "--limit", "50", "--json"]).ok();
    let mut held = 0;
    for row in blog.json() {
        let id = row["id"].as_str().expect("an id");
        let explained = scratch.run(&["--config", config, "explain", id, "--now", NOW, "--json"]).ok();
        if !explained.json()[0]["held"].is_null() {
            held += 1;
            secret.insert(row["title"].as_str().expect("a title").to_owned());
        }
    }
    assert_eq!(held, 2, "one embargo and one marked confidential");
    for path in scratch.files("index/demo/letters") {
        let text = std::fs::read_to_string(scratch.path().join(&path)).expect("a letter");
        let text = text.replace(['\u{a0}', '\u{202f}'], " ");
        for title in &secret {
            assert!(!text.contains(title.as_str()), "{title} in {path:?}");
        }
        assert!(!text.contains("interne.aubepine"), "an internal address in {path:?}");
    }
}

#[test]
fn every_suggestion_has_its_six_reasons_and_an_objective() {
    let scratch = Scratch::new();
    demo(&scratch);
    let digests =
        scratch.run(&["--config", "index/demo/config", "digest", "--now", "2026-11-30T09:00:00Z", "--json"]).ok();
    let mut suggestions = 0;
    for letter in digests.json() {
        for suggestion in letter["suggestions"].as_array().expect("suggestions") {
            suggestions += 1;
            let kinds: BTreeSet<&str> = suggestion["reasons"]
                .as_array()
                .expect("reasons")
                .iter()
                .map(|r| r["kind"].as_str().expect("a kind"))
                .collect();
            assert_eq!(kinds, BTreeSet::from(["audience", "channel", "day", "objective", "topic", "you"]));
            assert!(suggestion["angle"].as_str().expect("an angle").ends_with('?'));
            assert!(!suggestion["objective"].as_str().expect("an objective").is_empty());
        }
    }
    assert!(suggestions > 0, "the next week has suggestions too");
}

#[test]
fn a_folder_of_somebody_else_is_refused() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path().join("mine")).expect("a folder");
    std::fs::write(scratch.path().join("mine/notes.txt"), "keep").expect("a file");
    let ran = scratch.run(&["demo", "--dir", "mine"]);
    assert_eq!(ran.code, 2, "{}", ran.err);
    assert_eq!(scratch.files("mine").len(), 1);
}

#[test]
fn of_the_press_at_most_one_item_in_two_hundred_is_held_back() {
    let scratch = Scratch::new();
    demo(&scratch);
    let config = ["--config", "index/demo/config"];
    let all = scratch.run(&[&config[..], &["search", "--json", "--limit", "1000"]].concat()).json();
    let held = scratch.run(&[&config[..], &["quarantine", "list", "--json", "--now", NOW]].concat()).json();
    let press = held.iter().filter(|item| item["class"] == "public").count();
    assert!(press * 200 <= all.len(), "{press} of {}: {held:?}", all.len());
}
