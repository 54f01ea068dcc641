//! What shows that an item is on a topic, in words: true of the item, and gone when it is gone.

use crate::domain::{Language, TopicMatch};

use super::typography::{list, quoted};

/// Words told of each kind, at most.
const MOST: usize = 3;

/// Each kind of evidence in words, the strongest first.
pub fn told(found: &TopicMatch, language: Language) -> Vec<String> {
    let words = |terms: &[String]| {
        let quoted: Vec<String> = terms.iter().take(MOST).map(|term| quoted(term, language)).collect();
        list(&quoted, language)
    };
    let mut parts = Vec::new();
    if !found.in_title.is_empty() {
        let words = words(&found.in_title);
        parts.push(language.pick(format!("{words} dans le titre"), format!("{words} in the title")));
    }
    if !found.in_text.is_empty() {
        let words = words(&found.in_text);
        parts.push(language.pick(format!("{words} dans le texte"), format!("{words} in the text")));
    }
    if !found.close.is_empty() {
        let words: Vec<&str> = found.close.iter().take(MOST).map(String::as_str).collect();
        let words = words.join(", ");
        parts.push(language.pick(format!("proche de : {words}"), format!("close to it: {words}")));
    }
    if parts.is_empty() {
        parts.push(
            language.pick("dit ce que disent les articles de ce sujet", "says what articles on it say").to_owned(),
        );
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_evidence_is_told_where_it_is() {
        let mut found = TopicMatch {
            topic: "r".into(),
            score: 0.9,
            in_title: vec!["rénovation énergétique".into()],
            in_text: vec![],
            close: vec!["isolation".into(), "chaudière".into()],
        };
        assert_eq!(
            told(&found, Language::French),
            ["«\u{a0}rénovation énergétique\u{a0}» dans le titre", "proche de : isolation, chaudière"]
        );
        found.in_title.clear();
        assert_eq!(told(&found, Language::English), ["close to it: isolation, chaudière"]);
        found.close.clear();
        assert_eq!(told(&found, Language::English).len(), 1);
    }
}
