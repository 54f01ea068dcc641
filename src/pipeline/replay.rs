//! Past weeks again, with another line, team or caps: nothing is kept, and the same question has the same answer.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::allot::Allotment;
use crate::domain::{EditionId, Given, ItemId, Ledger};
use crate::tag::Tagger;

use super::edition::{Asked, DraftLetter, Past, SuggestedFacts, allotted, letters};
use super::learning;
use super::open::OtherLine;
use super::{PipelineError, Workshop};

/// A week as it would have been.
#[derive(Debug)]
pub struct ReplayedWeek {
    /// The week.
    pub id: EditionId,
    /// When it was due.
    pub due: Timestamp,
    /// People in the team.
    pub people: usize,
    /// Stories that were there to be told.
    pub stories: usize,
    /// Who would have got what.
    pub allotment: Allotment,
    /// Title, address and source of every item suggested.
    pub items: HashMap<ItemId, SuggestedFacts>,
    /// The letters, if they were asked for.
    pub letters: Vec<DraftLetter>,
}

/// Replays the last `weeks` editions before `now`, the first first, for everybody in the configuration of `shop`, as if the
/// programme had begun with the first of them. Each week is told as it is done; its letters are written if asked for.
///
/// # Errors
/// See [`PipelineError`], and what `told` says.
pub async fn replay<E: From<PipelineError>>(
    shop: &Workshop,
    weeks: u16,
    now: Timestamp,
    with_letters: bool,
    told: &mut (dyn FnMut(ReplayedWeek) -> Result<(), E> + Send),
) -> Result<(), E> {
    let model = learning::tried(shop).await?;
    let tagger = tokio::task::block_in_place(|| Tagger::new(&shop.config.line, model.clone()));
    let mut ledger = Ledger::new();
    for due in due_dates(shop, weeks, now) {
        let settings = &shop.config.settings;
        let id = EditionId::of(due.to_zoned(settings.time_zone.clone()).date());
        let planned = settings.edition.review.as_ref().and_then(|review| review.last_until(due, &settings.time_zone));
        let asked = Asked::new(id, due, planned.unwrap_or(due));
        let line = OtherLine { tagger: &tagger, model: model.as_ref() };
        let week = allotted(shop, &asked, Some(&Past { ledger: &ledger, line })).await?;
        let given: Vec<(String, ItemId, Given)> = week
            .items_given()
            .into_iter()
            .flat_map(|(own, items)| {
                let line = Given { at: due, channel: own.channel, family: own.family().to_owned() };
                items.iter().map(move |item| (own.ambassador.clone(), *item, line.clone()))
            })
            .collect();
        let (people, stories) = week.size();
        let items = week.facts(shop);
        let (allotment, written) = if with_letters {
            let draft = letters(shop, &asked, week).await?;
            (draft.allotment, draft.letters)
        } else {
            (week.allotment, Vec::new())
        };
        told(ReplayedWeek { id, due, people, stories, allotment, items, letters: written })?;
        for (ambassador, item, line) in given {
            ledger.entry(ambassador).or_default().entry(item).or_default().push(line);
        }
    }
    Ok(())
}

/// When the last editions before `now` were due, the first first.
fn due_dates(shop: &Workshop, weeks: u16, now: Timestamp) -> Vec<Timestamp> {
    let settings = &shop.config.settings;
    let mut dates = Vec::new();
    let mut before = now;
    while dates.len() < usize::from(weeks) {
        let Some(at) = settings.edition.schedule.last_until(before, &settings.time_zone) else { break };
        dates.push(at);
        before = at.checked_sub(SignedDuration::from_millis(1)).unwrap_or(Timestamp::MIN);
    }
    dates.reverse();
    dates
}
