//! Letters as their readers see them: the text word for word, the page in a real browser.

mod common;

use std::path::Path;
use std::process::{Command, Stdio};

use common::{Scratch, program, required};

const NOW: &str = "2026-11-23T09:00:00Z";

fn demo() -> Scratch {
    let scratch = Scratch::new();
    scratch.run(&["demo", "--now", NOW, "--lang", "en", "--port", "0"]).ok();
    scratch
}

/// A letter's HTML for somebody of the demonstration.
fn html(scratch: &Scratch, person: &str) -> String {
    let path = scratch.path().join(format!("index/demo/letters/2026-W48/{person}.html"));
    std::fs::read_to_string(path).expect("a letter")
}

#[test]
fn a_letter_is_light_whole_and_free_of_anything_remote() {
    let scratch = demo();
    for person in ["elodie", "karim", "claire", "thomas", "sophie", "james", "ines", "paul"] {
        let page = html(&scratch, person);
        assert!(page.len() < 60_000, "{person}: {} bytes", page.len());
        let visible = page.split("<style>").next().unwrap_or_default().to_owned()
            + page.rsplit("</style>").next().unwrap_or_default();
        for never in [
            "<img",
            "<script",
            "<iframe",
            "<form",
            "http-equiv=\"refresh\"",
            "url(",
            "@import",
            "{{",
            "{%",
            "class=\"undefined\"",
        ] {
            assert!(!visible.contains(never), "{never} in the letter of {person}");
        }
        assert_eq!(page.matches("<h1").count(), 1);
        assert_eq!(page.matches("<h2").count(), page.matches("class=\"num\"").count().max(page.matches("<h2").count()));
        let language = if person == "james" { "en" } else { "fr" };
        assert!(page.contains(&format!("<html lang=\"{language}\"")), "{person}");
    }
}

#[test]
fn french_letters_are_set_in_french() {
    let scratch = demo();
    let shown =
        scratch.run(&["--config", "index/demo/config", "digest", "elodie", "--now", "2026-11-23T08:59:00Z"]).ok();
    for wrong in [" ?", " !", " ;", " :", "« ", " »", "'", "..."] {
        let lines: Vec<&str> =
            shown.out.lines().filter(|line| !line.contains("://") && !line.starts_with("──")).collect();
        let found: Vec<&&str> = lines.iter().filter(|line| line.contains(wrong)).collect();
        assert!(found.is_empty(), "“{wrong}” in {found:?}");
    }
}

#[test]
fn the_text_of_a_letter_is_as_we_left_it() {
    let scratch = Scratch::new();
    scratch.config("vigie.toml", "organisation = \"Essai SAS\"\n");
    scratch.config("line.toml", common::LINE).config("sources.toml", "");
    let person = format!("{}actions_per_month = 4\nchannels = [\"linkedin\"]\n", common::PEOPLE);
    let english = person
        .replace("\"elodie\"", "\"james\"")
        .replace("Élodie Martin", "James Whitfield")
        .replace("elodie@", "james@");
    scratch.config("ambassadors.toml", &format!("{person}{english}language = \"en\"\n"));
    let site = common::Site::start();
    let french = [("un", "Isolation : 212 logements rénovés à Lyon ?", "Un texte court sur l’isolation.")];
    let other =
        [("two", "A heat pump for every school", "The plan for schools is on its way, and this is what it says.")];
    site.set("/fr", common::Answer::feed(common::rss("http://revue.localhost:1", &french)));
    site.set("/en", common::Answer::feed(common::rss("http://review.localhost:1", &other)));
    let sources = [
        common::source(
            "revue",
            &format!("{}/fr", site.base),
            "name = \"La Revue\"\nconfidentiality = \"public\"\nfull_text = \"never\"\nlanguage = \"fr\"",
        ),
        common::source(
            "review",
            &format!("{}/en", site.base),
            "name = \"The Review\"\nconfidentiality = \"public\"\nfull_text = \"never\"\nlanguage = \"en\"",
        ),
    ];
    scratch.config("sources.toml", &sources.concat());
    scratch.run(&["collect", "--now", "2026-11-20T12:00:00Z"]).ok();
    let shown = scratch.run(&["digest", "elodie", "james", "--now", NOW]).ok();
    insta::assert_snapshot!(shown.out);
}

/// What the browser says of a page shown in a frame of this width: the width of its content, and its text's least size.
fn measured(page: &Path, width: u32, dir: &Path) -> Option<(u32, u32)> {
    let chromium = program(&["chromium", "chromium-browser", "google-chrome"])?;
    let inside = std::fs::read_to_string(page).expect("a page");
    let inside = inside.replace('&', "&amp;").replace('"', "&quot;");
    // Chromium's window is never narrower than 500 px: the letter is put in a frame as narrow as a phone.
    let wrapper = format!(
        "<!doctype html><body><iframe id=f style=\"width:{width}px;height:600px;border:0\" srcdoc=\"{inside}\"></iframe><p id=m></p><script>\
         document.getElementById('f').onload = e => {{ const d = e.target.contentDocument; \
         const texts = [...d.querySelectorAll('p,td,a,h1,h2,strong')].filter(n => n.innerText && n.innerText.trim() && n.offsetHeight > 4); \
         const least = Math.min(...texts.map(n => parseFloat(getComputedStyle(n).fontSize))); \
         document.getElementById('m').textContent = 'measured ' + d.documentElement.scrollWidth + ' ' + Math.floor(least); }}</script></body>"
    );
    let path = dir.join("wrapper.html");
    std::fs::write(&path, wrapper).expect("a page");
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
        ])
        .args(["--disable-component-update", "--disable-sync", "--virtual-time-budget=4000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", dir.join("profile").display()))
        .arg(format!("file://{}", path.display()))
        .stderr(Stdio::null())
        .output()
        .expect("chromium");
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = dom.split("measured ").nth(1)?.split('<').next()?.to_owned();
    let mut numbers = told.split(' ').filter_map(|number| number.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

#[test]
fn a_letter_fits_a_phone_and_is_large_enough_to_read() {
    if !required("Chromium", program(&["chromium", "chromium-browser", "google-chrome"]).is_some()) {
        return;
    }
    let scratch = demo();
    for person in ["elodie", "james"] {
        let page = scratch.path().join(format!("index/demo/letters/2026-W48/{person}.html"));
        for width in [400, 320] {
            let (content, least) = measured(&page, width, scratch.path()).expect("a measure");
            assert!(content <= width, "{person} at {width} px is {content} px wide");
            assert!(least >= 14, "{person}: text of {least} px");
        }
    }
}

#[test]
fn the_monday_page_is_one_sheet_and_soon_read() {
    let scratch = demo();
    let config = "index/demo/config";
    let text = scratch.run(&["--config", config, "brief", "--now", NOW]).ok().out;
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count();
    assert!((100..=450).contains(&words), "{words} words:\n{text}");
    for part in ["1. ", "2. ", "3. ", "4. ", "5. ", "Élodie Martin"] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
    let machine = scratch.run(&["--config", config, "brief", "--json", "--now", NOW]).ok().json();
    let rows = machine[0]["split"]["rows"].as_array().expect("rows");
    let mut people: Vec<&str> = rows.iter().filter_map(|row| row["who"].as_str()).collect();
    people.sort_unstable();
    people.dedup();
    assert!(people.len() >= 7, "one of each person before the second of anybody: {people:?}");
    if !required("Chromium", program(&["chromium", "chromium-browser", "google-chrome"]).is_some()) {
        return;
    }
    scratch.run(&["--config", config, "brief", "--html", "brief.html", "--now", NOW]).ok();
    let chromium = program(&["chromium", "chromium-browser", "google-chrome"]).expect("it is there");
    let sheet = scratch.path().join("brief.pdf");
    let done = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-pdf-header-footer"])
        .arg(format!("--user-data-dir={}", scratch.path().join("profile").display()))
        .arg(format!("--print-to-pdf={}", sheet.display()))
        .arg(format!("file://{}", scratch.path().join("brief.html").display()))
        .stderr(Stdio::null())
        .status()
        .expect("chromium");
    assert!(done.success());
    let pdf = std::fs::read(&sheet).expect("a PDF");
    let text = String::from_utf8_lossy(&pdf);
    let pages = text.matches("/Type /Page\n").count() + text.matches("/Type /Page ").count();
    assert_eq!(pages, 1, "it is printed on one sheet");
}

#[test]
fn calendars_of_the_week_read_back_and_keep_their_identities() {
    let scratch = demo();
    let write = |folder: &str, now: &str| {
        let arguments = ["--config", "index/demo/config", "edition", "calendars", "--to", folder, "--now", now];
        scratch.run(&arguments).ok()
    };
    write("un", NOW);
    write("deux", "2026-11-24T08:00:00Z");
    let read = |folder: &str| {
        let bytes = std::fs::read(scratch.path().join(folder).join("elodie-linkedin.ics")).expect("a calendar");
        assert!(String::from_utf8_lossy(&bytes).lines().all(|line| line.len() <= 75), "lines are folded");
        let zone = jiff::tz::TimeZone::get("Europe/Paris").expect("a zone");
        let now: jiff::Timestamp = NOW.parse().expect("an instant");
        vigie::collect::calendar::read("s", &bytes, &zone, now).expect("it reads back")
    };
    let (one, two) = (read("un"), read("deux"));
    let identities = |calendar: &vigie::collect::calendar::ReadCalendar| {
        let mut own: Vec<String> = calendar.entries.iter().map(|entry| entry.uid.clone()).collect();
        own.sort();
        own
    };
    assert_eq!(one.entries.len(), 3, "{one:?}");
    assert_eq!(identities(&one), identities(&two), "a file taken in again moves events instead of doubling them");
    let csv = std::fs::read_to_string(scratch.path().join("un/elodie-linkedin.csv")).expect("a table");
    assert!(csv.lines().count() >= 4 && csv.starts_with("date,time,title"), "{csv}");
}
