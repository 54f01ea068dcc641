//! RSS since 0.90, RDF, Atom since 0.3 and CDF: elements to drafts of items, each field by an order of preference.

use base64::Engine;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::GeneralPurposeConfig;
use url::Url;

use crate::text::html;

use super::draft::{Draft, FeedDraft};
use super::spaces::Space;
use super::tree::{Element, Node};

/// Base64 as mails and feeds write it: padding may be missing, spaces are dropped first.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

/// True for what becomes an item.
pub(super) fn is_entry(element: &Element) -> bool {
    element.space == Space::Core && matches!(element.name.as_str(), "item" | "entry")
}

/// Reads an `<item>` or `<entry>`.
pub(super) fn entry(element: &Element) -> Draft {
    let base = element.base.as_ref();
    let guid = first_text(element, &[(Space::Core, &["guid", "id"])])
        .or_else(|| about(element))
        .or_else(|| first_text(element, &[(Space::Dc, &["identifier"])]));
    let (summary, content, text_base) = texts(element);
    let link = link_of_entry(element, base).or_else(|| absolute(guid.as_deref()?, None).filter(|_| is_atom(element)));
    let guid = guid.map(|id| if is_atom(element) { with_base(id, base) } else { id });
    Draft {
        link,
        guid,
        title: title(element),
        authors: authors(element),
        categories: categories(element),
        published: all_texts(
            element,
            &[
                (Space::Core, &["pubdate", "published", "issued"]),
                (Space::Dc, &["date", "issued", "created", "available"]),
                (Space::Core, &["date", "created"]),
            ],
        ),
        updated: all_texts(
            element,
            &[(Space::Core, &["updated", "modified"]), (Space::Dc, &["modified", "date"]), (Space::Core, &["lastmod"])],
        )
        .into_iter()
        .chain(element.attribute("lastmod").map(str::to_owned))
        .collect(),
        summary,
        content,
        language: language(element),
        enclosures: enclosures(element, base),
        base: text_base.or_else(|| element.base.clone()),
    }
}

/// An entry of Atom has an `id`, which is an address at times; that of RSS is a `guid` (see [`link_of_entry`]).
fn is_atom(element: &Element) -> bool {
    element.child(Space::Core, "id").is_some()
}

/// A path as an id is told apart from that of other feeds by the address it leans on.
fn with_base(id: String, base: Option<&Url>) -> String {
    let is_path = id.contains('/') && !id.contains([':', ' ']);
    if is_path { absolute(&id, base).unwrap_or(id) } else { id }
}

/// Reads what surrounds the items: `root` is the outermost element.
pub(super) fn feed(root: &Element) -> FeedDraft {
    let channel = root.child(Space::Core, "channel").unwrap_or(root);
    let base = channel.base.as_ref();
    let texts = |space, names: &[&'static str]| all_texts(channel, &[(space, names)]);
    let description = ["subtitle", "tagline", "description", "abstract", "info"]
        .iter()
        .find_map(|name| rich(channel.child(Space::Core, name)?))
        .or_else(|| ["summary", "subtitle"].iter().find_map(|name| rich(channel.child(Space::Itunes, name)?)))
        .or_else(|| rich(channel.child(Space::Dc, "description")?));
    let number = |name: &str| channel.child(Space::Core, name).and_then(|found| found.text().trim().parse().ok());
    let listed = |list: &str, one: &str| -> Vec<String> {
        let found = channel.child(Space::Core, list);
        found.into_iter().flat_map(Element::elements).filter(|child| child.name == one).map(Element::text).collect()
    };
    FeedDraft {
        id: first_text(channel, &[(Space::Core, &["id"])]).map(|id| with_base(id, base)).or_else(|| about(channel)),
        title: title(channel),
        link: link_of_entry(channel, base),
        description,
        language: first_text(channel, &[(Space::Core, &["language"]), (Space::Dc, &["language"])])
            .or_else(|| channel.language.clone()),
        updated: texts(Space::Core, &["updated", "modified", "lastbuilddate", "pubdate"])
            .into_iter()
            .chain(texts(Space::Dc, &["date", "modified"]))
            .chain(channel.attribute("lastmod").map(str::to_owned))
            .collect(),
        authors: authors_of_feed(channel),
        ttl_minutes: number("ttl").or_else(|| syndication_minutes(channel)),
        skip_hours: listed("skiphours", "hour"),
        skip_days: listed("skipdays", "day"),
        hub: links(channel)
            .find(|link| rel(link) == Some("hub"))
            .and_then(|link| absolute(link.attribute("href")?, base)),
    }
}

fn about(element: &Element) -> Option<String> {
    let found =
        element.attributes.iter().find(|attribute| attribute.space == Space::Rdf && attribute.name == "about")?;
    Some(found.value.trim().to_owned()).filter(|id| !id.is_empty())
}

/// The first text that is not empty among children, in order of preference.
fn first_text(element: &Element, wanted: &[(Space, &[&str])]) -> Option<String> {
    all_texts(element, wanted).into_iter().next()
}

fn all_texts(element: &Element, wanted: &[(Space, &[&str])]) -> Vec<String> {
    let mut found = Vec::new();
    for (space, names) in wanted {
        for name in *names {
            let texts = element.elements().filter(|child| child.is(*space, name)).map(Element::text);
            found.extend(texts.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()));
        }
    }
    found
}

fn links(element: &Element) -> impl Iterator<Item = &Element> {
    element.elements().filter(|child| child.is(Space::Core, "link"))
}

fn rel(link: &Element) -> Option<&str> {
    let rel = link.attribute("rel")?;
    // RFC 4287 § 4.2.7.2: the registered relations also have an address.
    Some(rel.rsplit_once("iana.org/assignments/relation/").map_or(rel, |(_, name)| name))
}

fn absolute(href: &str, base: Option<&Url>) -> Option<String> {
    let href = href.trim();
    if href.is_empty() {
        return None;
    }
    // Escaped once too often.
    let href = &href.replace("&amp;", "&");
    let url = match base {
        Some(base) => base.join(href).ok()?,
        None => Url::parse(href).ok()?,
    };
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

/// The page of an item, or the site of a feed.
fn link_of_entry(element: &Element, base: Option<&Url>) -> Option<String> {
    let original = element.elements().find(|child| {
        child.space == Space::Feedburner && matches!(child.name.as_str(), "origlink" | "originalitemlink")
    });
    let own = |link: &&Element| link.attribute("href").is_none();
    let alternate = |link: &&Element| matches!(rel(link), None | Some("alternate" | ""));
    let page = |link: &&Element| link.attribute("type").is_none_or(|kind| kind.is_empty() || kind.contains("html"));
    let href = |link: &Element| absolute(link.attribute("href")?, link.base.as_ref().or(base));
    let guid = || {
        let guid = element.child(Space::Core, "guid")?;
        let permanent = !guid.attribute("ispermalink").is_some_and(|value| value.eq_ignore_ascii_case("false"));
        // A relative guid is an address only where the feed says so.
        let said = guid.attribute("ispermalink").is_some();
        let text = guid.text();
        let looks_like_one = Url::parse(text.trim()).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        (permanent && (said || looks_like_one)).then(|| absolute(&text, base))?
    };
    original
        .and_then(|original| absolute(&original.text(), base))
        .or_else(|| links(element).filter(own).find_map(|link| absolute(&link.text(), link.base.as_ref().or(base))))
        .or_else(|| links(element).filter(alternate).filter(page).find_map(href))
        .or_else(|| links(element).filter(alternate).find_map(href))
        .or_else(guid)
        .or_else(|| absolute(&about(element)?, None))
        .or_else(|| absolute(element.attribute("href")?, base))
        // `<link/>http://…`: what an HTML serialiser makes of RSS.
        .or_else(|| {
            let loose = element.children.iter().find_map(|node| match node {
                Node::Text(text) if text.trim().starts_with("http") => Some(text.trim()),
                _ => None,
            })?;
            absolute(loose, None)
        })
}

fn title(element: &Element) -> String {
    let line = |found: &Element| match text_kind(found) {
        Kind::Plain => html::one_line(&decoded(found).unwrap_or_else(|| found.text())),
        Kind::Html => html::to_line(&decoded(found).unwrap_or_else(|| found.markup())),
        Kind::Unsaid => html::title_line(&decoded(found).unwrap_or_else(|| found.markup())),
    };
    let titled = |holder: &Element, space| {
        holder.elements().filter(|child| child.is(space, "title")).map(line).find(|title| !title.is_empty())
    };
    [Space::Core, Space::Dc, Space::Media, Space::Itunes]
        .iter()
        .find_map(|space| titled(element, *space))
        .or_else(|| media_holders(element).into_iter().find_map(|holder| titled(holder, Space::Media)))
        .unwrap_or_default()
}

/// What the text of an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain,
    Html,
    /// Nobody says: as it looks.
    Unsaid,
}

fn text_kind(element: &Element) -> Kind {
    let has_markup = element.elements().next().is_some();
    match element.attribute("type").map(str::to_ascii_lowercase).as_deref() {
        Some("text" | "text/plain") if !has_markup => Kind::Plain,
        Some("html" | "text/html" | "xhtml" | "application/xhtml+xml") => Kind::Html,
        _ if has_markup => Kind::Html,
        _ => Kind::Unsaid,
    }
}

/// The text of an element in base64: Atom 0.3 says so, Atom 1.0 implies it (RFC 4287 § 4.1.3.3).
fn decoded(element: &Element) -> Option<String> {
    let mode = element.attribute("mode").is_some_and(|mode| mode.eq_ignore_ascii_case("base64"));
    let kind = element.attribute("type").unwrap_or_default().to_ascii_lowercase();
    let binary = element.attribute("mode").is_none()
        && kind.contains('/')
        && !kind.starts_with("text/")
        && !kind.contains("xml")
        && element.elements().next().is_none();
    if !mode && !binary {
        return None;
    }
    let packed: String = element.text().split_whitespace().collect();
    let bytes = BASE64.decode(packed).ok()?;
    String::from_utf8(bytes).ok()
}

/// A text as HTML; `None` when there is nothing in it.
fn rich(element: &Element) -> Option<String> {
    let markup = match (decoded(element), text_kind(element)) {
        (Some(text), Kind::Plain) => html_escape::encode_text(&text).into_owned(),
        (Some(text), _) => text,
        (None, Kind::Plain) => html_escape::encode_text(&element.text()).into_owned(),
        (None, Kind::Html) => element.markup(),
        (None, Kind::Unsaid) => {
            let markup = element.markup();
            let declaration = markup.trim_start().starts_with("<!") && !markup.trim_start().starts_with("<!--");
            // A text that begins like a declaration would vanish whole.
            if declaration {
                html_escape::encode_text(&markup).into_owned()
            } else {
                html::twice_escaped(&markup).unwrap_or(markup)
            }
        }
    };
    (!markup.trim().is_empty()).then_some(markup)
}

/// Where the fields of Media RSS may stand: the item itself, a group, a piece of content, inside each other.
fn media_holders(element: &Element) -> Vec<&Element> {
    let inside = |holder: &Element| holder.space == Space::Media && matches!(holder.name.as_str(), "group" | "content");
    let mut holders = vec![element];
    let mut at = 0;
    while let Some(holder) = holders.get(at).copied() {
        holders.extend(holder.elements().filter(|child| inside(child)));
        at += 1;
    }
    holders
}

/// Short and full text, and what relative addresses in the text lean on where it says so itself (`xml:base`).
fn texts(element: &Element) -> (Option<String>, Option<String>, Option<Url>) {
    let find = |space, name: &'static str| element.elements().filter(move |child| child.is(space, name)).find_map(rich);
    let media = || {
        media_holders(element)
            .into_iter()
            .find_map(|holder| holder.elements().filter(|child| child.is(Space::Media, "description")).find_map(rich))
    };
    let content = find(Space::Content, "encoded")
        .or_else(|| best_content(element))
        .or_else(|| find(Space::Xhtml, "body"))
        .or_else(|| find(Space::Xhtml, "div"))
        .or_else(|| find(Space::Core, "body"))
        .or_else(|| find(Space::Core, "fullitem"));
    let described = find(Space::Core, "description");
    // Both are there: the description is the longer one, as feeds that give both mean it.
    let content = content.or_else(|| described.clone().filter(|_| find(Space::Core, "summary").is_some()));
    let summary = find(Space::Core, "summary")
        .or(described)
        .or_else(|| find(Space::Core, "abstract"))
        .or_else(|| find(Space::Dc, "description"))
        .or_else(|| find(Space::Dc, "abstract"))
        .or_else(media)
        .or_else(|| find(Space::Itunes, "summary"))
        .or_else(|| find(Space::Itunes, "description"))
        .or_else(|| find(Space::Itunes, "subtitle"));
    // A longer text than the description that podcasts give beside it.
    let content = content.or_else(|| {
        find(Space::Itunes, "summary").filter(|long| summary.as_ref().is_some_and(|short| long.len() > short.len()))
    });
    let base = ["content", "summary"].iter().find_map(|name| element.child(Space::Core, name)?.base.clone());
    (summary, content, base)
}

/// Of several `content`, HTML rather than text; one that is elsewhere (`src`) holds nothing.
fn best_content(element: &Element) -> Option<String> {
    let all: Vec<&Element> =
        element.elements().filter(|child| child.is(Space::Core, "content") && rich(child).is_some()).collect();
    let html = all.iter().find(|content| text_kind(content) == Kind::Html);
    html.or(all.first()).and_then(|content| rich(content))
}

/// A name out of `mail (Name)`, `Name <mail>`, or whatever is written.
pub(super) fn person(text: &str) -> Option<String> {
    let text = html::title_line(text);
    let inner = |open: char, close: char| {
        let (before, rest) = text.split_once(open)?;
        let inside = rest.split(close).next().unwrap_or_default();
        Some((before.trim().to_owned(), inside.trim().to_owned()))
    };
    let chosen = match inner('(', ')').or_else(|| inner('<', '>')) {
        Some((before, inside)) if before.contains('@') && !inside.is_empty() => inside,
        Some((before, inside)) if inside.contains('@') && !before.is_empty() => before,
        _ => text,
    };
    let chosen = chosen.trim().trim_start_matches("mailto:").trim().to_owned();
    (!chosen.is_empty()).then_some(chosen)
}

fn person_element(element: &Element) -> Option<String> {
    let field = |name| first_text(element, &[(Space::Core, &[name])]);
    let structured = element.elements().any(|child| matches!(child.name.as_str(), "name" | "email" | "uri" | "url"));
    match field("name").or_else(|| field("email")) {
        Some(name) => person(&name),
        None => (!structured).then(|| person(&element.text()))?,
    }
}

fn authors(element: &Element) -> Vec<String> {
    let named = |space, name: &'static str| element.elements().filter(move |child| child.is(space, name));
    let mut found: Vec<String> = named(Space::Core, "author").filter_map(person_element).collect();
    found.extend(
        named(Space::Dc, "creator").chain(named(Space::Dc, "author")).filter_map(|creator| person(&creator.text())),
    );
    if found.is_empty() {
        found.extend(named(Space::Itunes, "author").filter_map(|author| person(&author.text())));
    }
    if found.is_empty() {
        let credits = element.elements().filter(|child| {
            child.is(Space::Media, "credit") && child.attribute("role").is_none_or(|role| role == "author")
        });
        found.extend(credits.filter_map(|credit| person(&credit.text())));
    }
    found
}

/// Authors of a feed, for its entries that name none (RFC 4287 § 4.2.1); an RSS channel's people are its technicians.
fn authors_of_feed(channel: &Element) -> Vec<String> {
    let found = authors(channel);
    let owner = || channel.child(Space::Itunes, "owner");
    if found.is_empty() { owner().and_then(itunes_owner).into_iter().collect() } else { found }
}

fn itunes_owner(owner: &Element) -> Option<String> {
    first_text(owner, &[(Space::Itunes, &["name", "email"])]).as_deref().and_then(person)
}

fn categories(element: &Element) -> Vec<String> {
    let mut found = Vec::new();
    for child in element.elements() {
        match (child.space, child.name.as_str()) {
            (Space::Core, "category") => {
                let named = |name| child.attribute(name).filter(|value| !value.is_empty()).map(str::to_owned);
                found.extend(named("label").or_else(|| named("term")).or_else(|| Some(child.text())));
            }
            (Space::Dc, "subject") => found.push(child.text()),
            (Space::Itunes, "category") => {
                found.extend(child.attribute("text").map(str::to_owned));
                found.extend(child.elements().filter_map(|inner| inner.attribute("text")).map(str::to_owned));
            }
            (Space::Itunes | Space::Media, "keywords") | (Space::Core, "tags") => {
                found.extend(child.text().split(',').map(str::to_owned));
            }
            (Space::Media, "category") => {
                found.push(child.attribute("label").map_or_else(|| child.text(), str::to_owned));
            }
            _ => {}
        }
    }
    found.iter().map(|name| html::title_line(name)).filter(|name| !name.is_empty()).collect()
}

fn language(element: &Element) -> Option<String> {
    let own = first_text(element, &[(Space::Dc, &["language"]), (Space::Core, &["language"])]);
    own.or_else(|| {
        let of = |name| element.child(Space::Core, name).and_then(|child| child.language.clone());
        of("content").or_else(|| of("title"))
    })
    .or_else(|| element.language.clone())
}

fn enclosures(element: &Element, base: Option<&Url>) -> Vec<String> {
    let mut found = Vec::new();
    let original = element.elements().find(|child| child.is(Space::Feedburner, "origenclosurelink"));
    if let Some(address) = original.and_then(|original| absolute(&original.text(), base)) {
        return vec![address];
    }
    let groups = element.elements().filter(|child| child.is(Space::Media, "group"));
    for child in std::iter::once(element).chain(groups).flat_map(Element::elements) {
        let address = match (child.space, child.name.as_str()) {
            (Space::Core, "enclosure") => child.attribute("url").or_else(|| child.attribute("href")),
            (Space::Core, "link") if rel(child) == Some("enclosure") => child.attribute("href"),
            (Space::Media, "content") => child.attribute("url"),
            _ => None,
        };
        found.extend(address.and_then(|address| absolute(address, child.base.as_ref().or(base))));
    }
    found
}

/// `sy:updatePeriod` and `sy:updateFrequency` as minutes between two changes.
fn syndication_minutes(channel: &Element) -> Option<u32> {
    let period = channel.child(Space::Sy, "updateperiod")?.text();
    let minutes: u32 = match period.trim().to_ascii_lowercase().as_str() {
        "hourly" => 60,
        "daily" => 1440,
        "weekly" => 10_080,
        "monthly" => 43_200,
        "yearly" => 525_600,
        _ => return None,
    };
    let frequency = channel.child(Space::Sy, "updatefrequency").and_then(|found| found.text().trim().parse().ok());
    Some(minutes / frequency.filter(|&times: &u32| times > 0).unwrap_or(1))
}
