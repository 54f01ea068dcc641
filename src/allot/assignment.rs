//! The best assignment of seats under caps: a person at a story is a seat, worth its gain.
//!
//! An auction (Bertsekas: Auction algorithms for network flow problems, 1992), in which a story holds as many as its cap and
//! whoever wants a full one outbids its weakest holder; then chains of exchanges, each of which is kept only if it adds
//! worth, until none does. Fixed orders and ties by number: the same problem has the same answer.

use std::collections::VecDeque;

pub use super::seating::{ENOUGH, Holder, Problem, Seat, enough, worth};

use super::seating::{LARGE, Plan};

/// Least raise of a bid, for small and for large problems.
const RAISES: (f64, f64) = (0.002, 0.03);
/// The seats taken, by number, in ascending order. No cap is ever broken, but by what was fixed.
pub fn solve(problem: &Problem) -> Vec<usize> {
    let mut plan = Plan::new(problem);
    for seat in &problem.fixed {
        if !plan.held[*seat] {
            plan.give(*seat, f64::INFINITY);
            plan.fixed[*seat] = true;
        }
    }
    plan.auction();
    plan.exchange();
    (0..problem.seats.len()).filter(|seat| plan.held[*seat]).collect()
}

/// What a seat would bring: its worth less its price, the seat, the price, and who would have to leave it.
type Bid = (f64, usize, f64, Option<usize>);

impl Plan<'_> {
    /// Bids until nobody gains by another.
    fn auction(&mut self) {
        let raise = if self.problem.seats.len() < LARGE { RAISES.0 } else { RAISES.1 };
        let mut waiting: VecDeque<usize> = (0..self.problem.people.len()).collect();
        let mut waits = vec![true; self.problem.people.len()];
        while let Some(person) = waiting.pop_front() {
            waits[person] = false;
            while self.own[person].len() < self.problem.people[person].slots {
                let bonus = self.bonus(person);
                let (mut best, mut second): (Option<Bid>, f64) = (None, 0.0);
                for seat in self.of_person[person].iter().map(|seat| *seat as usize) {
                    // The best first: what follows is worth no more than its gain.
                    if best.is_some() && self.gain(seat) + bonus <= second {
                        break;
                    }
                    let least = self.floors[self.story(seat)];
                    let hopeless = best.is_some() && self.gain(seat) + bonus - least <= second;
                    if hopeless || self.held[seat] || !self.kinds_allow(seat, &[]) {
                        continue;
                    }
                    let (price, weakest) = self.price(seat);
                    let net = self.gain(seat) + bonus - price;
                    match best {
                        Some((known, ..)) if net <= known => second = second.max(net),
                        _ => {
                            second = best.map_or(second, |(known, ..)| second.max(known));
                            best = Some((net, seat, price, weakest));
                        }
                    }
                }
                let Some((net, seat, price, weakest)) = best.filter(|(net, ..)| *net > raise) else { break };
                if let Some(weakest) = weakest {
                    self.take_back(weakest);
                    let loser = self.person(weakest);
                    if !waits[loser] {
                        waits[loser] = true;
                        waiting.push_back(loser);
                    }
                }
                self.give(seat, price + (net - second.min(net)) + raise);
                let takers = &self.takers[self.story(seat)];
                let lowest = takers.iter().map(|other| self.bids[*other as usize]).fold(f64::INFINITY, f64::min);
                let full = takers.len() >= self.problem.story_cap;
                let story = self.story(seat);
                self.floors[story] = if full { lowest } else { 0.0 };
            }
        }
        self.log.clear();
    }
}
