//! `vigie replay`: past weeks again, with another line, team or caps; nothing is kept.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;

use crate::config::Config;
use crate::domain::StoryId;
use crate::pipeline::{ReplayedWeek, replay};

use super::digest::suggestion;
use super::output::{Paint, json as print_json, line, safe};
use super::{DONE, Now, PARTLY, load, open};

/// Arguments of `vigie replay`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Weeks that are replayed, the last ones
    #[arg(long, default_value_t = 4, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=60))]
    weeks: u16,
    /// Folder of another configuration to replay them with: its line, its team, its caps [default: the one in force]
    #[arg(long, value_name = "DIR")]
    with: Option<PathBuf>,
    /// Write the letters that would have left to this folder, one page a person and week
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
    /// One object a person and week instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    now: Now,
}

pub(super) async fn run(dir: &Path, arguments: &Arguments) -> anyhow::Result<u8> {
    let mut shop = open(dir).await?;
    if let Some(other) = &arguments.with {
        let config = load(other)?;
        shop.reconfigure(config)?;
    }
    let config = shop.config.clone();
    if config.ambassadors.iter().all(|person| !person.enabled) {
        bail!("nobody is in the team: see ambassadors.toml");
    }
    let mut told = Told::default();
    let mut tell = |week: ReplayedWeek| -> anyhow::Result<()> {
        if let Some(folder) = &arguments.to {
            write(folder, &week)?;
        }
        if arguments.json {
            as_json(&config, &week)?;
        } else {
            line(told.week(&week))?;
        }
        Ok(())
    };
    let with_letters = arguments.to.is_some();
    replay(&shop, arguments.weeks, arguments.now.get(), with_letters, &mut tell).await?;
    if !arguments.json {
        told.whole(&config)?;
    }
    Ok(if told.suggestions == 0 && !arguments.json { PARTLY } else { DONE })
}

fn write(folder: &Path, week: &ReplayedWeek) -> anyhow::Result<()> {
    let folder = folder.join(week.id.to_string());
    fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    for letter in week.letters.iter().filter(|letter| letter.skipped.is_none()) {
        let name: String = letter.ambassador.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        for (ending, text) in [("html", &letter.rendered.html), ("txt", &letter.rendered.text)] {
            let path = folder.join(format!("{name}.{ending}"));
            fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
        }
    }
    Ok(())
}

fn as_json(config: &Config, week: &ReplayedWeek) -> anyhow::Result<()> {
    for person in config.ambassadors.iter().filter(|person| person.enabled) {
        let own = week.allotment.suggestions.iter().filter(|own| own.ambassador == person.id);
        let own: Vec<serde_json::Value> = own.map(|own| suggestion(own, week.items.get(&own.item))).collect();
        print_json(&json!({ "ambassador": person.id, "edition": week.id.to_string(), "suggestions": own }))?;
    }
    Ok(())
}

/// What was told so far.
#[derive(Default)]
struct Told {
    weeks: usize,
    suggestions: usize,
    letters: usize,
    of_objective: BTreeMap<String, usize>,
    takers: HashMap<StoryId, (usize, String)>,
    reached: HashSet<String>,
}

impl Told {
    /// A week in one line.
    fn week(&mut self, week: &ReplayedWeek) -> String {
        let suggestions = &week.allotment.suggestions;
        let served: HashSet<&str> = suggestions.iter().map(|own| own.ambassador.as_str()).collect();
        let stories: HashSet<StoryId> = suggestions.iter().map(|own| own.story).collect();
        self.weeks += 1;
        self.suggestions += suggestions.len();
        self.letters += week.people;
        for own in suggestions {
            let objective = own.objective.clone().unwrap_or_else(|| "veille métier".to_owned());
            *self.of_objective.entry(objective).or_default() += 1;
            let title = week.items.get(&own.item).map(|facts| facts.title.clone()).unwrap_or_default();
            self.takers.entry(own.story).or_insert((0, title)).0 += 1;
            self.reached.insert(own.ambassador.clone());
        }
        let alone = week.people.saturating_sub(served.len());
        let paint = Paint::stdout();
        format!(
            "{}  {} suggestions of {} stories (of {} there) to {} of {} people{}",
            paint.bold(&week.id.to_string()),
            suggestions.len(),
            stories.len(),
            week.stories,
            served.len(),
            week.people,
            if alone > 0 { paint.yellow(&format!("; nothing for {alone}")) } else { String::new() }
        )
    }

    /// All weeks together.
    fn whole(&self, config: &Config) -> anyhow::Result<()> {
        line("")?;
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let each = self.suggestions as f64 / self.letters.max(1) as f64;
        line(format!("{} weeks, {} suggestions: {each:.1} for each person and week.", self.weeks, self.suggestions))?;
        for objective in &config.line.objectives {
            let count = self.of_objective.get(&objective.id).copied().unwrap_or_default();
            line(format!("  {count:>5}  {}", safe(&objective.label)))?;
        }
        if let Some(count) = self.of_objective.get("veille métier") {
            line(format!("  {count:>5}  veille métier"))?;
        }
        if let Some((count, title)) =
            self.takers.values().max_by(|one, other| one.0.cmp(&other.0).then(other.1.cmp(&one.1)))
        {
            line(format!("The story of most people: {} ({count})", safe(title)))?;
        }
        let never: Vec<&str> = config
            .ambassadors
            .iter()
            .filter(|person| person.enabled && !self.reached.contains(&person.id))
            .map(|person| person.name.as_str())
            .collect();
        if !never.is_empty() {
            line(format!("Nothing in all these weeks for: {}", safe(&never.join(", "))))?;
        }
        Ok(())
    }
}
