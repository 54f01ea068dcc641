//! The life of an edition: planned, changed by people, approved, frozen with its letters; or given up, with the reason.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::allot::{Allotment, Standing};
use crate::config::Unapproved;
use crate::deliver::{MessageParts, build, domain_of, message_id};
use crate::domain::{Ambassador, Change, ChangeKind, EditionId, Given, ItemId, Kept, StoryId, Suggestion};
use crate::store::{EditionPlan, EditionRow, Frozen, MailKind, PlannedLetter};

use super::edition::{Asked, EditionDraft, OWN_ARTICLE, allotted, draft};
use super::{PipelineError, Workshop, learn_and_retag};

/// Who is said to have done what the program did by itself.
const BY_ITSELF: &str = "vigie";

/// What planning came to.
#[derive(Debug)]
pub enum Planned {
    /// The edition is written, its letters are in the outbox.
    Written(Box<EditionDraft>),
    /// It was there already: nothing was changed.
    Already,
}

/// What a change came to.
#[derive(Debug)]
pub enum Changed {
    /// It is in the plan.
    Done {
        /// The plan before.
        before: Vec<Suggestion>,
        /// The plan now.
        after: Vec<Suggestion>,
        /// What had to leave for it, or could not stay, and why.
        lost: Vec<(Kept, String)>,
    },
    /// A rule forbids it; nothing was changed.
    Refused(String),
    /// There is no such edition, it is no longer open, or somebody else changed it meanwhile: nothing was changed.
    Closed,
}

/// Plans the edition `id`, for people to look at before it is frozen. Nothing when it was there already.
///
/// # Errors
/// See [`PipelineError`].
pub async fn plan(
    shop: &Workshop,
    id: EditionId,
    due: Timestamp,
    now: Timestamp,
) -> Result<Option<Allotment>, PipelineError> {
    if shop.store.edition(id).await?.is_some() {
        return Ok(None);
    }
    learn_and_retag(shop, now).await?;
    let allotment = allotted(shop, &Asked::new(id, due, now), None).await?.allotment;
    let plan = EditionPlan { id, due, suggestions: allotment.suggestions.clone(), skipped: None };
    Ok(shop.store.record_edition(&plan, now).await?.then_some(allotment))
}

/// Plans the edition and freezes it at once: nobody looks at it before (S1). A second call changes nothing.
///
/// # Errors
/// See [`PipelineError`].
pub async fn plan_and_freeze(
    shop: &Workshop,
    id: EditionId,
    due: Timestamp,
    now: Timestamp,
) -> Result<Planned, PipelineError> {
    if shop.store.edition(id).await?.is_some() {
        return freeze(shop, id, now).await;
    }
    let draft = draft(shop, &Asked::new(id, due, now)).await?;
    let plan = EditionPlan { id, due, suggestions: draft.allotment.suggestions.clone(), skipped: None };
    if !shop.store.record_edition(&plan, now).await? {
        return Ok(Planned::Already);
    }
    write(shop, draft, 0, now).await
}

/// Freezes a planned edition: every rule is checked again, what none allows any more goes with its reason, and the letters of
/// what stays are written, once, with the ledger. Nothing is added that nobody saw.
///
/// # Errors
/// See [`PipelineError`].
pub async fn freeze(shop: &Workshop, id: EditionId, now: Timestamp) -> Result<Planned, PipelineError> {
    let Some(row) = shop.store.edition(id).await?.filter(EditionRow::is_open) else {
        return Ok(Planned::Already);
    };
    let plan = shop.store.suggestions(id).await?;
    let standing = Standing::as_it_is(&plan, &asked(shop));
    let asked = Asked { standing, planned: Some(row.planned), ..Asked::new(id, row.due, now) };
    write(shop, draft(shop, &asked).await?, row.revision, now).await
}

async fn write(shop: &Workshop, draft: EditionDraft, revision: i64, now: Timestamp) -> Result<Planned, PipelineError> {
    let key = letter_key(shop).await?;
    let mail = &shop.config.settings.mail;
    let people: HashMap<&str, &Ambassador> =
        shop.config.ambassadors.iter().map(|person| (person.id.as_str(), person)).collect();
    let mut letters = Vec::with_capacity(draft.letters.len());
    for letter in &draft.letters {
        let Some(person) = people.get(letter.ambassador.as_str()) else {
            continue;
        };
        let leaves = letter.leaves.max(now);
        let message_id = message_id(draft.id, &person.id, &key, &domain_of(&mail.from));
        let built = build(&MessageParts {
            from: &mail.from,
            reply_to: mail.reply_to.as_deref(),
            to_name: &person.name,
            to_address: &person.email,
            subject: &letter.subject,
            text: &letter.rendered.text,
            html: &letter.rendered.html,
            language: person.language,
            message_id: &message_id,
            list: &shop.config.settings.organisation,
            date: leaves,
        });
        // One address that cannot be written to does not stop the others: it has its row and its reason.
        let (message, skipped) = match built {
            Ok(message) => (message, letter.skipped.clone()),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        letters.push(PlannedLetter {
            kind: MailKind::Letter,
            ambassador: person.id.clone(),
            address: person.email.clone(),
            message_id,
            subject: letter.subject.clone(),
            message,
            html: letter.rendered.html.clone(),
            leaves,
            skipped,
        });
    }
    let written: HashSet<&str> =
        letters.iter().filter(|one| one.skipped.is_none()).map(|one| one.ambassador.as_str()).collect();
    let mut given: Vec<(String, ItemId, Given)> = Vec::new();
    for suggestion in
        draft.allotment.suggestions.iter().filter(|suggestion| written.contains(suggestion.ambassador.as_str()))
    {
        for item in draft.story_items.get(&suggestion.story).into_iter().flatten() {
            let line = Given { at: now, channel: suggestion.channel, family: suggestion.family().to_owned() };
            given.push((suggestion.ambassador.clone(), *item, line));
        }
    }
    for (ambassador, item, article) in
        draft.own_given.iter().filter(|(ambassador, ..)| written.contains(ambassador.as_str()))
    {
        let person = people.get(ambassador.as_str());
        if let Some(channel) = person.and_then(|person| person.channels.first().copied()) {
            let family = if *article { OWN_ARTICLE.to_owned() } else { String::new() };
            given.push((ambassador.clone(), *item, Given { at: now, channel, family }));
        }
    }
    let lost = draft.allotment.lost.iter().map(|(kept, why)| Change {
        kind: ChangeKind::Lost,
        ambassador: Some(kept.ambassador.clone()),
        item: kept.item,
        other: None,
        channel: kept.channel,
        slot: kept.slot,
        why: Some(why.clone()),
        who: BY_ITSELF.to_owned(),
        at: now,
    });
    let frozen = Frozen { given, lost: lost.collect(), letters };
    match shop.store.freeze_edition(draft.id, revision, &draft.allotment.suggestions, &frozen, now).await? {
        true => Ok(Planned::Written(Box::new(draft))),
        false => Ok(Planned::Already),
    }
}

/// Puts a change of somebody in the plan; nothing else moves. A change that a rule forbids is refused, with the reason.
///
/// # Errors
/// See [`PipelineError`].
pub async fn change(shop: &Workshop, id: EditionId, wanted: Change, now: Timestamp) -> Result<Changed, PipelineError> {
    let Some(row) = shop.store.edition(id).await?.filter(EditionRow::is_open) else {
        return Ok(Changed::Closed);
    };
    learn_and_retag(shop, now).await?;
    let before = shop.store.suggestions(id).await?;
    let mut changes = shop.store.changes(id).await?;
    changes.push(wanted.clone());
    let standing = Standing::after(&before, &changes, &asked(shop));
    let asked = Asked { standing, ..Asked::new(id, row.due, now) };
    let allotment = allotted(shop, &asked, None).await?.allotment;
    if let Some(why) = refused(&wanted, &allotment) {
        return Ok(Changed::Refused(why));
    }
    if !shop.store.replan_edition(&row, &allotment.suggestions, &[wanted], now).await? {
        return Ok(Changed::Closed);
    }
    Ok(Changed::Done { before, after: allotment.suggestions, lost: allotment.lost })
}

/// Plans everything again but for what people asked for.
///
/// # Errors
/// See [`PipelineError`].
pub async fn replan(shop: &Workshop, id: EditionId, now: Timestamp) -> Result<Changed, PipelineError> {
    let Some(row) = shop.store.edition(id).await?.filter(EditionRow::is_open) else {
        return Ok(Changed::Closed);
    };
    learn_and_retag(shop, now).await?;
    let before = shop.store.suggestions(id).await?;
    let standing = Standing::of_people(&shop.store.changes(id).await?, &asked(shop));
    let asked = Asked { standing, ..Asked::new(id, row.due, now) };
    let allotment = allotted(shop, &asked, None).await?.allotment;
    if !shop.store.replan_edition(&row, &allotment.suggestions, &[], now).await? {
        return Ok(Changed::Closed);
    }
    Ok(Changed::Done { before, after: allotment.suggestions, lost: allotment.lost })
}

/// What people would get as of `now`, and `also` even if they do not take part: the plan that waits, if one does, else a plan
/// of its own. Of the story `told` every refusal is kept.
///
/// # Errors
/// See [`PipelineError`].
pub async fn preview(
    shop: &Workshop,
    now: Timestamp,
    also: &[String],
    told: Option<StoryId>,
) -> Result<EditionDraft, PipelineError> {
    let settings = &shop.config.settings;
    let week = |at: Timestamp| EditionId::of(at.to_zoned(settings.time_zone.clone()).date());
    if let Some(row) = shop.store.editions(3).await?.into_iter().find(EditionRow::is_open) {
        let plan = shop.store.suggestions(row.id).await?;
        let mut standing = Standing::as_it_is(&plan, &asked(shop));
        // Who is not in the plan is shown what a plan with them would hold; and what is asked of is judged freely.
        standing.places.retain(|person, places| *places > 0 || !also.contains(person));
        standing.closed = also.iter().all(|person| standing.places.contains_key(person));
        return draft(shop, &Asked { also, told, standing, ..Asked::new(row.id, row.due, now) }).await;
    }
    // Once this week's edition has left, the next one is what people will get.
    let due = match shop.store.edition(week(now)).await? {
        Some(_) => settings.edition.schedule.next_after(now, &settings.time_zone).unwrap_or(now),
        None => now,
    };
    draft(shop, &Asked { also, told, ..Asked::new(week(due), due, now) }).await
}

/// Why what somebody put in the plan did not come to stand there.
fn refused(wanted: &Change, allotment: &Allotment) -> Option<String> {
    let item = match wanted.kind {
        ChangeKind::Pin | ChangeKind::Add => wanted.item,
        ChangeKind::Swap => wanted.other?,
        _ => return None,
    };
    let whom = wanted.ambassador.as_ref()?;
    let lost = allotment.lost.iter().find(|(kept, _)| kept.ambassador == *whom && kept.item == item);
    if let Some((_, why)) = lost {
        return Some(why.clone());
    }
    let stands = allotment.suggestions.iter().find(|own| own.ambassador == *whom && own.item == item);
    let Some(stands) = stands else {
        return Some("another source tells the same story better to this person".to_owned());
    };
    if wanted.slot.is_some_and(|slot| slot != stands.slot) {
        return Some(
            "that half-day is not free: a holiday, an absence, before the letter, or a colleague's".to_owned(),
        );
    }
    (wanted.channel.is_some_and(|channel| channel != stands.channel))
        .then(|| "this person has not opted into that network, or the story rests there".to_owned())
}

/// Records that an edition was missed or given up, so that nobody wonders.
///
/// # Errors
/// When the store fails.
pub async fn skip(
    shop: &Workshop,
    id: EditionId,
    due: Timestamp,
    why: &str,
    now: Timestamp,
) -> Result<(), PipelineError> {
    let plan = EditionPlan { id, due, suggestions: Vec::new(), skipped: Some(why.to_owned()) };
    if !shop.store.record_edition(&plan, now).await? {
        shop.store.skip_edition(id, why).await?;
    }
    Ok(())
}

/// True when a planned edition may be frozen: somebody approved it, or nobody has to.
pub fn may_leave(shop: &Workshop, row: &EditionRow) -> bool {
    row.approved.is_some() || shop.config.settings.edition.unapproved == Unapproved::Send
}

/// How many suggestions each person wants.
fn asked(shop: &Workshop) -> HashMap<String, usize> {
    shop.config.ambassadors.iter().map(|person| (person.id.clone(), person.slots)).collect()
}

/// The key that Message-IDs are made with, drawn once and kept in the store.
pub(super) async fn letter_key(shop: &Workshop) -> Result<[u8; 32], PipelineError> {
    let name = "letter_key";
    if let Some(key) = shop.store.meta(name).await?.and_then(|hex| blake3::Hash::from_hex(hex).ok()) {
        return Ok(*key.as_bytes());
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| PipelineError::Machine(error.to_string()))?;
    shop.store.set_meta(name, &blake3::Hash::from_bytes(key).to_hex()).await?;
    Ok(key)
}
