//! Exclusions: by term, by name, by source; each hit says which rule and what was found.

use crate::domain::{Exclusion, ExclusionHit, MatchWhere, Term, TermKind, TermSign};
use crate::text::reading::Reading;
use crate::text::terms::TermIndex;
use crate::text::tokens::tokenize;

/// Exclusions made ready for matching.
#[derive(Debug)]
pub(super) struct ExclusionMatcher {
    rules: Vec<Exclusion>,
    index: TermIndex,
    /// For each term of the index: its rule, the words as typed, its sign.
    terms: Vec<(usize, String, TermSign)>,
}

impl ExclusionMatcher {
    pub fn new(exclusions: &[Exclusion]) -> Self {
        let mut index = TermIndex::default();
        let mut terms = Vec::new();
        for (rule, exclusion) in exclusions.iter().enumerate() {
            let typed = exclusion.terms.iter().filter_map(|typed| Term::parse(typed).ok());
            let names = exclusion.entities.iter().map(|name| Term {
                text: name.clone(),
                kind: TermKind::Exact,
                sign: TermSign::Plain,
            });
            for term in typed.chain(names) {
                index.add(&term);
                terms.push((rule, term.text, term.sign));
            }
        }
        ExclusionMatcher { rules: exclusions.to_vec(), index, terms }
    }

    /// Rules that an item falls under, the widest scope first.
    pub fn hits(&self, categories: &[String], source: &str, reading: &Reading) -> Vec<ExclusionHit> {
        let language = reading.language();
        let mut in_title: Vec<usize> =
            self.index.find(&reading.title, language).into_iter().map(|hit| hit.term).collect();
        for category in categories {
            let words = tokenize(category, language);
            in_title.extend(self.index.find(&words, language).into_iter().map(|hit| hit.term));
        }
        let in_text: Vec<usize> = self.index.find(&reading.body, language).into_iter().map(|hit| hit.term).collect();
        let mut hits: Vec<ExclusionHit> = Vec::new();
        for (number, rule) in self.rules.iter().enumerate() {
            let seen = |term: &usize| {
                in_title.contains(term) || (rule.within == MatchWhere::Anywhere && in_text.contains(term))
            };
            let own = || self.terms.iter().enumerate().filter(|(_, (of, _, _))| *of == number);
            let required_missing = own().any(|(term, (_, _, sign))| *sign == TermSign::Required && !seen(&term));
            let spared = own().any(|(term, (_, _, sign))| *sign == TermSign::Excluded && seen(&term));
            let word = own().find(|(term, (_, _, sign))| *sign != TermSign::Excluded && seen(term));
            let by_source = rule.sources.iter().any(|named| named == source);
            let found = match word {
                Some((_, (_, typed, _))) if !required_missing && !spared => typed.clone(),
                _ if by_source => format!("source {source}"),
                _ => continue,
            };
            hits.push(ExclusionHit { rule: rule.label.clone(), scope: rule.scope, found });
        }
        hits.sort_by_key(|hit| hit.scope as u8);
        hits
    }
}
