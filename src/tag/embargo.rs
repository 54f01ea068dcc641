//! The end of an embargo, written in words: a day, perhaps an hour before or behind it, perhaps a zone.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

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

/// Words that may stand between "embargo" and its day; any other makes the day another's.
const BETWEEN: [&str; 46] = [
    "jusqu",
    "jusque",
    "au",
    "a",
    "le",
    "la",
    "l",
    "du",
    "de",
    "d",
    "qu",
    "until",
    "till",
    "to",
    "on",
    "for",
    "the",
    "at",
    "of",
    "from",
    "date",
    "heure",
    "heures",
    "h",
    "leve",
    "levee",
    "lift",
    "lifts",
    "lifted",
    "ends",
    "end",
    "fin",
    "publication",
    "diffusion",
    "release",
    "strict",
    "stricte",
    "absolu",
    "and",
    "et",
    "is",
    "est",
    "will",
    "be",
    "embargo",
    "sous",
];
const WEEKDAYS: [&str; 14] = [
    "lundi",
    "mardi",
    "mercredi",
    "jeudi",
    "vendredi",
    "samedi",
    "dimanche",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// The end of the embargo of which a folded line speaks, in the zone it names, else in `zone`: the latest that can be meant.
/// A day without an hour ends the embargo when that day begins. `None` when no day can be read for sure, or one that had
/// passed when the text was sent: a person must release it.
pub fn end(line: &str, sent: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let line = line.replace("a.m.", "am").replace("p.m.", "pm").replace("a.m", "am").replace("p.m", "pm");
    let mut latest: Option<Timestamp> = None;
    for (at, _) in line.match_indices("embargo") {
        let mut near = &line[at..];
        if let Some((cut, _)) = near.char_indices().find(|(at, _)| *at >= NEAR) {
            near = &near[..cut];
        }
        // Another embargo is read on its own.
        let own = near
            .get("embargo".len()..)
            .and_then(|rest| rest.find("embargo"))
            .map_or(near, |next| &near[..next + "embargo".len()]);
        latest = latest.max(one_end(sentence(own), sent, zone));
    }
    latest.filter(|end| *end > sent)
}

/// Up to the end of the sentence or of the paragraph.
fn sentence(text: &str) -> &str {
    let ends = text.char_indices().find(|(at, c)| {
        let rest = &text[at + c.len_utf8()..];
        matches!(c, '!' | '?')
            || (*c == '.' && (rest.is_empty() || rest.starts_with([' ', '\n'])))
            || (*c == '\n' && rest.starts_with('\n'))
    });
    ends.map_or(text, |(at, _)| &text[..at])
}

fn one_end(near: &str, sent: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let words: Vec<&str> = near
        .split(|c: char| {
            c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '[' | ']' | '«' | '»' | '"' | '\'' | '’')
        })
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect();
    let mut found: Option<(Date, Vec<usize>)> = None;
    let mut taken = Vec::new();
    let mut from = 0;
    // Of a range the last day counts.
    while let Some((day, places)) = find_day(&words, from, sent, zone) {
        let first = places.iter().copied().min().unwrap_or(0);
        let strange = words[from.min(first)..first].iter().any(|word| !may_stand_between(word));
        if strange {
            break;
        }
        from = places.iter().copied().max().unwrap_or(first) + 1;
        taken.extend(places.iter().copied());
        found = Some(match found {
            Some((known, places)) if known > day => (known, places),
            _ => (day, places),
        });
    }
    let (day, _) = found?;
    let rest: Vec<&str> =
        words.iter().enumerate().filter(|(at, _)| !taken.contains(at)).map(|(_, word)| *word).collect();
    let zone = match named_zone(&rest) {
        Named::Zone(named) => named,
        Named::None => zone.clone(),
        Named::Several => return None,
    };
    let whole_day = rest.iter().any(|word| {
        matches!(
            *word,
            "inclus" | "incluse" | "inclusive" | "inclusively" | "minuit" | "midnight" | "24h" | "24h00" | "24:00"
        )
    });
    let at = if whole_day {
        day.tomorrow().ok()?.to_datetime(Time::midnight())
    } else {
        day.to_datetime(find_clock(&rest).unwrap_or(Time::midnight()))
    };
    zone.to_ambiguous_timestamp(at).compatible().ok()
}

fn may_stand_between(word: &str) -> bool {
    let clock = word.starts_with(|c: char| c.is_ascii_digit()) && word.len() <= 7;
    clock
        || word.starts_with("embargo")
        || BETWEEN.contains(&word)
        || WEEKDAYS.contains(&word)
        || is_zone(word)
        || matches!(word, "am" | "pm" | "midi" | "minuit" | "noon" | "midnight" | "paris" | "time")
}

/// The day, and the places of the words that say it.
fn find_day(words: &[&str], from: usize, published: Timestamp, zone: &TimeZone) -> Option<(Date, Vec<usize>)> {
    let today = published.to_zoned(zone.clone()).date();
    for (at, word) in words.iter().enumerate().skip(from) {
        if let Some(day) = numeric(word) {
            return Some((day, vec![at]));
        }
        let short = |name: &str| word.len() >= 3 && name.starts_with(word) && *word != "mar";
        let Some(month) = MONTHS.iter().position(|(french, english)| short(french) || short(english)) else { continue };
        let month = i8::try_from(month + 1).ok()?;
        let before = at.checked_sub(1).filter(|at| *at >= from).and_then(|at| Some((at, day_number(words.get(at)?)?)));
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

/// `05/12/2026`, `5.12.2026`, `2026-12-05`: which figure is the day nobody knows, so the later of both counts.
fn numeric(word: &str) -> Option<Date> {
    let parts: Vec<i16> = word.split(['/', '.', '-']).map(str::parse).collect::<Result<_, _>>().ok()?;
    let [first, month, last] = parts.as_slice() else { return None };
    let small = |number: &i16| i8::try_from(*number).ok();
    if *first > 1900 {
        return Date::new(*first, small(month)?, small(last)?).ok();
    }
    let year = if *last < 100 { last + 2000 } else { *last };
    let french = Date::new(year, small(month)?, small(first)?).ok();
    let american = Date::new(year, small(first)?, small(month)?).ok();
    french.max(american)
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
        let said: Vec<&str> = words.iter().skip(at + 1).take(5).copied().collect();
        let evening =
            said.windows(2).any(|pair| matches!(pair, ["du", "soir"] | ["apres-midi", _] | ["l", "apres-midi"]));
        let afternoon = after == "pm" || next == "pm" || evening;
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
    // `18.30` is a clock where no date has two figures.
    let (hour, minute) =
        bare.split_once(['h', ':']).or_else(|| bare.split_once('.').filter(|(_, minute)| minute.len() == 2))?;
    Some((hour.parse().ok()?, if minute.is_empty() { 0 } else { minute.parse().ok()? }))
}

/// Names of zones, and of those that are several zones at once.
fn is_zone(word: &str) -> bool {
    matches!(
        word,
        "gmt"
            | "utc"
            | "tu"
            | "cet"
            | "cest"
            | "bst"
            | "est"
            | "edt"
            | "et"
            | "pst"
            | "pdt"
            | "pt"
            | "cst"
            | "cdt"
            | "ct"
            | "mst"
            | "mdt"
            | "ist"
            | "jst"
            | "hkt"
            | "sgt"
            | "aest"
            | "aedt"
    )
}

/// The zone that some words name.
enum Named {
    None,
    Zone(TimeZone),
    /// One that several zones are called by.
    Several,
}

/// "et" and "est" are words of French, and zones only behind am or pm.
fn named_zone(words: &[&str]) -> Named {
    for (at, word) in words.iter().enumerate() {
        let behind_clock = at
            .checked_sub(1)
            .and_then(|at| words.get(at))
            .is_some_and(|word| word.ends_with("am") || word.ends_with("pm"));
        let name = match *word {
            "gmt" | "utc" | "tu" => "Etc/UTC",
            "cet" | "cest" | "paris" => "Europe/Paris",
            "bst" => "Europe/London",
            "edt" => "America/New_York",
            "est" | "et" if behind_clock => "America/New_York",
            "pst" | "pdt" => "America/Los_Angeles",
            "pt" if behind_clock => "America/Los_Angeles",
            "est" | "et" | "pt" | "ct" if !behind_clock => continue,
            word if is_zone(word) => return Named::Several,
            _ => continue,
        };
        return TimeZone::get(name).map_or(Named::Several, Named::Zone);
    }
    Named::None
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
            ("Embargo until 3:00 p.m. EST, December 5", "2026-12-05T20:00:00Z"),
            ("Embargoed until 9 am ET on 5 December 2026", "2026-12-05T14:00:00Z"),
            ("Embargo until 5 December 2026, 9 am PST", "2026-12-05T17:00:00Z"),
            ("Sous embargo jusqu’au 5 décembre à minuit", "2026-12-05T23:00:00Z"),
            ("Sous embargo jusqu’au 5 décembre 2026 inclus", "2026-12-05T23:00:00Z"),
            ("Sous embargo jusqu’au 5 décembre à 6 heures du soir", "2026-12-05T17:00:00Z"),
            ("Sous embargo jusqu’au 5 décembre à 18.30", "2026-12-05T17:30:00Z"),
            ("Embargo until 12/05/2026", "2026-12-04T23:00:00Z"),
            ("Sous embargo du 28 novembre au 5 décembre 2026", "2026-12-04T23:00:00Z"),
            ("L’embargo du 3 mars 2026 a pris fin. Sous embargo jusqu’au 5 décembre 2026", "2026-12-04T23:00:00Z"),
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
