//! `vigie person`, `vigie ambassadors`, `vigie share`: consent, who covers what, posts that people declare.

use std::collections::HashMap;
use std::path::Path;

use anyhow::bail;
use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use serde_json::json;

use crate::config::Config;
use crate::domain::{Ambassador, Channel, Figures, ItemId, Language, Share, Strength, Subject};
use crate::pipeline::{make_data_dir, open_store};
use crate::store::{Consent, Store};
use crate::text::typography::day_and_year;
use crate::text::urls;

use super::output::{Paint, json as print_json, line, pad, safe};
use super::{DONE, Now, load};

/// Commands on people.
#[derive(Debug, Subcommand)]
pub(super) enum PersonCommand {
    /// Record that somebody said yes: from now on they get letters
    Optin {
        /// The ambassador, by id
        ambassador: String,
        /// Who records it [default: the user of this machine]
        #[arg(long)]
        by: Option<String>,
        #[command(flatten)]
        now: Now,
    },
    /// Record that somebody leaves: not one more letter
    Optout {
        /// The ambassador, by id
        ambassador: String,
        /// Who records it [default: the user of this machine]
        #[arg(long)]
        by: Option<String>,
        #[command(flatten)]
        now: Now,
    },
    /// Record that somebody puts a story off: it may come to them once more
    Later {
        /// The ambassador, by id
        ambassador: String,
        /// The story: one of its items, by number or address
        item: String,
        /// Who records it [default: the user of this machine]
        #[arg(long)]
        by: Option<String>,
        #[command(flatten)]
        now: Now,
    },
    /// What is known of somebody, and whether they take part
    Show {
        /// The ambassador, by id
        ambassador: String,
        /// One object instead of text
        #[arg(long)]
        json: bool,
    },
}

/// Commands on declared posts.
#[derive(Debug, Subcommand)]
pub(super) enum ShareCommand {
    /// Record a post that somebody made
    Add {
        /// Who, by id
        ambassador: String,
        /// The item it speaks of: its number or its address
        item: Option<String>,
        /// Where
        #[arg(long, value_enum, default_value = "linkedin")]
        channel: ChannelName,
        /// Address of the post
        #[arg(long, value_name = "URL")]
        link: Option<String>,
        /// Which day [default: today]
        #[arg(long, value_name = "DAY")]
        on: Option<Date>,
        #[command(flatten)]
        drew: Drew,
        #[command(flatten)]
        now: Now,
    },
    /// Posts declared, oldest first
    List {
        /// From this day on [default: the last 30 days]
        #[arg(long, value_name = "DAY")]
        since: Option<Date>,
        /// One object a line instead of text
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        now: Now,
    },
}

/// What a post drew. The same post declared again adds its figures, once they are known.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct Drew {
    /// Likes and the like it drew
    #[arg(long, value_name = "N")]
    reactions: Option<u32>,
    /// Comments it drew
    #[arg(long, value_name = "N")]
    comments: Option<u32>,
    /// Times others shared it
    #[arg(long, value_name = "N")]
    reshares: Option<u32>,
    /// Times it was shown
    #[arg(long, value_name = "N")]
    impressions: Option<u32>,
}

impl From<Drew> for Figures {
    fn from(drew: Drew) -> Self {
        Figures {
            reactions: drew.reactions,
            comments: drew.comments,
            reshares: drew.reshares,
            impressions: drew.impressions,
        }
    }
}

/// A channel, as typed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum ChannelName {
    /// LinkedIn
    Linkedin,
    /// X
    X,
    /// Bluesky
    Bluesky,
    /// Mastodon
    Mastodon,
    /// Facebook
    Facebook,
    /// Instagram
    Instagram,
    /// The company's own network
    Internal,
}

impl From<ChannelName> for Channel {
    fn from(name: ChannelName) -> Self {
        match name {
            ChannelName::Linkedin => Channel::LinkedIn,
            ChannelName::X => Channel::X,
            ChannelName::Bluesky => Channel::Bluesky,
            ChannelName::Mastodon => Channel::Mastodon,
            ChannelName::Facebook => Channel::Facebook,
            ChannelName::Instagram => Channel::Instagram,
            ChannelName::Internal => Channel::Internal,
        }
    }
}

/// Arguments of `vigie ambassadors`.
#[derive(Debug, Args)]
pub(super) struct AmbassadorsArguments {
    /// One object a line instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    now: Now,
}

async fn store(config: &Config) -> anyhow::Result<Store> {
    let data = config.data_dir();
    make_data_dir(&data)?;
    Ok(open_store(config, &data).await?)
}

fn find<'a>(config: &'a Config, id: &str) -> anyhow::Result<&'a Ambassador> {
    let by_name = |person: &&Ambassador| person.id == id || person.name.eq_ignore_ascii_case(id);
    match config.ambassadors.iter().find(by_name) {
        Some(person) => Ok(person),
        None => bail!("there is no ambassador “{}”: see vigie ambassadors", safe(id)),
    }
}

/// The number of this user: where no name is known, whoever asks still finds who it was.
fn uid() -> u32 {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").map_or(0, |own| own.uid())
}

/// Who is recorded to have done something.
pub(super) fn recorder(by: Option<&String>) -> String {
    let user = || {
        let named = ["SUDO_USER", "USER", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
        named.filter(|name| !name.is_empty()).unwrap_or_else(|| format!("user {}", uid()))
    };
    safe(&by.cloned().unwrap_or_else(user))
}

pub(super) async fn person(dir: &Path, command: &PersonCommand) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let store = store(&config).await?;
    match command {
        PersonCommand::Optin { ambassador, by, now } => {
            let person = find(&config, ambassador)?;
            let who = recorder(by.as_ref());
            store.record_consent(&person.id, true, &who, now.get()).await?;
            line(format!("{} takes part; recorded by {who}.", safe(&person.name)))?;
        }
        PersonCommand::Optout { ambassador, by, now } => {
            let person = find(&config, ambassador)?;
            let who = recorder(by.as_ref());
            store.record_consent(&person.id, false, &who, now.get()).await?;
            line(format!("{} no longer takes part; recorded by {who}.", safe(&person.name)))?;
        }
        PersonCommand::Later { ambassador, item, by, now } => {
            let person = find(&config, ambassador)?;
            let item = find_item(&store, item).await?;
            if !store.ledger(&[item]).await?.contains_key(&person.id) {
                bail!("{} was never given it: there is nothing to put off", safe(&person.name));
            }
            store.record_postponed(&person.id, item, &recorder(by.as_ref()), now.get()).await?;
            line(format!("It may come to {} once more.", safe(&person.name)))?;
        }
        PersonCommand::Show { ambassador, json } => {
            let person = find(&config, ambassador)?;
            let consents = store.consents().await?;
            show(&config, person, consents.get(&person.id), *json)?;
        }
    }
    Ok(DONE)
}

fn show(config: &Config, person: &Ambassador, consent: Option<&Consent>, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        print_json(&json!({
            "ambassador": person.id,
            "name": person.name,
            "takes_part": consent.is_some_and(|consent| consent.given),
            "since": consent.map(|consent| consent.at.to_string()),
            "recorded_by": consent.map(|consent| consent.who.clone()),
            "channels": person.channels.iter().map(|channel| channel.as_str()).collect::<Vec<_>>(),
            "expertise": person.expertise.iter().map(|one| subject(config, &one.subject)).collect::<Vec<_>>(),
        }))?;
        return Ok(());
    }
    let paint = Paint::stdout();
    line(paint.bold(&safe(&person.name)))?;
    line(format!("  {}", taking_part(config, consent)))?;
    let channels: Vec<String> = person.channels.iter().map(ToString::to_string).collect();
    line(format!("  channels: {}", channels.join(", ")))?;
    for expertise in &person.expertise {
        line(format!("  {} {}", pad(expertise.strength.as_str(), 10), subject(config, &expertise.subject)))?;
    }
    if !person.not_me.is_empty() {
        line(format!("  never: {}", person.not_me.join(", ")))?;
    }
    Ok(())
}

fn taking_part(config: &Config, consent: Option<&Consent>) -> String {
    match consent {
        None => "has not said yes yet: gets no letter".into(),
        Some(Consent { given, who, at }) => {
            let day = day_and_year(at.to_zoned(config.settings.time_zone.clone()).date(), Language::English);
            let word = if *given { "takes part since" } else { "left on" };
            format!("{word} {day} (recorded by {})", safe(who))
        }
    }
}

fn subject(config: &Config, subject: &Subject) -> String {
    match subject {
        Subject::Topic(id) => config.line.topic(id).map_or_else(|| id.clone(), |topic| topic.label.clone()),
        Subject::Terms(terms) => terms.join(", "),
    }
}

pub(super) async fn ambassadors(dir: &Path, arguments: &AmbassadorsArguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let store = store(&config).await?;
    let consents = store.consents().await?;
    let strength = |person: &Ambassador, topic: &str| person.expertise_in(topic).map(|one| one.strength);
    let taken = taken_topics(&config, &store, arguments.now).await?;
    let paint = Paint::stdout();
    if !arguments.json {
        for person in &config.ambassadors {
            let role = person.role.as_deref().and_then(|id| config.roles.iter().find(|role| role.id == id));
            let role = role.map(|role| format!(", {}", safe(&role.label))).unwrap_or_default();
            line(format!("{} {}{}", paint.bold(&pad(&person.id, 12)), safe(&person.name), paint.dim(&role)))?;
            line(paint.dim(&format!("             {}", taking_part(&config, consents.get(&person.id)))))?;
        }
        line("")?;
    }
    for topic in &config.line.topics {
        let covering: Vec<(&str, Strength)> = config
            .ambassadors
            .iter()
            .filter(|person| person.enabled)
            .filter_map(|person| Some((person.name.as_str(), strength(person, &topic.id)?)))
            .collect();
        let shares = taken.get(&topic.id).copied().unwrap_or(0);
        let has_expert = covering.iter().any(|(_, strength)| *strength == Strength::Expert);
        if arguments.json {
            print_json(&json!({
                "topic": topic.id,
                "people": covering.iter().map(|(name, strength)| json!({ "name": name, "strength": strength })).collect::<Vec<_>>(),
                "has_expert": has_expert,
                "shares_6_weeks": shares,
            }))?;
            continue;
        }
        let names: Vec<String> =
            covering.iter().map(|(name, strength)| format!("{} ({})", safe(name), strength.as_str())).collect();
        let names = if names.is_empty() { paint.red("nobody") } else { names.join(", ") };
        let note = match (has_expert, shares) {
            (true, _) | (_, 0) => String::new(),
            (false, shares) => paint.yellow(&format!("  ← shared {shares} times in 6 weeks, and no declared expert")),
        };
        line(format!("{} {names}{note}", pad(&topic.label, 40)))?;
    }
    Ok(DONE)
}

/// How often each topic was shared over six weeks.
async fn taken_topics(config: &Config, store: &Store, now: Now) -> anyhow::Result<HashMap<String, usize>> {
    let today = now.get().to_zoned(config.settings.time_zone.clone()).date();
    let since = today.checked_sub(jiff::SignedDuration::from_hours(24 * 42))?;
    let shares = store.shares_since(since).await?;
    let ids: Vec<ItemId> = shares.iter().filter_map(|share| share.item).collect();
    let records = store.items(&ids).await?;
    let mut taken = HashMap::new();
    for share in &shares {
        let record = records.iter().find(|record| Some(record.item.id) == share.item);
        if let Some(best) = record.and_then(|record| record.tags.topics.first()) {
            *taken.entry(best.topic.clone()).or_insert(0) += 1;
        }
    }
    Ok(taken)
}

pub(super) async fn share(dir: &Path, command: &ShareCommand) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let store = store(&config).await?;
    let today = |now: &Now| now.get().to_zoned(config.settings.time_zone.clone()).date();
    match command {
        ShareCommand::Add { ambassador, item, channel, link, on, drew, now } => {
            let person = find(&config, ambassador)?;
            if let Some(link) = link.as_deref().filter(|link| urls::parse_web(link).is_none()) {
                bail!("“{}” is not a web address", safe(link));
            }
            if item.is_none() && link.is_none() {
                bail!("say what was shared: an item, or --link with the address of the post");
            }
            let item = match item {
                Some(typed) => Some(find_item(&store, typed).await?),
                None => None,
            };
            let on = on.unwrap_or_else(|| today(now));
            if on > today(now) {
                bail!("{on} is still to come: a post is declared once it is made");
            }
            let share = Share {
                ambassador: person.id.clone(),
                item,
                channel: (*channel).into(),
                link: link.clone(),
                on,
                figures: (*drew).into(),
            };
            let same = |known: &Share| Share { figures: share.figures, ..known.clone() } == share;
            if store.shares_since(on).await?.iter().any(same) {
                if share.figures == Figures::default() {
                    line("recorded already: nothing was added.")?;
                } else {
                    store.measure_share(&share, now.get()).await?;
                    line("recorded already: its figures are added.")?;
                }
                return Ok(DONE);
            }
            store.record_share(&share, now.get()).await?;
            line(format!("recorded: {}, {} on {}.", safe(&person.name), share.channel, share.on))?;
        }
        ShareCommand::List { since, json, now } => {
            let since = match since {
                Some(since) => *since,
                None => today(now).checked_sub(jiff::SignedDuration::from_hours(24 * 30))?,
            };
            for share in store.shares_since(since).await? {
                if *json {
                    print_json(&json!({
                        "ambassador": share.ambassador, "item": share.item.map(|id| id.to_string()),
                        "channel": share.channel.as_str(), "link": share.link, "on": share.on.to_string(),
                        "reactions": share.figures.reactions, "comments": share.figures.comments,
                        "reshares": share.figures.reshares, "impressions": share.figures.impressions,
                    }))?;
                    continue;
                }
                let drew = share.figures.answers().map(|answers| format!("  {answers} answers")).unwrap_or_default();
                let what = share.link.or_else(|| share.item.map(|id| format!("item {id}"))).unwrap_or_default();
                line(format!(
                    "{}  {} {} {}{drew}",
                    share.on,
                    pad(&share.ambassador, 14),
                    pad(share.channel.as_str(), 9),
                    safe(&what)
                ))?;
            }
        }
    }
    Ok(DONE)
}

/// An item by number or by address.
pub(super) async fn find_item(store: &Store, typed: &str) -> anyhow::Result<ItemId> {
    if let Ok(id) = typed.parse::<ItemId>() {
        if store.item(id).await?.is_some() {
            return Ok(id);
        }
    }
    if let Some(url) = urls::parse_web(typed) {
        if let Some(record) = store.at_address(&urls::canonical(&url)).await?.into_iter().next() {
            return Ok(record.item.id);
        }
    }
    bail!("no item “{}” was collected: give its number or its address", safe(typed))
}
