//! Mails to the lead: the brief of the Monday meeting, and the editions that nobody has approved yet.

use jiff::{SignedDuration, Timestamp};

use crate::config::Unapproved;
use crate::deliver::{MessageParts, build, domain_of, message_id};
use crate::digest::notice::{self, Waiting};
use crate::digest::{Rendered, Templates, brief as pages};
use crate::domain::EditionId;
use crate::store::{EditionRow, MailKind, PlannedLetter};
use crate::text::typography::{set, short_slot, shorten};

use super::brief::proposals;
use super::plan::letter_key;
use super::{PipelineError, Workshop, brief};

/// How long before the letters leave somebody is called.
const CALLS: [(MailKind, SignedDuration); 2] =
    [(MailKind::HoursBefore, SignedDuration::from_hours(2)), (MailKind::DayBefore, SignedDuration::from_hours(24))];
/// Rows of the plan in such a call, and characters of their titles.
const PLAN_ROWS: usize = 12;
const TITLE: usize = 80;
/// How late a brief is still worth sending.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// Puts in the outbox what is due for the lead, each once. Gives what was put there.
///
/// # Errors
/// See [`PipelineError`].
pub async fn tell_lead(shop: &Workshop, since: Timestamp, now: Timestamp) -> Result<Vec<MailKind>, PipelineError> {
    let settings = &shop.config.settings;
    let Some(lead) = settings.lead.as_deref() else { return Ok(Vec::new()) };
    let mut told = Vec::new();
    let waiting = shop.store.editions(3).await?;
    for row in waiting.iter().filter(|row| row.is_open() && row.approved.is_none() && row.due > now) {
        let Some((kind, _)) = CALLS.into_iter().find(|(_, before)| row.due.duration_since(now) <= *before) else {
            continue;
        };
        if call(shop, lead, row, kind, now).await? {
            told.push(kind);
        }
    }
    let due = settings.edition.brief.last_until(now, &settings.time_zone);
    if let Some(at) = due.filter(|at| *at >= since && now.duration_since(*at) < LATE) {
        let week = EditionId::of(at.to_zoned(settings.time_zone.clone()).date());
        if !shop.store.is_posted(week, MailKind::Brief, lead).await? && mail_brief(shop, lead, week, now).await? {
            told.push(MailKind::Brief);
        }
    }
    Ok(told)
}

async fn call(
    shop: &Workshop,
    lead: &str,
    row: &EditionRow,
    kind: MailKind,
    now: Timestamp,
) -> Result<bool, PipelineError> {
    if shop.store.is_posted(row.id, kind, lead).await? {
        return Ok(false);
    }
    let settings = &shop.config.settings;
    let suggestions = shop.store.suggestions(row.id).await?;
    let mut people: Vec<&str> = suggestions.iter().map(|suggestion| suggestion.ambassador.as_str()).collect();
    people.sort_unstable();
    people.dedup();
    let told = proposals(shop, &suggestions).await?.into_iter().take(PLAN_ROWS);
    let plan = told.map(|one| {
        [one.who, short_slot(one.slot, settings.language), set(&shorten(&one.title, TITLE), settings.language)]
    });
    let plan = plan.collect();
    let view = notice::compose(&Waiting {
        language: settings.language,
        organisation: &settings.organisation,
        edition: row.id,
        leaves: row.due,
        leaves_anyway: settings.edition.unapproved == Unapproved::Send,
        people: people.len(),
        suggestions: suggestions.len(),
        plan,
        zone: &settings.time_zone,
    });
    let rendered = templates(shop)?.render_notice(&view)?;
    post(shop, lead, row.id, kind, &view.subject, &rendered, now).await
}

async fn mail_brief(shop: &Workshop, lead: &str, week: EditionId, now: Timestamp) -> Result<bool, PipelineError> {
    let mut view = pages::compose(&brief(shop, now).await?);
    let rendered = templates(shop)?.mail_brief(&mut view)?;
    post(shop, lead, week, MailKind::Brief, &view.subject(), &rendered, now).await
}

fn templates(shop: &Workshop) -> Result<Templates, PipelineError> {
    Ok(Templates::load(Some(&shop.config.dir.join("templates")))?)
}

async fn post(
    shop: &Workshop,
    lead: &str,
    edition: EditionId,
    kind: MailKind,
    subject: &str,
    rendered: &Rendered,
    now: Timestamp,
) -> Result<bool, PipelineError> {
    let settings = &shop.config.settings;
    let who = format!("{} {lead}", kind.as_str());
    let message_id = message_id(edition, &who, &letter_key(shop).await?, &domain_of(&settings.mail.from));
    let built = build(&MessageParts {
        from: &settings.mail.from,
        reply_to: settings.mail.reply_to.as_deref(),
        to_name: "",
        to_address: lead,
        subject,
        text: &rendered.text,
        html: &rendered.html,
        language: settings.language,
        message_id: &message_id,
        list: &settings.organisation,
        date: now,
    });
    let message = match built {
        Ok(message) => message,
        Err(error) => {
            tracing::error!(%edition, "the lead cannot be written to: {error}");
            return Ok(false);
        }
    };
    let letter = PlannedLetter {
        kind,
        ambassador: lead.to_owned(),
        address: lead.to_owned(),
        message_id,
        subject: subject.to_owned(),
        message,
        html: rendered.html.clone(),
        leaves: now,
        skipped: None,
    };
    Ok(shop.store.post(edition, &letter, now).await?)
}
