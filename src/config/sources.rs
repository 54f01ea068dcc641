//! `sources.toml` and `sources.d/*.toml`.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use url::Url;

use crate::domain::{Cadence, Confidentiality, FullText, MailMode, MailRule, Picks, Source, SourceKind};

use super::accounts::{self, Account};
use super::files::{Files, Named};
use super::line::{narrow, reference};
use super::reader::{Table, suggest};
use super::schedule::Crontab;
use super::watches::{self, WATCHES, Watch};
use super::{sheets, values};

/// Least time between two polls: below, it is pestering.
const SHORTEST: Duration = Duration::from_secs(60);

/// What a source is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Plain(SourceKind),
    Watch(Watch),
}

const PLAIN: [(&str, SourceKind); 9] = [
    ("feed", SourceKind::Feed),
    ("page", SourceKind::Page),
    ("sitemap", SourceKind::Sitemap),
    ("json", SourceKind::Json),
    ("imap", SourceKind::Imap),
    ("maildir", SourceKind::Maildir),
    ("folder", SourceKind::Folder),
    ("library", SourceKind::Library),
    ("calendar", SourceKind::Calendar),
];

/// Reads every source, and what opens those that are closed.
pub(super) fn read(files: &mut Files, dir: &Path) -> (Vec<Source>, HashMap<String, Account>) {
    let (mut sources, mut accounts) = (Vec::new(), HashMap::new());
    for mut sheet in sheets(files, dir, "sources") {
        for table in sheet.tables(files, "source") {
            if let Some((source, account)) = source(files, dir, table) {
                accounts.extend(account.map(|account| (source.id.clone(), account)));
                sources.push(source);
            }
        }
        sheet.finish(files);
    }
    (sources, accounts)
}

/// Networks that let no program read, and why.
const CLOSED: [(&str, &str); 4] = [
    (
        "linkedin",
        "LinkedIn offers programs neither feed nor search, and forbids reading its pages: have its mails sent to a watched mailbox",
    ),
    (
        "facebook",
        "Facebook lets only the owners of a page read it by program: watch the site or the newsletter of that page instead",
    ),
    (
        "instagram",
        "Instagram lets only the owners of an account read it by program: watch the site of that account instead",
    ),
    ("tiktok", "TikTok lets only approved researchers read it by program"),
];

fn kind(files: &mut Files, table: &mut Table) -> Kind {
    let Some(at) = table.text(files, "kind") else { return Kind::Plain(SourceKind::Feed) };
    let plain = PLAIN.iter().map(|(word, kind)| (*word, Kind::Plain(*kind)));
    let known: Vec<(&str, Kind)> =
        plain.chain(WATCHES.iter().map(|(word, watch)| (*word, Kind::Watch(*watch)))).collect();
    if let Some((_, kind)) = known.iter().find(|(word, _)| *word == at.value) {
        return *kind;
    }
    match CLOSED.iter().find(|(name, _)| *name == at.value.to_lowercase()) {
        Some((name, why)) => files.error(&at.place, format!("{name} cannot be watched"), *why),
        None => files.error(
            &at.place,
            format!("“{}” is not a value of “kind”", at.value),
            suggest(&at.value, known.iter().map(|(word, _)| *word)),
        ),
    }
    Kind::Plain(SourceKind::Feed)
}

/// Where a source is, how it is read and what opens it.
struct Way {
    kind: SourceKind,
    url: String,
    account: Option<Account>,
}

fn way(files: &mut Files, dir: &Path, table: &mut Table, kind: Kind) -> Option<Way> {
    let site = |files: &mut Files, table: &mut Table, kind, url: Option<Url>| {
        let account = accounts::of_site(files, table);
        Some(Way { kind, url: url?.to_string(), account })
    };
    match kind {
        Kind::Watch(watch) => {
            let (kind, url) = watches::address(files, table, watch).unzip();
            let way = site(files, table, kind.unwrap_or(SourceKind::Feed), url)?;
            let needs = matches!(way.kind, SourceKind::X | SourceKind::Reader) && way.account.is_none();
            if needs {
                let hint =
                    if way.kind == SourceKind::X { "add: token_file = \"…\"" } else { "add: user and password_file" };
                files.error(&table.place, "this watch needs an account of yours", hint);
            }
            Some(way)
        }
        Kind::Plain(SourceKind::Imap) => {
            let mailbox = accounts::mailbox(files, table)?;
            let url = format!("imap://{}:{}/{}", mailbox.host, mailbox.port, mailbox.folder);
            let url = format!("{url}#{}", mailbox.user);
            Some(Way { kind: SourceKind::Imap, url, account: Some(Account::Mailbox(mailbox)) })
        }
        Kind::Plain(kind @ (SourceKind::Maildir | SourceKind::Folder | SourceKind::Library)) => {
            let path = table.required_text(files, "path", "\"/srv/veille/documents\"")?;
            Some(Way { kind, url: file_address(dir, &path.value), account: None })
        }
        Kind::Plain(SourceKind::Calendar) if table.has("path") => {
            let path = table.required_text(files, "path", "\"calendrier.ics\"")?;
            Some(Way { kind: SourceKind::Calendar, url: file_address(dir, &path.value), account: None })
        }
        Kind::Plain(kind) => {
            let url = table.required_text(files, "url", "\"https://example.org/rss\"");
            let url = url.and_then(|at| values::web_address(files, &at));
            site(files, table, kind, url)
        }
    }
}

/// A path as an address; relative ones lean on the folder of the configuration.
fn file_address(dir: &Path, path: &str) -> String {
    let whole = std::path::absolute(dir.join(path)).unwrap_or_else(|_| dir.join(path));
    Url::from_file_path(&whole).map_or_else(|()| format!("file://{}", whole.display()), |url| url.to_string())
}

/// How letters are read: `[[source.letter]]`, the first that speaks of a sender.
fn letters(files: &mut Files, table: &mut Table) -> Vec<MailRule> {
    let modes = [
        ("auto", MailMode::Auto),
        ("alert", MailMode::Alert),
        ("links", MailMode::Links),
        ("prose", MailMode::Prose),
        ("ignore", MailMode::Ignore),
    ];
    let mut rules = Vec::new();
    for mut letter in table.tables(files, "letter") {
        let from = letter.text(files, "from").map(|at| at.value.trim().to_lowercase());
        let mode = letter.word(files, "mode", &modes).map(|at| at.value).unwrap_or_default();
        let picks = picks(files, &mut letter, Some(SourceKind::Page));
        letter.finish(files);
        rules.push(MailRule { from, mode, picks });
    }
    rules
}

fn source(files: &mut Files, dir: &Path, mut table: Table) -> Option<(Source, Option<Account>)> {
    let id = table.required_text(files, "id", "\"batiactu\"");
    if let Some(id) = &id {
        files.define(Named::Source, id);
    }
    let name = table.text(files, "name");
    let kind = kind(files, &mut table);
    let way = way(files, dir, &mut table, kind);
    let classes = [
        ("public", Confidentiality::Public),
        ("shareable", Confidentiality::Shareable),
        ("internal", Confidentiality::Internal),
    ];
    let class = table.word(files, "confidentiality", &classes);
    let cadence = cadence(files, &mut table);
    let picks = picks(files, &mut table, way.as_ref().map(|way| way.kind));
    let rules = letters(files, &mut table);
    let senders = table.texts(files, "senders").into_iter().map(|at| at.value.trim().to_lowercase()).collect();
    let verified_by = table.text(files, "verified_by").map(|at| at.value.trim().to_lowercase());
    let resolve_links = table.boolean(files, "resolve_links").unwrap_or(false);
    let texts = [("never", FullText::Never), ("auto", FullText::Auto), ("always", FullText::Always)];
    let full_text = table.word(files, "full_text", &texts);
    let excerpt = table.integer(files, "excerpt", 0..=2_000);
    let allow_private = table.boolean(files, "allow_private");
    let actor = table.text(files, "actor");
    let actor = reference(files, Named::Actor, actor);
    let written_by = table.text(files, "written_by");
    let written_by = reference(files, Named::Ambassador, written_by);
    let language = table.text(files, "language");
    let zone = table.text(files, "time_zone");
    let time_zone = zone.and_then(|at| values::time_zone(files, &at).map(|_| at.value));
    let trust = table.number(files, "trust", 0.0..=2.0).unwrap_or(1.0);
    let enabled = table.boolean(files, "enabled");
    let folder = table.text(files, "folder").map(|at| at.value);
    let place = table.place.clone();
    table.finish(files);
    let id = id?.value;
    let Way { kind, url, account } = way?;
    let needs_login = matches!(account, Some(Account::Basic { .. } | Account::Bearer(_)))
        && !matches!(kind, SourceKind::X | SourceKind::Reader | SourceKind::Bluesky);
    if needs_login && class.as_ref().is_some_and(|at| at.value != Confidentiality::Internal) {
        files.error(
            class.as_ref().map_or(&place, |at| &at.place),
            "what needs credentials is not public: nobody outside could follow its links",
            "write confidentiality = \"internal\"; what may be shared belongs into a library",
        );
    }
    // A relay of secrets in clear is no place for them; what is private was allowed by the admin.
    let clear = url.starts_with("http://") && !allow_private.unwrap_or(false);
    if clear && matches!(account, Some(Account::Basic { .. } | Account::Bearer(_))) {
        files.error(
            &place,
            "the secret would cross the network in clear",
            "use an https:// address; inside: allow_private = true",
        );
    }
    let source = Source {
        name: name.map_or_else(|| id.clone(), |at| at.value),
        id,
        kind,
        picks,
        url,
        classed: class.is_some(),
        confidentiality: class.map(|at| at.value).unwrap_or_default(),
        cadence,
        full_text: full_text.map(|at| at.value).unwrap_or_default(),
        excerpt: excerpt.map_or(0, |at| usize::try_from(at.value).unwrap_or_default()),
        allow_private: allow_private.unwrap_or(false),
        actor,
        written_by,
        language: language.map(|at| at.value),
        time_zone,
        trust: narrow(trust),
        enabled: enabled.unwrap_or(true),
        folder,
        letters: rules,
        senders,
        verified_by,
        resolve_links,
    };
    Some((source, account))
}

/// Selectors (kind = "page") or pointers (kind = "json"), each tried before it is believed.
fn picks(files: &mut Files, table: &mut Table, kind: Option<SourceKind>) -> Picks {
    let mut one = |key: &'static str| -> Option<String> {
        let at = table.text(files, key)?;
        let refused = match kind {
            Some(SourceKind::Page) => scraper::Selector::parse(&at.value).is_err().then_some("this is no CSS selector"),
            Some(SourceKind::Json) => {
                (!at.value.is_empty() && !at.value.starts_with('/')).then_some("a JSON pointer begins with /")
            }
            _ => Some("only kind = \"page\" and kind = \"json\" have it"),
        };
        match refused {
            Some(why) => {
                files.error(&at.place, format!("{key}: {why}"), "for a page: items = \"article\", link = \"h2 a\"");
                None
            }
            None => Some(at.value),
        }
    };
    Picks { items: one("items"), title: one("title"), link: one("link"), date: one("date"), text: one("text") }
}

fn cadence(files: &mut Files, table: &mut Table) -> Cadence {
    if table.has("every") && table.has("cron") {
        files.error(&table.place, "both “every” and “cron” say when to ask", "keep one of the two");
    }
    let every = table.text(files, "every").and_then(|at| values::duration(files, at, SHORTEST));
    let cron = table.text(files, "cron").and_then(|at| match Crontab::parse(&at.value) {
        Ok(_) => Some(at.value),
        Err(why) => {
            files.error(&at.place, format!("this pattern is refused: {why}"), "most sources need only every = \"1h\"");
            None
        }
    });
    match (every, cron) {
        (_, Some(pattern)) => Cadence::Cron(pattern),
        (Some(every), None) => Cadence::Every(every),
        (None, None) => Cadence::Adaptive,
    }
}
