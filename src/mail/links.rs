//! The links of a letter: which may lead to a story, which only to a form, a button or the reader's own account.

use url::Url;

/// Anchors compare without arrows, brackets and capitals.
pub use crate::text::tokens::plain as letters;

/// What a link of a letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// It may lead to a story, and its text may be the title.
    Named,
    /// It may lead to a story, but its text says only "read more".
    More,
    /// Comments, points, the name of a site: beside a story.
    Meta,
    /// Unsubscribing, viewing online, sharing, social profiles, legal notes.
    Service,
}

/// Anchors that lead on from a story told above them.
const MORE: [&str; 67] = [
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
const LEADS: [&str; 16] = [
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
    "pour en savoir plus",
    "plus d infos",
    "plus d informations",
    "plus d information",
    "mehr erfahren",
    "mehr lesen",
];
const LEADS_TO: usize = 12;
/// First words of short anchors that call for a click rather than name a story.
const CALLS: [&str; 51] = [
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
const SERVICES: [&str; 85] = [
    "politica de privacidad",
    "aviso legal",
    "darse de baja",
    "cancelar suscripcion",
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
/// Parts of addresses that only services have.
const SERVICE_PATHS: [&str; 30] = [
    "unsubscribe",
    "optout",
    "opt-out",
    "opt_out",
    "desinscription",
    "desabonnement",
    "abmelden",
    "unsub",
    "/preferences",
    "manage-subscription",
    "manage_subscription",
    "update-profile",
    "forward-to-friend",
    "email-forward",
    "/alerts/remove",
    "/alerts/edit",
    "/alerts/share",
    "/alerts/feedback",
    "sharer.php",
    "sharer/sharer",
    "/intent/tweet",
    "sharearticle",
    "share-offsite",
    "/intent/post",
    "/share?",
    "vcard",
    ".ics",
    "privacy-policy",
    "mentions-legales",
    "/viewonline",
];

/// Judges a link by its address and the text it stands on (folded by the caller once: `anchor`).
pub fn judge(url: &Url, text: &str, never: &[Url]) -> Use {
    let anchor = letters(text);
    let words = anchor.split(' ').filter(|word| !word.is_empty()).count();
    let forbidden = is_forbidden(url, never);
    let leads_here =
        ["here", "ici", "hier"].iter().any(|end| anchor.strip_suffix(end).is_some_and(|rest| rest.ends_with(' ')));
    let leaves = ["unsubscribe", "desabonn", "desinscri"].iter().any(|word| anchor.contains(word));
    if leaves {
        return Use::Service;
    }
    if leads_here && !leaves && !forbidden && words <= 12 {
        return Use::More;
    }
    if forbidden {
        return Use::Service;
    }
    // However long the sentence: "Un problème pour lire cette lettre ? Cliquez ici pour la version web".
    let elsewhere = ["version web", "web version", "version en ligne", "view online", "view this email"];
    let calls = ["cliqu", "click", "affich", "probleme", "trouble"];
    let says = |parts: &[&str]| parts.iter().any(|part| anchor.contains(part));
    if words <= 16 && says(&elsewhere) && says(&calls) {
        return Use::Service;
    }
    if anchor.ends_with("on the app store") || anchor.ends_with("on google play") {
        return Use::Service;
    }
    // "Example home", the way to a site rather than to a story.
    if words <= 4 && (anchor.ends_with(" home") || anchor.ends_with(" homepage") || anchor.ends_with(" home page")) {
        return Use::Service;
    }
    let whole = format!("{anchor} ");
    let slug = has_slug(url.path());
    // In the midst of a title that its address repeats, such a word is one of the title's.
    let asks = |part: &&str| if slug && words >= 5 { whole.starts_with(*part) } else { contains_start(&whole, part) };
    if words <= 7 && SERVICES.iter().any(|part| asks(&part)) {
        return Use::Service;
    }
    let told = slug && !POLICIES.iter().any(|begins| anchor.starts_with(begins));
    if words <= 7 && !(told && words >= 3) && TOPICS.iter().any(|part| contains_start(&whole, part)) {
        return Use::Service;
    }
    if NETWORKS.contains(&anchor.as_str()) || (words <= 3 && is_profile(url)) {
        return Use::Service;
    }
    if is_more(&anchor, words) {
        return Use::More;
    }
    if is_meta(text, &anchor) { Use::Meta } else { Use::Named }
}

/// True for the address of a site rather than of a page.
pub fn is_site(url: &Url) -> bool {
    url.path().trim_matches('/').is_empty() && url.query().is_none()
}

/// True for what must never be followed: it unsubscribes, forwards, shares.
pub fn is_forbidden(url: &Url, never: &[Url]) -> bool {
    let address = url.as_str().to_ascii_lowercase();
    never.iter().any(|never| same_service(url, never)) || SERVICE_PATHS.iter().any(|part| address.contains(part))
}

/// True for the first word of an anchor that calls for a click.
pub fn calls(word: &str) -> bool {
    CALLS.contains(&word)
}

/// True for an anchor that ends on the name of a network: "La maison sur LinkedIn".
pub fn names_network(anchor: &str) -> bool {
    let words = letters(anchor);
    let mut last = words.rsplit(' ');
    let named = last.next().is_some_and(|word| NETWORKS.contains(&word));
    named && last.next().is_some_and(|word| ["sur", "on", "auf", "en"].contains(&word))
}

/// True when an anchor only leads on.
fn is_more(anchor: &str, words: usize) -> bool {
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
    words <= 4 && (CALLS.contains(&first) || first == "more") || cut
}

/// Counts of comments and points, hosts, dates, bare addresses.
fn is_meta(text: &str, anchor: &str) -> bool {
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
    // `Three.js` is a program.
    let program = text.trim().to_lowercase().ends_with(".js");
    let host = !text.trim().contains(' ') && text.contains('.') && !text.contains("..") && !program;
    (counted && words.len() <= 12) || host || !anchor.contains(char::is_alphabetic)
}

/// An unsubscribing address and those that share its path are one service.
fn same_service(url: &Url, never: &Url) -> bool {
    if url.host_str() != never.host_str() {
        return false;
    }
    let (path, other) = (url.path().trim_end_matches('/'), never.path().trim_end_matches('/'));
    // Senders that serve all their links from one path tell them apart by the query.
    path == other && (url.query() == never.query() || path.contains("unsub"))
}

/// Pages of people and firms on networks.
fn is_profile(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches("www.");
    let path = url.path().trim_matches('/');
    let network = ["facebook.com", "twitter.com", "x.com", "instagram.com", "tiktok.com", "threads.net", "bsky.app"];
    let short = path.split('/').count() <= 1;
    (short && (network.contains(&host) || path.starts_with('@')))
        || (host.ends_with("linkedin.com") && ["company", "in", "showcase"].iter().any(|part| path.starts_with(part)))
        || (host == "youtube.com" && ["c/", "channel", "user", "@"].iter().any(|part| path.starts_with(part)))
        || matches!(host, "apps.apple.com" | "itunes.apple.com" | "play.google.com")
}

fn contains_start(text: &str, part: &str) -> bool {
    text.match_indices(part).any(|(at, _)| at == 0 || text.as_bytes()[at - 1] == b' ')
}

/// True for the link of a sender's counter, which says nothing of where it leads and is another for each reader.
pub fn is_opaque(url: &Url) -> bool {
    const HOSTS: [&str; 24] = [
        "list-manage.com",
        "list-manage1.com",
        "list-manage2.com",
        "campaign-archive.com",
        "mailchi.mp",
        "sendibm1.com",
        "sendibm2.com",
        "sendibm3.com",
        "sendibt2.com",
        "sendibt3.com",
        "hubspotlinks.com",
        "hs-sites.com",
        "mjt.lu",
        "cmail19.com",
        "cmail20.com",
        "createsend.com",
        "rs6.net",
        "mailjet.com",
        "infusionsoft.com",
        "getresponse.com",
        "convertkit-mail.com",
        "convertkit-mail2.com",
        "klclick.com",
        "exacttarget.com",
    ];
    const PATHS: [&str; 14] = [
        "/track/click",
        "/tr/cl/",
        "/ls/click",
        "/e3t/",
        "/linkclick",
        "/click/",
        "/clicks/",
        "/ct/",
        "/wf/click",
        "/lnk/",
        "/redirect",
        "/tracking/",
        "/cl0/",
        "/uni/",
    ];
    let host = url.host_str().unwrap_or_default();
    let path = url.path().to_ascii_lowercase();
    let first = host.split('.').next().unwrap_or_default();
    let counter_host = matches!(
        first,
        "click"
            | "clicks"
            | "track"
            | "tracking"
            | "trk"
            | "links"
            | "link"
            | "lnk"
            | "r"
            | "e"
            | "t"
            | "email"
            | "ct"
            | "sendy"
    ) || first.starts_with("click")
        || first.starts_with("track")
        || first.starts_with("mailer");
    let known = HOSTS.iter().any(|known| host == *known || host.ends_with(&format!(".{known}")));
    if known || PATHS.iter().any(|part| path.contains(part) && !has_slug(&path)) {
        return true;
    }
    counter_host && !has_slug(&path) && (path.len() > 12 || url.query().is_some()) || has_token(url)
}

/// Words of a title in a path.
fn has_slug(path: &str) -> bool {
    path.split('/').any(|part| {
        let words =
            part.split(['-', '_']).filter(|word| word.len() > 1 && word.chars().all(char::is_alphabetic)).count();
        words >= 3
    })
}

/// A long run of letters and digits that no hand wrote, and no words beside it.
fn has_token(url: &Url) -> bool {
    let random = |part: &str| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        let upper = part.bytes().filter(u8::is_ascii_uppercase).count();
        part.len() >= 48
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'=' | b'.' | b'%' | b'~'))
            && (digits * 12 > part.len())
            && (upper * 12 > part.len() || digits * 4 > part.len())
    };
    !has_slug(url.path()) && url.path().split('/').any(random)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(address: &str, text: &str) -> Use {
        judge(&Url::parse(address).expect("an address"), text, &[])
    }

    #[test]
    fn links_are_told_apart_by_what_they_say_and_where_they_lead() {
        for text in
            ["Lire la suite →", "» More", "[Read more]", "En savoir plus", "Télécharger le rapport", "", "Jetzt lesen"]
        {
            assert_eq!(kind("https://a.example/x", text), Use::More, "{text}");
        }
        for text in ["Se désabonner", "View this email in your browser", "Gérer mes préférences", "Twitter", "Partager"]
        {
            assert_eq!(kind("https://a.example/x", text), Use::Service, "{text}");
        }
        for text in ["reddit.com | points: 879 | comments: 476", "example.org", "12"] {
            assert_eq!(kind("https://a.example/x", text), Use::Meta, "{text}");
        }
        for text in ["Facebook condamné pour ses pratiques de partage", "Patterns: Saga", "La chaufferie bois de Lyon"]
        {
            assert_eq!(kind("https://a.example/x", text), Use::Named, "{text}");
        }
        assert_eq!(kind("https://a.example/unsubscribe/1", "Une rénovation réussie"), Use::Service);
        assert_eq!(kind("https://www.linkedin.com/company/vigie", "Notre page"), Use::Service);
        let never = [Url::parse("https://l.example/u?a=1").expect("an address")];
        let same = Url::parse("https://l.example/u?a=1").expect("an address");
        assert_eq!(judge(&same, "Une rénovation réussie", &never), Use::Service);
    }

    #[test]
    fn stories_about_what_services_are_called_by_are_stories() {
        let article = "https://a.example/2026/11/les-cookies-tiers-disparaissent";
        assert_eq!(kind(article, "Les cookies tiers disparaissent"), Use::Named);
        assert_eq!(
            kind("https://a.example/cnil-donnees-sante-amende", "Données personnelles : une amende"),
            Use::Named
        );
        let told = "https://a.example/mediapart-15-ans-apres-enquetes";
        assert_eq!(kind(told, "Enquêtes, marketing abonné et participation"), Use::Named);
        assert_eq!(kind("https://a.example/1", "Three.js"), Use::Named);
        for (address, anchor) in [
            ("https://a.example/cookies", "Gestion des cookies"),
            ("https://a.example/politique-de-donnees", "Politique de confidentialité"),
            ("https://a.example/1", "Archives"),
        ] {
            assert_eq!(kind(address, anchor), Use::Service, "{anchor}");
        }
    }

    #[test]
    fn counters_are_opaque_and_pages_are_not() {
        let opaque = |address: &str| is_opaque(&Url::parse(address).expect("an address"));
        for address in [
            "http://finimize.us10.list-manage.com/track/click?u=fd92d4d691&id=1&e=2",
            "https://r.news.example.org/tr/cl/Yx8aZ",
            "https://u123.ct.sendgrid.net/ls/click?upn=abc",
            "https://links.example.org/a/b7f2c90d8e1234?x=1",
        ] {
            assert!(opaque(address), "{address}");
        }
        for address in [
            "https://netsil.com/microservices-architectures-overlooked-considerations/",
            "https://www.youtube.com/watch?v=53DVkaW5Fb0",
            "https://www.bbc.co.uk/news/world-europe-41780116",
            "https://github.com/networknt/light-4j",
        ] {
            assert!(!opaque(address), "{address}");
        }
    }
}
