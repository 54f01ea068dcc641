//! What the editorial line makes of an item: topics, exclusions, confidentiality; and how it fits a person.

pub mod confidentiality;
mod exclusions;
mod expertise;
mod topics;

use crate::domain::{EditorialLine, Item, Tagged};
use crate::text::reading::Reading;

pub use expertise::ExpertiseMatcher;
pub use topics::THRESHOLD;

/// The line, made ready for tagging many items.
#[derive(Debug)]
pub struct Tagger {
    topics: topics::TopicMatcher,
    exclusions: exclusions::ExclusionMatcher,
}

impl Tagger {
    /// Prepares a line.
    pub fn new(line: &EditorialLine) -> Self {
        Tagger {
            topics: topics::TopicMatcher::new(&line.topics),
            exclusions: exclusions::ExclusionMatcher::new(&line.exclusions),
        }
    }

    /// Tags an item whose words were read.
    pub fn tag(&self, item: &Item, reading: &Reading) -> Tagged {
        Tagged {
            topics: self.topics.matches(reading, &item.categories),
            exclusions: self.exclusions.hits(item, reading),
        }
    }
}
