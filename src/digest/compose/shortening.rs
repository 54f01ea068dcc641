//! How a letter whose text part is too long becomes shorter: what can be missed most easily goes first.

use crate::domain::Language;
use crate::text::typography::{capital, in_sentence, quoted};

use super::view::{LetterView, SuggestionView};

impl LetterView {
    /// Leaves the next thing out that can be missed most easily; false when nothing is left to leave out.
    pub(in crate::digest) fn shorten(&mut self) -> bool {
        let language = self.language;
        let each = &mut self.suggestions;
        match self.shortened {
            0 => each.iter_mut().for_each(|one| one.also = None),
            1 => without_repeats(each, language),
            2 => each.iter_mut().flat_map(|one| &mut one.reasons).for_each(|reason| without_persona(&mut reason.text)),
            3 => each.iter_mut().skip(1).for_each(|one| one.other_angles.clear()),
            4 => each.iter_mut().for_each(|one| one.in_few_words(language)),
            5 => each.iter_mut().for_each(|one| one.other_angles.clear()),
            6 => self.coming.iter_mut().for_each(|coming| coming.dates.truncate(1)),
            7 => self.own.iter_mut().for_each(|own| own.text.clear()),
            8 => self.hint = None,
            // Who asked for more than three has the whole of the others in the page.
            9 => question_alone(each, 3),
            10 => question_alone(each, 2),
            11 => question_alone(each, 1),
            _ => return false,
        }
        self.shortened += 1;
        true
    }
}

impl SuggestionView {
    /// The same in few words: the label of the topic stands once, beside the evidence.
    fn in_few_words(&mut self, language: Language) {
        if let Some(minutes) = &mut self.reading {
            let end = minutes.find(language.pick(" de lecture", " read")).unwrap_or(minutes.len());
            minutes.truncate(end);
        }
        let topic =
            self.reasons.first().and_then(|reason| reason.text.split(['\u{a0}', ':']).next()).unwrap_or_default();
        let named = quoted(&in_sentence(topic), language);
        self.you.text = capital(&self.you.text.replacen(&named, language.pick("ce sujet", "this subject"), 1));
        if let Some(angle) = &mut self.angle {
            angle.family = "";
        }
    }
}

/// An objective or audience that was told before is the same again.
fn without_repeats(suggestions: &mut [SuggestionView], language: Language) {
    let mut told: Vec<String> = Vec::new();
    for reason in suggestions.iter_mut().flat_map(|one| &mut one.reasons) {
        let same = match reason.label {
            "Objectif" | "Objective" => language.pick("le même.", "the same."),
            "Pour" | "For" => language.pick("les mêmes.", "the same."),
            _ => continue,
        };
        if told.contains(&reason.text) {
            same.clone_into(&mut reason.text);
        } else {
            told.push(reason.text.clone());
        }
    }
}

/// Of the angles of all but the first `count` only the question is left.
fn question_alone(suggestions: &mut [SuggestionView], count: usize) {
    for angle in suggestions.iter_mut().skip(count).filter_map(|one| one.angle.as_mut()) {
        angle.text.clone_from(&angle.question);
    }
}

/// Leaves out the persona of an audience.
pub(super) fn without_persona(text: &mut String) {
    for begins in [" Par exemple\u{a0}:", " Par exemple :", " For instance:"] {
        if let Some(at) = text.find(begins) {
            text.truncate(at);
        }
    }
}
