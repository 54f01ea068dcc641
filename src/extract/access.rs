//! Walls: what was served in place of the article, told by words of its own that no real article of some length is
//! made of.

use ego_tree::NodeRef;
use scraper::{ElementRef, Html, Node, Selector};
use serde_json::Value;

use crate::domain::Access;
use crate::text::html;
use crate::text::tokens::fold;

use super::head::{is_article, meta};

/// Characters of the page looked at.
const LOOKED_AT: usize = 60_000;
/// Words from which a paragraph is prose: walls are made of less.
const PROSE: usize = 18;
/// Words of a text that is hardly one.
const HARDLY: usize = 60;

/// Whether `text`, made of `page`, is the article or what stands before it. `linked` is the page's JSON-LD.
///
/// Marks are believed where an article has no reason to have them: a robot check where there is no prose, a paywall at the
/// end of the text or right behind it. Anything else would lose short articles that happen to have a form, or a header
/// that invites subscribers to log in.
pub(super) fn judge(page: &str, document: &Html, linked: &[Value], text: &str) -> Access {
    let words = text.split_whitespace().count();
    let body = inclusive(&fold(text));
    let told = |marks: &[&str]| marks.iter().filter(|mark| body.contains(**mark)).count();
    let title = document_title(document);
    let named = title.split(['|', '–', '—']).next().unwrap_or_default().split(" - ").next().unwrap_or_default().trim();
    let titled = |marks: &[&str]| marks.iter().any(|mark| named.trim_end_matches(['.', '…', '!']).trim() == *mark);
    let begins = |marks: &[&str]| marks.iter().any(|mark| title.contains(mark));
    let prose = text.split("\n\n").filter(|paragraph| paragraph.split_whitespace().count() >= PROSE).count();
    let articles: Vec<&Value> = linked.iter().filter(|block| is_article(block)).collect();
    let bare = prose < 2 && articles.is_empty() && select(document, "article").next().is_none();
    if words < 150 && bare {
        let whole = fold(&page.chars().take(LOOKED_AT).collect::<String>());
        let checks = ROBOT_CHECKS.iter().any(|mark| whole.contains(mark));
        if checks || titled(ROBOT_TITLES) || (words < HARDLY && begins(ROBOT_TITLES)) {
            return Access::Blocked;
        }
    }
    if (words < 200 && titled(ERROR_TITLES)) || (words < HARDLY && (begins(ERROR_TITLES) || told(ERRORS) > 0)) {
        return Access::Error;
    }
    let consent = told(CONSENT);
    if words < 150 && (consent > 1 || (consent == 1 && words < HARDLY)) {
        return Access::Consent;
    }
    let closed = |block: &&Value| {
        let free = block.get("isAccessibleForFree");
        free.is_some_and(|free| {
            free.as_bool() == Some(false)
                || free.as_str().is_some_and(|said| matches!(fold(said).as_str(), "false" | "no"))
        })
    };
    let tier = meta(document, &["article:content_tier", "content_tier"]).map(|tier| fold(&tier));
    let locked = tier.is_some_and(|tier| tier == "locked");
    if words < 600 && (locked || articles.iter().any(closed)) {
        return Access::Paywall;
    }
    let marks = told(PAYWALL);
    let at_its_end = || {
        let start = body.char_indices().rev().nth(300).map_or(0, |(at, _)| at);
        PAYWALL.iter().any(|mark| body[start..].contains(mark))
    };
    if words < 350 && (marks > 1 || (marks == 1 && (words < HARDLY || at_its_end()))) {
        return Access::Paywall;
    }
    if words < 180 && walled(document, words) {
        return Access::Paywall;
    }
    Access::Open
}

/// True when the part of the page that holds the article says that the rest is for subscribers; the whole page where
/// hardly any text was found.
fn walled(document: &Html, words: usize) -> bool {
    let says = |text: String| {
        let text = inclusive(&fold(&text));
        PAYWALL.iter().any(|mark| text.contains(mark))
    };
    let parts = "article, main, [class*='paywall'], [id*='paywall'], [class*='premium-content'], [class*='restricted']";
    let inside = |element: ElementRef<'_>| {
        let aside = |node: NodeRef<'_, Node>| matches!(node.value(), Node::Element(found) if matches!(found.name(), "aside" | "nav" | "header" | "footer" | "script" | "style"));
        let texts = element.descendants().filter(|node| {
            node.value().is_text() && !node.ancestors().take_while(|above| above.id() != element.id()).any(aside)
        });
        texts.filter_map(|node| node.value().as_text().map(|text| text.to_string())).collect::<Vec<_>>().join(" ")
    };
    let mut holders = select(document, parts).peekable();
    // What stands right behind an article is about it.
    let behind = |article: &ElementRef<'_>| {
        let next = article.next_siblings().filter_map(ElementRef::wrap).take(2);
        let about = next.take_while(|next| !matches!(next.value().name(), "footer" | "aside" | "nav"));
        about.map(inside).collect::<Vec<_>>().join(" ")
    };
    if holders.peek().is_some() {
        return holders
            .any(|holder| says(inside(holder)) || (holder.value().name() == "article" && says(behind(&holder))));
    }
    words < HARDLY && says(html::document_text(document))
}

/// Forms of both genders are read as one: `abonné(e)s` and `abonné·e·s` are `abonnés`.
fn inclusive(folded: &str) -> String {
    folded.replace("(e)", "").replace("·e", "").replace(['·'], "")
}

fn select<'a>(document: &'a Html, parts: &str) -> impl Iterator<Item = ElementRef<'a>> {
    let selector = Selector::parse(parts).ok();
    let found: Vec<ElementRef<'a>> = selector.iter().flat_map(|selector| document.select(selector)).collect();
    found.into_iter()
}

fn document_title(document: &Html) -> String {
    let text = select(document, "title").next().map(|title| title.text().collect::<String>());
    fold(text.unwrap_or_default().trim())
}

const ROBOT_CHECKS: &[&str] = &[
    "cf-challenge",
    "cf-browser-verification",
    "/cdn-cgi/challenge-platform/h/",
    "incapsula incident",
    "enable javascript to proceed",
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
    "403 forbidden",
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
    "maintenance",
    "page can't be found",
    "internal server error",
    "error establishing a database connection",
    "not found",
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
    "can't be found",
    "nothing was found at this location",
    "site en maintenance",
    "cannot be found",
    "establishing a database connection",
    "internal server error",
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
    "souhaitez lire la suite",
    "limit of free articles",
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
        judge(&page, &Html::parse_document(&page), &[], text)
    }

    /// A page judged by its markup; its text is the text of its paragraphs.
    fn page(head: &str, body: &str) -> Access {
        let page = format!("<html><head><title>Revue</title>{head}</head><body>{body}</body></html>");
        let document = Html::parse_document(&page);
        let text: Vec<String> = select(&document, "article p, body > p").map(|p| p.text().collect()).collect();
        judge(&page, &document, &super::super::head::linked_data(&document), &text.join("\n\n"))
    }

    #[test]
    fn short_articles_are_not_taken_for_walls() {
        let prose = "Le conseil municipal a voté hier soir la rénovation des deux écoles du quartier, pour un montant de                      trois millions d’euros, dont un tiers vient de la région.";
        let article = format!("<article><p>{prose}</p><p>{prose}</p></article>");
        for around in [
            "<form class='comment'><div class='g-recaptcha'></div></form>",
            "<script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
            "<header>Déjà abonné ? Connectez-vous</header>",
            "<footer>Réservé aux abonnés : le journal en PDF</footer>",
        ] {
            assert_eq!(page("", &format!("{around}{article}")), Access::Open, "{around}");
        }
        assert_eq!(judged("Un instant avec Ada Martin", &format!("{prose}\n\n{prose}")), Access::Open);
        let brief = format!("{prose} Il faudra tout accepter, dit le maire. {prose}");
        assert_eq!(judged("Brève", &brief), Access::Open);
        let other = "<script type='application/ld+json'>{\"@type\":\"WebSite\",\"isAccessibleForFree\":false}</script>";
        assert_eq!(page(other, &article), Access::Open);
    }

    #[test]
    fn walls_behind_a_teaser_are_seen() {
        let teaser =
            "<p>Le conseil municipal a voté hier soir la rénovation des deux écoles du quartier, à l’unanimité.</p>";
        let closed = "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"isAccessibleForFree\" : \"False\"}</script>";
        assert_eq!(page(closed, &format!("<article>{teaser}</article>")), Access::Paywall);
        let wall = "<div>Article réservé aux abonné·e·s</div>";
        assert_eq!(page("", &format!("<article>{teaser}{wall}</article>")), Access::Paywall);
        assert_eq!(
            page("", &format!("{teaser}<div class='paywall'>Vous souhaitez lire la suite ?</div>")),
            Access::Paywall
        );
        assert_eq!(page("", &format!("<article>{teaser}</article>{wall}<footer>x</footer>")), Access::Paywall);
        assert_eq!(judged("Internal Server Error", "The server encountered an error."), Access::Error);
        assert_eq!(judged("403 Forbidden", "nginx"), Access::Blocked);
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
