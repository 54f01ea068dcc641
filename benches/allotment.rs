//! Allotment at the size of a large programme: 10,000 people, 5 seats each, 5,000 stories, 50 candidates a person.
//!
//! `cargo bench --bench allotment`

mod cpu;
#[path = "../tests/common/made.rs"]
mod made;

use std::collections::HashMap;

use jiff::civil::date;
use vigie::allot::assignment::{ENOUGH, Holder, Problem, Seat, solve};
use vigie::allot::{OpenStory, allot, shortlist};
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
    short();
}

/// What a shortlist costs: the best assignment over it, beside the best over all pairs of one topic.
fn short() {
    const SEATS: usize = 3;
    for (people, stories, cap, spread) in
        [(500_u32, 600_u32, 3, 0.25), (1_000, 1_000, 8, 0.25), (2_000, 1_500, 8, 0.25), (2_000, 1_500, 8, 0.1)]
    {
        let mut state = 11_u64;
        let mut share = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            f64::from(u32::try_from(state >> 33).expect("31 bits")) / f64::from(u32::MAX >> 1)
        };
        // A few stories are very good and many are fair; the person takes up to `spread` of it.
        let worth: Vec<f64> = (0..stories).map(|_| 0.3 + 0.6 * share() * share()).collect();
        let mut gains = Vec::new();
        for _ in 0..people {
            gains.push(worth.iter().map(|worth| worth * (1.0 - spread * share())).collect::<Vec<f64>>());
        }
        let seat = |story: usize, person: usize| Seat {
            person: u32::try_from(person).expect("few"),
            story: u32::try_from(story).expect("few"),
            gain: gains[person][story],
            kinds: vec![],
        };
        let best = |seats: Vec<Seat>| {
            let people = (0..people).map(|_| Holder { slots: SEATS, group: None }).collect();
            let stories = worth.len();
            let problem = Problem { people, stories, story_cap: cap, group_cap: cap, fixed: Vec::new(), seats };
            let before = cpu::cpu();
            let gain: f64 = solve(&problem).iter().map(|seat| problem.seats[*seat].gain).sum();
            (gain, cpu::cpu() - before)
        };
        let ranked: Vec<(usize, f64)> = worth.iter().copied().enumerate().collect();
        let able: Vec<usize> = (0..gains.len()).collect();
        let pairs = shortlist(&ranked, &able, SEATS * able.len(), cap);
        let weighed = pairs.len();
        let (least, fast) = best(pairs.into_iter().map(|(story, person)| seat(story, person)).collect());
        let every = (0..gains.len()).flat_map(|person| (0..worth.len()).map(move |story| (story, person)));
        let (most, slow) = best(every.map(|(story, person)| seat(story, person)).collect());
        println!(
            "{people} people, {stories} stories, {cap} a story, ±{spread}: {weighed} pairs give {:.4} of what all give ({fast:.2} CPU s against {slow:.2})",
            least / most
        );
    }
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
