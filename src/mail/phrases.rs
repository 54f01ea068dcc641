//! What the sender says of the mail and of itself, however it is set: its boxes, its greeting, its calls.

use super::anchors::letters;

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

/// True for the heading of what the sender says before or after the stories.
pub(super) fn is_editorial(heading: &str) -> bool {
    const BEGINS: [&str; 66] = [
        "en chiffres",
        "a vos agendas",
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
    const BEGINS: [&str; 123] = [
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
        "help us ",
        "pas encore adherent",
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
    // "Vous aimez cette lettre ?"
    const THIS: [&str; 8] = [
        "cette lettre",
        "cette veille",
        "cette newsletter",
        "cette edition",
        "ce numero",
        "this newsletter",
        "this email",
        "this issue",
    ];
    let words = letters(title);
    let count = words.split(' ').count();
    let asks = title.trim_end().ends_with('?') && THIS.iter().any(|this| words.contains(this));
    let greets = count <= 5 && GREETS.iter().any(|greets| words.starts_with(greets));
    asks || greets
        || count <= 4 && words.starts_with("share the ")
        || WHOLE.contains(&words.as_str())
        || count <= 14 && BEGINS.iter().any(|begins| words.starts_with(begins))
        || count <= 10 && ENDS.iter().any(|ends| words.ends_with(ends))
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
}
