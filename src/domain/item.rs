//! An item on its way: as collected, then as kept.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Confidentiality, Hold, ItemId, Language, StoryId, Waiting};

/// Where a publication date was found, from the surest to the least sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrigin {
    /// The feed's own date.
    Feed,
    /// `datePublished` of the page's JSON-LD.
    JsonLd,
    /// A `<meta>` of the page.
    Meta,
    /// A `<time>` element of the page.
    Time,
    /// The address of the page.
    Url,
    /// Text near the title of the page.
    Text,
    /// A script of the page.
    Script,
    /// Only when the page was changed.
    Modified,
    /// Nothing better: the moment Vigie first saw it.
    Collected,
}

impl DateOrigin {
    /// All of them.
    pub const ALL: [DateOrigin; 9] = [
        DateOrigin::Feed,
        DateOrigin::JsonLd,
        DateOrigin::Meta,
        DateOrigin::Time,
        DateOrigin::Url,
        DateOrigin::Text,
        DateOrigin::Script,
        DateOrigin::Modified,
        DateOrigin::Collected,
    ];

    /// The word used in store and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            DateOrigin::Feed => "feed",
            DateOrigin::JsonLd => "json_ld",
            DateOrigin::Meta => "meta",
            DateOrigin::Time => "time",
            DateOrigin::Url => "url",
            DateOrigin::Text => "text",
            DateOrigin::Script => "script",
            DateOrigin::Modified => "modified",
            DateOrigin::Collected => "collected",
        }
    }

    /// How sure such a date is, from 0 to 1.
    pub fn certainty(self) -> f64 {
        match self {
            DateOrigin::Feed => 0.95,
            DateOrigin::JsonLd => 0.9,
            DateOrigin::Meta => 0.85,
            DateOrigin::Time => 0.7,
            DateOrigin::Url | DateOrigin::Text => 0.6,
            DateOrigin::Script => 0.5,
            DateOrigin::Modified => 0.3,
            DateOrigin::Collected => 0.1,
        }
    }
}

/// A publication instant, whether its hour is known, and where it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// The instant; midnight UTC when only the day is known.
    pub at: Timestamp,
    /// False when only the day is known.
    pub has_hour: bool,
    /// Where it was found.
    pub origin: DateOrigin,
}

/// An item as a source gave it: fields in the source's words, HTML as received.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RawItem {
    /// The source's own identifier (`guid`, `id`), if it gave one.
    pub guid: Option<String>,
    /// Absolute address of the item.
    pub link: Option<String>,
    /// Title as plain text.
    pub title: String,
    /// Names of authors.
    pub authors: Vec<String>,
    /// Categories or tags, as given.
    pub categories: Vec<String>,
    /// When it was published.
    pub published: Option<Published>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
    /// Short HTML.
    pub summary: Option<String>,
    /// Full HTML, where the source gives it.
    pub content: Option<String>,
    /// Declared language tag.
    pub language: Option<String>,
    /// Addresses of attached media.
    pub enclosures: Vec<String>,
    /// What relative addresses in its HTML lean on.
    pub base: Option<String>,
    /// Its link is a counter of a sender, which says nothing of where it leads.
    pub opaque: bool,
    /// A marker of confidentiality that stood around it, in words: a header of the mail, the foot of the document.
    pub marked: Option<Hold>,
    /// What the library says of how it may be shared.
    pub library: Option<LibraryEntry>,
}

/// What the library says of a content.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryEntry {
    /// It stays true: it may come back.
    pub evergreen: bool,
    /// Until when it may be suggested.
    pub expires: Option<Timestamp>,
    /// Ways into it, written by the comms team: a channel, or none for all, and the text.
    pub angles: Vec<(Option<String>, String)>,
}

/// How long an item stays worth telling (requirement D7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Perishability {
    /// Until this day, the last included: it speaks of something that has a date.
    Dated(Date),
    /// While it is news.
    Fresh,
    /// It stays true: it may come back.
    Evergreen,
}

/// Whether the page of an item could be read as an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Readable by all.
    Open,
    /// For subscribers.
    Paywall,
    /// Only a cookie or consent wall was served.
    Consent,
    /// A robot check was served.
    Blocked,
    /// An error page.
    Error,
}

impl Access {
    /// Reads the word of the store.
    pub fn from_word(word: &str) -> Option<Self> {
        [Access::Open, Access::Paywall, Access::Consent, Access::Blocked, Access::Error]
            .into_iter()
            .find(|access| access.as_str() == word)
    }

    /// The word used in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Access::Open => "open",
            Access::Paywall => "paywall",
            Access::Consent => "consent",
            Access::Blocked => "blocked",
            Access::Error => "error",
        }
    }
}

/// An item as kept: identity, text, language, date and class are settled.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Its number.
    pub id: ItemId,
    /// The story it tells.
    pub story: StoryId,
    /// The item whose text this one repeats, if any.
    pub copy_of: Option<ItemId>,
    /// Id of the source it was first seen in.
    pub source: String,
    /// Identity within its source (see `extract::identity`).
    pub key: String,
    /// Address as the source gave it, without trackers: what people click.
    pub link: Option<String>,
    /// Comparable form of the address: the same page has the same one.
    pub canonical: Option<String>,
    /// Title, plain text.
    pub title: String,
    /// Authors.
    pub authors: Vec<String>,
    /// Categories as the source gave them.
    pub categories: Vec<String>,
    /// When it was published.
    pub published: Published,
    /// When Vigie first saw it.
    pub collected: Timestamp,
    /// Language of the text.
    pub language: Language,
    /// Confidentiality class.
    pub class: Confidentiality,
    /// Why it is held back, all reasons together: what it waits for, what stood around it, what stands in it.
    pub hold: Option<Hold>,
    /// What it waits for.
    pub waiting: Option<Waiting>,
    /// A marker that stood around it: a header of the mail, the front matter of the document.
    pub marked: Option<Hold>,
    /// When somebody released it from a hold; its markers count again once its text changes.
    pub released: Option<Timestamp>,
    /// Whether its page can be read by all; `None` while nobody looked.
    pub access: Option<Access>,
    /// HTML as received, sanitised at each exit; empty where it says no more than the text.
    pub html: String,
    /// Plain text, paragraphs separated by a blank line.
    pub text: String,
    /// True when the text is the whole article rather than a teaser.
    pub full: bool,
    /// True for what a source held at its very first poll: archive, kept out of the journal of news.
    pub from_archive: bool,
}

impl Item {
    /// Number of words of the text.
    pub fn words(&self) -> usize {
        self.text.split_whitespace().count()
    }
}
