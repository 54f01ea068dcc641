//! `vigie line`: the editorial line as a page that staff can read (`show`), and tried out (`test`).

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Subcommand;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment};
use serde::Serialize;

use crate::config::Config;
use crate::domain::{Actor, ExclusionScope, Language, Strength};
use crate::text::typography::{day_and_year, list, set};

use super::output::{Paint, line, safe, wrap};
use super::{DONE, Now, judgements, line_diff, line_test, load};

const TEMPLATE: &str = include_str!("templates/line.html");

/// Commands on the line.
#[derive(Debug, Subcommand)]
pub(super) enum LineCommand {
    /// The line as a page for staff: on the terminal, or as HTML
    Show {
        /// Write a page to this file instead
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
        #[command(flatten)]
        now: Now,
    },
    /// The line tried on a file of items: what each topic catches, and why. Only line.toml is needed
    Test(line_test::Arguments),
    /// What a changed line would have caught and dropped over the past weeks; nothing is changed
    Diff(line_diff::Arguments),
    /// Say that items are on a topic, or are not: the ranking learns from it
    Judge(judgements::JudgeArguments),
    /// What was judged, by whom and when
    Judgements {
        /// One object a line, as vigie line test takes them
        #[arg(long)]
        json: bool,
    },
    /// Forget judgements of a topic or for a person, and what was learnt from them
    Forget(judgements::ForgetArguments),
}

pub(super) async fn run(dir: &Path, command: &LineCommand) -> anyhow::Result<u8> {
    match command {
        LineCommand::Show { html, now } => show(dir, html.as_deref(), *now),
        LineCommand::Test(arguments) => line_test::run(dir, arguments),
        LineCommand::Diff(arguments) => line_diff::run(dir, arguments).await,
        LineCommand::Judge(arguments) => judgements::judge(dir, arguments).await,
        LineCommand::Judgements { json } => judgements::list(dir, *json).await,
        LineCommand::Forget(arguments) => judgements::forget(dir, arguments).await,
    }
}

fn show(dir: &Path, html: Option<&Path>, now: Now) -> anyhow::Result<u8> {
    let config = load(dir)?;
    let today = now.get().to_zoned(config.settings.time_zone.clone()).date();
    let view = view(&config, &day_and_year(today, config.settings.language));
    match html {
        Some(path) => {
            std::fs::write(path, render(&view)?).with_context(|| format!("{} cannot be written", path.display()))?;
            line(format!("wrote {}", path.display()))?;
        }
        None => print(&view)?,
    }
    Ok(DONE)
}

fn render(view: &LineView) -> anyhow::Result<String> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("line.html", TEMPLATE)?;
    Ok(environment.get_template("line.html")?.render(Value::from(Serde(view)))?)
}

#[derive(Debug, Serialize)]
struct LineView {
    lang: &'static str,
    organisation: String,
    title: String,
    updated: String,
    intro: String,
    promise: Option<String>,
    tone: Vec<String>,
    sections: Sections,
    objectives: Vec<ObjectiveView>,
    topics: Vec<TopicView>,
    audiences: Vec<AudienceView>,
    actors: Vec<ActorView>,
    exclusions: Vec<ExclusionView>,
    exclusion_note: String,
    charter: Vec<Block>,
    labels: Labels,
}

#[derive(Debug, Serialize)]
struct Sections {
    tone: String,
    objectives: String,
    topics: String,
    audiences: String,
    actors: String,
    exclusions: String,
    charter: String,
}

#[derive(Debug, Serialize)]
struct ObjectiveView {
    label: String,
    priority: String,
    audience: Option<String>,
    topics: Option<String>,
    horizon: Option<String>,
    channels: Option<String>,
    indicators: Option<String>,
}

#[derive(Debug, Serialize)]
struct TopicView {
    label: String,
    about: String,
    audience: Option<String>,
    promise: Option<String>,
    terms: String,
    experts: Option<String>,
}

#[derive(Debug, Serialize)]
struct AudienceView {
    label: String,
    personas: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ActorView {
    label: String,
    depth: usize,
    note: Option<String>,
}

#[derive(Debug, Serialize)]
struct ExclusionView {
    what: String,
    scope: &'static str,
    why: Option<String>,
}

#[derive(Debug, Serialize)]
struct Block {
    kind: &'static str,
    text: String,
}

#[derive(Debug, Serialize)]
struct Labels {
    r#for: String,
    topics: String,
    horizon: String,
    channels: String,
    indicators: String,
    experts: String,
    terms: String,
    promise: String,
    none: String,
}

fn view(config: &Config, today: &str) -> LineView {
    let language = config.settings.language;
    let own = |text: &str| set(text, language);
    let t = |fr: &str, en: &str| set(language.pick(fr, en), language);
    let some = |text: String| (!text.is_empty()).then_some(text);
    let line = &config.line;
    LineView {
        lang: language.code(),
        organisation: config.settings.organisation.clone(),
        title: t("Notre ligne éditoriale", "Our editorial line"),
        updated: today.to_owned(),
        intro: t(
            "De quoi nous parlons, pour qui, et dans quel but. Cette page est tirée du fichier que suit notre veille : ce \
             que vous lisez est ce qu'elle applique.",
            "What we speak of, for whom, and to what end. This page is drawn from the very file that our watch follows: \
             what you read is what it applies.",
        ),
        promise: line.promise.as_deref().map(own),
        tone: line.tone.iter().map(|note| own(note)).collect(),
        sections: Sections {
            tone: t("Notre ton", "Our tone"),
            objectives: t("Nos objectifs", "Our objectives"),
            topics: t("Nos sujets", "Our topics"),
            audiences: t("À qui nous parlons", "Whom we speak to"),
            actors: t("Notre écosystème", "The actors around us"),
            exclusions: t("Ce dont nous ne parlons pas", "What we do not speak of"),
            charter: t("La charte", "The charter"),
        },
        objectives: line
            .objectives
            .iter()
            .map(|objective| {
                let topics: Vec<&str> =
                    objective.topics.iter().filter_map(|id| line.topic(id)).map(|topic| topic.label.as_str()).collect();
                let channels: Vec<String> = objective.channels.iter().map(ToString::to_string).collect();
                let actor = objective.actor.as_deref().and_then(|id| line.actor(id)).map(|actor| actor.label.as_str());
                let audience = objective.audience.as_deref().and_then(|id| line.audience(id));
                ObjectiveView {
                    label: own(&objective.label),
                    priority: format!("{} {}", language.pick("priorité", "priority"), objective.priority),
                    audience: audience.map(|audience| audience.label.as_str()).or(actor).map(own),
                    topics: some(own(&topics.join(", "))),
                    horizon: objective.horizon.as_deref().map(own),
                    channels: some(channels.join(", ")),
                    indicators: some(own(&objective.indicators.join(" ; "))),
                }
            })
            .collect(),
        topics: line
            .topics
            .iter()
            .map(|topic| TopicView {
                label: own(&topic.label),
                about: own(&topic.about),
                audience: line.audience(&topic.audience).map(|audience| own(&audience.label)),
                promise: topic.promise.as_deref().map(own),
                terms: topic.terms.join(" · "),
                experts: speakers(config, &topic.id, language),
            })
            .collect(),
        audiences: line
            .audiences
            .iter()
            .map(|audience| AudienceView {
                label: own(&audience.label),
                personas: audience.personas.iter().map(|persona| own(persona)).collect(),
            })
            .collect(),
        actors: actors(config, language),
        exclusions: line
            .exclusions
            .iter()
            .map(|exclusion| {
                let names = exclusion
                    .sources
                    .iter()
                    .map(|id| config.source(id).map_or(id.as_str(), |source| source.name.as_str()));
                let parts: Vec<&str> =
                    exclusion.terms.iter().chain(&exclusion.entities).map(String::as_str).chain(names).collect();
                ExclusionView {
                    what: own(&parts.join(", ")),
                    scope: match exclusion.scope {
                        ExclusionScope::NeverIndex => language.pick("jamais collecté", "never kept"),
                        ExclusionScope::NeverSuggest => language.pick("jamais proposé", "never suggested"),
                        ExclusionScope::Caution => language.pick("avec prudence", "with caution"),
                    },
                    why: exclusion.why.as_deref().map(own),
                }
            })
            .collect(),
        exclusion_note: t(
            "Chaque règle laisse une trace : la communication peut toujours dire pourquoi un article a été écarté.",
            "Each rule leaves a trace: the comms team can always say why an article was left out.",
        ),
        charter: config.charter.as_deref().map(|text| blocks(text, language)).unwrap_or_default(),
        labels: Labels {
            r#for: t("Pour", "For"),
            topics: t("Sujets", "Topics"),
            horizon: t("Horizon", "By"),
            channels: t("Canaux", "Channels"),
            indicators: t("Indicateurs", "Indicators"),
            experts: t("Qui en parle", "Who speaks of it"),
            terms: t("Mots suivis", "Words followed"),
            promise: t("Ce qu'on y apprend", "What one learns"),
            none: t("personne pour l'instant", "nobody for now"),
        },
    }
}

/// People who declare a topic, experts first.
fn speakers(config: &Config, topic: &str, language: Language) -> Option<String> {
    let mut found: Vec<(Strength, &str)> = config
        .ambassadors
        .iter()
        .filter(|person| person.enabled)
        .filter_map(|person| {
            let strength = person.expertise_in(topic)?.strength;
            Some((strength, person.name.as_str()))
        })
        .collect();
    found.sort_by_key(|(strength, _)| std::cmp::Reverse(*strength));
    let names: Vec<&str> = found.into_iter().map(|(_, name)| name).collect();
    (!names.is_empty()).then(|| list(&names, language))
}

fn actors(config: &Config, language: Language) -> Vec<ActorView> {
    let mut views = Vec::new();
    for root in config.line.actors.iter().filter(|actor| actor.parent.is_none()) {
        push_actor(config, root, 0, language, &mut views);
    }
    views
}

fn push_actor(config: &Config, actor: &Actor, depth: usize, language: Language, views: &mut Vec<ActorView>) {
    let note = config.line.actor_priority(&actor.id).map(|(priority, from)| {
        let word = language.pick("priorité", "priority");
        if from.id == actor.id {
            format!("{word} {priority}")
        } else {
            let inherited = language.pick("héritée de", "inherited from");
            format!("{word} {priority} ({inherited} {})", from.label)
        }
    });
    views.push(ActorView { label: set(&actor.label, language), depth, note });
    for child in config.line.actors.iter().filter(|child| child.parent.as_deref() == Some(actor.id.as_str())) {
        push_actor(config, child, depth + 1, language, views);
    }
}

/// Headings, list items and paragraphs of the charter; the rest of Markdown is shown as typed.
fn blocks(markdown: &str, language: Language) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for row in markdown.lines().map(str::trim) {
        let (kind, text) = if row.is_empty() {
            open = false;
            continue;
        } else if let Some(item) = row.strip_prefix("- ").or_else(|| row.strip_prefix("* ")) {
            ("item", item)
        } else if row.starts_with('#') {
            ("heading", row.trim_start_matches('#').trim())
        } else {
            ("paragraph", row)
        };
        let text = set(text, language);
        match blocks.last_mut() {
            Some(last) if open && kind == "paragraph" && last.kind != "heading" => {
                last.text.push(' ');
                last.text.push_str(&text);
            }
            _ => blocks.push(Block { kind, text }),
        }
        open = true;
    }
    blocks
}

fn print(view: &LineView) -> anyhow::Result<()> {
    let paint = Paint::stdout();
    let heading = |text: &str| line(format!("\n{}", paint.cyan(text)));
    let colon = if view.lang == "en" { ":" } else { "\u{a0}:" };
    let row = |label: &str, text: &str| line(wrap(&format!("{label}{colon} {}", safe(text)), 88, "    "));
    line(paint.bold(&format!("{} – {}", view.organisation, view.title)))?;
    if let Some(promise) = &view.promise {
        line(wrap(&safe(promise), 92, ""))?;
    }
    for note in &view.tone {
        line(format!("  – {}", safe(note)))?;
    }
    heading(&view.sections.objectives)?;
    for objective in &view.objectives {
        line(format!("  {} ({})", paint.bold(&safe(&objective.label)), objective.priority))?;
        let rows = [
            (&view.labels.r#for, &objective.audience),
            (&view.labels.topics, &objective.topics),
            (&view.labels.horizon, &objective.horizon),
            (&view.labels.channels, &objective.channels),
            (&view.labels.indicators, &objective.indicators),
        ];
        for (label, text) in rows {
            if let Some(text) = text {
                row(label, text)?;
            }
        }
    }
    heading(&view.sections.topics)?;
    for topic in &view.topics {
        let about = if topic.about.is_empty() { String::new() } else { format!(" – {}", safe(&topic.about)) };
        line(format!("  {}{about}", paint.bold(&safe(&topic.label))))?;
        for (label, text) in [(&view.labels.r#for, &topic.audience), (&view.labels.promise, &topic.promise)] {
            if let Some(text) = text {
                row(label, text)?;
            }
        }
        row(&view.labels.experts, topic.experts.as_deref().unwrap_or(&view.labels.none))?;
    }
    heading(&view.sections.audiences)?;
    for audience in &view.audiences {
        line(format!("  {}", paint.bold(&safe(&audience.label))))?;
        for persona in &audience.personas {
            line(wrap(&safe(persona), 88, "    "))?;
        }
    }
    heading(&view.sections.actors)?;
    for actor in &view.actors {
        let note = actor.note.as_deref().map(|note| format!(" – {}", safe(note))).unwrap_or_default();
        line(format!("  {}{}{}", "  ".repeat(actor.depth), safe(&actor.label), paint.dim(&note)))?;
    }
    heading(&view.sections.exclusions)?;
    for exclusion in &view.exclusions {
        let why = exclusion.why.as_deref().map(|why| format!("{colon} {}", safe(why))).unwrap_or_default();
        line(format!("  {} – {}{}", safe(&exclusion.what), paint.bold(exclusion.scope), paint.dim(&why)))?;
    }
    Ok(())
}
