//! A source of items, as the admin describes it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Confidentiality;

/// How a source is read. The set is closed: a new kind is a new variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// RSS, Atom or JSON Feed over HTTP.
    Feed,
    /// The links of a page, by CSS selectors.
    Page,
    /// A site map, of pages or of news.
    Sitemap,
    /// A JSON endpoint, by pointers.
    Json,
    /// A mailbox over IMAP.
    Imap,
    /// A mailbox in a folder: maildir.
    Maildir,
    /// A folder of documents and saved messages.
    Folder,
    /// Validated content of the company: a folder of texts that say how they may be shared.
    Library,
    /// The calendar of the company's pages, ICS or TOML.
    Calendar,
    /// A search of Bluesky.
    Bluesky,
    /// A search of X.
    X,
    /// An account of another reader that speaks the API of Google Reader.
    Reader,
}

impl SourceKind {
    /// The word used in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            SourceKind::Feed => "feed",
            SourceKind::Page => "page",
            SourceKind::Sitemap => "sitemap",
            SourceKind::Json => "json",
            SourceKind::Imap => "imap",
            SourceKind::Maildir => "maildir",
            SourceKind::Folder => "folder",
            SourceKind::Library => "library",
            SourceKind::Calendar => "calendar",
            SourceKind::Bluesky => "bluesky",
            SourceKind::X => "x",
            SourceKind::Reader => "reader",
        }
    }

    /// True for what is no list of web pages: mailboxes and files.
    pub fn is_inside(self) -> bool {
        matches!(
            self,
            SourceKind::Imap | SourceKind::Maildir | SourceKind::Folder | SourceKind::Library | SourceKind::Calendar
        )
    }

    /// True for interfaces that want an account or speak a form of their own.
    pub fn needs_account(self) -> bool {
        matches!(self, SourceKind::Bluesky | SourceKind::X | SourceKind::Reader)
    }
}

/// When the page of an item is fetched for its full text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FullText {
    /// Never: the feed's own text is all there is.
    Never,
    /// Only for items that match the editorial line and came with a teaser.
    #[default]
    Auto,
    /// For every new item.
    Always,
}

/// Where the items of a page or endpoint stand: CSS selectors, or JSON pointers. What is not said has a usual place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picks {
    /// Each item.
    pub items: Option<String>,
    /// Its title, inside it.
    pub title: Option<String>,
    /// Its address, inside it.
    pub link: Option<String>,
    /// Its date, inside it.
    pub date: Option<String>,
    /// Its short text, inside it.
    pub text: Option<String>,
}

/// How the letters of a sender are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MailMode {
    /// As they look.
    #[default]
    Auto,
    /// Each result of an alert is an item.
    Alert,
    /// Each story listed is an item.
    Links,
    /// The letter is the item.
    Prose,
    /// They are not for us.
    Ignore,
}

/// How letters are read, of one sender or of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MailRule {
    /// An address, a domain, or a list id; `None` speaks of every sender.
    pub from: Option<String>,
    /// How they are read.
    pub mode: MailMode,
    /// Where their stories stand, by CSS selectors.
    pub picks: Picks,
}

/// How often something happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cadence {
    /// As often as the source itself has something new.
    Adaptive,
    /// At least this long between two times.
    Every(Duration),
    /// A crontab pattern of five fields, read in civil time.
    Cron(String),
}

/// True for `localhost` and the names under it, which RFC 6761 (§ 6.3) keeps for this machine.
pub fn is_localhost_name(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

/// A source as configured.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Stable id.
    pub id: String,
    /// Name shown to people; the id when none is given.
    pub name: String,
    /// How it is read.
    pub kind: SourceKind,
    /// Where its items stand, for pages and endpoints.
    pub picks: Picks,
    /// Where it is.
    pub url: String,
    /// Class of its items.
    pub confidentiality: Confidentiality,
    /// False when the file did not say the class (`check` warns: internal by default).
    pub classed: bool,
    /// How often it is asked.
    pub cadence: Cadence,
    /// When article pages are fetched.
    pub full_text: FullText,
    /// Characters of the text that may be quoted in letters; 0 = none.
    pub excerpt: usize,
    /// Lets this source reach private and loopback addresses.
    pub allow_private: bool,
    /// Actor of the ecosystem that it watches.
    pub actor: Option<String>,
    /// Ambassador who wrote its items: they say what that person knows, and are not suggested to them.
    pub written_by: Option<String>,
    /// Language tag of its items, when the source does not say.
    pub language: Option<String>,
    /// IANA zone of dates that carry none.
    pub time_zone: Option<String>,
    /// Weight of its items, 0 to 2; 1 is ordinary.
    pub trust: f32,
    /// False switches it off without removing it.
    pub enabled: bool,
    /// Folder that other readers show it in, outermost first, `/` between two.
    pub folder: Option<String>,
    /// How its letters are read, the first that speaks of their sender.
    pub letters: Vec<MailRule>,
    /// Senders whose letters are taken; empty: all of them.
    pub senders: Vec<String>,
    /// Host whose `Authentication-Results` is believed: letters that it does not call genuine are left.
    pub verified_by: Option<String>,
    /// Lets the counters in its letters be followed to the pages behind them.
    pub resolve_links: bool,
}
