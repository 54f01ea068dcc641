//! Markings: the words by which a text, a mail or a subject says who may read it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::{Confidentiality, Hold};
use crate::text::embargo;
use crate::text::tokens::fold;

/// Characters at the head and at the foot of a text where a marker counts.
const EDGE: usize = 240;
/// Lines at the head and at the foot of a text of others in which a marking may stand.
const HEAD_LINES: usize = 10;
const FOOT_LINES: usize = 8;
/// Longest line that is a label with what it says, or a sentence that is a marking.
const LABELLED: usize = 60;
/// Letters set apart from which they are a word.
const SPACED: usize = 5;
/// Longest line that is a marking rather than a sentence, in the press of others.
const MARKING: usize = 90;

/// Words that hold an item back, folded.
const MARKERS: [&str; 60] = [
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
    "ne doit pas etre diffuse",
    "ne doit pas etre publie",
];
/// Headers that say how sensitive a message is: RFC 2156, and those of mail servers and of labels.
pub const HEADERS: [&str; 7] = [
    "sensitivity",
    "x-sensitivity",
    "classification",
    "x-classification",
    "x-protective-marking",
    "x-ms-exchange-organization-classification",
    "msip_labels",
];
/// Words of such headers, and of labels in a text, that hold it back.
const SENSITIVE: [&str; 21] = [
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
    "red",
    "amber",
    "rouge",
    "orange",
];
/// Labels behind which such a word says who may read a text: `Diffusion : interne`.
const LABELS: [&str; 15] = [
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
];
/// Words that are a marking in capitals, between brackets or alone on a line of our own, and no more than words elsewhere.
const SHOUTED: [&str; 5] = ["interne", "internal", "restricted", "restreint", "restreinte"];
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

/// Where markers are looked for.
#[derive(Debug, Clone, Copy)]
pub struct Marking<'a> {
    /// Class of the source.
    pub class: Confidentiality,
    /// Title or subject.
    pub title: &'a str,
    /// Text.
    pub text: &'a str,
    /// Headers of a message, names in lower case.
    pub headers: &'a [(&'a str, &'a str)],
    /// When it was published or sent: an embargo without a year ends after that.
    pub sent: Timestamp,
}

/// Says whether a marker or an embargo stands in or around a text.
///
/// In our own sources a marker counts anywhere at the head or foot. In the press of others it must be a marking of
/// its own, in a line alone: an article that speaks of "un rapport confidentiel" is not held back.
pub fn marked(marking: &Marking<'_>, zone: &TimeZone) -> Option<Hold> {
    for (name, value) in marking.headers {
        let value = fold(value);
        let mut words = value.split(|c: char| !c.is_alphanumeric());
        if let Some(word) = words.find(|word| SENSITIVE.contains(word)) {
            return Some(Hold { why: format!("the mail header {name} says “{word}”"), until: None });
        }
    }
    let (title, text) = (seen(marking.title), seen(marking.text));
    if marking.class == Confidentiality::Public {
        of_others(&title, &text, marking.sent, zone)
    } else {
        of_ours(&title, &text, marking.sent, zone)
    }
}

fn of_ours(title: &str, text: &str, sent: Timestamp, zone: &TimeZone) -> Option<Hold> {
    let edges = [("title", title), ("head", head(text)), ("foot", foot(text))];
    edges.into_iter().fold(None, |found, (place, raw)| {
        let edge = fold(raw);
        let embargo = embargo::speaks(&edge)
            .then(|| Hold { why: format!("an embargo in the {place}"), until: embargo::end(&edge, sent, zone) });
        // A marker may go over two lines.
        let joined = edge.split_whitespace().collect::<Vec<_>>().join(" ");
        let word = MARKERS.iter().find(|word| stands_in(&edge, word) || stands_in(&joined, word)).copied();
        let word = word
            .or_else(|| raw.lines().find_map(|line| shouted(line).or_else(|| bare(line)).or_else(|| labelled(line))));
        let marker = word.map(|word| Hold { why: format!("“{word}” in the {place}"), until: None });
        Hold::both(found, Hold::both(embargo, marker))
    })
}

fn of_others(title: &str, text: &str, sent: Timestamp, zone: &TimeZone) -> Option<Hold> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let head = lines.iter().take(HEAD_LINES).map(|line| ("head", *line));
    let foot = lines.iter().skip(HEAD_LINES.max(lines.len().saturating_sub(FOOT_LINES))).map(|line| ("foot", *line));
    // A letter that was passed on has its subject in its head.
    let subjects =
        lines.iter().take(HEAD_LINES).filter_map(|line| line.split_once(':')).filter_map(|(label, subject)| {
            matches!(fold(label.trim_matches(['*', ' ', '\u{a0}', '>'])).as_str(), "objet" | "subject" | "betreff")
                .then_some(subject)
        });
    let titles = std::iter::once(title).chain(subjects).flat_map(parts_of_title).map(|part| ("title", part));
    titles.chain(head.chain(foot).map(|(place, line)| (place, Part { text: line, certain: false }))).fold(
        None,
        |found, (place, part)| {
            let word = own_marking(part).or_else(|| sentences(part.text)).or_else(|| shouted(part.text));
            let label = || labelled(part.text).filter(|_| part.text.chars().count() <= LABELLED);
            let marker =
                word.or_else(label).map(|word| Hold { why: format!("“{word}” in the {place}"), until: None });
            Hold::both(found, Hold::both(marker, own_embargo(part.text, place, sent, zone)))
        },
    )
}

/// A piece of a title; `certain` where somebody set it there to be read first.
#[derive(Debug, Clone, Copy)]
struct Part<'a> {
    text: &'a str,
    certain: bool,
}

/// A title without what answers and forwards put before it, what stands in brackets at its head, and what ends it in
/// brackets or behind a dash.
fn parts_of_title(title: &str) -> Vec<Part<'_>> {
    let (mut rest, mut passed_on) = (title.trim(), false);
    while let Some((prefix, after)) = rest.split_once(':') {
        let prefix = fold(prefix.trim());
        if !["re", "rep", "aw", "sv", "tr", "fw", "fwd", "wg"].contains(&prefix.as_str()) {
            break;
        }
        passed_on |= ["tr", "fw", "fwd", "wg"].contains(&prefix.as_str());
        rest = after.trim_start();
    }
    let mut parts = vec![Part { text: rest, certain: passed_on }];
    let inner = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(inner, _)| inner);
    parts.extend(inner.map(|text| Part { text, certain: true }));
    let closed = rest.strip_suffix([')', ']']).and_then(|rest| rest.rsplit_once(['(', '['])).map(|(_, inner)| inner);
    let dashed = [" – ", " — ", " - ", " | "].iter().filter_map(|dash| rest.rsplit_once(dash)).map(|(_, last)| last);
    // At the end a marking is nothing but that.
    parts.extend(closed.into_iter().chain(dashed).map(|text| Part { text, certain: false }));
    parts
}

/// Without what no eye sees; letters set apart are a word: `C O N F I D E N T I E L`.
fn seen(text: &str) -> String {
    let unseen = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}');
    let shown: String = text.chars().filter(|c| !unseen(*c)).collect();
    let single = |word: &str| word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
    let spaced = |line: &str| line.split(' ').map(|word| usize::from(single(word))).sum::<usize>() >= SPACED;
    if !shown.lines().any(spaced) {
        return shown;
    }
    let join = |line: &str| {
        let mut joined = String::with_capacity(line.len());
        let mut run = false;
        for word in line.split(' ') {
            if !(joined.is_empty() || run && single(word)) {
                joined.push(' ');
            }
            joined.push_str(word);
            run = single(word);
        }
        joined
    };
    shown.lines().map(|line| if spaced(line) { join(line) } else { line.to_owned() }).collect::<Vec<_>>().join("\n")
}

/// `INTERNE`, `[Internal]`, `RESTRICTED – le plan`.
fn shouted(raw: &str) -> Option<&'static str> {
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
fn bare(raw: &str) -> Option<&'static str> {
    let line = fold(raw.trim_matches(|c: char| !c.is_alphanumeric()));
    SHOUTED.iter().find(|word| line == **word).copied()
}

/// `Diffusion : interne`, `sensitivity = restricted`.
fn labelled(raw: &str) -> Option<&'static str> {
    let (label, value) = raw.split_once([':', '='])?;
    let label = fold(label.trim_matches(|c: char| !c.is_alphanumeric())).replace(['-', '_'], " ");
    let value = fold(value);
    let mut words = value.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.find(|word| !["strictement", "strictly", "niveau", "c1", "c2", "c3"].contains(word))?;
    LABELS.iter().any(|known| *known == label).then(|| SENSITIVE.iter().find(|word| **word == first).copied())?
}

/// A marker that begins a short line or part and from which no sentence goes on.
///
/// "Confidentiel : …" is a rubric of the press; in capitals, between brackets or alone on its line it is a marking.
fn own_marking(part: Part<'_>) -> Option<&'static str> {
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
    let shouts =
        bare.split_whitespace().count() <= 8 && bare.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
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
fn sentences(raw: &str) -> Option<&'static str> {
    if raw.chars().count() > LABELLED || !raw.contains(['.', '!']) {
        return None;
    }
    let folded = fold(raw);
    let mut sentences = folded.split(['.', '!']).map(|one| one.trim_matches(|c: char| !c.is_alphanumeric()));
    sentences
        .find_map(|one| MARKERS.iter().find(|word| **word == one || one.strip_prefix("merci de ") == Some(**word)))
        .copied()
}

/// The embargo that a line of the press says of itself. It writes of embargoes on oil and arms too: one on itself says
/// until when, or stands alone, and is not over.
fn own_embargo(raw: &str, place: &str, sent: Timestamp, zone: &TimeZone) -> Option<Hold> {
    let line = fold(raw.trim_start_matches(|c: char| !c.is_alphanumeric()));
    if line.chars().count() > MARKING {
        return None;
    }
    let promised =
        ["sous embargo jusqu", "under embargo until", "embargoed until"].iter().any(|word| line.contains(word));
    let begins = ["sous embargo", "under embargo", "embargoed", "strict embargo", "embargo"];
    let begins = begins.iter().any(|word| line.starts_with(word));
    if !(promised || begins || embargo::begins(&line)) || !embargo::speaks(&line) && !line.starts_with("embargo") {
        return None;
    }
    let until = embargo::end(&line, sent, zone);
    let over =
        ["depuis", "since", "jusqu'a ce", "jusqu'a hier", "jusqu'a present", "jusqu'ici", "jusqu'alors", "until now"];
    let alone = line.strip_prefix("embargo").is_some_and(|rest| {
        let mut said = rest.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        said.all(|word| ["presse", "press", "media", "strict", "total"].contains(&word))
    });
    let own = alone || begins && !line.starts_with("embargo") && !over.iter().any(|word| line.contains(word));
    (until.is_some() || own).then(|| Hold { why: format!("an embargo in the {place}"), until })
}

/// The head, to the end of the line in which it ends: a date must not be cut in two.
fn head(text: &str) -> &str {
    let Some((end, _)) = text.char_indices().nth(EDGE) else { return text };
    let rest = text[end..].find('\n').unwrap_or(text.len() - end).min(400);
    let end = (end..=end + rest).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(end);
    &text[..end]
}

fn foot(text: &str) -> &str {
    text.char_indices().rev().nth(EDGE - 1).map_or(text, |(start, _)| &text[start..])
}

/// True where a marker stands as words of its own, no sentence denies it, and it is not the small print of every mail.
fn stands_in(text: &str, marker: &str) -> bool {
    // `tlp:red` and `TLP RED` are one.
    let text = text.replace("tlp: ", "tlp ").replace("tlp:", "tlp ").replace("tlp : ", "tlp ");
    text.match_indices(marker).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + marker.len()..].chars().next();
        let apart = !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric);
        let until = embargo::is_before(text[at..].lines().next().unwrap_or_default()) && embargo::begins(&text[at..]);
        apart && !until && !is_denied(&text[..at]) && !is_small_print(&text, at)
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn held(class: Confidentiality, title: &str, text: &str) -> Option<Hold> {
        let sent: Timestamp = "2026-11-20T08:00:00Z".parse().expect("an instant");
        let zone = TimeZone::get("Europe/Paris").expect("the zone");
        marked(&Marking { class, title, text, headers: &[], sent }, &zone)
    }

    #[test]
    fn markings_of_our_own_are_read_however_they_are_set() {
        for line in [
            "INTERNE",
            "[INTERNE] Le plan",
            "Interne",
            "INTERNAL – the plan",
            "Diffusion : interne",
            "Classification : C2 – Interne",
            "sensitivity: restricted",
            "TLP: rouge",
            "Strictement interne",
            "Réservé aux collaborateurs",
            "Draft – not for circulation",
            "À ne pas rendre public avant accord",
            "Ne pas\ndiffuser",
            "C O N F I D E N T I E L",
            "Confi\u{200c}dentiel",
            "Confidentiel jusqu’au 3 décembre 2026",
            "EMBARGO",
        ] {
            for (title, text) in [("Note", format!("{line}\n\nLe texte.")), ("Note", format!("Le texte.\n\n{line}"))] {
                assert!(held(Confidentiality::Shareable, title, &text).is_some(), "{line}");
            }
        }
        for line in [
            "Communication interne : cinq idées",
            "Le marché intérieur",
            "Diffusion : grand public",
            "Internal affairs",
        ] {
            assert_eq!(held(Confidentiality::Shareable, line, line), None, "{line}");
        }
    }

    #[test]
    fn subjects_of_letters_are_markings_where_somebody_set_them_there() {
        for subject in [
            "[INTERNE] Notre lettre",
            "INTERNE : notre lettre",
            "Tr: [Confidentiel] Notre lettre",
            "TR: Confidentiel - notre lettre",
            "Fwd: [Diffusion restreinte] Notre lettre",
            "Lettre (confidentiel)",
            "Lettre – ne pas diffuser",
            "[EMBARGO 3/12 14h] Les résultats",
        ] {
            assert!(held(Confidentiality::Public, subject, "Un texte.").is_some(), "{subject}");
        }
        for text in [
            "Objet : [CONFIDENTIEL] Lettre\n\nUn texte.",
            "Document de travail. Ne pas diffuser.\n\nUn texte.",
            "Critère de diffusion : Confidentiel\n\nUn texte.",
            "EMBARGO – 3 décembre 2026\n\nUn texte.",
            "EMBARGO PRESSE\n\nUn texte.",
        ] {
            assert!(held(Confidentiality::Public, "Lettre", text).is_some(), "{text}");
        }
        for title in [
            "Confidentiel : ce que contient l’accord",
            "Sous embargo depuis lundi, l’étude est enfin publique",
            "Sous embargo jusqu’à ce matin, le rapport sort",
            "Re: Communication interne",
            "RESTRICTED ACCESS: who may enter the port",
            "Embargo sur les armes : le vote du 3 décembre 2026",
        ] {
            assert_eq!(held(Confidentiality::Public, title, "Un texte."), None, "{title}");
        }
    }
}
