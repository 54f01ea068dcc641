//! How Vigie writes: French typography, dates in words, numbers, plurals and lists, in French and English.
//!
//! Rules of the Imprimerie nationale: narrow no-break space (U+202F) before `; ! ?`, no-break space (U+00A0) before
//! `:` and inside `« »`, before `%` and `€`; apostrophe `’`; `1er` for the first of a month; 0 and 1 are singular.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use crate::domain::{Half, Language, Slot};

const NARROW: char = '\u{202f}';
const WIDE: char = '\u{a0}';

/// French typography for our own strings and French titles: straight apostrophes, plain spaces before high
/// punctuation and three dots become what a printer would set. Addresses are left alone.
pub fn french(text: &str) -> String {
    text.split(' ').enumerate().fold(String::with_capacity(text.len() + 8), |mut done, (number, word)| {
        if number > 0 {
            let glue = match word.chars().next() {
                Some(';' | '!' | '?') => NARROW,
                Some(':' | '»' | '%' | '€') => WIDE,
                _ if done.ends_with('«') => WIDE,
                _ => ' ',
            };
            done.push(glue);
        }
        if word.contains("://") {
            done.push_str(word);
        } else {
            done.push_str(&word.replace('\'', "’").replace("...", "…"));
        }
        done
    })
}

/// A text in the typography of its language: French is set, anything else is left as it is.
pub fn set(text: &str, language: Language) -> String {
    match language {
        Language::French => french(text),
        _ => text.to_owned(),
    }
}

/// With a capital at its beginning.
pub fn capital(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

/// Words that a reader reads.
pub fn words(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// `mardi 24 novembre`, `Tuesday 24 November`.
pub fn day(date: Date, language: Language) -> String {
    let (weekday, month) = (weekday(date.weekday(), language), month(date.month(), language));
    format!("{weekday} {} {month}", day_of_month(date, language))
}

/// `24 novembre`, `24 November`.
pub fn day_and_month(date: Date, language: Language) -> String {
    format!("{} {}", day_of_month(date, language), month(date.month(), language))
}

/// `24 novembre 2026`, `24 November 2026`.
pub fn day_and_year(date: Date, language: Language) -> String {
    format!("{} {} {}", day_of_month(date, language), month(date.month(), language), date.year())
}

/// `lundi 30 novembre 2026 à 8 h 00`, `Monday 30 November 2026 at 08:00`, in civil time of `zone`.
pub fn moment(at: Timestamp, zone: &TimeZone, language: Language) -> String {
    let local = at.to_zoned(zone.clone());
    let day = day(local.date(), language);
    let (year, hour, minute) = (local.year(), local.hour(), local.minute());
    match language {
        Language::English => format!("{day} {year} at {hour:02}:{minute:02}"),
        _ => format!("{day} {year} à {hour}{WIDE}h{WIDE}{minute:02}"),
    }
}

/// `mardi 24 novembre, le matin`, `Tuesday 24 November, morning`.
pub fn slot(slot: Slot, language: Language) -> String {
    let half = match slot.half {
        Half::Am => language.pick("le matin", "in the morning"),
        Half::Pm => language.pick("l’après-midi", "in the afternoon"),
    };
    format!("{}, {half}", day(slot.date, language))
}

/// `mardi matin`, `Tuesday morning`.
pub fn short_slot(slot: Slot, language: Language) -> String {
    let half = match slot.half {
        Half::Am => language.pick("matin", "morning"),
        Half::Pm => language.pick("après-midi", "afternoon"),
    };
    format!("{} {half}", weekday(slot.date.weekday(), language))
}

fn day_of_month(date: Date, language: Language) -> String {
    match (date.day(), language) {
        (1, Language::French | Language::Other) => "1er".to_owned(),
        (day, _) => day.to_string(),
    }
}

/// Name of a weekday, without capital in French.
pub fn weekday(weekday: Weekday, language: Language) -> &'static str {
    const FR: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
    const EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    language.pick(FR, EN)[usize::from(weekday.to_monday_zero_offset().unsigned_abs())]
}

fn month(month: i8, language: Language) -> &'static str {
    const FR: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    language.pick(FR, EN)[usize::from((month - 1).clamp(0, 11).unsigned_abs())]
}

/// `1 idée`, `2 idées`, `0 idée`; English takes the plural for 0.
pub fn count(number: usize, singular: &str, plural: &str, language: Language) -> String {
    let is_singular = match language {
        Language::English => number == 1,
        _ => number <= 1,
    };
    format!("{}{WIDE}{}", thousands(number, language), if is_singular { singular } else { plural })
}

/// `12 500` with narrow spaces in French, `12,500` in English.
pub fn thousands(number: usize, language: Language) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(language.pick(NARROW, ','));
        }
        grouped.push(digit);
    }
    grouped
}

/// `a, b et c`, `a, b and c`.
pub fn list<S: AsRef<str>>(parts: &[S], language: Language) -> String {
    match parts {
        [] => String::new(),
        [only] => only.as_ref().to_owned(),
        [head @ .., last] => {
            let head: Vec<&str> = head.iter().map(AsRef::as_ref).collect();
            format!("{} {} {}", head.join(", "), language.pick("et", "and"), last.as_ref())
        }
    }
}

/// A label inside a sentence: `Confort d'été` → `confort d'été`, but `BIM` stays as it is.
pub fn in_sentence(label: &str) -> String {
    let mut characters = label.chars();
    match (characters.next(), label.chars().nth(1)) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(characters).collect(),
        _ => label.to_owned(),
    }
}

/// A text between the quotation marks of the language.
pub fn quoted(text: &str, language: Language) -> String {
    match language {
        Language::English => format!("“{text}”"),
        _ => format!("«{WIDE}{text}{WIDE}»"),
    }
}

/// `text` cut at `limit` characters, at a word, with an ellipsis.
pub fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let cut: String = text.chars().take(limit.saturating_sub(1)).collect();
    let at = cut.rfind(char::is_whitespace).unwrap_or(cut.len());
    let kept = cut[..at].trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–'));
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_is_set_as_a_printer_would() {
        let plain = "L'été : \"oui\" ? 12 % et « ici » ! voir http://a.org/?b=l'c...";
        let set = "L’été\u{a0}: \"oui\"\u{202f}? 12\u{a0}% et «\u{a0}ici\u{a0}»\u{202f}! voir http://a.org/?b=l'c...";
        assert_eq!(french(plain), set);
        assert_eq!(french(set), set, "setting twice changes nothing");
        assert_eq!(super::set("Isn't it ?", Language::English), "Isn't it ?");
    }

    #[test]
    fn dates_and_numbers_read_naturally() {
        let first = jiff::civil::date(2026, 12, 1);
        assert_eq!(day(first, Language::French), "mardi 1er décembre");
        assert_eq!(day(first, Language::English), "Tuesday 1 December");
        assert_eq!(thousands(1_234_567, Language::French), "1\u{202f}234\u{202f}567");
        assert_eq!(count(0, "idée", "idées", Language::French), "0\u{a0}idée");
        assert_eq!(count(0, "idea", "ideas", Language::English), "0\u{a0}ideas");
        assert_eq!(list(&["a", "b", "c"], Language::French), "a, b et c");
    }

    #[test]
    fn a_cut_falls_between_words() {
        assert_eq!(shorten("une phrase un peu longue", 12), "une phrase…");
        assert_eq!(shorten("court", 12), "court");
    }
}
