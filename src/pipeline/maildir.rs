//! Maildirs and folders of saved messages: what changed since the last visit, by name where time alone cannot tell.

use std::collections::HashSet;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::mail;
use crate::net::imap::FetchedMail;
use crate::store::SourceState;

use super::PipelineError;
use super::mailbox::{Arrived, BATCH, Cursor, Ended, Intake};

/// Nanoseconds before the newest file read within which names are remembered: ten minutes.
const SLACK: i64 = 600_000_000_000;

/// Reads what is new in a folder and keeps it.
pub(super) async fn read_maildir(
    intake: &mut Intake<'_, '_>,
    state: &mut SourceState,
    cursor: Cursor,
) -> Result<Ended, PipelineError> {
    let Some(path) = url::Url::parse(&intake.source.url).ok().and_then(|url| url.to_file_path().ok()) else {
        return Ok(Err(("address", "the path of this source cannot be read".to_owned())));
    };
    let listed = match messages(&path) {
        Ok(listed) => listed,
        Err(why) => return Ok(Err(("folder", why))),
    };
    // What changed while a list was made may be missing from it: the last minutes are looked at by name.
    let since = cursor.changed.saturating_sub(SLACK);
    let known: HashSet<&str> = cursor.names.iter().map(|(name, _)| name.as_str()).collect();
    let new: Vec<(i64, String, PathBuf)> =
        listed.into_iter().filter(|(changed, name, _)| *changed >= since && !known.contains(name.as_str())).collect();
    let mut reached = cursor.clone();
    for batch in new.chunks(BATCH) {
        let mut arrived = Vec::with_capacity(batch.len());
        for (changed, name, path) in batch {
            match read_beginning(path) {
                Ok(mail) => {
                    reached.changed = reached.changed.max(*changed);
                    reached.names.push((name.clone(), *changed));
                    arrived.push(Arrived { mail, uid: 0 });
                }
                // Moved by its reader between the list and now: it is in the next list.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => intake.notes.push(format!("{}: {error}", path.display())),
            }
        }
        let oldest = reached.changed.saturating_sub(SLACK);
        reached.names.retain(|(_, changed)| *changed >= oldest);
        intake.take_in(arrived, &reached, state).await?;
    }
    state.cursor = serde_json::to_string(&reached).ok();
    Ok(Ok(()))
}

/// The messages of a maildir (`new` and `cur`), or the files `.eml` of a folder, by the time they last changed.
pub(super) fn messages(path: &Path) -> Result<Vec<(i64, String, PathBuf)>, String> {
    let is_maildir = path.join("cur").is_dir() || path.join("new").is_dir();
    let folders = if is_maildir { vec![path.join("new"), path.join("cur")] } else { vec![path.to_path_buf()] };
    let mut found = Vec::new();
    for folder in folders {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if is_maildir && error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(format!("the folder {} cannot be read: {error}", folder.display())),
        };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let wanted = is_maildir || Path::new(&name).extension().is_some_and(|end| end.eq_ignore_ascii_case("eml"));
            let Ok(about) = std::fs::symlink_metadata(entry.path()) else { continue };
            if about.is_file() && wanted && !name.starts_with('.') {
                let changed = about.ctime().saturating_mul(1_000_000_000).saturating_add(about.ctime_nsec());
                // Flags behind the colon change; the message does not.
                let bare = name.split(':').next().unwrap_or(&name).to_owned();
                found.push((changed, bare, entry.path()));
            }
        }
    }
    found.sort();
    Ok(found)
}

pub(super) fn read_beginning(path: &Path) -> std::io::Result<FetchedMail> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(mail::MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    let cut = bytes.len() > mail::MAX_BYTES;
    bytes.truncate(mail::MAX_BYTES);
    Ok(FetchedMail { bytes, cut })
}
