//! The outbox emptied: one letter at a time, its state on disk before and after (S2, S3).

use std::path::{Component, Path, PathBuf};

use jiff::Timestamp;

use crate::allot::is_away_all_week;
use crate::config::Transport;
use crate::deliver::{Fate, Relay, next_state, stale_after, write_files};
use crate::digest::date_text;
use crate::domain::{Confidentiality, ExclusionScope, Language, LetterState, OnUnknown, Perishability};
use crate::store::{Attempt, MailKind, OutboxLetter};
use crate::tag::{confidentiality, perishability};

use super::{PipelineError, Workshop, with_class_in_force};

/// Days after a letter was written in which the dates lie that it may tell.
const COMING_DAYS: i64 = 30;

/// What a pass over the outbox came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeliveryReport {
    /// Accepted, with the answer.
    pub sent: Vec<(String, String)>,
    /// To be tried again, with the reason.
    pub deferred: Vec<(String, String)>,
    /// Refused for good or too old, with the reason.
    pub failed: Vec<(String, String)>,
    /// Withdrawn before a try, with the reason.
    pub withdrawn: Vec<(String, String)>,
    /// Nobody knows, with the reason.
    pub unknown: Vec<(String, String)>,
    /// Why the pass stopped before its end, if it did.
    pub stopped: Option<String>,
}

impl DeliveryReport {
    fn note(&mut self, state: LetterState, ambassador: &str, why: String) {
        let list = match state {
            LetterState::Sent => &mut self.sent,
            LetterState::Failed => &mut self.failed,
            LetterState::Unknown => &mut self.unknown,
            _ => &mut self.deferred,
        };
        list.push((ambassador.to_owned(), why));
    }
}

/// Letters whose try never ended (the program was stopped in the middle): their fate is unknown and follows
/// `on_unknown`. To be called once, before the first pass, under the lock of the data folder.
///
/// # Errors
/// When the store fails.
pub async fn recover_attempts(shop: &Workshop, now: Timestamp) -> Result<usize, PipelineError> {
    let mut halfway = shop.store.letters_in(LetterState::Attempting).await?;
    // Held ones go on as soon as the admin decides to send again.
    if shop.config.settings.mail.on_unknown == OnUnknown::Resend {
        halfway.extend(shop.store.letters_in(LetterState::Unknown).await?);
    }
    for letter in &halfway {
        let fate = Fate::Unknown("the program stopped in the middle of a try".into());
        record(shop, letter, letter.attempts, &fate, now).await?;
    }
    Ok(halfway.len())
}

/// Tries every letter that is due. `clock` gives the instant of each step; `stop` is asked between two letters.
///
/// # Errors
/// When the store fails (nothing more is sent then), or the relay cannot be prepared.
pub async fn deliver(
    shop: &Workshop,
    clock: &(dyn Fn() -> Timestamp + Sync),
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<DeliveryReport, PipelineError> {
    let mut report = DeliveryReport::default();
    let due = shop.store.due_letters(clock()).await?;
    if due.is_empty() {
        return Ok(report);
    }
    let mut way = Way::prepare(shop)?;
    for letter in due {
        if stop() {
            break;
        }
        let now = clock();
        if now >= stale_after(letter.leaves) {
            let why = "too old to be worth sending (48 hours)".to_owned();
            end(shop, &letter, LetterState::Failed, &why, now, now).await?;
            report.note(LetterState::Failed, &letter.ambassador, why);
            continue;
        }
        if let Some(why) = must_not_leave(shop, &letter, now).await? {
            shop.store.withdraw(&letter, &why, now).await?;
            tracing::warn!(edition = %letter.edition, ambassador = letter.ambassador, "letter withdrawn: {why}");
            report.withdrawn.push((letter.ambassador.clone(), why));
            continue;
        }
        if !shop.store.begin_attempt(letter.id, now).await? {
            continue;
        }
        let fate = way.send(&letter, &address(shop, &letter)).await;
        let (state, why) = record(shop, &letter, letter.attempts + 1, &fate, clock()).await?;
        report.note(state, &letter.ambassador, why.clone());
        if let Fate::Closed(_) = fate {
            report.stopped = Some(why);
            break;
        }
    }
    way.close().await;
    Ok(report)
}

/// What changed since a mail was written and forbids it: the person left or is away, something in it may no longer leave or
/// is no longer for them, an edition that waited was approved meanwhile.
async fn must_not_leave(
    shop: &Workshop,
    letter: &OutboxLetter,
    now: Timestamp,
) -> Result<Option<String>, PipelineError> {
    let settings = &shop.config.settings;
    if letter.kind != MailKind::Letter {
        if settings.lead.as_deref() != Some(letter.ambassador.as_str()) {
            return Ok(Some("this address is no longer the lead's".to_owned()));
        }
        let row = shop.store.edition(letter.edition).await?;
        let waits = row.is_some_and(|row| row.is_open() && row.approved.is_none());
        return Ok((letter.kind != MailKind::Brief && !waits).then(|| "the edition waits no longer".to_owned()));
    }
    let person = shop.config.ambassador(&letter.ambassador).filter(|person| person.enabled);
    let Some(person) = person else {
        return Ok(Some("this person no longer takes part".to_owned()));
    };
    if !shop.store.takes_part(&letter.ambassador).await? {
        return Ok(Some("this person no longer takes part".to_owned()));
    }
    let today = now.to_zoned(settings.time_zone.clone()).date();
    if is_away_all_week(person, today, &settings.holidays) {
        return Ok(Some("away all week".to_owned()));
    }
    let own = shop.store.suggested_items(letter.edition, &letter.ambassador).await?;
    let library = shop.store.library().await?;
    let declined = shop.store.declined_by(&letter.ambassador).await?;
    for record in shop.store.items(&own).await? {
        let (title, tags) = (record.item.title.clone(), &record.tags);
        let no = |why: &str| Ok(Some(format!("“{title}” may no longer leave: {why}")));
        let entry = library.get(&record.item.id);
        if entry.and_then(|entry| entry.expires).is_some_and(|at| at <= now) {
            return no("the library says that its time is over");
        }
        if matches!(perishability(&record.item, entry, &settings.time_zone), Perishability::Dated(last) if last < today)
        {
            return no("its date has passed");
        }
        if let Some(hit) = tags.exclusion(ExclusionScope::NeverSuggest) {
            return no(&format!("excluded by “{}”", hit.rule));
        }
        if tags.topics.iter().any(|found| person.not_me.contains(&found.topic)) {
            return no("it is on a topic that this person never wants");
        }
        if declined.contains(&record.item.id) {
            return no("this person said that it is not for them");
        }
        if let Err(why) = confidentiality::shareable(with_class_in_force(shop, record.item), now) {
            return no(&why);
        }
    }
    if let Some(title) = date_taken_inside(shop, letter, person.language).await? {
        return Ok(Some(format!("“{title}” may no longer leave: its calendar is internal now")));
    }
    let own = shop.store.own_articles(letter.edition, &letter.ambassador).await?;
    for record in shop.store.items(&own).await? {
        let title = record.item.title.clone();
        if let Err(why) = confidentiality::shareable(with_class_in_force(shop, record.item), now) {
            return Ok(Some(format!("“{title}” may no longer leave: {why}")));
        }
    }
    Ok(None)
}

/// A date told in a letter that only calendars of the inside hold by now.
async fn date_taken_inside(
    shop: &Workshop,
    letter: &OutboxLetter,
    language: Language,
) -> Result<Option<String>, PipelineError> {
    let days = |days: i64| jiff::SignedDuration::from_hours(24 * days);
    let from = letter.created.checked_sub(days(1)).unwrap_or(letter.created);
    let to = letter.created.checked_add(days(COMING_DAYS)).unwrap_or(letter.created);
    let entries = shop.store.calendar(from, to).await?;
    let (open, inside): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| {
        shop.config.source(&entry.source).is_some_and(|source| source.confidentiality != Confidentiality::Internal)
    });
    let told = |title: &str| {
        let text = date_text(title, language).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        letter.html.contains(&format!(">{text}<"))
    };
    let taken = inside.into_iter().filter(|entry| open.iter().all(|other| other.title != entry.title));
    Ok(taken.map(|entry| entry.title).find(|title| told(title)))
}

/// The person's address as configured now: it may have changed since the letter was written.
fn address(shop: &Workshop, letter: &OutboxLetter) -> String {
    shop.config.ambassador(&letter.ambassador).map_or_else(|| letter.address.clone(), |person| person.email.clone())
}

async fn record(
    shop: &Workshop,
    letter: &OutboxLetter,
    attempts: u32,
    fate: &Fate,
    now: Timestamp,
) -> Result<(LetterState, String), PipelineError> {
    let (state, why, next) = next_state(fate, attempts, letter.leaves, shop.config.settings.mail.on_unknown, now);
    end(shop, letter, state, &why, next, now).await?;
    let (edition, ambassador, state_word) = (letter.edition, letter.ambassador.as_str(), state.as_str());
    tracing::info!(%edition, ambassador, state = state_word, message_id = letter.message_id, "letter tried: {why}");
    Ok((state, why))
}

async fn end(
    shop: &Workshop,
    letter: &OutboxLetter,
    state: LetterState,
    why: &str,
    next_try: Timestamp,
    now: Timestamp,
) -> Result<(), PipelineError> {
    let attempt = Attempt { state, reply: why.to_owned(), next_try };
    // A disk that is full for a moment must not make a sent letter look unsent: the record is tried until it holds.
    let mut waited = 0;
    loop {
        match shop.store.end_attempt(letter.id, &attempt, now).await {
            Ok(()) => return Ok(()),
            Err(crate::store::StoreError::Full | crate::store::StoreError::Busy) if waited < 5 => {
                waited += 1;
                tokio::time::sleep(std::time::Duration::from_secs(2)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The path without `..` where that is plain, so that people can read it in a log.
fn plain_path(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// How letters leave, prepared for one pass.
enum Way {
    Folder(PathBuf),
    Smtp { relay: Box<Relay>, sender: String },
}

impl Way {
    fn prepare(shop: &Workshop) -> Result<Self, PipelineError> {
        let mail = &shop.config.settings.mail;
        match &mail.transport {
            Transport::Folder(folder) => Ok(Way::Folder(plain_path(&shop.data.join(folder)))),
            Transport::Smtp { host, port, tls, login, ca_file } => {
                let login = match login {
                    Some((user, secret)) => {
                        Some((user.clone(), secret.read(&shop.config.dir).map_err(PipelineError::Secret)?))
                    }
                    None => None,
                };
                let authority = match ca_file {
                    Some(path) => {
                        let path = shop.config.dir.join(path);
                        let wrong =
                            |error| PipelineError::Secret(format!("{} cannot be read: {error}", path.display()));
                        Some(std::fs::read_to_string(&path).map_err(wrong)?)
                    }
                    None => None,
                };
                let relay = Relay::new(host, *port, *tls, login, authority.as_deref())?;
                let sender = mail.from.parse::<lettre::message::Mailbox>();
                let sender = sender.map_or_else(|_| mail.from.clone(), |mailbox| mailbox.email.to_string());
                Ok(Way::Smtp { relay: Box::new(relay), sender })
            }
        }
    }

    async fn send(&mut self, letter: &OutboxLetter, address: &str) -> Fate {
        match self {
            Way::Folder(folder) => {
                let folder = folder.join(letter.edition.to_string());
                let name = match letter.kind {
                    MailKind::Letter => letter.ambassador.as_str(),
                    other => other.as_str(),
                };
                write_files(&folder, name, &letter.message, &letter.html)
            }
            Way::Smtp { relay, sender } => relay.send(sender, address, &letter.message).await,
        }
    }

    async fn close(self) {
        if let Way::Smtp { mut relay, .. } = self {
            relay.close().await;
        }
    }
}
