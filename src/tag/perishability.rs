//! How long an item stays worth telling: dated, fresh or evergreen (requirement D7).
//!
//! Dated is what invites to something that has a day; evergreen what teaches something that stays true: by what the library
//! says, else by words of the title. In doubt an item is fresh.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::{Item, Language, LibraryEntry, Perishability};
use crate::text::date_finder::days_near;
use crate::text::tokens::plain;

/// Characters of the text in which an invitation says its day.
const HEAD: usize = 1_500;
/// Characters around a day in which the invitation stands.
const AROUND: usize = 110;
/// Words of a text that teaches something.
const TEACHES: usize = 200;
/// Longest time between an item and the day it invites to, in days.
const AHEAD: i32 = 300;

/// What invites, wherever it stands beside a day.
const INVITES: [&str; 26] = [
    "inscri",
    "aura lieu",
    "auront lieu",
    "se tiendra",
    "se tiendront",
    "se deroulera",
    "date limite",
    "rendez vous le",
    "rendez vous les",
    "rejoignez nous",
    "venez",
    "candidatez",
    "candidatures jusqu",
    "portes ouvertes",
    "register",
    "registration",
    "sign up",
    "takes place",
    "take place",
    "will be held",
    "deadline",
    "join us",
    "apply by",
    "apply before",
    "save the date",
    "open day",
];
/// What invites when it stands in the title.
const INVITING_TITLES: [&str; 18] = [
    "webinaire",
    "webinar",
    "salon",
    "conference",
    "colloque",
    "atelier",
    "meetup",
    "journee",
    "journees",
    "forum",
    "congres",
    "workshop",
    "summit",
    "conferences",
    "jusqu au",
    "avant le",
    "appel a projets",
    "appel a candidatures",
];
/// How titles begin that teach something.
const LESSONS: [&str; 22] = [
    "comment ",
    "pourquoi ",
    "guide ",
    "le guide ",
    "mode d emploi",
    "tout savoir ",
    "tout comprendre ",
    "comprendre ",
    "les bases ",
    "faq",
    "glossaire",
    "tutoriel",
    "qu est ce qu",
    "checklist",
    "how to ",
    "a guide ",
    "the guide ",
    "what is ",
    "understanding ",
    "tutorial",
    "glossary",
    "a beginner",
];
/// What is counted in titles that teach something: “7 conseils”.
const COUNTED: [&str; 20] = [
    "conseils",
    "etapes",
    "erreurs",
    "idees",
    "questions",
    "regles",
    "astuces",
    "bonnes",
    "cles",
    "facons",
    "tips",
    "steps",
    "mistakes",
    "ideas",
    "rules",
    "ways",
    "reasons",
    "raisons",
    "principes",
    "principles",
];
/// What ties a title to its moment.
const MOMENT: [&str; 12] = [
    "aujourd hui",
    "cette semaine",
    "ce mois",
    "cette annee",
    "hier",
    "demain",
    "today",
    "this week",
    "this month",
    "this year",
    "yesterday",
    "tomorrow",
];

/// Judges an item, with what the library says of it.
pub fn perishability(item: &Item, library: Option<&LibraryEntry>, zone: &TimeZone) -> Perishability {
    if let Some(entry) = library {
        if let Some(until) = entry.expires {
            // Its last minute may be midnight: the day before is then the last.
            let last = until.checked_sub(jiff::SignedDuration::from_secs(1)).unwrap_or(until);
            return Perishability::Dated(last.to_zoned(zone.clone()).date());
        }
        if entry.evergreen {
            return Perishability::Evergreen;
        }
    }
    let published = item.published.at.to_zoned(zone.clone()).date();
    if let Some(until) = invited_until(item, published) {
        return Perishability::Dated(until);
    }
    if teaches(item) { Perishability::Evergreen } else { Perishability::Fresh }
}

/// The last day that an item invites to.
fn invited_until(item: &Item, published: Date) -> Option<Date> {
    if !matches!(item.language, Language::French | Language::English) {
        return None;
    }
    let title = plain(&item.title);
    let inviting_title = INVITING_TITLES.iter().any(|word| holds(&title, word));
    let head: String = item.text.chars().take(HEAD).collect();
    let text = format!("{}\n{head}", item.title);
    let ahead = |day: &Date| *day >= published && published.until(*day).is_ok_and(|span| span.get_days() <= AHEAD);
    let invited = days_near(&text, published).into_iter().filter(|found| ahead(&found.day)).filter(|found| {
        let around = plain(around(&text, found.start, found.end));
        let in_title = found.start < item.title.len();
        (inviting_title && in_title) || INVITES.iter().any(|words| begins(&around, words))
    });
    invited.map(|found| found.day).max()
}

/// The text around two places, cut at characters.
fn around(text: &str, start: usize, end: usize) -> &str {
    let from = (start.saturating_sub(AROUND)..=start).find(|at| text.is_char_boundary(*at)).unwrap_or(start);
    let to = (end..=(end + AROUND).min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(end);
    &text[from..to]
}

fn teaches(item: &Item) -> bool {
    let title = plain(&item.title);
    let year = title.split(' ').any(|word| word.len() == 4 && word.starts_with("20") && word.parse::<u16>().is_ok());
    if year || item.words() < TEACHES || MOMENT.iter().any(|words| holds(&title, words)) {
        return false;
    }
    let words: Vec<&str> = title.split(' ').collect();
    let counted = words.windows(2).any(|pair| pair[0].parse::<u8>().is_ok() && COUNTED.contains(&pair[1]));
    counted || LESSONS.iter().any(|begins| format!("{title} ").starts_with(begins))
}

fn holds(text: &str, words: &str) -> bool {
    format!(" {text} ").contains(&format!(" {words} "))
}

/// True when a word of the text begins like this.
fn begins(text: &str, words: &str) -> bool {
    format!(" {text}").contains(&format!(" {words}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Confidentiality, DateOrigin, ItemId, Published, StoryId};

    fn judged(title: &str, text: &str, language: Language) -> Perishability {
        let at = "2026-11-20T08:00:00Z".parse().expect("an instant");
        let item = Item {
            id: ItemId(1),
            story: StoryId(1),
            copy_of: None,
            source: "s".into(),
            key: "k".into(),
            link: None,
            canonical: None,
            title: title.into(),
            authors: Vec::new(),
            categories: Vec::new(),
            published: Published { at, has_hour: true, origin: DateOrigin::Feed },
            collected: at,
            language,
            class: Confidentiality::Public,
            hold: None,
            waiting: None,
            marked: None,
            released: None,
            access: None,
            html: String::new(),
            text: text.into(),
            full: true,
            from_archive: false,
        };
        perishability(&item, None, &TimeZone::UTC)
    }

    fn day(day: i8, month: i8) -> Perishability {
        Perishability::Dated(jiff::civil::date(2026, month, day))
    }

    #[test]
    fn what_invites_to_a_day_ends_with_it() {
        let french = Language::French;
        assert_eq!(judged("Webinaire le 3 décembre : rénover en copropriété", "", french), day(3, 12));
        assert_eq!(judged("Rénover", "Les inscriptions sont ouvertes jusqu'au 15 décembre 2026.", french), day(15, 12));
        assert_eq!(judged("Salon Pollutec", "Le salon se tiendra du 24 au 27 novembre à Lyon.", french), day(27, 11));
        let english = Language::English;
        assert_eq!(judged("Heat pumps", "Register now: the workshop takes place on December 3.", english), day(3, 12));
    }

    #[test]
    fn news_with_a_date_are_news() {
        let french = Language::French;
        let law = "Le décret entre en vigueur le 1er janvier 2027 et concerne les copropriétés.";
        assert_eq!(judged("Le décret est publié", law, french), Perishability::Fresh);
        let past = "Le salon se tiendra à nouveau ; l'édition du 3 novembre a réuni 300 exposants.";
        assert_eq!(judged("Salon : le bilan", past, french), Perishability::Fresh);
        assert_eq!(judged("Le 3 décembre, la loi change", "", french), Perishability::Fresh);
    }

    #[test]
    fn what_teaches_stays() {
        let long = "mot ".repeat(300);
        let french = Language::French;
        assert_eq!(judged("Comment isoler ses combles", &long, french), Perishability::Evergreen);
        assert_eq!(judged("7 erreurs à éviter sur un chantier", &long, french), Perishability::Evergreen);
        assert_eq!(judged("How to insulate a loft", &long, Language::English), Perishability::Evergreen);
        assert_eq!(judged("Comment la loi change en 2026", &long, french), Perishability::Fresh);
        assert_eq!(judged("Comment isoler ses combles", "Trop court.", french), Perishability::Fresh);
    }
}
