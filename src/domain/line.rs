//! The editorial line: topics, objectives, audiences, actors and exclusions, and what follows from them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Language;

/// A label in other languages than that of the line (`label_en = "…"`).
pub type Translations = Vec<(Language, String)>;

fn in_language<'a>(own: &'a str, translations: &'a Translations, language: Language) -> &'a str {
    translations.iter().find(|(of, _)| *of == language).map_or(own, |(_, label)| label.as_str())
}

/// A subject the company speaks of.
#[derive(Debug, Clone, PartialEq)]
pub struct Topic {
    /// Stable id, any non-empty string.
    pub id: String,
    /// Name shown to people.
    pub label: String,
    /// The same for readers of other languages.
    pub translations: Translations,
    /// Terms as typed: words, `"exact phrases"`, `isol*` prefixes, `+required`, `-excluded`, in any language.
    pub terms: Vec<String>,
    /// One sentence on what it covers.
    pub about: String,
    /// Audience it is for.
    pub audience: String,
    /// What that audience comes to learn.
    pub promise: Option<String>,
    /// Ways into its stories that the comms team wrote: each is proposed to one person.
    pub angles: Vec<String>,
    /// Weight, 1 is ordinary.
    pub weight: f32,
}

/// What the programme is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Objective {
    /// Stable id.
    pub id: String,
    /// Name shown to people.
    pub label: String,
    /// The same for readers of other languages.
    pub translations: Translations,
    /// Audience it aims at.
    pub audience: Option<String>,
    /// Actor it aims at.
    pub actor: Option<String>,
    /// 1 (served first) to 3.
    pub priority: u8,
    /// Topics that serve it.
    pub topics: Vec<String>,
    /// Channels it is best served on; empty = any.
    pub channels: Vec<super::Channel>,
    /// By when, in the company's words.
    pub horizon: Option<String>,
    /// How it is measured, in the company's words.
    pub indicators: Vec<String>,
}

/// Whom the company speaks to.
#[derive(Debug, Clone, PartialEq)]
pub struct Audience {
    /// Stable id.
    pub id: String,
    /// Name shown to people.
    pub label: String,
    /// The same for readers of other languages.
    pub translations: Translations,
    /// One to three persons to picture.
    pub personas: Vec<String>,
    /// The same for readers of other languages.
    pub translated_personas: Vec<(Language, Vec<String>)>,
}

impl Topic {
    /// Its name for readers of `language`.
    pub fn label_in(&self, language: Language) -> &str {
        in_language(&self.label, &self.translations, language)
    }
}

impl Objective {
    /// Its name for readers of `language`.
    pub fn label_in(&self, language: Language) -> &str {
        in_language(&self.label, &self.translations, language)
    }
}

impl Audience {
    /// Its name for readers of `language`.
    pub fn label_in(&self, language: Language) -> &str {
        in_language(&self.label, &self.translations, language)
    }

    /// Its personas for readers of `language`; none when a translation has a label but no personas.
    pub fn personas_in(&self, language: Language) -> &[String] {
        let translated = self.translated_personas.iter().find(|(of, _)| *of == language);
        let foreign = self.translations.iter().any(|(of, _)| *of == language);
        match translated {
            Some((_, personas)) => personas,
            None if foreign => &[],
            None => &self.personas,
        }
    }
}

/// A category of people around the company: clients, competitors, candidates…
#[derive(Debug, Clone, PartialEq)]
pub struct Actor {
    /// Stable id.
    pub id: String,
    /// Name shown to people.
    pub label: String,
    /// The wider category it refines.
    pub parent: Option<String>,
    /// 1 to 3; inherited from the parent when absent.
    pub priority: Option<u8>,
    /// Objectives; inherited from the parent when empty.
    pub objectives: Vec<String>,
    /// Keywords that stand for it.
    pub keywords: Vec<String>,
}

/// How far an exclusion goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExclusionScope {
    /// Not even kept in the archive (the drop is recorded with its reason).
    NeverIndex,
    /// Kept and searchable, never suggested.
    NeverSuggest,
    /// Suggested with a word of caution.
    Caution,
}

impl ExclusionScope {
    /// The word used in configuration and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ExclusionScope::NeverIndex => "never_index",
            ExclusionScope::NeverSuggest => "never_suggest",
            ExclusionScope::Caution => "caution",
        }
    }
}

/// Where the terms of an exclusion are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MatchWhere {
    /// Title, categories and text.
    #[default]
    Anywhere,
    /// Title and categories only.
    Title,
}

/// What the company does not speak of.
#[derive(Debug, Clone, PartialEq)]
pub struct Exclusion {
    /// Name of the rule, shown by `explain`.
    pub label: String,
    /// Terms, in the syntax of topics.
    pub terms: Vec<String>,
    /// Names (people, firms, places) matched exactly, whatever their case and accents.
    pub entities: Vec<String>,
    /// Sources wholly excluded.
    pub sources: Vec<String>,
    /// How far it goes.
    pub scope: ExclusionScope,
    /// Where terms and entities are looked for.
    pub within: MatchWhere,
    /// Why, in the company's words.
    pub why: Option<String>,
}

/// The whole line.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EditorialLine {
    /// What followers come to learn, in one sentence.
    pub promise: Option<String>,
    /// Notes on tone.
    pub tone: Vec<String>,
    /// Topics, in the order of the file.
    pub topics: Vec<Topic>,
    /// Objectives, in the order of the file.
    pub objectives: Vec<Objective>,
    /// Audiences.
    pub audiences: Vec<Audience>,
    /// Actors.
    pub actors: Vec<Actor>,
    /// Exclusions.
    pub exclusions: Vec<Exclusion>,
}

impl EditorialLine {
    /// The topic of that id.
    pub fn topic(&self, id: &str) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.id == id)
    }

    /// The objective of that id.
    pub fn objective(&self, id: &str) -> Option<&Objective> {
        self.objectives.iter().find(|objective| objective.id == id)
    }

    /// The audience of that id.
    pub fn audience(&self, id: &str) -> Option<&Audience> {
        self.audiences.iter().find(|audience| audience.id == id)
    }

    /// The actor of that id.
    pub fn actor(&self, id: &str) -> Option<&Actor> {
        self.actors.iter().find(|actor| actor.id == id)
    }

    /// An actor and its wider categories, from the finest to the widest; a loop of parents ends the walk.
    pub fn lineage(&self, id: &str) -> Vec<&Actor> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        let mut next = self.actor(id);
        while let Some(actor) = next {
            if !seen.insert(actor.id.as_str()) {
                break;
            }
            found.push(actor);
            next = actor.parent.as_deref().and_then(|parent| self.actor(parent));
        }
        found
    }

    /// Priority of an actor, its own or the nearest inherited one, with the actor it comes from.
    pub fn actor_priority(&self, id: &str) -> Option<(u8, &Actor)> {
        self.lineage(id).into_iter().find_map(|actor| actor.priority.map(|priority| (priority, actor)))
    }

    /// Objectives of an actor: its own, else those inherited from the nearest category that has any.
    /// Objectives that name the actor count as its own.
    pub fn actor_objectives(&self, id: &str) -> Vec<&Objective> {
        for actor in self.lineage(id) {
            let own: Vec<&Objective> = self
                .objectives
                .iter()
                .filter(|objective| {
                    objective.actor.as_deref() == Some(actor.id.as_str()) || actor.objectives.contains(&objective.id)
                })
                .collect();
            if !own.is_empty() {
                return own;
            }
        }
        Vec::new()
    }

    /// The objective that an item on `topic`, about these `actors`, serves best: the lowest priority number, then the
    /// order of the file. `None` is "veille métier".
    ///
    /// An objective is served through its topics; one without topics is served through its actor.
    pub fn objective_for(&self, topic: &str, actors: &[&str]) -> Option<&Objective> {
        let by_topic = self.objectives.iter().filter(|objective| objective.topics.iter().any(|id| id == topic));
        let by_actor = actors
            .iter()
            .flat_map(|actor| self.actor_objectives(actor))
            .filter(|objective| objective.topics.is_empty());
        by_topic.chain(by_actor).min_by_key(|objective| objective.priority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(id: &str, parent: Option<&str>, priority: Option<u8>) -> Actor {
        Actor {
            id: id.into(),
            label: id.into(),
            parent: parent.map(Into::into),
            priority,
            objectives: vec![],
            keywords: vec![],
        }
    }

    fn objective(id: &str, actor: Option<&str>, priority: u8, topics: &[&str]) -> Objective {
        Objective {
            id: id.into(),
            label: id.into(),
            translations: vec![],
            audience: None,
            actor: actor.map(Into::into),
            priority,
            topics: topics.iter().map(|topic| (*topic).into()).collect(),
            channels: vec![],
            horizon: None,
            indicators: vec![],
        }
    }

    fn line() -> EditorialLine {
        EditorialLine {
            actors: vec![
                actor("clients", None, Some(1)),
                actor("publics", Some("clients"), None),
                actor("ecoles", Some("publics"), Some(2)),
                actor("colleges", Some("ecoles"), None),
                actor("a", Some("b"), None),
                actor("b", Some("a"), None),
            ],
            objectives: vec![
                objective("offre", Some("clients"), 2, &[]),
                objective("notoriete", None, 1, &["renovation"]),
            ],
            ..EditorialLine::default()
        }
    }

    #[test]
    fn a_finer_actor_inherits_priority_and_objectives_unless_it_sets_its_own() {
        let line = line();
        assert_eq!(
            line.actor_priority("publics").map(|(priority, from)| (priority, from.id.as_str())),
            Some((1, "clients"))
        );
        assert_eq!(line.actor_priority("colleges").map(|(priority, _)| priority), Some(2));
        assert_eq!(line.actor_objectives("colleges")[0].id, "offre");
    }

    #[test]
    fn a_loop_of_parents_does_not_hang() {
        assert_eq!(line().lineage("a").len(), 2);
        assert_eq!(line().actor_priority("a"), None);
    }

    #[test]
    fn an_item_serves_the_first_priority_or_nothing() {
        let line = line();
        assert_eq!(line.objective_for("renovation", &["publics"]).map(|o| o.id.as_str()), Some("notoriete"));
        assert_eq!(line.objective_for("autre", &["publics"]).map(|o| o.id.as_str()), Some("offre"));
        assert_eq!(line.objective_for("autre", &[]), None);
    }
}
