//! Dates as sources write them, read without guessing: RFC 3339, RFC 2822, SQL and plain days.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

/// A date that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadDate {
    /// The instant; midnight for a day without hour.
    pub at: Timestamp,
    /// False when only a day was written.
    pub has_hour: bool,
    /// True when no zone was written and the given one was used.
    pub zone_assumed: bool,
}

const RFC2822: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new().relaxed_weekday(true);

/// Reads a date; one without a zone is in `zone`. What is not understood is `None`, never a guess.
pub fn read(text: &str, zone: &TimeZone) -> Option<ReadDate> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(ReadDate { at, has_hour: true, zone_assumed: false });
    }
    if let Ok(at) = RFC2822.parse_timestamp(text) {
        return Some(ReadDate { at, has_hour: true, zone_assumed: false });
    }
    // A civil date is never taken from a text that says a zone we could not read.
    let zoneless = !text.contains('Z') && !text.get(10..).is_some_and(|rest| rest.contains(['+', '-']));
    let in_zone = |civil: DateTime| zone.to_ambiguous_timestamp(civil).compatible().ok();
    if text.len() == 10 {
        let day: Date = text.parse().ok()?;
        return Some(ReadDate {
            at: in_zone(day.to_datetime(jiff::civil::Time::midnight()))?,
            has_hour: false,
            zone_assumed: true,
        });
    }
    let without_zone = ["%a, %d %b %Y %H:%M:%S", "%d %b %Y %H:%M:%S", "%a, %d %b %Y %H:%M"];
    let written = || without_zone.iter().find_map(|format| DateTime::strptime(format, text).ok());
    let civil: DateTime = text.parse().ok().filter(|_| zoneless).or_else(written)?;
    Some(ReadDate { at: in_zone(civil)?, has_hour: true, zone_assumed: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<String> {
        let paris = TimeZone::get("Europe/Paris").expect("the zone");
        read(text, &paris).map(|date| date.at.to_string())
    }

    #[test]
    fn written_instants_are_read_and_zoneless_ones_use_the_zone() {
        assert_eq!(at("2026-11-23T08:00:00+01:00").as_deref(), Some("2026-11-23T07:00:00Z"));
        assert_eq!(at("Mon, 23 Nov 2026 08:00:00 +0100").as_deref(), Some("2026-11-23T07:00:00Z"));
        assert_eq!(at("Tue, 23 Nov 2026 08:00 GMT").as_deref(), Some("2026-11-23T08:00:00Z"));
        assert_eq!(at("2026-11-23 08:00:00").as_deref(), Some("2026-11-23T07:00:00Z"));
        assert_eq!(at("Fri, 20 Nov 2026 10:00:00").as_deref(), Some("2026-11-20T09:00:00Z"));
        assert_eq!(at("2026-07-14").as_deref(), Some("2026-07-13T22:00:00Z"));
    }

    #[test]
    fn what_is_not_understood_is_not_guessed() {
        for unknown in ["03/06/2026", "demain", "", "2026-13-01", "2026-11-23T08:00:00 Mars/Olympus"] {
            assert_eq!(at(unknown), None, "{unknown}");
        }
    }
}
