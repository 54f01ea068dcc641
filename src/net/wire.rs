//! The connection to a mailbox: TCP, TLS, and a guard that counts what the server sends before anything keeps it.

use std::fmt::Debug;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Depth of brackets above which an answer is no answer: parsers of them recurse.
const MOST_BRACKETS: u32 = 64;

/// A stream in both directions.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin + Send + Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + Debug> Wire for T {}

/// A guarded stream.
pub(super) type Line = Guard<Box<dyn Wire>>;

/// Connects in clear.
pub(super) async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Puts TLS around a stream: the certificates of the system, and those of `authorities` (PEM).
pub(super) async fn encrypt(
    host: &str,
    stream: Box<dyn Wire>,
    authorities: Option<&[u8]>,
) -> io::Result<Box<dyn Wire>> {
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let connector = TlsConnector::from(Arc::new(client(authorities)?));
    Ok(Box::new(connector.connect(name, stream).await?))
}

fn client(authorities: Option<&[u8]>) -> io::Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut own = Vec::new();
    for certificate in authorities.map(CertificateDer::pem_slice_iter).into_iter().flatten() {
        own.push(certificate.map_err(io::Error::other)?);
    }
    let verifier =
        rustls_platform_verifier::Verifier::new_with_extra_roots(own, provider.clone()).map_err(io::Error::other)?;
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

/// Judges what a server sends before a parser has it: a budget of bytes, the length that a literal announces, the depth
/// of brackets. A server that lies costs its own connection.
#[derive(Debug)]
pub(super) struct Guard<S> {
    inner: S,
    /// Bytes that may still come.
    left: u64,
    /// Longest literal.
    longest: u64,
    skip: u64,
    brackets: u32,
    literal: Literal,
}

#[derive(Debug, Clone, Copy)]
enum Literal {
    None,
    Digits(u64),
    Closed(u64),
}

impl<S> Guard<S> {
    /// A guard that lets literals of `longest` bytes through.
    pub fn new(inner: S, longest: u64) -> Self {
        Guard { inner, left: 4 * longest, longest, skip: 0, brackets: 0, literal: Literal::None }
    }

    /// Grants what one more command may answer.
    pub fn grant(&mut self) {
        self.left = 4 * self.longest;
    }

    /// The stream within.
    pub fn into_inner(self) -> S {
        self.inner
    }

    fn judge(&mut self, bytes: &[u8]) -> io::Result<()> {
        let count = bytes.len() as u64;
        self.left =
            self.left.checked_sub(count).ok_or_else(|| io::Error::other("the server sends more than was asked"))?;
        for &byte in bytes {
            if self.skip > 0 {
                self.skip -= 1;
                continue;
            }
            let closes = matches!((self.literal, byte), (Literal::Closed(_), b'\n'));
            self.literal = match (self.literal, byte) {
                (_, b'{') => Literal::Digits(0),
                (Literal::Closed(length), b'\n') => {
                    self.skip = length;
                    Literal::None
                }
                (Literal::Digits(length), b'0'..=b'9') => {
                    Literal::Digits(length.saturating_mul(10).saturating_add(u64::from(byte - b'0')))
                }
                (Literal::Digits(length), b'}') | (Literal::Closed(length), b'\r') => Literal::Closed(length),
                _ => Literal::None,
            };
            match byte {
                b'(' => self.brackets += 1,
                b')' => self.brackets = self.brackets.saturating_sub(1),
                b'\n' if !closes => self.brackets = 0,
                _ => {}
            }
            if self.skip > self.longest || self.brackets > MOST_BRACKETS {
                return Err(io::Error::other("the server announces more than any message has"));
            }
        }
        Ok(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Guard<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let (this, from) = (self.get_mut(), buffer.filled().len());
        ready!(Pin::new(&mut this.inner).poll_read(context, buffer))?;
        Poll::Ready(this.judge(buffer.filled().get(from..).unwrap_or_default()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Guard<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(text: &[u8]) -> io::Result<()> {
        Guard::new((), 1_000).judge(text)
    }

    #[test]
    fn a_server_that_lies_about_sizes_is_cut_before_anything_is_kept() {
        assert!(judged(b"* 1 FETCH (UID 1 BODY[] {5}\r\n(((((\r\n)\r\n").is_ok());
        assert!(judged(b"* 1 FETCH (BODY[] {4000000000}\r\n").is_err());
        assert!(judged(format!("* 1 FETCH (BODYSTRUCTURE {}", "(".repeat(100)).as_bytes()).is_err());
        assert!(judged(&[b'x'; 5_000]).is_err(), "more than four messages for one command");
        let mut guard = Guard::new((), 1_000);
        assert!(guard.judge(&[b'x'; 3_000]).is_ok());
        guard.grant();
        assert!(guard.judge(&[b'x'; 3_000]).is_ok());
    }
}
