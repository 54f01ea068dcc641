//! Analysis of French and English: tokens and stems, language, HTML to text, addresses, typography.

pub mod date_finder;
mod date_parts;
pub mod date_words;
pub mod dates;
pub mod embargo;
pub mod encoding;
pub mod evidence;
pub mod html;
pub mod language;
pub mod outside;
pub mod reading;
pub mod terms;
pub mod tokens;
pub mod typography;
pub mod urls;
pub mod vectors;
pub mod xml;
