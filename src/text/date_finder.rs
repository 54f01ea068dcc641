//! Dates that stand inside a text: where they are, and what they say.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::date_words::{Said, said};
use super::dates::{DayOrder, ReadDate, read};

/// A date found inside a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundDate {
    /// The date.
    pub date: ReadDate,
    /// Its first byte in the text.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// Words looked at before and after a year, at most: `mercredi 3 juin` and `à 07 h 15`.
const WORDS_BEFORE: usize = 4;
const WORDS_AFTER: usize = 5;

/// Finds the whole dates that stand in a text, in its order; each as long as it can be read.
pub fn find(text: &str, zone: &TimeZone, order: DayOrder) -> Vec<FoundDate> {
    let base = text.as_ptr() as usize;
    let words: Vec<(usize, &str)> = text
        .split(|c: char| c.is_whitespace() || matches!(c, '|' | '•' | '·' | '(' | ')'))
        .filter(|word| !word.is_empty())
        .map(|word| (word.as_ptr() as usize - base, word))
        .collect();
    let mut found: Vec<FoundDate> = Vec::new();
    let mut after_last = 0;
    for (at, (_, word)) in words.iter().enumerate() {
        if at < after_last || !holds_year(word) {
            continue;
        }
        let first = at.saturating_sub(WORDS_BEFORE).max(after_last);
        let last = (at + WORDS_AFTER).min(words.len() - 1);
        let spans = (first..=at).flat_map(|start| (at..=last).rev().map(move |end| (start, end)));
        let read_span = |(start, end): (usize, usize)| {
            let (end_at, end_word) = words[end];
            let span = text.get(words[start].0..end_at + end_word.len())?;
            is_whole_day(span).then_some(())?;
            let date = read(span.trim_matches([',', ';', ':', '.', '-', '–', '—', '"', '«', '»']), zone, order)?;
            Some((start, end, date))
        };
        if let Some((start, end, date)) = spans.into_iter().find_map(read_span) {
            found.push(FoundDate { date, start: words[start].0, end: words[end].0 + words[end].1.len() });
            after_last = end + 1;
        }
    }
    found
}

/// A month or a year alone says nothing of the day.
fn is_whole_day(span: &str) -> bool {
    let groups = span.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty());
    let (count, longest) = groups.fold((0, 0), |(count, longest), group| (count + 1, group.len().max(longest)));
    count >= 3 || longest >= 8 || (count == 2 && span.contains(char::is_alphabetic))
}

/// A year of four figures, or a day in figures such as `03/06/26`.
fn holds_year(word: &str) -> bool {
    let groups: Vec<&str> = word.split(|c: char| !c.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    groups.iter().any(|group| group.len() == 4 && (group.starts_with("19") || group.starts_with("20")))
        || (groups.len() == 3 && groups.iter().all(|group| group.len() <= 2) && word.contains(['/', '.']))
}

/// A day named in a text, with or without its year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedDay {
    /// The day.
    pub day: Date,
    /// Its first byte in the text.
    pub start: usize,
    /// One past its last byte.
    pub end: usize,
}

/// Days that a text names by their month, in its order: `3 décembre`, `December 3`, `du 24 au 27 novembre` (its last). One
/// without a year is the one that comes next after `near`, or was less than two months before.
pub fn days_near(text: &str, near: Date) -> Vec<NamedDay> {
    let base = text.as_ptr() as usize;
    let words: Vec<(usize, &str)> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| (word.as_ptr() as usize - base, word))
        .collect();
    let number = |at: usize| words.get(at).and_then(|(_, word)| day_number(word));
    let mut found = Vec::new();
    for (at, (start, word)) in words.iter().enumerate() {
        let Some(Said::Month(month)) = (word.chars().count() >= 3).then(|| said(word)).flatten() else { continue };
        let before = at.checked_sub(1).and_then(|before| Some((before, number(before)?)));
        let after = number(at + 1).map(|day| (at + 1, day));
        let Some((of_day, day)) = before.or(after) else { continue };
        let last = of_day.max(at);
        let year = words
            .get(last + 1)
            .and_then(|(_, word)| word.parse::<i16>().ok())
            .filter(|year| (1990..2100).contains(year));
        let in_year = |year: i16| Date::new(year, month, day).ok();
        let day = match year {
            Some(year) => in_year(year),
            None => {
                let recent = near.checked_sub(jiff::Span::new().days(60)).unwrap_or(near);
                (0..2).filter_map(|step| in_year(recent.year() + step)).find(|day| *day >= recent)
            }
        };
        let (end_at, end_word) = words[last];
        found.extend(day.map(|day| NamedDay {
            day,
            start: (*start).min(words[of_day].0),
            end: end_at + end_word.len(),
        }));
    }
    found
}

/// The number of a day: `3`, `1er`, `3rd`.
fn day_number(word: &str) -> Option<i8> {
    let figures = word.trim_end_matches(|c: char| c.is_alphabetic());
    let ending = &word[figures.len()..];
    if !matches!(ending, "" | "er" | "st" | "nd" | "rd" | "th") {
        return None;
    }
    figures.parse().ok().filter(|day| (1..=31).contains(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_found_without_their_year() {
        let days = |text: &str| -> Vec<String> {
            let near = jiff::civil::date(2026, 11, 20);
            days_near(text, near)
                .iter()
                .map(|found| format!("{} {}", found.day, &text[found.start..found.end]))
                .collect()
        };
        assert_eq!(days("Rendez-vous le 3 décembre à Lyon"), ["2026-12-03 3 décembre"]);
        assert_eq!(days("du 24 au 27 novembre, puis le 1er mars"), ["2026-11-27 27 novembre", "2027-03-01 1er mars"]);
        assert_eq!(days("on December 3, or March 2nd 2028"), ["2026-12-03 December 3", "2028-03-02 March 2nd"]);
        assert!(days("en mars, 40 % de plus ; le 31 février").is_empty());
    }

    #[test]
    fn dates_are_found_inside_a_text() {
        let days = |text: &str| -> Vec<String> {
            let found = find(text, &TimeZone::UTC, DayOrder::DayFirst);
            found.iter().map(|found| found.date.at.to_string()).collect()
        };
        assert_eq!(
            days("Par Hélène Gaël, publié le mercredi 3 juin 2026 à 07h15, mis à jour le 4 juin 2026"),
            ["2026-06-03T07:15:00Z", "2026-06-04T00:00:00Z"]
        );
        assert_eq!(days("Le 03/06/2026 | 240 entreprises"), ["2026-06-03T00:00:00Z"]);
        assert_eq!(days("June 3, 2026 — by Ada"), ["2026-06-03T00:00:00Z"]);
        assert!(days("Copyright 2014, en 2026, loi 1901").is_empty());
    }
}
