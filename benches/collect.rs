//! What collecting costs, in CPU seconds (user + system), which repeat on a busy machine where wall time does not.
//!
//! `cargo bench` measures reading words, grouping and indexing on texts made here. With a farm of feeds at the address
//! that `VIGIE_FARM` names (`http://127.0.0.1:8900`; see `feedfarm` in README.md), it also collects from it: a first
//! collection of all its feeds without and with the index, a second one where nothing changed, and its article pages.

mod cpu;

use std::path::Path;
use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use vigie::config;
use vigie::domain::{Confidentiality, DateOrigin, Item, ItemId, Language, Published, StoryId, Tagged};
use vigie::extract::extract;
use vigie::index::{Entry, SearchIndex};
use vigie::net::{Request, Web, WebSettings};
use vigie::pipeline::{Workshop, harvest};
use vigie::store::{ItemWrite, PollRecord, SourceState, Store};
use vigie::stories::{Archive, Piece, Sketch};
use vigie::text::reading::Reading;

use cpu::cpu;

fn measure<T>(what: &str, each: Option<(usize, &str)>, work: impl FnOnce() -> T) -> T {
    let before = cpu();
    let done = work();
    let spent = cpu() - before;
    match each {
        #[expect(clippy::cast_precision_loss, reason = "counts are small")]
        Some((count, unit)) if spent > 0.0 => {
            let rate = count as f64 / spent;
            println!("{what}: {spent:.2} CPU s for {count} {unit}: {rate:.0} a CPU s, {:.3} ms each", 1000.0 / rate);
        }
        _ => println!("{what}: {spent:.2} CPU s"),
    }
    done
}

/// Words drawn by Zipf's law, the same at each run.
struct Words {
    state: u64,
}

impl Words {
    fn next(&mut self) -> u64 {
        // xorshift64 (Marsaglia, 2003)
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state
    }

    fn text(&mut self, words: usize) -> String {
        const SYLLABLES: [&str; 16] =
            ["ra", "mé", "ti", "lo", "sen", "dur", "vi", "ca", "pon", "gé", "lier", "tal", "nou", "bi", "chê", "for"];
        let mut text = String::with_capacity(words * 8);
        for number in 0..words {
            #[expect(clippy::cast_precision_loss, reason = "a draw, not a count")]
            let draw = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below 40,000")]
            let mut rank = 40_000_f64.powf(draw) as usize;
            if number % 14 == 0 {
                text.push_str("Le ");
            }
            loop {
                text.push_str(SYLLABLES[rank % 16]);
                rank /= 16;
                if rank == 0 {
                    break;
                }
            }
            text.push(' ');
        }
        text
    }
}

fn item(number: usize, words: &mut Words) -> Item {
    let id = ItemId(i64::try_from(number).expect("a small number"));
    let hours = i64::try_from(number % (60 * 24)).expect("two months");
    let at = Timestamp::from_second(1_790_000_000 + hours * 3600).expect("an instant");
    Item {
        id,
        story: StoryId(id.0),
        copy_of: None,
        source: format!("s{}", number % 500),
        key: number.to_string(),
        link: None,
        canonical: None,
        title: words.text(10),
        authors: vec![],
        categories: vec![],
        published: Published { at, has_hour: true, origin: DateOrigin::Feed },
        collected: at,
        language: Language::French,
        class: Confidentiality::Public,
        hold: None,
        released: None,
        waiting: None,
        marked: None,
        access: None,
        html: String::new(),
        text: words.text(400),
        full: true,
        from_archive: false,
    }
}

fn piece(item: &Item, sketch: Sketch) -> Piece {
    Piece {
        id: item.id,
        story: item.story,
        copy_of: None,
        published: item.published.at,
        class: item.class,
        source: u32::try_from(item.id.0 % 500).expect("a small number"),
        language: item.language,
        sketch,
    }
}

fn reading_indexing_grouping() {
    let mut words = Words { state: 42 };
    let items: Vec<Item> = (1..=20_000).map(|number| item(number, &mut words)).collect();
    let readings: Vec<Reading> = measure("reading words", Some((items.len(), "items of 400 words")), || {
        items.iter().map(|item| Reading::new(&item.title, &item.text, item.language)).collect()
    });
    let folder = tempfile::tempdir().expect("a folder");
    let index = SearchIndex::open(folder.path(), "bench").expect("an index");
    measure("indexing", Some((items.len(), "items")), || {
        let mut writer = index.writer().expect("a writer");
        for (item, reading) in items.iter().zip(&readings) {
            writer.add(Entry::of(item, &Tagged::default(), reading)).expect("room");
        }
        writer.commit(1).expect("room");
    });
    let sketches: Vec<Sketch> =
        measure("sketching", Some((items.len(), "items")), || readings.iter().map(Sketch::of).collect());
    drop(readings);
    let pieces: Vec<Piece> = items.iter().zip(sketches).map(|(item, sketch)| piece(item, sketch)).collect();
    let mut archive = Archive::default();
    measure("grouping, none known before", Some((pieces.len(), "newcomers")), || archive.place(pieces));
    // A window of 100,000, and a hundred newcomers, one harvest after another.
    for batch in 1..5 {
        let more = (1..=20_000).map(|number| {
            let item = item(batch * 20_000 + number, &mut words);
            let sketch = Sketch::of(&Reading::new(&item.title, &item.text, item.language));
            piece(&item, sketch)
        });
        archive.add(more.collect());
    }
    let late: Vec<Piece> = (1..=100)
        .map(|number| {
            let item = item(200_000 + number, &mut words);
            piece(&item, Sketch::of(&Reading::new(&item.title, &item.text, item.language)))
        })
        .collect();
    measure(&format!("grouping among {}, one at a time", archive.len()), Some((late.len(), "newcomers")), || {
        for newcomer in late {
            archive.place(vec![newcomer]);
        }
    });
}

const LINE: &str = "[[audience]]\nid = \"clients\"\nlabel = \"Clients\"\n[[topic]]\nid = \"renovation\"\n\
    label = \"Rénovation\"\nterms = [\"isolation\", \"pompe à chaleur\", \"heat pump\", \"isol*\"]\naudience = \"clients\"\n\
    [[objective]]\nid = \"notoriete\"\nlabel = \"Notoriété\"\npriority = 1\ntopics = [\"renovation\"]\n";

fn configure(dir: &Path, urls: &[String]) {
    let config = dir.join("config");
    std::fs::create_dir_all(&config).expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(config.join(name), text).expect("a file");
    write("vigie.toml", "organisation = \"Banc\"\n[collect]\npause_ms = 0\n");
    write("line.toml", LINE);
    let source = |(number, url): (usize, &String)| {
        format!(
            "[[source]]\nid = \"s{number}\"\nurl = \"{url}\"\nconfidentiality = \"public\"\nfull_text = \"never\"\nallow_private = true\n"
        )
    };
    write("sources.toml", &urls.iter().enumerate().map(source).collect::<String>());
}

async fn get(web: &Web, url: &str) -> Vec<u8> {
    let request = Request::get(url, "*/*", true);
    web.fetch(request).await.expect("an answer of the farm").body
}

/// A page that leaves no doubt where its article is: one extractor reads it, nobody votes.
fn clear_page(words: &mut Words) -> Vec<u8> {
    let paragraphs: String = (0..8).map(|_| format!("<p>{}, {}.</p>", words.text(30), words.text(30))).collect();
    let links: String = (0..30).map(|at| format!("<li><a href=\"/r/{at}\">{}</a></li>", words.text(2))).collect();
    format!(
        "<!doctype html><html lang=\"fr\"><head><title>{0}</title><meta property=\"article:published_time\" content=\"2026-11-20T08:00:00Z\">\
         <link rel=\"canonical\" href=\"https://presse.example/a\"></head><body><nav><ul>{links}</ul></nav><main><article><h1>{0}</h1>{paragraphs}</article></main>\
         <footer><ul>{links}</ul></footer></body></html>",
        words.text(8)
    )
    .into_bytes()
}

fn clear_pages() {
    let mut words = Words { state: 7 };
    let pages: Vec<Vec<u8>> = (0..300).map(|_| clear_page(&mut words)).collect();
    measure("articles, one extractor", Some((pages.len(), "pages")), || {
        for page in &pages {
            let read = extract(page, None, Some("text/html")).expect("an article");
            assert!(read.text.len() > 1_000, "the article was not found");
        }
    });
}

/// What other readers do at a first visit, and no more: fetch, parse, tell what is known, store durably.
async fn bare(web: &Web, urls: &[String]) {
    let dir = tempfile::tempdir().expect("a folder");
    configure(dir.path(), urls);
    let (config, _) = config::load(&dir.path().join("config")).expect("a good configuration");
    let store = Store::open(dir.path()).await.expect("a store");
    let now = Timestamp::from_second(1_800_000_000).expect("an instant");
    let before = cpu();
    let kept = futures_util::stream::iter(&config.sources)
        .map(|source| async {
            let fetched = web.fetch(vigie::collect::request(source, None, None)).await.expect("an answer of the farm");
            let feed = vigie::collect::read_source(source, &fetched, &jiff::tz::TimeZone::UTC).expect("a feed");
            let keys: Vec<String> = feed.items.iter().map(vigie::extract::identity::key).collect();
            let known = store.known(&source.id, &keys).await.expect("an answer");
            let context = vigie::extract::Context { source, now, first_poll: true };
            let new: Vec<ItemWrite> = feed
                .items
                .iter()
                .zip(&keys)
                .filter(|(_, key)| !known.contains_key(*key))
                .map(|(raw, _)| ItemWrite {
                    item: vigie::extract::from_raw(raw, ItemId(store.mint(now)), context),
                    tags: Tagged::default(),
                    tagged_by: String::new(),
                    fingerprint: vigie::extract::fingerprint(raw),
                    sketch: Vec::new(),
                    library: None,
                })
                .collect();
            let count = new.len();
            let state = Some(SourceState::new(&source.id, &source.url, now));
            let record = PollRecord { state, new, revised: vec![], sightings: vec![], dropped: vec![], mails: vec![] };
            store.record_poll(&record, now).await.expect("room");
            count
        })
        .buffer_unordered(16)
        .fold(0, |sum, count| async move { sum + count })
        .await;
    println!(
        "fetched, parsed and stored, no words read: {:.2} CPU s for {} feeds, {kept} items",
        cpu() - before,
        urls.len()
    );
}

async fn farm(address: &str) {
    let settings = WebSettings {
        at_once: 16,
        per_host: 2,
        pause: Duration::ZERO,
        timeout: Duration::from_secs(30),
        max_bytes: 32 << 20,
        contact: None,
        subscribers: 1,
    };
    let web = Web::new(settings).expect("a client");
    let listed = |bytes: Vec<u8>| -> Vec<String> {
        String::from_utf8_lossy(&bytes).split_whitespace().map(str::to_owned).collect()
    };
    let urls = listed(get(&web, &format!("{address}/__urls")).await);
    bare(&web, &urls).await;
    for indexing in [false, true] {
        let dir = tempfile::tempdir().expect("a folder");
        configure(dir.path(), &urls);
        let (config, _) = config::load(&dir.path().join("config")).expect("a good configuration");
        let sources = config.sources.clone();
        let mut shop = Workshop::open(config, &dir.path().join("index")).await.expect("a workshop");
        shop.indexing = indexing;
        let now = Timestamp::from_second(1_800_000_000).expect("an instant");
        for round in ["first collection", "second, nothing changed"] {
            let before = cpu();
            let report = harvest(&shop, &sources, now, &|_| ()).await.expect("a harvest");
            let spent = cpu() - before;
            let with = if indexing { "with" } else { "without" };
            println!(
                "{round}, {with} the index: {spent:.2} CPU s for {} feeds, {} new items",
                urls.len(),
                report.new_items()
            );
        }
    }
    let addresses = listed(get(&web, &format!("{address}/__articles?count=300")).await);
    let mut pages = Vec::new();
    for url in &addresses {
        pages.push(get(&web, url).await);
    }
    measure("articles", Some((pages.len(), "pages")), || {
        for page in &pages {
            let _ = extract(page, None, Some("text/html"));
        }
    });
}

fn main() {
    reading_indexing_grouping();
    clear_pages();
    match std::env::var("VIGIE_FARM") {
        Ok(address) => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
            runtime.block_on(farm(&address));
        }
        Err(_) => println!("no farm: name one in VIGIE_FARM to measure a whole collection"),
    }
}
