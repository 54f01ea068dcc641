//! A person's week on one network, or a page's, as a calendar file (iCalendar, RFC 5545) and as CSV for schedulers.
//!
//! An appointment keeps its identity when it moves, so that a file taken in again moves it instead of doubling it.

use icalendar::{Calendar, Component, Event, EventStatus};
use jiff::Timestamp;
use jiff::civil::time;
use jiff::tz::TimeZone;

use crate::domain::{Half, Slot};

/// Minutes that an appointment takes.
const MINUTES: i64 = 30;

/// When an appointment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A half-day: nine in the morning, two in the afternoon.
    Slot(Slot),
    /// An instant, and its end where that is known.
    At(Timestamp, Option<Timestamp>),
    /// A whole day.
    Day(jiff::civil::Date),
}

/// One appointment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// Its identity, for ever.
    pub uid: String,
    /// When.
    pub when: When,
    /// What it is.
    pub title: String,
    /// More of it.
    pub notes: String,
    /// Where it leads.
    pub link: Option<String>,
}

/// The identity of what is proposed to a person: of the person and the item, whatever the day.
pub fn identity(ambassador: &str, item: &str, domain: &str) -> String {
    let hash = blake3::hash(format!("{ambassador}\n{item}").as_bytes());
    format!("{}@{domain}", &hash.to_hex()[..24])
}

/// The appointments as an iCalendar file named `name`, stamped `now`.
pub fn to_ics(name: &str, appointments: &[Appointment], zone: &TimeZone, now: Timestamp) -> String {
    let mut calendar = Calendar::new();
    calendar.name(name);
    for one in appointments {
        let mut event = Event::new();
        event.uid(&one.uid).summary(&one.title).description(&one.notes).status(EventStatus::Tentative);
        event.add_property("DTSTAMP", utc(now));
        if let Some(link) = &one.link {
            event.url(link);
        }
        match one.when {
            When::Day(date) => {
                event.append_property(
                    icalendar::Property::new("DTSTART", date.strftime("%Y%m%d").to_string())
                        .add_parameter("VALUE", "DATE")
                        .done(),
                );
            }
            when => {
                let (start, end) = span(when, zone, now);
                event.add_property("DTSTART", utc(start)).add_property("DTEND", utc(end));
            }
        }
        calendar.push(event.done());
    }
    calendar.done().to_string()
}

/// The appointments as CSV: day, hour, title, notes, link.
///
/// # Errors
/// When a row cannot be written.
pub fn to_csv(appointments: &[Appointment], zone: &TimeZone, now: Timestamp) -> Result<String, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["date", "time", "title", "notes", "link"])?;
    for one in appointments {
        let (date, hour) = match one.when {
            When::Day(date) => (date.to_string(), String::new()),
            when => {
                let start = span(when, zone, now).0.to_zoned(zone.clone());
                (start.date().to_string(), start.strftime("%H:%M").to_string())
            }
        };
        // A cell that begins as a formula would be run by a spreadsheet.
        let title =
            if one.title.starts_with(['=', '+', '-', '@']) { format!("'{}", one.title) } else { one.title.clone() };
        writer.write_record([&date, &hour, &title, &one.notes, one.link.as_deref().unwrap_or_default()])?;
    }
    let bytes = writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn span(when: When, zone: &TimeZone, now: Timestamp) -> (Timestamp, Timestamp) {
    let later = |at: Timestamp| at.checked_add(jiff::SignedDuration::from_mins(MINUTES)).unwrap_or(at);
    match when {
        When::At(start, end) => (start, end.unwrap_or_else(|| later(start))),
        When::Day(date) => {
            let start = date.to_zoned(zone.clone()).map_or(now, |at| at.timestamp());
            (start, start)
        }
        When::Slot(slot) => {
            let hour = match slot.half {
                Half::Am => time(9, 0, 0, 0),
                Half::Pm => time(14, 0, 0, 0),
            };
            let start = slot.date.to_datetime(hour).to_zoned(zone.clone()).map_or(now, |at| at.timestamp());
            (start, later(start))
        }
    }
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn one(when: When) -> Appointment {
        Appointment {
            uid: identity("elodie", "12", "example.org"),
            when,
            title: "Une pompe à chaleur, au lycée; déjà".into(),
            notes:
                "Ligne un\nligne deux, assez longue pour être pliée par qui suit la règle des soixante-quinze octets"
                    .into(),
            link: Some("https://example.org/1".into()),
        }
    }

    #[test]
    fn a_moved_appointment_keeps_its_identity_and_the_file_reads_back() {
        let zone = TimeZone::get("Europe/Paris").expect("a zone");
        let now: Timestamp = "2026-11-20T08:00:00Z".parse().expect("an instant");
        let slot = |day| When::Slot(Slot { date: date(2026, 11, day), half: Half::Am });
        let (first, moved) =
            (to_ics("Élodie", &[one(slot(24))], &zone, now), to_ics("Élodie", &[one(slot(25))], &zone, now));
        let line = |text: &str, key: &str| text.lines().find(|line| line.starts_with(key)).map(str::to_owned);
        assert_eq!(line(&first, "UID"), line(&moved, "UID"));
        assert_eq!(line(&first, "DTSTART").as_deref(), Some("DTSTART:20261124T080000Z"));
        assert_eq!(line(&moved, "DTSTART").as_deref(), Some("DTSTART:20261125T080000Z"));
        assert!(first.lines().all(|line| line.len() <= 75), "{first}");
    }

    #[test]
    fn a_spreadsheet_runs_nothing_of_a_title() {
        let now: Timestamp = "2026-11-20T08:00:00Z".parse().expect("an instant");
        let bad = Appointment { title: "=1+1".into(), ..one(When::Day(date(2026, 11, 24))) };
        let csv = to_csv(&[bad], &TimeZone::UTC, now).expect("written");
        assert!(csv.contains("2026-11-24,,'=1+1"), "{csv}");
    }
}
