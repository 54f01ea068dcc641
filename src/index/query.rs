//! Queries as people type them: words, "phrases", prefix*, -without; every word must be there, in either language.

use std::ops::Bound;

use jiff::Timestamp;
use tantivy::collector::{Count, TopDocs};
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, PhraseQuery, Query, RangeQuery, RegexQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption, Value};
use tantivy::{TantivyDocument, Term as IndexTerm};
use thiserror::Error;

use crate::domain::{ItemId, Language, Term, TermKind, TermSign};
use crate::text::tokens::{fold, tokenize};
use crate::text::vectors::spelled_like;

use super::{IndexError, SearchIndex};

/// How much more a word of the title counts.
const TITLE_BOOST: f32 = 2.5;

/// What narrows a search.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filters {
    /// One of these topics.
    pub topics: Vec<String>,
    /// One of these sources.
    pub sources: Vec<String>,
    /// This language.
    pub language: Option<Language>,
    /// Published at this instant or later.
    pub since: Option<Timestamp>,
    /// Published before this instant.
    pub until: Option<Timestamp>,
}

/// An item found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// The item.
    pub item: ItemId,
    /// Its score (BM25, the title counting more).
    pub score: f32,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchResults {
    /// The best, in order.
    pub hits: Vec<Hit>,
    /// How many there are in all.
    pub total: usize,
    /// Stems that were looked for, for snippets.
    pub stems: Vec<String>,
    /// True when nothing held the words as they were typed, and these hold words a letter or two away.
    pub forgiven: bool,
}

/// Why a query cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("“{typed}” cannot be searched: {why}")]
pub struct QueryError {
    /// The part that is wrong.
    pub typed: String,
    /// Why.
    pub why: String,
}

impl SearchIndex {
    /// Searches for `typed` within `filters`; an empty query finds everything the filters let through, newest first.
    ///
    /// # Errors
    /// The inner error when the query cannot be read, the outer when the engine fails.
    pub fn search(
        &self,
        typed: &str,
        filters: &Filters,
        limit: usize,
    ) -> Result<Result<SearchResults, QueryError>, IndexError> {
        let terms = match read(typed) {
            Ok(terms) => terms,
            Err(error) => return Ok(Err(error)),
        };
        let exact = self.find(&terms, filters, limit, false)?;
        if exact.total > 0 || terms.is_empty() {
            return Ok(Ok(exact));
        }
        // Nothing matches: a letter may be wrong.
        let close = self.find(&terms, filters, limit, true)?;
        Ok(Ok(if close.total > 0 { SearchResults { forgiven: true, ..close } } else { exact }))
    }

    fn find(
        &self,
        terms: &[Asked],
        filters: &Filters,
        limit: usize,
        forgiving: bool,
    ) -> Result<SearchResults, IndexError> {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let mut stems = Vec::new();
        for asked in terms {
            let term = &asked.term;
            let occur = if term.sign == TermSign::Excluded { Occur::MustNot } else { Occur::Must };
            let forgiving = forgiving && occur == Occur::Must;
            if let Some(query) = self.term_query(asked, forgiving) {
                clauses.push((occur, query));
            }
            if occur == Occur::Must {
                for language in [Language::French, Language::English] {
                    stems.extend(tokenize(&term.text, language).into_iter().map(|token| token.stem().to_string()));
                }
            }
        }
        let wanted = clauses.iter().any(|(occur, _)| *occur == Occur::Must);
        if !wanted {
            clauses.push((Occur::Must, Box::new(AllQuery)));
        }
        clauses.extend(self.filter_clauses(filters));
        let query = BooleanQuery::new(clauses);
        let searcher = self.reader.searcher();
        let limit = limit.max(1);
        let found: Vec<(f32, tantivy::DocAddress)>;
        let total;
        if wanted {
            (found, total) = searcher.search(&query, &(TopDocs::with_limit(limit).order_by_score(), Count))?;
        } else {
            let newest = TopDocs::with_limit(limit).order_by_fast_field::<i64>("published", tantivy::Order::Desc);
            let (by_date, count) = searcher.search(&query, &(newest, Count))?;
            found = by_date.into_iter().map(|(_, address)| (0.0, address)).collect();
            total = count;
        }
        let mut hits = Vec::with_capacity(found.len());
        for (score, address) in found {
            let document: TantivyDocument = searcher.doc(address)?;
            let id = document.get_first(self.fields.id).and_then(|value| value.as_i64());
            hits.extend(id.map(|id| Hit { item: ItemId(id), score }));
        }
        stems.sort();
        stems.dedup();
        Ok(SearchResults { hits, total, stems, forgiven: false })
    }

    /// A term in the title or the text, in French or in English.
    fn term_query(&self, asked: &Asked, forgiving: bool) -> Option<Box<dyn Query>> {
        let term = &asked.term;
        let mut ways: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let fields = [(self.fields.title, TITLE_BOOST), (self.fields.body, 1.0)];
        for (field, boost) in fields.into_iter().take(if asked.in_title { 1 } else { 2 }) {
            if term.kind == TermKind::Prefix {
                let pattern = format!("{}.*", escape(&fold(&term.text)));
                let query = RegexQuery::from_pattern(&pattern, field).ok()?;
                ways.push((Occur::Should, Box::new(BoostQuery::new(Box::new(query), boost))));
                continue;
            }
            let mut phrases: Vec<Vec<String>> = [Language::French, Language::English, Language::Other]
                .into_iter()
                .map(|language| {
                    tokenize(&term.text, language).into_iter().map(|token| token.stem().to_string()).collect()
                })
                .collect();
            if forgiving && phrases.iter().all(|stems| stems.len() == 1) {
                let word = fold(&term.text);
                for like in spelled_like(&word, usize::from(slips(&word))) {
                    for language in [Language::French, Language::English] {
                        phrases.push(
                            tokenize(&like, language).into_iter().map(|token| token.stem().to_string()).collect(),
                        );
                    }
                }
            }
            phrases.sort();
            phrases.dedup();
            for stems in phrases.into_iter().filter(|stems| !stems.is_empty()) {
                if let ([stem], true) = (stems.as_slice(), forgiving) {
                    let query = FuzzyTermQuery::new(IndexTerm::from_field_text(field, stem), slips(stem), true);
                    ways.push((Occur::Should, Box::new(BoostQuery::new(Box::new(query), boost))));
                    continue;
                }
                ways.push((Occur::Should, Box::new(BoostQuery::new(phrase(field, stems), boost))));
            }
        }
        (!ways.is_empty()).then(|| Box::new(BooleanQuery::new(ways)) as Box<dyn Query>)
    }

    fn filter_clauses(&self, filters: &Filters) -> Vec<(Occur, Box<dyn Query>)> {
        let one_of = |field: Field, values: &[String]| -> Option<(Occur, Box<dyn Query>)> {
            let terms: Vec<IndexTerm> = values.iter().map(|value| IndexTerm::from_field_text(field, value)).collect();
            (!terms.is_empty()).then(|| (Occur::Must, quiet(BooleanQuery::new_multiterms_query(terms))))
        };
        let mut clauses = Vec::new();
        clauses.extend(one_of(self.fields.topic, &filters.topics));
        clauses.extend(one_of(self.fields.source, &filters.sources));
        let languages: Vec<String> = filters.language.iter().map(|language| language.code().to_owned()).collect();
        clauses.extend(one_of(self.fields.language, &languages));
        if filters.since.is_some() || filters.until.is_some() {
            let at = |instant: Timestamp| IndexTerm::from_field_i64(self.fields.published, instant.as_millisecond());
            let lower = filters.since.map_or(Bound::Unbounded, |since| Bound::Included(at(since)));
            let upper = filters.until.map_or(Bound::Unbounded, |until| Bound::Excluded(at(until)));
            clauses.push((Occur::Must, quiet(RangeQuery::new(lower, upper))));
        }
        clauses
    }
}

/// A filter narrows and adds nothing to the score.
fn quiet(query: impl Query) -> Box<dyn Query> {
    Box::new(BoostQuery::new(Box::new(query), 0.0))
}

fn phrase(field: Field, stems: Vec<String>) -> Box<dyn Query> {
    let mut terms: Vec<IndexTerm> = stems.iter().map(|stem| IndexTerm::from_field_text(field, stem)).collect();
    match (terms.len(), terms.pop()) {
        (1, Some(term)) => Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)),
        (_, last) => {
            terms.extend(last);
            Box::new(PhraseQuery::new(terms))
        }
    }
}

fn escape(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_alphanumeric() { vec![c] } else { vec!['\\', c] }).collect()
}

/// Slips of a hand that a stem of this length may hold (Damerau, 1964: four of five are one letter).
fn slips(stem: &str) -> u8 {
    match stem.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// A term as it was asked for.
#[derive(Debug)]
struct Asked {
    term: Term,
    /// `title:word`: in the title only.
    in_title: bool,
}

/// Splits a query into terms: quotes keep words together, `title:` keeps to the title, the rest is word by word.
fn read(typed: &str) -> Result<Vec<Asked>, QueryError> {
    let typed = typed.replace(['«', '»', '“', '”'], "\"");
    let mut terms = Vec::new();
    let mut rest = typed.trim();
    while !rest.is_empty() {
        let sign = if rest.starts_with(['-', '+']) { &rest[..1] } else { "" };
        let body = &rest[sign.len()..];
        let of_title = ["title:", "titre:"].iter().find_map(|field| body.strip_prefix(field));
        let (body, in_title) = (of_title.unwrap_or(body), of_title.is_some());
        if body.is_empty() {
            return Err(QueryError { typed: rest.to_owned(), why: "no word follows it".into() });
        }
        let (piece, after) = if let Some(quoted) = body.strip_prefix('"') {
            let end = quoted.find('"').unwrap_or(quoted.len());
            let after = quoted.get(end + 1..).unwrap_or_default();
            (format!("{sign}{}", quoted[..end].trim()), after)
        } else {
            let end = body.find(char::is_whitespace).unwrap_or(body.len());
            (format!("{sign}{}", &body[..end]), &body[end..])
        };
        rest = after.trim_start();
        if !piece.chars().any(char::is_alphanumeric) {
            return Err(QueryError { typed: piece, why: "there is no word in it".into() });
        }
        match Term::parse(&piece) {
            Ok(term) => terms.push(Asked { term, in_title }),
            Err(why) => return Err(QueryError { typed: piece, why }),
        }
    }
    Ok(terms)
}
