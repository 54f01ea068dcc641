//! The Monday brief: one page for the comms lead, in the order of the meeting: the news, what deserves a second life, who
//! says what, what is covered, what needs a hand.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::domain::{Channel, EditionId, Half, Language, Slot};
use crate::text::typography::{count, day, day_and_year, in_sentence, list, set, short_slot, shorten};

/// Words of a brief, at most: it is read before the coffee is cold.
pub const WORDS: usize = 450;
/// Rows of the table of who says what, at most.
const ROWS: usize = 12;
/// Suggestions of one topic on one day from which it is crowded.
const CROWD: usize = 3;
/// Letters of a title in a list, and in the table.
const TITLE: usize = 80;
const SHORT_TITLE: usize = 62;

/// A story of the week.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// Objective it serves; nothing for none.
    pub objective: Option<String>,
    /// Priority of that objective.
    pub priority: u8,
    /// Its title.
    pub title: String,
    /// Language of the title.
    pub language: Language,
    /// Where it is told.
    pub link: Option<String>,
    /// Sources that tell it.
    pub sources: usize,
    /// The company tells it.
    pub ours: bool,
}

/// A content that may come back.
#[derive(Debug, Clone, PartialEq)]
pub struct Again {
    /// Its title.
    pub title: String,
    /// Monday of the week in which it was last suggested.
    pub last: Option<Date>,
    /// Posts declared on it since ever.
    pub posts: usize,
}

/// What is proposed to a person.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Their name.
    pub who: String,
    /// The title.
    pub title: String,
    /// The topic, by its label.
    pub topic: String,
    /// Where.
    pub channel: Channel,
    /// When.
    pub slot: Slot,
}

/// How far an edition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Nothing is planned yet: it is drafted as of now.
    Drafted,
    /// It is planned and may be changed.
    Planned {
        /// True when it does not leave before somebody approves it.
        waits: bool,
    },
    /// Somebody approved it.
    Approved,
    /// Its letters are written.
    Left,
}

/// All that a brief tells.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Language of the lead.
    pub language: Language,
    /// The company.
    pub organisation: String,
    /// The week.
    pub edition: EditionId,
    /// When its letters leave.
    pub leaves: jiff::Timestamp,
    /// How far it is.
    pub stage: Stage,
    /// Civil time.
    pub zone: TimeZone,
    /// The week's stories, the most important first.
    pub stories: Vec<Story>,
    /// What stands in the company's calendars: the day and the title.
    pub agenda: Vec<(Date, String)>,
    /// What others publish on the company and staff were not told: title, source.
    pub about_us: Vec<(String, String)>,
    /// What deserves a second life.
    pub again: Vec<Again>,
    /// Who says what.
    pub proposals: Vec<Proposal>,
    /// Topics of the line, by their labels.
    pub topics: Vec<String>,
    /// Sources in trouble, by name.
    pub troubled: Vec<String>,
    /// Letters that did not leave.
    pub stuck: usize,
    /// People who get nothing this week.
    pub without: usize,
    /// Topics that nobody declares.
    pub orphans: Vec<String>,
}

/// A brief, ready for the templates and for machines.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Brief {
    lang: &'static str,
    organisation: String,
    title: String,
    week: String,
    status: String,
    news: Section<Entry>,
    agenda: Section<Entry>,
    about_us: Section<Entry>,
    again: Section<Entry>,
    split: Section<Row>,
    more: Option<String>,
    #[serde(skip)]
    proposals: usize,
    #[serde(skip)]
    stage: Stage,
    heads: [&'static str; 4],
    grid: Section<Line>,
    days: Vec<String>,
    covered: Option<String>,
    attention: Section<Entry>,
}

/// A section with its heading.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Section<T> {
    heading: String,
    rows: Vec<T>,
    empty: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Entry {
    label: Option<String>,
    text: String,
    text_lang: &'static str,
    link: Option<String>,
    note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Row {
    who: String,
    what: String,
    channel: String,
    when: String,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Line {
    topic: String,
    cells: Vec<Cell>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Cell {
    number: usize,
    crowded: bool,
}

impl Brief {
    /// A made-up brief in which every part is filled.
    pub(super) fn sample() -> Self {
        let text = || "Exemple".to_owned();
        let entry = || Entry {
            label: Some(text()),
            text: text(),
            text_lang: "en",
            link: Some("https://example.org/".into()),
            note: Some(text()),
        };
        let section = || Section { heading: text(), rows: vec![entry()], empty: text() };
        Brief {
            lang: "fr",
            organisation: text(),
            title: text(),
            week: text(),
            status: text(),
            news: section(),
            agenda: section(),
            about_us: section(),
            again: section(),
            split: Section {
                heading: text(),
                rows: vec![Row { who: text(), what: text(), channel: text(), when: text() }],
                empty: text(),
            },
            more: Some(text()),
            proposals: 1,
            stage: Stage::Drafted,
            heads: ["Qui", "Quoi", "Où", "Quand"],
            grid: Section {
                heading: text(),
                rows: vec![Line { topic: text(), cells: vec![Cell { number: 3, crowded: true }] }],
                empty: text(),
            },
            days: vec![text()],
            covered: Some(text()),
            attention: section(),
        }
    }

    /// Subject of the mail that holds it.
    pub fn subject(&self) -> String {
        format!("{} – {}", self.title, self.week)
    }

    /// Shortens it by one row of what is longest; false when nothing is left to leave out.
    pub fn shorten(&mut self) -> bool {
        let longest =
            [self.split.rows.len() / 2, self.news.rows.len(), self.again.rows.len(), self.about_us.rows.len()];
        let most = longest.iter().copied().max().unwrap_or(0);
        if most <= 1 {
            return false;
        }
        if longest[0] == most {
            self.split.rows.pop();
            let language = if self.lang == Language::English.code() { Language::English } else { Language::French };
            self.more = more(self.proposals - self.split.rows.len(), self.stage, language);
        } else if longest[1] == most {
            self.news.rows.pop();
        } else if longest[2] == most {
            self.again.rows.pop();
        } else {
            self.about_us.rows.pop();
        }
        true
    }
}

/// Words a brief.
pub fn compose(facts: &Facts) -> Brief {
    let language = facts.language;
    let t = |fr: &str, en: &str| set(language.pick(fr, en), language);
    let monday = facts.edition.monday();
    let leaves = facts.leaves.to_zoned(facts.zone.clone()).date();
    let plain = |text: String| Entry { label: None, text, text_lang: language.code(), link: None, note: None };
    let section = |heading: String, rows: Vec<Entry>, empty: String| Section { heading, rows, empty };
    Brief {
        lang: language.code(),
        organisation: facts.organisation.clone(),
        title: t("Le point du lundi", "The Monday brief"),
        week: monday.map_or(facts.edition.to_string(), |monday| {
            language.pick(
                format!("Semaine du {}", day_and_year(monday, language)),
                format!("Week of {}", day_and_year(monday, language)),
            )
        }),
        status: status(facts.stage, &day(leaves, language), language),
        news: section(
            t("1. Les actualités de la semaine", "1. The news of the week"),
            facts
                .stories
                .iter()
                .enumerate()
                .map(|(at, story)| news(story, at.checked_sub(1).map(|before| &facts.stories[before]), language))
                .collect(),
            t("Rien qui serve un objectif.", "Nothing that serves an objective."),
        ),
        agenda: section(
            t("À l'agenda", "In the calendar"),
            facts
                .agenda
                .iter()
                .map(|(date, title)| Entry {
                    label: Some(day(*date, language)),
                    ..plain(set(&shorten(title, TITLE), language))
                })
                .collect(),
            t("Rien n'est inscrit cette semaine.", "Nothing stands in it this week."),
        ),
        about_us: section(
            t("On parle de nous, et personne n'a été prévenu", "They speak of us, and nobody was told"),
            facts
                .about_us
                .iter()
                .map(|(title, source)| Entry {
                    note: Some(source.clone()),
                    ..plain(set(&shorten(title, TITLE), language))
                })
                .collect(),
            String::new(),
        ),
        again: section(
            t("2. Une seconde vie pour", "2. A second life for"),
            facts.again.iter().map(|again| second_life(again, language)).collect(),
            t("Aucun contenu durable ne s'y prête.", "No lasting content lends itself to it."),
        ),
        split: Section {
            heading: t("3. Qui dit quoi", "3. Who says what"),
            rows: facts
                .proposals
                .iter()
                .take(ROWS)
                .map(|one| Row {
                    who: one.who.clone(),
                    what: set(&shorten(&one.title, SHORT_TITLE), language),
                    channel: match one.channel {
                        Channel::Internal => language.pick("Interne", "Internal").to_owned(),
                        other => other.to_string(),
                    },
                    when: short_slot(one.slot, language),
                })
                .collect(),
            empty: t("Rien n'est proposé cette semaine.", "Nothing is proposed this week."),
        },
        more: more(facts.proposals.len().saturating_sub(ROWS), facts.stage, language),
        proposals: facts.proposals.len(),
        stage: facts.stage,
        heads: [
            language.pick("Qui", "Who"),
            language.pick("Quoi", "What"),
            language.pick("Où", "Where"),
            language.pick("Quand", "When"),
        ],
        grid: grid(facts),
        days: days(facts).into_iter().map(|date| short_day(date, language)).collect(),
        covered: covered(facts),
        attention: section(
            t("5. À regarder", "5. To look at"),
            attention(facts).into_iter().map(plain).collect(),
            t("Rien : tout va bien.", "Nothing: all is well."),
        ),
    }
}

/// When the letters leave, and what somebody has to do before.
fn status(stage: Stage, day: &str, language: Language) -> String {
    let (fr, en) = match stage {
        Stage::Left => ("Les lettres sont parties.".to_owned(), "The letters have left.".to_owned()),
        Stage::Drafted => (format!("Les lettres partent {day}."), format!("The letters leave on {day}.")),
        Stage::Approved => (
            format!("Les lettres sont approuvées et partent {day}."),
            format!("The letters are approved and leave on {day}."),
        ),
        Stage::Planned { waits: false } => (
            format!("Les lettres partent {day} ; à revoir d'ici là : vigie edition show."),
            format!("The letters leave on {day}; to look at before: vigie edition show."),
        ),
        Stage::Planned { waits: true } => (
            format!("Les lettres attendent votre accord pour partir {day} : vigie edition approve."),
            format!("The letters wait for your approval to leave on {day}: vigie edition approve."),
        ),
    };
    set(&language.pick(fr, en), language)
}

/// How many proposals the table leaves out, and where they are.
fn more(left_out: usize, stage: Stage, language: Language) -> Option<String> {
    let command = if stage == Stage::Drafted { "vigie digest" } else { "vigie edition show" };
    let others = count(left_out, language.pick("autre", "more"), language.pick("autres", "more"), language);
    let text = language.pick(format!("Et {others} : {command}."), format!("And {others}: {command}."));
    (left_out > 0).then(|| set(&text, language))
}

/// A story, under its objective where that is not the one of the story `before` it.
fn news(story: &Story, before: Option<&Story>, language: Language) -> Entry {
    let told = match (story.ours, story.sources) {
        (true, 0 | 1) => language.pick("chez nous", "ours").to_owned(),
        (true, number) => {
            let others = count(number - 1, language.pick("autre", "more"), language.pick("autres", "more"), language);
            language.pick(format!("chez nous et {others}"), format!("ours and {others}"))
        }
        (false, number) => {
            count(number, language.pick("source", "source"), language.pick("sources", "sources"), language)
        }
    };
    Entry {
        label: story
            .objective
            .as_ref()
            .filter(|_| before.is_none_or(|before| before.objective != story.objective))
            .map(|objective| set(objective, language)),
        text: set(&shorten(&story.title, TITLE), story.language),
        text_lang: story.language.code(),
        link: story.link.clone(),
        note: Some(told),
    }
}

fn second_life(again: &Again, language: Language) -> Entry {
    let posts = count(again.posts, language.pick("post", "post"), language.pick("posts", "posts"), language);
    let note = match again.last {
        None => language.pick("jamais proposé".to_owned(), "never suggested".to_owned()),
        Some(last) => language.pick(
            format!("proposé la semaine du {}, {posts}", day(last, language)),
            format!("suggested in the week of {}, {posts}", day(last, language)),
        ),
    };
    Entry {
        label: None,
        text: set(&shorten(&again.title, TITLE), language),
        text_lang: language.code(),
        link: None,
        note: Some(note),
    }
}

/// Days on which something is proposed, or the five of the week.
fn days(facts: &Facts) -> Vec<Date> {
    let mut days: Vec<Date> = facts.proposals.iter().map(|one| one.slot.date).collect();
    days.sort_unstable();
    days.dedup();
    days
}

fn short_day(date: Date, language: Language) -> String {
    let slot = short_slot(Slot { date, half: Half::Am }, language);
    slot.split_whitespace().next().unwrap_or_default().chars().take(3).collect()
}

fn grid(facts: &Facts) -> Section<Line> {
    let language = facts.language;
    let days = days(facts);
    let rows = facts.topics.iter().map(|topic| {
        let cells = days.iter().map(|day| {
            let number = facts.proposals.iter().filter(|one| one.topic == *topic && one.slot.date == *day).count();
            Cell { number, crowded: number >= CROWD }
        });
        Line { topic: set(&shorten(topic, 34), language), cells: cells.collect() }
    });
    let rows: Vec<Line> = rows.filter(|line| line.cells.iter().any(|cell| cell.number > 0)).take(8).collect();
    Section {
        heading: set(language.pick("4. Ce que nous couvrons", "4. What we cover"), language),
        rows,
        empty: set(language.pick("Rien cette semaine.", "Nothing this week."), language),
    }
}

/// Channels with their numbers, topics that nobody speaks of.
fn covered(facts: &Facts) -> Option<String> {
    let language = facts.language;
    if facts.proposals.is_empty() {
        return None;
    }
    let channels: Vec<String> = Channel::ALL
        .into_iter()
        .filter_map(|channel| {
            let number = facts.proposals.iter().filter(|one| one.channel == channel).count();
            (number > 0).then(|| format!("{channel} {number}"))
        })
        .collect();
    let silent: Vec<String> = facts
        .topics
        .iter()
        .filter(|topic| !facts.proposals.iter().any(|one| one.topic == **topic))
        .take(4)
        .map(|topic| in_sentence(topic))
        .collect();
    let channels = list(&channels, language);
    let text = if silent.is_empty() {
        format!("{channels}.")
    } else {
        let silent = list(&silent, language);
        language.pick(format!("{channels}. Personne sur : {silent}."), format!("{channels}. Nobody on: {silent}."))
    };
    Some(set(&text, language))
}

fn attention(facts: &Facts) -> Vec<String> {
    let language = facts.language;
    let mut notes = Vec::new();
    if !facts.troubled.is_empty() {
        let names = list(&facts.troubled.iter().take(4).collect::<Vec<_>>(), language);
        let number = count(
            facts.troubled.len(),
            language.pick("source en panne", "source in trouble"),
            language.pick("sources en panne", "sources in trouble"),
            language,
        );
        notes.push(format!("{number} : {names}."));
    }
    if facts.stuck > 0 {
        let number =
            count(facts.stuck, language.pick("lettre", "letter"), language.pick("lettres", "letters"), language);
        notes.push(language.pick(format!("{number} non remises."), format!("{number} did not leave.")));
    }
    if facts.without > 0 {
        let number =
            count(facts.without, language.pick("personne", "person"), language.pick("personnes", "people"), language);
        notes.push(language.pick(
            format!("{number} sans proposition cette semaine : rien d'assez proche, ou absence."),
            format!("{number} with nothing this week: nothing close enough, or away."),
        ));
    }
    if !facts.orphans.is_empty() {
        let names = list(&facts.orphans.iter().take(3).map(|topic| in_sentence(topic)).collect::<Vec<_>>(), language);
        notes.push(language.pick(format!("Sans porte-parole : {names}."), format!("Without a voice: {names}.")));
    }
    notes.into_iter().map(|note| set(&note, language)).collect()
}
