//! A letter as the templates see it: every text of it, made.

use serde::Serialize;

use crate::domain::Language;
use crate::text::typography::words;

/// A letter, ready for the templates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LetterView {
    pub(super) lang: &'static str,
    pub(super) organisation: String,
    pub(super) week: String,
    /// Subject of the mail.
    pub subject: String,
    pub(super) preheader: String,
    pub(super) heading: String,
    pub(super) intro: Option<String>,
    pub(super) own: Option<OwnView>,
    pub(super) suggestions: Vec<SuggestionView>,
    pub(super) empty: Option<String>,
    pub(super) coming: Option<ComingView>,
    pub(super) answer: Option<String>,
    pub(super) soft_line: Option<String>,
    pub(super) hint: Option<String>,
    pub(super) labels: Labels,
    pub(super) footer: Footer,
    /// What the text part leaves out so far, a step of [`LetterView::shorten`] each.
    #[serde(skip)]
    pub(super) shortened: usize,
    #[serde(skip)]
    pub(super) language: Language,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct SuggestionView {
    pub(super) n: usize,
    pub(super) title: String,
    pub(super) title_lang: &'static str,
    pub(super) link: String,
    pub(super) source: String,
    pub(super) date: String,
    pub(super) reading: Option<String>,
    pub(super) language_note: Option<&'static str>,
    pub(super) channel: String,
    pub(super) when: String,
    /// Day and network with the reasons for both, in one line.
    pub(super) place: String,
    pub(super) easy: bool,
    pub(super) easy_label: Option<String>,
    pub(super) caution: Option<String>,
    pub(super) you: Labelled,
    pub(super) reasons: Vec<Labelled>,
    pub(super) angle: Option<AngleView>,
    pub(super) other_angles: Vec<AngleView>,
    pub(super) ready: Option<Labelled>,
    pub(super) excerpt: Option<String>,
    pub(super) also: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct OwnView {
    pub(super) label: &'static str,
    pub(super) title: String,
    pub(super) title_lang: &'static str,
    pub(super) link: String,
    pub(super) text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct ComingView {
    pub(super) label: &'static str,
    pub(super) dates: Vec<ComingDate>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct ComingDate {
    pub(super) day: String,
    pub(super) text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Labelled {
    pub(super) label: &'static str,
    pub(super) text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct AngleView {
    pub(super) label: String,
    pub(super) family: &'static str,
    pub(super) text: String,
    /// Its question alone.
    pub(super) question: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Labels {
    pub(super) read: String,
    pub(super) why_this: String,
    pub(super) excerpt: &'static str,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Footer {
    pub(super) sender: String,
    pub(super) stop: String,
    pub(super) free: String,
    pub(super) tracking: String,
    pub(super) charter: Option<String>,
    pub(super) charter_link: Option<String>,
}

impl LetterView {
    /// Words of its ready texts.
    pub(in crate::digest) fn ready_words(&self) -> usize {
        let ready = self.suggestions.iter().filter_map(|one| one.ready.as_ref());
        ready.map(|ready| words(&ready.text)).sum()
    }

    /// A made-up letter in which every part is filled.
    pub(in crate::digest) fn sample() -> Self {
        let text = || "Exemple".to_owned();
        let labelled = || Labelled { label: "Exemple", text: text() };
        LetterView {
            lang: "fr",
            organisation: text(),
            week: text(),
            subject: text(),
            preheader: text(),
            heading: text(),
            intro: Some(text()),
            suggestions: vec![SuggestionView {
                n: 1,
                title: text(),
                title_lang: "en",
                link: "https://example.org/".into(),
                source: text(),
                date: text(),
                reading: Some(text()),
                language_note: Some("en anglais"),
                channel: text(),
                when: text(),
                place: text(),
                easy: true,
                easy_label: Some(text()),
                caution: Some(text()),
                you: labelled(),
                reasons: vec![labelled()],
                angle: Some(AngleView { label: text(), family: "exemple", text: text(), question: text() }),
                other_angles: vec![AngleView { label: text(), family: "exemple", text: text(), question: text() }],
                ready: Some(labelled()),
                excerpt: Some(text()),
                also: Some(text()),
            }],
            own: Some(OwnView {
                label: "Exemple",
                title: text(),
                title_lang: "fr",
                link: "https://example.org/".into(),
                text: text(),
            }),
            coming: Some(ComingView { label: "Exemple", dates: vec![ComingDate { day: text(), text: text() }] }),
            answer: Some(text()),
            empty: Some(text()),
            soft_line: Some(text()),
            hint: Some(text()),
            labels: Labels { read: text(), why_this: text(), excerpt: "Extrait" },
            footer: Footer {
                sender: text(),
                stop: text(),
                free: text(),
                tracking: text(),
                charter: Some(text()),
                charter_link: Some("https://example.org/".into()),
            },
            shortened: 0,
            language: Language::French,
        }
    }
}
