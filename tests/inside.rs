//! What the company itself writes: documents, its library, its calendar, its closed pages; and what may leave of it.

mod common;

use std::io::Write;
use std::path::Path;

use common::{Answer, Ran, Scratch, Site};
use serde_json::Value;

const NOW: &str = "2026-11-20T12:00:00Z";
const LATER: &str = "2026-11-20T18:00:00Z";

fn write(dir: &Path, name: &str, text: impl AsRef<[u8]>) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

fn folder(scratch: &Scratch, kind: &str, class: &str) -> std::path::PathBuf {
    let path = scratch.path().join("documents");
    std::fs::create_dir_all(&path).expect("a folder");
    scratch.small(&format!(
        "[[source]]\nid = \"maison\"\nkind = \"{kind}\"\npath = \"../documents\"\nconfidentiality = \"{class}\"\n"
    ));
    path
}

fn docx(text: &str) -> Vec<u8> {
    docx_with(text, &[])
}

/// The same with other parts: properties, headers.
fn docx_with(text: &str, beside: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let parts = [
        ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>".to_owned()),
        ("_rels/.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>".to_owned()),
        ("word/document.xml", format!("<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>")),
    ];
    let beside = beside.iter().map(|(name, part)| (*name, (*part).to_owned()));
    for (name, part) in parts.into_iter().chain(beside) {
        archive.start_file(name, stored).expect("a part");
        archive.write_all(part.as_bytes()).expect("a part");
    }
    archive.finish().expect("an archive").into_inner()
}

fn pdf(text: &str) -> Vec<u8> {
    let content = format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut offsets = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", number + 1).bytes());
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    file.extend(format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1).bytes());
    file
}

fn collect(scratch: &Scratch, now: &str) -> Value {
    scratch.run(&["collect", "--json", "--now", now]).json().into_iter().next().expect("a report")
}

fn found(scratch: &Scratch, query: &str) -> Vec<Value> {
    scratch.run(&["search", query, "--json", "--limit", "100"]).json()
}

#[test]
fn a_folder_of_documents_is_read_whatever_they_are() {
    let scratch = Scratch::new();
    let path = folder(&scratch, "folder", "internal");
    write(
        &path,
        "notes/chaufferie.md",
        "---\ntitle: La chaufferie bois\ndate: 2026-11-03\n---\n\nElle **chauffe** douze salles.",
    );
    write(
        &path,
        "page.html",
        "<html lang=fr><title>Le dossier de presse</title><body><article><h1>Le dossier de presse</h1><p>La régie présente ses travaux de l’année et remercie ses partenaires.</p></article></body></html>",
    );
    write(&path, "note.txt", "Note aux équipes\n\nLe chantier du lycée ouvre lundi.");
    write(&path, "plan.docx", docx("Le plan de communication prévoit trois temps forts."));
    write(&path, "rapport.pdf", pdf("Le rapport annuel compte quarante chantiers termines."));
    write(
        &path,
        "mail.eml",
        "Message-ID: <1@a.example>\r\nFrom: a@a.example\r\nDate: Fri, 20 Nov 2026 08:00:00 +0100\r\nSubject: Point du vendredi\r\n\r\nTout avance comme il faut sur le chantier du stade.\r\n",
    );
    write(&path, "image.png", "x");
    write(&path, ".cache/secret.md", "caché");
    let report = collect(&scratch, NOW);
    assert_eq!(report["new"], 6, "{report}");
    for (query, title) in [
        ("chauffe", "La chaufferie bois"),
        ("partenaires", "Le dossier de presse"),
        ("lycée", "Note aux équipes"),
        ("vendredi", "Point du vendredi"),
    ] {
        assert_eq!(found(&scratch, query)[0]["title"], title, "{query}");
    }
    assert_eq!(found(&scratch, "temps forts").len(), 1, "the DOCX");
    assert_eq!(found(&scratch, "quarante chantiers").len(), 1, "the PDF");
    // Nothing changed: nothing is opened again. One that changes is the same item, edited.
    assert_eq!(collect(&scratch, LATER)["outcome"], "unchanged");
    write(&path, "note.txt", "Note aux équipes\n\nLe chantier du lycée ouvre mardi, finalement.");
    let report = collect(&scratch, "2026-11-21T12:00:00Z");
    assert_eq!((&report["new"], &report["revised"]), (&Value::from(0), &Value::from(1)), "{report}");
    assert_eq!(found(&scratch, "finalement").len(), 1);
}

#[test]
fn a_bad_file_costs_itself_and_is_named() {
    let scratch = Scratch::new();
    let path = folder(&scratch, "folder", "internal");
    write(
        &path,
        "bombe.pdf",
        format!("%PDF-1.4\n1 0 obj\n{}\nendobj\ntrailer << /Root 1 0 R >>\n", "[".repeat(200_000)),
    );
    write(&path, "vieux.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest");
    write(&path, "vide.md", "  ");
    write(&path, "bon.md", "# Un bon document\n\nLe texte est là.");
    let report = collect(&scratch, NOW);
    assert_eq!(report["new"], 1, "{report}");
    let listed = scratch.run(&["source", "list", "--json", "--now", NOW]).json();
    let alarm = listed[0]["alarm"].as_str().unwrap_or_default();
    for name in ["bombe.pdf", "vieux.docx", "vide.md"] {
        assert!(alarm.contains(name), "{name}: {alarm}");
    }
    std::fs::remove_dir_all(&path).expect("it goes");
    let ran = scratch.run(&["collect", "--now", LATER]);
    assert!(ran.code == 1 && (ran.out.clone() + &ran.err).contains("cannot be read"), "{}{}", ran.out, ran.err);
}

#[test]
fn the_library_says_how_its_contents_may_be_shared_and_what_is_gone_is_held() {
    let scratch = Scratch::new();
    let path = folder(&scratch, "library", "shareable");
    write(
        &path,
        "pompe.md",
        "---\ntitle: Notre guide de la pompe à chaleur\nlink: https://example.org/guide\ndate: 2026-11-10\nevergreen: true\nangles:\n  linkedin: Qu’avez-vous appris de la vôtre ?\n---\n\nUne pompe à chaleur demande une bonne isolation.",
    );
    write(
        &path,
        "salon.md",
        "---\ntitle: Le salon de l’isolation\nlink: https://example.org/salon\ndate: 2026-11-12\nexpires: 2026-11-19\n---\n\nL’isolation et la pompe à chaleur au salon.",
    );
    assert_eq!(collect(&scratch, NOW)["new"], 2);
    let library = scratch.run(&["library", "--json", "--now", NOW]).ok().json();
    assert_eq!(library.len(), 2, "{library:?}");
    let guide = library.iter().find(|entry| entry["evergreen"] == true).expect("the guide");
    assert_eq!(guide["angles"][0]["channel"], "linkedin");
    assert!(library.iter().any(|entry| entry["expired"] == true));
    scratch.run(&["person", "optin", "elodie", "--now", NOW]).ok();
    let suggested = |now: &str| -> Vec<String> {
        let drafts = scratch.run(&["digest", "--json", "--now", now]).json();
        drafts
            .iter()
            .flat_map(|draft| draft["suggestions"].as_array().cloned().unwrap_or_default())
            .map(|suggestion| suggestion["title"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(suggested(NOW), ["Notre guide de la pompe à chaleur"], "what expired is not suggested");
    std::fs::remove_file(path.join("pompe.md")).expect("it goes");
    collect(&scratch, LATER);
    assert!(suggested(LATER).is_empty(), "what was taken out of the library is suggested no more");
    let held = scratch.run(&["quarantine", "list", "--json", "--now", LATER]).ok().json();
    assert!(held[0]["why"].as_str().is_some_and(|why| why.contains("gone")), "{held:?}");
}

#[test]
fn a_calendar_is_kept_as_it_stands_and_a_broken_one_leaves_the_last_good() {
    let site = Site::start();
    let ics = |events: &str| format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n");
    let event = |uid: &str, day: &str, title: &str| {
        format!(
            "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART;TZID=Europe/Paris:{day}T090000\r\nSUMMARY:{title}\r\nEND:VEVENT\r\n"
        )
    };
    let serve = |text: String| Answer::Plain(200, vec![("content-type", "text/calendar".into())], text.into_bytes());
    site.set(
        "/pages.ics",
        serve(ics(&(event("1", "20261124", "Le salon") + &event("2", "20261126", "Portes ouvertes")))),
    );
    let scratch = Scratch::new();
    scratch.small(&format!("[[source]]\nid = \"pages\"\nkind = \"calendar\"\nurl = \"{}/pages.ics\"\nallow_private = true\nconfidentiality = \"internal\"\n", site.base));
    collect(&scratch, NOW);
    let dates = |now: &str| -> Vec<(String, String)> {
        let entries = scratch.run(&["calendar", "--json", "--now", now]).json();
        entries
            .iter()
            .map(|entry| {
                (
                    entry["title"].as_str().unwrap_or_default().to_owned(),
                    entry["starts"].as_str().unwrap_or_default().to_owned(),
                )
            })
            .collect()
    };
    let at = |title: &str, at: &str| (title.to_owned(), at.to_owned());
    assert_eq!(dates(NOW), [at("Le salon", "2026-11-24T08:00:00Z"), at("Portes ouvertes", "2026-11-26T08:00:00Z")]);
    // An event that moved is there once; one that is gone is gone.
    site.set("/pages.ics", serve(ics(&event("1", "20261125", "Le salon"))));
    collect(&scratch, LATER);
    assert_eq!(dates(LATER), [at("Le salon", "2026-11-25T08:00:00Z")]);
    site.set("/pages.ics", serve("<html>Erreur</html>".into()));
    let next = "2026-11-21T18:00:00Z";
    let report = collect(&scratch, next);
    assert!(report.to_string().contains("no calendar"), "{report}");
    assert_eq!(dates(next), [at("Le salon", "2026-11-25T08:00:00Z")], "the last good one stays");
    let bomb =
        "BEGIN:VEVENT\r\nUID:b\r\nDTSTART:20261124T090000Z\r\nRRULE:FREQ=SECONDLY\r\nSUMMARY:Bombe\r\nEND:VEVENT\r\n";
    site.set("/pages.ics", serve(ics(&(event("1", "20261125", "Le salon") + bomb))));
    let next = "2026-11-22T18:00:00Z";
    collect(&scratch, next);
    assert_eq!(dates(next).len(), 2);
    let listed = scratch.run(&["source", "list", "--json", "--now", next]).json();
    assert!(listed[0]["alarm"].as_str().is_some_and(|alarm| alarm.contains("too often")), "{listed:?}");
}

#[test]
fn a_closed_page_is_entered_with_a_secret_that_nobody_else_hears() {
    let (site, other) = (Site::start(), Site::start());
    site.set("/feed", Answer::feed(common::rss(&site.base, &[("un", "Une pompe à chaleur au siège", "Un texte.")])));
    site.set("/moved", Answer::Plain(302, vec![("location", format!("{}/feed", other.base))], vec![]));
    other.set("/feed", Answer::feed(common::rss(&other.base, &[("deux", "Ailleurs", "Un texte.")])));
    let scratch = Scratch::new();
    let closed = |id: &str, path: &str| {
        format!(
            "[[source]]\nid = \"{id}\"\nurl = \"{}{path}\"\nallow_private = true\nfull_text = \"never\"\nuser = \"vigie\"\npassword_env = \"SECRET\"\n",
            site.base
        )
    };
    scratch.small(&(closed("intranet", "/feed") + &closed("parti", "/moved")));
    let ran = Ran::of(
        scratch.vigie().args(["collect", "--now", NOW]).env("SECRET", "mot-de-passe").output().expect("it runs"),
    );
    assert!(!(ran.out.clone() + &ran.err).contains("mot-de-passe"), "{}{}", ran.out, ran.err);
    let shown = |site: &Site| site.seen().iter().filter(|seen| seen.headers.contains_key("authorization")).count();
    assert_eq!((shown(&site), shown(&other)), (2, 0), "the secret followed a redirect");
    let refused = Scratch::new();
    refused.small(&(closed("intranet", "/feed") + "confidentiality = \"public\"\n"));
    let check = refused.run(&["check"]);
    assert!(
        check.code == 2 && (check.out.clone() + &check.err).contains("what needs credentials is not public"),
        "{}{}",
        check.out,
        check.err
    );
    let bare = Scratch::new();
    bare.small(&(closed("intranet", "/feed").replace("password_env = \"SECRET\"", "password = \"ouvert\"")));
    let check = bare.run(&["check"]);
    assert!(
        check.code == 2 && (check.out.clone() + &check.err).contains("password_file"),
        "{}{}",
        check.out,
        check.err
    );
}

#[test]
fn what_is_held_back_is_listed_released_by_somebody_and_held_again_once_it_changes() {
    let site = Site::start();
    let feed = |text: &str| Answer::feed(common::rss(&site.base, &[("un", "Une pompe à chaleur au lycée", text)]));
    site.set("/feed", feed("DIFFUSION RESTREINTE. Le lycée passe à la pompe à chaleur."));
    let scratch = Scratch::new();
    scratch.small(&common::source(
        "nous",
        &format!("{}/feed", site.base),
        "confidentiality = \"shareable\"\nfull_text = \"never\"",
    ));
    scratch.run(&["person", "optin", "elodie", "--now", NOW]);
    collect(&scratch, NOW);
    let suggestions = |now: &str| -> usize {
        let drafts = scratch.run(&["digest", "elodie", "--json", "--now", now]).json();
        drafts.iter().map(|draft| draft["suggestions"].as_array().map_or(0, Vec::len)).sum()
    };
    let held = |now: &str| scratch.run(&["quarantine", "list", "--json", "--now", now]).json();
    assert_eq!((suggestions(NOW), held(NOW).len()), (0, 1));
    let id = held(NOW)[0]["id"].as_str().expect("an id").to_owned();
    scratch.run(&["quarantine", "release", &id, "--by", "Nadia", "--note", "vu avec le lycée", "--now", NOW]).ok();
    assert_eq!((suggestions(NOW), held(NOW).len()), (1, 0));
    let again = scratch.run(&["quarantine", "release", &id, "--by", "Nadia", "--now", NOW]);
    assert!(again.code == 1 && again.err.contains("nothing holds"), "{}", again.err);
    let history = scratch.run(&["quarantine", "list", "--released", "--json", "--now", NOW]).ok().json();
    assert_eq!((&history[0]["by"], &history[0]["note"]), (&Value::from("Nadia"), &Value::from("vu avec le lycée")));
    assert!(history[0]["why"].as_str().is_some_and(|why| why.contains("diffusion restreinte")));
    // A change of the line judges everything anew: what somebody released stays released.
    scratch.config("line.toml", &common::LINE.replace("\"heat pump\"", "\"heat pump\", \"chaudière\""));
    assert_eq!(suggestions(NOW), 1);
    site.set("/feed", feed("DIFFUSION RESTREINTE. Le lycée passe à la pompe à chaleur, et les chiffres sont secrets."));
    collect(&scratch, LATER);
    assert_eq!((suggestions(LATER), held(LATER).len()), (0, 1), "another text is another decision");
    scratch.run(&["quarantine", "release", &id, "--by", "Nadia", "--now", LATER]).ok();
    assert_eq!((suggestions(LATER), held(LATER).len()), (1, 0));
    let rows = [(
        "un",
        "Une pompe à chaleur au lycée, et son prix",
        "DIFFUSION RESTREINTE. Le lycée passe à la pompe à chaleur, et les chiffres sont secrets.",
    )];
    site.set("/feed", Answer::feed(common::rss(&site.base, &rows)));
    let later = "2026-11-22T12:00:00Z";
    collect(&scratch, later);
    assert_eq!((suggestions(later), held(later).len()), (0, 1), "another title is another decision too");
}

/// Texts of the shared samples, where they are there: newspapers and encyclopaedias, none of them confidential.
#[test]
fn of_texts_for_everybody_at_most_one_in_two_hundred_is_held_back() {
    use vigie::domain::Confidentiality;
    use vigie::tag::markings::{Marking, marked};
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/relevance");
    let (mut all, mut held) = (0, Vec::new());
    for name in ["sentences-fra.jsonl", "sentences-eng.jsonl"] {
        let Ok(text) = std::fs::read_to_string(folder.join(name)) else { continue };
        for row in text.lines().filter_map(|row| serde_json::from_str::<Value>(row).ok()) {
            all += 1;
            let text = row["text"].as_str().unwrap_or_default();
            for class in [Confidentiality::Public, Confidentiality::Shareable] {
                let marking = Marking {
                    class,
                    title: text,
                    text,
                    headers: &[],
                    letter: false,
                    sent: jiff::Timestamp::UNIX_EPOCH,
                };
                held.extend(marked(&marking, &jiff::tz::TimeZone::UTC).map(|hold| (class, hold.why, text.to_owned())));
            }
        }
    }
    if all == 0 {
        println!("skipped: the shared samples are not there");
        return;
    }
    assert!(held.len() * 200 <= all, "{} of {all}: {held:?}", held.len());
}

#[test]
fn markings_that_no_reader_sees_in_the_text_hold_a_file_too() {
    let scratch = Scratch::new();
    let path = folder(&scratch, "folder", "shareable");
    let story = "La pompe à chaleur du lycée tourne depuis un an et chauffe deux gymnases";
    let page = |inside: &str| {
        format!("<html><head><title>Bilan</title></head><body><h1>Bilan</h1><p>{story}.</p>{inside}</body></html>")
    };
    write(&path, "libre.html", page("<p>Une photo.</p>"));
    write(&path, "image.html", page("<img src=\"a.png\" alt=\"Confidentiel\">"));
    write(&path, "coupe.html", page("<p>Ne pas<br>diffuser</p>"));
    write(&path, "meta.html", page("").replace("<title>", "<meta name=\"classification\" content=\"interne\"><title>"));
    let header = "<w:hdr xmlns:w=\"w\" xmlns:v=\"v\"><w:p><v:shape><v:textpath string=\"CONFIDENTIEL\"/></v:shape></w:p></w:hdr>";
    let label = "<Properties><property pid=\"2\" name=\"MSIP_Label_1_Name\"><vt:lpwstr>Diffusion interne</vt:lpwstr></property></Properties>";
    let label = label.replace("Diffusion interne", "Confidentiel");
    let files = [
        ("libre.docx", docx(story)),
        ("filigrane.docx", docx_with(story, &[("word/header1.xml", header)])),
        ("etiquette.docx", docx_with(story, &[("docProps/custom.xml", &label)])),
        ("libre.pdf", pdf("The heat pump of the school has run for a year now")),
    ];
    for (name, bytes) in files {
        std::fs::write(path.join(name), bytes).expect("a file");
    }
    let report = collect(&scratch, NOW);
    let held = scratch.run(&["quarantine", "list", "--json", "--now", NOW]).json();
    assert_eq!((held.len(), &report["new"]), (5, &Value::from(8)), "{held:?}");
}

#[test]
fn what_holds_an_item_never_hides_what_else_does() {
    let scratch = Scratch::new();
    let path = folder(&scratch, "library", "shareable");
    let text = |front: &str| {
        format!(
            "---\ntitle: Notre guide de la pompe à chaleur\nlink: https://example.org/guide\ndate: 2026-11-10\n{front}---\n\nUne pompe à chaleur demande une bonne isolation."
        )
    };
    write(&path, "guide.md", text(""));
    scratch.run(&["person", "optin", "elodie", "--now", NOW]);
    let suggestions = |now: &str| -> usize {
        let drafts = scratch.run(&["digest", "elodie", "--json", "--now", now]).json();
        drafts.iter().map(|draft| draft["suggestions"].as_array().map_or(0, Vec::len)).sum()
    };
    collect(&scratch, NOW);
    assert_eq!(suggestions(NOW), 1);
    // A word added to the front matter alone is an edit.
    write(&path, "guide.md", text("confidentiality: internal\n"));
    collect(&scratch, "2026-11-20T13:00:00Z");
    assert_eq!(suggestions("2026-11-20T13:00:00Z"), 0);
    // Gone for a while, as when a share is not mounted, and back: it is as internal as it was.
    std::fs::rename(path.join("guide.md"), path.join("guide.bak")).expect("it goes");
    collect(&scratch, "2026-11-20T14:00:00Z");
    std::fs::rename(path.join("guide.bak"), path.join("guide.md")).expect("it is back");
    collect(&scratch, "2026-11-20T15:00:00Z");
    assert_eq!(suggestions("2026-11-20T15:00:00Z"), 0);
    // An embargo that ends does not end what else holds it.
    write(&path, "guide.md", text("embargo: 2026-11-20 17:00\n"));
    collect(&scratch, "2026-11-20T15:30:00Z");
    std::fs::remove_file(path.join("guide.md")).expect("it goes");
    collect(&scratch, "2026-11-20T15:40:00Z");
    scratch.config("line.toml", &common::LINE.replace("\"heat pump\"", "\"heat pump\", \"chaudière\""));
    assert_eq!(suggestions(LATER), 0, "its file is gone");
    write(&path, "guide.md", text("embargo: 2026-11-20 17:00\n"));
    collect(&scratch, "2026-11-20T15:50:00Z");
    assert_eq!(
        (suggestions("2026-11-20T15:59:00Z"), suggestions("2026-11-20T16:00:00Z")),
        (0, 1),
        "to the minute, in Paris"
    );
}

#[test]
fn a_page_that_can_be_read_does_not_free_what_its_mail_holds() {
    let site = Site::start();
    let words = "La pompe à chaleur du lycée chauffe douze salles et deux ateliers depuis la rentrée. ".repeat(20);
    let page = format!(
        "<html lang=\"fr\"><head><title>La pompe à chaleur</title></head><body><article><h1>La pompe à chaleur</h1><p>{words}</p></article></body></html>"
    );
    let scratch = Scratch::new();
    let saved = scratch.path().join("saved");
    let rows: String = ["Une pompe à chaleur au lycée", "L’isolation des écoles a commencé", "Le réseau de chaleur s’étend"]
        .iter()
        .enumerate()
        .map(|(number, title)| {
            site.set(&format!("/articles/une-belle-histoire-{number}"), Answer::Plain(200, vec![("content-type", "text/html; charset=utf-8".into())], page.clone().into_bytes()));
            format!("<h3><a href=\"{}/articles/une-belle-histoire-{number}\">{title}</a></h3><p>Un texte qui dit ce qu’il en est.</p>", site.base)
        })
        .collect();
    write(
        &saved,
        "un.eml",
        format!(
            "Message-ID: <1@a.example>\r\nFrom: a@a.example\r\nDate: Fri, 20 Nov 2026 08:00:00 +0100\r\nSensitivity: Company-Confidential\r\nSubject: La lettre\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{rows}"
        ),
    );
    scratch.small(&format!("[[source]]\nid = \"boite\"\nkind = \"maildir\"\npath = \"{}\"\nconfidentiality = \"shareable\"\nallow_private = true\n", saved.display()));
    scratch.run(&["person", "optin", "elodie", "--now", NOW]);
    assert_eq!(collect(&scratch, NOW)["new"], 3);
    let drafts = scratch.run(&["digest", "elodie", "--json", "--now", NOW]).json();
    assert!(drafts.iter().all(|draft| draft["suggestions"].as_array().is_none_or(Vec::is_empty)), "{drafts:?}");
    assert_eq!(scratch.run(&["quarantine", "list", "--json", "--now", NOW]).json().len(), 3);
}

#[test]
fn what_is_said_above_a_letter_sent_along_holds_its_items_and_their_pages_are_not_asked_for() {
    let site = Site::start();
    let scratch = Scratch::new();
    let saved = scratch.path().join("saved");
    let rows: String = (1..=3)
        .map(|number| {
            format!("<h3><a href=\"{}/articles/une-belle-histoire-{number}\">Une pompe à chaleur au lycée {number}</a></h3><p>Un texte qui dit ce qu’il en est.</p>", site.base)
        })
        .collect();
    let letter = |number: usize, note: &str| {
        format!(
            "Message-ID: <{number}@a.example>\r\nFrom: zoe@a.example\r\nDate: Fri, 20 Nov 2026 08:00:00 +0100\r\nSubject: TR: la lettre\r\n\
             Content-Type: multipart/mixed; boundary=\"sep\"\r\n\r\n--sep\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{note}\r\n\
             --sep\r\nContent-Type: message/rfc822\r\n\r\nFrom: l@b.example\r\nDate: Thu, 19 Nov 2026 08:00:00 +0100\r\nSubject: La lettre\r\n\
             Content-Type: text/html; charset=utf-8\r\n\r\n{rows}\r\n--sep--\r\n"
        )
    };
    write(&saved, "un.eml", letter(1, "C’est confidentiel, ne pas diffuser."));
    scratch.small(&format!("[[source]]\nid = \"boite\"\nkind = \"maildir\"\npath = \"{}\"\nconfidentiality = \"public\"\nallow_private = true\nfull_text = \"always\"\n", saved.display()));
    assert_eq!(collect(&scratch, NOW)["new"], 3);
    assert_eq!(scratch.run(&["quarantine", "list", "--json", "--now", NOW]).json().len(), 3);
    assert!(site.seen().is_empty(), "nobody outside is asked about what is held");
}
