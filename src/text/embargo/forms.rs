//! Forms in which a text says that it must not be published yet.

use std::sync::LazyLock;

use jiff::civil::Date;

use super::words::words;
use super::{clock, day};

/// What forbids, what is forbidden, and what names the moment, folded; every combination begins a clause.
const FORBIDS: [([&str; 8], [&str; 12], [&str; 3]); 2] = [
    (
        ["ne pas", "a ne pas", "ne rien", "pas de", "aucune", "de ne pas", "ne pas la", "ne pas le"],
        [
            "diffuser",
            "publier",
            "communiquer",
            "partager",
            "rediffuser",
            "relayer",
            "utiliser",
            "divulguer",
            "mettre en ligne",
            "diffusion",
            "publication",
            "transmettre",
        ],
        ["avant", "jusqu", "avant le"],
    ),
    (
        ["do not", "not to be", "must not be", "may not be", "no", "not for", "please do not", "cannot be"],
        [
            "publish",
            "published",
            "share",
            "shared",
            "distribute",
            "distributed",
            "release",
            "released",
            "use",
            "broadcast",
            "publication",
            "circulate",
        ],
        ["before", "until", "till"],
    ),
];
/// Others, as they stand.
const OTHERS: [&str; 22] = [
    "publication autorisee a partir",
    "diffusion autorisee a partir",
    "publication autorisee a compter",
    "diffusion autorisee a compter",
    "a publier a partir",
    "a diffuser a partir",
    "confidentiel jusqu",
    "confidentielle jusqu",
    "confidential until",
    "interne jusqu",
    "publication interdite avant",
    "publication interdite jusqu",
    "diffusion interdite avant",
    "diffusion interdite jusqu",
    "strictement confidentiel jusqu",
    "strictement confidentielle jusqu",
    "hold until",
    "hold for release",
    "for release after",
    "for release on",
    "for release:",
    "release date:",
];

static PHRASES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let combined = FORBIDS.iter().flat_map(|(begins, middles, ends)| {
        begins.iter().flat_map(move |begin| {
            middles.iter().flat_map(move |middle| ends.iter().map(move |end| [*begin, *middle, *end].join(" ")))
        })
    });
    let mut phrases: Vec<String> = combined.chain(OTHERS.iter().map(|phrase| (*phrase).to_owned())).collect();
    phrases.sort();
    phrases.dedup();
    phrases
});

/// Places in a folded text at which a clause begins that forbids to publish before a moment.
pub(super) fn places(text: &str) -> impl Iterator<Item = usize> {
    PHRASES.iter().flat_map(move |phrase| text.match_indices(phrase.as_str()).map(|(at, _)| at))
}

/// True where a folded line forbids to publish before a moment.
pub fn is_before(line: &str) -> bool {
    PHRASES.iter().any(|phrase| line.contains(phrase.as_str()))
}

/// True where a folded text begins by forbidding to publish before a moment.
pub fn begins(text: &str) -> bool {
    PHRASES.iter().any(|phrase| text.starts_with(phrase.as_str()))
}

/// True where a folded line, in whatever words, asks not to publish before a day to come.
pub fn forbids(line: &str, today: Date) -> bool {
    const ASKS: [&str; 24] = [
        "pas avant",
        "not before",
        "autorisee",
        "possible",
        "a ne publier",
        "a publier",
        "a diffuser",
        "diffusion a",
        "publication a",
        "ne pas",
        "ne rien",
        "ne publiez",
        "ne diffusez",
        "ne peut",
        "ne pourra",
        "ne doit",
        "pas de",
        "aucune",
        "interdit",
        "non publiable",
        "not",
        "no ",
        "hold",
        "for release",
    ];
    const OF: [&str; 16] = [
        "publi",
        "diffus",
        "partag",
        "communiqu",
        "relay",
        "divulg",
        "mettre en ligne",
        "release",
        "share",
        "shared",
        "distribut",
        "broadcast",
        "used",
        "post",
        "parution",
        "not before",
    ];
    const UNTIL: [&str; 9] = ["des le", "avant", "before", "until", "till", "jusqu", "a partir", "a compter", "after"];
    let says = |parts: &[&str]| parts.iter().any(|part| line.contains(part));
    let said = says(&ASKS) && says(&OF) && (says(&UNTIL) || line.contains("for release"));
    said && line.chars().count() <= LINE && day::read_all(&words(line).all, today).is_some_and(|day| day >= today)
}

/// Longest line that is a note on the text rather than the text.
const LINE: usize = 200;
/// Words of a line that is about an embargo and nothing else.
const FEW: usize = 5;

/// True where a folded line of our own speaks of an embargo on itself, whether its end can be read or not.
pub fn speaks(text: &str) -> bool {
    text.lines().any(|line| line.chars().count() <= 4 * LINE && (is_before(line) || is_of_itself(line)))
}

/// True where a folded line holds a day, a weekday or an hour.
pub fn is_dated(line: &str) -> bool {
    let words = words(line).all;
    (0..words.len()).any(|at| {
        day::read(&words, at).is_some()
            || day::weekday(words[at]).is_some()
            || matches!(clock::read(&words, at), clock::Read::Clock(..))
    })
}

fn is_of_itself(line: &str) -> bool {
    const NONE: [&str; 14] =
        ["aucun", "none", "non", "no", "leve", "levee", "lifted", "termine", "pas", "d", "de", "has", "been", "est"];
    const ASKS: [&str; 8] = ["comment", "pourquoi", "qu", "que", "quand", "how", "what", "why"];
    const OF_TRADE: [&str; 12] = [
        "sur",
        "contre",
        "against",
        "americain",
        "americaine",
        "russe",
        "europeen",
        "petrolier",
        "commercial",
        "economique",
        "total sur",
        "decrete",
    ];
    const SAYS: [&str; 30] = [
        "jusqu",
        "until",
        "till",
        "through",
        "lift",
        "lifts",
        "lifted",
        "leve",
        "levee",
        "expires",
        "ends",
        "respecter",
        "respect",
        "demande",
        "maintenu",
        "prolonge",
        "reporte",
        "repousse",
        "modifie",
        "extended",
        "strict",
        "ferme",
        "imperatif",
        "absolu",
        "tbc",
        "confirmer",
        "cours",
        "fin",
        "demain",
        "soir",
    ];
    let words = words(line).all;
    let Some(at) = words.iter().position(|word| word.starts_with("embargo") || *word == "sperrfrist") else {
        return false;
    };
    let rest: Vec<&str> = words.iter().copied().filter(|word| !word.starts_with("embargo")).collect();
    let none = !rest.is_empty() && rest.iter().all(|word| NONE.contains(word));
    let still = line.contains("non leve") || line.contains("not lifted");
    let about = words.first().is_some_and(|first| ASKS.contains(first))
        || words.get(at + 1).is_some_and(|next| OF_TRADE.contains(next));
    if none && !still || about {
        return false;
    }
    let under = at > 0 && matches!(words[at - 1], "sous" | "under") || words[at] == "embargoed";
    let near = is_dated(line) || words.iter().any(|word| SAYS.contains(word));
    let noted = line.contains("embargo :") || line.contains("embargo:") || line.contains("embargo (");
    words.len() <= FEW || under || near && line.chars().count() <= LINE || noted
}
