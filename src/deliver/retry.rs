//! What becomes of a letter after a try: sent, again later, failed, or for a person to decide.

use jiff::{SignedDuration, Timestamp};

use crate::domain::{LetterState, OnUnknown};

use super::Fate;

/// Waits between tries, in minutes; the last one repeats.
const WAITS: [i64; 5] = [1, 5, 15, 60, 240];
/// A weekly letter older than this is not worth sending any more.
const STALE: SignedDuration = SignedDuration::from_hours(48);

/// The instant from which a letter written at `created` is too old to send.
pub fn stale_after(created: Timestamp) -> Timestamp {
    created.checked_add(STALE).unwrap_or(Timestamp::MAX)
}

/// State after a try (the `attempts`-th), what to say of it, and when to try again.
pub fn next_state(
    fate: &Fate,
    attempts: u32,
    created: Timestamp,
    on_unknown: OnUnknown,
    now: Timestamp,
) -> (LetterState, String, Timestamp) {
    let again = |why: &str| {
        let step = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX).min(WAITS.len() - 1);
        let next = now.checked_add(SignedDuration::from_mins(WAITS[step])).unwrap_or(Timestamp::MAX);
        if next >= stale_after(created) {
            (LetterState::Failed, format!("given up after 48 hours: {why}"), now)
        } else {
            (LetterState::Deferred, why.to_owned(), next)
        }
    };
    match fate {
        Fate::Accepted(reply) => (LetterState::Sent, reply.clone(), now),
        Fate::Later(why) | Fate::Closed(why) => again(why),
        Fate::Refused(why) => (LetterState::Failed, why.clone(), now),
        Fate::Unknown(why) => match on_unknown {
            OnUnknown::Resend => again(&format!("unknown fate, sent again with the same Message-ID: {why}")),
            OnUnknown::Hold => (LetterState::Unknown, why.clone(), now),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_space_out_and_end_when_the_letter_is_stale() {
        let created = Timestamp::UNIX_EPOCH;
        let mut now = created;
        let mut tries = 0;
        loop {
            tries += 1;
            let (state, _, next) = next_state(&Fate::Later("451".into()), tries, created, OnUnknown::Resend, now);
            if state == LetterState::Failed {
                break;
            }
            assert_eq!(state, LetterState::Deferred);
            assert!(next > now);
            now = next;
        }
        assert!(now < stale_after(created));
        assert!((10..=20).contains(&tries), "{tries}");
    }

    #[test]
    fn an_unknown_fate_follows_the_written_rule() {
        let fate = Fate::Unknown("cut".into());
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(next_state(&fate, 1, now, OnUnknown::Hold, now).0, LetterState::Unknown);
        assert_eq!(next_state(&fate, 1, now, OnUnknown::Resend, now).0, LetterState::Deferred);
        assert_eq!(next_state(&Fate::Accepted("250".into()), 9, now, OnUnknown::Hold, now).0, LetterState::Sent);
    }
}
