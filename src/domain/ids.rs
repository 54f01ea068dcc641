//! Identities minted by the program itself, so that several machines need no sequence and ids sort by time.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};

/// Bits left of the millisecond for the counter: 41 bits of milliseconds and 22 bits of counter fit an `i64`.
const COUNTER_BITS: u32 = 22;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    };
}

id! {
    /// An item as it stands in the store.
    ItemId
}
id! {
    /// A story: one event or text, told by one or more items. It carries the number of its first item.
    StoryId
}

/// Gives out growing numbers: 41 bits of milliseconds since 1970 and 22 bits of node and counter.
///
/// A clock set back does not matter: the next number is always above the last one given or observed. Two programs at
/// work in the same millisecond begin their counters at different nodes.
#[derive(Debug, Default)]
pub struct Minter {
    last: AtomicI64,
    node: i64,
}

impl Minter {
    /// A minter whose numbers are all above `seen`, the highest number in the store; `node` tells this program from
    /// others at work at the same moment (its low 21 bits count).
    pub fn above(seen: i64, node: u32) -> Self {
        Self { last: AtomicI64::new(seen), node: i64::from(node) & ((1 << (COUNTER_BITS - 1)) - 1) }
    }

    /// The next number, at the instant `now_ms` (milliseconds since 1970).
    pub fn mint(&self, now_ms: i64) -> i64 {
        let floor = (now_ms.max(0) << COUNTER_BITS) + self.node;
        let step = |last: i64| Some(floor.max(last + 1));
        match self.last.fetch_update(Ordering::SeqCst, Ordering::SeqCst, step) {
            Ok(last) | Err(last) => floor.max(last + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_grow_even_when_the_clock_goes_back() {
        let minter = Minter::above(0, 0);
        let first = minter.mint(1_000_000);
        let second = minter.mint(1_000_000);
        let third = minter.mint(1);
        assert!(first < second && second < third);
    }

    #[test]
    fn two_programs_in_one_millisecond_do_not_meet_and_a_new_one_begins_above_the_store() {
        let (one, other) = (Minter::above(0, 1), Minter::above(0, 900));
        assert_ne!(one.mint(5), other.mint(5));
        let given = one.mint(5);
        assert!(Minter::above(given, 0).mint(1) > given);
    }
}
