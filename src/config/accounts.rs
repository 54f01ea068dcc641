//! How a source is entered: mailboxes with their log-ins, and sites that ask who reads. Secrets are named here, never held.

use std::path::PathBuf;

use super::files::{Files, Place};
use super::reader::Table;
use super::secret::{SecretName, secret};

/// What opens a source that not everybody may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// A mailbox read by IMAP.
    Mailbox(Mailbox),
    /// User and password of a site (RFC 7617).
    Basic {
        /// User.
        user: String,
        /// Password.
        password: SecretName,
    },
    /// A token of a site (RFC 6750).
    Bearer(SecretName),
}

impl Account {
    /// The secrets it needs, by name.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretName> {
        let secret = match self {
            Account::Mailbox(mailbox) => match &mailbox.login {
                Login::Password(secret) | Login::Client { secret, .. } => Some(secret),
                Login::Command(_) => None,
            },
            Account::Basic { password: secret, .. } | Account::Bearer(secret) => Some(secret),
        };
        secret.into_iter()
    }
}

/// A mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Host of the server.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub tls: MailboxTls,
    /// A certificate authority of one's own, beside the system's.
    pub ca_file: Option<PathBuf>,
    /// User.
    pub user: String,
    /// How the user is known.
    pub login: Login,
    /// The folder that is read.
    pub folder: String,
    /// What becomes of a message once its items are kept.
    pub after: AfterReading,
    /// Age in days of what is taken in at the first visit.
    pub days: u16,
}

/// How a connection to a mailbox is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailboxTls {
    /// From the first byte (port 993).
    Implicit,
    /// After STARTTLS (port 143); never in clear when the server does not offer it.
    StartTls,
    /// Not at all: for servers on this machine.
    None,
}

/// How a user is known to a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// A password.
    Password(SecretName),
    /// XOAUTH2, with the token that a command prints.
    Command(Vec<String>),
    /// XOAUTH2, with a token asked for by client credentials (RFC 6749, § 4.4).
    Client {
        /// Where tokens are given.
        token_url: String,
        /// Who asks.
        client_id: String,
        /// The secret of who asks.
        secret: SecretName,
        /// What for.
        scope: Option<String>,
    },
}

/// What becomes of a message once its items are kept. Nothing is ever deleted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum AfterReading {
    /// It stays as it was.
    #[default]
    Keep,
    /// It is marked as seen.
    Seen,
    /// It is moved to another folder.
    Move(String),
}

/// Reads the keys of a mailbox.
pub(super) fn mailbox(files: &mut Files, table: &mut Table) -> Option<Mailbox> {
    let place = table.place.clone();
    let host = table.required_text(files, "host", "\"imap.example.org\"");
    let user = table.required_text(files, "user", "\"veille@example.org\"");
    let kinds = [("tls", MailboxTls::Implicit), ("starttls", MailboxTls::StartTls), ("none", MailboxTls::None)];
    let tls = table.word(files, "tls", &kinds);
    let port = table.integer(files, "port", 1..=65_535);
    let ca_file = table.text(files, "ca_file").map(|at| at.value.into());
    let folder = table.text(files, "mailbox").map_or_else(|| "INBOX".to_owned(), |at| at.value);
    let days = table.integer(files, "days", 0..=3_650).and_then(|at| u16::try_from(at.value).ok()).unwrap_or(30);
    let moved = table.text(files, "move_to").map(|at| at.value);
    let seen = table.boolean(files, "mark_seen").unwrap_or(false);
    let after = match (moved, seen) {
        (Some(folder), _) => AfterReading::Move(folder),
        (None, true) => AfterReading::Seen,
        (None, false) => AfterReading::Keep,
    };
    let login = login(files, table, &place);
    let host = host?.value;
    let local = matches!(host.as_str(), "localhost" | "127.0.0.1" | "::1");
    if let Some(at) = tls.as_ref().filter(|at| at.value == MailboxTls::None && !local) {
        files.error(
            &at.place,
            "the mailbox and its password would cross the network in clear",
            "use tls = \"tls\" or \"starttls\"; \"none\" is for a server on this machine",
        );
    }
    let tls = tls.map_or(MailboxTls::Implicit, |at| at.value);
    let usual = if tls == MailboxTls::Implicit { 993 } else { 143 };
    let port = port.and_then(|at| u16::try_from(at.value).ok()).unwrap_or(usual);
    Some(Mailbox { host, port, tls, ca_file, user: user?.value, login: login?, folder, after, days })
}

fn login(files: &mut Files, table: &mut Table, place: &Place) -> Option<Login> {
    let password = password(files, table);
    let command: Vec<String> = table.texts(files, "token_command").into_iter().map(|at| at.value).collect();
    let token_url = table.text(files, "token_url");
    let client_id = table.text(files, "client_id");
    let client_secret = secret(files, table, ["client_secret_file", "client_secret_env", "client_secret_credential"]);
    let scope = table.text(files, "scope").map(|at| at.value);
    let ways = usize::from(password.is_some()) + usize::from(!command.is_empty()) + usize::from(token_url.is_some());
    if ways != 1 {
        let message = if ways == 0 { "nothing says how to log in" } else { "it logs in in two ways" };
        files.error(
            place,
            message,
            "keep one: password_file (or _env, _credential), token_command, or token_url with client_id and client_secret_file",
        );
        return None;
    }
    if let Some(password) = password {
        return Some(Login::Password(password));
    }
    let Some(token_url) = token_url else {
        return Some(Login::Command(command));
    };
    let url = super::values::web_address(files, &token_url)?;
    let here = url.host_str().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() == "http" && !here {
        files.error(&token_url.place, "the client secret would cross the network in clear", "use an https:// address");
    }
    match (client_id, client_secret) {
        (Some(client_id), Some(secret)) => {
            Some(Login::Client { token_url: url.to_string(), client_id: client_id.value, secret, scope })
        }
        _ => {
            files.error(
                &token_url.place,
                "client credentials need both client_id and client_secret_file",
                "add the one that is missing",
            );
            None
        }
    }
}

/// The password of a source, named.
pub(super) fn password(files: &mut Files, table: &mut Table) -> Option<SecretName> {
    for (key, hint) in [("password", "password_file = \"…\" (mode 600)"), ("token", "token_file = \"…\" (mode 600)")]
    {
        table.forbid(files, key, "a secret stands in the file", &format!("put it in a file of its own: {hint}"));
    }
    secret(files, table, ["password_file", "password_env", "password_credential"])
}

/// What a site asks for, if the source says so.
pub(super) fn of_site(files: &mut Files, table: &mut Table) -> Option<Account> {
    let place = table.place.clone();
    let user = table.text(files, "user");
    let password = password(files, table);
    let token = secret(files, table, ["token_file", "token_env", "token_credential"]);
    match (user, password, token) {
        (Some(user), Some(password), None) => Some(Account::Basic { user: user.value, password }),
        (None, None, Some(token)) => Some(Account::Bearer(token)),
        (None, None, None) => None,
        _ => {
            files.error(
                &place,
                "it is not clear how this source is entered",
                "give user and password_file, or token_file alone",
            );
            None
        }
    }
}
