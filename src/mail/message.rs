//! The bytes of a message made what the rest reads: sender, subject, texts, reports. Nothing is believed of its sizes.

use jiff::Timestamp;
use mail_parser::{Address, MessageParser, MessagePart, MimeHeaders, PartType};
use thiserror::Error;
use url::Url;

use crate::text::{encoding, html, urls};

/// Largest message read, in bytes; longer ones are read from their beginning by who fetches them.
pub const MAX_BYTES: usize = 10 << 20;
/// Parts of a message above which it is a bomb: the busiest newsletters have a dozen.
const MOST_PARTS: usize = 300;
/// Messages inside messages above which it is a bomb.
const MOST_NESTED: usize = 20;
/// Largest text of one part, in bytes.
const MAX_TEXT: usize = 4 << 20;

/// Why bytes are no message.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum MailError {
    /// Nothing in it.
    #[error("the message is empty")]
    Empty,
    /// Too many bytes.
    #[error("the message is larger than 10 MB")]
    TooLarge,
    /// Parts inside parts without end.
    #[error("the message has more parts inside parts than any letter: it was not opened")]
    Bomb,
    /// No headers, no text.
    #[error("this is no mail: it has neither headers nor a text")]
    NotMail,
}

impl MailError {
    /// The kind, in the machine form of `inspect`.
    pub fn kind(&self) -> &'static str {
        match self {
            MailError::Empty => "empty",
            MailError::TooLarge => "too_large",
            MailError::Bomb => "too_deep",
            MailError::NotMail => "malformed",
        }
    }
}

/// A message, as far as it is read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Message {
    /// `Message-ID`, without brackets.
    pub id: Option<String>,
    /// `List-Id`, what stands between its brackets, in lower case.
    pub list_id: Option<String>,
    /// Subject on one line.
    pub subject: String,
    /// Name of the sender.
    pub from_name: Option<String>,
    /// Address of the sender, in lower case.
    pub from: Option<String>,
    /// Addresses it was sent to, in lower case.
    pub to: Vec<String>,
    /// When it was sent.
    pub date: Option<Timestamp>,
    /// Web addresses of `List-Unsubscribe`: never to be followed.
    pub unsubscribe: Vec<Url>,
    /// HTML body.
    pub html: Option<String>,
    /// Text body.
    pub text: Option<String>,
    /// Parts that are neither body nor attachment: reports of machines, with their type.
    pub reports: Vec<(String, String)>,
    /// `report-type` of a `multipart/report`.
    pub report_type: Option<String>,
    /// Names of attachments.
    pub attachments: Vec<String>,
    /// `Message-ID`s of the messages inside it.
    pub quoted_ids: Vec<String>,
    headers: Vec<(String, String)>,
}

impl Message {
    /// The first header of that name (lower case), on one line.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All headers of that name (lower case), in order.
    pub fn headers<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The domain of the sender.
    pub fn domain(&self) -> Option<&str> {
        self.from.as_deref()?.rsplit_once('@').map(|(_, domain)| domain)
    }

    /// What names the letter a message is an issue of: its list, else its sender.
    pub fn series(&self) -> &str {
        self.list_id.as_deref().or(self.from.as_deref()).unwrap_or_default()
    }
}

/// Reads a message, or the bare HTML of one.
///
/// # Errors
/// See [`MailError`]; sizes and parts are judged before anything is parsed.
pub fn read(bytes: &[u8]) -> Result<Message, MailError> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(MailError::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(MailError::TooLarge);
    }
    if !begins_with_headers(bytes) {
        return bare(bytes);
    }
    judge_parts(bytes)?;
    let parsed = MessageParser::default().parse(bytes).ok_or(MailError::NotMail)?;
    let headers: Vec<(String, String)> =
        parsed.headers_raw().map(|(name, value)| (name.trim().to_ascii_lowercase(), html::one_line(value))).collect();
    let texts = |ids: &[u32], want_html: bool| -> Option<String> {
        let mut all = String::new();
        for id in ids {
            let Some(part) = parsed.parts.get(usize::try_from(*id).unwrap_or(usize::MAX)) else { continue };
            if matches!(part.body, PartType::Html(_)) == want_html && !part.is_attachment_by_name() {
                if let Some(text) = part_text(part, bytes) {
                    if all.len() + text.len() <= MAX_TEXT {
                        all.push_str(&text);
                        all.push('\n');
                    }
                }
            }
        }
        Some(all).filter(|all| !all.trim().is_empty())
    };
    let from = first_address(parsed.from());
    let raw = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let content_type = parsed.content_type();
    let is_report =
        content_type.is_some_and(|kind| kind.subtype().is_some_and(|sub| sub.eq_ignore_ascii_case("report")));
    let message = Message {
        id: parsed.message_id().map(str::to_owned),
        list_id: raw("list-id").map(between_brackets),
        subject: html::one_line(parsed.subject().unwrap_or_default()),
        from_name: from.0.map(|name| html::one_line(&name)).filter(|name| !name.is_empty()),
        from: from.1.map(|address| address.to_lowercase()),
        to: addresses(parsed.to()).chain(addresses(parsed.cc())).collect(),
        date: parsed.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
        unsubscribe: raw("list-unsubscribe").map(web_addresses).unwrap_or_default(),
        html: texts(&parsed.html_body, true),
        text: texts(&parsed.text_body, false),
        reports: parsed.parts.iter().filter_map(|part| report(part, bytes)).collect(),
        report_type: content_type
            .filter(|_| is_report)
            .and_then(|kind| kind.attribute("report-type"))
            .map(str::to_ascii_lowercase),
        attachments: parsed.attachments().filter_map(|part| part.attachment_name().map(html::one_line)).collect(),
        quoted_ids: parsed.parts.iter().filter_map(quoted_id).collect(),
        headers,
    };
    if message.headers.is_empty() && message.html.is_none() && message.text.is_none() {
        return Err(MailError::NotMail);
    }
    Ok(message)
}

/// A body without its headers: a letter saved as a page.
fn bare(bytes: &[u8]) -> Result<Message, MailError> {
    let (text, _) = encoding::decode(bytes, None);
    if text.contains('<') && text.contains("</") {
        let subject = html::title_line(&between(&text, "<title", "</title").unwrap_or_default());
        return Ok(Message { html: Some(text.into_owned()), subject, ..Message::default() });
    }
    Err(MailError::NotMail)
}

fn between(text: &str, open: &str, close: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let start = lower.find(open)?;
    let start = start + lower[start..].find('>')? + 1;
    let end = start + lower[start..].find(close)?;
    text.get(start..end).map(str::to_owned)
}

/// True when the first line that is no `From ` of a mailbox is a header.
fn begins_with_headers(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let first = if first.starts_with(b"From ") || first.starts_with(b">From ") {
        lines.next().unwrap_or_default()
    } else {
        first
    };
    let name = first.split(|byte| *byte == b':').next().unwrap_or_default();
    name.len() < first.len()
        && !name.is_empty()
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b' '))
}

/// Counts what opens parts before anything nests them.
fn judge_parts(bytes: &[u8]) -> Result<(), MailError> {
    const TYPE: &[u8] = b"content-type:";
    let (mut parts, mut nested) = (0, 0);
    for line in bytes.split(|byte| *byte == b'\n') {
        if line.len() >= TYPE.len() && line[..TYPE.len()].eq_ignore_ascii_case(TYPE) {
            parts += 1;
            let value = line[TYPE.len()..].trim_ascii_start();
            nested += usize::from(value.len() >= 8 && value[..8].eq_ignore_ascii_case(b"message/"));
        }
    }
    let digests = memchr::memmem::find_iter(bytes, b"multipart/digest").count();
    if parts > MOST_PARTS || nested + digests > MOST_NESTED { Err(MailError::Bomb) } else { Ok(()) }
}

trait Named {
    fn is_attachment_by_name(&self) -> bool;
}

impl Named for MessagePart<'_> {
    /// A text that is sent along with the letter is not the letter.
    fn is_attachment_by_name(&self) -> bool {
        self.content_disposition().is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("attachment"))
    }
}

/// The text of a part. One whose charset lies is read again as browsers would.
fn part_text(part: &MessagePart<'_>, bytes: &[u8]) -> Option<String> {
    let (PartType::Text(text) | PartType::Html(text)) = &part.body else { return None };
    if !text.contains('\u{fffd}') {
        return Some(text.clone().into_owned());
    }
    let range = usize::try_from(part.offset_body).ok()?..usize::try_from(part.offset_end).ok()?;
    let raw = bytes.get(range).unwrap_or_default();
    let decoded = match part.encoding {
        mail_parser::Encoding::None => Some(raw.to_vec()),
        mail_parser::Encoding::QuotedPrintable => mail_parser::decoders::quoted_printable::quoted_printable_decode(raw),
        mail_parser::Encoding::Base64 => mail_parser::decoders::base64::base64_decode(raw),
    };
    match decoded {
        Some(decoded) if !decoded.is_empty() => Some(encoding::decode(&decoded, None).0.into_owned()),
        _ => Some(text.clone().into_owned()),
    }
}

/// The id of a message that is quoted whole, or of which only the headers are.
fn quoted_id(part: &MessagePart<'_>) -> Option<String> {
    match &part.body {
        PartType::Message(inner) => inner.message_id().map(str::to_owned),
        PartType::Text(text) if part.content_type()?.subtype()?.eq_ignore_ascii_case("rfc822-headers") => {
            let row = text.lines().find(|row| row.to_ascii_lowercase().starts_with("message-id:"))?;
            Some(row.split_once('<')?.1.split('>').next()?.to_owned())
        }
        _ => None,
    }
}

/// Parts that machines write for machines.
fn report(part: &MessagePart<'_>, bytes: &[u8]) -> Option<(String, String)> {
    let kind = part.content_type()?;
    let subtype = kind.subtype()?.to_ascii_lowercase();
    if !kind.ctype().eq_ignore_ascii_case("message")
        || !matches!(
            subtype.as_str(),
            "delivery-status" | "global-delivery-status" | "feedback-report" | "disposition-notification"
        )
    {
        return None;
    }
    let text = match &part.body {
        PartType::Text(text) | PartType::Html(text) => text.clone().into_owned(),
        PartType::Binary(data) | PartType::InlineBinary(data) => String::from_utf8_lossy(data).into_owned(),
        _ => {
            let range = usize::try_from(part.offset_body).ok()?..usize::try_from(part.offset_end).ok()?;
            String::from_utf8_lossy(bytes.get(range)?).into_owned()
        }
    };
    Some((subtype, text))
}

fn first_address(address: Option<&Address<'_>>) -> (Option<String>, Option<String>) {
    let first = address.and_then(|address| address.first());
    let own = |text: Option<&str>| text.map(str::to_owned);
    (own(first.and_then(|one| one.name())), own(first.and_then(|one| one.address())))
}

fn addresses(list: Option<&Address<'_>>) -> impl Iterator<Item = String> {
    let all: Vec<String> = list
        .map(|list| list.iter().filter_map(|one| one.address().map(str::to_lowercase)).collect())
        .unwrap_or_default();
    all.into_iter()
}

fn between_brackets(value: &str) -> String {
    let inside = value.rsplit_once('<').map_or(value, |(_, rest)| rest.split('>').next().unwrap_or(rest));
    inside.trim().to_lowercase()
}

/// The web addresses between brackets of a header (RFC 2369).
fn web_addresses(value: &str) -> Vec<Url> {
    let between = |part: &str| part.split('>').next().map(str::to_owned);
    value.split('<').skip(1).filter_map(between).filter_map(|address| urls::parse_web(&address)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_about_its_charset_is_read_as_browsers_do() {
        let mail = b"From: A <A@Example.org>\r\nSubject: =?utf-8?q?=C3=89t=C3=A9?=\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>\xe9t\xe9 caf\xe9</p>";
        let read = read(mail).expect("a mail");
        assert_eq!((read.subject.as_str(), read.from.as_deref()), ("Été", Some("a@example.org")));
        assert!(read.html.as_deref().unwrap_or_default().contains("été café"), "{:?}", read.html);
    }

    #[test]
    fn bombs_are_counted_before_they_are_opened() {
        let mut nested = String::from("Subject: x\r\nContent-Type: message/rfc822\r\n\r\n");
        for _ in 0..5_000 {
            nested.push_str("Content-Type: message/rfc822\r\n\r\n");
        }
        assert_eq!(read(nested.as_bytes()), Err(MailError::Bomb));
        let mut parts = String::from("Subject: x\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n");
        for part in 0..5_000 {
            parts.push_str(&format!("--a\r\nContent-Type: multipart/mixed; boundary=b{part}\r\n\r\n"));
        }
        assert_eq!(read(parts.as_bytes()), Err(MailError::Bomb));
        assert_eq!(read(b" \r\n"), Err(MailError::Empty));
        assert_eq!(read(b"\x00\x01\x02 nothing"), Err(MailError::NotMail));
    }

    #[test]
    fn a_saved_page_is_a_letter_without_headers() {
        let read = read(b"<html><title>Lettre n\xc2\xb0 3</title><p>Bonjour</p></html>").expect("a page");
        assert_eq!(read.subject, "Lettre n° 3");
        assert!(read.html.is_some() && read.list_id.is_none());
    }
}
