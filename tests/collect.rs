//! Sources that misbehave cost themselves only; those that behave are asked politely.

mod common;

use std::collections::HashMap;
use std::io::Write;

use common::{Answer, Scratch, Site, rss, source};

const GOOD: [(&str, &str, &str); 2] =
    [("un", "L’isolation des combles", "Un texte court."), ("deux", "La pompe à chaleur", "Un autre texte court.")];

fn health(scratch: &Scratch) -> HashMap<String, serde_json::Value> {
    let listed = scratch.run(&["source", "list", "--json"]);
    listed.json().into_iter().map(|row| (row["source"].as_str().expect("an id").to_owned(), row)).collect()
}

#[test]
fn bad_sources_cost_only_themselves_and_say_what_to_do() {
    let site = Site::start();
    let html = |text: &str| Answer::Plain(200, vec![("content-type", "text/html".into())], text.as_bytes().to_vec());
    site.set("/good", Answer::feed(rss(&site.base, &GOOD)));
    site.set("/page", html("<!doctype html><html><body>Bienvenue</body></html>"));
    site.set("/empty", html(""));
    site.set("/truncated", Answer::feed(rss(&site.base, &GOOD)[..300].to_owned()));
    site.set("/loop", Answer::Plain(302, vec![("location", "/loop".into())], vec![]));
    site.set("/gone", Answer::Plain(410, vec![], vec![]));
    site.set("/often", Answer::Plain(429, vec![("retry-after", "86400".into())], vec![]));
    site.set("/trouble", Answer::Plain(500, vec![], vec![]));
    site.set("/endless", Answer::Endless);
    site.set("/silent", Answer::Silent);
    site.set("/deep", Answer::feed(format!("<rss><channel>{}", "<a>".repeat(100_000))));
    let expected = [
        ("good", None),
        ("page", Some("web page, not a feed")),
        ("empty", Some("empty")),
        ("truncated", Some("broken")),
        ("missing", Some("404")),
        ("loop", Some("redirects more than")),
        ("gone", Some("410")),
        ("often", Some("too often (429)")),
        ("trouble", Some("in trouble (500)")),
        ("endless", Some("more than 1 MB")),
        ("silent", Some("more than 3 s")),
        ("deep", Some("nested too deep")),
    ];
    let scratch = Scratch::new();
    let sources: String = expected
        .iter()
        .map(|(id, _)| source(id, &format!("{}/{id}", site.base), "confidentiality = \"public\""))
        .collect();
    let dead = source("dead", "http://127.0.0.1:9/feed", "confidentiality = \"public\"");
    let nowhere = source("nowhere", "http://no-such-host.invalid/feed", "confidentiality = \"public\"");
    scratch.small(&format!("{sources}{dead}{nowhere}"));
    let ran = scratch.run(&["collect"]);
    assert_eq!(ran.code, 1, "partly failed\n{}\n{}", ran.out, ran.err);
    let health = health(&scratch);
    for (id, error) in expected {
        let said = health[id]["health"].as_str().expect("a health");
        match error {
            None => assert_eq!(health[id]["failures"], 0, "{id}: {said}"),
            Some(part) => assert!(said.contains(part), "{id}: {said}"),
        }
    }
    assert!(health["dead"]["health"].as_str().expect("a health").contains("does not answer"));
    assert!(!health["nowhere"]["health"].as_str().expect("a health").is_empty());
    let found = scratch.run(&["search", "isolation", "--json"]).ok();
    assert_eq!(found.json().len(), 1);
    // Asked again at once: what said 410 or 429 is left in peace, the others are asked.
    let before = (site.count("/gone"), site.count("/often"));
    scratch.run(&["collect"]);
    assert_eq!((site.count("/gone"), site.count("/often")), before);
    assert_eq!(site.count("/trouble"), 2);
}

#[test]
fn a_bomb_is_cut_at_the_size_it_unpacks_to() {
    let site = Site::start();
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        bomb.write_all(&vec![b' '; 1 << 20]).expect("a bomb");
    }
    let bomb = bomb.finish().expect("a bomb");
    assert!(bomb.len() < 200_000);
    site.set("/bomb", Answer::Plain(200, vec![("content-encoding", "gzip".into())], bomb));
    let scratch = Scratch::new();
    scratch.small(&source("bomb", &format!("{}/bomb", site.base), "confidentiality = \"public\""));
    assert_eq!(scratch.run(&["collect"]).code, 1);
    assert!(health(&scratch)["bomb"]["health"].as_str().expect("a health").contains("more than 1 MB"));
}

#[test]
fn validators_go_back_byte_for_byte_and_nothing_changes_on_304() {
    let site = Site::start();
    let etag = "W/\"a b-é\"".to_owned();
    let etag: String = etag.chars().filter(char::is_ascii).collect();
    let headers = vec![("etag", etag.clone()), ("last-modified", "Fri, 20 Nov 2026 08:00:00 GMT".to_owned())];
    site.set("/feed", Answer::Plain(200, headers, rss(&site.base, &GOOD).into_bytes()));
    let scratch = Scratch::new();
    scratch.small(&source(
        "feed",
        &format!("{}/feed", site.base),
        "confidentiality = \"public\"\nfull_text = \"never\"",
    ));
    scratch.run(&["collect"]).ok();
    let again = scratch.run(&["collect"]).ok();
    assert!(again.out.contains("unchanged"), "{}", again.out);
    let seen = site.seen();
    assert!(seen[0].headers.get("if-none-match").is_none());
    assert_eq!(seen[1].headers["if-none-match"].as_bytes(), etag.as_bytes());
    assert_eq!(seen[1].headers["if-modified-since"], "Fri, 20 Nov 2026 08:00:00 GMT");
    let agent = seen[0].headers["user-agent"].to_str().expect("text");
    assert!(agent.starts_with("Vigie/"), "{agent}");
    for header in ["accept-encoding", "accept"] {
        assert!(seen[0].headers.contains_key(header), "{header}");
    }
    for never in ["cookie", "referer"] {
        assert!(!seen[1].headers.contains_key(never), "{never}");
    }
}

#[test]
fn edits_trackers_and_new_ids_do_not_make_new_items() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source(
        "feed",
        &format!("{}/feed", site.base),
        "confidentiality = \"public\"\nfull_text = \"never\"",
    ));
    site.set("/feed", Answer::feed(rss(&site.base, &GOOD)));
    scratch.run(&["collect"]).ok();
    let edited = [("un?utm_source=x", "L’isolation des combles, corrigé", "Un texte plus long."), GOOD[1]];
    site.set("/feed", Answer::feed(rss(&site.base, &edited)));
    let ran = scratch.run(&["collect"]).ok();
    assert!(ran.out.contains("0 new, 1 edited"), "{}", ran.out);
    let other_ids = rss(&site.base, &GOOD).replace("<guid>", "<guid isPermaLink=\"false\">v2-");
    site.set("/feed", Answer::feed(other_ids));
    let ran = scratch.run(&["collect"]).ok();
    assert!(ran.out.contains("0 new, 2 known"), "{}", ran.out);
    assert_eq!(scratch.run(&["search", "--json"]).ok().json().len(), 2);
}

#[test]
fn private_addresses_are_refused_unless_the_source_may() {
    let site = Site::start();
    site.set("/feed", Answer::feed(rss(&site.base, &GOOD)));
    let port = site.base.rsplit(':').next().expect("a port").to_owned();
    let scratch = Scratch::new();
    let addresses = [
        format!("http://127.0.0.1:{port}/feed"),
        format!("http://localhost:{port}/feed"),
        format!("http://news.localhost:{port}/feed"),
        format!("http://2130706433:{port}/feed"),
        format!("http://[::ffff:127.0.0.1]:{port}/feed"),
        format!("http://0x7f.1:{port}/feed"),
    ];
    let sources: String = addresses
        .iter()
        .enumerate()
        .map(|(number, url)| format!("[[source]]\nid = \"s{number}\"\nurl = \"{url}\"\nconfidentiality = \"public\"\n"))
        .collect();
    scratch.small(&sources);
    assert_eq!(scratch.run(&["collect"]).code, 1);
    for (id, row) in health(&scratch) {
        assert!(row["health"].as_str().expect("a health").contains("private address"), "{id}: {row}");
    }
    assert_eq!(site.seen().len(), 0, "nothing was reached");
}

#[test]
fn a_page_is_read_only_for_what_matches_and_the_index_comes_back() {
    let site = Site::start();
    let items = [("on", "La pompe à chaleur du lycée", "Un teaser."), ("off", "Le match de samedi", "Un teaser.")];
    site.set("/feed", Answer::feed(rss(&site.base, &items)));
    let body =
        "<p>Le proviseur raconte comment la chaufferie a été remplacée en une semaine, avec des détails concrets et \
                des chiffres vérifiés par le bureau d’études.</p>"
            .repeat(8);
    let page = format!("<!doctype html><html lang='fr'><body><article><h1>T</h1>{body}</article></body></html>");
    for path in ["/on", "/off"] {
        site.set(
            path,
            Answer::Plain(200, vec![("content-type", "text/html; charset=utf-8".into())], page.clone().into_bytes()),
        );
    }
    let scratch = Scratch::new();
    scratch.small(&source("feed", &format!("{}/feed", site.base), "confidentiality = \"public\""));
    scratch.run(&["collect"]).ok();
    assert_eq!((site.count("/on"), site.count("/off")), (1, 0));
    let before = scratch.run(&["search", "proviseur", "--json"]).ok().out;
    assert_eq!(before.lines().count(), 1);
    std::fs::remove_dir_all(scratch.data().join("search")).expect("the index");
    scratch.run(&["reindex"]).ok();
    assert_eq!(scratch.run(&["search", "proviseur", "--json"]).ok().out, before);
}

#[test]
fn an_address_that_a_page_claims_is_believed_where_the_texts_agree() {
    let site = Site::start();
    let scratch = Scratch::new();
    let text = |line: &str| (0..12).map(|n| format!("<p>{line} {n}.</p>")).collect::<String>();
    let page = |line: &str, canonical: &str| {
        let head = format!("<link rel='canonical' href='{canonical}'>");
        let html = format!(
            "<!doctype html><html lang='fr'><head>{head}</head><body><article><h1>T</h1>{}</article></body></html>",
            text(line)
        );
        Answer::Plain(200, vec![("content-type", "text/html; charset=utf-8".into())], html.into_bytes())
    };
    let original = format!("{}/original", site.base);
    site.set("/first", Answer::feed(rss(&site.base, &[("original", "Le réseau de chaleur", "T.")])));
    let line =
        "La maire a inauguré le réseau de chaleur devant les équipes de la régie, qui en attendent beaucoup, phase";
    let stadium = "Les travaux de la tribune nord commenceront au printemps, selon le club, qui a signé hier le lot";
    site.set("/original", page(line, &original));
    // One repeats the original under the address of another host, the other only claims its address.
    let other = site.base.replace("127.0.0.1", "localhost");
    site.set(
        "/second",
        Answer::feed(rss(&other, &[("repris", "Un réseau de chaleur", "T."), ("autre", "Le stade", "T.")])),
    );
    site.set("/repris", page(line, &original));
    site.set("/autre", page(stadium, &original));
    let feeds = |id: &str, base: &str| {
        source(id, &format!("{base}/{id}"), "confidentiality = \"public\"\nfull_text = \"always\"")
    };
    scratch.small(&format!("{}{}", feeds("first", &site.base), feeds("second", &other)));
    scratch.run(&["collect", "first"]).ok();
    let told = scratch.run(&["collect", "second"]).ok().out;
    assert!(told.contains("1 new, 1 known"), "{told}");
}
