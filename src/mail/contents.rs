//! A letter that announces its stories ("In this issue", "Au sommaire"): what stands in its table of contents and comes
//! back below is the title of a story, however it is set there.

use std::collections::HashMap;

use super::anchors::letters;
use super::chunks::Chunk;
use super::lines::{Line, Span};
use super::links::{Use, is_site};

/// Entries from which lines that come back are a table of contents.
const ENTRIES: usize = 3;
/// The same where a heading says so.
const SAID: usize = 2;
/// Most ways on without a title that are of the story above them; more of them are stories of their own.
const OWN: usize = 5;
/// Lines among which such a table is looked for.
const TOP: usize = 300;
/// Most lines that are compared with an entry.
const PLACES: usize = 60;
/// Most words of an entry, and its letters.
const ENTRY: usize = 22;
const LETTERS: std::ops::RangeInclusive<usize> = 5..=300;
/// Words of a title that no text begins with by chance.
const LONG: usize = 4;
/// Words from which what ends on a point is a sentence.
const TOLD: usize = 12;
/// Lines between two entries that are none: headings of the table.
const GAP: usize = 1;
/// From this likeness on two titles are one, however they were typed.
const LIKE: f64 = 0.92;

/// Marks the titles that a table of contents announces and takes the table out; a letter without one stays as it is.
pub(super) fn keep_word(lines: Vec<Line>) -> Vec<Line> {
    let Some(entries) = table(&lines) else { return lines };
    let announced: HashMap<usize, (usize, usize)> =
        entries.iter().map(|entry| (entry.below, (entry.at, entry.words))).collect();
    let mut kept = Vec::with_capacity(lines.len() + entries.len());
    let links: HashMap<usize, Span> = entries
        .iter()
        .filter_map(|entry| Some((entry.at, lines[entry.at].spans.iter().find(|span| span.used == Some(Use::Named))?)))
        .map(|(at, span)| (at, span.clone()))
        .collect();
    let own_link = |at: usize| {
        let next = entries.iter().map(|entry| entry.below).find(|below| *below > at).unwrap_or(lines.len());
        lines[at..next].iter().any(|line| line.links(Use::Named).chain(line.links(Use::More)).next().is_some())
    };
    for (at, line) in lines.iter().enumerate() {
        if entries.iter().any(|entry| entry.at == at) {
            continue;
        }
        let Some((entry, words)) = announced.get(&at) else {
            kept.push(line.clone());
            continue;
        };
        let (mut title, rest) = split(line, *words);
        if let Some(link) = links.get(entry).filter(|_| !own_link(at)) {
            for span in &mut title.spans {
                (span.link, span.used) = (link.link.clone(), link.used);
            }
        }
        title.announced = true;
        kept.push(title);
        kept.extend(rest);
    }
    kept
}

/// Gives announced stories the few ways on that stand below them without a title, and takes out what leads on above the
/// first of them.
pub(super) fn gather(chunks: Vec<Chunk>) -> Vec<Chunk> {
    let Some(first) = chunks.iter().position(|chunk| chunk.announced) else { return chunks };
    let mut kept: Vec<Chunk> = Vec::with_capacity(chunks.len());
    let mut rest = chunks.into_iter().enumerate().peekable();
    while let Some((at, mut chunk)) = rest.next() {
        let bare = chunk.link.as_ref().or(chunk.more.as_ref()).is_some_and(is_site);
        if at < first && (chunk.title.is_none() || bare) {
            continue;
        }
        let mut ways = Vec::new();
        let mut open = chunk.link.is_none() && chunk.more.is_none() && chunk.inline.is_empty();
        // Rows of a list below a title that has no way on yet are of its text.
        let below = |next: &Chunk| {
            let bold = next.set_apart && next.level == 0 && chunk.level > 0 && next.link.is_none();
            bold && !next.announced && !next.run_in && next.section == chunk.section
        };
        while chunk.announced
            && rest
                .peek()
                .is_some_and(|(_, next)| next.title.is_none() || below(next) || open && next.bullet && !next.announced)
        {
            let way = rest.next().map(|(_, next)| next);
            open &= way.as_ref().is_none_or(|way| way.link.is_none() && way.more.is_none());
            ways.extend(way);
        }
        if ways.iter().filter(|way| way.link.is_some() || way.more.is_some()).count() > OWN {
            kept.push(chunk);
            kept.extend(ways);
            continue;
        }
        for way in ways {
            chunk.more = chunk.more.take().or(way.link).or(way.more);
            chunk.inline.extend(way.inline);
            chunk.text.extend(way.title);
            chunk.text.extend(way.text);
        }
        kept.push(chunk);
    }
    kept
}

/// An entry of the table: its line, the line at which it comes back, and with how many of that line's words.
#[derive(Debug)]
struct Entry {
    at: usize,
    below: usize,
    words: usize,
}

fn table(lines: &[Line]) -> Option<Vec<Entry>> {
    let keys: Vec<Vec<String>> = lines.iter().map(|line| key(&line.text())).collect();
    let mut first: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, key) in keys.iter().enumerate() {
        if let Some(word) = key.first() {
            first.entry(word).or_default().push(at);
        }
    }
    let leads = |line: &Line| line.spans.iter().any(|span| matches!(span.used, Some(Use::More | Use::Service)));
    let places = |at: usize| -> Vec<(usize, usize)> {
        let key = &keys[at];
        let fits = (1..=ENTRY).contains(&key.len()) && LETTERS.contains(&key.iter().map(String::len).sum());
        if !fits || leads(&lines[at]) {
            return Vec::new();
        }
        let cut = lines[at].text().ends_with("...") || lines[at].text().ends_with('…');
        let below = first.get(key[0].as_str()).into_iter().flatten().filter(|below| **below > at).take(PLACES);
        below.filter_map(|below| Some((*below, same(key, &keys[*below], &lines[*below], cut)?))).collect()
    };
    let mut best: Vec<Entry> = Vec::new();
    let mut at = 0;
    while at < lines.len().min(TOP) {
        let mut run: Vec<(usize, Vec<(usize, usize)>)> = Vec::new();
        let mut next = at;
        while next < lines.len().min(TOP) && run.last().is_none_or(|(last, _)| next - last <= GAP + 1) {
            let found = places(next);
            if !found.is_empty() {
                run.push((next, found));
            } else if run.is_empty() {
                break;
            }
            next += 1;
        }
        let Some(end) = run.last().map(|(last, _)| *last) else {
            at += 1;
            continue;
        };
        // Stories that are told twice are no table.
        let told =
            run.iter().filter(|(line, _)| keys[*line].len() >= TOLD && lines[*line].text().ends_with('.')).count();
        let mut entries: Vec<Entry> = Vec::new();
        for (line, found) in run.into_iter().filter(|_| told == 0) {
            // What comes back comes back in order, below the table.
            let after = entries.last().map_or(end, |entry| entry.below);
            if let Some((below, words)) = found.into_iter().find(|(below, _)| *below > after) {
                entries.push(Entry { at: line, below, words });
            }
        }
        let said = at.checked_sub(1).is_some_and(|above| is_said(&lines[above].text()));
        let enough = entries.len() >= if said { SAID } else { ENTRIES };
        let words = |from: usize, to: usize| keys[from..to].iter().map(Vec::len).sum::<usize>();
        let wide = |of: &dyn Fn(&Entry) -> usize| match (entries.first(), entries.last()) {
            (Some(first), Some(last)) => words(of(first), of(last)),
            _ => 0,
        };
        // A list of what was told most stands below it, and closer.
        let tells = wide(&|entry| entry.below) >= 2 * wide(&|entry| entry.at);
        if enough && tells && entries.len() > best.len() {
            best = entries;
        }
        at = end + 1;
    }
    (!best.is_empty()).then_some(best)
}

/// Words over a table of contents.
fn is_said(heading: &str) -> bool {
    const SAYS: [&str; 12] = [
        "in this",
        "contents",
        "table of contents",
        "sommaire",
        "au sommaire",
        "dans ce",
        "dans cette",
        "au menu",
        "inhalt",
        "in dieser",
        "en este",
        "en esta",
    ];
    let words = letters(heading);
    words.split(' ').count() <= 6 && SAYS.iter().any(|says| words.starts_with(says) || words.ends_with(says))
}

/// The words of a title without its number.
fn key(text: &str) -> Vec<String> {
    let plain = letters(text);
    let mut words: Vec<String> = plain.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let counts = |word: &str| {
        word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit())
            || word.len() <= 4 && word.bytes().all(|b| matches!(b, b'i' | b'v' | b'x'))
    };
    if words.len() > 1 && counts(&words[0]) {
        words.remove(0);
    }
    words
}

/// How many words of a line are the title that was announced: all of them, or those before its text.
fn same(title: &[String], line: &[String], whole: &Line, cut: bool) -> Option<usize> {
    if line.len() < title.len() {
        return None;
    }
    let like = |one: &[String], other: &[String]| {
        let (one, other) = (one.join(" "), other.join(" "));
        // Measured only where they may be alike: it takes the product of their lengths.
        let near = one.len().abs_diff(other.len()) * 10 <= one.len();
        one == other || near && strsim::normalized_levenshtein(&one, &other) >= LIKE
    };
    if line.len() == title.len() {
        return like(title, line).then_some(line.len());
    }
    if !like(title, &line[..title.len()]) {
        return None;
    }
    if cut {
        return Some(if line.len() <= ENTRY { line.len() } else { title.len() });
    }
    // Behind a title comes a point, or the line was set below it.
    let (head, rest) = split(whole, title.len());
    let parted = head.text().ends_with(['.', ':', '|', '!', '?', '—', '–']);
    let capitals = head.text().chars().any(char::is_alphabetic) && !head.text().chars().any(char::is_lowercase);
    (parted || capitals || title.len() >= LONG || rest.is_some_and(|rest| title.len() >= 3 && leads_at_end(&rest)))
        .then_some(title.len())
}

/// A line that ends on its address.
fn leads_at_end(line: &Line) -> bool {
    line.spans.last().is_some_and(|span| span.link.is_some())
}

/// Cuts a line behind some of its words, its number aside.
fn split(line: &Line, words: usize) -> (Line, Option<Line>) {
    let text = line.text();
    let all = letters(&text).split(' ').filter(|word| !word.is_empty()).count();
    let numbered = all - key(&text).len();
    let (mut head, mut rest) =
        (Line { spans: Vec::new(), ..line.clone() }, Line { spans: Vec::new(), ..Line::default() });
    let mut left = words + numbered;
    for span in &line.spans {
        let own = letters(&span.text).split(' ').filter(|word| !word.is_empty()).count();
        if left >= own && rest.spans.is_empty() && (left > 0 || own == 0) {
            left -= own;
            head.spans.push(span.clone());
            continue;
        }
        if left > 0 && rest.spans.is_empty() {
            let at = behind(&span.text, left);
            let (before, after) = span.text.split_at(at);
            head.spans.push(Span { text: before.to_owned(), ..span.clone() });
            rest.spans.push(Span { text: after.to_owned(), ..span.clone() });
            left = 0;
            continue;
        }
        rest.spans.push(span.clone());
    }
    head.spans.iter_mut().for_each(|span| span.strong = true);
    let rest = Some(rest).filter(|rest| !rest.spans.is_empty());
    (head, rest)
}

/// Where in a text its first `count` words end, with the marks that close them.
fn behind(text: &str, count: usize) -> usize {
    let (mut words, mut inside) = (0, false);
    for (at, c) in text.char_indices() {
        let letter = c.is_alphanumeric();
        if letter && !inside {
            if words == count {
                return at;
            }
            words += 1;
        } else if !letter && words == count && c.is_whitespace() {
            return at;
        }
        inside = letter;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::plain::of_text;

    const LETTER: &str = "DANS CE NUMÉRO\n\n01. Le réseau de chaleur\n02. Kartoo\n03. Une aide pour les copropriétés\n\n\
        01. LE RÉSEAU DE CHALEUR. La ville étend son réseau de chaleur au sud, où deux mille logements seront raccordés\n\
        d'ici trois ans. Le plan est sur https://a.example/reseau et il se lit bien.\n\n\
        02. KARTOO. Un moteur de recherche qui montre ses réponses sur une carte, à essayer sur\n\
        https://b.example/ un jour de pluie, sans rien attendre de trop précis de lui.\n\n\
        Une aide pour les copropriétés\n\nLa région paie la moitié des études.\n\nhttps://c.example/aide\n";

    #[test]
    fn what_was_announced_is_a_title_and_the_table_goes() {
        let kept = keep_word(of_text(LETTER, &[]));
        let announced: Vec<String> = kept.iter().filter(|line| line.announced).map(Line::text).collect();
        assert_eq!(announced, ["01. LE RÉSEAU DE CHALEUR.", "02. KARTOO.", "Une aide pour les copropriétés"]);
        assert_eq!(kept.iter().filter(|line| line.text().contains("Kartoo")).count(), 0, "the table is gone");
        assert!(kept.iter().any(|line| line.text().starts_with("La ville étend")));
    }

    #[test]
    fn a_letter_without_a_table_stays_as_it_is() {
        let text = "Un titre\n\nUn texte plus long que lui, et un autre.\n\nhttps://a.example/un\n\nLes plus lus\n\nUn titre\n";
        let lines = of_text(text, &[]);
        assert_eq!(keep_word(lines.clone()), lines);
    }

    #[test]
    fn stories_that_are_told_twice_are_no_table() {
        let story = "Une ville\n\nLe conseil a voté hier soir, après de longs débats, le plan de rénovation de toutes ses écoles.\n\nUne île\n\n";
        let lines = of_text(&format!("{story}Autre chose\n\n{story}"), &[]);
        assert!(keep_word(lines).iter().all(|line| !line.announced));
    }
}
