//! The links of a letter: which may lead to a story, which only to a form, a button or the reader's own account.

use url::Url;

use super::anchors::{asks_a_service, is_arrowed_call, is_meta, is_more, leads_here, leaves, letters, names_a_network};
use super::counters::has_slug;

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

/// Judges a link by its address and the text it stands on.
pub fn judge(url: &Url, text: &str, never: &[Url]) -> Use {
    let anchor = letters(text);
    let words = anchor.split(' ').filter(|word| !word.is_empty()).count();
    let forbidden = is_forbidden(url, never);
    if leaves(&anchor) {
        return Use::Service;
    }
    if leads_here(&anchor) && !forbidden && words <= 12 {
        return Use::More;
    }
    let profile = words <= 3 && is_profile(url);
    // What an address says as it stands is no wish of the reader's.
    let written = text.contains("://");
    let asks = !written && asks_a_service(&anchor, has_slug(url.path()));
    if forbidden || profile || asks || names_a_network(&anchor) {
        return Use::Service;
    }
    if is_more(&anchor, words) || is_arrowed_call(text, &anchor) {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(address: &str, text: &str) -> Use {
        judge(&Url::parse(address).expect("an address"), text, &[])
    }

    #[test]
    fn links_are_told_apart_by_what_they_say_and_where_they_lead() {
        for text in [
            "Lire la suite →",
            "Découvrez l'école qui réinvente l'avenir de vos enfants →",
            "» More",
            "[Read more]",
            "En savoir plus",
            "Télécharger le rapport",
            "",
            "Jetzt lesen",
        ] {
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
}
