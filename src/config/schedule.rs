//! When something is due, in civil time: once a week, or by a crontab pattern.
//!
//! The `cron` crate speaks Quartz (1 is Sunday, 0 is refused) and fires twice in the hour that autumn repeats, so
//! patterns are read as crontab, translated, evaluated on civil time and mapped to instants by jiff: at 02:30 on the
//! spring change a job runs at 03:30, in autumn once, at the first 02:30.

use std::str::FromStr;

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use jiff::Timestamp;
use jiff::civil::{DateTime as Civil, Time, Weekday};
use jiff::tz::TimeZone;

/// A recurring moment in civil time.
#[derive(Debug, Clone)]
pub enum Schedule {
    /// Once a week.
    Weekly(Weekday, Time),
    /// By a crontab pattern.
    Cron(Crontab),
}

/// A crontab pattern, read and translated.
#[derive(Debug, Clone)]
pub struct Crontab {
    typed: String,
    quartz: Box<cron::Schedule>,
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Schedule::Weekly(day, time), Schedule::Weekly(other_day, other_time)) => {
                day == other_day && time == other_time
            }
            (Schedule::Cron(one), Schedule::Cron(other)) => one.typed == other.typed,
            _ => false,
        }
    }
}

impl Schedule {
    /// The first moment after `now`, in civil time of `zone`.
    pub fn next_after(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut civil = now.to_zoned(zone.clone()).datetime();
        // A repeated hour gives an instant already past once: the next civil time is asked for again.
        for _ in 0..4 {
            civil = self.next_civil(civil)?;
            let at = zone.to_ambiguous_timestamp(civil).compatible().ok()?;
            if at > now {
                return Some(at);
            }
        }
        None
    }

    /// The last moment at or before `now`, looked for over the past five weeks.
    pub fn last_until(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let start = now.checked_sub(jiff::SignedDuration::from_hours(24 * 36)).ok()?;
        let mut found = None;
        let mut at = start;
        while let Some(next) = self.next_after(at, zone) {
            if next > now {
                break;
            }
            found = Some(next);
            at = next;
        }
        found
    }

    fn next_civil(&self, after: Civil) -> Option<Civil> {
        match self {
            Schedule::Weekly(day, time) => {
                let mut date = after.date();
                loop {
                    let moment = date.to_datetime(*time);
                    if date.weekday() == *day && moment > after {
                        return Some(moment);
                    }
                    date = date.tomorrow().ok()?;
                }
            }
            Schedule::Cron(crontab) => crontab.next_civil(after),
        }
    }
}

impl Crontab {
    /// Reads a pattern of five fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday).
    ///
    /// # Errors
    /// What is wrong with it and what to write instead. A pattern that restricts both days is refused: crontab
    /// would fire on either, most people mean both.
    pub fn parse(typed: &str) -> Result<Self, String> {
        let fields: Vec<&str> = typed.split_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(format!(
                "a crontab pattern has five fields (minute hour day month weekday), this one has {}",
                fields.len()
            ));
        };
        if day != "*" && weekday != "*" {
            return Err(
                "it restricts both the day of the month and the weekday, which crontab reads as either: use one \
                        of the two"
                    .into(),
            );
        }
        let weekday = weekdays(weekday)?;
        let translated = format!("0 {minute} {hour} {day} {month} {weekday}");
        let quartz = cron::Schedule::from_str(&translated).map_err(|error| {
            let text = error.to_string();
            let line = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("it cannot be read");
            line.trim().to_owned()
        })?;
        let crontab = Crontab { typed: fields.join(" "), quartz: Box::new(quartz) };
        match crontab.next_civil(jiff::civil::date(2026, 1, 1).at(0, 0, 0, 0)) {
            Some(_) => Ok(crontab),
            None => Err("it never comes".into()),
        }
    }

    fn next_civil(&self, after: Civil) -> Option<Civil> {
        let (year, month, day) = (i32::from(after.year()), part(after.month()), part(after.day()));
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        let time = date.and_hms_opt(part(after.hour()), part(after.minute()), part(after.second()))?;
        // Civil time is walked as if it were UTC: the pattern knows nothing of zones.
        let next = self.quartz.after(&DateTime::<Utc>::from_naive_utc_and_offset(time, Utc)).next()?;
        let small = |number: u32| i8::try_from(number).ok();
        let date = jiff::civil::Date::new(i16::try_from(next.year()).ok()?, small(next.month())?, small(next.day())?);
        let time = Time::new(small(next.hour())?, small(next.minute())?, 0, 0);
        Some(date.ok()?.to_datetime(time.ok()?))
    }
}

fn part(number: i8) -> u32 {
    u32::from(number.unsigned_abs())
}

/// Weekdays of crontab (0-7, names, ranges, lists, steps) as a list of Quartz names.
fn weekdays(field: &str) -> Result<String, String> {
    const NAMES: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    if field == "*" {
        return Ok("*".into());
    }
    let number = |word: &str| -> Result<usize, String> {
        let upper = word.to_ascii_uppercase();
        if let Some(at) = NAMES.iter().position(|name| *name == upper) {
            return Ok(at);
        }
        match word.parse() {
            Ok(day @ 0..=7) => Ok(day),
            _ => Err(format!("“{word}” is not a weekday: 0 to 7 (0 and 7 are Sunday) or mon to sun")),
        }
    };
    let mut chosen = [false; 7];
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => {
                let step: usize = step.parse().map_err(|_| format!("“{step}” is not a step"))?;
                (range, step)
            }
            None => (part, 1),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (0, 6),
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(range)?, number(range)?),
        };
        if step == 0 || last < first {
            return Err(format!("“{part}” goes backwards or nowhere"));
        }
        for day in (first..=last).step_by(step) {
            chosen[day % 7] = true;
        }
    }
    let names: Vec<&str> = NAMES.into_iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(name, _)| name).collect();
    Ok(names.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(pattern: &str, now: &str, times: usize) -> Vec<String> {
        let zone = TimeZone::get("Europe/Paris").expect("the zone");
        let schedule = Schedule::Cron(Crontab::parse(pattern).expect("a good pattern"));
        let mut now: Timestamp = now.parse().expect("an instant");
        (0..times)
            .map(|_| {
                now = schedule.next_after(now, &zone).expect("a next time");
                now.to_zoned(zone.clone()).strftime("%a %d %H:%M %:z").to_string()
            })
            .collect()
    }

    #[test]
    fn numbers_of_weekdays_are_those_of_crontab() {
        assert_eq!(next("0 7 * * 1", "2026-11-23T12:00:00Z", 1), ["Mon 30 07:00 +01:00"]);
        assert_eq!(next("0 7 * * 0", "2026-11-23T12:00:00Z", 1), ["Sun 29 07:00 +01:00"]);
        assert_eq!(next("0 7 * * 7", "2026-11-23T12:00:00Z", 1), ["Sun 29 07:00 +01:00"]);
        assert_eq!(next("30 8 * * 1-5", "2026-11-27T12:00:00Z", 2), ["Mon 30 08:30 +01:00", "Tue 01 08:30 +01:00"]);
    }

    #[test]
    fn spring_runs_late_and_autumn_runs_once() {
        let spring = next("30 2 * * *", "2026-03-28T12:00:00Z", 2);
        assert_eq!(spring, ["Sun 29 03:30 +02:00", "Mon 30 02:30 +02:00"]);
        let autumn = next("30 2 * * *", "2026-10-24T12:00:00Z", 2);
        assert_eq!(autumn, ["Sun 25 02:30 +02:00", "Mon 26 02:30 +01:00"]);
        assert_eq!(next("30 2 * * *", "2026-10-25T01:15:00Z", 1), ["Mon 26 02:30 +01:00"]);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for bad in ["0 7 1 * 1", "0 7 31 2 *", "0 7 * *", "0 7 * * 8", "61 7 * * *", "0 7 * * mon-sun/0", ""] {
            assert!(Crontab::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_last_weekly_moment_is_found_across_a_change_of_hour() {
        let zone = TimeZone::get("Europe/Paris").expect("the zone");
        let weekly = Schedule::Weekly(Weekday::Monday, Time::constant(8, 0, 0, 0));
        let now: Timestamp = "2026-10-27T12:00:00Z".parse().expect("an instant");
        assert_eq!(weekly.last_until(now, &zone), "2026-10-26T07:00:00Z".parse().ok());
        assert_eq!(weekly.next_after(now, &zone), "2026-11-02T07:00:00Z".parse().ok());
    }
}
