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
