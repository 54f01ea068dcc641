//! A text letter as its reader sees it: paragraphs unfolded, titles marked by their number, their underline or their
//! stars, addresses as links. One written in Markdown is read as what it would become.

use std::collections::HashSet;
use std::sync::Arc;

use url::Url;

use crate::text::{html, urls};

use super::lines::{Line, MOST_LINES, Span, of_html};
use super::links::{self, Use};
use super::references::{
    NOTE, NOTED, is_markdown, with_anchors_first, with_blanks, with_brackets, with_ends, with_footnotes,
};

/// Longest anchor, in characters.
const ANCHOR: usize = 160;
/// Least and greatest width at which programs fold a text.
const FOLDED: (usize, usize) = (50, 100);
/// Full rows from which a text is folded.
const FULL: usize = 8;
/// Characters by which a row may end before the next word had to go down.
const EARLY: usize = 4;
/// Words behind an address from which its sentence goes on.
const AFTER: usize = 4;
/// Blocks of one form from which it is that of the letter.
const BLOCKS: usize = 3;
/// Strokes from which a row is a rule though a word stands in it.
const STROKES: usize = 16;
/// Beginnings of rows that stand for pictures.
const PICTURES: [&str; 4] = ["View image: (", "Follow image link: (", "Afficher l'image : (", "[image: "];
/// The seal below a signed text (RFC 9580).
const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
/// Characters of a row that no mail program has folded, and how many such rows make a letter of rows.
const LONG_ROW: usize = 200;
const LONG_ROWS: usize = 4;

/// The lines of a text letter: paragraphs unfolded, a title marked by its number or its underline, addresses as links.
pub fn of_text(text: &str, never: &[Url]) -> Vec<Line> {
    let joined = with_ends(&with_brackets(&with_anchors_first(&with_blanks(text))));
    let text = joined.as_str();
    if is_markdown(text) {
        // Letters have no code; programs that write them indent.
        let flat: String = text
            .lines()
            .map(|row| format!("{}\n", if row.starts_with("    ") { row.trim_start() } else { row }))
            .collect();
        let mut markup = String::with_capacity(flat.len() * 2);
        pulldown_cmark::html::push_html(&mut markup, pulldown_cmark::Parser::new(&flat));
        if let Some(lines) = of_html(&markup, never) {
            return lines;
        }
    }
    let placed = with_footnotes(text);
    let text = placed.as_deref().unwrap_or(text);
    let counted = is_counted(text);
    // Where paragraphs are rows, a row ends one.
    let words = |row: &str| {
        row.split(' ').filter(|word| !word.contains("://")).map(|word| word.chars().count() + 1).sum::<usize>()
    };
    let rows = text.lines().filter(|row| words(row) > LONG_ROW).count() >= LONG_ROWS;
    let folded = folded_at(text);
    let mut lines: Vec<Line> = Vec::new();
    let mut paragraph = String::new();
    let flush = |paragraph: &mut String, lines: &mut Vec<Line>| {
        let text = html::one_line(&without_stars(paragraph.trim()));
        paragraph.clear();
        if !text.is_empty() && lines.len() < MOST_LINES {
            lines.push(text_line(&text, never));
        }
    };
    // `> Lire la suite : https://…` is no quotation where most rows of the kind hold an address.
    let quoted = text.lines().filter(|row| row.trim_start().starts_with("> "));
    let (called, quoted) =
        quoted.fold((0, 0), |(called, all), row| (called + usize::from(row.contains("://")), all + 1));
    let calls = called * 2 > quoted;
    let titles = titles_of_blocks(text);
    let mut below = text.lines().skip(1);
    for (at, row) in text.lines().enumerate() {
        let next = below.next().map(str::trim).unwrap_or_default();
        let row = row.trim();
        if PICTURES.iter().any(|mark| row.starts_with(mark)) {
            continue;
        }
        let called = row.strip_prefix("> ").filter(|call| calls && call.contains("://"));
        if row.starts_with('>') && !row.starts_with(">>") && called.is_none() {
            continue;
        }
        let row = called.unwrap_or(row);
        if row == SIGNATURE {
            break;
        }
        let row = row.strip_prefix('|').and_then(|row| row.strip_suffix('|')).map_or(row, str::trim);
        let framed = framed(row);
        let rule = is_rule(row);
        let bare = row.trim_matches(['<', '>', '(', ')', '[', ']', ' ']);
        let address = urls::parse_web(bare).is_some();
        let titled = counted && counts(row).is_some();
        let opens = bulleted(row).is_some() || numbered(row) || titled;
        if row.is_empty() || rule || row == "**" {
            let underlined = rule && row.starts_with(['-', '=', '~']) && !paragraph.is_empty() && paragraph.len() < 120;
            flush(&mut paragraph, &mut lines);
            if let (true, Some(last)) = (underlined, lines.last_mut()) {
                last.spans.iter_mut().for_each(|span| span.strong = true);
            }
            continue;
        }
        let level = row.bytes().take_while(|byte| *byte == b'#').count();
        let marked = Some(&row[level..]).filter(|rest| (1..=6).contains(&level) && rest.starts_with(' '));
        if let Some(title) = framed.or(marked) {
            flush(&mut paragraph, &mut lines);
            paragraph.push_str(title);
            flush(&mut paragraph, &mut lines);
            if let Some(last) = lines.last_mut() {
                last.spans.iter_mut().for_each(|span| span.strong = true);
            }
            continue;
        }
        if address || opens || rows || called.is_some() {
            flush(&mut paragraph, &mut lines);
        }
        // Stars before a title are how some senders underline it.
        let begins = paragraph.is_empty();
        paragraph.push_str(row.strip_prefix("** ").unwrap_or(row));
        paragraph.push(' ');
        // A row that ended before it was full is a line of its own: a title with its text right below.
        let word = next.split(' ').next().unwrap_or_default().chars().count();
        let ended = begins
            && (titles.contains(&at) || folded.is_some_and(|width| row.chars().count() + 1 + word + EARLY <= width));
        if address || titled || ended || called.is_some() {
            flush(&mut paragraph, &mut lines);
        }
        if let (true, Some(last)) = (titled, lines.last_mut()) {
            last.spans.iter_mut().for_each(|span| span.strong = true);
        }
    }
    flush(&mut paragraph, &mut lines);
    mark_titles(&mut lines);
    lines
}

/// A row without the stars that set its words apart: `*Listen* now`.
fn without_stars(row: &str) -> String {
    let mark = |at: usize, c: char| {
        if c != '*' {
            return false;
        }
        let before = row[..at].chars().next_back();
        let after = row[at + 1..].chars().next();
        let space = |side: Option<char>| side.is_none_or(|c| c.is_whitespace() || c == '*' || c.is_ascii_punctuation());
        space(before) != space(after) || before == Some('*') || after == Some('*')
    };
    let stars = row.char_indices().filter(|(at, c)| mark(*at, *c)).count();
    if stars < 2 {
        return row.to_owned();
    }
    row.char_indices().filter(|(at, c)| !mark(*at, *c)).map(|(_, c)| c).collect()
}

fn is_stroke(c: char) -> bool {
    matches!(c, '-' | '=' | '*' | '_' | '~' | '#' | '+' | '.' | ' ')
}

/// A line of nothing but strokes, or with a short word in it: `-=end=-----`.
fn is_rule(row: &str) -> bool {
    let strokes = row.chars().filter(|c| is_stroke(*c)).count();
    let count = row.chars().count();
    count >= 4 && strokes == count || strokes >= STROKES && count <= strokes + 4
}

/// The title between strokes: `----- Title -----`, `*** Title ***`.
fn framed(row: &str) -> Option<&str> {
    let stroke = |c: char| is_stroke(c) && c != '.' && c != ' ';
    let sides =
        row.chars().take_while(|c| stroke(*c)).count().min(row.chars().rev().take_while(|c| stroke(*c)).count());
    let title = row.trim_matches(is_stroke);
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    (sides >= 3 && letters >= 5 && !title.contains("://")).then_some(title)
}

/// The text behind a bullet.
fn bulleted(row: &str) -> Option<&str> {
    const BULLETS: [&str; 20] =
        ["*", "-", "•", "·", "+", "o", "~", ">>", "»", "→", "=>", "->", "●", "○", "◦", "■", "▪", "►", "▶", "✓"];
    let bullet = BULLETS.iter().find_map(|bullet| row.strip_prefix(bullet)?.strip_prefix(' '));
    bullet.or_else(|| {
        row.strip_prefix(['*', '•', '·', '●', '■', '▪']).filter(|rest| rest.starts_with(char::is_alphabetic))
    })
}

/// The width at which a text was folded, in characters; nothing where its rows end as they like.
fn folded_at(text: &str) -> Option<usize> {
    let rows: Vec<&str> = text.lines().map(str::trim).collect();
    // Neither addresses nor rules are folded.
    let typed = rows.iter().filter(|row| !row.contains("://") && !is_rule(row));
    let mut lengths: Vec<usize> = typed.map(|row| row.chars().count()).filter(|count| *count <= FOLDED.1).collect();
    lengths.sort_unstable();
    let width = *lengths.get(lengths.len().saturating_sub(1) * 98 / 100)?;
    let (mut full, mut early) = (0, 0);
    for pair in rows.windows(3) {
        // In the midst of a paragraph.
        if pair.iter().all(|row| !row.is_empty() && !row.contains("://") && bulleted(row).is_none()) {
            let word = pair[2].split(' ').next().unwrap_or_default().chars().count();
            let fits = pair[1].chars().count() + 1 + word + EARLY <= width;
            *(if fits { &mut early } else { &mut full }) += 1;
        }
    }
    (width >= FOLDED.0 && full >= FULL && full >= early).then_some(width)
}

/// The first rows of blocks of one form, a title, a text, an address, in a text of several such.
fn titles_of_blocks(text: &str) -> HashSet<usize> {
    let rows: Vec<&str> = text.lines().map(str::trim).collect();
    let mut titles = HashSet::new();
    let mut from = 0;
    for to in 0..=rows.len() {
        if rows.get(to).is_some_and(|row| !row.is_empty()) {
            continue;
        }
        let block = &rows[from..to];
        if let [title, told @ .., address] = block {
            let leads = urls::parse_web(address.trim_matches(['<', '>', '(', ')', '[', ']', ' '])).is_some();
            let widest = told.iter().map(|row| row.chars().count()).max().unwrap_or_default();
            let next = told.first().and_then(|row| row.split(' ').next()).unwrap_or_default().chars().count();
            let early = title.chars().count() + 1 + next + EARLY <= widest.max(FOLDED.0);
            if leads && early && !told.is_empty() && !title.ends_with(['.', ',', ';', ':']) && !title.contains("://") {
                titles.insert(from);
            }
        }
        from = to + 1;
    }
    if titles.len() < BLOCKS {
        titles.clear();
    }
    titles
}

/// A short paragraph that does not end as a sentence does, with something below it, is a title.
fn mark_titles(lines: &mut [Line]) {
    for at in 0..lines.len().saturating_sub(1) {
        let text = lines[at].text();
        let below = &lines[at + 1];
        let linked = lines[at].is_linked();
        let short = (8..=110).contains(&text.chars().count()) && text.split_whitespace().count() >= 2;
        let told = below.text().chars().count() > text.chars().count() || below.links(Use::More).next().is_some();
        let apart = !text.ends_with(['.', ':', ';', ',', '!', '…']) || numbered(&text) && text.ends_with("...");
        let listed = lines[at].bullet && below.bullet;
        if short && !linked && told && apart && !listed {
            lines[at].spans.iter_mut().for_each(|span| span.strong = true);
        }
    }
}

/// `7 Title`, without a point behind the number.
fn counts(row: &str) -> Option<u32> {
    let (number, title) = row.split_once(' ')?;
    let fits = (10..=120).contains(&title.len()) && title.starts_with(char::is_uppercase) && !title.ends_with('.');
    (fits && number.len() <= 2).then(|| number.parse().ok())?
}

/// True for a text with such titles from 1 to at least 4.
fn is_counted(text: &str) -> bool {
    let numbers = text.lines().filter_map(|row| counts(row.trim()));
    numbers.fold(0, |reached, number| if number == reached + 1 { number } else { reached }) >= 4
}

/// `12. Title`, `3) Title` or `IV. TITLE`.
fn numbered(row: &str) -> bool {
    let roman = row.bytes().take_while(|byte| matches!(byte, b'I' | b'V' | b'X')).count();
    let digits = if roman > 0 { roman } else { row.bytes().take_while(u8::is_ascii_digit).count() };
    (1..=4).contains(&digits) && row[digits..].starts_with(['.', ')']) && row[digits + 1..].starts_with(' ')
}

/// One paragraph of a text letter. An address alone leads on; one behind words is theirs.
fn text_line(text: &str, never: &[Url]) -> Line {
    let mut words = String::new();
    let listed = bulleted(text);
    let mut line = Line { entry: true, bullet: listed.is_some(), ..Line::default() };
    let text = listed.unwrap_or(text);
    let text = text.replace("[ http", "[http");
    let all: Vec<&str> = text.split(' ').filter(|word| !matches!(*word, "[" | "]")).collect();
    // Brackets that the words opened themselves.
    let mut open = false;
    let last = all.iter().rposition(|word| is_word(word));
    for (at, word) in all.iter().copied().enumerate() {
        // Where the words go on behind `[https://…]`, it is of the words before it.
        let inside = word.strip_prefix('[').filter(|_| last.is_some_and(|last| last > at));
        let noted = word.strip_prefix(NOTE).or(inside);
        let around = ['<', '>', '(', ')', '[', ']', ',', ';'];
        let bare = noted.unwrap_or(word).trim_end_matches('.').trim_matches(around);
        match urls::parse_web(bare).filter(|_| bare.contains("://")) {
            Some(url) => {
                let told = words.trim().to_owned();
                words.clear();
                // Text made of HTML has each anchor before its address: `Une rénovation (https://…)`.
                let bracketed = word.starts_with('(') && word.trim_end_matches(['.', ',', ';', ':']).ends_with(')');
                if noted.is_some() && !told.is_empty() {
                    // Behind a bullet, what has a number behind it is a title.
                    let titled = line.bullet && line.spans.is_empty() && !told.contains(". ") && told.len() <= ANCHOR;
                    let few = told.rmatch_indices(' ').nth(NOTED - 1).map_or(0, |(at, _)| at + 1);
                    let begins = if titled { 0 } else { few };
                    let (before, anchor) = told.split_at(begins);
                    if !before.is_empty() {
                        line.spans.push(Span { text: before.to_owned(), link: None, used: None, strong: false });
                    }
                    let used = match links::judge(&url, anchor, never) {
                        Use::Service => Use::Service,
                        _ => Use::Named,
                    };
                    let link = Some(Arc::new(url));
                    line.spans.push(Span { text: format!("{anchor} "), link, used: Some(used), strong: false });
                    if let Some((_, tail)) = word.rsplit_once(']').filter(|(_, tail)| !tail.is_empty()) {
                        words.push_str(tail);
                        words.push(' ');
                    }
                    continue;
                }
                if bracketed && !told.is_empty() && told.chars().count() <= ANCHOR {
                    // What ended before is no part of the anchor; where the sentence goes on, it is its last words.
                    let ended = [". ", "! ", "? "].iter().filter_map(|end| told.rfind(end)).max();
                    let few = told.rmatch_indices(' ').nth(NOTED - 1).map_or(0, |(at, _)| at + 1);
                    let amid = !line.bullet && goes_on(&all[at + 1..]);
                    let begins = ended.map_or(0, |at| at + 2).max(if amid { few } else { 0 });
                    let (before, anchor) = told.split_at(begins);
                    if !before.is_empty() {
                        line.spans.push(Span { text: before.to_owned(), link: None, used: None, strong: false });
                    }
                    // `Read the report (https://…) →`
                    let arrow = all.get(at + 1).filter(|next| !is_word(next)).copied().unwrap_or_default();
                    let used = Some(links::judge(&url, format!("{anchor} {arrow}").trim(), never));
                    let link = Some(Arc::new(url));
                    line.spans.push(Span { text: format!("{anchor} "), link, used, strong: false });
                    continue;
                }
                let used = match links::judge(&url, if told.is_empty() { "more" } else { &told }, never) {
                    Use::Service => Use::Service,
                    // In the midst of a sentence it is of a word of it.
                    _ if !told.is_empty() && goes_on(&all[at + 1..]) => Use::Named,
                    _ => Use::More,
                };
                if !told.is_empty() {
                    line.spans.push(Span { text: format!("{told} "), link: None, used: None, strong: false });
                }
                line.spans.push(Span {
                    text: String::new(),
                    link: Some(Arc::new(url)),
                    used: Some(used),
                    strong: false,
                });
            }
            None => {
                // What closed behind an address.
                open |= word.contains('[');
                words.push_str(word.strip_prefix(']').filter(|_| !open).unwrap_or(word));
                words.push(' ');
            }
        }
    }
    let rest = words.trim();
    if !rest.is_empty() {
        line.spans.push(Span { text: rest.to_owned(), link: None, used: None, strong: false });
    }
    line
}

fn is_word(word: &str) -> bool {
    word.chars().any(char::is_alphabetic) && !word.contains("://")
}

/// True where a sentence goes on behind an address.
fn goes_on(rest: &[&str]) -> bool {
    let small = rest.first().is_some_and(|word| word.starts_with(char::is_lowercase) || word.starts_with([',', ';']));
    small && rest.iter().take(AFTER).filter(|word| !word.contains("://")).count() == AFTER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_a_text_letter_are_its_links() {
        let text = "Une rénovation qui tient\nses promesses\n<https://a.example/un>\n\n2. Autre titre https://a.example/deux\nfin";
        let lines = of_text(text, &[]);
        assert_eq!(lines[0].text(), "Une rénovation qui tient ses promesses");
        assert_eq!(lines[1].links(Use::More).count(), 1);
        assert_eq!(lines[2].links(Use::More).count(), 1);
    }

    #[test]
    fn the_address_of_a_footnote_stands_where_its_number_did() {
        let text = "Le lycée chauffe [1] au bois. La mairie l'annonce [2], et la région [3].\n\n[1]: https://a.example/un\n[2] https://a.example/deux\n [3]: https://a.example/trois\n";
        let lines = of_text(text, &[]);
        assert_eq!(lines.len(), 1, "the notes themselves are gone");
        let links: Vec<(String, String)> =
            lines[0].links(Use::Named).map(|(anchor, link)| (anchor.trim().to_owned(), link.to_string())).collect();
        assert_eq!(links[0], ("Le lycée chauffe".to_owned(), "https://a.example/un".to_owned()));
        assert_eq!(links.len(), 3);
        assert!(lines[0].text().starts_with("Le lycée chauffe au bois."), "{}", lines[0].text());
    }

    #[test]
    fn an_address_in_the_midst_of_a_sentence_is_of_the_words_before_it() {
        let text = "Le lycée chauffe au bois [ https://a.example/un ], la mairie aussi. Le récit en est long [ https://a.example/deux ]\n";
        let lines = of_text(text, &[]);
        assert_eq!(
            lines[0].links(Use::Named).map(|(anchor, _)| anchor.trim()).collect::<Vec<_>>(),
            ["chauffe au bois"]
        );
        assert_eq!(lines[0].links(Use::More).count(), 1);
        assert!(lines[0].text().starts_with("Le lycée chauffe au bois , la mairie"), "{}", lines[0].text());
    }

    #[test]
    fn a_row_that_ended_early_is_a_title_and_frames_are_none_of_the_text() {
        let full = "Cette ligne a été pliée par un programme de courrier, comme\nles suivantes, au même endroit de la page à deux mots près,\net toutes les autres de cette lettre le sont au même endroit\n";
        let text = format!(
            "{0}\nUne rénovation\n{1}\n----- Le dossier -----\n+-------+\n| Un cadre |\n+-------+\nsuite\n-----BEGIN PGP SIGNATURE-----\nabc\n",
            format!("{full}\n").repeat(9),
            full
        );
        let texts: Vec<String> = of_text(&text, &[]).iter().map(Line::text).collect();
        assert!(texts.iter().any(|text| text == "Une rénovation"), "{texts:?}");
        assert_eq!(texts[texts.len() - 3..], ["Le dossier", "Un cadre", "suite"]);
        assert_eq!(framed("-=end=-----------------"), None);
        assert!(is_rule("-=end=-----------------") && !is_rule("-- "));
    }

    #[test]
    fn stars_and_signs_of_quotation_that_are_none_go() {
        assert_eq!(without_stars("*Écouter* le **podcast**"), "Écouter le podcast");
        assert_eq!(without_stars("* Une entrée"), "* Une entrée");
        assert_eq!(without_stars("3 * 4 * 5"), "3 * 4 * 5");
        let text = "Un atelier de réparation\nMardi à 18 h, salle des fêtes, sans inscription.\n> S'inscrire : https://a.example/1\n";
        let lines = of_text(text, &[]);
        assert!(lines.iter().any(|line| line.links(Use::More).next().is_some()));
        let lines = of_text("> Nous nous verrons mardi\n> à Lyon\nJ'en serai.\n", &[]);
        assert_eq!(lines.len(), 1);
    }
}
