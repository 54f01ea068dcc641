//! `ambassadors.toml` and `ambassadors.d/*.toml`: roles and people. Consent is not here: it lives in the store.

use std::collections::HashMap;
use std::path::Path;

use crate::domain::{Absence, Ambassador, Channel, Expertise, Language, Role, Strength, Subject};

use super::files::{At, Files, Named};
use super::line::{channels, references};
use super::reader::{Table, one_of, suggest};
use super::settings::{LANGUAGES, Settings};
use super::{sheets, values};

const STRENGTHS: [(&str, Strength); 3] =
    [("expert", Strength::Expert), ("practises", Strength::Practises), ("curious", Strength::Curious)];

/// Roles and people, as read.
#[derive(Debug, Default)]
pub(super) struct People {
    pub roles: Vec<Role>,
    pub ambassadors: Vec<Ambassador>,
}

/// Reads every role, then every person.
pub(super) fn read(files: &mut Files, dir: &Path, settings: &Settings) -> People {
    let mut people = People::default();
    let mut tables = Vec::new();
    for mut sheet in sheets(files, dir, "ambassadors") {
        for table in sheet.tables(files, "role") {
            people.roles.extend(role(files, table));
        }
        tables.extend(sheet.tables(files, "ambassador"));
        sheet.finish(files);
    }
    let mut addresses = HashMap::new();
    for table in tables {
        let place = table.place.clone();
        let Some(person) = ambassador(files, table, &people.roles, settings) else {
            continue;
        };
        let other = addresses.insert(person.email.to_lowercase(), person.id.clone());
        if let Some(other) = other.filter(|other| *other != person.id) {
            files.error(
                &place,
                format!("“{}” and “{other}” have the same address", person.id),
                "each person gets one letter: keep one of them",
            );
        }
        people.ambassadors.push(person);
    }
    people
}

fn role(files: &mut Files, mut table: Table) -> Option<Role> {
    let id = table.required_text(files, "id", "\"rh\"");
    if let Some(id) = &id {
        files.define(Named::Role, id);
    }
    let label = table.text(files, "label");
    let topics = table.texts(files, "topics");
    let topics = references(files, Named::Topic, topics);
    let objectives = table.texts(files, "objectives");
    let objectives = references(files, Named::Objective, objectives);
    table.finish(files);
    let id = id?.value;
    Some(Role { label: label.map_or_else(|| id.clone(), |at| at.value), id, topics, objectives })
}

fn ambassador(files: &mut Files, mut table: Table, roles: &[Role], settings: &Settings) -> Option<Ambassador> {
    let id = table.required_text(files, "id", "\"elodie\"");
    if let Some(id) = &id {
        files.define(Named::Ambassador, id);
    }
    let name = table.required_text(files, "name", "\"Élodie Martin\"");
    let email = table.required_text(files, "email", "\"elodie@example.org\"");
    let email = email.and_then(|at| values::mail_address(files, &at));
    let language = table.word(files, "language", &LANGUAGES).map_or(settings.language, |at| at.value);
    let reads_listed = table.texts(files, "reads");
    let mut reads: Vec<Language> =
        reads_listed.iter().filter_map(|at| one_of(files, "reads", at, &LANGUAGES)).collect();
    if reads.is_empty() {
        reads.push(language);
    }
    let role = table.text(files, "role");
    if let Some(at) = &role {
        files.refer(Named::Role, at);
    }
    let role = role.and_then(|at| roles.iter().find(|role| role.id == at.value));
    let not_me = table.texts(files, "not_me");
    let not_me = references(files, Named::Topic, not_me);
    let expertise = expertise(files, &mut table, role);
    let channels_listed = table.texts(files, "channels");
    let mut channels = channels(files, channels_listed);
    let channels_chosen = !channels.is_empty();
    if !channels_chosen {
        channels.push(Channel::LinkedIn);
    }
    let slots = table.integer(files, "slots", 1..=5).map_or(3, |at| usize::try_from(at.value).unwrap_or(3));
    let target = table.integer(files, "actions_per_month", 1..=31).and_then(|at| u32::try_from(at.value).ok());
    let group = table.text(files, "group").map(|at| at.value);
    let mut absences = Vec::new();
    for absence in table.tables(files, "absences") {
        absences.extend(read_absence(files, absence));
    }
    let letter = table.text(files, "letter").and_then(|at| values::week_time(files, &at));
    let rest_every = table.integer(files, "rest_every", 1..=52).and_then(|at| u16::try_from(at.value).ok());
    let sponsor = table.boolean(files, "sponsor").unwrap_or(false);
    let enabled = table.boolean(files, "enabled").unwrap_or(true);
    for key in ["consent", "optin"] {
        table.forbid(
            files,
            key,
            "consent is never written in a file",
            "the person says yes, then: vigie person optin ID",
        );
    }
    table.finish(files);
    Some(Ambassador {
        id: id?.value,
        name: name?.value,
        email: email?,
        language,
        reads,
        role: role.map(|role| role.id.clone()),
        expertise,
        objectives: role.map(|role| role.objectives.clone()).unwrap_or_default(),
        not_me,
        channels,
        channels_chosen,
        slots,
        actions_per_month: target,
        group,
        letter,
        rest_every: rest_every.or(settings.edition.rest_every),
        absences,
        sponsor,
        enabled,
    })
}

/// What the person declares, then what the role adds (as "practises") where the person said nothing.
fn expertise(files: &mut Files, table: &mut Table, role: Option<&Role>) -> Vec<Expertise> {
    let mut list = Vec::new();
    for mut entry in table.tables(files, "expertise") {
        let place = entry.place.clone();
        let topic = entry.text(files, "topic");
        let terms = entry.texts(files, "terms");
        let strength = entry.word(files, "strength", &STRENGTHS).map_or(Strength::Practises, |at| at.value);
        entry.finish(files);
        let subject = match (topic, terms.is_empty()) {
            (Some(topic), true) => {
                files.refer(Named::Topic, &topic);
                Subject::Topic(topic.value)
            }
            (None, false) => Subject::Terms(values::terms(files, terms)),
            _ => {
                files.error(
                    &place,
                    "an expertise is either a topic or terms",
                    "such as { topic = \"renovation\", strength = \"expert\" }",
                );
                continue;
            }
        };
        list.push(Expertise { subject, strength, by_role: false });
    }
    for topic in role.into_iter().flat_map(|role| &role.topics) {
        let subject = Subject::Topic(topic.clone());
        if !list.iter().any(|known| known.subject == subject) {
            list.push(Expertise { subject, strength: Strength::Practises, by_role: true });
        }
    }
    list
}

fn read_absence(files: &mut Files, mut table: Table) -> Option<Absence> {
    let place = table.place.clone();
    let from = table.date(files, "from");
    let to = table.date(files, "to");
    table.finish(files);
    match (from, to) {
        (Some(At { value: from, .. }), Some(At { value: to, .. })) if from <= to => Some(Absence { from, to }),
        (Some(_), Some(to)) => {
            files.error(
                &to.place,
                "this absence ends before it begins",
                "put the first day in “from”, the last in “to”",
            );
            None
        }
        _ => {
            let hint = suggest("", ["from", "to"].into_iter());
            files.error(
                &place,
                "an absence has a first and a last day",
                format!("such as {{ from = \"2026-12-21\", to = \"2027-01-02\" }} ({hint})"),
            );
            None
        }
    }
}
