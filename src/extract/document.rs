//! A file of the company made a document: Markdown with front matter, HTML, text; PDF and DOCX as plain text.
//!
//! PDF and DOCX are read by [`read_closed`] in a process of its own: their readers recurse and allocate as the file says.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::domain::{Hold, LibraryEntry};
use crate::text::dates::{self, DayOrder};
use crate::text::tokens::fold;
use crate::text::{encoding, html, typography};

/// Largest file read, in bytes.
pub const MAX_BYTES: usize = 20 << 20;
/// Largest front matter, in bytes.
const MAX_FRONT: usize = 64 << 10;
/// Words under which a PDF holds pictures of text rather than text.
const SCANNED: usize = 5;

/// Kinds of file that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Markdown.
    Markdown,
    /// HTML.
    Html,
    /// Plain text.
    Text,
    /// PDF or DOCX: read in a process of its own.
    Closed,
    /// A saved message.
    Mail,
}

impl FileKind {
    /// The kind of a file by its name; `None` for what is not read.
    pub fn of(name: &str) -> Option<Self> {
        let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase())?;
        Some(match end.as_str() {
            "md" | "markdown" => FileKind::Markdown,
            "html" | "htm" | "xhtml" => FileKind::Html,
            "txt" => FileKind::Text,
            "pdf" | "docx" => FileKind::Closed,
            "eml" => FileKind::Mail,
            _ => return None,
        })
    }
}

/// Why a file gives nothing.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum DocumentError {
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Too large.
    #[error("the file is larger than 20 MB")]
    TooLarge,
    /// A reader refuses it.
    #[error("the file cannot be read: {0}")]
    Unreadable(String),
    /// Pictures of text.
    #[error("the file holds pictures of text, no text: it was scanned")]
    Scanned,
}

/// A document.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    /// Title.
    pub title: Option<String>,
    /// HTML, or plain text in paragraphs.
    pub html: String,
    /// Authors.
    pub authors: Vec<String>,
    /// When it was written, and whether the hour is known.
    pub date: Option<(Timestamp, bool)>,
    /// Language tag.
    pub language: Option<String>,
    /// Where it is published.
    pub link: Option<String>,
    /// Tags, as the front matter has them.
    pub tags: Vec<String>,
    /// What its front matter says that holds it back.
    pub held: Option<Hold>,
    /// How it may be shared.
    pub library: LibraryEntry,
    /// All that the file shows, where the text is a part of it.
    pub around: Option<String>,
}

/// What a closed file gave to the process that opened it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedText {
    /// Title of its properties.
    pub title: Option<String>,
    /// Plain text.
    pub text: String,
    /// What stands at the head and foot of its pages.
    pub around: String,
}

/// Reads Markdown, HTML or text. `zone` is that of dates without one.
///
/// # Errors
/// See [`DocumentError`].
pub fn read(kind: FileKind, bytes: &[u8], zone: &TimeZone) -> Result<Document, DocumentError> {
    if bytes.len() > MAX_BYTES {
        return Err(DocumentError::TooLarge);
    }
    let (text, _) = encoding::decode(bytes, Some("text/plain; charset=utf-8"));
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(DocumentError::Empty);
    }
    match kind {
        FileKind::Markdown => Ok(markdown(text, zone)),
        FileKind::Html => {
            let article = super::extract(bytes, None, Some("text/html"));
            let article = article.map_err(|why| DocumentError::Unreadable(why.to_string()))?;
            // What stands around the article may say who may read it.
            let whole = html::to_text(&text[..text.len().min(MAX_BYTES)]);
            let markup = if article.html.is_empty() { in_paragraphs(&article.text) } else { article.html };
            Ok(Document {
                title: article.title,
                html: markup,
                authors: article.authors,
                date: article.published.map(|date| (date.published.at, date.published.has_hour)),
                language: article.language,
                link: article.canonical_url,
                around: Some(whole),
                ..Document::default()
            })
        }
        _ => {
            let mut lines = text.trim().splitn(2, '\n');
            let first = html::one_line(lines.next().unwrap_or_default());
            let rest = lines.next().unwrap_or_default();
            // A first line that is no sentence is the title.
            let titled = first.chars().count() <= 140 && !first.ends_with(['.', ',', ';']) && !rest.trim().is_empty();
            let body = if titled { rest } else { text };
            Ok(Document { title: titled.then_some(first), html: in_paragraphs(body), ..Document::default() })
        }
    }
}

/// A document made of what a closed file gave.
///
/// # Errors
/// [`DocumentError::Scanned`] when there is no text in it.
pub fn of_closed(closed: ClosedText) -> Result<Document, DocumentError> {
    if closed.text.split_whitespace().count() < SCANNED {
        return Err(DocumentError::Scanned);
    }
    let first = closed.text.lines().map(html::one_line).find(|line| !line.is_empty());
    let title = closed.title.map(|title| html::one_line(&title)).filter(|title| title.len() > 3).or(first);
    Ok(Document {
        title: title.map(|title| typography::shorten(&title, 200)),
        html: in_paragraphs(&closed.text),
        around: Some(closed.around).filter(|around| !around.is_empty()),
        ..Document::default()
    })
}

/// Reads PDF or DOCX, by their first bytes. To be called in a process that may die.
///
/// # Errors
/// [`DocumentError::Unreadable`].
pub fn read_closed(bytes: &[u8]) -> Result<ClosedText, DocumentError> {
    let unreadable =
        |why: String| DocumentError::Unreadable(why.chars().filter(|c| !c.is_control()).take(160).collect());
    if bytes.starts_with(b"%PDF")
        || bytes.get(..1024.min(bytes.len())).is_some_and(|head| memchr::memmem::find(head, b"%PDF").is_some())
    {
        let options = unpdf::ParseOptions::new().lenient().sequential().with_resources(false);
        let document =
            unpdf::parse_bytes_with_options(bytes, options).map_err(|error| unreadable(error.to_string()))?;
        return Ok(ClosedText {
            title: document.metadata.title.clone(),
            text: document.plain_text(),
            around: String::new(),
        });
    }
    if bytes.starts_with(b"PK") {
        let document = undoc::parse_bytes(bytes).map_err(|error| unreadable(error.to_string()))?;
        let edges = document.sections.iter().flat_map(|section| section.header.iter().chain(&section.footer));
        let around: Vec<String> = edges.flatten().map(|paragraph| paragraph.plain_text()).collect();
        return Ok(ClosedText {
            title: document.metadata.title.clone(),
            text: document.plain_text(),
            around: around.join("\n"),
        });
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(unreadable(
            "it is an old or a protected Office file: save it as DOCX or PDF without a password".into(),
        ));
    }
    Err(unreadable("it is neither PDF nor DOCX".into()))
}

fn markdown(text: &str, zone: &TimeZone) -> Document {
    let (front, body) = front_matter(text);
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let (mut title, mut in_title) = (String::new(), false);
    let mut events = Vec::new();
    for event in Parser::new_ext(body, options) {
        match &event {
            Event::Start(Tag::Heading { level: pulldown_cmark::HeadingLevel::H1, .. }) if title.is_empty() => {
                in_title = true;
            }
            Event::End(TagEnd::Heading(pulldown_cmark::HeadingLevel::H1)) => in_title = false,
            Event::Text(text) | Event::Code(text) if in_title => title.push_str(text),
            _ => {}
        }
        events.push(event);
    }
    let mut markup = String::new();
    pulldown_cmark::html::push_html(&mut markup, events.into_iter());
    let (fields, readable) = front.map_or((Map::new(), true), fields);
    let said = |names: &[&str]| names.iter().find_map(|name| as_text(fields.get(*name)?));
    let listed = |names: &[&str]| names.iter().find_map(|name| fields.get(*name)).map(as_list).unwrap_or_default();
    let instant = |text: &str| dates::read(text, zone, DayOrder::DayFirst);
    // A day is a day where the company is.
    let moment = |text: &str| {
        let date = instant(text)?;
        let day = date.at.to_zoned(TimeZone::UTC).date();
        if date.has_hour { Some(date.at) } else { day.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp()) }
    };
    let mut held: Option<Hold> = None;
    let mut hold = |why: String, until: Option<Timestamp>| held = Hold::both(held.take(), Some(Hold { why, until }));
    if let Some(value) = ["embargo", "sous_embargo"].iter().find_map(|name| fields.get(*name)) {
        hold("“embargo” in its front matter".to_owned(), as_text(value).and_then(|text| moment(&text)));
    }
    for name in ["confidentiality", "confidentialite", "classification"] {
        let Some(value) = fields.get(name) else { continue };
        // What nobody understands may mean anything.
        let open = as_text(value)
            .map(|word| fold(&word))
            .is_some_and(|word| matches!(word.as_str(), "public" | "publique" | "shareable" | "partageable"));
        if !open {
            hold(format!("“{name}: {}” in its front matter", as_text(value).unwrap_or_else(|| "…".to_owned())), None);
        }
    }
    let yes = |value: &Value| match value {
        Value::Bool(yes) => *yes,
        other => as_text(other).is_some_and(|word| !matches!(fold(&word).as_str(), "no" | "non" | "false" | "0" | "")),
    };
    for name in ["confidential", "confidentiel", "draft", "brouillon", "internal", "interne"] {
        if fields.get(name).is_some_and(yes) {
            hold(format!("“{name}” in its front matter"), None);
        }
    }
    if said(&["status", "statut"]).is_some_and(|word| matches!(fold(&word).as_str(), "draft" | "brouillon")) {
        hold("it is a draft, says its front matter".to_owned(), None);
    }
    if !readable {
        hold("its front matter cannot be read".to_owned(), None);
    }
    Document {
        title: said(&["title", "titre"]).or(Some(html::one_line(&title)).filter(|title| !title.is_empty())),
        html: markup,
        authors: listed(&["author", "authors", "auteur", "auteurs"]),
        date: said(&["date", "published"]).and_then(|text| instant(&text)).map(|date| (date.at, date.has_hour)),
        language: said(&["language", "lang", "langue"]),
        link: said(&["link", "url", "lien"]),
        tags: listed(&["tags", "topics", "themes"]),
        held,
        library: LibraryEntry {
            evergreen: fields.get("evergreen").or_else(|| fields.get("perenne")).is_some_and(yes),
            expires: said(&["expires", "expire"]).and_then(|text| moment(&text)),
            angles: angles(fields.get("angles")),
        },
        around: None,
    }
}

/// The front matter, YAML between `---` or TOML between `+++` at the very beginning, and the rest.
fn front_matter(text: &str) -> (Option<&str>, &str) {
    let fence =
        ["---", "+++"].into_iter().find(|fence| text.lines().next().is_some_and(|first| first.trim_end() == *fence));
    let Some(fence) = fence else { return (None, text) };
    let start = text.find('\n').map_or(text.len(), |at| at + 1);
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if matches!(line.trim_end(), end if end == fence || (fence == "---" && end == "...")) {
            return (Some(&text[start..at]), &text[at + line.len()..]);
        }
        at += line.len();
    }
    (None, text)
}

/// The fields of a front matter, names in small letters without accents, and whether it could be read. One that is neither
/// YAML nor TOML is read line by line, for its plain fields; the strictest of two that say the same counts.
fn fields(front: &str) -> (Map<String, Value>, bool) {
    if front.len() > MAX_FRONT {
        return (Map::new(), false);
    }
    let plain = |name: &str| fold(name.trim()).replace('-', "_");
    let options = serde_saphyr::options! { budget: serde_saphyr::budget! { max_aliases: 0, max_events: 10_000 } };
    let read =
        |text: &str| serde_saphyr::from_str_with_options::<Value>(text, options.clone()).ok().filter(Value::is_object);
    let yaml = read(front).or_else(|| read(&with_quotes(front)));
    let toml = || toml::from_str::<toml::Table>(front).ok().and_then(|table| serde_json::to_value(table).ok());
    if let Some(Value::Object(fields)) = yaml.or_else(toml) {
        return (fields.into_iter().map(|(name, value)| (plain(&name), value)).collect(), true);
    }
    let mut fields = Map::new();
    for (name, value) in front.lines().filter_map(|line| line.split_once([':', '='])) {
        let name = plain(name);
        if !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            fields.entry(name).or_insert_with(|| Value::from(value.trim().trim_matches(['"', '\''])));
        }
    }
    let readable = !fields.is_empty() || front.trim().is_empty();
    (fields, readable)
}

/// YAML in which values that hold a colon, as French titles do, stand between quotation marks.
fn with_quotes(front: &str) -> String {
    let quote = |line: &str| {
        let indent = line.len() - line.trim_start().len();
        let (lead, rest) = line.split_at(indent);
        let (bullet, rest) = rest.strip_prefix("- ").map_or(("", rest), |rest| ("- ", rest));
        let key = rest.split_once(": ").filter(|(key, _)| !key.is_empty() && !key.contains([' ', '"', '\'']));
        let (key, value) = key.map_or((String::new(), rest), |(key, value)| (format!("{key}: "), value.trim()));
        let plain = !value.starts_with(['"', '\'', '[', '{', '|', '>', '&', '*', '!', '#']);
        if plain && value.contains(": ") && !(key.is_empty() && bullet.is_empty()) {
            format!("{lead}{bullet}{key}\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
        } else {
            line.to_owned()
        }
    };
    front.lines().map(quote).collect::<Vec<_>>().join("\n")
}

fn as_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(word) => word.to_string(),
        _ => return None,
    };
    Some(html::one_line(&text)).filter(|text| !text.is_empty())
}

/// A list, or one word where a list is meant.
fn as_list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(as_text).collect(),
        other => as_text(other).into_iter().collect(),
    }
}

/// Angles: a list for all channels, or one for each channel.
fn angles(value: Option<&Value>) -> Vec<(Option<String>, String)> {
    match value {
        Some(Value::Object(channels)) => channels
            .iter()
            .flat_map(|(channel, texts)| as_list(texts).into_iter().map(move |text| (Some(channel.clone()), text)))
            .collect(),
        Some(other) => as_list(other).into_iter().map(|text| (None, text)).collect(),
        None => Vec::new(),
    }
}

fn in_paragraphs(text: &str) -> String {
    let mut markup = String::new();
    for paragraph in text.split("\n\n").map(html::one_line).filter(|paragraph| !paragraph.is_empty()) {
        markup.push_str(&format!("<p>{}</p>\n", html_escape::encode_text(&paragraph)));
    }
    markup
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_says_how_a_content_may_be_shared() {
        let text = "---\ntitle: \"La chaufferie : un an après\"\ndate: 2026-11-03\nlink: https://example.org/chaufferie\nevergreen: true\nexpires: 2027-06-30\n\
            tags: chaleur\nangles:\n  linkedin:\n    - Qu'avez-vous appris de vos chantiers ?\n  internal: Parlez-en à vos équipes\n---\n\n# Autre titre\n\nLe **texte**.\n";
        let document = read(FileKind::Markdown, text.as_bytes(), &TimeZone::UTC).expect("a document");
        assert_eq!(document.title.as_deref(), Some("La chaufferie : un an après"));
        assert_eq!(document.link.as_deref(), Some("https://example.org/chaufferie"));
        assert_eq!(
            document.date.map(|(at, hour)| (at.to_string(), hour)),
            Some(("2026-11-03T00:00:00Z".into(), false))
        );
        assert!(document.library.evergreen && document.library.expires.is_some());
        assert_eq!(document.tags, ["chaleur"]);
        assert_eq!(document.library.angles.len(), 2);
        assert!(document.html.contains("<strong>texte</strong>") && !document.html.contains("evergreen"));
        assert_eq!(document.held, None);
    }

    #[test]
    fn front_matter_of_the_wild_and_holds() {
        let document = read(FileKind::Markdown, b"---\ntitle: a: b\nauteur: Ada\n---\n\nTexte", &TimeZone::UTC)
            .expect("a document");
        assert_eq!(document.title.as_deref(), Some("a: b"));
        assert_eq!(document.authors, ["Ada"]);
        let colons = "---\ntitle: La chaufferie : un \"bilan\"\nangles:\n  linkedin:\n    - Une question : qu'en dites-vous ?\n    - Et chez vous ?\n---\n\nTexte";
        let document = read(FileKind::Markdown, colons.as_bytes(), &TimeZone::UTC).expect("a document");
        assert_eq!(document.title.as_deref(), Some("La chaufferie : un \"bilan\""));
        let angles: Vec<&str> = document.library.angles.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(angles, ["Une question : qu'en dites-vous ?", "Et chez vous ?"]);
        let held = read(
            FileKind::Markdown,
            "---\nconfidentialité: x\nclassification: interne\n---\n\nTexte".as_bytes(),
            &TimeZone::UTC,
        );
        assert!(held.expect("a document").held.is_some());
        for front in
            ["confidentialité: interne", "Confidentiality: Internal", "classification: [internal]", "EMBARGO: bientôt"]
        {
            let document = read(FileKind::Markdown, format!("---\n{front}\n---\n\nTexte").as_bytes(), &TimeZone::UTC);
            assert!(document.expect("a document").held.is_some_and(|hold| hold.until.is_none()), "{front}");
        }
        let both = read(
            FileKind::Markdown,
            b"---\nembargo: 2020-01-01\nconfidentiality: internal\n---\n\nTexte",
            &TimeZone::UTC,
        );
        assert!(both.expect("a document").held.is_some_and(|hold| hold.until.is_none()));
        let hugo = read(
            FileKind::Markdown,
            b"+++\ntitle = \"Un\"\nconfidentiality = \"internal\"\n+++\n\n# CONFIDENTIEL\n\nTexte",
            &TimeZone::UTC,
        );
        let hugo = hugo.expect("a document");
        assert!(hugo.held.is_some() && hugo.title.as_deref() == Some("Un") && hugo.html.contains("CONFIDENTIEL"));
        let later = read(FileKind::Markdown, b"Texte\n\n---\nCONFIDENTIEL : ne pas diffuser\n---\n", &TimeZone::UTC);
        assert!(later.expect("a document").html.contains("ne pas diffuser"));
        let embargo = read(FileKind::Markdown, b"---\nembargo: 2026-12-01 08:00\n---\n\nTexte", &TimeZone::UTC)
            .expect("a document");
        assert_eq!(
            embargo.held.and_then(|hold| hold.until).map(|at| at.to_string()).as_deref(),
            Some("2026-12-01T08:00:00Z")
        );
        assert_eq!(read(FileKind::Text, b"  \n", &TimeZone::UTC), Err(DocumentError::Empty));
    }

    #[test]
    fn a_text_begins_with_its_title_and_what_is_closed_says_what_it_is() {
        let document = read(FileKind::Text, b"Note de service\n\nUn.\n\nDeux.", &TimeZone::UTC).expect("a document");
        assert_eq!(document.title.as_deref(), Some("Note de service"));
        assert_eq!(document.html, "<p>Un.</p>\n<p>Deux.</p>\n");
        assert!(read_closed(b"\xd0\xcf\x11\xe0").unwrap_err().to_string().contains("Office"));
        assert!(read_closed(b"plain").is_err());
        assert_eq!(of_closed(ClosedText { text: "  ".into(), ..ClosedText::default() }), Err(DocumentError::Scanned));
    }
}
