//! A message made items: alerts give their results, letters their stories, machines nothing; what each says is kept.
//!
//! bytes → message → notice? → rule of its sender → alert, selectors, marked articles or the eye's own rule → items.

mod alert;
mod anchors;
mod chunks;
mod columns;
mod contents;
mod counters;
mod forms;
mod gathered;
mod labels;
mod lines;
mod links;
pub mod message;
mod newsletter;
mod notice;
mod outliers;
mod phrases;
mod picked;
mod pictures;
mod plain;
mod promotion;
mod references;
mod roles;
mod sections;
mod titles;
mod whole;

use scraper::Html;
use serde_json::json;
use url::Url;

use crate::domain::{DateOrigin, MailMode, MailRule, Published, RawItem};
use crate::text::html;

pub use counters::is_counter;
pub use message::{MAX_BYTES, MailError, Message};
pub use notice::{Notice, Recipient};

use alert::AlertHit;
use anchors::letters;
use newsletter::{Shape, Story};

/// Letters of a blurb from which the same again is no other story.
const SAID_AGAIN: usize = 40;

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Results of a standing query.
    Alert,
    /// A letter that lists stories told elsewhere.
    Links,
    /// A letter that tells by itself: one item.
    Prose,
    /// It sells, or serves an account: no item.
    Promotion,
    /// A letter came back.
    Bounce,
    /// A letter was called unwanted.
    Complaint,
    /// A mailbox answered by itself.
    AutoReply,
}

impl Mode {
    /// The word used in JSON and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Alert => "alert",
            Mode::Links => "links",
            Mode::Prose => "prose",
            Mode::Promotion => "promotion",
            Mode::Bounce => "bounce",
            Mode::Complaint => "complaint",
            Mode::AutoReply => "auto_reply",
        }
    }
}

/// An item of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct MailItem {
    /// The item. Its `guid` is the same for all readers of an issue.
    pub raw: RawItem,
    /// True when its link is a counter of the sender: another for each reader, it must not be passed on.
    pub opaque: bool,
}

/// A message, understood.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadMail {
    /// What it is.
    pub mode: Mode,
    /// Its headers and texts.
    pub message: Message,
    /// Its items.
    pub items: Vec<MailItem>,
    /// What a machine said.
    pub notice: Option<Notice>,
    /// The query of an alert.
    pub query: Option<String>,
    /// The same alert as a feed.
    pub feed: Option<String>,
}

/// Reads a message by the first of `rules` that its sender matches.
///
/// # Errors
/// See [`MailError`]. A letter that no parser of HTML should see is read from its text part.
pub fn read(bytes: &[u8], rules: &[MailRule]) -> Result<ReadMail, MailError> {
    let message = message::read(bytes)?;
    if let Some(notice) = notice::read(&message) {
        let mode = match notice {
            Notice::Bounce { .. } => Mode::Bounce,
            Notice::Complaint { .. } => Mode::Complaint,
            Notice::AutoReply { .. } => Mode::AutoReply,
        };
        return Ok(ReadMail { mode, message, items: vec![], notice: Some(notice), query: None, feed: None });
    }
    let message = match message.enclosed.as_deref().map(message::read) {
        Some(Ok(inner)) if inner.html.is_some() || inner.text.is_some() => message.with_enclosed(inner),
        _ => message,
    };
    let rule = rules.iter().find(|rule| matches(rule, &message));
    let asked = rule.map(|rule| rule.mode).unwrap_or_default();
    let done = |message: Message, mode: Mode, items: Vec<MailItem>| ReadMail {
        mode,
        message,
        items,
        notice: None,
        query: None,
        feed: None,
    };
    if asked == MailMode::Ignore || (rule.is_none() && serves_an_account(&message)) {
        return Ok(done(message, Mode::Promotion, vec![]));
    }
    let fits = message.html.as_deref().filter(|markup| html::fit(markup).is_ok());
    if alert::is_google(&message) {
        let hits = google(&message, fits);
        let query = alert::query(&message);
        let items = hits.into_iter().map(|hit| from_hit(&message, hit, query.as_deref())).collect();
        let feed = message.html.as_deref().and_then(alert::feed);
        return Ok(ReadMail { query, feed, ..done(message, Mode::Alert, items) });
    }
    let listed = if asked == MailMode::Alert { Mode::Alert } else { Mode::Links };
    if let (Some(rule), Some(markup)) = (rule.filter(|rule| rule.picks.items.is_some()), fits) {
        let stories = picked::read(markup, &rule.picks, &message.unsubscribe);
        let items = stories.into_iter().map(|story| from_story(&message, story)).collect();
        let query = (asked == MailMode::Alert).then(|| alert::query(&message)).flatten();
        return Ok(ReadMail { query, ..done(message, listed, items) });
    }
    let as_one = matches!(asked, MailMode::Prose);
    if let Some((stories, inner, whole)) = Some(&message).filter(|_| !as_one).and_then(gathered::read) {
        let items = stories.into_iter().map(|story| from_story(&message, story)).collect();
        let mut message = message.hearing(&inner);
        message.around.extend(whole);
        return Ok(done(message, listed, items));
    }
    if let Some(markup) = fits.filter(|markup| markup.contains("schema.org/")) {
        let hits = alert::marked(&Html::parse_document(markup));
        if hits.len() >= 2 {
            let items = hits.into_iter().map(|hit| from_hit(&message, hit, None)).collect();
            return Ok(done(message, listed, items));
        }
    }
    let typed = fits.and_then(typed);
    let mut seen = typed
        .map(|text| plain::of_text(&text, &message.unsubscribe))
        .or_else(|| fits.and_then(|markup| lines::of_html(markup, &message.unsubscribe)))
        .filter(|lines| !lines.is_empty())
        .or_else(|| message.text.as_deref().map(|text| plain::of_text(text, &message.unsubscribe)))
        .unwrap_or_default();
    forms::read(&mut seen);
    let forced = match asked {
        MailMode::Links | MailMode::Alert => Some(Shape::Links),
        MailMode::Prose => Some(Shape::Prose),
        _ => None,
    };
    let list_name = message.list_id.as_deref().and_then(|id| id.split('.').next());
    let names: Vec<&str> =
        message.from_name.as_deref().into_iter().chain(list_name).chain(Some(message.subject.as_str())).collect();
    let mut letter = newsletter::read(&seen, &names, forced);
    if letter.stories.is_empty() && !letter.sells && forced != Some(Shape::Prose) {
        let pictured = pictures::read(&seen).map(|seen| newsletter::read(&seen, &names, forced));
        letter = pictured.filter(|letter| !letter.stories.is_empty()).unwrap_or(letter);
    }
    let (mode, items) = match letter.shape {
        Shape::Links => (listed, letter.stories.into_iter().map(|story| from_story(&message, story)).collect()),
        Shape::Promotion => (Mode::Promotion, vec![]),
        Shape::Prose if html::to_text(&letter.body).is_empty() => (Mode::Promotion, vec![]),
        Shape::Prose => (Mode::Prose, vec![whole(&message, letter.body)]),
    };
    let query = (asked == MailMode::Alert).then(|| alert::query(&message)).flatten();
    Ok(ReadMail { query, ..done(message, mode, items) })
}

/// The text of a page that is set as it was typed, in one piece.
fn typed(markup: &str) -> Option<String> {
    if !markup.contains("<pre") {
        return None;
    }
    let document = Html::parse_document(markup);
    let pre = scraper::Selector::parse("pre").ok()?;
    let within = |element: &scraper::ElementRef<'_>| {
        let mut above = element.ancestors().filter_map(scraper::ElementRef::wrap);
        above.any(|above| above.value().name() == "pre")
    };
    let outermost = document.select(&pre).filter(|element| !within(element));
    let text: String = outermost.map(|element| element.text().collect::<String>() + "\n\n").collect();
    let all: usize = html::to_text(markup).chars().filter(|c| !c.is_whitespace()).count();
    let typed = text.chars().filter(|c| !c.is_whitespace()).count();
    (typed * 4 >= all * 3).then_some(text)
}

fn google(message: &Message, fits: Option<&str>) -> Vec<AlertHit> {
    let marked = fits.map(|markup| alert::marked(&Html::parse_document(markup))).unwrap_or_default();
    let texted = message.text.as_deref().map(alert::texted).unwrap_or_default();
    // Whichever holds more: a row that lost its mark must not cost the result.
    if !marked.is_empty() && marked.len() >= texted.len() {
        return marked;
    }
    let lines = fits.and_then(|markup| lines::of_html(markup, &[])).unwrap_or_default();
    let linked = alert::linked(&lines);
    if linked.len() >= texted.len() && linked.len() > marked.len() {
        linked
    } else if texted.len() > marked.len() {
        texted
    } else {
        marked
    }
}

/// True when a rule speaks of the sender of a message; one without `from` speaks of all.
fn matches(rule: &MailRule, message: &Message) -> bool {
    let Some(wanted) = rule.from.as_deref().map(str::to_lowercase) else { return true };
    let domain = message.domain().unwrap_or_default();
    message.from.as_deref() == Some(wanted.as_str())
        || message.list_id.as_deref() == Some(wanted.as_str())
        || domain == wanted
        || domain.ends_with(&format!(".{wanted}"))
}

/// Codes, receipts and confirmations: mail about an account, which tells nothing.
fn serves_an_account(message: &Message) -> bool {
    const SUBJECTS: [&str; 32] = [
        "reset your password",
        "password reset",
        "reinitialis",
        "verification code",
        "code de verification",
        "confirm your",
        "confirmez votre",
        "confirmer votre",
        "please confirm",
        "verify your",
        "verifiez votre",
        "your receipt",
        "your order confirmation",
        "mot de passe oublie",
        "votre mot de passe",
        "votre recu",
        "votre facture",
        "ihre rechnung",
        "due notice",
        "your invoice",
        "order confirmation",
        "confirmation de commande",
        "security alert",
        "alerte de securite",
        "new sign in",
        "nouvelle connexion",
        "login code",
        "activate your account",
        "activez votre compte",
        "welcome to",
        "bienvenue sur",
        "bestatigen sie",
    ];
    let subject = letters(&message.subject);
    let social = message.header("x-linkedin-class").is_some();
    social
        || (message.list_id.is_none()
            && SUBJECTS.iter().any(|words| subject.contains(words))
            && message.unsubscribe.len() < 2)
}

fn published(message: &Message) -> Option<Published> {
    message.date.map(|at| Published { at, has_hour: true, origin: DateOrigin::Feed })
}

/// The identity of a story: who wrote to us, its title, how its blurb begins and ends. Links are another for each reader,
/// and rubrics come back under one title: where little is told, the week tells them apart. What a list says again in the
/// same words, issue for issue, is one item for ever.
fn identity(message: &Message, title: &str, blurb: &str, weekly: bool) -> String {
    let said = letters(blurb);
    let begins: String = said.chars().take(60).collect();
    // Rubrics begin alike from week to week, and end on what is new.
    let ends: String = said.chars().rev().take(60).collect();
    let week = message.date.map(|at| at.to_zoned(jiff::tz::TimeZone::UTC).date().iso_week_date());
    let week = week.map(|week| format!("{}-{}", week.year(), week.week()));
    let when = week.filter(|_| weekly || begins.len() < SAID_AGAIN).unwrap_or(ends);
    let told = format!("{}\n{when}\n{}\n{begins}", message.series(), letters(title));
    format!("mail:{}", &blake3::hash(told.as_bytes()).to_hex()[..24])
}

fn from_hit(message: &Message, hit: AlertHit, query: Option<&str>) -> MailItem {
    let raw = RawItem {
        guid: Some(format!("mail:{}", &blake3::hash(canonical(&hit.link).as_bytes()).to_hex()[..24])),
        link: Some(hit.link),
        title: hit.title,
        authors: hit.publisher.into_iter().collect(),
        categories: query.map(str::to_owned).into_iter().collect(),
        published: published(message),
        summary: Some(html_escape::encode_text(&hit.snippet).into_owned()).filter(|text| !text.is_empty()),
        ..RawItem::default()
    };
    MailItem { raw, opaque: false }
}

fn canonical(link: &str) -> String {
    Url::parse(link).map_or_else(|_| link.to_owned(), |url| crate::text::urls::canonical(&url))
}

fn from_story(message: &Message, story: Story) -> MailItem {
    let paragraph = |text: &String| format!("<p>{}</p>\n", html_escape::encode_text(text));
    let raw = RawItem {
        guid: Some(identity(message, &story.title, &story.blurb, false)),
        link: story.link.map(String::from),
        content: Some(story.told.iter().map(paragraph).collect()).filter(|content: &String| !content.is_empty()),
        categories: story.section.into_iter().collect(),
        published: published(message),
        summary: Some(html_escape::encode_text(&story.blurb).into_owned()).filter(|text| !text.is_empty()),
        title: story.title,
        ..RawItem::default()
    };
    MailItem { raw, opaque: story.opaque }
}

/// A letter that tells by itself. What it says at greatest length tells it from others of the same subject; how it greets
/// is another for each reader.
fn whole(message: &Message, body: String) -> MailItem {
    let text = html::to_text(&body);
    let longest = text.split("\n\n").max_by_key(|paragraph| paragraph.len()).unwrap_or_default().to_owned();
    let title =
        if message.subject.is_empty() { html::one_line(&html::to_text(&body)) } else { message.subject.clone() };
    let raw = RawItem {
        guid: Some(identity(message, &title, &longest, true)),
        title: crate::text::typography::shorten(&title, 200),
        authors: message.from_name.clone().into_iter().collect(),
        published: published(message),
        content: Some(body),
        ..RawItem::default()
    };
    MailItem { raw, opaque: false }
}

/// What a message says beyond its items, as kept with it.
pub fn lineage(mail: &ReadMail) -> serde_json::Value {
    json!({
        "subject": mail.message.subject,
        "from": mail.message.from,
        "list_id": mail.message.list_id,
        "query": mail.query,
        "feed": mail.feed,
        "notice": mail.notice,
    })
}
