//! A page made an article: title, text, authors, date, language, address; or the reason it is none.
//!
//! bytes → what kind of document, how large, how deep → head, date, body → is it the article or a wall.

use scraper::Html;
use thiserror::Error;
use url::Url;

use crate::domain::Access;
use crate::text::tokens::fold;
use crate::text::{encoding, html};

use super::published::{Clues, PageDate};
use super::{access, body, head, published};

/// NUL characters that a text may hold.
const MOST_NULS: usize = 64;
/// Largest page read, in bytes.
const MAX_BYTES: usize = 8 << 20;

/// What a page holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Article {
    /// Title, without the name of the site.
    pub title: Option<String>,
    /// Plain text, paragraphs separated by a blank line.
    pub text: String,
    /// HTML of the article, not sanitised.
    pub html: String,
    /// Authors.
    pub authors: Vec<String>,
    /// When it was published, and where that was found.
    pub published: Option<PageDate>,
    /// Declared language tag.
    pub language: Option<String>,
    /// Canonical address, accepted only on the same registrable domain.
    pub canonical_url: Option<String>,
    /// The address it claims to be known by, on whatever domain: believed only where the texts agree.
    pub claimed_url: Option<String>,
    /// Name of the site.
    pub site: Option<String>,
    /// Main image.
    pub image: Option<String>,
    /// Whether it could be read whole.
    pub access: Option<Access>,
}

/// Why a page is no article.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ArticleError {
    /// Nothing in it.
    #[error("the page is empty")]
    Empty,
    /// Too many bytes.
    #[error("the page is too large to be an article")]
    TooLarge,
    /// Elements too deep.
    #[error("its elements are nested too deep to be parsed safely")]
    TooDeep,
    /// More tags, attributes or character references than an article has.
    #[error("it has more tags, attributes or character references than any article")]
    Crowded,
    /// PDF, image, archive…
    #[error("this is {0}, not a web page")]
    Unsupported(String),
}

impl ArticleError {
    /// The kind, in the machine form of `inspect`.
    pub fn kind(&self) -> &'static str {
        match self {
            ArticleError::Empty => "empty",
            ArticleError::TooLarge | ArticleError::Crowded => "too_large",
            ArticleError::TooDeep => "too_deep",
            ArticleError::Unsupported(_) => "unsupported_type",
        }
    }
}

/// Reads the page `bytes`, fetched from `url`.
///
/// # Errors
/// See [`ArticleError`]; size, type and depth are judged before anything is parsed.
pub fn extract(bytes: &[u8], url: Option<&Url>, content_type: Option<&str>) -> Result<Article, ArticleError> {
    if bytes.len() > MAX_BYTES {
        return Err(ArticleError::TooLarge);
    }
    if let Some(other) = other_type(bytes, content_type) {
        return Err(ArticleError::Unsupported(other));
    }
    let (page, _) = encoding::decode(bytes, content_type);
    if page.trim().is_empty() {
        return Err(ArticleError::Empty);
    }
    if memchr::memchr_iter(0, page.as_bytes()).nth(MOST_NULS).is_some() {
        return Err(ArticleError::Unsupported("a binary file".to_owned()));
    }
    let tag = memchr::memchr_iter(b'<', page.as_bytes())
        .any(|at| page.as_bytes().get(at + 1).is_some_and(u8::is_ascii_alphabetic));
    // A text without any markup may be prose; scripts, styles and data are made of other signs.
    let prose =
        || page.chars().filter(|c| c.is_alphabetic() || c.is_whitespace()).count() * 10 > page.chars().count() * 9;
    if !tag && !prose() {
        return Err(ArticleError::Unsupported("text without any markup".to_owned()));
    }
    let odd = page.chars().filter(|c| *c == '\u{fffd}' || (c.is_control() && !c.is_whitespace())).count();
    if odd * 20 > page.len() {
        return Err(ArticleError::Unsupported("a binary file".to_owned()));
    }
    let cost = match html::fit(&page) {
        Ok(cost) => cost,
        Err(html::Unfit::Deep) => return Err(ArticleError::TooDeep),
        Err(html::Unfit::Crowded) => return Err(ArticleError::Crowded),
    };
    let document = Html::parse_document(&page);
    let linked = head::linked_data(&document);
    let head = head::read(&document, &linked, url);
    let body = body::read(&page, &document, cost, url);
    let authors = if head.authors.is_empty() { body.byline.into_iter().collect() } else { head.authors };
    let text = without_byline(&body.text, &authors);
    let clues = Clues { linked: &linked, url, language: head.language.as_deref() };
    Ok(Article {
        title: head.title.or(body.title),
        html: body.html,
        authors,
        published: published::find(&document, clues),
        language: head.language,
        canonical_url: head.canonical_url,
        claimed_url: head.claimed_url,
        site: head.site,
        image: head.image.or(body.image),
        access: Some(access::judge(&page, &document, &linked, &text)),
        text,
    })
}

/// The text without its first short paragraphs that only say who wrote it ("Par Ada Martin · 20 novembre 2026").
fn without_byline(text: &str, authors: &[String]) -> String {
    let is_byline = |paragraph: &str| {
        let folded = fold(paragraph);
        let begins =
            ["par ", "by ", "publie le ", "published ", "mis a jour "].iter().any(|word| folded.starts_with(word));
        let named = authors.iter().any(|author| !author.is_empty() && folded.contains(&fold(author)));
        let dated = folded.contains(|c: char| c.is_ascii_digit());
        paragraph.split_whitespace().count() <= 14 && begins && (named || dated) && !paragraph.ends_with('.')
    };
    text.split("\n\n").skip_while(|paragraph| is_byline(paragraph)).collect::<Vec<_>>().join("\n\n")
}

fn other_type(bytes: &[u8], content_type: Option<&str>) -> Option<String> {
    const MAGIC: [(&[u8], &str); 9] = [
        (b"{\\rtf", "an office document"),
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "an archive or office document"),
        (b"\x89PNG", "an image"),
        (b"\xff\xd8\xff", "an image"),
        (b"GIF8", "an image"),
        (b"\x1f\x8b", "a compressed file"),
        (b"\xd0\xcf\x11\xe0", "an office document"),
        (b"ID3", "a sound file"),
    ];
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).map_or(bytes, |at| &bytes[at..]);
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| start.starts_with(magic)) {
        return Some((*name).to_owned());
    }
    // UTF-16 has zeros too, and says so or begins with a bracket.
    let utf16 =
        matches!(bytes, [0xfe, 0xff, ..] | [0xff, 0xfe, ..] | [0, b'<', ..] | [b'<', 0, ..] | [0, 0, 0, b'<', ..]);
    if !utf16 && bytes.iter().take(1024).any(|&byte| byte == 0) {
        return Some("a binary file".to_owned());
    }
    let kind = content_type?.split(';').next()?.trim().to_ascii_lowercase();
    let readable = kind.is_empty() || kind.contains("html") || kind.contains("xml") || kind.starts_with("text/");
    (!readable && kind != "application/octet-stream").then_some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DateOrigin;

    fn page(head: &str, body: &str) -> String {
        format!(
            "<!doctype html><html lang='fr'><head><title>Titre | Revue</title>{head}</head><body>{body}</body></html>"
        )
    }

    fn read(page: &str) -> Article {
        let url = Url::parse("https://www.revue.example.org/2026/11/23/titre").expect("an address");
        extract(page.as_bytes(), Some(&url), Some("text/html")).expect("an article")
    }

    const PARAGRAPHS: &str = "<article><h1>Titre</h1><p>Un premier paragraphe assez long pour être pris au sérieux par \
        l’extracteur, avec des virgules, des chiffres, et du sens.</p><p>Un second paragraphe, tout aussi long, qui dit \
        autre chose, et qui finit par convaincre que ceci est un article, un vrai.</p></article>";

    #[test]
    fn head_and_text_are_read() {
        let head = "<meta property='og:site_name' content='Revue'><meta property='og:title' content='Titre | Revue'>\
            <link rel='canonical' href='https://revue.example.org/titre'>\
            <script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"datePublished\":\"2026-11-20T08:00:00Z\",\
            \"author\":[{\"name\":\"Ada\"}]}</script>";
        let article = read(&page(head, PARAGRAPHS));
        assert_eq!(article.title.as_deref(), Some("Titre"));
        assert_eq!(article.authors, ["Ada"]);
        assert_eq!(article.published.map(|date| date.published.origin), Some(DateOrigin::JsonLd));
        assert_eq!(article.canonical_url.as_deref(), Some("https://revue.example.org/titre"));
        assert!(article.text.contains("du sens.\n\nUn second"), "{}", article.text);
        assert_eq!(article.access, Some(Access::Open));
    }

    #[test]
    fn banners_and_bylines_are_no_text() {
        let body =
            PARAGRAPHS.replace("<h1>Titre</h1>", "<h1>Titre</h1><p class='meta'>Par Ada Martin · 20 novembre 2026</p>");
        let body = format!("<div class='cookies'>Nous utilisons des traceurs, acceptez-les tous.</div>{body}");
        let article = read(&page("<meta name='author' content='Ada Martin'>", &body));
        assert!(article.text.starts_with("Un premier paragraphe"), "{}", article.text);
    }

    #[test]
    fn a_foreign_canonical_is_not_believed_and_the_path_gives_a_day() {
        let article = read(&page("<link rel='canonical' href='https://evil.example/x'>", PARAGRAPHS));
        assert_eq!(article.canonical_url, None);
        assert_eq!(
            article.published.map(|date| (date.published.at.to_string(), date.published.has_hour)),
            Some(("2026-11-23T00:00:00Z".into(), false))
        );
    }

    #[test]
    fn what_is_no_page_is_refused_before_any_parse() {
        assert_eq!(extract(b"%PDF-1.7 ...", None, Some("text/html")).unwrap_err().kind(), "unsupported_type");
        assert_eq!(extract(b"", None, None).unwrap_err(), ArticleError::Empty);
        assert_eq!(extract("<div>".repeat(10_000).as_bytes(), None, None).unwrap_err(), ArticleError::TooDeep);
        assert_eq!(extract(b"{}", None, Some("application/json")).unwrap_err().kind(), "unsupported_type");
    }

    #[test]
    fn walls_are_recognised() {
        let wall = page("", "<p>Article réservé aux abonnés. Déjà abonné ? Connectez-vous.</p>");
        assert_eq!(read(&wall).access, Some(Access::Paywall));
        let robot = page("", "<h1>Vérifiez que vous êtes humain</h1><div class='cf-challenge'></div>");
        assert_eq!(read(&robot).access, Some(Access::Blocked));
    }
}
