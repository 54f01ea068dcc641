//! Letters that sell: prices, codes, carts, hurry; and posters, with hardly a word to read.

use super::lines::Line;
use super::links::letters;
use super::newsletter::Story;
use super::roles::is_service;

/// True for a letter that sells: prices, codes, carts, hurry.
pub(super) fn sells(lines: &[Line], names: &[&str], stories: &[Story]) -> bool {
    const WORDS: [&str; 51] = [
        "coupon",
        "promo code",
        "code promo",
        "promo",
        "discount",
        "discounts",
        "sale",
        "soldes",
        "free shipping",
        "livraison offerte",
        "livraison gratuite",
        "buy now",
        "shop now",
        "order now",
        "add to cart",
        "panier",
        "j en profite",
        "je profite",
        "profitez",
        "en profiter",
        "offre speciale",
        "offre exclusive",
        "offres exclusives",
        "limited time",
        "special offer",
        "hurry",
        "while supplies last",
        "money back",
        "acheter",
        "achetez",
        "commandez",
        "je commande",
        "remise",
        "reduction",
        "rabatt",
        "gutschein",
        "versandkostenfrei",
        "jetzt kaufen",
        "save up to",
        "you save",
        "list price",
        "au lieu de",
        "offre valable",
        "non cumulable",
        "promotions",
        "prix conseille",
        "off your order",
        "ventes privees",
        "vente flash",
        "bon plan",
        "black friday",
    ];
    let text: String =
        names.iter().map(|name| (*name).to_owned()).chain(lines.iter().map(Line::text)).collect::<Vec<_>>().join("\n");
    let plain = format!(" {} ", letters(&text));
    let count = plain.split(' ').count().max(1);
    let kinds = WORDS.iter().filter(|word| plain.contains(&format!(" {word} "))).count();
    let hits: usize = WORDS.iter().map(|word| plain.matches(&format!(" {word} ")).count()).sum();
    let prices = text.split_whitespace().filter(|word| is_price(word)).count();
    let percent = text.matches("% off").count() + text.matches("% OFF").count() + text.matches("% de r").count();
    let signs = hits + prices + 2 * percent;
    let told: usize =
        stories.iter().filter(|story| !story.untitled && story.blurb.split_whitespace().count() >= 12).count();
    kinds + usize::from(prices >= 3) + usize::from(prices >= 8) + usize::from(percent > 0) >= 3
        && signs * 60 >= count
        && told < 4
}

/// True for a letter that calls to one thing, a webinar, a trial, a talk with sales, and tells nothing else.
pub(super) fn invites(lines: &[Line], names: &[&str]) -> bool {
    const CALLS: [&str; 48] = [
        "register today",
        "register now",
        "register for",
        "upcoming webinar",
        "new webinar",
        "free webinar",
        "save your seat",
        "save your spot",
        "book your",
        "reserve your",
        "attendees will",
        "request a demo",
        "book a demo",
        "get a quote",
        "free trial",
        "free demo",
        "start your trial",
        "let s talk",
        "dm me",
        "contact us today",
        "our services",
        "our customers",
        "sales representative",
        "thank you for choosing",
        "reasonable price",
        "inscrivez vous",
        "je m inscris",
        "s inscrire",
        "reservez votre",
        "reservez vos",
        "votre place",
        "participez aux",
        "participez au",
        "participez a",
        "vous invite a",
        "vous inviter a",
        "100 en ligne",
        "essai gratuit",
        "demandez une demo",
        "demander une demo",
        "demande de devis",
        "nos experts vous",
        "nos offres",
        "prenez rendez vous",
        "prendre rendez vous",
        "agendar",
        "jetzt anmelden",
        "jetzt testen",
    ];
    let text: String =
        names.iter().map(|name| (*name).to_owned()).chain(lines.iter().map(Line::text)).collect::<Vec<_>>().join("\n");
    let plain = format!(" {} ", letters(&text));
    let kinds = CALLS.iter().filter(|call| plain.contains(&format!(" {call} "))).count();
    let count = plain.split(' ').count();
    count < 400 && kinds >= 3 || count < 200 && kinds >= 2
}

/// A mass mail of pictures or of a call, with hardly a word to read.
pub(super) fn is_poster(lines: &[Line], has_foot: bool) -> bool {
    let words: usize =
        lines.iter().filter(|line| !is_service(line)).map(|line| line.text().split_whitespace().count()).sum();
    let pictures: usize = lines.iter().map(|line| line.pictures).sum();
    words < 50 && has_foot || words < 100 && pictures > 2
}

/// `19,90 €`, `$30`, `€25`.
fn is_price(word: &str) -> bool {
    let word = word.trim_matches(|c: char| matches!(c, '.' | ',' | '(' | ')' | '*' | '!' | ':'));
    let bare = word.trim_matches(['€', '$', '£', '+']);
    bare.len() < word.len()
        && bare.starts_with(|c: char| c.is_ascii_digit())
        && bare.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','))
}
