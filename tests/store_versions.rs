//! Databases written by released versions open for ever, and nothing in them is lost.

mod common;

use common::Scratch;

/// Copies a database of another time into a fresh scratch folder.
fn with_database(name: &str) -> Scratch {
    let scratch = Scratch::new();
    let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    std::fs::create_dir_all(scratch.data()).expect("a data folder");
    std::fs::copy(source, scratch.data().join("vigie.db")).expect("the fixture");
    scratch.small(&common::source("feed", "http://127.0.0.1:9/feed", "confidentiality = \"public\""));
    scratch
}

#[test]
fn the_first_version_still_opens() {
    let scratch = with_database("store-0001.db");
    scratch.run(&["reindex"]).ok();
    let found = scratch.run(&["search", "isolation", "--json"]).ok();
    assert_eq!(found.json()[0]["title"], "L’isolation des combles");
    let person = scratch.run(&["person", "show", "elodie", "--json"]).ok();
    assert_eq!(person.json()[0]["takes_part"], true);
    let edition = scratch.run(&["edition", "show", "2026-W48", "--json"]).ok();
    assert_eq!(edition.json()[0]["state"], "sent");
    assert_eq!(edition.json()[0]["suggestions"][0]["title"], "L’isolation des combles");
    let shares = scratch.run(&["share", "list", "--since", "2026-11-01", "--json"]).ok();
    assert_eq!(shares.json().len(), 1);
}

#[test]
fn a_later_schema_is_refused() {
    let scratch = with_database("store-0001.db");
    let path = scratch.data().join("vigie.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", path.display())).await.expect("the store");
        sqlx::query("insert into schema_version (version) values (99)").execute(&pool).await.expect("a later schema");
        pool.close().await;
    });
    let ran = scratch.run(&["search", "isolation"]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.err.contains("later version"), "{}", ran.err);
}

#[test]
fn a_damaged_file_is_never_replaced() {
    let scratch = with_database("store-0001.db");
    let path = scratch.data().join("vigie.db");
    std::fs::write(&path, b"this is no database, and it is long enough to be read as one, or so one hopes")
        .expect("a file");
    let ran = scratch.run(&["search", "isolation"]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.err.contains("damaged"), "{}", ran.err);
    assert!(std::fs::read(&path).expect("the file").starts_with(b"this is no database"));
}
