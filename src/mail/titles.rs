//! Titles that are seen only over all lines of a letter: broken over lines, in capitals, one word among others; and bold and
//! links that make none.

use crate::text::date_words::is_date_alone;

use super::lines::{Line, Span};
use super::links::Use;

/// Most words of a line of a title.
const TITLE: usize = 16;
/// Words of a paragraph, and paragraphs from which their weight is looked at.
const PARAGRAPH: usize = 40;
const PARAGRAPHS: usize = 3;
/// Words of a paragraph beside headings.
const BESIDE: usize = 10;
/// Most words of a link that leads on.
const WAY: usize = 7;
/// Most lines of a text below its title.
const BLOCK: usize = 5;
/// Level of a title of one word.
const TERSE: u8 = 6;
/// Lines over which a title is broken, at most.
const BROKEN: usize = 4;
/// Headings without a link from which those of their level head sections.
const SECTIONS: usize = 2;
/// Letters of a title in capitals.
const CAPITALS: usize = 10;
/// Words of a linked text, and such texts from which they are the form of a letter.
const SENTENCE: usize = 8;
const LINKED_TEXTS: usize = 3;

/// Titles that were broken over several lines of one block, each of them bold or all of one link, are one title.
pub(super) fn join_broken(lines: &mut [Line]) {
    let link = |line: &Line| {
        let mut links =
            line.spans.iter().filter(|span| span.text.chars().any(char::is_alphanumeric)).map(|span| &span.link);
        let first = links.next()?;
        links.all(|link| link == first).then(|| first.clone())
    };
    let title = |line: &Line| line.is_set_apart() && !line.bullet && (1..=TITLE).contains(&line.words());
    let mut at = 0;
    while at < lines.len() {
        let (first, own) = (at, link(&lines[at]));
        at += 1;
        if !title(&lines[first]) || own.is_none() {
            continue;
        }
        let dated = |line: &Line| {
            let text = line.text();
            is_date_alone(text.split([',', '–', '|', '·', '(']).next().unwrap_or_default())
        };
        let joins = |next: &Line| {
            let same = next.heading == lines[first].heading && link(next) == own;
            !next.entry && same && title(next) && !dated(next) && !dated(&lines[first])
        };
        let end = at + lines[at..].iter().take_while(|next| joins(next)).count();
        // Names below one another, or what ends as a sentence does, are no parts of one title.
        let linked = own.flatten().is_some();
        let whole: usize = lines[first..end].iter().map(Line::words).sum();
        let told = lines.get(end).is_some_and(|below| below.words() >= SENTENCE && !below.is_set_apart());
        let breaks = lines[first..end - 1].iter().any(|line| line.text().ends_with(['.', '!']));
        let sections = lines[first..end - 1].iter().all(|line| !line.text().chars().any(char::is_lowercase))
            && lines[end - 1].text().chars().any(char::is_lowercase);
        if (2..=BROKEN).contains(&(end - first)) && whole <= TITLE + 8 && !breaks && !sections && (linked || told) {
            for next in first + 1..end {
                let spans = std::mem::take(&mut lines[next].spans);
                let line = &mut lines[first];
                for span in spans {
                    match line.spans.last_mut().filter(|last| last.link == span.link && last.strong == span.strong) {
                        Some(last) => last.text = format!("{} {}", last.text.trim_end(), span.text.trim_start()),
                        None => line.spans.push(span),
                    }
                }
                let used = line.spans.iter().find_map(|span| span.used.filter(|used| *used == Use::Named));
                for span in line.spans.iter_mut().filter(|span| span.link.is_some()) {
                    span.used = used.or(span.used);
                }
            }
        }
        at = end;
    }
}

/// Where whole paragraphs are set bold, bold says nothing.
pub(super) fn ease(lines: &mut [Line]) {
    // Beside headings, bold need not be that of a title.
    let headed = lines.iter().filter(|line| line.heading > 1).count() >= PARAGRAPHS;
    let least = if headed { BESIDE } else { PARAGRAPH };
    let paragraphs = || lines.iter().filter(move |line| line.heading == 0 && line.words() >= least);
    let words = |strong: bool| {
        let spans = paragraphs().flat_map(|line| &line.spans);
        spans.filter(|span| span.strong == strong).map(|span| span.text.split_whitespace().count()).sum::<usize>()
    };
    if paragraphs().count() >= PARAGRAPHS && words(true) > 2 * words(false) {
        let spans = lines.iter_mut().filter(|line| line.heading == 0).flat_map(|line| &mut line.spans);
        spans.for_each(|span| span.strong = false);
    }
}

/// Below headings, sentences set bold are words of the text.
pub(super) fn ease_sentences(lines: &mut [Line]) {
    if lines.iter().filter(|line| line.heading > 0).count() < PARAGRAPHS {
        return;
    }
    let is_sentence = |line: &Line| {
        let text = line.text();
        let text = text.trim_end();
        line.heading == 0 && line.is_strong() && !line.is_linked() && text.ends_with(['.', '…']) && line.words() >= 3
    };
    for line in lines.iter_mut().filter(|line| is_sentence(line)) {
        line.spans.iter_mut().for_each(|span| span.strong = false);
    }
}

/// Headings that are links and stand right above a title, where most others of their level are none: they head sections.
pub(super) fn mark_sections(lines: &mut [Line]) {
    let title = |line: &Line| line.links(Use::Named).count() == 1 && line.linked_share() >= 0.9;
    for level in 1..=6 {
        let headings = || (0..lines.len()).filter(|at| lines[*at].heading == level && lines[*at].words() > 0);
        let above = |at: &usize| lines.get(at + 1).is_some_and(|next| next.heading != level && title(next));
        let bare = headings().filter(|at| !lines[*at].is_linked()).count();
        let linked: Vec<usize> = headings().filter(|at| title(&lines[*at])).collect();
        if bare >= SECTIONS && linked.len() < bare && linked.iter().all(above) {
            let spans = linked
                .into_iter()
                .flat_map(|at| std::mem::take(&mut lines[at].spans).into_iter().map(move |span| (at, span)));
            for (at, span) in spans.collect::<Vec<_>>() {
                lines[at].spans.push(Span { link: None, used: None, ..span });
            }
        }
    }
}

/// Titles set in capitals, with their text below.
pub(super) fn mark_capitals(lines: &mut [Line]) {
    let capitals = |line: &Line| {
        let text = line.text();
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        letters >= CAPITALS
            && !line.is_linked()
            && !text.chars().any(char::is_lowercase)
            && text.split_whitespace().count() >= 3
    };
    for at in 0..lines.len().saturating_sub(1) {
        let told = lines[at + 1].words() >= 5 && !capitals(&lines[at + 1]);
        if told && capitals(&lines[at]) {
            lines[at].spans.iter_mut().for_each(|span| span.strong = true);
        }
    }
}

/// Titles without a link above texts that are one: the title is what the link is of.
pub(super) fn mark_linked_texts(lines: &mut [Line]) {
    let title = |line: &Line| !line.is_linked() && line.is_set_apart() && line.words() >= 2;
    let linked = |line: &Line| {
        let text = line.text();
        let sentence = text.ends_with(['.', '!', '?', '…']) && text.split_whitespace().count() >= SENTENCE;
        sentence && line.heading == 0 && line.linked_share() >= 0.95 && line.links(Use::Named).count() == 1
    };
    let pairs: Vec<usize> = (1..lines.len())
        .filter(|at| title(&lines[at - 1]) && linked(&lines[*at]) && !lines.get(at + 1).is_some_and(linked))
        .collect();
    if pairs.len() < LINKED_TEXTS {
        return;
    }
    for at in pairs {
        let link = lines[at].spans.iter().find_map(|span| span.link.clone());
        for span in &mut lines[at].spans {
            (span.link, span.used) = (None, None);
        }
        for span in &mut lines[at - 1].spans {
            (span.link, span.used) = (link.clone(), Some(Use::Named));
        }
    }
}

/// Titles that are links, below each its text, which is one too, and then the way on: the texts are none.
pub(super) fn mark_teasers(lines: &mut [Line]) {
    let linked = |line: &Line| line.links(Use::Named).count() == 1 && line.linked_share() >= 0.95;
    let leads = |line: &Line| line.links(Use::More).next().is_some() && line.words() <= WAY;
    let mut blocks: Vec<Vec<usize>> = Vec::new();
    let mut open: Option<Vec<usize>> = None;
    for (at, line) in lines.iter().enumerate() {
        if linked(line) {
            match open.as_mut().filter(|_| !line.is_set_apart()) {
                Some(teasers) if !line.bullet => teasers.push(at),
                _ => open = Some(Vec::new()).filter(|_| line.is_set_apart()),
            }
        } else if leads(line) {
            blocks.extend(open.take().filter(|teasers| (1..=BLOCK).contains(&teasers.len())));
        }
    }
    // Below a heading of their own, several are stories.
    let single = blocks.iter().filter(|teasers| teasers.len() == 1).count();
    if single >= 2 && single * 2 >= blocks.len() {
        for at in blocks.into_iter().flatten() {
            lines[at].spans.iter_mut().for_each(|span| (span.link, span.used) = (None, None));
        }
    }
}

/// A linked word with its text below, where such lines are the titles: it is one too.
pub(super) fn mark_terse(lines: &mut [Line]) {
    let whole = |line: &Line| line.links(Use::Named).count() == 1 && line.linked_share() >= 0.95;
    let told = |at: usize| lines.get(at + 1).is_some_and(|line| !line.is_linked() && line.words() >= SENTENCE);
    let linked: Vec<usize> = (0..lines.len()).filter(|at| whole(&lines[*at]) && told(*at)).collect();
    let (terse, titles): (Vec<usize>, Vec<usize>) = linked.into_iter().partition(|at| lines[*at].words() == 1);
    if titles.len() >= LINKED_TEXTS && terse.len() < titles.len() {
        for at in terse {
            lines[at].heading = TERSE;
            lines[at].spans.iter_mut().for_each(|span| span.strong = true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::forms;
    use crate::mail::lines::of_html;

    fn read_lines(page: &str) -> Vec<Line> {
        let mut lines = of_html(page, &[]).expect("lines");
        forms::read(&mut lines);
        lines
    }

    #[test]
    fn a_title_broken_over_lines_is_one() {
        let told = "<p>Livré dans la nuit par une grue, il remplace celui qui servait depuis plus de dix ans.</p>";
        let lines =
            read_lines(&format!("<p><b>Le nouveau scanner est là :<br>premiers patients le 13 octobre</b></p>{told}"));
        assert_eq!(lines[0].text(), "Le nouveau scanner est là : premiers patients le 13 octobre");
        let link = "<a href='https://a.example/1'>";
        let lines =
            read_lines(&format!("<p><b>{link}LA FONDERIE DE FUMEL</a><br>{link}RALLUME SON FOUR</a></b></p>{told}"));
        assert_eq!(lines[0].text(), "LA FONDERIE DE FUMEL RALLUME SON FOUR");
        // A rubric above a title is none of it, nor is what stands in a block of its own.
        let lines = read_lines(&format!("<p><b>LE DOSSIER<br>Des écarts d'une parcelle à l'autre</b></p>{told}"));
        assert_eq!(lines[0].text(), "LE DOSSIER");
        let lines = read_lines(&format!("<p><b>Actualités</b></p><p><b>Le parking ferme</b></p>{told}"));
        assert_eq!(lines[0].text(), "Actualités");
    }

    #[test]
    fn texts_that_are_links_below_titles_that_are_links_are_texts() {
        let story = |n: u8| {
            format!(
                "<p><b><a href='https://a.example/t{n}'>Combien gagne un chargé d'affaires ?</a></b></p><p><a href='https://a.example/x{n}'>J'ai commencé il y a trois ans, et mon salaire a peu bougé depuis.</a></p><p><a href='https://a.example/m{n}'>Lire la suite</a></p>"
            )
        };
        let lines = read_lines(&(1..=2).map(story).collect::<String>());
        assert_eq!(lines.iter().filter(|line| line.links(Use::Named).next().is_some()).count(), 2);
    }

    #[test]
    fn a_linked_heading_among_headings_of_sections_heads_one() {
        let section = |heading: &str, n: u8| {
            format!("<h2>{heading}</h2><p><a href='https://a.example/{n}'>Un titre qui est un lien</a></p>")
        };
        let page =
            [section("Articles", 1), section("Outils", 2), section("<a href='https://a.example/lire'>À lire</a>", 3)]
                .concat();
        let lines = read_lines(&page);
        assert!(lines.iter().filter(|line| line.heading == 2).all(|line| !line.is_linked()));
    }

    #[test]
    fn a_linked_word_among_linked_titles_is_one() {
        let told = "Ce que l'on en dit, en une dizaine de mots au moins.";
        let story = |title: &str| format!("<p><a href='https://a.example/1'>{title}</a></p><p>{told}</p>");
        let page = ["Un premier titre", "Un autre titre", "Encore un titre", "Démission"].map(story).concat();
        let mut lines = of_html(&page, &[]).expect("lines");
        mark_terse(&mut lines);
        assert_eq!(lines.iter().map(Line::is_strong).collect::<Vec<_>>()[4..], [false, false, true, false]);
    }
}
