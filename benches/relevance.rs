//! What relevance costs, in CPU seconds: 100 topics and 1,000 people's phrases against 5,000 items, after their words are read;
//! learning an archive; loading the table of vectors.

mod cpu;

use vigie::domain::{Ambassador, Channel, EditorialLine, Expertise, Language, Strength, Subject, Topic};
use vigie::tag::relevance::Sample;
use vigie::tag::{Evidence, ExpertiseMatcher, Tagger};
use vigie::text::reading::Reading;
use vigie::text::tokens::tokenize;
use vigie::text::vectors::look_up;

use cpu::cpu;

const ITEMS: usize = 5_000;
const TOPICS: usize = 100;
const PEOPLE: usize = 1_000;

fn measure<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let before = cpu();
    let done = work();
    println!("{what}: {:.2} CPU s", cpu() - before);
    done
}

fn topic(id: usize, terms: Vec<String>) -> Topic {
    Topic {
        id: id.to_string(),
        label: terms[0].clone(),
        translations: Vec::new(),
        about: terms.join(" "),
        terms,
        audience: String::new(),
        promise: None,
        angles: vec![],
        weight: 1.0,
    }
}

fn person(id: usize, terms: Vec<String>) -> Ambassador {
    Ambassador {
        id: id.to_string(),
        name: id.to_string(),
        email: format!("{id}@example.org"),
        enabled: true,
        role: None,
        objectives: Vec::new(),
        language: Language::French,
        reads: vec![Language::French, Language::English],
        expertise: vec![Expertise { subject: Subject::Terms(terms), strength: Strength::Practises, by_role: false }],
        not_me: Vec::new(),
        channels: vec![Channel::LinkedIn],
        channels_chosen: false,
        slots: 3,
        actions_per_month: None,
        group: None,
        letter: None,
        rest_every: None,
        absences: Vec::new(),
        sponsor: false,
    }
}

fn main() {
    measure("the table of vectors, first word", || look_up("maison"));
    let rows = std::fs::read_to_string("tools/eval/articles/items.jsonl").expect("our articles");
    let texts: Vec<(String, String, Language)> = rows
        .lines()
        .map(|row| serde_json::from_str::<serde_json::Value>(row).expect("an item"))
        .map(|item| {
            let text = |key: &str| item[key].as_str().unwrap_or_default().to_owned();
            (text("title"), text("text"), Language::from_tag(&text("lang")))
        })
        .collect();
    // As many items as asked for, each an article with the title of another.
    let items: Vec<(String, String, Language)> = (0..ITEMS)
        .map(|at| {
            let (own, other) = (&texts[at % texts.len()], &texts[(at * 7 + at / texts.len()) % texts.len()]);
            (other.0.clone(), own.1.clone(), own.2)
        })
        .collect();
    let words: Vec<String> = texts
        .iter()
        .flat_map(|(_, text, language)| {
            let tokens = tokenize(text, *language);
            let long = tokens.into_iter().filter(|token| token.word().len() > 6);
            long.map(|token| text[token.start..token.end].to_lowercase()).collect::<Vec<_>>()
        })
        .collect();
    let terms = |number: usize, count: usize| -> Vec<String> {
        (0..count).map(|at| words[(number * 131 + at * 977) % words.len()].clone()).collect()
    };
    let line = EditorialLine {
        topics: (0..TOPICS).map(|number| topic(number, terms(number, 6))).collect(),
        ..EditorialLine::default()
    };
    let people: Vec<Ambassador> = (0..PEOPLE).map(|number| person(number, terms(number * 17, 3))).collect();
    let readings: Vec<Reading> = measure("reading the words of 5,000 items", || {
        items.iter().map(|(title, text, language)| Reading::new(title, text, *language)).collect()
    });
    let mut tagger = Tagger::new(&line, None);
    let samples: Vec<Sample> = measure("features of 5,000 items", || {
        readings.iter().map(|reading| tagger.scorer().read(reading, &[])).collect()
    });
    measure("learning 100 topics from 4,000 items", || tagger.learn(&samples[..4_000], &Vec::new()));
    let matcher = ExpertiseMatcher::new(&people, Some(tagger.scorer().model()), &Evidence::default());
    let found = measure("100 topics against 5,000 items", || {
        readings.iter().map(|reading| tagger.scores_above(reading).len()).sum::<usize>()
    });
    println!("  {found} found");
    let fits = measure("1,000 people's phrases against 5,000 items", || {
        readings.iter().map(|reading| matcher.read(reading, &[]).len()).sum::<usize>()
    });
    println!("  {fits} found");
}
