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
/// Longest line of the press that says of itself until when nobody may publish it.
const EMBARGO: usize = 200;
/// Most words of a line of the press that begins by an embargo and names a day.
const SAID: usize = 20;
/// Characters of a title that are looked at, and pieces of it between brackets.
const TITLE: usize = 300;
const BRACKETS: usize = 8;
/// Lines of the note above what somebody passes on.
const NOTE_LINES: usize = 5;
/// Longest line that is a label with what it says, or a sentence that is a marking.
const LABELLED: usize = 60;
/// Letters set apart from which they are a word.
const SPACED: usize = 5;
/// Longest line that is a marking rather than a sentence, in the press of others.
const MARKING: usize = 90;

/// Words that hold an item back, folded.
const MARKERS: [&str; 77] = [
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
/// Words of such headers, and of labels in a text, that hold it back.
const SENSITIVE: [&str; 30] = [
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
    "comex",
    "codir",
    "collaborateurs",
    "salaries",
    "brouillon",
    "draft",
    "c2",
    "c3",
    "c4",
];
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
        if let Some(word) = words.find(|word| SENSITIVE.contains(word)) {
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
        let word = word
            .or_else(|| raw.lines().find_map(|line| shouted(line).or_else(|| bare(line)).or_else(|| labelled(line))));
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
            let label = || labelled(part.text).filter(|_| part.text.chars().count() <= LABELLED);
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

/// A piece of a title; `certain` where somebody set it there to be read first.
#[derive(Debug, Clone, Copy)]
struct Part<'a> {
    text: &'a str,
    certain: bool,
}

/// A title without what answers and forwards put before it, what stands in brackets at its head, and what ends it in
/// brackets or behind a dash.
fn parts_of_title(title: &str, letter: bool) -> Vec<Part<'_>> {
    let end = title.char_indices().nth(TITLE).map_or(title.len(), |(end, _)| end);
    let mut rest = title[..end].trim();
    let passed_on = is_passed_on(title);
    let mut parts = Vec::new();
    loop {
        // `[EXT] [Confidentiel] …`: what lists and servers put before it, and what people do.
        if let Some((inner, after)) = rest
            .strip_prefix(['[', '('])
            .filter(|_| parts.len() < BRACKETS)
            .and_then(|rest| rest.split_once([']', ')']))
        {
            parts.push(Part { text: rest, certain: passed_on || letter });
            parts.push(Part { text: inner, certain: true });
            rest = after.trim_start();
            continue;
        }
        match rest.split_once(':').filter(|(prefix, _)| answers(prefix)) {
            Some((_, after)) => rest = after.trim_start(),
            None => break,
        }
    }
    parts.push(Part { text: rest, certain: passed_on || letter });
    let closed = rest.strip_suffix([')', ']']).and_then(|rest| rest.rsplit_once(['(', '['])).map(|(_, inner)| inner);
    let dashed = [" – ", " — ", " - ", " | "].iter().flat_map(|dash| rest.split(dash).skip(1));
    // At the end a marking is nothing but that.
    parts.extend(closed.into_iter().chain(dashed).map(|text| Part { text, certain: letter }));
    parts
}

/// What answers and forwards put before a subject.
fn answers(prefix: &str) -> bool {
    ["re", "rep", "aw", "sv", "tr", "fw", "fwd", "wg", "i"].contains(&fold(prefix.trim()).as_str())
}

/// True for the subject of a letter that somebody passed on.
fn is_passed_on(title: &str) -> bool {
    let prefixes = title.split(':').map(|prefix| fold(prefix.trim())).take(4);
    let mut own = prefixes.take_while(|prefix| answers(prefix));
    own.any(|prefix| ["tr", "fw", "fwd", "wg", "i"].contains(&prefix.as_str()))
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
    let first = words.find(|word| !["strictement", "strictly", "niveau", "c1"].contains(word))?;
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
fn own_embargo(part: Part<'_>, place: &str, sent: Timestamp, zone: &TimeZone) -> Option<Hold> {
    // Of a long line its beginning: programs set the dateline and the text behind it.
    let end = part.text.char_indices().nth(EMBARGO).map_or(part.text.len(), |(end, _)| end);
    let (raw, whole_line) = (&part.text[..end], end == part.text.len());
    let lower = raw.to_lowercase();
    if !(lower.contains("embargo") || lower.contains("sperrfrist") || embargo::is_before(&fold(raw))) {
        return None;
    }
    // `Communiqué de presse – sous embargo jusqu'au …`.
    let pieces = [" – ", " — ", " - ", " | ", " / "]
        .iter()
        .fold(vec![raw], |pieces, dash| pieces.into_iter().flat_map(|piece| piece.split(dash)).collect());
    let plain = |piece: &str| fold(piece.trim_start_matches(|c: char| !c.is_alphanumeric()));
    let whole = plain(raw);
    // Of a subject the first word is enough: `Embargo – nos résultats`.
    let first = part.certain
        && ["embargo", "embargoed", "sous embargo"].iter().any(|word| {
            let rest = whole.strip_prefix(word).map(str::trim_start);
            rest.is_some_and(|rest| rest.starts_with([':', '-', '–', '|', ']', ')']))
        });
    let names = first || pieces.iter().any(|piece| names_own_embargo(&plain(piece)));
    let until = (names || embargo::speaks(&whole)).then(|| embargo::end(&whole, sent, zone)).flatten();
    let held = names || until.is_some() && whole_line;
    held.then(|| Hold { why: format!("an embargo in the {place}"), until: until.filter(|_| whole_line) })
}

/// True for a short line by which the sender of a letter asks to wait with it, in whatever words.
fn asks_to_wait(raw: &str, sent: Timestamp, zone: &TimeZone) -> bool {
    let today = sent.to_zoned(zone.clone()).date();
    raw.split_whitespace().count() <= SAID && embargo::forbids(&fold(raw), today)
}

/// True for the words of an embargo on itself, which says until when, or stands alone, and is not over.
fn names_own_embargo(line: &str) -> bool {
    // Right behind the word: it is over.
    let over =
        ["depuis", "since", "jusqu'a ce matin", "jusqu'a ce jour", "jusqu'a hier", "jusqu'a present", "until now"];
    let rest =
        ["sous embargo", "under embargo", "embargoed", "embargo"].iter().find_map(|word| line.strip_prefix(word));
    if rest.is_some_and(|rest| over.iter().any(|word| rest.trim_start().starts_with(word))) {
        return false;
    }
    let until = ["jusqu", "until", "till ", "further notice", "nouvel ordre", "market close"]
        .iter()
        .any(|word| line.contains(word));
    let begins = |words: &[&str]| words.iter().any(|word| line.starts_with(word));
    let alone = line.strip_prefix("embargo").or_else(|| line.strip_prefix("sous embargo")).is_some_and(|rest| {
        let mut said = rest.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        said.all(|word| ["presse", "press", "media", "strict", "total", "absolu"].contains(&word))
    });
    let said = begins(&["sous embargo", "under embargo", "embargo", "embargoed", "strict embargo", "press embargo"])
        || embargo::begins(line);
    let dated = line.split_whitespace().count() <= SAID && embargo::is_dated(line);
    alone || said && (until || dated) && embargo::speaks(line)
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
    const OF: [&str; 24] = [
        "donnees",
        "reponses",
        "candidatures",
        "candidature",
        "coordonnees",
        "informations",
        "computing",
        "anonyme",
        "anonymes",
        "data",
        "answers",
        "responses",
        "numero",
        "maniere",
        "echanges",
        "restent",
        "resteront",
        "stays",
        "traitees",
        "traite",
        "longtemps",
        "notice",
        "avis",
        "courriel",
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
        ] {
            assert_eq!(held(Confidentiality::Public, title, "Un texte."), None, "{title}");
        }
    }
}
