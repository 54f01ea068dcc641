//! A letter split into its stories: one that lists them gives one each, one that tells gives itself, one that sells
//! gives none.

use std::collections::{HashMap, HashSet};

use url::Url;

use crate::text::tokens::fold;
use crate::text::{html, typography, urls};

use super::anchors::{is_call, letters};
use super::chunks::{self, Chunk};
use super::contents;
use super::counters::is_counter;
use super::labels::{is_advert, is_news, names_an_issue};
use super::lines::Line;
use super::links::{Use, is_site};
use super::outliers;
use super::phrases::is_own_box;
use super::promotion::{is_poster, own_voice, reads_so, sells};
use super::roles::{LONGEST_TITLE, is_day, is_issue, is_service};
use super::sections::{self, is_sectioned, is_told};
use super::whole::told_whole;

/// Stories from which a letter is a list.
const LIST: usize = 3;
/// The same where they were announced.
const PAIR: usize = 2;
/// Words of a first line that is as good as a title.
const LINE: (usize, usize) = (3, 18);
/// Most words of an entry that is no more than a title.
const ENTRY: usize = 30;
/// Words of a blurb that tells.
const BLURB: usize = 12;
/// Words below the subject from which they are its story and not what the letter says of itself.
const LEAD: usize = 40;
/// Words of one who speaks for himself, of a hundred, from which a letter in sections is an essay.
const OWN_VOICE: f64 = 2.0;
/// Longest blurb, in characters.
const LONGEST_BLURB: usize = 600;
/// How much more of a title its address must hold for it to be that page's title rather than the one that came first.
const NAMED: f64 = 0.4;
/// Part of a letter, from its top, in which words of the foot do not yet end it.
const FOOT_FROM: f64 = 0.3;

/// A story of a letter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Story {
    /// Its title.
    pub title: String,
    /// Where it is told; nothing for a story told in the letter alone.
    pub link: Option<Url>,
    /// True when that is a counter of the sender, another one for each reader.
    pub opaque: bool,
    /// What the letter says of it.
    pub blurb: String,
    /// The paragraphs of a story told in the letter alone; empty for others.
    pub told: Vec<String>,
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
    /// True when it reads as those do that sell, rather than for want of words alone.
    pub sells: bool,
}

/// Reads the lines of a letter. `names` are those of sender and list and, last, the subject: their own name is no story.
pub fn read(lines: &[Line], names: &[&str], forced: Option<Shape>) -> Letter {
    let (end, whole) = (foot(lines), lines);
    let lines = &lines[..end];
    let subject = names.last().copied().unwrap_or_default();
    let owners = owners(&whole[end..]);
    let names = &owners.iter().map(String::as_str).chain(names.iter().copied()).collect::<Vec<_>>()[..];
    // What a colleague passes on stands in a quotation.
    let leads = |aside: bool| {
        let lines = lines.iter().filter(|line| line.aside == aside);
        lines.map(|line| line.links(Use::Named).chain(line.links(Use::More)).count()).sum::<usize>()
    };
    let answers = is_answer(subject);
    let passed_on = leads(true) > leads(false) && !answers;
    let own = lines.iter().filter(|line| passed_on || !line.aside);
    let parted: Vec<Line> = own.cloned().flat_map(Line::parted).collect();
    let parted = contents::keep_word(parted);
    let cut = sections::without_contents(chunks::cut(parted.iter()));
    let told = is_sectioned(&cut);
    let cut = if told { sections::with_their_entries(cut) } else { cut };
    let cut = sections::with_their_parts(contents::gather(cut));
    let chunks = outliers::weed(cut);
    let inline: usize = chunks.iter().map(|chunk| chunk.inline.len()).sum();
    let strong = stories(&chunks, names, false, false);
    let sectioned = told || is_sectioned(&chunks);
    let weakly = strong.len() < LIST || sectioned;
    let linked = if weakly { stories(&chunks, names, true, false) } else { strong };
    let blurbs = linked.iter().filter(|story| !story.untitled).map(|story| story.blurb.split_whitespace().count());
    let sells = sells(lines, names, blurbs.filter(|words| *words >= BLURB).count());
    let offers = !answers && reads_so(whole, subject, end < whole.len());
    // One who tells of himself below headings, and leads on only inside his sentences, writes an essay.
    let ways = |chunk: &Chunk| chunk.link.is_some() || chunk.more.is_some() || chunk.bullet || chunk.entry;
    let essay = sectioned && !names_an_issue(subject) && !chunks.iter().any(ways) && own_voice(lines) >= OWN_VOICE;
    let shape = forced.unwrap_or_else(|| {
        let titled = linked.iter().filter(|story| !story.untitled).count();
        let announces = |chunk: &&Chunk| chunk.announced || newsy(chunk);
        let told = |chunk: &&Chunk| {
            chunk.announced || chunk.set_apart && (chunk.told_words() >= BLURB || chunk.link.is_some())
        };
        let announced = chunks.iter().filter(announces).filter(told).count() >= PAIR && linked.len() >= PAIR;
        let lone = titled < LIST && !announced && !is_pair(&linked, &chunks);
        // A post sent by mail has its title for subject, however few its words.
        let titled_as_called =
            |line: &Line| line.heading > 0 && names.iter().any(|name| letters(name) == letters(&line.text()));
        let poster = is_poster(lines, end < whole.len()) && !lines.iter().any(titled_as_called);
        if sells || (lone && (poster || offers)) {
            Shape::Promotion
        } else if !lone
            && !essay
            && (entries(&chunks) > LIST
                || announced
                || titled < LIST
                || linked.len() * 2 >= inline
                || is_dense(&linked, &chunks)
                || sectioned)
        {
            Shape::Links
        } else {
            Shape::Prose
        }
    });
    let issue = Some(()).filter(|()| forced.is_none() && shape == Shape::Prose && !answers);
    let issue = issue.and_then(|()| sections::of_issue(&chunks, subject));
    let (shape, stories) = match (shape, issue) {
        (_, Some(sections)) => (Shape::Links, stories(&sections, names, true, true)),
        (Shape::Links, None) => (shape, stories(&chunks, names, weakly, true)),
        (_, None) => (shape, Vec::new()),
    };
    Letter { shape, stories, body: body(lines), sells: offers || sells }
}

/// True for the subject of an answer, whatever list it went through: `Re: …`, `[liste] RE: …`, `AW: …`.
fn is_answer(subject: &str) -> bool {
    let own =
        subject.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(subject, |(_, own)| own);
    let begins = own.trim_start().to_lowercase();
    ["re:", "re :", "ré:", "rép:", "rép :", "aw:", "sv:"].iter().any(|mark| begins.starts_with(mark))
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

/// Names beside the sign of copyright in the small print: the letter's own, or its sender's.
fn owners(foot: &[Line]) -> Vec<String> {
    const AROUND: [&str; 6] = ["copyright", "all rights reserved", "tous droits reserves", "tous droits", "par", "by"];
    let bare = |part: &str| {
        let words = format!(" {} ", letters(part));
        let words = AROUND.iter().fold(words, |words, said| words.replace(&format!(" {said} "), " "));
        words
            .split(' ')
            .filter(|word| !word.is_empty() && !word.bytes().all(|b| b.is_ascii_digit()))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let signed = foot.iter().map(Line::text).filter(|text| text.contains('©') && text.chars().count() <= LONGEST_TITLE);
    let parts = signed.flat_map(|text| text.split(['©', '–', '|', '.', ',', '•']).map(bare).collect::<Vec<_>>());
    parts.filter(|name| name.contains(' ')).collect()
}

/// The stories among the chunks. `weakly` also takes a bold title whose text holds one or two links, `whole` those that
/// are told in the letter alone.
fn stories(chunks: &[Chunk], names: &[&str], weakly: bool, whole: bool) -> Vec<Story> {
    let mut stories: Vec<Story> = Vec::new();
    let mut seen: HashSet<String> = HashSet::new();
    // Where in `stories` an address and a title stand first.
    let (mut places, mut titled) = (HashMap::<String, usize>::new(), HashMap::<String, usize>::new());
    let mut paid_for: HashSet<String> = HashSet::new();
    // A letter in sections may hold many links in each.
    let most = if is_sectioned(chunks) { usize::MAX } else { 2 };
    let running =
        chunks.iter().filter(|chunk| chunk.run_in && (chunk.more.is_some() || !chunk.inline.is_empty())).count()
            >= LIST;
    let own: Vec<String> = names.iter().map(|name| letters(name)).filter(|name| !name.is_empty()).collect();
    let last = chunks.iter().rposition(|chunk| chunk.link.is_some() || chunk.more.is_some()).unwrap_or_default();
    let mut titles_of: HashMap<u8, usize> = HashMap::new();
    for chunk in chunks.iter().filter(|chunk| chunk.link.is_some()) {
        *titles_of.entry(chunk.level).or_default() += 1;
    }
    let listed = titled_most(chunks);
    let whole = if whole { told_whole(chunks) } else { vec![false; chunks.len()] };
    for (at, chunk) in chunks.iter().enumerate() {
        if whole[at] {
            let title = chunk.title.clone().unwrap_or_else(|| first_sentence(&chunk.text.join(" ")));
            let title = typography::shorten(title.trim_end_matches([' ', ':']), LONGEST_TITLE);
            let name = letters(&title);
            if !own.contains(&name) && !is_own_box(&title) && !is_issue(&title) && seen.insert(name) {
                let blurb = typography::shorten(&html::one_line(&chunk.text.join(" ")), LONGEST_BLURB);
                let link = chunk.inline.first().or(chunk.pictured.as_ref()).map(urls::clean);
                let (section, opaque) = (chunk.section.clone(), link.as_ref().is_some_and(is_counter));
                let told = if link.is_some() { Vec::new() } else { chunk.text.clone() };
                stories.push(Story { title, link, opaque, blurb, told, section, ..Story::default() });
            }
            continue;
        }
        let blurb = typography::shorten(&html::one_line(&chunk.text.join(" ")), LONGEST_BLURB);
        let told = match (&chunk.title, &chunk.link, &chunk.more) {
            (Some(title), Some(link), _) | (Some(title), None, Some(link)) => {
                Some((title.clone(), link, blurb.clone()))
            }
            // Above the first title of a list, with a link, the letter speaks of itself.
            (None, None, Some(_)) if !chunk.bullet && stories.is_empty() && listed => None,
            (None, None, Some(link)) if blurb.chars().count() >= 40 => {
                Some((first_line(chunk).unwrap_or_else(|| first_sentence(&blurb)), link, blurb.clone()))
            }
            (None, Some(link), _) if chunk.entry => {
                Some((first_line(chunk).unwrap_or_else(|| first_sentence(&blurb)), link, blurb.clone()))
            }
            (Some(title), None, None)
                if (chunk.announced
                    || chunk.run_in && running
                    || weakly && (chunk.run_in || newsy(chunk) || chunk.inline.len() <= most))
                    && !chunk.inline.is_empty()
                    && chunk.set_apart
                    && !blurb.is_empty() =>
            {
                Some((title.clone(), &chunk.inline[0], blurb.clone()))
            }
            _ => None,
        };
        let Some((title, link, blurb)) = told else {
            continue;
        };
        // Meetings stand under their day.
        let title = first_line(chunk).filter(|_| is_day(&title)).unwrap_or(title);
        // Above the first of them it is that of the issue.
        let dated = stories.is_empty() && chunk.link.is_none() && is_day(&title);
        let name = letters(&title);
        // Where titles are headings, one of them may lead to a site.
        let by_heading = chunk.level > 0 && titles_of.get(&chunk.level).is_some_and(|count| *count > 2 * LIST);
        let bare_site = is_site(link) && !by_heading;
        let to = urls::canonical(&urls::clean(link));
        let says = link.path().split('/').any(|part| ["sponsor", "sponsors", "sponsorship"].contains(&part))
            || link.query().is_some_and(|query| query.contains("=sponsor"));
        let labelled = chunk.advert || is_paid(&title) || chunk.section.as_deref().is_some_and(is_advert);
        // What is paid for once is paid for wherever its address comes back.
        let paid = labelled || says || paid_for.contains(&to);
        if paid {
            paid_for.insert(to);
        }
        // A quotation's author, or the source of what stood above.
        let remark = title.starts_with(['—', '–', '(']);
        // A letter may be called as its first story is.
        let called = own.last().is_some_and(|subject| *subject == name) && blurb.split_whitespace().count() >= LEAD;
        // Or the first story gives the letter its subject.
        let gives = own.last().is_some_and(|subject| *subject == name)
            && chunk.set_apart
            && chunk.link.is_some()
            && (chunk.more.is_some() && is_told(&blurb) || blurb.split_whitespace().count() >= LEAD / 2);
        // `See how it works on your own contracts`, below nothing and with nothing told.
        let asks = listed && !chunk.bullet && blurb.is_empty() && chunk.link.is_some() && is_call(&name);
        let lead = gives
            || chunk.link.is_none()
                && chunk.more.is_some()
                && is_told(&blurb)
                && (called || in_address(&title, link) > NAMED);
        if paid
            || asks
            || remark
            || dated
            || is_own_box(&title)
            || name.starts_with("share ") && own.iter().any(|own| name.contains(own.as_str()))
            || (own.contains(&name) && !lead)
            || is_issue(&title) && !(chunk.bullet && is_told(&blurb))
            // Below the last story a name signs, with its house's site.
            || (bare_site && chunk.title.is_none() && !chunk.entry && at == last)
            || (bare_site && blurb.chars().count() < 40 && !(chunk.bullet && is_told(&format!("{title} {blurb}"))))
        {
            continue;
        }
        let link = urls::clean(link);
        let opaque = is_counter(&link);
        let title = typography::shorten(title.trim_end_matches([' ', ':', '»', '→', '>']), LONGEST_TITLE);
        // The sentence of a short entry is its title.
        let entry = chunk.entry && chunk.told_words() <= ENTRY;
        let (untitled, led) = (chunk.title.is_none() && !chunk.brief && !entry, chunk.link.is_some());
        let address = urls::canonical(&link);
        // A source named below several titles, each with its own text, is the source of several stories.
        let names = |known: &Story| in_address(&title, &link) > in_address(&known.title, &link) + NAMED;
        let apart = |known: &Story| chunk.set_apart && is_told(&known.blurb) && is_told(&blurb) && !names(known);
        // A link on the name of its section and then on the title is one story, and that is its title.
        let same = places.get(&address).and_then(|at| stories.get_mut(*at));
        if let Some(known) = same.filter(|known| !apart(known)) {
            let untold = known.blurb.is_empty() && title.len() > known.title.len();
            if (untold || names(known)) && seen.insert(name) {
                (known.title, known.blurb) = (title, blurb);
            }
            continue;
        }
        // Meetings come back under one name, each at its own address.
        let again = |known: &Story| !opaque && !known.opaque && known.blurb != blurb;
        if !seen.insert(name.clone()) && !titled.get(&name).and_then(|at| stories.get(*at)).is_some_and(again) {
            continue;
        }
        titled.entry(name).or_insert(stories.len());
        places.entry(address).or_insert(stories.len());
        let (link, section) = (Some(link), chunk.section.clone());
        stories.push(Story { title, link, opaque, blurb, section, untitled, led, told: Vec::new() });
    }
    stories
}

/// True for what stands below a heading over news.
fn newsy(chunk: &Chunk) -> bool {
    chunk.section.as_deref().is_some_and(is_news)
}

/// True where most of what leads on has a title, and there are enough of such.
fn titled_most(chunks: &[Chunk]) -> bool {
    let led = chunks.iter().filter(|chunk| chunk.link.is_some() || chunk.more.is_some());
    let (titled, all) = led.fold((0, 0), |(titled, all), chunk| (titled + usize::from(chunk.title.is_some()), all + 1));
    titled >= LIST && titled * 4 >= all * 3
}

/// Entries that are a title with a way on of its own.
fn entries(chunks: &[Chunk]) -> usize {
    chunks.iter().filter(|chunk| chunk.bullet && chunk.title.is_some() && chunk.more.is_some()).count()
}

/// Two stories, each with its heading, its text and the way on, and nothing else told in the letter.
fn is_pair(stories: &[Story], chunks: &[Chunk]) -> bool {
    let ways: usize = chunks.iter().map(|chunk| chunk.inline.len()).sum();
    let headed = |story: &Story| {
        let own = |chunk: &&Chunk| chunk.title.as_ref().is_some_and(|title| title.starts_with(&story.title));
        chunks.iter().find(own).is_some_and(|chunk| chunk.set_apart)
    };
    let whole = |story: &Story| !story.untitled && is_told(&story.blurb) && headed(story);
    let told = chunks.iter().filter(|chunk| chunk.set_apart && is_told(&chunk.text.join(" "))).count();
    stories.len() == 2 && stories.iter().all(whole) && told == 2 && ways == 0
}

fn is_paid(title: &str) -> bool {
    let folded = fold(title);
    ["(sponsor)", "(sponsored)", "[sponsor]", "[ad]", "(ad)", "(publicite)", "(sponsorise)", "(anzeige)"]
        .iter()
        .any(|label| folded.ends_with(label))
}

/// The first line of a text that has no title, where it is short and no sentence.
fn first_line(chunk: &Chunk) -> Option<String> {
    let line = chunk.text.first().filter(|_| chunk.text.len() > 1).map(|line| html::one_line(line))?;
    let fits = (LINE.0..=LINE.1).contains(&line.split(' ').count()) && !line.ends_with(['.', ':', ',', ';', '!']);
    fits.then_some(line)
}

/// A text's first sentence, as a title.
pub(super) fn first_sentence(text: &str) -> String {
    let end = text
        .char_indices()
        .find(|(at, c)| *at >= 20 && matches!(c, '.' | '!' | '?' | '…') && text[at + c.len_utf8()..].starts_with(' '))
        .map_or(text.len(), |(at, c)| at + if c == '.' { 0 } else { c.len_utf8() });
    typography::shorten(&text[..end], 140)
}

/// Share of a title's longer words that its address holds: publishers name their pages so.
fn in_address(title: &str, link: &Url) -> f64 {
    let (title, path) = (letters(title), format!("-{}-", fold(link.path()).replace(['/', '_', '.'], "-")));
    let words: Vec<&str> = title.split(' ').filter(|word| word.chars().count() >= 4).collect();
    let held = words.iter().filter(|word| path.contains(&format!("-{word}-"))).count();
    #[expect(clippy::cast_precision_loss, reason = "words of a title")]
    if words.is_empty() { 0.0 } else { held as f64 / words.len() as f64 }
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
                Some(link) if span.used != Some(Use::Service) && !is_counter(link) => {
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
