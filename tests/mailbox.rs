//! Mailboxes: a real Dovecot, maildirs and saved messages, read by the program from outside.

mod common;

use common::dovecot::Dovecot;
use common::{Answer, Scratch, Site};
use serde_json::Value;

/// A newsletter that lists stories, as sent to `reader`: its counters are another for each reader.
fn letter(id: &str, reader: &str, base: &str, stories: &[&str]) -> String {
    let rows: String = stories
        .iter()
        .enumerate()
        .map(|(number, title)| {
            format!(
                "<table><tr><td><h2>{title}</h2><p>Ce que l’on sait de ce chantier, en deux phrases qui tiennent debout.</p>\
                 <a href=\"{base}/tr/cl/{reader}{number}xYz8aQ\">Lire la suite</a></td></tr></table>"
            )
        })
        .collect();
    format!(
        "Message-ID: <{id}@lettre.example>\r\nFrom: \"La lettre du bâtiment\" <lettre@lettre.example>\r\nTo: {reader}@example.org\r\n\
         List-Id: La lettre <batiment.lettre.example>\r\nList-Unsubscribe: <https://lettre.example/out/{reader}>\r\n\
         Date: Fri, 20 Nov 2026 08:00:00 +0100\r\nSubject: La lettre n=C2=B0 12\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         <html><body><div style=\"display:none\">Bonjour {reader}</div><h1>La lettre</h1>{rows}\
         <p>Vous recevez cette lettre parce que vous êtes abonné. <a href=\"https://lettre.example/out/{reader}\">Se désabonner</a></p></body></html>"
    )
}

const STORIES: [&str; 3] =
    ["Une pompe à chaleur au lycée Lumière", "Isolation : les écoles de Lyon ont fini", "Le match de samedi au stade"];

fn imap(server: &Dovecot, more: &str) -> String {
    format!(
        "[[source]]\nid = \"veille\"\nkind = \"imap\"\nhost = \"localhost\"\nport = {}\nuser = \"alice\"\npassword_env = \"SECRET\"\n\
         ca_file = \"{}\"\nconfidentiality = \"public\"\n{more}\n",
        server.imaps,
        server.authority().display()
    )
}

fn collect(scratch: &Scratch, secret: &str, now: &str) -> (i32, Value) {
    let ran =
        scratch.vigie().args(["collect", "--json", "--now", now]).env("SECRET", secret).output().expect("it runs");
    let ran = common::Ran::of(ran);
    let lines = ran.json();
    assert!(!lines.is_empty(), "{}", ran.err);
    let new: u64 = lines.iter().filter_map(|line| line["new"].as_u64()).sum();
    let report = serde_json::json!({ "new": new, "sources": lines });
    (ran.code, report)
}

fn items(scratch: &Scratch) -> Vec<Value> {
    scratch.run(&["search", "--json", "--limit", "100"]).json()
}

fn titles(scratch: &Scratch) -> Vec<String> {
    let mut titles: Vec<String> =
        items(scratch).iter().map(|item| item["title"].as_str().unwrap_or_default().to_owned()).collect();
    titles.sort();
    titles
}

const SECRET: &str = "secret é";
const NOW: &str = "2026-11-20T12:00:00Z";
const LATER: &str = "2026-11-20T18:00:00Z";

#[test]
fn a_mailbox_is_read_once_and_only_what_is_new_after() {
    let Some(server) = Dovecot::start("") else { return };
    let scratch = Scratch::new();
    scratch.small(&imap(&server, ""));
    server.deliver("", letter("un", "alice", "https://r.lettre.example", &STORIES).as_bytes());
    let (code, report) = collect(&scratch, SECRET, NOW);
    assert_eq!((code, report["new"].as_u64()), (0, Some(3)), "{report}");
    assert_eq!(titles(&scratch).len(), 3);
    assert_eq!(server.seen(), 0, "nothing is marked unless the source says so");
    // The same issue, sent to somebody else who forwards it all: no item twice.
    server.deliver("", letter("deux", "bob", "https://r.lettre.example", &STORIES).as_bytes());
    server.deliver(
        "",
        letter(
            "trois",
            "alice",
            "https://r.lettre.example",
            &["Un quartier entier quitte le gaz", STORIES[0], STORIES[1]],
        )
        .as_bytes(),
    );
    let (code, report) = collect(&scratch, SECRET, LATER);
    assert_eq!((code, report["new"].as_u64()), (0, Some(1)), "{report}");
    assert_eq!(titles(&scratch).len(), 4);
    // A counter is nobody's address.
    assert!(items(&scratch).iter().all(|item| item["link"].is_null()), "{:?}", items(&scratch));
}

#[test]
fn numbers_given_anew_lose_nothing_and_double_nothing() {
    let Some(server) = Dovecot::start("") else { return };
    let scratch = Scratch::new();
    scratch.small(&imap(&server, "mark_seen = true"));
    server.deliver("", letter("un", "alice", "https://r.lettre.example", &STORIES).as_bytes());
    collect(&scratch, SECRET, NOW);
    assert_eq!(server.seen(), 1);
    server.renumber(4_242);
    server.deliver(
        "",
        letter("deux", "alice", "https://r.lettre.example", &["Un quartier entier quitte le gaz", "Deux", STORIES[2]])
            .as_bytes(),
    );
    let (code, report) = collect(&scratch, SECRET, LATER);
    assert_eq!(code, 0, "{report}");
    assert_eq!(titles(&scratch).len(), 5, "{:?}", titles(&scratch));
    let listed = scratch.run(&["source", "list", "--json", "--now", LATER]).json();
    assert!(listed[0]["alarm"].as_str().is_some_and(|alarm| alarm.contains("anew")), "{listed:?}");
}

#[test]
fn a_wrong_password_is_tried_once_and_told() {
    let Some(server) = Dovecot::start("") else { return };
    let scratch = Scratch::new();
    scratch.small(&imap(&server, ""));
    let (code, report) = collect(&scratch, "faux-mot-de-passe", NOW);
    assert_eq!(code, 1);
    let told = report.to_string();
    assert!(told.contains("refuses the log-in of alice") && !told.contains("faux-mot-de-passe"), "{told}");
    // What is due is due an hour later: an account is not locked by a daemon.
    let listed = scratch.run(&["source", "list", "--json", "--now", NOW]).json();
    assert_eq!(listed[0]["next_poll"], "2026-11-20T13:00:00Z", "{listed:?}");
    assert_eq!(server.logins(), 0);
}

#[test]
fn a_server_that_offers_no_encryption_hears_nothing_and_starttls_does() {
    let Some(server) = Dovecot::start("") else { return };
    let scratch = Scratch::new();
    let plain = imap(&server, "tls = \"starttls\"")
        .replace(&format!("port = {}", server.imaps), &format!("port = {}", server.imap));
    scratch.small(&plain);
    server.deliver("", letter("un", "alice", "https://r.lettre.example", &STORIES).as_bytes());
    let (code, report) = collect(&scratch, SECRET, NOW);
    assert_eq!((code, report["new"].as_u64()), (0, Some(3)), "{report}");
    let untrusting = Scratch::new();
    untrusting.small(&plain.replace("ca_file", "# ca_file"));
    let (code, report) = collect(&untrusting, SECRET, NOW);
    assert!(code == 1 && report.to_string().contains("certificate"), "{report}");
}

#[test]
fn a_large_message_is_read_from_its_beginning_and_a_bomb_not_at_all() {
    let Some(server) = Dovecot::start("") else { return };
    let scratch = Scratch::new();
    scratch.small(&imap(&server, ""));
    let text = letter("gros", "alice", "https://r.lettre.example", &STORIES);
    let (headers, body) = text.split_once("\r\n\r\n").expect("headers");
    let headers = headers.replace(
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit",
        "Content-Type: multipart/mixed; boundary=fin",
    );
    let mut large = format!("{headers}\r\n\r\n--fin\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{body}\r\n--fin\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n").into_bytes();
    while large.len() < 40 << 20 {
        large.extend_from_slice(b"JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmoKPDwvTGVuZ3RoIDMgMCBSL0ZpbHRlci9GbGF0\r\n");
    }
    large.extend_from_slice(b"--fin--\r\n");
    server.deliver("", &large);
    let bomb =
        format!("From: b@example.org\r\nSubject: bombe\r\n{}", "Content-Type: message/rfc822\r\n\r\n".repeat(30_000));
    server.deliver("", bomb.as_bytes());
    server.deliver(
        "",
        letter(
            "bon",
            "alice",
            "https://r.lettre.example",
            &[
                "Un quartier entier quitte le gaz",
                "Le réseau de chaleur s’étend à l’est",
                "Une chaudière bois pour la piscine",
            ],
        )
        .as_bytes(),
    );
    let (code, report) = collect(&scratch, SECRET, NOW);
    assert_eq!((code, report["new"].as_u64()), (0, Some(6)), "{report}");
    let listed = scratch.run(&["source", "list", "--json", "--now", NOW]).json();
    let alarm = listed[0]["alarm"].as_str().unwrap_or_default().to_owned();
    assert!(alarm.contains("larger than 10 MB") && alarm.contains("more parts inside parts"), "{alarm}");
}

#[test]
fn of_ten_thousand_messages_only_the_recent_ones_are_asked_for_and_then_only_the_new() {
    let Some(server) = Dovecot::start("") else { return };
    let scratch = Scratch::new();
    scratch.small(&imap(&server, "days = 3650"));
    for number in 0..10_000 {
        let mail = format!(
            "Message-ID: <{number}@a.example>\r\nFrom: a@a.example\r\nDate: Fri, 20 Nov 2026 08:00:00 +0100\r\nSubject: Note {number} sur le chantier\r\n\r\nUn texte {number} qui suffit pour une note.\r\n"
        );
        server.deliver("", mail.as_bytes());
    }
    let (code, report) = collect(&scratch, SECRET, NOW);
    assert_eq!((code, report["new"].as_u64()), (0, Some(500)), "{report}");
    server.deliver("", letter("un", "alice", "https://r.lettre.example", &STORIES).as_bytes());
    let (code, report) = collect(&scratch, SECRET, LATER);
    assert_eq!((code, report["new"].as_u64()), (0, Some(3)), "{report}");
}

#[test]
fn what_machines_send_back_is_kept_and_is_no_item() {
    let Some(server) = Dovecot::start("") else { return };
    let scratch = Scratch::new();
    scratch.small(&imap(&server, "move_to = \"Lus\""));
    server.deliver("Lus", b"Subject: premier\r\n\r\nx\r\n");
    server.deliver(
        "",
        b"From: MAILER-DAEMON@mx.example\r\nMessage-ID: <b1@mx.example>\r\nSubject: Undelivered Mail Returned to Sender\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; elodie@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n",
    );
    let (code, report) = collect(&scratch, SECRET, NOW);
    assert_eq!((code, report["new"].as_u64()), (0, Some(0)), "{report}");
    let mails = scratch.run(&["mail", "list", "--json"]).ok().json();
    assert_eq!(mails[0]["mode"], "bounce", "{mails:?}");
    assert_eq!(mails[0]["says"]["notice"]["recipients"][0]["address"], "elodie@example.org");
    assert_eq!((server.count(""), server.count("Lus")), (0, 2), "it was moved once its items were kept");
}

#[test]
fn what_could_not_be_moved_is_moved_at_the_next_visit() {
    let Some(server) = Dovecot::start("") else { return };
    let scratch = Scratch::new();
    scratch.small(&imap(&server, "move_to = \"Lus\""));
    server.deliver("", letter("un", "alice", "https://r.lettre.example", &STORIES).as_bytes());
    let (code, report) = collect(&scratch, SECRET, NOW);
    assert_eq!((code, report["new"].as_u64()), (0, Some(3)), "{report}");
    let told = scratch.run(&["source", "list", "--json"]);
    assert!(told.out.contains("wait to be marked or moved"), "{}", told.out);
    assert_eq!(server.count(""), 1);
    server.deliver("Lus", b"Subject: premier\r\n\r\nx\r\n");
    let (code, report) = collect(&scratch, SECRET, LATER);
    assert_eq!((code, report["new"].as_u64()), (0, Some(0)), "{report}");
    assert_eq!((server.count(""), server.count("Lus")), (0, 2));
}

#[test]
fn counters_are_followed_only_where_the_source_says_so() {
    let Some(server) = Dovecot::start("") else { return };
    let site = Site::start();
    let words = "La pompe à chaleur du lycée chauffe douze salles et deux ateliers depuis la rentrée. ".repeat(20);
    let page = format!(
        "<html lang=\"fr\"><head><title>La pompe à chaleur</title></head><body><article><h1>La pompe à chaleur</h1><p>{words}</p></article></body></html>"
    );
    for number in 0..3 {
        let to = format!("{}/articles/une-pompe-au-lycee-{number}?utm_source=lettre", site.base);
        site.set(&format!("/tr/cl/alice{number}xYz8aQ"), Answer::Plain(302, vec![("location", to)], vec![]));
        site.set(
            &format!("/articles/une-pompe-au-lycee-{number}"),
            Answer::Plain(200, vec![("content-type", "text/html; charset=utf-8".into())], page.clone().into_bytes()),
        );
    }
    let scratch = Scratch::new();
    scratch.small(&imap(&server, "resolve_links = true\nallow_private = true\nsenders = [\"lettre.example\"]"));
    server.deliver("", letter("un", "alice", &site.base, &STORIES).as_bytes());
    let (code, report) = collect(&scratch, SECRET, NOW);
    assert_eq!((code, report["new"].as_u64()), (0, Some(3)), "{report}");
    let found = items(&scratch);
    let link = |title: &str| found.iter().find(|item| item["title"] == title).map(|item| item["link"].clone());
    assert_eq!(link(STORIES[0]), Some(Value::from(format!("{}/articles/une-pompe-au-lycee-0", site.base))));
    assert_eq!(link(STORIES[2]), Some(Value::Null), "off the line: not worth a click");
    assert_eq!(site.count("/tr/cl/alice2xYz8aQ"), 0);
    assert!(site.seen().iter().all(|seen| !seen.path.contains("out")), "an unsubscribing link was followed");
    assert!(
        site.seen().iter().all(|seen| seen.headers.get("cookie").is_none() && seen.headers.get("referer").is_none())
    );
}

#[test]
fn a_maildir_and_a_folder_of_saved_messages_are_read_as_a_mailbox_is() {
    let scratch = Scratch::new();
    let maildir = scratch.path().join("Maildir");
    let saved = scratch.path().join("saved");
    for folder in ["Maildir/new", "Maildir/cur", "Maildir/tmp", "saved"] {
        std::fs::create_dir_all(scratch.path().join(folder)).expect("a folder");
    }
    let source = |id: &str, path: &std::path::Path| {
        format!(
            "[[source]]\nid = \"{id}\"\nkind = \"maildir\"\npath = \"{}\"\nconfidentiality = \"public\"\n",
            path.display()
        )
    };
    scratch.small(&(source("boite", &maildir) + &source("enregistres", &saved)));
    std::fs::write(maildir.join("new/1.a"), letter("un", "alice", "https://r.lettre.example", &STORIES))
        .expect("a message");
    std::fs::write(
        saved.join("deux.eml"),
        letter("deux", "alice", "https://r.lettre.example", &["Le réseau de chaleur s’étend à l’est", "Deux", "Trois"]),
    )
    .expect("a message");
    let (code, report) = collect(&scratch, SECRET, NOW);
    assert_eq!((code, report["new"].as_u64()), (0, Some(6)), "{report}");
    // Its reader flags it: the name changes, the message does not.
    std::fs::rename(maildir.join("new/1.a"), maildir.join("cur/1.a:2,S")).expect("a rename");
    let (code, report) = collect(&scratch, SECRET, LATER);
    assert_eq!((code, report["new"].as_u64()), (0, Some(0)), "{report}");
    std::fs::remove_dir_all(&maildir).expect("it goes");
    let (code, report) = collect(&scratch, SECRET, "2026-11-21T12:00:00Z");
    assert!(code == 1 && report.to_string().contains("cannot be read"), "{report}");
}

#[test]
fn only_known_senders_and_genuine_letters_are_taken() {
    let scratch = Scratch::new();
    let saved = scratch.path().join("saved");
    std::fs::create_dir(&saved).expect("a folder");
    scratch.small(&format!(
        "[[source]]\nid = \"boite\"\nkind = \"maildir\"\npath = \"{}\"\nconfidentiality = \"public\"\nsenders = [\"lettre.example\"]\nverified_by = \"mx.example.org\"\n",
        saved.display()
    ));
    let genuine = "Authentication-Results: mx.example.org; dkim=pass header.d=lettre.example; dmarc=pass\r\n";
    let forged = "Authentication-Results: elsewhere.example; dkim=pass\r\nAuthentication-Results: mx.example.org; dkim=pass header.d=attacker.example; dmarc=fail\r\nAuthentication-Results: mx.example.org.attacker.example; dmarc=pass\r\n";
    let good = letter("un", "alice", "https://r.lettre.example", &STORIES);
    std::fs::write(saved.join("bon.eml"), format!("{genuine}{good}")).expect("a message");
    std::fs::write(
        saved.join("faux.eml"),
        format!(
            "{forged}{}",
            letter(
                "deux",
                "alice",
                "https://r.lettre.example",
                &["Arnaque une belle isolation", "Arnaque deux fois plus", "Arnaque trois fois rien"]
            )
        ),
    )
    .expect("a message");
    std::fs::write(
        saved.join("autre.eml"),
        format!(
            "{genuine}{}",
            good.replace("lettre@lettre.example", "x@autre.example")
                .replace("batiment.lettre.example", "x.autre.example")
                .replace("<un@", "<trois@")
        ),
    )
    .expect("a message");
    let (code, report) = collect(&scratch, SECRET, NOW);
    assert_eq!((code, report["new"].as_u64()), (0, Some(3)), "{report}");
    let mails = scratch.run(&["mail", "list", "--json"]).ok().json();
    let refused = mails.iter().filter(|mail| mail["mode"] == "refused").count();
    assert_eq!(refused, 2, "{mails:?}");
}

/// A running daemon, stopped with the test.
struct Daemon(std::process::Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn wait_for(what: &str, mut found: impl FnMut() -> bool) {
    for _ in 0..300 {
        if found() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{what} never came");
}

#[test]
fn a_waiting_daemon_hears_of_a_letter_at_once_and_again_after_the_line_was_cut() {
    let Some(server) = Dovecot::start("") else { return };
    let scratch = Scratch::new();
    scratch.small(&imap(&server, ""));
    let log = std::fs::File::create(scratch.path().join("log")).expect("a log");
    let _daemon = Daemon(
        scratch
            .vigie()
            .arg("run")
            .env("SECRET", SECRET)
            .stdout(std::process::Stdio::null())
            .stderr(log)
            .spawn()
            .expect("it runs"),
    );
    let logged =
        |what: &str| std::fs::read_to_string(scratch.path().join("log")).unwrap_or_default().matches(what).count();
    let has =
        |title: &str| scratch.data().join("search").exists() && titles(&scratch).iter().any(|known| known == title);
    wait_for("the watch", || logged("waits for news") == 1);
    server.deliver("", letter("un", "alice", "https://r.lettre.example", &STORIES).as_bytes());
    // Its next visit on schedule is a quarter of an hour away.
    wait_for("the first letter", || has(STORIES[0]));
    // One piece of news is one visit, or two when it came in two parts; then there is quiet.
    let visits = server.logins();
    std::thread::sleep(std::time::Duration::from_secs(6));
    assert!(server.logins() <= visits + 1, "{} visits without news", server.logins() - visits);
    server.kick();
    wait_for("another watch", || logged("waits for news") == 2);
    let second = "Un quartier entier quitte le gaz";
    server
        .deliver("", letter("deux", "alice", "https://r.lettre.example", &[second, STORIES[1], STORIES[2]]).as_bytes());
    wait_for("the second letter", || has(second));
}

#[test]
fn a_line_cut_in_the_middle_loses_nothing_and_doubles_nothing() {
    let Some(server) = Dovecot::start("") else { return };
    let scratch = Scratch::new();
    scratch.small(&imap(&server, ""));
    for number in 0..400 {
        let mail = format!(
            "Message-ID: <{number}@a.example>\r\nFrom: a@a.example\r\nDate: Fri, 20 Nov 2026 08:00:00 +0100\r\nSubject: Note {number} sur le chantier\r\n\r\nUn texte {number} qui suffit pour une note.\r\n"
        );
        server.deliver("", mail.as_bytes());
    }
    let mut first =
        scratch.vigie().args(["collect", "--json", "--now", NOW]).env("SECRET", SECRET).spawn().expect("it runs");
    wait_for("a log-in", || server.logins() > 0);
    server.kick();
    first.wait().expect("it ends");
    let (code, report) = collect(&scratch, SECRET, LATER);
    assert_eq!(code, 0, "{report}");
    let found = scratch.run(&["search", "--json", "--limit", "1000"]).json();
    assert_eq!(found.len(), 400);
}

/// A token endpoint and the one that Dovecot asks whether a token is good.
const XOAUTH2: &str = "auth_mechanisms = plain login xoauth2 oauthbearer";

#[test]
fn tokens_of_a_command_or_of_client_credentials_open_a_mailbox() {
    let site = Site::start();
    let Some(server) = Dovecot::with_tokens(XOAUTH2, &format!("{}/introspect", site.base)) else { return };
    let json =
        |text: &str| Answer::Plain(200, vec![("content-type", "application/json".into())], text.as_bytes().to_vec());
    site.set("/introspect", json(r#"{"active":true,"username":"alice"}"#));
    site.set("/token", json(r#"{"access_token":"jeton-1","token_type":"Bearer","expires_in":3600}"#));
    server.deliver("", letter("un", "alice", "https://r.lettre.example", &STORIES).as_bytes());
    let ways = [
        "token_command = [\"/bin/echo\", \"jeton-2\"]".to_owned(),
        format!(
            "token_url = \"{}/token\"\nclient_id = \"vigie\"\nclient_secret_env = \"SECRET\"\nscope = \"mail\"",
            site.base
        ),
    ];
    for way in &ways {
        let scratch = Scratch::new();
        scratch.small(&imap(&server, "").replace("password_env = \"SECRET\"", way));
        let (code, report) = collect(&scratch, SECRET, NOW);
        assert_eq!((code, report["new"].as_u64()), (0, Some(3)), "{way}: {report}");
    }
    assert_eq!(site.count("/introspect"), 2);
    // A token that is refused, a command that prints none, an address that gives none: each is told, none is logged.
    site.set("/introspect", json(r#"{"active":false}"#));
    site.set("/token", Answer::Plain(400, vec![], br#"{"error":"invalid_client"}"#.to_vec()));
    for (way, told) in [
        (ways[0].as_str(), "refuses the log-in of alice"),
        ("token_command = [\"/bin/false\"]", "printed no token"),
        (ways[1].as_str(), "invalid_client"),
    ] {
        let scratch = Scratch::new();
        scratch.small(&imap(&server, "").replace("password_env = \"SECRET\"", way));
        let (code, report) = collect(&scratch, SECRET, NOW);
        let report = report.to_string();
        assert!(code == 1 && report.contains(told) && !report.contains("jeton"), "{way}: {report}");
    }
}

#[test]
fn a_server_that_lies_costs_its_own_visit_and_everything_else_goes_on() {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    // A server that greets, lets anybody in, and announces a message of four thousand million bytes.
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
            let mut stream = stream;
            let _ = stream.write_all(b"* OK ready\r\n");
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|length| length > 0) {
                let tag = line.split(' ').next().unwrap_or("A").to_owned();
                let answer = if line.contains("CAPABILITY") {
                    format!("* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n")
                } else if line.contains("EXAMINE") {
                    format!("* 1 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n* OK [UIDNEXT 2] x\r\n{tag} OK done\r\n")
                } else if line.contains("SEARCH") {
                    format!("* SEARCH 1\r\n{tag} OK done\r\n")
                } else if line.contains("FETCH") {
                    "* 1 FETCH (UID 1 RFC822.SIZE 12 BODY[]<0> {400000000}\r\n".to_owned()
                } else {
                    format!("{tag} OK done\r\n")
                };
                let _ = stream.write_all(answer.as_bytes());
                line.clear();
            }
        }
    });
    let site = Site::start();
    site.set("/feed", Answer::feed(common::rss(&site.base, &[("un", "Une pompe à chaleur au lycée", "Un texte.")])));
    let scratch = Scratch::new();
    let lying = format!(
        "[[source]]\nid = \"menteur\"\nkind = \"imap\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nuser = \"a\"\npassword_env = \"SECRET\"\n"
    );
    scratch.small(&(lying + &common::source("revue", &format!("{}/feed", site.base), "full_text = \"never\"")));
    let (code, report) = collect(&scratch, "x", NOW);
    assert_eq!((code, report["new"].as_u64()), (1, Some(1)), "{report}");
    assert!(report.to_string().contains("announces more than any message has"), "{report}");
}

#[test]
fn a_mailbox_can_be_tried_before_anything_is_kept() {
    let Some(server) = Dovecot::start("") else { return };
    let scratch = Scratch::new();
    scratch.small(&imap(&server, "mark_seen = true"));
    // The trial looks at the last thirty days of the clock.
    server.deliver("", letter("un", "alice", "https://r.lettre.example", &STORIES).as_bytes());
    let tried = scratch.vigie().args(["source", "test", "veille"]).env("SECRET", SECRET).output().expect("it runs");
    let tried = common::Ran::of(tried).ok();
    assert!(tried.out.contains("1 messages in “INBOX”") && tried.out.contains("links, 3 items"), "{}", tried.out);
    assert!(tried.out.contains(STORIES[0]) && !tried.out.contains("held back"), "{}", tried.out);
    server.deliver("", b"From: a@example.org\r\nSubject: Point du lundi\r\nSensitivity: Company-Confidential\r\n\r\nLe plan de charge.\r\n");
    let tried = scratch.vigie().args(["source", "test", "veille"]).env("SECRET", SECRET).output().expect("it runs");
    let tried = common::Ran::of(tried).ok();
    assert!(tried.out.contains("would be held back: Point du lundi: the mail header sensitivity"), "{}", tried.out);
    assert_eq!(server.seen(), 0, "a trial marks nothing");
    let wrong = scratch.vigie().args(["source", "test", "veille"]).env("SECRET", "faux").output().expect("it runs");
    let wrong = common::Ran::of(wrong);
    assert!(wrong.code != 0 && wrong.err.contains("refuses the log-in"), "{}", wrong.err);
}
