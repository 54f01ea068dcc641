//! Values with a meaning: durations, addresses, web addresses, zones, terms, week times.

use std::time::Duration;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use url::Url;

use crate::domain::Term;

use super::files::{At, Files};
use super::problem::mask_address;

/// Reads `30m`, `1h`, `1h30m`, `2d`, `1w` (`j` is a day too).
///
/// # Errors
/// Says what the text should look like.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("“{text}” is not a duration");
    let mut total: u64 = 0;
    let mut digits = String::new();
    let mut any = false;
    for character in text.trim().chars() {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        let unit = match character.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' | 'j' => 86_400,
            'w' => 604_800,
            ' ' if digits.is_empty() => continue,
            _ => return Err(wrong()),
        };
        let number: u64 = digits.parse().map_err(|_| wrong())?;
        digits.clear();
        any = true;
        total = number.checked_mul(unit).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
    }
    match total {
        0 => Err(wrong()),
        _ if !any || !digits.is_empty() => Err(wrong()),
        total => Ok(Duration::from_secs(total)),
    }
}

/// A duration at least as long as `least`.
pub(super) fn duration(files: &mut Files, at: At<String>, least: Duration) -> Option<Duration> {
    match parse_duration(&at.value) {
        Ok(value) if value < least => {
            let message = format!("“{}” is too short", at.value);
            files.error(&at.place, message, format!("at least {}", in_words(least)));
            None
        }
        Ok(value) => Some(value),
        Err(message) => {
            files.error(&at.place, message, "write it like \"30m\", \"1h\", \"2d\"");
            None
        }
    }
}

/// `1h`, `1m`, `30s`.
fn in_words(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds.is_multiple_of(3600) => format!("{}h", seconds / 3600),
        seconds if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        seconds => format!("{seconds}s"),
    }
}

/// An http(s) address.
pub(super) fn web_address(files: &mut Files, at: &At<String>) -> Option<Url> {
    let hint = "write it whole, like \"https://example.org/feed.xml\"";
    match Url::parse(at.value.trim()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.host_str().is_some() => {
            if !url.username().is_empty() || url.password().is_some() {
                files.error(&at.place, "this address holds a name or a password", "secrets never stand in these files");
                return None;
            }
            Some(url)
        }
        Ok(url) => {
            files.error(&at.place, format!("“{}:” is not the web", url.scheme()), hint);
            None
        }
        Err(error) => {
            files.error(&at.place, format!("“{}” is not a web address: {error}", mask_address(&at.value)), hint);
            None
        }
    }
}

/// A mail address (RFC 5321), as lettre reads it, with a dotted domain.
pub(super) fn mail_address(files: &mut Files, at: &At<String>) -> Option<String> {
    let bare = at.value.trim();
    let good = bare.parse::<lettre::Address>().is_ok_and(|address| {
        let domain = address.domain();
        domain.contains('.') || domain == "localhost" || domain.starts_with('[')
    });
    if good {
        return Some(bare.to_owned());
    }
    let message = format!("“{}” is not a mail address", at.value);
    files.error(&at.place, message, "write the address alone, like \"elodie@example.org\"");
    None
}

/// A sender, `Name <address>` or an address alone.
pub(super) fn mailbox(files: &mut Files, at: &At<String>) -> Option<String> {
    if at.value.parse::<lettre::message::Mailbox>().is_ok() {
        return Some(at.value.trim().to_owned());
    }
    let message = format!("“{}” is not a sender", at.value);
    files.error(&at.place, message, "write it like \"Veille <veille@example.org>\"");
    None
}

/// An IANA time zone.
pub(super) fn time_zone(files: &mut Files, at: &At<String>) -> Option<TimeZone> {
    match TimeZone::get(&at.value) {
        Ok(zone) => Some(zone),
        Err(_) => {
            files.error(&at.place, format!("there is no time zone “{}”", at.value), "write it like \"Europe/Paris\"");
            None
        }
    }
}

/// `mon 08:00`, `lundi 8:30`.
pub(super) fn week_time(files: &mut Files, at: &At<String>) -> Option<(Weekday, Time)> {
    let read = || {
        let (day, hour) = at.value.trim().split_once(char::is_whitespace)?;
        let (hour, minute) = hour.trim().split_once([':', 'h'])?;
        let minute = if minute.is_empty() { "0" } else { minute };
        let time = Time::new(hour.trim().parse().ok()?, minute.trim().parse().ok()?, 0, 0).ok()?;
        Some((weekday(day)?, time))
    };
    let found = read();
    if found.is_none() {
        files.error(&at.place, format!("“{}” is not a time of the week", at.value), "write it like \"mon 08:00\"");
    }
    found
}

/// A weekday by its name or its first three letters, in English or French.
fn weekday(word: &str) -> Option<Weekday> {
    const NAMES: [(Weekday, [&str; 2]); 7] = [
        (Weekday::Monday, ["monday", "lundi"]),
        (Weekday::Tuesday, ["tuesday", "mardi"]),
        (Weekday::Wednesday, ["wednesday", "mercredi"]),
        (Weekday::Thursday, ["thursday", "jeudi"]),
        (Weekday::Friday, ["friday", "vendredi"]),
        (Weekday::Saturday, ["saturday", "samedi"]),
        (Weekday::Sunday, ["sunday", "dimanche"]),
    ];
    let word = word.to_lowercase();
    let matches = |name: &&str| *name == word || name.get(..3) == Some(word.as_str());
    NAMES.iter().find(|(_, names)| names.iter().any(matches)).map(|(day, _)| *day)
}

/// Terms whose syntax is right; the others are noted and left out.
pub(super) fn terms(files: &mut Files, list: Vec<At<String>>) -> Vec<String> {
    let mut good = Vec::new();
    for at in list {
        match Term::parse(&at.value) {
            Ok(_) => good.push(at.value),
            Err(why) => files.error(
                &at.place,
                format!("the term “{}” cannot be read: {why}", at.value),
                "words, \\\"exact phrases\\\", prefix*, +required or -excluded".replace("\\\"", "\""),
            ),
        }
    }
    good
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weekday_is_a_name_or_its_three_letters() {
        assert_eq!(weekday("Mon"), Some(Weekday::Monday));
        assert_eq!(weekday("mardi"), Some(Weekday::Tuesday));
        for bad in ["monkey", "lundy", "mon,thu", "m", ""] {
            assert_eq!(weekday(bad), None, "{bad}");
        }
    }

    #[test]
    fn durations_are_read_in_full_or_refused() {
        assert_eq!(parse_duration("1h30m"), Ok(Duration::from_secs(5400)));
        assert_eq!(parse_duration("2j"), Ok(Duration::from_secs(172_800)));
        for bad in ["", "1", "h", "0s", "1x", "1h2", "-1h", "99999999999999999999w", "un"] {
            assert!(parse_duration(bad).is_err(), "{bad}");
        }
    }
}
