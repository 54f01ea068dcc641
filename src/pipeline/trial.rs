//! A source of the inside tried: what would come from it now, with nothing kept, marked or moved.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::collect::calendar;
use crate::config::Config;
use crate::domain::{DateOrigin, ItemId, Published, RawItem, Source, SourceKind};
use crate::extract::{Context, from_raw};
use crate::mail;
use crate::net::{Authorization, Request, Web};
use crate::tag::confidentiality;

use super::{admission, documents, mailbox, maildir, tokens};

/// Messages and files that a trial looks into.
const LOOKED_INTO: usize = 5;

/// What a trial found.
#[derive(Debug, Clone, Default)]
pub struct Trial {
    /// What would become items.
    pub items: Vec<RawItem>,
    /// What each message or file was taken for, and what is odd.
    pub notes: Vec<String>,
    /// Titles that would be held back, with the reason.
    pub held: Vec<(String, String)>,
}

/// Tries a mailbox, a folder, a library or a calendar.
///
/// # Errors
/// Why nothing can be read there, for the person who looks after it.
pub async fn try_source(config: &Config, web: &Web, source: &Source, now: Timestamp) -> Result<Trial, String> {
    let mut trial = read_now(config, web, source, now).await?;
    let context = Context { source, now, first_poll: true };
    let held = trial.items.iter().filter_map(|raw| {
        let item = from_raw(raw, ItemId(0), context);
        Some((item.title.clone(), confidentiality::hold(&item, &config.settings.time_zone)?.why))
    });
    trial.held = held.collect();
    Ok(trial)
}

async fn read_now(config: &Config, web: &Web, source: &Source, now: Timestamp) -> Result<Trial, String> {
    let zone = &config.settings.time_zone;
    match source.kind {
        SourceKind::Imap => {
            let (mut open, settings) = mailbox::open(config, web, source).await.map_err(|(_, why)| why)?;
            let day = now.checked_sub(SignedDuration::from_hours(24 * i64::from(settings.days))).unwrap_or(now);
            let uids = open.since(day.to_zoned(TimeZone::UTC).date()).await.map_err(|error| error.to_string())?;
            let told = if open.can_idle { "it tells of news by itself" } else { "it is asked on schedule" };
            let mut trial = Trial::default();
            trial.notes.push(format!(
                "{} messages in “{}”, {} of the last {} days; {told}",
                open.exists,
                settings.folder,
                uids.len(),
                settings.days
            ));
            for uid in uids.iter().rev().take(LOOKED_INTO) {
                if let Some(fetched) = open.fetch(*uid).await.map_err(|error| error.to_string())? {
                    read_mail(source, &fetched.bytes, now, zone, &mut trial);
                }
            }
            open.close().await;
            Ok(trial)
        }
        SourceKind::Maildir => {
            let listed = maildir::messages(&path_of(source)?)?;
            let mut trial = Trial::default();
            trial.notes.push(format!("{} messages", listed.len()));
            for (_, _, path) in listed.iter().rev().take(LOOKED_INTO) {
                let fetched = maildir::read_beginning(path).map_err(|error| format!("{}: {error}", path.display()))?;
                read_mail(source, &fetched.bytes, now, zone, &mut trial);
            }
            Ok(trial)
        }
        SourceKind::Calendar => {
            let bytes = if source.url.starts_with("file:") {
                let path = path_of(source)?;
                std::fs::read(&path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?
            } else {
                let secret = tokens::authorization(config, web, source).await?;
                let request = Request {
                    authorization: secret.as_ref().map(|secret| Authorization(secret.expose())),
                    ..Request::get(&source.url, "text/calendar, text/plain;q=0.5", source.allow_private)
                };
                let fetched = web.fetch(request).await.map_err(|error| error.to_string())?;
                if fetched.status != 200 {
                    return Err(format!("the calendar answers {}", fetched.status));
                }
                fetched.body
            };
            let read = calendar::read(&source.id, &bytes, zone, now).map_err(|why| why.to_string())?;
            let item = |entry: crate::domain::CalendarEntry| RawItem {
                title: entry.title,
                link: entry.link,
                published: Some(Published { at: entry.starts, has_hour: !entry.all_day, origin: DateOrigin::Feed }),
                ..RawItem::default()
            };
            Ok(Trial { items: read.entries.into_iter().map(item).collect(), notes: read.repairs, held: Vec::new() })
        }
        _ => {
            let (items, notes) = documents::try_folder(config, source, &path_of(source)?, LOOKED_INTO * 4).await?;
            Ok(Trial { items, notes, held: Vec::new() })
        }
    }
}

fn path_of(source: &Source) -> Result<std::path::PathBuf, String> {
    let path = url::Url::parse(&source.url).ok().and_then(|url| url.to_file_path().ok());
    path.ok_or_else(|| "the path of this source cannot be read".to_owned())
}

fn read_mail(source: &Source, bytes: &[u8], now: Timestamp, zone: &TimeZone, trial: &mut Trial) {
    match mail::read(bytes, &source.letters) {
        Ok(read) => {
            let refused = admission::refused(source, &read);
            let why =
                refused.as_deref().map_or_else(|| format!("{} items", read.items.len()), |why| format!("left: {why}"));
            trial.notes.push(format!("“{}”: {}, {why}", read.message.subject, read.mode.as_str()));
            if let Some(feed) = &read.feed {
                trial.notes.push(format!("this alert is also a feed, the better source: vigie source add {feed}"));
            }
            if refused.is_none() {
                let marked = admission::marking(source, &read, now, zone);
                let raws = read.items.into_iter().map(|item| item.raw);
                trial.items.extend(raws.map(|raw| RawItem { marked: marked.clone(), ..raw }));
            }
        }
        Err(why) => trial.notes.push(format!("a message cannot be read: {why}")),
    }
}
