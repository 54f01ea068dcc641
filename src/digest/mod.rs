//! A person's letter: composed from what they were allotted, rendered as text and HTML.

pub mod brief;
mod compose;
pub mod notice;
mod render;
pub mod week;

pub use compose::{Composition, LetterView, OwnArticle, SuggestedItem, compose, date_text};
pub use render::{RenderError, Rendered, Templates};
