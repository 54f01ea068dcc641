//! Social watches: each preset asks what its network's documentation says, and reads answers in its forms.

mod common;

use common::{Answer, Ran, Scratch, Site};
use serde_json::Value;

const NOW: &str = "2026-11-20T12:00:00Z";

fn json(text: &str) -> Answer {
    Answer::Plain(200, vec![("content-type", "application/json".into())], text.as_bytes().to_vec())
}

fn watch(id: &str, more: &str) -> String {
    format!(
        "[[source]]\nid = \"{id}\"\nallow_private = true\nconfidentiality = \"public\"\nfull_text = \"never\"\n{more}\n"
    )
}

fn collect(scratch: &Scratch) -> (i32, Vec<Value>) {
    let ran = scratch
        .vigie()
        .args(["collect", "--json", "--now", NOW])
        .env("TOKEN", "jeton-de-test")
        .output()
        .expect("it runs");
    let ran = Ran::of(ran);
    assert!(!(ran.out.clone() + &ran.err).contains("jeton-de-test"), "{}{}", ran.out, ran.err);
    (ran.code, ran.json())
}

fn titles(scratch: &Scratch) -> Vec<String> {
    let found = scratch.run(&["search", "--json", "--limit", "50"]).json();
    let mut titles: Vec<String> =
        found.iter().map(|item| item["title"].as_str().unwrap_or_default().to_owned()).collect();
    titles.sort();
    titles
}

#[test]
fn networks_with_feeds_are_watched_by_readable_words() {
    let site = Site::start();
    let server = &site.base;
    let feed = |title: &str| Answer::feed(common::rss(server, &[(&title.replace(' ', "-"), title, "Un texte.")]));
    for (path, title) in [
        ("/tags/renovation.rss", "Un mot sur Mastodon"),
        ("/@ada.rss", "Un compte de Mastodon"),
        ("/profile/ada.example/rss", "Un compte de Bluesky"),
        ("/feeds/videos.xml", "Une vidéo"),
        ("/r/france/new/.rss", "Un fil de Reddit"),
        ("/search.rss", "Une recherche de Reddit"),
        ("/rss/search", "Une recherche de presse"),
        ("/news/search", "Une autre recherche de presse"),
    ] {
        site.set(path, feed(title));
    }
    let scratch = Scratch::new();
    let with = |keys: &str| format!("{keys}\nserver = \"{server}\"");
    scratch.small(
        &[
            watch("m1", &with("kind = \"mastodon\"\ntag = \"#renovation\"")),
            watch("m2", &with("kind = \"mastodon\"\naccount = \"@ada\"")),
            watch("b1", &with("kind = \"bluesky\"\naccount = \"@ada.example\"")),
            watch("y1", &with("kind = \"youtube\"\nchannel = \"UCabc\"")),
            watch("r1", &with("kind = \"reddit\"\nsubreddit = \"france\"")),
            watch("r2", &with("kind = \"reddit\"\nsearch = \"pompe à chaleur\"")),
            watch("n1", &with("kind = \"news\"\nsearch = \"rénovation énergétique\"")),
            watch("n2", &with("kind = \"news\"\nsearch = \"rénovation\"\nengine = \"bing\"")),
        ]
        .concat(),
    );
    let (code, reports) = collect(&scratch);
    assert_eq!(code, 0, "{reports:?}");
    assert_eq!(titles(&scratch).len(), 8, "{:?}", titles(&scratch));
}

#[test]
fn searches_that_answer_in_json_are_read_and_tokens_go_to_nobody_else() {
    let site = Site::start();
    site.set("/xrpc/app.bsky.feed.searchPosts", json(r#"{"posts":[{"uri":"at://did:plc:a/app.bsky.feed.post/3k","author":{"handle":"ada.example","displayName":"Ada"},"record":{"text":"Une isolation exemplaire à Lyon","createdAt":"2026-11-20T08:00:00.000Z","langs":["fr"]}}]}"#));
    site.set("/2/tweets/search/recent", json(r#"{"data":[{"id":"17","text":"Une pompe à chaleur au stade","author_id":"9","created_at":"2026-11-20T08:00:00.000Z","lang":"fr"}],"includes":{"users":[{"id":"9","name":"Ada","username":"ada"}]},"meta":{"result_count":1}}"#));
    let scratch = Scratch::new();
    scratch.small(
        &[
            watch("b", &format!("kind = \"bluesky\"\nsearch = \"isolation\"\nserver = \"{}\"", site.base)),
            watch(
                "x",
                &format!("kind = \"x\"\nsearch = \"pompe lang:fr\"\nserver = \"{}\"\ntoken_env = \"TOKEN\"", site.base),
            ),
        ]
        .concat(),
    );
    let (code, reports) = collect(&scratch);
    assert_eq!(code, 0, "{reports:?}");
    assert_eq!(titles(&scratch), ["Une isolation exemplaire à Lyon", "Une pompe à chaleur au stade"]);
    for seen in site.seen() {
        let shown = seen.headers.get("authorization").and_then(|value| value.to_str().ok());
        assert_eq!(shown, (seen.path == "/2/tweets/search/recent").then_some("Bearer jeton-de-test"), "{}", seen.path);
    }
    // What the network says is told, and the last posts stay.
    site.set("/2/tweets/search/recent", Answer::Plain(401, vec![], br#"{"title":"Unauthorized"}"#.to_vec()));
    let later = scratch
        .vigie()
        .args(["collect", "x", "--json", "--now", "2026-11-21T12:00:00Z"])
        .env("TOKEN", "jeton-de-test")
        .output()
        .expect("it runs");
    let later = Ran::of(later);
    assert!(later.code == 1 && later.out.contains("401"), "{}", later.out);
    assert_eq!(titles(&scratch).len(), 2);
}

#[test]
fn an_account_of_another_reader_is_a_source() {
    let site = Site::start();
    site.set(
        "/api/greader.php/accounts/ClientLogin",
        Answer::Plain(200, vec![("content-type", "text/plain".into())], b"SID=x\nAuth=alice/abc123\n".to_vec()),
    );
    site.set("/api/greader.php/reader/api/0/stream/contents/user/-/label/Veille", json(r#"{"id":"x","items":[{"id":"tag:google.com,2005:reader/item/1","title":"Un article gard\u00e9 ailleurs","published":1795161600,"canonical":[{"href":"https://blog.example/un"}],"summary":{"content":"<p>Le texte</p>"}}]}"#));
    let scratch = Scratch::new();
    scratch.small(&watch("freshrss", &format!("kind = \"reader\"\nserver = \"{}/api/greader.php\"\nlabel = \"Veille\"\nuser = \"alice\"\npassword_env = \"TOKEN\"", site.base)));
    let (code, reports) = collect(&scratch);
    assert_eq!(code, 0, "{reports:?}");
    assert_eq!(titles(&scratch), ["Un article gardé ailleurs"]);
    let asked = site.seen().into_iter().find(|seen| seen.path.contains("stream/contents")).expect("a request");
    assert_eq!(
        asked.headers.get("authorization").and_then(|value| value.to_str().ok()),
        Some("GoogleLogin auth=alice/abc123")
    );
    site.set("/api/greader.php/accounts/ClientLogin", Answer::Plain(401, vec![], b"BadAuthentication".to_vec()));
    let ran = Ran::of(
        scratch
            .vigie()
            .args(["collect", "--now", "2026-11-21T12:00:00Z"])
            .env("TOKEN", "faux")
            .output()
            .expect("it runs"),
    );
    assert!(
        ran.code == 1 && (ran.out.clone() + &ran.err).contains("refuses the log-in of alice"),
        "{}{}",
        ran.out,
        ran.err
    );
}

#[test]
fn a_watch_that_says_nothing_to_watch_is_refused_with_an_example() {
    for (keys, hint) in [
        ("kind = \"mastodon\"\ntag = \"x\"", "server = "),
        ("kind = \"bluesky\"", "search = "),
        ("kind = \"youtube\"\nchannel = \"a\"\nplaylist = \"b\"", "playlist"),
        ("kind = \"news\"\nsearch = \"a\"\nengine = \"yahoo\"", "bing"),
        ("kind = \"x\"\nsearch = \"a\"", "token_file"),
        ("kind = \"reader\"\nserver = \"r.example\"", "password_file"),
        ("kind = \"imap\"\nhost = \"a.example\"\nuser = \"b\"", "password_file"),
        ("kind = \"imap\"\nhost = \"a.example\"\nuser = \"b\"\npassword_env = \"X\"\ntls = \"none\"", "in clear"),
        ("kind = \"linkedin\"", "neither feed nor search"),
        ("kind = \"feeed\"", "feed"),
    ] {
        let scratch = Scratch::new();
        scratch.small(&watch("w", keys));
        let ran = scratch.run(&["check"]);
        let told = ran.out.clone() + &ran.err;
        assert!(ran.code == 2 && told.contains(hint), "{keys}: {told}");
    }
}
