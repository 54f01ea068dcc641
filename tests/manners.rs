//! Manners of a good reader, judged by a site that logs what it saw.

mod common;

use common::{Answer, Scratch, Site, feed, header, rss, source, state};

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

#[test]
fn what_a_304_renews_is_kept_and_the_rest_stays() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source("s", &format!("{}/feed", site.base), "full_text = \"never\""));
    let date = "Fri, 20 Nov 2026 08:00:00 GMT";
    site.set("/feed", feed(&site, &[("etag", "\"one\""), ("last-modified", date)]));
    scratch.run(&["collect"]).ok();
    site.set("/feed", Answer::Plain(304, vec![("etag", "\"two\"".into())], Vec::new()));
    scratch.run(&["collect"]).ok();
    scratch.run(&["collect"]).ok();
    assert_eq!(header(&site, "/feed", 2, "if-none-match").as_deref(), Some("\"two\""));
    assert_eq!(header(&site, "/feed", 2, "if-modified-since").as_deref(), Some(date));
}

#[test]
fn a_move_counts_only_when_every_step_of_it_is_for_good() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source("s", &format!("{}/old", site.base), "full_text = \"never\""));
    let to = |status: u16, path: &str| Answer::Plain(status, vec![("location", path.into())], Vec::new());
    site.set("/old", to(301, "/between"));
    site.set("/between", to(302, "/new"));
    site.set("/new", feed(&site, &[]));
    scratch.run(&["collect", "--now", "2026-11-20T08:00:00Z"]).ok();
    assert_eq!(state(&scratch, "2026-11-20T09:00:00Z")["moved_to"], serde_json::Value::Null);
    site.set("/between", to(308, "/new"));
    scratch.run(&["collect", "--now", "2026-11-21T08:00:00Z"]).ok();
    assert_eq!(state(&scratch, "2026-11-21T09:00:00Z")["moved_to"], format!("{}/new", site.base));
    // A move that is taken back never was.
    site.set("/old", feed(&site, &[]));
    scratch.run(&["collect", "--now", "2026-11-22T08:00:00Z"]).ok();
    let told = state(&scratch, "2026-11-22T09:00:00Z");
    assert_eq!((&told["moved_to"], &told["moved_since"]), (&serde_json::Value::Null, &serde_json::Value::Null));
}

#[test]
fn a_host_never_sees_more_than_two_of_us_and_one_that_refuses_does_not_silence_its_neighbours() {
    let site = Site::start();
    let scratch = Scratch::new();
    let sources: String = (0..12)
        .map(|number| {
            site.set(&format!("/f{number}"), Answer::Late(Box::new(feed(&site, &[]))));
            source(&format!("s{number:02}"), &format!("{}/f{number}", site.base), "full_text = \"never\"")
        })
        .collect();
    site.set("/f0", Answer::Plain(503, vec![("retry-after", "86400".into())], Vec::new()));
    site.set("/f1", Answer::Plain(429, vec![("retry-after", "1".into())], Vec::new()));
    scratch.small(&sources);
    assert_eq!(scratch.run(&["collect"]).code, 1);
    assert_eq!(site.seen().len(), 12, "each is asked once");
    assert!(site.most_at_once() <= 2, "{} at once", site.most_at_once());
    let listed = scratch.run(&["source", "list", "--json"]).json();
    assert_eq!(listed.iter().filter(|row| row["failures"] == 0).count(), 10);
}

#[test]
fn a_robot_check_is_told_apart_and_a_hub_is_noted() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source("s", &format!("{}/feed", site.base), "full_text = \"never\""));
    site.set("/feed", Answer::Plain(403, vec![("cf-mitigated", "challenge".into())], b"<html>Just a moment".to_vec()));
    assert_eq!(scratch.run(&["collect"]).code, 1);
    let told = state(&scratch, "2026-11-24T09:00:00Z");
    assert_eq!(told["error_kind"], "challenge");
    assert!(told["health"].as_str().expect("health").contains("robot check"), "{told}");
    let text = rss(&site.base, &[("un", "Un", "T.")]).replace(
        "<item>",
        "<link xmlns=\"http://www.w3.org/2005/Atom\" rel=\"hub\" href=\"https://hub.example/\"/><item>",
    );
    site.set("/feed", Answer::feed(text));
    scratch.run(&["collect"]).ok();
    assert_eq!(state(&scratch, "2026-11-24T09:00:00Z")["hub"], "https://hub.example/");
}

#[test]
fn of_an_answer_that_breaks_off_what_came_is_kept_and_the_rest_is_not_begged_for() {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source("s", &format!("{}/feed", site.base), "full_text = \"never\""));
    let whole =
        rss(&site.base, &[("un", "La pompe à chaleur", "T."), ("deux", "Le match", "T."), ("trois", "Le port", "T.")]);
    let cut = whole.find("<item><title>Le port").expect("the third item") + 30;
    let headers = vec![("etag", "\"one\"".to_owned())];
    site.set("/feed", Answer::Broken(headers.clone(), whole.as_bytes()[..cut].to_vec()));
    let first = scratch.run(&["collect", "--now", "2026-11-20T08:00:00Z"]).out;
    assert!(first.contains("2 new"), "{first}");
    let told = state(&scratch, "2026-11-20T08:30:00Z");
    assert!(told["alarm"].as_str().expect("an alarm").contains("broke off"), "{told}");
    scratch.run(&["collect", "--now", "2026-11-20T09:00:00Z"]);
    assert_eq!(header(&site, "/feed", 1, "if-none-match").as_deref(), Some("\"one\""));
    // Half a day later it is asked for whole.
    site.set("/feed", Answer::Plain(200, headers, whole.into_bytes()));
    let later = scratch.run(&["collect", "--now", "2026-11-20T21:00:00Z"]).ok().out;
    assert_eq!(header(&site, "/feed", 2, "if-none-match"), None);
    assert!(later.contains("1 new"), "{later}");
    assert_eq!(state(&scratch, "2026-11-20T21:30:00Z")["alarm"], serde_json::Value::Null);
}
