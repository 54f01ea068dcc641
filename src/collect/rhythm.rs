//! When a source is asked again: its own cadence, what the server asks for, back-off after failures.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// Longest wait that a failure causes: a source is never given up.
const LONGEST_BACKOFF: Duration = Duration::from_secs(24 * 3600);
/// Longest wait that a server may ask for.
const LONGEST_ASKED: Duration = Duration::from_secs(7 * 24 * 3600);

/// What a server asked for in its answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manners {
    /// `Retry-After`, as a wait.
    pub retry_after: Option<Duration>,
    /// `Cache-Control: max-age`.
    pub max_age: Option<Duration>,
    /// `ttl` of the feed.
    pub ttl: Option<Duration>,
}

/// The next poll after a good answer: the configured cadence, or later when the server asks for it.
pub fn after_success(now: Timestamp, cadence: Duration, asked: Manners, source: &str) -> Timestamp {
    let cap = |wait: Option<Duration>| wait.unwrap_or_default().min(LONGEST_BACKOFF);
    let wait = cadence.max(cap(asked.max_age)).max(cap(asked.ttl));
    let wait = wait.max(asked.retry_after.unwrap_or_default().min(LONGEST_ASKED));
    add(now, wait + jitter(source, wait, u64::MAX))
}

/// The next poll after the `failures`-th failure in a row: the cadence doubled each time, up to a day, never before
/// `Retry-After`.
pub fn after_failure(now: Timestamp, cadence: Duration, failures: u32, asked: Manners, source: &str) -> Timestamp {
    let doubled = cadence.saturating_mul(1 << failures.saturating_sub(1).min(10));
    let backoff = doubled.min(LONGEST_BACKOFF.max(cadence));
    let wait = backoff.max(asked.retry_after.unwrap_or_default().min(LONGEST_ASKED));
    add(now, wait + jitter(source, wait, u64::from(failures)))
}

fn add(now: Timestamp, wait: Duration) -> Timestamp {
    let wait = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// Up to a tenth of `wait`, the same for the same source and turn: sources of one host drift apart.
fn jitter(source: &str, wait: Duration, turn: u64) -> Duration {
    let mut hasher = blake3::Hasher::new();
    hasher.update(source.as_bytes()).update(&turn.to_le_bytes());
    let share = u32::from(hasher.finalize().as_bytes()[0]);
    wait * share / 2560
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    fn wait(next: Timestamp) -> f64 {
        next.duration_since(Timestamp::UNIX_EPOCH).as_secs_f64() / 3600.0
    }

    #[test]
    fn the_longest_of_cadence_and_wishes_wins() {
        let now = Timestamp::UNIX_EPOCH;
        let asked = Manners { max_age: Some(3 * HOUR), ttl: Some(2 * HOUR), ..Manners::default() };
        assert!((3.0..=3.3).contains(&wait(after_success(now, HOUR, asked, "a"))));
        assert!((1.0..=1.1).contains(&wait(after_success(now, HOUR, Manners::default(), "a"))));
        let far = Manners { max_age: Some(1000 * HOUR), ..Manners::default() };
        assert!(wait(after_success(now, HOUR, far, "a")) <= 26.5);
    }

    #[test]
    fn failures_back_off_and_never_give_up() {
        let now = Timestamp::UNIX_EPOCH;
        let none = Manners::default();
        assert!((1.0..=1.1).contains(&wait(after_failure(now, HOUR, 1, none, "a"))));
        assert!((4.0..=4.4).contains(&wait(after_failure(now, HOUR, 3, none, "a"))));
        assert!((24.0..=26.5).contains(&wait(after_failure(now, HOUR, 1000, none, "a"))));
        let asked = Manners { retry_after: Some(48 * HOUR), ..none };
        assert!(wait(after_failure(now, HOUR, 1, asked, "a")) >= 48.0);
    }
}
