//! Editions (one week) and slots (half a day).

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, ISOWeekDate, Weekday};

/// One week of the programme, written `2026-W48` (ISO 8601 week date).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EditionId {
    /// ISO year.
    pub year: i16,
    /// ISO week, 1 to 53.
    pub week: i8,
}

impl EditionId {
    /// The week that holds `date`.
    pub fn of(date: Date) -> Self {
        let week = date.iso_week_date();
        EditionId { year: week.year(), week: week.week() }
    }

    /// Monday of the week; `None` for a week that does not exist.
    pub fn monday(self) -> Option<Date> {
        ISOWeekDate::new(self.year, self.week, Weekday::Monday).ok().map(|week| week.date())
    }
}

impl fmt::Display for EditionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-W{:02}", self.year, self.week)
    }
}

impl FromStr for EditionId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("“{text}” is not an edition: write it like 2026-W48");
        let (year, week) = text.split_once("-W").ok_or_else(wrong)?;
        let id = EditionId { year: year.parse().map_err(|_| wrong())?, week: week.parse().map_err(|_| wrong())? };
        id.monday().map(|_| id).ok_or_else(wrong)
    }
}

/// Half a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Half {
    /// Morning.
    Am,
    /// Afternoon.
    Pm,
}

/// When a suggestion is proposed to be said, written `2026-11-24/am`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// The day, in the company's time zone.
    pub date: Date,
    /// Morning or afternoon.
    pub half: Half,
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let half = match self.half {
            Half::Am => "am",
            Half::Pm => "pm",
        };
        write!(f, "{}/{half}", self.date)
    }
}

impl FromStr for Slot {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("“{text}” is not a slot: write it like 2026-11-24/am");
        let (date, half) = text.split_once('/').ok_or_else(wrong)?;
        Ok(Slot {
            date: date.parse().map_err(|_| wrong())?,
            half: match half {
                "am" => Half::Am,
                "pm" => Half::Pm,
                _ => return Err(wrong()),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edition_is_an_iso_week_also_around_new_year() {
        let edition = EditionId::of(jiff::civil::date(2027, 1, 1));
        assert_eq!(edition.to_string(), "2026-W53");
        assert_eq!("2026-W53".parse(), Ok(edition));
        assert!("2025-W53".parse::<EditionId>().is_err());
        assert!("2026-48".parse::<EditionId>().is_err());
    }

    #[test]
    fn a_slot_is_read_as_it_is_written() {
        let slot = Slot { date: jiff::civil::date(2026, 11, 24), half: Half::Pm };
        assert_eq!(slot.to_string(), "2026-11-24/pm");
        assert_eq!("2026-11-24/pm".parse(), Ok(slot));
        assert!("2026-11-24/noon".parse::<Slot>().is_err());
    }
}
