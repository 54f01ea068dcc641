//! The end of an embargo, written in words: a day, perhaps an hour before or behind it, perhaps a zone.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};

/// Bytes behind the word in which the date stands.
const NEAR: usize = 160;
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

/// The end of the embargo of which a folded line speaks, in the zone it names, else in `zone`. A day without an hour
/// ends the embargo when that day begins. `None` when no day can be read for sure: a person must release it.
pub fn end(line: &str, published: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let at = line.find("embargo")?;
    let mut near = &line[at..];
    if let Some((cut, _)) = near.char_indices().find(|(at, _)| *at >= NEAR) {
        near = &near[..cut];
    }
    let words: Vec<&str> = near
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '«' | '»' | '"' | '\'' | '’'))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect();
    let (day, taken) = find_day(&words, published, zone)?;
    let rest = || words.iter().enumerate().filter(|(at, _)| !taken.contains(at)).map(|(_, word)| *word);
    let clock = find_clock(&rest().collect::<Vec<_>>());
    let named = rest().find_map(named_zone);
    let at = day.to_datetime(clock.unwrap_or(Time::midnight()));
    named.unwrap_or_else(|| zone.clone()).to_ambiguous_timestamp(at).compatible().ok()
}

/// The day, and the places of the words that say it.
fn find_day(words: &[&str], published: Timestamp, zone: &TimeZone) -> Option<(Date, Vec<usize>)> {
    let today = published.to_zoned(zone.clone()).date();
    for (at, word) in words.iter().enumerate() {
        if let Some(day) = numeric(word) {
            return Some((day, vec![at]));
        }
        let short = |name: &str| word.len() >= 3 && name.starts_with(word) && *word != "mar";
        let Some(month) = MONTHS.iter().position(|(french, english)| short(french) || short(english)) else { continue };
        let month = i8::try_from(month + 1).ok()?;
        let before = at.checked_sub(1).and_then(|at| Some((at, day_number(words.get(at)?)?)));
        // English may name the month first: "December 5".
        let after = words.get(at + 1).and_then(|word| Some((at + 1, day_number(word)?)));
        let Some((day_at, day)) = before.or(after) else { continue };
        let last = day_at.max(at);
        let year =
            words.get(last + 1).and_then(|word| word.parse::<i16>().ok()).filter(|year| (2000..2200).contains(year));
        let mut date = Date::new(year.unwrap_or(today.year()), month, day).ok()?;
        if year.is_none() && date < today {
            date = Date::new(today.year() + 1, month, day).ok()?;
        }
        let mut taken = vec![at, day_at];
        taken.extend(year.map(|_| last + 1));
        return Some((date, taken));
    }
    None
}

/// `5`, `1er`, `5th`.
fn day_number(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(char::is_alphabetic);
    let tail = &word[digits.len()..];
    let number: i8 = digits.parse().ok()?;
    ((1..=31).contains(&number) && matches!(tail, "" | "er" | "st" | "nd" | "rd" | "th")).then_some(number)
}

/// `05/12/2026`, `5.12.2026`, `2026-12-05`: the day stands first unless the year does.
fn numeric(word: &str) -> Option<Date> {
    let parts: Vec<i16> = word.split(['/', '.', '-']).map(str::parse).collect::<Result<_, _>>().ok()?;
    let [first, month, last] = parts.as_slice() else { return None };
    let small = |number: &i16| i8::try_from(*number).ok();
    if *first > 1900 {
        return Date::new(*first, small(month)?, small(last)?).ok();
    }
    let year = if *last < 100 { last + 2000 } else { *last };
    Date::new(year, small(month)?, small(first)?).ok()
}

/// `8h30`, `8 h 30`, `08:30`, `8 am`, `midi`, `minuit`.
fn find_clock(words: &[&str]) -> Option<Time> {
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).copied().unwrap_or_default();
        let clock = match *word {
            "midi" | "noon" => Some((12, 0)),
            "minuit" | "midnight" => Some((0, 0)),
            word => glued(word).or_else(|| {
                let hour: i8 = word.parse().ok()?;
                match next {
                    "h" | "heures" | "heure" => {
                        let minute =
                            words.get(at + 2).filter(|word| word.len() == 2).and_then(|word| word.parse().ok());
                        Some((hour, minute.unwrap_or(0)))
                    }
                    "am" | "pm" => Some((hour, 0)),
                    _ => None,
                }
            }),
        };
        let Some((hour, minute)) = clock else { continue };
        let after = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == ':' || c == '.');
        let afternoon = after == "pm" || next == "pm";
        let morning = after == "am" || next == "am";
        let hour = match hour {
            12 if morning => 0,
            hour if afternoon && hour < 12 => hour + 12,
            hour => hour,
        };
        if let Ok(time) = Time::new(hour, minute, 0, 0) {
            return Some(time);
        }
    }
    None
}

/// `8h30`, `8h`, `08:30`, `8am`, `10:30pm`.
fn glued(word: &str) -> Option<(i8, i8)> {
    let bare = word.trim_end_matches("am").trim_end_matches("pm");
    if bare.len() < word.len() && !bare.contains(':') {
        return Some((bare.parse().ok()?, 0));
    }
    let (hour, minute) = bare.split_once(['h', ':'])?;
    Some((hour.parse().ok()?, if minute.is_empty() { 0 } else { minute.parse().ok()? }))
}

fn named_zone(word: &str) -> Option<TimeZone> {
    let hours = match word {
        "gmt" | "utc" | "tu" => 0,
        "cet" | "bst" => 1,
        "cest" => 2,
        "est" => return TimeZone::get("America/New_York").ok(),
        "paris" => return TimeZone::get("Europe/Paris").ok(),
        _ => return None,
    };
    Some(TimeZone::fixed(Offset::constant(hours)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end_of(line: &str) -> Option<String> {
        let published: Timestamp = "2026-11-20T08:00:00Z".parse().expect("an instant");
        let zone = TimeZone::get("Europe/Paris").expect("the zone");
        end(&crate::text::tokens::fold(line), published, &zone).map(|at| at.to_string())
    }

    #[test]
    fn an_embargo_is_read_to_the_minute_in_every_way_of_writing_it() {
        for (line, wanted) in [
            ("Sous embargo jusqu’au 5 décembre 2026 à 8 h 30", "2026-12-05T07:30:00Z"),
            ("Sous embargo jusqu'au lundi 7 décembre, 6h", "2026-12-07T05:00:00Z"),
            ("EMBARGO : 05/12/2026 - 8h30", "2026-12-05T07:30:00Z"),
            ("Embargoed until 00:01 GMT, 5 December 2026", "2026-12-05T00:01:00Z"),
            ("Under embargo until December 5, 2026 at 9 am", "2026-12-05T08:00:00Z"),
            ("Embargo until 10:30pm on 2026-12-05", "2026-12-05T21:30:00Z"),
            ("Sous embargo jusqu’au 1er janvier", "2026-12-31T23:00:00Z"),
            ("Sous embargo jusqu’au 5 décembre 2026 à midi (heure de Paris)", "2026-12-05T11:00:00Z"),
            ("Sous embargo jusqu’au 28 mars 2027 à 2 h 30", "2027-03-28T01:30:00Z"),
        ] {
            assert_eq!(end_of(line).as_deref(), Some(wanted), "{line}");
        }
        for vague in
            ["Sous embargo jusqu’à nouvel ordre", "Sous embargo jusqu’au 31 février 2027", "Sous embargo, lundi"]
        {
            assert_eq!(end_of(vague), None, "{vague}");
        }
    }
}
