//! Forms that are seen only over all lines of a letter: anchors that come back, addresses on lines of their own, blocks and
//! paragraphs that end on their link or begin bold, lists that are none.

use std::collections::{HashMap, HashSet};

use crate::text::urls;

use super::anchors::{self, letters};
use super::lines::{Line, Span};
use super::links::{self, Use};
use super::roles;
use super::titles;

/// Addresses to which one anchor leads, and its most words, for it to be a way on rather than a title.
const REPEATED: usize = 3;
const REPEATED_WORDS: usize = 4;
/// Addresses from which it is one however many other links there are.
const OFTEN: usize = 6;
/// Words by which longer anchors that call for a click are compared.
const CALL: usize = 3;
/// Addresses on lines of their own from which such is the form of a letter, and the words of a title above one.
const ADDRESSED: usize = 3;
const TITLE: (usize, usize) = (2, 16);
/// Blocks of a short line and a text from which they are the form of a letter.
const PAIRS: usize = 4;
/// Words of an entry that has its way on behind it.
const ENTRY: (usize, usize) = (3, 30);
/// Short paragraphs that hold links from which they are the form of a letter, and their most links.
const TOLD: usize = 8;
const MOST_WAYS: usize = 4;
/// Words of a paragraph.
const PARAGRAPH: usize = 40;
/// Most words of a link that ends a block, and of one right below its title.
const WAY: usize = 7;
const SHORT_WAY: usize = 3;
/// Lines of a block, and blocks that end on a link from which they are the form of a letter.
const BLOCK: usize = 5;
const WAYS: usize = 3;
/// Paragraphs that begin bold from which they are the form of their section.
const RUN: usize = 3;
/// Pages on networks from which they are the sender's own.
const NETWORKS: usize = 3;
/// Words of a text that says something.
const SENTENCE: usize = 8;
/// Paragraphs that end on their link, from which such is the form of a letter, and their most words.
const CLOSING: usize = 3;
const CLOSING_WORDS: (usize, usize) = (7, 70);

/// Reads what all lines of a letter have in common into each of them.
pub(super) fn read(lines: &mut [Line]) {
    titles::join_broken(lines);
    titles::ease(lines);
    titles::ease_sentences(lines);
    ease_bullets(lines);
    mark_networks(lines);
    titles::mark_sections(lines);
    mark_run_in(lines);
    mark_brief(lines);
    titles::mark_capitals(lines);
    titles::mark_linked_texts(lines);
    titles::mark_teasers(lines);
    titles::mark_terse(lines);
    mark_ways(lines);
    mark_repeated(lines);
    mark_addressed(lines);
    mark_pairs(lines);
    mark_titled(lines);
    mark_closing(lines);
    mark_told(lines);
}

/// Lists of which hardly an entry leads on count up what their story says.
fn ease_bullets(lines: &mut [Line]) {
    let mut run: Vec<usize> = Vec::new();
    for at in (0..lines.len()).map(Some).chain([None]) {
        match at.filter(|at| lines[*at].bullet && lines[*at].words() > 0) {
            Some(at) => run.push(at),
            None => {
                let run = std::mem::take(&mut run);
                let led = run.iter().filter(|at| lines[**at].is_linked()).count();
                if run.len() >= RUN && led > 0 && led * 3 <= run.len() {
                    run.into_iter().filter(|at| !lines[*at].is_set_apart()).collect::<Vec<_>>().into_iter().for_each(
                        |at| {
                            lines[at].bullet = roles::begins_bold(&lines[at], false).is_some();
                        },
                    );
                }
            }
        }
    }
}

/// Several anchors that end each on a network are the sender's own pages there.
fn mark_networks(lines: &mut [Line]) {
    let is_one = |span: &Span| span.used == Some(Use::Named) && anchors::ends_on_a_network(&span.text);
    let spans = |line: &Line| line.spans.iter().chain(&line.pictured).filter(|span| is_one(span)).count();
    if lines.iter().map(spans).sum::<usize>() < NETWORKS {
        return;
    }
    for line in lines {
        let spans = line.spans.iter_mut().chain(&mut line.pictured).filter(|span| is_one(span));
        spans.for_each(|span| span.used = Some(Use::Service));
    }
}

/// Paragraphs one below the other, or most entries of a letter, that each begin on a bold title, of which some lead on:
/// all of them are stories.
fn mark_run_in(lines: &mut [Line]) {
    let entries: Vec<usize> =
        (0..lines.len()).filter(|at| lines[*at].bullet && lines[*at].words() >= PARAGRAPH / 2).collect();
    let begin: Vec<usize> =
        entries.iter().copied().filter(|at| roles::begins_bold(&lines[*at], false).is_some()).collect();
    if begin.len() >= PAIRS && begin.len() * 4 >= entries.len() * 3 {
        begin.into_iter().for_each(|at| lines[at].run_in = true);
    }
    let leads = |line: &Line| line.links(Use::Named).chain(line.links(Use::More)).next().is_some();
    let shown: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].words() > 0).collect();
    let mut run: Vec<usize> = Vec::new();
    for at in shown.into_iter().map(Some).chain([None]) {
        match at.filter(|at| roles::begins_bold(&lines[*at], true).is_some()) {
            Some(at) => run.push(at),
            None => {
                let run = std::mem::take(&mut run);
                let led = run.iter().filter(|at| leads(&lines[**at])).count();
                // Right below the heading of a section they are its news.
                let above = run.first().and_then(|first| lines[..*first].iter().rev().find(|line| line.words() > 0));
                let headed = above.is_some_and(|line| line.is_set_apart() && !line.is_linked());
                if run.len() >= RUN && (led * 2 >= run.len() || headed && led > 0) {
                    run.into_iter().for_each(|at| lines[at].run_in = true);
                }
            }
        }
    }
}

/// Sections of paragraphs that each lead on, beside sections that are lists: their paragraphs are entries too.
fn mark_brief(lines: &mut [Line]) {
    let leads = |line: &Line| line.links(Use::Named).chain(line.links(Use::More)).count();
    for level in 1..=6 {
        let mut headings: Vec<usize> =
            (0..lines.len()).filter(|at| lines[*at].heading == level && !lines[*at].is_linked()).collect();
        headings.push(lines.len());
        let shown = |range: std::ops::Range<usize>| range.filter(|at| lines[*at].words() > 0).collect::<Vec<usize>>();
        let sections: Vec<Vec<usize>> = headings.windows(2).map(|pair| shown(pair[0] + 1..pair[1])).collect();
        let listed = |section: &&Vec<usize>| {
            let entries = section.iter().filter(|at| lines[**at].bullet && leads(&lines[**at]) > 0).count();
            entries >= 2 && entries * 3 >= section.len() * 2
        };
        if !sections.iter().any(|section| listed(&section)) {
            continue;
        }
        // What the house says of itself may stand below them.
        let brief = |at: &&usize| {
            let line = &lines[**at];
            !line.bullet
                && line.heading == 0
                && line.words() >= SENTENCE
                && (1..=2).contains(&leads(line))
                && !line.is_strong()
        };
        let runs: Vec<Vec<usize>> =
            sections.iter().map(|section| section.iter().take_while(brief).copied().collect()).collect();
        for at in runs.into_iter().filter(|run: &Vec<usize>| run.len() >= 2).flatten() {
            lines[at].bullet = true;
        }
    }
}

/// Blocks of a title, a text and one short link, the next title right below it: the link leads on, whatever it is called.
fn mark_ways(lines: &mut [Line]) {
    let linked = |line: &Line| line.spans.iter().any(|span| matches!(span.used, Some(Use::Named | Use::More)));
    let shown = |line: &Line| !line.text().is_empty();
    let title = |line: &Line| !linked(line) && line.is_set_apart();
    let way = |line: &Line| {
        let one = line.links(Use::Named).chain(line.links(Use::More)).count() == 1;
        one && line.heading == 0
            && (1..=WAY).contains(&line.words())
            && line.spans.iter().all(|span| span.link.is_some() || !span.text.chars().any(char::is_alphanumeric))
    };
    let seen: Vec<usize> = (0..lines.len()).filter(|at| shown(&lines[*at])).collect();
    let last = lines.iter().rposition(title).unwrap_or_default();
    let mut ways = Vec::new();
    for (place, at) in seen.iter().enumerate().skip(2) {
        let above = seen[..place].iter().rev().map(|above| &lines[*above]);
        let mut told = above.take(BLOCK).take_while(|line| !linked(line)).peekable();
        // A short one may stand right below its title.
        let right_below = lines[*at].words() <= SHORT_WAY;
        let text = told.peek().is_some_and(|line| if title(line) { right_below } else { line.words() >= 4 });
        let ends = *at > last || seen.get(place + 1).is_none_or(|next| title(&lines[*next]));
        if way(&lines[*at]) && text && ends && told.any(title) {
            ways.push(*at);
        }
    }
    if ways.len() >= WAYS {
        for at in ways {
            let named = lines[at].spans.iter_mut().filter(|span| span.used == Some(Use::Named));
            named.for_each(|span| span.used = Some(Use::More));
        }
    }
}

/// Short anchors that come back, each time with another address, name no story: they lead on from one, in whatever
/// language.
fn mark_repeated(lines: &mut [Line]) {
    let named = |span: &Span| {
        let anchor = Some(span).filter(|span| span.used == Some(Use::Named)).map(|span| letters(&span.text))?;
        let words: Vec<&str> = anchor.split(' ').filter(|word| !word.is_empty()).collect();
        // `Read the source: …` calls for a click, whatever stands behind.
        let called = words.first().is_some_and(|word| anchors::calls(word)) && words.len() > CALL;
        if called {
            return Some(words[..CALL].join(" "));
        }
        (1..=REPEATED_WORDS).contains(&words.len()).then_some(anchor)
    };
    // A heading is a title, and in a sentence it is a word of it.
    let apart = |line: &Line| line.heading == 0 && line.linked_share() >= 0.5;
    let mut seen: HashMap<String, HashSet<String>> = HashMap::new();
    for span in lines.iter().filter(|line| apart(line)).flat_map(|line| &line.spans) {
        if let (Some(anchor), Some(link)) = (named(span), &span.link) {
            seen.entry(anchor).or_default().insert(urls::canonical(link));
        }
    }
    // Twice is enough where each stands alone below its text.
    let below = |at: usize| {
        let alone = lines[at].linked_share() >= 0.9 && lines[at].links(Use::Named).count() == 1;
        alone && at.checked_sub(1).is_some_and(|above| !lines[above].is_linked() && lines[above].words() >= SENTENCE)
    };
    let mut twice: HashSet<String> = seen
        .iter()
        .filter(|(anchor, to)| to.len() == 2 && anchor.contains(' '))
        .map(|(anchor, _)| anchor.clone())
        .collect();
    for at in (0..lines.len()).filter(|at| !below(*at)) {
        for anchor in lines[at].spans.iter().filter_map(named) {
            twice.remove(&anchor);
        }
    }
    let all: usize = lines.iter().map(|line| line.links(Use::Named).count()).sum();
    for span in lines.iter_mut().filter(|line| apart(line)).flat_map(|line| &mut line.spans) {
        let arrow = span.text.trim_end().ends_with(['→', '»', '›', '>', '➜', '➔', '▶', '►']);
        let leads =
            |to: &HashSet<String>| to.len() >= REPEATED && (arrow || to.len() >= OFTEN || to.len() * 5 >= all * 2);
        if named(span).is_some_and(|anchor| twice.contains(&anchor) || seen.get(&anchor).is_some_and(leads)) {
            span.used = Some(Use::More);
        }
    }
}

/// Addresses that stand as they are, each on a line of its own below what they are of: they lead on, and a short line
/// above one is its title.
fn mark_addressed(lines: &mut [Line]) {
    let alone = |line: &Line| {
        let mut spans = line.spans.iter().filter(|span| !span.text.trim().is_empty());
        let first = spans.next().filter(|_| spans.next().is_none());
        let path = |span: &Span| span.link.as_deref().is_some_and(|link| !links::is_site(link));
        first.is_some_and(|span| span.used == Some(Use::Meta) && span.text.contains("://") && path(span))
    };
    let at: Vec<usize> = (0..lines.len()).filter(|at| alone(&lines[*at])).collect();
    if at.len() < ADDRESSED {
        return;
    }
    for at in at {
        lines[at].spans.iter_mut().filter(|span| span.used == Some(Use::Meta)).for_each(|span| {
            span.used = Some(Use::More);
            span.text.clear();
        });
        // Where a title stands above the text, the text is none.
        let titled = at.checked_sub(2).is_some_and(|title| lines[title].is_set_apart() && !lines[title].is_linked());
        let Some(above) = at.checked_sub(1).filter(|_| !titled).map(|above| &mut lines[above]) else { continue };
        let words = above.words();
        if !above.is_linked() && (TITLE.0..=TITLE.1).contains(&words) && !above.text().ends_with([':', ',', ';']) {
            above.spans.iter_mut().for_each(|span| span.strong = true);
        }
    }
}

/// Blocks of two lines, a short one and a text that leads on, again and again: the short ones are titles, however they
/// are set.
fn mark_pairs(lines: &mut [Line]) {
    let short = |line: &Line| {
        let text = line.text();
        !line.is_linked() && (2..=TITLE.1 + 8).contains(&line.words()) && !text.ends_with(['.', ':', ',', ';'])
    };
    let told = |line: &Line| {
        let ways = line.links(Use::More).chain(line.links(Use::Named)).count();
        ways == 1 && line.words() > SENTENCE && line.links(Use::More).count() == 1 && !line.is_set_apart()
    };
    let pairs: Vec<usize> =
        (1..lines.len()).filter(|at| told(&lines[*at]) && short(&lines[at - 1])).map(|at| at - 1).collect();
    let shown = lines.iter().filter(|line| line.words() > 1).count();
    if pairs.len() >= PAIRS && pairs.len() * 10 >= shown * 3 {
        pairs.into_iter().for_each(|at| lines[at].spans.iter_mut().for_each(|span| span.strong = true));
    }
}

/// Lines of words with a bare way on behind them: the words are the title of what it leads to, and each is an entry.
fn mark_titled(lines: &mut [Line]) {
    let titled = |line: &Line| {
        let mut spans = line.spans.iter().filter(|span| span.link.is_some() || span.text.contains(char::is_alphabetic));
        let (first, second) = (spans.next(), spans.next());
        // "Pour en savoir plus : …" is no title.
        let title = |text: &str| {
            let words = text.split_whitespace().count();
            (ENTRY.0..=ENTRY.1).contains(&words)
                && !text.trim_end().ends_with(':')
                && !anchors::is_more(&letters(text), words)
        };
        let words = first.is_some_and(|span| span.link.is_none() && title(&span.text));
        let way = second.is_some_and(|span| span.used == Some(Use::More) && !span.text.contains(char::is_alphanumeric));
        words && way && spans.next().is_none() && !line.is_set_apart() && !line.bullet
    };
    let titled: Vec<usize> = (0..lines.len()).filter(|at| titled(&lines[*at])).collect();
    if titled.len() >= ADDRESSED {
        titled.into_iter().for_each(|at| lines[at].bullet = true);
    }
}

/// A letter of many short paragraphs that each hold their links is a list of them: no essay is told so.
fn mark_told(lines: &mut [Line]) {
    let plain = |line: &&Line| line.heading == 0 && !line.is_strong() && line.words() >= ENTRY.0;
    let leads = |line: &Line| line.links(Use::Named).chain(line.links(Use::More)).count();
    let short =
        |line: &Line| (ENTRY.0..=CLOSING_WORDS.1).contains(&line.words()) && (1..=MOST_WAYS).contains(&leads(line));
    // What begins on its link, or bold, has a title of its own.
    let untitled = |line: &Line| line.spans.first().is_some_and(|span| !span.strong);
    let all = lines.iter().filter(plain).count();
    let told: Vec<usize> =
        (0..lines.len()).filter(|at| plain(&&lines[*at]) && short(&lines[*at]) && untitled(&lines[*at])).collect();
    let bulleted = told.iter().filter(|at| lines[**at].bullet).count();
    let titles = lines.iter().filter(|line| line.heading > 1 || line.is_strong()).count();
    if told.len() >= TOLD && told.len() * 10 >= all * 6 && bulleted * 3 <= told.len() && titles * 3 <= told.len() {
        told.into_iter().for_each(|at| lines[at].bullet = true);
    }
}

/// A letter of paragraphs that each end on a link, as colleagues write who pass on what they read: each is an entry.
fn mark_closing(lines: &mut [Line]) {
    let leads = |span: &Span| matches!(span.used, Some(Use::Named | Use::More));
    let closes = |line: &Line| {
        let mut linked = line.spans.iter().enumerate().filter(|(_, span)| leads(span));
        let Some((at, _)) = linked.next().filter(|_| linked.next().is_none()) else { return false };
        let rest: usize = line.spans[at + 1..].iter().map(|span| span.text.trim().chars().count()).sum();
        let told = line.spans[..at].iter().map(|span| span.text.split_whitespace().count()).sum::<usize>();
        line.heading == 0
            && !line.bullet
            && !line.is_strong()
            && rest <= 2
            && told >= 5
            && (CLOSING_WORDS.0..=CLOSING_WORDS.1).contains(&line.words())
    };
    let closing: Vec<usize> = (0..lines.len()).filter(|at| closes(&lines[*at])).collect();
    let told: usize = closing.iter().map(|at| lines[*at].words()).sum();
    let all: usize = lines.iter().map(Line::words).filter(|count| *count >= CLOSING_WORDS.0).sum();
    let titles = lines.iter().filter(|line| line.heading > 1 || line.is_strong()).count();
    if closing.len() >= CLOSING && told * 3 >= all * 2 && titles < closing.len() {
        closing.into_iter().for_each(|at| lines[at].bullet = true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::lines::of_html;

    fn used(page: &str) -> Vec<(String, Option<Use>)> {
        let mut lines = of_html(page, &[]).expect("lines");
        mark_repeated(&mut lines);
        mark_addressed(&mut lines);
        let spans = lines.into_iter().flat_map(|line| line.spans);
        spans.filter(|span| span.link.is_some()).map(|span| (span.text.trim().to_owned(), span.used)).collect()
    }

    #[test]
    fn an_anchor_that_comes_back_leads_on_in_whatever_language() {
        let story = |n: u8| format!("<p>Norma {n}</p><a href='https://a.example/{n}'>Ver disposición</a>");
        let marked = used(&(1..=3).map(story).collect::<String>());
        assert!(marked.iter().all(|(_, used)| *used == Some(Use::More)), "{marked:?}");
        let story = |n: u8| format!("<a href='https://a.example/{n}'>Consulter la source : un titre {n}</a><br>");
        let marked = used(&(1..=3).map(story).collect::<String>());
        assert!(marked.iter().all(|(_, used)| *used == Some(Use::More)), "{marked:?}");
        // Meetings of one name are titles among others.
        let others: String =
            (4..=9).map(|n| format!("<a href='https://a.example/{n}'>Le titre numéro {n}</a><br>")).collect();
        let meeting = |n: u8| format!("<a href='https://a.example/{n}'>Atelier vélo</a><br>");
        let marked = used(&((1..=3).map(meeting).collect::<String>() + &others));
        assert!(marked.iter().all(|(_, used)| *used == Some(Use::Named)), "{marked:?}");
    }

    #[test]
    fn addresses_on_lines_of_their_own_are_of_the_title_above() {
        let story =
            |n: u8| format!("Une faillite de plus<br><a href='https://a.example/{n}'>https://a.example/{n}</a><br>");
        let mut lines = of_html(&(1..=3).map(story).collect::<String>(), &[]).expect("lines");
        mark_addressed(&mut lines);
        assert!(lines.chunks(2).all(|pair| pair[0].is_strong() && pair[1].links(Use::More).count() == 1));
    }

    #[test]
    fn paragraphs_that_end_on_their_link_are_entries() {
        let told = |n: u8| {
            format!(
                "<p>La ville numéro {n} a voté hier son réseau de chaleur au bois. <a href='https://a.example/{n}'>Le vote du conseil</a></p>"
            )
        };
        let mut lines =
            of_html(&format!("<p>Bonjour à tous,</p>{}", (1..=3).map(told).collect::<String>()), &[]).expect("lines");
        mark_closing(&mut lines);
        assert_eq!(lines.iter().map(|line| line.bullet).collect::<Vec<_>>(), [false, true, true, true]);
        let essay = "<p>Une longue page de prose, sans le moindre lien, qui dit ce que son auteur pense des villes et de leurs réseaux.</p>".repeat(6);
        let mut lines = of_html(&format!("{essay}{}", (1..=3).map(told).collect::<String>()), &[]).expect("lines");
        mark_closing(&mut lines);
        assert!(lines.iter().all(|line| !line.bullet));
    }

    fn read_lines(page: &str) -> Vec<Line> {
        let mut lines = of_html(page, &[]).expect("lines");
        read(&mut lines);
        lines
    }

    #[test]
    fn paragraphs_that_begin_bold_below_one_another_are_stories() {
        let brief = |rubric: &str, link: &str| {
            format!("<p><b>{rubric}.</b> Ce que l'on en dit, en une dizaine de mots au moins, {link}.</p>")
        };
        let page = ["Région", "Miel", "Recensement"]
            .map(|rubric| brief(rubric, "<a href='https://a.example/1'>le règlement</a>"));
        let lines = read_lines(&page.concat());
        assert!(lines.iter().all(|line| line.run_in), "each is one");
        let page = ["Région", "Miel", "Recensement"].map(|rubric| brief(rubric, "sans lien"));
        assert!(read_lines(&page.concat()).iter().all(|line| !line.run_in));
    }

    #[test]
    fn paragraphs_beside_a_list_are_entries_where_each_leads_on() {
        let told = |n: u8| {
            format!(
                "Un ver se propage dans les paquets d'un gestionnaire, et <a href='https://a.example/{n}'>l'analyse</a> en dit plus."
            )
        };
        let list: String = (1..=3).map(|n| format!("<li>{}</li>", told(n))).collect();
        let paragraphs: String = (4..=5).map(|n| format!("<p>{}</p>", told(n))).collect();
        let page = format!("<h3>IA</h3><ul>{list}</ul><h3>Sécurité</h3>{paragraphs}");
        assert_eq!(read_lines(&page).iter().filter(|line| line.bullet).count(), 5);
        assert_eq!(read_lines(&format!("<h3>Sécurité</h3>{paragraphs}")).iter().filter(|line| line.bullet).count(), 0);
    }

    #[test]
    fn a_list_that_hardly_leads_on_counts_up_what_its_story_says() {
        let page = "<ul><li>cinq des huit premières collections, et <a href='https://a.example/1'>plus du quart du marché</a></li><li>cinq milliards de ventes</li><li>quatre cents millions levés</li></ul>";
        assert!(read_lines(page).iter().all(|line| !line.bullet));
    }
}
