//! Allotment at the size of a large programme: 10,000 people, 5 seats each, 5,000 stories, 50 candidates a person.
//!
//! `cargo bench --bench allotment`

mod cpu;
#[path = "../tests/common/made.rs"]
mod made;

use std::collections::HashMap;

use jiff::civil::date;
use vigie::allot::assignment::{ENOUGH, Holder, Problem, Seat, solve};
use vigie::allot::{OpenStory, allot};
use vigie::domain::{Ambassador, Fit, Item, Language, Strength};

const PEOPLE: u32 = 10_000;
const STORIES: u64 = 5_000;
const CANDIDATES: usize = 50;
const SLOTS: usize = 5;

fn main() {
    let mut state = 7_u64;
    let mut draw = move |bound: u64| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    };
    let mut seats = Vec::new();
    for person in 0..PEOPLE {
        let mut own: Vec<u64> = Vec::new();
        while own.len() < CANDIDATES {
            // Some stories are wanted by many.
            let (one, other) = (draw(STORIES), draw(STORIES));
            let story = one.min(other);
            if !own.contains(&story) {
                own.push(story);
                let gain = 0.25 + f64::from(u32::try_from(draw(700)).expect("few")) / 1000.0;
                let story = u32::try_from(story).expect("few");
                seats.push(Seat {
                    person,
                    story,
                    gain,
                    kinds: vec![(story % 3, 4), (10 + story % 20, 3), (40 + story % 60, 3)],
                });
            }
        }
    }
    for (cap, group_cap) in [(10, 10), (10, 2), (15, 3), (25, 5)] {
        let people = (0..PEOPLE).map(|person| Holder { slots: SLOTS, group: Some(person % 700) }).collect();
        let problem = Problem {
            people,
            stories: usize::try_from(STORIES).expect("few"),
            story_cap: cap,
            group_cap,
            fixed: Vec::new(),
            seats: seats.clone(),
        };
        let before = cpu::cpu();
        let taken = solve(&problem);
        let spent = cpu::cpu() - before;
        let mut counts = vec![0_usize; problem.people.len()];
        taken.iter().for_each(|seat| counts[problem.seats[*seat].person as usize] += 1);
        let short = counts.iter().filter(|count| **count < ENOUGH).count();
        let gain: f64 = taken.iter().map(|seat| problem.seats[*seat].gain).sum();
        let mut best: Vec<Vec<f64>> = vec![Vec::new(); problem.people.len()];
        problem.seats.iter().for_each(|seat| best[seat.person as usize].push(seat.gain));
        let ideal: f64 = best
            .iter_mut()
            .map(|own| {
                own.sort_by(|one, other| other.total_cmp(one));
                own.iter().take(SLOTS).sum::<f64>()
            })
            .sum();
        println!(
            "caps {cap} and {group_cap}: {spent:.2} CPU s, {:.3} of the ideal without caps, {short} people short of {ENOUGH}, {} seats",
            gain / ideal,
            taken.len()
        );
    }
    whole(&seats);
}

/// The same programme from candidates to texts and reasons.
fn whole(seats: &[Seat]) {
    let now: jiff::Timestamp = "2026-11-23T07:00:00Z".parse().expect("an instant");
    let found = made::found("t", 0.9);
    let mut fits: Vec<HashMap<String, Fit>> = vec![HashMap::new(); usize::try_from(STORIES).expect("few")];
    for seat in seats {
        let fit = made::fit(&found, Strength::Practises, seat.gain);
        fits[seat.story as usize].insert(format!("p{}", seat.person), fit);
    }
    let stories: Vec<OpenStory> = (1_i64..)
        .zip(fits)
        .map(|(id, fits)| {
            let item = Item {
                source: format!("s{}", id % 60),
                title: format!("La région {id} : ce que le plan change pour les écoles"),
                text: String::new(),
                ..made::item(id, Language::French, now)
            };
            made::open(item, found.clone(), fits, now).expect("it may leave")
        })
        .collect();
    let people: Vec<Ambassador> = (0..PEOPLE)
        .map(|number| Ambassador {
            slots: SLOTS,
            group: Some(format!("g{}", number % 700)),
            ..made::person(format!("p{number}"), Language::French)
        })
        .collect();
    let people: Vec<&Ambassador> = people.iter().collect();
    let week = made::Week::default();
    let request = week.request(&people, date(2026, 11, 23), now, made::rules((15, 3), 0.1, [5, 5, 5]));
    let before = cpu::cpu();
    let suggestions = allot(&stories, &request).suggestions.len();
    println!("the whole, with days, texts and reasons: {:.2} CPU s, {suggestions} suggestions", cpu::cpu() - before);
}
