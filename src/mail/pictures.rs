//! Letters of pictures, read by the words that stand for them.

use std::collections::HashMap;

use super::lines::{Line, Span};
use super::links::{self, Use};

/// Ends of the addresses of pictures.
const PICTURES: [&str; 6] = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".svg"];
/// Words that stand for a picture from which they are a title.
const NAMED: usize = 3;
/// Words of a paragraph, and paragraphs from which a letter tells at length.
const PARAGRAPH: usize = 40;
const PARAGRAPHS: usize = 3;

/// A letter read by its pictures: the words that stand for one are a title, or lead on from the title beside it. Nothing
/// for a letter without linked pictures, or one that tells at length.
pub(super) fn read(lines: &[Line]) -> Option<Vec<Line>> {
    let long = |line: &&Line| line.words() >= PARAGRAPH;
    if lines.iter().filter(long).count() >= PARAGRAPHS {
        return None;
    }
    // A picture that leads to itself in full leads nowhere.
    let itself = |span: &Span| {
        let path = span.link.as_ref().map(|link| link.path().to_lowercase()).unwrap_or_default();
        PICTURES.iter().any(|end| path.ends_with(end)) || path.contains("/image/fetch")
    };
    let bare = |span: &Span| span.link.as_deref().is_none_or(links::is_site);
    let fits = |span: &&Span| matches!(span.used, Some(Use::Named | Use::More)) && !bare(span) && !itself(span);
    let names = |span: &Span| span.used == Some(Use::Named) && span.text.split_whitespace().count() >= NAMED;
    let title = |line: &Line| !line.is_linked() && !line.spans.is_empty() && line.is_set_apart();
    let picture = |line: &Line| line.pictured.iter().any(|span| fits(&span));
    let last = lines.iter().rposition(picture)?;
    // A picture that stands at the top and at the foot is the sender's sign.
    let mut signs: HashMap<String, usize> = HashMap::new();
    for span in lines.iter().flat_map(|line| &line.pictured).filter(|span| !span.text.is_empty()) {
        *signs.entry(span.text.clone()).or_default() += 1;
    }
    let again = |span: &Span| signs.get(&span.text) == Some(&2);
    // Pictures stand above the titles, or below what is told.
    let above = lines.iter().rposition(title).is_some_and(|title| title > last);
    let mut read: Vec<Line> = Vec::with_capacity(lines.len());
    let mut pending: Option<Span> = None;
    for line in lines {
        let mut line = line.clone();
        for span in std::mem::take(&mut line.pictured).iter().filter(fits) {
            if names(span) && again(span) {
                continue;
            }
            if names(span) {
                read.push(Line { spans: vec![span.clone()], entry: true, ..Line::default() });
            } else if above || title(&line) {
                pending = Some(span.clone());
            } else {
                let span = Span { text: String::new(), used: Some(Use::More), strong: false, ..span.clone() };
                read.push(Line { spans: vec![span], entry: true, ..Line::default() });
            }
        }
        if let Some(picture) = pending.take_if(|_| title(&line)) {
            for span in &mut line.spans {
                (span.link, span.used) = (picture.link.clone(), Some(Use::Named));
            }
        }
        read.push(line);
    }
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::lines::of_html;

    #[test]
    fn a_letter_of_pictures_is_read_by_their_words_and_a_tale_with_pictures_is_not() {
        let picture = |n: u8| {
            format!("<a href='https://a.example/{n}'><img src='{n}.png' alt='Le lycée se chauffe au bois'></a><br>")
        };
        let pictures: String = (1..=3).map(picture).collect();
        let seen = read(&of_html(&pictures, &[]).expect("lines")).expect("pictures");
        assert_eq!(seen.iter().filter(|line| line.links(Use::Named).next().is_some()).count(), 3);
        let told = "<p>Une longue page de prose qui dit ce que son auteur pense des villes, de leurs réseaux et de leurs lycées, et qui ne finit pas avant quarante mots, parce que chacun des paragraphes de cette lettre doit être long pour en être un vrai.</p>".repeat(3);
        assert_eq!(read(&of_html(&(told + &pictures), &[]).expect("lines")), None);
        let full = pictures.replace("https://a.example/1", "https://a.example/1.jpg");
        let seen = read(&of_html(&full, &[]).expect("lines")).expect("pictures");
        assert_eq!(seen.iter().filter(|line| line.links(Use::Named).next().is_some()).count(), 2);
    }
}
