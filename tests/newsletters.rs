//! Whole letters, written for this test after the habits of real senders, each with what a reader would call its stories.
//!
//! `NAME.tsv` beside `NAME.eml`: `kind`, then a line for each `story` (title, link), and for each piece of which two readers
//! would disagree whether it is one (`maybe`).

use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use vigie::mail::{Mode, read};
use vigie::text::tokens::plain;

/// Letters that are not yet read within the bounds: what is mended must leave this list.
const OUTSIDE: [&str; 20] = [
    "ma-alvea",
    "ma-bief",
    "mb-mutualpost",
    "mb-tessarine",
    "mc-cci",
    "md-handball",
    "md-school",
    "me-juridique",
    "me-pole",
    "mg-ordre",
    "mg-univpresse",
    "mh-bodenpost",
    "mh-kestrel",
    "mi-insagne",
    "mi-terravia",
    "mj-quayside",
    "mj-redline",
    "mk-garenne",
    "mk-irham",
    "mk-valmont",
];

struct Piece {
    title: String,
    link: String,
}

struct Truth {
    kind: String,
    stories: Vec<Piece>,
    maybe: Vec<Piece>,
}

fn truth(path: &Path) -> Truth {
    let text = std::fs::read_to_string(path).expect("the labels of a letter");
    let mut truth = Truth { kind: String::new(), stories: Vec::new(), maybe: Vec::new() };
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let piece = || Piece {
            title: fields.get(1).copied().unwrap_or_default().to_owned(),
            link: fields.get(2).copied().unwrap_or_default().to_owned(),
        };
        match fields[0] {
            "kind" => fields[1].clone_into(&mut truth.kind),
            "story" => truth.stories.push(piece()),
            "maybe" => truth.maybe.push(piece()),
            other => panic!("{}: {other}", path.display()),
        }
    }
    truth
}

/// Addresses compare without scheme, final stroke and marks of campaigns.
fn address(link: &str) -> String {
    let Ok(url) = url::Url::parse(link.trim()) else { return String::new() };
    let url = vigie::text::urls::clean(&url);
    vigie::text::urls::canonical(&url)
}

/// How alike two titles are: the words that both have, or one begins with the other.
fn likeness(found: &str, wanted: &str) -> f64 {
    let words =
        |text: &str| plain(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (found, wanted) = (words(found), words(wanted));
    if found.is_empty() || wanted.is_empty() {
        return 0.0;
    }
    if found.starts_with(&wanted) || wanted.len() >= 3 && wanted.starts_with(&found) && found.len() >= 3 {
        return 1.0;
    }
    let (one, other): (HashSet<&String>, HashSet<&String>) = (found.iter().collect(), wanted.iter().collect());
    let shared = one.intersection(&other).count();
    let held = shared == other.len() && other.len() >= 4 && one.len() <= 3 * other.len();
    #[expect(clippy::cast_precision_loss, reason = "words of titles")]
    if held { 0.65 } else { 2.0 * shared as f64 / (one.len() + other.len()) as f64 }
}

/// Stories found, stories there are, items that are none, items that count.
#[derive(Default, Clone, Copy)]
struct Count {
    found: usize,
    stories: usize,
    false_items: usize,
    items: usize,
}

impl Count {
    fn is_within(self) -> bool {
        self.found * 10 >= self.stories * 9 && self.false_items * 10 <= self.items
    }
}

fn count(truth: &Truth, items: &[(String, String)]) -> Count {
    let alike = |item: &(String, String), piece: &Piece| {
        let same = !piece.link.is_empty() && !item.1.is_empty() && address(&item.1) == address(&piece.link);
        let sole = truth.stories.iter().filter(|other| address(&other.link) == address(&piece.link)).count() == 1;
        let like = likeness(&item.0, &piece.title);
        let fits = like >= 0.5 || same && (like >= 0.2 || sole);
        fits.then_some(like + if same { 0.5 } else { 0.0 })
    };
    let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
    for (at, item) in items.iter().enumerate() {
        for (of, story) in truth.stories.iter().enumerate() {
            pairs.extend(alike(item, story).map(|like| (like, at, of)));
        }
    }
    pairs.sort_by(|one, other| other.0.total_cmp(&one.0));
    let (mut taken, mut told) = (HashSet::new(), HashSet::new());
    for (_, item, story) in pairs {
        if !taken.contains(&item) && !told.contains(&story) {
            taken.insert(item);
            told.insert(story);
        }
    }
    let may = |item: &(String, String)| truth.maybe.iter().any(|piece| alike(item, piece).is_some());
    let rest: Vec<_> = items.iter().enumerate().filter(|(at, _)| !taken.contains(at)).collect();
    let false_items = rest.iter().filter(|(_, item)| !may(item)).count();
    Count { found: told.len(), stories: truth.stories.len(), false_items, items: taken.len() + false_items }
}

fn letters() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/newsletters");
    let files = std::fs::read_dir(dir).expect("the letters").map(|entry| entry.expect("a letter").path());
    let mut letters: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "eml")).collect();
    letters.sort();
    letters
}

#[test]
fn letters_give_their_stories_and_nothing_else() {
    let (mut all, mut outside) = (Count::default(), BTreeSet::new());
    for path in letters() {
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let truth = truth(&path.with_extension("tsv"));
        let mail = read(&std::fs::read(&path).expect("a letter"), &[]).expect("a message");
        if truth.kind != "list" {
            assert_ne!(mail.mode, Mode::Links, "{name} is no list");
            continue;
        }
        let listed = matches!(mail.mode, Mode::Links | Mode::Alert);
        let items = mail.items.iter().filter(|_| listed);
        let items: Vec<(String, String)> =
            items.map(|item| (item.raw.title.clone(), item.raw.link.clone().unwrap_or_default())).collect();
        let count = count(&truth, &items);
        println!("{name}: {} of {} found, {} of {} false", count.found, count.stories, count.false_items, count.items);
        all.found += count.found;
        all.stories += count.stories;
        all.false_items += count.false_items;
        all.items += count.items;
        if !count.is_within() {
            outside.insert(name);
        }
    }
    println!("all: {} of {} found, {} of {} false", all.found, all.stories, all.false_items, all.items);
    assert!(all.is_within());
    assert_eq!(outside, OUTSIDE.iter().map(|name| (*name).to_owned()).collect());
}
