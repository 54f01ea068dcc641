//! Which edition is due: pure, so that clocks set back, sleeps and changes of hour can be tried.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::config::Schedule;
use crate::domain::EditionId;

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing since the programme began.
    Nothing,
    /// This edition, if it is not planned yet.
    Plan {
        /// The week.
        id: EditionId,
        /// When it was due.
        at: Timestamp,
    },
    /// This edition was due too long ago to be made up.
    Missed {
        /// The week.
        id: EditionId,
        /// When it was due.
        at: Timestamp,
    },
}

/// The last edition due at or before `now`. Those due before `start` are none of ours; one that is late by more than
/// `grace` is missed.
pub fn edition_due(schedule: &Schedule, zone: &TimeZone, grace: Duration, start: Timestamp, now: Timestamp) -> Due {
    let Some(at) = schedule.last_until(now, zone).filter(|at| *at >= start) else {
        return Due::Nothing;
    };
    let id = EditionId::of(at.to_zoned(zone.clone()).date());
    let late = Duration::try_from(now.duration_since(at)).unwrap_or_default();
    if late > grace { Due::Missed { id, at } } else { Due::Plan { id, at } }
}

/// The edition that is to be planned now for people to look at, and when it is due: its moment of review has come, its
/// departure has not.
pub fn review_due(
    schedule: &Schedule,
    review: &Schedule,
    zone: &TimeZone,
    now: Timestamp,
) -> Option<(EditionId, Timestamp)> {
    let due = schedule.next_after(now, zone)?;
    let before = due.checked_sub(jiff::SignedDuration::from_millis(1)).ok()?;
    let from = review.last_until(before, zone)?;
    // Of two departures one after the other, the second waits until the first is gone.
    let last = schedule.last_until(now, zone);
    (from <= now && last.is_none_or(|last| from > last))
        .then(|| (EditionId::of(due.to_zoned(zone.clone()).date()), due))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Time, Weekday};

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn due(now: &str) -> Due {
        let zone = TimeZone::get("Europe/Paris").expect("the zone");
        let schedule = Schedule::Weekly(Weekday::Monday, Time::constant(8, 0, 0, 0));
        edition_due(&schedule, &zone, Duration::from_secs(48 * 3600), at("2026-11-18T09:00:00Z"), at(now))
    }

    #[test]
    fn an_edition_is_due_from_its_minute_for_two_days() {
        let id = EditionId { year: 2026, week: 48 };
        let monday = at("2026-11-23T07:00:00Z");
        assert_eq!(due("2026-11-23T06:59:59Z"), Due::Nothing, "the week before is older than the programme");
        assert_eq!(due("2026-11-23T07:00:00Z"), Due::Plan { id, at: monday });
        assert_eq!(due("2026-11-25T06:59:00Z"), Due::Plan { id, at: monday });
        assert_eq!(due("2026-11-25T07:01:00Z"), Due::Missed { id, at: monday });
    }

    #[test]
    fn an_edition_is_planned_for_review_from_friday_noon_until_it_leaves() {
        let zone = TimeZone::get("Europe/Paris").expect("the zone");
        let monday = Schedule::Weekly(Weekday::Monday, Time::constant(8, 0, 0, 0));
        let friday = Schedule::Weekly(Weekday::Friday, Time::constant(12, 0, 0, 0));
        let review = |now: &str| review_due(&monday, &friday, &zone, at(now)).map(|(id, _)| id.to_string());
        assert_eq!(review("2026-11-20T10:59:00Z"), None);
        assert_eq!(review("2026-11-20T11:00:00Z").as_deref(), Some("2026-W48"));
        assert_eq!(review("2026-11-23T06:59:00Z").as_deref(), Some("2026-W48"));
        assert_eq!(review("2026-11-23T07:00:00Z"), None, "it leaves, and the next one is planned on Friday");
        let monday_too = Schedule::Weekly(Weekday::Monday, Time::constant(7, 0, 0, 0));
        assert!(review_due(&monday, &monday_too, &zone, at("2026-11-23T06:30:00Z")).is_some());
    }

    #[test]
    fn a_clock_set_back_makes_nothing_due_twice_and_a_week_later_it_is_the_next_one() {
        assert_eq!(due("2026-11-22T12:00:00Z"), Due::Nothing);
        let next = EditionId { year: 2026, week: 49 };
        assert_eq!(due("2026-11-30T07:00:00Z"), Due::Plan { id: next, at: at("2026-11-30T07:00:00Z") });
    }
}
