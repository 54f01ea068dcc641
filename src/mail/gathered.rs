//! Letters that gather what was written to a list: each message of it is a story.
//!
//! Two forms: messages as parts (`multipart/digest`, RFC 2046 § 5.1.5), and one text with a rule of hyphens and a few
//! headers before each (RFC 1153).

use std::collections::HashSet;

use crate::text::{html, typography};

use super::anchors::letters;
use super::lines::Line;
use super::links::Use;
use super::message::{self, Message};
use super::newsletter::Story;
use super::plain;
use super::roles::LONGEST_TITLE;

/// Messages of one letter that are read.
const MOST: usize = 200;
/// Messages from which a text is such a letter.
const LEAST: usize = 2;
/// Hyphens of the rule between two messages (RFC 1153 has 30).
const RULE: usize = 28;
/// Longest blurb and longest text of a story, in characters.
const BLURB: usize = 600;
const TEXT: usize = 8_000;

/// The stories of a letter that gathers messages, those messages, and what each of them says whole: its quotations and
/// signature are of no story, and may say who reads it. Nothing for any other letter.
pub(super) fn read(message: &Message) -> Option<(Vec<Story>, Vec<Message>, Vec<String>)> {
    let parts: Vec<Message> = message.gathered.iter().filter_map(|bytes| message::read(bytes).ok()).collect();
    let texts: Vec<(String, String)> = if parts.is_empty() {
        texted(message.text.as_deref()?)
    } else {
        let text = |part: &Message| part.text.clone().or_else(|| part.html.as_deref().map(html::to_text));
        parts.iter().map(|part| (part.subject.clone(), text(part).unwrap_or_default())).collect()
    };
    if texts.len() < LEAST {
        return None;
    }
    let whole = texts.iter().map(|(subject, text)| format!("{subject}\n{text}")).collect();
    let mut threads: HashSet<String> = HashSet::new();
    let stories = texts.into_iter().take(MOST).filter_map(|(subject, text)| {
        let title = typography::shorten(thread(&subject), LONGEST_TITLE);
        (!title.is_empty() && threads.insert(letters(&title))).then(|| story(title, &text, message))
    });
    Some((stories.collect(), parts, whole))
}

fn story(title: String, text: &str, message: &Message) -> Story {
    // What is quoted was said before, what is signed is no news.
    let own = text.lines().take_while(|row| !matches!(row.trim_end(), "--" | "-- ") && !row.starts_with("____"));
    let own: String = own.filter(|row| !row.starts_with('>')).map(|row| format!("{row}\n")).collect();
    let lines = plain::of_text(&own, &message.unsubscribe);
    let link =
        lines.iter().flat_map(|line| line.links(Use::Named).chain(line.links(Use::More)).chain(line.links(Use::Meta)));
    let link = link.map(|(_, link)| crate::text::urls::clean(link)).next();
    let paragraphs: Vec<String> = lines.iter().map(Line::text).filter(|text| !text.is_empty()).collect();
    let blurb = typography::shorten(&paragraphs.join(" "), BLURB);
    let mut left = TEXT;
    let told = paragraphs.into_iter().take_while(|paragraph| {
        left = left.saturating_sub(paragraph.chars().count());
        left > 0
    });
    Story {
        title,
        blurb,
        told: told.collect(),
        opaque: link.as_ref().is_some_and(super::is_counter),
        link,
        ..Story::default()
    }
}

/// A subject without the name of its list and the marks of answers: `[liste] Re: Un sujet`.
fn thread(subject: &str) -> &str {
    let mut rest = subject.trim();
    loop {
        let listed =
            rest.strip_prefix('[').and_then(|inner| inner.split_once(']')).map(|(_, behind)| behind.trim_start());
        let answered = ["re:", "re :", "aw:", "tr:", "fwd:", "fw:", "sv:"].iter().find_map(|mark| {
            let head = rest.get(..mark.len())?;
            head.eq_ignore_ascii_case(mark).then(|| rest[mark.len()..].trim_start())
        });
        match listed.filter(|behind| !behind.is_empty()).or(answered) {
            Some(behind) => rest = behind,
            None => return rest,
        }
    }
}

/// The messages of a text in the form of RFC 1153, each its subject and its text.
fn texted(text: &str) -> Vec<(String, String)> {
    let is_rule = |row: &str| row.len() >= RULE && row.bytes().all(|byte| byte == b'-');
    let mut messages: Vec<(String, String)> = Vec::new();
    let rows: Vec<&str> = text.lines().map(str::trim_end).collect();
    for part in rows.split(|row| is_rule(row)) {
        let rows: Vec<&str> = part.iter().copied().skip_while(|row| row.trim().is_empty()).collect();
        let begins = usize::from(rows.first().is_some_and(|row| row.starts_with("Message: ")));
        let head: Vec<&str> = rows.iter().skip(begins).copied().take_while(|row| !row.is_empty()).collect();
        let value = |name: &str| head.iter().find_map(|row| row.strip_prefix(name)).map(str::trim);
        if let (Some(_), Some(subject)) = (value("From:"), value("Subject:")) {
            messages.push((html::one_line(subject), rows[(begins + head.len()).min(rows.len())..].join("\n")));
        }
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "From: liste-request@example.org\nSubject: liste Digest, Vol 12, Issue 3\nDate: Mon, 2 Nov 2026 08:00:00 +0100\n\n\
        Send liste mailing list submissions to\n\tliste@example.org\n\nToday's Topics:\n\n   1. Un atelier (Jeanne Roy)\n\n\
        ----------------------------------------------------------------------\n\n\
        Message: 1\nDate: Sun, 1 Nov 2026 10:00:00 +0100\nFrom: Jeanne Roy <j@example.org>\nSubject: [liste] Un atelier sur les réseaux\n\n\
        Nous nous verrons mardi à Lyon : https://a.example/atelier\n\n-- \nJeanne\n\n------------------------------\n\n\
        Message: 2\nDate: Sun, 1 Nov 2026 11:00:00 +0100\nFrom: Paul <p@example.org>\nSubject: Re: [liste] Un atelier sur les réseaux\n\n> Nous nous verrons\nJ'en serai.\n\n\
        ------------------------------\n\nMessage: 3\nFrom: Luc <l@example.org>\nSubject: Une version\n\nElle est sortie hier.\n\n------------------------------\n\nEnd of liste Digest, Vol 12, Issue 3\n";

    #[test]
    fn each_subject_of_a_digest_is_a_story_once() {
        let message = message::read(TEXT.as_bytes()).expect("a message");
        let (stories, _, whole) = read(&message).expect("a digest");
        let told: Vec<(&str, Option<&str>)> =
            stories.iter().map(|story| (story.title.as_str(), story.link.as_ref().map(url::Url::as_str))).collect();
        assert_eq!(told, [("Un atelier sur les réseaux", Some("https://a.example/atelier")), ("Une version", None)]);
        assert_eq!(stories[1].told, ["Elle est sortie hier."]);
        assert!(whole[0].contains("Jeanne"), "signatures may say who reads a message");
    }

    #[test]
    fn messages_that_are_parts_are_stories_and_what_they_say_of_themselves_is_heard() {
        let part = |subject: &str| {
            format!(
                "--b\nContent-Type: message/rfc822\n\nFrom: a@example.org\nSubject: {subject}\nSensitivity: Private\n\nDit en quelques mots.\n\n"
            )
        };
        let text = format!(
            "From: liste@example.org\nSubject: Digest\nMIME-Version: 1.0\nContent-Type: multipart/digest; boundary=b\n\n{}{}--b--\n",
            part("Un"),
            part("Deux")
        );
        let message = message::read(text.as_bytes()).expect("a message");
        let (stories, inner, _) = read(&message).expect("a digest");
        assert_eq!(stories.iter().map(|story| story.title.as_str()).collect::<Vec<_>>(), ["Un", "Deux"]);
        assert_eq!(message.hearing(&inner).headers("sensitivity").count(), 2);
    }
}
