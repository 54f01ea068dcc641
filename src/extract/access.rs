//! Walls: what was served in place of the article, told by words of its own that no real article of some length is
//! made of.

use scraper::Html;

use crate::domain::Access;
use crate::text::tokens::fold;

use super::head::meta;

/// Characters of the page looked at.
const LOOKED_AT: usize = 60_000;

/// Whether `text`, made of `page`, is the article or what stands before it.
pub(super) fn judge(page: &str, document: &Html, text: &str) -> Access {
    let words = text.split_whitespace().count();
    let whole = fold(&page.chars().take(LOOKED_AT).collect::<String>());
    let page_says = |marks: &[&str]| marks.iter().any(|mark| whole.contains(mark));
    let body = fold(text);
    let told = |marks: &[&str]| marks.iter().any(|mark| body.contains(mark));
    let title = document_title(document);
    if words < 150 && (page_says(ROBOT_CHECKS) || ROBOT_TITLES.iter().any(|mark| title.starts_with(mark))) {
        return Access::Blocked;
    }
    if words < 200 && ERROR_TITLES.iter().any(|mark| title.contains(mark)) || (words < 60 && told(ERRORS)) {
        return Access::Error;
    }
    if words < 150 && told(CONSENT) {
        return Access::Consent;
    }
    let free_is_false = page_says(&[
        "\"isaccessibleforfree\":false",
        "\"isaccessibleforfree\": false",
        "\"isaccessibleforfree\":\"false\"",
        "\"isaccessibleforfree\": \"false\"",
        "\"isaccessibleforfree\":\"no\"",
    ]);
    let tier = meta(document, &["article:content_tier", "content_tier"]).map(|tier| fold(&tier));
    let locked = tier.is_some_and(|tier| tier == "locked");
    if ((free_is_false || locked) && words < 600)
        || (told(PAYWALL) && words < 350)
        || (page_says(PAYWALL) && words < 180)
    {
        return Access::Paywall;
    }
    Access::Open
}

fn document_title(document: &Html) -> String {
    let selector = scraper::Selector::parse("title");
    let text = selector
        .ok()
        .and_then(|selector| document.select(&selector).next().map(|title| title.text().collect::<String>()));
    fold(text.unwrap_or_default().trim())
}

const ROBOT_CHECKS: &[&str] = &[
    "cf-challenge",
    "cf-browser-verification",
    "challenge-platform",
    "/cdn-cgi/challenge",
    "verify you are human",
    "verify that you are human",
    "verifying you are human",
    "are you a robot",
    "verifiez que vous etes humain",
    "verifier que vous n'etes pas un robot",
    "vous n'etes pas un robot",
    "g-recaptcha",
    "h-captcha",
    "captcha-delivery.com",
    "px-captcha",
    "enable javascript and cookies to continue",
    "please enable cookies",
    "unusual traffic from your",
    "ddos protection by",
];

const ROBOT_TITLES: &[&str] = &[
    "just a moment",
    "attention required",
    "access denied",
    "acces refuse",
    "un instant",
    "robot check",
    "security check",
    "human verification",
    "pardon our interruption",
];

const ERROR_TITLES: &[&str] = &[
    "page not found",
    "page introuvable",
    "page non trouvee",
    "404 not found",
    "erreur 404",
    "error 404",
    "404 error",
    "500 internal",
    "502 bad gateway",
    "503 service",
    "service unavailable",
    "service indisponible",
    "site en maintenance",
    "403 forbidden",
];

const ERRORS: &[&str] = &[
    "page introuvable",
    "page not found",
    "erreur 404",
    "404 not found",
    "page que vous cherchez n'existe",
    "page demandee n'existe",
    "page you are looking for",
    "page you requested",
    "contenu n'est plus disponible",
    "article n'existe plus",
    "an error occurred",
    "une erreur est survenue",
    "en cours de maintenance",
];

const CONSENT: &[&str] = &[
    "accepter les cookies",
    "accepter et continuer",
    "tout accepter",
    "continuer sans accepter",
    "accept cookies",
    "accept all cookies",
    "accept all",
    "votre consentement",
    "your consent",
    "we value your privacy",
    "nous respectons votre vie privee",
    "nos partenaires stockons",
    "our partners store",
    "before you continue",
    "avant d'acceder a",
];

const PAYWALL: &[&str] = &[
    "reserve aux abonnes",
    "reservee aux abonnes",
    "reserve a nos abonnes",
    "reservee a nos abonnes",
    "reserves aux abonnes",
    "de cet article a lire",
    "la suite est reservee",
    "pour lire la suite",
    "pour lire l'integralite",
    "abonnez-vous pour lire",
    "abonnez-vous pour continuer",
    "deja abonne",
    "subscribe to continue",
    "subscribe to read",
    "subscribe now to read",
    "subscribers only",
    "for subscribers only",
    "already a subscriber",
    "to continue reading",
    "this article is for subscribers",
    "sign in to read",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(title: &str, text: &str) -> Access {
        let page = format!("<html><head><title>{title}</title></head><body><p>{text}</p></body></html>");
        judge(&page, &Html::parse_document(&page), text)
    }

    #[test]
    fn walls_are_recognised_in_both_languages() {
        assert_eq!(judged("T", "Article réservé aux abonnés. Déjà abonné ? Connectez-vous."), Access::Paywall);
        assert_eq!(judged("T", "Subscribe to continue reading this story."), Access::Paywall);
        assert_eq!(judged("Just a moment...", "Checking your browser"), Access::Blocked);
        assert_eq!(judged("Page introuvable - Revue", "Retour à l’accueil"), Access::Error);
        assert_eq!(
            judged("T", "Nous respectons votre vie privée. Tout accepter. Continuer sans accepter."),
            Access::Consent
        );
    }

    #[test]
    fn an_article_about_walls_is_an_article() {
        let text = "Les sites doivent proposer de continuer sans accepter les traceurs. ".repeat(40);
        assert_eq!(judged("Cookies : ce qui change", &text), Access::Open);
    }
}
