//! Ten and more ways to break a configuration, and what is said of each.

mod common;

use common::{LINE, PEOPLE, Ran, Scratch};

const SOURCES: &str = "[[source]]\nid = \"a\"\nurl = \"https://example.org/rss\"\nconfidentiality = \"public\"\n";

fn check(change: impl Fn(&Scratch)) -> Ran {
    let scratch = Scratch::new();
    scratch.small(SOURCES);
    change(&scratch);
    scratch.run(&["check"])
}

/// The configuration is refused, and each part is said.
#[track_caller]
fn refused(ran: &Ran, parts: &[&str]) {
    assert_eq!(ran.code, 2, "{}\n{}", ran.out, ran.err);
    for part in parts {
        assert!(ran.out.contains(part), "“{part}” in\n{}", ran.out);
    }
}

#[test]
fn a_good_configuration_says_when_the_next_editions_are() {
    let scratch = Scratch::new();
    scratch.small(SOURCES);
    let ran = scratch.run(&["check", "--now", "2026-11-23T12:00:00Z"]).ok();
    assert!(ran.out.contains("lundi 30 novembre 2026 à 8\u{a0}h\u{a0}00"), "{}", ran.out);
}

#[test]
fn an_unknown_key_gets_its_place_its_line_and_the_nearest_known_one() {
    let ran = check(|scratch| {
        scratch.config("sources.toml", "[[source]]\nid = \"a\"\nurll = \"https://example.org/rss\"\n");
    });
    refused(
        &ran,
        &["sources.toml:3:1", "unknown key “urll”", "3 | urll = ", "did you mean “url”?", "this source has no “url”"],
    );
}

#[test]
fn all_errors_of_all_files_are_listed_at_once() {
    let ran = check(|scratch| {
        scratch.config("vigie.toml", "langage = \"fr\"\n[edition]\ncron = \"0 7 1 * 1\"\n");
        scratch.config(
            "line.toml",
            &LINE.replace("audience = \"clients\"", "audience = \"cliens\"").replace("priority = 1", "priority = 9"),
        );
        scratch.config(
            "sources.toml",
            &SOURCES.replace("https://example.org/rss", "ftp://example.org").replace("public", "publique"),
        );
        scratch
            .config("ambassadors.toml", &PEOPLE.replace("elodie@example.org", "elodie").replace("expert\"", "guru\""));
    });
    refused(
        &ran,
        &[
            "vigie.toml:1:1",
            "did you mean “language”?",
            "restricts both",
            "line.toml:9:12",
            "there is no audience “cliens”",
            "did you mean “clients”?",
            "it goes from 1 to 3",
            "“ftp:” is not the web",
            "“publique” is not a value",
            "did you mean “public”?",
            "“elodie” is not a mail address",
            "“guru” is not a value",
        ],
    );
}

#[test]
fn broken_toml_is_shown_where_it_breaks_and_the_other_files_are_judged_all_the_same() {
    let ran = check(|scratch| {
        scratch.config("line.toml", "[[topic]\nid = \"a\"\n");
        scratch.config("sources.toml", &SOURCES.replace("https://example.org/rss", "nowhere"));
    });
    refused(&ran, &["line.toml:1:", "sources.toml:3:7"]);
    assert!(!ran.out.contains("there is no topic"), "no false errors behind a broken file:\n{}", ran.out);
}

#[test]
fn ids_that_lead_nowhere_or_stand_twice_are_found() {
    let ran = check(|scratch| {
        scratch.config(
            "line.toml",
            &format!("{LINE}\n[[topic]]\nid = \"renovation\"\nterms = [\"x1\"]\naudience = \"clients\"\n"),
        );
        scratch.config("ambassadors.toml", &PEOPLE.replace("topic = \"renovation\"", "topic = \"renovasion\""));
    });
    refused(&ran, &["“renovation” is defined twice", "there is no topic “renovasion”", "did you mean “renovation”?"]);
}

#[test]
fn a_line_that_serves_nobody_is_refused() {
    let ran = check(|scratch| {
        scratch.config("line.toml", "[[topic]]\nid = \"a\"\nterms = []\n");
        scratch.config("ambassadors.toml", "");
    });
    refused(&ran, &["no objective", "no audience", "no term"]);
}

#[test]
fn times_dates_and_zones_are_judged() {
    let ran = check(|scratch| {
        scratch.config("vigie.toml", "time_zone = \"Europe/Pari\"\nholidays = [\"2026-02-30\"]\n[edition]\nweekly = \"monday\"\ngrace = \"two days\"\n");
        scratch.config("sources.toml", &format!("{SOURCES}every = \"1s\"\n"));
        scratch.config(
            "ambassadors.toml",
            &format!("{PEOPLE}absences = [{{ from = \"2027-01-02\", to = \"2026-12-21\" }}]\n"),
        );
    });
    refused(
        &ran,
        &[
            "no time zone “Europe/Pari”",
            "“2026-02-30” is not a day",
            "“monday” is not a time of the week",
            "“two days” is not a duration",
            "too short",
            "ends before it begins",
        ],
    );
}

#[test]
fn secrets_and_consent_have_no_place_in_the_files() {
    let ran = check(|scratch| {
        scratch.config("vigie.toml", "[mail]\ntransport = \"smtp\"\nfrom = \"a@example.org\"\nhost = \"smtp.example.org\"\ntls = \"none\"\nuser = \"u\"\npassword = \"hunter2\"\n");
        scratch.config("ambassadors.toml", &format!("{PEOPLE}consent = true\n"));
        scratch.config("sources.toml", &SOURCES.replace("https://", "https://me:pass@"));
    });
    refused(
        &ran,
        &[
            "a password stands in the file",
            "in clear",
            "consent is never written in a file",
            "vigie person optin",
            "holds a name or a password",
        ],
    );
}

#[test]
fn wrong_types_and_terms_are_explained() {
    let ran = check(|scratch| {
        scratch.config(
            "line.toml",
            &LINE.replace("terms = [\"isolation\", ", "terms = [\"deux mots*\", \"\\\"ouvert\", 3, "),
        );
        scratch.config(
            "ambassadors.toml",
            &PEOPLE.replace("\"Élodie Martin\"", "12").replace("email", "slots = \"three\"\nemail"),
        );
    });
    refused(
        &ran,
        &[
            "a star goes with one word",
            "the quote is not closed",
            "“terms” is a whole number",
            "“name” is a whole number",
            "“slots” is a text",
        ],
    );
}

#[test]
fn warnings_do_not_refuse() {
    let ran = check(|scratch| {
        scratch.config("sources.toml", &SOURCES.replace("confidentiality = \"public\"\n", ""));
        scratch.config("ambassadors.toml", &PEOPLE.replace("topic = \"renovation\"", "terms = [\"béton\"]"));
    });
    assert_eq!(ran.code, 0, "{}", ran.out);
    for part in [
        "1 source is internal by default",
        "nobody declares the topic “renovation”",
        "no source can feed the objective “notoriete”",
    ] {
        assert!(ran.out.contains(part), "“{part}” in\n{}", ran.out);
    }
}

#[test]
fn what_the_sources_need_beside_the_files_is_looked_for() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    let open = scratch.path().join("ouvert");
    std::fs::write(&open, "x").expect("it is written");
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o644)).expect("a mode");
    scratch.small(&format!(
        "[[source]]\nid = \"notes\"\nkind = \"folder\"\npath = \"/nulle/part\"\n\
         [[source]]\nid = \"boite\"\nkind = \"imap\"\nhost = \"imap.example.org\"\nuser = \"v\"\npassword_file = \"absent\"\n\
         [[source]]\nid = \"site\"\nurl = \"https://example.org/f\"\nuser = \"v\"\npassword_file = \"{}\"\n\
         [[source]]\nid = \"clair\"\nenabled = false\nurl = \"https://example.org/g\"\n",
        open.display()
    ));
    let ran = scratch.run(&["check"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    for part in ["/nulle/part is not there", "absent cannot be read", "open to everybody (mode 644)", "chmod 600"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
}

#[test]
fn no_secret_crosses_the_network_in_clear() {
    let closed = "[[source]]\nid = \"site\"\nurl = \"http://example.org/f\"\nuser = \"v\"\npassword_env = \"S\"\n";
    let mailbox = "[[source]]\nid = \"boite\"\nkind = \"imap\"\nhost = \"imap.example.org\"\ntls = \"none\"\nuser = \"v\"\npassword_env = \"S\"\n";
    for (sources, parts) in [
        (closed, ["the secret would cross the network in clear", "https://"]),
        (mailbox, ["the mailbox and its password would cross the network in clear", "starttls"]),
    ] {
        let scratch = Scratch::new();
        scratch.small(sources);
        refused(&scratch.run(&["check"]), &parts);
    }
}

#[test]
fn a_template_of_the_admin_that_is_wrong_is_refused() {
    let ran = check(|scratch| {
        std::fs::create_dir(scratch.path().join("config/templates")).expect("a folder");
        std::fs::write(scratch.path().join("config/templates/letter.txt"), "{% if %}").expect("a template");
    });
    refused(&ran, &["letter.txt"]);
}

#[test]
fn a_missing_folder_says_how_to_begin() {
    let scratch = Scratch::new();
    let ran = scratch.run(&["--config", "nowhere", "check"]);
    refused(&ran, &["vigie init"]);
}

#[test]
fn a_store_is_named_whole_and_without_its_password() {
    let with = |store: &str| {
        check(|scratch| {
            scratch.config("vigie.toml", &format!("[store]\n{store}"));
        })
    };
    let secret = with("engine = \"postgres\"\nurl = \"postgres://v:hunter2@db.example.org/v\"\n");
    refused(&secret, &["vigie.toml:3:7", "a password stands in the file", "url_file"]);
    assert!(!secret.out.contains("hunter2"), "{}", secret.out);
    refused(&with("engine = \"postgres\"\n"), &["the database has no address"]);
    refused(&with("url_env = \"X\"\n"), &["the engine is sqlite"]);
    refused(&with("engine = \"postgres\"\nurl = \"mysql://db/v\"\n"), &["no address of a PostgreSQL database"]);
    refused(&with("engine = \"postgres\"\nurl_env = \"X\"\nurl_file = \"x\"\n"), &["named in two ways"]);
    refused(&with("engine = \"postgresql\"\n"), &["did you mean “postgres”?"]);
    let missing = with("engine = \"postgres\"\nurl_file = \"none.secret\"\n").ok();
    assert!(missing.out.contains("none.secret cannot be read"), "{}", missing.out);
}
