//! `line.toml`: the editorial line.

use std::path::Path;

use crate::domain::{
    Actor, Audience, Channel, EditorialLine, Exclusion, ExclusionScope, Language, MatchWhere, Objective, Topic,
    Translations,
};

use super::files::{At, Files, Named};
use super::reader::{Table, one_of};
use super::values;

/// Reads `line.toml`.
pub(super) fn read(files: &mut Files, dir: &Path) -> EditorialLine {
    let mut line = EditorialLine::default();
    let Some(mut sheet) = Table::open(files, dir, "line.toml") else {
        return line;
    };
    if let Some(mut table) = sheet.table(files, "line") {
        line.promise = table.text(files, "promise").map(|at| at.value);
        line.tone = plain(table.texts(files, "tone"));
        table.finish(files);
    }
    for table in sheet.tables(files, "audience") {
        line.audiences.extend(audience(files, table));
    }
    for table in sheet.tables(files, "topic") {
        line.topics.extend(topic(files, table));
    }
    for table in sheet.tables(files, "objective") {
        line.objectives.extend(objective(files, table));
    }
    for table in sheet.tables(files, "actor") {
        line.actors.extend(actor(files, table));
    }
    for table in sheet.tables(files, "exclusion") {
        line.exclusions.extend(exclusion(files, table));
    }
    sheet.finish(files);
    line
}

/// The places are no longer needed.
pub(super) fn plain(list: Vec<At<String>>) -> Vec<String> {
    list.into_iter().map(|at| at.value).collect()
}

/// A text that names something defined elsewhere.
pub(super) fn reference(files: &mut Files, named: Named, at: Option<At<String>>) -> Option<String> {
    let at = at?;
    files.refer(named, &at);
    Some(at.value)
}

/// A list of texts, each naming something defined elsewhere.
pub(super) fn references(files: &mut Files, named: Named, list: Vec<At<String>>) -> Vec<String> {
    list.into_iter().filter_map(|at| reference(files, named, Some(at))).collect()
}

/// Words of channels.
pub(super) fn channels(files: &mut Files, list: Vec<At<String>>) -> Vec<Channel> {
    let words = Channel::ALL.map(|channel| (channel.as_str(), channel));
    let mut found: Vec<Channel> = list.iter().filter_map(|at| one_of(files, "channels", at, &words)).collect();
    let mut seen = Vec::new();
    found.retain(|channel| {
        !seen.contains(channel) && {
            seen.push(*channel);
            true
        }
    });
    found
}

fn id(files: &mut Files, table: &mut Table, named: Named, example: &str) -> Option<String> {
    let id = table.required_text(files, "id", example)?;
    files.define(named, &id);
    Some(id.value)
}

/// `label_fr` and `label_en`: names for readers of the other language.
fn translations(files: &mut Files, table: &mut Table) -> Translations {
    let french = table.text(files, "label_fr").map(|at| (Language::French, at.value));
    let english = table.text(files, "label_en").map(|at| (Language::English, at.value));
    french.into_iter().chain(english).collect()
}

fn audience(files: &mut Files, mut table: Table) -> Option<Audience> {
    let id = id(files, &mut table, Named::Audience, "\"clients\"");
    let label = table.text(files, "label");
    let translations = translations(files, &mut table);
    let mut personas = Vec::new();
    for key in ["personas", "personas_fr", "personas_en"] {
        let listed = table.texts(files, key);
        if let Some(extra) = listed.get(3) {
            files.error(&extra.place, "an audience has one to three personas", "keep the three that help most");
        }
        personas.push(plain(listed));
    }
    table.finish(files);
    let id = id?;
    let mut personas = personas.into_iter();
    Some(Audience {
        label: label.map_or_else(|| id.clone(), |at| at.value),
        translations,
        personas: personas.next().unwrap_or_default(),
        translated_personas: [Language::French, Language::English]
            .into_iter()
            .zip(personas)
            .filter(|(_, list)| !list.is_empty())
            .collect(),
        id,
    })
}

fn topic(files: &mut Files, mut table: Table) -> Option<Topic> {
    let place = table.place.clone();
    let id = id(files, &mut table, Named::Topic, "\"renovation\"");
    let label = table.text(files, "label");
    let translations = translations(files, &mut table);
    let typed = table.texts(files, "terms");
    if typed.is_empty() {
        files.error(
            &place,
            "this topic has no term: it would never catch anything",
            "add: terms = [\"isolation\", \"pompe à chaleur\"]",
        );
    }
    let terms = values::terms(files, typed);
    let about = table.text(files, "about").map(|at| at.value).unwrap_or_default();
    let audience = table.text(files, "audience");
    let audience = reference(files, Named::Audience, audience).unwrap_or_default();
    let promise = table.text(files, "promise").map(|at| at.value);
    let weight = table.number(files, "weight", 0.1..=3.0).unwrap_or(1.0);
    let mut angles = Vec::new();
    for at in table.texts(files, "angles") {
        if at.value.trim_end().ends_with('?') {
            angles.push(at.value.trim().to_owned());
        } else {
            files.error(
                &at.place,
                "this angle does not end on a question",
                "end it on a question or a call for experience",
            );
        }
    }
    table.finish(files);
    let id = id?;
    Some(Topic {
        angles,
        label: label.map_or_else(|| id.clone(), |at| at.value),
        id,
        translations,
        terms,
        about,
        audience,
        promise,
        weight: narrow(weight),
    })
}

fn objective(files: &mut Files, mut table: Table) -> Option<Objective> {
    let id = id(files, &mut table, Named::Objective, "\"notoriete\"");
    let label = table.text(files, "label");
    let translations = translations(files, &mut table);
    let audience = table.text(files, "audience");
    let audience = reference(files, Named::Audience, audience);
    let actor = table.text(files, "actor");
    let actor = reference(files, Named::Actor, actor);
    let priority = table.integer(files, "priority", 1..=3).and_then(|at| u8::try_from(at.value).ok()).unwrap_or(2);
    let topics = table.texts(files, "topics");
    let topics = references(files, Named::Topic, topics);
    let channels_listed = table.texts(files, "channels");
    let channels = channels(files, channels_listed);
    let horizon = table.text(files, "horizon").map(|at| at.value);
    let indicators = plain(table.texts(files, "indicators"));
    table.finish(files);
    let id = id?;
    Some(Objective {
        label: label.map_or_else(|| id.clone(), |at| at.value),
        id,
        translations,
        audience,
        actor,
        priority,
        topics,
        channels,
        horizon,
        indicators,
    })
}

fn actor(files: &mut Files, mut table: Table) -> Option<Actor> {
    let id = id(files, &mut table, Named::Actor, "\"clients\"");
    let label = table.text(files, "label");
    let parent = table.text(files, "parent");
    let parent = reference(files, Named::Actor, parent);
    let priority = table.integer(files, "priority", 1..=3).and_then(|at| u8::try_from(at.value).ok());
    let objectives = table.texts(files, "objectives");
    let objectives = references(files, Named::Objective, objectives);
    let keywords = table.texts(files, "keywords");
    let keywords = values::terms(files, keywords);
    table.finish(files);
    let id = id?;
    Some(Actor { label: label.map_or_else(|| id.clone(), |at| at.value), id, parent, priority, objectives, keywords })
}

fn exclusion(files: &mut Files, mut table: Table) -> Option<Exclusion> {
    let place = table.place.clone();
    let label = table.text(files, "label");
    let terms = table.texts(files, "terms");
    let entities = plain(table.texts(files, "entities"));
    let sources = table.texts(files, "sources");
    if terms.is_empty() && entities.is_empty() && sources.is_empty() {
        files.error(
            &place,
            "this exclusion excludes nothing",
            "add: terms = [\"faits divers\"], entities = […] or sources = […]",
        );
    }
    let first = terms.first().map(|at| at.value.clone());
    let terms = values::terms(files, terms);
    let sources = references(files, Named::Source, sources);
    let scopes = [
        ("never_index", ExclusionScope::NeverIndex),
        ("never_suggest", ExclusionScope::NeverSuggest),
        ("caution", ExclusionScope::Caution),
    ];
    let scope = table.word(files, "scope", &scopes);
    let within = table.word(files, "where", &[("anywhere", MatchWhere::Anywhere), ("title", MatchWhere::Title)]);
    let why = table.text(files, "why").map(|at| at.value);
    table.finish(files);
    let fallback = first.or_else(|| entities.first().cloned()).or_else(|| sources.first().cloned());
    Some(Exclusion {
        label: label.map(|at| at.value).or(fallback)?,
        terms,
        entities,
        sources,
        scope: scope.map_or(ExclusionScope::NeverSuggest, |at| at.value),
        within: within.map_or(MatchWhere::Anywhere, |at| at.value),
        why,
    })
}

/// Weights need no more than seven digits.
#[expect(clippy::cast_possible_truncation, reason = "bounded between 0 and 3 just before")]
pub(super) fn narrow(number: f64) -> f32 {
    number as f32
}
