//! Calendars of the company's pages: ICS (RFC 5545) or TOML, as dates within a window.
//!
//! Rules that would make millions of dates are judged before they are expanded: the expander builds all dates of a period
//! at once.

use calcard::common::timezone::Tz;
use calcard::icalendar::{
    ICalendar, ICalendarClassification, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarFrequency,
    ICalendarProperty, ICalendarStatus, ICalendarValue, dates::TimeOrDelta,
};
use calcard::{Entry, Parser};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use thiserror::Error;

use crate::domain::CalendarEntry;
use crate::text::dates::{self, DayOrder};
use crate::text::{encoding, html, typography};

/// Largest calendar read, in bytes.
const MAX_BYTES: usize = 5 << 20;
/// Events above which a calendar is no plan of pages.
const MOST_EVENTS: usize = 5_000;
/// Dates that all rules of a calendar may make before the window is cut out, and those of one event: a daily one since 1960.
const MOST_DATES: usize = 400_000;
const MOST_OF_ONE: usize = 30_000;
/// Dates kept of one calendar.
const MOST_KEPT: usize = 2_000;
/// Lines that cannot be read above which a calendar is none.
const MOST_BAD_LINES: usize = 1_000;
/// The window: what was lately, and a year ahead.
const BEFORE: SignedDuration = SignedDuration::from_hours(24 * 31);
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 400);

/// Why a calendar gives nothing.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum CalendarError {
    /// Nothing in it.
    #[error("the calendar is empty")]
    Empty,
    /// Too large.
    #[error("the calendar is larger than 5 MB or has more than 5,000 events")]
    TooLarge,
    /// Neither ICS nor TOML.
    #[error("this is no calendar: {0}")]
    Malformed(String),
}

/// A calendar as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReadCalendar {
    /// Its dates within the window, the first first.
    pub entries: Vec<CalendarEntry>,
    /// What had to be left out, in words.
    pub repairs: Vec<String>,
    /// Events that are not for everybody, and were left out.
    pub closed: usize,
}

/// Reads a calendar, ICS or TOML by its first bytes. `zone` is that of dates without one.
///
/// # Errors
/// See [`CalendarError`].
pub fn read(source: &str, bytes: &[u8], zone: &TimeZone, now: Timestamp) -> Result<ReadCalendar, CalendarError> {
    if bytes.len() > MAX_BYTES {
        return Err(CalendarError::TooLarge);
    }
    // Folding counts bytes: a letter may be cut in two by it.
    let unfolded = unfold(bytes);
    let (text, _) = encoding::decode(&unfolded, Some("text/calendar; charset=utf-8"));
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.is_empty() {
        return Err(CalendarError::Empty);
    }
    let mut calendar = if text.get(..15).is_some_and(|head| head.eq_ignore_ascii_case("BEGIN:VCALENDAR")) {
        of_ics(source, text, zone)?
    } else {
        of_toml(source, text, zone)?
    };
    let within = |at: Timestamp| {
        let age = now.duration_since(at);
        age <= BEFORE && age >= -AHEAD
    };
    calendar.entries.retain(|entry| within(entry.starts));
    calendar.entries.sort_by(|one, other| (one.starts, &one.uid).cmp(&(other.starts, &other.uid)));
    calendar.entries.dedup_by(|one, other| one.uid == other.uid && one.starts == other.starts);
    if calendar.entries.len() > MOST_KEPT {
        calendar.repairs.push(format!("only the first {MOST_KEPT} of {} dates were kept", calendar.entries.len()));
        calendar.entries.truncate(MOST_KEPT);
    }
    Ok(calendar)
}

fn unfold(bytes: &[u8]) -> Vec<u8> {
    let mut unfolded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let end = match (byte, bytes.get(at + 1)) {
            (b'\r', Some(b'\n')) => 2,
            (b'\n', _) => 1,
            _ => 0,
        };
        if end > 0 && bytes.get(at + end).is_some_and(|next| matches!(next, b' ' | b'\t')) {
            at += end + 1;
        } else {
            unfolded.push(byte);
            at += 1;
        }
    }
    unfolded
}

fn of_ics(source: &str, text: &str, zone: &TimeZone) -> Result<ReadCalendar, CalendarError> {
    let events = text.lines().filter(|line| line.trim().eq_ignore_ascii_case("BEGIN:VEVENT")).count();
    if events > MOST_EVENTS {
        return Err(CalendarError::TooLarge);
    }
    let mut read = ReadCalendar::default();
    let mut parser = Parser::new(text);
    let mut bad = 0;
    loop {
        match parser.entry() {
            Entry::ICalendar(calendar) => of_calendar(source, calendar, zone, &mut read),
            Entry::Eof | Entry::TooManyComponents => break,
            _ => {
                bad += 1;
                if bad > MOST_BAD_LINES {
                    break;
                }
            }
        }
    }
    if bad > 0 {
        read.repairs.push(format!("{bad} lines that no calendar has were left out"));
    }
    if read.entries.is_empty() && events > 0 && bad > 0 {
        return Err(CalendarError::Malformed("none of its events can be read".into()));
    }
    Ok(read)
}

fn of_calendar(source: &str, mut calendar: ICalendar, zone: &TimeZone, read: &mut ReadCalendar) {
    let mut wild = 0;
    for component in &mut calendar.components {
        component.entries.retain(|entry| {
            let tame = entry.values.iter().all(is_tame);
            wild += usize::from(!tame);
            tame
        });
    }
    if wild > 0 {
        read.repairs.push(format!("{wild} rules that repeat too often were left out: their events count once"));
    }
    // Each event is expanded alone: one without end must not take the dates of another, nor its exceptions another's place.
    let mut events: Vec<(String, Vec<usize>)> = Vec::new();
    for (at, component) in calendar.components.iter().enumerate() {
        if component.component_type != ICalendarComponentType::VEvent {
            continue;
        }
        let uid = component.uid().map_or_else(|| format!("event {at}"), str::to_owned);
        match events.iter_mut().find(|(known, _)| *known == uid) {
            Some((_, places)) => places.push(at),
            None => events.push((uid, vec![at])),
        }
    }
    let mut budget = MOST_DATES;
    let mut unread = 0;
    for (uid, places) in events {
        unread += of_event(source, &calendar, &uid, &places, zone, &mut budget, read);
    }
    if budget == 0 {
        read.repairs.push("its rules make more dates than any plan has: some events are missing".to_owned());
    }
    if unread > 0 {
        read.repairs.push(format!("{unread} dates could not be read"));
    }
}

/// The dates of one event, its exceptions among them; gives the number of dates that could not be read.
fn of_event(
    source: &str,
    calendar: &ICalendar,
    uid: &str,
    places: &[usize],
    zone: &TimeZone,
    budget: &mut usize,
    read: &mut ReadCalendar,
) -> usize {
    let number = |component: &ICalendarComponent| {
        component
            .property(&ICalendarProperty::Sequence)
            .and_then(|entry| entry.values.first().and_then(ICalendarValue::as_integer))
            .unwrap_or(0)
    };
    let is_exception = |component: &ICalendarComponent| component.property(&ICalendarProperty::RecurrenceId).is_some();
    // Of several tellings of the whole event the last counts.
    let all: Vec<&ICalendarComponent> = places.iter().filter_map(|at| calendar.components.get(*at)).collect();
    let main =
        all.iter().copied().filter(|component| !is_exception(component)).max_by_key(|component| number(component));
    let is_cancelled = |component: &ICalendarComponent| matches!(component.status(), Some(ICalendarStatus::Cancelled));
    if main.is_some_and(is_cancelled) {
        return 0;
    }
    // One telling that is not for everybody makes the event so.
    if all.iter().any(|component| is_closed(component)) {
        read.closed += 1;
        return 0;
    }
    let kept = main.into_iter().chain(all.iter().copied().filter(|component| is_exception(component)));
    let zones = calendar.components.iter().filter(|component| {
        !matches!(component.component_type, ICalendarComponentType::VEvent | ICalendarComponentType::VCalendar)
    });
    let mut components: Vec<ICalendarComponent> = zones.chain(kept).cloned().collect();
    for component in &mut components {
        // The expander takes an exception for another date when its number differs.
        component.entries.retain(|entry| entry.name != ICalendarProperty::Sequence);
    }
    let alone = ICalendar { components };
    let name = zone.iana_name().unwrap_or("UTC");
    let expanded = alone.expand_dates(name.parse::<Tz>().unwrap_or(Tz::UTC), (*budget).min(MOST_OF_ONE));
    *budget = budget.saturating_sub(expanded.events.len());
    for event in expanded.events {
        let Some(component) = usize::try_from(event.comp_id).ok().and_then(|at| alone.components.get(at)) else {
            continue;
        };
        if component.component_type != ICalendarComponentType::VEvent || is_cancelled(component) {
            continue;
        }
        let entry = |property: &ICalendarProperty| component.property(property);
        let text = |property: &ICalendarProperty| entry(property).and_then(first_text);
        let all_day = entry(&ICalendarProperty::Dtstart)
            .and_then(|entry| {
                entry.values.first().and_then(ICalendarValue::as_partial_date_time).map(|date| !date.has_time())
            })
            .unwrap_or(false);
        let Ok(starts) = Timestamp::from_second(event.start.timestamp()) else { continue };
        let ends = match &event.end {
            TimeOrDelta::Time(time) => Timestamp::from_second(time.timestamp()).ok(),
            TimeOrDelta::Delta(delta) => starts.checked_add(SignedDuration::from_secs(delta.num_seconds())).ok(),
        };
        let categories = component
            .properties(&ICalendarProperty::Categories)
            .flat_map(|entry| entry.values.iter())
            .filter_map(|value| value.as_text().map(html::one_line))
            .collect();
        read.entries.push(CalendarEntry {
            source: source.to_owned(),
            uid: uid.replace('\0', ""),
            starts,
            ends: ends.filter(|end| *end > starts),
            all_day,
            title: typography::shorten(&html::one_line(&text(&ICalendarProperty::Summary).unwrap_or_default()), 300),
            notes: typography::shorten(
                &text(&ICalendarProperty::Description).unwrap_or_default().replace('\0', ""),
                4_000,
            ),
            link: text(&ICalendarProperty::Url).and_then(|url| crate::text::urls::parse_web(&url)).map(String::from),
            categories,
        });
    }
    expanded.errors.len()
}

/// `CLASS:PRIVATE` or `CLASS:CONFIDENTIAL`; what is none of the known words counts as private (RFC 5545, § 3.8.1.3).
fn is_closed(component: &ICalendarComponent) -> bool {
    component.property(&ICalendarProperty::Class).is_some_and(|entry| {
        let public = |value: &ICalendarValue| match value {
            ICalendarValue::Classification(class) => *class == ICalendarClassification::Public,
            other => other.as_text().is_some_and(|text| text.trim().eq_ignore_ascii_case("PUBLIC")),
        };
        !entry.values.iter().any(public)
    })
}

fn first_text(entry: &ICalendarEntry) -> Option<String> {
    entry.values.first().and_then(ICalendarValue::as_text).map(str::to_owned).filter(|text| !text.trim().is_empty())
}

/// True for what can be expanded in no time: days at least, few times a day, and not from long ago one by one.
fn is_tame(value: &ICalendarValue) -> bool {
    let ICalendarValue::RecurrenceRule(rule) = value else { return true };
    let times = rule.byhour.len().max(1) * rule.byminute.len().max(1) * rule.bysecond.len().max(1);
    let often =
        matches!(rule.freq, ICalendarFrequency::Hourly | ICalendarFrequency::Minutely | ICalendarFrequency::Secondly);
    !often && times <= 24 && rule.rscale.is_none() && rule.skip.is_none() && rule.interval != Some(0)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TomlCalendar {
    #[serde(default)]
    event: Vec<TomlEvent>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TomlEvent {
    id: Option<String>,
    title: String,
    starts: toml::Value,
    ends: Option<toml::Value>,
    #[serde(default)]
    notes: String,
    link: Option<String>,
    #[serde(default)]
    categories: Vec<String>,
}

fn of_toml(source: &str, text: &str, zone: &TimeZone) -> Result<ReadCalendar, CalendarError> {
    if text.starts_with('<') {
        return Err(CalendarError::Malformed("it is a web page; is there a log-in in front of it?".into()));
    }
    let calendar: TomlCalendar =
        toml::from_str(text).map_err(|error| CalendarError::Malformed(html::one_line(error.message())))?;
    if calendar.event.is_empty() {
        return Err(CalendarError::Malformed("it has neither BEGIN:VCALENDAR nor an [[event]]".into()));
    }
    let mut read = ReadCalendar::default();
    let mut bad = 0;
    for event in calendar.event {
        let instant = |value: &toml::Value| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            dates::read(&text, zone, DayOrder::DayFirst)
        };
        let Some(date) = instant(&event.starts) else {
            bad += 1;
            continue;
        };
        // A day is a day where the company is.
        let starts = if date.has_hour { date.at } else { midnight(date.at, zone) };
        read.entries.push(CalendarEntry {
            source: source.to_owned(),
            uid: event.id.unwrap_or_else(|| event.title.clone()),
            starts,
            ends: event.ends.as_ref().and_then(instant).map(|date| date.at).filter(|end| *end > starts),
            all_day: !date.has_hour,
            title: typography::shorten(&html::one_line(&event.title), 300),
            notes: event.notes,
            link: event.link.as_deref().and_then(crate::text::urls::parse_web).map(String::from),
            categories: event.categories,
        });
    }
    if bad > 0 {
        read.repairs.push(format!("{bad} events without a date that can be read were left out"));
    }
    Ok(read)
}

fn midnight(day: Timestamp, zone: &TimeZone) -> Timestamp {
    let date = day.to_zoned(TimeZone::UTC).date();
    date.to_zoned(zone.clone()).map_or(day, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-20T08:00:00Z".parse().expect("an instant")
    }

    fn paris() -> TimeZone {
        TimeZone::get("Europe/Paris").expect("the zone")
    }

    fn ics(events: &str) -> ReadCalendar {
        let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n");
        read("pages", text.as_bytes(), &paris(), now()).expect("a calendar")
    }

    fn starts(calendar: &ReadCalendar) -> Vec<String> {
        calendar.entries.iter().map(|entry| entry.starts.to_string()).collect()
    }

    #[test]
    fn events_that_are_not_for_everybody_are_left_out() {
        let event = |class: &str| {
            format!(
                "BEGIN:VEVENT\r\nUID:{class}\r\nDTSTART:20261202T080000Z\r\nSUMMARY:{class}\r\n{class}END:VEVENT\r\n"
            )
        };
        let read = ics(&["", "CLASS:PUBLIC\r\n", "CLASS:CONFIDENTIAL\r\n", "CLASS:private\r\n", "CLASS:X-BOARD\r\n"]
            .map(event)
            .concat());
        assert_eq!((read.entries.len(), read.closed), (2, 3), "{read:?}");
    }

    #[test]
    fn dates_of_a_calendar_are_read_in_their_zones() {
        let read = ics(
            "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Paris:20261124T090000\r\nDTEND;TZID=Europe/Paris:20261124T100000\r\n\
             SUMMARY:Le salon de la\r\n  rénovation\r\nDESCRIPTION:Stand 12\\, hall B\r\nURL:https://example.org/salon\r\nCATEGORIES:LinkedIn,Salon\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:2\r\nDTSTART;VALUE=DATE:20261201\r\nSUMMARY:Semaine de l’énergie\r\nEND:VEVENT\r\n\
             BEGIN:VEVENT\r\nUID:3\r\nDTSTART:20261202T080000Z\r\nSUMMARY:Annulé\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\n",
        );
        assert_eq!(read.entries.len(), 2, "{read:?}");
        let first = &read.entries[0];
        assert_eq!(
            (first.title.as_str(), first.starts.to_string()),
            ("Le salon de la rénovation", "2026-11-24T08:00:00Z".into())
        );
        assert_eq!(
            (first.notes.as_str(), first.link.as_deref()),
            ("Stand 12, hall B", Some("https://example.org/salon"))
        );
        assert_eq!(first.categories, ["LinkedIn", "Salon"]);
        assert!(read.entries[1].all_day && !first.all_day);
    }

    #[test]
    fn a_rule_gives_its_dates_and_a_wild_one_only_its_first() {
        let weekly = ics(
            "BEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Paris:20261124T090000\r\nRRULE:FREQ=WEEKLY;COUNT=3\r\nSUMMARY:Point\r\nEND:VEVENT\r\n",
        );
        assert_eq!(starts(&weekly), ["2026-11-24T08:00:00Z", "2026-12-01T08:00:00Z", "2026-12-08T08:00:00Z"]);
        let hours: Vec<String> = (0..24).map(|hour| hour.to_string()).collect();
        let minutes: Vec<String> = (0..60).map(|minute| minute.to_string()).collect();
        for rule in [
            "FREQ=SECONDLY".to_owned(),
            format!(
                "FREQ=YEARLY;BYHOUR={};BYMINUTE={};BYSECOND={}",
                hours.join(","),
                minutes.join(","),
                minutes.join(",")
            ),
            "FREQ=HOURLY;INTERVAL=1".to_owned(),
        ] {
            let wild = ics(&format!(
                "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261124T090000Z\r\nRRULE:{rule}\r\nSUMMARY:Bombe\r\nEND:VEVENT\r\n"
            ));
            assert_eq!(wild.entries.len(), 1, "{rule}");
            assert!(wild.repairs[0].contains("too often"), "{:?}", wild.repairs);
        }
        let daily = ics(
            "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20261001T090000Z\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Jour\r\nEND:VEVENT\r\n",
        );
        assert!(daily.entries.len() > 400 && daily.entries.len() <= 432, "{}", daily.entries.len());
    }

    #[test]
    fn a_calendar_may_be_toml() {
        let text = "[[event]]\ntitle = \"Portes ouvertes\"\nstarts = \"2026-12-05 10:00\"\nlink = \"https://example.org/po\"\n\
            [[event]]\nid = \"noel\"\ntitle = \"Vœux\"\nstarts = 2026-12-24\n";
        let read = read("pages", text.as_bytes(), &paris(), now()).expect("a calendar");
        assert_eq!(starts(&read), ["2026-12-05T09:00:00Z", "2026-12-23T23:00:00Z"]);
        assert!(matches!(super::read("pages", b"<html>", &paris(), now()), Err(CalendarError::Malformed(_))));
        assert_eq!(super::read("pages", b" ", &paris(), now()), Err(CalendarError::Empty));
    }
}
