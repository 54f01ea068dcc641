//! What only the whole configuration can tell: ids that lead nowhere, and lines that would serve nobody.

use crate::domain::{EditorialLine, Source, is_localhost_name};

use super::ambassadors::People;
use super::files::{Files, Named};
use super::reader::suggest;

/// Every id that is referred to must be defined; the nearest one is offered. Silent while a file is broken: what it
/// defines is not known.
pub(super) fn references(files: &mut Files) {
    if files.is_incomplete() {
        return;
    }
    for (named, at) in std::mem::take(&mut files.referred) {
        if files.definition(named, &at.value).is_some() {
            continue;
        }
        let known: Vec<String> =
            files.defined.iter().filter(|(kind, _)| *kind == named).map(|(_, at)| at.value.clone()).collect();
        let hint = suggest(&at.value, known.iter().map(String::as_str));
        files.error(&at.place, format!("there is no {} “{}”", named.word(), at.value), hint);
    }
}

/// Errors: no topic, no objective, an objective that nothing can reach, actors that are their own ancestors.
/// Warnings: a topic no expertise covers, an objective no source can feed, sources internal by default.
pub(super) fn sense(files: &mut Files, line: &EditorialLine, sources: &[Source], people: &People) {
    if files.is_incomplete() {
        return;
    }
    if line.topics.is_empty() {
        files.problems.error_without_place(
            "line.toml",
            "the line has no topic",
            "add a [[topic]] with id, terms and audience",
        );
    }
    for topic in line.topics.iter().filter(|topic| topic.audience.is_empty()) {
        if let Some(place) = files.definition(Named::Topic, &topic.id) {
            files.error(
                &place,
                "this topic names no audience: writing for everyone is writing for nobody",
                "add: audience = \"clients\"",
            );
        }
    }
    if line.objectives.is_empty() {
        files.problems.error_without_place(
            "line.toml",
            "the programme has no objective: nothing would say what a suggestion is for",
            "add an [[objective]] with id, label, priority and topics",
        );
    }
    actors(files, line);
    // Warnings follow from what was read: they would mislead while something is refused.
    if files.problems.has_errors() {
        return;
    }
    objectives(files, line, sources);
    topics(files, line, people);
    classes(files, sources);
    addresses(files, sources);
}

/// Two sources at one address, and addresses of this machine that would be refused.
fn addresses(files: &mut Files, sources: &[Source]) {
    for (at, source) in sources.iter().enumerate() {
        let Some(place) = files.definition(Named::Source, &source.id) else {
            continue;
        };
        if let Some(other) = sources[..at].iter().find(|other| other.url == source.url) {
            let message = format!("“{}” and “{}” have the same address", other.id, source.id);
            files.warning(&place, message, "keep one of them: what the second gives is known already");
        }
        let host =
            url::Url::parse(&source.url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        let local = is_localhost_name(&host) || host.starts_with("127.") || host == "[::1]";
        if local && !source.allow_private && !source.kind.is_inside() {
            let message = format!("“{}” is on this machine and will be refused", source.id);
            files.warning(&place, message, "if that is meant: allow_private = true");
        }
    }
}

fn actors(files: &mut Files, line: &EditorialLine) {
    for actor in &line.actors {
        let ends = line.lineage(&actor.id).last().is_some_and(|last| last.parent.is_none());
        let known = actor.parent.as_ref().is_none_or(|parent| line.actor(parent).is_some());
        if !ends && known {
            if let Some(place) = files.definition(Named::Actor, &actor.id) {
                files.error(&place, format!("“{}” is its own ancestor", actor.id), "cut the loop of parents");
            }
        }
    }
}

fn objectives(files: &mut Files, line: &EditorialLine, sources: &[Source]) {
    for objective in &line.objectives {
        let Some(place) = files.definition(Named::Objective, &objective.id) else {
            continue;
        };
        let by_actor = |source: &Source| {
            let actor = source.actor.as_deref().unwrap_or_default();
            line.actor_objectives(actor).iter().any(|served| served.id == objective.id)
        };
        let open = |source: &Source| source.confidentiality != crate::domain::Confidentiality::Internal;
        let fed = sources
            .iter()
            .any(|source| source.enabled && open(source) && (!objective.topics.is_empty() || by_actor(source)));
        if !fed {
            let hint = if objective.topics.is_empty() {
                "name the topics that serve it, or give an actor of its own to a source that may be suggested"
            } else {
                "add a source whose items may be suggested (confidentiality = \"public\" or \"shareable\")"
            };
            files.warning(&place, format!("no source can feed the objective “{}”", objective.id), hint);
        }
    }
}

fn topics(files: &mut Files, line: &EditorialLine, people: &People) {
    for topic in &line.topics {
        let covered =
            people.ambassadors.iter().any(|person| person.enabled && person.expertise_in(&topic.id).is_some());
        if covered {
            continue;
        }
        if let Some(place) = files.definition(Named::Topic, &topic.id) {
            let message = format!("nobody declares the topic “{}” among their expertise", topic.id);
            files.warning(&place, message, "its items will be suggested to nobody, unless free terms match");
        }
    }
}

fn classes(files: &mut Files, sources: &[Source]) {
    let unclassed: Vec<&Source> = sources.iter().filter(|source| !source.classed).collect();
    let Some(place) = unclassed.first().and_then(|source| files.definition(Named::Source, &source.id)) else {
        return;
    };
    let names: Vec<&str> =
        unclassed.iter().take(6).map(|source| source.id.as_str()).filter(|id| !id.is_empty()).collect();
    let more = if unclassed.len() > 6 { ", …" } else { "" };
    let message = match unclassed.len() {
        1 => format!("1 source is internal by default: nothing from it can be suggested ({})", names.join(", ")),
        number => {
            format!(
                "{number} sources are internal by default: nothing from them can be suggested ({}{more})",
                names.join(", ")
            )
        }
    };
    files.warning(&place, message, "write confidentiality = \"public\" for what is published for everybody");
}
