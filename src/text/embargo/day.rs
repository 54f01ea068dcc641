//! Days in words: `5 décembre 2026`, `December 5th`, `05/12/2026`, `lundi`, `demain`.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

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
const WEEKDAYS: [(&str, &str, Weekday); 7] = [
    ("lundi", "monday", Weekday::Monday),
    ("mardi", "tuesday", Weekday::Tuesday),
    ("mercredi", "wednesday", Weekday::Wednesday),
    ("jeudi", "thursday", Weekday::Thursday),
    ("vendredi", "friday", Weekday::Friday),
    ("samedi", "saturday", Weekday::Saturday),
    ("dimanche", "sunday", Weekday::Sunday),
];

/// Year before which no text was sent.
const KNOWN: i16 = 1990;

/// A day of which the year may be unsaid, and day and month may stand in either order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    year: Option<i16>,
    /// Month and day, and the other way round where nobody knows.
    readings: [Option<(i8, i8)>; 2],
}

impl Day {
    /// A day of which nothing is unsaid.
    pub fn of(date: Date) -> Self {
        Day { year: Some(date.year()), readings: [Some((date.month(), date.day())), None] }
    }
}

/// The day that begins at a word, and the place behind it.
pub(super) fn read(words: &[&str], at: usize) -> Option<(Day, usize)> {
    if let Some(day) = numeric(words[at]) {
        return Some((day, at + 1));
    }
    let (month, day, next) = match month(words[at]) {
        Some(month) => (month, day_number(words.get(at + 1)?)?, at + 2),
        None => {
            let day = day_number(words[at])?;
            // `3rd of December`.
            let of = usize::from(words.get(at + 1) == Some(&"of"));
            (month(words.get(at + 1 + of)?)?, day, at + 2 + of)
        }
    };
    let year = words.get(next).and_then(|word| word.parse::<i16>().ok()).filter(|year| (2000..2200).contains(year));
    let next = next + usize::from(year.is_some());
    Some((Day { year, readings: [Some((month, day)), None] }, next))
}

/// The last day that is written anywhere in some words.
pub(super) fn read_all(words: &[&str], today: Date) -> Option<Date> {
    let days = (0..words.len()).filter_map(|at| read(words, at)).map(|(day, _)| day);
    days.filter_map(|day| resolve(&[day], today).flatten()).max()
}

/// The last of some days; a year that is unsaid is that of the next day that says one, else the next such day after
/// `today`. Nothing where one is no day of the calendar.
#[expect(clippy::option_option, reason = "no days at all, or one that does not exist")]
pub(super) fn resolve(days: &[Day], today: Date) -> Option<Option<Date>> {
    let mut last: Option<Date> = None;
    for (at, day) in days.iter().enumerate() {
        let said = day.year.or_else(|| days[at..].iter().find_map(|later| later.year));
        // Of a text without a date nobody knows which year it means.
        let year = said.or_else(|| (today.year() >= KNOWN).then(|| today.year()))?;
        let of = |year: i16| {
            let dates = day.readings.into_iter().flatten();
            dates.filter_map(move |(month, number)| Date::new(year, month, number).ok())
        };
        let to_come = of(year).filter(|date| said.is_some() || *date >= today).max();
        let date = to_come.or_else(|| of(year + 1).filter(|_| said.is_none()).max())?;
        last = last.max(Some(date));
    }
    Some(last)
}

/// `demain`, `lundi`, `next Monday`: the day after `today` that is meant, and the place behind it.
pub(super) fn relative(words: &[&str], at: usize, today: Date) -> Option<(Date, usize)> {
    if today.year() < KNOWN {
        return None;
    }
    let days = match (words[at], words.get(at + 1).copied()) {
        ("aujourd", Some("hui")) => return Some((today, at + 2)),
        ("today", _) => 0,
        ("demain" | "tomorrow", _) => 1,
        ("apres-demain", _) => 2,
        _ => {
            let next = words[at] == "next";
            let name = if next { words.get(at + 1)? } else { &words[at] };
            let (.., weekday) = WEEKDAYS.iter().find(|(french, english, _)| name == french || name == english)?;
            let following = next || words.get(at + 1) == Some(&"prochain");
            let mut day = today.nth_weekday(1, *weekday).ok()?;
            // "Lundi prochain" is not always the nearest.
            if following {
                day = day.checked_add(7.days()).ok()?;
            }
            return Some((day, at + 1 + usize::from(following)));
        }
    };
    Some((today.checked_add(i64::from(days).days()).ok()?, at + 1))
}

/// The weekday of that name.
pub(super) fn weekday(word: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(french, english, _)| word == *french || word == *english).map(|(.., day)| *day)
}

/// True where one of some days falls on a weekday.
pub(super) fn falls_on(days: &[Day], weekday: Weekday, today: Date) -> bool {
    let dates = days.iter().filter_map(|day| {
        resolve(&[Day { year: day.year.or_else(|| days.iter().find_map(|other| other.year)), ..*day }], today).flatten()
    });
    dates.into_iter().any(|date| date.weekday() == weekday)
}

/// True for a month cut short, as a point follows it.
pub(super) fn is_short_month(word: &str) -> bool {
    word.len() <= 4 && month(word).is_some()
}

fn month(word: &str) -> Option<i8> {
    // `mar` may be Tuesday, `jui` two months.
    let fits = word.len() >= 3 && !matches!(word, "mar" | "jui");
    let short = |name: &str| name.starts_with(word);
    let at = MONTHS.iter().position(|(french, english)| short(french) || short(english)).filter(|_| fits)?;
    i8::try_from(at + 1).ok()
}

/// `5`, `1er`, `5th`.
fn day_number(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(char::is_alphabetic);
    let tail = &word[digits.len()..];
    let number: i8 = if word == "premier" { 1 } else { digits.parse().ok()? };
    let ends = word == "premier" || matches!(tail, "" | "er" | "st" | "nd" | "rd" | "th");
    ((1..=31).contains(&number) && ends).then_some(number)
}

/// `05/12/2026`, `5.12.2026`, `2026-12-05`, `5/12`: which figure is the day nobody knows.
fn numeric(word: &str) -> Option<Day> {
    let small = |number: i16| i8::try_from(number).ok();
    let parts: Vec<i16> = word.split(['/', '.', '-']).map(str::parse).collect::<Result<_, _>>().ok()?;
    let either = |one: i16, other: i16, year: Option<i16>| {
        let day = |month: i16, day: i16| {
            let (month, day) = (small(month)?, small(day)?);
            ((1..=12).contains(&month) && (1..=31).contains(&day)).then_some((month, day))
        };
        let readings = [day(other, one), day(one, other)];
        readings.iter().any(Option::is_some).then_some(Day { year, readings })
    };
    match parts.as_slice() {
        [year, month, day] if *year > 1900 => {
            Some(Day { year: Some(*year), readings: [Some((small(*month)?, small(*day)?)), None] })
        }
        [one, other, year] => either(*one, *other, Some(if *year < 100 { year + 2000 } else { *year })),
        [one, other] if word.contains('/') => either(*one, *other, None),
        _ => None,
    }
}
