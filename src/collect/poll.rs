//! One poll of one source, judged: the answer of the server and what was remembered give items, a new state and a
//! verdict. Fetching itself happens in the pipeline.

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use reqwest::header;
use url::Url;

use crate::domain::{Cadence, Source};
use crate::net::{FetchError, Fetched, Request};

use super::feed::{FeedError, ReadFeed};
use super::rhythm::{Manners, adaptive, after_failure, after_success, own_rhythm};

/// What a poll came to.
#[derive(Debug)]
pub enum Verdict {
    /// The feed, read.
    Items(Box<ReadFeed>),
    /// A list of site maps: these are to be read. Nothing tells whether they changed, so the list is asked for whole
    /// each time.
    Maps(Vec<Url>),
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
    /// Until when the server asked to be left alone, if it did.
    pub wait_until: Option<Timestamp>,
    /// Validators to remember: `None` keeps the old ones.
    pub validators: Option<(Option<String>, Option<String>)>,
    /// Hash of the body, when there was one.
    pub body_hash: Option<String>,
    /// Address that answered, at the end of the redirects, when there are validators to remember.
    pub answered: Option<String>,
    /// Where it says it has moved for good; `None` when it says so no more.
    pub moved_to: Option<String>,
    /// Time between two items, when the answer tells.
    pub rhythm: Option<Duration>,
    /// True when the answer broke off, so that more may be there than came.
    pub partial: bool,
}

/// What is remembered of a source, as far as the verdict needs it.
#[derive(Debug, Clone, Default)]
pub struct Remembered {
    /// Failures in a row before this poll.
    pub failures: u32,
    /// Hash of the last body read.
    pub body_hash: Option<String>,
    /// Validators of the last answer.
    pub validators: (Option<String>, Option<String>),
    /// Time between two items.
    pub rhythm: Option<Duration>,
}

/// What is asked of a source, given the validators remembered for this very address.
pub fn request<'a>(
    source: &'a Source,
    validators: Option<(Option<&'a str>, Option<&'a str>)>,
    validated: Option<&'a str>,
) -> Request<'a> {
    let (etag, last_modified) = validators.unwrap_or((None, None));
    Request {
        url: &source.url,
        accept: "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
        validated,
        etag,
        last_modified,
        allow_private: source.allow_private,
        authorization: None,
    }
}

/// Judges an answer. `zone` serves for dates without zone.
pub fn judge(
    source: &Source,
    answer: Result<Fetched, FetchError>,
    remembered: &Remembered,
    zone: &TimeZone,
    now: Timestamp,
) -> Polled {
    let failures = remembered.failures + 1;
    let fetched = match answer {
        Ok(fetched) => fetched,
        Err(error) => {
            let wait = cadence(source, remembered.rhythm, true);
            let next_poll = after_failure(now, wait, failures, &Manners::default(), &source.id);
            return failed(error.kind(), error.to_string(), next_poll);
        }
    };
    let mut manners = manners(&fetched, now);
    let validators = (fetched.validator(&header::ETAG), fetched.validator(&header::LAST_MODIFIED));
    let moved_to = fetched.moved_to.as_ref().map(ToString::to_string);
    let good =
        |verdict, validators: (Option<String>, Option<String>), hash, rhythm: Option<Duration>, manners: &Manners| {
            let rhythm = rhythm.or(remembered.rhythm);
            let conditional = validators.0.is_some() || validators.1.is_some();
            Polled {
                verdict,
                next_poll: after_success(now, cadence(source, rhythm, conditional), manners, &source.id),
                wait_until: None,
                validators: Some(validators),
                body_hash: hash,
                answered: Some(fetched.url.to_string()),
                moved_to: moved_to.clone(),
                rhythm,
                partial: false,
            }
        };
    match fetched.status {
        200..=299 => {
            // Half an answer is not the same as the whole one was, nor as the next half.
            let hash = fetched.cut.is_none().then(|| blake3::hash(&fetched.body).to_hex().to_string());
            if hash.is_some() && remembered.body_hash == hash {
                // The bytes are the same, the validators may not be: they are renewed all the same.
                return good(Verdict::Unchanged, validators, hash, None, &manners);
            }
            let own_zone = source.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok());
            let polled = match super::read_source(source, &fetched, own_zone.as_ref().unwrap_or(zone)) {
                Ok(mut feed) => {
                    feed.repairs.extend(fetched.cut.as_ref().map(|why| format!("{why}: what had come whole is kept")));
                    manners.ttl = feed.info.ttl_minutes.map(|minutes| Duration::from_secs(u64::from(minutes) * 60));
                    (manners.skip_hours, manners.skip_days) =
                        (feed.info.skip_hours.clone(), feed.info.skip_days.clone());
                    let dates: Vec<Timestamp> =
                        feed.items.iter().filter_map(|item| item.published).map(|date| date.at.min(now)).collect();
                    good(Verdict::Items(Box::new(feed)), validators, hash, own_rhythm(&dates), &manners)
                }
                Err(FeedError::Index(maps)) => {
                    // An empty hash is that of no answer: the next list is read whatever it says.
                    good(Verdict::Maps(maps), (None, None), Some(String::new()), None, &manners)
                }
                Err(error) => {
                    let wait = cadence(source, remembered.rhythm, true);
                    let next_poll = after_failure(now, wait, failures, &manners, &source.id);
                    let (kind, message) = match &fetched.cut {
                        Some(why) => ("broken", why.clone()),
                        None => (error.kind(), error.to_string()),
                    };
                    Polled {
                        validators: Some(validators),
                        body_hash: hash,
                        answered: Some(fetched.url.to_string()),
                        ..failed(kind, message, next_poll)
                    }
                }
            };
            Polled { partial: fetched.cut.is_some(), ..polled }
        }
        304 => {
            // What a 304 does not repeat stays as it was (RFC 9110 § 15.4.5).
            let (old_tag, old_date) = remembered.validators.clone();
            let renewed = (validators.0.or(old_tag), validators.1.or(old_date));
            good(Verdict::Unchanged, renewed, None, None, &manners)
        }
        410 => Polled { verdict: Verdict::Gone, ..failed("http_410", String::new(), Timestamp::MAX) },
        status => {
            let wait = cadence(source, remembered.rhythm, true);
            let next_poll = after_failure(now, wait, failures, &manners, &source.id);
            let asked = manners.retry_after.is_some() || status == 429;
            Polled {
                wait_until: asked.then_some(next_poll),
                ..failed(kind_of(status, &fetched), explain_status(status, &fetched), next_poll)
            }
        }
    }
}

/// How long to wait by the admin's word, or the source's own rhythm.
fn cadence(source: &Source, rhythm: Option<Duration>, conditional: bool) -> Duration {
    match source.cadence {
        Cadence::Every(every) => every,
        Cadence::Adaptive => adaptive(rhythm, conditional),
        // A pattern says itself when to ask; this is the least wait and the step of the back-off.
        Cadence::Cron(_) => Duration::from_secs(1800),
    }
}

/// The verdict on an answer that made the reader itself fail.
pub fn gave_up(source: &Source, failures: u32, now: Timestamp) -> Polled {
    let wait = Duration::from_secs(3600);
    let next_poll = after_failure(now, wait, failures + 1, &Manners::default(), &source.id);
    failed("malformed", "the reader gave up on it: please report this feed".into(), next_poll)
}

fn failed(kind: impl Into<String>, message: String, next_poll: Timestamp) -> Polled {
    Polled {
        verdict: Verdict::Failed { kind: kind.into(), message },
        next_poll,
        wait_until: None,
        validators: None,
        body_hash: None,
        answered: None,
        moved_to: None,
        rhythm: None,
        partial: false,
    }
}

fn is_challenge(fetched: &Fetched) -> bool {
    fetched.headers.get("cf-mitigated").is_some_and(|value| value == "challenge")
}

fn kind_of(status: u16, fetched: &Fetched) -> String {
    if status == 403 && is_challenge(fetched) { "challenge".to_owned() } else { format!("http_{status}") }
}

fn explain_status(status: u16, fetched: &Fetched) -> String {
    match status {
        401 => "the site asks for a password (401)".into(),
        403 if is_challenge(fetched) => {
            "the site shows a robot check (403): ask its webmaster to let feed readers in".into()
        }
        403 => "the site refuses us (403): ask its webmaster, or choose another source".into(),
        404 => "there is nothing at this address (404): the feed may have moved, look for it on the site".into(),
        429 => "the site finds we ask too often (429): we wait as long as it says".into(),
        500..=599 => format!("the site is in trouble ({status}): it will be asked again later"),
        _ => format!("the site answers {status}, which is not a feed"),
    }
}

/// Reads `Retry-After` (seconds or a date, RFC 9110 § 10.2.3), `Cache-Control: max-age` and `Expires` (RFC 9111 § 5).
fn manners(fetched: &Fetched, now: Timestamp) -> Manners {
    let until = |value: &str| Duration::try_from(crate::text::dates::read_standard(value)?.duration_since(now)).ok();
    let retry_after = fetched.header(&header::RETRY_AFTER).and_then(|value| match value.trim().parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => until(value),
    });
    let max_age = fetched.header(&header::CACHE_CONTROL).and_then(|value| {
        let directive = value.split(',').find_map(|part| part.trim().strip_prefix("max-age="))?;
        directive.trim_matches('"').parse().ok().map(Duration::from_secs)
    });
    let expires = || fetched.header(&header::EXPIRES).and_then(until);
    Manners { retry_after, fresh: max_age.or_else(expires), ..Manners::default() }
}
