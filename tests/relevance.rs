//! The scorer through the command: figures over labelled texts, reasons in words, judgements that help and can be taken back.

mod common;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use common::{Answer, Scratch, Site};
use serde_json::{Value, json};

fn articles() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/eval/articles")
}

fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/relevance").join(name);
    if !path.exists() {
        eprintln!("skipped: {name} is not there");
        return None;
    }
    Some(path)
}

/// Runs `vigie line test` in a folder with this line.
fn line_test(line: &Path, arguments: &[&str]) -> Vec<Value> {
    let scratch = Scratch::new();
    scratch.config("line.toml", &std::fs::read_to_string(line).expect("a line"));
    scratch.run(&[&["line", "test", "--json"], arguments].concat()).ok().json()
}

fn measure(rows: &[Value], name: &str) -> f64 {
    rows.last().expect("measures")["measures"][name]["value"].as_f64().expect("a figure")
}

/// A folder whose one source gave these items.
fn collected(items: &[(&str, &str, &str)], now: &str) -> Scratch {
    let site = Site::start();
    site.set("/feed", Answer::feed(common::rss(&site.base, items)));
    let scratch = Scratch::new();
    let more = "confidentiality = \"public\"\nfull_text = \"never\"";
    scratch.small(&common::source("presse", &format!("{}/feed", site.base), more));
    scratch.run(&["collect", "--now", now]).ok();
    scratch
}

#[test]
fn our_articles_are_told_apart() {
    let dir = articles();
    let (items, truth) = (dir.join("items.jsonl"), dir.join("judgements.jsonl"));
    let rows =
        line_test(&dir.join("line.toml"), &["--input", &items.to_string_lossy(), "--truth", &truth.to_string_lossy()]);
    // Half of these texts avoid the words of their topic, and as many use them of something else.
    assert!(measure(&rows, "average_precision") >= 0.42, "{:?}", rows.last());
    assert!(measure(&rows, "macro_f1") >= 0.55, "{:?}", rows.last());
    for row in &rows[..rows.len() - 1] {
        assert!(row["excluded"].is_null() && row["topics"].is_array());
        for topic in row["topics"].as_array().expect("topics") {
            let score = topic["score"].as_f64().expect("a score");
            let why = topic["why"].as_array().expect("reasons");
            assert!((0.4..=1.0).contains(&score) && !why.is_empty(), "{row}");
        }
    }
    let untouched = rows[..rows.len() - 1].iter().filter(|row| row["topics"].as_array().is_some_and(Vec::is_empty));
    assert!(untouched.count() >= 30, "nothing fits is an answer too");
}

#[test]
fn the_shared_sentences_reach_the_figures() {
    let Some(line) = shared("topics.toml") else { return };
    for (name, macro_f1, average_precision) in
        [("sentences-fra.jsonl", 0.68, 0.66), ("sentences-eng.jsonl", 0.70, 0.62)]
    {
        let Some(items) = shared(name) else { return };
        let scratch = Scratch::new();
        let typed = std::fs::read_to_string(&items).expect("items");
        let topics = ["science/technology", "travel", "politics", "sports", "health", "entertainment", "geography"];
        let truth: String = typed
            .lines()
            .map(|row| serde_json::from_str::<Value>(row).expect("an item"))
            .flat_map(|item| {
                topics.map(|topic| {
                    json!({ "topic": topic, "id": item["id"], "relevant": item["topic"] == topic }).to_string() + "\n"
                })
            })
            .collect();
        let path = scratch.path().join("truth.jsonl");
        std::fs::write(&path, truth).expect("written");
        let rows = line_test(&line, &["--input", &items.to_string_lossy(), "--truth", &path.to_string_lossy()]);
        assert!(measure(&rows, "macro_f1") >= macro_f1, "{name}: {:?}", rows.last());
        assert!(measure(&rows, "average_precision") >= average_precision, "{name}: {:?}", rows.last());
    }
}

#[test]
fn judgements_lift_the_ranking_of_what_nobody_judged() {
    let dir = articles();
    let items = dir.join("items.jsonl");
    let judged: Vec<Value> = std::fs::read_to_string(dir.join("judgements.jsonl"))
        .expect("judgements")
        .lines()
        .map(|row| serde_json::from_str(row).expect("a judgement"))
        .collect();
    // Every second item is judged, the others are ranked.
    let number = |row: &Value| -> usize {
        row["id"]
            .as_str()
            .and_then(|id| id.trim_start_matches(|c: char| c.is_alphabetic()).parse().ok())
            .expect("a number")
    };
    let (known, asked): (Vec<_>, Vec<_>) = judged.into_iter().partition(|row| number(row) % 2 == 0);
    let scratch = Scratch::new();
    let write = |name: &str, rows: &[Value]| -> String {
        let path = scratch.path().join(name);
        std::fs::write(&path, rows.iter().map(|row| row.to_string() + "\n").collect::<String>()).expect("written");
        path.to_string_lossy().into_owned()
    };
    let (known, asked) = (write("known.jsonl", &known), write("asked.jsonl", &asked));
    let (line, items) = (dir.join("line.toml"), items.to_string_lossy().into_owned());
    let without = line_test(&line, &["--input", &items, "--truth", &asked]);
    let with = line_test(&line, &["--input", &items, "--truth", &asked, "--judgements", &known]);
    let precision = |rows: &[Value]| measure(rows, "average_precision");
    assert!(precision(&with) > precision(&without) + 0.02, "{} then {}", precision(&without), precision(&with));
}

#[test]
fn wrong_files_are_told_by_row_and_topic() {
    let scratch = Scratch::new();
    scratch.config("line.toml", "[[topic]]\nid = \"r\"\nterms = [\"isolation\"]\n");
    let write = |name: &str, text: &str| -> String {
        let path = scratch.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_string_lossy().into_owned()
    };
    let good = write("good.jsonl", "{\"id\": \"1\", \"title\": \"L’isolation des combles\"}\n");
    let bad = write("bad.jsonl", "{\"id\": \"1\", \"title\": \"x\"}\n{\"title\": 3}\n");
    let ran = scratch.run(&["line", "test", "--input", &bad]);
    assert!(ran.code == 2 && ran.err.contains("bad.jsonl:2"), "{}", ran.err);
    let judged = write("judged.jsonl", "{\"topic\": \"autre\", \"id\": \"1\", \"relevant\": true}\n");
    let ran = scratch.run(&["line", "test", "--input", &good, "--judgements", &judged]);
    assert!(ran.code == 2 && ran.err.contains("no topic “autre”"), "{}", ran.err);
    let row = &scratch.run(&["line", "test", "--input", &good, "--json"]).ok().json()[0];
    assert_eq!(row["topics"][0]["why"][0], "«\u{a0}isolation\u{a0}» dans le titre", "{row}");
}

#[test]
fn what_the_team_judges_is_kept_changes_scores_and_can_be_forgotten() {
    let titles = [
        "Une pompe à chaleur au lycée",
        "La pompe à chaleur de la piscine",
        "Chaleur sur la ville",
        "Un match de pompe",
    ];
    let keys: Vec<String> = (0..titles.len()).map(|number| number.to_string()).collect();
    let rows: Vec<(&str, &str, &str)> =
        keys.iter().zip(titles).map(|(key, title)| (key.as_str(), title, "Un texte court.")).collect();
    let now = "2026-11-20T12:00:00Z";
    let scratch = collected(&rows, now);
    let found: Vec<Value> = scratch.run(&["search", "pompe", "--json"]).ok().json();
    let id = |title: &str| {
        let row = found.iter().find(|row| row["title"] == title).expect("it was found");
        row["id"].as_i64().map_or_else(|| row["id"].as_str().expect("an id").to_owned(), |id| id.to_string())
    };
    let topics = |title: &str, now: &str| -> HashMap<String, f64> {
        let rows = scratch.run(&["explain", &id(title), "--json", "--now", now]).ok().json();
        let found = rows[0]["topics"].as_array().expect("topics").clone();
        let pair = |row: &Value| Some((row["topic"].as_str()?.to_owned(), row["score"].as_f64()?));
        found.iter().filter_map(pair).collect()
    };
    let before = topics(titles[0], now);
    assert!(before.get("renovation").is_some_and(|score| *score > 0.4), "{before:?}");
    let judged = scratch
        .run(&[
            "line",
            "judge",
            &id(titles[0]),
            "--topic",
            "renovation",
            "--not-relevant",
            "--by",
            "Nadia",
            "--now",
            now,
        ])
        .ok();
    assert!(judged.out.contains("is not on") && judged.out.contains("Nadia"), "{}", judged.out);
    scratch
        .run(&[
            "line",
            "judge",
            &id(titles[1]),
            "--topic",
            "renovation",
            "--not-relevant",
            "--by",
            "Nadia",
            "--now",
            now,
        ])
        .ok();
    scratch
        .run(&[
            "line",
            "judge",
            &id(titles[3]),
            "--topic",
            "renovation",
            "--not-relevant",
            "--by",
            "Nadia",
            "--now",
            now,
        ])
        .ok();
    let kept = scratch.run(&["line", "judgements", "--json"]).ok().json();
    assert_eq!((kept.len(), &kept[0]["relevant"], &kept[0]["by"]), (3, &Value::from(false), &Value::from("Nadia")));
    let later = "2026-11-20T13:00:00Z";
    scratch.run(&["digest", "elodie", "--json", "--now", later]).ok();
    let after = topics(titles[0], later);
    assert!(after.get("renovation").is_none_or(|score| *score < before["renovation"]), "{before:?} then {after:?}");
    let wrong = scratch.run(&["line", "judge", &id(titles[0]), "--topic", "autre", "--relevant"]);
    assert!(wrong.code == 2 && wrong.err.contains("it has: renovation"), "{}", wrong.err);
    scratch.run(&["line", "forget", "--topic", "renovation"]).ok();
    scratch.run(&["digest", "elodie", "--json", "--now", "2026-11-20T14:00:00Z"]).ok();
    assert_eq!(topics(titles[0], "2026-11-20T14:00:00Z"), before, "what was learnt went with the judgements");
}

/// Titles that no topic of these tests is about.
const ELSEWHERE: [&str; 8] = [
    "Le match est remporté en prolongation",
    "Un festival de cinéma à Lyon",
    "La banque relève ses taux",
    "Une exposition de peinture",
    "Les élections approchent",
    "Un musée ouvre ses portes",
    "Le vaccin arrive en pharmacie",
    "La course à pied séduit",
];

#[test]
fn a_changed_line_is_compared_over_the_archive_and_changes_nothing() {
    let rows: Vec<(String, String)> = (0..3)
        .map(|number| (format!("a{number}"), format!("La géothermie chauffe le quartier numéro {number}")))
        .chain(ELSEWHERE.into_iter().enumerate().map(|(number, title)| (format!("b{number}"), title.to_owned())))
        .collect();
    let items: Vec<(&str, &str, &str)> =
        rows.iter().map(|(slug, title)| (slug.as_str(), title.as_str(), "Un texte court.")).collect();
    let scratch = collected(&items, "2026-11-20T22:00:00Z");
    let other = scratch.path().join("essai");
    std::fs::create_dir_all(&other).expect("a folder");
    let changed = common::LINE.replace("\"heat pump\"", "\"heat pump\", \"géothermie\"")
        + "[[topic]]\nid = \"vide\"\nlabel = \"Astronomie\"\nterms = [\"télescope\"]\naudience = \"clients\"\n";
    std::fs::write(other.join("line.toml"), changed).expect("written");
    let other = other.to_string_lossy().into_owned();
    let rows = scratch.run(&["line", "diff", &other, "--json", "--now", "2026-11-20T23:00:00Z"]).ok().json();
    let renovation = rows.iter().find(|row| row["topic"] == "renovation").expect("the topic");
    let added = renovation["added"].as_array().expect("added");
    assert!(
        added.len() == 3
            && added.iter().all(|item| item["title"].as_str().is_some_and(|title| title.contains("géothermie"))),
        "{renovation}"
    );
    assert!(renovation["dropped"].as_array().is_some_and(Vec::is_empty), "{renovation}");
    let proposed = renovation["proposed_terms"].as_array().expect("words");
    assert!(
        proposed.iter().any(|word| word == "quartier") && proposed.iter().all(|word| word != "géothermie"),
        "{proposed:?}"
    );
    let empty = rows.iter().find(|row| row["topic"] == "vide").expect("the new topic");
    assert!(empty["notes"].to_string().contains("catches nothing"), "{empty}");
    let told = scratch.run(&["line", "diff", &other, "--now", "2026-11-20T23:00:00Z"]).ok();
    assert!(told.out.contains("Nothing was changed") && told.out.contains("vide (new)"), "{}", told.out);
}

#[test]
fn french_and_english_tellings_of_one_event_are_linked_and_hardly_any_others() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tellings");
    let scratch = Scratch::new();
    let input = dir.join("items.jsonl");
    let rows = scratch.run(&["stories", "--json", "--input", &input.to_string_lossy()]).ok().json();
    let told: HashMap<&str, &str> =
        rows.iter().filter_map(|row| Some((row["id"].as_str()?, row["told_also"].as_str()?))).collect();
    let pairs: Vec<Value> = std::fs::read_to_string(dir.join("pairs.jsonl"))
        .expect("pairs")
        .lines()
        .map(|row| serde_json::from_str(row).expect("a pair"))
        .collect();
    let name = |pair: &Value, key: &str| pair[key].as_str().expect("an id").to_owned();
    let right =
        pairs.iter().filter(|pair| told.get(name(pair, "fr").as_str()) == Some(&name(pair, "en").as_str())).count();
    let links = told.len() / 2;
    assert!(right * 10 >= pairs.len() * 8, "{right} of {} found", pairs.len());
    assert!((links - right) * 50 <= links, "{} of {links} links are false", links - right);
    // Linked is not merged: each text keeps its own story.
    let story: HashMap<&str, &str> =
        rows.iter().filter_map(|row| Some((row["id"].as_str()?, row["story"].as_str()?))).collect();
    assert!(told.iter().all(|(one, other)| story[one] != story[other]));
}

#[test]
fn a_search_forgives_forms_accents_and_slips_and_explains_what_it_cannot_read() {
    let items = [
        ("1", "L’énergie des bâtiments publics", "La chaufferie baisse."),
        ("2", "LES ENERGIES RENOUVELABLES AVANCENT", "Le parc solaire grandit."),
        ("3", "Un évènement à l’Opéra", "Une œuvre rare."),
        (
            "4",
            "Heating homes with ground heat",
            "The company’s boilers are replaced in every building of the district.",
        ),
        ("5", "Le chauffage des logements par la géothermie", "Les chaudières du quartier sont remplacées."),
        ("6", "Un match de football", "Le gardien arrête un penalty."),
    ];
    let scratch = collected(&items, "2026-11-20T20:00:00Z");
    let titles = |arguments: &[&str]| -> Vec<String> {
        let rows = scratch.run(&[&["search", "--json"], arguments].concat()).json();
        rows.iter().map(|row| row["title"].as_str().expect("a title").to_owned()).collect()
    };
    for typed in ["énergies", "l'énergie", "ENERGIE", "énergie"] {
        assert_eq!(titles(&[typed]).len(), 2, "{typed}");
    }
    for typed in ["événement", "évènement", "EVENEMENT", "oeuvre", "œuvre"] {
        assert_eq!(titles(&[typed]), [items[2].1], "{typed}");
    }
    assert_eq!(titles(&["boiler"]), [items[3].1]);
    assert_eq!((titles(&["titre:gardien"]).len(), titles(&["gardien"]).len()), (0, 1));
    assert_eq!(titles(&["renouvelabels"]), [items[1].1], "two letters changed places");
    let told = scratch.run(&["search", "renouvelabels"]);
    assert!(told.out.contains("a letter or two away"), "{}", told.out);
    let broken = scratch.run(&["search", "title:"]);
    assert!(broken.code == 2 && broken.err.contains("no word follows"), "{}", broken.err);
    let rows = scratch.run(&["search", "chaudières", "--json"]).json();
    let id =
        rows[0]["id"].as_i64().map_or_else(|| rows[0]["id"].as_str().expect("an id").to_owned(), |id| id.to_string());
    let like = titles(&["--like", &id]);
    assert!(
        like[..2].iter().any(|title| title == items[3].1),
        "the English text on the same subject is near: {like:?}"
    );
    assert!(like[3..].iter().any(|title| title == items[5].1), "{like:?}");
}

/// A model in the format of model2vec: a direction for each of these words.
fn write_model(folder: &Path, words: &[(&str, [f32; 2])]) {
    std::fs::create_dir_all(folder).expect("a folder");
    let mut vocabulary = json!({ "[UNK]": 0 });
    let mut data: Vec<u8> = [0.0_f32, 0.0].iter().flat_map(|value| value.to_le_bytes()).collect();
    for (number, (word, direction)) in words.iter().enumerate() {
        vocabulary[*word] = json!(number + 1);
        data.extend(direction.iter().flat_map(|value| value.to_le_bytes()));
    }
    let tokenizer = json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": { "type": "Lowercase" }, "pre_tokenizer": { "type": "Whitespace" },
        "post_processor": null, "decoder": null,
        "model": { "type": "WordLevel", "vocab": vocabulary, "unk_token": "[UNK]" },
    });
    let header = json!({
        "embeddings": { "dtype": "F32", "shape": [words.len() + 1, 2], "data_offsets": [0, data.len()] },
    });
    let mut header = header.to_string().into_bytes();
    header.resize(header.len().next_multiple_of(8), b' ');
    let mut model = (header.len() as u64).to_le_bytes().to_vec();
    model.extend(header);
    model.extend(data);
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).expect("written");
    write("tokenizer.json", tokenizer.to_string().as_bytes());
    write("model.safetensors", &model);
    write("config.json", b"{\"normalize\": true}");
}

#[test]
fn a_model_from_outside_is_fused_in_where_the_program_was_built_for_it() {
    let scratch = Scratch::new();
    scratch.config(
        "line.toml",
        "[[topic]]\nid = \"fusion\"\nterms = [\"tokamak\"]\n[[topic]]\nid = \"pain\"\nterms = [\"fournil\"]\n",
    );
    let model = scratch.path().join("modele");
    let words = [("tokamak", [1.0, 0.0]), ("zorblax", [1.0, 0.1]), ("fournil", [0.0, 1.0]), ("levunel", [0.1, 1.0])];
    write_model(&model, &words);
    let write = |name: &str, text: &str| -> String {
        let path = scratch.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_string_lossy().into_owned()
    };
    let items = write(
        "items.jsonl",
        "{\"id\": \"1\", \"title\": \"zorblax\", \"lang\": \"fr\"}\n{\"id\": \"2\", \"title\": \"levunel\", \"lang\": \"fr\"}\n",
    );
    let truth = write(
        "truth.jsonl",
        "{\"topic\": \"fusion\", \"id\": \"1\", \"relevant\": true}\n{\"topic\": \"pain\", \"id\": \"1\", \"relevant\": false}\n\
         {\"topic\": \"fusion\", \"id\": \"2\", \"relevant\": false}\n{\"topic\": \"pain\", \"id\": \"2\", \"relevant\": true}\n",
    );
    let model = model.to_string_lossy().into_owned();
    let arguments =
        ["line", "test", "--json", "--scores", "--input", &items, "--truth", &truth, "--outside-model", &model];
    let ran = scratch.run(&arguments);
    if !cfg!(feature = "outside-model") {
        assert!(ran.code == 2 && ran.err.contains("--features outside-model"), "{}", ran.err);
        return;
    }
    let rows = ran.ok().json();
    let score = |row: usize, topic: &str| {
        let topics = rows[row]["topics"].as_array().expect("topics");
        topics.iter().find(|found| found["topic"] == topic).expect("scored")["score"].as_f64().expect("a score")
    };
    assert!(score(0, "fusion") > score(0, "pain") && score(1, "pain") > score(1, "fusion"), "{rows:?}");
    let of = |how: &str| {
        let row = rows.iter().find(|row| row["how"] == how).expect("a measure");
        row["measures"]["average_precision"]["value"].as_f64().expect("a figure")
    };
    assert_eq!(of("with the model from outside"), 1.0);
    assert!(of("without it") < 1.0, "{rows:?}");
    std::fs::remove_file(Path::new(&model).join("config.json")).expect("removed");
    let broken = scratch.run(&arguments);
    assert!(broken.code == 2 && broken.err.contains("model2vec"), "{}", broken.err);
}

#[test]
fn a_changed_line_reaches_the_whole_archive_however_old() {
    let slugs = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let items: Vec<(&str, &str, &str)> =
        slugs.into_iter().zip(ELSEWHERE).map(|(slug, title)| (slug, title, "Un texte court.")).collect();
    let scratch = collected(&items, "2026-11-20T20:00:00Z");
    let caught = |now: &str| {
        scratch.run(&["collect", "--now", now]);
        scratch.run(&["search", "--topic", "musees", "--json"]).out.contains("Un musée ouvre ses portes")
    };
    assert!(!caught("2026-11-20T21:00:00Z"));
    let more = "[[topic]]\nid = \"musees\"\nlabel = \"Musées\"\nterms = [\"musée\"]\naudience = \"clients\"\n";
    scratch.config("line.toml", &format!("{}\n{more}", common::LINE));
    assert!(caught("2027-07-20T20:00:00Z"), "eight months later");
}
