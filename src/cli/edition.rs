//! `vigie edition`: a week planned, looked at, approved, frozen; what it gave to whom, and what became of its letters.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use crate::config::{Config, Unapproved};
use crate::digest::week;
use crate::domain::{Change, ChangeKind, EditionId, ItemId, Suggestion};
use crate::pipeline::{freeze, plan, weeks_of_pages, weeks_of_people};
use crate::store::{EditionRow, OutboxLetter, Store};
use crate::text::typography::moment;

use super::edition_change::{self, ChangeCommand};
use super::output::{Paint, json as print_json, line, pad, safe};
use super::people::recorder;
use super::{DONE, Now, PARTLY, load, open, stored};

/// Commands on editions.
#[derive(Debug, Subcommand)]
pub(super) enum EditionCommand {
    /// An edition as it was allotted: its plan while it may be changed, then the fate of each letter
    Show {
        /// The week, such as 2026-W48 [default: the last one]
        edition: Option<EditionId>,
        /// One object a line instead of text
        #[arg(long)]
        json: bool,
    },
    /// Plan the next edition now, to look at it before it leaves
    Plan {
        #[command(flatten)]
        now: Now,
    },
    #[command(flatten)]
    Change(ChangeCommand),
    /// Approve an edition as it is planned: it leaves at its time. A later change takes the approval back
    Approve {
        /// The week, such as 2026-W48 [default: the one that may be changed]
        #[arg(long, value_name = "WEEK")]
        edition: Option<EditionId>,
        /// Who approves it; the user of this session when nobody is named
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
        /// Write its letters now; they still leave at their time
        #[arg(long)]
        freeze: bool,
        #[command(flatten)]
        now: Now,
    },
    /// Give up an edition, or take back letters that have not left, with the reason
    Cancel {
        /// Only the letter of this person, by id [default: everything that has not left]
        ambassador: Option<String>,
        /// The week, such as 2026-W48 [default: the last one]
        #[arg(long, value_name = "WEEK")]
        edition: Option<EditionId>,
        /// The reason; it is kept
        #[arg(long, value_name = "TEXT")]
        why: String,
        #[command(flatten)]
        now: Now,
    },
    /// Calendar files (ICS) and tables (CSV): one for each person and network, one for each page of the company
    Calendars {
        /// The week, such as 2026-W48 [default: the last one]
        edition: Option<EditionId>,
        /// Folder they are written to
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
        #[command(flatten)]
        now: Now,
    },
}

pub(super) async fn run(dir: &Path, command: &EditionCommand) -> anyhow::Result<u8> {
    match command {
        EditionCommand::Show { edition, json } => show(dir, *edition, *json).await,
        EditionCommand::Plan { now } => plan_next(dir, now.get()).await,
        EditionCommand::Change(command) => edition_change::run(dir, command).await,
        EditionCommand::Approve { edition, by, freeze, now } => {
            approve(dir, *edition, &recorder(by.as_ref()), *freeze, now.get()).await
        }
        EditionCommand::Cancel { ambassador, edition, why, now } => {
            cancel(dir, ambassador.as_deref(), *edition, why, now.get()).await
        }
        EditionCommand::Calendars { edition, to, now } => calendars(dir, *edition, to, now.get()).await,
    }
}

/// The edition that is named, or the last one.
async fn named(store: &Store, edition: Option<EditionId>) -> anyhow::Result<Option<EditionRow>> {
    Ok(match edition {
        Some(id) => store.edition(id).await?,
        None => store.editions(1).await?.into_iter().next(),
    })
}

/// The edition that is named, or the one that may still be changed.
pub(super) async fn open_edition(store: &Store, edition: Option<EditionId>) -> anyhow::Result<EditionRow> {
    let found = match edition {
        Some(id) => store.edition(id).await?,
        None => store.editions(5).await?.into_iter().find(EditionRow::is_open),
    };
    match (found, edition) {
        (Some(row), _) if row.is_open() => Ok(row),
        (Some(row), _) if row.skipped.is_some() => {
            bail!("the edition {} was given up: it is not changed any more", row.id)
        }
        (Some(row), _) => bail!(
            "the edition {} is frozen, its letters are written: vigie edition cancel takes back those that have not left",
            row.id
        ),
        (None, Some(id)) => bail!("there is no edition {id}: vigie edition show tells the last one"),
        (None, None) => bail!("no edition may be changed now: vigie edition plan plans the next one"),
    }
}

async fn plan_next(dir: &Path, now: Timestamp) -> anyhow::Result<u8> {
    let shop = open(dir).await?;
    let settings = &shop.config.settings;
    let Some(due) = settings.edition.schedule.next_after(now, &settings.time_zone) else {
        bail!("no edition is to come: see “weekly” in vigie.toml");
    };
    let id = EditionId::of(due.to_zoned(settings.time_zone.clone()).date());
    let when = moment(due, &settings.time_zone, settings.language);
    match plan(&shop, id, due, now).await? {
        Some(planned) => {
            line(format!("{id} is planned: {} suggestions, its letters leave {when}.", planned.suggestions.len()))?;
            line("Look at it: vigie edition show. Approve it: vigie edition approve.")?;
            Ok(DONE)
        }
        None => {
            let row = shop.store.edition(id).await?;
            line(match row.and_then(|row| row.skipped) {
                Some(why) => format!("{id} was given up and is not planned again: {}", safe(&why)),
                None => {
                    format!("{id} was planned before: nothing was changed. To plan it again: vigie edition replan.")
                }
            })?;
            Ok(PARTLY)
        }
    }
}

async fn approve(
    dir: &Path,
    edition: Option<EditionId>,
    who: &str,
    at_once: bool,
    now: Timestamp,
) -> anyhow::Result<u8> {
    let shop = open(dir).await?;
    let row = open_edition(&shop.store, edition).await?;
    if !shop.store.approve_edition(row.id, who, now).await? {
        bail!("the edition {} was frozen meanwhile", row.id);
    }
    let when = moment(row.due, &shop.config.settings.time_zone, shop.config.settings.language);
    line(format!("{} is approved by {}: its letters leave {when}.", row.id, safe(who)))?;
    if at_once {
        freeze(&shop, row.id, now).await?;
        line("Its letters are written.")?;
    }
    Ok(DONE)
}

async fn cancel(
    dir: &Path,
    ambassador: Option<&str>,
    edition: Option<EditionId>,
    why: &str,
    now: Timestamp,
) -> anyhow::Result<u8> {
    let shop = open(dir).await?;
    if why.trim().is_empty() {
        bail!("say why: the reason is kept");
    }
    let Some(row) = named(&shop.store, edition).await? else { bail!("there is no such edition") };
    if let Some(id) = ambassador {
        super::ambassador(&shop.config, id)?;
    }
    if row.is_open() {
        if ambassador.is_some() {
            bail!("the letters of {} are not written yet: vigie edition drop takes a suggestion out", row.id);
        }
        shop.store.skip_edition(row.id, why).await?;
        line(format!("{} is given up: no letter is written.", row.id))?;
        return Ok(DONE);
    }
    let taken = shop.store.cancel_letters(row.id, ambassador, why, now).await?;
    if taken == 0 {
        line("No letter was taken back: what is sent is sent.")?;
        return Ok(PARTLY);
    }
    line(format!("{taken} letters of {} are taken back; what stood in them may be suggested again.", row.id))?;
    Ok(DONE)
}

async fn calendars(dir: &Path, edition: Option<EditionId>, to: &Path, now: Timestamp) -> anyhow::Result<u8> {
    let shop = open(dir).await?;
    let row = named(&shop.store, edition).await?;
    let mut weeks = weeks_of_pages(&shop, now).await?;
    match row {
        Some(row) => weeks.extend(weeks_of_people(&shop, row.id, now).await?),
        None => eprintln!("vigie: there is no such edition: the calendars of people are left out"),
    }
    std::fs::create_dir_all(to).with_context(|| format!("{} cannot be made", to.display()))?;
    let zone = &shop.config.settings.time_zone;
    for one in &weeks {
        let write = |ending: &str, text: &str| {
            let path = to.join(format!("{}.{ending}", one.file));
            std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
        };
        write("ics", &week::to_ics(&one.name, &one.appointments, zone, now))?;
        write("csv", &week::to_csv(&one.appointments, zone, now)?)?;
        line(format!("{}  {} appointments", safe(&one.file), one.appointments.len()))?;
    }
    Ok(if weeks.is_empty() { PARTLY } else { DONE })
}

async fn show(dir: &Path, edition: Option<EditionId>, json: bool) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let Some(store) = stored(&config).await? else {
        return Ok(PARTLY);
    };
    let Some(row) = named(&store, edition).await? else {
        eprintln!("vigie: there is no such edition");
        return Ok(PARTLY);
    };
    let shown = Shown::read(&store, row).await?;
    if json { shown.as_json() } else { shown.as_text(&config) }
}

/// An edition with all that is told of it.
struct Shown {
    row: EditionRow,
    suggestions: Vec<Suggestion>,
    letters: Vec<OutboxLetter>,
    changes: Vec<Change>,
    titles: HashMap<ItemId, String>,
}

impl Shown {
    async fn read(store: &Store, row: EditionRow) -> anyhow::Result<Self> {
        let suggestions = store.suggestions(row.id).await?;
        let changes = store.changes(row.id).await?;
        let mut ids: Vec<ItemId> = suggestions.iter().map(|suggestion| suggestion.item).collect();
        ids.extend(changes.iter().flat_map(|change| [Some(change.item), change.other]).flatten());
        ids.sort_unstable();
        ids.dedup();
        let titles = store.items(&ids).await?.into_iter().map(|record| (record.item.id, record.item.title)).collect();
        Ok(Shown { letters: store.letters(row.id).await?, row, suggestions, changes, titles })
    }

    fn title(&self, item: ItemId) -> &str {
        self.titles.get(&item).map_or("", String::as_str)
    }

    /// People in the order of the plan, or of their letters.
    fn people(&self) -> Vec<&str> {
        let planned = self.suggestions.iter().map(|suggestion| suggestion.ambassador.as_str());
        let mut people: Vec<&str> =
            self.letters.iter().map(|letter| letter.ambassador.as_str()).chain(planned).collect();
        people.sort_unstable();
        people.dedup();
        people
    }

    /// True for what somebody put or left there by hand.
    fn by_hand(&self, suggestion: &Suggestion) -> bool {
        self.changes.iter().any(|change| {
            let put = match change.kind {
                ChangeKind::Pin | ChangeKind::Add => Some(change.item),
                ChangeKind::Swap => change.other,
                _ => None,
            };
            put == Some(suggestion.item) && change.ambassador.as_ref() == Some(&suggestion.ambassador)
        })
    }

    fn as_json(&self) -> anyhow::Result<u8> {
        let row = &self.row;
        for person in self.people() {
            let letter = self.letters.iter().find(|letter| letter.ambassador == person);
            let own = self.suggestions.iter().filter(|suggestion| suggestion.ambassador == person);
            let given: Vec<serde_json::Value> = own
                .map(|suggestion| {
                    json!({
                        "story": suggestion.story.to_string(), "item": suggestion.item.to_string(),
                        "title": self.title(suggestion.item), "channel": suggestion.channel.as_str(),
                        "slot": suggestion.slot.to_string(), "objective": suggestion.objective, "gain": suggestion.gain,
                        "by_hand": self.by_hand(suggestion),
                    })
                })
                .collect();
            let concerns = |change: &&Change| change.ambassador.as_deref().is_none_or(|whom| whom == person);
            let changes: Vec<serde_json::Value> =
                self.changes.iter().filter(concerns).map(|change| self.change_as_json(change)).collect();
            print_json(&json!({
                "edition": row.id.to_string(), "ambassador": person, "frozen": row.frozen.map(|at| at.to_string()),
                "approved_by": row.approved.as_ref().map(|(who, _)| who.clone()), "changes": changes,
                "state": letter.map_or("planned", |letter| letter.state.as_str()),
                "leaves": letter.map_or(row.due, |letter| letter.leaves).to_string(),
                "reply": letter.and_then(|letter| letter.reply.clone()),
                "attempts": letter.map_or(0, |letter| letter.attempts),
                "message_id": letter.map(|letter| letter.message_id.clone()), "suggestions": given,
            }))?;
        }
        Ok(DONE)
    }

    fn change_as_json(&self, change: &Change) -> serde_json::Value {
        json!({
            "kind": change.kind.as_str(), "ambassador": change.ambassador, "item": change.item.to_string(),
            "title": self.title(change.item), "other": change.other.map(|item| item.to_string()),
            "channel": change.channel.map(|channel| channel.as_str()),
            "slot": change.slot.map(|slot| slot.to_string()), "why": change.why, "by": change.who,
            "at": change.at.to_string(),
        })
    }

    fn unserved<'a>(&self, config: &'a Config) -> Vec<&'a str> {
        let served = |id: &str| self.suggestions.iter().any(|one| one.objective.as_deref() == Some(id));
        config.line.objectives.iter().filter(|one| !served(&one.id)).map(|one| one.label.as_str()).collect()
    }

    fn as_text(&self, config: &Config) -> anyhow::Result<u8> {
        let (row, paint) = (&self.row, Paint::stdout());
        let (zone, language) = (&config.settings.time_zone, config.settings.language);
        line(paint.cyan(&format!("{} · planned {}", row.id, moment(row.planned, zone, language))))?;
        line(self.standing(config))?;
        for person in self.people() {
            line("")?;
            let letter = self.letters.iter().find(|letter| letter.ambassador == person);
            let state = letter.map_or("planned", |letter| letter.state.as_str());
            let reply = letter.and_then(|letter| letter.reply.as_deref());
            let reply = reply.map(|reply| format!(" ({})", safe(reply))).unwrap_or_default();
            line(format!("{} {state}{}", paint.bold(person), paint.dim(&reply)))?;
            let own = self.suggestions.iter().filter(|suggestion| suggestion.ambassador == person);
            for (at, suggestion) in own.enumerate() {
                let when = pad(&suggestion.slot.to_string(), 14);
                let channel = pad(suggestion.channel.as_str(), 9);
                let mark = if self.by_hand(suggestion) { paint.cyan(" (by hand)") } else { String::new() };
                line(format!("  {} {when} {channel} {}{mark}", at + 1, safe(self.title(suggestion.item))))?;
            }
        }
        if !self.changes.is_empty() {
            line("\nChanges:")?;
        }
        for change in &self.changes {
            let whom = change.ambassador.as_deref().unwrap_or("everybody");
            let other = change.other.map(|item| format!(" → {}", safe(self.title(item)))).unwrap_or_default();
            let why = change.why.as_deref().map(|why| format!(": {}", safe(why))).unwrap_or_default();
            let who = paint.dim(&format!("({}, {})", safe(&change.who), moment(change.at, zone, language)));
            let title = safe(self.title(change.item));
            line(format!("  {} {whom} · {title}{other}{why} {who}", pad(change.kind.as_str(), 6)))?;
        }
        let unserved = self.unserved(config);
        if !unserved.is_empty() {
            line(format!("\nObjectives that nothing of this edition serves: {}", safe(&unserved.join(", "))))?;
        }
        Ok(DONE)
    }

    /// Where the edition stands, in one sentence.
    fn standing(&self, config: &Config) -> String {
        let row = &self.row;
        let when = |at: Timestamp| moment(at, &config.settings.time_zone, config.settings.language);
        if let Some(why) = &row.skipped {
            return format!("skipped: {}", safe(why));
        }
        match (row.frozen, &row.approved) {
            (Some(at), _) => format!("frozen {}: nothing is planned any more", when(at)),
            (None, Some((who, at))) => {
                format!("approved by {} ({}): its letters leave {}", safe(who), when(*at), when(row.due))
            }
            (None, None) => match config.settings.edition.unapproved {
                Unapproved::Send => format!("may be changed until its letters leave, {}", when(row.due)),
                Unapproved::Hold => format!("waits for vigie edition approve; due {}", when(row.due)),
            },
        }
    }
}
