//! Same text, same story: copies merge silently, tellings of one event group, and part again when more is known.

mod archive;
mod cluster;
mod copies;
mod likeness;
mod sketch;
mod tellings;

pub use archive::{Archive, Placement};
pub use sketch::{Piece, Sketch, source_number};
pub use tellings::{Telling, links};
