//! The bytes of a message made what the rest reads: sender, subject, texts, reports. Nothing is believed of its sizes.

use jiff::Timestamp;
use mail_parser::{Address, HeaderName, MessageParser, MessagePart, MimeHeaders, PartType};
use thiserror::Error;
use url::Url;

use crate::text::{encoding, html, urls};

/// Largest message read, in bytes; longer ones are read from their beginning by who fetches them.
pub const MAX_BYTES: usize = 10 << 20;
/// Blank lines above which a message is a bomb: long texts have some hundreds.
const MOST_BLANK: usize = 20_000;
/// Mentions of "multipart" above which it is one: the busiest letters have half a dozen.
const MOST_MULTIPARTS: usize = 64;
/// Length of headers times encoded words in them, above which it is one.
const MOST_DECODED: usize = 1 << 30;
/// Addresses of one header that are looked at.
const MOST_ADDRESSES: usize = 100;
/// Words that cover a letter sent along whole, at most.
const COVERING: usize = 80;
/// Messages of a digest that are read.
const MOST_GATHERED: usize = 200;
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
    /// A letter that it sends along whole, as bytes, where it says little itself.
    pub enclosed: Option<Vec<u8>>,
    /// What stood around the letter that was sent along and stands in this one's place: the covering note, its subject.
    pub around: Vec<String>,
    /// Messages that it gathers, as bytes, where it is the digest of a list.
    pub gathered: Vec<Vec<u8>>,
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

    /// The letter that this one sends along, in its place: its texts and what they say of their readers. Who sent it on
    /// stays who sent it.
    #[must_use]
    pub fn with_enclosed(self, inner: Message) -> Message {
        let this = self.hearing(std::slice::from_ref(&inner));
        let note = this.text.or_else(|| this.html.as_deref().map(html::to_text));
        Message {
            around: note.into_iter().chain([format!("Subject: {}", inner.subject)]).chain(inner.around).collect(),
            text: inner.text,
            html: inner.html,
            unsubscribe: this.unsubscribe.into_iter().chain(inner.unsubscribe).collect(),
            enclosed: None,
            ..this
        }
    }

    /// This message with what those inside it say of themselves: markings, above all.
    #[must_use]
    pub fn hearing(mut self, inner: &[Message]) -> Message {
        // Who proves what stays the affair of the letter that came.
        let proofs = ["authentication-results", "received", "return-path", "list-id"];
        let said = |(name, _): &&(String, String)| !proofs.iter().any(|proof| name.contains(proof));
        self.headers.extend(inner.iter().flat_map(|inner| inner.headers.iter().filter(said)).cloned());
        self
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
    let parsed = parser().parse(bytes).ok_or(MailError::NotMail)?;
    let headers = header_lines(&parsed, bytes);
    let is_html = |part: &MessagePart<'_>| match part.content_type() {
        Some(kind) => kind.subtype().is_some_and(|sub| sub.eq_ignore_ascii_case("html")),
        None => matches!(part.body, PartType::Html(_)),
    };
    // Bodies first; the last part of a message that was cut off is taken for an attachment, and is a body all the same.
    let cut = |part: &MessagePart<'_>| {
        part.is_encoding_problem && part.content_type().is_none_or(|kind| kind.ctype().eq_ignore_ascii_case("text"))
    };
    let part_of = |id: &u32| parsed.parts.get(usize::try_from(*id).unwrap_or(usize::MAX));
    let texts = |ids: &[u32], want_html: bool| -> Option<String> {
        let mut all = String::new();
        let cut_off = parsed.parts.iter().filter(|part| cut(part));
        for part in ids.iter().filter_map(part_of).chain(cut_off) {
            if is_html(part) == want_html && !part.is_attachment_by_name() {
                if let Some(text) = part_text(part, bytes).filter(|text| !encoding::is_noise(text)) {
                    // What is too long is read from its beginning.
                    let room = MAX_TEXT.saturating_sub(all.len());
                    let end = (0..=room.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
                    all.push_str(&text[..end]);
                    all.push('\n');
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
    let (html, text) = (texts(&parsed.html_body, true), texts(&parsed.text_body, false));
    let holds_one = parsed.parts.iter().filter(|part| matches!(part.body, PartType::Message(_))).take(2).count() == 1;
    let count = |text: &str| text.split_whitespace().count();
    let shown = || html.as_deref().map_or(0, |markup| count(&html::to_text(markup)));
    let said = text.as_deref().map_or(0, count).max(if holds_one { shown() } else { 0 });
    let message = Message {
        id: parsed.message_id().map(str::to_owned),
        list_id: raw("list-id").map(between_brackets),
        subject: html::one_line(parsed.subject().unwrap_or_default()),
        from_name: from.0.map(|name| html::one_line(&name)).filter(|name| !name.is_empty()),
        from: from.1.map(|address| address.to_lowercase()),
        to: addresses(parsed.to()).chain(addresses(parsed.cc())).take(MOST_ADDRESSES).collect(),
        date: parsed.date().and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
        unsubscribe: raw("list-unsubscribe").map(web_addresses).unwrap_or_default(),
        around: Vec::new(),
        enclosed: enclosed(&parsed, bytes, said).filter(|_| holds_one && !is_report),
        gathered: if is_report { Vec::new() } else { gathered(&parsed, bytes) },
        html,
        text,
        reports: parsed.parts.iter().filter_map(|part| report(part, bytes)).collect(),
        report_type: content_type
            .filter(|_| is_report)
            .and_then(|kind| kind.attribute("report-type"))
            .map(str::to_ascii_lowercase),
        attachments: parsed.attachments().filter_map(|part| part.attachment_name().map(html::one_line)).collect(),
        quoted_ids: parsed.parts.iter().filter_map(|part| quoted_id(part, bytes)).collect(),
        headers,
    };
    dismantle(parsed);
    if message.headers.is_empty() && message.html.is_none() && message.text.is_none() {
        return Err(MailError::NotMail);
    }
    Ok(message)
}

/// Names in lower case and values on one line, also of headers in another encoding than theirs should be.
fn header_lines(parsed: &mail_parser::Message<'_>, bytes: &[u8]) -> Vec<(String, String)> {
    let at = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
    let line = |header: &mail_parser::Header<'_>| {
        let raw = bytes.get(at(header.offset_start)..at(header.offset_end)).unwrap_or_default();
        let text = html::one_line(&encoding::decode(raw, None).0);
        (header.name.as_str().trim().to_ascii_lowercase(), if text.contains("=?") { decoded(&text) } else { text })
    };
    parsed.parts.first().map(|root| root.headers.iter().map(line).collect()).unwrap_or_default()
}

/// A value with encoded words (RFC 2047), read as a subject is.
fn decoded(value: &str) -> String {
    let alone = format!("Subject: {value}\r\n\r\n");
    let parsed = MessageParser::new().header_text(HeaderName::Subject).parse_headers(alone.as_bytes());
    parsed.and_then(|parsed| parsed.subject().map(html::one_line)).unwrap_or_else(|| value.to_owned())
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

/// Counts what no parser can do without before one works: every part and every message inside needs a blank line, every
/// search for a boundary the word "multipart", every encoded word `=?`, which is looked for along its whole header.
fn judge_parts(bytes: &[u8]) -> Result<(), MailError> {
    let (mut blank, mut words, mut run, mut cost) = (0_usize, 0_usize, 0_usize, 0_usize);
    for line in bytes.split(|byte| *byte == b'\n') {
        blank += usize::from(line.iter().all(u8::is_ascii_whitespace));
        if !line.first().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
            cost = cost.saturating_add(words * run);
            (words, run) = (0, 0);
        }
        run += line.len();
        words += memchr::memmem::find_iter(line, b"=?").count();
    }
    cost = cost.saturating_add(words * run);
    let multiparts = bytes.windows(9).filter(|word| word.eq_ignore_ascii_case(b"multipart")).count();
    if blank > MOST_BLANK || multiparts > MOST_MULTIPARTS || cost > MOST_DECODED {
        Err(MailError::Bomb)
    } else {
        Ok(())
    }
}

/// A parser that is not told how parts are encoded: no message inside another encoding is opened, nothing recurses.
fn parser() -> MessageParser {
    MessageParser::new()
        .with_mime_headers()
        .with_address_headers()
        .with_date_headers()
        .with_message_ids()
        .header_text(HeaderName::Subject)
        .ignore_header(HeaderName::ContentTransferEncoding)
}

/// Takes a parsed message apart: one inside another, ten thousand deep, would be dropped by recursion.
fn dismantle(message: mail_parser::Message<'_>) {
    let mut left = vec![message];
    while let Some(mut one) = left.pop() {
        for part in &mut one.parts {
            if let PartType::Message(inner) = std::mem::take(&mut part.body) {
                left.push(inner);
            }
        }
    }
}

/// The bytes of a part, its transfer encoding undone. One that was cut off is decoded as far as it goes.
fn leaf(part: &MessagePart<'_>, bytes: &[u8]) -> Vec<u8> {
    let at = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
    let raw = bytes.get(at(part.offset_body)..at(part.offset_end)).unwrap_or_default();
    let header = part.headers.iter().rev().find(|header| header.name == HeaderName::ContentTransferEncoding);
    let named = header.and_then(|header| bytes.get(at(header.offset_start)..at(header.offset_end))).unwrap_or_default();
    let named = named.trim_ascii();
    if named.eq_ignore_ascii_case(b"base64") {
        let mut clean: Vec<u8> =
            raw.iter().copied().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).collect();
        clean.truncate(clean.len() - usize::from(clean.len() % 4 == 1));
        base64::Engine::decode(&LENIENT, clean).unwrap_or_default()
    } else if named.eq_ignore_ascii_case(b"quoted-printable") {
        // One escape that is none must not cost the letter: it is left as it stands.
        let robust = || quoted_printable::decode(raw, quoted_printable::ParseMode::Robust).ok();
        let sound = mail_parser::decoders::quoted_printable::quoted_printable_decode(raw);
        sound.or_else(robust).unwrap_or_else(|| raw.to_vec())
    } else {
        raw.to_vec()
    }
}

/// Base64 as mails have it: padding where it pleases, odd bits at the end of what was cut off.
const LENIENT: base64::engine::GeneralPurpose = base64::engine::GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    base64::engine::GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
);

trait Named {
    fn is_attachment_by_name(&self) -> bool;
}

impl Named for MessagePart<'_> {
    /// A text that is sent along with the letter is not the letter.
    fn is_attachment_by_name(&self) -> bool {
        self.content_disposition().is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("attachment"))
    }
}

/// The text of a part: its charset is believed as browsers would, and one that lies is not.
fn part_text(part: &MessagePart<'_>, bytes: &[u8]) -> Option<String> {
    let kind = match &part.body {
        PartType::Text(_) => "text/plain",
        PartType::Html(_) => "text/html",
        _ => return None,
    };
    let charset = part.content_type().and_then(|kind| kind.attribute("charset"));
    // Browsers do not read it, mails still have it (RFC 2152).
    if charset.is_some_and(|charset| charset.eq_ignore_ascii_case("utf-7")) {
        let decoder = mail_parser::decoders::charsets::map::charset_decoder(b"utf-7");
        return decoder.map(|decode| decode(&leaf(part, bytes)));
    }
    let declared = charset.map_or_else(|| kind.to_owned(), |charset| format!("{kind}; charset={charset}"));
    Some(encoding::decode(&leaf(part, bytes), Some(&declared)).0.into_owned())
}

/// The bytes of a letter that is sent along whole, where little else is said; nothing for the report of a machine.
fn enclosed(parsed: &mail_parser::Message<'_>, bytes: &[u8], said: usize) -> Option<Vec<u8>> {
    if said > COVERING {
        return None;
    }
    let at = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
    let inside = parsed.parts.iter().find(|part| matches!(part.body, PartType::Message(_)))?;
    bytes.get(at(inside.offset_body)..at(inside.offset_end)).map(<[u8]>::to_vec)
}

/// The bytes of the messages that a digest gathers: those of several that lie in it.
fn gathered(parsed: &mail_parser::Message<'_>, bytes: &[u8]) -> Vec<Vec<u8>> {
    let at = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
    let inside: Vec<&MessagePart<'_>> =
        parsed.parts.iter().filter(|part| matches!(part.body, PartType::Message(_))).take(MOST_GATHERED).collect();
    if inside.len() < 2 {
        return Vec::new();
    }
    let raw = inside.iter().filter_map(|part| bytes.get(at(part.offset_body)..at(part.offset_end)));
    raw.map(<[u8]>::to_vec).collect()
}

/// The id of a message that is quoted whole, or of which only the headers are.
fn quoted_id(part: &MessagePart<'_>, bytes: &[u8]) -> Option<String> {
    match &part.body {
        PartType::Message(inner) => inner.message_id().map(str::to_owned),
        PartType::Text(_) if part.content_type()?.subtype()?.eq_ignore_ascii_case("rfc822-headers") => {
            let text = String::from_utf8_lossy(&leaf(part, bytes)).into_owned();
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
    let text = String::from_utf8_lossy(&leaf(part, bytes)).into_owned();
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
    value
        .split('<')
        .skip(1)
        .filter_map(between)
        .filter_map(|address| urls::parse_web(&address))
        .take(MOST_ADDRESSES)
        .collect()
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
        // Twenty thousand deep would end the thread if anything recursed; below that it is read, whatever its disguise.
        for header in
            ["Content-Type: message/rfc822", "Content-Type :\r\n message/rfc822", " Content-Type:message (x)/rfc822"]
        {
            let nested = format!("Subject: x\r\n{}", format!("{header}\r\n\r\n").repeat(19_000));
            assert!(read(nested.as_bytes()).is_ok(), "{header}");
            let deeper = format!("Subject: x\r\n{}", format!("{header}\r\n\r\n").repeat(21_000));
            assert_eq!(read(deeper.as_bytes()), Err(MailError::Bomb), "{header}");
        }
        let words = format!("Subject: {}\r\n\r\nx", "=?x?q?".repeat(60_000));
        assert_eq!(read(words.as_bytes()), Err(MailError::Bomb));
        let mut parts = String::from("Subject: x\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n");
        for part in 0..5_000 {
            parts.push_str(&format!("--a\r\nContent-Type: multipart/mixed; boundary=b{part}\r\n\r\n"));
        }
        assert_eq!(read(parts.as_bytes()), Err(MailError::Bomb));
        assert_eq!(read(b" \r\n"), Err(MailError::Empty));
        assert_eq!(read(b"\x00\x01\x02 nothing"), Err(MailError::NotMail));
    }

    #[test]
    fn a_part_that_was_cut_off_is_read_as_far_as_it_goes() {
        let mail = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nQm9uam91ciDDoCB0b3Vz\r\nTGEgc3VpdGUg";
        let text = read(mail).expect("a mail").text.unwrap_or_default();
        assert!(text.contains("Bonjour \u{e0} tous"), "{text}");
    }

    #[test]
    fn one_bad_escape_costs_itself_and_old_charsets_are_read() {
        let mail = b"Subject: x\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nBonjour =ZZ =C3=A0 tous, =C3=A9t=C3=A9\r\n";
        let text = read(mail).expect("a mail").text.unwrap_or_default();
        assert!(text.contains("tous, été"), "{text}");
        let mail = b"Subject: x\r\nContent-Type: text/plain; charset=utf-7\r\n\r\nBonjour +AOA- tous";
        assert_eq!(read(mail).expect("a mail").text.unwrap_or_default().trim(), "Bonjour à tous");
    }

    #[test]
    fn a_saved_page_is_a_letter_without_headers() {
        let read = read(b"<html><title>Lettre n\xc2\xb0 3</title><p>Bonjour</p></html>").expect("a page");
        assert_eq!(read.subject, "Lettre n° 3");
        assert!(read.html.is_some() && read.list_id.is_none());
    }
}
