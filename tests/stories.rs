//! Grouping on the bundled press, whose events are known.

use std::collections::{BTreeSet, HashMap};

use vigie::demo::Press;
use vigie::domain::{Confidentiality, ItemId, StoryId};
use vigie::stories::{Piece, Placement, place};
use vigie::text::reading::Reading;

struct Told {
    outlet: String,
    title: String,
    event: Option<String>,
    at: jiff::Timestamp,
    reading: Reading,
}

fn press() -> Vec<Told> {
    let press = Press::load("2026-11-23T08:00:00Z".parse().expect("an instant")).expect("the press");
    let mut told = Vec::new();
    for outlet in press.outlets {
        for item in outlet.items {
            told.push(Told {
                outlet: outlet.id.clone(),
                event: item.story,
                at: item.published,
                reading: Reading::new(&item.title, &item.body, outlet.language),
                title: item.title,
            });
        }
    }
    told
}

fn pieces(told: &[Told]) -> Vec<Piece<'_>> {
    let piece = |(number, item): (usize, &'_ Told)| {
        let id = i64::try_from(number).expect("few items") + 1;
        (id, item.at)
    };
    told.iter()
        .enumerate()
        .map(|(number, item)| {
            let (id, published) = piece((number, item));
            Piece {
                id: ItemId(id),
                story: StoryId(id),
                published,
                class: if item.outlet == "interne-aubepine" {
                    Confidentiality::Internal
                } else {
                    Confidentiality::Public
                },
                source: &item.outlet,
                reading: &item.reading,
            }
        })
        .collect()
}

fn story_of(placements: &[Placement]) -> HashMap<ItemId, StoryId> {
    placements.iter().map(|placement| (placement.item, placement.story)).collect()
}

/// B-cubed precision and recall over the items whose event is told by others in the same language.
fn b_cubed(told: &[Told], stories: &HashMap<ItemId, StoryId>) -> (f64, f64) {
    let id = |number: usize| ItemId(i64::try_from(number).expect("few items") + 1);
    let same_event = |one: &Told, other: &Told| {
        one.event.is_some() && one.event == other.event && one.reading.language() == other.reading.language()
    };
    let (mut precision, mut recall, mut judged) = (0.0, 0.0, 0.0);
    for (number, item) in told.iter().enumerate() {
        let company = told.iter().filter(|other| same_event(item, other)).count();
        let cluster: Vec<&Told> =
            (0..told.len()).filter(|&n| stories[&id(n)] == stories[&id(number)]).map(|n| &told[n]).collect();
        if company < 2 && cluster.len() < 2 {
            continue;
        }
        let right = cluster.iter().filter(|other| same_event(item, other) || std::ptr::eq(**other, item)).count();
        let count = |number: usize| f64::from(u32::try_from(number).expect("few items"));
        precision += count(right) / count(cluster.len());
        recall += count(right) / count(company.max(1));
        judged += 1.0;
    }
    (precision / judged, recall / judged)
}

#[test]
fn tellings_of_one_event_are_found_and_others_left_alone() {
    let told = press();
    let placements = place(&pieces(&told), &[]);
    let stories = story_of(&placements);
    let mut clusters: HashMap<StoryId, Vec<usize>> = HashMap::new();
    for (number, _) in told.iter().enumerate() {
        let id = ItemId(i64::try_from(number).expect("few items") + 1);
        clusters.entry(stories[&id]).or_default().push(number);
    }
    for members in clusters.values() {
        let events: BTreeSet<&str> = members.iter().map(|&n| told[n].event.as_deref().unwrap_or("-")).collect();
        if members.len() > 1 && (events.len() > 1 || events.contains("-")) {
            println!("mixed: {:?}", members.iter().map(|&n| (&told[n].outlet, &told[n].title)).collect::<Vec<_>>());
        }
    }
    let (precision, recall) = b_cubed(&told, &stories);
    println!("B-cubed on the bundled press: precision {precision:.3}, recall {recall:.3}");
    assert!(precision >= 0.9, "precision {precision:.3}");
    assert!(recall >= 0.85, "recall {recall:.3}");
}

#[test]
fn the_wire_copy_is_the_same_text() {
    let told = press();
    let placements = place(&pieces(&told), &[]);
    let copies: Vec<&Placement> = placements.iter().filter(|placement| placement.copy_of.is_some()).collect();
    assert_eq!(copies.len(), 1, "{copies:?}");
}

#[test]
fn what_comes_later_joins_what_came_before() {
    let told = press();
    let all = pieces(&told);
    let half = all.len() / 2;
    let first = place(&all[..half], &[]);
    let stories = story_of(&first);
    let known: Vec<Piece<'_>> =
        all[..half].iter().map(|piece| Piece { story: stories[&piece.id], ..piece.clone() }).collect();
    let second = place(&all[half..], &known);
    let joined = second.iter().filter(|placement| known.iter().any(|piece| piece.story == placement.story)).count();
    assert!(joined >= 8, "{joined} joined");
}

#[test]
fn internal_items_never_group_with_others() {
    let told = press();
    let all = pieces(&told);
    let placements = place(&all, &[]);
    let class: HashMap<ItemId, Confidentiality> = all.iter().map(|piece| (piece.id, piece.class)).collect();
    let mut seen: HashMap<StoryId, bool> = HashMap::new();
    for placement in &placements {
        let inside = class[&placement.item] == Confidentiality::Internal;
        assert_eq!(*seen.entry(placement.story).or_insert(inside), inside);
    }
}
