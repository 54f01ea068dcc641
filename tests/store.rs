//! What the store promises, on each engine: the same statements, the same answers, nothing written by halves.

mod common;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;
use vigie::domain::{
    Angle, Channel, Confidentiality, DateOrigin, EditionId, Figures, Given, Hold, Item, ItemId, Judgement, Language,
    LetterState, Published, Reason, ReasonKind, Share, StoryId, Suggestion, Tagged, TopicMatch,
};
use vigie::store::{
    Attempt, Dropped, EditionPlan, Frozen, ItemWrite, LearntRecord, MailKind, PlannedLetter, PollRecord, RobotsRecord,
    Sighting, SourceState, Store, StoreError,
};

use common::postgres::Database;

/// Where a store of a test lies; it goes with this.
enum Place {
    Folder(tempfile::TempDir),
    Database(Database),
}

impl Place {
    async fn open(&self) -> Result<Store, StoreError> {
        match self {
            Place::Folder(dir) => Store::open(dir.path()).await,
            Place::Database(database) => Store::connect(&database.url()).await,
        }
    }
}

/// Runs `test` on an empty store of each engine.
fn on_each_engine(test: impl AsyncFn(&Place)) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    let folder = Place::Folder(tempfile::tempdir().expect("a scratch folder"));
    runtime.block_on(test(&folder));
    if let Some(database) = Database::new() {
        runtime.block_on(test(&Place::Database(database)));
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn now() -> Timestamp {
    at("2026-11-24T08:00:00.123Z")
}

/// An item as odd as they come.
fn item(store: &Store, key: &str) -> Item {
    let id = ItemId(store.mint(now()));
    Item {
        id,
        story: StoryId(id.0),
        copy_of: None,
        source: "presse".into(),
        key: key.into(),
        link: Some(format!("https://presse.example/{key}?a='b'&c=\"d\"")),
        canonical: Some(format!("presse.example/{key}")),
        title: format!("L’été « {key} » ; drop table item; -- 🌡️ 温"),
        authors: vec!["Zoé \"Z\" O'Neil".into(), String::new()],
        categories: vec!["R&D".into()],
        published: Published { at: at("2026-11-20T07:30:00Z"), has_hour: true, origin: DateOrigin::Feed },
        collected: now(),
        language: Language::French,
        class: Confidentiality::Public,
        hold: None,
        released: None,
        waiting: None,
        marked: None,
        access: None,
        html: "<p>Un texte</p>".repeat(500),
        text: String::new(),
        full: true,
        from_archive: false,
    }
}

fn write(item: Item) -> ItemWrite {
    let found = TopicMatch {
        topic: "renovation".into(),
        score: 0.75,
        in_title: vec!["été".into()],
        in_text: vec![],
        close: vec![],
    };
    ItemWrite {
        item,
        tags: Tagged { topics: vec![found], ..Tagged::default() },
        tagged_by: "line-1".into(),
        fingerprint: "f".into(),
        sketch: vec![0, 1, 255],
        library: None,
    }
}

fn poll(new: Vec<ItemWrite>) -> PollRecord {
    PollRecord { state: None, new, revised: vec![], sightings: vec![], dropped: vec![], mails: vec![] }
}

fn sighting(source: &str, key: &str, item: ItemId) -> Sighting {
    Sighting { source: source.into(), key: key.into(), item, first_seen: now() }
}

#[test]
fn judgements_and_what_was_learnt_are_kept_and_forgotten() {
    on_each_engine(async |place| {
        let store = place.open().await.expect("a store");
        let one = item(&store, "un");
        let id = one.id;
        store.record_poll(&poll(vec![write(one)]), now()).await.expect("kept");
        let judgement = |topic: &str, ambassador: Option<&str>, relevant: bool| Judgement {
            item: id,
            topic: topic.into(),
            ambassador: ambassador.map(str::to_owned),
            relevant,
            who: "Nadia".into(),
            at: now(),
        };
        let said = [
            judgement("renovation", None, true),
            judgement("renovation", None, false),
            judgement("bim", Some("elodie"), true),
        ];
        for judgement in &said {
            store.record_judgement(judgement).await.expect("recorded");
        }
        assert_eq!(store.judgements().await.expect("all"), said, "in the order they were said");
        assert_eq!(store.forget_judgements(Some("renovation"), Some("elodie")).await.expect("done"), 0);
        assert_eq!(store.forget_judgements(Some("renovation"), None).await.expect("done"), 2);
        assert_eq!(store.forget_judgements(None, None).await.expect("done"), 1);
        let learnt = LearntRecord { at: now(), items: 1, model: vec![0, 1, 255] };
        store.keep_learnt("line-1", &learnt).await.expect("kept");
        assert_eq!(store.learnt("line-1").await.expect("read"), Some(learnt.clone()));
        let long = LearntRecord { model: (0..100).collect(), ..learnt.clone() };
        store.keep_learnt("line-1", &long).await.expect("kept");
        let head = store.learnt_head("line-1").await.expect("read").expect("one");
        assert_eq!((head.at, head.items, head.model), (now(), 1, (0..8).collect()));
        let again = LearntRecord { items: 2, ..learnt };
        store.keep_learnt("line-2", &again).await.expect("kept");
        assert_eq!(
            (store.learnt("line-1").await.expect("read"), store.learnt("line-2").await.expect("read")),
            (None, Some(again))
        );
        store.forget_learnt().await.expect("done");
        assert_eq!(store.learnt("line-2").await.expect("read"), None);
        let since = at("2026-11-01T00:00:00Z");
        assert_eq!(store.tagged_by_others("line-2", since, None, 10).await.expect("read").len(), 1);
        assert!(store.tagged_by_others("line-1", since, None, 10).await.expect("read").is_empty());
        assert_eq!((store.item_count().await.expect("a count"), store.newest(5).await.expect("read").len()), (1, 1));
    });
}

#[test]
fn a_poll_is_written_whole_and_read_back_as_it_was() {
    on_each_engine(async |place| {
        let store = place.open().await.expect("a store");
        let (one, mut two) = (item(&store, "un"), item(&store, "deux"));
        two.class = Confidentiality::Internal;
        two.hold = Some(Hold { why: "sous embargo".into(), until: Some(at("2026-12-01T09:00:00Z")) });
        (two.link, two.canonical) = (None, None);
        let left_out = Dropped {
            source: "presse".into(),
            key: "trois".into(),
            title: "Faits divers".into(),
            link: Some("https://presse.example/trois".into()),
            reason: "excluded".into(),
            at: now(),
        };
        let state = SourceState {
            etag: Some("W/\"é\"".into()),
            rhythm: Some(Duration::from_secs(3600)),
            repairs: vec!["un « & » nu".into()],
            failures: 3,
            gone: true,
            wait_until: Some(now()),
            ..SourceState::new("presse", "https://presse.example/rss", now())
        };
        let record = PollRecord {
            state: Some(state.clone()),
            new: vec![write(one.clone()), write(two.clone())],
            revised: vec![],
            sightings: vec![sighting("revue", "x", one.id)],
            dropped: vec![left_out.clone()],
            mails: vec![],
        };
        store.record_poll(&record, now()).await.expect("a poll");

        let read = store.item(one.id).await.expect("an answer").expect("the item");
        assert_eq!(read.item, one);
        assert_eq!(
            (read.tags, read.tagged_by, read.fingerprint),
            (write(one.clone()).tags, "line-1".into(), "f".into())
        );
        assert_eq!(store.item(two.id).await.expect("an answer").expect("the item").item, two);
        assert_eq!(store.source_states().await.expect("states")["presse"], state);
        let keys = ["un", "deux", "trois", "quatre"].map(String::from);
        let known = store.known("presse", &keys).await.expect("an answer");
        let ids: BTreeMap<String, ItemId> = known.iter().map(|(key, known)| (key.clone(), known.id)).collect();
        assert_eq!(ids, [("deux".into(), two.id), ("un".into(), one.id)].into());
        assert_eq!((known["un"].fingerprint.as_str(), &known["un"].canonical), ("f", &one.canonical));
        assert_eq!(
            store.dropped_keys("presse", &keys).await.expect("an answer").into_iter().collect::<Vec<_>>(),
            ["trois"]
        );
        assert_eq!(store.dropped(None, now()).await.expect("an answer"), std::slice::from_ref(&left_out));
        assert_eq!(store.dropped(left_out.link.as_deref(), now()).await.expect("an answer"), [left_out]);
        assert_eq!(store.dropped(Some("https://other.example"), now()).await.expect("an answer"), []);
        let seen: Vec<String> =
            store.sightings(one.id).await.expect("an answer").into_iter().map(|seen| seen.0).collect();
        assert_eq!(seen, ["presse", "revue"]);
        assert_eq!(store.totals().await.expect("an answer"), (2, 2));
        assert_eq!(store.held(at("2026-11-01T00:00:00Z")).await.expect("an answer").len(), 1);
        // The same address in another class is another item.
        let addresses = ["presse.example/un".to_owned()];
        let standing = store.at_addresses(&addresses, Confidentiality::Public).await.expect("an answer");
        assert_eq!(standing.get("presse.example/un"), Some(&one.id));
        assert!(store.at_addresses(&addresses, Confidentiality::Internal).await.expect("an answer").is_empty());
        assert_eq!(store.at_address("presse.example/un").await.expect("an answer").len(), 1);
        store.close().await;
    });
}

#[test]
fn what_fails_in_the_middle_leaves_nothing() {
    on_each_engine(async |place| {
        let store = place.open().await.expect("a store");
        let record = PollRecord {
            state: Some(SourceState::new("presse", "https://presse.example/rss", now())),
            sightings: vec![sighting("presse", "fantôme", ItemId(42))],
            ..poll(vec![write(item(&store, "un"))])
        };
        store.record_poll(&record, now()).await.expect_err("no such item");
        assert_eq!(store.totals().await.expect("an answer"), (0, 0));
        assert!(store.source_states().await.expect("states").is_empty());
    });
}

#[test]
fn every_change_takes_a_new_place_in_the_sequence() {
    on_each_engine(async |place| {
        let store = place.open().await.expect("a store");
        let items: Vec<Item> = (0..230).map(|number| item(&store, &format!("n{number}"))).collect();
        store.record_poll(&poll(items.iter().cloned().map(write).collect()), now()).await.expect("a poll");
        let all = store.changed_after(0, 1000).await.expect("changes");
        assert_eq!(all.len(), 230);
        assert!(all.windows(2).all(|pair| pair[0].seq < pair[1].seq));
        let last = store.last_seq().await.expect("an answer");
        assert_eq!(last, all[229].seq);
        let (first, second) = (items[0].id, items[1].id);
        store.regroup(&[(second, StoryId(first.0), Some(first))], now()).await.expect("a move");
        let edited = Item { title: "Corrigé".into(), ..items[2].clone() };
        store.revise(&[write(edited)], now()).await.expect("an edit");
        let changed = store.changed_after(last, 10).await.expect("changes");
        assert_eq!(changed.iter().map(|record| record.item.id).collect::<Vec<_>>(), [second, items[2].id]);
        assert_eq!(changed[1].item.title, "Corrigé");
        let numbers: Vec<ItemId> =
            store.changed_since(last, 10).await.expect("changes").into_iter().map(|(_, id)| id).collect();
        assert_eq!(numbers, [second, items[2].id]);
        let together = store.story(StoryId(first.0)).await.expect("a story");
        assert_eq!(together.len(), 2);
        let members = store.story_items(&[StoryId(first.0)]).await.expect("members");
        assert_eq!(members[&StoryId(first.0)], [first, second]);
        let sketches = store.sketches(Timestamp::MIN, items[0].id.0, 1000).await.expect("sketches");
        assert_eq!((sketches.len(), sketches[0].sketch.as_deref()), (229, Some(&[0, 1, 255][..])));
        assert_eq!(store.items(&[first, ItemId(7), second]).await.expect("items").len(), 2);
        // Numbers go on above those of before, whatever the clock says.
        let before = store.mint(now());
        store.close().await;
        let again = place.open().await.expect("the same store");
        assert!(again.mint(at("2001-01-01T00:00:00Z")) > last.max(before - 1000));
    });
}

#[test]
fn a_source_is_remembered_and_what_it_said_of_robots() {
    on_each_engine(async |place| {
        let store = place.open().await.expect("a store");
        let name = store.identity().to_owned();
        let mut state = SourceState::new("a", "https://a.example/rss", now());
        store
            .record_unchanged(&[state.clone(), SourceState::new("b", "https://b.example/rss", now())])
            .await
            .expect("kept");
        (state.failures, state.error) = (2, Some("ne répond pas".into()));
        store.record_unchanged(&[state.clone()]).await.expect("kept");
        let states = store.source_states().await.expect("states");
        assert_eq!((states.len(), &states["a"]), (2, &state));
        let robots = RobotsRecord { fetched: now(), allowed: true, body: Some(b"User-agent: *\n".to_vec()) };
        store.remember_robots("https://a.example", &robots).await.expect("kept");
        let closed = RobotsRecord { allowed: false, body: None, ..robots.clone() };
        store.remember_robots("https://a.example", &closed).await.expect("kept");
        assert_eq!(store.robots("https://a.example").await.expect("an answer"), Some(closed));
        assert_eq!(store.robots("https://b.example").await.expect("an answer"), None);
        store.set_meta("clé", "1").await.expect("kept");
        store.set_meta("clé", "2").await.expect("kept");
        assert_eq!(store.meta("clé").await.expect("an answer").as_deref(), Some("2"));
        store.close().await;
        assert_eq!(place.open().await.expect("the same store").identity(), name);
    });
}

#[test]
fn consent_and_shares_keep_their_order() {
    on_each_engine(async |place| {
        let store = place.open().await.expect("a store");
        assert!(!store.takes_part("elodie").await.expect("an answer"));
        store.record_consent("elodie", true, "Élodie", now()).await.expect("kept");
        store.record_consent("elodie", false, "Élodie", now()).await.expect("kept");
        store.record_consent("zoe", true, "la DRH", now()).await.expect("kept");
        assert!(!store.takes_part("elodie").await.expect("an answer"));
        let consents = store.consents().await.expect("consents");
        assert_eq!((consents["elodie"].given, consents["zoe"].who.as_str()), (false, "la DRH"));
        for (who, on) in [("zoe", "2026-11-02"), ("elodie", "2026-10-31"), ("elodie", "2026-11-02")] {
            let on = on.parse().expect("a day");
            let figures = Figures { reactions: (who == "zoe").then_some(4), ..Figures::default() };
            let share =
                Share { ambassador: who.into(), item: None, channel: Channel::LinkedIn, link: None, on, figures };
            store.record_share(&share, now()).await.expect("kept");
        }
        let since = store.shares_since("2026-11-01".parse().expect("a day")).await.expect("shares");
        assert_eq!(since.iter().map(|share| share.ambassador.as_str()).collect::<Vec<_>>(), ["zoe", "elodie"]);
        assert_eq!((since[0].figures.answers(), since[1].figures.answers()), (Some(4), None));
        let counted = Share { figures: Figures { comments: Some(2), ..Figures::default() }, ..since[0].clone() };
        assert!(store.measure_share(&counted, now()).await.expect("an answer"));
        let again = store.shares_since("2026-11-01".parse().expect("a day")).await.expect("shares");
        assert_eq!(again[0].figures.answers(), Some(6), "figures add to those that were there");
        assert_eq!(again[1].figures.answers(), None);
    });
}

fn plan(store: &Store, item: ItemId, people: &[&str]) -> (EditionPlan, Frozen) {
    let id: EditionId = "2026-W48".parse().expect("a week");
    let suggestion = |who: &&str| Suggestion {
        story: StoryId(item.0),
        item,
        ambassador: (*who).into(),
        topic: "renovation".into(),
        objective: None,
        channel: Channel::LinkedIn,
        slot: "2026-11-24/am".parse().expect("a slot"),
        ready: None,
        angles: vec![Angle { family: "field".into(), text: "Et chez vous ?".into() }],
        reasons: vec![Reason { kind: ReasonKind::Topic, text: "« isolation » dans le titre".into() }],
        easy: true,
        gain: 0.123_456_789,
    };
    let letter = |who: &&str| PlannedLetter {
        kind: MailKind::Letter,
        leaves: now(),
        ambassador: (*who).into(),
        address: format!("{who}@example.org"),
        message_id: format!("<{}@vigie>", store.mint(now())),
        subject: "Votre semaine".into(),
        message: vec![0, 13, 10, 255],
        html: "<p>é</p>".into(),
        skipped: (*who == "absent").then(|| "away all week".into()),
    };
    let plan = EditionPlan { id, due: now(), suggestions: people.iter().map(suggestion).collect(), skipped: None };
    let line = Given { at: now(), channel: Channel::LinkedIn, family: "field".into() };
    let given = people.iter().map(|who| ((*who).to_owned(), item, line.clone())).collect();
    (plan, Frozen { given, letters: people.iter().map(letter).collect(), lost: vec![] })
}

#[test]
fn an_edition_is_written_once_and_its_letters_are_taken_once() {
    on_each_engine(async |place| {
        let store = place.open().await.expect("a store");
        let one = item(&store, "un");
        store.record_poll(&poll(vec![write(one.clone())]), now()).await.expect("a poll");
        // By bytes, capitals stand before small letters and accents after both, whatever the country.
        let people = ["Zoé", "absent", "elodie", "Élodie"];
        let (edition, frozen) = plan(&store, one.id, &people);
        assert!(store.record_edition(&edition, now()).await.expect("an edition"));
        assert!(!store.record_edition(&edition, now()).await.expect("an answer"), "the second changes nothing");
        assert!(store.letters(edition.id).await.expect("letters").is_empty(), "nothing is given by planning");
        // Two people change what they both saw: the second is told to look again.
        let seen = store.edition(edition.id).await.expect("an answer").expect("the edition");
        assert!(store.approve_edition(edition.id, "Claire", now()).await.expect("an answer"));
        assert!(store.replan_edition(&seen, &edition.suggestions, &[], now()).await.expect("an answer"));
        assert!(!store.replan_edition(&seen, &[], &[], now()).await.expect("an answer"));
        let row = store.edition(edition.id).await.expect("an answer").expect("the edition");
        assert!(row.approved.is_none(), "an approval is for what was seen");
        let stale = store.freeze_edition(edition.id, 0, &edition.suggestions, &frozen, now()).await;
        assert!(!stale.expect("an answer"), "it was changed since");
        let freeze = async || store.freeze_edition(edition.id, 1, &edition.suggestions, &frozen, now()).await;
        assert!(freeze().await.expect("a frozen edition"));
        assert!(!freeze().await.expect("an answer"), "the second changes nothing");
        let row = store.edition(edition.id).await.expect("an answer").expect("the edition");
        assert!(!store.replan_edition(&row, &[], &[], now()).await.expect("an answer"), "it is frozen");
        let suggestions = store.suggestions(edition.id).await.expect("suggestions");
        assert_eq!(suggestions, edition.suggestions);
        let letters = store.letters(edition.id).await.expect("letters");
        assert_eq!(letters.iter().map(|letter| letter.ambassador.as_str()).collect::<Vec<_>>(), people);
        assert_eq!(letters[0].message, [0, 13, 10, 255]);
        assert_eq!(store.edition(edition.id).await.expect("an answer").expect("the edition").due, now());
        assert_eq!(store.editions(5).await.expect("editions").len(), 1);
        assert_eq!(store.suggested_items(edition.id, "Zoé").await.expect("items"), [one.id]);
        assert_eq!(store.ledger(&[one.id]).await.expect("the ledger").len(), 4);
        assert_eq!(store.given_items(&[one.id]).await.expect("the ledger").len(), 4);

        let due = store.due_letters(now()).await.expect("letters");
        assert_eq!(due.len(), 3, "who is away gets none");
        let letter = due[0].id;
        // Two programs reach for the same letter: one gets it.
        let other = place.open().await.expect("the same store");
        let (ours, theirs) = tokio::join!(store.begin_attempt(letter, now()), other.begin_attempt(letter, now()));
        assert!(ours.expect("an answer") ^ theirs.expect("an answer"));
        assert_eq!(store.letters_in(LetterState::Attempting).await.expect("letters").len(), 1);
        let end = |state| Attempt { state, reply: "250 ok".into(), next_try: now() };
        store.end_attempt(letter, &end(LetterState::Sent), now()).await.expect("an end");
        store.end_attempt(letter, &end(LetterState::Failed), now()).await.expect("an end");
        let counts = store.letter_counts().await.expect("counts");
        let expected = [(LetterState::Rendered, 2), (LetterState::Sent, 1), (LetterState::Skipped, 1)];
        assert_eq!(counts, expected, "once sent, for ever sent");
        assert_eq!(store.next_letter().await.expect("an answer"), Some(now()));
        // What is taken back was not given.
        let taken = store.cancel_letters(edition.id, None, "a mistake", now()).await.expect("an answer");
        assert_eq!(taken, 2);
        let had = store.ledger(&[one.id]).await.expect("the ledger");
        assert_eq!(had.keys().map(String::as_str).collect::<Vec<_>>(), [due[0].ambassador.as_str()]);
        assert_eq!(store.due_letters(now()).await.expect("letters").len(), 0);
    });
}

/// The columns of every table, with whether they may be empty.
async fn catalogue(place: &Place) -> BTreeMap<(String, String), bool> {
    match place {
        Place::Folder(dir) => {
            let url = format!("sqlite://{}", dir.path().join("vigie.db").display());
            let pool = sqlx::SqlitePool::connect(&url).await.expect("the store");
            let sql = "select m.name as t, c.name as c, c.\"notnull\" = 0 and c.pk = 0 as nullable
                       from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table'";
            let rows = sqlx::query(sql).fetch_all(&pool).await.expect("the catalogue");
            rows.iter().map(|row| ((row.get("t"), row.get("c")), row.get("nullable"))).collect()
        }
        Place::Database(database) => {
            let pool = sqlx::PgPool::connect(&database.url()).await.expect("the store");
            let sql = "select table_name::text as t, column_name::text as c, is_nullable = 'YES' as nullable
                       from information_schema.columns where table_schema = 'public'";
            let rows = sqlx::query(sql).fetch_all(&pool).await.expect("the catalogue");
            rows.iter().map(|row| ((row.get("t"), row.get("c")), row.get("nullable"))).collect()
        }
    }
}

#[test]
fn each_migration_makes_the_same_tables_on_both_engines() {
    let Some(database) = Database::new() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let places = [Place::Folder(tempfile::tempdir().expect("a scratch folder")), Place::Database(database)];
        for place in &places {
            place.open().await.expect("a store").close().await;
            // Opening again migrates nothing.
            place.open().await.expect("a store").close().await;
        }
        let (one, other) = (catalogue(&places[0]).await, catalogue(&places[1]).await);
        assert_eq!(one, other);
        assert!(one.contains_key(&("item".into(), "sketch".into())));
    });
}

#[test]
fn a_database_that_cannot_be_opened_is_named_without_its_password() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let url = "postgres://vigie:hunter2@127.0.0.1:9/veille";
    let error = runtime.block_on(Store::connect(url)).expect_err("nobody listens there").to_string();
    assert!(error.contains("127.0.0.1/veille") && !error.contains("hunter2"), "{error}");
    let error = runtime.block_on(Store::connect("postgres://[")).expect_err("no address").to_string();
    assert!(error.contains("PostgreSQL"), "{error}");
}

#[test]
fn a_later_schema_is_refused_by_postgresql_too() {
    let Some(database) = Database::new() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        Store::connect(&database.url()).await.expect("a store").close().await;
        let pool = sqlx::PgPool::connect(&database.url()).await.expect("the store");
        sqlx::query("insert into schema_version (version) values (99)").execute(&pool).await.expect("a later schema");
        let refused = Store::connect(&database.url()).await.expect_err("a later schema");
        assert!(matches!(refused, StoreError::Newer { found: 99, .. }), "{refused}");
    });
}

#[test]
fn the_whole_journey_runs_on_postgresql() {
    let Some(database) = Database::new() else { return };
    let site = common::Site::start();
    let items = [("un", "L’isolation des combles", "Un texte."), ("deux", "La pompe à chaleur au lycée", "Un texte.")];
    site.set("/feed", common::Answer::feed(common::rss(&site.base, &items)));
    let scratch = common::Scratch::new();
    scratch.small(&common::source(
        "feed",
        &format!("{}/feed", site.base),
        "confidentiality = \"public\"\nfull_text = \"never\"",
    ));
    scratch.config("vigie.toml", &format!("{}[store]\nengine = \"postgres\"\nurl_file = \"db.url\"\n", common::VIGIE));
    scratch.config("db.url", &format!("{}\n", database.url()));
    let now = ["--now", "2026-11-24T08:00:00Z"];
    let run = |arguments: &[&str]| scratch.run(&[arguments, &now].concat());
    run(&["collect"]).ok();
    assert!(!scratch.data().join("vigie.db").exists(), "nothing is kept beside the database");
    scratch.run(&["person", "optin", "elodie"]).ok();
    assert_eq!(scratch.run(&["search", "combles", "--json"]).ok().json().len(), 1);
    run(&["run", "--once"]).ok();
    assert!(run(&["collect"]).ok().out.contains("unchanged") || run(&["collect"]).ok().out.contains("0 new"));
    assert_eq!(run(&["status", "--json"]).ok().json()[0]["items"], 2);
    let digest = run(&["digest", "elodie", "--json"]).ok().json();
    assert_eq!(digest[0]["suggestions"].as_array().expect("suggestions").len(), 2);
    // The index is derived from it, as from a file.
    std::fs::remove_dir_all(scratch.data().join("search")).expect("the index");
    scratch.run(&["reindex"]).ok();
    assert_eq!(scratch.run(&["search", "combles", "--json"]).ok().json().len(), 1);
}
