//! The life of an edition as a comms lead sees it: planned, changed, approved, frozen, taken back; and what comes back later.

mod common;

use common::{Answer, Scratch, Site, source};
use serde_json::Value;

const FRIDAY: &str = "2026-11-20T12:00:00Z";
const MONDAY: &str = "2026-11-23T07:05:00Z";

const VIGIE: &str = "organisation = \"Exemple\"\nlanguage = \"fr\"\nlead = \"lead@example.org\"\n\
    [edition]\nweekly = \"mon 08:00\"\nreview = \"fri 12:00\"\nbrief = \"mon 07:30\"\nwindow_days = 14\nfloor = 0.05\n\
    [mail]\ntransport = \"folder\"\nfrom = \"Veille <veille@example.org>\"\n";

const LINE: &str = r#"
[[topic]]
id = "isolation"
label = "Isolation"
terms = ["isolation", "isolants"]
audience = "tous"
[[topic]]
id = "pompes"
label = "Pompes à chaleur"
terms = ["pompe à chaleur"]
audience = "tous"
[[objective]]
id = "notoriete"
label = "Être connus"
priority = 1
topics = ["isolation", "pompes"]
[[audience]]
id = "tous"
label = "Tous"
"#;

fn people(more: &str) -> String {
    ["ana", "bob"]
        .iter()
        .map(|id| {
            format!(
                "[[ambassador]]\nid = \"{id}\"\nname = \"{id} Martin\"\nemail = \"{id}@example.org\"\n\
                 expertise = [{{ topic = \"isolation\", strength = \"expert\" }}, {{ topic = \"pompes\" }}]\n{more}\n"
            )
        })
        .collect()
}

/// A feed of these titles, by their place among all.
fn feed(site: &Site, titles: &[(usize, &str)]) -> Answer {
    let items: String = titles
        .iter()
        .map(|(number, title)| {
            format!(
                "<item><title>{title}</title><link>{}/{number}</link><guid>{number}</guid>\
                 <description>Un texte sur {title}, rien de plus.</description>\
                 <pubDate>Thu, 19 Nov 2026 {:02}:00:00 GMT</pubDate></item>",
                site.base,
                number % 20
            )
        })
        .collect();
    Answer::feed(format!("<rss version=\"2.0\"><channel><title>Presse</title>{items}</channel></rss>"))
}

const TITLES: [&str; 8] = [
    "L’isolation des combles gagne les villages du Jura",
    "La laine de bois, des isolants qui montent",
    "Une école de Brest refait son isolation en un été",
    "L’isolation par l’extérieur vue du trottoir",
    "Une pompe à chaleur dans la piscine de Dole",
    "Pourquoi la pompe à chaleur fait du bruit",
    "Le lycée de Vesoul change sa chaudière pour une pompe à chaleur",
    "Une pompe à chaleur et trois voisins à Nantes",
];

fn programme(site: &Site, vigie: &str, more: &str) -> Scratch {
    let titles: Vec<(usize, &str)> = TITLES.into_iter().enumerate().collect();
    let (one, two): (Vec<_>, Vec<_>) = titles.into_iter().partition(|(number, _)| number % 2 == 0);
    site.set("/feed", feed(site, &one));
    site.set("/revue", feed(site, &two));
    let open = "confidentiality = \"public\"\nfull_text = \"never\"";
    let sources = source("presse", &format!("{}/feed", site.base), open)
        + &source("revue", &format!("{}/revue", site.base), open);
    let scratch = Scratch::new();
    scratch.config("sources.toml", &sources);
    begin(&scratch, vigie, more);
    scratch
}

/// Writes the rest of the configuration; both say yes, everything is collected.
fn begin(scratch: &Scratch, vigie: &str, more: &str) {
    scratch.config("vigie.toml", vigie).config("line.toml", LINE).config("ambassadors.toml", &people(more));
    for id in ["ana", "bob"] {
        scratch.run(&["person", "optin", id, "--by", "test", "--now", "2026-11-18T09:00:00Z"]).ok();
    }
    scratch.run(&["collect", "--now", FRIDAY]).ok();
}

fn plan(scratch: &Scratch) -> Vec<Value> {
    scratch.run(&["edition", "show", "2026-W48", "--json"]).ok().json()
}

fn of(plan: &[Value], person: &str) -> Vec<Value> {
    let row = plan.iter().find(|row| row["ambassador"] == person);
    row.and_then(|row| row["suggestions"].as_array()).cloned().unwrap_or_default()
}

fn items(plan: &[Value], person: &str) -> Vec<String> {
    of(plan, person).iter().map(|one| one["item"].as_str().expect("an item").to_owned()).collect()
}

#[test]
fn a_plan_is_looked_at_changed_approved_and_frozen_as_it_was_seen() {
    let site = Site::start();
    let scratch = programme(&site, VIGIE, "");
    let once = |now: &str| scratch.run(&["run", "--once", "--now", now]).ok();
    let change =
        |arguments: &[&str]| scratch.run(&[&["edition"], arguments, &["--now", FRIDAY, "--by", "Claire"]].concat());
    once(FRIDAY);
    let first = plan(&scratch);
    assert_eq!(first[0]["state"], "planned");
    assert_eq!((of(&first, "ana").len(), of(&first, "bob").len()), (3, 3));
    assert!(scratch.files("index/letters").is_empty(), "nothing leaves before its time");

    // Dropped: its place stays empty, and nothing else moves.
    let gone = items(&first, "ana")[0].clone();
    change(&["drop", "ana", "1", "--why", "déjà dit"]).ok();
    let dropped = plan(&scratch);
    assert_eq!(items(&dropped, "ana"), items(&first, "ana")[1..]);
    assert_eq!(of(&dropped, "bob"), of(&first, "bob"));

    // Swapped for the next best one; the others keep their half-days.
    let swapped_out = items(&dropped, "bob")[1].clone();
    change(&["swap", "bob", "2"]).ok();
    let swapped = plan(&scratch);
    assert_eq!(of(&swapped, "bob").len(), 3);
    assert!(!items(&swapped, "bob").contains(&swapped_out));
    assert!(
        of(&first, "bob")
            .iter()
            .filter(|one| one["item"] != swapped_out.as_str())
            .all(|one| of(&swapped, "bob").contains(one))
    );

    // Pinned to a half-day of one's choice; a weekend is refused and changes nothing.
    change(&["pin", "bob", "1", "--slot", "2026-11-27/pm"]).ok();
    assert_eq!(change(&["pin", "bob", "1", "--slot", "2026-11-28/pm"]).code, 2);
    let pinned = plan(&scratch);
    assert!(of(&pinned, "bob").iter().any(|one| one["slot"] == "2026-11-27/pm" && one["by_hand"] == true));

    // What was dropped may be added again by hand: people win over the planner.
    change(&["add", "ana", &gone]).ok();
    assert!(items(&plan(&scratch), "ana").contains(&gone));
    // Forbidden, it is nobody's, even when everything is planned again.
    change(&["forbid", &gone]).ok();
    change(&["replan"]).ok();
    let replanned = plan(&scratch);
    assert!(["ana", "bob"].iter().all(|person| !items(&replanned, person).contains(&gone)));
    assert!(of(&replanned, "bob").iter().any(|one| one["slot"] == "2026-11-27/pm" && one["by_hand"] == true));
    let told = scratch.run(&["edition", "show"]).ok().out;
    assert!(told.contains("forbid") && told.contains("Claire") && told.contains("déjà dit"), "{told}");

    // An approval is for what was seen.
    change(&["approve"]).ok();
    assert_eq!(plan(&scratch)[0]["approved_by"], "Claire");
    change(&["allow", &gone]).ok();
    assert_eq!(plan(&scratch)[0]["approved_by"], Value::Null);
    change(&["approve"]).ok();
    let seen = plan(&scratch);
    once(MONDAY);
    let frozen = plan(&scratch);
    let places = |plan: &[Value]| -> Vec<[Value; 3]> {
        let all = ["ana", "bob"].iter().flat_map(|person| of(plan, person));
        all.map(|one| [one["item"].clone(), one["slot"].clone(), one["channel"].clone()]).collect()
    };
    assert_eq!(places(&frozen), places(&seen), "what was seen is what leaves");
    assert!(frozen.iter().all(|row| row["state"] == "sent"));
    assert_eq!(change(&["drop", "ana", "1"]).code, 2, "frozen is frozen");
    once("2026-11-23T08:00:00Z");
    assert_eq!(scratch.files("index/letters").iter().filter(|path| path.ends_with("ana.eml")).count(), 1);
}

#[test]
fn rules_win_over_people() {
    let site = Site::start();
    let scratch = programme(&site, VIGIE, "not_me = []\nabsences = [{ from = \"2026-11-24\", to = \"2026-11-24\" }]");
    scratch.run(&["edition", "plan", "--now", FRIDAY]).ok();
    let refused = |arguments: &[&str], part: &str| {
        let ran = scratch.run(&[&["edition"], arguments, &["--now", FRIDAY]].concat());
        assert_eq!(ran.code, 2, "{}", ran.out);
        assert!(ran.err.contains(part), "{}", ran.err);
    };
    let plan = plan(&scratch);
    let foreign = items(&plan, "bob")[0].clone();
    // They do not take part, it is not for them, nobody is there that day.
    scratch.run(&["person", "optout", "ana", "--by", "test", "--now", FRIDAY]).ok();
    refused(&["add", "ana", &foreign], "does not take part");
    refused(&["pin", "bob", "1", "--slot", "2026-11-24/am"], "half-day is not free");
    refused(&["pin", "bob", "1", "--channel", "mastodon"], "not opted into");
    refused(&["add", "bob", &items(&plan, "bob")[0], "--edition", "2026-W40"], "there is no edition");
    // Whoever left between plan and freezing gets nothing, and it is told.
    scratch.run(&["run", "--once", "--now", MONDAY]).ok();
    let shown = scratch.run(&["edition", "show", "2026-W48", "--json"]).ok().json();
    assert!(shown.iter().all(|row| row["ambassador"] != "ana"), "{shown:?}");
    let told = scratch.run(&["edition", "show", "2026-W48"]).ok().out;
    assert!(told.contains("lost") && told.contains("does not take part"), "{told}");
}

#[test]
fn freezing_takes_out_what_no_rule_allows_any_more_and_adds_nothing() {
    let site = Site::start();
    let scratch = programme(&site, VIGIE, "");
    scratch.run(&["person", "optout", "bob", "--by", "test", "--now", FRIDAY]).ok();
    scratch.run(&["edition", "plan", "--now", FRIDAY]).ok();
    let planned = of(&plan(&scratch), "ana");
    assert_eq!(planned.len(), 3);
    // Between the plan and the letters somebody says yes, and one title is no longer for anybody.
    scratch.run(&["person", "optin", "bob", "--by", "test", "--now", "2026-11-21T09:00:00Z"]).ok();
    let title = planned[0]["title"].as_str().expect("a title").to_owned();
    let word = title.split_whitespace().find(|word| word.chars().count() > 5 && word.is_ascii()).expect("a word");
    let exclusion = format!("\n[[exclusion]]\nlabel = \"Non\"\nterms = ['\"{word}\"']\nscope = \"never_suggest\"\n");
    scratch.config("line.toml", &(LINE.to_owned() + &exclusion));
    scratch.run(&["run", "--once", "--now", MONDAY]).ok();
    let rows = plan(&scratch);
    let frozen = of(&rows, "ana");
    assert!(frozen.len() < 3 && frozen.iter().all(|one| one["title"] != title.as_str()), "{frozen:?}");
    assert!(
        frozen.iter().all(|one| planned.iter().any(|seen| seen["item"] == one["item"])),
        "nobody saw it: {frozen:?}"
    );
    let bob = rows.iter().find(|row| row["ambassador"] == "bob").expect("a row for bob");
    assert_eq!(
        (bob["state"].as_str(), bob["reply"].as_str()),
        (Some("skipped"), Some("said yes after the plan was made"))
    );
    let told = scratch.run(&["edition", "show", "2026-W48"]).ok().out;
    assert!(told.contains("lost") && told.contains("excluded by"), "{told}");
}

#[test]
fn without_approval_an_edition_waits_the_lead_is_called_and_it_is_given_up_in_the_end() {
    let site = Site::start();
    let held = VIGIE.replace("[edition]", "[edition]\nunapproved = \"hold\"");
    let scratch = programme(&site, &held, "");
    let once = |now: &str| scratch.run(&["run", "--once", "--now", now]).ok();
    once(FRIDAY);
    once("2026-11-22T08:00:00Z");
    once("2026-11-22T09:00:00Z");
    once("2026-11-23T05:30:00Z");
    once("2026-11-23T06:35:00Z");
    once(MONDAY);
    let mails: Vec<String> = scratch
        .files("index/letters")
        .iter()
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .map(|path| path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    assert_eq!(mails, ["brief.eml", "day_before.eml", "hours_before.eml"], "the lead is told, nobody else");
    once("2026-11-26T09:00:00Z");
    let told = scratch.run(&["edition", "show", "2026-W48"]).ok().out;
    assert!(told.contains("nobody approved it"), "{told}");
    assert!(!scratch.files("index/letters").iter().any(|path| path.ends_with("ana.eml")));
    // What was never sent was never given.
    let ana = scratch.run(&["digest", "ana", "--json", "--now", "2026-11-26T09:00:00Z"]).ok().json();
    assert_eq!(ana[0]["suggestions"].as_array().expect("a list").len(), 3);
}

#[test]
fn letters_that_were_taken_back_were_not_given() {
    let site = Site::start();
    let scratch = programme(&site, VIGIE, "letter = \"tue 09:00\"");
    let once = |now: &str| scratch.run(&["run", "--once", "--now", now]).ok();
    once(FRIDAY);
    once(MONDAY);
    let rows = plan(&scratch);
    assert!(rows.iter().all(|row| row["state"] == "rendered"), "each leaves at this person's time: {rows:?}");
    assert_eq!(rows[0]["leaves"], "2026-11-24T08:00:00Z");
    assert!(of(&rows, "ana").iter().all(|one| one["slot"].as_str().expect("a slot") > "2026-11-25"));
    scratch.run(&["edition", "cancel", "ana", "--why", "erreur de cible", "--now", "2026-11-23T09:00:00Z"]).ok();
    once("2026-11-24T08:30:00Z");
    let rows = plan(&scratch);
    let states: Vec<&str> = rows.iter().map(|row| row["state"].as_str().expect("a state")).collect();
    assert_eq!(states, ["skipped", "sent"]);
    assert_eq!(rows[0]["reply"], "erreur de cible");
    let now = "2026-11-25T09:00:00Z";
    let next = |person: &str| -> Vec<String> {
        let letter = scratch.run(&["digest", person, "--json", "--now", now]).ok().json();
        letter[0]["suggestions"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["item"].as_str().expect("an item").to_owned())
            .collect()
    };
    assert!(next("ana").iter().any(|item| items(&rows, "ana").contains(item)), "she never had it");
    assert!(next("bob").iter().all(|item| !items(&rows, "bob").contains(item)));
}

#[test]
fn what_lasts_comes_back_after_half_a_year_from_another_side_unless_it_drew_nothing() {
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path().join("fonds")).expect("a folder");
    for (name, title) in [("un", "Isolation : le guide de l’atelier"), ("deux", "Pompe à chaleur : nos repères")] {
        let text = format!(
            "---\ntitle: {title}\ndate: 2026-11-10\nurl: https://www.example.org/{name}\nevergreen: true\n---\n\n\
             {title}. Un texte qui reste vrai.\n"
        );
        std::fs::write(scratch.path().join("fonds").join(format!("{name}.md")), text).expect("a file");
    }
    scratch.config(
        "sources.toml",
        "[[source]]\nid = \"fonds\"\nkind = \"library\"\npath = \"../fonds\"\nconfidentiality = \"shareable\"\n",
    );
    begin(&scratch, VIGIE, "");
    let asked = |now: &str| -> Vec<Value> {
        let letter = scratch.run(&["digest", "ana", "--json", "--now", now]).ok().json();
        letter[0]["suggestions"].as_array().expect("a list").clone()
    };
    let once = |now: &str| scratch.run(&["run", "--once", "--now", now]).ok();
    once(FRIDAY);
    let seen = asked(FRIDAY);
    once(MONDAY);
    let first = plan(&scratch);
    assert_eq!(of(&first, "ana").len(), 2, "both, however old they are: {first:?}");
    // A month later nothing comes back; half a year later one of them does, one a letter.
    assert!(asked("2026-12-28T12:00:00Z").is_empty());
    let later = "2027-06-01T12:00:00Z";
    assert_eq!(asked(later).len(), 1);
    // Posts on one were counted and drew nothing: it does not come back.
    let comes_back = asked(later)[0]["item"].as_str().expect("an item").to_owned();
    let share = ["share", "add", "bob", &comes_back, "--on", "2026-11-25", "--now", "2026-12-01T09:00:00Z"];
    scratch.run(&share).ok();
    scratch.run(&[&share[..], &["--reactions", "0", "--comments", "0"]].concat()).ok();
    let other = asked(later);
    assert_eq!(other.len(), 1);
    assert_ne!(other[0]["item"], comes_back.as_str());
    // From another side than the first time.
    let before = seen.iter().find(|one| one["item"] == other[0]["item"]).expect("the same content");
    assert_ne!(before["angle"], other[0]["angle"]);
    let why = scratch.run(&["explain", &comes_back, "ana", "--now", later]).ok().out;
    assert!(why.contains("drew no answer"), "{why}");
}

#[test]
fn a_calendar_taken_inside_takes_back_the_letters_that_tell_it() {
    let site = Site::start();
    let scratch = programme(&site, VIGIE, "letter = \"tue 09:00\"");
    let sources = std::fs::read_to_string(scratch.path().join("config/sources.toml")).expect("the sources");
    let calendar = |class: &str| {
        format!(
            "{sources}\n[[source]]\nid = \"agenda\"\nkind = \"calendar\"\npath = \"agenda.toml\"\nconfidentiality = \"{class}\"\n"
        )
    };
    scratch
        .config("sources.toml", &calendar("shareable"))
        .config("agenda.toml", "[[event]]\ntitle = \"Visite de l'usine & du labo\"\nstarts = \"2026-11-26\"\n");
    scratch.run(&["collect", "agenda", "--now", FRIDAY]).ok();
    for now in [FRIDAY, MONDAY] {
        scratch.run(&["run", "--once", "--now", now]).ok();
    }
    assert!(plan(&scratch).iter().all(|row| row["state"] == "rendered"));
    scratch.config("sources.toml", &calendar("internal"));
    scratch.run(&["run", "--once", "--now", "2026-11-24T08:30:00Z"]).ok();
    for row in plan(&scratch) {
        assert_eq!(row["state"], "skipped", "{row}");
        assert!(row["reply"].as_str().expect("a reason").contains("its calendar is internal now"), "{row}");
    }
}

#[test]
fn past_weeks_are_replayed_with_other_caps_and_nothing_is_kept() {
    let site = Site::start();
    let scratch = programme(&site, VIGIE, "");
    let replay = |more: &[&str]| {
        scratch.run(&[&["replay", "--weeks", "2", "--now", "2026-12-01T12:00:00Z", "--json"], more].concat()).ok()
    };
    let first = replay(&[]);
    assert_eq!(first.out, replay(&[]).out, "the same weeks, the same answers");
    let of = |rows: &[Value], week: &str, person: &str| -> Vec<Value> {
        let row = rows.iter().find(|row| row["edition"] == week && row["ambassador"] == person);
        row.and_then(|row| row["suggestions"].as_array()).cloned().expect("a row for each person and week")
    };
    let rows = first.json();
    let (one, two) = (of(&rows, "2026-W48", "ana"), of(&rows, "2026-W49", "ana"));
    assert_eq!(one.len(), 3);
    assert!(two.iter().all(|own| one.iter().all(|had| had["item"] != own["item"])), "nothing twice");
    // Another team and another cap.
    let other = scratch.path().join("other");
    std::fs::create_dir(&other).expect("a folder");
    for name in ["line.toml", "sources.toml", "vigie.toml", "ambassadors.toml"] {
        std::fs::copy(scratch.path().join("config").join(name), other.join(name)).expect("a copy");
    }
    let capped = VIGIE.replace("[edition]", "[edition]\nstory_cap = 1");
    std::fs::write(other.join("vigie.toml"), capped).expect("a file");
    let folder = other.to_str().expect("a path");
    let rows = replay(&["--with", folder, "--to", "letters"]).json();
    let (ana, bob) = (of(&rows, "2026-W48", "ana"), of(&rows, "2026-W48", "bob"));
    assert!(ana.iter().all(|own| bob.iter().all(|other| other["story"] != own["story"])), "one person a story");
    assert!(scratch.path().join("letters/2026-W48/ana.html").exists());
    assert!(scratch.run(&["edition", "show", "--json"]).out.is_empty(), "nothing is kept");
}

#[test]
fn what_is_put_off_comes_once_more() {
    let site = Site::start();
    let scratch = programme(&site, VIGIE, "");
    let once = |now: &str| scratch.run(&["run", "--once", "--now", now]).ok();
    once(FRIDAY);
    let item = items(&plan(&scratch), "ana")[0].clone();
    assert_eq!(scratch.run(&["person", "later", "ana", &item, "--now", FRIDAY]).code, 2, "she was not given it yet");
    once(MONDAY);
    let now = "2026-11-24T09:00:00Z";
    let has = |now: &str| -> bool {
        let letter = scratch.run(&["digest", "ana", "--json", "--now", now]).ok().json();
        letter[0]["suggestions"].as_array().expect("a list").iter().any(|one| one["item"] == item.as_str())
    };
    assert!(!has(now));
    scratch.run(&["person", "later", "ana", &item, "--now", now]).ok();
    assert!(has(now));
    once("2026-11-27T12:00:00Z");
    once("2026-11-30T08:00:00Z");
    scratch.run(&["person", "later", "ana", &item, "--now", "2026-12-01T09:00:00Z"]).ok();
    assert!(!has("2026-12-01T10:00:00Z"), "once, not for ever");
}

#[test]
fn people_follow_the_company_page_and_letters_tell_what_is_coming_and_whose_it_is() {
    let site = Site::start();
    let scratch =
        programme(&site, &VIGIE.replace("lead =", "charter_url = \"https://www.example.org/charte\"\nlead ="), "");
    let sources = std::fs::read_to_string(scratch.path().join("config/sources.toml")).expect("the sources");
    let calendar = "\n[[source]]\nid = \"agenda\"\nkind = \"calendar\"\npath = \"agenda.toml\"\nconfidentiality = \"shareable\"\n\
        [[source]]\nid = \"interne\"\nkind = \"calendar\"\npath = \"interne.toml\"\nconfidentiality = \"internal\"\n";
    scratch.config("sources.toml", &(sources + calendar));
    let event = |title: &str, starts: &str, link: &str| {
        format!("[[event]]\ntitle = \"{title}\"\nstarts = \"{starts}\"\nlink = \"{link}\"\n")
    };
    // The page tells every story on heat pumps, on Wednesday at ten.
    let pages: String = (4..8)
        .map(|number| {
            let link = format!("{}/{number}?utm_source=page", site.base);
            event(&format!("Sur notre page : la pompe {number}"), "2026-11-25T10:00:00+01:00", &link)
        })
        .collect();
    scratch
        .config("agenda.toml", &pages)
        .config("interne.toml", &event("Plan social", "2026-11-26", "https://intranet.example.org/"));
    scratch.run(&["collect", "agenda", "interne", "--now", FRIDAY]).ok();
    scratch
        .run(&["share", "add", "ana", "--link", "https://example.org/p/1", "--on", "2026-11-20", "--now", FRIDAY])
        .ok();
    scratch.run(&["edition", "plan", "--now", FRIDAY]).ok();
    let plan = plan(&scratch);
    let pumps: Vec<Value> = ["ana", "bob"]
        .iter()
        .flat_map(|person| of(&plan, person))
        .filter(|one| one["title"].as_str().expect("a title").contains("pompe"))
        .collect();
    assert!(!pumps.is_empty(), "{plan:?}");
    assert!(pumps.iter().all(|one| one["slot"].as_str().expect("a slot") >= "2026-11-26/pm"), "{pumps:?}");
    scratch.run(&["run", "--once", "--now", MONDAY]);
    let page = std::fs::read_to_string(scratch.data().join("letters/2026-W48/ana.html")).expect("her letter");
    let hers = of(&plan, "ana").iter().any(|one| pumps.contains(one));
    assert_eq!(page.contains("la page de l’entreprise, qui en parle d’abord"), hers, "the reason of the day");
    assert!(hers);
    assert!(page.contains("À venir chez nous") && page.contains("la pompe 4"), "{page}");
    assert!(!page.contains("Plan social"), "what is internal stays inside");
    assert!(page.contains("Pensez à répondre"), "her post of Friday");
    assert!(page.contains("https://www.example.org/charte"));
}
