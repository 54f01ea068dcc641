//! Which stories are weighed for whom, where weighing all of them would take too long.
//!
//! Caps send people down the list of what there is on their topic: of a thousand experts, eight get the best story, the next
//! eight the second. So everybody is weighed against the very best, and against some of the others, spread over the ranks and
//! other ones for each, that together cover as many stories as are needed.
//!
//! What that costs is measured by `cargo bench --bench allotment`.

/// Pairs up to which all are weighed.
const ALL: usize = 200_000;
/// The best stories, which everybody is weighed against.
const BEST: usize = 12;
/// Others that one person is weighed against.
const OTHERS: usize = 68;
/// Stories that are looked at, for each that would do.
const SPARE: usize = 2;

/// Pairs of a story and a person of one topic and language: `stories` with what they are worth, `people` who may tell them,
/// `seats` that these people have in all, `cap` people a story.
///
/// The same lists give the same pairs.
pub fn shortlist(stories: &[(usize, f64)], people: &[usize], seats: usize, cap: usize) -> Vec<(usize, usize)> {
    if stories.len() * people.len() <= ALL || stories.len() <= BEST + OTHERS {
        return stories.iter().flat_map(|(story, _)| people.iter().map(move |person| (*story, *person))).collect();
    }
    let mut ranked: Vec<(usize, f64)> = stories.to_vec();
    ranked.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    let depth = (BEST + OTHERS).max(SPARE * seats / cap.max(1)).min(ranked.len());
    let (best, others) = ranked[..depth].split_at(BEST);
    let mut pairs = Vec::with_capacity(people.len() * (BEST + OTHERS));
    for (turn, person) in people.iter().enumerate() {
        pairs.extend(best.iter().map(|(story, _)| (*story, *person)));
        // From the whole depth: somebody with the last stretch alone would be left with the worst.
        let count = OTHERS.min(others.len());
        let own = (0..count).map(|step| others[(turn + step * others.len() / count) % others.len()].0);
        pairs.extend(own.map(|story| (story, *person)));
    }
    pairs
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn small_programmes_are_weighed_whole() {
        let stories: Vec<(usize, f64)> = (0..400).map(|story| (story, 0.5)).collect();
        let people: Vec<usize> = (0..200).collect();
        assert_eq!(shortlist(&stories, &people, 600, 3).len(), 80_000);
    }

    #[test]
    fn in_large_ones_everybody_has_the_best_and_enough_others_and_every_needed_story_somebody() {
        let stories: Vec<(usize, f64)> =
            (0_u16..3_000).map(|story| (usize::from(story), f64::from(story) / 3_000.0)).collect();
        let people: Vec<usize> = (0..1_500).collect();
        let pairs = shortlist(&stories, &people, 4_500, 8);
        assert_eq!(pairs.len(), 1_500 * (BEST + OTHERS));
        assert!(pairs.contains(&(2_999, 7)) && pairs.contains(&(2_988, 1_499)));
        let mut of_story: HashMap<usize, usize> = HashMap::new();
        for (story, _) in &pairs {
            *of_story.entry(*story).or_default() += 1;
        }
        assert_eq!(of_story.len(), 4_500 * SPARE / 8);
        assert!(of_story.values().all(|people| *people >= 8), "nobody for a story that is needed");
        assert_eq!(pairs, shortlist(&stories, &people, 4_500, 8));
    }
}
