//! Which messages are taken, and what a whole message says of who may read it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::{Hold, Source};
use crate::mail::{Mode, ReadMail};
use crate::tag::markings::{self, Marking};

/// Why a message is not taken, if it is not: an open mailbox is a way into what people are sent.
pub(super) fn refused(source: &Source, read: &ReadMail) -> Option<String> {
    if matches!(read.mode, Mode::Bounce | Mode::Complaint | Mode::AutoReply) {
        return None;
    }
    let message = &read.message;
    let domain = message.domain().unwrap_or_default();
    if let Some(host) = &source.verified_by {
        if !message.headers("authentication-results").any(|value| is_genuine(value, host, domain)) {
            return Some(format!("{host} does not call it genuine"));
        }
    }
    let of = |sender: &String| {
        message.from.as_deref() == Some(sender) || domain == sender || domain.ends_with(&format!(".{sender}"))
    };
    // What the sender writes of lists and receivers proves nothing where proof is asked for.
    let named = |sender: &String| {
        source.verified_by.is_none()
            && (message.list_id.as_deref() == Some(sender) || message.to.iter().any(|to| to == sender))
    };
    let known = source.senders.iter().any(|sender| of(sender) || named(sender));
    (!source.senders.is_empty() && !known).then(|| "its sender is not among the senders of this source".to_owned())
}

/// True when the server `host` itself says (RFC 8601) that the domain of the sender wrote this: by DMARC, or by a DKIM
/// signature of that domain.
fn is_genuine(value: &str, host: &str, domain: &str) -> bool {
    let value = value.to_lowercase();
    let mut parts = value.split(';');
    let server = parts.next().unwrap_or_default().split_whitespace().next().unwrap_or_default();
    let aligned = |part: &str| {
        let signed = part.split_whitespace().find_map(|word| word.strip_prefix("header.d="));
        signed.is_some_and(|signed| signed == domain || domain.ends_with(&format!(".{signed}")))
    };
    let results: Vec<&str> = parts.map(str::trim).collect();
    let refused = results.iter().any(|part| part.starts_with("dmarc=fail"));
    server == host
        && !refused
        && results.iter().any(|part| part.starts_with("dmarc=pass") || (part.starts_with("dkim=pass") && aligned(part)))
}

/// What a whole message says of who may read it: every item of it is held by that. Both its parts are read: one may be a stub.
pub(super) fn marking(source: &Source, read: &ReadMail, now: Timestamp, zone: &TimeZone) -> Option<Hold> {
    let message = &read.message;
    let headers: Vec<(&str, &str)> =
        markings::HEADERS.iter().flat_map(|name| message.headers(name).map(move |value| (*name, value))).collect();
    let sent = message.date.unwrap_or(now);
    let shown = message.html.as_deref().map(crate::text::html::to_text);
    let around = message.around.iter().map(String::as_str);
    let texts = [message.text.as_deref(), shown.as_deref()];
    texts.into_iter().map(Option::unwrap_or_default).chain(around).fold(None, |found, text| {
        let marking = Marking {
            class: source.confidentiality,
            title: &message.subject,
            text,
            headers: &headers,
            letter: true,
            sent,
        };
        Hold::both(found, markings::marked(&marking, zone))
    })
}
