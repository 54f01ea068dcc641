//! What the last polls of a source gave, so that a page that was rebuilt, or a feed that lost its texts, is noticed
//! before anybody misses it.

use serde::{Deserialize, Serialize};

use crate::domain::RawItem;

/// Polls remembered.
const REMEMBERED: usize = 10;
/// Polls from which a fall is told from chance.
const ENOUGH: usize = 5;

/// What one poll gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PollCounts {
    /// Items it listed.
    pub items: u32,
    /// Fields that were filled: titles, links, dates, texts.
    pub filled: u32,
}

impl PollCounts {
    /// Counts the items of a poll.
    pub fn of(items: &[RawItem]) -> Self {
        let filled = |item: &RawItem| {
            [
                !item.title.is_empty(),
                item.link.is_some(),
                item.published.is_some(),
                item.summary.is_some() || item.content.is_some(),
            ]
            .into_iter()
            .filter(|filled| *filled)
            .count()
        };
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        PollCounts { items: count(items.len()), filled: count(items.iter().map(filled).sum()) }
    }
}

/// What is odd about `latest` after `history`; `None` when nothing is.
pub fn alarm(history: &[PollCounts], latest: PollCounts) -> Option<String> {
    if history.len() < ENOUGH {
        return None;
    }
    let median = |of: fn(&PollCounts) -> u32| {
        let mut values: Vec<u32> = history.iter().map(of).collect();
        values.sort_unstable();
        values[values.len() / 2]
    };
    let (items, filled) = (median(|poll| poll.items), median(|poll| poll.filled));
    if items > 0 && latest.items == 0 {
        return Some(format!("it lists nothing any more, where it used to list {items} items: was the site rebuilt?"));
    }
    if latest.items * 2 < items {
        return Some(format!("it lists {} items, where it used to list {items}: was the site rebuilt?", latest.items));
    }
    // Fields for each item, so that a shorter list is not taken for a poorer one.
    if u64::from(latest.filled) * u64::from(items) * 2 < u64::from(filled) * u64::from(latest.items) {
        return Some("half of its titles, links, dates or texts are gone: was the site rebuilt?".to_owned());
    }
    None
}

/// The history with `latest` added, the oldest left out; unchanged by a poll that gave an alarm, so that what was
/// usual stays known.
pub fn remember(mut history: Vec<PollCounts>, latest: PollCounts, alarmed: bool) -> Vec<PollCounts> {
    if !alarmed {
        history.push(latest);
        history.drain(..history.len().saturating_sub(REMEMBERED));
    }
    history
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(items: u32, filled: u32) -> PollCounts {
        PollCounts { items, filled }
    }

    #[test]
    fn a_fall_under_half_of_the_usual_is_told() {
        let usual = vec![counts(20, 80); 6];
        assert_eq!(alarm(&usual, counts(19, 76)), None);
        assert_eq!(alarm(&usual, counts(12, 48)), None);
        assert!(alarm(&usual, counts(9, 36)).expect("an alarm").contains("9 items"));
        assert!(alarm(&usual, counts(0, 0)).expect("an alarm").contains("nothing"));
        assert!(alarm(&usual, counts(20, 35)).expect("an alarm").contains("texts"));
        assert_eq!(alarm(&usual[..3], counts(0, 0)), None);
    }

    #[test]
    fn what_was_usual_stays_known() {
        let mut history = vec![counts(20, 80); 10];
        for _ in 0..30 {
            let odd = counts(1, 4);
            let alarmed = alarm(&history, odd).is_some();
            history = remember(history, odd, alarmed);
        }
        assert!(alarm(&history, counts(1, 4)).is_some());
        assert_eq!(remember(history, counts(3, 3), false).len(), 10);
    }
}
