//! What may leave the house: markers and embargoes are read, and the type [`Shareable`] is given here only.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::{Hold, Item, Shareable};

use super::doors::behind_a_door;
use super::markings::{Marking, marked};

/// Why `item` is held back, and until when: what it waits for, what stood around it, what stands in it, where it leads.
/// What somebody released is held only by what it waits for.
pub fn hold(item: &Item, zone: &TimeZone) -> Option<Hold> {
    let waits = item.waiting.map(|waiting| Hold { why: waiting.why().to_owned(), until: None });
    if item.released.is_some() {
        return waits;
    }
    let marking = Marking {
        class: item.class,
        title: &item.title,
        text: &item.text,
        headers: &[],
        letter: false,
        sent: item.published.at,
    };
    let door = item.link.as_deref().and_then(behind_a_door);
    [item.marked.clone(), marked(&marking, zone), door].into_iter().fold(waits, Hold::both)
}

/// Lets an item leave the house if its class and its hold allow it at the instant `now`.
///
/// # Errors
/// The reason why it stays inside, in words.
pub fn shareable(item: Item, now: Timestamp) -> Result<Shareable<Item>, String> {
    let (class, hold) = (item.class, item.hold.clone());
    Shareable::admit(item, class, hold.as_ref(), now).map_err(|(_, why)| why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Confidentiality, DateOrigin, ItemId, Language, Published, StoryId};

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
        assert_eq!(end("Sous embargo jusqu’au 1er janvier").as_deref(), Some("2027-01-01T23:00:00Z"));
        assert_eq!(end("Under embargo until 5 December 2026 at 08:30").as_deref(), Some("2026-12-05T07:30:00Z"));
        let vague = held(Confidentiality::Shareable, "x", "Sous embargo jusqu’à nouvel ordre");
        assert_eq!(vague.map(|hold| hold.until), Some(None));
    }

    #[test]
    fn a_header_of_the_mail_holds_all_of_it() {
        let headers = [("sensitivity", "Company-Confidential")];
        let sent = Timestamp::UNIX_EPOCH;
        let marking =
            Marking { class: Confidentiality::Public, title: "x", text: "y", headers: &headers, letter: false, sent };
        assert!(marked(&marking, &TimeZone::UTC).is_some_and(|hold| hold.why.contains("sensitivity")));
    }

    #[test]
    fn an_internal_item_is_never_shareable() {
        let now = Timestamp::UNIX_EPOCH;
        assert!(shareable(item(Confidentiality::Internal, "a", "b"), now).is_err());
        assert!(shareable(item(Confidentiality::Public, "a", "b"), now).is_ok());
    }
}
