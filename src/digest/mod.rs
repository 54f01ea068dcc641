//! A person's letter: composed from what they were allotted, rendered as text and HTML.

pub mod brief;
mod compose;
mod render;
pub mod week;

pub use compose::{Composition, LetterView, SuggestedItem, compose};
pub use render::{RenderError, Rendered, Templates};
