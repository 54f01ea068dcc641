//! `vigie digest`: what each person would get now; nothing is written nor sent.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;

use crate::domain::{ReasonKind, Suggestion};
use crate::pipeline::{DraftLetter, EditionDraft, SuggestedFacts, preview};

use super::output::{json as print_json, line};
use super::{DONE, Now, PARTLY, ambassador, open};

/// Arguments of `vigie digest`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Only these people, by id, even if they do not take part yet
    ambassadors: Vec<String>,
    /// Write the HTML of one letter to this file
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// One object a line instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    now: Now,
}

pub(super) async fn run(dir: &Path, arguments: &Arguments) -> anyhow::Result<u8> {
    let shop = open(dir).await?;
    for id in &arguments.ambassadors {
        ambassador(&shop.config, id)?;
    }
    let now = arguments.now.get();
    let drafted = preview(&shop, now, &arguments.ambassadors, None).await?;
    let wanted =
        |letter: &&DraftLetter| arguments.ambassadors.is_empty() || arguments.ambassadors.contains(&letter.ambassador);
    let letters: Vec<&DraftLetter> = drafted.letters.iter().filter(wanted).collect();
    if letters.is_empty() {
        eprintln!("vigie: nobody takes part yet: vigie person optin ID records that somebody said yes");
        return Ok(PARTLY);
    }
    if let Some(path) = &arguments.html {
        let [letter] = letters[..] else {
            bail!("--html writes one letter: name one person");
        };
        std::fs::write(path, &letter.rendered.html).with_context(|| format!("{} cannot be written", path.display()))?;
        line(format!("wrote {}", path.display()))?;
        return Ok(DONE);
    }
    for letter in letters {
        if arguments.json {
            print_json(&as_json(&drafted, letter))?;
        } else {
            line(format!("── {} · {}", letter.ambassador, letter.subject))?;
            if let Some(why) = &letter.skipped {
                line(format!("   no letter: {why}"))?;
            }
            line(&letter.rendered.text)?;
        }
    }
    Ok(DONE)
}

fn as_json(drafted: &EditionDraft, letter: &DraftLetter) -> serde_json::Value {
    let suggestions: Vec<serde_json::Value> =
        letter.suggestions.iter().map(|own| suggestion(own, drafted.items.get(&own.item))).collect();
    json!({
        "ambassador": letter.ambassador,
        "edition": drafted.id.to_string(),
        "skipped": letter.skipped,
        "suggestions": suggestions,
    })
}

/// A suggestion in the machine form.
pub(super) fn suggestion(suggestion: &Suggestion, facts: Option<&SuggestedFacts>) -> serde_json::Value {
    let reasons: Vec<serde_json::Value> =
        suggestion.reasons.iter().map(|reason| json!({ "kind": word(reason.kind), "text": reason.text })).collect();
    json!({
        "story": suggestion.story.to_string(),
        "item": suggestion.item.to_string(),
        "title": facts.map(|facts| facts.title.as_str()),
        "link": facts.map(|facts| facts.link.as_str()),
        "channel": suggestion.channel.as_str(),
        "slot": suggestion.slot.to_string(),
        "angle": suggestion.angles.first().map(|angle| &angle.text),
        "other_angles": suggestion.angles.iter().skip(1).map(|angle| &angle.text).collect::<Vec<_>>(),
        "ready": suggestion.ready,
        "objective": suggestion.objective.as_deref().unwrap_or("veille métier"),
        "reasons": reasons,
    })
}

/// The word of a reason in the machine form.
fn word(kind: ReasonKind) -> &'static str {
    match kind {
        ReasonKind::Topic => "topic",
        ReasonKind::Objective => "objective",
        ReasonKind::Audience => "audience",
        ReasonKind::You => "you",
        ReasonKind::Channel => "channel",
        ReasonKind::Day => "day",
    }
}
