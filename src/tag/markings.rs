//! Markings: the words by which a text, a mail or a subject says who may read it.

mod markers;
mod press;
mod titles;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::{Confidentiality, Hold};
use crate::text::embargo;
use crate::text::tokens::fold;

use markers::{LABELLED, MARKERS, MARKING, SENSITIVE, bare, labelled, own_marking, sentences, shouted, stands_in};
use press::{asks_to_wait, own_embargo};
use titles::{Part, is_passed_on, parts_of_title};

/// Characters at the head and at the foot of a text where a marker counts.
const EDGE: usize = 240;
/// Lines at the head and at the foot of a text of others in which a marking may stand.
const HEAD_LINES: usize = 10;
const FOOT_LINES: usize = 8;
/// Lines of the note above what somebody passes on.
const NOTE_LINES: usize = 5;
/// Letters set apart from which they are a word.
const SPACED: usize = 5;

/// Headers that say how sensitive a message is: RFC 2156, and those of mail servers and of labels.
pub const HEADERS: [&str; 14] = [
    "x-ms-exchange-organization-sensitivity",
    "x-titus-classification",
    "x-data-classification",
    "x-security-classification",
    "sio-label",
    "embargo",
    "x-embargo",
    "sensitivity",
    "x-sensitivity",
    "classification",
    "x-classification",
    "x-protective-marking",
    "x-ms-exchange-organization-classification",
    "msip_labels",
];

/// Changes with what is read as a marking or an embargo: what was judged by others is judged anew.
pub const VERSION: u32 = 2;

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
    /// It is a letter: its subject was written by who sent it to us, and a forward may say more above.
    pub letter: bool,
    /// When it was published or sent: an embargo without a year ends after that.
    pub sent: Timestamp,
}

/// Says whether a marker or an embargo stands in or around a text.
///
/// In our own sources a marker counts anywhere at the head or foot. In the press of others it must be a marking of
/// its own, in a line alone: an article that speaks of "un rapport confidentiel" is not held back.
pub fn marked(marking: &Marking<'_>, zone: &TimeZone) -> Option<Hold> {
    let mut headed: Option<Hold> = None;
    for (name, value) in marking.headers {
        let value = fold(value);
        if name.ends_with("embargo") {
            let until = embargo::end(&format!("embargo {value}"), marking.sent, zone);
            headed = Hold::both(headed, Some(Hold { why: format!("the mail header {name}"), until }));
            continue;
        }
        // 1 to 3: personal, private, company-confidential.
        if name.ends_with("sensitivity") && matches!(value.trim(), "1" | "2" | "3") {
            return Some(Hold { why: format!("the mail header {name} says {}", value.trim()), until: None });
        }
        let mut words = value.split(|c: char| !c.is_alphanumeric());
        if let Some(word) = words.find(|word| SENSITIVE.contains(word) || ["c2", "c3", "c4"].contains(word)) {
            return Some(Hold { why: format!("the mail header {name} says “{word}”"), until: None });
        }
    }
    let (title, text) = (seen(marking.title), seen(marking.text));
    // What would hold the press holds us too, wherever it stands.
    let ours = marking.class != Confidentiality::Public;
    let found = of_others(&title, &text, marking, ours, zone);
    let own = if ours { of_ours(&title, &text, marking.sent, zone) } else { None };
    Hold::both(headed, Hold::both(own, found))
}

fn of_ours(title: &str, text: &str, sent: Timestamp, zone: &TimeZone) -> Option<Hold> {
    let edges = [("title", title), ("head", head(text)), ("foot", foot(text))];
    edges.into_iter().fold(None, |found, (place, raw)| {
        let edge = fold(raw);
        let today = sent.to_zoned(zone.clone()).date();
        let forbids = || edge.lines().any(|line| embargo::forbids(line, today));
        let embargo = (embargo::speaks(&edge) || forbids())
            .then(|| Hold { why: format!("an embargo in the {place}"), until: embargo::end(&edge, sent, zone) });
        // A marker may go over two lines.
        let joined = edge.split_whitespace().collect::<Vec<_>>().join(" ");
        let word = MARKERS.iter().find(|word| stands_in(&edge, word) || stands_in(&joined, word)).copied();
        let word = word.or_else(|| {
            raw.lines().find_map(|line| shouted(line).or_else(|| bare(line)).or_else(|| labelled(line, true)))
        });
        let marker = word.map(|word| Hold { why: format!("“{word}” in the {place}"), until: None });
        Hold::both(found, Hold::both(embargo, marker))
    })
}

/// What the press would say of itself. Of our own texts every line is read, of those of others the first and the last.
fn of_others(title: &str, text: &str, marking: &Marking<'_>, ours: bool, zone: &TimeZone) -> Option<Hold> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let heads = if ours { lines.len() } else { HEAD_LINES };
    let head = lines.iter().take(heads).map(|line| ("head", *line));
    let foot = lines.iter().skip(heads.max(lines.len().saturating_sub(FOOT_LINES))).map(|line| ("foot", *line));
    // A letter that was passed on has its subject in its head.
    let subjects =
        lines.iter().take(HEAD_LINES).filter_map(|line| line.split_once(':')).filter_map(|(label, subject)| {
            matches!(fold(label.trim_matches(['*', ' ', '\u{a0}', '>'])).as_str(), "objet" | "subject" | "betreff")
                .then_some(subject)
        });
    let subjects: Vec<&str> = subjects.collect();
    let passed_on = marking.letter && (is_passed_on(title) || !subjects.is_empty());
    let letter = marking.letter;
    let titles = std::iter::once(title).chain(subjects).flat_map(|title| parts_of_title(title, letter));
    let mut notes =
        lines.iter().take(if passed_on { NOTE_LINES } else { 0 }).filter(|line| line.chars().count() <= MARKING);
    let noted = notes.find_map(|line| MARKERS.iter().find(|word| stands_in(&fold(line), word)).copied());
    let noted = noted.map(|word| Hold { why: format!("“{word}” in the note above"), until: None });
    titles
        .map(|part| ("title", part))
        .chain(head.chain(foot).map(|(place, line)| (place, Part { text: line, certain: false })))
        .fold(noted, |found, (place, part)| {
            let word = own_marking(part).or_else(|| sentences(part.text)).or_else(|| shouted(part.text));
            let word = word.or_else(|| bare(part.text).filter(|_| part.certain));
            let label = || labelled(part.text, ours).filter(|_| part.text.chars().count() <= LABELLED);
            let marker =
                word.or_else(label).map(|word| Hold { why: format!("“{word}” in the {place}"), until: None });
            let asks = letter && asks_to_wait(part.text, marking.sent, zone);
            let asked = || {
                Some(Hold {
                    why: format!("an embargo in the {place}"),
                    until: embargo::end(&fold(part.text), marking.sent, zone),
                })
            };
            let embargo = own_embargo(part, place, marking.sent, zone).or_else(|| asked().filter(|_| asks));
            Hold::both(found, Hold::both(marker, embargo))
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn held(class: Confidentiality, title: &str, text: &str) -> Option<Hold> {
        held_as(class, title, text, false)
    }

    fn held_as(class: Confidentiality, title: &str, text: &str, letter: bool) -> Option<Hold> {
        let sent: Timestamp = "2026-11-20T08:00:00Z".parse().expect("an instant");
        let zone = TimeZone::get("Europe/Paris").expect("the zone");
        marked(&Marking { class, title, text, headers: &[], letter, sent }, &zone)
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
        let far = format!("{}\n\nCONFIDENTIEL\n\n{}", "Le texte. ".repeat(60), "La suite. ".repeat(60));
        assert!(held(Confidentiality::Shareable, "Note", &far).is_some(), "a marking in the midst");
        for title in ["[EMBARGO] Acme lance sa pompe", "Acme lance sa pompe (embargo)", "Acme lance sa pompe [INTERNE]"]
        {
            assert!(held(Confidentiality::Shareable, title, "Un texte.").is_some(), "{title}");
        }
        for line in ["DONNÉES CONFIDENTIELLES", "Ce document contient des informations confidentielles."] {
            assert!(held(Confidentiality::Shareable, line, "Un texte.").is_some(), "{line}");
        }
        for line in [
            "Vos données restent confidentielles.",
            "Toutes les candidatures seront traitées de manière confidentielle.",
            "Comment protéger un document confidentiel ?",
            "Confidential computing: what it is",
            "Ne pas partager votre mot de passe",
            "Qu’est-ce qu’un embargo presse ?",
            "Communication interne : cinq idées",
            "Le marché intérieur",
            "Diffusion : grand public",
            "Internal affairs",
        ] {
            assert_eq!(held(Confidentiality::Shareable, line, line), None, "{line}");
        }
    }

    #[test]
    fn what_a_letter_says_above_what_it_passes_on_counts() {
        let letter = |subject: &str, text: &str| held_as(Confidentiality::Public, subject, text, true);
        for subject in [
            "[EXT] [Confidentiel] Notre lettre",
            "[EXTERNE] Confidentiel - notre lettre",
            "Strictement confidentiel - Comex",
            "NE PAS DIFFUSER - Lettre",
            "For internal use only: newsletter",
            "Lettre (interne)",
            "Embargoed: the results",
        ] {
            assert!(letter(subject, "Un texte.").is_some(), "{subject}");
        }
        let note = "C’est confidentiel, ne pas relayer.\n\nDe : Lettre\nObjet : La lettre\n\nUn texte.";
        assert!(letter("TR: La lettre", note).is_some());
        assert!(
            letter("Nos résultats", "FOR RELEASE: 9:00 a.m. ET, Thursday, December 3, 2026\n\nUn texte.").is_some()
        );
        assert!(
            letter("Nos résultats", "Merci de ne pas le diffuser avant le 3 décembre, 18 h\n\nUn texte.").is_some()
        );
        // One header does not silence another, nor what the text says.
        let sent: Timestamp = "2026-11-20T08:00:00Z".parse().expect("an instant");
        let headers = [("embargo", "2026-12-01"), ("sensitivity", "Company-Confidential")];
        let class = Confidentiality::Public;
        let marking = Marking { class, title: "La lettre", text: "Un texte.", headers: &headers, letter: true, sent };
        assert_eq!(marked(&marking, &TimeZone::UTC).map(|hold| hold.until), Some(None));
        let marking = Marking { title: "CONFIDENTIEL", headers: &headers[..1], ..marking };
        assert_eq!(marked(&marking, &TimeZone::UTC).map(|hold| hold.until), Some(None));
        assert_eq!(letter("La lettre de novembre", "Un rapport confidentiel accable la filière."), None);
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
            "Embargo presse écrite : 3 décembre 2026 à 9h ; embargo audiovisuel : 5 décembre 2026 à 12h\n\nUn texte.",
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
            "Public : salariés et collaborateurs",
            "Diffusion : Orange lance sa box",
        ] {
            assert_eq!(held(Confidentiality::Public, title, "Un texte."), None, "{title}");
        }
    }
}
