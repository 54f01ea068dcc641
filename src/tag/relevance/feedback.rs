//! What people's judgements add to a topic: a logistic regression on top of what was learnt without them.
//!
//! Its starting point is the score that is there, so that few judgements change little (the offset of a generalised linear
//! model); it is strongly regularised, and dropped where it would have foretold the judgements themselves less well.

use serde::{Deserialize, Serialize};

use crate::text::vectors::{DIMENSIONS, Vector, dot};

use super::model::{ByStem, as_f32};

/// Strength of the regularisation.
const RIDGE: f32 = 0.5;
/// Part of the bias in the likeness of two items.
const BIAS: f32 = 0.25;
/// Newton steps.
const STEPS: usize = 20;
/// Judgements of a topic that are learnt from, the newest first.
const MOST: usize = 300;
/// Judgements from which the guard can be held against others, and the parts it makes of them.
const GUARDED: usize = 10;
const PARTS: usize = 5;
/// Most stems of a correction.
const STEMS: usize = 500;

/// What is added to the logit of a topic.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Correction {
    pub stems: Vec<(u64, f32)>,
    pub direction: Vec<f32>,
    pub bias: f32,
}

/// A judged item as the regression sees it.
#[derive(Debug, Clone)]
pub(super) struct Case {
    /// Weights of its stems, in the order of their hashes.
    pub stems: Vec<(u64, f32)>,
    /// Its own direction.
    pub direction: Vector,
    /// The logit without judgements.
    pub logit: f32,
    /// What people said.
    pub relevant: bool,
}

/// Learns from judgements; `None` when there are too few of a kind, or when it would not help.
pub(super) fn correction(cases: &[Case]) -> Option<Correction> {
    let cases = &cases[cases.len().saturating_sub(MOST)..];
    let relevant = cases.iter().filter(|case| case.relevant).count();
    if cases.is_empty() || (cases.len() >= GUARDED && !helps(cases)) {
        return None;
    }
    // Of one kind only, they say how high scores should be, not which.
    if relevant == 0 && cases.len() < 3 {
        return None;
    }
    let weights = regress(&cases.iter().collect::<Vec<_>>());
    let mut stems: ByStem<f32> = ByStem::default();
    let mut direction = [0.0_f32; DIMENSIONS];
    let mut bias = 0.0;
    for (case, weight) in cases.iter().zip(&weights) {
        bias += BIAS * weight;
        direction.iter_mut().zip(&case.direction).for_each(|(sum, value)| *sum += weight * value);
        for (stem, value) in &case.stems {
            *stems.entry(*stem).or_default() += weight * value;
        }
    }
    let mut stems: Vec<(u64, f32)> = stems.into_iter().collect();
    stems.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()).then(one.0.cmp(&other.0)));
    stems.truncate(STEMS);
    Some(Correction { stems, direction: direction.to_vec(), bias })
}

/// True when judgements left out in turn are foretold better with the others than without.
fn helps(cases: &[Case]) -> bool {
    let (mut without, mut with) = (0.0, 0.0);
    for part in 0..PARTS {
        let (out, others): (Vec<_>, Vec<_>) = cases.iter().enumerate().partition(|(number, _)| number % PARTS == part);
        let others: Vec<&Case> = others.into_iter().map(|(_, case)| case).collect();
        let weights = regress(&others);
        for (_, case) in out {
            let added: f32 = others.iter().zip(&weights).map(|(other, weight)| weight * likeness(case, other)).sum();
            without += loss(case.logit, case.relevant);
            with += loss(case.logit + added, case.relevant);
        }
    }
    with <= without
}

fn loss(logit: f32, relevant: bool) -> f32 {
    let signed = if relevant { -logit } else { logit };
    signed.max(0.0) + (-signed.abs()).exp().ln_1p()
}

fn likeness(one: &Case, other: &Case) -> f32 {
    let (mut left, mut right) = (one.stems.iter().peekable(), other.stems.iter().peekable());
    let mut shared = 0.0;
    while let (Some((a, x)), Some((b, y))) = (left.peek().copied(), right.peek().copied()) {
        if a == b {
            shared += x * y;
        }
        if a <= b {
            left.next();
        }
        if b <= a {
            right.next();
        }
    }
    shared + dot(&one.direction, &other.direction) + BIAS
}

/// Weights of the cases: kernel logistic regression by Newton's method (Hastie, Tibshirani, Friedman: The Elements of
/// Statistical Learning, 2009, § 12.3.3).
fn regress(cases: &[&Case]) -> Vec<f32> {
    let count = cases.len();
    let kernel: Vec<f32> = (0..count * count).map(|cell| likeness(cases[cell / count], cases[cell % count])).collect();
    let mut weights = vec![0.0_f32; count];
    for _ in 0..STEPS {
        let (mut matrix, mut target) = (kernel.clone(), vec![0.0_f32; count]);
        for row in 0..count {
            let added: f32 = (0..count).map(|column| kernel[row * count + column] * weights[column]).sum();
            let probability = 1.0 / (1.0 + (-(cases[row].logit + added)).exp());
            let slope = (probability * (1.0 - probability)).max(1e-3);
            matrix[row * count + row] += RIDGE / slope;
            target[row] = added + (f32::from(u8::from(cases[row].relevant)) - probability) / slope;
        }
        let next = solve(matrix, target);
        let moved: f32 = next.iter().zip(&weights).map(|(one, other)| (one - other).abs()).sum();
        weights = next;
        if moved < 1e-3 * as_f32(u32::try_from(count).unwrap_or(u32::MAX)) {
            break;
        }
    }
    weights
}

/// Solves a positive definite system (Cholesky).
fn solve(mut matrix: Vec<f32>, mut target: Vec<f32>) -> Vec<f32> {
    let count = target.len();
    for row in 0..count {
        for column in 0..=row {
            let mut sum = matrix[row * count + column];
            for inner in 0..column {
                sum -= matrix[row * count + inner] * matrix[column * count + inner];
            }
            matrix[row * count + column] =
                if row == column { sum.max(1e-9).sqrt() } else { sum / matrix[column * count + column] };
        }
    }
    for row in 0..count {
        let known: f32 = (0..row).map(|column| matrix[row * count + column] * target[column]).sum();
        target[row] = (target[row] - known) / matrix[row * count + row];
    }
    for row in (0..count).rev() {
        let known: f32 = (row + 1..count).map(|column| matrix[column * count + row] * target[column]).sum();
        target[row] = (target[row] - known) / matrix[row * count + row];
    }
    target
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(stem: u64, relevant: bool) -> Case {
        Case { stems: vec![(stem, 1.0)], direction: [0.0; DIMENSIONS], logit: 0.0, relevant }
    }

    fn added(correction: &Correction, stem: u64) -> f32 {
        correction.bias + correction.stems.iter().find(|(own, _)| *own == stem).map_or(0.0, |(_, weight)| *weight)
    }

    #[test]
    fn what_was_judged_moves_what_is_like_it_and_more_judgements_move_it_more() {
        let few: Vec<Case> = (0..4).map(|number| case(number % 2, number % 2 == 0)).collect();
        let many: Vec<Case> = (0..40).map(|number| case(number % 2, number % 2 == 0)).collect();
        let (few, many) = (correction(&few).expect("learnt"), correction(&many).expect("learnt"));
        assert!(added(&few, 0) > 0.2 && added(&few, 1) < -0.2);
        assert!(added(&many, 0) > added(&few, 0) && added(&many, 1) < added(&few, 1));
    }

    #[test]
    fn judgements_that_foretell_nothing_change_nothing() {
        let noise: Vec<Case> = (0..40_u64)
            .map(|number| Case {
                logit: if number % 4 < 2 { 2.0 } else { -2.0 },
                ..case(1000 + number, number % 4 < 2)
            })
            .collect();
        let learnt = correction(&noise);
        assert!(learnt.is_none_or(|learnt| added(&learnt, 1).abs() < 0.3), "a correction out of nothing");
        assert!(correction(&[]).is_none());
    }

    #[test]
    fn a_system_is_solved() {
        let solved = solve(vec![4.0, 1.0, 1.0, 3.0], vec![1.0, 2.0]);
        assert!((solved[0] - 1.0 / 11.0).abs() < 1e-5 && (solved[1] - 7.0 / 11.0).abs() < 1e-5);
    }
}
