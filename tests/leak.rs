//! Nothing confidential ever leaves: items of every class are planted everywhere, with a word of their own each, and every
//! output that somebody outside the comms team may read is searched for those words.

mod common;

use std::path::Path;

use common::{Answer, Scratch, Site};
use proptest::prelude::*;

const NOW: &str = "2026-11-20T12:00:00Z";

/// How an item is kept from leaving, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// Its source is internal.
    Internal,
    /// Nobody classed its source.
    Unclassed,
    /// Ours, with a marker at its head or foot.
    MarkedAtHead,
    MarkedAtFoot,
    /// Ours, under an embargo that has not ended.
    Embargo,
    /// Of the press, with a marking of its own.
    PressMarked,
    /// Its address is inside the company, or holds a key.
    InsideAddress,
    KeyAddress,
    /// A mail with a header that says so.
    MailHeader,
    /// A document whose front matter says so.
    FrontMatter,
    /// An internal calendar.
    Calendar,
}

const GUARDS: [Guard; 11] = [
    Guard::Internal,
    Guard::Unclassed,
    Guard::MarkedAtHead,
    Guard::MarkedAtFoot,
    Guard::Embargo,
    Guard::PressMarked,
    Guard::InsideAddress,
    Guard::KeyAddress,
    Guard::MailHeader,
    Guard::FrontMatter,
    Guard::Calendar,
];

/// One planted item: its guard, whether it tells the very story of an open one, and whether it hits the line in its title.
#[derive(Debug, Clone)]
struct Planted {
    guard: Guard,
    same_story: bool,
    on_line: bool,
}

fn planted() -> impl Strategy<Value = Vec<Planted>> {
    let one = (0..GUARDS.len(), any::<bool>(), any::<bool>()).prop_map(|(at, same_story, on_line)| Planted {
        guard: GUARDS[at],
        same_story,
        on_line,
    });
    proptest::collection::vec(one, 4..12)
}

fn word(number: usize) -> String {
    format!("zq{number}kanari{number}")
}

fn rss_item(base: &str, slug: &str, title: &str, text: &str, link: Option<&str>, word: &str) -> String {
    let link = link.map_or_else(|| format!("{base}/{slug}"), str::to_owned);
    format!(
        "<item><title>{title}</title><link>{}</link><guid>{base}/{slug}</guid><author>a@example.org ({word})</author>\
         <category>{word}</category><pubDate>Fri, 20 Nov 2026 09:00:00 +0100</pubDate><description>{text}</description></item>",
        link.replace('&', "&amp;")
    )
}

/// Plants the items and gives the sources that hold them.
fn plant(scratch: &Scratch, site: &Site, items: &[Planted]) -> String {
    let documents = scratch.path().join("documents");
    let saved = scratch.path().join("saved");
    std::fs::create_dir_all(&documents).expect("a folder");
    std::fs::create_dir_all(&saved).expect("a folder");
    let base = &site.base;
    let open_title = "La pompe à chaleur du lycée Lumière chauffe douze salles depuis lundi";
    let open_text =
        "Le lycée Lumière a remplacé sa chaudière par une pompe à chaleur, et son isolation a été refaite en un été.";
    let mut feeds: [(&str, &str, String); 4] = [
        ("presse", "confidentiality = \"public\"", rss_item(base, "ouvert", open_title, open_text, None, "redaction")),
        ("nous", "confidentiality = \"shareable\"", String::new()),
        ("interne", "confidentiality = \"internal\"", String::new()),
        ("sans", "", String::new()),
    ];
    let mut calendar = String::new();
    for (number, item) in items.iter().enumerate() {
        let word = word(number);
        let title = match (item.same_story, item.on_line) {
            (true, _) => format!("{open_title} {word}"),
            (false, true) => format!("Isolation et pompe à chaleur : {word}"),
            (false, false) => format!("Réunion {word}"),
        };
        let text = if item.same_story {
            format!("{open_text} {word}")
        } else {
            format!("Une pompe à chaleur, l’isolation, {word}.")
        };
        let slug = format!("p{number}");
        let mut push = |feed: usize, title: &str, text: &str, link: Option<&str>| {
            feeds[feed].2.push_str(&rss_item(base, &slug, title, text, link, &word));
        };
        match item.guard {
            Guard::Internal => push(2, &title, &text, None),
            Guard::Unclassed => push(3, &title, &text, None),
            Guard::MarkedAtHead => push(1, &title, &format!("Diffusion restreinte. {text}"), None),
            Guard::MarkedAtFoot => push(1, &title, &format!("{text} Ne pas diffuser."), None),
            Guard::Embargo => push(1, &title, &format!("Sous embargo jusqu’au 21 novembre 2026 à 9 h. {text}"), None),
            Guard::PressMarked => push(0, &format!("CONFIDENTIEL : {title}"), &text, None),
            Guard::InsideAddress => push(0, &title, &text, Some(&format!("https://intranet.example.org/{word}"))),
            Guard::KeyAddress => {
                push(0, &title, &text, Some(&format!("https://docs.example.org/{word}?sig=abcdefgh1234")));
            }
            Guard::MailHeader => {
                let mail = format!(
                    "Message-ID: <{slug}@a.example>\r\nFrom: {word} <{word}@a.example>\r\nDate: Fri, 20 Nov 2026 08:00:00 +0100\r\nSensitivity: Company-Confidential\r\nSubject: =?utf-8?q?{}?=\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n\r\n{text}\r\n",
                    title
                        .replace(' ', "_")
                        .bytes()
                        .map(|b| if b.is_ascii_alphanumeric() || b == b'_' {
                            char::from(b).to_string()
                        } else {
                            format!("={b:02X}")
                        })
                        .collect::<String>()
                );
                std::fs::write(saved.join(format!("{slug}.eml")), mail).expect("a mail");
            }
            Guard::FrontMatter => {
                let document = format!(
                    "---\ntitle: \"{title}\"\nlink: {base}/{slug}\ndate: 2026-11-19\nconfidentiality: internal\nangles: [\"{word} ?\"]\n---\n\n{text}\n"
                );
                std::fs::write(documents.join(format!("{slug}.md")), document).expect("a document");
            }
            Guard::Calendar => calendar.push_str(&format!(
                "[[event]]\ntitle = \"{title}\"\nstarts = \"2026-11-24 09:00\"\nnotes = \"{word}\"\n"
            )),
        }
    }
    let mut sources = String::new();
    for (id, class, items) in feeds {
        let feed = format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>{id}</title><link>{base}</link>{items}</channel></rss>"
        );
        site.set(&format!("/{id}"), Answer::feed(feed));
        sources.push_str(&common::source(id, &format!("{base}/{id}"), &format!("{class}\nfull_text = \"never\"")));
    }
    sources.push_str("[[source]]\nid = \"bibliotheque\"\nkind = \"library\"\npath = \"../documents\"\nconfidentiality = \"shareable\"\n");
    sources.push_str(
        "[[source]]\nid = \"boite\"\nkind = \"maildir\"\npath = \"../saved\"\nconfidentiality = \"public\"\n",
    );
    if !calendar.is_empty() {
        std::fs::write(scratch.path().join("config/pages.toml.cal"), calendar).expect("a calendar");
        sources.push_str("[[source]]\nid = \"pages\"\nkind = \"calendar\"\npath = \"pages.toml.cal\"\nconfidentiality = \"internal\"\n");
    }
    sources
}

fn read_all(dir: &Path, into: &mut String) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            read_all(&path, into);
        } else if let Ok(bytes) = std::fs::read(&path) {
            // Letters are quoted-printable or base64: both are opened.
            let text = String::from_utf8_lossy(&bytes).into_owned();
            into.push_str(&text.replace("=\r\n", "").replace("=\n", ""));
            if let Some(message) = mail_parser::MessageParser::default().parse(&bytes) {
                for part in &message.parts {
                    into.push_str(part.text_contents().unwrap_or_default());
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn no_output_for_outsiders_holds_a_word_of_what_must_stay_inside(items in planted()) {
        let (scratch, site) = (Scratch::new(), Site::start());
        let sources = plant(&scratch, &site, &items);
        scratch.small(&sources);
        scratch.run(&["person", "optin", "elodie", "--now", NOW]).ok();
        let collected = scratch.run(&["collect", "--json", "--now", NOW]);
        let mut said = collected.err.clone();
        for arguments in [
            &["digest", "--json", "--now", NOW][..],
            &["digest", "elodie", "--now", NOW],
            &["digest", "elodie", "--html", "lettre.html", "--now", NOW],
            &["line", "show"],
            &["line", "show", "--html", "ligne.html"],
            &["ecosystem"],
            &["report", "--now", NOW],
            &["source", "export"],
            &["ambassadors"],
        ] {
            let ran = scratch.run(arguments);
            said.push_str(&ran.out);
            said.push_str(&ran.err);
        }
        // The page of the comms lead tells what stands in the company's own calendars, and nothing else of the inside.
        let brief = scratch.run(&["brief", "--now", NOW]).ok().out;
        for (number, item) in items.iter().enumerate().filter(|(_, item)| item.guard != Guard::Calendar) {
            prop_assert!(!brief.contains(&word(number)), "{item:?} is in the brief:\n{brief}");
        }
        let weekly = scratch.run(&["run", "--once", "--now", "2026-11-23T08:00:00Z"]);
        said.push_str(&weekly.out);
        said.push_str(&weekly.err);
        for file in ["lettre.html", "ligne.html"] {
            said.push_str(&std::fs::read_to_string(scratch.path().join(file)).unwrap_or_default());
        }
        read_all(&scratch.data().join("letters"), &mut said);
        scratch.run(&["edition", "calendars", "--to", "agendas", "--now", "2026-11-23T08:00:00Z"]);
        for file in scratch.files("agendas").iter().filter(|file| !file.to_string_lossy().contains("page-")) {
            let text = std::fs::read_to_string(scratch.path().join(file)).expect("a calendar");
            // Long lines are folded.
            said.push_str(&text.replace("\r\n ", ""));
        }
        for (number, item) in items.iter().enumerate() {
            prop_assert!(!said.contains(&word(number)), "{item:?} left:\n{}", said.lines().find(|line| line.contains(&word(number))).unwrap_or_default());
        }
        // The open telling did leave: the search above looked where things leave.
        prop_assert!(said.contains("lycée Lumière"), "{said}");
        // And the comms team finds everything.
        for (number, item) in items.iter().enumerate().filter(|(_, item)| item.guard != Guard::Calendar) {
            let found = scratch.run(&["search", &word(number), "--json"]);
            prop_assert!(!found.json().is_empty(), "{item:?} was lost");
        }
    }
}
