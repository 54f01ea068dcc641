//! `vigie edition pin|swap|drop|add|forbid|allow|replan`: what the comms team changes in a plan before it leaves.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use anyhow::bail;
use clap::{Args, Subcommand};
use jiff::Timestamp;

use crate::domain::{Change, ChangeKind, Channel, EditionId, ItemId, Slot, Suggestion};
use crate::pipeline::{Changed, Workshop, change, replan};
use crate::store::Store;

use super::edition::open_edition;
use super::output::{Paint, line, pad, safe};
use super::people::{ChannelName, find_item, recorder};
use super::{DONE, Now, PARTLY, REFUSED, ambassador, open};

/// What every change says.
#[derive(Debug, Args)]
pub(super) struct Said {
    /// The week, such as 2026-W48 [default: the one that may be changed]
    #[arg(long, value_name = "WEEK")]
    edition: Option<EditionId>,
    /// Who changes it; the user of this session when nobody is named
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why, for those who look later
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    #[command(flatten)]
    now: Now,
}

/// Changes of a plan. ITEM is the place of a suggestion in this person's list (1, 2, 3), or an item by number or address.
#[derive(Debug, Subcommand)]
pub(super) enum ChangeCommand {
    /// Keep a suggestion whatever is planned again, perhaps on another half-day or network
    Pin {
        /// The person, by id
        ambassador: String,
        /// The suggestion: its place in the list, its item's number or address
        item: String,
        /// The half-day, such as 2026-11-24/am
        #[arg(long)]
        slot: Option<Slot>,
        /// The network
        #[arg(long, value_enum)]
        channel: Option<ChannelName>,
        #[command(flatten)]
        said: Said,
    },
    /// Replace a suggestion, by a story of your choice or by the next best one
    Swap {
        /// The person, by id
        ambassador: String,
        /// The suggestion: its place in the list, its item's number or address
        item: String,
        /// What takes its place: an item by number or address [default: the next best]
        #[arg(long = "for", value_name = "ITEM")]
        other: Option<String>,
        #[command(flatten)]
        said: Said,
    },
    /// Take a suggestion out; its place stays empty
    Drop {
        /// The person, by id
        ambassador: String,
        /// The suggestion: its place in the list, its item's number or address
        item: String,
        #[command(flatten)]
        said: Said,
    },
    /// Give somebody a story that was not proposed to them; the weakest suggestion of a full list makes room
    Add {
        /// The person, by id
        ambassador: String,
        /// The story: one of its items, by number or address
        item: String,
        /// The half-day, such as 2026-11-24/am
        #[arg(long)]
        slot: Option<Slot>,
        /// The network
        #[arg(long, value_enum)]
        channel: Option<ChannelName>,
        #[command(flatten)]
        said: Said,
    },
    /// Take a story out of every list of this edition; the next best ones take its place
    Forbid {
        /// The story: one of its items, by number or address
        item: String,
        #[command(flatten)]
        said: Said,
    },
    /// Take back a forbid, or with a person a drop or swap: the story may be planned again
    Allow {
        /// The story: one of its items, by number or address
        item: String,
        /// The person whose list it was taken out of
        #[arg(long, value_name = "AMBASSADOR")]
        to: Option<String>,
        #[command(flatten)]
        said: Said,
    },
    /// Plan everything again but for what people changed, with what came in since
    Replan {
        #[command(flatten)]
        said: Said,
    },
}

impl ChangeCommand {
    fn said(&self) -> &Said {
        match self {
            ChangeCommand::Pin { said, .. }
            | ChangeCommand::Swap { said, .. }
            | ChangeCommand::Drop { said, .. }
            | ChangeCommand::Add { said, .. }
            | ChangeCommand::Forbid { said, .. }
            | ChangeCommand::Allow { said, .. }
            | ChangeCommand::Replan { said } => said,
        }
    }
}

pub(super) async fn run(dir: &Path, command: &ChangeCommand) -> anyhow::Result<u8> {
    let shop = open(dir).await?;
    let said = command.said();
    let row = open_edition(&shop.store, said.edition).await?;
    let now = said.now.get();
    let done = match wanted(&shop, row.id, command, said, now).await? {
        Some(wanted) => change(&shop, row.id, wanted, now).await?,
        None => replan(&shop, row.id, now).await?,
    };
    match done {
        Changed::Done { before, after, lost } => {
            told(&shop.store, &before, &after).await?;
            for (kept, why) in lost
                .iter()
                .filter(|(kept, _)| !after.iter().any(|own| own.item == kept.item && own.ambassador == kept.ambassador))
            {
                let title = title(&shop.store, kept.item).await?;
                line(format!("  left out for {}: {} ({})", kept.ambassador, safe(&title), safe(why)))?;
            }
            if row.approved.is_some() {
                line("The approval was for the plan before: approve it again.")?;
            }
            Ok(DONE)
        }
        Changed::Refused(why) => {
            eprintln!("vigie: nothing was changed: {}", safe(&why));
            if why.starts_with("outside what") {
                eprintln!("vigie: what they know stands in ambassadors.toml, under “expertise”");
            }
            Ok(REFUSED)
        }
        Changed::Closed => {
            eprintln!(
                "vigie: the edition {} was frozen or changed by somebody else meanwhile: nothing was changed, look again",
                row.id
            );
            Ok(PARTLY)
        }
    }
}

/// The change that was typed; nothing for planning again.
async fn wanted(
    shop: &Workshop,
    edition: EditionId,
    command: &ChangeCommand,
    said: &Said,
    now: Timestamp,
) -> anyhow::Result<Option<Change>> {
    let plan = shop.store.suggestions(edition).await?;
    let store = &shop.store;
    let channel = |name: Option<ChannelName>| name.map(Channel::from);
    let mut place: (Option<Channel>, Option<Slot>) = (None, None);
    let mut other = None;
    let (kind, whom, item) = match command {
        ChangeCommand::Pin { ambassador: whom, item, slot, channel: name, .. } => {
            place = (channel(*name), *slot);
            (ChangeKind::Pin, Some(whom), of_plan(store, &plan, whom, item).await?)
        }
        ChangeCommand::Swap { ambassador: whom, item, other: typed, .. } => {
            if let Some(typed) = typed {
                other = Some(find_item(store, typed).await?);
            }
            (ChangeKind::Swap, Some(whom), of_plan(store, &plan, whom, item).await?)
        }
        ChangeCommand::Drop { ambassador: whom, item, .. } => {
            (ChangeKind::Drop, Some(whom), of_plan(store, &plan, whom, item).await?)
        }
        ChangeCommand::Add { ambassador: whom, item, slot, channel: name, .. } => {
            place = (channel(*name), *slot);
            (ChangeKind::Add, Some(whom), find_item(store, item).await?)
        }
        ChangeCommand::Forbid { item, .. } => (ChangeKind::Forbid, None, find_item(store, item).await?),
        ChangeCommand::Allow { item, to, .. } => {
            let item = find_item(store, item).await?;
            (ChangeKind::Allow, to.as_ref(), barred(store, edition, to.as_deref(), item).await?)
        }
        ChangeCommand::Replan { .. } => return Ok(None),
    };
    if let Some(whom) = whom {
        ambassador(&shop.config, whom)?;
    }
    Ok(Some(Change {
        kind,
        ambassador: whom.cloned(),
        item,
        other,
        channel: place.0,
        slot: place.1,
        why: said.why.clone(),
        who: recorder(said.by.as_ref()),
        at: now,
    }))
}

/// A suggestion of somebody's list, by its place there, or by an item of its story.
async fn of_plan(store: &Store, plan: &[Suggestion], whom: &str, typed: &str) -> anyhow::Result<ItemId> {
    let own: Vec<&Suggestion> = plan.iter().filter(|suggestion| suggestion.ambassador == whom).collect();
    if let Ok(place) = typed.parse::<usize>() {
        if (1..=own.len()).contains(&place) {
            return Ok(own[place - 1].item);
        }
        if place < 100 {
            bail!("{whom} has {} suggestions: vigie edition show lists them", own.len());
        }
    }
    let item = find_item(store, typed).await?;
    let story = store.item(item).await?.map(|record| record.item.story);
    match own.iter().find(|suggestion| suggestion.item == item || Some(suggestion.story) == story) {
        Some(found) => Ok(found.item),
        None => bail!("{whom} is not proposed that story: vigie edition show lists theirs"),
    }
}

/// The item by which a story was taken out, whichever of its items was typed.
async fn barred(store: &Store, edition: EditionId, whom: Option<&str>, item: ItemId) -> anyhow::Result<ItemId> {
    let story = store.item(item).await?.map(|record| record.item.story);
    for change in store.changes(edition).await?.into_iter().rev() {
        let takes_out = matches!(change.kind, ChangeKind::Forbid | ChangeKind::Drop | ChangeKind::Swap);
        if !takes_out || change.ambassador.as_deref() != whom {
            continue;
        }
        if change.item == item || store.item(change.item).await?.map(|record| record.item.story) == story {
            return Ok(change.item);
        }
    }
    bail!("that story was not taken out: vigie edition show lists the changes")
}

async fn title(store: &Store, item: ItemId) -> anyhow::Result<String> {
    Ok(store.item(item).await?.map(|record| record.item.title).unwrap_or_default())
}

/// What is other in the plan now, person by person.
async fn told(store: &Store, before: &[Suggestion], after: &[Suggestion]) -> anyhow::Result<()> {
    type Key<'a> = (&'a str, ItemId, Slot, Channel);
    fn key(one: &Suggestion) -> Key<'_> {
        (one.ambassador.as_str(), one.item, one.slot, one.channel)
    }
    let old: HashSet<Key<'_>> = before.iter().map(key).collect();
    let new: HashSet<Key<'_>> = after.iter().map(key).collect();
    let mut rows: Vec<(&str, Slot, bool, ItemId, Channel)> = Vec::new();
    rows.extend(old.difference(&new).map(|(whom, item, slot, channel)| (*whom, *slot, false, *item, *channel)));
    rows.extend(new.difference(&old).map(|(whom, item, slot, channel)| (*whom, *slot, true, *item, *channel)));
    rows.sort_unstable();
    let ids: Vec<ItemId> = rows.iter().map(|row| row.3).collect();
    let titles: HashMap<ItemId, String> =
        store.items(&ids).await?.into_iter().map(|record| (record.item.id, record.item.title)).collect();
    let paint = Paint::stdout();
    if rows.is_empty() {
        line("The plan stays as it is.")?;
    }
    for (whom, slot, added, item, channel) in rows {
        let sign = if added { paint.green("+") } else { paint.red("-") };
        let title = titles.get(&item).map_or("", String::as_str);
        line(format!(
            "{sign} {} {} {} {}",
            pad(whom, 12),
            pad(&slot.to_string(), 14),
            pad(channel.as_str(), 9),
            safe(title)
        ))?;
    }
    Ok(())
}
