//! What the words of a line say, however it is set: of the mail, of the house, paid for, in brief, told elsewhere.

use super::anchors::letters;
use super::roles::is_issue;

/// True for what is said of the mail itself: that it may not be shown well, or where else it can be read.
pub(super) fn is_about_the_mail(text: &str) -> bool {
    const SAYS: [&str; 14] = [
        "difficultes pour visualiser",
        "difficulte a visualiser",
        "visualiser cet email",
        "visualiser ce message",
        "s affiche mal",
        "s affiche pas correctement",
        "ne s affiche pas",
        "problemes d affichage",
        "probleme d affichage",
        "trouble viewing",
        "problems viewing",
        "see this email",
        "images not displaying",
        "nicht richtig angezeigt",
    ];
    const ONLINE: [&str; 7] = [
        "version en ligne",
        "version web",
        "in your browser",
        "in browser",
        "im browser",
        "dans votre navigateur",
        "dans le navigateur",
    ];
    const OPENS: [&str; 11] =
        ["cliqu", "click", "consult", "voir", "view", "affich", "open", "ansehen", "acced", "visualis", "lis"];
    let words = letters(text);
    let of_mail = ["mail", "message", "lettre", "newsletter", "cliqu", "click", "nachricht"];
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    let count = words.split(' ').count();
    count <= 16 && says(&ONLINE) && says(&OPENS)
        || count <= 30
            && SAYS.iter().any(|says| words.contains(says))
            && of_mail.iter().any(|word| words.contains(word))
}

/// True for a heading over what the sender says of itself.
pub(super) fn is_house(heading: &str) -> bool {
    const WHOLE: [&str; 42] = [
        "poll",
        "the poll",
        "sondage",
        "le sondage",
        "notre sondage",
        "quiz",
        "reader poll",
        "work with us",
        "resource links",
        "quick links",
        "useful links",
        "important links",
        "helpful links",
        "liens rapides",
        "acces rapide",
        "acces rapides",
        "nutzliche links",
        "speakers",
        "our speakers",
        "the speakers",
        "intervenants",
        "les intervenants",
        "nos intervenants",
        "our team",
        "notre equipe",
        "volunteer opportunities",
        "contribute",
        "contribuer",
        "get involved",
        "comment contribuer",
        "how to contribute",
        "links",
        "liens",
        "liens utiles",
        "calendar",
        "calendrier",
        "our products",
        "nos produits",
        "nos services",
        "our other newsletters",
        "nos autres newsletters",
        "nos newsletters",
    ];
    let words = letters(heading);
    WHOLE.contains(&words.as_str())
        || words.starts_with("elsewhere on ")
        || words.starts_with("ailleurs sur ")
        || words.ends_with("popular products")
        || ["meme", "pic", "photo", "image", "quote", "joke", "tweet", "gif"]
            .iter()
            .any(|of| words.ends_with(&format!("{of} of the day")) || words.ends_with(&format!("{of} of the week")))
}

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

fn text_asks(text: &str) -> bool {
    text.trim_end().ends_with('?')
}

/// True for the heading of what the sender says before or after the stories.
pub(super) fn is_editorial(heading: &str) -> bool {
    const BEGINS: [&str; 65] = [
        "en chiffres",
        "dates for",
        "number of the",
        "la semaine prochaine",
        "next week",
        "coming up",
        "prochainement",
        "le chiffre",
        "les chiffres",
        "chiffres cles",
        "chiffre cle",
        "l indice",
        "in numbers",
        "by the numbers",
        "the week in numbers",
        "numbers of",
        "la citation",
        "citation",
        "quote of",
        "cotations",
        "vos echeances",
        "echeances",
        "offres d emploi",
        "agenda",
        "dates a retenir",
        "thumbnail",
        "photo credit",
        "credit photo",
        "credits photo",
        "wrapping up",
        "wrap up",
        "next issue",
        "prochain numero",
        "conclusion",
        "en conclusion",
        "feedback",
        "that s all",
        "le mot de la fin",
        "closing",
        "outro",
        "until next",
        "edito",
        "editorial",
        "le mot d",
        "mot d",
        "avant propos",
        "introduction",
        "bonjour",
        "bienvenue",
        "welcome",
        "hello",
        "hi ",
        "from the editor",
        "a note from",
        "a message from",
        "message d",
        "letter from",
        "vorwort",
        "about ",
        "a propos",
        "who we are",
        "qui sommes nous",
        "merci",
        "thank you",
        "remerciements",
    ];
    let words = letters(heading);
    words.split(' ').count() <= 8 && BEGINS.iter().any(|begins| words.starts_with(begins))
}

/// True for the title of a box in which the sender speaks of itself: how to join, write, follow, give or leave.
pub(super) fn is_own_box(title: &str) -> bool {
    const BEGINS: [&str; 121] = [
        "dear ",
        "cheres ",
        "chers ",
        "connect with us",
        "nos reseaux",
        "reseaux sociaux",
        "keep in touch",
        "stay in touch",
        "stay connected",
        "get in touch",
        "get involved",
        "follow us",
        "join us on",
        "find us on",
        "restez en contact",
        "restez connecte",
        "rejoignez nous sur",
        "retrouvez nous sur",
        "suivez nous",
        "suivez l actualite",
        "contactez",
        "nous contacter",
        "nous ecrire",
        "ecrivez nous",
        "contact us",
        "kontakt",
        "mitmachen",
        "weitergeben",
        "weiterempfehlen",
        "folgen sie uns",
        "plan du site",
        "accessibilite non",
        "accessibilite partiellement",
        "accessibilite totalement",
        "pourquoi ce message",
        "was this newsletter",
        "was this email",
        "cette lettre vous",
        "cette newsletter vous",
        "votre avis sur",
        "que pensez vous de cette",
        "donnez nous votre avis",
        "give us feedback",
        "thanks for reading",
        "merci a tous",
        "merci de votre lecture",
        "merci de nous lire",
        "about your subscription",
        "about this message",
        "about this newsletter",
        "a propos de cette",
        "information for subscribers",
        "administrivia",
        "recommend it",
        "pass it on",
        "share this",
        "partagez cette",
        "partager cette",
        "tell a friend",
        "recommandez",
        "parlez de nous",
        "submit a",
        "submit event",
        "submit your",
        "aidez nous a",
        "help us improve",
        "find me on",
        "follow me",
        "read about me",
        "about me",
        "was this useful",
        "want to advertise",
        "want to work",
        "how likely are you",
        "become a supporter",
        "adherer",
        "adherez",
        "posez nous",
        "posez vos questions",
        "ask us",
        "parrainez",
        "refer a friend",
        "what d you think",
        "what did you think",
        "how did you like",
        "vous avez aime",
        "that s a wrap",
        "that s it for",
        "powered by",
        "publish on",
        "unsubscribe",
        "spread the word",
        "was this helpful",
        "how did we do",
        "rate this",
        "did you like this",
        "cette lettre vous a plu",
        "soutenez",
        "support our work",
        "support us",
        "faites suivre",
        "forward this",
        "become a member",
        "devenez membre",
        "telecharger l app",
        "telechargez l app",
        "download the app",
        "download our app",
        "get the app",
        "pas encore abonne",
        "not yet subscribed",
        "votre avis",
        "your feedback",
        "your content needed",
        "proposez un",
        "write for us",
        "advertise",
        "annoncez",
        "to join",
        "membership",
        "ne restez pas isole",
    ];
    const ENDS: [&str; 14] = [
        "tell your friends and get rewards",
        "is curated by",
        "to this newsletter",
        "to our newsletter",
        "a la newsletter",
        "a notre newsletter",
        "a la lettre",
        "reading our newsletter",
        "reading this newsletter",
        "slack workspace",
        "discord server",
        "mastodon profile",
        "github repository",
        "serveur discord",
    ];
    // "Vous aimez cette lettre ?"
    let asks = [
        "cette lettre",
        "cette veille",
        "cette newsletter",
        "cette edition",
        "ce numero",
        "this newsletter",
        "this email",
        "this issue",
    ];
    if text_asks(title) && asks.iter().any(|of| letters(title).contains(of)) {
        return true;
    }
    const WHOLE: [&str; 6] =
        ["cette semaine", "this week", "au programme", "in this issue", "dans ce numero", "today s lineup"];
    const GREETS: [&str; 12] = [
        "good morning",
        "good afternoon",
        "good evening",
        "guten morgen",
        "guten tag",
        "hello",
        "hallo",
        "bonjour",
        "bonsoir",
        "salut",
        "buenos dias",
        "buongiorno",
    ];
    let words = letters(title);
    let count = words.split(' ').count();
    let greets = count <= 5 && GREETS.iter().any(|greets| words.starts_with(greets));
    greets
        || WHOLE.contains(&words.as_str())
        || count <= 14 && BEGINS.iter().any(|begins| words.starts_with(begins))
        || count <= 10 && ENDS.iter().any(|ends| words.ends_with(ends))
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
    const OPEN: [&str; 12] = [
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
    fn boxes_of_the_house_and_words_about_the_mail_are_known() {
        for title in ["Suivez-nous", "Was this newsletter useful?", "S'inscrire à la newsletter", "Slack Workspace"] {
            assert!(is_own_box(title), "{title}");
        }
        for title in ["Contacter ses clients sans les lasser", "Un atelier pour les élus", "Slack change ses prix"] {
            assert!(!is_own_box(title), "{title}");
        }
        assert!(is_about_the_mail("Si vous rencontrez des difficultés pour visualiser cet email, cliquez ici"));
        assert!(!is_about_the_mail("La conformité s'affiche mal dans les écoles"));
    }

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
