//! From what a source gave to an item that can be kept: identity, text, language, date; and articles from pages.

pub mod article;
pub mod identity;
mod item;

pub use article::{Article, ArticleError, extract};
pub use item::{Context, fingerprint, from_raw, title, with_article};
