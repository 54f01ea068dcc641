//! A short mail to the lead: an edition waits for somebody to look at it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::domain::{EditionId, Language};
use crate::text::typography::{count, french, moment};

/// What such a mail is made of.
#[derive(Debug, Clone)]
pub struct Waiting<'a> {
    /// Language of the lead.
    pub language: Language,
    /// The company.
    pub organisation: &'a str,
    /// The week.
    pub edition: EditionId,
    /// When its letters leave.
    pub leaves: Timestamp,
    /// True when they leave even if nobody approves them.
    pub leaves_anyway: bool,
    /// People who get something, and suggestions in all.
    pub people: usize,
    /// See [`Waiting::people`].
    pub suggestions: usize,
    /// The first of them: who, when, what.
    pub plan: Vec<[String; 3]>,
    /// Civil time.
    pub zone: &'a TimeZone,
}

/// Such a mail, ready for the templates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    lang: &'static str,
    organisation: String,
    /// Subject of the mail.
    pub subject: String,
    heading: String,
    lines: Vec<String>,
    plan: Vec<[String; 3]>,
    more: Option<String>,
    commands_label: String,
    commands: Vec<String>,
}

/// Says it.
pub fn compose(waiting: &Waiting<'_>) -> Notice {
    let language = waiting.language;
    let t = |fr: String, en: String| language.pick(french(&fr), en);
    let when = moment(waiting.leaves, waiting.zone, language);
    let edition = waiting.edition;
    let people =
        count(waiting.people, language.pick("personne", "person"), language.pick("personnes", "people"), language);
    let ideas = count(
        waiting.suggestions,
        language.pick("suggestion", "suggestion"),
        language.pick("suggestions", "suggestions"),
        language,
    );
    let fate = if waiting.leaves_anyway {
        t(
            "Sans réponse de votre part, elles partiront telles quelles.".into(),
            "If nobody answers, they leave as they are.".into(),
        )
    } else {
        t("Sans votre accord, elles ne partiront pas.".into(), "Without your approval, they do not leave.".into())
    };
    Notice {
        lang: language.code(),
        organisation: waiting.organisation.to_owned(),
        subject: t(
            format!("Les lettres partent {when} : un coup d'œil ?"),
            format!("Letters leave {when}: a quick look?"),
        ),
        heading: t(format!("L'édition {edition} attend votre regard"), format!("Edition {edition} waits for your eye")),
        lines: vec![
            t(
                format!("{people}, {ideas} : les lettres partent {when}, et personne ne les a encore approuvées."),
                format!("{people}, {ideas}: letters leave {when}, and nobody has approved them yet."),
            ),
            fate,
        ],
        more: (waiting.suggestions > waiting.plan.len()).then(|| {
            let others = waiting.suggestions - waiting.plan.len();
            t(format!("… et {others} de plus."), format!("… and {others} more."))
        }),
        plan: waiting.plan.clone(),
        commands_label: t(
            "Pour voir, changer, approuver, ou tout annuler :".into(),
            "To look, change, approve, or cancel everything:".into(),
        ),
        commands: vec![
            format!("vigie edition show {edition}"),
            language.pick("vigie edition swap PERSONNE 2", "vigie edition swap PERSON 2").to_owned(),
            format!("vigie edition approve --edition {edition}"),
            format!("vigie edition cancel --edition {edition} --why \"…\""),
        ],
    }
}

impl Notice {
    /// A made-up one in which every part is filled.
    pub(super) fn sample() -> Self {
        let text = || "Exemple".to_owned();
        Notice {
            lang: "fr",
            organisation: text(),
            subject: text(),
            heading: text(),
            lines: vec![text()],
            plan: vec![[text(), text(), text()]],
            more: Some(text()),
            commands_label: text(),
            commands: vec![text()],
        }
    }
}
