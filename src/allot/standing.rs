//! What stands in a plan: what people asked for, and the plan they saw. Pure, so that it can be said again at any time.

use std::collections::HashMap;

use crate::domain::{Change, ChangeKind, Channel, ItemId, Kept, Slot, Suggestion};

/// What stands in the plan already, and what people asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    /// What stays, what people put there themselves first: as long as no rule forbids it.
    pub kept: Vec<Kept>,
    /// Stories that a person, or nobody at all, is to get.
    pub barred: Vec<(Option<String>, ItemId)>,
    /// Places of a person, where they are not as many as this person asked for.
    pub places: HashMap<String, usize>,
    /// True when nothing is added to what is kept.
    pub closed: bool,
}

/// What people asked for, all their changes together.
#[derive(Debug, Clone, Default, PartialEq)]
struct Wishes {
    kept: Vec<Kept>,
    barred: Vec<(Option<String>, ItemId)>,
    /// Places that were emptied and are to stay so.
    closed: HashMap<String, usize>,
}

impl Wishes {
    fn of(changes: &[Change]) -> Self {
        let mut wishes = Wishes::default();
        for change in changes {
            wishes.take(change);
        }
        wishes
    }

    fn take(&mut self, change: &Change) {
        let (item, whom) = (change.item, change.ambassador.clone());
        match (change.kind, whom) {
            (ChangeKind::Pin, Some(whom)) => self.keep(whom, item, change.channel, change.slot),
            (ChangeKind::Add, Some(whom)) => {
                self.open(&whom);
                self.keep(whom, item, change.channel, change.slot);
            }
            (ChangeKind::Drop, Some(whom)) => {
                *self.closed.entry(whom.clone()).or_default() += 1;
                self.bar(Some(whom), item);
            }
            (ChangeKind::Swap, Some(whom)) => {
                self.bar(Some(whom.clone()), item);
                if let Some(other) = change.other {
                    self.keep(whom, other, change.channel, change.slot);
                }
            }
            (ChangeKind::Forbid, _) => self.bar(None, item),
            (ChangeKind::Allow, whom) => {
                if let Some(whom) = &whom {
                    self.open(whom);
                }
                self.barred.retain(|barred| *barred != (whom.clone(), item));
            }
            (ChangeKind::Lost, _) | (_, None) => {}
        }
    }

    fn keep(&mut self, ambassador: String, item: ItemId, channel: Option<Channel>, slot: Option<Slot>) {
        // Forbidden for all, it stays so for the others.
        self.barred.retain(|(whom, barred)| *barred != item || whom.as_ref() != Some(&ambassador));
        self.kept.retain(|kept| !(kept.ambassador == ambassador && kept.item == item));
        self.kept.push(Kept { ambassador, item, channel, slot });
    }

    fn bar(&mut self, whom: Option<String>, item: ItemId) {
        self.kept.retain(|kept| kept.item != item || whom.as_ref().is_some_and(|whom| *whom != kept.ambassador));
        self.barred.push((whom, item));
    }

    fn open(&mut self, whom: &str) {
        if let Some(closed) = self.closed.get_mut(whom) {
            *closed = closed.saturating_sub(1);
        }
    }
}

impl Standing {
    /// What people asked for, for planning everything else again. `asked` gives how many suggestions each person wants.
    pub fn of_people(changes: &[Change], asked: &HashMap<String, usize>) -> Self {
        let Wishes { kept, barred, closed } = Wishes::of(changes);
        let left = |(whom, closed): (String, usize)| {
            let places = asked.get(&whom).copied().unwrap_or_default().saturating_sub(closed);
            (closed > 0).then_some((whom, places))
        };
        Standing { kept, barred, places: closed.into_iter().filter_map(left).collect(), closed: false }
    }

    /// The plan that people saw, after the last of `changes`: nothing else moves. `asked` gives how many suggestions each
    /// person wants.
    pub fn after(plan: &[Suggestion], changes: &[Change], asked: &HashMap<String, usize>) -> Self {
        let Wishes { mut kept, barred, closed } = Wishes::of(changes);
        let mut places: HashMap<String, usize> = asked.keys().map(|person| (person.clone(), 0)).collect();
        for suggestion in plan {
            *places.entry(suggestion.ambassador.clone()).or_default() += 1;
        }
        if let Some(last) = changes.last() {
            let whom = last.ambassador.clone().unwrap_or_default();
            let most = asked.get(&whom).copied().unwrap_or_default();
            let most = most.saturating_sub(closed.get(&whom).copied().unwrap_or_default());
            let own = places.entry(whom).or_default();
            match last.kind {
                ChangeKind::Drop => *own = own.saturating_sub(1),
                ChangeKind::Add => *own = (*own + 1).min(most.max(*own)),
                _ => {}
            }
        }
        // A place that was settled is kept, unless another was asked for.
        for wish in &mut kept {
            let stands = plan.iter().find(|own| own.ambassador == wish.ambassador && own.item == wish.item);
            wish.channel = wish.channel.or(stands.map(|own| own.channel));
            wish.slot = wish.slot.or(stands.map(|own| own.slot));
        }
        let mut others: Vec<&Suggestion> = plan
            .iter()
            .filter(|own| !kept.iter().any(|wish| wish.ambassador == own.ambassador && wish.item == own.item))
            .collect();
        others.sort_by(|one, other| other.gain.total_cmp(&one.gain).then(one.ambassador.cmp(&other.ambassador)));
        let gone = |kept: &Kept| {
            barred
                .iter()
                .any(|(whom, item)| *item == kept.item && whom.as_ref().is_none_or(|whom| *whom == kept.ambassador))
        };
        kept.extend(others.into_iter().map(settled).filter(|kept| !gone(kept)));
        Standing { kept, barred, places, closed: false }
    }

    /// The plan as it stands, to which nothing is added.
    pub fn as_it_is(plan: &[Suggestion], asked: &HashMap<String, usize>) -> Self {
        Standing { closed: true, ..Standing::after(plan, &[], asked) }
    }
}

fn settled(own: &Suggestion) -> Kept {
    Kept { ambassador: own.ambassador.clone(), item: own.item, channel: Some(own.channel), slot: Some(own.slot) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Angle, Half, StoryId};

    fn change(kind: ChangeKind, whom: Option<&str>, item: i64) -> Change {
        Change {
            kind,
            ambassador: whom.map(Into::into),
            item: ItemId(item),
            other: None,
            channel: None,
            slot: None,
            why: None,
            who: "lead".into(),
            at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    fn planned(whom: &str, item: i64) -> Suggestion {
        Suggestion {
            story: StoryId(item),
            item: ItemId(item),
            ambassador: whom.into(),
            topic: "t".into(),
            objective: None,
            channel: Channel::LinkedIn,
            slot: Slot { date: jiff::civil::date(2026, 11, 24), half: Half::Am },
            angles: vec![Angle { family: "field".into(), text: "?".into() }],
            ready: None,
            reasons: Vec::new(),
            easy: false,
            gain: 0.5,
        }
    }

    fn asked() -> HashMap<String, usize> {
        HashMap::from([("a".into(), 3), ("b".into(), 3)])
    }

    fn items(standing: &Standing, whom: &str) -> Vec<i64> {
        standing.kept.iter().filter(|kept| kept.ambassador == whom).map(|kept| kept.item.0).collect()
    }

    #[test]
    fn a_dropped_place_stays_empty_and_a_swapped_one_is_filled() {
        let plan = [planned("a", 1), planned("a", 2), planned("b", 1)];
        let dropped = Standing::after(&plan, &[change(ChangeKind::Drop, Some("a"), 1)], &asked());
        assert_eq!((items(&dropped, "a"), items(&dropped, "b")), (vec![2], vec![1]));
        assert_eq!(dropped.places["a"], 1);
        let swapped = Standing::after(&plan, &[change(ChangeKind::Swap, Some("a"), 1)], &asked());
        assert_eq!((items(&swapped, "a"), swapped.places["a"]), (vec![2], 2));
        let forbidden = Standing::after(&plan, &[change(ChangeKind::Forbid, None, 1)], &asked());
        assert_eq!((items(&forbidden, "a"), items(&forbidden, "b")), (vec![2], vec![]));
        assert_eq!((forbidden.places["a"], forbidden.places["b"]), (2, 1));
    }

    #[test]
    fn what_people_put_there_comes_first_and_stays_when_everything_is_planned_again() {
        let plan = [planned("a", 1), planned("a", 2)];
        let changes = [change(ChangeKind::Add, Some("a"), 9), change(ChangeKind::Drop, Some("b"), 5)];
        let after = Standing::after(&plan, &changes[..1], &asked());
        assert_eq!((items(&after, "a"), after.places["a"]), (vec![9, 1, 2], 3));
        let again = Standing::of_people(&changes, &asked());
        assert_eq!((items(&again, "a"), again.places.get("a"), again.places.get("b")), (vec![9], None, Some(&2)));
    }

    #[test]
    fn the_last_word_counts() {
        let changes = [
            change(ChangeKind::Pin, Some("a"), 1),
            change(ChangeKind::Forbid, None, 1),
            change(ChangeKind::Allow, None, 1),
            change(ChangeKind::Drop, Some("a"), 2),
            change(ChangeKind::Add, Some("a"), 2),
        ];
        let standing = Standing::of_people(&changes, &asked());
        assert_eq!(items(&standing, "a"), vec![2], "what was forbidden is allowed, no longer pinned");
        assert!(standing.barred.is_empty(), "{:?}", standing.barred);
        let forbidden = [change(ChangeKind::Forbid, None, 1), change(ChangeKind::Add, Some("a"), 1)];
        let standing = Standing::of_people(&forbidden, &asked());
        assert_eq!((items(&standing, "a"), standing.barred.len()), (vec![1], 1), "forbidden but for one");
        assert!(standing.places.is_empty(), "the place that was emptied is filled");
    }
}
