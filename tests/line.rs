//! The editorial line at work: pages for staff, actors, exclusions with their three scopes, objectives.

mod common;

use common::{Answer, Scratch, Site, rss, source};

const VIGIE: &str = "organisation = \"Essai SAS\"\n[collect]\npause_ms = 0\n";

const LINE: &str = r#"
[line]
promise = "Des retours de terrain."
tone = ["Concret avant tout."]
[[audience]]
id = "clients"
label = "Nos clients"
personas = ["Monique, présidente d'un conseil syndical"]
[[topic]]
id = "renovation"
label = "Rénovation énergétique"
about = "Ce qui fait baisser la consommation."
terms = ["isolation", "pompe à chaleur"]
audience = "clients"
[[topic]]
id = "metiers"
label = "Métiers"
terms = ["apprentissage"]
audience = "clients"
[[objective]]
id = "notoriete"
label = "Être reconnus"
priority = 1
topics = ["renovation"]
indicators = ["demandes d'audit"]
[[objective]]
id = "ecoles"
label = "Garder le lien avec les écoles"
actor = "ecoles"
priority = 3
[[actor]]
id = "clients"
label = "Clients"
priority = 1
objectives = ["notoriete"]
[[actor]]
id = "publics"
label = "Clients publics"
parent = "clients"
[[actor]]
id = "ecoles"
label = "Écoles"
keywords = ["école d'ingénieurs"]
[[exclusion]]
label = "horoscope"
terms = ["horoscope"]
scope = "never_index"
[[exclusion]]
label = "faits divers"
terms = ["cambriolage"]
scope = "never_suggest"
[[exclusion]]
label = "litiges"
terms = ["procès"]
scope = "caution"
why = "parlez-en d'abord à la communication"
"#;

const PEOPLE: &str = r#"
[[role]]
id = "rh"
label = "Ressources humaines"
topics = ["metiers"]
[[ambassador]]
id = "elodie"
name = "Élodie Martin"
email = "elodie@example.org"
slots = 5
expertise = [{ topic = "renovation", strength = "expert" }]
[[ambassador]]
id = "claire"
name = "Claire Le Goff"
email = "claire@example.org"
role = "rh"
"#;

fn programme(site: &Site) -> Scratch {
    let items = [
        ("stars", "L’isolation selon votre horoscope", "Texte."),
        ("vol", "Isolation : un cambriolage sur un chantier", "Texte."),
        ("proces", "Isolation mal posée : le procès s’ouvre", "Texte."),
        ("bon", "L’isolation des combles, pas à pas", "Texte."),
        ("ecole", "L’apprentissage séduit une école d’ingénieurs", "Texte."),
        ("seul", "L’apprentissage progresse encore", "Texte."),
    ];
    site.set("/feed", Answer::feed(rss(&site.base, &items)));
    let scratch = Scratch::new();
    scratch.config("vigie.toml", VIGIE).config("line.toml", LINE).config("ambassadors.toml", PEOPLE);
    let more = "name = \"La Revue\"\nconfidentiality = \"public\"\nfull_text = \"never\"\nactor = \"publics\"";
    scratch.config("sources.toml", &source("revue", &format!("{}/feed", site.base), more));
    scratch.run(&["collect", "--now", "2026-11-20T20:00:00Z"]).ok();
    for person in ["elodie", "claire"] {
        scratch.run(&["person", "optin", person, "--by", "test", "--now", "2026-11-20T09:00:00Z"]).ok();
    }
    scratch
}

fn suggestions(scratch: &Scratch, person: &str) -> Vec<serde_json::Value> {
    let ran = scratch.run(&["digest", person, "--now", "2026-11-23T09:00:00Z", "--json"]).ok();
    ran.json()[0]["suggestions"].as_array().expect("suggestions").clone()
}

#[test]
fn the_line_and_its_actors_are_pages_that_people_read() {
    let site = Site::start();
    let scratch = programme(&site);
    insta::assert_snapshot!("line_show", scratch.run(&["line", "show", "--now", "2026-11-23T09:00:00Z"]).ok().out);
    for format in ["text", "mermaid", "opml"] {
        let tree = scratch.run(&["ecosystem", "--format", format]).ok().out;
        insta::assert_snapshot!(format!("ecosystem_{format}"), tree);
    }
    scratch.run(&["line", "show", "--html", "line.html"]).ok();
    let page = std::fs::read_to_string(scratch.path().join("line.html")).expect("a page");
    for part in
        ["<html lang=\"fr\"", "Essai SAS", "Être reconnus", "jamais proposé", "Élodie Martin", "héritée de Clients"]
    {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn exclusions_keep_their_three_scopes_and_explain_says_so() {
    let site = Site::start();
    let scratch = programme(&site);
    let titles: Vec<String> =
        suggestions(&scratch, "elodie").iter().map(|one| one["title"].as_str().expect("a title").to_owned()).collect();
    assert!(titles.iter().any(|title| title.contains("pas à pas")), "{titles:?}");
    assert!(!titles.iter().any(|title| title.contains("horoscope") || title.contains("cambriolage")), "{titles:?}");
    let explain = |slug: &str| {
        let address = format!("{}/{slug}", site.base);
        scratch.run(&["explain", &address, "--now", "2026-11-23T09:00:00Z"]).ok().out
    };
    assert!(explain("stars").contains("left out: excluded by “horoscope”"), "{}", explain("stars"));
    assert!(explain("vol").contains("excluded by “faits divers”: cambriolage"), "{}", explain("vol"));
    assert!(explain("proces").contains("“litiges” (caution): procès"), "{}", explain("proces"));
    let letter = scratch.run(&["digest", "elodie", "--now", "2026-11-23T09:00:00Z"]).ok().out;
    assert!(letter.contains("Sujet sensible (litiges)"), "{letter}");
    assert_eq!(scratch.run(&["search", "horoscope", "--json"]).code, 1, "never indexed");
    assert_eq!(scratch.run(&["search", "cambriolage", "--json"]).ok().json().len(), 1, "indexed all the same");
}

#[test]
fn every_suggestion_serves_an_objective_or_says_veille_metier() {
    let site = Site::start();
    let scratch = programme(&site);
    let objective = |person: &str, part: &str| {
        let all = suggestions(&scratch, person);
        let one = all.iter().find(|one| one["title"].as_str().is_some_and(|title| title.contains(part)));
        one.unwrap_or_else(|| panic!("{part} in {all:?}"))["objective"].as_str().expect("an objective").to_owned()
    };
    assert_eq!(objective("elodie", "pas à pas"), "notoriete");
    assert_eq!(objective("claire", "école"), "ecoles", "by the keyword of the actor, and by the topic of her role");
    assert_eq!(objective("claire", "progresse"), "veille métier");
}

#[test]
fn the_report_is_laid_out_by_objective() {
    let site = Site::start();
    let scratch = programme(&site);
    scratch.run(&["run", "--once", "--now", "2026-11-20T21:00:00Z"]).ok();
    scratch.run(&["run", "--once", "--now", "2026-11-23T09:00:00Z"]).ok();
    let link = format!("{}/bon", site.base);
    scratch.run(&["share", "add", "elodie", &link, "--on", "2026-11-24", "--now", "2026-11-25T09:00:00Z"]).ok();
    let report = scratch.run(&["report", "--now", "2026-11-30T09:00:00Z", "--json"]).ok().json();
    let first = &report[0];
    assert_eq!((first["objective"].as_str(), first["shared"].as_u64()), (Some("notoriete"), Some(1)), "{first}");
    assert_eq!(first["indicators"][0], "demandes d'audit");
    assert!(first["suggested"].as_u64().is_some_and(|number| number > 0));
    let text = scratch.run(&["report", "--now", "2026-11-30T09:00:00Z"]).ok().out;
    assert!(!text.contains("Élodie") && !text.contains("elodie"), "nobody is named: {text}");
}

#[test]
fn private_life_networks_are_never_proposed_unless_listed() {
    let site = Site::start();
    let scratch = programme(&site);
    for person in ["elodie", "claire"] {
        for suggestion in suggestions(&scratch, person) {
            assert_eq!(suggestion["channel"], "linkedin");
        }
    }
}

#[test]
fn of_several_tellings_the_one_that_all_can_read_is_proposed() {
    let site = Site::start();
    let scratch = Scratch::new();
    // The first to tell, and the most trusted, keeps its article for subscribers; a wire copy is open.
    let title = "La pompe à chaleur du lycée Pergaud tient ses promesses";
    let text = "Un an après les travaux du lycée Pergaud de Besançon, la pompe à chaleur de 180 kilowatts a divisé par trois \
                la facture de chauffage, annonce la région, qui étendra le chantier à douze autres établissements.";
    site.set("/closed", Answer::feed(rss(&site.base, &[("ferme", title, text)])));
    site.set("/open", Answer::feed(rss(&site.base, &[("ouvert", title, text)]).replace("20 Nov", "21 Nov")));
    let html = |body: String| Answer::Plain(200, vec![("content-type", "text/html".into())], body.into_bytes());
    let wall = "<p>Article réservé aux abonnés. Déjà abonné ? Connectez-vous.</p>";
    site.set("/ferme", html(format!("<!doctype html><html lang='fr'><body><h1>{title}</h1>{wall}</body></html>")));
    let whole = format!("<p>{text}</p>").repeat(3);
    site.set(
        "/ouvert",
        html(format!("<!doctype html><html lang='fr'><body><article><h1>{title}</h1>{whole}</article></body></html>")),
    );
    let sources = format!(
        "{}{}",
        source("closed", &format!("{}/closed", site.base), "confidentiality = \"public\"\ntrust = 2.0"),
        source("open", &format!("{}/open", site.base), "confidentiality = \"public\"\ntrust = 0.5")
    );
    scratch.small(&sources);
    scratch.run(&["collect", "--now", "2026-11-22T08:00:00Z"]).ok();
    scratch.run(&["person", "optin", "elodie"]).ok();
    let digest = scratch.run(&["digest", "elodie", "--json", "--now", "2026-11-22T09:00:00Z"]).ok().json();
    let suggestions = digest[0]["suggestions"].as_array().expect("suggestions");
    assert_eq!(suggestions.len(), 1, "one story: {digest:?}");
    assert_eq!(suggestions[0]["link"], format!("{}/ouvert", site.base));
}
