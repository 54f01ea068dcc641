//! The text of an article: one extractor where it is sure, the vote of three where it is not.
//!
//! Each extractor misjudges other pages; the text most alike to the two others is right more often than any of them
//! alone. The first is fast, the others are slow, so they are asked only where the first one's answer is doubtful.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use dom_smoothie::{Config, Readability, TextMode};
use scraper::Html;
use url::Url;

use crate::text::html;
use crate::text::tokens::fold;

/// Cost (see [`html::fit`]) above which a page is not given to the slower extractors, whose time grows faster than
/// the page. A long article of a crowded site costs some 60,000.
const COSTLY: usize = 400_000;
/// Cost above which only the first extractor is asked, even if it finds nothing.
const FAR_TOO_COSTLY: usize = 800_000;
/// Cost above which no extractor is asked: no article is made so.
const ABSURD: usize = 3_000_000;
/// Words below which a text is doubtful whatever the page.
const FEW_WORDS: usize = 200;
/// Words from which a paragraph is prose.
const PROSE: usize = 18;
/// Share of the page's prose, in percent, that an article taken whole has.
const LEAST_SHARE: usize = 95;
/// Share of words outside prose, in percent, that an article has at most.
const MOST_LOOSE: usize = 8;

/// What an extractor took for the article.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Body {
    /// Its HTML, not sanitised.
    pub html: String,
    /// Its text, paragraphs separated by a blank line.
    pub text: String,
    pub title: Option<String>,
    pub byline: Option<String>,
    pub image: Option<String>,
}

/// Parts of a page that ask for consent: they stand before the text and are none of it.
const CONSENT_BANNERS: &str = "[class*='cookie'], [id*='cookie'], [class*='Cookie'], [id*='Cookie'], [class*='consent'], \
                               [id*='consent'], [class*='gdpr'], [id*='gdpr'], [class*='rgpd'], [id*='rgpd']";

/// Reads the article of `page`, parsed as `document`, which costs `cost` to work on.
pub(super) fn read(page: &str, document: &Html, cost: usize, url: Option<&Url>) -> Body {
    if cost > ABSURD {
        return Body::default();
    }
    let first = by_dom_smoothie(page, url).unwrap_or_default();
    let sure = !first.text.is_empty() && (cost > COSTLY || !is_doubtful(document, &first.text));
    let mut body = if sure || cost > FAR_TOO_COSTLY { first } else { vote(page, url, first) };
    body.text = without_asides(&body.text);
    body
}

fn vote(page: &str, url: Option<&Url>, first: Body) -> Body {
    let ask = |reader: fn(&str, Option<&Url>) -> Option<Body>| {
        // An extractor that panics on a page is one vote less, and no more.
        catch_unwind(AssertUnwindSafe(|| reader(page, url))).ok().flatten()
    };
    let (title, byline, image) = (first.title.clone(), first.byline.clone(), first.image.clone());
    let mut bodies = vec![first];
    bodies.extend(ask(by_trafilatura));
    bodies.extend(ask(by_rs_trafilatura));
    bodies.retain(|body| !body.text.is_empty());
    // A menu may look like another menu: what holds no prose, where others do, has no vote.
    if bodies.iter().any(|body| prose_of(&body.text) >= 4 * PROSE) {
        bodies.retain(|body| prose_of(&body.text) > 0);
    }
    let chosen = most_alike(&bodies);
    let body = bodies.into_iter().nth(chosen).unwrap_or_default();
    Body { title, byline, image, ..body }
}

/// Words of the paragraphs of a text that are prose.
fn prose_of(text: &str) -> usize {
    text.split("\n\n").map(|paragraph| paragraph.split_whitespace().count()).filter(|words| *words >= PROSE).sum()
}

/// True when the first extractor may be wrong: little text, a page with more prose than it took, or many short lines
/// in what it took.
fn is_doubtful(document: &Html, text: &str) -> bool {
    let words = text.split_whitespace().count();
    let taken = prose_of(text);
    let there = prose_of(&html::document_text(document));
    words < FEW_WORDS || taken * 100 < there * LEAST_SHARE || (words - taken.min(words)) * 100 > words * MOST_LOOSE
}

fn by_dom_smoothie(page: &str, url: Option<&Url>) -> Option<Body> {
    let config = Config { text_mode: TextMode::Formatted, max_elements_to_parse: 60_000, ..Config::default() };
    let document = dom_query::Document::from(page);
    document.select(CONSENT_BANNERS).remove();
    let mut reader = Readability::with_document(document, url.map(Url::as_str), Some(config)).ok()?;
    let found = reader.parse().ok()?;
    let html = found.content.to_string();
    Some(Body {
        text: html::to_text(&html),
        html,
        title: Some(html::to_line(&found.title)).filter(|title| !title.is_empty()),
        byline: found.byline.map(|byline| html::to_line(&byline)),
        image: found.image,
    })
}

fn by_trafilatura(page: &str, url: Option<&Url>) -> Option<Body> {
    let mut options = trafilatura::Options::default()
        .with_fallback(true)
        .with_exclude_comments(true)
        .with_prune_selector(CONSENT_BANNERS);
    options.original_url = url.cloned();
    let found = trafilatura::extract(page, &options).ok()?;
    Some(Body { text: text_of(&found.content_html, &found.content_text), html: found.content_html, ..Body::default() })
}

/// The lines of an extractor's text made paragraphs; of one that is all one line, the blocks of its HTML, where that holds
/// the same.
fn text_of(html: &str, flat: &str) -> String {
    if flat.trim().lines().nth(2).is_some() {
        return paragraphs(flat);
    }
    let text = html::to_text(html);
    let (words, expected) = (text.split_whitespace().count(), flat.split_whitespace().count());
    let alike = words * 10 >= expected * 9 && words * 10 <= expected * 11;
    if alike && text.contains("\n\n") { text } else { paragraphs(flat) }
}

fn by_rs_trafilatura(page: &str, url: Option<&Url>) -> Option<Body> {
    let options = rs_trafilatura::Options {
        include_comments: false,
        url: url.map(Url::to_string),
        ..rs_trafilatura::Options::default()
    };
    let found = rs_trafilatura::extract_with_options(page, &options).ok()?;
    let text = text_of(found.content_html.as_deref().unwrap_or_default(), &found.content_text);
    let html = found.content_html.unwrap_or_else(|| {
        text.split("\n\n").map(|line| format!("<p>{}</p>", html_escape::encode_text(line))).collect()
    });
    Some(Body { html, text, ..Body::default() })
}

/// The text without what stands between and behind the paragraphs of an article: other articles to read, letters to
/// subscribe to, buttons.
fn without_asides(text: &str) -> String {
    let paragraphs: Vec<&str> = text.split("\n\n").collect();
    let mut kept: Vec<&str> = Vec::with_capacity(paragraphs.len());
    for (at, paragraph) in paragraphs.iter().enumerate() {
        let words = paragraph.split_whitespace().count();
        let folded = fold(paragraph);
        if words <= 30 && ASIDES.iter().any(|aside| folded.starts_with(aside)) {
            continue;
        }
        // A heading such as "Sur le même sujet" behind most of the text: the rest is links.
        let heading =
            words <= 8 && !paragraph.ends_with('.') && ENDINGS.iter().any(|ending| folded.starts_with(ending));
        let rest = &paragraphs[at + 1..];
        if heading && at * 2 >= paragraphs.len() && rest.iter().all(|line| line.split_whitespace().count() <= 30) {
            break;
        }
        kept.push(paragraph);
    }
    kept.join("\n\n")
}

/// How lines begin that are about something else than the article, folded.
const ASIDES: &[&str] = &[
    "auch interessant",
    "redaktionstipp",
    "lesen sie hier",
    "kommentarfeed",
    "aufrufe:",
    "category:",
    "categories:",
    "categories :",
    "hide caption",
    "toggle caption",
    "lire aussi",
    "a lire aussi",
    "lire egalement",
    "a lire egalement",
    "voir aussi",
    "a voir aussi",
    "ecouter aussi",
    "lire :",
    "a decouvrir aussi",
    "read also",
    "also read",
    "read more:",
    "read next",
    "see also:",
    "related:",
    "lesen sie auch",
    "lesen sie mehr",
    "mehr zum thema",
    "das konnte sie auch interessieren",
    "das thema konnte dich auch",
    "recevez chaque",
    "recevez gratuitement",
    "recevez nos",
    "recevez notre",
    "inscrivez-vous a la newsletter",
    "inscrivez-vous a notre",
    "abonnez-vous",
    "rejoignez",
    "sign up for our",
    "sign up to our",
    "subscribe to our",
    "ne manquez plus",
    "suivez-nous",
    "follow us",
    "partager",
    "partagez",
    "share this",
    "share on",
    "temps de lecture",
    "publicite",
    "advertisement",
    "la suite est reservee",
    "deja abonne",
    "sans engagement",
    "already a subscriber",
    "soutenez un journal",
    "soutenez-nous",
    "reagir",
    "commenter",
    "laisser un commentaire",
    "leave a comment",
    "cette page vous a-t-elle",
    "cet article vous a-t-il",
    "was this page helpful",
    "was this article helpful",
    "telecharger le communique",
    "si la lettre ne s'affiche pas",
    "ce courriel a ete envoye",
    "se desabonner",
    "mots-cles",
    "image illustrative",
    "beitragsbild",
    "retour au sommaire",
    "retour a l'accueil",
    "imprimer cet article",
];

/// How headings begin behind which only links follow, folded.
const ENDINGS: &[&str] = &[
    "sur le meme sujet",
    "sur le meme theme",
    "dans la meme rubrique",
    "a lire",
    "nos autres",
    "les plus lus",
    "les plus recents",
    "articles similaires",
    "articles lies",
    "contenus sponsorises",
    "plus d'articles",
    "pour aller plus loin",
    "a propos de l'auteur",
    "related",
    "more on this",
    "more from",
    "most read",
    "most popular",
    "recommended",
    "you may also",
    "you might also",
    "read more",
    "about the author",
    "contact presse",
    "contacts presse",
    "comments",
    "commentaires",
    "kommentare",
    "kommentar schreiben",
    "laisser un commentaire",
    "leave a comment",
    "post a comment",
    "tags",
    "weitere artikel",
];

/// Lines of an extractor made paragraphs.
fn paragraphs(text: &str) -> String {
    let lines = text.lines().map(html::one_line).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n\n")
}

/// The text that shares most with the others; the first of equals. Of two the last: where the second extractor gives
/// up, the page is no plain article, and the third one, which knows other kinds of pages, is right more often.
fn most_alike(bodies: &[Body]) -> usize {
    if bodies.len() == 2 {
        return 1;
    }
    let profiles: Vec<HashMap<u64, i32>> = bodies.iter().map(|body| shingles(&body.text)).collect();
    let total = |profile: &HashMap<u64, i32>| -> i32 { profile.values().sum() };
    let alike = |one: &HashMap<u64, i32>, other: &HashMap<u64, i32>| {
        let shared: i32 =
            one.iter().filter_map(|(shingle, count)| other.get(shingle).map(|more| *count.min(more))).sum();
        2.0 * f64::from(shared) / f64::from((total(one) + total(other)).max(1))
    };
    let score = |at: usize| -> f64 {
        profiles
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .map(|(_, other)| alike(&profiles[at], other))
            .sum()
    };
    let mut best = (0, f64::MIN);
    for at in 0..bodies.len() {
        let found = score(at);
        if found > best.1 + 1e-9 {
            best = (at, found);
        }
    }
    best.0
}

/// How often each run of four words stands in a text.
fn shingles(text: &str) -> HashMap<u64, i32> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut counts = HashMap::new();
    for run in words.windows(4) {
        let mut hasher = blake3::Hasher::new();
        for word in run {
            hasher.update(word.as_bytes()).update(b" ");
        }
        let mut first = [0; 8];
        first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        *counts.entry(u64::from_le_bytes(first)).or_default() += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_most_alike_to_the_others_wins() {
        let body = |text: &str| Body { text: text.to_owned(), ..Body::default() };
        let right = "un deux trois quatre cinq six sept huit neuf dix";
        let bodies = [body("rien à voir avec le reste du monde"), body(right), body(&format!("{right} onze douze"))];
        assert_ne!(most_alike(&bodies), 0);
        assert_eq!(most_alike(&[body(right), body(right), body(right)]), 0);
    }
}
