//! The syntax of terms, as an admin types them in topics, exclusions and expertise.

/// How a term is compared with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TermKind {
    /// One or more words, compared by their stems, in a row.
    Words,
    /// `"between quotes"`: the very words, whatever their case and accents.
    Exact,
    /// `isol*`: the beginning of a word.
    Prefix,
}

/// What a term does to its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TermSign {
    /// Counts for it.
    Plain,
    /// `+term`: nothing matches without it.
    Required,
    /// `-term`: nothing matches with it.
    Excluded,
}

/// A term, read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// The words, without sign, quotes and star.
    pub text: String,
    /// How they are compared.
    pub kind: TermKind,
    /// What they do.
    pub sign: TermSign,
}

impl Term {
    /// Reads a term as typed.
    ///
    /// # Errors
    /// Says, for people, what is wrong with it: empty, an unclosed quote, a star elsewhere than at the end of one
    /// word, or no letter nor digit at all.
    pub fn parse(typed: &str) -> Result<Self, String> {
        let typed = typed.trim();
        let (sign, rest) = match typed.chars().next() {
            Some('+') => (TermSign::Required, &typed[1..]),
            Some('-') => (TermSign::Excluded, &typed[1..]),
            _ => (TermSign::Plain, typed),
        };
        let rest = rest.trim();
        let (kind, text) = if let Some(inner) = rest.strip_prefix('"') {
            let inner = inner.strip_suffix('"').ok_or("the quote is not closed")?;
            (TermKind::Exact, inner.trim())
        } else if let Some(stem) = rest.strip_suffix('*') {
            if stem.contains(char::is_whitespace) {
                return Err("a star goes with one word, as in isol*".into());
            }
            if stem.chars().count() < 3 {
                return Err("a prefix needs at least three letters before the star".into());
            }
            (TermKind::Prefix, stem)
        } else {
            (TermKind::Words, rest)
        };
        if text.contains(['"', '*']) {
            return Err("a quote or a star stands in the middle".into());
        }
        if !text.chars().any(char::is_alphanumeric) {
            return Err("there is no word in it".into());
        }
        Ok(Term { text: text.to_owned(), kind, sign })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str) -> (TermSign, TermKind, String) {
        let term = Term::parse(typed).expect("a good term");
        (term.sign, term.kind, term.text)
    }

    #[test]
    fn every_form_of_the_syntax_is_read() {
        assert_eq!(read("pompe à chaleur"), (TermSign::Plain, TermKind::Words, "pompe à chaleur".into()));
        assert_eq!(read("\"heat pump\""), (TermSign::Plain, TermKind::Exact, "heat pump".into()));
        assert_eq!(read("isol*"), (TermSign::Plain, TermKind::Prefix, "isol".into()));
        assert_eq!(read("+bâtiment"), (TermSign::Required, TermKind::Words, "bâtiment".into()));
        assert_eq!(read("-\"immobilier de luxe\""), (TermSign::Excluded, TermKind::Exact, "immobilier de luxe".into()));
    }

    #[test]
    fn a_bad_term_is_refused_with_the_reason() {
        for bad in ["", "  ", "+", "\"open", "a*", "deux mots*", "to*to", "!?"] {
            assert!(Term::parse(bad).is_err(), "{bad}");
        }
    }
}
