//! `vigie stories`: the grouping, tried on a file of items. Nothing is stored.

use std::collections::HashMap;
use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use crate::domain::{Confidentiality, ItemId, StoryId};
use crate::stories::{Archive, Piece, Sketch, Telling, links, source_number};
use crate::text::urls;

use super::DONE;
use super::items::{Given, rows};
use super::output::{json as print_json, line, safe};

/// Arguments of `vigie stories`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Items, one JSON object a line: {"id","title","text","lang"?,"published"?,"url"?,"source"?}; "-" reads stdin
    #[arg(long, value_name = "ITEMS.jsonl")]
    input: PathBuf,
    /// One {"id","story","copy_of","told_also"} a line, in the order of the input
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let items: Vec<Given> = rows(&arguments.input)?;
    let number = |at: usize| ItemId(i64::try_from(at).unwrap_or(i64::MAX - 1) + 1);
    let at = |id: ItemId| usize::try_from(id.0 - 1).unwrap_or_default();
    let dates: Vec<Option<Timestamp>> = items.iter().map(Given::published).collect();
    let newest = dates.iter().flatten().max().copied().unwrap_or(Timestamp::UNIX_EPOCH);
    // The same address is the same item, before any text is looked at.
    let mut first_at: HashMap<String, ItemId> = HashMap::new();
    let mut repeated: HashMap<ItemId, ItemId> = HashMap::new();
    for (place, item) in items.iter().enumerate() {
        let Some(url) = item.url.as_deref().and_then(urls::parse_web) else { continue };
        let first = *first_at.entry(urls::canonical(&url)).or_insert_with(|| number(place));
        if first != number(place) {
            repeated.insert(number(place), first);
        }
    }
    let pieces =
        items.iter().enumerate().filter(|(place, _)| !repeated.contains_key(&number(*place))).map(|(place, item)| {
            let reading = item.reading();
            Piece {
                id: number(place),
                story: StoryId(number(place).0),
                copy_of: None,
                published: dates[place].unwrap_or(newest),
                class: Confidentiality::Public,
                // Without a source each item is its own.
                source: source_number(&item.source.clone().unwrap_or_else(|| place.to_string())),
                language: reading.language(),
                sketch: Sketch::of(&reading),
            }
        });
    let mut archive = Archive::default();
    archive.place(pieces.collect());
    let tellings: Vec<Telling> = items
        .iter()
        .enumerate()
        .map(|(place, item)| {
            let text = item.text.as_deref().unwrap_or_default();
            Telling::of(&item.title, text, &item.reading(), dates[place].unwrap_or(newest))
        })
        .collect();
    let mut also: HashMap<usize, usize> = HashMap::new();
    for (french, english, _) in links(&tellings) {
        also.insert(french, english);
        also.insert(english, french);
    }
    let mut groups: HashMap<ItemId, Vec<usize>> = HashMap::new();
    for (place, item) in items.iter().enumerate() {
        let own = number(place);
        let same = repeated.get(&own).copied();
        let story = ItemId(archive.story_of(same.unwrap_or(own)).unwrap_or(StoryId(own.0)).0);
        let copy_of = same.or_else(|| archive.copy_of(own));
        if arguments.json {
            let story_name = items[at(story)].id.text();
            let copied = copy_of.map(|copy| items[at(copy)].id.text());
            let told = also.get(&place).map(|other| items[*other].id.text());
            print_json(&json!({ "id": item.id.text(), "story": story_name, "copy_of": copied, "told_also": told }))?;
        }
        groups.entry(story).or_default().push(place);
    }
    if !arguments.json {
        show(&items, groups, &archive, &number)?;
        let mut pairs: Vec<(&usize, &usize)> = also.iter().filter(|(one, other)| one < other).collect();
        pairs.sort();
        for (one, other) in &pairs {
            line("In French and in English:")?;
            for place in [one, other] {
                line(format!("  {}  {}", safe(&items[**place].id.text()), safe(&items[**place].title)))?;
            }
        }
    }
    Ok(DONE)
}

fn show(
    items: &[Given],
    groups: HashMap<ItemId, Vec<usize>>,
    archive: &Archive,
    number: &dyn Fn(usize) -> ItemId,
) -> anyhow::Result<()> {
    let alone = groups.values().filter(|members| members.len() == 1).count();
    let mut told: Vec<Vec<usize>> = groups.into_values().filter(|members| members.len() > 1).collect();
    told.sort_by_key(|members| (std::cmp::Reverse(members.len()), members[0]));
    for members in &told {
        line(format!("{} items", members.len()))?;
        for place in members {
            let copy = if archive.copy_of(number(*place)).is_some() { "  (same text)" } else { "" };
            line(format!("  {}  {}{copy}", safe(&items[*place].id.text()), safe(&items[*place].title)))?;
        }
    }
    line(format!("{} stories told by several, {alone} items alone.", told.len()))?;
    Ok(())
}
