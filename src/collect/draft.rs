//! What every reader of feeds makes first: fields as written. They become raw items once the whole is known, the
//! language above all, since it tells how dates are read.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use url::Url;

use crate::domain::{DateOrigin, Published, RawItem};
use crate::text::dates::{self, DayOrder, ReadDate};

use super::feed::{FeedInfo, ReadFeed};

/// An item whose dates are still texts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Draft {
    pub guid: Option<String>,
    pub link: Option<String>,
    pub title: String,
    pub authors: Vec<String>,
    pub categories: Vec<String>,
    /// Texts that may say when it was published, the best first.
    pub published: Vec<String>,
    /// Texts that may say when it was changed, the best first.
    pub updated: Vec<String>,
    pub summary: Option<String>,
    pub content: Option<String>,
    pub language: Option<String>,
    pub enclosures: Vec<String>,
    /// What relative addresses of its HTML lean on.
    pub base: Option<Url>,
}

/// What a feed says of itself, dates still texts.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct FeedDraft {
    pub id: Option<String>,
    pub title: String,
    pub link: Option<String>,
    pub description: Option<String>,
    pub language: Option<String>,
    pub updated: Vec<String>,
    pub authors: Vec<String>,
    pub ttl_minutes: Option<u32>,
    pub skip_hours: Vec<String>,
    pub skip_days: Vec<String>,
    pub hub: Option<String>,
}

/// Reads dates, counting what had to be assumed and what could not be read.
struct Dates<'a> {
    zone: &'a TimeZone,
    order: DayOrder,
    assumed: usize,
    unread: Vec<String>,
}

impl Dates<'_> {
    fn first(&mut self, texts: &[String]) -> Option<ReadDate> {
        let found = texts.iter().find_map(|text| dates::read(text, self.zone, self.order));
        match found {
            Some(date) => self.assumed += usize::from(date.zone_assumed),
            None => self.unread.extend(texts.first().cloned()),
        }
        found
    }
}

/// Makes the feed of its drafts. `zone` is that of dates without one.
pub(super) fn finish(feed: FeedDraft, drafts: Vec<Draft>, zone: &TimeZone, mut repairs: Vec<String>) -> ReadFeed {
    let mut reader =
        Dates { zone, order: DayOrder::of_language(feed.language.as_deref()), assumed: 0, unread: Vec::new() };
    let of_feed = DayOrder::of_language(feed.language.as_deref());
    let mut items = Vec::with_capacity(drafts.len());
    for draft in drafts {
        reader.order = match draft.language.as_deref() {
            Some(own) => DayOrder::of_language(Some(own)),
            None => of_feed,
        };
        let updated = if draft.updated.is_empty() { None } else { reader.first(&draft.updated) };
        let published = if draft.published.is_empty() { None } else { reader.first(&draft.published) };
        let published = published.or(updated).map(|date| Published {
            at: date.at,
            has_hour: date.has_hour,
            origin: DateOrigin::Feed,
        });
        let authors = if draft.authors.is_empty() { feed.authors.clone() } else { draft.authors };
        items.push(RawItem {
            // No engine of the store but SQLite keeps a NUL in a text.
            guid: draft.guid.map(|guid| guid.replace('\0', "")),
            link: draft.link,
            title: draft.title,
            authors: without_repeats(authors),
            categories: without_repeats(draft.categories),
            published,
            updated: updated.map(|date| date.at),
            summary: trimmed(draft.summary),
            content: trimmed(draft.content),
            language: draft.language.or_else(|| feed.language.clone()),
            enclosures: without_repeats(draft.enclosures),
            base: draft.base.map(String::from),
            ..RawItem::default()
        });
    }
    reader.order = of_feed;
    let updated: Option<Timestamp> =
        feed.updated.iter().find_map(|text| dates::read(text, zone, of_feed)).map(|date| date.at);
    if reader.assumed > 0 {
        let name = zone.iana_name().unwrap_or("UTC");
        repairs.push(format!("dates: {} without a zone, read as {name}", reader.assumed));
    }
    if let Some(first) = reader.unread.first() {
        let shown: String = first.chars().take(60).collect();
        repairs.push(format!("dates: {} not understood, such as “{shown}”", reader.unread.len()));
    }
    let info = FeedInfo {
        id: feed.id,
        title: Some(feed.title).filter(|title| !title.is_empty()),
        link: feed.link,
        description: feed.description,
        language: feed.language,
        updated,
        ttl_minutes: feed.ttl_minutes,
        skip_hours: feed
            .skip_hours
            .iter()
            .filter_map(|hour| hour.trim().parse().ok())
            .map(|hour: i8| hour % 24)
            .collect(),
        skip_days: feed.skip_days.iter().filter_map(|day| weekday(day)).collect(),
        hub: feed.hub,
    };
    ReadFeed { info, items, repairs }
}

fn trimmed(text: Option<String>) -> Option<String> {
    text.map(|text| if text.trim().len() < text.len() { text.trim().to_owned() } else { text })
}

fn without_repeats(names: Vec<String>) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        if !kept.contains(&name) {
            kept.push(name);
        }
    }
    kept
}

fn weekday(name: &str) -> Option<jiff::civil::Weekday> {
    use jiff::civil::Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let name = name.trim().to_ascii_lowercase();
    [Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday]
        .into_iter()
        .find(|day| name.len() >= 3 && format!("{day:?}").to_ascii_lowercase().starts_with(&name))
}
