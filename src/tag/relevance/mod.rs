//! How well a text fits a topic: words, meaning, and the company that words keep in the archive, told as a probability.
//!
//! text → features → lexical score and likeness of meaning → in deviations from what is usual → with what was learnt from the
//! archive → the nearest items heard → siblings pushed down → 0 to 1. The figures are in `tools/eval`.

mod features;
mod feedback;
mod learn;
pub mod measure;
mod model;
mod neighbours;
mod query;
mod scorer;
mod taste;
mod telling_words;

pub use learn::Judgements;
pub use model::Model;
pub use scorer::{Sample, Scorer};
pub use taste::{Answer, Seen, Taste};
pub use telling_words::telling_words;
