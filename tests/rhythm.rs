//! When a source is asked again: its own rhythm, what its server and its feed ask for, failures, restarts. What counts is
//! what a site saw, at instants that the tests choose.

mod common;

use common::{Answer, Scratch, Site, rss, source};
use jiff::Timestamp;

const NOW: &str = "2026-11-20T12:00:00Z";

fn with(site: &Site, headers: &[(&'static str, &str)], more: &str) -> Answer {
    let items = [("un", "Une pompe à chaleur au lycée", "Un texte."), ("deux", "Le match de samedi", "Un texte.")];
    let text = rss(&site.base, &items).replace("<item>", &format!("{more}<item>"));
    let mut all = vec![("content-type", "application/rss+xml".to_owned())];
    all.extend(headers.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Answer::Plain(200, all, text.into_bytes())
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// The health of the one source after a collection at `now`.
fn collect(scratch: &Scratch, now: &str) -> serde_json::Value {
    scratch.run(&["collect", "--now", now]);
    scratch.run(&["source", "list", "--json", "--now", now]).json().into_iter().next().expect("a source")
}

/// Hours from `now` to the next visit.
#[track_caller]
fn hours(told: &serde_json::Value, now: &str) -> f64 {
    let next = at(told["next_poll"].as_str().expect("an instant"));
    next.duration_since(at(now)).as_secs_f64() / 3600.0
}

fn one_source(more: &str) -> (Site, Scratch) {
    let site = Site::start();
    let scratch = Scratch::new();
    scratch.small(&source("s", &format!("{}/feed", site.base), &format!("full_text = \"never\"\n{more}")));
    (site, scratch)
}

#[test]
fn without_an_order_a_source_sets_its_own_rhythm() {
    let (site, scratch) = one_source("");
    let now = "2026-11-21T12:00:00Z";
    // Twelve items, one each hour: half of that is less than the least wait.
    let many: Vec<(String, String)> = (0..12).map(|number| (format!("n{number}"), format!("Titre {number}"))).collect();
    let items: Vec<(&str, &str, &str)> =
        many.iter().map(|(slug, title)| (slug.as_str(), title.as_str(), "T.")).collect();
    let feed = |headers: Vec<(&'static str, String)>| Answer::Plain(200, headers, rss(&site.base, &items).into_bytes());
    site.set("/feed", feed(vec![("etag", "\"1\"".into())]));
    let told = collect(&scratch, now);
    assert!((0.9..=2.0).contains(&hours(&told, now)), "an hour, at the source's own minute: {told}");
    assert_eq!(told["rhythm_hours"], 1.0);
    // Without validators each visit costs the whole answer: once a day.
    site.set("/feed", feed(vec![]));
    let later = "2026-11-21T15:00:00Z";
    assert!((22.0..=25.0).contains(&hours(&collect(&scratch, later), later)));
}

#[test]
fn what_feed_and_server_ask_for_is_kept_up_to_a_day() {
    let (site, scratch) = one_source("every = \"1h\"");
    let next = |headers: &[(&'static str, &str)], more: &str, now: &str| {
        site.set("/feed", with(&site, headers, more));
        hours(&collect(&scratch, now), now)
    };
    assert!((3.0..=4.1).contains(&next(&[], "<ttl>180</ttl>", "2026-11-20T12:00:00Z")));
    let two_a_day = "<x:updatePeriod xmlns:x=\"http://purl.org/rss/1.0/modules/syndication/\">daily</x:updatePeriod>\
                     <x:updateFrequency xmlns:x=\"http://purl.org/rss/1.0/modules/syndication/\">2</x:updateFrequency>";
    assert!((12.0..=13.1).contains(&next(&[], two_a_day, "2026-11-21T12:00:00Z")));
    // A month of freshness is nobody's wish for a feed.
    assert!((24.0..=25.1).contains(&next(&[("cache-control", "max-age=2592000")], "", "2026-11-23T12:00:00Z")));
    // The longest of them wins.
    let both = next(&[("cache-control", "max-age=18000")], "<ttl>60</ttl>", "2026-11-25T12:00:00Z");
    assert!((5.0..=6.1).contains(&both), "{both}");
}

#[test]
fn hours_and_days_that_a_feed_wants_for_itself_are_left_to_it() {
    let (site, scratch) = one_source("every = \"1h\"");
    let hours: String = (0..24).filter(|hour| *hour != 5).map(|hour| format!("<hour>{hour}</hour>")).collect();
    site.set("/feed", with(&site, &[], &format!("<skipHours>{hours}</skipHours>")));
    let told = collect(&scratch, NOW);
    assert!(told["next_poll"].as_str().expect("an instant").starts_with("2026-11-21T05:"), "{told}");
    // 2026-11-20 is a Friday.
    let days = "<skipDays><day>Saturday</day><day>Sunday</day></skipDays>";
    site.set("/feed", with(&site, &[], days));
    let told = collect(&scratch, "2026-11-20T23:30:00Z");
    assert!(told["next_poll"].as_str().expect("an instant").starts_with("2026-11-23T"), "{told}");
}

#[test]
fn retry_after_is_kept_as_seconds_and_as_a_date() {
    let (site, scratch) = one_source("every = \"1h\"");
    let refused = |status: u16, value: &str| Answer::Plain(status, vec![("retry-after", value.into())], Vec::new());
    site.set("/feed", refused(503, "Fri, 20 Nov 2026 20:30:00 GMT"));
    let told = collect(&scratch, NOW);
    assert!((8.5..=9.5).contains(&hours(&told, NOW)), "{told}");
    // While it lasts nobody comes back, not even by hand.
    let visits = site.count("/feed");
    collect(&scratch, "2026-11-20T20:00:00Z");
    assert_eq!(site.count("/feed"), visits);
    // Days are kept too, and a wait without end is not.
    site.set("/feed", refused(429, "259200"));
    let told = collect(&scratch, "2026-11-21T12:00:00Z");
    assert!((72.0..=80.0).contains(&hours(&told, "2026-11-21T12:00:00Z")), "{told}");
    site.set("/feed", refused(429, "999999999"));
    let told = collect(&scratch, "2026-11-26T12:00:00Z");
    assert!(hours(&told, "2026-11-26T12:00:00Z") < 24.0 * 8.0, "{told}");
}

#[test]
fn failures_back_off_are_never_the_end_and_a_304_is_a_success() {
    let (site, scratch) = one_source("every = \"1h\"");
    site.set("/feed", with(&site, &[("etag", "\"1\"")], ""));
    collect(&scratch, "2026-11-01T12:00:00Z");
    site.set("/feed", Answer::Plain(404, vec![], vec![]));
    let mut waits = Vec::new();
    for day in 2..=9 {
        let now = format!("2026-11-{day:02}T12:00:00Z");
        waits.push(hours(&collect(&scratch, &now), &now));
    }
    assert!(waits.windows(2).take(4).all(|pair| pair[1] > 1.5 * pair[0]), "each about twice the last: {waits:?}");
    assert!(waits.iter().all(|wait| *wait < 30.0), "never more than a day and a bit: {waits:?}");
    // Back again, unchanged: the failures are forgotten, and so is their wait.
    site.set("/feed", with(&site, &[("etag", "\"1\"")], ""));
    let told = collect(&scratch, "2026-11-12T12:00:00Z");
    assert_eq!((told["failures"].as_u64(), told["error_kind"].as_str()), (Some(0), None), "{told}");
    assert!(hours(&told, "2026-11-12T12:00:00Z") <= 2.0, "{told}");
    let last = site.seen().into_iter().rfind(|seen| seen.path == "/feed").expect("a visit");
    assert_eq!(last.headers["if-none-match"], "\"1\"", "validators outlive failures");
}

#[test]
fn a_restart_asks_nobody_before_their_time() {
    let site = Site::start();
    let scratch = Scratch::new();
    let sources: String = (0..30)
        .map(|number| {
            site.set(&format!("/f{number}"), with(&site, &[("etag", "\"1\"")], ""));
            source(&format!("s{number}"), &format!("{}/f{number}", site.base), "full_text = \"never\"\nevery = \"1h\"")
        })
        .collect();
    scratch.small(&sources);
    let turn = |now: &str| {
        let before = site.seen().len();
        scratch.run(&["run", "--once", "--now", now]).ok();
        site.seen().len() - before
    };
    assert_eq!(turn("2026-11-20T12:00:00Z"), 30, "each is asked once when it is new");
    assert_eq!(turn("2026-11-20T12:01:00Z"), 0);
    assert_eq!(turn("2026-11-20T12:30:00Z"), 0);
    // Their minutes are spread over the hour: no quarter of it sees them all.
    let quarters: Vec<usize> =
        ["13:15", "13:30", "13:45", "14:00"].map(|at| turn(&format!("2026-11-20T{at}:00Z"))).into();
    assert_eq!(quarters.iter().sum::<usize>(), 30, "{quarters:?}");
    assert!(quarters.iter().all(|asked| *asked < 20), "{quarters:?}");
}

#[test]
fn an_address_that_changes_is_asked_at_once_and_in_full() {
    let (site, scratch) = one_source("every = \"1h\"");
    site.set("/feed", with(&site, &[("etag", "\"1\"")], ""));
    site.set("/other", with(&site, &[("etag", "\"1\"")], ""));
    collect(&scratch, NOW);
    scratch.small(&source("s", &format!("{}/other", site.base), "full_text = \"never\"\nevery = \"1h\""));
    scratch.run(&["run", "--once", "--now", "2026-11-20T12:01:00Z"]).ok();
    let seen = site.seen().into_iter().find(|seen| seen.path == "/other").expect("a visit");
    assert!(!seen.headers.contains_key("if-none-match"), "the validators were another address's");
}
