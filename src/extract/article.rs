//! A page made an article: title, text, authors, date, language, address; or the reason it is none.

use dom_smoothie::{Config, Readability, TextMode};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use scraper::{Html, Selector};
use thiserror::Error;
use url::Url;

use crate::domain::{Access, DateOrigin, Published};
use crate::text::tokens::fold;
use crate::text::{dates, encoding, html, urls};

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
    pub published: Option<Published>,
    /// Declared language tag.
    pub language: Option<String>,
    /// Canonical address, accepted only on the same registrable domain.
    pub canonical_url: Option<String>,
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
    /// PDF, image, archive…
    #[error("this is {0}, not a web page")]
    Unsupported(String),
}

impl ArticleError {
    /// The kind, in the machine form of `inspect`.
    pub fn kind(&self) -> &'static str {
        match self {
            ArticleError::Empty => "empty",
            ArticleError::TooLarge => "too_large",
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
    if html::too_deep(&page) {
        return Err(ArticleError::TooDeep);
    }
    let config = Config { text_mode: TextMode::Formatted, max_elements_to_parse: 60_000, ..Config::default() };
    let mut article = read_head(&page, url);
    let document = dom_query::Document::from(page.as_str());
    document.select(CONSENT_BANNERS).remove();
    let parsed =
        Readability::with_document(document, url.map(Url::as_str), Some(config)).and_then(|mut reader| reader.parse());
    if let Ok(found) = parsed {
        article.html = found.content.to_string();
        article.text = without_byline(&html::to_text(&article.html), &article.authors);
        article.title = article.title.or_else(|| Some(html::to_line(&found.title)));
        if article.authors.is_empty() {
            article.authors = found.byline.iter().map(|byline| html::to_line(byline)).collect();
        }
        article.image = article.image.or(found.image);
    }
    article.access = Some(access(&page, &article.text));
    Ok(article)
}

/// Parts of a page that ask for consent: they stand before the text and are none of it.
const CONSENT_BANNERS: &str = "[class*='cookie'], [id*='cookie'], [class*='Cookie'], [id*='Cookie'], [class*='consent'], \
                               [id*='consent'], [class*='gdpr'], [id*='gdpr'], [class*='rgpd'], [id*='rgpd']";

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
    const MAGIC: [(&[u8], &str); 8] = [
        (b"%PDF", "a PDF document"),
        (b"PK\x03\x04", "an archive or office document"),
        (b"\x89PNG", "an image"),
        (b"\xff\xd8\xff", "an image"),
        (b"GIF8", "an image"),
        (b"\x1f\x8b", "a compressed file"),
        (b"\xd0\xcf\x11\xe0", "an office document"),
        (b"ID3", "a sound file"),
    ];
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some((*name).to_owned());
    }
    if bytes.iter().take(1024).any(|&byte| byte == 0) {
        return Some("a binary file".to_owned());
    }
    let kind = content_type?.split(';').next()?.trim().to_ascii_lowercase();
    let readable = kind.is_empty() || kind.contains("html") || kind.contains("xml") || kind.starts_with("text/");
    (!readable && kind != "application/octet-stream").then_some(kind)
}

/// What the page says of itself in its head: JSON-LD, metas, `<time>`.
fn read_head(page: &str, url: Option<&Url>) -> Article {
    let document = Html::parse_document(page);
    let linked = linked_data(&document);
    let text = |value: Option<&serde_json::Value>| value.and_then(|value| value.as_str()).map(html::to_line);
    let field = |name: &str| linked.as_ref().and_then(|data| data.get(name));
    let site = meta(&document, &["og:site_name", "application-name"]);
    let title = meta(&document, &["og:title", "twitter:title"])
        .or_else(|| text(field("headline")))
        .or_else(|| first_text(&document, "h1"))
        .or_else(|| first_text(&document, "title"))
        .map(|title| without_site(&title, site.as_deref()));
    let canonical =
        first_attribute(&document, "link[rel='canonical']", "href").or_else(|| meta(&document, &["og:url"]));
    let author = match field("author") {
        Some(serde_json::Value::Array(list)) => list.iter().filter_map(author_name).collect(),
        Some(one) => author_name(one).into_iter().collect(),
        None => {
            meta(&document, &["author", "article:author"]).into_iter().filter(|name| !name.contains("://")).collect()
        }
    };
    let language = first_attribute(&document, "html", "lang")
        .or_else(|| meta(&document, &["og:locale"]))
        .filter(|tag| !tag.is_empty());
    Article {
        title,
        authors: author,
        published: find_date(&document, linked.as_ref(), url),
        language,
        canonical_url: canonical.and_then(|typed| accept_canonical(&typed, url)),
        site,
        image: meta(&document, &["og:image"]).and_then(|typed| join(url, &typed)),
        ..Article::default()
    }
}

fn author_name(value: &serde_json::Value) -> Option<String> {
    let name = value.as_str().or_else(|| value.get("name")?.as_str())?;
    Some(html::to_line(name)).filter(|name| !name.is_empty())
}

/// The first JSON-LD object that is an article of some kind.
fn linked_data(document: &Html) -> Option<serde_json::Value> {
    let selector = Selector::parse("script[type='application/ld+json']").ok()?;
    let blocks = document.select(&selector).filter_map(|block| {
        let text: String = block.text().collect();
        serde_json::from_str::<serde_json::Value>(text.trim()).ok()
    });
    for block in blocks {
        let list = match block {
            serde_json::Value::Array(list) => list,
            serde_json::Value::Object(ref object) if object.contains_key("@graph") => {
                block.get("@graph").and_then(|graph| graph.as_array()).cloned().unwrap_or_default()
            }
            other => vec![other],
        };
        let is_article = |value: &serde_json::Value| {
            let kind = value.get("@type").map(ToString::to_string).unwrap_or_default();
            kind.contains("Article") || kind.contains("Posting") || kind.contains("Report")
        };
        if let Some(found) = list.into_iter().find(is_article) {
            return Some(found);
        }
    }
    None
}

fn find_date(document: &Html, linked: Option<&serde_json::Value>, url: Option<&Url>) -> Option<Published> {
    let read = |typed: &str, origin| {
        let date = dates::read(typed, &TimeZone::UTC, dates::DayOrder::Unknown)?;
        Some(Published { at: date.at, has_hour: date.has_hour, origin })
    };
    let json = linked.and_then(|data| data.get("datePublished")?.as_str().map(str::to_owned));
    json.and_then(|typed| read(&typed, DateOrigin::JsonLd))
        .or_else(|| {
            let names = ["article:published_time", "datePublished", "date", "DC.date", "dcterms.created", "pubdate"];
            meta(document, &names).and_then(|typed| read(&typed, DateOrigin::Meta))
        })
        .or_else(|| {
            let typed = first_attribute(document, "article time[datetime], time[datetime]", "datetime")?;
            read(&typed, DateOrigin::Time)
        })
        .or_else(|| url_date(url?))
}

/// `/2026/11/23/` or `/2026-11-23-` in the path.
fn url_date(url: &Url) -> Option<Published> {
    let digits: Vec<i64> = url
        .path()
        .split(|c: char| !c.is_ascii_digit())
        .filter(|part| matches!(part.len(), 1 | 2 | 4))
        .filter_map(|part| part.parse().ok())
        .collect();
    let day = digits.windows(3).find_map(|window| {
        let [year, month, day] = window else { return None };
        let plausible = (1990..2100).contains(year);
        let small = |number: &i64| i8::try_from(*number).ok();
        let date = jiff::civil::Date::new(i16::try_from(*year).ok()?, small(month)?, small(day)?).ok()?;
        plausible.then_some(date)
    })?;
    let at: Timestamp = day.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(Published { at, has_hour: false, origin: DateOrigin::Url })
}

fn meta(document: &Html, names: &[&str]) -> Option<String> {
    let selector = Selector::parse("meta[content]").ok()?;
    names.iter().find_map(|wanted| {
        document.select(&selector).find_map(|tag| {
            let tag = tag.value();
            let name = tag.attr("property").or_else(|| tag.attr("name")).or_else(|| tag.attr("itemprop"))?;
            let content = html::to_line(tag.attr("content")?);
            (name.eq_ignore_ascii_case(wanted) && !content.is_empty()).then_some(content)
        })
    })
}

fn first_text(document: &Html, selector: &str) -> Option<String> {
    let selector = Selector::parse(selector).ok()?;
    let text: String = document.select(&selector).next()?.text().collect();
    Some(html::one_line(&text)).filter(|line| !line.is_empty())
}

fn first_attribute(document: &Html, selector: &str, attribute: &str) -> Option<String> {
    let selector = Selector::parse(selector).ok()?;
    document.select(&selector).find_map(|element| element.attr(attribute)).map(str::to_owned)
}

/// `Le titre | Le site` → `Le titre`.
fn without_site(title: &str, site: Option<&str>) -> String {
    let Some(site) = site else { return title.to_owned() };
    for separator in [" | ", " - ", " – ", " — ", " · "] {
        if let Some((head, tail)) = title.rsplit_once(separator) {
            if fold(tail.trim()) == fold(site) && !head.trim().is_empty() {
                return head.trim().to_owned();
            }
        }
    }
    title.to_owned()
}

fn join(base: Option<&Url>, typed: &str) -> Option<String> {
    match base {
        Some(base) => base.join(typed).ok().filter(|url| matches!(url.scheme(), "http" | "https")).map(String::from),
        None => urls::parse_web(typed).map(String::from),
    }
}

/// A canonical address is believed only on the registrable domain of the page itself.
fn accept_canonical(typed: &str, url: Option<&Url>) -> Option<String> {
    let found = urls::parse_web(&join(url, typed)?)?;
    let Some(page) = url else { return Some(found.to_string()) };
    let domain = |url: &Url| {
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        psl::domain_str(&host).map_or(host.clone(), str::to_owned)
    };
    (domain(&found) == domain(page)).then(|| found.to_string())
}

/// Walls and error pages, by words of their own that a real article of some length would not be made of.
fn access(page: &str, text: &str) -> Access {
    let words = text.split_whitespace().count();
    let head: String = fold(&page.chars().take(60_000).collect::<String>());
    let says = |marks: &[&str]| marks.iter().any(|mark| head.contains(mark));
    let body = fold(text);
    let told = |marks: &[&str]| marks.iter().any(|mark| body.contains(mark));
    if words < 80 && says(&["cf-challenge", "verify you are human", "verifiez que vous etes humain", "captcha"]) {
        return Access::Blocked;
    }
    if words < 120 && told(&["accepter les cookies", "accept cookies", "votre consentement", "we value your privacy"]) {
        return Access::Consent;
    }
    let free_is_false =
        head.contains("\"isaccessibleforfree\":false") || head.contains("\"isaccessibleforfree\":\"false\"");
    let teaser = told(&["reserve aux abonnes", "reserve a nos abonnes", "subscribe to continue", "subscribers only"]);
    if free_is_false || (teaser && words < 300) {
        return Access::Paywall;
    }
    if words < 60 && told(&["page introuvable", "page not found", "erreur 404", "404 not found"]) {
        return Access::Error;
    }
    Access::Open
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(article.published.map(|date| date.origin), Some(DateOrigin::JsonLd));
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
            article.published.map(|date| (date.at.to_string(), date.has_hour)),
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
