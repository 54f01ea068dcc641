//! One relay, spoken to step by step, so that the fate of each try is known as exactly as SMTP allows.
//!
//! Before the final dot nothing was accepted: the try may be made again. From the final dot to the answer nobody
//! knows (RFC 1047): that window gets the ten minutes that RFC 5321 § 4.5.3.2.6 asks for.

use std::future::Future;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use thiserror::Error;
use tokio::time::timeout;

use crate::config::{Secret, SmtpTls};

use super::Fate;

/// Wait for connection, greeting and TLS.
const CONNECT: Duration = Duration::from_secs(30);
/// Wait for the answer to a command (RFC 5321 § 4.5.3.2 asks for five minutes).
const COMMAND: Duration = Duration::from_secs(300);
/// Wait for the answer to the final dot.
const FINAL: Duration = Duration::from_secs(600);

/// Why the relay cannot be spoken to at all, told for the admin.
#[derive(Debug, Error)]
pub enum RelayError {
    /// The certificate authority file is no use.
    #[error("the certificate authority {0} cannot be used: {1}")]
    Authority(String, String),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up for {0}: {1}")]
    Tls(String, String),
}

/// A relay, and the connection to it while it lasts.
pub struct Relay {
    host: String,
    port: u16,
    security: SmtpTls,
    login: Option<(String, Secret)>,
    tls: Option<TlsParameters>,
    connection: Option<AsyncSmtpConnection>,
}

impl std::fmt::Debug for Relay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Relay({}:{})", self.host, self.port)
    }
}

impl Relay {
    /// Prepares a relay; nothing is connected yet. `authority` is the PEM of a private certificate authority.
    ///
    /// # Errors
    /// See [`RelayError`].
    pub fn new(
        host: &str,
        port: u16,
        security: SmtpTls,
        login: Option<(String, Secret)>,
        authority: Option<&str>,
    ) -> Result<Self, RelayError> {
        let tls = match security {
            SmtpTls::None => None,
            SmtpTls::StartTls | SmtpTls::Implicit => {
                let mut builder = TlsParameters::builder(host.to_owned());
                if let Some(pem) = authority {
                    let bad = |error: SmtpError| RelayError::Authority(host.to_owned(), error.to_string());
                    builder = builder.add_root_certificate(Certificate::from_pem(pem.as_bytes()).map_err(bad)?);
                }
                Some(builder.build().map_err(|error| RelayError::Tls(host.to_owned(), error.to_string()))?)
            }
        };
        Ok(Relay { host: host.to_owned(), port, security, login, tls, connection: None })
    }

    /// Tries to send one message to one address.
    pub async fn send(&mut self, from: &str, to: &str, message: &[u8]) -> Fate {
        let (Ok(from), Ok(to)) = (from.parse::<Address>(), to.parse::<Address>()) else {
            return Fate::Refused(format!("“{to}” is not an address"));
        };
        let mut connection = match self.take_connection().await {
            Ok(connection) => connection,
            Err(fate) => return fate,
        };
        let fate = transact(&mut connection, from, to, message).await;
        match fate {
            Fate::Accepted(_) if !connection.has_broken() => self.connection = Some(connection),
            _ => {
                let _ = timeout(Duration::from_secs(5), connection.abort()).await;
            }
        }
        fate
    }

    /// Says goodbye.
    pub async fn close(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            let _ = timeout(Duration::from_secs(5), connection.quit()).await;
        }
    }

    async fn take_connection(&mut self) -> Result<AsyncSmtpConnection, Fate> {
        if let Some(mut connection) = self.connection.take() {
            if timeout(CONNECT, connection.test_connected()).await.unwrap_or(false) {
                return Ok(connection);
            }
        }
        let host = self.host.clone();
        let hello = ClientId::default();
        let implicit = if self.security == SmtpTls::Implicit { self.tls.clone() } else { None };
        let address = (self.host.as_str(), self.port);
        let connecting = AsyncSmtpConnection::connect_tokio1(address, Some(CONNECT), &hello, implicit, None);
        let mut connection = step(CONNECT, &host, connecting).await?;
        if self.security == SmtpTls::StartTls {
            let Some(parameters) = self.tls.clone() else {
                return Err(Fate::Closed(format!("{host}: TLS is not set up")));
            };
            // Without STARTTLS nothing more is said: neither a password nor a letter goes in clear.
            if !connection.can_starttls() {
                return Err(Fate::Closed(format!("{host} does not offer STARTTLS: nothing was sent")));
            }
            step(CONNECT, &host, connection.starttls(parameters, &hello)).await?;
        }
        if let Some((user, secret)) = &self.login {
            let credentials = Credentials::new(user.clone(), secret.expose().to_owned());
            let logging_in = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials);
            match timeout(COMMAND, logging_in).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) if error.is_permanent() || error.is_client() => {
                    return Err(Fate::Closed(format!("{host} refuses the log-in of {user}: {error}")));
                }
                Ok(Err(error)) => return Err(Fate::Later(format!("{host}: {error}"))),
                Err(_) => return Err(Fate::Later(format!("{host}: no answer to the log-in"))),
            }
        }
        Ok(connection)
    }
}

/// One step before any message: what fails here lost nothing.
async fn step<T>(limit: Duration, host: &str, work: impl Future<Output = Result<T, SmtpError>>) -> Result<T, Fate> {
    match timeout(limit, work).await {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) if error.is_permanent() => Err(Fate::Closed(format!("{host}: {}", told(&error)))),
        Ok(Err(error)) if error.is_tls() => Err(Fate::Closed(format!("{host}: {}", told(&error)))),
        Ok(Err(error)) => Err(Fate::Later(format!("{host}: {}", told(&error)))),
        Err(_) => Err(Fate::Later(format!("{host}: no answer within {} s", limit.as_secs()))),
    }
}

async fn transact(connection: &mut AsyncSmtpConnection, from: Address, to: Address, message: &[u8]) -> Fate {
    let sender = timeout(COMMAND, connection.command(Mail::new(Some(from), Vec::new()))).await;
    match sender {
        Ok(Ok(_)) => {}
        // A refused sender is a fact on us, not on the person.
        Ok(Err(error)) if error.is_permanent() => return Fate::Closed(told(&error)),
        Ok(Err(error)) => return Fate::Later(told(&error)),
        Err(_) => return Fate::Later("no answer to MAIL".into()),
    }
    let receiver = timeout(COMMAND, connection.command(Rcpt::new(to, Vec::new()))).await;
    match receiver {
        Ok(Ok(_)) => {}
        Ok(Err(error)) if is_policy(&error) => return Fate::Closed(told(&error)),
        Ok(Err(error)) if error.is_permanent() => return Fate::Refused(told(&error)),
        Ok(Err(error)) => return Fate::Later(told(&error)),
        Err(_) => return Fate::Later("no answer to RCPT".into()),
    }
    match timeout(COMMAND, connection.command(Data)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) if error.is_permanent() => return Fate::Refused(told(&error)),
        Ok(Err(error)) => return Fate::Later(told(&error)),
        Err(_) => return Fate::Later("no answer to DATA".into()),
    }
    match timeout(FINAL, connection.message(message)).await {
        Ok(Ok(response)) => {
            let lines: Vec<&str> = response.message().collect();
            Fate::Accepted(format!("{} {}", response.code(), lines.join(" ")).trim().to_owned())
        }
        Ok(Err(error)) if error.status().is_none() => Fate::Unknown(told(&error)),
        Ok(Err(error)) if error.is_permanent() => Fate::Refused(told(&error)),
        Ok(Err(error)) => Fate::Later(told(&error)),
        Err(_) => Fate::Unknown("no answer within ten minutes of the final dot".into()),
    }
}

/// 5.7.x on a receiver speaks of us (policy, authentication), not of the person (RFC 3463 § 3.8).
fn is_policy(error: &SmtpError) -> bool {
    error.is_permanent() && error.to_string().contains("5.7.")
}

fn told(error: &SmtpError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        let more = inner.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = inner.source();
    }
    text
}
