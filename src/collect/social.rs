//! Posts of networks that answer in JSON of their own: Bluesky's search, X's recent search, accounts of other readers.
//!
//! Forms as their public documentation describes them: `app.bsky.feed.searchPosts` (AT Protocol), X API v2 "recent
//! search", `stream/contents` of the Google Reader API as FreshRSS, Miniflux and Inoreader speak it.

use jiff::tz::TimeZone;
use serde_json::Value;

use crate::text::{html, typography};

use super::draft::{self, Draft, FeedDraft};
use super::feed::{FeedError, ReadFeed};

/// Largest answer read, in bytes.
const MAX_BYTES: usize = 8 << 20;
/// Posts taken from one answer.
const MOST_POSTS: usize = 500;
/// Longest title made of a post, in characters.
const TITLE: usize = 110;

/// Reads the posts of a search of Bluesky.
pub(super) fn read_bluesky(bytes: &[u8], zone: &TimeZone) -> Result<ReadFeed, FeedError> {
    let answer = json(bytes)?;
    let posts = list(&answer, "/posts", "/error", "/message")?;
    let drafts = posts.iter().take(MOST_POSTS).filter_map(|post| {
        let uri = text(post, "/uri")?;
        // at://did/app.bsky.feed.post/key
        let key = uri.rsplit('/').next()?;
        let handle = text(post, "/author/handle")?;
        let said = text(post, "/record/text")?;
        Some(Draft {
            link: Some(format!("https://bsky.app/profile/{handle}/post/{key}")),
            guid: Some(uri),
            authors: vec![text(post, "/author/displayName").unwrap_or(handle)],
            published: text(post, "/record/createdAt").or_else(|| text(post, "/indexedAt")).into_iter().collect(),
            language: text(post, "/record/langs/0"),
            enclosures: text(post, "/record/embed/external/uri").into_iter().collect(),
            ..told(&said)
        })
    });
    Ok(draft::finish(FeedDraft::default(), drafts.collect(), zone, Vec::new()))
}

/// Reads the posts of a recent search of X.
pub(super) fn read_x(bytes: &[u8], zone: &TimeZone) -> Result<ReadFeed, FeedError> {
    let answer = json(bytes)?;
    // A search that finds nothing has no list, and says so.
    if answer.pointer("/meta/result_count").and_then(Value::as_u64) == Some(0) {
        return Ok(draft::finish(FeedDraft::default(), Vec::new(), zone, Vec::new()));
    }
    let posts = list(&answer, "/data", "/title", "/detail")?;
    let people = answer.pointer("/includes/users").and_then(Value::as_array);
    let drafts = posts.iter().take(MOST_POSTS).filter_map(|post| {
        let id = text(post, "/id")?;
        // Its texts come escaped.
        let said = html_escape::decode_html_entities(&text(post, "/text")?).into_owned();
        let author = text(post, "/author_id");
        let person = people.and_then(|people| people.iter().find(|person| text(person, "/id") == author));
        let user = person.and_then(|person| text(person, "/username"));
        Some(Draft {
            link: Some(format!("https://x.com/{}/status/{id}", user.as_deref().unwrap_or("i"))),
            guid: Some(format!("x:{id}")),
            authors: person.and_then(|person| text(person, "/name")).or(user).into_iter().collect(),
            published: text(post, "/created_at").into_iter().collect(),
            language: text(post, "/lang").filter(|tag| tag != "und"),
            ..told(&said)
        })
    });
    Ok(draft::finish(FeedDraft::default(), drafts.collect(), zone, Vec::new()))
}

/// Reads the items of an account of another reader.
pub(super) fn read_reader(bytes: &[u8], zone: &TimeZone) -> Result<ReadFeed, FeedError> {
    let answer = json(bytes)?;
    let entries = list(&answer, "/items", "/error", "/errors/0")?;
    let drafts = entries.iter().take(MOST_POSTS).filter_map(|entry| {
        let link = text(entry, "/canonical/0/href").or_else(|| text(entry, "/alternate/0/href"))?;
        let seconds = entry.pointer("/published").and_then(Value::as_i64).filter(|seconds| *seconds > 0);
        let markup = text(entry, "/content/content").or_else(|| text(entry, "/summary/content"));
        Some(Draft {
            guid: text(entry, "/id"),
            link: Some(link),
            title: html::title_line(&text(entry, "/title").unwrap_or_default()),
            authors: text(entry, "/author").into_iter().collect(),
            categories: labels(entry),
            published: seconds.map(|seconds| seconds.to_string()).into_iter().collect(),
            content: markup,
            ..Draft::default()
        })
    });
    let about = FeedDraft { title: text(&answer, "/title").unwrap_or_default(), ..FeedDraft::default() };
    Ok(draft::finish(about, drafts.collect(), zone, Vec::new()))
}

/// Names of the feed and labels of an item of a reader, without its states ("read", "starred").
fn labels(entry: &Value) -> Vec<String> {
    let categories = entry.pointer("/categories").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let label = |value: &Value| value.as_str()?.split_once("/label/").map(|(_, label)| label.to_owned());
    categories.iter().filter_map(label).collect()
}

/// A post has no title: its first words are one.
fn told(said: &str) -> Draft {
    let first = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let paragraphs: String = said
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| format!("<p>{}</p>", html_escape::encode_text(line)))
        .collect();
    Draft { title: typography::shorten(&html::one_line(first), TITLE), content: Some(paragraphs), ..Draft::default() }
}

fn json(bytes: &[u8]) -> Result<Value, FeedError> {
    match bytes.len() {
        0 => Err(FeedError::Empty),
        length if length > MAX_BYTES => Err(FeedError::TooLarge),
        _ => serde_json::from_slice(bytes)
            .map_err(|_| FeedError::Other("no JSON: is the address that of the interface?")),
    }
}

/// A list, or what the server said instead of it.
fn list<'a>(answer: &'a Value, at: &str, kind: &str, message: &str) -> Result<&'a [Value], FeedError> {
    if let Some(list) = answer.pointer(at).and_then(Value::as_array) {
        return Ok(list);
    }
    let said: Vec<String> = [kind, message].iter().filter_map(|at| text(answer, at)).collect();
    let said = if said.is_empty() { format!("it holds no list at {at}") } else { said.join(": ") };
    Err(FeedError::Malformed(typography::shorten(&html::one_line(&said), 200)))
}

fn text(value: &Value, at: &str) -> Option<String> {
    value.pointer(at).and_then(Value::as_str).map(str::to_owned).filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_of_bluesky_become_items() {
        let answer = br#"{"posts":[{"uri":"at://did:plc:a/app.bsky.feed.post/3k","author":{"handle":"ada.example","displayName":"Ada"},
            "record":{"text":"Une r\u00e9novation r\u00e9ussie\n\nOn en parle.","createdAt":"2026-11-20T08:00:00.000Z","langs":["fr"],
            "embed":{"external":{"uri":"https://blog.example/a"}}}},{"uri":1}]}"#;
        let feed = read_bluesky(answer, &TimeZone::UTC).expect("posts");
        assert_eq!(feed.items.len(), 1);
        let post = &feed.items[0];
        assert_eq!(post.link.as_deref(), Some("https://bsky.app/profile/ada.example/post/3k"));
        assert_eq!((post.title.as_str(), post.authors[0].as_str()), ("Une rénovation réussie", "Ada"));
        let refused = read_bluesky(br#"{"error":"AuthMissing","message":"Authentication Required"}"#, &TimeZone::UTC);
        assert!(refused.unwrap_err().to_string().contains("Authentication Required"));
    }

    #[test]
    fn posts_of_x_know_who_wrote_them_and_nothing_found_is_no_error() {
        let answer = br#"{"data":[{"id":"17","text":"Bonjour &amp; merci","author_id":"9","created_at":"2026-11-20T08:00:00.000Z","lang":"fr"}],
            "includes":{"users":[{"id":"9","name":"Ada","username":"ada"}]},"meta":{"result_count":1}}"#;
        let feed = read_x(answer, &TimeZone::UTC).expect("posts");
        assert_eq!(feed.items[0].link.as_deref(), Some("https://x.com/ada/status/17"));
        assert_eq!(feed.items[0].title, "Bonjour & merci");
        assert_eq!(read_x(br#"{"meta":{"result_count":0}}"#, &TimeZone::UTC).expect("nothing").items.len(), 0);
        let refused = read_x(br#"{"title":"Unauthorized","detail":"Unauthorized","status":401}"#, &TimeZone::UTC);
        assert!(refused.is_err());
    }

    #[test]
    fn an_account_of_another_reader_gives_its_items() {
        let answer = br#"{"id":"user/-/state/com.google/reading-list","items":[{"id":"tag:google.com,2005:reader/item/1","title":"Un &amp; deux",
            "published":1780470900,"canonical":[{"href":"https://blog.example/un"}],"summary":{"content":"<p>Le texte</p>"},
            "categories":["user/-/state/com.google/read","user/-/label/Veille"],"author":"Ada"}]}"#;
        let feed = read_reader(answer, &TimeZone::UTC).expect("items");
        let item = &feed.items[0];
        assert_eq!((item.title.as_str(), item.link.as_deref()), ("Un & deux", Some("https://blog.example/un")));
        assert_eq!(item.categories, ["Veille"]);
        assert_eq!(item.published.map(|date| date.at.as_second()), Some(1_780_470_900));
    }
}
