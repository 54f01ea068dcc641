//! The daemon as systemd and admins handle it: readiness, reload, stop, a second one refused, and no edition twice.

mod common;

use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, ChildStderr, Stdio};
use std::time::Duration;

use common::{Answer, LINE, Scratch, Site, rss, source};

const GOOD: [(&str, &str, &str); 2] =
    [("un", "L’isolation des combles", "Un texte court."), ("deux", "La pompe à chaleur", "Un autre texte court.")];

struct Daemon {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl Daemon {
    fn start(scratch: &Scratch, more: &[(&str, &str)]) -> Self {
        let mut command = scratch.vigie();
        command.args(["run", "--log", "json"]).envs(more.iter().copied()).stderr(Stdio::piped()).stdout(Stdio::null());
        let mut child = command.spawn().expect("the daemon");
        let log = BufReader::new(child.stderr.take().expect("its log"));
        Daemon { child, log }
    }

    /// Reads the log up to a line that holds `part`.
    #[track_caller]
    fn until(&mut self, part: &str) -> String {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            let read = self.log.read_line(&mut line).expect("a log line");
            assert!(read > 0, "the log ended before “{part}”:\n{all}");
            all.push_str(&line);
            if line.contains(part) {
                return line;
            }
        }
    }

    fn signal(&self, name: &str) {
        let sent = std::process::Command::new("kill").args([name, &self.child.id().to_string()]).status();
        assert!(sent.expect("kill").success());
    }

    /// Waits for the end and gives the exit code with the rest of the log.
    fn end(mut self) -> (Option<i32>, String) {
        let mut rest = String::new();
        self.log.read_to_string(&mut rest).expect("the log");
        (self.child.wait().expect("an end").code(), rest)
    }
}

fn scratch(site: &Site) -> Scratch {
    site.set("/feed", Answer::feed(rss(&site.base, &GOOD)));
    let scratch = Scratch::new();
    scratch.small(&source(
        "feed",
        &format!("{}/feed", site.base),
        "confidentiality = \"public\"\nfull_text = \"never\"",
    ));
    scratch
}

#[test]
fn it_collects_reloads_refuses_a_broken_file_and_stops() {
    let site = Site::start();
    let scratch = scratch(&site);
    let mut daemon = Daemon::start(&scratch, &[]);
    let line = daemon.until("harvest done");
    let fields: serde_json::Value = serde_json::from_str(&line).expect("JSON logs");
    assert_eq!((&fields["new_items"], &fields["failures"]), (&2.into(), &0.into()), "{line}");

    let second = scratch.run(&["run"]);
    assert_eq!(second.code, 2);
    assert!(second.err.contains(&format!("process {}", daemon.child.id())), "{}", second.err);

    scratch.config("line.toml", &LINE.replace("priority = 1", "priority = 12"));
    daemon.signal("-HUP");
    let refused = daemon.until("refused");
    assert!(refused.contains("line.toml:") && refused.contains("it goes from 1 to 3"), "{refused}");

    site.set("/other", Answer::feed(rss(&format!("{}/more", site.base), &GOOD)));
    scratch.config("line.toml", LINE);
    let both = [
        source("feed", &format!("{}/feed", site.base), "full_text = \"never\""),
        source("other", &format!("{}/other", site.base), "full_text = \"never\""),
    ];
    scratch.config("sources.toml", &both.concat());
    daemon.signal("-HUP");
    daemon.until("in force");
    daemon.until("harvest done");
    assert_eq!(site.count("/other"), 1, "the new source was asked at once");
    assert_eq!(site.count("/feed"), 1, "the old one waits for its hour");

    daemon.signal("-TERM");
    let (code, rest) = daemon.end();
    assert_eq!(code, Some(0), "{rest}");
    assert!(rest.contains("stopped"), "{rest}");
}

#[test]
fn systemd_hears_that_it_is_ready_alive_and_stopping() {
    let site = Site::start();
    let scratch = scratch(&site);
    let path = scratch.path().join("notify");
    let socket = UnixDatagram::bind(&path).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(60))).expect("a time-out");
    let path = path.to_string_lossy().into_owned();
    let daemon = Daemon::start(&scratch, &[("NOTIFY_SOCKET", &path), ("WATCHDOG_USEC", "300000")]);
    let hear = |wanted: &str| {
        let mut buffer = [0; 512];
        loop {
            let length = socket.recv(&mut buffer).unwrap_or_else(|error| panic!("{wanted} was not said: {error}"));
            if String::from_utf8_lossy(&buffer[..length]).contains(wanted) {
                return;
            }
        }
    };
    hear("READY=1");
    hear("WATCHDOG=1");
    daemon.signal("-TERM");
    hear("STOPPING=1");
    assert_eq!(daemon.end().0, Some(0));
}

#[test]
fn a_broken_configuration_stops_the_start_with_code_two() {
    let scratch = Scratch::new();
    scratch.small("[[source]]\nid = \"a\"\n");
    let ran = scratch.run(&["run", "--once"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("sources.toml:1:1") && ran.err.contains("no “url”"), "{}", ran.err);
}

#[test]
fn an_edition_is_made_once_within_its_grace_and_never_twice() {
    let site = Site::start();
    let scratch = scratch(&site);
    let once = |now: &str| scratch.run(&["run", "--once", "--now", now]).ok();
    let letters = || {
        scratch.files("index/letters").iter().filter(|path| path.extension().is_some_and(|end| end == "eml")).count()
    };
    scratch.run(&["person", "optin", "elodie", "--by", "test", "--now", "2026-11-20T09:00:00Z"]).ok();
    once("2026-11-20T10:00:00Z");
    assert_eq!(letters(), 0, "the edition of that Monday was before the programme");
    once("2026-11-24T10:00:00Z");
    assert_eq!(letters(), 1, "a day late is made up");
    once("2026-11-24T10:05:00Z");
    once("2026-11-23T06:00:00Z");
    assert_eq!(letters(), 1, "asked again, or with the clock set back, nothing leaves");
    once("2026-12-04T10:00:00Z");
    assert_eq!(letters(), 1, "four days late is missed");
    let shown = scratch.run(&["edition", "show", "2026-W49"]).ok();
    assert!(shown.out.contains("skipped: missed"), "{}", shown.out);
    let person = scratch.run(&["edition", "show", "2026-W48", "--json"]).ok();
    assert_eq!(person.json()[0]["state"], "sent");
}

#[test]
fn nobody_gets_a_letter_without_consent_nor_a_story_twice() {
    let site = Site::start();
    let scratch = scratch(&site);
    let once = |now: &str| scratch.run(&["run", "--once", "--now", now]).ok();
    let titles = |week: &str| -> Vec<String> {
        let shown = scratch.run(&["edition", "show", week, "--json"]).ok();
        let letters = shown.json();
        let given = letters.iter().flat_map(|letter| letter["suggestions"].as_array().cloned().unwrap_or_default());
        given.map(|one| one["title"].as_str().expect("a title").to_owned()).collect()
    };
    once("2026-11-20T10:00:00Z");
    once("2026-11-23T10:00:00Z");
    assert!(titles("2026-W48").is_empty(), "nobody said yes yet");
    scratch.run(&["person", "optin", "elodie", "--by", "test", "--now", "2026-11-24T09:00:00Z"]).ok();
    once("2026-11-30T10:00:00Z");
    let first = titles("2026-W49");
    assert!(!first.is_empty());
    once("2026-12-07T10:00:00Z");
    let second = titles("2026-W50");
    assert!(second.iter().all(|title| !first.contains(title)), "{first:?} then {second:?}");
    scratch.run(&["person", "optout", "elodie", "--by", "test", "--now", "2026-12-08T09:00:00Z"]).ok();
    once("2026-12-14T10:00:00Z");
    assert!(scratch.run(&["edition", "show", "2026-W51", "--json"]).ok().json().is_empty());
}

#[test]
fn killed_at_any_moment_it_loses_nothing_and_doubles_nothing() {
    let site = Site::start();
    let items: Vec<(String, String)> =
        (0..120).map(|number| (format!("p{number}"), format!("L’isolation du bâtiment {number}"))).collect();
    let items: Vec<(&str, &str, &str)> =
        items.iter().map(|(slug, title)| (slug.as_str(), title.as_str(), "Un texte.")).collect();
    let scratch = scratch(&site);
    site.set("/feed", Answer::feed(rss(&site.base, &items)));
    scratch.run(&["person", "optin", "elodie", "--by", "test", "--now", "2026-11-20T09:00:00Z"]).ok();
    for wait in [5, 15, 25, 35, 50, 70, 90, 120, 160, 200] {
        let mut child = scratch
            .vigie()
            .args(["run", "--once", "--now", "2026-11-23T10:00:00Z"])
            .stderr(Stdio::null())
            .spawn()
            .expect("the program");
        std::thread::sleep(Duration::from_millis(wait));
        let _ = child.kill();
        child.wait().expect("an end");
    }
    scratch.run(&["run", "--once", "--now", "2026-11-23T10:10:00Z"]).ok();
    let found = scratch.run(&["search", "isolation", "--limit", "500", "--json"]).ok();
    let links: std::collections::BTreeSet<String> =
        found.json().iter().map(|row| row["link"].as_str().expect("a link").to_owned()).collect();
    assert_eq!((found.json().len(), links.len()), (120, 120));
}

#[test]
fn a_locked_store_stops_cleanly_and_loses_nothing() {
    let site = Site::start();
    let scratch = scratch(&site);
    scratch.run(&["collect"]).ok();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let path = scratch.data().join("vigie.db");
    runtime.block_on(async {
        let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", path.display())).await.expect("the store");
        let held = pool.begin_with("begin immediate").await.expect("the lock");
        let ran = scratch.run(&["person", "optin", "elodie"]);
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert!(ran.err.contains("stays locked"), "{}", ran.err);
        held.rollback().await.expect("the end of the lock");
        pool.close().await;
    });
    scratch.run(&["person", "optin", "elodie"]).ok();
    assert_eq!(scratch.run(&["search", "--json"]).ok().json().len(), 2);
}

#[test]
fn a_full_disk_stops_cleanly_and_goes_on_when_there_is_room() {
    let site = Site::start();
    let scratch = scratch(&site);
    let disk = scratch.data();
    std::fs::create_dir_all(&disk).expect("a folder");
    let mount = |arguments: &[&str]| {
        let done = std::process::Command::new("mount").args(arguments).arg(&disk).stderr(Stdio::null()).status();
        done.is_ok_and(|status| status.success())
    };
    if !mount(&["-t", "tmpfs", "-o", "size=1m", "tmpfs"]) {
        println!("skipped: no small disk can be mounted here");
        return;
    }
    let many: Vec<(String, String)> = (0..400)
        .map(|number| {
            (format!("p{number}"), format!("L’isolation {number} {}", blake3::hash(&[0]).to_hex().repeat(40)))
        })
        .collect();
    let many: Vec<(&str, &str, &str)> =
        many.iter().map(|(slug, text)| (slug.as_str(), "L’isolation du bâtiment", text.as_str())).collect();
    let unique: String = (0..400u32).map(|number| blake3::hash(&number.to_le_bytes()).to_hex().to_string()).collect();
    let feed = rss(&site.base, &many).replace("<item>", &format!("<item><author>{unique}</author>"));
    site.set(
        "/feed",
        Answer::feed(
            feed[..feed.len().min(900_000)].rsplit_once("</item>").map_or("", |(whole, _)| whole).to_owned()
                + "</item></channel></rss>",
        ),
    );
    let ran = scratch.run(&["collect"]);
    let unmount = || std::process::Command::new("umount").arg("-l").arg(&disk).status();
    if ran.code == 0 {
        unmount().expect("umount");
        panic!("the disk was large enough: {}", ran.out);
    }
    let told =
        ran.err.contains("no room is left") || ran.err.contains("the index failed") || ran.err.contains("os error 28");
    let room = mount(&["-o", "remount,size=64m"]);
    let again = scratch.run(&["collect"]);
    let found = scratch.run(&["search", "--limit", "1000", "--json"]);
    unmount().expect("umount");
    assert!(told, "{}", ran.err);
    assert!(room && again.code == 0, "{}\n{}", again.out, again.err);
    let links: std::collections::BTreeSet<String> =
        found.json().iter().map(|row| row["link"].as_str().expect("a link").to_owned()).collect();
    assert!(!links.is_empty() && links.len() == found.json().len());
}

#[test]
fn a_topic_taken_often_is_offered_as_an_expertise() {
    let site = Site::start();
    let scratch = scratch(&site);
    let second =
        "\n[[topic]]\nid = \"copro\"\nlabel = \"Copropriétés\"\nterms = [\"copropriété\"]\naudience = \"clients\"\n";
    scratch.config("line.toml", &format!("{LINE}{second}"));
    let items = [("un", "L’isolation des combles", "Un texte."), ("deux", "La copropriété vote", "Un autre texte.")];
    site.set("/feed", Answer::feed(rss(&site.base, &items)));
    scratch.run(&["collect", "--now", "2026-11-20T10:00:00Z"]).ok();
    scratch.run(&["person", "optin", "elodie", "--by", "test"]).ok();
    let link = format!("{}/deux", site.base);
    let digest = || scratch.run(&["digest", "elodie", "--now", "2026-11-30T10:00:00Z"]).ok().out;
    for day in ["2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"] {
        scratch.run(&["share", "add", "elodie", &link, "--on", day, "--now", "2026-11-25T10:00:00Z"]).ok();
    }
    assert!(!digest().contains("faut-il l’ajouter"), "four times is not yet a habit");
    let add = ["share", "add", "elodie", &link, "--on", "2026-11-25", "--now", "2026-11-25T10:00:00Z"];
    scratch.run(&add).ok();
    let twice = scratch.run(&add).ok();
    assert!(twice.out.contains("recorded already"), "{}", twice.out);
    assert!(digest().contains("5 articles sur «\u{a0}Copropriétés\u{a0}»"), "{}", digest());
    let people = scratch.run(&["ambassadors", "--now", "2026-11-30T10:00:00Z"]).ok();
    assert!(people.out.contains("shared 5 times in 6 weeks, and no declared expert"), "{}", people.out);
}
