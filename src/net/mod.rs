//! Outgoing HTTP: one polite, guarded client for everything that is fetched.
//!
//! Nothing else of the program opens a web connection. Private addresses are refused at the literal, at resolution
//! and at the connected peer; redirects are followed here, hop by hop, under the same rules.

mod fetch;
mod guard;
pub mod imap;
mod pace;
mod wire;

pub use fetch::{Authorization, FetchError, Fetched, Request, Web, WebSettings};
