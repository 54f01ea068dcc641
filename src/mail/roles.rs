//! What one line of a letter is: a title with its link, an entry, a heading, a byline, a service, an advertisement.

use url::Url;

use crate::text::date_words::is_date_alone;
use crate::text::html;

use super::anchors::{calls, letters};
use super::labels::is_remark;
use super::lines::{Line, Span};
use super::links::Use;
use super::phrases::is_about_the_mail;

/// Longest title, in characters.
pub(super) const LONGEST_TITLE: usize = 220;

/// Most words of a title of which a word is a link.
const SHORT: usize = 16;
/// Share of a title of which a link in it is only a part.
const PART: f64 = 0.4;
/// Most words of a button.
const BUTTON: usize = 3;
/// Most words of a place.
const PLACE: usize = 2;
/// Most words of somebody's name before what is theirs.
const WHO: usize = 4;
/// Words of a sentence that tells.
const TOLD: usize = 12;
/// Words from which what stands behind a bold beginning is a paragraph.
const PARAGRAPH: usize = 20;

/// A line that only services stand on: forms, networks, a row of sections.
pub(super) fn is_service(line: &Line) -> bool {
    if is_about_the_mail(&line.text()) {
        return true;
    }
    let links: Vec<_> = line.spans.iter().filter(|span| span.link.is_some()).collect();
    let service = links.iter().filter(|span| span.used == Some(Use::Service)).count();
    let named: Vec<_> = links.iter().filter(|span| span.used == Some(Use::Named)).collect();
    let short = named.iter().filter(|span| span.text.split_whitespace().count() <= 2).count();
    let row = named.len() >= 3 && short == named.len() && line.linked_share() > 0.8;
    let leads = line.links(Use::More).next().is_some();
    (service > 0 && named.is_empty() && !leads && !tells(line)) || row
}

/// True for a sentence in which a word happens to be that of a service: `Essayez-le dans votre [navigateur].`
fn tells(line: &Line) -> bool {
    const SERVES: [&str; 16] = [
        "unsubscri",
        "desabonn",
        "desinscri",
        "abonne",
        "subscri",
        "prefer",
        "mail",
        "newsletter",
        "lettre",
        "confidential",
        "privacy",
        "partag",
        "share",
        "follow",
        "suivez",
        "contact",
    ];
    let text = letters(&line.text());
    let linked: usize = line.links(Use::Service).map(|(anchor, _)| anchor.chars().count()).sum();
    line.words() >= TOLD && linked * 6 <= text.chars().count() && !SERVES.iter().any(|word| text.contains(word))
}

/// The title that a line links to its story, and what else the line says.
pub(super) fn title_link(line: &Line) -> Option<(String, &Url, Option<String>)> {
    let named = |span: &Span| span.used == Some(Use::Named);
    let first = line.spans.iter().position(named)?;
    // `[Who] – [what]`, each with a link of its own.
    let what = line.spans.get(first + 2).filter(|what| named(what) && line.bullet && first_names(line, first));
    let at = if what.is_some() { first + 2 } else { first };
    let span = &line.spans[at];
    let title = html::one_line(span.text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '»' | '→' | '>')));
    // `[Titre]` is a title between brackets, `[Rubrique] Titre` is not.
    let inner =
        title.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|inner| !inner.contains([']', '[']));
    let title = inner.map_or_else(|| title.clone(), str::to_owned);
    let words = title.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
    let before: String = line.spans[..first].iter().map(|span| span.text.as_str()).collect();
    // Before a name set bold there may be its article.
    let article = span.strong && line.spans[..at].iter().all(|span| span.strong) && is_article(&before);
    let when = before.trim().trim_end_matches(['–', '—', '-', ':', '|', ' ']);
    let dated = !when.is_empty() && is_date_alone(when);
    let begins = article || dated || before.chars().filter(|c| c.is_alphabetic()).count() == 0;
    // `A name, of a town • Posted Jul 11`, each with a link of its own.
    let posted =
        line.spans.last().is_some_and(|span| span.used == Some(Use::Meta) && span.text.contains(char::is_alphabetic));
    let by = posted && title.split(' ').count() <= WHO && line.spans.len() > at + 2;
    let handle = title.split(' ').count() <= WHO + 1 && title.split(' ').any(|word| word.starts_with('@'));
    if is_byline(&before) || is_byline(&title) || by || handle {
        return None;
    }
    let after = line.spans.get(at + 1).map_or("", |span| span.text.trim_start());
    let parted = after.starts_with(['—', '–', '-', ':', '|', '·', '•', '(', ',', '»', '”'])
        || ["by ", "par ", "von "].iter().any(|by| after.starts_with(by));
    let apart = line.heading > 0 || span.strong;
    let meta = line.spans.get(at + 1).is_some_and(|span| span.used == Some(Use::Meta));
    let many = line.spans.iter().filter(|span| span.used == Some(Use::Named)).count() > 2;
    let after_words = line.spans[at + 1..].iter().map(|span| span.text.split_whitespace().count()).sum::<usize>();
    // `Marker (…) : reads PDF files`: one word and what it is.
    let numbered = line.bullet && title.contains('#') && is_issue(&title);
    let told = begins
        && after_words >= 4
        && (after.starts_with([':', '—', '–']) || apart && line.bullet && after.starts_with(','));
    let goes_on = after.starts_with(char::is_lowercase) && after_words >= 3;
    let leads = line.linked_share() >= 0.6 && !many
        || begins && (apart || parted || meta || dated) && words >= 2
        || told
        || begins && numbered && after_words >= 4
        || begins && line.entry && words >= 5 && !goes_on;
    // `**[Tool]** turns …`, behind a bullet.
    let named = apart && begins && line.bullet && words == 1 && after_words >= 6;
    let leads = leads || named;
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let enough = if line.heading > 0 {
        letters >= 4
    } else if apart {
        // `Faker 7.6`: what has a version has few letters.
        let version = line.bullet && words == 2 && title.contains(|c: char| c.is_ascii_digit());
        letters >= 6 || (told || named) && letters >= 4 || version && letters >= 3
    } else if line.bullet && line.linked_share() >= 0.8 {
        // `Example 3.2.1`: a release of its own.
        letters >= 6 && words >= 2
    } else {
        letters >= 10 && words >= 2 || letters >= 8 && words >= 3 || told && letters >= 4 || numbered && letters >= 2
    };
    // An entry of a list may be numbered as issues are: `Core #257`, and what it says.
    let issue = is_issue(&title) && !(numbered && after_words >= 4);
    if !leads || !enough || title.chars().count() > LONGEST_TITLE + 80 || issue {
        return None;
    }
    let rest: String = line.spans[at + 1..]
        .iter()
        .filter(|span| !matches!(span.used, Some(Use::More | Use::Service | Use::Meta)))
        .map(|span| span.text.as_str())
        .collect();
    let rest = html::one_line(
        rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, '—' | '–' | '-' | ':' | '|' | '·')),
    );
    // A title of which only the beginning is the link.
    let whole = line.text();
    if line.is_strong()
        && rest.len() > 3
        && after.starts_with(['-', '–', '—', ':'])
        && whole.chars().count() <= LONGEST_TITLE
    {
        return Some((whole, span.link.as_deref()?, None));
    }
    Some((
        title,
        span.link.as_deref()?,
        Some(rest).filter(|rest| rest.chars().filter(|c| c.is_alphabetic()).count() > 3),
    ))
}

/// True where a line begins on a few linked words and a dash behind which the next link begins.
fn first_names(line: &Line, first: usize) -> bool {
    let short = line.spans[first].text.split_whitespace().count() <= WHO;
    let nothing = line.spans[..first].iter().all(|span| !span.text.chars().any(char::is_alphanumeric));
    let dash = line.spans.get(first + 1).map(|span| span.text.trim());
    short && nothing && dash.is_some_and(|dash| ["-", "–", "—", ":"].contains(&dash))
}

fn is_article(text: &str) -> bool {
    ["the", "a", "an", "le", "la", "les", "l", "un", "une", "der", "die", "das"].contains(&letters(text).as_str())
}

/// The link that an entry of a list holds inside its sentence: the one with the longest anchor.
pub(super) fn entry_link(line: &Line) -> Option<(&str, &Url)> {
    let text = line.text();
    let words = text.split_whitespace().count();
    let mut links: Vec<(&str, &Url)> = line.links(Use::Named).filter(|_| words >= 5).collect();
    // Of equals the first.
    links.reverse();
    let named = links.into_iter().max_by_key(|(anchor, _)| anchor.split_whitespace().count());
    // `Inscription : https://…`: the address itself.
    let written = || {
        let ends = |anchor: &str| anchor.contains("://") && text.trim_end().ends_with(anchor.trim());
        // `Example 0.3.8 : https://…`
        let version = |anchor: &str| {
            let told = text.trim_end().trim_end_matches(anchor.trim());
            words >= 3 && told.contains('.') && told.contains(|c: char| c.is_ascii_digit())
        };
        line.links(Use::Meta).find(|(anchor, _)| ends(anchor) && (words >= 8 || version(anchor)))
    };
    // `Weekly 593, 594`, `Example 3.2.1`: the numbers are the links.
    let numbers = |anchor: &str| anchor.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ' '));
    named.or_else(|| line.links(Use::Meta).find(|(anchor, _)| words >= 3 && numbers(anchor))).or_else(written)
}

/// `**Label:** a sentence with a [link]`: what its link leads to.
pub(super) fn labelled(line: &Line) -> Option<&Url> {
    let first = line.spans.first().filter(|span| span.strong && span.link.is_none())?;
    let label = first.text.trim();
    let fits = label.ends_with(':') && label.split_whitespace().count() <= 4 && !is_remark(label);
    let told = line.text().split_whitespace().count() >= 8 && line.text().chars().count() <= 2 * LONGEST_TITLE;
    let named = line.links(Use::Named).chain(line.links(Use::More)).next();
    named.filter(|_| fits && told).map(|(_, link)| link)
}

/// `**A title.** What it tells, with [links]`: a title that runs into its text.
pub(super) fn run_in(line: &Line) -> Option<(String, String)> {
    let leads = line.links(Use::Named).chain(line.links(Use::More)).next().is_some();
    begins_bold(line, line.run_in).filter(|_| leads || line.run_in)
}

/// The same, whether it holds links or not. `among`: others beside it begin so, and then one word is enough.
pub(super) fn begins_bold(line: &Line, among: bool) -> Option<(String, String)> {
    // A title of which a word is a link.
    if line.is_strong() && line.text().chars().count() <= LONGEST_TITLE {
        return None;
    }
    // A sign may stand before it: 🦊, </>, Ⓐ.
    let sign =
        |span: &Span| span.link.is_none() && span.text.chars().filter(|c| c.is_ascii_alphanumeric()).count() == 0;
    let at = line.spans.iter().position(|span| !sign(span))?;
    let first = line.spans.get(at).filter(|span| span.strong && span.link.is_none())?;
    let title = html::one_line(&first.text);
    let words = title.split_whitespace().count();
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let rest: String = line.spans[at + 1..].iter().map(|span| span.text.as_str()).collect();
    let count = rest.split_whitespace().count();
    let told = count >= 8;
    // `When: …` is a label, `A title: a paragraph` is none.
    let goes_on = rest.trim_start().starts_with(',');
    let titled = !title.ends_with(',') && !goes_on && (among || !title.ends_with(':') || count >= PARAGRAPH);
    let long = letters >= 6 || title.ends_with(':') && letters >= 4 || among && letters >= 3;
    let fits = long
        && (1..=if among { 20 } else { 14 }).contains(&words)
        && titled
        && !is_remark(&title)
        && !is_day(title.trim_end_matches([':', '.', ' ']));
    (told && fits).then(|| {
        let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | '–' | '—' | '-'));
        (title.trim_end_matches(['.', ':', ' ']).to_owned(), html::one_line(rest))
    })
}

/// "By Marie Durand", "— Jean Dupont": who wrote, and nothing else.
fn is_byline(text: &str) -> bool {
    let text = text.trim();
    let folded = text.to_lowercase();
    let opens = ["by ", "par ", "von "].iter().any(|by| folded.starts_with(by)) || text.starts_with(['—', '–']);
    let names = text.split_whitespace().filter(|word| word.starts_with(char::is_uppercase)).count();
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
    let signs = [" by", " par", " von"].iter().any(|end| folded.ends_with(end)) && text.split_whitespace().count() <= 3;
    // `Par Claire Petit, dans La Gazette du matin`.
    let placed = [", dans ", ", in "].iter().any(|mark| folded.contains(mark)) && words <= 14 && names >= 2;
    signs
        || opens && placed
        || ["by", "par", "von"].contains(&folded.as_str())
        || opens && words <= 4 && names * 2 >= words
}

/// A day, and at most a place behind it: `12 décembre – Lyon`.
pub(super) fn is_day(text: &str) -> bool {
    let parted = [" – ", " - ", " — ", " | "].iter().find_map(|mark| text.split_once(mark));
    let placed = parted.is_some_and(|(day, place)| is_date_alone(day) && place.split_whitespace().count() <= PLACE);
    is_date_alone(text) || placed
}

/// The words of a button whose link stands elsewhere: `Watch the show`.
pub(super) fn is_button(line: &Line) -> bool {
    let words = letters(&line.text());
    let called = words.split(' ').count() <= BUTTON && words.split(' ').next().is_some_and(calls);
    called && line.heading == 0 && !line.is_linked()
}

/// A bold title of which a word is a link: whose, or where.
fn is_title_with_a_link(line: &Line, text: &str) -> bool {
    let short = (3..=SHORT).contains(&text.split_whitespace().count()) && !text.ends_with(['.', ':', ',', ';', '!']);
    // What ends on its link leads on.
    let mut said = line.spans.iter().rev().filter(|span| span.text.chars().any(char::is_alphanumeric));
    short && line.is_strong() && line.linked_share() < PART && said.next().is_some_and(|span| span.link.is_none())
}

/// A line set as a heading, no more than a heading says.
pub(super) fn is_heading(line: &Line, text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let label = text.ends_with(':') && text.split_whitespace().count() <= 3;
    (line.heading > 0 || line.is_strong())
        && letters >= 3
        && !label
        && !is_byline(text)
        && !is_date_alone(text)
        && text.chars().count() <= 2 * LONGEST_TITLE
        && (line.links(Use::Named).next().is_none() || is_title_with_a_link(line, text))
}

/// "Issue #64", "Lettre n° 12", a date alone.
pub(super) fn is_issue(text: &str) -> bool {
    if is_date_alone(text) {
        return true;
    }
    let words = letters(text);
    let hash = text.split('#').nth(1).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if hash && words.split(' ').count() <= 8 {
        return true;
    }
    // "Lettre de Stripe 2022" is somebody's, "Lettre de novembre 2026" is this one.
    let dated = words.strip_prefix("lettre de ").is_none_or(is_date_alone);
    let numbered = words.split(' ').count() <= 4 && words.contains(|c: char| c.is_ascii_digit()) && dated;
    numbered
        && ["issue", "numero", "n ", "lettre", "newsletter", "ausgabe", "edition", "no "]
            .iter()
            .any(|word| words.starts_with(word))
}

/// The text of a line without the anchors that lead on.
pub(super) fn without_more(line: &Line) -> String {
    let told: String =
        line.spans.iter().filter(|span| span.used != Some(Use::More)).map(|span| span.text.as_str()).collect();
    let told = html::one_line(
        told.trim_matches(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '(' | ')' | '.' | '»' | '→')),
    );
    if told.chars().filter(|c| c.is_alphabetic()).count() > 3 { told } else { String::new() }
}

/// `→ Décryptage : [a link]`: the way from a story to another that is not told.
pub(super) fn is_side_way(line: &Line) -> bool {
    let text = line.text();
    let rest = text.trim_start_matches(['→', '▶', '►', '>', '»', ' ']);
    let labelled = rest.split_once(':').is_some_and(|(label, _)| label.split_whitespace().count() <= 3);
    rest.len() < text.len() && labelled && line.links(Use::Named).count() == 1
}

/// A row of few words that names a site, or a day in the form of ISO 8601: where and when something was told.
pub(super) fn says_where(text: &str) -> bool {
    let iso = |word: &str| {
        let mut parts = word.split('-').map(|part| part.len() * usize::from(part.bytes().all(|b| b.is_ascii_digit())));
        (parts.next(), parts.next(), parts.next(), parts.next()) == (Some(4), Some(2), Some(2), None)
    };
    text.split_whitespace().count() <= 10 && text.split_whitespace().any(|word| word.starts_with("www.") || iso(word))
}

/// A paragraph that begins bold begins a story of its own.
pub(super) fn is_strong_start(line: &Line) -> bool {
    line.spans.first().is_some_and(|span| {
        span.strong && span.link.is_none() && span.text.chars().filter(|c| c.is_alphabetic()).count() >= 12
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_what_is_told_of_and_not_who_tells_it() {
        let title = |page: &str| {
            let lines = crate::mail::lines::of_html(page, &[]).expect("lines");
            title_link(&lines[0]).map(|(title, link, _)| (title, link.path().to_owned()))
        };
        let (who, what) = ("<a href='https://a.example/who'>Jeanne Roy</a>", "<a href='https://a.example/what'>");
        for (page, wanted) in [
            (format!("<li>🎵 {who} – {what}Un morceau en public</a>"), "Un morceau en public"),
            (
                format!("<p><b>Le {what}neuvième colloque</a></b> commence lundi, et dure deux semaines.</p>"),
                "neuvième colloque",
            ),
            (
                format!("<li>{what}Noyau #25717</a> ajoute une étape de synchronisation des en-têtes.</li>"),
                "Noyau #25717",
            ),
        ] {
            assert_eq!(title(&page), Some((wanted.to_owned(), "/what".to_owned())), "{page}");
        }
        assert_eq!(title(&format!("<p>{what}Numéro #25</a></p>")), None);
    }
}
