//! `vigie.toml`: the organisation, its week, its mail and how the web is asked.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use crate::domain::{Language, OnUnknown};

use super::files::Files;
use super::reader::Table;
use super::schedule::{Crontab, Schedule};
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

/// What happens when nothing deserves to be suggested to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmptyLetter {
    /// A short letter says so.
    Say,
    /// No letter.
    Skip,
}

/// The weekly edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Edition {
    /// When it is planned and sent.
    pub schedule: Schedule,
    /// How late a missed edition is still made up.
    pub grace: Duration,
    /// How old a story may be, in days.
    pub window_days: u16,
    /// People who may get one story in one edition.
    pub story_cap: usize,
    /// The same within one group of overlapping networks.
    pub group_cap: usize,
    /// Least gain worth a suggestion, 0 to 1.
    pub floor: f64,
    /// Suggestions of priority 2, priority 3 and without objective that one letter may hold.
    pub quota: [usize; 3],
    /// When nothing is worth it.
    pub empty: EmptyLetter,
    /// When it is planned, for people to look at before it leaves; without it, when it leaves.
    pub review: Option<Schedule>,
    /// What becomes of an edition that nobody approved.
    pub unapproved: Unapproved,
    /// How long after the company's page people may tell the same.
    pub page_lag: Duration,
    /// Days after which a lasting content may come back to a person, on the same network.
    pub cool_down_days: u16,
    /// One week in so many without a letter, for those who did not choose.
    pub rest_every: Option<u16>,
    /// When the brief of the Monday meeting is mailed to the lead.
    pub brief: Schedule,
}

/// What becomes of an edition that nobody approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unapproved {
    /// It leaves.
    Send,
    /// It waits, and is given up when its grace time is over.
    Hold,
}

/// Name of a secret: where its value is found, never the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecretName {
    /// A file, absolute or relative to the config folder.
    File(PathBuf),
    /// An environment variable.
    Env(String),
    /// A systemd credential, by name.
    Credential(String),
}

/// A secret value: it has no way to be shown or logged by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret that was not read from a file: a token, a header made of it.
    pub fn new(value: String) -> Self {
        Secret(value)
    }

    /// The value, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl SecretName {
    /// What the system lets others do with the file of the secret, if that is more than it should.
    ///
    /// Files that systemd gives are its own affair.
    pub fn too_open(&self, config_dir: &Path) -> Option<String> {
        use std::os::unix::fs::PermissionsExt;
        let SecretName::File(path) = self else { return None };
        let mode = std::fs::metadata(config_dir.join(path)).ok()?.permissions().mode() & 0o777;
        (mode & 0o007 != 0).then(|| format!("the secret file {} is open to everybody (mode {mode:o})", path.display()))
    }

    /// Reads the secret; `config_dir` is where relative files are looked for. The final line end is not part of it.
    ///
    /// # Errors
    /// What is missing, by name, never by value.
    pub fn read(&self, config_dir: &Path) -> Result<Secret, String> {
        let file = |path: &Path| {
            std::fs::read_to_string(path)
                .map_err(|error| format!("the secret file {} cannot be read: {error}", path.display()))
        };
        let value = match self {
            SecretName::File(path) => file(&config_dir.join(path))?,
            SecretName::Env(name) => {
                std::env::var(name).map_err(|_| format!("the environment variable {name} is not set"))?
            }
            SecretName::Credential(name) => {
                let folder = std::env::var_os("CREDENTIALS_DIRECTORY")
                    .ok_or_else(|| format!("the credential {name} is given by systemd only (LoadCredential=)"))?;
                file(&Path::new(&folder).join(name))?
            }
        };
        Ok(Secret(value.trim_end_matches(['\r', '\n']).to_owned()))
    }
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

impl Default for Edition {
    fn default() -> Self {
        Edition {
            schedule: Schedule::Weekly(Weekday::Monday, Time::constant(8, 0, 0, 0)),
            grace: Duration::from_secs(48 * 3600),
            window_days: 14,
            story_cap: 3,
            group_cap: 1,
            floor: 0.2,
            quota: [5, 1, 1],
            empty: EmptyLetter::Say,
            review: None,
            unapproved: Unapproved::Send,
            page_lag: Duration::from_secs(24 * 3600),
            cool_down_days: 180,
            rest_every: None,
            brief: Schedule::Weekly(Weekday::Monday, Time::constant(7, 30, 0, 0)),
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
        read_edition(files, table, &mut settings.edition);
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

fn read_edition(files: &mut Files, mut table: Table, edition: &mut Edition) {
    let both = table.has("weekly") && table.has("cron");
    if both {
        files.error(&table.place, "both “weekly” and “cron” say when the edition leaves", "keep one of the two");
    }
    if let Some((day, time)) = table.text(files, "weekly").and_then(|at| values::week_time(files, &at)) {
        edition.schedule = Schedule::Weekly(day, time);
    }
    if let Some(at) = table.text(files, "cron") {
        match Crontab::parse(&at.value) {
            Ok(crontab) => edition.schedule = Schedule::Cron(crontab),
            Err(why) => files.error(
                &at.place,
                format!("this pattern is refused: {why}"),
                "most programmes need only weekly = \"mon 08:00\"",
            ),
        }
    }
    let hour = Duration::from_secs(3600);
    if let Some(grace) = table.text(files, "grace").and_then(|at| values::duration(files, at, hour)) {
        edition.grace = grace;
    }
    let small = |at: super::files::At<i64>| usize::try_from(at.value).unwrap_or_default();
    if let Some(days) = table.integer(files, "window_days", 1..=90) {
        edition.window_days = u16::try_from(days.value).unwrap_or(14);
    }
    if let Some(cap) = table.integer(files, "story_cap", 1..=8) {
        edition.story_cap = small(cap);
    }
    if let Some(cap) = table.integer(files, "group_cap", 1..=50) {
        edition.group_cap = small(cap);
    }
    if let Some(floor) = table.number(files, "floor", 0.0..=1.0) {
        edition.floor = floor;
    }
    for (index, key) in ["priority_2", "priority_3", "without_objective"].into_iter().enumerate() {
        if let Some(quota) = table.integer(files, key, 0..=20) {
            edition.quota[index] = small(quota);
        }
    }
    if let Some(empty) = table.word(files, "empty", &[("say", EmptyLetter::Say), ("skip", EmptyLetter::Skip)]) {
        edition.empty = empty.value;
    }
    if let Some((day, time)) = table.text(files, "review").and_then(|at| values::week_time(files, &at)) {
        edition.review = Some(Schedule::Weekly(day, time));
    }
    if let Some(word) = table.word(files, "unapproved", &[("send", Unapproved::Send), ("hold", Unapproved::Hold)]) {
        edition.unapproved = word.value;
        if word.value == Unapproved::Hold && edition.review.is_none() {
            files.error(
                &word.place,
                "nobody could approve an edition that is planned when it leaves",
                "say when it is planned for review: review = \"fri 12:00\"",
            );
        }
    }
    if let Some(lag) = table.text(files, "page_lag").and_then(|at| values::duration(files, at, Duration::ZERO)) {
        edition.page_lag = lag;
    }
    if let Some(wait) = table.text(files, "cool_down").and_then(|at| values::duration(files, at, 24 * hour)) {
        edition.cool_down_days = u16::try_from(wait.as_secs() / 86_400).unwrap_or(u16::MAX);
    }
    if let Some(every) = table.integer(files, "rest_every", 2..=52) {
        edition.rest_every = u16::try_from(every.value).ok();
    }
    if let Some((day, time)) = table.text(files, "brief").and_then(|at| values::week_time(files, &at)) {
        edition.brief = Schedule::Weekly(day, time);
    }
    table.finish(files);
}

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

/// A secret named by one of three keys: a file, an environment variable, a credential of systemd.
pub(super) fn secret(files: &mut Files, table: &mut Table, keys: [&'static str; 3]) -> Option<SecretName> {
    let [file, variable, credential] = keys;
    let named = [
        table.text(files, file).map(|at| SecretName::File(at.value.into())),
        table.text(files, variable).map(|at| SecretName::Env(at.value)),
        table.text(files, credential).map(|at| SecretName::Credential(at.value)),
    ];
    let mut named = named.into_iter().flatten();
    let first = named.next();
    if named.next().is_some() {
        files.error(
            &table.place,
            "one secret is named in two ways",
            format!("keep one of {file}, {variable} and {credential}"),
        );
    }
    first
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
