//! A raw item made an item: the best text it came with, its language, its date, its class.

use jiff::Timestamp;

use crate::domain::{DateOrigin, Item, ItemId, Published, RawItem, Source, StoryId};
use crate::text::{html, language, typography, urls};

use super::article::Article;
use super::identity;

/// Words from which a text counts as the whole article rather than a teaser.
const WHOLE: usize = 120;

/// What surrounds a raw item when it is read.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The source it came from.
    pub source: &'a Source,
    /// Now.
    pub now: Timestamp,
    /// True when the source was never read before: its items are archive.
    pub first_poll: bool,
}

/// Makes an item of `raw`, under the number `id`. It begins as a story of its own.
pub fn from_raw(raw: &RawItem, id: ItemId, context: Context<'_>) -> Item {
    let source = context.source;
    let content = raw.content.as_deref().unwrap_or_default();
    let summary = raw.summary.as_deref().unwrap_or_default();
    let (content_text, summary_text) = (html::to_text(content), html::to_text(summary));
    let longer = content_text.len() >= summary_text.len();
    let (markup, text) = if longer { (content, content_text) } else { (summary, summary_text) };
    let full = text.split_whitespace().count() >= WHOLE;
    let title = Some(title(raw, &text)).filter(|title| !title.is_empty()).unwrap_or_else(|| "(sans titre)".to_owned());
    let declared = raw.language.as_deref().or(source.language.as_deref());
    let link = raw.link.as_deref().and_then(urls::parse_web).map(|url| urls::clean(&url).to_string());
    // A counter leads each reader elsewhere: it is nobody's address until it is resolved.
    let link = link.filter(|_| !raw.opaque);
    Item {
        id,
        story: StoryId(id.0),
        copy_of: None,
        source: source.id.clone(),
        key: identity::key(raw),
        canonical: identity::canonical(raw),
        link,
        authors: raw.authors.iter().map(|name| html::one_line(name)).collect(),
        categories: raw.categories.iter().map(|name| html::one_line(name)).collect(),
        published: published(raw, context.now),
        collected: context.now,
        language: language::detect(declared, &title, &text),
        class: source.confidentiality,
        hold: raw.marked.clone(),
        waiting: None,
        marked: raw.marked.clone(),
        released: None,
        access: None,
        html: if html::is_plain(markup) { String::new() } else { markup.to_owned() },
        title,
        text,
        full,
        from_archive: context.first_poll,
    }
}

/// The item with the text of its page, when the page could be read and says more than the feed.
pub fn with_article(mut item: Item, article: Article, now: Timestamp) -> Item {
    item.access = article.access;
    if article.text.len() > item.text.len() {
        item.text = article.text;
        item.html = article.html;
        item.full = true;
    }
    if item.authors.is_empty() {
        item.authors = article.authors;
    }
    if item.published.origin == DateOrigin::Collected {
        if let Some(found) = article.published {
            item.published = cap(found.published, now);
        }
    }
    let declared = article.language.as_deref().or(Some(item.language.code()));
    item.language = language::detect(declared, &item.title, &item.text);
    item
}

/// Hash of what a source says of an item: when it changes, the item was edited. Ports and trackers do not count.
pub fn fingerprint(raw: &RawItem) -> String {
    let mut hasher = blake3::Hasher::new();
    let canonical = identity::canonical(raw);
    let parts = [Some(raw.title.as_str()), canonical.as_deref(), raw.summary.as_deref(), raw.content.as_deref()];
    for part in parts {
        hasher.update(part.unwrap_or_default().as_bytes()).update(&[0]);
    }
    // What feeds never have adds nothing, so that what was kept before there was mail is still known.
    if raw.marked.is_some() || raw.library.is_some() {
        hasher.update(format!("{:?} {:?}", raw.marked, raw.library).as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

/// The title; for items that have none the beginning of the text, else the address; empty when there is neither.
pub fn title(raw: &RawItem, text: &str) -> String {
    let title = html::one_line(&raw.title);
    if !title.is_empty() {
        return typography::shorten(&title, 300);
    }
    match text.lines().next() {
        Some(first) if !first.is_empty() => typography::shorten(first, 90),
        _ => raw.link.clone().unwrap_or_default(),
    }
}

fn published(raw: &RawItem, now: Timestamp) -> Published {
    let updated = raw.updated.map(|at| Published { at, has_hour: true, origin: DateOrigin::Feed });
    match raw.published.or(updated) {
        Some(found) => cap(found, now),
        None => Published { at: now, has_hour: true, origin: DateOrigin::Collected },
    }
}

/// A date in the future is capped at the moment of collection: it must not stick on top.
fn cap(found: Published, now: Timestamp) -> Published {
    Published { at: found.at.min(now), ..found }
}
