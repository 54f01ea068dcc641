//! Manners of a good reader, judged by a site that logs what it saw; and the commands that add, test and move sources.

mod common;

use common::{Answer, Scratch, Site, rss, source};

fn feed(site: &Site, headers: &[(&'static str, &str)]) -> Answer {
    let items = [("un", "Une pompe à chaleur au lycée", "Un texte."), ("deux", "Le match de samedi", "Un texte.")];
    let mut all = vec![("content-type", "application/rss+xml".to_owned())];
    all.extend(headers.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Answer::Plain(200, all, rss(&site.base, &items).into_bytes())
}

fn header(site: &Site, path: &str, visit: usize, name: &str) -> Option<String> {
    let visits: Vec<_> = site.seen().into_iter().filter(|seen| seen.path == path).collect();
    visits[visit].headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn state(scratch: &Scratch, now: &str) -> serde_json::Value {
    let listed = scratch.run(&["source", "list", "--json", "--now", now]);
    listed.json().into_iter().next().expect("a source")
}

#[test]
fn validators_go_back_as_they_came_and_both_are_renewed() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source("s", &format!("{}/feed", site.base), "every = \"1h\""));
    site.set("/feed", feed(&site, &[("etag", "W/\"odd, é\""), ("last-modified", "yesterday, about noon")]));
    scratch.run(&["collect"]).ok();
    scratch.run(&["collect"]).ok();
    assert_eq!(header(&site, "/feed", 0, "if-none-match"), None);
    assert_eq!(header(&site, "/feed", 1, "if-modified-since").as_deref(), Some("yesterday, about noon"));
    // The same bytes under another tag: the tag is renewed all the same.
    site.set("/feed", feed(&site, &[("etag", "\"two\"")]));
    scratch.run(&["collect"]).ok();
    scratch.run(&["collect"]).ok();
    assert_eq!(header(&site, "/feed", 3, "if-none-match").as_deref(), Some("\"two\""));
    assert_eq!(header(&site, "/feed", 3, "if-modified-since"), None, "what is no longer given is no longer sent");
}

#[test]
fn validators_of_a_redirected_feed_go_to_the_address_that_gave_them() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source("s", &format!("{}/old", site.base), ""));
    site.set("/old", Answer::Plain(301, vec![("location", "/new".into())], Vec::new()));
    site.set("/new", feed(&site, &[("etag", "\"one\"")]));
    scratch.run(&["collect", "--now", "2026-11-20T08:00:00Z"]).ok();
    scratch.run(&["collect", "--now", "2026-11-21T08:00:00Z"]).ok();
    assert_eq!(header(&site, "/old", 1, "if-none-match"), None);
    assert_eq!(header(&site, "/new", 1, "if-none-match").as_deref(), Some("\"one\""));
    // A move is believed after days, and proposed, never made.
    assert!(!state(&scratch, "2026-11-21T09:00:00Z")["health"].as_str().expect("health").contains("write url"));
    scratch.run(&["collect", "--now", "2026-11-24T08:00:00Z"]).ok();
    let told = state(&scratch, "2026-11-24T09:00:00Z");
    assert!(told["health"].as_str().expect("health").contains(&format!("write url = \"{}/new\"", site.base)), "{told}");
    assert_eq!(told["url"], format!("{}/old", site.base));
}

#[test]
fn what_the_server_asks_for_is_respected() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source("s", &format!("{}/feed", site.base), "every = \"1h\""));
    let next = |answer: Answer, now: &str| {
        site.set("/feed", answer);
        scratch.run(&["collect", "--now", now]);
        let next: jiff::Timestamp =
            state(&scratch, now)["next_poll"].as_str().expect("an instant").parse().expect("an instant");
        next.duration_since(now.parse().expect("an instant")).as_hours()
    };
    assert!((0..=2).contains(&next(feed(&site, &[]), "2026-11-20T08:00:00Z")));
    assert!(
        (5..=6).contains(&next(feed(&site, &[("cache-control", "public, max-age=18000")]), "2026-11-20T12:00:00Z"))
    );
    assert!(
        (3..=5).contains(&next(feed(&site, &[("expires", "Fri, 20 Nov 2026 20:00:00 GMT")]), "2026-11-20T16:00:00Z"))
    );
    let busy = Answer::Plain(503, vec![("retry-after", "36000".into())], Vec::new());
    assert!((10..=12).contains(&next(busy, "2026-11-21T08:00:00Z")));
    // Even a collection by hand waits as long as the server said.
    let visits = site.count("/feed");
    scratch.run(&["collect", "--now", "2026-11-21T09:00:00Z"]);
    assert_eq!(site.count("/feed"), visits);
}

#[test]
fn it_says_who_it_is_and_nothing_more() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source("s", &format!("{}/feed", site.base), ""));
    site.set("/feed", feed(&site, &[("set-cookie", "a=b")]));
    scratch.run(&["collect"]).ok();
    scratch.run(&["collect"]).ok();
    let agent = header(&site, "/feed", 1, "user-agent").expect("a name");
    assert!(agent.starts_with("Vigie/") && agent.contains("1 subscriber"), "{agent}");
    assert!(header(&site, "/feed", 0, "accept-encoding").expect("encodings").contains("gzip"));
    assert_eq!(header(&site, "/feed", 1, "cookie"), None);
    assert_eq!(header(&site, "/feed", 1, "referer"), None);
}

#[test]
fn a_page_is_read_only_where_robots_txt_lets_us() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source("s", &format!("{}/feed", site.base), "confidentiality = \"public\"\nfull_text = \"always\""));
    site.set("/feed", feed(&site, &[]));
    site.set("/robots.txt", Answer::Plain(200, Vec::new(), b"User-agent: *\nDisallow: /un\n".to_vec()));
    scratch.run(&["collect"]).ok();
    assert_eq!((site.count("/robots.txt"), site.count("/un"), site.count("/deux")), (1, 0, 1));
}

#[test]
fn a_source_is_added_by_the_address_of_its_site_with_one_visit_of_its_feed() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small("# Nos sources, à garder.\n");
    let home = "<!doctype html><html><head><link rel='alternate' type='application/rss+xml' title='Le flux' href='/feed'></head></html>";
    site.set("/", Answer::Plain(200, vec![("content-type", "text/html".into())], home.into()));
    site.set("/feed", feed(&site, &[("etag", "\"one\"")]));
    let shown = scratch.run(&["source", "add", &site.base, "--allow-private", "--dry-run"]).ok().out;
    assert!(shown.contains("Une pompe à chaleur au lycée") && shown.contains("nothing written"), "{shown}");
    let visits = site.count("/feed");
    let added = scratch.run(&["source", "add", &site.base, "--allow-private"]).ok().out;
    assert_eq!(site.count("/feed"), visits + 1, "one visit finds it, shows it and takes it in");
    assert!(added.contains("2 items are in the archive"), "{added}");
    let file = std::fs::read_to_string(scratch.path().join("config/sources.toml")).expect("the file");
    assert!(file.contains("# Nos sources, à garder.") && file.contains("id = \"revue\""), "{file}");
    // The next visit is conditional, and a second addition is refused.
    scratch.run(&["collect"]).ok();
    assert_eq!(header(&site, "/feed", visits + 1, "if-none-match").as_deref(), Some("\"one\""));
    assert!(scratch.run(&["source", "add", &site.base, "--allow-private"]).err.contains("already"));
}

#[test]
fn lists_go_to_other_readers_and_come_back_with_our_settings() {
    let scratch = Scratch::new();
    scratch.small(&source(
        "a",
        "https://a.example/rss",
        "name = \"A & Cie\"\nevery = \"3h\"\ntrust = 0.5\nconfidentiality = \"shareable\"",
    ));
    scratch.run(&["source", "export", "list.opml"]).ok();
    let other = Scratch::new();
    other.small(&source("b", "https://b.example/rss", ""));
    std::fs::copy(scratch.path().join("list.opml"), other.path().join("list.opml")).expect("the list");
    let told = other.run(&["source", "import", "list.opml"]).ok().out;
    assert!(told.contains("1 sources written"), "{told}");
    let file = std::fs::read_to_string(other.path().join("config/sources.d/list.toml")).expect("the file");
    for kept in
        ["id = \"a\"", "name = \"A & Cie\"", "every = \"180m\"", "trust = 0.5", "confidentiality = \"shareable\""]
    {
        assert!(file.contains(kept), "{kept} in {file}");
    }
    assert_eq!(other.run(&["source", "import", "list.opml"]).code, 1, "nothing twice");
    assert!(other.run(&["source", "import", "config/vigie.toml"]).err.contains("no OPML"));
}

#[test]
fn a_feed_that_suddenly_gives_much_less_raises_an_alarm() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source("s", &format!("{}/feed", site.base), ""));
    let many = |round: usize| {
        let titles: Vec<(String, String)> =
            (0..10).map(|n| (format!("a{round}-{n}"), format!("Titre {round} {n}"))).collect();
        let items: Vec<(&str, &str, &str)> =
            titles.iter().map(|(slug, title)| (slug.as_str(), title.as_str(), "Texte.")).collect();
        Answer::feed(rss(&site.base, &items))
    };
    for round in 0..6 {
        site.set("/feed", many(round));
        scratch.run(&["collect", "--now", &format!("2026-11-2{round}T08:00:00Z")]).ok();
    }
    site.set("/feed", Answer::feed(rss(&site.base, &[("seul", "Un seul article", "Texte.")])));
    scratch.run(&["collect", "--now", "2026-11-27T08:00:00Z"]).ok();
    let told = state(&scratch, "2026-11-27T09:00:00Z");
    assert!(told["alarm"].as_str().expect("an alarm").contains("1 items, where it used to list 10"), "{told}");
}

#[test]
fn a_page_without_a_feed_is_watched_by_its_links() {
    let site = Site::start();
    let scratch = Scratch::new();
    let page = |advert: &str, more: &str| {
        let html = format!(
            "<!doctype html><html lang='fr'><body><p>{advert}</p>{more}<div class='card'><h2><a href='/a'>La pompe à chaleur du \
             lycée</a></h2><span class='d'>3 novembre 2026</span></div></body></html>"
        );
        Answer::Plain(200, vec![("content-type", "text/html; charset=utf-8".into())], html.into_bytes())
    };
    scratch.small(&source(
        "ville",
        &format!("{}/actus", site.base),
        "kind = \"page\"\nitems = \".card\"\nlink = \"h2 a\"\ndate = \".d\"\nconfidentiality = \"public\"\nfull_text = \"never\"",
    ));
    site.set("/actus", page("Promotion du jour", ""));
    let first = scratch.run(&["collect", "--now", "2026-11-20T08:00:00Z"]).ok().out;
    assert!(first.contains("1 new"), "{first}");
    site.set("/actus", page("Une autre promotion", ""));
    let second = scratch.run(&["collect", "--now", "2026-11-21T08:00:00Z"]).ok().out;
    assert!(second.contains("0 new"), "an advert is no news: {second}");
    site.set("/actus", page("", "<div class='card'><h2><a href='/b'>Deuxième</a></h2></div>"));
    assert!(scratch.run(&["collect", "--now", "2026-11-22T08:00:00Z"]).ok().out.contains("1 new"));
    // The site is rebuilt: an error that says so, and nothing that was good is lost.
    site.set("/actus", Answer::Plain(200, vec![], b"<html><body><section>Bienvenue</section></body></html>".to_vec()));
    let rebuilt = scratch.run(&["collect", "--now", "2026-11-23T08:00:00Z"]);
    assert_eq!(rebuilt.code, 1);
    assert!(rebuilt.out.contains("was the site rebuilt?"), "{}", rebuilt.out);
    assert_eq!(scratch.run(&["search", "pompe", "--json"]).ok().json().len(), 1);
    scratch.small(&source("ville", &site.base, "kind = \"page\"\nitems = \"::[\""));
    assert!(
        scratch.run(&["check"]).err.contains("no CSS selector")
            || scratch.run(&["check"]).out.contains("no CSS selector")
    );
}

#[test]
fn what_could_not_be_read_is_not_sent_again_and_stays_a_failure() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source("s", &format!("{}/feed", site.base), ""));
    let page = b"<!doctype html><html><body>Bient\xc3\xb4t</body></html>".to_vec();
    site.set("/feed", Answer::Plain(200, vec![("etag", "\"page\"".into())], page));
    assert_eq!(scratch.run(&["collect"]).code, 1);
    assert_eq!(scratch.run(&["collect"]).code, 1, "a 304 mends nothing");
    assert_eq!(header(&site, "/feed", 1, "if-none-match").as_deref(), Some("\"page\""));
    assert_eq!(state(&scratch, "2026-11-24T09:00:00Z")["error_kind"], "not_a_feed");
}
