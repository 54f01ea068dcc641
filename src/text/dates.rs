//! Dates as sources write them, read without guessing: RFC 3339, RFC 822 and its misuses, ISO 8601, SQL, asctime,
//! JavaScript, seconds since 1970, and written dates in a dozen languages, French first.
//!
//! Rule: every word and figure of the text must be understood, or nothing is read. A day and a month written as two
//! small figures with a slash are told apart by the order that the caller knows, else not at all.

use jiff::Timestamp;
use jiff::civil::{Date, ISOWeekDate, Time, Weekday};
use jiff::fmt::rfc2822;
use jiff::tz::{Offset, TimeZone};
use unicode_normalization::UnicodeNormalization;

use super::date_parts::{Parts, Token, Written, scan};

pub use super::date_parts::DayOrder;

/// A date that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadDate {
    /// The instant; midnight UTC of a day without hour.
    pub at: Timestamp,
    /// False when only a day (or month, or year) was written.
    pub has_hour: bool,
    /// True when no zone was written and the given one was used.
    pub zone_assumed: bool,
}

const RFC2822: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
/// Years that a publication date may have.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2199;
/// Longest text looked at, in bytes.
const LONGEST: usize = 120;

/// Reads a date; one without a zone is in `zone`. What is not understood is `None`, never a guess.
pub fn read(text: &str, zone: &TimeZone, order: DayOrder) -> Option<ReadDate> {
    let text = text.trim();
    if text.len() > LONGEST || text.is_empty() {
        return None;
    }
    if let Some(at) = read_standard(text) {
        return Some(ReadDate { at, has_hour: true, zone_assumed: false });
    }
    if let Some((rest, named)) = named_zone(text) {
        return read(rest, &named, order).map(|date| ReadDate { zone_assumed: false, ..date });
    }
    let text: String = html_escape::decode_html_entities(text).nfc().collect();
    let text = text.replace("a.m.", "am").replace("p.m.", "pm");
    // RFC 822's military letter for the first zone is a word of French too; Atlantic time is a word of English.
    let text = match text.rsplit_once(' ') {
        Some((rest, "AT")) if rest.ends_with(|c: char| c.is_ascii_digit()) => format!("{rest} AST"),
        Some((rest, "A")) if rest.ends_with(|c: char| c.is_ascii_digit()) => return None,
        _ => text,
    };
    let text = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")).unwrap_or(&text);
    let tokens = scan(text);
    let written = epoch(&tokens).or_else(|| iso(text)).or_else(|| Parts::gather(&tokens, order)?.settle())?;
    written.place(zone)
}

/// `… Europe/Paris`: the text before, and the zone.
fn named_zone(text: &str) -> Option<(&str, TimeZone)> {
    let (rest, name) = text.rsplit_once(' ')?;
    let is_name = name.contains('/') && name.starts_with(|c: char| c.is_ascii_uppercase());
    Some((rest, is_name.then(|| TimeZone::get(name).ok())??))
}

/// Reads what the standards prescribe, with its zone: RFC 3339 (Atom) and RFC 2822 (RSS, HTTP).
pub fn read_standard(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    // RFC 2822 has every zone it does not name be UTC, which is wrong by hours for CEST.
    let zone = text.rsplit([' ', '\t']).next().unwrap_or_default();
    let offset = zone.starts_with(['+', '-']) || matches!(zone, "GMT" | "UT" | "UTC" | "Z");
    let at = text.parse::<Timestamp>().ok().or_else(|| offset.then(|| RFC2822.parse_timestamp(text).ok())?)?;
    YEARS.contains(&at.to_zoned(TimeZone::UTC).year()).then_some(at)
}

impl Written {
    fn place(self, zone: &TimeZone) -> Option<ReadDate> {
        if !YEARS.contains(&self.day.year()) {
            return None;
        }
        let Some(time) = self.time else {
            let at = TimeZone::UTC.to_timestamp(self.day.to_datetime(Time::midnight())).ok()?;
            return Some(ReadDate { at, has_hour: false, zone_assumed: false });
        };
        let civil = self.day.to_datetime(time);
        match self.offset {
            Some(minutes) => {
                let offset = Offset::from_seconds(i32::from(minutes) * 60).ok()?;
                Some(ReadDate { at: offset.to_timestamp(civil).ok()?, has_hour: true, zone_assumed: false })
            }
            None => {
                let at = zone.to_ambiguous_timestamp(civil).compatible().ok()?;
                Some(ReadDate { at, has_hour: true, zone_assumed: true })
            }
        }
    }
}

/// Seconds or milliseconds since 1970, between 2001 and 2286.
fn epoch(tokens: &[Token]) -> Option<Written> {
    let (value, figures) = match tokens {
        [Token::Number(value, figures)] => (value, figures),
        // ASP.NET: the offset tells how it was shown, not another instant.
        [Token::Number(value, 13), Token::Mark('+' | '-'), Token::Number(_, 4)] => (value, &13),
        _ => return None,
    };
    let milliseconds = match figures {
        10 => value * 1000,
        13 => *value,
        _ => return None,
    };
    let civil = Timestamp::from_millisecond(milliseconds).ok()?.to_zoned(TimeZone::UTC).datetime();
    Some(Written { day: civil.date(), time: Some(civil.time()), offset: Some(0) })
}

/// ISO 8601 forms that the general reading does not see: basic, week, ordinal, month and year alone.
fn iso(text: &str) -> Option<Written> {
    let (day, rest) = match text.find(['T', 't', ' ']) {
        Some(at) => (&text[..at], text.get(at + 1..).unwrap_or_default()),
        // `20260603071500`: figures to the second; `2026-06-03+02:00`: a day of XML Schema.
        None if matches!(text.len(), 12 | 14) && text.bytes().all(|byte| byte.is_ascii_digit()) => text.split_at(8),
        None => (text.get(..10).filter(|_| text[10..].starts_with(['+', '-', 'Z'])).unwrap_or(text), ""),
    };
    let day = iso_day(day)?;
    if rest.is_empty() {
        return Some(Written { day, time: None, offset: None });
    }
    // `071500Z`, `071500+0200`: figures without colons.
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(end);
    let part = |range: std::ops::Range<usize>| clock.get(range).map_or(Some(0), |text| text.parse::<i8>().ok());
    let time = match clock.len() {
        4 | 6 => Time::new(part(0..2)?, part(2..4)?, part(4..6).unwrap_or(0), 0).ok()?,
        _ => {
            let mut parts = Parts::default();
            let mut tokens = scan(rest);
            parts.take_times_and_zones(&mut tokens).then_some(())?;
            tokens.iter().all(|token| *token == Token::Mark(' ')).then_some(())?;
            let day = if parts.next_day { day.tomorrow().ok()? } else { day };
            return Some(Written { day, time: Some(parts.time?), offset: parts.offset });
        }
    };
    let mut parts = Parts { time: Some(time), ..Parts::default() };
    let mut tokens = scan(zone);
    tokens.insert(0, Token::Mark(' '));
    parts.take_zone(&mut tokens, 0);
    let nothing_left = tokens.iter().all(|token| *token == Token::Mark(' '));
    nothing_left.then_some(Written { day, time: Some(time), offset: parts.offset })
}

fn iso_day(text: &str) -> Option<Date> {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| -> Option<i16> {
        let part = text.get(range)?;
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?
    };
    let small = |range| i8::try_from(digits(range)?).ok();
    let year = digits(0..4)?;
    let dash = |at: usize| bytes.get(at) == Some(&b'-');
    match bytes.len() {
        4 => Date::new(year, 1, 1).ok(),
        7 if dash(4) => Date::new(year, small(5..7)?, 1).ok(),
        8 if dash(4) => ordinal(year, digits(5..8)?),
        8 if !bytes[4].is_ascii_alphabetic() => Date::new(year, small(4..6)?, small(6..8)?).ok(),
        7 => ordinal(year, digits(4..7)?),
        8 if bytes[4].eq_ignore_ascii_case(&b'W') => {
            let weekday = Weekday::from_monday_one_offset(small(7..8)?).ok()?;
            Some(ISOWeekDate::new(year, small(5..7)?, weekday).ok()?.date())
        }
        10 if dash(4) && bytes[5].eq_ignore_ascii_case(&b'W') && dash(8) => {
            let weekday = Weekday::from_monday_one_offset(small(9..10)?).ok()?;
            Some(ISOWeekDate::new(year, small(6..8)?, weekday).ok()?.date())
        }
        10 if dash(4) && dash(7) => Date::new(year, small(5..7)?, small(8..10)?).ok(),
        // A month of three figures, the first of them nothing.
        11 if dash(4) && bytes[5] == b'0' && dash(8) => Date::new(year, small(6..8)?, small(9..11)?).ok(),
        _ => None,
    }
}

fn ordinal(year: i16, day: i16) -> Option<Date> {
    Date::new(year, 1, 1).ok()?.with().day_of_year(day).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<String> {
        let paris = TimeZone::get("Europe/Paris").expect("the zone");
        read(text, &paris, DayOrder::Unknown).map(|date| date.at.to_string())
    }

    /// Expects `text` to be `instant`, in UTC when it names no zone.
    #[track_caller]
    fn check(text: &str, instant: &str) {
        let read = read(text, &TimeZone::UTC, DayOrder::DayFirst);
        let told = read.map(|date| {
            if date.has_hour { date.at.to_string() } else { date.at.to_zoned(TimeZone::UTC).date().to_string() }
        });
        assert_eq!(told.as_deref(), Some(instant), "{text}");
    }

    #[test]
    fn written_instants_are_read_and_zoneless_ones_use_the_zone() {
        assert_eq!(at("2026-11-23T08:00:00+01:00").as_deref(), Some("2026-11-23T07:00:00Z"));
        assert_eq!(at("Mon, 23 Nov 2026 08:00:00 +0100").as_deref(), Some("2026-11-23T07:00:00Z"));
        assert_eq!(at("Tue, 23 Nov 2026 08:00 GMT").as_deref(), Some("2026-11-23T08:00:00Z"));
        assert_eq!(at("2026-11-23 08:00:00").as_deref(), Some("2026-11-23T07:00:00Z"));
        assert_eq!(at("Fri, 20 Nov 2026 10:00:00").as_deref(), Some("2026-11-20T09:00:00Z"));
        assert_eq!(at("2026-07-14").as_deref(), Some("2026-07-14T00:00:00Z"));
    }

    #[test]
    fn misused_standards_are_read() {
        check("Wed, 03 Jun 26 07:15:00 +0200", "2026-06-03T05:15:00Z");
        check("Wed, 3 Jun 2026 07:15 EST", "2026-06-03T12:15:00Z");
        check("Wed, 03 Jun 2026 07:15:00 CEST", "2026-06-03T05:15:00Z");
        check("Wed, 03 Jun 2026 07:15:00 GMT+00:00", "2026-06-03T07:15:00Z");
        check("Wednesday, 03-Jun-26 07:15:00 GMT", "2026-06-03T07:15:00Z");
        check("Wed Jun  3 07:15:00 2026", "2026-06-03T07:15:00Z");
        check("Wed Jun 3 07:15:00 EDT 2026", "2026-06-03T11:15:00Z");
        check("Wed Jun 03 2026 07:15:00 GMT+0200 (heure d’été d’Europe centrale)", "2026-06-03T05:15:00Z");
        check("2026-06-03T07:15", "2026-06-03T07:15:00Z");
        check("2026-06-03T07:15Z", "2026-06-03T07:15:00Z");
        check("2026-06-03T07:15:00+0200", "2026-06-03T05:15:00Z");
        check("2026-06-03 07:15:00.123 UTC", "2026-06-03T07:15:00Z");
        check("20260603T071500Z", "2026-06-03T07:15:00Z");
        check("2026-W23-3", "2026-06-03");
        check("2026-154", "2026-06-03");
        check("1780470900", "2026-06-03T07:15:00Z");
        check("1780470900000", "2026-06-03T07:15:00Z");
        check("June 3, 2026 7:15 PM", "2026-06-03T19:15:00Z");
        check("06/03/2026 07:15:00 AM", "2026-03-06T07:15:00Z");
        check("03.06.2026, 07:15 Uhr", "2026-06-03T07:15:00Z");
        check("3. Juni 2026", "2026-06-03");
        check("2026/06/03", "2026-06-03");
        check("2004년 5월 28일  오후 11:31:39", "2004-05-28T23:31:39Z");
    }

    #[test]
    fn odd_offsets_and_separators_are_read() {
        check("Mon, 26 January 2004 16:31:00 AT", "2004-01-26T20:31:00Z");
        check("Wed, 3 Jun 2026 07.15.05 +0200", "2026-06-03T05:15:05Z");
        check("2026. 11. 23.", "2026-11-23");
        check("07:15 03.06.2026 +0200", "2026-06-03T05:15:00Z");
        check("2026-06-03T07:15:00:+0200", "2026-06-03T05:15:00Z");
        check("2026-06-03T07:15:00+02:0", "2026-06-03T05:15:00Z");
        check("Wed, 03 Jun 2026 07:15:00 00", "2026-06-03T07:15:00Z");
        check("2003-012-31T10:14:55+00:00", "2003-12-31T10:14:55Z");
        check("Mon, 11 23 2026 07:15:00 GMT", "2026-11-23T07:15:00Z");
        assert_eq!(at("Mon, 06 03 2026 07:15:00 GMT"), None);
        assert_eq!(at("Mon, 26 January 2004 16:31:00 A"), None);
    }

    #[test]
    fn french_dates_are_read() {
        check("3 juin 2026 à 07h15", "2026-06-03T07:15:00Z");
        check("mercredi 3 juin 2026", "2026-06-03");
        check("mer., 03 juin 2026 07:15:00 +0200", "2026-06-03T05:15:00Z");
        check("le 1er août 2026 à 7 h 05", "2026-08-01T07:05:00Z");
        check("Mar, 24 Mar 2026 08:00:00 +0100", "2026-03-24T07:00:00Z");
        check("mar. 24 nov. 2026 08:00", "2026-11-24T08:00:00Z");
        check("03/06/2026 à 7h15", "2026-06-03T07:15:00Z");
        check("Publié le 12 févr. 2026 à 18h", "2026-02-12T18:00:00Z");
        check("12\u{a0}décembre\u{a0}2026", "2026-12-12");
        check("lundi 23 novembre 2026 à 15 h 04 min", "2026-11-23T15:04:00Z");
    }

    #[test]
    fn what_is_not_understood_is_not_guessed() {
        for unknown in [
            "03/06/2026",
            "demain",
            "",
            "2026-13-01",
            "31 juin 2026",
            "2026-11-23T08:00:00 Mars/Olympus",
            "Wed, 03 Jun 2026 07:15:00 IST",
            "3 juin",
            "12 articles du 3 juin 2026",
            "3 juin 2026 25:00",
            "0000-00-00 00:00:00",
        ] {
            assert_eq!(at(unknown), None, "{unknown}");
        }
        let american = read("03/06/2026", &TimeZone::UTC, DayOrder::of_language(Some("en-us"))).expect("a date");
        assert_eq!(american.at.to_string(), "2026-03-06T00:00:00Z");
    }
}
