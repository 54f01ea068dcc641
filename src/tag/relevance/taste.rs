//! What a person's own answers add to how well items fit them: the guarded regression of topics, for one person.

use crate::text::vectors::{DIMENSIONS, Vector, dot};

use super::feedback::{self, Case};
use super::model::ByStem;
use super::scorer::{Sample, Scorer};

/// Most that a person's answers move an item, up or down, on the scale of log-odds.
const MOST: f32 = 2.5;

/// A text as answers are learnt from.
#[derive(Debug, Clone)]
pub struct Seen {
    stems: Vec<(u64, f32)>,
    direction: Vector,
}

/// An answer of a person: what it was about, how well that fitted before (0 to 1), and whether they took it.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The text.
    pub seen: Seen,
    /// How well it fitted without any answer.
    pub fit: f64,
    /// They took it, or would have.
    pub taken: bool,
}

/// What a person's answers teach.
#[derive(Debug, Clone)]
pub struct Taste {
    stems: ByStem<f32>,
    direction: Vector,
    bias: f32,
}

impl Scorer {
    /// A text as answers are learnt from.
    pub fn seen(&self, text: &Sample) -> Seen {
        let archive = &self.model().archive;
        Seen { stems: archive.weights(&text.features).collect(), direction: archive.own_direction(&text.features) }
    }
}

impl Taste {
    /// Learns from answers, oldest first; nothing where they are too few, or would not have foretold each other.
    pub fn of(answers: &[Answer]) -> Option<Self> {
        let cases: Vec<Case> = answers
            .iter()
            .map(|answer| Case {
                stems: answer.seen.stems.clone(),
                direction: answer.seen.direction,
                logit: logit(answer.fit),
                relevant: answer.taken,
            })
            .collect();
        let correction = feedback::correction(&cases)?;
        let mut direction = [0.0; DIMENSIONS];
        direction.iter_mut().zip(&correction.direction).for_each(|(own, value)| *own = *value);
        Some(Taste { stems: correction.stems.into_iter().collect(), direction, bias: correction.bias })
    }

    /// How well a text fits, given how well it fits without answers (0 to 1).
    pub fn fit(&self, seen: &Seen, fit: f64) -> f64 {
        let words: f32 = seen.stems.iter().filter_map(|(stem, value)| Some(value * self.stems.get(stem)?)).sum();
        let added = (self.bias + dot(&seen.direction, &self.direction) + words).clamp(-MOST, MOST);
        1.0 / (1.0 + f64::from(-(logit(fit) + added)).exp())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a score between 0 and 1")]
fn logit(fit: f64) -> f32 {
    let fit = fit.clamp(0.01, 0.99);
    (fit / (1.0 - fit)).ln() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;
    use crate::text::reading::Reading;

    #[test]
    fn what_a_person_refuses_fits_less_and_what_they_take_fits_more() {
        let scorer = Scorer::alone(&[], None);
        let seen = |title: &str| scorer.seen(&scorer.read(&Reading::new(title, "", Language::French), &[]));
        let answer = |title: &str, taken| Answer { seen: seen(title), fit: 0.7, taken };
        let answers: Vec<Answer> = (0..4)
            .flat_map(|_| [answer("Le recrutement des apprentis", true), answer("Le prix du béton monte", false)])
            .collect();
        let taste = Taste::of(&answers).expect("eight answers");
        let (liked, disliked) = (seen("Recruter des apprentis"), seen("Le béton coûte plus cher"));
        assert!(taste.fit(&liked, 0.7) > 0.75 && taste.fit(&disliked, 0.7) < 0.65);
        assert!(taste.fit(&liked, 0.01) < 0.2, "answers never bring in what does not fit");
        assert!(Taste::of(&[]).is_none());
    }
}
