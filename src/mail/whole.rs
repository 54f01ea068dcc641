//! Stories that a letter tells whole, without a way on, among those that lead elsewhere: staff letters have many of them.

use std::collections::HashMap;

use super::chunks::Chunk;
use super::labels::is_in_brief;
use super::phrases::{is_editorial, is_house};
use super::sections::is_told;

/// Stories with a way on among which one without is of their kind.
const KIN: usize = 2;
/// Level of a heading from which it looks as a bold line does.
const SMALL: u8 = 3;
/// Words of a story that is told whole, of one told at length, and of one beside others that say no more.
const WHOLE: usize = 12;
const LONG: usize = 60;
const SHORT: usize = 8;
/// Words below a title of one word.
const LENGTH: usize = 15;

/// Which chunks are such stories: headed and told as those around them that have a way on, and standing among them; entries
/// and paragraphs with a bold beginning among others that lead on.
pub(super) fn told_whole(chunks: &[Chunk]) -> Vec<bool> {
    let around = around(chunks);
    let entries = runs(chunks, |one, other| {
        (one.entry, one.run_in) == (other.entry, other.run_in) && one.section == other.section
    });
    let paragraphs = runs(chunks, |one, other| one.run_in && other.run_in);
    let ran = chunks.iter().filter(|chunk| chunk.run_in);
    let (ran, all) = ran.fold((0, 0), |(led, all), chunk| (led + usize::from(leads(chunk)), all + 1));
    let beside = |at: usize| {
        let chunk = &chunks[at];
        if !(chunk.entry || chunk.run_in) || chunk.advert || leads(chunk) {
            return false;
        }
        // Where most paragraphs of the letter begin so and lead on, one that does not is a story too.
        if chunk.run_in && ran >= 2 * KIN && ran * 3 >= all * 2 {
            let (led, beside) = paragraphs[at];
            return led > 0 || beside == 1;
        }
        let (led, all) = entries[at];
        if chunk.run_in && chunk.section.is_some() { led > 0 && all > KIN } else { led >= KIN && led * 2 > all }
    };
    (0..chunks.len()).map(|at| is_whole(chunks, at, &around[at]) || beside(at)).collect()
}

fn led(chunk: &Chunk) -> bool {
    chunk.link.is_some() || chunk.more.is_some()
}

fn leads(chunk: &Chunk) -> bool {
    led(chunk) || !chunk.inline.is_empty()
}

fn headed(chunk: &Chunk) -> bool {
    chunk.set_apart && chunk.title.is_some() && !chunk.run_in && !chunk.advert
}

/// Small headings and bold lines look alike.
fn form(chunk: &Chunk) -> u8 {
    if chunk.level >= SMALL { 0 } else { chunk.level }
}

/// What stands around a chunk. Kin are headed stories of its form that are told and lead on.
#[derive(Debug, Clone, Default)]
struct Around {
    kin_before: usize,
    /// With itself, where a link stands in its sentences.
    kin_after: usize,
    /// The same in its own section.
    own_before: usize,
    own_after: usize,
    /// Headed stories of its section, of any form, that have a way on of their own.
    led_in_section: usize,
    led_before: usize,
    /// A higher heading stands above it.
    is_below: bool,
    /// One of its section stands right beside it.
    is_beside: bool,
}

fn around(chunks: &[Chunk]) -> Vec<Around> {
    let told: Vec<bool> = chunks.iter().map(|chunk| is_told(&chunk.text.join(" "))).collect();
    let kin = |at: usize| headed(&chunks[at]) && leads(&chunks[at]) && told[at];
    let (mut kin_of, mut own_of, mut led_of) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (at, chunk) in chunks.iter().enumerate() {
        if kin(at) {
            *kin_of.entry(form(chunk)).or_insert(0_usize) += 1;
            *own_of.entry((form(chunk), chunk.section.as_deref())).or_insert(0_usize) += 1;
        }
        if headed(chunk) && led(chunk) && told[at] {
            *led_of.entry(chunk.section.as_deref()).or_insert(0_usize) += 1;
        }
    }
    let (mut kin_seen, mut own_seen) = (HashMap::new(), HashMap::new());
    let (mut led_before, mut highest) = (0, u8::MAX);
    let mut around = Vec::with_capacity(chunks.len());
    for (at, chunk) in chunks.iter().enumerate() {
        let (form, section) = (form(chunk), chunk.section.as_deref());
        let of = |known: Option<&usize>| known.copied().unwrap_or_default();
        let (kin_before, own_before) = (of(kin_seen.get(&form)), of(own_seen.get(&(form, section))));
        let itself = usize::from(kin(at));
        let sides = [at.checked_sub(1), at.checked_add(1).filter(|next| *next < chunks.len())];
        let own = |other: &usize| {
            kin(*other) && self::form(&chunks[*other]) == form && chunks[*other].section == chunk.section
        };
        around.push(Around {
            kin_before,
            kin_after: of(kin_of.get(&form)) - kin_before,
            own_before,
            own_after: of(own_of.get(&(form, section))) - own_before - itself,
            led_in_section: of(led_of.get(&section)),
            led_before,
            is_below: highest < chunk.level,
            is_beside: section.is_some() && sides.into_iter().flatten().any(|side| own(&side)),
        });
        if itself > 0 {
            *kin_seen.entry(form).or_insert(0_usize) += 1;
            *own_seen.entry((form, section)).or_insert(0_usize) += 1;
        }
        led_before += usize::from(led(chunk));
        if headed(chunk) && chunk.level > 0 {
            highest = highest.min(chunk.level);
        }
    }
    around
}

/// True for a headed story without a way on, or with one only inside its sentences.
fn is_whole(chunks: &[Chunk], at: usize, around: &Around) -> bool {
    let chunk = &chunks[at];
    let Some(title) = chunk.title.as_deref().filter(|_| headed(chunk) && !led(chunk)) else { return false };
    let (pictured, ways) = (chunk.pictured.is_some(), leads(chunk) || chunk.pictured.is_some());
    // A few words are enough where the stories beside it say no more, or a link is among them.
    let many = chunk.section.is_some() && around.led_in_section >= KIN;
    let least = if ways || many { SHORT } else { WHOLE };
    // A heading with its own below it announces them.
    let above = chunks.get(at + 1).is_some_and(|next| chunk.level > 0 && next.level > chunk.level);
    // One word is a title where one of its kind stands beside it.
    let few = title.split(' ').count() < 3 && !(around.is_beside && chunk.told_words() >= LENGTH);
    let sentence = chunk.level == 0 && (title.ends_with(['.', '!', ',']) || few);
    let names = |heading: &str| is_editorial(heading) || is_house(heading);
    let said = names(title) || is_in_brief(title) || !pictured && chunk.section.as_deref().is_some_and(names);
    if chunk.told_words() < least || above || sentence || said {
        return false;
    }
    // A picture that leads on, a title and a text are a story however others are set; what was announced is one.
    if chunk.announced || pictured && around.led_before >= KIN {
        return true;
    }
    let enough = match chunk.level {
        0 if around.is_beside => 1,
        0 => KIN + 1,
        _ if chunk.told_words() >= LONG => 1,
        _ => KIN,
    };
    // What is headed above the first of them is what the letter says of itself.
    let headed_too = chunk.section.is_some() && around.own_after > 0;
    let first = around.kin_before == 0 && !headed_too && !around.is_below;
    let amid = around.kin_after > 0 || around.own_before >= KIN || around.is_beside || ways;
    around.kin_before + around.kin_after >= enough && amid && !first
}

/// For each chunk those of its run, how many lead on and how many there are.
fn runs(chunks: &[Chunk], alike: impl Fn(&Chunk, &Chunk) -> bool) -> Vec<(usize, usize)> {
    let mut counts = Vec::with_capacity(chunks.len());
    for run in chunks.chunk_by(|one, other| alike(one, other)) {
        let led = run.iter().filter(|chunk| leads(chunk)).count();
        counts.extend(std::iter::repeat_n((led, run.len()), run.len()));
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::chunks::made::headed;

    #[test]
    fn a_story_without_a_way_on_is_one_where_those_around_it_have_theirs() {
        let linked = |n: u8| headed("Une chaufferie au bois", Some(&format!("https://a.example/{n}")));
        let letter = [linked(1), headed("Les semis ont commencé", None), linked(2), headed("À propos de nous", None)];
        assert_eq!(told_whole(&letter), [false, true, false, false]);
        // What is headed above the first of them is what the letter says of itself.
        let letter = [headed("Une rentrée chargée", None), linked(1), linked(2)];
        assert_eq!(told_whole(&letter), [false; 3]);
        let edito = [linked(1), headed("Le mot de la direction", None), linked(2)];
        assert_eq!(told_whole(&edito), [false; 3]);
    }

    #[test]
    fn an_entry_without_a_way_on_is_a_story_among_those_that_have_theirs() {
        let entry =
            |link: Option<&str>| Chunk { title: None, set_apart: false, level: 0, entry: true, ..headed("", link) };
        let linked = || entry(Some("https://a.example/1"));
        assert_eq!(told_whole(&[linked(), entry(None), linked()]), [false, true, false]);
        assert_eq!(told_whole(&[linked(), entry(None), entry(None)]), [false; 3]);
    }
}
