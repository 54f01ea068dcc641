//! What the text of a link says: the words that lead on, call for a click or name a service, and what no words are.

/// Anchors compare without arrows, brackets and capitals.
pub use crate::text::tokens::plain as letters;

use crate::text::date_words::is_date_alone;

/// Anchors that lead on from a story told above them.
const MORE: [&str; 75] = [
    "inscription",
    "inscriptions",
    "programme",
    "programme et inscription",
    "programme et inscriptions",
    "infos et inscription",
    "infos et inscriptions",
    "d infos",
    "more",
    "read more",
    "read",
    "read on",
    "learn more",
    "see more",
    "find out more",
    "more info",
    "more information",
    "read now",
    "read article",
    "read the article",
    "read full article",
    "read the full article",
    "read story",
    "full story",
    "read the full story",
    "read full story",
    "continue reading",
    "keep reading",
    "here",
    "click here",
    "view",
    "view more",
    "watch",
    "watch now",
    "listen",
    "listen now",
    "details",
    "link",
    "source",
    "register",
    "register here",
    "book",
    "book now",
    "read it",
    "check it out",
    "get the details",
    "see details",
    "website",
    "la suite",
    "lire",
    "lire plus",
    "lire la suite",
    "lire l article",
    "lire l actu",
    "lire l actualite",
    "plus",
    "plus d infos",
    "plus d informations",
    "en savoir plus",
    "pour en savoir plus",
    "en savoir",
    "voir",
    "voir plus",
    "voir l article",
    "decouvrir",
    "je decouvre",
    "ici",
    "cliquez ici",
    "cliquer ici",
    "mehr",
    "mehr erfahren",
    "mehr lesen",
    "weiterlesen",
    "hier",
    "zum artikel",
];
/// Beginnings of anchors that lead on, whatever they name behind: "En savoir plus sur …", and their most words.
const LEADS: [&str; 19] = [
    "lien vers",
    "link to the",
    "click here",
    "cliquez ici",
    "read more",
    "learn more",
    "find out more",
    "see more",
    "more about",
    "more on",
    "lire la suite",
    "en savoir plus",
    "en lire plus",
    "pour en savoir plus",
    "plus d infos",
    "plus d informations",
    "plus d information",
    "mehr erfahren",
    "mehr lesen",
];
const LEADS_TO: usize = 12;
/// Words of a call in place of a title.
const MOST_CALLED: usize = 8;
/// First words of short anchors that call for a click rather than name a story.
const CALLS: [&str; 53] = [
    "upgrade",
    "rsvp",
    "claim",
    "leer",
    "ver",
    "descargar",
    "inscribirse",
    "read",
    "lire",
    "lisez",
    "relire",
    "learn",
    "see",
    "view",
    "watch",
    "listen",
    "continue",
    "keep",
    "check",
    "visit",
    "get",
    "try",
    "buy",
    "shop",
    "order",
    "download",
    "register",
    "join",
    "book",
    "start",
    "explore",
    "discover",
    "voir",
    "consulter",
    "decouvrir",
    "decouvrez",
    "telecharger",
    "ecouter",
    "regarder",
    "acceder",
    "inscrivez",
    "participer",
    "participez",
    "reserver",
    "commander",
    "profiter",
    "retrouvez",
    "poursuivre",
    "mehr",
    "jetzt",
    "zum",
    "zur",
    "weiter",
];
/// What anchors of services say, folded.
const SERVICES: [&str; 87] = [
    "politica de privacidad",
    "aviso legal",
    "darse de baja",
    "cancelar suscripcion",
    "cancel your subscription",
    "cancel my subscription",
    "en el navegador",
    "enregistrer dans pocket",
    "save to pocket",
    "forward",
    "faire un don",
    "make a donation",
    "donate",
    "commenter",
    "leave a comment",
    "not for me",
    "it was okay",
    "loved it",
    "soutenez nous",
    "unsubscribe",
    "desabonn",
    "desinscri",
    "desinscription",
    "abmelden",
    "abbestellen",
    "austragen",
    "opt out",
    "manage your",
    "manage my",
    "manage subscription",
    "gerer mes",
    "gerer vos",
    "gerer mon",
    "update profile",
    "update your",
    "modifier mon",
    "modifier vos",
    "view online",
    "view it online",
    "read online",
    "web version",
    "webversion",
    "version web",
    "version en ligne",
    "online ansehen",
    "online lesen",
    "transferer",
    "faire suivre",
    "weiterleiten",
    "weiterempfehlen",
    "partager",
    "change your email",
    "stop getting this",
    "changer d adresse",
    "modifier votre adresse",
    "share ",
    "tweet",
    "follow us",
    "suivez",
    "suivre",
    "mentions legales",
    "impressum",
    "terms of",
    "terms and",
    "conditions generales",
    "contact us",
    "contactez",
    "nous contacter",
    "nous ecrire",
    "faire un don",
    "je fais un don",
    "make a donation",
    "donate now",
    "subscribe",
    "abonne",
    "sign up",
    "whitelist",
    "previous issue",
    "see all stories",
    "voir tous les",
    "full coverage",
    "previous edition",
    "past issues",
    "all issues",
    "numeros precedents",
    "back to top",
    "haut de page",
];
/// Words that services have, and stories about such things too: what is told at an article's address is a story.
const TOPICS: [&str; 12] = [
    "privacy",
    "confidentialite",
    "donnees personnelles",
    "datenschutz",
    "cookie",
    "archives",
    "preferences",
    "navigateur",
    "browser",
    "en ligne",
    "on the web",
    "sur le web",
];
/// Beginnings of what a service says of such things.
const POLICIES: [&str; 14] = [
    "politique",
    "charte",
    "notre politique",
    "our privacy",
    "privacy policy",
    "privacy notice",
    "cookie policy",
    "manage",
    "gerer",
    "gestion des cookies",
    "protection des donnees",
    "view",
    "voir",
    "open",
];
/// Names of networks and shops that stand alone as an anchor.
const NETWORKS: [&str; 26] = [
    "facebook",
    "twitter",
    "x",
    "linkedin",
    "instagram",
    "youtube",
    "mastodon",
    "bluesky",
    "threads",
    "tiktok",
    "pinterest",
    "whatsapp",
    "rss",
    "email",
    "e-mail",
    "website",
    "site web",
    "web",
    "flickr",
    "github",
    "app store",
    "google play",
    "spotify",
    "apple podcasts",
    "medium",
    "slack",
];

/// True for an anchor by which readers leave a list.
pub fn leaves(anchor: &str) -> bool {
    ["unsubscribe", "desabonn", "desinscri"].iter().any(|word| anchor.contains(word))
}

/// True for an anchor that ends on "here".
pub fn leads_here(anchor: &str) -> bool {
    ["here", "ici", "hier"].iter().any(|end| anchor.strip_suffix(end).is_some_and(|rest| rest.ends_with(' ')))
}

/// True for what a service says of itself. `slug`: its address holds the words of a title, and then a word of a service
/// in the midst of the anchor is one of that title's.
pub fn asks_a_service(anchor: &str, slug: bool) -> bool {
    let words = anchor.split(' ').filter(|word| !word.is_empty()).count();
    // However long the sentence: "Un problème pour lire cette lettre ? Cliquez ici pour la version web".
    let elsewhere = ["version web", "web version", "version en ligne", "view online", "view this email"];
    let calls = ["cliqu", "click", "affich", "probleme", "trouble"];
    let says = |parts: &[&str]| parts.iter().any(|part| anchor.contains(part));
    let shown = words <= 16 && says(&elsewhere) && says(&calls);
    let shop = anchor.ends_with("on the app store") || anchor.ends_with("on google play");
    // "Example home", the way to a site rather than to a story.
    let home = [" home", " homepage", " home page"].iter().any(|end| anchor.ends_with(end));
    if shown || shop || words <= 4 && home {
        return true;
    }
    // "Toutes les offres", "All events": a list of the sender's.
    let lists = [
        "toutes les ",
        "tous les ",
        "tous nos ",
        "toutes nos ",
        "see all ",
        "view all ",
        "browse all ",
        "all events",
        "all jobs",
        "all articles",
        "all news",
        "all posts",
    ];
    if words <= 5 && (anchor == "tout voir" || lists.iter().any(|begins| anchor.starts_with(begins))) {
        return true;
    }
    let whole = format!("{anchor} ");
    let asks = |part: &&str| if slug && words >= 5 { whole.starts_with(*part) } else { contains_start(&whole, part) };
    let told = slug && words >= 3 && !POLICIES.iter().any(|begins| anchor.starts_with(begins));
    let topic = !told && TOPICS.iter().any(|part| contains_start(&whole, part));
    words <= 7 && (topic || SERVICES.iter().any(asks))
}

/// True for the bare name of a network or shop.
pub fn names_a_network(anchor: &str) -> bool {
    NETWORKS.contains(&anchor)
}

/// True for the first word of an anchor that calls for a click.
pub fn calls(word: &str) -> bool {
    CALLS.contains(&word)
}

/// True for a call of some words in place of a title, where titles have their texts: `Save my seat`.
pub fn is_call(anchor: &str) -> bool {
    const FIRST: [&str; 22] = [
        "save",
        "give",
        "estimate",
        "brief",
        "find",
        "create",
        "see",
        "book",
        "register",
        "apply",
        "download",
        "donate",
        "calculate",
        "take",
        "acceder",
        "accedez",
        "trouver",
        "telecharger",
        "telechargez",
        "consulter",
        "reserver",
        "estimer",
    ];
    let mut words = anchor.split(' ');
    words.next().is_some_and(|first| FIRST.contains(&first)) && words.count() < MOST_CALLED
}

/// True for an anchor that ends on the name of a network: "La maison sur LinkedIn".
pub fn ends_on_a_network(anchor: &str) -> bool {
    let words = letters(anchor);
    let mut last = words.rsplit(' ');
    let named = last.next().is_some_and(|word| NETWORKS.contains(&word));
    named && last.next().is_some_and(|word| ["sur", "on", "auf", "en"].contains(&word))
}

/// True for a call that an arrow ends, however long: `Découvrez l'école qui … →`.
pub fn is_arrowed_call(text: &str, anchor: &str) -> bool {
    let arrow = text.trim_end().ends_with(['→', '➜', '➔', '»', '›']);
    arrow && anchor.split(' ').next().is_some_and(calls)
}

/// True when an anchor only leads on.
pub fn is_more(anchor: &str, words: usize) -> bool {
    if words == 0 || MORE.contains(&anchor) {
        return true;
    }
    let goes_on = LEADS.iter().any(|lead| anchor.strip_prefix(lead).is_some_and(|rest| rest.starts_with(' ')));
    if goes_on && words <= LEADS_TO {
        return true;
    }
    let first = anchor.split(' ').next().unwrap_or_default();
    let letters = anchor.chars().filter(|c| c.is_alphabetic()).count();
    // An anchor that was set too short: "Mor".
    let cut = (1..4).contains(&letters) && !anchor.contains(|c: char| c.is_ascii_digit());
    // `Je demande mon badge`, `J'en profite`.
    let mine = words <= 6 && (anchor.starts_with("je ") || anchor.starts_with("j "));
    words <= 4 && (CALLS.contains(&first) || first == "more") || mine || cut
}

/// Counts of comments and points, hosts, dates, bare addresses.
pub fn is_meta(text: &str, anchor: &str) -> bool {
    let counts = [
        "comments",
        "comment",
        "commentaires",
        "commentaire",
        "points",
        "upvotes",
        "likes",
        "votes",
        "min",
        "minutes",
        "mn",
    ];
    let words: Vec<&str> = anchor.split(' ').collect();
    let is_number = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
    let counted = words.windows(2).any(|pair| {
        is_number(&pair[0]) && counts.contains(&pair[1]) || counts.contains(&pair[0]) && is_number(&pair[1])
    });
    // `Answered October 11`.
    let verbs = ["answered", "posted", "updated", "published", "publie", "modifie", "repondu"];
    let dated = anchor.split_once(' ').is_some_and(|(verb, day)| verbs.contains(&verb) && is_date_alone(day));
    // `Three.js` is a program.
    let program = text.trim().to_lowercase().ends_with(".js");
    let bare = text.trim().trim_end_matches(['.', '!', '?', '…']);
    let host = !bare.contains(' ') && bare.contains('.') && !bare.contains("..") && !program;
    (counted && words.len() <= 12) || dated || host || !anchor.contains(char::is_alphabetic)
}

fn contains_start(text: &str, part: &str) -> bool {
    text.match_indices(part).any(|(at, _)| at == 0 || text.as_bytes()[at - 1] == b' ')
}
