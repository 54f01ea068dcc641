//! Markers: the words that hold a text back, and where they are no more than words.

use crate::text::embargo;
use crate::text::tokens::fold;

use super::titles::Part;

/// Longest line that is a label with what it says, or a sentence that is a marking.
pub(super) const LABELLED: usize = 60;
/// Longest line that is a marking rather than a sentence, in the press of others.
pub(super) const MARKING: usize = 90;
/// Words that hold an item back, folded.
pub(super) const MARKERS: [&str; 77] = [
    "strictement confidentiel",
    "strictement confidentielle",
    "confidentiel",
    "confidentielle",
    "confidentiels",
    "confidentielles",
    "diffusion restreinte",
    "diffusion limitee",
    "diffusion strictement limitee",
    "diffusion interne",
    "ne pas diffuser",
    "ne pas transferer",
    "ne pas rediffuser",
    "ne pas communiquer",
    "ne pas publier",
    "ne pas partager",
    "non diffusable",
    "usage interne",
    "usage strictement interne",
    "interne uniquement",
    "uniquement en interne",
    "document interne",
    "reserve a un usage interne",
    "secret des affaires",
    "company confidential",
    "strictly confidential",
    "private and confidential",
    "confidential",
    "internal use only",
    "for internal use",
    "internal only",
    "do not distribute",
    "do not forward",
    "do not share",
    "do not publish",
    "not for distribution",
    "not for release",
    "not for publication",
    "not for sharing",
    "tlp red",
    "tlp amber",
    "tlp green",
    "c3 confidentiel",
    "acces restreint",
    "restricted distribution",
    "commercial in confidence",
    "strictement interne",
    "reserve aux collaborateurs",
    "reserve aux collaboratrices",
    "reserve aux salaries",
    "reserve au personnel",
    "ne pas rendre public",
    "ne pas rendre publique",
    "not for external use",
    "not for external distribution",
    "not for circulation",
    "not for onward distribution",
    "do not circulate",
    "vertraulich",
    "internal use",
    "staff only",
    "employees only",
    "eyes only",
    "not for public release",
    "not for external release",
    "off the record",
    "pour information interne",
    "ne pas faire suivre",
    "ne pas citer",
    "pas pour publication",
    "non destine a la publication",
    "ne doit pas sortir de",
    "en attente de validation",
    "a garder en interne",
    "keep internal",
    "ne doit pas etre diffuse",
    "ne doit pas etre publie",
];
/// Words of such headers, and of labels in a text, that hold it back.
pub(super) const SENSITIVE: [&str; 17] = [
    "confidential",
    "confidentiel",
    "confidentielle",
    "confidentiels",
    "confidentielles",
    "restricted",
    "restreint",
    "restreinte",
    "internal",
    "interne",
    "internes",
    "secret",
    "secrete",
    "private",
    "prive",
    "privee",
    "personal",
];
/// Words that say so behind a label of our own alone: of others they say whom a course is for.
const INNER: [&str; 9] = ["comex", "codir", "collaborateurs", "salaries", "brouillon", "draft", "c2", "c3", "c4"];
/// Colours of the traffic light protocol that hold a text (FIRST, TLP 2.0).
const LIGHTS: [&str; 4] = ["red", "amber", "rouge", "orange"];
/// Labels behind which such a word says who may read a text: `Diffusion : interne`.
const LABELS: [&str; 19] = [
    "diffusion",
    "niveau de diffusion",
    "critere de diffusion",
    "classification",
    "niveau de classification",
    "confidentialite",
    "niveau de confidentialite",
    "confidentiality",
    "sensitivity",
    "sensibilite",
    "visibility",
    "visibilite",
    "distribution",
    "protective marking",
    "tlp",
    "audience",
    "statut",
    "status",
    "public",
];
/// Words that are a marking in capitals, between brackets or alone on a line of our own, and no more than words elsewhere.
const SHOUTED: [&str; 9] =
    ["interne", "internal", "restricted", "restreint", "restreinte", "brouillon", "draft", "prive", "private"];
/// What the small print under every mail says: no marking of this one.
const DISCLAIMERS: [&str; 8] = [
    "destinataire",
    "intended recipient",
    "intended solely",
    "intended only for",
    "par erreur",
    "in error",
    "legally privileged",
    "la personne a qui",
];

/// `INTERNE`, `[Internal]`, `RESTRICTED – le plan`.
pub(super) fn shouted(raw: &str) -> Option<&'static str> {
    let raw = raw.trim();
    let inner =
        raw.strip_prefix(['[', '(']).and_then(|rest| rest.split_once([']', ')'])).map(|(inner, _)| fold(inner.trim()));
    let first = raw.split(|c: char| !c.is_alphabetic()).find(|word| !word.is_empty()).unwrap_or_default();
    let after =
        raw.trim_start_matches(|c: char| !c.is_alphabetic()).strip_prefix(first).unwrap_or_default().trim_start();
    let capitals = first.chars().all(char::is_uppercase) && !after.starts_with(|c: char| c.is_alphanumeric());
    let folded = fold(first);
    SHOUTED.iter().find(|word| inner.as_deref() == Some(**word) || capitals && folded == **word).copied()
}

/// One of those words and nothing else on the line.
pub(super) fn bare(raw: &str) -> Option<&'static str> {
    let line = fold(raw.trim_matches(|c: char| !c.is_alphanumeric()));
    SHOUTED.iter().find(|word| line == **word).copied()
}

/// `Diffusion : interne`, `sensitivity = restricted`.
pub(super) fn labelled(raw: &str, ours: bool) -> Option<&'static str> {
    let (label, value) = raw.split_once([':', '='])?;
    let label = fold(label.trim_matches(|c: char| !c.is_alphanumeric())).replace(['-', '_'], " ");
    let value = fold(value);
    let mut words = value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.find(|word| !["strictement", "strictly", "niveau", "c1"].contains(word))?;
    let known = SENSITIVE
        .iter()
        .chain(INNER.iter().filter(|_| ours))
        .chain(LIGHTS.iter().filter(|_| label == "tlp"))
        .find(|word| **word == first)
        .copied();
    known.filter(|_| LABELS.contains(&label.as_str()))
}

/// A marker that begins a short line or part and from which no sentence goes on.
///
/// "Confidentiel : …" is a rubric of the press; in capitals, between brackets or alone on its line it is a marking.
pub(super) fn own_marking(part: Part<'_>) -> Option<&'static str> {
    let raw = part.text;
    // Folding drops an accent here and there, never most of a line.
    if raw.len() > 4 * MARKING {
        return None;
    }
    let bare = raw.trim_start_matches(|c: char| !c.is_alphanumeric());
    let bracketed = part.certain || raw.trim_start().starts_with(['[', '(']);
    let first = bare.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let capitals = first.len() > 3 && first.chars().all(char::is_uppercase);
    let folded = fold(bare);
    let before = ["document ", "information ", "a ", "for ", "strictly "];
    let line = before.iter().find_map(|word| folded.strip_prefix(word)).unwrap_or(&folded);
    if line.chars().count() > MARKING {
        return None;
    }
    let shouts = bare.contains(char::is_alphabetic)
        && bare.split_whitespace().count() <= 8
        && bare.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    let begins = |word: &&&str| {
        let Some(rest) = line.strip_prefix(**word) else { return false };
        let ends = !rest.trim_start().starts_with(char::is_alphanumeric);
        let only = ["uniquement", "seulement", "exclusivement", "only"].contains(&rest.trim());
        let nothing_more = !rest.contains(char::is_alphanumeric) || MARKERS.iter().any(|other| stands_in(rest, other));
        only || (ends && (capitals || bracketed || nothing_more))
    };
    let starts = MARKERS.iter().find(begins);
    starts.or_else(|| MARKERS.iter().find(|word| shouts && stands_in(&folded, word))).copied()
}

/// A short line of which a whole sentence is a marker: `Document de travail. Ne pas diffuser.`
pub(super) fn sentences(raw: &str) -> Option<&'static str> {
    if raw.chars().count() > LABELLED || !raw.contains(['.', '!']) {
        return None;
    }
    let folded = fold(raw);
    let mut sentences = folded.split(['.', '!']).map(|one| one.trim_matches(|c: char| !c.is_alphanumeric()));
    sentences
        .find_map(|one| MARKERS.iter().find(|word| **word == one || one.strip_prefix("merci de ") == Some(**word)))
        .copied()
}

/// True where a marker stands as words of its own, no sentence denies it, and it is not the small print of every mail.
pub(super) fn stands_in(text: &str, marker: &str) -> bool {
    // `tlp:red` and `TLP RED` are one.
    let replaced;
    let text = if marker.starts_with("tlp") {
        replaced = text.replace("tlp: ", "tlp ").replace("tlp:", "tlp ").replace("tlp : ", "tlp ");
        &replaced
    } else {
        text
    };
    text.match_indices(marker).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + marker.len()..].chars().next();
        let apart = !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric);
        let until = embargo::is_before(text[at..].lines().next().unwrap_or_default()) && embargo::begins(&text[at..]);
        apart && !until && !is_denied(&text[..at]) && !is_small_print(text, at) && !is_prose(text, at, marker)
    })
}

/// Words that are only the adjective of something, or the object of a rule for readers: "vos données restent
/// confidentielles", "ne pas partager votre mot de passe".
fn is_prose(text: &str, at: usize, marker: &str) -> bool {
    const OF: [&str; 17] = [
        "donnees",
        "reponses",
        "candidatures",
        "candidature",
        "coordonnees",
        "computing",
        "anonyme",
        "anonymes",
        "answers",
        "responses",
        "numero",
        "maniere",
        "facon",
        "restent",
        "resteront",
        "stays",
        "longtemps",
    ];
    const THINGS: [&str; 8] = ["mot", "passe", "password", "passwords", "identifiants", "code", "chaleur", "pin"];
    let start = text[..at].rfind(['\n', '.', '!', '?']).map_or(0, |found| found + 1);
    let rest = &text[at + marker.len()..];
    let end = rest.find(['\n', '.', '!', '?']).unwrap_or(rest.len());
    let words = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (before, after) = (words(&text[start..at]), words(&rest[..end]));
    let question = rest[end..].starts_with('?')
        || before.first().is_some_and(|word| ["comment", "pourquoi", "how", "what", "que"].contains(&word.as_str()));
    // "DONNÉES CONFIDENTIELLES" is no sentence.
    if before.len() + after.len() <= 2 && !question {
        return false;
    }
    if marker.starts_with("confidenti") {
        return question || before.iter().chain(&after).any(|word| OF.contains(&word.as_str()));
    }
    let of_things = after.iter().take(3).any(|word| THINGS.contains(&word.as_str()));
    let of_use = marker == "usage interne" && after.first().is_some_and(|word| ["ou", "de"].contains(&word.as_str()));
    question || of_things || of_use
}

/// "n’est pas confidentiel", "non confidentiel", "rien de confidentiel", "not confidential": within one clause.
fn is_denied(before: &str) -> bool {
    let clause = before.rsplit(['.', ',', ';', ':', '!', '?', '–', '—', '\n']).next().unwrap_or(before);
    let words: Vec<&str> = clause.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let negated = || words.iter().any(|word| matches!(*word, "n" | "ne" | "est" | "sont" | "etre"));
    match words.as_slice() {
        [.., "non" | "not" | "nothing"] | [.., "not", "a" | "an"] | [.., "rien", "de"] => true,
        [.., "pas" | "plus" | "jamais"] => negated(),
        _ => false,
    }
}

/// The sentence around it, and the next, speak of receivers and errors, as the small print of every mail does; a line that
/// begins with the marker is a marking all the same.
fn is_small_print(text: &str, at: usize) -> bool {
    let line = text[..at].rfind('\n').map_or(0, |found| found + 1);
    if !text[line..at].contains(char::is_alphanumeric) {
        return false;
    }
    let start = text[..at].rfind(['\n', '.', '!']).map_or(0, |found| found + 1);
    let rest = &text[at..];
    let end = rest.match_indices(['\n', '.']).nth(1).map_or(text.len(), |(found, _)| at + found);
    DISCLAIMERS.iter().any(|word| text[start..end].contains(word))
}
