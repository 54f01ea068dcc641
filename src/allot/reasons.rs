//! Why this, whom for, why you, which channel, which day: one sentence of each, from what really decided.

use std::collections::HashMap;

use crate::domain::{Ambassador, Fit, Language, Reason, ReasonKind, StoryId, Strength, Suggestion, TopicMatch};
use crate::text::evidence;
use crate::text::typography::{capital, french, in_sentence, list, quoted, short_slot};

use super::angles::Angled;
use super::slots::Placed;
use super::{Desk, Request};

/// Makes suggestions of angled candidates, with their reasons.
pub(super) fn explain(angled: Vec<Angled>, desk: &Desk<'_>) -> Vec<Suggestion> {
    let mut tellers: HashMap<StoryId, Vec<Placed>> = HashMap::new();
    for one in &angled {
        tellers.entry(one.placed.candidate.telling).or_default().push(one.placed.clone());
    }
    let mut suggestions = Vec::with_capacity(angled.len());
    for one in angled {
        let Some((person, _, fit)) = desk.look_up(&one.placed.candidate) else {
            continue;
        };
        let (topic, request) = (&fit.topic, desk.request);
        let others: Vec<&Placed> = tellers
            .get(&one.placed.candidate.telling)
            .into_iter()
            .flatten()
            .filter(|other| other.candidate.ambassador != person.id)
            .collect();
        let set = |kind, text: String| Reason {
            kind,
            text: match person.language {
                Language::English => text,
                _ => french(&text),
            },
        };
        let reasons = vec![
            set(ReasonKind::You, you(person, fit, &others, desk)),
            set(ReasonKind::Topic, about(person.language, topic, one.placed.candidate.again, request)),
            set(ReasonKind::Objective, objective(person.language, &one.placed, request)),
            set(ReasonKind::Audience, audience(person.language, &one.placed, topic, request)),
            set(ReasonKind::Channel, channel(person, &one.placed, request)),
            set(ReasonKind::Day, day(person.language, &one.placed, &others, desk)),
        ];
        let candidate = one.placed.candidate;
        suggestions.push(Suggestion {
            story: candidate.story,
            item: candidate.item,
            ambassador: candidate.ambassador,
            topic: candidate.topic,
            objective: candidate.objective,
            channel: one.placed.channel,
            slot: one.placed.slot,
            angles: one.angles,
            ready: one.ready,
            reasons,
            easy: false,
            gain: candidate.gain,
        });
    }
    suggestions
}

fn label<'a>(topic: &'a TopicMatch, request: &Request<'a>, language: Language) -> &'a str {
    request.line.topic(&topic.topic).map_or(topic.topic.as_str(), |topic| topic.label_in(language))
}

fn you(person: &Ambassador, fit: &Fit, others: &[&Placed], desk: &Desk<'_>) -> String {
    let request = desk.request;
    let language = person.language;
    let named = fit.term.as_deref().unwrap_or_else(|| label(&fit.topic, request, language));
    let subject = quoted(&in_sentence(named), language);
    let words = list(&fit.written.iter().take(2).map(|word| quoted(word, language)).collect::<Vec<_>>(), language);
    let declared = fit.term.is_some() || person.expertise_in(&fit.topic.topic).is_some();
    let knows = match fit.strength {
        _ if !declared && !fit.written.is_empty() => language.pick(
            format!("vous avez écrit sur {words} : c'est votre terrain"),
            format!("you wrote about {words}: this is your ground"),
        ),
        _ if fit.by_role => {
            language.pick(format!("{subject} fait partie de votre fonction"), format!("{subject} is part of your job"))
        }
        Strength::Expert => language.pick(format!("{subject} est votre domaine"), format!("{subject} is your field")),
        Strength::Practises => {
            language.pick(format!("vous travaillez sur {subject}"), format!("you work on {subject}"))
        }
        Strength::Curious => {
            language.pick(format!("vous voulez suivre {subject}"), format!("you want to follow {subject}"))
        }
    };
    let knows = if declared && !fit.written.is_empty() {
        let wrote = language.pick(format!("vous avez écrit sur {words}"), format!("you wrote about {words}"));
        format!("{knows}, {} {wrote}", language.pick("et", "and"))
    } else {
        knows
    };
    let names: Vec<String> = others
        .iter()
        .filter_map(|other| desk.person(&other.candidate.ambassador))
        .map(|person| person.first_name().to_owned())
        .collect();
    let alone = match names.len() {
        0 => language.pick("personne d'autre ne reçoit cette idée".to_owned(), "nobody else gets this idea".to_owned()),
        1 => language.pick(
            format!("{} la reçoit aussi, à un autre moment", names[0]),
            format!("{} gets it too, at another moment", names[0]),
        ),
        _ => language.pick(
            format!("{} la reçoivent aussi, à d'autres moments", list(&names, language)),
            format!("{} get it too, at other moments", list(&names, language)),
        ),
    };
    format!("{} ; {alone}.", capital(&knows)).replace(" ;", language.pick(" ;", ";"))
}

fn about(language: Language, topic: &TopicMatch, again: bool, request: &Request<'_>) -> String {
    // The strongest evidence is enough.
    let found = evidence::told(topic, language).into_iter().next().unwrap_or_default();
    let colon = language.pick(" :", ":");
    let lasts = if again { language.pick(" Un contenu qui reste vrai.", " It stays true.") } else { "" };
    format!("{}{colon} {found}.{lasts}", label(topic, request, language))
}

fn objective(language: Language, placed: &Placed, request: &Request<'_>) -> String {
    let objective = placed.candidate.objective.as_deref().and_then(|id| request.line.objective(id));
    match objective {
        Some(objective) => format!("{}.", objective.label_in(language)),
        None => language.pick(
            "Veille métier : pour le plaisir d'en parler.".to_owned(),
            "Professional watch (“veille métier”): worth talking about.".to_owned(),
        ),
    }
}

fn audience(language: Language, placed: &Placed, topic: &TopicMatch, request: &Request<'_>) -> String {
    let by_topic = request.line.topic(&topic.topic).map(|topic| topic.audience.as_str());
    let by_objective =
        placed.candidate.objective.as_deref().and_then(|id| request.line.objective(id)?.audience.as_deref());
    let Some(audience) = by_topic.or(by_objective).and_then(|id| request.line.audience(id)) else {
        return language.pick("Votre réseau.".to_owned(), "Your network.".to_owned());
    };
    match audience.personas_in(language).first() {
        Some(persona) => {
            let persona = persona.trim_end_matches('.');
            language.pick(
                format!("{}. Par exemple : {persona}.", audience.label_in(language)),
                format!("{}. For instance: {persona}.", audience.label_in(language)),
            )
        }
        None => format!("{}.", audience.label_in(language)),
    }
}

fn channel(person: &Ambassador, placed: &Placed, request: &Request<'_>) -> String {
    let language = person.language;
    let name = placed.channel;
    let objective = placed.candidate.objective.as_deref().and_then(|id| request.line.objective(id));
    let wanted = objective.is_some_and(|objective| objective.channels.contains(&placed.channel));
    if wanted {
        language.pick(format!("{name}, que vise cet objectif."), format!("{name}, which this objective aims at."))
    } else if !person.channels_chosen {
        language.pick(
            format!("{name}, le réseau professionnel par défaut."),
            format!("{name}, the professional network by default."),
        )
    } else if person.channels.len() == 1 {
        language.pick(format!("{name}, le réseau que vous avez choisi."), format!("{name}, the network you chose."))
    } else if person.channels.first() == Some(&placed.channel) {
        language.pick(format!("{name}, le premier de vos réseaux."), format!("{name}, the first of your networks."))
    } else {
        language.pick(
            format!("{name}, un autre de vos réseaux, pour varier."),
            format!("{name}, another of your networks, for variety."),
        )
    }
}

fn day(language: Language, placed: &Placed, others: &[&Placed], desk: &Desk<'_>) -> String {
    let when = capital(&short_slot(placed.slot, language));
    let name = |other: &Placed| {
        let person = desk.person(&other.candidate.ambassador);
        person.map(|person| person.first_name().to_owned()).unwrap_or_default()
    };
    let nearest = others.iter().min_by_key(|other| {
        let days = other.slot.date.since(placed.slot.date).map_or(i32::MAX, |span| span.get_days().abs());
        (days, other.slot)
    });
    match nearest {
        _ if placed.candidate.from.is_some() => language.pick(
            format!("{when} : après la page de l'entreprise, qui en parle d'abord."),
            format!("{when}: after the company's page, which tells it first."),
        ),
        None => language.pick(format!("{when} : un moment à vous."), format!("{when}: a moment of your own.")),
        Some(other) => language.pick(
            format!(
                "{when} : la même actualité est proposée à {} pour {}.",
                name(other),
                short_slot(other.slot, language)
            ),
            format!("{when}: the same story is proposed to {} for {}.", name(other), short_slot(other.slot, language)),
        ),
    }
}
