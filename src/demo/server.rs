//! The loopback server of the bundled press: every host under one port, with validators as a good publisher gives.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::press::Press;
use super::{feeds, pages};

/// A running server; dropped, it stops.
#[derive(Debug)]
pub struct PressServer {
    port: u16,
    task: JoinHandle<()>,
}

impl PressServer {
    /// Serves `press` on 127.0.0.1 at `port`, or at any free port when that one is taken.
    ///
    /// # Errors
    /// When this machine has no loopback port to give.
    pub async fn start(press: Press, port: u16) -> std::io::Result<Self> {
        let listener = match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?,
        };
        let port = listener.local_addr()?.port();
        let shared = Arc::new((press, port));
        let router = Router::new().fallback(answer).with_state(shared);
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!("the bundled press stopped: {error}");
            }
        });
        Ok(PressServer { port, task })
    }

    /// The port it listens at.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for PressServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(shared): State<Arc<(Press, u16)>>, request: Request) -> Response {
    let (press, port) = (&shared.0, shared.1);
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let Some(outlet) = press.at_host(host) else {
        return (StatusCode::NOT_FOUND, "no such site in the bundled press\n").into_response();
    };
    let path = request.uri().path();
    let (content_type, body) = if path == outlet.path {
        feeds::feed(outlet, port)
    } else if path == "/" {
        ("text/html; charset=utf-8", pages::home(outlet))
    } else if let Some(item) = outlet.items.iter().find(|item| path.trim_start_matches('/') == item.slug) {
        ("text/html; charset=utf-8", pages::article(outlet, item, port))
    } else {
        return (StatusCode::NOT_FOUND, "no such page\n").into_response();
    };
    let etag = format!("\"{}\"", &blake3::hash(body.as_bytes()).to_hex()[..16]);
    let same = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    if same {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    ([(header::CONTENT_TYPE, content_type.to_owned()), (header::ETAG, etag)], body).into_response()
}
