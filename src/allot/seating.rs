//! Seats under caps: who may sit where, what that is worth, and who sits there now.

/// Seats that everybody should have before somebody gets more.
pub const ENOUGH: usize = 3;
/// What a seat among the first [`ENOUGH`] of a person is worth beside its gain: more than any gain, so that nobody is left
/// short for another's better one.
pub(super) const SHORT: f64 = 4.0;
/// Seats from which a problem is large.
pub(super) const LARGE: usize = 50_000;

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

/// Who sits where while an answer is looked for.
pub(super) struct Plan<'a> {
    pub problem: &'a Problem,
    pub held: Vec<bool>,
    pub fixed: Vec<bool>,
    pub bids: Vec<f64>,
    /// Seats of each person, the best first.
    pub of_person: Vec<Vec<u32>>,
    /// Seats of each story, the best first.
    pub of_story: Vec<Vec<u32>>,
    /// Seats held by each person, and at each story.
    pub own: Vec<Vec<u32>>,
    pub takers: Vec<Vec<u32>>,
    /// Lowest bid at each full story, 0 where there is a place: no seat costs less.
    pub floors: Vec<f64>,
    /// What was given (true) and taken back, for undoing.
    pub log: Vec<(usize, bool)>,
    pub effort: usize,
    pub looks: usize,
}

impl<'a> Plan<'a> {
    pub fn new(problem: &'a Problem) -> Self {
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

    pub fn person(&self, seat: usize) -> usize {
        self.problem.seats[seat].person as usize
    }

    pub fn story(&self, seat: usize) -> usize {
        self.problem.seats[seat].story as usize
    }

    pub fn gain(&self, seat: usize) -> f64 {
        self.problem.seats[seat].gain
    }

    /// What one more seat is worth to a person beside its gain.
    pub fn bonus(&self, person: usize) -> f64 {
        if self.own[person].len() < enough(self.problem.people[person]) { SHORT } else { 0.0 }
    }

    pub fn give(&mut self, seat: usize, bid: f64) {
        let (person, story) = (self.person(seat), self.story(seat));
        let number = u32::try_from(seat).unwrap_or(u32::MAX);
        self.held[seat] = true;
        self.bids[seat] = bid;
        self.own[person].push(number);
        self.takers[story].push(number);
        self.log.push((seat, true));
    }

    pub fn take_back(&mut self, seat: usize) {
        let (person, story) = (self.person(seat), self.story(seat));
        self.held[seat] = false;
        self.own[person].retain(|own| *own as usize != seat);
        self.takers[story].retain(|own| *own as usize != seat);
        self.log.push((seat, false));
    }

    /// Undoes everything since `mark`.
    pub fn undo(&mut self, mark: usize) {
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
    pub fn has_room(&self, seat: usize) -> bool {
        let person = self.person(seat);
        self.own[person].len() < self.problem.people[person].slots && self.kinds_allow(seat, &[])
    }

    /// True when no kind of a seat is full, were `without` given up.
    pub fn kinds_allow(&self, seat: usize, without: &[usize]) -> bool {
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
    pub fn blockers(&self, seat: usize) -> Vec<u32> {
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
    pub fn price(&self, seat: usize) -> (f64, Option<usize>) {
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
}
