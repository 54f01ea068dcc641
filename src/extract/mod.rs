//! From what a source gave to an item that can be kept: identity, text, language, date; and articles from pages.

mod access;
pub mod article;
mod body;
pub mod document;
mod front_matter;
mod head;
pub mod identity;
mod item;
mod place;
mod published;
mod unseen;

pub use article::{Article, ArticleError, extract};
pub use item::{Context, fingerprint, from_raw, title, with_article};
pub use published::PageDate;
