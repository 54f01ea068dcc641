//! `vigie ecosystem`: the tree of actors, as text, Mermaid mind map or OPML.

use std::path::Path;

use clap::{Args, ValueEnum};

use crate::config::Config;
use crate::domain::Actor;

use super::output::{line, safe};
use super::{DONE, PARTLY, load};

/// Arguments of `vigie ecosystem`.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Form of the tree
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

/// Form of the tree.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Indented lines, with priorities, objectives and sources
    Text,
    /// A Mermaid mind map
    Mermaid,
    /// An OPML outline, for mind-mapping programs
    Opml,
}

pub(super) fn run(dir: &Path, arguments: &Arguments) -> anyhow::Result<u8> {
    let config = load(dir)?;
    if config.line.actors.is_empty() {
        eprintln!("vigie: line.toml names no actor yet: add an [[actor]] with id and label");
        return Ok(PARTLY);
    }
    line(tree(&config, arguments.format))?;
    Ok(DONE)
}

fn tree(config: &Config, format: Format) -> String {
    let mut lines = match format {
        Format::Text => vec![config.settings.organisation.clone()],
        Format::Mermaid => vec!["mindmap".into(), format!("  root(({}))", mermaid(&config.settings.organisation))],
        Format::Opml => vec![
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>".into(),
            "<opml version=\"2.0\">".into(),
            format!("<head><title>{}</title></head>", xml(&config.settings.organisation)),
            "<body>".into(),
        ],
    };
    let roots = config.line.actors.iter().filter(|actor| actor.parent.is_none());
    for actor in roots {
        write(config, actor, 1, format, &mut lines);
    }
    if matches!(format, Format::Opml) {
        lines.extend(["</body>".into(), "</opml>".into()]);
    }
    lines.join("\n")
}

fn write(config: &Config, actor: &Actor, depth: usize, format: Format, lines: &mut Vec<String>) {
    let children: Vec<&Actor> =
        config.line.actors.iter().filter(|child| child.parent.as_deref() == Some(actor.id.as_str())).collect();
    let margin = "  ".repeat(depth);
    match format {
        Format::Text => {
            let facts = facts(config, actor);
            let dash = if facts.is_empty() { "" } else { " – " };
            lines.push(format!("{margin}{}{dash}{facts}", safe(&actor.label)));
        }
        Format::Mermaid => lines.push(format!("{margin}  {}[{}]", mermaid_id(&actor.id), mermaid(&actor.label))),
        Format::Opml => {
            let end = if children.is_empty() { "/>" } else { ">" };
            let note = facts(config, actor);
            lines.push(format!("{margin}<outline text=\"{}\" _note=\"{}\"{end}", xml(&actor.label), xml(&note)));
        }
    }
    for child in &children {
        write(config, child, depth + 1, format, lines);
    }
    if matches!(format, Format::Opml) && !children.is_empty() {
        lines.push(format!("{margin}</outline>"));
    }
}

/// Priority and objectives, said when they are inherited, and the sources that watch the actor.
fn facts(config: &Config, actor: &Actor) -> String {
    let mut facts = Vec::new();
    if let Some((priority, from)) = config.line.actor_priority(&actor.id) {
        let inherited = if from.id == actor.id { String::new() } else { format!(", from {}", from.label) };
        facts.push(format!("priority {priority}{inherited}"));
    }
    let objectives = config.line.actor_objectives(&actor.id);
    if !objectives.is_empty() {
        let own = objectives.iter().any(|objective| {
            actor.objectives.contains(&objective.id) || objective.actor.as_deref() == Some(actor.id.as_str())
        });
        let labels: Vec<&str> = objectives.iter().map(|objective| objective.label.as_str()).collect();
        facts.push(format!("{}{}", labels.join(", "), if own { "" } else { " (inherited)" }));
    }
    let sources: Vec<&str> = config
        .sources
        .iter()
        .filter(|source| source.actor.as_deref() == Some(actor.id.as_str()))
        .map(|source| source.name.as_str())
        .collect();
    if !sources.is_empty() {
        facts.push(format!("watched by {}", sources.join(", ")));
    }
    facts.join("; ")
}

fn xml(text: &str) -> String {
    safe(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Mermaid ends a label at brackets and quotes.
fn mermaid(text: &str) -> String {
    safe(text).chars().map(|c| if "()[]{}\"".contains(c) { ' ' } else { c }).collect()
}

fn mermaid_id(id: &str) -> String {
    id.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect()
}
