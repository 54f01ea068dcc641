//! The best assignment of seats under caps: a person at a story is a seat, worth its gain.
//!
//! An auction (Bertsekas: Auction algorithms for network flow problems, 1992), in which a story holds as many as its cap and
//! whoever wants a full one outbids its weakest holder; then chains of exchanges, each of which is kept only if it adds
//! worth, until none does. Fixed orders and ties by number: the same problem has the same answer.

use std::collections::{HashMap, VecDeque};

/// Seats that everybody should have before somebody gets more.
pub const ENOUGH: usize = 3;
/// What a seat among the first [`ENOUGH`] of a person is worth beside its gain: more than any gain, so that nobody is left
/// short for another's better one.
const SHORT: f64 = 4.0;
/// Least raise of a bid, for small and for large problems.
const RAISES: (f64, f64) = (0.002, 0.03);
/// Seats from which a problem is large.
const LARGE: usize = 50_000;
/// Exchanges in a chain: for small problems, and for people left short in large ones.
const DEPTH: usize = 4;
/// Exchanges tried in one search of a chain; and seats looked at in all searches of a large problem.
const EFFORT: usize = 1_000;
const LOOKS: usize = 50_000_000;

/// What one person may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holder {
    /// Seats at most.
    pub slots: usize,
    /// Group of people whose networks overlap.
    pub group: Option<u32>,
}

/// A person at a story.
#[derive(Debug, Clone, PartialEq)]
pub struct Seat {
    /// The person, by number.
    pub person: u32,
    /// The story, by number.
    pub story: u32,
    /// What it is worth, above 0 and at most 2.
    pub gain: f64,
    /// Kinds that it is of, and how many seats of each kind one person may hold.
    pub kinds: Vec<(u32, u8)>,
}

/// Who may sit where.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Problem {
    /// People, by number.
    pub people: Vec<Holder>,
    /// Number of stories.
    pub stories: usize,
    /// People at one story, at most.
    pub story_cap: usize,
    /// The same within one group.
    pub group_cap: usize,
    /// Seats that are taken already and stay.
    pub fixed: Vec<usize>,
    /// All seats.
    pub seats: Vec<Seat>,
}

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

/// Worth of a set of seats: gains, and what the first seats of each person count besides.
pub fn worth(problem: &Problem, seats: &[usize]) -> f64 {
    let mut counts = vec![0_usize; problem.people.len()];
    let mut sum = 0.0;
    for seat in seats {
        let person = problem.seats[*seat].person as usize;
        sum += problem.seats[*seat].gain + if counts[person] < enough(problem.people[person]) { SHORT } else { 0.0 };
        counts[person] += 1;
    }
    sum
}

/// Seats that a person should have.
pub fn enough(holder: Holder) -> usize {
    ENOUGH.min(holder.slots)
}

/// What a seat would bring: its worth less its price, the seat, the price, and who would have to leave it.
type Bid = (f64, usize, f64, Option<usize>);

struct Plan<'a> {
    problem: &'a Problem,
    held: Vec<bool>,
    fixed: Vec<bool>,
    bids: Vec<f64>,
    /// Seats of each person, the best first.
    of_person: Vec<Vec<u32>>,
    /// Seats of each story, the best first.
    of_story: Vec<Vec<u32>>,
    /// Seats held by each person, and at each story.
    own: Vec<Vec<u32>>,
    takers: Vec<Vec<u32>>,
    /// Lowest bid at each full story, 0 where there is a place: no seat costs less.
    floors: Vec<f64>,
    /// What was given (true) and taken back, for undoing.
    log: Vec<(usize, bool)>,
    effort: usize,
    looks: usize,
}

impl<'a> Plan<'a> {
    fn new(problem: &'a Problem) -> Self {
        let mut of_person = vec![Vec::new(); problem.people.len()];
        let mut of_story = vec![Vec::new(); problem.stories];
        let mut order: Vec<usize> = (0..problem.seats.len()).collect();
        order
            .sort_by(|one, other| problem.seats[*other].gain.total_cmp(&problem.seats[*one].gain).then(one.cmp(other)));
        for seat in order {
            let number = u32::try_from(seat).unwrap_or(u32::MAX);
            of_person[problem.seats[seat].person as usize].push(number);
            of_story[problem.seats[seat].story as usize].push(number);
        }
        Plan {
            problem,
            held: vec![false; problem.seats.len()],
            fixed: vec![false; problem.seats.len()],
            bids: vec![0.0; problem.seats.len()],
            own: vec![Vec::new(); problem.people.len()],
            takers: vec![Vec::new(); problem.stories],
            floors: vec![0.0; problem.stories],
            of_person,
            of_story,
            log: Vec::new(),
            effort: 0,
            looks: 0,
        }
    }

    fn person(&self, seat: usize) -> usize {
        self.problem.seats[seat].person as usize
    }

    fn story(&self, seat: usize) -> usize {
        self.problem.seats[seat].story as usize
    }

    fn gain(&self, seat: usize) -> f64 {
        self.problem.seats[seat].gain
    }

    /// What one more seat is worth to a person beside its gain.
    fn bonus(&self, person: usize) -> f64 {
        if self.own[person].len() < enough(self.problem.people[person]) { SHORT } else { 0.0 }
    }

    fn give(&mut self, seat: usize, bid: f64) {
        let (person, story) = (self.person(seat), self.story(seat));
        let number = u32::try_from(seat).unwrap_or(u32::MAX);
        self.held[seat] = true;
        self.bids[seat] = bid;
        self.own[person].push(number);
        self.takers[story].push(number);
        self.log.push((seat, true));
    }

    fn take_back(&mut self, seat: usize) {
        let (person, story) = (self.person(seat), self.story(seat));
        self.held[seat] = false;
        self.own[person].retain(|own| *own as usize != seat);
        self.takers[story].retain(|own| *own as usize != seat);
        self.log.push((seat, false));
    }

    /// Undoes everything since `mark`.
    fn undo(&mut self, mark: usize) {
        while self.log.len() > mark {
            let Some((seat, given)) = self.log.pop() else { return };
            if given {
                self.take_back(seat);
            } else {
                self.give(seat, self.bids[seat]);
            }
            self.log.pop();
        }
    }

    /// True when the person's own caps leave room for a seat.
    fn has_room(&self, seat: usize) -> bool {
        let person = self.person(seat);
        self.own[person].len() < self.problem.people[person].slots && self.kinds_allow(seat, &[])
    }

    /// True when no kind of a seat is full, were `without` given up.
    fn kinds_allow(&self, seat: usize, without: &[usize]) -> bool {
        let own = &self.own[self.person(seat)];
        self.problem.seats[seat].kinds.iter().all(|(kind, cap)| {
            let held = own.iter().filter(|other| {
                let other = **other as usize;
                !without.contains(&other) && self.problem.seats[other].kinds.iter().any(|(own, _)| own == kind)
            });
            held.count() < usize::from(*cap)
        })
    }

    /// Those of whom one must leave for a seat to be had; nobody when there is room.
    fn blockers(&self, seat: usize) -> Vec<u32> {
        let takers = &self.takers[self.story(seat)];
        let group = self.problem.people[self.person(seat)].group;
        if group.is_some() {
            let same = |other: &&u32| self.problem.people[self.person(**other as usize)].group == group;
            let same: Vec<u32> = takers.iter().filter(same).copied().collect();
            if same.len() >= self.problem.group_cap {
                return same;
            }
        }
        if takers.len() >= self.problem.story_cap { takers.clone() } else { Vec::new() }
    }

    /// What a seat costs: the lowest bid among those of whom one must leave, and whose it is.
    fn price(&self, seat: usize) -> (f64, Option<usize>) {
        let (story, group) = (self.story(seat), self.problem.people[self.person(seat)].group);
        let takers = &self.takers[story];
        let lower = |one: Option<usize>, other: usize| match one {
            Some(one) if (self.bids[one], one) <= (self.bids[other], other) => Some(one),
            _ => Some(other),
        };
        if let Some(group) = group {
            let same = |other: &usize| self.problem.people[self.person(*other)].group == Some(group);
            let (mut count, mut lowest) = (0, None);
            for other in takers.iter().map(|other| *other as usize).filter(same) {
                count += 1;
                lowest = lower(lowest, other);
            }
            if count >= self.problem.group_cap {
                return lowest.map_or((f64::INFINITY, None), |seat| (self.bids[seat], Some(seat)));
            }
        }
        if takers.len() < self.problem.story_cap {
            return (0.0, None);
        }
        let lowest = takers.iter().fold(None, |lowest, other| lower(lowest, *other as usize));
        lowest.map_or((f64::INFINITY, None), |seat| (self.bids[seat], Some(seat)))
    }

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

    /// Chains of exchanges until none adds worth; in a large problem only for those left short.
    fn exchange(&mut self) {
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
