//! Sources found, added, moved from reader to reader, and pages watched where there is no feed.

mod common;

use common::{Answer, Scratch, Site, feed, header, rss, source, state};

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
fn usual_paths_are_tried_one_at_a_time_and_nothing_else_is_asked() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small("");
    let home = "<!doctype html><html><head><title>Sans lien</title></head><body>Bonjour</body></html>";
    site.set("/", Answer::Plain(200, vec![("content-type", "text/html".into())], home.into()));
    site.set("/rss.xml", Answer::Late(Box::new(feed(&site, &[]))));
    let found = scratch.run(&["source", "discover", &site.base, "--allow-private"]).ok().out;
    assert!(found.contains("/rss.xml"), "{found}");
    let mut paths: Vec<String> = site.seen().into_iter().map(|seen| seen.path).collect();
    let asked = paths.len();
    paths.sort();
    paths.dedup();
    assert_eq!(paths.len(), asked, "no path twice");
    assert_eq!(site.most_at_once(), 1);
    assert!(!paths.iter().any(|path| path.contains("favicon")), "{paths:?}");
}

#[test]
fn the_site_maps_of_a_list_are_read_news_first() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source(
        "carte",
        &format!("{}/sitemap.xml", site.base),
        "kind = \"sitemap\"\nconfidentiality = \"public\"\nfull_text = \"never\"",
    ));
    let xml = |text: String| Answer::Plain(200, vec![("content-type", "application/xml".into())], text.into_bytes());
    let map = |name: &str, day: &str| {
        format!("<sitemap><loc>{}/{name}.xml</loc><lastmod>{day}</lastmod></sitemap>", site.base)
    };
    let maps = [("old", "2020-01-01"), ("a", "2026-11-01"), ("b", "2026-11-02"), ("news", "2026-10-01")];
    let list: String = maps.iter().map(|(name, day)| map(name, day)).collect();
    site.set("/sitemap.xml", xml(format!("<sitemapindex>{list}</sitemapindex>")));
    let urls = |slugs: &[&str]| {
        let urls: String = slugs
            .iter()
            .map(|slug| format!("<url><loc>{}/{slug}</loc><lastmod>2026-11-02</lastmod></url>", site.base))
            .collect();
        xml(format!("<urlset>{urls}</urlset>"))
    };
    site.set("/a.xml", urls(&["la-chaufferie"]));
    site.set("/b.xml", Answer::Plain(500, vec![], vec![]));
    site.set("/news.xml", urls(&["le-lycee", "la-gare"]));
    let first = scratch.run(&["collect", "--now", "2026-11-20T08:00:00Z"]).ok().out;
    assert!(first.contains("3 new"), "one map that fails costs itself: {first}");
    assert_eq!(site.count("/old.xml"), 0, "three maps are enough");
    // The list is the same to the byte, and one of its maps is not.
    site.set("/news.xml", urls(&["le-lycee", "la-gare", "le-port"]));
    let second = scratch.run(&["collect", "--now", "2026-11-21T08:00:00Z"]).ok().out;
    assert!(second.contains("1 new"), "{second}");
    let shown = scratch.run(&["source", "test", "carte"]).ok().out;
    assert!(shown.contains("3 items"), "{shown}");
    for path in ["/a.xml", "/news.xml"] {
        site.set(path, Answer::Plain(404, vec![], vec![]));
    }
    let third = scratch.run(&["collect", "--now", "2026-11-22T08:00:00Z"]);
    assert_eq!(third.code, 1);
    assert!(third.out.contains("site map") && third.out.contains("404"), "{}", third.out);
}

#[test]
fn the_last_good_list_of_a_page_is_shown_when_it_can_no_longer_be_read() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source(
        "ville",
        &format!("{}/actus", site.base),
        "kind = \"page\"\nitems = \".card\"\nconfidentiality = \"public\"\nfull_text = \"never\"",
    ));
    let html = |body: &str| Answer::Plain(200, vec![("content-type", "text/html".into())], body.as_bytes().to_vec());
    site.set(
        "/actus",
        html("<html><body><div class='card'><a href='/a'>La chaufferie du lycée</a></div></body></html>"),
    );
    let shown = scratch.run(&["source", "test", "ville"]).ok().out;
    assert!(shown.contains("1 items") && shown.contains("La chaufferie"), "read as what it is: {shown}");
    scratch.run(&["collect", "--now", "2026-11-20T08:00:00Z"]).ok();
    site.set("/actus", html("<html><body><section>Bienvenue</section></body></html>"));
    let shown = scratch.run(&["source", "test", "ville"]);
    assert_eq!(shown.code, 1);
    assert!(
        shown.out.contains("was the site rebuilt?") && shown.out.contains("of 2026-11-20, held 1 items"),
        "{}",
        shown.out
    );
    let told = scratch.run(&["source", "test", "ville", "--json"]).json();
    assert_eq!(told[0]["last_good"]["items"][0]["title"], "La chaufferie du lycée");
}

#[test]
fn folders_of_a_list_stay_with_their_sources() {
    let scratch = Scratch::new();
    scratch.small("");
    let list = "<?xml version='1.0'?><opml version='2.0'><head/><body><outline text='Métier'><outline text='Énergie'>\
                <outline text='A' xmlUrl='https://a.example/rss'/></outline><outline text='B' xmlUrl='https://b.example/rss'/>\
                </outline><outline text='C' xmlUrl='https://c.example/rss'/></body></opml>";
    std::fs::write(scratch.path().join("list.opml"), list).expect("a list");
    scratch.run(&["source", "import", "list.opml"]).ok();
    let file = std::fs::read_to_string(scratch.path().join("config/sources.d/list.toml")).expect("the file");
    assert!(file.contains("folder = \"Métier / Énergie\"") && file.contains("folder = \"Métier\""), "{file}");
    let out = scratch.run(&["source", "export"]).ok().out;
    let nested = out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(nested.contains("<outline text=\"Métier\" title=\"Métier\"> <outline type=\"rss\" text=\"B\""), "{out}");
    assert!(nested.contains("<outline text=\"Énergie\" title=\"Énergie\"> <outline type=\"rss\" text=\"A\""), "{out}");
    assert_eq!(out.matches("</outline>").count(), 2, "{out}");
}

#[test]
fn a_page_is_inspected_as_the_list_it_would_give() {
    let scratch = Scratch::new();
    let page = "<html lang='fr'><title>Actualités</title><h2><a href='/a'>La chaufferie du lycée</a></h2><p>x</p>\
                <h2><a href='/b'>Le port</a></h2><div class='pub'><a href='/c'>Publicité</a></div></html>";
    std::fs::write(scratch.path().join("page.html"), page).expect("a page");
    let inspect = |more: &[&str]| {
        let base = ["inspect", "--as", "page", "--url", "https://ville.example/", "--json", "page.html"];
        scratch.run(&[&base, more].concat()).json().remove(0)
    };
    let told = inspect(&[]);
    assert_eq!((&told["kind"], &told["feed"]["title"]), (&"feed".into(), &"Actualités".into()));
    let links: Vec<&str> =
        told["items"].as_array().expect("items").iter().filter_map(|item| item["link"].as_str()).collect();
    assert_eq!(links, ["https://ville.example/a", "https://ville.example/b"], "headlines, where nobody says more");
    assert_eq!(inspect(&["--items", ".pub"])["items"][0]["title"], "Publicité");
    assert_eq!(inspect(&["--items", ".nothing"])["error"]["kind"], "malformed");
}
