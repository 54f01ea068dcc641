//! Same text, same story: copies merge silently, tellings of one event group with the reason shown.

mod copies;
mod group;

pub use group::{Piece, Placement, place};
