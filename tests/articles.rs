//! Articles of a small French press of our own (`fixtures/pages`): text, date and title held against what they are,
//! and what must never be taken for an article.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use serde_json::Value;
use url::Url;
use vigie::domain::Access;
use vigie::extract::{Article, extract};

fn press() -> Vec<(Value, Article)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pages");
    let expected = std::fs::read_to_string(dir.join("expect.jsonl")).expect("the expectations");
    expected
        .lines()
        .map(|line| {
            let page: Value = serde_json::from_str(line).expect("JSON");
            let bytes = std::fs::read(dir.join(page["file"].as_str().expect("a file"))).expect("a page");
            let url = Url::parse(page["url"].as_str().expect("an address")).expect("an address");
            let article = extract(&bytes, Some(&url), Some("text/html")).expect("an article");
            (page, article)
        })
        .collect()
}

/// How often each run of four words stands in a text.
fn shingles(text: &str) -> HashMap<Vec<String>, i32> {
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let mut counts = HashMap::new();
    for run in words.windows(4) {
        *counts.entry(run.to_vec()).or_default() += 1;
    }
    counts
}

fn f1(text: &str, wanted: &str) -> f64 {
    let (got, wanted) = (shingles(text), shingles(wanted));
    let shared: i32 = got.iter().map(|(run, count)| *count.min(wanted.get(run).unwrap_or(&0))).sum();
    let total: i32 = got.values().sum::<i32>() + wanted.values().sum::<i32>();
    2.0 * f64::from(shared) / f64::from(total.max(1))
}

#[test]
fn texts_are_read_whole_and_alone() {
    let press = press();
    let scores: Vec<f64> =
        press.iter().map(|(page, article)| f1(&article.text, page["text"].as_str().expect("a text"))).collect();
    let mean = scores.iter().sum::<f64>() / f64::from(u32::try_from(scores.len()).expect("few"));
    println!("F1 of 4-word shingles over {} pages: {mean:.3}", scores.len());
    assert!(mean >= 0.96, "{mean}");
    for ((page, _), score) in press.iter().zip(&scores) {
        assert!(*score >= 0.8, "{}: {score}", page["file"]);
    }
}

#[test]
fn dates_are_those_of_publication_or_none() {
    let mut wrong = BTreeSet::new();
    let mut silent = BTreeSet::new();
    let press = press();
    for (page, article) in &press {
        let paris = jiff::tz::TimeZone::get("Europe/Paris").expect("the zone");
        let day = article.published.map(|date| {
            let zone = if date.published.has_hour { paris.clone() } else { jiff::tz::TimeZone::UTC };
            date.published.at.to_zoned(zone).date().to_string()
        });
        match (day, page["date"].as_str()) {
            (Some(day), Some(wanted)) if day == wanted => {}
            (None, None) => {}
            (None, Some(_)) => {
                silent.insert(page["file"].to_string());
            }
            _ => {
                wrong.insert(page["file"].to_string());
            }
        }
    }
    println!("dates of {} pages: wrong {wrong:?}, silent {silent:?}", press.len());
    assert!(wrong.len() <= 1 && silent.len() <= 1, "wrong {wrong:?}, silent {silent:?}");
}

#[test]
fn titles_come_without_the_name_of_the_site() {
    let press = press();
    let right = press.iter().filter(|(page, article)| article.title.as_deref() == page["title"].as_str()).count();
    assert!(right + 2 >= press.len(), "{right} of {}", press.len());
}

#[test]
fn a_wall_is_marked_and_an_article_is_not() {
    for (page, article) in press() {
        let wall = page["file"] == "presse-abonnes-paywall.html";
        assert_eq!(article.access == Some(Access::Paywall), wall, "{}: {:?}", page["file"], article.access);
    }
}
