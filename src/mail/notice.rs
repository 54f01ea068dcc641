//! Mail that machines send back: bounces (RFC 3464), complaints (RFC 5965), replies of absence (RFC 3834). Never items;
//! what they say is kept.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::text::date_finder;
use crate::text::dates::DayOrder;
use crate::text::{html, typography};

use super::anchors::letters;
use super::message::Message;

/// What a machine sent back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// A letter could not be delivered, or not yet.
    Bounce {
        /// Each receiver it speaks of.
        recipients: Vec<Recipient>,
        /// `Message-ID` of the letter, where it is quoted.
        original: Option<String>,
    },
    /// A receiver said that a letter is unwanted.
    Complaint {
        /// `abuse`, `fraud`, `not-spam`…
        feedback: String,
        /// Who complained, where that is said.
        recipient: Option<String>,
        /// `Message-ID` of the letter, where it is quoted.
        original: Option<String>,
    },
    /// A person's mailbox answered by itself.
    AutoReply {
        /// Whose it is.
        from: Option<String>,
        /// Day of return, where a whole date is written.
        until: Option<String>,
        /// Its first words.
        text: String,
    },
}

/// One receiver of a bounce.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Recipient {
    /// Address.
    pub address: String,
    /// `failed`, `delayed`, `delivered`, `relayed` or `expanded`.
    pub action: String,
    /// Status code (RFC 3463): `5.1.1`.
    pub status: Option<String>,
    /// What the server said.
    pub diagnostic: Option<String>,
}

/// Says whether a message is one, and what it says.
pub fn read(message: &Message) -> Option<Notice> {
    if asks_who_wrote(message) {
        return Some(answer(message));
    }
    complaint(message).or_else(|| bounce(message)).or_else(|| auto_reply(message))
}

/// Words of a challenge at most: it says one thing.
const CHALLENGE: usize = 250;

/// True for the answer of a mailbox that lets nobody in before they prove to be a person (challenge and response).
fn asks_who_wrote(message: &Message) -> bool {
    const ASKS: [&str; 22] = [
        "s allowed list",
        "my allowed list",
        "guest list so your messages",
        "has been waitlisted",
        "prove that you are human",
        "prove you are human",
        "confirm that you are human",
        "confirm that you are a real person",
        "confirm your email address to have your message delivered",
        "to ensure delivery of your email",
        "verify that you are a real person",
        "est protege par mailinblack",
        "protegee par mailinblack",
        "vous authentifier afin que votre message",
        "pour que votre message soit delivre",
        "votre message est en attente",
        "vous authentifier en cliquant",
        "verify you are human",
        "is on my guest list",
        "protecting myself from receiving junk mail",
        "que vous n etes pas un robot",
        "that you are not a robot",
    ];
    let answers = letters(&message.subject).starts_with("re ") || message.header("in-reply-to").is_some();
    let text = letters(&body_text(message));
    message.list_id.is_none()
        && text.split(' ').count() <= CHALLENGE
        && (answers || asks_at_once(&text) || asks_at_once(&letters(&message.subject)))
        && ASKS.iter().any(|asks| text.contains(asks))
}

/// The words by which such an answer begins, or the subject that it gives itself.
fn asks_at_once(text: &str) -> bool {
    ["your message", "votre message", "bonjour votre message", "hello your message", "verification de l expediteur"]
        .iter()
        .any(|begins| text.starts_with(begins))
        || text.ends_with("your message is waiting")
        || text.contains("confirmation") && text.starts_with("cliquez ici pour confirmer")
}

fn complaint(message: &Message) -> Option<Notice> {
    let report = message.reports.iter().find(|(kind, _)| kind == "feedback-report");
    if report.is_none() && message.report_type.as_deref() != Some("feedback-report") {
        return None;
    }
    let fields = report.map(|(_, text)| fields(text)).unwrap_or_default();
    let field = |name: &str| fields.iter().flatten().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    Some(Notice::Complaint {
        feedback: field("feedback-type").unwrap_or_else(|| "abuse".to_owned()).to_lowercase(),
        recipient: field("original-rcpt-to").map(|value| bare_address(&value)),
        original: original(message),
    })
}

fn bounce(message: &Message) -> Option<Notice> {
    let report = message.reports.iter().find(|(kind, _)| kind.ends_with("delivery-status"));
    if let Some((_, text)) = report {
        let recipients: Vec<Recipient> = fields(text).iter().filter_map(|fields| recipient(fields)).collect();
        let recipients = if recipients.is_empty() { told(message) } else { recipients };
        // What was delivered did not come back: a machine wrote all the same.
        if recipients.iter().all(|one| ["delivered", "relayed", "expanded"].contains(&one.action.as_str()))
            && !recipients.is_empty()
        {
            return Some(answer(message));
        }
        return Some(Notice::Bounce { recipients, original: original(message) });
    }
    let local = message.from.as_deref().and_then(|from| from.split('@').next()).unwrap_or_default();
    let machine = ["mailer-daemon", "mailerdaemon", "postmaster", "mail-daemon", "mdaemon"]
        .iter()
        .any(|name| local.starts_with(name));
    let empty_return = message.header("return-path").is_some_and(|path| path.trim() == "<>");
    let subject = letters(&message.subject);
    let says = [
        "undeliver",
        "delivery status",
        "returned mail",
        "failure notice",
        "delivery failure",
        "mail delivery",
        "delivery has failed",
        "non remis",
        "non distribu",
        "echec de la remise",
        "echec de remise",
        "echec d envoi",
        "notification d echec",
        "unzustellbar",
        "nicht zugestellt",
        "could not be delivered",
        "delivery incomplete",
        "message not delivered",
        "no delivery",
    ]
    .iter()
    .any(|words| subject.contains(words));
    let failed = message.header("x-failed-recipients").is_some();
    let delivery = message.report_type.as_deref() == Some("delivery-status");
    if !(delivery || failed || machine && (says || empty_return || message.list_id.is_none()) || empty_return && says) {
        return None;
    }
    Some(Notice::Bounce { recipients: told(message), original: original(message) })
}

fn auto_reply(message: &Message) -> Option<Notice> {
    let header = |name: &str| message.header(name).map(str::to_lowercase).unwrap_or_default();
    let submitted = header("auto-submitted");
    let subject = letters(&message.subject);
    let subject_says = [
        "out of office",
        "automatic reply",
        "auto reply",
        "autoreply",
        "auto response",
        "autoresponse",
        "vacation reply",
        "reponse automatique",
        "absence du bureau",
        "message d absence",
        "absent du bureau",
        "abwesenheitsnotiz",
        "automatische antwort",
        "risposta automatica",
        "respuesta automatica",
        "i am away",
    ]
    .iter()
    .any(|words| subject.starts_with(words))
        || [
            "out of the office",
            "out of office",
            "automatic response",
            "automatic reply",
            "reponse automatique",
            "automatische antwort",
            "automatyczna odpowied",
            "respuesta automatica",
            "resposta automatica",
            "abwesenheitsnotiz",
            "absence du bureau",
        ]
        .iter()
        .any(|words| subject.contains(words));
    let read_receipt = message.report_type.as_deref() == Some("disposition-notification")
        || message.reports.iter().any(|(kind, _)| kind == "disposition-notification");
    let answers = submitted.starts_with("auto-replied")
        || header("precedence") == "auto_reply"
        || message.header("x-autoreply").is_some_and(|value| !value.eq_ignore_ascii_case("no"))
        || message.header("x-autorespond").is_some()
        || message.header("x-autoresponder").is_some()
        || header("x-autogenerated") == "reply"
        // What answers by itself wants no answer (RFC 3834, section 3.3).
        || message.list_id.is_none() && message.header("return-path").is_some_and(|path| path.trim() == "<>")
        || read_receipt;
    if !(answers || (subject_says || is_away(message, &subject)) && message.list_id.is_none()) {
        return None;
    }
    Some(answer(message))
}

/// Words of an absence at most.
const ABSENCE: usize = 120;

/// An answer of few words that says that nobody is there.
fn is_away(message: &Message, subject: &str) -> bool {
    const AWAY: [&str; 14] = [
        "i am currently out of",
        "i am out of the office",
        "i m currently out of",
        "i m out of the office",
        "i am away",
        "i am on leave",
        "je suis actuellement absent",
        "je suis absent",
        "je suis en conge",
        "absent du bureau",
        "absente du bureau",
        "derzeit ausser haus",
        "derzeit nicht im buro",
        "ich bin im urlaub",
    ];
    let answers = ["re ", "aw ", "rep "].iter().any(|begins| subject.starts_with(begins));
    let text = letters(&body_text(message));
    answers && text.split(' ').count() <= ABSENCE && AWAY.iter().any(|says| text.contains(says))
}

/// What a mailbox answered by itself, and until when nobody reads it.
fn answer(message: &Message) -> Notice {
    let text = body_text(message);
    let until = date_finder::find(&text, &TimeZone::UTC, DayOrder::of_language(None))
        .into_iter()
        .map(|found| found.date.at.to_zoned(TimeZone::UTC).date())
        .max()
        .map(|date| date.to_string());
    Notice::AutoReply { from: message.from.clone(), until, text: typography::shorten(&html::one_line(&text), 300) }
}

fn body_text(message: &Message) -> String {
    message.text.clone().or_else(|| message.html.as_deref().map(html::to_text)).unwrap_or_default()
}

/// Groups of fields between blank lines, names in lower case, folded lines joined (RFC 3464, § 2.1).
fn fields(text: &str) -> Vec<Vec<(String, String)>> {
    let mut groups: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for row in text.lines() {
        if row.trim().is_empty() {
            groups.push(Vec::new());
        } else if row.starts_with([' ', '\t']) {
            if let Some((_, value)) = groups.last_mut().and_then(|group| group.last_mut()) {
                value.push(' ');
                value.push_str(row.trim());
            }
        } else if let (Some((name, value)), Some(group)) = (row.split_once(':'), groups.last_mut()) {
            group.push((name.trim().to_ascii_lowercase(), html::one_line(value)));
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn recipient(fields: &[(String, String)]) -> Option<Recipient> {
    let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let typed = |value: &str| value.split_once(';').map_or(value, |(_, rest)| rest).trim().to_owned();
    let address =
        field("original-recipient").or_else(|| field("final-recipient")).map(|value| bare_address(&typed(value)))?;
    Some(Recipient {
        address,
        action: field("action").unwrap_or("failed").split_whitespace().next().unwrap_or("failed").to_lowercase(),
        status: field("status").map(|value| value.split_whitespace().next().unwrap_or_default().to_owned()),
        diagnostic: field("diagnostic-code").map(typed),
    })
}

/// What a bounce tells in words: the first address that is not the sender's, and the first status code.
fn told(message: &Message) -> Vec<Recipient> {
    let text = body_text(message);
    let named: Vec<String> = message
        .header("x-failed-recipients")
        .map(|value| value.split(',').map(bare_address).collect())
        .unwrap_or_default();
    let found = || {
        text.split(|c: char| {
            c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | ',' | ';' | ':' | '"' | '\'' | '[' | ']')
        })
        .map(|word| word.trim_matches('.'))
        .filter(|word| {
            let mut parts = word.split('@');
            let (Some(local), Some(domain), None) = (parts.next(), parts.next(), parts.next()) else { return false };
            !local.is_empty()
                && domain.contains('.')
                && domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
        })
        .map(str::to_lowercase)
        .find(|address| Some(address.as_str()) != message.from.as_deref() && !message.to.contains(address))
        .into_iter()
        .collect::<Vec<_>>()
    };
    let addresses = if named.is_empty() { found() } else { named };
    let status = status_code(&text);
    let line = text.lines().find(|row| {
        row.contains("550") || row.contains("55") || status.as_deref().is_some_and(|code| row.contains(code))
    });
    let diagnostic = line.map(html::one_line).filter(|line| !line.is_empty());
    let action = if letters(&message.subject).contains("delay") { "delayed" } else { "failed" };
    let one = |address| Recipient {
        address,
        action: action.to_owned(),
        status: status.clone(),
        diagnostic: diagnostic.clone(),
    };
    addresses.into_iter().map(one).collect()
}

/// `5.1.1` standing alone in a text.
fn status_code(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '#' | '<' | '>' | ',' | ':' | ';'))
        .find(|word| {
            let parts: Vec<&str> = word.split('.').collect();
            matches!(parts.as_slice(), ["4" | "5", subject, detail]
                if (1..=3).contains(&subject.len()) && (1..=3).contains(&detail.len())
                    && subject.bytes().chain(detail.bytes()).all(|b| b.is_ascii_digit()))
        })
        .map(str::to_owned)
}

fn bare_address(value: &str) -> String {
    let inside = value.rsplit_once('<').map_or(value, |(_, rest)| rest);
    inside.trim_matches(|c: char| c.is_whitespace() || matches!(c, '<' | '>')).to_lowercase()
}

/// `Message-ID` of the letter that a notice quotes.
fn original(message: &Message) -> Option<String> {
    message
        .quoted_ids
        .first()
        .cloned()
        .or_else(|| ["in-reply-to", "references"].iter().find_map(|name| message.header(name)).map(bare_id))
}

fn bare_id(value: &str) -> String {
    value.split_whitespace().next_back().unwrap_or_default().trim_matches(['<', '>']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::message::read as parse;

    #[test]
    fn a_bounce_tells_who_why_and_which_letter() {
        let mail = "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
            --b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
            Final-Recipient: rfc822; Elodie@Example.org\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 No\r\n such user\r\n\
            --b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <2026-W48.elodie@vigie>\r\nSubject: x\r\n\r\nx\r\n--b--\r\n";
        let Some(Notice::Bounce { recipients, original }) = read(&parse(mail.as_bytes()).expect("a mail")) else {
            panic!("a bounce")
        };
        assert_eq!(recipients[0].address, "elodie@example.org");
        assert_eq!(recipients[0].diagnostic.as_deref(), Some("550 No such user"));
        assert_eq!((recipients[0].action.as_str(), recipients[0].status.as_deref()), ("failed", Some("5.1.1")));
        assert_eq!(original.as_deref(), Some("2026-W48.elodie@vigie"));
    }

    #[test]
    fn absences_are_answers_and_alerts_are_not() {
        let reply = "From: a@b.example\r\nSubject: Réponse automatique : digest\r\n\r\nJe suis absent jusqu'au 5 janvier 2027.\r\n";
        let Some(Notice::AutoReply { until, .. }) = read(&parse(reply.as_bytes()).expect("a mail")) else {
            panic!("a reply")
        };
        assert_eq!(until.as_deref(), Some("2027-01-05"));
        let generated = "From: a@b.example\r\nAuto-Submitted: auto-generated\r\nList-Id: <n.b.example>\r\nSubject: La lettre\r\n\r\nBonjour\r\n";
        assert_eq!(read(&parse(generated.as_bytes()).expect("a mail")), None);
    }

    #[test]
    fn a_mailbox_that_asks_who_wrote_has_answered() {
        let asks = "From: a@b.example\r\nSubject: Re: Vos idées de la semaine\r\n\r\nVotre message est en attente. Cliquez pour que je le lise.\r\n";
        assert!(matches!(read(&parse(asks.as_bytes()).expect("a mail")), Some(Notice::AutoReply { .. })));
        for (subject, text) in [
            ("Re: Letter [Please confirm your message]", "Your message is being held. Click to verify you are human."),
            (
                "Vérification de l’expéditeur - MailInBlack",
                "Bonjour, votre message est en attente. Veuillez vous authentifier en cliquant sur ce lien.",
            ),
            (
                "Alice (your message is waiting)",
                "Hello, your message to alice@example.org is on my Guest List. Please confirm.",
            ),
            ("Re: Letter", "I am currently out of the office and back on Monday."),
            ("Re: Lettre", "Je suis actuellement absente du bureau."),
            ("AW: Brief", "Ich bin derzeit außer Haus."),
        ] {
            let mail = format!(
                "From: a@b.example\r\nSubject: {subject}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
            );
            assert!(
                matches!(read(&parse(mail.as_bytes()).expect("a mail")), Some(Notice::AutoReply { .. })),
                "{subject}"
            );
        }
        let delivered = "From: MAILER-DAEMON@mx.example\r\nSubject: Delivered\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
            --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: delivered\r\n--b--\r\n";
        assert!(matches!(read(&parse(delivered.as_bytes()).expect("a mail")), Some(Notice::AutoReply { .. })));
        let person =
            "From: a@b.example\r\nSubject: Re: Vos idées de la semaine\r\n\r\nMerci, j'ai bien reçu votre message.\r\n";
        assert_eq!(read(&parse(person.as_bytes()).expect("a mail")), None);
    }
}
