//! Folders of documents and the library: files that are new or changed, read and kept; files that are gone, held back.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::config::Config;
use crate::domain::{Channel, DateOrigin, Hold, Item, Published, RawItem, Source, SourceKind, Waiting};
use crate::extract::document::{self, ClosedText, Document, DocumentError, FileKind};
use crate::extract::identity;
use crate::net::imap::FetchedMail;
use crate::store::SourceState;

use super::PipelineError;
use crate::tag::markings::{self, Marking};

use super::harvest::{PollEvent, PollOutcome};
use super::mailbox::{Intake, later, usual};
use super::poll::{Round, Taken, begin, take};

/// Files read together.
const BATCH: usize = 25;
/// Files of a folder that are looked at, and how deep.
const MOST_FILES: usize = 20_000;
const DEEPEST: usize = 8;
/// Longest time that opening one closed file may take.
const OPENING: Duration = Duration::from_secs(20);
/// Bytes of text taken from one closed file.
const MOST_TEXT: u64 = 8 << 20;
/// Name of the command that opens closed files in a process of its own.
pub const OPENER: &str = "open-document";

/// What was seen of a file: when its text last changed, in nanoseconds, and its length.
type Seen = (i64, u64);

/// Files as last seen, by their path in the folder, and those that could not be read: as seen then, how often it was tried,
/// and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Files {
    seen: BTreeMap<String, Seen>,
    #[serde(default)]
    failed: BTreeMap<String, (Seen, u8, String)>,
}

/// Tries of a file that cannot be read: a machine under load may be why.
const TRIES: u8 = 3;

/// One folder, from the list of its files to the last transaction.
pub(super) async fn poll_folder(
    round: &Round<'_>,
    source: &Source,
    remembered: Option<&SourceState>,
) -> Result<(PollEvent, Option<SourceState>), PipelineError> {
    let now = round.now;
    let mut state = begin(source, remembered, now);
    let first_poll = state.is_first_poll();
    state.next_poll = later(now, usual(round.shop, source, now));
    let known: Files = state.cursor.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let listed = match url::Url::parse(&source.url).ok().and_then(|url| url.to_file_path().ok()) {
        Some(path) => tokio::task::spawn_blocking(move || list(&path))
            .await
            .unwrap_or_else(|_| Err("the folder cannot be read".to_owned())),
        None => Err("the path of this source cannot be read".to_owned()),
    };
    let (root, files) = match listed {
        Ok(listed) => listed,
        Err(why) => {
            state.fail("folder", &why);
            return Ok((PollEvent { source: source.id.clone(), outcome: PollOutcome::Failed(why) }, Some(state)));
        }
    };
    let given_up = |name: &str, seen: &Seen| {
        known.failed.get(name).is_some_and(|(then, tries, _)| then == seen && *tries >= TRIES)
    };
    let changed: Vec<&String> = files
        .seen
        .iter()
        .filter(|(name, seen)| known.seen.get(*name) != Some(seen) && !given_up(name, seen))
        .map(|(name, _)| name)
        .collect();
    let mut gone: Vec<String> =
        known.seen.keys().filter(|name| !files.seen.contains_key(*name)).map(|name| key_of(name)).collect();
    let mut reached = known.clone();
    reached.seen.retain(|name, _| files.seen.contains_key(name));
    reached.failed.retain(|name, _| files.seen.contains_key(name));
    let mut notes = Vec::new();
    let zone = zone_of(&round.shop.config, source);
    let mut taken = Taken::default();
    for batch in changed.chunks(BATCH) {
        let (mut raws, mut mails) = (Vec::new(), Vec::new());
        for name in batch {
            let Some(seen) = files.seen.get(*name) else { continue };
            match open_file(&round.shop.config, source, &root, name).await {
                Ok(Opened::Document(document)) => {
                    notes.extend(unknown_channels(&document).map(|what| format!("{name}: {what}")));
                    raws.push(raw_of(source, name, *document, &zone));
                }
                Ok(Opened::Mail(mail)) => {
                    let intake = Intake::new(round, source, first_poll);
                    let (items, record, note) = intake.read(mail).await;
                    raws.extend(items);
                    mails.push(record);
                    notes.extend(note);
                }
                Err(why) => {
                    let tries =
                        reached.failed.get(*name).filter(|(then, ..)| then == seen).map_or(0, |(_, tries, _)| *tries);
                    reached.failed.insert((*name).clone(), (*seen, tries + 1, why));
                    // What stood in it before may no longer be true.
                    gone.push(key_of(name));
                    continue;
                }
            }
            reached.failed.remove(*name);
            reached.seen.insert((*name).clone(), *seen);
        }
        let keys: Vec<String> = raws.iter().map(identity::key).collect();
        let back = hold_gone(round, source, &keys, false).await?;
        state.cursor = serde_json::to_string(&reached).ok();
        let mut part = take(round, source, raws, first_poll, Some(&mut state), mails).await?;
        part.add_revised(back);
        taken.add(part);
    }
    let mut away = Taken::default();
    away.add_revised(hold_gone(round, source, &gone, true).await?);
    taken.add(away);
    state.succeed(now);
    state.cursor = serde_json::to_string(&reached).ok();
    notes.extend(reached.failed.iter().map(|(name, (_, _, why))| format!("{name}: {why}")));
    state.alarm = (!notes.is_empty()).then(|| {
        let more = notes.len().saturating_sub(5);
        notes.truncate(5);
        if more > 0 { format!("{}; and {more} more", notes.join("; ")) } else { notes.join("; ") }
    });
    let outcome = if taken == Taken::default() { PollOutcome::Unchanged } else { taken.outcome() };
    Ok((PollEvent { source: source.id.clone(), outcome }, Some(state)))
}

/// Identity of a file's item.
fn key_of(name: &str) -> String {
    format!("id:file:{name}")
}

/// Holds back items whose files are gone; lets those go whose files are there again.
async fn hold_gone(round: &Round<'_>, source: &Source, keys: &[String], gone: bool) -> Result<usize, PipelineError> {
    let known = round.shop.store.known(&source.id, keys).await?;
    // An item of another source that stands at the same address is not ours to hold.
    let ids: Vec<_> = known.values().filter(|known| known.source == source.id).map(|known| known.id).collect();
    let mut writes = Vec::new();
    for record in round.shop.store.items(&ids).await? {
        let waits = record.item.waiting == Some(Waiting::Gone);
        if waits == gone {
            continue;
        }
        let item = Item { waiting: gone.then_some(Waiting::Gone), ..record.item };
        writes.push(round.judges.judge(item, record.fingerprint).write);
    }
    round.shop.store.revise(&writes, round.now).await?;
    Ok(writes.len())
}

/// The files of a folder that can be read, links to elsewhere left out.
fn list(root: &Path) -> Result<(PathBuf, Files), String> {
    let mut files = Files::default();
    let mut folders = vec![(root.to_path_buf(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if depth == 0 => return Err(format!("the folder {} cannot be read: {error}", folder.display())),
            Err(_) => continue,
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(about) = std::fs::symlink_metadata(&path) else { continue };
            let Ok(name) = path.strip_prefix(root).map(|name| name.to_string_lossy().into_owned()) else { continue };
            let hidden = entry.file_name().to_string_lossy().starts_with(['.', '~']);
            if hidden {
                continue;
            }
            if about.is_dir() && depth < DEEPEST {
                folders.push((path, depth + 1));
            } else if about.is_file() && FileKind::of(&name).is_some() && files.seen.len() < MOST_FILES {
                files.seen.insert(
                    name,
                    (about.mtime().saturating_mul(1_000_000_000).saturating_add(about.mtime_nsec()), about.size()),
                );
            }
        }
    }
    Ok((root.to_path_buf(), files))
}

enum Opened {
    Document(Box<Document>),
    Mail(FetchedMail),
}

/// Reads the newest files of a folder, keeping nothing: what would become items, and what is odd.
pub(super) async fn try_folder(
    config: &Config,
    source: &Source,
    root: &Path,
    most: usize,
) -> Result<(Vec<RawItem>, Vec<String>), String> {
    let (root, files) = list(root)?;
    let mut newest: Vec<(&String, &Seen)> = files.seen.iter().collect();
    newest.sort_by(|one, other| other.1.cmp(one.1));
    let (mut items, mut notes) = (Vec::new(), vec![format!("{} files that can be read", files.seen.len())]);
    for (name, _) in newest.into_iter().take(most) {
        match open_file(config, source, &root, name).await {
            Ok(Opened::Document(document)) => {
                notes.extend(unknown_channels(&document).map(|what| format!("{name}: {what}")));
                items.push(raw_of(source, name, *document, &config.settings.time_zone));
            }
            Ok(Opened::Mail(mail)) => match crate::mail::read(&mail.bytes, &source.letters) {
                Ok(read) => items.extend(read.items.into_iter().map(|item| item.raw)),
                Err(why) => notes.push(format!("{name}: {why}")),
            },
            Err(why) => notes.push(format!("{name}: {why}")),
        }
    }
    Ok((items, notes))
}

async fn open_file(config: &Config, source: &Source, root: &Path, name: &str) -> Result<Opened, String> {
    let path = root.join(name);
    let about = std::fs::metadata(&path).map_err(|error| error.to_string())?;
    if about.len() > document::MAX_BYTES as u64 {
        return Err(DocumentError::TooLarge.to_string());
    }
    let bytes = tokio::fs::read(&path).await.map_err(|error| error.to_string())?;
    let kind = FileKind::of(name).ok_or_else(|| "it is of no kind that is read".to_owned())?;
    if kind == FileKind::Mail {
        return Ok(Opened::Mail(FetchedMail { bytes, cut: false }));
    }
    let zone = zone_of(config, source);
    let read = if kind == FileKind::Closed {
        let closed = open_closed(&bytes).await?;
        document::of_closed(closed)
    } else {
        // A file that makes a reader panic costs itself only.
        let read = tokio::task::spawn_blocking(move || document::read(kind, &bytes, &zone)).await;
        read.map_err(|_| "the reader gave up on it".to_owned())?
    };
    read.map(|document| Opened::Document(Box::new(document))).map_err(|why| why.to_string())
}

fn zone_of(config: &Config, source: &Source) -> jiff::tz::TimeZone {
    let own = source.time_zone.as_deref().and_then(|name| jiff::tz::TimeZone::get(name).ok());
    own.unwrap_or_else(|| config.settings.time_zone.clone())
}

/// Opens a PDF or DOCX in a process of its own, which may die of it.
async fn open_closed(bytes: &[u8]) -> Result<ClosedText, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut child = tokio::process::Command::new(program)
        .arg(OPENER)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| format!("no process can be started for it: {error}"))?;
    let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
    let (Some(mut stdin), Some(stdout)) = (stdin, stdout) else {
        return Err("no process can be started for it".to_owned());
    };
    let talk = async {
        let write = async {
            // A process that died of it reads no further.
            let _ = stdin.write_all(bytes).await;
            drop(stdin);
        };
        let mut answer = Vec::new();
        let mut stdout = stdout.take(MOST_TEXT);
        let ((), read) = tokio::join!(write, stdout.read_to_end(&mut answer));
        read.map(|_| answer)
    };
    let answer = tokio::time::timeout(OPENING, talk)
        .await
        .map_err(|_| format!("it took more than {} s to open", OPENING.as_secs()))?
        .map_err(|error| error.to_string())?;
    let said: Result<Result<ClosedText, String>, _> = serde_json::from_slice(&answer);
    said.unwrap_or_else(|_| Err("it cannot be read: its reader died of it".to_owned()))
}

/// Channels of a document's angles that nobody can be sent to: such an angle would never be used.
fn unknown_channels(document: &Document) -> impl Iterator<Item = String> {
    let named = document.library.angles.iter().filter_map(|(channel, _)| channel.as_deref());
    let unknown: BTreeSet<String> =
        named.filter(|name| Channel::from_word(&name.to_lowercase()).is_none()).map(str::to_owned).collect();
    let known = Channel::ALL.map(Channel::as_str).join(", ");
    unknown.into_iter().map(move |name| format!("there is no channel “{name}” for an angle; known: {known}"))
}

fn raw_of(source: &Source, name: &str, document: Document, zone: &jiff::tz::TimeZone) -> RawItem {
    let around = document.around.iter().fold(None, |found, text| {
        let sent = document.date.map_or(Timestamp::MIN, |(at, _)| at);
        let marking = Marking { class: source.confidentiality, title: "", text, headers: &[], letter: false, sent };
        Hold::both(found, markings::marked(&marking, zone))
    });
    let marked = Hold::both(document.held, around);
    let title = document.title.unwrap_or_else(|| {
        let bare = name.rsplit('/').next().unwrap_or(name);
        bare.rsplit_once('.').map_or(bare, |(stem, _)| stem).replace(['-', '_'], " ")
    });
    RawItem {
        guid: Some(format!("file:{name}")),
        link: document.link,
        title,
        authors: document.authors,
        categories: document.tags,
        published: document.date.map(|(at, has_hour)| Published { at, has_hour, origin: DateOrigin::Feed }),
        content: Some(document.html),
        language: document.language,
        marked,
        library: (source.kind == SourceKind::Library).then_some(document.library),
        ..RawItem::default()
    }
}
