//! Alert mails: every result of a standing query, its address unwrapped once, its publisher and its query kept.
//!
//! Google's mails hold three views of the same results, and they disagree: the rows marked as articles and the text
//! part have all of them, the JSON block four at most. Rows are read first, the links of results without such marks
//! next, the text part last, the JSON never.

use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::text::{html, urls};

use super::anchors::letters;
use super::lines::Line;
use super::links::Use;
use super::message::Message;

/// Rows of a mail, and names of a row, that are looked at.
const MOST_ROWS: usize = 500;
const MOST_NAMES: usize = 50;
/// Columns at which text parts are folded.
const FOLD: usize = 77;

/// One result of an alert.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlertHit {
    /// Title as the mail has it, often cut.
    pub title: String,
    /// Who published it.
    pub publisher: Option<String>,
    /// The passage where the query stands.
    pub snippet: String,
    /// Where it is.
    pub link: String,
}

/// True for the alerts of Google, in any language: the sender tells, the subject does not.
pub fn is_google(message: &Message) -> bool {
    let saved = || {
        message.html.as_deref().is_some_and(|markup| {
            markup.contains("google.com/alerts/remove") || markup.contains("google.com/alerts/feeds")
        })
    };
    message.from.as_deref() == Some("googlealerts-noreply@google.com")
        || (message.from.is_none() && saved())
        || message.list_id.as_deref().is_some_and(|list| list.ends_with(".alerts.google.com"))
}

/// The query of an alert: between brackets in the text part, else behind the dash of the subject.
pub fn query(message: &Message) -> Option<String> {
    let quoted = message.text.as_deref().and_then(|text| {
        let row = text.lines().find(|row| row.starts_with("===") && row.contains('['))?;
        let inside = row.split_once('[')?.1.rsplit_once(']')?.0;
        Some(inside.to_owned())
    });
    let behind = || {
        let subject = &message.subject;
        [" – ", " - ", " : ", ": "].iter().find_map(|dash| subject.split_once(dash)).map(|(_, rest)| rest.to_owned())
    };
    let query = quoted.or_else(behind)?;
    let query = html::one_line(&query);
    Some(query.trim_matches(['"', '“', '”', '«', '»', ' ']).to_owned()).filter(|query| !query.is_empty())
}

/// The same alert as an Atom feed, where the mail links it: the better source of the two.
pub fn feed(markup: &str) -> Option<String> {
    let at = markup.find("/alerts/feeds/")?;
    let path = &markup[at..];
    let end = path.find(|c: char| !(c.is_ascii_alphanumeric() || c == '/')).unwrap_or(path.len());
    Some(format!("https://www.google.com{}", &path[..end]))
}

/// Rows marked as articles (schema.org), whoever sent them.
pub fn marked(document: &Html) -> Vec<AlertHit> {
    let select = |pick: &str| Selector::parse(pick).ok();
    let (Some(rows), Some(link), Some(any), Some(name), Some(publisher), Some(description)) = (
        select("[itemtype*='schema.org/Article'], [itemtype*='schema.org/NewsArticle']"),
        select("a[itemprop='url'][href]"),
        select("a[href]"),
        select("[itemprop='name'], [itemprop='headline']"),
        select("[itemprop='publisher']"),
        select("[itemprop='description']"),
    ) else {
        return Vec::new();
    };
    let text = |element: ElementRef<'_>| html::one_line(&element.text().collect::<String>());
    let hit = |row: ElementRef<'_>| -> Option<AlertHit> {
        let anchor = row.select(&link).next().or_else(|| row.select(&any).find(|anchor| !text(*anchor).is_empty()))?;
        let url = target(anchor.attr("href")?)?;
        let published_by = row.select(&publisher).next().map(text).filter(|name| !name.is_empty());
        let titled = anchor.select(&name).next().or_else(|| {
            let by = row.select(&publisher).next().map(|by| by.id());
            row.select(&name)
                .take(MOST_NAMES)
                .find(|named| named.ancestors().take_while(|up| up.id() != row.id()).all(|up| Some(up.id()) != by))
        });
        let title = titled.map_or_else(|| text(anchor), text);
        Some(AlertHit {
            title: without_publisher(&title, published_by.as_deref()),
            publisher: published_by,
            snippet: row.select(&description).next().map(text).unwrap_or_default(),
            link: url.to_string(),
        })
        .filter(|hit| !hit.title.is_empty())
    };
    // Rows inside rows would be read again for each around them.
    let inmost = |row: &ElementRef<'_>| row.select(&rows).next().is_none();
    once(document.select(&rows).filter(inmost).take(MOST_ROWS).filter_map(hit).collect())
}

/// Results of Google's mails without marks: lines that lead through its redirector, and the lines below each.
pub fn linked(lines: &[Line]) -> Vec<AlertHit> {
    let mut hits: Vec<AlertHit> = Vec::new();
    let mut below: Vec<String> = Vec::new();
    let settle = |hits: &mut Vec<AlertHit>, below: &mut Vec<String>| {
        let told = std::mem::take(below);
        if let Some(hit) = hits.last_mut() {
            let named = told.first().filter(|first| first.chars().count() <= 60 && told.len() > 1).cloned();
            let from = usize::from(named.is_some());
            hit.snippet = told[from..].join(" ");
            hit.title = without_publisher(&hit.title, named.as_deref());
            hit.publisher = named;
        }
    };
    for line in lines {
        let result = line.spans.iter().find_map(|span| {
            let link = span.link.as_ref().filter(|link| is_redirector(link))?;
            let title = html::one_line(&span.text);
            let named = span.used == Some(Use::Named);
            (named && !title.is_empty()).then(|| target(link.as_str()).map(|url| (title, url)))?
        });
        match result {
            Some((title, url)) => {
                settle(&mut hits, &mut below);
                hits.push(AlertHit { title, link: url.to_string(), ..AlertHit::default() });
            }
            None if line.is_linked() => {}
            None if !hits.is_empty() => below.push(line.text()),
            None => {}
        }
    }
    settle(&mut hits, &mut below);
    // A result is linked by its picture, its title and its publisher: the first is the title.
    let mut seen = std::collections::HashSet::new();
    hits.retain(|hit| seen.insert(hit.link.clone()));
    hits
}

/// The text part of Google's mails: blocks of title, publisher, passage and address, folded at 76 columns.
pub fn texted(text: &str) -> Vec<AlertHit> {
    let mut hits = Vec::new();
    let mut block: Vec<&str> = Vec::new();
    for row in text.lines().map(str::trim) {
        if row.is_empty() || row.starts_with("===") || row.starts_with("- -") {
            block.clear();
            continue;
        }
        let address = row.strip_prefix('<').and_then(|row| row.strip_suffix('>'));
        let Some(address) = address else {
            block.push(row);
            continue;
        };
        let parts = unfold(&std::mem::take(&mut block));
        let Some(link) = Url::parse(address).ok().filter(is_redirector).and_then(|url| target(url.as_str())) else {
            continue;
        };
        if let Some((title, rest)) = parts.split_first() {
            let publisher = rest.first().cloned();
            hits.push(AlertHit {
                title: without_publisher(title, publisher.as_deref()),
                snippet: rest.get(1..).unwrap_or_default().join(" "),
                publisher,
                link: link.to_string(),
            });
        }
    }
    once(hits)
}

/// Joins rows that were broken only because they were full.
fn unfold(rows: &[&str]) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let mut last = "";
    for row in rows {
        let first = row.split(' ').next().unwrap_or_default().chars().count();
        let full = last.chars().count() + 1 + first >= FOLD;
        match parts.last_mut() {
            Some(part) if full => {
                part.push(' ');
                part.push_str(row);
            }
            _ => parts.push((*row).to_owned()),
        }
        last = row;
    }
    parts
}

fn is_redirector(url: &Url) -> bool {
    url.path() == "/url" && url.host_str().is_some_and(|host| host.split('.').any(|label| label == "google"))
}

/// Where a result leads: the redirector's target decoded once, which may be encoded itself.
fn target(href: &str) -> Option<Url> {
    let url = urls::parse_web(href)?;
    if url.path().starts_with("/alerts") && url.host_str().is_some_and(|host| host.ends_with("google.com")) {
        return None;
    }
    Some(urls::clean(&url))
}

fn without_publisher(title: &str, publisher: Option<&str>) -> String {
    let Some(publisher) = publisher else { return title.to_owned() };
    let cut = [" - ", " | ", " – ", " — "].iter().find_map(|dash| title.strip_suffix(publisher)?.strip_suffix(dash));
    cut.unwrap_or(title).trim().to_owned()
}

/// A result that stands twice counts once.
fn once(hits: Vec<AlertHit>) -> Vec<AlertHit> {
    let mut seen = std::collections::HashSet::new();
    hits.into_iter().filter(|hit| seen.insert((hit.link.clone(), letters(&hit.title)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(mail: &str) -> Message {
        super::super::message::read(mail.as_bytes()).expect("a mail")
    }

    const TEXT: &str = "=== Actualités - 2 nouveaux résultats pour [rénovation énergétique] ===\n\nMaPrimeRénov’ : ce qui change pour les copropriétés à partir du mois de\njanvier prochain\nLe Journal du Bâtiment\n... la rénovation énergétique des logements ...\n<https://www.google.com/url?rct=j&sa=t&url=https://journal.example/a.pdf%253Fid%253D1&ct=ga&cd=x>\n\nDeux\nVille\nDes mots.\n<https://www.google.fr/url?url=https://ville.example/deux&ct=ga>\n\n- - - -\nSe désabonner :\n<https://www.google.com/alerts/remove?s=1>\n";

    #[test]
    fn the_text_part_gives_every_result_unfolded_and_unwrapped_once() {
        let hits = texted(TEXT);
        assert_eq!(hits.len(), 2);
        assert_eq!(
            hits[0].title,
            "MaPrimeRénov’ : ce qui change pour les copropriétés à partir du mois de janvier prochain"
        );
        assert_eq!(hits[0].publisher.as_deref(), Some("Le Journal du Bâtiment"));
        assert_eq!(hits[0].link, "https://journal.example/a.pdf%3Fid%3D1");
        let message = parse(&format!("Subject: x\r\n\r\n{TEXT}"));
        assert_eq!(query(&message).as_deref(), Some("rénovation énergétique"));
        let message = parse("Subject: Alerte Google – “pompe à chaleur”\r\n\r\nx");
        assert_eq!(query(&message).as_deref(), Some("pompe à chaleur"));
    }

    #[test]
    fn results_without_marks_are_told_by_the_redirector() {
        let page = "<a href='https://www.google.com/url?url=https://a.example/un&ct=ga'>Un titre - Le Journal</a><div>Le Journal</div>\
            <div>Un passage.</div><a href='https://www.google.com/alerts/feedback?x'>Signaler</a>\
            <a href='https://www.google.com/url?url=https://a.example/deux'>Deux</a><a href='https://www.google.com/alerts/feeds/12/34'>RSS</a>";
        let lines = super::super::lines::of_html(page, &[]).expect("lines");
        let hits = linked(&lines);
        assert_eq!(hits.len(), 2);
        assert_eq!((hits[0].title.as_str(), hits[0].publisher.as_deref()), ("Un titre", Some("Le Journal")));
        assert_eq!(hits[0].snippet, "Un passage.");
        assert_eq!(feed(page).as_deref(), Some("https://www.google.com/alerts/feeds/12/34"));
    }
}
