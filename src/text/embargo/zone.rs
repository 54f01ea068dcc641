//! Time zones in words: `GMT`, `UTC-5`, `heure de Montréal`, `London time`, `Eastern Time`. Of the zones that one
//! abbreviation names, the westernmost counts: there it is that hour last.

use jiff::tz::{Offset, TimeZone};

/// Abbreviations, and the zone of each (IANA).
const ABBREVIATIONS: [(&str, &str); 34] = [
    ("gmt", "Etc/UTC"),
    ("utc", "Etc/UTC"),
    ("tu", "Etc/UTC"),
    ("cet", "Europe/Paris"),
    ("cest", "Europe/Paris"),
    ("bst", "Europe/London"),
    ("ist", "Europe/Dublin"),
    ("wet", "Europe/Lisbon"),
    ("west", "Europe/Lisbon"),
    ("eet", "Europe/Athens"),
    ("eest", "Europe/Athens"),
    ("msk", "Europe/Moscow"),
    ("est", "America/New_York"),
    ("edt", "America/New_York"),
    ("et", "America/New_York"),
    ("hne", "America/Toronto"),
    ("hae", "America/Toronto"),
    ("cst", "America/Chicago"),
    ("cdt", "America/Chicago"),
    ("ct", "America/Chicago"),
    ("mst", "America/Phoenix"),
    ("mdt", "America/Denver"),
    ("mt", "America/Denver"),
    ("pst", "America/Los_Angeles"),
    ("pdt", "America/Los_Angeles"),
    ("pt", "America/Los_Angeles"),
    ("akst", "America/Anchorage"),
    ("akdt", "America/Anchorage"),
    ("hst", "Pacific/Honolulu"),
    ("brt", "America/Sao_Paulo"),
    ("jst", "Asia/Tokyo"),
    ("hkt", "Asia/Hong_Kong"),
    ("sgt", "Asia/Singapore"),
    ("aest", "Australia/Sydney"),
];
/// Abbreviations that are words too: zones only behind an hour.
const WORDS: [&str; 6] = ["et", "est", "ct", "pt", "mt", "west"];
/// Places, adjectives and regions by whose name an hour is said, and the zone of each (IANA).
const PLACES: [(&str, &str); 66] = [
    ("paris", "Europe/Paris"),
    ("france", "Europe/Paris"),
    ("francaise", "Europe/Paris"),
    ("french", "Europe/Paris"),
    ("europe centrale", "Europe/Paris"),
    ("central european", "Europe/Paris"),
    ("central europe", "Europe/Paris"),
    ("bruxelles", "Europe/Brussels"),
    ("brussels", "Europe/Brussels"),
    ("luxembourg", "Europe/Luxembourg"),
    ("geneve", "Europe/Zurich"),
    ("geneva", "Europe/Zurich"),
    ("zurich", "Europe/Zurich"),
    ("berlin", "Europe/Berlin"),
    ("francfort", "Europe/Berlin"),
    ("frankfurt", "Europe/Berlin"),
    ("amsterdam", "Europe/Amsterdam"),
    ("madrid", "Europe/Madrid"),
    ("rome", "Europe/Rome"),
    ("milan", "Europe/Rome"),
    ("vienne", "Europe/Vienna"),
    ("vienna", "Europe/Vienna"),
    ("stockholm", "Europe/Stockholm"),
    ("londres", "Europe/London"),
    ("london", "Europe/London"),
    ("uk", "Europe/London"),
    ("british", "Europe/London"),
    ("dublin", "Europe/Dublin"),
    ("lisbonne", "Europe/Lisbon"),
    ("lisbon", "Europe/Lisbon"),
    ("moscou", "Europe/Moscow"),
    ("moscow", "Europe/Moscow"),
    ("istanbul", "Europe/Istanbul"),
    ("new york", "America/New_York"),
    ("new-york", "America/New_York"),
    ("washington", "America/New_York"),
    ("boston", "America/New_York"),
    ("eastern", "America/New_York"),
    ("montreal", "America/Toronto"),
    ("quebec", "America/Toronto"),
    ("toronto", "America/Toronto"),
    ("ottawa", "America/Toronto"),
    ("est", "America/Toronto"),
    ("chicago", "America/Chicago"),
    ("central", "America/Chicago"),
    ("mountain", "America/Denver"),
    ("denver", "America/Denver"),
    ("los angeles", "America/Los_Angeles"),
    ("san francisco", "America/Los_Angeles"),
    ("pacific", "America/Los_Angeles"),
    ("pacifique", "America/Los_Angeles"),
    ("sao paulo", "America/Sao_Paulo"),
    ("dakar", "Africa/Dakar"),
    ("abidjan", "Africa/Abidjan"),
    ("casablanca", "Africa/Casablanca"),
    ("rabat", "Africa/Casablanca"),
    ("alger", "Africa/Algiers"),
    ("tunis", "Africa/Tunis"),
    ("dubai", "Asia/Dubai"),
    ("mumbai", "Asia/Kolkata"),
    ("pekin", "Asia/Shanghai"),
    ("beijing", "Asia/Shanghai"),
    ("hong kong", "Asia/Hong_Kong"),
    ("singapour", "Asia/Singapore"),
    ("tokyo", "Asia/Tokyo"),
    ("sydney", "Australia/Sydney"),
];

/// What begins at a word.
pub(super) enum Zone {
    /// No zone.
    No,
    /// One that nobody knows here.
    Unknown,
    /// A zone, and the place behind it.
    Named(TimeZone, usize),
}

/// The zone that begins at a word. `behind_clock`: an hour stands right before it.
pub(super) fn read(words: &[&str], at: usize, behind_clock: bool) -> Zone {
    let word = words[at];
    if let Some(zone) = offset(words, at) {
        return zone;
    }
    let abbreviation = ABBREVIATIONS.iter().find(|(name, _)| *name == word);
    // "Entre 14 h et 16 h" names none.
    let goes_on = words.get(at + 1).is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()));
    let half = at.checked_sub(1).is_some_and(|before| words[before].ends_with("am") || words[before].ends_with("pm"));
    if let Some((_, name)) = abbreviation.filter(|_| half || behind_clock && !goes_on || !WORDS.contains(&word)) {
        return named(name, at + 1);
    }
    // `heure de Paris`, `heure française`, `heure de l'Est`, `heure d'été de Paris`.
    if matches!(word, "heure" | "heures") {
        let silent = |word: &&&str| {
            matches!(
                **word,
                "de" | "d" | "du" | "des" | "la" | "l" | "a" | "locale" | "normale" | "avancee" | "ete" | "hiver"
            )
        };
        let next = at + 1 + words[at + 1..].iter().take_while(silent).count();
        return place(words, next).map_or(Zone::Unknown, |(name, next)| named(name, next));
    }
    // `local time in New York`.
    if word == "local" && words.get(at + 1) == Some(&"time") {
        let next = at + 2 + usize::from(words.get(at + 2) == Some(&"in"));
        return place(words, next).map_or(Zone::Unknown, |(name, next)| named(name, next));
    }
    if let Some((name, next)) = place(words, at).filter(|_| word != "est") {
        let season =
            usize::from(words.get(next).is_some_and(|word| matches!(*word, "standard" | "daylight" | "summer")));
        let timed = words.get(next + season) == Some(&"time");
        if timed || behind_clock {
            return named(name, next + season + usize::from(timed));
        }
    }
    if word == "time" { Zone::Unknown } else { Zone::No }
}

/// True for an abbreviation that is no other word.
pub(super) fn is_abbreviation(word: &str) -> bool {
    let bare = word.split(['+', '-']).next().unwrap_or_default();
    ABBREVIATIONS.iter().any(|(name, _)| *name == bare)
}

fn named(name: &str, next: usize) -> Zone {
    TimeZone::get(name).map_or(Zone::Unknown, |zone| Zone::Named(zone, next))
}

fn place(words: &[&str], at: usize) -> Option<(&'static str, usize)> {
    let one = *words.get(at)?;
    let two = words.get(at + 1).map(|second| format!("{one} {second}"));
    let find = |wanted: &str| PLACES.iter().find(|(name, _)| *name == wanted).map(|(_, zone)| *zone);
    let both = two.and_then(|two| find(&two)).map(|zone| (zone, at + 2));
    both.or_else(|| find(one).map(|zone| (zone, at + 1)))
}

/// `+01:00`, `-0500`, right behind an hour.
pub(super) fn bare_offset(word: &str) -> Option<TimeZone> {
    let signed = word.starts_with(['+', '-', '\u{2212}']) && word.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
    signed.then(|| reckon(word))?
}

/// The zone of an offset: hours, minutes behind a colon or glued to them.
fn reckon(text: &str) -> Option<TimeZone> {
    let west = text.starts_with(['-', '\u{2212}']);
    let figures = text.trim_start_matches(['+', '-', '\u{2212}']);
    let glued = figures.len() == 4 && figures.bytes().all(|byte| byte.is_ascii_digit());
    let (hours, minutes) =
        if glued { figures.split_at(2) } else { figures.split_once([':', 'h']).unwrap_or((figures, "0")) };
    let (hours, minutes) = (hours.parse::<i32>().ok()?, minutes.parse::<i32>().ok()?);
    let seconds = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?;
    Offset::from_seconds(if west { -seconds } else { seconds }).ok().map(TimeZone::fixed)
}

/// `utc+1`, `gmt -5`, `utc+05:30`.
fn offset(words: &[&str], at: usize) -> Option<Zone> {
    let base = ["utc", "gmt"].into_iter().find(|base| words[at].starts_with(base))?;
    let glued = &words[at][base.len()..];
    let (text, next) = match glued {
        "" => (words.get(at + 1).copied().filter(|word| word.starts_with(['+', '-', '\u{2212}']))?, at + 2),
        glued => (glued, at + 1),
    };
    Some(reckon(text).map_or(Zone::Unknown, |zone| Zone::Named(zone, next)))
}
