//! One poll of one source, judged: the answer of the server and what was remembered give items, a new state and a
//! verdict. Fetching itself happens in the pipeline.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use reqwest::header;

use crate::domain::{Cadence, Source};
use crate::net::{FetchError, Fetched, Request};

use super::feed::{ReadFeed, read_feed};
use super::rhythm::{Manners, after_failure, after_success};

/// What a poll came to.
#[derive(Debug)]
pub enum Verdict {
    /// The feed, read.
    Items(Box<ReadFeed>),
    /// Nothing changed: 304, or the same bytes.
    Unchanged,
    /// It failed, with a kind and a sentence that says what to do.
    Failed {
        /// One word.
        kind: String,
        /// For the person who looks after the source.
        message: String,
    },
    /// 410: it will not be asked again until the configuration changes.
    Gone,
}

/// A poll, judged.
#[derive(Debug)]
pub struct Polled {
    /// What it came to.
    pub verdict: Verdict,
    /// When to ask again.
    pub next_poll: Timestamp,
    /// Validators to remember: `None` keeps the old ones.
    pub validators: Option<(Option<String>, Option<String>)>,
    /// Hash of the body, when there was one.
    pub body_hash: Option<String>,
    /// Where it has moved for good.
    pub moved_to: Option<String>,
}

/// What is asked of a source, given the validators remembered for this very address.
pub fn request<'a>(source: &'a Source, validators: Option<(Option<&'a str>, Option<&'a str>)>) -> Request<'a> {
    let (etag, last_modified) = validators.unwrap_or((None, None));
    Request {
        url: &source.url,
        accept: "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
        etag,
        last_modified,
        allow_private: source.allow_private,
    }
}

/// Judges an answer. `failures` counts those in a row before this one, `old_hash` is that of the last body read,
/// `zone` serves for dates without zone.
pub fn judge(
    source: &Source,
    answer: Result<Fetched, FetchError>,
    failures: u32,
    old_hash: Option<&str>,
    zone: &TimeZone,
    now: Timestamp,
) -> Polled {
    let cadence = match source.cadence {
        Cadence::Every(every) => every,
        // A pattern says itself when to ask; this is the least wait and the step of the back-off.
        Cadence::Cron(_) => Duration::from_secs(1800),
    };
    let fetched = match answer {
        Ok(fetched) => fetched,
        Err(error) => {
            let next_poll = after_failure(now, cadence, failures + 1, Manners::default(), &source.id);
            return failed(error.kind(), error.to_string(), next_poll);
        }
    };
    let mut manners = manners(&fetched, now);
    let validators = (fetched.validator(&header::ETAG), fetched.validator(&header::LAST_MODIFIED));
    let moved_to = fetched.moved_to.as_ref().map(ToString::to_string);
    match fetched.status {
        200..=299 => {
            let hash = blake3::hash(&fetched.body).to_hex().to_string();
            if old_hash == Some(hash.as_str()) {
                // The bytes are the same, the validators may not be: they are renewed all the same.
                return Polled {
                    verdict: Verdict::Unchanged,
                    next_poll: after_success(now, cadence, manners, &source.id),
                    validators: Some(validators),
                    body_hash: Some(hash),
                    moved_to,
                };
            }
            let own_zone = source.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok());
            let read = read_feed(
                &fetched.body,
                Some(&fetched.url),
                fetched.header(&header::CONTENT_TYPE),
                own_zone.as_ref().unwrap_or(zone),
            );
            match read {
                Ok(feed) => {
                    manners.ttl = feed.info.ttl_minutes.map(|minutes| Duration::from_secs(u64::from(minutes) * 60));
                    Polled {
                        next_poll: after_success(now, cadence, manners, &source.id),
                        verdict: Verdict::Items(Box::new(feed)),
                        validators: Some(validators),
                        body_hash: Some(hash),
                        moved_to,
                    }
                }
                Err(error) => {
                    let next_poll = after_failure(now, cadence, failures + 1, manners, &source.id);
                    failed(error.kind(), error.to_string(), next_poll)
                }
            }
        }
        304 => {
            let renewed = validators.0.is_some() || validators.1.is_some();
            Polled {
                verdict: Verdict::Unchanged,
                next_poll: after_success(now, cadence, manners, &source.id),
                validators: renewed.then_some(validators),
                body_hash: None,
                moved_to,
            }
        }
        410 => Polled {
            verdict: Verdict::Gone,
            next_poll: Timestamp::MAX,
            validators: None,
            body_hash: None,
            moved_to: None,
        },
        status => {
            let next_poll = after_failure(now, cadence, failures + 1, manners, &source.id);
            failed(&format!("http_{status}"), explain_status(status, &fetched), next_poll)
        }
    }
}

/// The verdict on an answer that made the reader itself fail.
pub fn gave_up(source: &Source, failures: u32, now: Timestamp) -> Polled {
    let wait = Duration::from_secs(3600);
    let next_poll = after_failure(now, wait, failures + 1, Manners::default(), &source.id);
    failed("malformed", "the reader gave up on it: please report this feed".into(), next_poll)
}

fn failed(kind: &str, message: String, next_poll: Timestamp) -> Polled {
    Polled {
        verdict: Verdict::Failed { kind: kind.to_owned(), message },
        next_poll,
        validators: None,
        body_hash: None,
        moved_to: None,
    }
}

fn explain_status(status: u16, fetched: &Fetched) -> String {
    let challenge = fetched.headers.get("cf-mitigated").is_some_and(|value| value == "challenge");
    match status {
        401 => "the site asks for a password (401)".into(),
        403 if challenge => "the site shows a robot check (403): ask its webmaster to let feed readers in".into(),
        403 => "the site refuses us (403): ask its webmaster, or choose another source".into(),
        404 => "there is nothing at this address (404): the feed may have moved, look for it on the site".into(),
        429 => "the site finds we ask too often (429): we wait as long as it says".into(),
        500..=599 => format!("the site is in trouble ({status}): it will be asked again later"),
        _ => format!("the site answers {status}, which is not a feed"),
    }
}

/// Reads `Retry-After` (seconds or a date, RFC 9110 § 10.2.3) and `Cache-Control: max-age`.
fn manners(fetched: &Fetched, now: Timestamp) -> Manners {
    let retry_after = fetched.header(&header::RETRY_AFTER).and_then(|value| {
        if let Ok(seconds) = value.trim().parse() {
            return Some(Duration::from_secs(seconds));
        }
        let at = crate::text::dates::read_standard(value)?;
        Duration::try_from(at.duration_since(now)).ok()
    });
    let max_age = fetched.header(&header::CACHE_CONTROL).and_then(|value| {
        let directive = value.split(',').find_map(|part| part.trim().strip_prefix("max-age="))?;
        directive.trim_matches('"').parse().ok().map(Duration::from_secs)
    });
    Manners { retry_after, max_age, ttl: None }
}
