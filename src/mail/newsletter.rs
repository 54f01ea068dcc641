//! A letter split into its stories: one that lists them gives one each, one that tells gives itself, one that sells
//! gives none.
//!
//! The eye's own rule: a story begins at a title, a line that is a link or is set bold, and what follows belongs to it
//! until the next title, or until "read more" ends it. Titles without a way on are section headings.

use std::collections::HashSet;

use url::Url;

use crate::text::tokens::fold;
use crate::text::{html, typography, urls};

use super::lines::Line;
use super::links::{Use, is_opaque, letters};
use super::promotion::{is_poster, sells};

/// Stories from which a letter is a list.
const LIST: usize = 3;
/// Longest title, in characters.
const LONGEST_TITLE: usize = 220;
/// Longest blurb, in characters.
const LONGEST_BLURB: usize = 600;
/// Part of a letter, from its top, in which words of the foot do not yet end it.
const FOOT_FROM: f64 = 0.3;

/// A story of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// Its title.
    pub title: String,
    /// Where it is told.
    pub link: Url,
    /// True when that is a counter of the sender, another one for each reader.
    pub opaque: bool,
    /// What the letter says of it.
    pub blurb: String,
    /// Heading that it stands under.
    pub section: Option<String>,
    /// True when its title is only its first sentence.
    pub untitled: bool,
    /// True when its title is the link.
    pub led: bool,
}

/// What kind of letter it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// It lists stories told elsewhere.
    Links,
    /// It tells by itself.
    Prose,
    /// It sells.
    Promotion,
}

/// A letter, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its kind.
    pub shape: Shape,
    /// Its stories, in order; empty unless it is a list.
    pub stories: Vec<Story>,
    /// Its own text as plain HTML, without what is around it.
    pub body: String,
}

/// Reads the lines of a letter. `names` are those of sender and list: their own name is no story.
pub fn read(lines: &[Line], names: &[&str], forced: Option<Shape>) -> Letter {
    let (end, whole) = (foot(lines), lines.len());
    let lines = &lines[..end];
    let mut cutter = Cutter::default();
    for line in lines.iter().filter(|line| !line.aside) {
        cutter.take(line);
    }
    let chunks = cutter.finish();
    let inline: usize = chunks.iter().map(|chunk| chunk.inline.len()).sum();
    let strong = stories(&chunks, names, false);
    let stories = if strong.len() >= LIST { strong } else { stories(&chunks, names, true) };
    let shape = forced.unwrap_or_else(|| {
        let titled = stories.iter().filter(|story| !story.untitled).count();
        if sells(lines, names, &stories) || (titled < LIST && is_poster(lines, end < whole)) {
            Shape::Promotion
        } else if titled >= LIST && (stories.len() * 2 >= inline || is_dense(&stories, &chunks)) {
            Shape::Links
        } else {
            Shape::Prose
        }
    });
    let stories = if shape == Shape::Links { stories } else { Vec::new() };
    Letter { shape, stories, body: body(lines) }
}

/// The line at which the small print begins.
fn foot(lines: &[Line]) -> usize {
    const WORDS: [&str; 24] = [
        "you are receiving this",
        "you re receiving this",
        "you received this",
        "this email was sent to",
        "this message was sent to",
        "you have indicated that you",
        "vous recevez ce",
        "vous recevez cet",
        "cet email vous",
        "ce message vous a ete",
        "cet e mail vous",
        "ce courriel",
        "sie erhalten diese",
        "diese e mail wurde",
        "all rights reserved",
        "tous droits reserves",
        "our mailing address",
        "conformement a la loi",
        "to unsubscribe",
        "vous ne souhaitez plus",
        "cet email a ete envoye",
        "cet e mail a ete envoye",
        "pour vous desabonner",
        "pour vous desinscrire",
    ];
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "lines of a letter"
    )]
    let from = (lines.len() as f64 * FOOT_FROM) as usize;
    let ends = |line: &Line| {
        let leaves = line.spans.iter().any(|span| {
            let anchor = letters(&span.text);
            span.used == Some(Use::Service)
                && ["unsubscribe", "desabonn", "desinscri", "abmelden", "abbestellen", "austragen"].iter().any(|word| {
                    anchor.contains(word) || span.link.as_ref().is_some_and(|link| link.path().contains(word))
                })
        });
        let text = line.text();
        let words = letters(&text);
        let copyright = (text.contains('©') || words.starts_with("copyright"))
            && text.len() < 160
            && text.contains("20")
            && line.heading == 0;
        leaves || copyright || WORDS.iter().any(|word| words.contains(word))
    };
    lines.iter().enumerate().skip(from).find(|(_, line)| ends(line)).map_or(lines.len(), |(at, _)| at)
}

/// What stands between two titles.
#[derive(Debug, Clone, Default)]
struct Chunk {
    title: Option<String>,
    /// The title is set apart: heading or bold.
    set_apart: bool,
    link: Option<Url>,
    more: Option<Url>,
    text: Vec<String>,
    /// Links inside its sentences.
    inline: Vec<Url>,
    section: Option<String>,
    advert: bool,
}

impl Chunk {
    fn is_bare_title(&self) -> bool {
        self.title.is_some() && self.link.is_none() && self.more.is_none() && self.text.is_empty()
    }

    fn is_empty(&self) -> bool {
        self.title.is_none() && self.text.is_empty() && self.more.is_none()
    }
}

#[derive(Debug, Default)]
struct Cutter {
    chunks: Vec<Chunk>,
    chunk: Chunk,
    section: Option<String>,
    /// "Read more" ended the chunk.
    closed: bool,
    /// A line said that what follows is paid for.
    advert: bool,
}

impl Cutter {
    fn open(&mut self) {
        let done = std::mem::take(&mut self.chunk);
        self.closed = false;
        if !done.is_empty() {
            self.chunks.push(done);
        }
        self.chunk.section.clone_from(&self.section);
        self.chunk.advert = std::mem::take(&mut self.advert);
    }

    fn finish(mut self) -> Vec<Chunk> {
        self.open();
        self.chunks
    }

    fn take(&mut self, line: &Line) {
        let text = line.text();
        if is_advert(&text) {
            self.advert = true;
            // The heading of paid matter is no story and no section.
            self.open();
            self.chunk.advert = true;
            return;
        }
        if is_service(line) {
            return;
        }
        // Said below a story, it is of that story.
        if is_paid_for(&text) && self.chunk.title.is_some() {
            self.chunk.advert = true;
            return;
        }
        if let Some((title, link, rest)) = title_link(line) {
            if self.chunk.link.as_ref() == Some(link) && !self.closed {
                self.chunk.text.push(text);
                return;
            }
            if self.chunk.is_bare_title() {
                self.section = self.chunk.title.take();
                self.chunk.text.clear();
            }
            let advert = self.chunk.advert && self.chunk.title.is_none();
            self.open();
            self.chunk.advert |= advert;
            self.chunk.set_apart = line.heading > 0 || line.is_strong();
            (self.chunk.title, self.chunk.link) = (Some(title), Some(link.clone()));
            self.chunk.more = line.links(Use::More).next().map(|(_, link)| link.clone());
            self.chunk.text.extend(rest);
            return;
        }
        let leads_on = line.links(Use::More).map(|(_, link)| link.clone()).next();
        if leads_on.is_none() && is_heading(line, &text) {
            if self.chunk.is_bare_title() {
                self.section = self.chunk.title.take();
            }
            let advert = self.chunk.advert && self.chunk.title.is_none() && self.chunk.text.is_empty();
            self.open();
            self.chunk.advert |= advert;
            (self.chunk.title, self.chunk.set_apart) = (Some(text), true);
            return;
        }
        if let Some(link) = leads_on {
            if self.chunk.is_empty() && text.chars().filter(|c| c.is_alphabetic()).count() < 20 {
                return;
            }
            let told = without_more(line);
            if is_strong_start(line) && self.closed {
                self.open();
            }
            if !told.is_empty() && !self.closed {
                self.chunk.text.push(told);
            }
            self.chunk.more.get_or_insert(link);
            self.closed = true;
            return;
        }
        if self.closed {
            self.open();
        }
        // A row of tags is no sentence.
        if line.linked_share() < 0.8 {
            self.chunk.inline.extend(line.links(Use::Named).map(|(_, link)| link.clone()));
        }
        if !text.is_empty() {
            self.chunk.text.push(text);
        }
    }
}

/// A line that only services stand on: forms, networks, a row of sections.
pub(super) fn is_service(line: &Line) -> bool {
    let links: Vec<_> = line.spans.iter().filter(|span| span.link.is_some()).collect();
    let service = links.iter().filter(|span| span.used == Some(Use::Service)).count();
    let named: Vec<_> = links.iter().filter(|span| span.used == Some(Use::Named)).collect();
    let short = named.iter().filter(|span| span.text.split_whitespace().count() <= 2).count();
    let row = named.len() >= 3 && short == named.len() && line.linked_share() > 0.8;
    (service > 0 && named.is_empty()) || row
}

/// Words that say a thing is paid for.
fn is_advert(text: &str) -> bool {
    const LABELS: [&str; 26] = [
        "sponsor",
        "sponsors",
        "sponsored",
        "our sponsor",
        "our sponsors",
        "sponsorise",
        "publicite",
        "advertisement",
        "advertising",
        "anzeige",
        "werbung",
        "partner content",
        "contenu partenaire",
        "contenu sponsorise",
        "sponsored content",
        "sponsored by",
        "in partnership with",
        "en partenariat avec",
        "presented by",
        "sponsored link",
        "sponsored post",
        "lien sponsorise",
        "article sponsorise",
        "a word from our sponsor",
        "promoted",
        "annonce",
    ];
    let words = letters(text);
    LABELS.contains(&words.as_str())
        || (words.len() < 90
            && (words.contains("our sponsors")
                || words.contains("issue is presented by")
                || words.contains("issue is sponsored by")
                || words.contains("nos partenaires")
                || words.starts_with("sponsored by")
                || words.starts_with("together with") && words.len() < 40))
}

/// "Promoted by …" on a line of its own.
fn is_paid_for(text: &str) -> bool {
    let words = letters(text);
    words.split(' ').count() <= 6
        && [
            "promoted by",
            "sponsored by",
            "presented by",
            "sponsorise par",
            "propose par",
            "en partenariat avec",
            "in partnership with",
        ]
        .iter()
        .any(|label| words.starts_with(label))
}

/// The title that a line links to its story, and what else the line says.
fn title_link(line: &Line) -> Option<(String, &Url, Option<String>)> {
    let at = line.spans.iter().position(|span| span.used == Some(Use::Named))?;
    let span = &line.spans[at];
    let title = html::one_line(span.text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '»' | '→' | '>')));
    // `[Titre]` is a title between brackets, `[Rubrique] Titre` is not.
    let inner =
        title.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|inner| !inner.contains([']', '[']));
    let title = inner.map_or_else(|| title.clone(), str::to_owned);
    let words = title.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
    let before: String = line.spans[..at].iter().map(|span| span.text.as_str()).collect();
    let begins = before.chars().filter(|c| c.is_alphabetic()).count() == 0;
    let after = line.spans.get(at + 1).map_or("", |span| span.text.trim_start());
    let parted = after.starts_with(['—', '–', '-', ':', '|', '·', '•', '(', ','])
        || ["by ", "par ", "von "].iter().any(|by| after.starts_with(by));
    let apart = line.heading > 0 || span.strong;
    let meta = line.spans.get(at + 1).is_some_and(|span| span.used == Some(Use::Meta));
    let many = line.spans.iter().filter(|span| span.used == Some(Use::Named)).count() > 2;
    let leads = line.linked_share() >= 0.6 && !many
        || begins && (apart || parted || meta) && words >= 2
        || begins && line.entry && words >= 5;
    let letters = title.chars().filter(|c| c.is_alphabetic()).count();
    let enough = if line.heading > 0 {
        letters >= 4
    } else if apart {
        letters >= 6
    } else {
        letters >= 10 && words >= 2
    };
    if !leads || !enough || title.chars().count() > LONGEST_TITLE + 80 || is_issue(&title) {
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

/// A line set as a heading, no more than a heading says.
fn is_heading(line: &Line, text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let label = text.ends_with(':') && text.split_whitespace().count() <= 3;
    (line.heading > 0 || line.is_strong())
        && letters >= 3
        && !label
        && text.chars().count() <= 2 * LONGEST_TITLE
        && line.links(Use::Named).next().is_none()
}

/// "Issue #64", "Lettre n° 12", a date alone.
fn is_issue(text: &str) -> bool {
    let words = letters(text);
    let hash = text.split('#').nth(1).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if hash && words.split(' ').count() <= 6 {
        return true;
    }
    let numbered = words.split(' ').count() <= 4 && words.contains(|c: char| c.is_ascii_digit());
    numbered
        && ["issue", "numero", "n ", "lettre", "newsletter", "ausgabe", "edition", "no "]
            .iter()
            .any(|word| words.starts_with(word))
}

/// The text of a line without the anchors that lead on.
fn without_more(line: &Line) -> String {
    let told: String =
        line.spans.iter().filter(|span| span.used != Some(Use::More)).map(|span| span.text.as_str()).collect();
    let told = html::one_line(
        told.trim_matches(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '(' | ')' | '.' | '»' | '→')),
    );
    if told.chars().filter(|c| c.is_alphabetic()).count() > 3 { told } else { String::new() }
}

/// A paragraph that begins bold begins a story of its own.
fn is_strong_start(line: &Line) -> bool {
    line.spans.first().is_some_and(|span| {
        span.strong && span.link.is_none() && span.text.chars().filter(|c| c.is_alphabetic()).count() >= 12
    })
}

/// The stories among the chunks. `weakly` also takes a bold title whose text holds one or two links.
fn stories(chunks: &[Chunk], names: &[&str], weakly: bool) -> Vec<Story> {
    let mut stories: Vec<Story> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    let own: Vec<String> = names.iter().map(|name| letters(name)).filter(|name| !name.is_empty()).collect();
    // Slogans beside a list: sentences without a word below them, where titles are no sentences.
    let is_slogan = |chunk: &Chunk| {
        let sentence = chunk.title.as_deref().is_some_and(|title| title.trim_end().ends_with(['.', '!']));
        sentence && chunk.link.is_some() && chunk.text.is_empty() && !chunk.set_apart
    };
    let led = chunks.iter().filter(|chunk| chunk.link.is_some()).count();
    let slogans = chunks.iter().filter(|chunk| is_slogan(chunk)).count();
    for chunk in chunks.iter().filter(|chunk| slogans * 3 > led || !is_slogan(chunk)) {
        let blurb = typography::shorten(&html::one_line(&chunk.text.join(" ")), LONGEST_BLURB);
        let told = match (&chunk.title, &chunk.link, &chunk.more) {
            (Some(title), Some(link), _) | (Some(title), None, Some(link)) => {
                Some((title.clone(), link, blurb.clone()))
            }
            (None, None, Some(link)) if blurb.chars().count() >= 40 => {
                Some((first_sentence(&blurb), link, blurb.clone()))
            }
            (Some(title), None, None) if weakly && (1..=2).contains(&chunk.inline.len()) && chunk.set_apart => {
                Some((title.clone(), &chunk.inline[0], blurb.clone()))
            }
            _ => None,
        };
        let Some((title, link, blurb)) = told else {
            continue;
        };
        let name = letters(&title);
        let bare_site = link.path().trim_matches('/').is_empty() && link.query().is_none();
        let paid = chunk.advert || is_paid(&title) || chunk.section.as_deref().is_some_and(is_advert);
        if paid || own.contains(&name) || is_issue(&title) || (bare_site && blurb.chars().count() < 40) {
            continue;
        }
        let link = urls::clean(link);
        let opaque = is_opaque(&link);
        if !seen.insert(urls::canonical(&link)) || !seen.insert(name) {
            continue;
        }
        let title = typography::shorten(title.trim_end_matches([' ', ':', '»', '→', '>']), LONGEST_TITLE);
        let (untitled, led) = (chunk.title.is_none(), chunk.link.is_some());
        stories.push(Story { title, link, opaque, blurb, section: chunk.section.clone(), untitled, led });
    }
    stories
}

fn is_paid(title: &str) -> bool {
    let folded = fold(title);
    ["(sponsor)", "(sponsored)", "[sponsor]", "[ad]", "(ad)", "(publicite)", "(sponsorise)", "(anzeige)"]
        .iter()
        .any(|label| folded.ends_with(label))
}

/// A text's first sentence, as a title.
fn first_sentence(text: &str) -> String {
    let end = text
        .char_indices()
        .find(|(at, c)| *at >= 20 && matches!(c, '.' | '!' | '?' | '…') && text[at + c.len_utf8()..].starts_with(' '))
        .map_or(text.len(), |(at, c)| at + if c == '.' { 0 } else { c.len_utf8() });
    typography::shorten(&text[..end], 140)
}

/// A list whose blurbs hold links of their own, or that stands below an editorial full of them: enough of the letter
/// stands below titles that are links.
fn is_dense(stories: &[Story], chunks: &[Chunk]) -> bool {
    let words = |chunk: &Chunk| {
        chunk.text.iter().chain(&chunk.title).map(|text| text.split_whitespace().count()).sum::<usize>()
    };
    let led: usize = chunks.iter().filter(|chunk| chunk.link.is_some()).map(words).sum();
    let all: usize = chunks.iter().map(words).sum();
    stories.iter().filter(|story| story.led).count() > LIST && led * 10 >= all * 4
}

/// The letter as plain HTML of headings and paragraphs, its links kept.
fn body(lines: &[Line]) -> String {
    let mut markup = String::new();
    let encode = |text: &str| html_escape::encode_text(text).into_owned();
    for line in lines.iter().filter(|line| !is_service(line) && !line.text().is_empty()) {
        let tag = if line.heading > 0 { "h3" } else { "p" };
        markup.push_str(&format!("<{tag}>"));
        for span in &line.spans {
            match &span.link {
                Some(link) if span.used != Some(Use::Service) && !is_opaque(link) => {
                    let address = html_escape::encode_double_quoted_attribute(urls::clean(link).as_str()).into_owned();
                    markup.push_str(&format!("<a href=\"{address}\">{}</a>", encode(&span.text)));
                }
                _ => markup.push_str(&encode(&span.text)),
            }
        }
        markup.push_str(&format!("</{tag}>\n"));
    }
    markup
}
