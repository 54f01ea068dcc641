//! What a heading or label says of what stands below it: news, an issue, paid for, in brief, told elsewhere, a remark.

use super::anchors::letters;
use super::roles::is_issue;

/// True for a heading over news.
pub(super) fn is_news(heading: &str) -> bool {
    const BEGINS: [&str; 22] = [
        "news",
        "latest news",
        "the latest news",
        "recent news",
        "in the news",
        "our news",
        "top stories",
        "headlines",
        "nouvelles",
        "les nouvelles",
        "actualite",
        "actualites",
        "l actualite",
        "les actualites",
        "nos actualites",
        "toute l actualite",
        "actus",
        "les actus",
        "quoi de neuf",
        "aktuelles",
        "neuigkeiten",
        "nachrichten",
    ];
    let words = letters(heading);
    words.split(' ').count() <= 7 && BEGINS.iter().any(|begins| format!("{words} ").starts_with(&format!("{begins} ")))
}

/// True for words by which letters call an issue of theirs.
pub(super) fn names_an_issue(title: &str) -> bool {
    const WORDS: [&str; 27] = [
        "newsletter",
        "infolettre",
        "lettre d information",
        "lettre d info",
        "lettre mensuelle",
        "la lettre",
        "bulletin",
        "gazette",
        "digest",
        "actualites",
        "actus",
        "hebdo",
        "mensuel",
        "veille",
        "flash info",
        "flash infos",
        "infos",
        "en bref",
        "nouvelles",
        "news",
        "weekly",
        "monthly",
        "updates",
        "roundup",
        "recap",
        "rundbrief",
        "neuigkeiten",
    ];
    let words = format!(" {} ", letters(title));
    WORDS.iter().any(|word| words.contains(&format!(" {word} "))) || is_issue(title)
}

/// True for a label before a remark on the story it stands in: `Why it matters: …`.
pub(super) fn is_remark(label: &str) -> bool {
    const LABELS: [&str; 36] = [
        "why it matters",
        "why this matters",
        "what s next",
        "what to do",
        "what to know",
        "what happened",
        "go deeper",
        "the big picture",
        "between the lines",
        "yes but",
        "the bottom line",
        "bottom line",
        "by the numbers",
        "zoom in",
        "zoom out",
        "our take",
        "the take",
        "key takeaway",
        "key takeaways",
        "good news",
        "date",
        "location",
        "lieu",
        "quand",
        "ou",
        "tarif",
        "pourquoi c est important",
        "pourquoi ca compte",
        "a retenir",
        "ce qu il faut retenir",
        "en clair",
        "le contexte",
        "notre avis",
        "a noter",
        "bon a savoir",
        "et maintenant",
    ];
    LABELS.contains(&letters(label).as_str())
}

/// Words that say a thing is paid for.
pub(super) fn is_advert(text: &str) -> bool {
    const LABELS: [&str; 29] = [
        "classifieds",
        "unclassifieds",
        "petites annonces",
        "sponsor",
        "sponsors",
        "sponsored",
        "our sponsor",
        "our sponsors",
        "sponsorise",
        "publicite",
        "advertisement",
        "advertising",
        "anzeige",
        "werbung",
        "partner content",
        "contenu partenaire",
        "contenu sponsorise",
        "sponsored content",
        "sponsored by",
        "in partnership with",
        "en partenariat avec",
        "presented by",
        "sponsored link",
        "sponsored post",
        "lien sponsorise",
        "article sponsorise",
        "a word from our sponsor",
        "promoted",
        "annonce",
    ];
    const OPEN: [&str; 14] = [
        "contenu partenaire",
        "contenu sponsorise",
        "publi information",
        "publi redactionnel",
        "publireportage",
        "notre partenaire",
        "our partner",
        "partner message",
        "partner content",
        "sponsored content",
        "today s sponsor",
        "this week s sponsor",
        "paid partnership",
        "advertorial",
    ];
    let words = letters(text);
    let count = words.split(' ').count();
    LABELS.contains(&words.as_str())
        || ["communique", "partenaire", "benefit partner", "staff benefit partner"].contains(&words.as_str())
        || count <= 8 && OPEN.iter().any(|opens| format!("{words} ").starts_with(&format!("{opens} ")))
        || count <= 8 && (words.starts_with("this issue is supported by") || words.starts_with("supported by"))
        || (words.len() < 90
            && (words.contains("our sponsors")
                || words.contains("issue is presented by")
                || words.starts_with("this edition") && words.contains("presented by")
                || words.starts_with("cette edition") && words.contains("offerte par")
                || words.contains("issue is sponsored by")
                || words.contains("nos partenaires")
                || words.starts_with("sponsored by")
                || words.contains("brought to you by")
                || words.starts_with("together with") && words.len() < 40))
}

/// "Promoted by …" on a line of its own.
pub(super) fn is_paid_for(text: &str) -> bool {
    let words = letters(text);
    let count = words.split(' ').count();
    // Below a story, behind the name of who paid; between brackets it is of the title before it.
    let bracketed = text.trim_end().ends_with([')', ']']);
    let signed = !bracketed
        && (2..=12).contains(&count)
        && [" sponsor", " sponsored", " sponsorise"].iter().any(|end| words.ends_with(end));
    signed
        || count <= 20
            && ["made possible by", "est rendue possible par", "vous est offert"]
                .iter()
                .any(|says| words.contains(says))
        || count <= 6
            && [
                "promoted by",
                "sponsored by",
                "presented by",
                "sponsorise par",
                "propose par",
                "en partenariat avec",
                "in partnership with",
            ]
            .iter()
            .any(|label| words.starts_with(label))
}

/// True for a heading over news of a paragraph each.
pub(super) fn is_in_brief(heading: &str) -> bool {
    const BEGINS: [&str; 14] = [
        "miscellaneous",
        "misc",
        "in brief",
        "briefs",
        "news in brief",
        "quick news",
        "other news",
        "en bref",
        "breves",
        "nouvelles en bref",
        "autres nouvelles",
        "divers",
        "kurz notiert",
        "kurzmeldungen",
    ];
    let words = letters(heading);
    words.split(' ').count() <= 4 && BEGINS.iter().any(|begins| format!("{words} ").starts_with(&format!("{begins} ")))
}

/// What sends the reader from one story to another that is not told: "À lire aussi : …".
pub(super) fn is_related(text: &str) -> bool {
    const SAYS: [&str; 10] = [
        "a lire aussi",
        "lire aussi",
        "a voir aussi",
        "voir aussi",
        "a relire",
        "sur le meme sujet",
        "read also",
        "see also",
        "related",
        "lesen sie auch",
    ];
    let words = letters(text);
    text.contains(':') && SAYS.iter().any(|says| words.starts_with(says))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_news_and_of_the_letter_itself_are_known() {
        for heading in ["THE LATEST NEWS FROM UI", "Actualités", "News", "Les actus de la semaine"] {
            assert!(is_news(heading), "{heading}");
        }
        assert!(!is_news("Newsroom automation: a report"));
        for subject in ["La lettre du Val n° 87", "The Gbdev Digest #1", "Bulletin de novembre", "Issue 12"] {
            assert!(names_an_issue(subject), "{subject}");
        }
        assert!(!names_an_issue("Pourquoi les lycées se chauffent au bois"));
        for label in
            ["CONTENU PARTENAIRE – ROTEX", "Publi-information", "Notre partenaire", "This issue is supported by"]
        {
            assert!(is_advert(label), "{label}");
        }
        assert!(!is_advert("Un partenaire de longue date quitte le projet"));
    }
}
