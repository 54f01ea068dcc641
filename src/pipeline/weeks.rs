//! The calendars of an edition: one for each person and network, one for each page of the company.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use crate::deliver::domain_of;
use crate::digest::week::{Appointment, When, identity};
use crate::domain::{Channel, EditionId, ItemId, Language};
use crate::tag::confidentiality;

use super::{PipelineError, Workshop, with_class_in_force};

/// One calendar.
#[derive(Debug)]
pub struct Week {
    /// What its file is called, without an ending.
    pub file: String,
    /// What it is of.
    pub name: String,
    /// Its appointments, in order of time.
    pub appointments: Vec<Appointment>,
}

/// The calendars of what `edition` proposes to people. What may no longer leave the house is not in them.
///
/// # Errors
/// When the store fails.
pub async fn weeks_of_people(shop: &Workshop, edition: EditionId, now: Timestamp) -> Result<Vec<Week>, PipelineError> {
    let suggestions = shop.store.suggestions(edition).await?;
    let ids: Vec<ItemId> = suggestions.iter().map(|suggestion| suggestion.item).collect();
    let records = shop.store.items(&ids).await?;
    let open: HashMap<ItemId, _> = records
        .into_iter()
        .filter_map(|record| {
            let id = record.item.id;
            Some((id, confidentiality::shareable(with_class_in_force(shop, record.item), now).ok()?))
        })
        .collect();
    let domain = domain_of(&shop.config.settings.mail.from);
    let mut weeks: BTreeMap<(String, Channel), Vec<Appointment>> = BTreeMap::new();
    for suggestion in &suggestions {
        let (Some(person), Some(item)) =
            (shop.config.ambassador(&suggestion.ambassador), open.get(&suggestion.item).map(|item| item.get()))
        else {
            continue;
        };
        let idea = match (suggestion.angle(), person.language) {
            ("", _) => String::new(),
            (angle, Language::English) => format!("An idea, yours to drop: {angle}"),
            (angle, _) => format!("Une idée, libre à vous : {angle}"),
        };
        let appointment = Appointment {
            uid: identity(&person.id, &suggestion.item.to_string(), &domain),
            when: When::Slot(suggestion.slot),
            title: format!("{}{} {}", suggestion.channel, person.language.pick("\u{a0}:", ":"), item.title),
            notes: idea,
            link: item.link.clone(),
        };
        weeks.entry((person.id.clone(), suggestion.channel)).or_default().push(appointment);
    }
    let named = weeks.into_iter().map(|((person, channel), mut appointments)| {
        appointments.sort_by(|one, other| one.uid.cmp(&other.uid));
        let name = shop.config.ambassador(&person).map_or(person.clone(), |person| person.name.clone());
        Week {
            file: format!("{}-{}", file_name(&person), channel.as_str()),
            name: format!("{name}, {channel}"),
            appointments,
        }
    });
    Ok(named.collect())
}

/// The calendars of the company's pages over the weeks around `now`: one for each source of them. They are for the comms
/// team, as the pages of a source that is not public are.
///
/// # Errors
/// When the store fails.
pub async fn weeks_of_pages(shop: &Workshop, now: Timestamp) -> Result<Vec<Week>, PipelineError> {
    let days = |days: i64| jiff::SignedDuration::from_hours(24 * days);
    let from = now.checked_sub(days(7)).unwrap_or(now);
    let to = now.checked_add(days(35)).unwrap_or(now);
    let zone = &shop.config.settings.time_zone;
    let mut pages: BTreeMap<String, Vec<Appointment>> = BTreeMap::new();
    for entry in shop.store.calendar(from, to).await? {
        let date = entry.starts.to_zoned(zone.clone()).date();
        pages.entry(entry.source.clone()).or_default().push(Appointment {
            uid: format!("{}-{}", entry.uid, date.strftime("%Y%m%d")),
            when: if entry.all_day { When::Day(date) } else { When::At(entry.starts, entry.ends) },
            title: entry.title,
            notes: entry.notes,
            link: entry.link,
        });
    }
    let named = pages.into_iter().map(|(source, appointments)| {
        let name = shop.config.source(&source).map_or(source.clone(), |source| source.name.clone());
        Week { file: format!("page-{}", file_name(&source)), name, appointments }
    });
    Ok(named.collect())
}

/// An id as the name of a file: ids may hold anything.
fn file_name(id: &str) -> String {
    let safe: String =
        id.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '_' }).collect();
    if safe == id { safe } else { format!("{safe}-{}", &blake3::hash(id.as_bytes()).to_hex()[..6]) }
}
