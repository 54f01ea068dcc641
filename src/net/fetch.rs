//! One fetch: conditional, bounded in size, time and redirects, guarded at every hop.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use thiserror::Error;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use url::Url;

use super::guard::{GuardedResolver, PRIVATE, is_public, literal_is_allowed};
use super::pace::Pace;

/// Redirects followed before giving up.
const MAX_HOPS: usize = 8;

/// Pause on a host after an answer that was given up: it may not know yet that we hung up.
const HANGING_UP: Duration = Duration::from_millis(500);
/// Bytes above which a body is large: it goes on when no other large one does.
const LARGE: usize = 1 << 20;

/// Limits and manners of the client.
#[derive(Debug, Clone)]
pub struct WebSettings {
    /// Fetches at once, in all.
    pub at_once: usize,
    /// Fetches at once on one host.
    pub per_host: usize,
    /// Least time between two starts on one host.
    pub pause: Duration,
    /// Whole time of one fetch, redirects and body included.
    pub timeout: Duration,
    /// Largest body, in bytes, once unpacked.
    pub max_bytes: usize,
    /// Where webmasters may ask about us, put in the User-Agent.
    pub contact: Option<String>,
    /// People who read what is fetched, told to webmasters as aggregators do.
    pub subscribers: usize,
}

/// An `Authorization` header: shown to the host that was asked and to no other, never printed.
#[derive(Clone, Copy)]
pub struct Authorization<'a>(pub &'a str);

impl std::fmt::Debug for Authorization<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authorization(…)")
    }
}

/// What to fetch.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// Address.
    pub url: &'a str,
    /// What is wanted, as an `Accept` header.
    pub accept: &'static str,
    /// Address that gave the validators; they are shown to no other. `None`: the address asked.
    pub validated: Option<&'a str>,
    /// `ETag` to send back, byte for byte.
    pub etag: Option<&'a str>,
    /// `Last-Modified` to send back, byte for byte.
    pub last_modified: Option<&'a str>,
    /// Lets this request reach private and loopback addresses.
    pub allow_private: bool,
    /// Who asks, where the host must know.
    pub authorization: Option<Authorization<'a>>,
}

impl<'a> Request<'a> {
    /// A plain request, without validators.
    pub fn get(url: &'a str, accept: &'static str, allow_private: bool) -> Self {
        Request { url, accept, validated: None, etag: None, last_modified: None, allow_private, authorization: None }
    }
}

/// An answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Status of the last hop.
    pub status: u16,
    /// Address of the last hop.
    pub url: Url,
    /// Where the whole chain says it has moved for good, when every hop was permanent.
    pub moved_to: Option<Url>,
    /// Headers of the last hop.
    pub headers: HeaderMap,
    /// Body, unpacked; empty for 304.
    pub body: Vec<u8>,
    /// Why the body ends before its end, if it does: what came until then is in `body`.
    pub cut: Option<String>,
}

impl Fetched {
    /// A header as text, if it is there and readable.
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A header byte for byte (latin-1, as HTTP allows), for validators.
    pub fn validator(&self, name: &HeaderName) -> Option<String> {
        self.headers.get(name).map(|value| value.as_bytes().iter().map(|&byte| char::from(byte)).collect())
    }
}

/// Why nothing came, told for the person who looks after the source.
#[derive(Debug, Error)]
pub enum FetchError {
    /// Not an http(s) address.
    #[error("“{0}” is not a web address: correct the url of the source")]
    Address(String),
    /// A private or loopback address.
    #[error("{0} leads to a private address: set allow_private = true on the source if that is meant")]
    Private(String),
    /// The name does not resolve.
    #[error("the host {0} is not found: check the spelling, or the site is gone")]
    Dns(String),
    /// Nobody answers.
    #[error("{0} does not answer: {1}")]
    Connect(String, String),
    /// TLS failed.
    #[error("{0} has no valid certificate: {1}")]
    Tls(String, String),
    /// It took too long.
    #[error("{0} took more than {1} s: it will be asked again later")]
    Timeout(String, u64),
    /// The body is larger than allowed.
    #[error("{0} sends more than {1} MB: raise collect.max_mb if that is meant")]
    TooLarge(String, usize),
    /// It redirects in circles, or for ever.
    #[error("{0} redirects more than 8 times")]
    TooManyRedirects(String),
    /// It redirects where nobody should follow.
    #[error("{0} redirects to {1}, which is not followed: {2}")]
    BadRedirect(String, String, &'static str),
    /// The body ended before its end, told whole.
    #[error("{0}")]
    Cut(String),
    /// The answer broke off.
    #[error("{0} broke off: {1}")]
    Broken(String, String),
}

impl FetchError {
    /// One word for the kind, kept with the source.
    pub fn kind(&self) -> &'static str {
        match self {
            FetchError::Address(_) => "address",
            FetchError::Private(_) => "private",
            FetchError::Dns(_) => "dns",
            FetchError::Connect(..) => "connect",
            FetchError::Tls(..) => "tls",
            FetchError::Timeout(..) => "timeout",
            FetchError::TooLarge(..) => "too_large",
            FetchError::TooManyRedirects(_) => "redirects",
            FetchError::BadRedirect(..) => "redirect",
            FetchError::Broken(..) | FetchError::Cut(_) => "broken",
        }
    }
}

/// The one web client of the program.
#[derive(Debug)]
pub struct Web {
    public: Client,
    private: Client,
    pace: Pace,
    /// The turn of large bodies: a dozen endless ones at once would fill the memory.
    large: Semaphore,
    settings: WebSettings,
}

impl Web {
    /// A client with these manners.
    ///
    /// # Errors
    /// When TLS cannot be set up on this machine.
    pub fn new(settings: WebSettings) -> Result<Self, reqwest::Error> {
        // One TLS provider for the whole program; a second installation is refused and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = |allow_private| {
            let readers = match settings.subscribers {
                0 | 1 => "1 subscriber".to_owned(),
                many => format!("{many} subscribers"),
            };
            let about = match &settings.contact {
                Some(contact) => format!("Vigie/{} (+{contact}; {readers})", env!("CARGO_PKG_VERSION")),
                None => format!("Vigie/{} ({readers})", env!("CARGO_PKG_VERSION")),
            };
            let agent = HeaderValue::from_str(&about).unwrap_or(HeaderValue::from_static("Vigie"));
            Client::builder()
                .user_agent(agent)
                .redirect(Policy::none())
                .referer(false)
                .no_proxy()
                .connect_timeout(Duration::from_secs(10))
                .pool_max_idle_per_host(1)
                // Long enough for the pages of one host in a row; an idle connection holds 40 kB, and hosts are many.
                .pool_idle_timeout(Duration::from_secs(1))
                .http1_max_headers(200)
                .dns_resolver(Arc::new(GuardedResolver { allow_private }))
                .build()
        };
        Ok(Web {
            public: client(false)?,
            private: client(true)?,
            pace: Pace::new(settings.at_once, settings.per_host, settings.pause),
            large: Semaphore::new(1),
            settings,
        })
    }

    /// From now on at least `pause` between two visits of `host`, as its robots.txt asks.
    pub fn slow_down(&self, host: &str, pause: Duration) {
        self.pace.slow_down(host, pause);
    }

    /// Fetches, following redirects by rule.
    ///
    /// # Errors
    /// See [`FetchError`]; an HTTP status is an answer, not an error.
    pub async fn fetch(&self, request: Request<'_>) -> Result<Fetched, FetchError> {
        let fetched = self.fetch_what_comes(request).await?;
        match fetched.cut {
            Some(why) => Err(FetchError::Cut(why)),
            None => Ok(fetched),
        }
    }

    /// Fetches, following redirects by rule; of a body that breaks off or takes too long, what came is kept.
    ///
    /// # Errors
    /// See [`FetchError`]; an HTTP status is an answer, not an error, and so is a body that is [`Fetched::cut`].
    pub async fn fetch_what_comes(&self, request: Request<'_>) -> Result<Fetched, FetchError> {
        let limit = self.settings.timeout;
        let url = Url::parse(request.url).map_err(|_| FetchError::Address(request.url.to_owned()))?;
        let shown = shown(&url);
        let (asked, origin) = (url.host_str().unwrap_or_default().to_owned(), url.origin());
        let mut url = url;
        let mut permanent = true;
        for hop in 0..=MAX_HOPS {
            let host = url.host_str().ok_or_else(|| FetchError::Address(shown.clone()))?.to_owned();
            // The wait for a turn is our own politeness: it is not held against the site.
            let _turn = self.pace.turn(&host).await;
            // Being allowed on a private network is for the host that was asked, not for wherever it redirects.
            let trusted = request.allow_private && host == asked;
            let validate = request.validated.map_or(hop == 0, |address| address == url.as_str());
            let end = Instant::now() + limit;
            // So is knowing who asks, and only where nobody listens in.
            let known = url.origin() == origin && (url.scheme() == "https" || request.allow_private);
            let hop_request = Request { authorization: request.authorization.filter(|_| known), ..request.clone() };
            let one = tokio::time::timeout_at(end, self.ask(&hop_request, &url, validate, trusted)).await;
            let answered = one.unwrap_or_else(|_| Err(FetchError::Timeout(shown.clone(), limit.as_secs())));
            let (response, next) = answered.inspect_err(|_| self.pace.hold_off(&host, HANGING_UP))?;
            let (status, headers) = (response.status(), response.headers().clone());
            let (body, cut) = match next {
                Some(_) => (Vec::new(), None),
                None => {
                    let read = self.read(&url, response, end).await;
                    if !matches!(read, Ok((_, None))) {
                        self.pace.hold_off(&host, HANGING_UP);
                    }
                    read?
                }
            };
            if status == StatusCode::TOO_MANY_REQUESTS {
                self.pace.hold_off(&host, asked_pause(&headers));
            }
            let Some(next) = next else {
                return Ok(Fetched {
                    status: status.as_u16(),
                    moved_to: (hop > 0 && permanent && (status.is_success() || status == StatusCode::NOT_MODIFIED))
                        .then(|| url.clone()),
                    url,
                    headers,
                    body,
                    cut,
                });
            };
            permanent &= matches!(status.as_u16(), 301 | 308);
            url = next;
        }
        Err(FetchError::TooManyRedirects(shown))
    }

    /// One hop up to its body: the answer, and where it redirects.
    async fn ask(
        &self,
        request: &Request<'_>,
        url: &Url,
        validate: bool,
        allow_private: bool,
    ) -> Result<(Response, Option<Url>), FetchError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(FetchError::Address(url.to_string()));
        }
        if !literal_is_allowed(url, allow_private) {
            return Err(FetchError::Private(shown(url)));
        }
        let client = if allow_private { &self.private } else { &self.public };
        let mut builder = client.get(url.clone()).header(header::ACCEPT, request.accept);
        // Validators belong to the address that gave them: they are not shown to where it redirects.
        if validate {
            for (name, value) in
                [(header::IF_NONE_MATCH, request.etag), (header::IF_MODIFIED_SINCE, request.last_modified)]
            {
                if let Some(value) = value.and_then(latin1) {
                    builder = builder.header(name, value);
                }
            }
        }
        if let Some(Authorization(value)) = request.authorization {
            let mut value = HeaderValue::from_str(value).map_err(|_| FetchError::Address(shown(url)))?;
            value.set_sensitive(true);
            builder = builder.header(header::AUTHORIZATION, value);
        }
        self.answer(builder, url, allow_private).await
    }

    /// Sends what was built: the answer up to its body, and where it redirects.
    async fn answer(
        &self,
        builder: reqwest::RequestBuilder,
        url: &Url,
        allow_private: bool,
    ) -> Result<(Response, Option<Url>), FetchError> {
        let response = builder.send().await.map_err(|error| explain(url, &error, &self.settings))?;
        if let Some(peer) = response.remote_addr() {
            if !allow_private && !is_public(peer.ip()) {
                return Err(FetchError::Private(shown(url)));
            }
        }
        let next = redirect(url, response.status(), response.headers())?;
        Ok((response, next))
    }

    /// Sends a form, as logging in asks for; nothing is followed.
    ///
    /// # Errors
    /// See [`FetchError`]; an HTTP status is an answer, not an error.
    pub async fn post_form(
        &self,
        url: &str,
        form: &[(&str, &str)],
        allow_private: bool,
    ) -> Result<Fetched, FetchError> {
        let url = Url::parse(url).map_err(|_| FetchError::Address(url.to_owned()))?;
        let host = url.host_str().ok_or_else(|| FetchError::Address(shown(&url)))?.to_owned();
        if !literal_is_allowed(&url, allow_private) {
            return Err(FetchError::Private(shown(&url)));
        }
        let _turn = self.pace.turn(&host).await;
        let limit = self.settings.timeout;
        let end = Instant::now() + limit;
        let client = if allow_private { &self.private } else { &self.public };
        let mut encoded = url::form_urlencoded::Serializer::new(String::new());
        encoded.extend_pairs(form);
        let builder = client
            .post(url.clone())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json, text/plain;q=0.9")
            .body(encoded.finish());
        let answered = tokio::time::timeout_at(end, self.answer(builder, &url, allow_private)).await;
        let (response, _) = answered.unwrap_or_else(|_| Err(FetchError::Timeout(shown(&url), limit.as_secs())))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let (body, cut) = self.read(&url, response, end).await?;
        Ok(Fetched { status, url, moved_to: None, headers, body, cut })
    }

    /// Asks an address only where it leads: the target of its redirect, if it has one. Its body is not read.
    ///
    /// # Errors
    /// See [`FetchError`].
    pub async fn next_hop(&self, url: &Url, allow_private: bool) -> Result<Option<Url>, FetchError> {
        let host = url.host_str().ok_or_else(|| FetchError::Address(shown(url)))?.to_owned();
        let _turn = self.pace.turn(&host).await;
        let limit = self.settings.timeout;
        let request = Request::get(url.as_str(), "text/html, */*;q=0.1", allow_private);
        let asked = tokio::time::timeout(limit, self.ask(&request, url, false, allow_private)).await;
        asked.unwrap_or_else(|_| Err(FetchError::Timeout(shown(url), limit.as_secs()))).map(|(_, next)| next)
    }

    /// The body until `end`, and why it was cut if it was. One that breaks off before it begins is an error.
    async fn read(
        &self,
        url: &Url,
        mut response: Response,
        end: Instant,
    ) -> Result<(Vec<u8>, Option<String>), FetchError> {
        let limit = self.settings.max_bytes;
        let too_large = || FetchError::TooLarge(shown(url), limit >> 20);
        if response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        let mut end = end;
        let mut turn = None;
        loop {
            if body.len() > LARGE && turn.is_none() {
                // The wait is ours, and not held against the site.
                let waiting = Instant::now();
                turn = self.large.acquire().await.ok();
                end += waiting.elapsed();
            }
            let error = match tokio::time::timeout_at(end, response.chunk()).await {
                Ok(Ok(None)) => return Ok((body, None)),
                Ok(Ok(Some(chunk))) if body.len() + chunk.len() > limit => return Err(too_large()),
                Ok(Ok(Some(chunk))) => {
                    body.extend_from_slice(&chunk);
                    continue;
                }
                Ok(Err(error)) => explain(url, &error, &self.settings),
                Err(_) => FetchError::Timeout(shown(url), self.settings.timeout.as_secs()),
            };
            return if body.is_empty() { Err(error) } else { Ok((body, Some(error.to_string()))) };
        }
    }
}

/// How long a host that says 429 is left alone by every other source on it: what it says, and no more than they can
/// wait for. The source that was told so waits in full, by the store.
fn asked_pause(headers: &HeaderMap) -> Duration {
    let seconds = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    Duration::from_secs(seconds.unwrap_or(5)).min(Duration::from_secs(10))
}

fn redirect(url: &Url, status: StatusCode, headers: &HeaderMap) -> Result<Option<Url>, FetchError> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = headers.get(header::LOCATION) else {
        return Ok(None);
    };
    let typed = String::from_utf8_lossy(location.as_bytes()).into_owned();
    let refuse = |why| Err(FetchError::BadRedirect(shown(url), typed.clone(), why));
    let Ok(next) = url.join(&typed) else {
        return refuse("it cannot be read");
    };
    if !matches!(next.scheme(), "http" | "https") {
        return refuse("it leaves the web");
    }
    if url.scheme() == "https" && next.scheme() == "http" {
        return refuse("it gives up encryption");
    }
    Ok(Some(next))
}

fn latin1(text: &str) -> Option<HeaderValue> {
    let bytes: Option<Vec<u8>> = text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    HeaderValue::from_bytes(&bytes?).ok()
}

/// An address for people and logs: without user, password or query, where secrets hide.
fn shown(url: &Url) -> String {
    let mut url = url.clone();
    let _ = url.set_username("");
    let _ = url.set_password(None);
    if url.query().is_some() {
        url.set_query(Some("…"));
    }
    url.to_string().replace("%E2%80%A6", "…")
}

fn explain(url: &Url, error: &reqwest::Error, settings: &WebSettings) -> FetchError {
    let host = url.host_str().unwrap_or_default().to_owned();
    let mut causes = Vec::new();
    let mut cause: Option<&dyn Error> = Some(error);
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    let last = causes.last().cloned().unwrap_or_default();
    let says = |word: &str| causes.iter().any(|text| text.contains(word));
    if says(PRIVATE) {
        FetchError::Private(shown(url))
    } else if error.is_timeout() {
        FetchError::Timeout(shown(url), settings.timeout.as_secs())
    } else if says("dns error") || says("lookup address") {
        FetchError::Dns(host)
    } else if says("certificate") || says("tls") || says("TLS") {
        FetchError::Tls(host, last)
    } else if error.is_connect() {
        FetchError::Connect(host, last)
    } else {
        FetchError::Broken(shown(url), last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_what_may_be_secret() {
        let url = Url::parse("https://user:pass@example.org/feed?token=abc").expect("an address");
        assert_eq!(shown(&url), "https://example.org/feed?…");
    }

    #[test]
    fn a_redirect_keeps_to_the_web_and_to_encryption() {
        let from = |typed: &str, to: &str| {
            let url = Url::parse(typed).expect("an address");
            let headers = HeaderMap::from_iter([(header::LOCATION, HeaderValue::from_str(to).expect("a header"))]);
            redirect(&url, StatusCode::FOUND, &headers)
        };
        let up = from("http://a.example/x", "https://a.example/y").expect("encryption is welcome");
        assert_eq!(up.map(String::from).as_deref(), Some("https://a.example/y"));
        assert!(matches!(from("https://a.example/x", "http://a.example/y"), Err(FetchError::BadRedirect(..))));
        assert!(matches!(from("https://a.example/x", "file:///etc/passwd"), Err(FetchError::BadRedirect(..))));
    }

    #[test]
    fn a_validator_goes_back_byte_for_byte() {
        let odd = "W/\"é\u{80}\"";
        let value = latin1(odd).expect("a header");
        assert_eq!(value.as_bytes(), b"W/\"\xe9\x80\"");
        assert!(latin1("漢").is_none());
    }
}
