//! The house keeps its own rules: floors, headers, one place for what is dangerous, documents true to the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, found: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<PathBuf> =
            fs::read_dir(dir).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = fs::read_to_string(&path).expect("UTF-8");
                found.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    walk(&root.join("src"), &mut found);
    found
        .into_iter()
        .map(|(path, text)| (path.strip_prefix(root.join("src")).expect("in src").to_path_buf(), text))
        .collect()
}

/// The code of a file without its tests.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

fn room(path: &Path) -> String {
    let first = path.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

fn floor(room: &str) -> u8 {
    match room {
        "domain" => 0,
        "net" | "config" | "text" => 1,
        "collect" | "extract" | "mail" | "stories" | "tag" | "allot" | "digest" | "store" | "index" | "deliver" => 2,
        "pipeline" => 3,
        "daemon" | "demo" => 4,
        "cli" => 5,
        "main" | "lib" => 6,
        other => panic!("the room {other} has no floor: give it one here and in ARCHITECTURE.md"),
    }
}

/// Rooms that a file names by `crate::room`.
fn imports(text: &str) -> BTreeSet<String> {
    text.match_indices("crate::")
        .map(|(at, _)| text[at + 7..].chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect::<String>())
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn imports_run_downwards_only() {
    for (path, text) in sources() {
        let own = room(&path);
        for other in imports(code(&text)) {
            if other == own {
                continue;
            }
            assert!(floor(&other) < floor(&own), "{} imports {other}, which is not below it", path.display());
        }
    }
}

#[test]
fn every_file_says_what_it_is() {
    for (path, text) in sources() {
        assert!(text.starts_with("//! "), "{} has no header", path.display());
    }
}

#[test]
fn what_is_dangerous_has_one_home() {
    let homes: [(&str, &[&str]); 6] = [
        ("Shareable::admit(", &["tag/confidentiality.rs", "domain/confidentiality.rs"]),
        ("Client::builder(", &["net/fetch.rs"]),
        ("Timestamp::now(", &["cli/mod.rs"]),
        ("ammonia::", &["text/html.rs"]),
        ("DefaultHasher", &[]),
        ("connect_tokio1(", &["deliver/smtp.rs"]),
    ];
    for (path, text) in sources() {
        for (what, allowed) in homes {
            let here = path.to_string_lossy();
            assert!(!code(&text).contains(what) || allowed.contains(&here.as_ref()), "{what} in {here}");
        }
    }
}

#[test]
fn nothing_from_outside_is_unwrapped_and_nothing_is_left_for_later() {
    for (path, text) in sources() {
        for bad in [".unwrap()", ".expect(", "todo!(", "unimplemented!(", "TODO", "FIXME", "panic!("] {
            assert!(!code(&text).contains(bad), "{bad} in {}", path.display());
        }
    }
}

#[test]
fn the_documents_speak_of_what_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let architecture = fs::read_to_string(root.join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    for (path, _) in sources() {
        let name = path.to_string_lossy().into_owned();
        if name.ends_with("mod.rs") {
            let folder = name.trim_end_matches("mod.rs");
            assert!(architecture.contains(folder.trim_end_matches('/')), "{folder} is not in ARCHITECTURE.md");
        } else {
            let file = path.file_name().expect("a name").to_string_lossy().into_owned();
            assert!(architecture.contains(&file), "{name} is not in ARCHITECTURE.md");
        }
    }
    let readme = fs::read_to_string(root.join("README.md")).expect("README.md");
    for part in [
        "cargo run --release -- demo",
        "cargo test",
        "vigie init",
        "vigie check",
        "vigie run",
        "systemd/vigie.service",
        "MIT OR Apache-2.0",
    ] {
        assert!(readme.contains(part), "README.md does not speak of {part}");
    }
}
