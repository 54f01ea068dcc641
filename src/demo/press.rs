//! The bundled press: outlets and their items, written for this project, dated from the first run.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use thiserror::Error;

use crate::domain::Language;
use crate::text::typography::{day_and_year, weekday};

macro_rules! outlets {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("press/", $name, ".toml")))),*]
    };
}

/// Every outlet, by the id of its source.
const OUTLETS: [(&str, &str); 15] = outlets![
    "agence-climat",
    "blog-aubepine",
    "campus-inge",
    "chantier-durable",
    "energie-hebdo",
    "heatpump-journal",
    "interne-aubepine",
    "isolis",
    "journal-du-rhone",
    "lettre-copro",
    "ministere-habitat",
    "observatoire-logement",
    "retrofit-review",
    "territoires-actions",
    "thermiko",
];

/// Something is wrong in the bundled press itself.
#[derive(Debug, Error)]
#[error("the bundled press is broken in {outlet}: {why}")]
pub struct PressError {
    /// Which outlet.
    pub outlet: String,
    /// What.
    pub why: String,
}

/// Format of an outlet's feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// RSS 2.0.
    Rss,
    /// Atom 1.0.
    Atom,
    /// JSON Feed 1.1.
    Json,
}

/// What an outlet puts in its feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Content {
    /// A teaser; the page has the rest.
    Teaser,
    /// The whole text.
    Full,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutletFile {
    host: String,
    path: String,
    format: Format,
    title: String,
    description: String,
    language: String,
    content: Content,
    tracking: String,
    item: Vec<ItemFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemFile {
    slug: String,
    title: String,
    author: String,
    age: String,
    #[serde(default)]
    categories: Vec<String>,
    story: Option<String>,
    teaser: String,
    body: Option<String>,
    copy_of: Option<String>,
}

/// An outlet, dated.
#[derive(Debug, Clone)]
pub struct Outlet {
    /// Id of its source.
    pub id: String,
    /// Host name under `localhost`.
    pub host: String,
    /// Path of its feed.
    pub path: String,
    /// Format of its feed.
    pub format: Format,
    /// Name.
    pub title: String,
    /// One sentence.
    pub description: String,
    /// Language.
    pub language: Language,
    /// What its feed holds.
    pub content: Content,
    /// Query appended to links in the feed, without question mark; may be empty.
    pub tracking: String,
    /// Its items, the newest first.
    pub items: Vec<PressItem>,
}

/// An item of the press, dated.
#[derive(Debug, Clone)]
pub struct PressItem {
    /// Path of its page, without slash.
    pub slug: String,
    /// Title.
    pub title: String,
    /// Author.
    pub author: String,
    /// When it was published.
    pub published: Timestamp,
    /// Categories.
    pub categories: Vec<String>,
    /// The event it tells, when other outlets tell it too: the truth that grouping is measured against.
    pub story: Option<String>,
    /// Teaser.
    pub teaser: String,
    /// Body: paragraphs, `## ` headings, `- ` lists, `> ` quotes.
    pub body: String,
}

/// The whole press.
#[derive(Debug, Clone)]
pub struct Press {
    /// Outlets by id.
    pub outlets: Vec<Outlet>,
}

impl Press {
    /// Reads the bundled press and dates it from `anchor`, the first run.
    ///
    /// # Errors
    /// [`PressError`] if a bundled file is wrong, which a test rules out.
    pub fn load(anchor: Timestamp) -> Result<Self, PressError> {
        let mut outlets = Vec::with_capacity(OUTLETS.len());
        let mut copies = Vec::new();
        for (id, text) in OUTLETS {
            let wrong = |why: String| PressError { outlet: id.to_owned(), why };
            let file: OutletFile = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
            let language = Language::from_tag(&file.language);
            let mut items = Vec::with_capacity(file.item.len());
            for item in file.item {
                let age = read_age(&item.age).ok_or_else(|| wrong(format!("age “{}”", item.age)))?;
                let published = anchor.checked_sub(age).map_err(|error| wrong(error.to_string()))?;
                if let Some(original) = item.copy_of {
                    copies.push((outlets.len(), items.len(), original));
                }
                let dated = |text: &str| date_words(text, anchor, language);
                items.push(PressItem {
                    title: dated(&item.title),
                    author: item.author,
                    published,
                    categories: item.categories,
                    story: item.story,
                    teaser: dated(&item.teaser),
                    body: dated(&item.body.unwrap_or_default()),
                    slug: item.slug,
                });
            }
            outlets.push(Outlet {
                id: id.to_owned(),
                host: file.host,
                path: file.path,
                format: file.format,
                title: file.title,
                description: file.description,
                language,
                content: file.content,
                tracking: file.tracking,
                items,
            });
        }
        let mut press = Press { outlets };
        press.fill_copies(copies)?;
        for outlet in &mut press.outlets {
            outlet.items.sort_by_key(|item| std::cmp::Reverse(item.published));
        }
        Ok(press)
    }

    fn fill_copies(&mut self, copies: Vec<(usize, usize, String)>) -> Result<(), PressError> {
        let bodies: HashMap<String, String> = self
            .outlets
            .iter()
            .flat_map(|outlet| {
                outlet.items.iter().map(|item| (format!("{}/{}", outlet.host, item.slug), item.body.clone()))
            })
            .collect();
        for (outlet, item, original) in copies {
            let body = bodies.get(&original).ok_or_else(|| PressError {
                outlet: self.outlets[outlet].id.clone(),
                why: format!("it copies {original}, which is not there"),
            })?;
            self.outlets[outlet].items[item].body.clone_from(body);
        }
        Ok(())
    }

    /// The outlet that answers at `host` (a port may follow).
    pub fn at_host(&self, host: &str) -> Option<&Outlet> {
        let host = host.split(':').next().unwrap_or_default();
        self.outlets.iter().find(|outlet| outlet.host.eq_ignore_ascii_case(host))
    }
}

/// `2d 5h`, `0d 3h`.
fn read_age(text: &str) -> Option<SignedDuration> {
    let mut hours = 0;
    for part in text.split_whitespace() {
        let number = |unit| part.strip_suffix(unit).and_then(|number: &str| number.parse::<i64>().ok());
        hours += match (number('d'), number('h')) {
            (Some(days), _) => days * 24,
            (_, Some(hours)) => hours,
            _ => return None,
        };
    }
    Some(SignedDuration::from_hours(hours))
}

/// Replaces `{{date+9}}`, `{{day-2}}` and `{{year}}` by dates in words.
fn date_words(text: &str, anchor: Timestamp, language: Language) -> String {
    let today = anchor.to_zoned(TimeZone::UTC).date();
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((inside, tail)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        let shifted = |name: &str| -> Option<Date> {
            let days: i64 = inside.strip_prefix(name)?.parse().ok()?;
            today.checked_add(SignedDuration::from_hours(24 * days)).ok()
        };
        match (shifted("date"), shifted("day")) {
            (Some(date), _) => out.push_str(&day_and_year(date, language)),
            (_, Some(date)) => out.push_str(weekday(date.weekday(), language)),
            _ => out.push_str(&today.year().to_string()),
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_press_is_whole() {
        let anchor: Timestamp = "2026-11-23T08:00:00Z".parse().expect("an instant");
        let press = Press::load(anchor).expect("the press");
        let items: Vec<&PressItem> = press.outlets.iter().flat_map(|outlet| &outlet.items).collect();
        assert!(press.outlets.len() >= 12 && items.len() >= 150, "{} items", items.len());
        for item in &items {
            assert!(item.body.split_whitespace().count() > 80, "{} is short", item.slug);
            assert!(!item.body.contains("{{") && !item.title.contains("{{"), "{}", item.slug);
            assert!(item.published < anchor);
        }
        let formats: Vec<Format> = press.outlets.iter().map(|outlet| outlet.format).collect();
        for format in [Format::Rss, Format::Atom, Format::Json] {
            assert!(formats.contains(&format));
        }
    }

    #[test]
    fn dates_are_words_in_the_language_of_the_outlet() {
        let anchor: Timestamp = "2026-11-23T08:00:00Z".parse().expect("an instant");
        let text = "le {{date+9}}, un {{day-1}}, en {{year}}";
        assert_eq!(date_words(text, anchor, Language::French), "le 2 décembre 2026, un dimanche, en 2026");
    }
}
