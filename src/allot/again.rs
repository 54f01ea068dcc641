//! What may be given to somebody who had it: once more after "later", and lasting contents after a while, on a network where
//! they rest, from another angle (requirement D8).

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Ambassador, Channel, Given, Perishability};

use super::{OpenMember, OpenStory, Request};

/// What somebody's past with a story means for this week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Past {
    /// True when they had it.
    pub again: bool,
    /// Networks on which it rests still.
    pub resting: Vec<Channel>,
    /// Families of the angles they had.
    pub used_angles: Vec<String>,
}

/// Judges what `person` had of `story`.
///
/// # Errors
/// Why it cannot come (back) this week, in words.
pub(super) fn judge(story: &OpenStory, person: &Ambassador, request: &Request<'_>) -> Result<Past, String> {
    let own = request.given.get(&person.id);
    let had: Vec<&Given> = story.all_items.iter().filter_map(|item| own?.get(item)).flatten().collect::<Vec<_>>();
    let Some(last) = had.iter().map(|given| given.at).max() else {
        return Ok(Past::default());
    };
    let used_angles = had.iter().map(|given| given.family.clone()).filter(|family| !family.is_empty()).collect();
    let put_off = story
        .all_items
        .iter()
        .filter_map(|item| request.postponed.get(&(person.id.clone(), *item)))
        .max()
        .is_some_and(|at| *at >= last);
    // Every item of a story has its line: what counts is in how many editions it was given.
    let mut times: Vec<Timestamp> = had.iter().map(|given| given.at).collect();
    times.sort_unstable();
    times.dedup();
    if put_off && times.len() == 1 {
        return Ok(Past { again: true, resting: Vec::new(), used_angles });
    }
    if !story.members.iter().any(lasts) {
        return Err("already given".into());
    }
    if story.unanswered {
        return Err("already given, and posts on it drew no answer: it does not come back".into());
    }
    if age(last, request) < i64::from(request.rules.window_days) {
        return Err("already given, too short a while ago".into());
    }
    let rests = |given: &&&Given| age(given.at, request) < i64::from(request.rules.cool_down_days);
    let resting: Vec<Channel> = had.iter().filter(rests).map(|given| given.channel).collect();
    if person.channels.iter().all(|channel| resting.contains(channel)) {
        return Err(format!(
            "already given; lasting as it is, it may come back {} days after",
            request.rules.cool_down_days
        ));
    }
    Ok(Past { again: true, resting, used_angles })
}

/// True for what stays true.
pub(super) fn lasts(member: &OpenMember) -> bool {
    member.lasts == Perishability::Evergreen
}

/// Whole days between an instant and the edition.
fn age(at: Timestamp, request: &Request<'_>) -> i64 {
    request.now.duration_since(at).max(SignedDuration::ZERO).as_hours() / 24
}
