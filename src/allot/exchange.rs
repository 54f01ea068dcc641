//! Chains of exchanges: a seat is had by moving whoever holds it to another, and so on; only what adds worth is kept.

use std::collections::HashMap;

use super::seating::{ENOUGH, LARGE, Plan, SHORT, enough};

/// Exchanges in a chain: for small problems, and for people left short in large ones.
const DEPTH: usize = 4;
/// Exchanges tried in one search of a chain; and seats looked at in all searches of a large problem.
const EFFORT: usize = 1_000;
const LOOKS: usize = 50_000_000;

impl Plan<'_> {
    /// Chains of exchanges until none adds worth; in a large problem only for those left short.
    pub(super) fn exchange(&mut self) {
        let small = self.problem.seats.len() < LARGE;
        for _ in 0..20 {
            let mut better = false;
            for person in 0..self.problem.people.len() {
                // Who could not have more if alone in the world is not helped by anybody's leaving.
                let held = self.own[person].len();
                let short = held < enough(self.problem.people[person]) && (small || held < self.alone(person));
                if !small && (!short || self.looks > LOOKS) {
                    continue;
                }
                while self.improve(person, DEPTH) {
                    better = true;
                }
            }
            if !better {
                break;
            }
        }
    }

    /// Seats that a person would hold if nobody else were there: the best first, or those of the fewest kinds.
    fn alone(&self, person: usize) -> usize {
        let slots = self.problem.people[person].slots;
        let hold = |order: &[u32]| {
            let mut counts: HashMap<u32, u8> = HashMap::new();
            let mut held = 0;
            for seat in order {
                let kinds = &self.problem.seats[*seat as usize].kinds;
                let room = kinds.iter().all(|(kind, cap)| counts.get(kind).copied().unwrap_or_default() < *cap);
                if room && held < slots {
                    held += 1;
                    kinds.iter().for_each(|(kind, _)| *counts.entry(*kind).or_default() += 1);
                }
            }
            held
        };
        let best = hold(&self.of_person[person]);
        if best >= ENOUGH.min(slots) {
            return best;
        }
        let mut plain = self.of_person[person].clone();
        plain.sort_by_key(|seat| self.problem.seats[*seat as usize].kinds.len());
        best.max(hold(&plain))
    }

    /// Takes the best chain that begins with a seat for `person`; false when none adds worth.
    fn improve(&mut self, person: usize, depth: usize) -> bool {
        self.effort = 0;
        self.log.clear();
        let mut best: Option<(f64, Vec<(usize, bool)>)> = None;
        for seat in self.of_person[person].clone() {
            let seat = seat as usize;
            if self.held[seat]
                || self.gain(seat) + self.bonus(person) <= best.as_ref().map_or(1e-9, |(worth, _)| *worth)
            {
                continue;
            }
            let added = self.place(seat, depth, &mut Vec::new());
            if let Some(added) = added.filter(|added| *added > best.as_ref().map_or(1e-9, |(worth, _)| *worth)) {
                best = Some((added, self.log.clone()));
            }
            self.undo(0);
        }
        let Some((_, steps)) = best else { return false };
        self.replay(&steps);
        true
    }

    /// Seats a person, whoever must leave; gives what it adds in all, or nothing when it cannot be. Stories of `chain` stay.
    fn place(&mut self, seat: usize, depth: usize, chain: &mut Vec<usize>) -> Option<f64> {
        self.effort += 1;
        if self.has_room(seat) {
            let bonus = self.bonus(self.person(seat));
            return Some(self.gain(seat) + bonus + self.take(seat, depth, chain)?);
        }
        let mark = self.log.len();
        let mut best: Option<(f64, Vec<(usize, bool)>)> = None;
        for out in self.ways_out(seat, depth, chain) {
            let length = chain.len();
            if let Some(added) = self.instead_of(seat, &out, depth, chain) {
                if best.as_ref().is_none_or(|(known, _)| added > *known) {
                    best = Some((added, self.log[mark..].to_vec()));
                }
            }
            chain.truncate(length);
            self.undo(mark);
        }
        let (added, steps) = best?;
        self.replay(&steps);
        Some(added)
    }

    /// What a person may give up to have room for a seat: one of theirs, or one of each kind that is full.
    fn ways_out(&self, seat: usize, depth: usize, chain: &[usize]) -> Vec<Vec<usize>> {
        let person = self.person(seat);
        let mut own: Vec<usize> = self.own[person]
            .iter()
            .map(|own| *own as usize)
            .filter(|own| !self.fixed[*own] && !chain.contains(&self.story(*own)))
            .collect();
        own.sort_by(|one, other| self.gain(*one).total_cmp(&self.gain(*other)).then(one.cmp(other)));
        let single: Vec<Vec<usize>> =
            own.iter().filter(|own| self.kinds_allow(seat, &[**own])).map(|own| vec![*own]).collect();
        if !single.is_empty() {
            let most = if depth == 0 { 1 } else { single.len() };
            return single.into_iter().take(most).collect();
        }
        let mut out: Vec<usize> = Vec::new();
        for (kind, cap) in &self.problem.seats[seat].kinds {
            let of_kind = |own: &usize| self.problem.seats[*own].kinds.iter().any(|(other, _)| other == kind);
            let held = self.own[person].iter().filter(|own| of_kind(&(**own as usize))).count();
            if held >= usize::from(*cap) && !out.iter().any(of_kind) {
                out.extend(own.iter().find(|own| of_kind(own)));
            }
        }
        // Who holds only what is fixed has nothing to give up.
        let room = self.own[person].len() - out.len() < self.problem.people[person].slots;
        if room && self.kinds_allow(seat, &out) { vec![out] } else { Vec::new() }
    }

    /// Seats a person who gives up others of theirs.
    fn instead_of(&mut self, seat: usize, out: &[usize], depth: usize, chain: &mut Vec<usize>) -> Option<f64> {
        let person = self.person(seat);
        let mut added = 0.0;
        for own in out {
            self.take_back(*own);
            added -= self.gain(*own) + self.bonus(person);
        }
        added += self.gain(seat) + self.bonus(person);
        added += self.take(seat, depth, chain)?;
        // What was given up may have stood in the way of several.
        while out.len() > 1 || depth > 0 {
            let more = self.refill_person(person, depth.saturating_sub(1), chain);
            added += more;
            if more <= 0.0 {
                break;
            }
        }
        for own in out {
            added += self.refill_story(self.story(*own));
        }
        Some(added)
    }

    /// Gives a seat for which the person has room, whoever must leave it; gives what the others lose, below 0.
    fn take(&mut self, seat: usize, depth: usize, chain: &mut Vec<usize>) -> Option<f64> {
        chain.push(self.story(seat));
        let blockers = self.blockers(seat);
        let cost = if blockers.is_empty() {
            self.give(seat, 0.0);
            0.0
        } else {
            self.displace(seat, &blockers, depth, chain)?
        };
        chain.pop();
        Some(cost)
    }

    fn replay(&mut self, steps: &[(usize, bool)]) {
        for (seat, given) in steps {
            if *given { self.give(*seat, 0.0) } else { self.take_back(*seat) }
        }
    }

    /// Makes one of `blockers` leave for a seat, the one that costs least; gives what that costs, below 0.
    fn displace(&mut self, seat: usize, blockers: &[u32], depth: usize, chain: &mut Vec<usize>) -> Option<f64> {
        let mark = self.log.len();
        let mut best: Option<(f64, Vec<(usize, bool)>)> = None;
        for blocker in blockers.iter().map(|blocker| *blocker as usize) {
            if self.fixed[blocker] {
                continue;
            }
            let loser = self.person(blocker);
            self.take_back(blocker);
            let mut cost = -self.gain(blocker) - self.bonus(loser);
            self.give(seat, 0.0);
            cost += self.refill_person(loser, depth, chain);
            if best.as_ref().is_none_or(|(known, _)| cost > *known) {
                best = Some((cost, self.log[mark..].to_vec()));
            }
            self.undo(mark);
        }
        let (cost, steps) = best?;
        self.replay(&steps);
        Some(cost)
    }

    /// Gives a person the seat that adds most, perhaps by a further exchange; gives what it adds.
    fn refill_person(&mut self, person: usize, depth: usize, chain: &mut Vec<usize>) -> f64 {
        let mark = self.log.len();
        let mut best: (f64, Vec<(usize, bool)>) = (0.0, Vec::new());
        for seat in self.of_person[person].clone() {
            let seat = seat as usize;
            self.looks += 1;
            if self.effort > EFFORT || self.gain(seat) + self.bonus(person) <= best.0 {
                break;
            }
            if self.held[seat] || chain.contains(&self.story(seat)) {
                continue;
            }
            if self.has_room(seat) && self.blockers(seat).is_empty() {
                best = (self.gain(seat) + self.bonus(person), vec![(seat, true)]);
                break;
            }
            if depth == 0 {
                continue;
            }
            let length = chain.len();
            if let Some(added) = self.place(seat, depth - 1, chain).filter(|added| *added > best.0) {
                best = (added, self.log[mark..].to_vec());
            }
            chain.truncate(length);
            self.undo(mark);
        }
        self.replay(&best.1);
        best.0
    }

    /// Gives a place that became free to whom it adds most; gives what it adds.
    fn refill_story(&mut self, story: usize) -> f64 {
        let mut best: Option<(f64, usize)> = None;
        for seat in self.of_story[story].iter().map(|seat| *seat as usize) {
            if best.is_some_and(|(known, _)| self.gain(seat) + SHORT <= known) {
                break;
            }
            if !self.held[seat] && self.has_room(seat) && self.blockers(seat).is_empty() {
                let added = self.gain(seat) + self.bonus(self.person(seat));
                if best.is_none_or(|(known, _)| added > known) {
                    best = Some((added, seat));
                }
            }
        }
        let Some((added, seat)) = best else { return 0.0 };
        self.give(seat, 0.0);
        added
    }
}
