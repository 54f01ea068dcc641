//! Mailboxes: messages that are new, read in batches, each batch kept with the mark of how far it goes.
//!
//! Whatever stops in the middle, what was kept stays and the rest comes next time: the cursor is written in the
//! transaction of the items it stands for.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::config::accounts::{AfterReading, Login, Mailbox, MailboxTls};
use crate::config::{Account, Config};
use crate::domain::{RawItem, Source, SourceKind};
use crate::extract::identity;
use crate::mail::{self, Mode};
use crate::net::Web;
use crate::net::imap::{self, FetchedMail, MailboxError, Proof, Protection, Server};
use crate::store::{MailRecord, SourceState};

use super::admission::{marking, refused};
use super::harvest::{PollEvent, PollOutcome};
use super::maildir::read_maildir;
use super::poll::{Round, Taken, begin, take};
use super::{PipelineError, Workshop, tokens};

/// Messages kept together.
pub(super) const BATCH: usize = 25;
/// Visits at which a message is asked for that the server will not give.
const TRIES: u8 = 3;
/// Messages taken in at a first visit, at most.
const MOST_AT_FIRST: usize = 500;
/// Time between two visits where nothing says otherwise: servers that can tell of news are waited on.
const USUAL: SignedDuration = SignedDuration::from_mins(15);
/// Time before a refused log-in is tried again: more would lock the account.
const REFUSED: SignedDuration = SignedDuration::from_hours(1);
/// Longest time between two visits of a mailbox in trouble.
const LONGEST: SignedDuration = SignedDuration::from_hours(6);

/// How far a mailbox was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// `UIDVALIDITY` of the folder, or 0 for files.
    validity: u32,
    /// The highest number read.
    uid: u32,
    /// For files: change time of the newest one read, in nanoseconds, and the names of the last minutes before it.
    #[serde(default)]
    pub changed: i64,
    #[serde(default)]
    pub names: Vec<(String, i64)>,
    /// A message that the server would not give, and how often it was asked for.
    #[serde(default)]
    stuck: Option<(u32, u8)>,
    /// Messages that were kept and not yet marked or moved.
    #[serde(default)]
    unmarked: Vec<u32>,
}

/// One message to be read.
pub(super) struct Arrived {
    pub mail: FetchedMail,
    pub uid: u32,
}

/// One mailbox, from the question to the last transaction.
pub(super) async fn poll_mailbox(
    round: &Round<'_>,
    source: &Source,
    remembered: Option<&SourceState>,
) -> Result<(PollEvent, Option<SourceState>), PipelineError> {
    let now = round.now;
    let mut state = begin(source, remembered, now);
    let first_poll = state.is_first_poll();
    let cursor: Cursor = state.cursor.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let mut intake = Intake::new(round, source, first_poll);
    let ended = match source.kind {
        // A server that makes the reader of its answers panic costs its own visit.
        SourceKind::Imap => match AssertUnwindSafe(read_imap(&mut intake, &mut state, cursor)).catch_unwind().await {
            Ok(ended) => ended?,
            Err(_) => {
                Err(("malformed", "the mail server answers what no mail server does: please report it".to_owned()))
            }
        },
        _ => read_maildir(&mut intake, &mut state, cursor).await?,
    };
    let taken = intake.taken;
    let outcome = match ended {
        Ok(()) => {
            state.succeed(now);
            state.next_poll = later(now, usual(round.shop, source, now));
            if taken == Taken::default() { PollOutcome::Unchanged } else { taken.outcome() }
        }
        Err((kind, why)) => {
            state.fail(kind, &why);
            let wait = if kind == "login" { REFUSED } else { USUAL };
            let wait = (wait * i32::try_from(state.failures.min(24)).unwrap_or(24)).min(LONGEST);
            state.next_poll = later(now, wait.max(usual(round.shop, source, now)));
            PollOutcome::Failed(why)
        }
    };
    state.alarm = (!intake.notes.is_empty()).then(|| intake.notes.join("; "));
    Ok((PollEvent { source: source.id.clone(), outcome }, Some(state)))
}

pub(super) fn later(now: Timestamp, wait: SignedDuration) -> Timestamp {
    now.checked_add(wait).unwrap_or(Timestamp::MAX)
}

pub(super) fn usual(shop: &Workshop, source: &Source, now: Timestamp) -> SignedDuration {
    use crate::domain::Cadence;
    match &source.cadence {
        Cadence::Every(every) => SignedDuration::try_from(*every).unwrap_or(USUAL),
        Cadence::Cron(pattern) => crate::config::schedule::Crontab::parse(pattern)
            .ok()
            .and_then(|crontab| crate::config::Schedule::Cron(crontab).next_after(now, &shop.config.settings.time_zone))
            .map_or(USUAL, |next| next.duration_since(now)),
        Cadence::Adaptive => USUAL,
    }
}

pub(super) type Ended = Result<(), (&'static str, String)>;

/// What a mailbox gives, on its way into the store.
pub(super) struct Intake<'a, 'r> {
    round: &'a Round<'r>,
    pub source: &'a Source,
    first_poll: bool,
    taken: Taken,
    /// What a person should know of this visit.
    pub notes: Vec<String>,
}

impl<'a, 'r> Intake<'a, 'r> {
    pub fn new(round: &'a Round<'r>, source: &'a Source, first_poll: bool) -> Self {
        Intake { round, source, first_poll, taken: Taken::default(), notes: Vec::new() }
    }

    /// Reads messages and keeps their items, with the cursor that stands behind them.
    pub async fn take_in(
        &mut self,
        arrived: Vec<Arrived>,
        cursor: &Cursor,
        state: &mut SourceState,
    ) -> Result<(), PipelineError> {
        if arrived.is_empty() {
            return Ok(());
        }
        state.cursor = serde_json::to_string(cursor).ok();
        let (mut raws, mut mails) = (Vec::new(), Vec::new());
        for Arrived { mail, .. } in arrived {
            let (items, record, note) = self.read(mail).await;
            raws.extend(items);
            mails.push(record);
            self.notes.extend(note);
        }
        let taken = take(self.round, self.source, raws, self.first_poll, Some(state), mails).await?;
        self.taken.add(taken);
        Ok(())
    }

    /// Reads one message: its items, what is kept of it, and what a person should know.
    pub async fn read(&self, mail: FetchedMail) -> (Vec<RawItem>, MailRecord, Option<String>) {
        let (shop, source) = (self.round.shop, self.source);
        let (rules, cut) = (source.letters.clone(), mail.cut);
        let hash = blake3::hash(&mail.bytes).to_hex()[..32].to_owned();
        // A message that makes the reader panic costs itself only.
        let (own, now, zone) = (source.clone(), self.round.now, shop.config.settings.time_zone.clone());
        let reading = move || {
            mail::read(&mail.bytes, &rules).map(|read| {
                let marked = marking(&own, &read, now, &zone);
                (read, marked)
            })
        };
        let (read, marked) = match shop.busy(reading).await {
            Some(Ok(read)) => read,
            failed => {
                let why = match failed {
                    Some(Err(why)) => why.to_string(),
                    _ => "the reader gave up on it: please report it".to_owned(),
                };
                let record = self.record(hash, None, "unreadable", why.clone(), Vec::new());
                return (Vec::new(), record, Some(format!("a message was not read: {why}")));
            }
        };
        let note = cut.then(|| {
            format!(
                "“{}” is larger than {} MB: only its beginning was read",
                read.message.subject,
                mail::MAX_BYTES >> 20
            )
        });
        let key = read.message.id.as_deref().map(|id| id.replace('\0', "")).unwrap_or(hash);
        if let Some(why) = refused(source, &read) {
            return (Vec::new(), self.record(key, read.message.date, "refused", why, Vec::new()), note);
        }
        let item = |item: &mail::MailItem| RawItem { opaque: item.opaque, marked: marked.clone(), ..item.raw.clone() };
        let items: Vec<RawItem> = read.items.iter().map(item).collect();
        let keys: Vec<String> = items.iter().map(identity::key).collect();
        if matches!(read.mode, Mode::Bounce | Mode::Complaint | Mode::AutoReply) {
            tracing::info!(source = source.id, mode = read.mode.as_str(), "a machine wrote");
        }
        let says = mail::lineage(&read).to_string();
        let record = self.record(key, read.message.date, read.mode.as_str(), says, keys);
        (items, record, note)
    }

    fn record(&self, key: String, sent: Option<Timestamp>, mode: &str, says: String, items: Vec<String>) -> MailRecord {
        let received = sent.filter(|at| *at <= self.round.now).unwrap_or(self.round.now);
        let says = if says.starts_with('{') { says } else { serde_json::json!({ "why": says }).to_string() };
        MailRecord { source: self.source.id.clone(), key, received, mode: mode.to_owned(), says, items }
    }
}

/// Opens the mailbox of a source.
pub(super) async fn open(
    config: &Config,
    web: &Web,
    source: &Source,
) -> Result<(imap::Mailbox, Mailbox), (&'static str, String)> {
    let Some(Account::Mailbox(mailbox)) = config.accounts.get(&source.id) else {
        return Err(("account", "nothing says how to enter this mailbox".to_owned()));
    };
    let token;
    let password;
    let proof = match &mailbox.login {
        Login::Password(name) => {
            password = name.read(&config.dir).map_err(|why| ("secret", why))?;
            Proof::Password(password.expose())
        }
        other => {
            token = tokens::ask(config, web, other).await.map_err(|why| ("login", why))?;
            Proof::Token(token.expose())
        }
    };
    let authorities =
        match &mailbox.ca_file {
            Some(path) => {
                let path = config.dir.join(path);
                let read = std::fs::read(&path);
                Some(read.map_err(|error| {
                    ("secret", format!("the certificate {} cannot be read: {error}", path.display()))
                })?)
            }
            None => None,
        };
    let server = Server {
        host: &mailbox.host,
        port: mailbox.port,
        protection: match mailbox.tls {
            MailboxTls::Implicit => Protection::Tls,
            MailboxTls::StartTls => Protection::StartTls,
            MailboxTls::None => Protection::None,
        },
        authorities: authorities.as_deref(),
        user: &mailbox.user,
        proof,
        max_bytes: mail::MAX_BYTES,
    };
    let read_only = mailbox.after == AfterReading::Keep;
    let opened = imap::Mailbox::open(server, &mailbox.folder, read_only).await.map_err(in_words)?;
    Ok((opened, mailbox.clone()))
}

fn in_words(error: MailboxError) -> (&'static str, String) {
    (error.kind(), error.to_string())
}

/// How a watch over a mailbox ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watched {
    /// The server does not tell of news.
    NotOffered,
    /// The log-in is refused.
    Refused(String),
    /// It never began.
    Never(String),
    /// It broke off.
    Broke(String),
}

/// Holds a connection to a mailbox and calls `news` whenever its server tells of something, and once as it begins: what
/// came before is nobody's news otherwise. Ends when the connection does.
pub async fn watch_mailbox(shop: &Workshop, source: &Source, news: &(dyn Fn() + Sync)) -> Watched {
    let watching = async {
        let mut open = match open(&shop.config, &shop.web, source).await {
            Ok((open, _)) => open,
            Err(("login" | "secret", why)) => return Watched::Refused(why),
            Err((_, why)) => return Watched::Never(why),
        };
        if !open.can_idle {
            open.close().await;
            return Watched::NotOffered;
        }
        tracing::info!(source = source.id, "waits for news");
        news();
        loop {
            match open.wait().await {
                Ok((again, told)) => {
                    open = again;
                    if told {
                        news();
                    }
                }
                Err(error) => return Watched::Broke(error.to_string()),
            }
        }
    };
    let ended = AssertUnwindSafe(watching).catch_unwind().await;
    ended.unwrap_or_else(|_| Watched::Never("the mail server answers what no mail server does".to_owned()))
}

async fn read_imap(
    intake: &mut Intake<'_, '_>,
    state: &mut SourceState,
    cursor: Cursor,
) -> Result<Ended, PipelineError> {
    let now = intake.round.now;
    let (mut open, settings) = match open(&intake.round.shop.config, &intake.round.shop.web, intake.source).await {
        Ok(opened) => opened,
        Err(why) => return Ok(Err(why)),
    };
    let validity = open.uid_validity;
    let anew = cursor.validity != validity;
    if anew && cursor.validity != 0 {
        intake.notes.push(
            "the server numbered its messages anew: the recent ones were read again, none is kept twice".to_owned(),
        );
    }
    let listed = if anew {
        let day = now.checked_sub(SignedDuration::from_hours(24 * i64::from(settings.days))).unwrap_or(now);
        open.since(day.to_zoned(TimeZone::UTC).date()).await
    } else {
        open.from_number(cursor.uid.saturating_add(1)).await
    };
    let mut uids = match listed {
        Ok(uids) => uids,
        Err(error) => return Ok(Err(in_words(error))),
    };
    if anew {
        uids.drain(..uids.len().saturating_sub(MOST_AT_FIRST));
    }
    // What is older than the first visit is never asked for again.
    let floor = open.uid_next.map_or(0, |next| next.saturating_sub(1));
    let mut reached = Cursor {
        validity,
        uid: if anew { 0 } else { cursor.uid },
        stuck: cursor.stuck.filter(|_| !anew),
        unmarked: if anew { Vec::new() } else { cursor.unmarked },
        ..Cursor::default()
    };
    mark(intake, &mut reached, &mut open, &settings.after).await;
    let mut ended: Ended = Ok(());
    'all: for batch in uids.chunks(BATCH) {
        let mut arrived = Vec::with_capacity(batch.len());
        for uid in batch {
            match open.fetch(*uid).await {
                Ok(Some(mail)) => {
                    reached.uid = *uid;
                    arrived.push(Arrived { mail, uid: *uid });
                }
                Ok(None) => {}
                // One message must not keep the others: after some visits it is left.
                Err(error) => {
                    let tries = reached.stuck.filter(|(stuck, _)| stuck == uid).map_or(0, |(_, tries)| tries) + 1;
                    if tries < TRIES {
                        reached.stuck = Some((*uid, tries));
                    } else {
                        (reached.uid, reached.stuck) = (*uid, None);
                        intake.notes.push(format!("message {uid} was left: {error}"));
                    }
                    ended = Err(in_words(error));
                    break;
                }
            }
            // A batch of large messages is kept in parts.
            if arrived.iter().map(|one| one.mail.bytes.len()).sum::<usize>() > mail::MAX_BYTES {
                keep_and_mark(intake, state, &mut reached, &mut open, &settings.after, std::mem::take(&mut arrived))
                    .await?;
            }
        }
        keep_and_mark(intake, state, &mut reached, &mut open, &settings.after, arrived).await?;
        if ended.is_err() {
            state.cursor = serde_json::to_string(&reached).ok();
            break 'all;
        }
    }
    if ended.is_ok() {
        reached.uid = reached.uid.max(floor);
        state.cursor = serde_json::to_string(&reached).ok();
        open.close().await;
    }
    Ok(ended)
}

/// Keeps what arrived; only then are messages marked or moved.
async fn keep_and_mark(
    intake: &mut Intake<'_, '_>,
    state: &mut SourceState,
    reached: &mut Cursor,
    open: &mut imap::Mailbox,
    after: &AfterReading,
    arrived: Vec<Arrived>,
) -> Result<(), PipelineError> {
    // Kept with the messages: what is not marked now, whatever happens, is marked at the next visit.
    if *after != AfterReading::Keep {
        reached.unmarked.extend(arrived.iter().map(|one| one.uid));
    }
    intake.take_in(arrived, reached, state).await?;
    mark(intake, reached, open, after).await;
    Ok(())
}

/// Marks or moves what was kept, up to the first that the server refuses.
async fn mark(intake: &mut Intake<'_, '_>, reached: &mut Cursor, open: &mut imap::Mailbox, after: &AfterReading) {
    let mut waiting = std::mem::take(&mut reached.unmarked).into_iter();
    while let Some(uid) = waiting.next() {
        let done = match after {
            AfterReading::Keep => return,
            AfterReading::Seen => open.mark_seen(uid).await,
            AfterReading::Move(folder) => open.move_to(uid, folder).await,
        };
        if let Err(error) = done {
            intake.notes.push(format!("messages wait to be marked or moved: {error}"));
            reached.unmarked = std::iter::once(uid).chain(waiting).collect();
            return;
        }
    }
}
