//! A scratch folder with a configuration, the program run in it, and a small web site that can misbehave.

#![allow(dead_code, reason = "each test file uses its part")]

pub mod dovecot;
pub mod postgres;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response, StatusCode};

/// A scratch folder that holds a `config`.
pub struct Scratch {
    dir: tempfile::TempDir,
}

impl Scratch {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().expect("a scratch folder");
        std::fs::create_dir(dir.path().join("config")).expect("a config folder");
        Scratch { dir }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    pub fn data(&self) -> PathBuf {
        self.path().join("index")
    }

    /// Writes a file of the configuration.
    pub fn config(&self, name: &str, text: &str) -> &Self {
        std::fs::write(self.path().join("config").join(name), text).expect("a config file");
        self
    }

    /// Writes a small good configuration: one topic, one objective, one person, and `sources`.
    pub fn small(&self, sources: &str) -> &Self {
        self.config("vigie.toml", VIGIE)
            .config("line.toml", LINE)
            .config("ambassadors.toml", PEOPLE)
            .config("sources.toml", sources)
    }

    /// The program, ready to be run in the folder.
    pub fn vigie(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vigie"));
        command.current_dir(self.path()).env_remove("STATE_DIRECTORY").env("NO_COLOR", "1").env("VIGIE_LOG", "info");
        command.stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.vigie().args(arguments).output().expect("the program runs"))
    }

    /// Every file below a folder of the scratch folder, sorted, relative to it.
    pub fn files(&self, below: &str) -> Vec<PathBuf> {
        fn walk(dir: &Path, root: &Path, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    walk(&path, root, found);
                } else {
                    found.push(path.strip_prefix(root).expect("below the root").to_path_buf());
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.path().join(below), self.path(), &mut found);
        found.sort();
        found
    }
}

/// What a run of the program gave.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).expect("UTF-8 on stdout"),
            err: String::from_utf8(output.stderr).expect("UTF-8 on stderr"),
        }
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    pub fn json(&self) -> Vec<serde_json::Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"))).collect()
    }
}

pub const VIGIE: &str = r#"
organisation = "Essai"
[collect]
pause_ms = 0
timeout = "3s"
max_mb = 1
"#;

pub const LINE: &str = r#"
[[audience]]
id = "clients"
label = "Nos clients"
[[topic]]
id = "renovation"
label = "Rénovation énergétique"
terms = ["isolation", "pompe à chaleur", "heat pump"]
audience = "clients"
[[objective]]
id = "notoriete"
label = "Être reconnus"
priority = 1
topics = ["renovation"]
"#;

pub const PEOPLE: &str = r#"
[[ambassador]]
id = "elodie"
name = "Élodie Martin"
email = "elodie@example.org"
expertise = [{ topic = "renovation", strength = "expert" }]
"#;

/// A source of the small configuration.
pub fn source(id: &str, url: &str, more: &str) -> String {
    format!("[[source]]\nid = \"{id}\"\nurl = \"{url}\"\nallow_private = true\n{more}\n")
}

/// An RSS feed of `(slug, title, text)` items, dated in late November 2026.
pub fn rss(base: &str, items: &[(&str, &str, &str)]) -> String {
    let items: String = items
        .iter()
        .enumerate()
        .map(|(number, (slug, title, text))| {
            format!(
                "<item><title>{title}</title><link>{base}/{slug}</link><guid>{base}/{slug}</guid>\
                 <pubDate>Fri, 20 Nov 2026 {:02}:00:00 +0100</pubDate><description>{text}</description></item>",
                8 + number % 12
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Revue</title><link>{base}</link>{items}</channel></rss>"
    )
}

/// A good feed of two items, with these headers.
pub fn feed(site: &Site, headers: &[(&'static str, &str)]) -> Answer {
    let items = [("un", "Une pompe à chaleur au lycée", "Un texte."), ("deux", "Le match de samedi", "Un texte.")];
    let mut all = vec![("content-type", "application/rss+xml".to_owned())];
    all.extend(headers.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Answer::Plain(200, all, rss(&site.base, &items).into_bytes())
}

/// A header of the `visit`-th request for a path.
pub fn header(site: &Site, path: &str, visit: usize, name: &str) -> Option<String> {
    let visits: Vec<_> = site.seen().into_iter().filter(|seen| seen.path == path).collect();
    visits[visit].headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// What `source list` says of the one source at `now`.
pub fn state(scratch: &Scratch, now: &str) -> serde_json::Value {
    let listed = scratch.run(&["source", "list", "--json", "--now", now]);
    listed.json().into_iter().next().expect("a source")
}

/// How a page of the site answers.
#[derive(Clone)]
pub enum Answer {
    /// A status, headers and a body.
    Plain(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Bytes for ever.
    Endless,
    /// A status of 200, headers and a body that breaks off.
    Broken(Vec<(&'static str, String)>, Vec<u8>),
    /// Nothing, for ever.
    Silent,
    /// Another answer, a moment later.
    Late(Box<Answer>),
}

impl Answer {
    pub fn feed(text: String) -> Self {
        Answer::Plain(200, vec![("content-type", "application/rss+xml".into())], text.into_bytes())
    }
}

/// One request that the site saw.
#[derive(Debug, Clone)]
pub struct Seen {
    pub path: String,
    pub headers: HeaderMap,
}

#[derive(Clone, Default)]
struct Shared {
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
    /// Requests under way, and the most there ever were.
    at_once: Arc<Mutex<(usize, usize)>>,
}

/// A site on loopback.
pub struct Site {
    pub base: String,
    shared: Shared,
    _runtime: tokio::runtime::Runtime,
}

impl Site {
    pub fn start() -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let shared = Shared::default();
        let router = Router::new().fallback(answer).with_state(shared.clone());
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = runtime.block_on(tokio::net::TcpListener::bind(address)).expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Site { base, shared, _runtime: runtime }
    }

    pub fn set(&self, path: &str, answer: Answer) {
        self.shared.answers.lock().expect("the answers").insert(path.to_owned(), answer);
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().expect("the log").clone()
    }

    /// The most requests that were under way at one moment.
    pub fn most_at_once(&self) -> usize {
        self.shared.at_once.lock().expect("the count").1
    }

    pub fn count(&self, path: &str) -> usize {
        self.seen().iter().filter(|seen| seen.path == path).count()
    }
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response<Body> {
    {
        let mut at_once = shared.at_once.lock().expect("the count");
        at_once.0 += 1;
        at_once.1 = at_once.1.max(at_once.0);
    }
    let response = answer_one(&shared, request).await;
    shared.at_once.lock().expect("the count").0 -= 1;
    response
}

async fn answer_one(shared: &Shared, request: Request) -> Response<Body> {
    let path = request.uri().path().to_owned();
    shared.seen.lock().expect("the log").push(Seen { path: path.clone(), headers: request.headers().clone() });
    let mut found = shared.answers.lock().expect("the answers").get(&path).cloned();
    if let Some(Answer::Late(answer)) = found {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        found = Some(*answer);
    }
    match found {
        None => Response::builder().status(StatusCode::NOT_FOUND).body(Body::from("none")).expect("an answer"),
        Some(Answer::Plain(status, headers, body)) => {
            let etag = headers.iter().find(|(name, _)| *name == "etag").map(|(_, value)| value.clone());
            let known = request.headers().get("if-none-match").and_then(|value| value.to_str().ok());
            let same = etag.is_some() && etag.as_deref() == known;
            let mut response = Response::builder().status(if same { 304 } else { status });
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(if same { Body::empty() } else { Body::from(body) }).expect("an answer")
        }
        Some(Answer::Broken(headers, part)) => {
            let mut response = Response::builder().status(200);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            // A moment, so that what was sent is on its way before the line is cut.
            let end = async {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                Err::<Vec<u8>, _>(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
            };
            let part = futures_util::stream::once(async { Ok(part) });
            let stream = futures_util::StreamExt::chain(part, futures_util::stream::once(end));
            response.body(Body::from_stream(stream)).expect("an answer")
        }
        Some(Answer::Endless) => {
            let chunks = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 65_536]));
            Response::builder().status(200).body(Body::from_stream(chunks)).expect("an answer")
        }
        Some(Answer::Silent | Answer::Late(_)) => std::future::pending().await,
    }
}

/// A program or library of the test machine; `None` prints that the test is skipped, unless servers are required.
pub fn required(what: &str, found: bool) -> bool {
    if found {
        return true;
    }
    let must = std::env::var("VIGIE_REQUIRE_SERVERS").is_ok_and(|value| value == "1");
    assert!(!must, "{what} is required here and missing");
    println!("skipped: {what} is not on this machine");
    false
}

/// Where a program is, among the usual folders.
pub fn program(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin"), PathBuf::from("/usr/bin")]);
    let folders: Vec<PathBuf> = folders.collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}
