//! When a source is asked again: its own rhythm or the admin's, what the server asks for, back-off after failures, and
//! never all at the same minute.

use std::time::Duration;

use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);
/// Longest wait that a failure causes: a source is never given up.
const LONGEST_BACKOFF: Duration = DAY;
/// Longest wait that a server may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(7 * 24 * 3600);
/// Longest wait that `max-age`, `Expires` and `ttl` may cause.
const LONGEST_FRESH: Duration = DAY;
/// Items from whose dates a rhythm is read.
const ENOUGH_DATES: usize = 3;

/// What a server asked for in its answer, and the feed in its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manners {
    /// `Retry-After`, as a wait.
    pub retry_after: Option<Duration>,
    /// How long the answer stays fresh: `Cache-Control: max-age`, else `Expires`.
    pub fresh: Option<Duration>,
    /// `ttl` of the feed, or what `sy:` says.
    pub ttl: Option<Duration>,
    /// Hours (UTC) without visits.
    pub skip_hours: Vec<i8>,
    /// Days without visits.
    pub skip_days: Vec<Weekday>,
}

/// Mean time between two items, read from the dates of those a source holds.
pub fn own_rhythm(dates: &[Timestamp]) -> Option<Duration> {
    if dates.len() < ENOUGH_DATES {
        return None;
    }
    let (first, last) = (dates.iter().min()?, dates.iter().max()?);
    let gaps = u32::try_from(dates.len() - 1).ok()?;
    Duration::try_from(last.duration_since(*first)).ok().map(|span| span / gaps).filter(|gap| !gap.is_zero())
}

/// How long to wait between two visits of a source that sets its own rhythm: half the time between two items, between
/// an hour and a day; a day for one that gives no validators, since each visit costs it the whole answer, and for one
/// of which nothing is known.
pub fn adaptive(rhythm: Option<Duration>, conditional: bool) -> Duration {
    match rhythm {
        Some(rhythm) if conditional => (rhythm / 2).clamp(HOUR, DAY),
        _ => DAY,
    }
}

/// The next visit after a good answer: the cadence, later when the server asks for it, at the source's own minute.
pub fn after_success(now: Timestamp, cadence: Duration, asked: &Manners, source: &str) -> Timestamp {
    let cap = |wait: Option<Duration>, most: Duration| wait.unwrap_or_default().min(most);
    let asked_for = cap(asked.fresh, LONGEST_FRESH).max(cap(asked.ttl, LONGEST_FRESH));
    let asked_for = asked_for.max(cap(asked.retry_after, LONGEST_ASKED));
    let next = at_own_minute(now, cadence, asked_for, source);
    out_of_skipped(next, asked)
}

/// The next visit after the `failures`-th failure in a row: the cadence doubled each time, up to a day, never before
/// `Retry-After`.
pub fn after_failure(now: Timestamp, cadence: Duration, failures: u32, asked: &Manners, source: &str) -> Timestamp {
    let doubled = cadence.saturating_mul(1 << failures.saturating_sub(1).min(10));
    let backoff = doubled.min(LONGEST_BACKOFF.max(cadence));
    let wait = backoff.max(asked.retry_after.unwrap_or_default().min(LONGEST_ASKED));
    add(now, wait + wait * share(source, failures) / (10 * SHARES))
}

/// The first instant at the source's own offset within the hour that is far enough from `now`. Half a tenth early
/// counts as far enough for our own cadence, else visits would slip by an hour each time; what the server asked for is
/// kept to the second.
fn at_own_minute(now: Timestamp, cadence: Duration, asked_for: Duration, source: &str) -> Timestamp {
    let grid = HOUR.min(cadence).as_secs().max(1);
    let offset = u64::from(share(source, 0)) * grid / u64::from(SHARES);
    let earliest = add(now, asked_for.max(cadence * 19 / 20));
    let seconds = u64::try_from(earliest.as_second()).unwrap_or_default();
    let past = (seconds + grid - offset % grid) % grid;
    add(earliest, Duration::from_secs((grid - past) % grid))
}

fn out_of_skipped(mut next: Timestamp, asked: &Manners) -> Timestamp {
    // A week holds every hour of every day: who skips them all is not to be taken at its word.
    for _ in 0..(7 * 24) {
        let civil = next.to_zoned(TimeZone::UTC);
        if !asked.skip_hours.contains(&civil.hour()) && !asked.skip_days.contains(&civil.weekday()) {
            break;
        }
        next = add(next, HOUR);
    }
    next
}

fn add(now: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

const SHARES: u32 = 256;

/// A number below [`SHARES`], the same for the same source and turn: sources spread over the hour, and those of one
/// host drift apart after a failure.
fn share(source: &str, turn: u32) -> u32 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(source.as_bytes()).update(&turn.to_le_bytes());
    u32::from(hasher.finalize().as_bytes()[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(next: Timestamp) -> f64 {
        next.duration_since(Timestamp::UNIX_EPOCH).as_secs_f64() / 3600.0
    }

    fn now() -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    #[test]
    fn the_longest_of_cadence_and_wishes_wins() {
        let asked = Manners { fresh: Some(3 * HOUR), ttl: Some(2 * HOUR), ..Manners::default() };
        assert!((3.0..=4.0).contains(&wait(after_success(now(), HOUR, &asked, "a"))));
        assert!((0.95..=2.0).contains(&wait(after_success(now(), HOUR, &Manners::default(), "a"))));
        let far = Manners { fresh: Some(1000 * HOUR), ..Manners::default() };
        assert!(wait(after_success(now(), HOUR, &far, "a")) <= 25.0);
    }

    #[test]
    fn sources_keep_their_own_minute_of_the_hour() {
        let first = after_success(now(), HOUR, &Manners::default(), "a");
        // Asked a little late, it comes back to its minute.
        let late = add(first, Duration::from_secs(90));
        let second = after_success(late, HOUR, &Manners::default(), "a");
        assert_eq!(second.duration_since(first).as_secs(), 3600);
        let minutes: std::collections::BTreeSet<i64> = (0..200)
            .map(|number| after_success(now(), HOUR, &Manners::default(), &format!("s{number}")).as_second() / 60 % 60)
            .collect();
        assert!(minutes.len() > 45, "{} minutes of the hour", minutes.len());
    }

    #[test]
    fn failures_back_off_and_never_give_up() {
        let none = Manners::default();
        assert!(wait(after_failure(now(), HOUR, 1, &none, "a")) >= 1.0);
        assert!(wait(after_failure(now(), HOUR, 3, &none, "a")) >= 4.0);
        assert!(wait(after_failure(now(), HOUR, 1000, &none, "a")) < 24.0 * 30.0);
        let asked = Manners { retry_after: Some(48 * HOUR), ..none };
        assert!(wait(after_failure(now(), HOUR, 1, &asked, "a")) >= 48.0);
    }

    #[test]
    fn a_source_sets_its_own_rhythm() {
        let dates: Vec<Timestamp> = (0..10).map(|day| add(now(), DAY * day)).collect();
        assert_eq!(own_rhythm(&dates), Some(DAY));
        assert_eq!(own_rhythm(&dates[..2]), None);
        assert_eq!(adaptive(Some(8 * HOUR), true), 4 * HOUR);
        assert_eq!(adaptive(Some(HOUR / 60), true), HOUR);
        assert_eq!(adaptive(Some(30 * DAY), true), DAY);
        assert_eq!(adaptive(Some(HOUR), false), DAY);
        assert_eq!(adaptive(None, true), DAY);
    }

    #[test]
    fn skipped_hours_and_days_are_passed_over() {
        let asked = Manners { skip_hours: (0..6).collect(), skip_days: vec![Weekday::Thursday], ..Manners::default() };
        // 1970-01-01 was a Thursday.
        let next = after_success(now(), HOUR, &asked, "a").to_zoned(TimeZone::UTC);
        assert!(next.weekday() == Weekday::Friday && next.hour() >= 6, "{next}");
        let all = Manners { skip_hours: (0..24).collect(), ..Manners::default() };
        assert!(wait(after_success(now(), HOUR, &all, "a")) < 24.0 * 9.0);
    }
}
