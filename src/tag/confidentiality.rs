//! What may leave the house: markers and embargoes are read, and the type [`Shareable`] is given here only.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::domain::{Confidentiality, Hold, Item, Shareable};
use crate::text::tokens::fold;

/// Characters at the head and at the foot of a text where a marker counts.
const EDGE: usize = 240;
/// Longest line that is a marking rather than a sentence, in the press of others.
const MARKING: usize = 90;

/// Words that hold an item back, folded.
const MARKERS: [&str; 14] = [
    "confidentiel",
    "confidentielle",
    "strictement confidentiel",
    "diffusion restreinte",
    "diffusion interne",
    "ne pas diffuser",
    "ne pas transferer",
    "usage interne",
    "reserve a un usage interne",
    "confidential",
    "internal use only",
    "do not distribute",
    "do not forward",
    "not for distribution",
];
const EMBARGOES: [&str; 3] = ["sous embargo", "embargo jusqu", "under embargo"];

/// Says whether a marker or an embargo holds `item` back, and until when.
///
/// In our own sources a marker counts anywhere at the head or foot. In the press of others it must be a marking of
/// its own, at the very beginning: an article that speaks of "un rapport confidentiel" is not held back.
pub fn hold(item: &Item, zone: &TimeZone) -> Option<Hold> {
    let edges: Vec<(&str, String)> = match item.class {
        Confidentiality::Public => {
            vec![("title", marking(&item.title)), ("first line", marking(first_line(&item.text)))]
        }
        Confidentiality::Shareable | Confidentiality::Internal => {
            vec![("title", fold(&item.title)), ("head", fold(head(&item.text))), ("foot", fold(foot(&item.text)))]
        }
    };
    for (place, edge) in edges {
        if let Some(word) = EMBARGOES.iter().find(|word| edge.contains(**word)) {
            let until = embargo_end(&edge, item.published.at, zone);
            return Some(Hold { why: format!("“{word}” in the {place}"), until });
        }
        if let Some(word) = MARKERS.iter().find(|word| contains_word(&edge, word)) {
            return Some(Hold { why: format!("“{word}” in the {place}"), until: None });
        }
    }
    None
}

/// Lets an item leave the house if its class and its hold allow it at the instant `now`.
///
/// # Errors
/// The reason why it stays inside, in words.
pub fn shareable(item: Item, now: Timestamp) -> Result<Shareable<Item>, String> {
    let (class, hold) = (item.class, item.hold.clone());
    Shareable::admit(item, class, hold.as_ref(), now).map_err(|(_, why)| why)
}

/// A marking of its own: a short line that begins with a marker which no sentence goes on from, or with an embargo.
fn marking(line: &str) -> String {
    // Folding drops an accent here and there, never most of a line.
    if line.len() > 4 * MARKING {
        return String::new();
    }
    let line = &fold(line);
    let line = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let line = line.strip_prefix("document ").unwrap_or(line);
    let ends = |rest: &str| !rest.trim_start().starts_with(char::is_alphanumeric);
    let marked = MARKERS.iter().any(|word| line.strip_prefix(word).is_some_and(ends));
    let embargo = EMBARGOES.iter().any(|word| line.starts_with(word));
    if line.chars().count() <= MARKING && (marked || embargo) { line.to_owned() } else { String::new() }
}

fn first_line(text: &str) -> &str {
    text.trim_start().split('\n').next().unwrap_or_default()
}

fn head(text: &str) -> &str {
    text.char_indices().nth(EDGE).map_or(text, |(end, _)| &text[..end])
}

fn foot(text: &str) -> &str {
    text.char_indices().rev().nth(EDGE - 1).map_or(text, |(start, _)| &text[start..])
}

fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// The end of an embargo written in words ("jusqu'au 5 décembre 2026 à 8 h 30", "until 5 December 2026"). A day
/// without hour ends the embargo when that day begins. `None` when no date can be read: a person must release it.
fn embargo_end(line: &str, published: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    const MONTHS: [(&str, &str); 12] = [
        ("janvier", "january"),
        ("fevrier", "february"),
        ("mars", "march"),
        ("avril", "april"),
        ("mai", "may"),
        ("juin", "june"),
        ("juillet", "july"),
        ("aout", "august"),
        ("septembre", "september"),
        ("octobre", "october"),
        ("novembre", "november"),
        ("decembre", "december"),
    ];
    let at = EMBARGOES.iter().filter_map(|word| line.find(word)).min()?;
    let words: Vec<&str> = line[at..].split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let found = words.iter().enumerate().find_map(|(at, word)| {
        let month = MONTHS.iter().position(|(french, english)| word == french || word == english)?;
        Some((at, i8::try_from(month + 1).ok()?))
    });
    let (month_at, month) = found?;
    let number = |word: &str| word.trim_end_matches(char::is_alphabetic).parse::<i16>().ok();
    let day = i8::try_from(number(words.get(month_at.checked_sub(1)?)?)?).ok()?;
    let year_written = words.get(month_at + 1).and_then(|word| number(word)).filter(|year| *year > 2000);
    let year = year_written.unwrap_or_else(|| published.to_zoned(zone.clone()).year());
    let mut date = Date::new(year, month, day).ok()?;
    if year_written.is_none() && date < published.to_zoned(zone.clone()).date() {
        date = Date::new(year + 1, month, day).ok()?;
    }
    let rest = words.get(month_at + 1 + usize::from(year_written.is_some())..).unwrap_or_default();
    let time = match rest {
        ["a" | "at", clock, rest @ ..] => read_clock(clock, rest),
        _ => None,
    };
    zone.to_ambiguous_timestamp(date.to_datetime(time.unwrap_or(Time::midnight()))).compatible().ok()
}

/// `8h30`, `8 h 30`, `8h`, `08 30` (the colon is gone by now).
fn read_clock(first: &str, rest: &[&str]) -> Option<Time> {
    let (hour, glued) = first.split_once('h').unwrap_or((first, ""));
    let minute = match (glued, rest) {
        ("", ["h", minute, ..] | [minute, ..]) if minute.len() == 2 => minute.parse().unwrap_or(0),
        ("", _) => 0,
        (glued, _) => glued.parse().ok()?,
    };
    Time::new(hour.parse().ok()?, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{DateOrigin, ItemId, Language, Published, StoryId};

    fn item(class: Confidentiality, title: &str, text: &str) -> Item {
        let at: Timestamp = "2026-11-20T08:00:00Z".parse().expect("an instant");
        Item {
            id: ItemId(1),
            story: StoryId(1),
            copy_of: None,
            source: "s".into(),
            key: "k".into(),
            link: None,
            canonical: None,
            title: title.into(),
            authors: vec![],
            categories: vec![],
            published: Published { at, has_hour: true, origin: DateOrigin::Feed },
            collected: at,
            language: Language::French,
            class,
            hold: None,
            access: None,
            html: String::new(),
            text: text.into(),
            full: true,
            from_archive: false,
        }
    }

    fn held(class: Confidentiality, title: &str, text: &str) -> Option<Hold> {
        hold(&item(class, title, text), &TimeZone::get("Europe/Paris").expect("the zone"))
    }

    #[test]
    fn our_own_markers_hold_an_item_back() {
        for text in [
            "CONFIDENTIEL – diffusion restreinte\n\nLe projet avance.",
            "Note à l’équipe. Merci de ne pas diffuser.",
            "Document à usage interne.",
        ] {
            assert!(held(Confidentiality::Shareable, "Point", text).is_some(), "{text}");
        }
        assert_eq!(held(Confidentiality::Shareable, "Le chantier", "Rien de secret ici."), None);
    }

    #[test]
    fn the_press_may_write_of_confidential_reports() {
        let press = Confidentiality::Public;
        assert_eq!(
            held(press, "Un rapport confidentiel accable la filière", "Un rapport confidentiel révèle tout."),
            None
        );
        assert_eq!(held(press, "Données", "Confidentielle pendant dix ans, l’étude est publique."), None);
        assert!(held(press, "Communiqué", "CONFIDENTIEL\n\nTexte.").is_some());
    }

    #[test]
    fn an_embargo_ends_to_the_minute_in_the_company_zone() {
        let end = |text: &str| {
            held(Confidentiality::Shareable, "Partenariat", text).and_then(|hold| hold.until).map(|at| at.to_string())
        };
        assert_eq!(
            end("Sous embargo jusqu’au 5 décembre 2026 à 8 h 30. Le groupe…").as_deref(),
            Some("2026-12-05T07:30:00Z")
        );
        assert_eq!(end("Sous embargo jusqu'au 5 décembre à 8h. Le groupe…").as_deref(), Some("2026-12-05T07:00:00Z"));
        assert_eq!(end("Sous embargo jusqu’au 1er janvier").as_deref(), Some("2026-12-31T23:00:00Z"));
        assert_eq!(end("Under embargo until 5 December 2026 at 08:30").as_deref(), Some("2026-12-05T07:30:00Z"));
        let vague = held(Confidentiality::Shareable, "x", "Sous embargo jusqu’à nouvel ordre");
        assert_eq!(vague.map(|hold| hold.until), Some(None));
    }

    #[test]
    fn an_internal_item_is_never_shareable() {
        let now = Timestamp::UNIX_EPOCH;
        assert!(shareable(item(Confidentiality::Internal, "a", "b"), now).is_err());
        assert!(shareable(item(Confidentiality::Public, "a", "b"), now).is_ok());
    }
}
