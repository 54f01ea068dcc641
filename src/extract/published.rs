//! When a page was published: the surest of what its head, its markup, its address and its text say, with where it was
//! found. A copyright year is never one, nor the dates of other articles that the page names.

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::domain::{DateOrigin, Published};
use crate::text::date_finder;
use crate::text::dates::{self, DayOrder, ReadDate};
use crate::text::tokens::fold;

use super::place::{LONGEST_LINE, Line, Place, is_near, lines_by_distance};

/// A date found on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageDate {
    /// The instant, and where it stood.
    pub published: Published,
    /// The offset it was written with: the day its readers saw.
    pub offset: Option<Offset>,
}

/// Names of metas that give the date of publication, the most telling first.
const METAS: [&str; 47] = [
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "sailthru.date",
    "parsely-pub-date",
    "cxenseparse:recs:publishtime",
    "cxenseparse:time",
    "bt:pubdate",
    "pubdate",
    "pub_date",
    "publication_date",
    "publicationdate",
    "publication-date",
    "publishdate",
    "publish_date",
    "publish-date",
    "publishtime",
    "published_date",
    "published-date",
    "publisheddate",
    "published",
    "publish_time",
    "article_date_original",
    "article.published",
    "article:post_date",
    "originalpublicationdate",
    "shareaholic:article_published_time",
    "rnews:datepublished",
    "citation_publication_date",
    "citation_date",
    "citation_online_date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.issued",
    "dcterms.created",
    "dc.date.created",
    "dc.date.publication",
    "dc.created",
    "dcterms.date",
    "dc.date",
    "dcsext.articlefirstpublished",
    "datecreated",
    "displaydate",
    "date",
    "og:pubdate",
];

/// Metas that say when the page was changed: better than nothing, and no more.
const CHANGED: [&str; 8] = [
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "dcterms.modified",
    "dc.date.modified",
    "lastmod",
    "last-modified",
    "revision_date",
];

/// Elements or lines of one kind that are looked at: a page with more of them is a list.
const MOST_MARKED: usize = 200;

/// How much later than the day in its address a page may say it was published.
const REDESIGNED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What the finder knows besides the page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clues<'a> {
    /// JSON-LD of the page, each object apart.
    pub linked: &'a [serde_json::Value],
    /// Address.
    pub url: Option<&'a Url>,
    /// Declared language: it tells day from month.
    pub language: Option<&'a str>,
}

/// Finds when `document` was published.
pub(super) fn find(document: &Html, clues: Clues<'_>) -> Option<PageDate> {
    let order = DayOrder::of_language(clues.language);
    let read = |text: &str, origin: DateOrigin| page_date(text, origin, order);
    let of_address = clues.url.and_then(url_day);
    let in_head = linked(clues.linked, &["datePublished"], &read)
        .or_else(|| meta(document, &METAS, &read))
        .or_else(|| linked(clues.linked, &["dateCreated", "uploadDate"], &read));
    let place = Place::of(document);
    let lines = lines_by_distance(document, &place);
    let found = in_head
        .or_else(|| marked(document, &place, &lines, order))
        .or_else(|| of_address.map(|at| without_hour(at, DateOrigin::Url)))
        .or_else(|| near_title(&lines, order))
        .or_else(|| script(document, &read))
        .or_else(|| any_time(document, order))
        .or_else(|| anywhere(&lines, order))
        .or_else(|| linked(clues.linked, &["dateModified"], &|text, _| page_date(text, DateOrigin::Modified, order)))
        .or_else(|| meta(document, &CHANGED, &|text, _| page_date(text, DateOrigin::Modified, order)));
    // A redesign dates old articles of the day it was made: where the address has an older day, it is right.
    match (found, of_address) {
        (Some(found), Some(day)) => {
            let later = found.published.at.duration_since(day);
            let moved = if found.published.origin == DateOrigin::Modified { SignedDuration::ZERO } else { REDESIGNED };
            if later > moved { Some(without_hour(day, DateOrigin::Url)) } else { Some(found) }
        }
        (found, _) => found,
    }
}

fn without_hour(at: Timestamp, origin: DateOrigin) -> PageDate {
    PageDate { published: Published { at, has_hour: false, origin }, offset: None }
}

fn page_date(text: &str, origin: DateOrigin, order: DayOrder) -> Option<PageDate> {
    let date = dates::read(text, &TimeZone::UTC, order)?;
    plausible(&date).then_some(())?;
    let published = Published { at: date.at, has_hour: date.has_hour, origin };
    Some(PageDate { published, offset: written_offset(text).filter(|_| date.has_hour) })
}

/// The web began in 1991; pages of the far future are templates.
fn plausible(date: &ReadDate) -> bool {
    (1991..=2100).contains(&date.at.to_zoned(TimeZone::UTC).year())
}

/// The offset at the end of an instant: `+02:00`, `-0500`.
fn written_offset(text: &str) -> Option<Offset> {
    let text = text.trim();
    let clock = |before: &str| before.contains(':') || before.split_once('T').is_some_and(|(_, time)| time.len() >= 4);
    let at = text.rfind(['+', '-']).filter(|at| text.len() - at >= 5 && clock(&text[..*at]))?;
    let (sign, digits) = text[at..].split_at(1);
    let figures: String = digits.chars().filter(char::is_ascii_digit).collect();
    let hours: i32 = figures.get(..2)?.parse().ok()?;
    let minutes: i32 = figures.get(2..4)?.parse().ok()?;
    let seconds = hours * 3600 + minutes * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}

/// The first date under one of `names` in JSON-LD: of an article first, of anything else then.
fn linked(
    blocks: &[serde_json::Value],
    names: &[&str],
    read: &dyn Fn(&str, DateOrigin) -> Option<PageDate>,
) -> Option<PageDate> {
    let of = |block: &serde_json::Value| {
        names.iter().find_map(|name| {
            let value = block.get(name)?;
            let text = value.as_str().or_else(|| value.get(0)?.as_str()).or_else(|| value.get("@value")?.as_str())?;
            read(text, DateOrigin::JsonLd)
        })
    };
    let articles = blocks.iter().filter(|block| super::head::is_article(block));
    let others = blocks.iter().filter(|block| {
        let kind = super::head::kind_of(block);
        !["Comment", "Review", "Product", "Person", "Organization", "Event"].iter().any(|other| kind.contains(other))
    });
    articles.chain(others).find_map(of)
}

fn meta(document: &Html, names: &[&str], read: &dyn Fn(&str, DateOrigin) -> Option<PageDate>) -> Option<PageDate> {
    let selector = Selector::parse("meta").ok()?;
    let metas: Vec<(String, &str)> = document
        .select(&selector)
        .filter_map(|tag| {
            let tag = tag.value();
            let value = tag.attr("content").or_else(|| tag.attr("datetime"))?;
            let name =
                ["property", "name", "itemprop", "http-equiv", "pubdate"].iter().find_map(|key| tag.attr(key))?;
            Some((name.to_ascii_lowercase(), value))
        })
        .collect();
    names.iter().find_map(|wanted| {
        metas.iter().filter(|(name, _)| name == wanted).find_map(|(_, value)| read(value, DateOrigin::Meta))
    })
}

/// What is marked up as the date of publication: microdata, `<time pubdate>`, hAtom, `<time>` near the title.
fn marked(document: &Html, place: &Place, lines: &[Line], order: DayOrder) -> Option<PageDate> {
    let exact = Selector::parse(
        "[itemprop='datePublished'], time[pubdate], time.published, time.entry-date.published, abbr.published, \
         time[class*='publi'], [property='datePublished'], [property='dc:date'], [property='dc:created']",
    )
    .ok()?;
    let of = |element: ElementRef<'_>| {
        let attribute = ["datetime", "content", "title", "data-datetime"].iter().find_map(|name| element.attr(name));
        let text: String = element.text().collect();
        let written = || in_text(&text, DateOrigin::Time, order);
        // The attribute of some is the day of the last change, and what people read the day of publication.
        let told = if says_published(&text) { written() } else { None };
        told.or_else(|| attribute.and_then(|value| page_date(value, DateOrigin::Time, order))).or_else(written)
    };
    let outside = |element: &ElementRef<'_>| !place.stands_outside(element);
    let of_article = document.select(&exact).take(MOST_MARKED).filter(outside).find_map(of);
    let only = || {
        let mut all = document.select(&exact).take(MOST_MARKED).filter_map(of);
        let first = all.next()?;
        all.all(|other| other.published.at == first.published.at).then_some(first)
    };
    of_article.or_else(only).or_else(|| {
        let times = Selector::parse("article header time, header time, time").ok()?;
        let near: Vec<&Line> = lines.iter().filter(|line| line.dated && is_near(line)).collect();
        let of_article = |element: &ElementRef<'_>| {
            let text: String = element.text().collect();
            let text = text.trim();
            outside(element) && !says_changed(&context(element)) && near.iter().any(|line| line.text.contains(text))
        };
        document.select(&times).take(MOST_MARKED).filter(of_article).find_map(of)
    })
}

/// The text around a `<time>`: what it is the time of.
fn context(element: &ElementRef<'_>) -> String {
    let parent = element.parent().and_then(ElementRef::wrap);
    let text: String = parent.map(|parent| parent.text().collect()).unwrap_or_default();
    let own: String = element.text().collect();
    let before = text.split(own.trim()).next().unwrap_or_default();
    let names = [element.attr("class"), element.attr("itemprop"), parent.and_then(|parent| parent.attr("class"))];
    format!("{} {before}", names.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

/// The words that say a change were read as part of the date.
fn says_changed_first(text: &str) -> bool {
    says_changed(&text.chars().take(16).collect::<String>())
}

fn says_changed(text: &str) -> bool {
    let text = fold(text);
    let tail: String = text.chars().rev().take(60).collect::<Vec<_>>().into_iter().rev().collect();
    ["mis a jour", "modifi", "updated", "maj ", "maj:", "last edited", "aktualisiert"]
        .iter()
        .any(|word| tail.contains(word))
}

/// A date written near the title: in an element named for it first, in any short line then.
fn near_title(lines: &[Line], order: DayOrder) -> Option<PageDate> {
    let mut near: Vec<&Line> = lines.iter().filter(|line| is_near(line) && line.text.len() <= LONGEST_LINE).collect();
    // After the title before ahead of it, the nearest first.
    near.sort_by_key(|line| (!line.dated, line.distance < 0, line.distance.abs()));
    near.iter().take(MOST_MARKED).find_map(|line| in_line(line, order))
}

/// A date anywhere in the page, in an element named for it or said to be that of publication.
fn anywhere(lines: &[Line], order: DayOrder) -> Option<PageDate> {
    let mut short: Vec<&Line> = lines.iter().filter(|line| line.text.len() <= LONGEST_LINE).collect();
    short.sort_by_key(|line| line.distance.abs());
    let said = |line: &&&Line| line.dated || says_published(&line.text);
    short.iter().filter(said).take(MOST_MARKED).find_map(|line| in_line(line, order))
}

/// Words before a date in a line that is about it and not about what happened that day.
const FEW_WORDS: usize = 6;

fn in_line(line: &Line, order: DayOrder) -> Option<PageDate> {
    let found = date_finder::find(&line.text, &TimeZone::UTC, order);
    let first = found.first()?;
    let before = line.text[..first.start].split_whitespace().count();
    (line.dated || before <= FEW_WORDS || says_published(&line.text))
        .then(|| in_text(&line.text, DateOrigin::Text, order))?
}

fn says_published(text: &str) -> bool {
    let text = fold(text);
    [
        "publie",
        "paru le",
        "mis en ligne",
        "posted",
        "published",
        "veroffentlicht",
        "erstellt am",
        "gespeichert",
        "geschrieben",
        "publicado",
        "pubblicato",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// The first date of a text that is not said to be that of a change, nor of a copyright.
fn in_text(text: &str, origin: DateOrigin, order: DayOrder) -> Option<PageDate> {
    let folded = fold(text);
    if folded.contains('©')
        || folded.contains("copyright")
        || folded.contains("tous droits")
        || folded.contains("all rights")
    {
        return None;
    }
    let mut from = 0;
    let mut own = None;
    for found in date_finder::find(text, &TimeZone::UTC, order) {
        if plausible(&found.date)
            && !says_changed(&text[from..found.start])
            && !says_changed_first(&text[found.start..])
        {
            own = Some(found.date);
            break;
        }
        from = found.end;
    }
    let date = own?;
    Some(PageDate { published: Published { at: date.at, has_hour: date.has_hour, origin }, offset: None })
}

/// `"datePublished":"…"` and its like in scripts that are no JSON-LD.
fn script(document: &Html, read: &dyn Fn(&str, DateOrigin) -> Option<PageDate>) -> Option<PageDate> {
    const KEYS: [&str; 12] = [
        "\"datePublished\"",
        "\"publishedAt\"",
        "\"published_at\"",
        "\"publishDate\"",
        "\"publish_date\"",
        "\"publicationDate\"",
        "\"publication_date\"",
        "\"pubDate\"",
        "\"firstPublished\"",
        "\"published_time\"",
        "\"datePublication\"",
        "\"date_published\"",
    ];
    let selector = Selector::parse("script").ok()?;
    let scripts: Vec<String> = document.select(&selector).map(|script| script.text().collect()).collect();
    KEYS.iter().find_map(|key| {
        scripts.iter().find_map(|text| {
            let after = text.split(key).nth(1)?.trim_start().strip_prefix(':')?.trim_start().strip_prefix('"')?;
            read(after.split('"').next()?, DateOrigin::Script)
        })
    })
}

/// The only `<time>` of a page, wherever it stands; several contradict each other.
fn any_time(document: &Html, order: DayOrder) -> Option<PageDate> {
    let selector = Selector::parse("time[datetime]").ok()?;
    let mut found =
        document.select(&selector).filter_map(|time| page_date(time.attr("datetime")?, DateOrigin::Time, order));
    let first = found.next()?;
    let same = |other: PageDate| other.published.at.duration_since(first.published.at).abs().as_hours() < 24;
    found.all(same).then_some(first)
}

/// `/2026/11/23/`, `/2026-11-23-`, `/20261123` in the address, as midnight UTC.
fn url_day(url: &Url) -> Option<Timestamp> {
    let path = url.path();
    let day = |year: &str, month: &str, day: &str| {
        let year: i16 = year.parse().ok()?;
        (1991..=2100).contains(&year).then_some(())?;
        jiff::civil::Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
    };
    let in_run = |run: &str| {
        let parts: Vec<&str> = run.split(['/', '-', '_', '.']).collect();
        parts.windows(3).find_map(|window| match window {
            [year, month, date] if year.len() == 4 && month.len() <= 2 && date.len() <= 2 => day(year, month, date),
            [date, month, year] if year.len() == 4 && month.len() == 2 && date.len() == 2 => day(year, month, date),
            _ => None,
        })
    };
    // Figures that one sign parts: words between them part a number from another.
    let runs = path.split(|c: char| !(c.is_ascii_digit() || matches!(c, '/' | '-' | '_' | '.')));
    let found = runs.filter(|run| !run.is_empty()).find_map(in_run).or_else(|| {
        let mut numbers = path.split(|c: char| !c.is_ascii_digit());
        let eight = numbers.find(|part| part.len() == 8)?;
        day(&eight[..4], &eight[4..6], &eight[6..])
    })?;
    TimeZone::UTC.to_timestamp(found.to_datetime(jiff::civil::Time::midnight())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(page: &str, address: &str) -> Option<(String, DateOrigin)> {
        let document = Html::parse_document(page);
        let url = Url::parse(address).ok();
        let linked = super::super::head::linked_data(&document);
        let clues = Clues { linked: &linked, url: url.as_ref(), language: Some("fr") };
        let date = find(&document, clues)?.published;
        Some((date.at.to_zoned(TimeZone::UTC).date().to_string(), date.origin))
    }

    #[test]
    fn a_day_in_the_address_is_older_than_a_redesign_and_no_chance_meeting_of_figures() {
        let page =
            "<meta property='article:published_time' content='2026-06-03'><h1>Un titre d’article assez long</h1>";
        assert_eq!(found(page, "https://a.example/2017/7/12/titre"), Some(("2017-07-12".into(), DateOrigin::Url)));
        assert_eq!(found(page, "https://a.example/2026/6/1/titre"), Some(("2026-06-03".into(), DateOrigin::Meta)));
        assert_eq!(
            found(page, "https://a.example/2019-4/forbes-numero-4"),
            Some(("2026-06-03".into(), DateOrigin::Meta))
        );
        assert_eq!(
            found("<p>x</p>", "https://a.example/n-20261103.html"),
            Some(("2026-11-03".into(), DateOrigin::Url))
        );
    }

    const NOWHERE: &str = "https://revue.example.org/titre";

    #[test]
    fn the_surest_source_wins() {
        let page = "<script type='application/ld+json'>{\"@graph\":[{\"@type\":\"WebPage\",\"datePublished\":\"2020-01-01\"},\
            {\"@type\":\"NewsArticle\",\"datePublished\":\"2026-06-03T00:30:00+02:00\"}]}</script>\
            <meta property='article:published_time' content='2026-06-05'><h1>Un titre d’article assez long</h1>";
        assert_eq!(found(page, NOWHERE), Some(("2026-06-02".into(), DateOrigin::JsonLd)));
        assert_eq!(
            found("<meta name='DC.date.issued' content='2026-06-03'><time datetime='2019-01-01'>x</time>", NOWHERE),
            Some(("2026-06-03".into(), DateOrigin::Meta))
        );
        assert_eq!(found("<p>x</p>", "https://a.example/2026/06/03/x"), Some(("2026-06-03".into(), DateOrigin::Url)));
    }

    #[test]
    fn texts_near_the_title_are_read_and_other_articles_are_not() {
        let body = |near: &str| {
            format!(
                "<body><div class='ticker'>Le 9 juin 2026, autre chose</div><h1>La chaufferie de Besançon tient bon</h1>{near}\
                 <p>Un texte qui parle du 14 juillet 2019 et de son bal.</p><div class='related-posts'><time datetime='2018-01-01'>\
                 1 janvier 2018</time></div><footer>© 2014 Revue</footer></body>"
            )
        };
        let text = |near: &str| found(&body(near), NOWHERE);
        assert_eq!(
            text("<p>Par Hélène Gaël, publié le mercredi 3 juin 2026 à 07h15, mis à jour le 4 juin 2026</p>"),
            Some(("2026-06-03".into(), DateOrigin::Text))
        );
        assert_eq!(text("<span class='date'>03/06/2026</span>"), Some(("2026-06-03".into(), DateOrigin::Text)));
        assert_eq!(
            text("<p>Mis à jour le 4 juin 2026. Publié le 3 juin 2026.</p>"),
            Some(("2026-06-03".into(), DateOrigin::Text))
        );
        assert_eq!(
            text(
                "<p class='m'>Modifié : <time datetime='2026-06-09'>9 juin</time></p><p><time datetime='2026-06-03'>3 juin</time></p>"
            ),
            Some(("2026-06-03".into(), DateOrigin::Time))
        );
    }

    #[test]
    fn the_offset_of_the_day_is_kept() {
        let date = page_date("2026-06-03T00:30:00+02:00", DateOrigin::Meta, DayOrder::Unknown).expect("a date");
        assert_eq!(date.offset, Offset::from_seconds(7200).ok());
        assert_eq!(written_offset("2026-06-03"), None);
        assert_eq!(written_offset("2026-06-03T00:30:00Z"), None);
    }
}
