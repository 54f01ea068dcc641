//! A letter as a MIME message: text and HTML, quoted-printable, headers that receivers and readers rely on.

use std::time::SystemTime;

use jiff::Timestamp;
use lettre::Message;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use thiserror::Error;

use crate::domain::{EditionId, Language};
use crate::text::html::one_line;

/// Why a message cannot be made.
#[derive(Debug, Error)]
pub enum MessageError {
    /// An address is wrong; `check` refuses it before.
    #[error("the address “{0}” cannot be used: {1}")]
    Address(String, lettre::address::AddressError),
    /// The builder refuses.
    #[error("the message cannot be built: {0}")]
    Build(#[from] lettre::error::Error),
}

/// All that a message is made of.
#[derive(Debug, Clone)]
pub struct MessageParts<'a> {
    /// Sender.
    pub from: &'a str,
    /// Where answers go.
    pub reply_to: Option<&'a str>,
    /// Name of the receiver; empty for an address alone.
    pub to_name: &'a str,
    /// Address of the receiver.
    pub to_address: &'a str,
    /// Subject, one line.
    pub subject: &'a str,
    /// Text part.
    pub text: &'a str,
    /// HTML part.
    pub html: &'a str,
    /// Language of both.
    pub language: Language,
    /// Message-ID with its angle brackets.
    pub message_id: &'a str,
    /// Name of the list, for `List-Id`.
    pub list: &'a str,
    /// Date of the message.
    pub date: Timestamp,
}

/// Builds the whole message, as it will be sent at every try.
///
/// # Errors
/// See [`MessageError`].
pub fn build(parts: &MessageParts<'_>) -> Result<Vec<u8>, MessageError> {
    let from = mailbox(parts.from)?;
    let address =
        parts.to_address.parse().map_err(|error| MessageError::Address(parts.to_address.to_owned(), error))?;
    let to = Mailbox::new((!parts.to_name.is_empty()).then(|| one_line(parts.to_name)), address);
    let answers = match parts.reply_to {
        Some(reply_to) => mailbox(reply_to)?,
        None => from.clone(),
    };
    let domain = from.email.domain().to_owned();
    let stop = format!("<mailto:{}?subject=stop>", answers.email);
    let date = SystemTime::from(parts.date);
    let builder = Message::builder()
        .from(from)
        .reply_to(answers)
        .to(to)
        .subject(one_line(parts.subject))
        .message_id(Some(parts.message_id.to_owned()))
        .date(date)
        .raw_header(raw("List-Id", &format!("{} <veille.{domain}>", ascii(parts.list))))
        .raw_header(raw("List-Unsubscribe", &stop))
        .raw_header(raw("Content-Language", parts.language.code()))
        .raw_header(raw("Auto-Submitted", "auto-generated"))
        .raw_header(raw("Precedence", "bulk"))
        .raw_header(raw("X-Auto-Response-Suppress", "OOF, AutoReply"));
    let part = |content_type: ContentType, body: &str| {
        SinglePart::builder()
            .header(content_type)
            .header(ContentTransferEncoding::QuotedPrintable)
            .body(body.to_owned())
    };
    let body = MultiPart::alternative()
        .singlepart(part(ContentType::TEXT_PLAIN, parts.text))
        .singlepart(part(ContentType::TEXT_HTML, parts.html));
    Ok(builder.multipart(body)?.formatted())
}

/// The same edition and person give the same Message-ID, so that receivers can drop a second copy. The person is
/// hidden behind a keyed hash.
pub fn message_id(edition: EditionId, ambassador: &str, key: &[u8; 32], domain: &str) -> String {
    let who = blake3::keyed_hash(key, format!("{edition}/{ambassador}").as_bytes()).to_hex();
    format!("<digest.{edition}.{}@{domain}>", &who[..24])
}

/// Domain of a sender such as `Name <address>`.
pub fn domain_of(from: &str) -> String {
    from.parse::<Mailbox>().map_or_else(|_| "localhost".to_owned(), |mailbox| mailbox.email.domain().to_owned())
}

fn mailbox(typed: &str) -> Result<Mailbox, MessageError> {
    typed.parse().map_err(|error| MessageError::Address(typed.to_owned(), error))
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), one_line(value))
}

fn ascii(text: &str) -> String {
    let folded = crate::text::tokens::fold(text);
    let safe: String = folded.chars().filter(|c| c.is_ascii_alphanumeric() || *c == ' ').collect();
    format!("\"{}\"", one_line(&safe))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(subject: &str, name: &str) -> String {
        let parts = MessageParts {
            from: "Veille <veille@example.org>",
            reply_to: None,
            to_name: name,
            to_address: "elodie@example.org",
            subject,
            text: "Bonjour à toutes et à tous, où en est l’été ?",
            html: "<p>Bonjour</p>",
            language: Language::French,
            message_id: "<a@example.org>",
            list: "Aubépine",
            date: Timestamp::UNIX_EPOCH,
        };
        String::from_utf8(build(&parts).expect("a message")).expect("ASCII")
    }

    #[test]
    fn nothing_from_outside_can_add_a_header_or_a_receiver() {
        let text = message("Sujet\r\nBcc: eve@example.org", "Élodie\r\nTo: eve@example.org");
        let headers = text.split("\r\n\r\n").next().unwrap_or_default();
        assert!(!headers.lines().any(|line| line.starts_with("Bcc:")), "{headers}");
        assert_eq!(headers.lines().filter(|line| line.starts_with("To:")).count(), 1, "{headers}");
    }

    #[test]
    fn the_message_is_plain_ascii_with_short_lines_and_both_parts() {
        let text = message("Été", "Élodie");
        assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 998));
        assert!(text.contains("multipart/alternative") && text.contains("text/plain") && text.contains("text/html"));
        assert!(text.contains("List-Unsubscribe: <mailto:veille@example.org?subject=stop>"), "{text}");
    }

    #[test]
    fn one_person_and_edition_have_one_message_id() {
        let edition = EditionId { year: 2026, week: 48 };
        let id = |who| message_id(edition, who, &[7; 32], "example.org");
        assert_eq!(id("elodie"), id("elodie"));
        assert_ne!(id("elodie"), id("karim"));
        assert!(!id("elodie").contains("elodie"));
    }
}
