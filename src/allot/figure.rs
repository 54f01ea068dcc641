//! The figure of a title, with what it counts.

/// A figure of a title with the word it counts: `61 %`, `212 logements`, `1,2 milliard`. Years are not figures.
pub(super) fn figure(title: &str) -> Option<String> {
    let words: Vec<&str> = title.split_whitespace().collect();
    let bare = |word: &str| {
        word.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '%' | '€' | '°' | '−' | '+')).to_owned()
    };
    let numeric = |word: &str| {
        word.trim_start_matches(['−', '+']).starts_with(|c: char| c.is_ascii_digit())
            && word.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '%' | '€' | '−' | '+'))
    };
    for (at, typed) in words.iter().enumerate() {
        let number = bare(typed);
        let year = number.len() == 4 && (number.starts_with("19") || number.starts_with("20"));
        if !numeric(&number) || year || number.len() > 9 {
            continue;
        }
        let mut parts = vec![number];
        for next in words.iter().skip(at + 1).take(2) {
            let next = bare(next);
            let counts_on = numeric(&next) && next.len() == 3;
            if next.is_empty() || matches!(next.as_str(), "à" | "et" | "de" | "des" | "and" | "of" | "to") {
                break;
            }
            parts.push(next);
            if !counts_on {
                break;
            }
        }
        return (parts.len() > 1 || parts[0].contains(['%', '€'])).then(|| parts.join("\u{a0}"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_found_with_what_they_count_and_years_are_not() {
        let found = |title: &str| figure(title).map(|text| text.replace('\u{a0}', " "));
        assert_eq!(found("Écoles : 61 % des classes").as_deref(), Some("61 %"));
        assert_eq!(found("À Villeurbanne, 212 logements rénovés").as_deref(), Some("212 logements"));
        assert_eq!(found("Tilleuls : −57 % de chauffage").as_deref(), Some("−57 %"));
        assert_eq!(found("Plan pour 4 000 écoles").as_deref(), Some("4 000 écoles"));
        assert_eq!(found("Ce qui change en 2027"), None);
        assert_eq!(found("Aucun chiffre ici"), None);
    }
}
