//! Letters through real servers: aiosmtpd with STARTTLS and log-in, Postfix's smtp-sink, and a relay that dies at the
//! worst moment.

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::{Answer, Scratch, Site, program, required, rss, source};

const MONDAY: &str = "2026-11-23T10:00:00Z";
const GOOD: [(&str, &str, &str); 1] = [("un", "L’isolation des combles", "Un texte court.")];

/// A programme with two people who take part, its letters going to `mail`.
fn programme(site: &Site, mail: &str) -> Scratch {
    site.set("/feed", Answer::feed(rss(&site.base, &GOOD)));
    let scratch = Scratch::new();
    scratch.small(&source(
        "feed",
        &format!("{}/feed", site.base),
        "confidentiality = \"public\"\nfull_text = \"never\"",
    ));
    let second = common::PEOPLE
        .replace("\"elodie\"", "\"karim\"")
        .replace("Élodie Martin", "Karim Benali")
        .replace("elodie@", "karim@");
    scratch.config("ambassadors.toml", &format!("{}{second}", common::PEOPLE));
    scratch.config("vigie.toml", &format!("{}\n{mail}", common::VIGIE));
    for person in ["elodie", "karim"] {
        scratch.run(&["person", "optin", person, "--by", "test", "--now", "2026-11-20T09:00:00Z"]).ok();
    }
    scratch.run(&["run", "--once", "--now", "2026-11-20T10:00:00Z"]).ok();
    scratch
}

/// One turn; a letter that did not leave makes it end with 1, which is no crash.
fn once(scratch: &Scratch, now: &str) -> common::Ran {
    let ran = scratch.run(&["run", "--once", "--now", now]);
    assert!(matches!(ran.code, 0 | 1), "{}\n{}", ran.out, ran.err);
    ran
}

/// State and last reply of each letter, by ambassador.
fn letters(scratch: &Scratch) -> Vec<(String, String, String)> {
    let shown = scratch.run(&["edition", "show", "2026-W48", "--json"]).ok();
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    shown.json().iter().map(|row| (text(row, "ambassador"), text(row, "state"), text(row, "reply"))).collect()
}

/// A certificate authority and a certificate for localhost.
fn certificates(dir: &Path) -> Option<(PathBuf, PathBuf, PathBuf)> {
    let openssl = program(&["openssl"])?;
    let run = |arguments: &[&str]| {
        let done = Command::new(&openssl)
            .args(arguments)
            .current_dir(dir)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(done.expect("openssl").success(), "{arguments:?}");
    };
    std::fs::write(
        dir.join("leaf.ext"),
        "basicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n",
    )
    .expect("a file");
    run(&[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "3650",
        "-subj",
        "/CN=Essai",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
    ]);
    run(&[
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-subj",
        "/CN=localhost",
        "-keyout",
        "leaf.key",
        "-out",
        "leaf.csr",
    ]);
    run(&[
        "x509",
        "-req",
        "-in",
        "leaf.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "3650",
        "-extfile",
        "leaf.ext",
        "-out",
        "leaf.pem",
    ]);
    Some((dir.join("ca.pem"), dir.join("leaf.pem"), dir.join("leaf.key")))
}

/// A running aiosmtpd; it stops with its stdin.
struct Smtp {
    child: Child,
    port: u16,
    kept: PathBuf,
}

impl Smtp {
    fn start(dir: &Path, cert: &Path, key: &Path, options: &[&str]) -> Option<Self> {
        let has_library = |python: &PathBuf| {
            let tried = Command::new(python).args(["-c", "import aiosmtpd"]).stderr(Stdio::null()).status();
            tried.is_ok_and(|status| status.success())
        };
        let python = [PathBuf::from("/usr/bin/python3"), PathBuf::from("python3")].into_iter().find(has_library)?;
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/smtp.py");
        let kept = dir.join("kept");
        std::fs::create_dir_all(&kept).expect("a folder");
        let mut child = Command::new(python)
            .arg(script)
            .args([&kept, cert, key])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("aiosmtpd");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("its port");
        let port = line.trim().strip_prefix("port ").and_then(|port| port.parse().ok()).expect("a port");
        Some(Smtp { child, port, kept })
    }

    fn received(&self) -> Vec<String> {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(&self.kept).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
        files.retain(|path| path.extension().is_some_and(|end| end == "eml"));
        files.sort();
        files.iter().map(|path| String::from_utf8_lossy(&std::fs::read(path).expect("a mail")).into_owned()).collect()
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn smtp_config(port: u16, ca: &Path, password: &Path) -> String {
    format!(
        "[mail]\ntransport = \"smtp\"\nfrom = \"Veille <veille@example.org>\"\nhost = \"localhost\"\nport = {port}\n\
         tls = \"starttls\"\nuser = \"vigie\"\npassword_file = \"{}\"\nca_file = \"{}\"\n",
        password.display(),
        ca.display()
    )
}

#[test]
fn letters_go_through_starttls_and_log_in_one_each() {
    let dir = tempfile::tempdir().expect("a folder");
    let Some((ca, cert, key)) = certificates(dir.path()) else {
        required("openssl", false);
        return;
    };
    let server = Smtp::start(dir.path(), &cert, &key, &["greylist"]);
    if !required("aiosmtpd", server.is_some()) {
        return;
    }
    let server = server.expect("just looked");
    let secret = dir.path().join("secret");
    std::fs::write(&secret, "s3cret é\n").expect("a secret");
    let site = Site::start();
    let scratch = programme(&site, &smtp_config(server.port, &ca, &secret));
    let first = once(&scratch, MONDAY);
    assert_eq!(server.received().len(), 1, "the greylisted one waits\n{}", first.err);
    assert!(!first.err.contains("s3cret"), "the secret is never logged");
    once(&scratch, "2026-11-23T10:00:30Z");
    assert_eq!(server.received().len(), 1, "not before its time");
    once(&scratch, "2026-11-23T10:02:00Z");
    once(&scratch, "2026-11-23T11:00:00Z");
    let mails = server.received();
    assert_eq!(mails.len(), 2, "one each, and no more");
    let ids: std::collections::BTreeSet<&str> =
        mails.iter().filter_map(|mail| mail.lines().find(|line| line.starts_with("Message-ID:"))).collect();
    assert_eq!(ids.len(), 2);
    assert!(letters(&scratch).iter().all(|(_, state, _)| state == "sent"), "{:?}", letters(&scratch));
}

#[test]
fn a_refused_person_does_not_stop_the_others() {
    let dir = tempfile::tempdir().expect("a folder");
    let Some((ca, cert, key)) = certificates(dir.path()) else {
        required("openssl", false);
        return;
    };
    let server = Smtp::start(dir.path(), &cert, &key, &["refuse", "elodie@example.org"]);
    if !required("aiosmtpd", server.is_some()) {
        return;
    }
    let server = server.expect("just looked");
    let secret = dir.path().join("secret");
    std::fs::write(&secret, "s3cret é").expect("a secret");
    let site = Site::start();
    let scratch = programme(&site, &smtp_config(server.port, &ca, &secret));
    once(&scratch, MONDAY);
    let fates = letters(&scratch);
    assert_eq!((fates[0].1.as_str(), fates[1].1.as_str()), ("failed", "sent"), "{fates:?}");
    assert!(fates[0].2.contains("5.1.1"), "{fates:?}");
}

#[test]
fn without_trust_or_with_a_wrong_password_nothing_is_sent_and_no_letter_is_burnt() {
    let dir = tempfile::tempdir().expect("a folder");
    let Some((ca, cert, key)) = certificates(dir.path()) else {
        required("openssl", false);
        return;
    };
    let server = Smtp::start(dir.path(), &cert, &key, &[]);
    if !required("aiosmtpd", server.is_some()) {
        return;
    }
    let server = server.expect("just looked");
    let secret = dir.path().join("secret");
    std::fs::write(&secret, "wrong").expect("a secret");
    let site = Site::start();
    let scratch = programme(&site, &smtp_config(server.port, &ca, &secret));
    let ran = once(&scratch, MONDAY);
    assert!(!ran.err.contains("wrong\""), "{}", ran.err);
    let fates = letters(&scratch);
    let waiting = |fates: &[(String, String, String)]| {
        fates.iter().all(|(_, state, _)| matches!(state.as_str(), "deferred" | "rendered"))
    };
    assert!(waiting(&fates), "{fates:?}");
    assert_eq!(fates.iter().filter(|(_, state, _)| state == "deferred").count(), 1, "only one try was made: {fates:?}");
    // An authority that did not sign the certificate: no password, no letter.
    std::fs::write(&secret, "s3cret é").expect("a secret");
    let config = smtp_config(server.port, &ca, &secret);
    let trusting_nobody: Vec<&str> = config.lines().filter(|line| !line.starts_with("ca_file")).collect();
    scratch.config("vigie.toml", &format!("{}\n{}\n", common::VIGIE, trusting_nobody.join("\n")));
    once(&scratch, "2026-11-23T10:10:00Z");
    assert!(waiting(&letters(&scratch)) && server.received().is_empty(), "{:?}", letters(&scratch));
    // Put right, both leave.
    scratch.config("vigie.toml", &format!("{}\n{config}", common::VIGIE));
    once(&scratch, "2026-11-23T12:00:00Z");
    assert_eq!(server.received().len(), 2);
}

#[test]
fn postfix_sink_takes_the_letters_of_a_relay_on_this_machine() {
    let sink = program(&["smtp-sink"]);
    if !required("smtp-sink (package postfix)", sink.is_some()) {
        return;
    }
    let port = free_port();
    let mut child = Command::new(sink.expect("just looked"))
        // As root it asks for a user to become; another user cannot become anybody.
        .args(if is_root() { &["-u", "nobody"][..] } else { &[] })
        .args([&format!("127.0.0.1:{port}"), "16"])
        .stderr(Stdio::null())
        .spawn()
        .expect("smtp-sink");
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(child.try_wait().expect("its state").is_none(), "smtp-sink stopped at once");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let site = Site::start();
    let mail = format!(
        "[mail]\ntransport = \"smtp\"\nfrom = \"Veille <veille@example.org>\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n"
    );
    let scratch = programme(&site, &mail);
    once(&scratch, MONDAY);
    once(&scratch, "2026-11-23T11:00:00Z");
    let fates = letters(&scratch);
    let _ = child.kill();
    let _ = child.wait();
    assert!(fates.iter().all(|(_, state, _)| state == "sent"), "{fates:?}");
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id");
    id.stdout.starts_with(b"0\n")
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr()).expect("a port").port()
}

/// A relay that takes the whole message and then says nothing and hangs up, `times` times; after that it behaves.
/// It gives back every message that it took whole.
fn forgetful_relay(times: usize) -> (u16, std::sync::mpsc::Receiver<String>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut left = times;
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
            let mut stream = stream;
            let _ = stream.write_all(b"220 relay\r\n");
            let mut line = String::new();
            while {
                line.clear();
                reader.read_line(&mut line).unwrap_or(0) > 0
            } {
                let word = line.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
                let answer: &[u8] = match word.as_str() {
                    "EHLO" => b"250 relay\r\n",
                    "DATA" => {
                        let _ = stream.write_all(b"354 go on\r\n");
                        let mut message = String::new();
                        while !message.ends_with("\r\n.\r\n") && reader.read_line(&mut message).unwrap_or(0) > 0 {}
                        let _ = sender.send(message);
                        if left > 0 {
                            left -= 1;
                            break;
                        }
                        b"250 kept\r\n"
                    }
                    "QUIT" => b"221 bye\r\n",
                    _ => b"250 ok\r\n",
                };
                if stream.write_all(answer).is_err() {
                    break;
                }
            }
            let _ = stream.shutdown(std::net::Shutdown::Both);
            let _ = reader.read_to_string(&mut line);
        }
    });
    (port, receiver)
}

fn local_relay(port: u16, more: &str) -> String {
    format!(
        "[mail]\ntransport = \"smtp\"\nfrom = \"Veille <veille@example.org>\"\nhost = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n{more}\n"
    )
}

#[test]
fn a_try_of_unknown_fate_is_sent_again_with_the_same_message_id_or_held() {
    let message_id =
        |message: &str| message.lines().find(|line| line.starts_with("Message-ID:")).expect("an id").to_owned();
    let site = Site::start();
    let (port, taken) = forgetful_relay(1);
    let scratch = programme(&site, &local_relay(port, ""));
    once(&scratch, MONDAY);
    let states: Vec<String> = letters(&scratch).into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(states, ["deferred", "sent"]);
    once(&scratch, "2026-11-23T10:05:00Z");
    once(&scratch, "2026-11-23T11:00:00Z");
    let taken: Vec<String> = taken.try_iter().map(|message| message_id(&message)).collect();
    assert_eq!(taken.len(), 3, "one letter twice, the other once: {taken:?}");
    assert_eq!(taken[0], taken[2], "the second copy can be told by its Message-ID");

    let (port, taken) = forgetful_relay(1);
    let scratch = programme(&site, &local_relay(port, "on_unknown = \"hold\""));
    once(&scratch, MONDAY);
    once(&scratch, "2026-11-23T11:00:00Z");
    let states: Vec<String> = letters(&scratch).into_iter().map(|(_, state, _)| state).collect();
    assert_eq!(states, ["unknown", "sent"]);
    assert_eq!(taken.try_iter().count(), 2);
    let status = scratch.run(&["status", "--json"]);
    assert_eq!(status.json()[0]["letters"]["unknown"], 1);
}

#[test]
fn a_relay_that_is_away_for_two_days_makes_letters_fail_and_says_so() {
    let site = Site::start();
    let scratch = programme(&site, &local_relay(free_port(), ""));
    once(&scratch, MONDAY);
    assert!(letters(&scratch).iter().all(|(_, state, _)| state == "deferred"));
    once(&scratch, "2026-11-25T11:00:00Z");
    assert!(
        letters(&scratch).iter().all(|(_, state, reply)| state == "failed" && reply.contains("48 hours")),
        "{:?}",
        letters(&scratch)
    );
}

#[test]
fn whoever_leaves_before_the_letter_does_gets_none_and_what_became_internal_stays() {
    let site = Site::start();
    let (port, taken) = forgetful_relay(0);
    let scratch = programme(&site, &local_relay(free_port(), ""));
    once(&scratch, MONDAY);
    scratch.run(&["person", "optout", "elodie", "--by", "test", "--now", "2026-11-23T10:30:00Z"]).ok();
    scratch.config("vigie.toml", &format!("{}\n{}", common::VIGIE, local_relay(port, "")));
    once(&scratch, "2026-11-23T12:00:00Z");
    let fates = letters(&scratch);
    assert_eq!((fates[0].1.as_str(), fates[1].1.as_str()), ("skipped", "sent"), "{fates:?}");
    assert!(taken.try_iter().all(|message| message.contains("karim@example.org")));

    let (port, taken) = forgetful_relay(0);
    let scratch = programme(&site, &local_relay(free_port(), ""));
    once(&scratch, MONDAY);
    let secret =
        source("feed", &format!("{}/feed", site.base), "confidentiality = \"internal\"\nfull_text = \"never\"");
    scratch
        .config("sources.toml", &secret)
        .config("vigie.toml", &format!("{}\n{}", common::VIGIE, local_relay(port, "")));
    once(&scratch, "2026-11-23T12:00:00Z");
    let fates = letters(&scratch);
    let told = |fate: &(String, String, String)| fate.1 == "skipped" && fate.2.contains("may no longer leave");
    // Somebody whose letter suggests nothing of it still gets it.
    assert!(fates.iter().any(told), "{fates:?}");
    for message in taken.try_iter() {
        assert!(!message.contains("isolation des combles"), "{message}");
    }
    let digest = scratch.run(&["digest", "--now", "2026-11-24T10:00:00Z", "--json"]).ok();
    assert!(
        digest.json().iter().all(|letter| letter["suggestions"].as_array().is_some_and(Vec::is_empty)),
        "{}",
        digest.out
    );
}

#[test]
fn letters_go_through_tls_from_the_first_byte() {
    let dir = tempfile::tempdir().expect("a folder");
    let Some((ca, cert, key)) = certificates(dir.path()) else {
        required("openssl", false);
        return;
    };
    let server = Smtp::start(dir.path(), &cert, &key, &["implicit"]);
    if !required("aiosmtpd", server.is_some()) {
        return;
    }
    let server = server.expect("just looked");
    let site = Site::start();
    let mail = format!(
        "[mail]\ntransport = \"smtp\"\nfrom = \"Veille <veille@example.org>\"\nhost = \"localhost\"\nport = {}\ntls = \"tls\"\nca_file = \"{}\"\n",
        server.port,
        ca.display()
    );
    let scratch = programme(&site, &mail);
    once(&scratch, MONDAY);
    assert_eq!(server.received().len(), 2, "{:?}", letters(&scratch));
}
