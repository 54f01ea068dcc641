//! What a letter says, in the person's language: every string of the templates is made here.
//!
//! Only a [`Shareable`] item can be said anything of.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::{
    Ambassador, Channel, EditionId, EditorialLine, ExclusionScope, Item, ItemId, Language, ReasonKind, Shareable,
    Source, Suggestion, Tagged,
};
use crate::text::typography::{
    capital, count, day, day_and_year, french, in_sentence, list, set, shorten, slot, weekday,
};

mod shortening;
mod view;

pub use view::LetterView;

use shortening::without_persona;
use view::{AngleView, ComingDate, ComingView, Footer, Labelled, Labels, OwnView, SuggestionView};

/// Words of the text part at most, ready texts apart (requirement D10).
pub const LETTER_WORDS: usize = 450;
/// Words read in a minute.
const READING_SPEED: usize = 220;
/// Characters of the title of a date.
const DATE_TITLE: usize = 90;
/// Characters of a subject before it is cut on phones.
const SUBJECT: usize = 64;

/// A suggestion with the item it proposes.
#[derive(Debug, Clone)]
pub struct SuggestedItem<'a> {
    /// The suggestion.
    pub suggestion: &'a Suggestion,
    /// The item: it may leave the house.
    pub item: &'a Shareable<Item>,
    /// What the line made of it.
    pub tags: &'a Tagged,
    /// Its source.
    pub source: Option<&'a Source>,
    /// Names of other sources that tell the same story, and may be named.
    pub also_told_by: Vec<String>,
}

/// Something that the receiver wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnArticle {
    /// Its number.
    pub item: ItemId,
    /// Title.
    pub title: String,
    /// Its language.
    pub language: Language,
    /// Address.
    pub link: String,
    /// Name of the source.
    pub source: String,
}

/// All that a letter is made of.
#[derive(Debug, Clone)]
pub struct Composition<'a> {
    /// For whom.
    pub person: &'a Ambassador,
    /// The week.
    pub edition: EditionId,
    /// Name of the organisation.
    pub organisation: &'a str,
    /// The editorial line, for labels.
    pub line: &'a EditorialLine,
    /// What is suggested, by slot.
    pub suggestions: Vec<SuggestedItem<'a>>,
    /// Since when the person takes part.
    pub since: Option<Timestamp>,
    /// Actions declared this month.
    pub actions: usize,
    /// Weeks in a row with a post, up to the last.
    pub weeks_in_a_row: usize,
    /// Label of a topic they take often without declaring it.
    pub discovered: Option<(&'a str, usize)>,
    /// What they wrote themselves and that is out.
    pub own: Vec<OwnArticle>,
    /// The next dates of the company's pages.
    pub coming: Vec<(Date, String)>,
    /// Day and network of their last post, while answers to it are worth a look.
    pub answer: Option<(Date, Channel)>,
    /// The charter, if there is one, and its address, if it has one.
    pub charter: Option<Option<&'a str>>,
    /// Civil time.
    pub zone: &'a TimeZone,
    /// The day of the letter.
    pub today: Date,
}

/// Says it all.
pub fn compose(composition: &Composition<'_>) -> LetterView {
    let language = composition.person.language;
    let t = |fr: &str, en: &str| language.pick(french(fr), en.to_owned());
    let suggestions: Vec<SuggestionView> = composition
        .suggestions
        .iter()
        .enumerate()
        .map(|(at, suggested)| view(at + 1, suggested, composition))
        .map(|mut one| {
            // One picture of whom it is for is enough.
            if one.n > 1 {
                one.reasons.iter_mut().for_each(|reason| without_persona(&mut reason.text));
            }
            one
        })
        .collect();
    let minutes: usize = composition.suggestions.iter().filter_map(|one| minutes(one.item.get())).sum();
    let first_name = composition.person.first_name();
    let monday = composition.edition.monday().unwrap_or(composition.today);
    let empty = (suggestions.is_empty() && composition.own.is_empty()).then(|| {
        t(
            "Rien cette semaine : aucun article n'était assez proche de ce que vous connaissez pour mériter votre temps. \
             Mieux vaut le silence que le remplissage ; à la semaine prochaine.",
            "Nothing this week: no article was close enough to what you know to deserve your time. Silence beats filler; \
             until next week.",
        )
    });
    LetterView {
        lang: language.code(),
        organisation: composition.organisation.to_owned(),
        week: language.pick(
            format!("Semaine du {}", day_and_year(monday, language)),
            format!("Week of {}", day_and_year(monday, language)),
        ),
        subject: subject(composition),
        preheader: preheader(composition),
        heading: t(&format!("Bonjour {first_name},"), &format!("Hello {first_name},")),
        intro: (!suggestions.is_empty()).then(|| intro(suggestions.len(), minutes, language)),
        empty,
        soft_line: soft_line(composition),
        own: composition.own.first().map(|own| OwnView {
            label: language.pick("Votre article", "Your article"),
            title: set(&own.title, own.language),
            title_lang: own.language.code(),
            link: own.link.clone(),
            text: t(
                &format!("Paru dans {} : qui mieux que vous pour en parler ?", own.source),
                &format!("Out in {}: who better than you to speak of it?", own.source),
            ),
        }),
        coming: (!composition.coming.is_empty()).then(|| ComingView {
            label: language.pick("À venir chez nous", "Coming up here"),
            dates: composition
                .coming
                .iter()
                .map(|(date, title)| ComingDate { day: day(*date, language), text: date_text(title, language) })
                .collect(),
        }),
        answer: composition.answer.map(|(on, channel)| {
            let weekday = weekday(on.weekday(), language);
            t(
                &format!("Votre message de {weekday} sur {channel} : a-t-on commenté ? Pensez à répondre."),
                &format!("Your post of {weekday} on {channel}: any comments? Remember to answer."),
            )
        }),
        hint: composition.discovered.map(|(label, times)| {
            t(
                &format!(
                    "Vous avez partagé {times} articles sur « {label} » en six semaines : faut-il l'ajouter à vos expertises ? \
                     Répondez « oui » à ce message."
                ),
                &format!(
                    "You shared {times} articles on “{label}” in six weeks: shall we add it to your expertise? Just reply \
                     “yes” to this message."
                ),
            )
        }),
        labels: Labels {
            read: t("Lire l'article", "Read the article"),
            why_this: t("Pourquoi cette idée", "Why this idea"),
            excerpt: language.pick("Extrait", "Extract"),
        },
        footer: footer(composition),
        suggestions,
        shortened: 0,
        language,
    }
}

/// Day and network of a suggestion with the reasons for both: the day stands once, whole.
fn place(suggestion: &Suggestion, language: Language) -> String {
    let of = |kind: ReasonKind| suggestion.reasons.iter().find(|reason| reason.kind == kind);
    let day = of(ReasonKind::Day).and_then(|reason| reason.text.split_once(':')).map_or("", |(_, why)| why.trim());
    let channel = of(ReasonKind::Channel).map_or("", |reason| reason.text.as_str());
    let when = slot(suggestion.slot, language);
    let colon = language.pick("\u{a0}:", ":");
    format!("{}{colon} {day} {channel}", capital(&when))
}

/// A date of the company's pages, as letters tell it.
pub fn date_text(title: &str, language: Language) -> String {
    set(&shorten(title, DATE_TITLE), language)
}

/// The last sentence of an angle: its question.
fn question(text: &str) -> String {
    let end = text.char_indices().rfind(|(at, c)| *c == '.' && text[at + 1..].starts_with(' '));
    end.map_or(text, |(at, _)| text[at + 1..].trim_start()).to_owned()
}

fn view(n: usize, suggested: &SuggestedItem<'_>, composition: &Composition<'_>) -> SuggestionView {
    let language = composition.person.language;
    let item = suggested.item.get();
    let suggestion = suggested.suggestion;
    let published = item.published.at.to_zoned(composition.zone.clone()).date();
    let reason = |kind: ReasonKind| suggestion.reasons.iter().find(|reason| reason.kind == kind);
    let labelled = |kind: ReasonKind, french: &'static str, english: &'static str| {
        reason(kind).map(|reason| Labelled { label: language.pick(french, english), text: reason.text.clone() })
    };
    let mut angles = suggestion.angles.iter().enumerate().map(|(place, angle)| AngleView {
        label: if place == 0 {
            language.pick(french("Une piste"), "A way in".to_owned())
        } else {
            language.pick("Une autre", "Another one").to_owned()
        },
        family: family(&angle.family, language),
        text: angle.text.clone(),
        question: question(&angle.text),
    });
    let reasons = [
        labelled(ReasonKind::Topic, "Sujet", "Topic"),
        labelled(ReasonKind::Objective, "Objectif", "Objective"),
        labelled(ReasonKind::Audience, "Pour", "For"),
        labelled(ReasonKind::Channel, "Canal", "Channel"),
        labelled(ReasonKind::Day, "Moment", "When"),
    ];
    let caution = suggested.tags.exclusion(ExclusionScope::Caution).map(|hit| {
        language.pick(
            french(&format!("Sujet sensible ({}) : parlez-en d'abord à la communication", hit.rule)),
            format!("Sensitive subject ({}): talk to communications first", hit.rule),
        )
    });
    let quoted = suggested.source.map_or(0, |source| source.excerpt);
    SuggestionView {
        n,
        title: set(&item.title, item.language),
        title_lang: item.language.code(),
        link: item.link.clone().unwrap_or_default(),
        source: suggested.source.map_or_else(|| item.source.clone(), |source| source.name.clone()),
        date: day(published, language),
        reading: minutes(item).map(|minutes| reading(minutes, language)),
        language_note: match (item.language, language) {
            (Language::English, Language::French) => Some("en anglais"),
            (Language::French, Language::English) => Some("in French"),
            _ => None,
        },
        channel: channel_name(suggestion.channel, language),
        when: slot(suggestion.slot, language),
        place: place(suggestion, language),
        easy: suggestion.easy,
        easy_label: suggestion.easy.then(|| {
            language.pick(french("La plus facile : un commentaire suffit"), "The easiest: a comment is enough".into())
        }),
        caution,
        you: labelled(ReasonKind::You, "Pourquoi vous", "Why you")
            .unwrap_or(Labelled { label: "", text: String::new() }),
        reasons: reasons.into_iter().flatten().collect(),
        angle: angles.next(),
        other_angles: angles.collect(),
        ready: suggestion.ready.as_ref().map(|text| Labelled {
            label: language.pick("Faute de temps\u{a0}: à personnaliser", "Short of time: make it yours"),
            text: text.clone(),
        }),
        excerpt: (quoted > 0 && !item.text.is_empty())
            .then(|| set(&shorten(&item.text.replace("\n\n", " "), quoted), item.language)),
        also: (!suggested.also_told_by.is_empty()).then(|| {
            let names = list(&suggested.also_told_by, language);
            language.pick(format!("Aussi raconté par {names}"), format!("Also told by {names}"))
        }),
    }
}

fn channel_name(channel: Channel, language: Language) -> String {
    match channel {
        Channel::Internal => language.pick("Réseau interne", "Internal network").to_owned(),
        other => other.to_string(),
    }
}

/// Minutes it takes to read, when the whole text is known.
fn minutes(item: &Item) -> Option<usize> {
    item.full.then(|| item.words().div_ceil(READING_SPEED).max(1))
}

fn reading(minutes: usize, language: Language) -> String {
    match language {
        Language::English => format!("{minutes}\u{a0}min read"),
        _ => format!("{minutes}\u{a0}min de lecture"),
    }
}

fn intro(number: usize, minutes: usize, language: Language) -> String {
    let ideas = count(number, language.pick("idée", "idea"), language.pick("idées", "ideas"), language);
    let long = match (minutes, language) {
        (0, Language::English) => format!("{ideas} this week."),
        (0, _) => format!("{ideas} cette semaine."),
        (_, Language::English) => {
            let minutes = count(minutes, "minute", "minutes", language);
            format!("{ideas} this week, about {minutes} of reading.")
        }
        (_, _) => {
            let minutes = count(minutes, "minute", "minutes", language);
            format!("{ideas} cette semaine, environ {minutes} de lecture.")
        }
    };
    let free = match (number, language) {
        (1, Language::English) => "It can wait.",
        (1, _) => "Elle peut attendre.",
        (_, Language::English) => "Choose the one that speaks to you.",
        _ => "Choisissez celle qui vous parle.",
    };
    language.pick(french(&format!("{long} {free}")), format!("{long} {free}"))
}

/// `3 idées pour vous : copropriétés, confort d'été`, as many topics as fit.
fn subject(composition: &Composition<'_>) -> String {
    let language = composition.person.language;
    let number = composition.suggestions.len();
    if number == 0 && !composition.own.is_empty() {
        return language.pick("Votre article est paru", "Your article is out").to_owned();
    }
    if number == 0 {
        return language.pick("Rien cette semaine", "Nothing this week").to_owned();
    }
    let ideas = count(number, language.pick("idée", "idea"), language.pick("idées", "ideas"), language);
    let mut text = language.pick(format!("{ideas} pour vous"), format!("{ideas} for you"));
    let mut labels: Vec<String> = Vec::new();
    for suggested in &composition.suggestions {
        let topic = composition.line.topic(&suggested.suggestion.topic);
        let label = in_sentence(topic.map_or(suggested.suggestion.topic.as_str(), |topic| topic.label_in(language)));
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    let colon = language.pick("\u{a0}: ", ": ");
    for (at, label) in labels.iter().enumerate() {
        let glue = if at == 0 { colon } else { ", " };
        if text.chars().count() + glue.len() + label.chars().count() > SUBJECT {
            break;
        }
        text = format!("{text}{glue}{label}");
    }
    text
}

fn preheader(composition: &Composition<'_>) -> String {
    let titles = composition.suggestions.iter().map(|one| set(&one.item.get().title, one.item.get().language));
    let titles: Vec<String> = titles.collect();
    shorten(&titles.join(" · "), 140)
}

/// A mark for the person, never a reminder: what they did this month of what they wished for, and weeks in a row.
fn soft_line(composition: &Composition<'_>) -> Option<String> {
    let language = composition.person.language;
    let (actions, weeks) = (composition.actions, composition.weeks_in_a_row);
    let month = composition.person.actions_per_month.map(|target| {
        language.pick(
            format!("Votre repère du mois : {actions} sur {target}, sans rappel ni pénalité."),
            format!("Your own mark this month: {actions} of {target}, no reminder, no penalty."),
        )
    });
    let row = (weeks >= 2).then(|| {
        language.pick(
            format!("{weeks} semaines de suite que l'on vous lit : merci !"),
            format!("{weeks} weeks in a row that people read you: thank you!"),
        )
    });
    let said: Vec<String> = [month, row].into_iter().flatten().collect();
    let text = said.join(" ");
    (!text.is_empty()).then(|| language.pick(french(&text), text))
}

fn footer(composition: &Composition<'_>) -> Footer {
    let language = composition.person.language;
    let organisation = composition.organisation;
    let t = |fr: &str, en: &str| language.pick(french(fr), en.to_owned());
    let since = composition.since.map(|at| day_and_year(at.to_zoned(composition.zone.clone()).date(), language));
    let since_fr = since.as_ref().map(|date| format!(" (depuis le {date})")).unwrap_or_default();
    let since_en = since.map(|date| format!(" (since {date})")).unwrap_or_default();
    Footer {
        sender: t(
            &format!("{organisation} vous écrit : vous êtes volontaire{since_fr}."),
            &format!("{organisation} writes to you: you volunteered{since_en}."),
        ),
        stop: t(
            "Une pause, moins de lettres, plus du tout : répondez à ce message.",
            "A pause, fewer letters, none at all: reply to this message.",
        ),
        free: t(
            "Rien n'est publié à votre place, personne ne vous relit, rien ne vous oblige.",
            "Nothing is published for you, nobody proofreads you, nothing is an obligation.",
        ),
        tracking: t(
            "Aucun pixel de suivi, aucune image distante, aucun lien espion.",
            "No tracking pixel, no remote image, no tracking link.",
        ),
        charter_link: composition.charter.flatten().map(str::to_owned),
        charter: composition.charter.map(|_| t("La charte de bonnes pratiques", "The charter of good practice")),
    }
}

/// Names of angle families.
fn family(id: &str, language: Language) -> &'static str {
    match id {
        "field" => language.pick("un vécu", "something lived"),
        "figure" => language.pick("un chiffre en contexte", "a figure in context"),
        "peers" => language.pick("une question à vos pairs", "a question to peers"),
        "client" => language.pick("du côté de votre public", "on your audience’s side"),
        "doubt" => language.pick("un doute utile", "a useful doubt"),
        "change" => language.pick("ce qui change pour vous", "what changes for you"),
        "then_now" => language.pick("hier et aujourd’hui", "then and now"),
        "colleague" => language.pick("un coup de chapeau", "credit to somebody"),
        "newcomer" => language.pick("pour qui débute", "for newcomers"),
        "behind" => language.pick("les coulisses", "behind the scenes"),
        "house" => language.pick("proposée par la communication", "from the comms team"),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::super::render::Templates;
    use super::*;

    #[test]
    fn a_suggestion_without_a_way_in_keeps_its_ready_text_in_both_parts() {
        let mut view = LetterView::sample();
        view.suggestions.truncate(1);
        for suggestion in &mut view.suggestions {
            (suggestion.angle, suggestion.other_angles) = (None, Vec::new());
            suggestion.ready = Some(Labelled { label: "À personnaliser", text: "Le texte court".to_owned() });
        }
        let rendered = Templates::load(None).and_then(|templates| templates.render(&view)).expect("a letter");
        for part in [&rendered.html, &rendered.text] {
            assert!(part.contains("Le texte court") && part.contains("À personnaliser"), "{part}");
        }
        assert!(!rendered.html.contains("class=\"angle\""), "an empty box");
    }
}
