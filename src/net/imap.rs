//! A mailbox over IMAP (RFC 3501, IDLE of RFC 2177, MOVE of RFC 6851): what is new is read, nothing is deleted.
//!
//! Every step has a time-out, every command is checked to its tagged line (the crate's own look-ups are not), and a
//! server that lies about sizes is cut off by the guard of `wire`.

use std::time::Duration;

use async_imap::error::Error as ImapError;
use async_imap::extensions::idle::IdleResponse;
use async_imap::imap_proto::{AttributeValue, MailboxDatum, Response, Status};
use async_imap::{Authenticator, Client, Session};
use jiff::civil::Date;
use thiserror::Error;

use super::wire::{self, Guard, Line, Wire};

/// Longest time of one step: a connection, a log-in, a command.
const STEP: Duration = Duration::from_secs(60);
/// Longest wait for news in one IDLE, below the 29 minutes of RFC 2177.
const IDLING: Duration = Duration::from_secs(20 * 60);
/// Bytes beside a message that one answer may have.
const ROOM: u64 = 1 << 20;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS, or nothing at all.
    StartTls,
    /// None.
    None,
}

/// How the user is known.
#[derive(Clone, Copy)]
pub enum Proof<'a> {
    /// A password.
    Password(&'a str),
    /// A token (XOAUTH2).
    Token(&'a str),
}

/// What is connected to.
#[derive(Clone, Copy)]
pub struct Server<'a> {
    /// Host.
    pub host: &'a str,
    /// Port.
    pub port: u16,
    /// Protection.
    pub protection: Protection,
    /// Authorities believed beside the system's, PEM.
    pub authorities: Option<&'a [u8]>,
    /// User.
    pub user: &'a str,
    /// Proof.
    pub proof: Proof<'a>,
    /// Largest message that is read whole, in bytes.
    pub max_bytes: usize,
}

/// Why a mailbox could not be read, told for the person who looks after it.
#[derive(Debug, Error)]
pub enum MailboxError {
    /// Nobody answers.
    #[error("the mail server {0} does not answer: {1}")]
    Connect(String, String),
    /// TLS failed.
    #[error(
        "the mail server {0} has no valid certificate: {1}; ca_file names the authority that signed it, which may not be the certificate itself"
    )]
    Tls(String, String),
    /// No encryption is offered.
    #[error("the mail server {0} offers no STARTTLS: nothing was said to it; use tls = \"tls\"")]
    NoTls(String),
    /// The user is refused.
    #[error(
        "the mail server refuses the log-in of {0}: {1}; it will not be tried again before an hour, so that the account is not locked"
    )]
    Login(String, String),
    /// The folder is not there.
    #[error("the folder “{0}” cannot be opened: {1}")]
    Folder(String, String),
    /// A step took too long.
    #[error("the mail server took more than {0} s to {1}")]
    Timeout(u64, &'static str),
    /// It is silent where it should greet.
    #[error("the mail server {0} did not greet: a port that is encrypted from the start (993) wants tls = \"tls\"")]
    Silent(String),
    /// A command is refused.
    #[error("the mail server refuses to {0}: {1}")]
    Refused(&'static str, String),
    /// The connection broke.
    #[error("the connection to the mail server broke off: {0}")]
    Broken(String),
}

impl MailboxError {
    /// One word for the kind, kept with the source.
    pub fn kind(&self) -> &'static str {
        match self {
            MailboxError::Connect(..) => "connect",
            MailboxError::Tls(..) | MailboxError::NoTls(_) | MailboxError::Silent(_) => "tls",
            MailboxError::Login(..) => "login",
            MailboxError::Folder(..) => "folder",
            MailboxError::Timeout(..) => "timeout",
            MailboxError::Refused(..) => "refused",
            MailboxError::Broken(_) => "broken",
        }
    }
}

/// A message as fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedMail {
    /// Its bytes, or the beginning of them.
    pub bytes: Vec<u8>,
    /// True when it is larger than what was read.
    pub cut: bool,
}

/// An open folder of a mailbox.
#[derive(Debug)]
pub struct Mailbox {
    session: Session<Line>,
    max_bytes: usize,
    /// Changes when numbers were given anew.
    pub uid_validity: u32,
    /// The number that the next message gets, where the server says it.
    pub uid_next: Option<u32>,
    /// Messages in the folder.
    pub exists: u32,
    /// True when the server tells of news by itself.
    pub can_idle: bool,
    can_move: bool,
}

impl Mailbox {
    /// Connects, logs in and opens `folder`; read-only when nothing will be marked or moved.
    ///
    /// # Errors
    /// See [`MailboxError`].
    pub async fn open(server: Server<'_>, folder: &str, read_only: bool) -> Result<Self, MailboxError> {
        let longest = server.max_bytes as u64 + ROOM;
        let mut session = log_in(server, longest).await?;
        let capabilities = step("say what it can do", session.capabilities())
            .await?
            .map_err(|error| told("say what it can do", error))?;
        let name = modified_utf7(folder);
        let opened = async { if read_only { session.examine(&name).await } else { session.select(&name).await } };
        let opened = step("open the folder", opened).await?.map_err(|error| match error {
            ImapError::No(why) | ImapError::Bad(why) => MailboxError::Folder(folder.to_owned(), short(&why)),
            other => told("open the folder", other),
        })?;
        // A connection that ends in the middle looks like a folder without numbers.
        let uid_validity =
            opened.uid_validity.ok_or_else(|| MailboxError::Broken("it ended while the folder was opened".into()))?;
        Ok(Mailbox {
            session,
            max_bytes: server.max_bytes,
            uid_validity,
            uid_next: opened.uid_next,
            exists: opened.exists,
            can_idle: capabilities.has_str("IDLE"),
            can_move: capabilities.has_str("MOVE"),
        })
    }

    /// Numbers of the messages from `first` on, in order.
    ///
    /// # Errors
    /// See [`MailboxError`].
    pub async fn from_number(&mut self, first: u32) -> Result<Vec<u32>, MailboxError> {
        let mut found = self.search(&format!("UID {first}:*")).await?;
        // `n:*` always names the last message, even one below n.
        found.retain(|uid| *uid >= first);
        Ok(found)
    }

    /// Numbers of the messages that came on `day` or later, in order.
    ///
    /// # Errors
    /// See [`MailboxError`].
    pub async fn since(&mut self, day: Date) -> Result<Vec<u32>, MailboxError> {
        self.search(&format!("SINCE {}", day.strftime("%d-%b-%Y"))).await
    }

    async fn search(&mut self, what: &str) -> Result<Vec<u32>, MailboxError> {
        let mut found = Vec::new();
        let command = format!("UID SEARCH {what}");
        self.run("search", &command, |answer| {
            if let Response::MailboxData(MailboxDatum::Search(numbers)) = answer {
                found.extend(numbers.iter().copied());
            }
        })
        .await?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }

    /// One message, without marking it; `None` when it is gone. Of one that is too large, its beginning.
    ///
    /// # Errors
    /// See [`MailboxError`].
    pub async fn fetch(&mut self, uid: u32) -> Result<Option<FetchedMail>, MailboxError> {
        let (mut bytes, mut size) = (None, None);
        let command = format!("UID FETCH {uid} (UID RFC822.SIZE BODY.PEEK[]<0.{}>)", self.max_bytes);
        self.run("give a message", &command, |answer| {
            let Response::Fetch(_, attributes) = answer else { return };
            if !attributes.iter().any(|attribute| matches!(attribute, AttributeValue::Uid(number) if *number == uid)) {
                return;
            }
            for attribute in attributes {
                match attribute {
                    AttributeValue::Rfc822Size(number) => size = Some(*number),
                    AttributeValue::BodySection { section: None, data: Some(data), .. } => bytes = Some(data.to_vec()),
                    _ => {}
                }
            }
        })
        .await?;
        let cut = size.is_some_and(|size| usize::try_from(size).is_ok_and(|size| size > self.max_bytes));
        Ok(bytes.map(|bytes| FetchedMail { bytes, cut }))
    }

    /// Marks a message as seen.
    ///
    /// # Errors
    /// See [`MailboxError`].
    pub async fn mark_seen(&mut self, uid: u32) -> Result<(), MailboxError> {
        self.run("mark a message", &format!("UID STORE {uid} +FLAGS.SILENT (\\Seen)"), |_| ()).await
    }

    /// Moves a message to another folder. A server that cannot move is not made to copy and delete.
    ///
    /// # Errors
    /// See [`MailboxError`].
    pub async fn move_to(&mut self, uid: u32, folder: &str) -> Result<(), MailboxError> {
        if !self.can_move {
            return Err(MailboxError::Refused("move messages", "it does not know MOVE: use mark_seen instead".into()));
        }
        self.session.get_mut().grant();
        let moved = self.session.uid_mv(uid.to_string(), modified_utf7(folder));
        step("move a message", moved).await?.map_err(|error| told("move a message", error))
    }

    /// Waits until the server tells of something, or some time passed; true when it told of something.
    ///
    /// # Errors
    /// See [`MailboxError`]; the connection is gone then.
    pub async fn wait(self) -> Result<(Self, bool), MailboxError> {
        let Mailbox { session, max_bytes, uid_validity, uid_next, exists, can_idle, can_move } = self;
        let early = session.unsolicited_responses.clone();
        let mut idle = session.idle();
        step("begin to wait", idle.init()).await?.map_err(|error| told("wait", error))?;
        let mut news = !early.is_empty();
        if !news {
            // Dropped, the stop handle ends the wait at once; a server's keep-alives start its own time again.
            let (wait, _stop) = idle.wait_with_timeout(IDLING);
            match tokio::time::timeout(IDLING, wait).await {
                Err(_) | Ok(Ok(IdleResponse::Timeout)) => {}
                Ok(Ok(IdleResponse::NewData(_))) => news = true,
                // A connection that ended is told as if somebody had ended the wait.
                Ok(Ok(IdleResponse::ManualInterrupt)) => {
                    return Err(MailboxError::Broken("it ended while waiting".into()));
                }
                Ok(Err(error)) => return Err(told("wait", error)),
            }
        }
        let mut session = step("end the wait", idle.done()).await?.map_err(|error| told("wait", error))?;
        session.get_mut().grant();
        // What was told once must not be told again at the next wait; what came while this one ended is news.
        while session.unsolicited_responses.try_recv().is_ok() {
            news = true;
        }
        Ok((Mailbox { session, max_bytes, uid_validity, uid_next, exists, can_idle, can_move }, news))
    }

    /// Says good-bye; a server that does not answer is left.
    pub async fn close(mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(5), self.session.logout()).await;
    }

    /// Runs a command to its tagged line.
    async fn run(
        &mut self,
        what: &'static str,
        command: &str,
        mut each: impl FnMut(&Response<'_>),
    ) -> Result<(), MailboxError> {
        self.session.get_mut().grant();
        let session = &mut self.session;
        let running = async {
            let id = session.run_command(command).await?;
            while let Some(answer) = session.read_response().await? {
                match answer.parsed() {
                    Response::Done { tag, status, outcome } if *tag == id => {
                        let why = outcome.information.as_deref().unwrap_or_default().to_owned();
                        return match status {
                            Status::Ok => Ok(()),
                            Status::No => Err(ImapError::No(why)),
                            _ => Err(ImapError::Bad(why)),
                        };
                    }
                    other => each(other),
                }
            }
            Err(ImapError::ConnectionLost)
        };
        step(what, running).await?.map_err(|error| told(what, error))
    }
}

async fn log_in(server: Server<'_>, longest: u64) -> Result<Session<Line>, MailboxError> {
    let Server { host, port, protection, authorities, user, proof, .. } = server;
    let failed = |error: std::io::Error| MailboxError::Connect(host.to_owned(), error.to_string());
    let untrusted = |error: std::io::Error| MailboxError::Tls(host.to_owned(), error.to_string());
    let tcp: Box<dyn Wire> = Box::new(step("connect", wire::connect(host, port)).await?.map_err(failed)?);
    let wired = match protection {
        Protection::Tls => {
            step("agree on encryption", wire::encrypt(host, tcp, authorities)).await?.map_err(untrusted)?
        }
        Protection::StartTls | Protection::None => tcp,
    };
    let mut client = Client::new(Guard::new(wired, longest));
    // The greeting is read before anything is said: the log-in would wait for ever behind it.
    let greeting = step("greet", client.read_response()).await.map_err(|error| match (error, protection) {
        (MailboxError::Timeout(..), Protection::StartTls | Protection::None) => MailboxError::Silent(host.to_owned()),
        (error, _) => error,
    })?;
    let greeting = greeting.map_err(failed)?;
    let greeting = greeting.ok_or_else(|| MailboxError::Connect(host.to_owned(), "it hangs up at once".into()))?;
    match greeting.parsed() {
        Response::Data { status: Status::Ok, .. } => {}
        _ => return Err(MailboxError::Connect(host.to_owned(), "it does not greet as a mail server does".into())),
    }
    drop(greeting);
    if protection == Protection::StartTls {
        step("begin encryption", client.run_command_and_check_ok("STARTTLS", None))
            .await?
            .map_err(|_| MailboxError::NoTls(host.to_owned()))?;
        let plain = client.into_inner().into_inner();
        let wired = step("agree on encryption", wire::encrypt(host, plain, authorities)).await?.map_err(untrusted)?;
        client = Client::new(Guard::new(wired, longest));
    }
    let refused = |error: ImapError| match error {
        ImapError::No(why) | ImapError::Bad(why) => MailboxError::Login(user.to_owned(), short(&why)),
        other => told("log in", other),
    };
    let session = match proof {
        Proof::Password(password) if password.is_ascii() => {
            step("log in", client.login(user, password)).await?.map_err(|(error, _)| refused(error))?
        }
        // LOGIN has no charset (RFC 3501); PLAIN is UTF-8 (RFC 4616).
        Proof::Password(password) => {
            let mut said = Said(Some(format!("\0{user}\0{password}")));
            step("log in", client.authenticate("PLAIN", &mut said)).await?.map_err(|(error, _)| refused(error))?
        }
        Proof::Token(token) => {
            let mut said = Said(Some(format!("user={user}\x01auth=Bearer {token}\x01\x01")));
            step("log in", client.authenticate("XOAUTH2", &mut said)).await?.map_err(|(error, _)| refused(error))?
        }
    };
    Ok(session)
}

/// What is said once to be known; a second question is the server's refusal, which wants an empty line.
struct Said(Option<String>);

impl Authenticator for &mut Said {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        self.0.take().unwrap_or_default()
    }
}

async fn step<T>(what: &'static str, work: impl Future<Output = T>) -> Result<T, MailboxError> {
    tokio::time::timeout(STEP, work).await.map_err(|_| MailboxError::Timeout(STEP.as_secs(), what))
}

fn told(what: &'static str, error: ImapError) -> MailboxError {
    match error {
        ImapError::No(why) | ImapError::Bad(why) => MailboxError::Refused(what, short(&why)),
        // The text of a parse error holds all that was read: the mail.
        ImapError::Parse(_) => MailboxError::Broken("its answer cannot be read".into()),
        other => {
            // So may that of an error of the stream.
            let said = other.to_string();
            let read = said.contains("input: [") || said.contains("Error(Error");
            MailboxError::Broken(if read { "its answer cannot be read".into() } else { short(&said) })
        }
    }
}

/// What a server says, cut: it may hold anything. The crate writes it inside its own structures.
fn short(text: &str) -> String {
    let from = |name: &str| text.split_once(name).and_then(|(_, rest)| rest.split_once("\")")).map(|(said, _)| said);
    let said = from("information: Some(\"").or_else(|| from("info: Some(\""));
    said.unwrap_or(text).chars().filter(|c| !c.is_control()).take(160).collect()
}

/// Names of folders as they cross the wire (RFC 3501, § 5.1.3).
fn modified_utf7(name: &str) -> String {
    use base64::Engine;
    const ALPHABET: base64::alphabet::Alphabet = base64::alphabet::IMAP_MUTF7;
    let engine = base64::engine::GeneralPurpose::new(&ALPHABET, base64::engine::general_purpose::NO_PAD);
    let mut coded = String::new();
    let mut run = String::new();
    let flush = |run: &mut String, coded: &mut String| {
        if !run.is_empty() {
            let bytes: Vec<u8> = run.encode_utf16().flat_map(u16::to_be_bytes).collect();
            coded.push('&');
            coded.push_str(&engine.encode(bytes));
            coded.push('-');
            run.clear();
        }
    };
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            flush(&mut run, &mut coded);
            coded.push(c);
            if c == '&' {
                coded.push('-');
            }
        } else {
            run.push(c);
        }
    }
    flush(&mut run, &mut coded);
    coded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_named_as_the_protocol_has_them() {
        assert_eq!(modified_utf7("Boîte & co"), "Bo&AO4-te &- co");
        assert_eq!(modified_utf7("INBOX/Veille"), "INBOX/Veille");
    }
}
