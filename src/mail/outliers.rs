//! What stands among the stories of a list and is none: the house's own boxes, several ways on from one story, slogans,
//! what has no number where stories are numbered, the links of another kind below the last story.

use std::collections::HashMap;

use url::Url;

use super::anchors::letters;
use super::chunks::Chunk;
use super::phrases::{is_house, is_own_box};
use super::roles::is_day;

/// Numbered titles from which numbers are the list's own form.
const NUMBERED: usize = 3;
/// Stories of one kind of address from which that kind is the list's.
const ALIKE: usize = 6;
/// Entries one below the other from which they are stories of their own.
const RUN: usize = 4;
/// Entries in a whole letter from which they are its stories, whatever the section.
const LISTED: usize = 8;
/// Words that say something of a link.
const SAID: usize = 6;
/// Entries that are links as a whole, from which such is their list.
const WHOLE_LINKS: usize = 3;
/// Most words of an entry of a menu, and entries from which they are one.
const MENU: usize = 3;
const ENTRIES: usize = 5;
/// Words below a title from which it is told as a story is.
const STORY: usize = 20;
/// Most words below the letter's own name.
const NAME: usize = 25;
/// Words of an entry that is no more than a title.
const TITLE: usize = 12;
/// Most ways on that one story is given.
const WAYS_ON: usize = 4;

/// Takes from a letter's chunks what is no story of it.
pub(super) fn weed(chunks: Vec<Chunk>) -> Vec<Chunk> {
    let mut chunks = gather(entries(chunks));
    // Below "Links" there are also the week's finds, each with a word on it.
    let told = |chunk: &Chunk| chunk.text.iter().map(|text| words(text)).sum::<usize>() >= SAID;
    let of_house = |heading: &String, chunk: &Chunk| is_house(heading) && !(is_links(heading) && told(chunk));
    // What stands below a box of the house and is not set apart is of it.
    let mut boxed: Option<Option<String>> = None;
    chunks.retain(|chunk| {
        let house = [&chunk.section, &chunk.title].into_iter().flatten().any(|heading| of_house(heading, chunk));
        let own = chunk.set_apart && chunk.link.is_none() && chunk.title.as_deref().is_some_and(is_own_box);
        let house_title = chunk.title.as_ref().is_some_and(|title| of_house(title, chunk));
        if own || house_title && chunk.set_apart {
            boxed = Some(chunk.section.clone());
        } else if chunk.set_apart || boxed.as_ref().is_some_and(|section| *section != chunk.section) {
            boxed = None;
        }
        !house && boxed.is_none()
    });
    masthead(&mut chunks);
    slogans(&mut chunks);
    headings(&mut chunks);
    menus(&mut chunks);
    unnumbered(&mut chunks);
    of_another_kind(&mut chunks);
    chunks
}

fn is_links(heading: &str) -> bool {
    let words = letters(heading);
    words.ends_with("links") || words.starts_with("liens")
}

/// Entries of lists whose sentences hold a link are stories where most of their section is told so; elsewhere they belong
/// to the story above them.
fn entries(chunks: Vec<Chunk>) -> Vec<Chunk> {
    let mut sections: HashMap<Option<String>, (usize, usize)> = HashMap::new();
    for chunk in chunks.iter().filter(|chunk| chunk.link.is_some()) {
        let (entries, led) = sections.entry(chunk.section.clone()).or_default();
        *(if chunk.entry { entries } else { led }) += 1;
    }
    let (all, led) = sections.values().fold((0, 0), |(all, led), of| (all + of.0, led + of.1));
    // Where they are how most of the letter is told, they are so in its short sections too.
    let listed_all = all >= LISTED && all >= led || all >= RUN && led == 0;
    // A section of nothing but entries is a list, however short.
    let mut pure: HashMap<Option<String>, (usize, bool)> = HashMap::new();
    for chunk in chunks.iter().filter(|chunk| chunk.link.is_some() || chunk.more.is_some()) {
        let (count, all) = pure.entry(chunk.section.clone()).or_insert((0, true));
        *count += 1;
        *all &= (chunk.entry || chunk.bullet) && chunk.link.is_some() || chunk.bullet && chunk.more.is_some();
    }
    let alone = |chunk: &Chunk| pure.get(&chunk.section).is_some_and(|(count, all)| *all && *count >= 2);
    let listed = |chunk: &Chunk| {
        listed_all
            || chunk.section.is_some() && alone(chunk)
            || sections.get(&chunk.section).is_some_and(|(entries, led)| *entries >= 3 && entries >= led)
    };
    // A long run of them is a list, whatever stands beside it.
    let in_a_run: Vec<bool> = (0..chunks.len())
        .map(|at| {
            let before = chunks[..at].iter().rev().take_while(|chunk| chunk.entry).count();
            let after = chunks[at..].iter().take_while(|chunk| chunk.entry).count();
            before + after >= RUN
        })
        .collect();
    // Beside entries that are links as a whole, a short one of which a part is the link is a title too.
    let mut whole: HashMap<Option<String>, usize> = HashMap::new();
    for chunk in chunks.iter().filter(|chunk| chunk.bullet && chunk.link.is_some() && !chunk.entry) {
        *whole.entry(chunk.section.clone()).or_default() += 1;
    }
    let mut kept: Vec<Chunk> = Vec::with_capacity(chunks.len());
    let next: Vec<bool> = chunks.iter().skip(1).map(|chunk| chunk.bullet).chain([false]).collect();
    for ((mut chunk, in_a_run), next) in chunks.into_iter().zip(in_a_run).zip(next) {
        let beside = whole.get(&chunk.section).is_some_and(|count| *count >= WHOLE_LINKS);
        let short = chunk.text.iter().map(|text| words(text)).sum::<usize>() <= TITLE;
        if chunk.entry
            && !in_a_run
            && !listed(&chunk)
            && beside
            && short
            && (next || kept.last().is_some_and(|above| above.bullet))
        {
            chunk.title = Some(chunk.text.join(" "));
            (chunk.text, chunk.entry, chunk.bullet) = (Vec::new(), false, true);
            kept.push(chunk);
            continue;
        }
        // A sentence among them is one of them.
        let amid = kept.last().is_some_and(|above| (above.bullet || above.entry) && above.section == chunk.section);
        if chunk.entry && beside && amid {
            kept.push(chunk);
            continue;
        }
        match kept.last_mut() {
            Some(above) if chunk.entry && !in_a_run && !listed(&chunk) => {
                above.inline.extend(chunk.link);
                above.text.extend(chunk.text);
            }
            _ => kept.push(chunk),
        }
    }
    kept
}

/// A heading with its text and then short links alone: they are ways into one story, the first of them its own.
fn gather(chunks: Vec<Chunk>) -> Vec<Chunk> {
    let mut kept: Vec<Chunk> = Vec::with_capacity(chunks.len());
    let mut taken = 0;
    for chunk in chunks {
        let way_on = chunk.link.is_some() && chunk.more.is_none() && chunk.text.is_empty() && !chunk.set_apart;
        let short = chunk.title.as_deref().is_some_and(|title| words(title) <= 4);
        if let Some(story) = kept.last_mut().filter(|_| way_on && short) {
            let told = story.text.iter().map(|text| words(text)).sum::<usize>() >= 6;
            let open = story.title.is_some() && story.set_apart && story.link.is_none() && told;
            if open && taken < WAYS_ON && (story.more.is_none() || taken > 0) {
                story.more = story.more.take().or(chunk.link);
                taken += 1;
                continue;
            }
        }
        taken = 0;
        kept.push(chunk);
    }
    kept
}

/// What stands at the very top with a way on and not a word told, above stories that are told: the letter's own head.
fn masthead(chunks: &mut Vec<Chunk>) {
    let told = |chunk: &&Chunk| chunk.text.iter().map(|text| words(text)).sum::<usize>() >= SAID;
    let bare = |chunk: &Chunk| chunk.link.is_none() && chunk.more.is_some() && chunk.text.is_empty();
    // The sender's name as a plain link, above titles that are set apart.
    let plain = |chunk: &Chunk| chunk.link.is_some() && chunk.text.is_empty() && !chunk.set_apart && !chunk.bullet;
    let short = |chunk: &Chunk| chunk.title.as_deref().is_some_and(|title| words(title) <= MENU);
    let apart = chunks.iter().filter(|chunk| chunk.set_apart && chunk.link.is_some()).count();
    if apart >= WHOLE_LINKS && chunks.first().is_some_and(|first| plain(first) && short(first)) {
        chunks.remove(0);
    }
    // The one heading of its level, with hardly a word below it.
    let name = |chunk: &Chunk| {
        let sole = chunk.level == 1 && chunks.iter().filter(|other| other.level == 1).count() == 1;
        sole && chunk.link.is_none() && chunk.told_words() <= NAME
    };
    let below = chunks.iter().filter(|chunk| chunk.level > 1 && chunk.title.is_some()).count();
    if below >= WHOLE_LINKS && chunks.first().is_some_and(name) {
        chunks.remove(0);
    }
    if chunks.first().is_some_and(bare) && chunks.iter().filter(told).count() > chunks.len() / 2 {
        chunks.remove(0);
    }
}

/// Slogans beside a list: sentences without a word below them, where titles are no sentences.
fn slogans(chunks: &mut Vec<Chunk>) {
    let is_slogan = |chunk: &Chunk| {
        let sentence = chunk.title.as_deref().is_some_and(|title| title.trim_end().ends_with(['.', '!']));
        sentence && chunk.link.is_some() && chunk.text.is_empty() && !chunk.set_apart
    };
    // Among bare titles of its own section it is one of them.
    let bare = |chunk: &Chunk| chunk.link.is_some() && chunk.text.is_empty() && !is_slogan(chunk);
    let among = |at: usize| {
        let beside = [at.checked_sub(1), at.checked_add(1)];
        let mut beside = beside.into_iter().flatten().filter_map(|other| chunks.get(other));
        beside.any(|other| bare(other) && other.section.is_some() && other.section == chunks[at].section)
    };
    let slogans: Vec<bool> = (0..chunks.len()).map(|at| is_slogan(&chunks[at]) && !among(at)).collect();
    let led = chunks.iter().filter(|chunk| chunk.link.is_some()).count();
    let count = slogans.iter().filter(|slogan| **slogan).count();
    if count * 3 <= led {
        let mut slogans = slogans.into_iter();
        chunks.retain(|_| !slogans.next().unwrap_or_default());
    }
}

/// A short link directly above a longer title is the heading of its section, where there are several of the kind.
fn headings(chunks: &mut Vec<Chunk>) {
    let long = |chunk: &Chunk| chunk.title.as_deref().is_some_and(|title| words(title) > MENU) && chunk.link.is_some();
    let is_heading = |at: usize| is_entry(&chunks[at]) && !chunks[at].bullet && chunks.get(at + 1).is_some_and(long);
    let headings: Vec<bool> = (0..chunks.len()).map(is_heading).collect();
    if headings.iter().filter(|heading| **heading).count() >= 2 {
        let mut headings = headings.into_iter();
        chunks.retain(|_| !headings.next().unwrap_or_default());
    }
}

/// Rows of short links below one another are a menu, where the stories have longer titles.
fn menus(chunks: &mut Vec<Chunk>) {
    let long = |chunk: &&Chunk| {
        chunk.title.as_deref().is_some_and(|title| words(title) > MENU)
            && (chunk.link.is_some() || chunk.more.is_some())
    };
    if chunks.iter().filter(long).count() < WHOLE_LINKS {
        return;
    }
    let run = |at: usize| {
        let above = chunks[..at].iter().rev().take_while(|chunk| is_entry(chunk)).count();
        above + chunks[at..].iter().take_while(|chunk| is_entry(chunk)).count()
    };
    let menu: Vec<bool> = (0..chunks.len()).map(|at| is_entry(&chunks[at]) && run(at) >= ENTRIES).collect();
    let mut menu = menu.into_iter();
    chunks.retain(|_| !menu.next().unwrap_or_default());
}

/// A link of few words of which nothing is told but a day.
fn is_entry(chunk: &Chunk) -> bool {
    let short = chunk.title.as_deref().is_some_and(|title| words(title) <= MENU);
    let bare = chunk.text.iter().all(|text| is_day(text));
    short && chunk.link.is_some() && bare && chunk.more.is_none() && !chunk.announced
}

/// Where titles are numbered one after the other, they lose their numbers, and the few without one are no stories.
fn unnumbered(chunks: &mut Vec<Chunk>) {
    let number = |chunk: &Chunk| chunk.title.as_deref().and_then(numbered).map(|(number, _)| number);
    let numbers: Vec<u32> = chunks.iter().filter_map(number).collect();
    let runs = numbers.len() >= NUMBERED && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
    if !runs {
        return;
    }
    let leads = |chunk: &Chunk| chunk.link.is_some() || chunk.more.is_some();
    let others = chunks.iter().filter(|chunk| number(chunk).is_none() && leads(chunk)).count();
    let told = |chunk: &Chunk| chunk.set_apart && chunk.text.iter().map(|text| words(text)).sum::<usize>() >= STORY;
    if others * 3 <= numbers.len() {
        chunks.retain(|chunk| number(chunk).is_some() || !leads(chunk) || told(chunk));
    }
    for chunk in chunks {
        if let Some((_, bare)) = chunk.title.as_deref().and_then(numbered) {
            chunk.title = Some(bare.to_owned());
        }
    }
}

/// `12. Title` or `3) Title`.
fn numbered(title: &str) -> Option<(u32, &str)> {
    let digits = title.bytes().take_while(u8::is_ascii_digit).count();
    let rest = title[digits..].strip_prefix(['.', ')'])?.strip_prefix(' ')?.trim_start();
    (1..=3).contains(&digits).then(|| title[..digits].parse().ok())?.map(|number| (number, rest))
}

/// Stories that nearly all lie in one folder of one site, and below the last of them links that lie elsewhere and of
/// which nothing is told: columns, services, the sender's other pages.
fn of_another_kind(chunks: &mut Vec<Chunk>) {
    let kind = |chunk: &Chunk| chunk.link.as_ref().or(chunk.more.as_ref()).map(folder);
    let mut counts: HashMap<String, usize> = HashMap::new();
    for kind in chunks.iter().filter_map(kind) {
        *counts.entry(kind).or_default() += 1;
    }
    let all: usize = counts.values().sum();
    let Some((most, _)) = counts.into_iter().filter(|(_, count)| *count >= ALIKE && count * 2 >= all).max() else {
        return;
    };
    let last = chunks.iter().rposition(|chunk| kind(chunk).as_ref() == Some(&most)).unwrap_or(chunks.len());
    let mut at = 0;
    chunks.retain(|chunk| {
        at += 1;
        at <= last + 1 || chunk.title.is_some() && !chunk.text.is_empty()
    });
}

/// Host and folder of an address, numbers aside.
fn folder(url: &Url) -> String {
    let path = url.path().rsplit_once('/').map_or("", |(folder, _)| folder);
    let parts = path.split('/').map(|part| if part.bytes().all(|b| b.is_ascii_digit()) { "#" } else { part });
    format!("{}{}", url.host_str().unwrap_or_default(), parts.collect::<Vec<_>>().join("/"))
}

fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(title: &str, link: &str, text: &str) -> Chunk {
        Chunk {
            title: Some(title.to_owned()).filter(|title| !title.is_empty()),
            link: Url::parse(link).ok(),
            text: Some(text.to_owned()).filter(|text| !text.is_empty()).into_iter().collect(),
            ..Chunk::default()
        }
    }

    fn titles(chunks: Vec<Chunk>) -> Vec<String> {
        weed(chunks).into_iter().filter_map(|chunk| chunk.title).collect()
    }

    #[test]
    fn ways_on_below_a_heading_are_one_story() {
        let mut story = chunk("Claude à moitié prix", "", "Le prix a été divisé par deux depuis hier soir.");
        story.set_apart = true;
        let ways = [chunk("Guide complet", "https://a.example/g", ""), chunk("Comparatif", "https://a.example/c", "")];
        let kept = weed([vec![story], ways.to_vec()].concat());
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].more.as_ref().map(Url::as_str), Some("https://a.example/g"));
    }

    #[test]
    fn what_has_no_number_beside_numbers_is_no_story() {
        let mut chunks: Vec<Chunk> =
            (1..=4).map(|n| chunk(&format!("{n}. Une idée"), &format!("https://a.example/{n}"), "")).collect();
        chunks.push(chunk("Contenu réservé aux abonnés", "https://a.example/prix", ""));
        assert_eq!(titles(chunks), ["Une idée"; 4]);
    }

    #[test]
    fn columns_below_the_news_and_boxes_of_the_house_go() {
        let mut chunks: Vec<Chunk> =
            (1..=7).map(|n| chunk("Une brève", &format!("https://a.example/2026/11/{n}-x.html"), "")).collect();
        chunks.push(chunk("La chronique de Jeanne", "https://a.example/columns/jeanne/", ""));
        chunks.push(chunk("Un entretien", "https://a.example/video/9", "Ce qu'elle en dit."));
        assert_eq!(titles(chunks).len(), 8);
        let mut boxed = chunk("Trouvez un hébergeur", "https://b.example/h", "");
        boxed.section = Some("Elsewhere on Example".to_owned());
        assert!(titles(vec![boxed]).is_empty());
        for heading in ["Elsewhere on ZDNet", "Most Popular Products", "Liens utiles"] {
            assert!(is_house(heading), "{heading}");
        }
        assert!(!is_house("Notable Links"));
    }

    #[test]
    fn the_letters_own_head_is_no_story() {
        let mut head = chunk("Votre rendez-vous du vendredi", "", "");
        head.more = Url::parse("https://a.example/lettre").ok();
        let told = |n: u8| chunk("Un titre", &format!("https://a.example/{n}"), "Ce qu'il en dit, en quelques mots.");
        assert_eq!(titles([vec![head], (1..=3).map(told).collect()].concat()), ["Un titre"; 3]);
    }

    #[test]
    fn menus_and_headings_that_are_links_are_no_stories() {
        let told = |n: u8| chunk("Un titre de plusieurs mots", &format!("https://a.example/{n}"), "Ce qu'il en dit.");
        let menu = ["Livres", "Cinéma", "Emploi", "Météo", "Jeux"].map(|name| chunk(name, "https://a.example/m", ""));
        assert_eq!(titles([(1..=3).map(told).collect(), menu.to_vec()].concat()).len(), 3);
        let headed = |n: u8| [chunk("Sports", &format!("https://a.example/s{n}"), ""), told(n)];
        assert_eq!(titles((1..=3).flat_map(headed).collect()).len(), 3);
    }
}
