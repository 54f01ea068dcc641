//! Calendars of the company's pages: asked for or opened, read, and put in the place of what was known.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{ETAG, LAST_MODIFIED};

use crate::collect::calendar::{self, ReadCalendar};
use crate::domain::{Confidentiality, Source};
use crate::net::{Authorization, Request};
use crate::store::SourceState;
use crate::tag::doors::behind_a_door;
use crate::tag::markings::{Marking, marked};
use crate::text::tokens::fold;

use super::harvest::{PollEvent, PollOutcome};
use super::mailbox::{later, usual};
use super::poll::{Round, Taken, begin};
use super::{PipelineError, tokens};

/// Time before a calendar in trouble is asked again.
const TROUBLE: SignedDuration = SignedDuration::from_hours(1);

/// One calendar, from the question to its transaction.
pub(super) async fn poll_calendar(
    round: &Round<'_>,
    source: &Source,
    remembered: Option<&SourceState>,
) -> Result<(PollEvent, Option<SourceState>), PipelineError> {
    let now = round.now;
    let mut state = begin(source, remembered, now);
    state.next_poll = later(now, usual(round.shop, source, now).max(TROUBLE));
    let event = |outcome| PollEvent { source: source.id.clone(), outcome };
    let bytes = match fetch(round, source, &mut state).await {
        Ok(Some(bytes)) => bytes,
        Ok(None) => {
            state.succeed(now);
            return Ok((event(PollOutcome::Unchanged), Some(state)));
        }
        Err((kind, why)) => {
            state.fail(kind, &why);
            return Ok((event(PollOutcome::Failed(why)), Some(state)));
        }
    };
    let (id, zone) = (source.id.clone(), round.shop.config.settings.time_zone.clone());
    let read = round.shop.busy(move || calendar::read(&id, &bytes, &zone, now)).await;
    match read {
        Some(Ok(mut read)) => {
            let closed = leave_out_marked(&mut read, now, &round.shop.config.settings.time_zone);
            state.succeed(now);
            state.last_new = Some(now);
            state.alarm = (!read.repairs.is_empty()).then(|| read.repairs.join("; "));
            // Nothing is wrong with them.
            state.repairs = read.repairs;
            state.repairs.extend(closed);
            round.shop.store.record_calendar(&state, &read.entries).await?;
            Ok((event(Taken::default().outcome()), None))
        }
        failed => {
            let why = match failed {
                Some(Err(why)) => why.to_string(),
                _ => "the reader gave up on it".to_owned(),
            };
            state.fail("malformed", &why);
            // What was read before stays, and what could not be read is not taken for known.
            (state.etag, state.last_modified, state.body_hash) = (None, None, None);

            Ok((event(PollOutcome::Failed(why)), Some(state)))
        }
    }
}

/// Events whose words say that they must not be told, or not yet, are not taken: what they say would stand in the brief,
/// in calendars and behind reasons. A link that is not for everybody is left out alone. Gives what a person should know.
fn leave_out_marked(read: &mut ReadCalendar, now: Timestamp, zone: &TimeZone) -> Option<String> {
    let all = read.entries.len();
    read.entries.retain(|entry| {
        // "Interne" among categories is the company's own network.
        let categories = entry.categories.iter().filter(|name| !["interne", "internal"].contains(&fold(name).as_str()));
        let text = categories.chain([&entry.notes]).map(String::as_str).collect::<Vec<_>>().join("\n\n");
        // A calendar does not say when it was written: an end that names no year is none.
        let sent = Timestamp::UNIX_EPOCH;
        let class = Confidentiality::Shareable;
        let marking = Marking { class, title: &entry.title, text: &text, headers: &[], letter: false, sent };
        marked(&marking, zone).is_none_or(|hold| !hold.in_force(now))
    });
    for entry in &mut read.entries {
        entry.link = entry.link.take().filter(|link| behind_a_door(link).is_none());
    }
    let left_out = read.closed + all - read.entries.len();
    (left_out > 0).then(|| format!("left out, as not for everybody: {left_out} of its events"))
}

/// The bytes of a calendar; `None` when they did not change.
async fn fetch(
    round: &Round<'_>,
    source: &Source,
    state: &mut SourceState,
) -> Result<Option<Vec<u8>>, (String, String)> {
    let bytes = if source.url.starts_with("file:") {
        let path = url::Url::parse(&source.url).ok().and_then(|url| url.to_file_path().ok());
        let path = path.ok_or_else(|| ("address".to_owned(), "the path of this calendar cannot be read".to_owned()))?;
        std::fs::read(&path)
            .map_err(|error| ("folder".to_owned(), format!("{} cannot be read: {error}", path.display())))?
    } else {
        let lately = read_lately(round, state);
        let secret = tokens::authorization(&round.shop.config, &round.shop.web, source)
            .await
            .map_err(|why| ("login".to_owned(), why))?;
        let request = Request {
            etag: state.etag.as_deref().filter(|_| lately),
            last_modified: state.last_modified.as_deref().filter(|_| lately),
            authorization: secret.as_ref().map(|secret| Authorization(secret.expose())),
            ..Request::get(&source.url, "text/calendar, text/plain;q=0.5", source.allow_private)
        };
        let fetched =
            round.shop.web.fetch(request).await.map_err(|error| (error.kind().to_owned(), error.to_string()))?;
        match fetched.status {
            304 => return Ok(None),
            200 => {
                (state.etag, state.last_modified) = (fetched.validator(&ETAG), fetched.validator(&LAST_MODIFIED));
                fetched.body
            }
            status => {
                return Err((format!("http_{status}"), format!("the calendar answers {status}: check its address")));
            }
        }
    };
    let hash = blake3::hash(&bytes).to_hex().to_string();
    // Dates move into the window as days pass: a calendar that did not change is read again once a day.
    if state.body_hash.as_deref() == Some(hash.as_str()) && read_lately(round, state) && state.error.is_none() {
        return Ok(None);
    }
    state.body_hash = Some(hash);
    Ok(Some(bytes))
}

/// True when it was read whole within a day.
fn read_lately(round: &Round<'_>, state: &SourceState) -> bool {
    state.last_new.is_some_and(|at| round.now.duration_since(at) < SignedDuration::from_hours(24))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::CalendarEntry;

    #[test]
    fn events_under_embargo_come_back_when_it_ends() {
        let at = |text: &str| -> Timestamp { text.parse().expect("an instant") };
        let entry = |title: &str, notes: &str| CalendarEntry {
            source: "pages".into(),
            uid: title.into(),
            starts: at("2026-12-05T08:00:00Z"),
            ends: None,
            all_day: false,
            title: title.into(),
            notes: notes.into(),
            link: Some("https://meet.google.com/abc".into()),
            categories: vec!["Interne".into()],
        };
        let kept = |now: &str| {
            let entries = vec![
                entry("Le salon", "Stand 12"),
                entry("[CONFIDENTIEL] Le rachat", ""),
                entry("Le bilan", "Sous embargo jusqu’au 3 décembre 2026, 9 h"),
            ];
            let mut read = ReadCalendar { entries, ..ReadCalendar::default() };
            let told = leave_out_marked(&mut read, at(now), &TimeZone::UTC);
            assert!(told.is_some() && read.entries.iter().all(|entry| entry.link.is_none()));
            read.entries.into_iter().map(|entry| entry.title).collect::<Vec<_>>()
        };
        assert_eq!(kept("2026-12-01T08:00:00Z"), ["Le salon"]);
        assert_eq!(kept("2026-12-03T09:00:00Z"), ["Le salon", "Le bilan"]);
    }
}
