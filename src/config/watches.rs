//! Social watches in readable words: `kind = "mastodon"`, `tag = "…"` stands for an address that few know by heart.

use url::Url;

use crate::domain::SourceKind;

use super::files::{At, Files};
use super::reader::Table;
use super::values;

/// A network that can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Watch {
    Mastodon,
    Bluesky,
    Youtube,
    Reddit,
    News,
    X,
    Reader,
}

/// Words of the configuration.
pub(super) const WATCHES: [(&str, Watch); 7] = [
    ("mastodon", Watch::Mastodon),
    ("bluesky", Watch::Bluesky),
    ("youtube", Watch::Youtube),
    ("reddit", Watch::Reddit),
    ("news", Watch::News),
    ("x", Watch::X),
    ("reader", Watch::Reader),
];

/// Posts of one answer.
const POSTS: &str = "50";

/// The address that a watch stands for, and how its answer is read.
pub(super) fn address(files: &mut Files, table: &mut Table, watch: Watch) -> Option<(SourceKind, Url)> {
    let place = table.place.clone();
    let server = table.text(files, "server").and_then(|at| server(files, &at));
    let base = |usual: &str| server.clone().or_else(|| Url::parse(usual).ok());
    let mut keys: Vec<(&str, At<String>)> = Vec::new();
    for key in ["tag", "account", "search", "channel", "playlist", "subreddit", "label", "language", "engine"] {
        if known(watch).contains(&key) {
            keys.extend(table.text(files, key).map(|at| (key, at)));
        }
    }
    let said = |key: &str| keys.iter().find(|(name, _)| *name == key).map(|(_, at)| at.value.trim());
    let built = match watch {
        Watch::Mastodon => mastodon(said("tag"), said("account"), server.clone()),
        Watch::Bluesky => match (said("account"), said("search")) {
            (Some(account), None) => {
                join(base("https://bsky.app")?, &["profile", account.trim_start_matches('@'), "rss"], &[])
                    .map(|url| (SourceKind::Feed, url))
            }
            (None, Some(search)) => join(
                base("https://api.bsky.app")?,
                &["xrpc", "app.bsky.feed.searchPosts"],
                &[("q", search), ("sort", "latest"), ("limit", POSTS)],
            )
            .map(|url| (SourceKind::Bluesky, url)),
            _ => None,
        },
        Watch::Youtube => {
            let query = match (said("channel"), said("playlist")) {
                (Some(channel), None) => Some(("channel_id", channel)),
                (None, Some(playlist)) => Some(("playlist_id", playlist)),
                _ => None,
            };
            query
                .and_then(|query| join(base("https://www.youtube.com")?, &["feeds", "videos.xml"], &[query]))
                .map(|url| (SourceKind::Feed, url))
        }
        Watch::Reddit => reddit(base("https://www.reddit.com")?, said("subreddit"), said("search"))
            .map(|url| (SourceKind::Feed, url)),
        Watch::News => said("search")
            .and_then(|search| news(server.clone(), search, said("language").unwrap_or("fr"), said("engine")))
            .map(|url| (SourceKind::Feed, url)),
        Watch::X => said("search").and_then(|search| {
            let query = [
                ("query", search),
                ("max_results", POSTS),
                ("tweet.fields", "created_at,lang,author_id"),
                ("expansions", "author_id"),
                ("user.fields", "name,username"),
            ];
            Some((SourceKind::X, join(base("https://api.x.com")?, &["2", "tweets", "search", "recent"], &query)?))
        }),
        Watch::Reader => server.clone().and_then(|base| {
            let stream = said("label").map_or_else(
                || "user/-/state/com.google/reading-list".to_owned(),
                |label| format!("user/-/label/{label}"),
            );
            let query = [("output", "json"), ("n", "200")];
            let mut parts = vec!["reader", "api", "0", "stream", "contents"];
            parts.extend(stream.split('/'));
            Some((SourceKind::Reader, join(base, &parts, &query)?))
        }),
    };
    if built.is_none() {
        files.error(&place, "this watch does not say what to watch", hint(watch));
    }
    built
}

/// Keys that a watch has, beside those of every source.
fn known(watch: Watch) -> &'static [&'static str] {
    match watch {
        Watch::Mastodon => &["tag", "account"],
        Watch::Bluesky => &["account", "search"],
        Watch::Youtube => &["channel", "playlist"],
        Watch::Reddit => &["subreddit", "search"],
        Watch::News => &["search", "language", "engine"],
        Watch::X => &["search"],
        Watch::Reader => &["label"],
    }
}

fn hint(watch: Watch) -> &'static str {
    match watch {
        Watch::Mastodon => "write tag = \"renovation\" and server = \"mastodon.social\", or account = \"@name@server\"",
        Watch::Bluesky => "write account = \"name.bsky.social\" or search = \"rénovation énergétique\"",
        Watch::Youtube => "write channel = \"UC…\" (the id, from the page's source) or playlist = \"PL…\"",
        Watch::Reddit => "write subreddit = \"france\", search = \"…\", or both",
        Watch::News => {
            "write search = \"rénovation énergétique\"; language = \"fr\" and engine = \"google\" or \"bing\" may be added"
        }
        Watch::X => "write search = \"rénovation lang:fr -is:retweet\" and token_file = \"…\", a token of your own",
        Watch::Reader => "write server = \"https://freshrss.example.org/api/greader.php\", user and password_file",
    }
}

/// A host, or the address of a server.
fn server(files: &mut Files, at: &At<String>) -> Option<Url> {
    let typed = at.value.trim();
    let whole = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    values::web_address(files, &At { value: whole, place: at.place.clone() })
}

/// An address below `base`, each part encoded.
fn join(mut base: Url, parts: &[&str], query: &[(&str, &str)]) -> Option<Url> {
    base.path_segments_mut().ok()?.pop_if_empty().extend(parts);
    if !query.is_empty() {
        base.query_pairs_mut().extend_pairs(query);
    }
    Some(base)
}

fn mastodon(tag: Option<&str>, account: Option<&str>, server: Option<Url>) -> Option<(SourceKind, Url)> {
    let url = match (tag, account) {
        (Some(tag), None) => join(server?, &["tags", &format!("{}.rss", tag.trim_start_matches('#'))], &[])?,
        (None, Some(account)) => {
            let account = account.trim_start_matches('@');
            let (name, host) = account.split_once('@').map_or((account, None), |(name, host)| (name, Some(host)));
            let base = server.or_else(|| Url::parse(&format!("https://{}", host?)).ok())?;
            join(base, &[&format!("@{name}.rss")], &[])?
        }
        _ => return None,
    };
    Some((SourceKind::Feed, url))
}

fn reddit(base: Url, subreddit: Option<&str>, search: Option<&str>) -> Option<Url> {
    let subreddit = subreddit.map(|name| name.trim_start_matches("r/"));
    match (subreddit, search) {
        (Some(name), None) => join(base, &["r", name, "new", ".rss"], &[]),
        (Some(name), Some(search)) => {
            join(base, &["r", name, "search.rss"], &[("q", search), ("restrict_sr", "1"), ("sort", "new")])
        }
        (None, Some(search)) => join(base, &["search.rss"], &[("q", search), ("sort", "new")]),
        (None, None) => None,
    }
}

fn news(server: Option<Url>, search: &str, language: &str, engine: Option<&str>) -> Option<Url> {
    let (language, country) = if language.to_lowercase().starts_with("en") { ("en", "GB") } else { ("fr", "FR") };
    match engine {
        None | Some("google") => {
            let edition = format!("{country}:{language}");
            let base = server.or_else(|| Url::parse("https://news.google.com").ok())?;
            join(base, &["rss", "search"], &[("q", search), ("hl", language), ("gl", country), ("ceid", &edition)])
        }
        Some("bing") => {
            let base = server.or_else(|| Url::parse("https://www.bing.com").ok())?;
            join(base, &["news", "search"], &[("q", search), ("format", "rss"), ("setlang", language)])
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readable_words_stand_for_addresses() {
        let server = || Url::parse("https://mastodon.example").ok();
        let feed = |tag, account, server| mastodon(tag, account, server).map(|(_, url)| url.to_string());
        assert_eq!(
            feed(Some("#rénovation"), None, server()).as_deref(),
            Some("https://mastodon.example/tags/r%C3%A9novation.rss")
        );
        assert_eq!(feed(None, Some("@ada@social.example"), None).as_deref(), Some("https://social.example/@ada.rss"));
        assert_eq!(feed(Some("x"), None, None), None);
        let base = Url::parse("https://www.reddit.com").expect("an address");
        let both = reddit(base, Some("r/france"), Some("isolation & co")).expect("an address");
        assert_eq!(
            both.as_str(),
            "https://www.reddit.com/r/france/search.rss?q=isolation+%26+co&restrict_sr=1&sort=new"
        );
        let google = news(None, "pompe à chaleur", "fr", None).expect("an address");
        assert_eq!(
            google.as_str(),
            "https://news.google.com/rss/search?q=pompe+%C3%A0+chaleur&hl=fr&gl=FR&ceid=FR%3Afr"
        );
        assert!(news(None, "x", "fr", Some("yahoo")).is_none());
    }
}
