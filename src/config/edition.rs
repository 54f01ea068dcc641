//! The `[edition]` table of `vigie.toml`: when a week is planned, looked at and sent, and how much of what it may hold.

use std::time::Duration;

use jiff::civil::{Time, Weekday};

use super::files::{At, Files};
use super::reader::Table;
use super::schedule::{Crontab, Schedule};
use super::values;

/// What happens when nothing deserves to be suggested to a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmptyLetter {
    /// A short letter says so.
    Say,
    /// No letter.
    Skip,
}

/// The weekly edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Edition {
    /// When it is planned and sent.
    pub schedule: Schedule,
    /// How late a missed edition is still made up.
    pub grace: Duration,
    /// How old a story may be, in days.
    pub window_days: u16,
    /// People who may get one story in one edition.
    pub story_cap: usize,
    /// The same within one group of overlapping networks.
    pub group_cap: usize,
    /// Least gain worth a suggestion, 0 to 1.
    pub floor: f64,
    /// Suggestions of priority 2, priority 3 and without objective that one letter may hold.
    pub quota: [usize; 3],
    /// When nothing is worth it.
    pub empty: EmptyLetter,
    /// When it is planned, for people to look at before it leaves; without it, when it leaves.
    pub review: Option<Schedule>,
    /// What becomes of an edition that nobody approved.
    pub unapproved: Unapproved,
    /// How long after the company's page people may tell the same.
    pub page_lag: Duration,
    /// Days after which a lasting content may come back to a person, on the same network.
    pub cool_down_days: u16,
    /// One week in so many without a letter, for those who did not choose.
    pub rest_every: Option<u16>,
    /// When the brief of the Monday meeting is mailed to the lead.
    pub brief: Schedule,
}

/// What becomes of an edition that nobody approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unapproved {
    /// It leaves.
    Send,
    /// It waits, and is given up when its grace time is over.
    Hold,
}

impl Default for Edition {
    fn default() -> Self {
        Edition {
            schedule: Schedule::Weekly(Weekday::Monday, Time::constant(8, 0, 0, 0)),
            grace: Duration::from_secs(48 * 3600),
            window_days: 14,
            story_cap: 3,
            group_cap: 1,
            floor: 0.2,
            quota: [5, 1, 1],
            empty: EmptyLetter::Say,
            review: None,
            unapproved: Unapproved::Send,
            page_lag: Duration::from_secs(24 * 3600),
            cool_down_days: 180,
            rest_every: None,
            brief: Schedule::Weekly(Weekday::Monday, Time::constant(7, 30, 0, 0)),
        }
    }
}

/// Reads the table into an edition that holds the defaults.
pub(super) fn read(files: &mut Files, mut table: Table, edition: &mut Edition) {
    let both = table.has("weekly") && table.has("cron");
    if both {
        files.error(&table.place, "both “weekly” and “cron” say when the edition leaves", "keep one of the two");
    }
    if let Some((day, time)) = table.text(files, "weekly").and_then(|at| values::week_time(files, &at)) {
        edition.schedule = Schedule::Weekly(day, time);
    }
    if let Some(at) = table.text(files, "cron") {
        match Crontab::parse(&at.value) {
            Ok(crontab) => edition.schedule = Schedule::Cron(crontab),
            Err(why) => files.error(
                &at.place,
                format!("this pattern is refused: {why}"),
                "most programmes need only weekly = \"mon 08:00\"",
            ),
        }
    }
    let hour = Duration::from_secs(3600);
    if let Some(grace) = table.text(files, "grace").and_then(|at| values::duration(files, at, hour)) {
        edition.grace = grace;
    }
    let small = |at: At<i64>| usize::try_from(at.value).unwrap_or_default();
    if let Some(days) = table.integer(files, "window_days", 1..=90) {
        edition.window_days = u16::try_from(days.value).unwrap_or(14);
    }
    if let Some(cap) = table.integer(files, "story_cap", 1..=8) {
        edition.story_cap = small(cap);
    }
    if let Some(cap) = table.integer(files, "group_cap", 1..=50) {
        edition.group_cap = small(cap);
    }
    if let Some(floor) = table.number(files, "floor", 0.0..=1.0) {
        edition.floor = floor;
    }
    for (index, key) in ["priority_2", "priority_3", "without_objective"].into_iter().enumerate() {
        if let Some(quota) = table.integer(files, key, 0..=20) {
            edition.quota[index] = small(quota);
        }
    }
    if let Some(empty) = table.word(files, "empty", &[("say", EmptyLetter::Say), ("skip", EmptyLetter::Skip)]) {
        edition.empty = empty.value;
    }
    if let Some((day, time)) = table.text(files, "review").and_then(|at| values::week_time(files, &at)) {
        edition.review = Some(Schedule::Weekly(day, time));
    }
    if let Some(word) = table.word(files, "unapproved", &[("send", Unapproved::Send), ("hold", Unapproved::Hold)]) {
        edition.unapproved = word.value;
        if word.value == Unapproved::Hold && edition.review.is_none() {
            files.error(
                &word.place,
                "nobody could approve an edition that is planned when it leaves",
                "say when it is planned for review: review = \"fri 12:00\"",
            );
        }
    }
    if let Some(lag) = table.text(files, "page_lag").and_then(|at| values::duration(files, at, Duration::ZERO)) {
        edition.page_lag = lag;
    }
    if let Some(wait) = table.text(files, "cool_down").and_then(|at| values::duration(files, at, 24 * hour)) {
        edition.cool_down_days = u16::try_from(wait.as_secs() / 86_400).unwrap_or(u16::MAX);
    }
    if let Some(every) = table.integer(files, "rest_every", 2..=52) {
        edition.rest_every = u16::try_from(every.value).ok();
    }
    if let Some((day, time)) = table.text(files, "brief").and_then(|at| values::week_time(files, &at)) {
        edition.brief = Schedule::Weekly(day, time);
    }
    table.finish(files);
}
