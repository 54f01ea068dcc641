//! `vigie.toml`: the organisation, its week, its mail and how the web is asked.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::{Language, OnUnknown};

use super::edition::{self, Edition};
use super::files::Files;
use super::reader::Table;
use super::secret::{SecretName, secret};
use super::values;

/// `vigie.toml`, with its defaults.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Name of the organisation.
    pub organisation: String,
    /// Language of pages, briefs and letters where nothing else says.
    pub language: Language,
    /// Civil time of the programme.
    pub time_zone: TimeZone,
    /// Where data lie, relative to the folder that holds the config folder.
    pub data: PathBuf,
    /// Days on which nothing is suggested.
    pub holidays: Vec<Date>,
    /// Whom the daemon's own troubles concern.
    pub admin: Option<String>,
    /// Address given to webmasters in the User-Agent.
    pub contact: Option<String>,
    /// Address of whoever runs the programme: briefs and calls for approval go there.
    pub lead: Option<String>,
    /// Where everybody reads the charter.
    pub charter_url: Option<String>,
    /// The weekly edition.
    pub edition: Edition,
    /// How letters leave.
    pub mail: Mail,
    /// How sources are asked.
    pub fetching: Fetching,
    /// Where the truth is kept.
    pub store: StoreSettings,
    /// Folder of a model of meaning from outside, relative to the config folder.
    pub outside_model: Option<PathBuf>,
}

/// Where the truth is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreSettings {
    /// In a file of the data folder.
    Sqlite,
    /// In a PostgreSQL database whose address (`postgres://…`) is in the file, for it holds no password.
    Postgres(String),
    /// In a PostgreSQL database whose address is a secret.
    PostgresAt(SecretName),
}

/// How the mail relay is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpTls {
    /// STARTTLS, required before anything else is said.
    StartTls,
    /// TLS from the first byte.
    Implicit,
    /// No TLS: only for a relay on this machine.
    None,
}

/// How letters leave.
#[derive(Debug, Clone, PartialEq)]
pub enum Transport {
    /// Written as `.eml` files in a folder, relative to the data folder.
    Folder(PathBuf),
    /// Given to a relay.
    Smtp {
        /// Host name of the relay.
        host: String,
        /// Port.
        port: u16,
        /// Encryption.
        tls: SmtpTls,
        /// User and secret, when the relay asks for them.
        login: Option<(String, SecretName)>,
        /// Extra certificate authority (PEM), for a relay with a private one.
        ca_file: Option<PathBuf>,
    },
}

/// Mail settings.
#[derive(Debug, Clone, PartialEq)]
pub struct Mail {
    /// How letters leave.
    pub transport: Transport,
    /// Sender, `Name <address>`.
    pub from: String,
    /// Where answers go: a human.
    pub reply_to: Option<String>,
    /// What is done with a try of unknown fate.
    pub on_unknown: OnUnknown,
}

/// How the web is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Fetching {
    /// Fetches at once, in all.
    pub at_once: usize,
    /// Fetches at once on one host.
    pub per_host: usize,
    /// Least time between two requests to one host.
    pub pause: Duration,
    /// Whole time of one fetch.
    pub timeout: Duration,
    /// Largest body, in bytes, once unpacked.
    pub max_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            organisation: "Notre organisation".into(),
            language: Language::French,
            time_zone: TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC),
            data: "index".into(),
            holidays: Vec::new(),
            admin: None,
            contact: None,
            lead: None,
            charter_url: None,
            edition: Edition::default(),
            mail: Mail {
                transport: Transport::Folder("letters".into()),
                from: "Vigie <vigie@localhost>".into(),
                reply_to: None,
                on_unknown: OnUnknown::Resend,
            },
            fetching: Fetching {
                at_once: 16,
                per_host: 2,
                pause: Duration::from_millis(500),
                timeout: Duration::from_secs(30),
                max_bytes: 15 << 20,
            },
            store: StoreSettings::Sqlite,
            outside_model: None,
        }
    }
}

/// Reads `vigie.toml`; without the file, defaults serve.
pub(super) fn read(files: &mut Files, dir: &Path) -> Settings {
    let mut settings = Settings::default();
    if !dir.join("vigie.toml").exists() {
        return settings;
    }
    let Some(mut sheet) = Table::open(files, dir, "vigie.toml") else {
        return settings;
    };
    match sheet.text(files, "organisation") {
        Some(name) if name.value.trim().is_empty() => {
            files.error(
                &name.place,
                "“organisation” is empty",
                "letters are signed with it: organisation = \"Exemple SAS\"",
            );
        }
        Some(name) => settings.organisation = name.value,
        None => {}
    }
    if let Some(language) = sheet.word(files, "language", &LANGUAGES) {
        settings.language = language.value;
    }
    if let Some(zone) = sheet.text(files, "time_zone").and_then(|at| values::time_zone(files, &at)) {
        settings.time_zone = zone;
    }
    if let Some(data) = sheet.text(files, "data") {
        settings.data = data.value.into();
    }
    settings.holidays = sheet.dates(files, "holidays").into_iter().map(|at| at.value).collect();
    settings.admin = sheet.text(files, "admin").and_then(|at| values::mail_address(files, &at));
    settings.contact = sheet.text(files, "contact").map(|at| at.value);
    settings.lead = sheet.text(files, "lead").and_then(|at| values::mail_address(files, &at));
    settings.charter_url =
        sheet.text(files, "charter_url").and_then(|at| values::web_address(files, &at)).map(String::from);
    if let Some(table) = sheet.table(files, "edition") {
        let briefed = table.has("brief").then(|| table.place.clone());
        edition::read(files, table, &mut settings.edition);
        if let Some(place) = briefed.filter(|_| settings.lead.is_none()) {
            files.error(
                &place,
                "“brief” says when, but not to whom",
                "add, above [edition]: lead = \"communication@example.org\"",
            );
        }
    }
    if let Some(table) = sheet.table(files, "mail") {
        read_mail(files, table, &mut settings.mail);
    }
    if let Some(table) = sheet.table(files, "collect") {
        read_fetching(files, table, &mut settings.fetching);
    }
    if let Some(table) = sheet.table(files, "store") {
        settings.store = read_store(files, table);
    }
    if let Some(mut table) = sheet.table(files, "relevance") {
        settings.outside_model = table.text(files, "outside_model").map(|at| dir.join(at.value));
        table.finish(files);
    }
    sheet.finish(files);
    settings
}

/// Languages of letters and pages.
pub(super) const LANGUAGES: [(&str, Language); 2] = [("fr", Language::French), ("en", Language::English)];

fn read_mail(files: &mut Files, mut table: Table, mail: &mut Mail) {
    let place = table.place.clone();
    let smtp = table.word(files, "transport", &[("folder", false), ("smtp", true)]).is_some_and(|at| at.value);
    let from = table.text(files, "from");
    if smtp && from.is_none() {
        files.error(&place, "letters sent by SMTP need a sender", "add: from = \"Veille <veille@example.org>\"");
    }
    if let Some(from) = from.and_then(|at| values::mailbox(files, &at)) {
        mail.from = from;
    }
    mail.reply_to = table.text(files, "reply_to").and_then(|at| values::mailbox(files, &at));
    let unknown = [("resend", OnUnknown::Resend), ("hold", OnUnknown::Hold)];
    if let Some(rule) = table.word(files, "on_unknown", &unknown) {
        mail.on_unknown = rule.value;
    }
    let folder = table.text(files, "folder");
    let host = table.text(files, "host");
    let tls = [("starttls", SmtpTls::StartTls), ("tls", SmtpTls::Implicit), ("none", SmtpTls::None)];
    let tls = table.word(files, "tls", &tls);
    let port = table.integer(files, "port", 1..=65_535);
    let user = table.text(files, "user");
    let secret = secret(files, &mut table, ["password_file", "password_env", "password_credential"]);
    let ca_file = table.text(files, "ca_file").map(|at| at.value.into());
    table.forbid(
        files,
        "password",
        "a password stands in the file",
        "put it in a file of its own: password_file = \"…\" (mode 600)",
    );
    table.finish(files);
    if !smtp {
        if let Some(folder) = folder {
            mail.transport = Transport::Folder(folder.value.into());
        }
        return;
    }
    let Some(host) = host else {
        files.error(&place, "letters sent by SMTP need a relay", "add: host = \"smtp.example.org\"");
        return;
    };
    let local = matches!(host.value.as_str(), "localhost" | "127.0.0.1" | "::1");
    if let Some(at) = tls.as_ref().filter(|at| at.value == SmtpTls::None && !local) {
        files.error(
            &at.place,
            "letters would cross the network in clear",
            "use tls = \"starttls\" or \"tls\"; \"none\" is for a relay on this machine",
        );
    }
    let tls = tls.map_or(SmtpTls::StartTls, |at| at.value);
    let default_port = match tls {
        SmtpTls::StartTls => 587,
        SmtpTls::Implicit => 465,
        SmtpTls::None => 25,
    };
    let login = match (user, secret) {
        (Some(user), Some(secret)) => Some((user.value, secret)),
        (Some(user), None) => {
            files.error(
                &user.place,
                "a user without a secret",
                "add: password_file = \"…\", password_env or password_credential",
            );
            None
        }
        (None, Some(_)) => {
            files.error(&place, "a secret without a user", "add: user = \"…\"");
            None
        }
        (None, None) => None,
    };
    mail.transport = Transport::Smtp {
        host: host.value,
        port: port.and_then(|at| u16::try_from(at.value).ok()).unwrap_or(default_port),
        tls,
        login,
        ca_file,
    };
}

fn read_store(files: &mut Files, mut table: Table) -> StoreSettings {
    let place = table.place.clone();
    let engines = [("sqlite", false), ("postgres", true)];
    let postgres = table.word(files, "engine", &engines).is_some_and(|at| at.value);
    let plain = table.text(files, "url");
    let secret = secret(files, &mut table, ["url_file", "url_env", "url_credential"]);
    table.finish(files);
    let address = plain.as_ref().map(|at| (at, url::Url::parse(&at.value)));
    if let Some((at, address)) = &address {
        match address {
            Ok(url) if !matches!(url.scheme(), "postgres" | "postgresql") => {
                files.error(&at.place, "this is no address of a PostgreSQL database", STORE_URL);
            }
            Ok(url) if url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password") => files
                .error(
                    &at.place,
                    "a password stands in the file",
                    "put the whole address in a file of its own: url_file = \"…\" (mode 600)",
                ),
            Ok(_) => {}
            Err(_) => files.error(&at.place, "this address cannot be read", STORE_URL),
        }
    }
    match (postgres, plain, secret) {
        (false, None, None) => StoreSettings::Sqlite,
        (false, ..) => {
            files.error(&place, "an address is given, but the engine is sqlite", "add: engine = \"postgres\"");
            StoreSettings::Sqlite
        }
        (true, Some(_), Some(_)) => {
            files.error(&place, "the address of the database is given twice", "keep url, or the secret");
            StoreSettings::Sqlite
        }
        (true, Some(url), None) => StoreSettings::Postgres(url.value),
        (true, None, Some(secret)) => StoreSettings::PostgresAt(secret),
        (true, None, None) => {
            files.error(&place, "the database has no address", STORE_URL);
            StoreSettings::Sqlite
        }
    }
}

const STORE_URL: &str =
    "write url = \"postgres://vigie@db.example.org/vigie\", or url_file = \"…\" when it holds a password";

fn read_fetching(files: &mut Files, mut table: Table, fetching: &mut Fetching) {
    let small = |at: super::files::At<i64>| usize::try_from(at.value).unwrap_or(1);
    if let Some(number) = table.integer(files, "at_once", 1..=256) {
        fetching.at_once = small(number);
    }
    if let Some(number) = table.integer(files, "per_host", 1..=4) {
        fetching.per_host = small(number);
    }
    if let Some(pause) = table.integer(files, "pause_ms", 0..=60_000) {
        fetching.pause = Duration::from_millis(pause.value.unsigned_abs());
    }
    let second = Duration::from_secs(1);
    if let Some(timeout) = table.text(files, "timeout").and_then(|at| values::duration(files, at, second)) {
        fetching.timeout = timeout.min(Duration::from_secs(300));
    }
    if let Some(size) = table.integer(files, "max_mb", 1..=200) {
        fetching.max_bytes = small(size) << 20;
    }
    table.finish(files);
}
