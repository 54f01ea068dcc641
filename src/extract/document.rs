//! A file of the company made a document: Markdown with front matter, HTML, text; PDF and DOCX as plain text.
//!
//! PDF and DOCX are read by [`read_closed`] in a process of its own: their readers recurse and allocate as the file says.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::domain::{Hold, LibraryEntry};
use crate::text::dates::{self, DayOrder, ReadDate};
use crate::text::{encoding, html, typography};

use super::front_matter::{FrontMatter, front_matter};
use super::unseen;

/// Largest file read, in bytes.
pub const MAX_BYTES: usize = 20 << 20;
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
    /// What the file shows or says beside its text, piece by piece.
    pub around: Vec<String>,
}

/// What a closed file gave to the process that opened it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedText {
    /// Title of its properties.
    pub title: Option<String>,
    /// Plain text.
    pub text: String,
    /// What stands at the head and foot of its pages, across them and in its properties, piece by piece.
    pub around: Vec<String>,
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
    if encoding::is_noise(text) {
        return Err(DocumentError::Unreadable("these are no letters: it is no text".to_owned()));
    }
    match kind {
        FileKind::Markdown => Ok(markdown(text, zone)),
        FileKind::Html => {
            let article = super::extract(bytes, None, Some("text/html"));
            let article = article.map_err(|why| DocumentError::Unreadable(why.to_string()))?;
            // What stands around the article may say who may read it.
            let mut around = vec![html::to_text(text)];
            around.extend(unseen::of_page(text));
            let markup = if article.html.is_empty() { in_paragraphs(&article.text) } else { article.html };
            Ok(Document {
                title: article.title,
                html: markup,
                authors: article.authors,
                date: article.published.map(|date| (date.published.at, date.published.has_hour)),
                language: article.language,
                link: article.canonical_url,
                around,
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
        around: closed.around,
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
            around: document.metadata.keywords.into_iter().chain(document.metadata.subject).collect(),
        });
    }
    if bytes.starts_with(b"PK") {
        let document = undoc::parse_bytes(bytes).map_err(|error| unreadable(error.to_string()))?;
        let edges = document.sections.iter().flat_map(|section| section.header.iter().chain(&section.footer));
        let edges: Vec<String> = edges.flatten().map(|paragraph| paragraph.plain_text()).collect();
        let mut around = vec![edges.join("\n")];
        let about = &document.metadata;
        around.extend(about.keywords.iter().chain(&about.subject).chain(&about.description).cloned());
        around.extend(unseen::of_docx(bytes));
        return Ok(ClosedText { title: document.metadata.title.clone(), text: document.plain_text(), around });
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
    let front = front.map_or_else(|| FrontMatter::without_fence(text), FrontMatter::read);
    let said = |names: &[&str]| front.text(names);
    let instant = |text: &str| dates::read(text, zone, DayOrder::DayFirst);
    let date = said(&["date", "published"]).and_then(|text| instant(&text));
    let sent = date.as_ref().map_or(Timestamp::MIN, |date| date.at);
    let (expires, unread) = match said(&["expires", "expire"]) {
        None => (None, None),
        Some(text) => match instant(&text) {
            Some(date) => (Some(last_moment(&date, zone)), None),
            None => (None, Some(format!("“expires: {text}” in its front matter cannot be read"))),
        },
    };
    let unread = unread.map(|why| Hold { why, until: None });
    Document {
        title: said(&["title", "titre"]).or(Some(html::one_line(&title)).filter(|title| !title.is_empty())),
        html: markup,
        authors: front.list(&["author", "authors", "auteur", "auteurs"]),
        date: date.map(|date| (date.at, date.has_hour)),
        language: said(&["language", "lang", "langue"]),
        link: said(&["link", "url", "lien"]),
        tags: front.list(&["tags", "topics", "themes"]),
        held: Hold::both(front.held(sent, zone), unread),
        library: LibraryEntry { evergreen: front.says(&["evergreen", "perenne"]), expires, angles: front.angles() },
        around: Vec::new(),
    }
}

/// The last second at which what expires then is still good: the end of the day, where no hour is said.
fn last_moment(date: &ReadDate, zone: &TimeZone) -> Timestamp {
    if date.has_hour {
        return date.at;
    }
    // A day is a day where the company is.
    let day = date.at.to_zoned(TimeZone::UTC).date();
    let end = day.at(23, 59, 59, 0).to_zoned(zone.clone());
    end.map_or(date.at, |zoned| zoned.timestamp())
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
