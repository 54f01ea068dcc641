//! Which items hold a word or a shingle: sorted pairs, merged batch by batch, a dozen bytes an entry.

/// Pairs of a number (word or shingle) and the position of an item, sorted.
#[derive(Debug, Default)]
pub(super) struct Postings(Vec<(u32, u32)>);

impl Postings {
    /// Adds a batch.
    pub fn add(&mut self, mut batch: Vec<(u32, u32)>) {
        batch.sort_unstable();
        if self.0.is_empty() {
            self.0 = batch;
            return;
        }
        self.0.append(&mut batch);
        self.0.sort_unstable();
    }

    /// The items that hold `number`, in order.
    pub fn of(&self, number: u32) -> &[(u32, u32)] {
        let from = self.0.partition_point(|(known, _)| *known < number);
        let length = self.0[from..].partition_point(|(known, _)| *known == number);
        &self.0[from..from + length]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_add_up() {
        let mut postings = Postings::default();
        postings.add(vec![(7, 1), (3, 0)]);
        postings.add(vec![(7, 2), (1, 2)]);
        assert_eq!(postings.of(7), [(7, 1), (7, 2)]);
        assert_eq!(postings.of(2), []);
    }
}
