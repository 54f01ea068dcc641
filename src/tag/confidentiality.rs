//! What may leave the house: markers and embargoes are read, and the type [`Shareable`] is given here only.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::{Confidentiality, Hold, Item, Shareable, is_localhost_name};
use crate::text::tokens::fold;

use super::embargo;

/// Characters at the head and at the foot of a text where a marker counts.
const EDGE: usize = 240;
/// Lines at the head and at the foot of a text of others in which a marking may stand.
const HEAD_LINES: usize = 10;
const FOOT_LINES: usize = 8;
/// Longest line that is a marking rather than a sentence, in the press of others.
const MARKING: usize = 90;

/// Words that hold an item back, folded.
const MARKERS: [&str; 47] = [
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
    "embargo leve",
];
const EMBARGOES: [&str; 10] = [
    "sous embargo",
    "embargo jusqu",
    "embargo au ",
    "embargo :",
    "embargo:",
    "under embargo",
    "embargoed",
    "embargo until",
    "embargo lifts",
    "embargo till",
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
/// Words of such headers that hold a message back.
const SENSITIVE: [&str; 9] =
    ["confidential", "confidentiel", "restricted", "restreint", "internal", "interne", "secret", "private", "personal"];
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

/// Why `item` is held back, and until when: what it waits for, what stood around it, what stands in it, where it leads.
/// What somebody released is held only by what it waits for.
pub fn hold(item: &Item, zone: &TimeZone) -> Option<Hold> {
    let waits = item.waiting.map(|waiting| Hold { why: waiting.why().to_owned(), until: None });
    if item.released.is_some() {
        return waits;
    }
    let marking =
        Marking { class: item.class, title: &item.title, text: &item.text, headers: &[], sent: item.published.at };
    let door = item.link.as_deref().and_then(behind_a_door);
    [item.marked.clone(), marked(&marking, zone), door].into_iter().fold(waits, Hold::both)
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
    let edges: Vec<(&str, String)> = match marking.class {
        Confidentiality::Public => {
            let lines: Vec<&str> = marking.text.lines().filter(|line| !line.trim().is_empty()).collect();
            let head = lines.iter().take(HEAD_LINES).map(|line| ("head", alone(line)));
            let foot = lines
                .iter()
                .skip(HEAD_LINES.max(lines.len().saturating_sub(FOOT_LINES)))
                .map(|line| ("foot", alone(line)));
            [("title", alone(marking.title))].into_iter().chain(head).chain(foot).collect()
        }
        Confidentiality::Shareable | Confidentiality::Internal => {
            vec![("title", fold(marking.title)), ("head", fold(head(marking.text))), ("foot", fold(foot(marking.text)))]
        }
    };
    let mut found: Option<Hold> = None;
    for (place, edge) in edges {
        if let Some(word) = EMBARGOES.iter().find(|word| edge.contains(**word)) {
            let until = embargo::end(&edge, marking.sent, zone);
            // The press writes of embargoes on oil and arms: one on itself says until when, or stands alone.
            let own = ["sous embargo", "under embargo", "embargoed"].iter().any(|start| edge.starts_with(start));
            if marking.class != Confidentiality::Public || until.is_some() || own {
                let hold = Hold { why: format!("“{}” in the {place}", word.trim_end_matches([':', ' '])), until };
                found = Hold::both(found, Some(hold));
            }
        }
        if let Some(word) = MARKERS.iter().find(|word| stands_in(&edge, word)) {
            found = Hold::both(found, Some(Hold { why: format!("“{word}” in the {place}"), until: None }));
        }
    }
    found
}

/// A link that not everybody can follow is not public: a host of the inside, a key in the address, a log-in page.
pub fn behind_a_door(link: &str) -> Option<Hold> {
    let url = crate::text::urls::parse_web(link)?;
    let held = |why: &str| Some(Hold { why: why.to_owned(), until: None });
    let host = url.host_str().unwrap_or_default().to_lowercase();
    if !url.username().is_empty() || url.password().is_some() {
        return held("its address holds a name or a password");
    }
    let inside = ["local", "internal", "intranet", "lan", "corp", "home.arpa", "priv", "private"];
    let named = inside.iter().any(|end| host.ends_with(&format!(".{end}")))
        || host.starts_with("intranet.")
        || (!host.contains('.') && !host.contains(':') && !is_localhost_name(&host));
    if named || is_private_number(&url) {
        return held("its address is inside the company: nobody outside could follow it");
    }
    let keys = [
        "token",
        "access_token",
        "sig",
        "signature",
        "x-amz-signature",
        "apikey",
        "api_key",
        "password",
        "pwd",
        "sharekey",
    ];
    if url.query_pairs().any(|(name, value)| keys.contains(&name.to_lowercase().as_str()) && value.len() >= 8) {
        return held("its address holds a key of its own");
    }
    None
}

/// Networks of the inside (RFC 1918, RFC 4193); this machine is for trials and is not one.
fn is_private_number(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_private() || address.is_link_local(),
        Some(url::Host::Ipv6(address)) => address.is_unique_local() || address.is_unicast_link_local(),
        _ => false,
    }
}

/// Lets an item leave the house if its class and its hold allow it at the instant `now`.
///
/// # Errors
/// The reason why it stays inside, in words.
pub fn shareable(item: Item, now: Timestamp) -> Result<Shareable<Item>, String> {
    let (class, hold) = (item.class, item.hold.clone());
    Shareable::admit(item, class, hold.as_ref(), now).map_err(|(_, why)| why)
}

/// A marking of its own: a short line that begins with a marker which no sentence goes on from, or with an embargo.
///
/// "Confidentiel : …" is a rubric of the press; in capitals, between brackets or alone on its line it is a marking.
fn alone(raw: &str) -> String {
    // Folding drops an accent here and there, never most of a line.
    if raw.len() > 4 * MARKING {
        return String::new();
    }
    let bare = raw.trim_start_matches(|c: char| !c.is_alphanumeric());
    let bracketed = raw.trim_start().starts_with(['[', '(']);
    let first = bare.split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
    let capitals = first.len() > 3 && first.chars().all(char::is_uppercase);
    let folded = fold(bare);
    let before = ["document ", "information ", "a ", "for ", "strictly "];
    let line = before.iter().find_map(|word| folded.strip_prefix(word)).unwrap_or(&folded);
    let shouted =
        bare.split_whitespace().count() <= 8 && bare.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
    let starts = MARKERS.iter().any(|word| {
        let Some(rest) = line.strip_prefix(word) else { return false };
        let ends = !rest.trim_start().starts_with(char::is_alphanumeric);
        let only = ["uniquement", "seulement", "exclusivement", "only"].contains(&rest.trim());
        let nothing_more = !rest.contains(char::is_alphanumeric) || MARKERS.iter().any(|other| stands_in(rest, other));
        only || (ends && (capitals || bracketed || nothing_more))
    });
    let starts = starts || (shouted && MARKERS.iter().any(|word| stands_in(&folded, word)));
    let promised =
        ["sous embargo jusqu", "under embargo until", "embargoed until"].iter().any(|word| line.contains(word));
    let embargo = promised
        || EMBARGOES.iter().any(|word| line.starts_with(word))
        || (line.starts_with("embargo") && (capitals || bracketed));
    if line.chars().count() <= MARKING && (starts || embargo) { line.to_owned() } else { String::new() }
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
        apart && !is_denied(&text[..at]) && !is_small_print(&text, at)
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
    use crate::domain::{DateOrigin, ItemId, Language, Published, StoryId};

    fn item(class: Confidentiality, title: &str, text: &str) -> Item {
        let at: Timestamp = "2026-11-20T08:00:00Z".parse().expect("an instant");
        Item {
            id: ItemId(1),
            story: StoryId(1),
            copy_of: None,
            source: "s".into(),
            key: "k".into(),
            link: None,
            canonical: None,
            title: title.into(),
            authors: vec![],
            categories: vec![],
            published: Published { at, has_hour: true, origin: DateOrigin::Feed },
            collected: at,
            language: Language::French,
            class,
            hold: None,
            released: None,
            waiting: None,
            marked: None,
            access: None,
            html: String::new(),
            text: text.into(),
            full: true,
            from_archive: false,
        }
    }

    fn held(class: Confidentiality, title: &str, text: &str) -> Option<Hold> {
        hold(&item(class, title, text), &TimeZone::get("Europe/Paris").expect("the zone"))
    }

    #[test]
    fn our_own_markers_hold_an_item_back() {
        for text in [
            "CONFIDENTIEL – diffusion restreinte\n\nLe projet avance.",
            "Note à l’équipe. Merci de ne pas diffuser.",
            "Document à usage interne.",
            "TLP:AMBER\n\nCompte rendu.",
        ] {
            assert!(held(Confidentiality::Shareable, "Point", text).is_some(), "{text}");
        }
        assert_eq!(held(Confidentiality::Shareable, "Le chantier", "Rien de secret ici."), None);
        for text in [
            "Ce document n’est pas confidentiel : partagez-le.",
            "Ce message et ses pièces jointes sont confidentiels et réservés à leur destinataire.",
            "This message is confidential. If you are not the intended recipient, delete it.",
        ] {
            assert_eq!(held(Confidentiality::Shareable, "Lettre", text), None, "{text}");
        }
    }

    #[test]
    fn the_press_may_write_of_confidential_reports() {
        let press = Confidentiality::Public;
        assert_eq!(
            held(press, "Un rapport confidentiel accable la filière", "Un rapport confidentiel révèle tout."),
            None
        );
        assert_eq!(held(press, "Données", "Confidentielle pendant dix ans, l’étude est publique."), None);
        assert!(held(press, "Communiqué", "CONFIDENTIEL\n\nTexte.").is_some());
    }

    #[test]
    fn of_the_press_nothing_is_held_that_only_writes_of_secrets() {
        for title in [
            "Confidentiel : ce que contient l’accord sur le gaz",
            "Confidentiel défense : les archives s’ouvrent",
            "Le rapport confidentiel que personne ne devait lire",
            "Embargo : trois choses à savoir sur le pétrole russe",
            "Embargo au Yémen : 12 navires bloqués",
            "Sous-traitance : la diffusion restreinte des appels d’offres",
            "Confidential computing: what it is",
            "Confidential Kitchen raises $20M",
            "Internal only one in three firms measures it",
            "Secret des affaires : la loi de 2018 en cinq questions",
            "Documents confidentiels à Mar-a-Lago : le procès",
            "Usage interne des réseaux sociaux : le guide",
            "Ne pas communiquer, c’est encore communiquer",
        ] {
            for (title, text) in [
                (title, "Un texte.\n\nUn autre."),
                ("Un titre", &*format!("{title}\n\nUn texte.")),
                ("Un titre", &*format!("Un texte.\n\n{title}")),
            ] {
                assert_eq!(held(Confidentiality::Public, title, text), None, "{title} / {text}");
            }
        }
        for title in [
            "[CONFIDENTIEL] Les résultats du trimestre",
            "CONFIDENTIEL – Ne pas diffuser",
            "CONFIDENTIEL DÉFENSE",
            "À usage interne",
            "Usage interne uniquement",
            "For internal use only",
            "TLP:RED",
            "[Diffusion restreinte] Les résultats",
            "Confidentiel",
            "Diffusion restreinte",
            "STRICTEMENT CONFIDENTIEL : le plan",
            "Sous embargo jusqu’au 5 décembre 2026, 8 h",
        ] {
            assert!(held(Confidentiality::Public, title, "Un texte.").is_some(), "{title}");
        }
    }

    #[test]
    fn an_embargo_ends_to_the_minute_in_the_company_zone() {
        let end = |text: &str| {
            held(Confidentiality::Shareable, "Partenariat", text).and_then(|hold| hold.until).map(|at| at.to_string())
        };
        assert_eq!(
            end("Sous embargo jusqu’au 5 décembre 2026 à 8 h 30. Le groupe…").as_deref(),
            Some("2026-12-05T07:30:00Z")
        );
        assert_eq!(end("Sous embargo jusqu'au 5 décembre à 8h. Le groupe…").as_deref(), Some("2026-12-05T07:00:00Z"));
        assert_eq!(end("Sous embargo jusqu’au 1er janvier").as_deref(), Some("2026-12-31T23:00:00Z"));
        assert_eq!(end("Under embargo until 5 December 2026 at 08:30").as_deref(), Some("2026-12-05T07:30:00Z"));
        let vague = held(Confidentiality::Shareable, "x", "Sous embargo jusqu’à nouvel ordre");
        assert_eq!(vague.map(|hold| hold.until), Some(None));
    }

    #[test]
    fn what_cannot_be_followed_from_outside_is_held() {
        for link in [
            "https://intranet.example.org/a",
            "http://wiki/a",
            "https://10.1.2.3/a",
            "https://docs.corp/a",
            "https://a.example/f?sig=abcdefgh12",
            "https://u:p@a.example/",
        ] {
            assert!(behind_a_door(link).is_some(), "{link}");
        }
        for link in
            ["https://example.org/a?id=12", "http://press.localhost:8080/a", "https://signature.example/x?sign=1"]
        {
            assert_eq!(behind_a_door(link), None, "{link}");
        }
    }

    #[test]
    fn a_header_of_the_mail_holds_all_of_it() {
        let headers = [("sensitivity", "Company-Confidential")];
        let sent = Timestamp::UNIX_EPOCH;
        let marking = Marking { class: Confidentiality::Public, title: "x", text: "y", headers: &headers, sent };
        assert!(marked(&marking, &TimeZone::UTC).is_some_and(|hold| hold.why.contains("sensitivity")));
    }

    #[test]
    fn an_internal_item_is_never_shareable() {
        let now = Timestamp::UNIX_EPOCH;
        assert!(shareable(item(Confidentiality::Internal, "a", "b"), now).is_err());
        assert!(shareable(item(Confidentiality::Public, "a", "b"), now).is_ok());
    }
}
