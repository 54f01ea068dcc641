//! The front matter of a document: what its file says of the text, and of who may read it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::domain::Hold;
use crate::text::tokens::fold;
use crate::text::{embargo, html};

/// Largest front matter, in bytes.
const MAX_FRONT: usize = 64 << 10;
/// Lines at the head of a text that are looked at for fields where no fence, or half a one, stands around them.
const HEAD: usize = 40;
/// Depth to which fields are looked at.
const DEEP: usize = 4;

/// Fields that say who may read a text: what nobody understands may mean anything.
const CLASSES: [&str; 13] = [
    "confidentiality",
    "confidentialite",
    "niveau_de_confidentialite",
    "classification",
    "niveau_de_classification",
    "sensitivity",
    "sensibilite",
    "diffusion",
    "niveau_de_diffusion",
    "visibility",
    "visibilite",
    "tlp",
    "security",
];
/// Values of such fields that let everybody read it.
const OPEN: [&str; 16] = [
    "public",
    "publique",
    "shareable",
    "partageable",
    "external",
    "externe",
    "open",
    "ouvert",
    "ouverte",
    "tous",
    "toutes",
    "tout public",
    "grand public",
    "everyone",
    "clear",
    "white",
];
/// Fields that hold it where they say yes.
const CLOSED: [&str; 13] = [
    "nda",
    "unpublished",
    "confidential",
    "confidentiel",
    "draft",
    "brouillon",
    "internal",
    "interne",
    "private",
    "prive",
    "restricted",
    "restreint",
    "secret",
];
/// Fields that hold it where they say no.
const RELEASED: [&str; 6] = ["published", "publish", "publie", "public", "shareable", "partageable"];
/// Tags that are markings.
const MARKED: [&str; 6] =
    ["confidentiel", "confidential", "restricted", "diffusion restreinte", "ne pas diffuser", "do not distribute"];

/// The field that holds ways into a text.
const ANGLES: &str = "angles";

/// The fields of a front matter, names in small letters without accents.
#[derive(Debug, Default)]
pub(super) struct FrontMatter {
    fields: Map<String, Value>,
    /// Every field wherever it stands, said twice or deep inside another: of two that differ the stricter counts.
    said: Vec<(String, Value)>,
    unreadable: bool,
}

impl FrontMatter {
    /// Reads YAML, TOML or JSON; what is none of them, line by line, for its plain fields.
    pub fn read(front: &str) -> Self {
        if front.len() > MAX_FRONT {
            return FrontMatter { unreadable: true, ..FrontMatter::default() };
        }
        let options = serde_saphyr::options! { budget: serde_saphyr::budget! { max_aliases: 0, max_events: 10_000 } };
        let read = |text: &str| {
            serde_saphyr::from_str_with_options::<Value>(text, options.clone()).ok().filter(Value::is_object)
        };
        let yaml = read(front).or_else(|| read(&with_quotes(front)));
        let toml = || toml::from_str::<toml::Table>(front).ok().and_then(|table| serde_json::to_value(table).ok());
        let mut said = lines(front);
        if let Some(Value::Object(fields)) = yaml.or_else(toml) {
            flatten(&fields, DEEP, &mut said);
            let fields = fields.into_iter().map(|(name, value)| (plain(&name), value)).collect();
            return FrontMatter { fields, said, unreadable: false };
        }
        let mut fields = Map::new();
        for (name, value) in &said {
            fields.entry(name.clone()).or_insert_with(|| value.clone());
        }
        let unreadable = fields.is_empty() && !front.trim().is_empty();
        FrontMatter { fields, said, unreadable }
    }

    /// What a text says of who may read it where the fence around its front matter is not whole, or stands elsewhere than
    /// at the very beginning. Its other fields are words of the text.
    pub fn without_fence(text: &str) -> Self {
        let begins = text.trim_start();
        let meant = ["---", "+++", "{", "<!--"].iter().any(|mark| begins.starts_with(mark));
        let head = begins.lines().take(HEAD).collect::<Vec<_>>().join("\n");
        let said = if meant { lines(&head) } else { Vec::new() };
        FrontMatter { said, ..FrontMatter::default() }
    }

    /// The text of the first of some fields.
    pub fn text(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| as_text(self.fields.get(*name)?))
    }

    /// The list of the first of some fields; one word where a list is meant.
    pub fn list(&self, names: &[&str]) -> Vec<String> {
        names.iter().find_map(|name| self.fields.get(*name)).map(as_list).unwrap_or_default()
    }

    /// True where one of some fields says yes.
    pub fn says(&self, names: &[&str]) -> bool {
        names.iter().find_map(|name| self.fields.get(*name)).is_some_and(yes)
    }

    /// Angles: a list for all channels, or one for each channel.
    pub fn angles(&self) -> Vec<(Option<String>, String)> {
        angles(self.fields.get(ANGLES))
    }

    /// What it says that holds the text back. `sent` is the date of the text.
    pub fn held(&self, sent: Timestamp, zone: &TimeZone) -> Option<Hold> {
        let unreadable =
            self.unreadable.then(|| Hold { why: "its front matter cannot be read".to_owned(), until: None });
        self.said.iter().map(|(name, value)| judge(name, value, sent, zone)).fold(unreadable, Hold::both)
    }
}

fn judge(name: &str, value: &Value, sent: Timestamp, zone: &TimeZone) -> Option<Hold> {
    if value.is_null() {
        return None;
    }
    let text = as_text(value);
    let shown = text.clone().unwrap_or_else(|| "…".to_owned());
    let held = || Some(Hold { why: format!("“{name}: {shown}” in its front matter"), until: None });
    let word = fold(&shown);
    let later =
        ["publishdate", "publish_date", "release_date", "date_publication", "date_de_publication", "not_before"];
    if name.contains("embargo") || later.contains(&name) {
        if matches!(word.as_str(), "false" | "no" | "non" | "aucun" | "none" | "null" | "~") {
            return None;
        }
        // A day that has passed needs nobody's leave, where it had not when the text was written.
        let until = embargo::end(&format!("embargo {word}"), sent.min(Timestamp::UNIX_EPOCH), zone);
        let until = until.filter(|until| sent < Timestamp::UNIX_EPOCH || *until > sent);
        let until = until.or_else(|| embargo::end(&format!("embargo {word}"), sent, zone));
        return Some(Hold { why: "“embargo” in its front matter".to_owned(), until });
    }
    if CLASSES.contains(&name) {
        return if OPEN.contains(&word.as_str()) { None } else { held() };
    }
    let drafts = ["draft", "brouillon", "a valider", "en attente", "in review", "review"];
    let draft = matches!(name, "status" | "statut" | "state" | "etat") && drafts.contains(&word.as_str());
    let inner =
        matches!(name, "access" | "acces" | "scope" | "audience") && ["internal", "interne"].contains(&word.as_str());
    let marked = matches!(name, "tags" | "keywords" | "mots_cles" | "categories")
        && as_list(value).iter().any(|tag| MARKED.contains(&fold(tag).as_str()));
    let no = matches!(value, Value::Bool(false)) || matches!(word.as_str(), "no" | "non" | "false");
    if draft || marked || inner || CLOSED.contains(&name) && yes(value) || RELEASED.contains(&name) && no {
        held()
    } else {
        None
    }
}

fn plain(name: &str) -> String {
    fold(name.trim().trim_matches(['"', '\''])).replace(['-', ' '], "_")
}

/// Plain fields, line by line. What stands below `angles` are names of channels.
fn lines(front: &str) -> Vec<(String, Value)> {
    let mut fields = Vec::new();
    let mut below = false;
    for line in front.lines() {
        if line.trim_start().starts_with('[') && line.trim_end().ends_with(']') {
            below = plain(line.trim().trim_matches(['[', ']'])) == ANGLES;
            continue;
        }
        let Some((name, value)) = line.split_once([':', '=']) else { continue };
        let name = plain(name.trim_start_matches(['<', '!', '-', ' ', '{', '\t']));
        let inner = line.starts_with([' ', '\t', '-']);
        if below && inner {
            continue;
        }
        // In TOML a table goes on until the next one.
        below = name == ANGLES && value.trim().is_empty() || below && line.contains('=') && !line.contains(':');
        // A comment is none of the value; what is empty says nothing.
        let value = value.split(" #").next().unwrap_or_default().trim();
        if !below
            && name != ANGLES
            && !value.is_empty()
            && !name.is_empty()
            && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        {
            fields.push((name, Value::from(value.trim_end_matches(',').trim_matches(['"', '\'']))));
        }
    }
    fields
}

fn flatten(fields: &Map<String, Value>, deep: usize, said: &mut Vec<(String, Value)>) {
    for (name, value) in fields.iter().filter(|(name, _)| plain(name) != ANGLES) {
        if let Some(inner) = value.as_object().filter(|_| deep > 0) {
            flatten(inner, deep - 1, said);
        } else {
            said.push((plain(name), value.clone()));
        }
    }
}

fn yes(value: &Value) -> bool {
    match value {
        Value::Bool(yes) => *yes,
        other => as_text(other).is_some_and(|word| !matches!(fold(&word).as_str(), "no" | "non" | "false" | "0" | "")),
    }
}

/// The front matter, YAML between `---` or TOML between `+++` at the very beginning, and the rest.
pub(super) fn front_matter(text: &str) -> (Option<&str>, &str) {
    let fence =
        ["---", "+++"].into_iter().find(|fence| text.lines().next().is_some_and(|first| first.trim_end() == *fence));
    let Some(fence) = fence else { return (None, text) };
    let start = text.find('\n').map_or(text.len(), |at| at + 1);
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if matches!(line.trim_end(), end if end == fence || (fence == "---" && end == "...")) {
            return (Some(&text[start..at]), &text[at + line.len()..]);
        }
        at += line.len();
    }
    (None, text)
}

/// YAML in which values that hold a colon, as French titles do, stand between quotation marks.
fn with_quotes(front: &str) -> String {
    let quote = |line: &str| {
        let indent = line.len() - line.trim_start().len();
        let (lead, rest) = line.split_at(indent);
        let (bullet, rest) = rest.strip_prefix("- ").map_or(("", rest), |rest| ("- ", rest));
        let key = rest.split_once(": ").filter(|(key, _)| !key.is_empty() && !key.contains([' ', '"', '\'']));
        let (key, value) = key.map_or((String::new(), rest), |(key, value)| (format!("{key}: "), value.trim()));
        let plain = !value.starts_with(['"', '\'', '[', '{', '|', '>', '&', '*', '!', '#']);
        if plain && value.contains(": ") && !(key.is_empty() && bullet.is_empty()) {
            format!("{lead}{bullet}{key}\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
        } else {
            line.to_owned()
        }
    };
    front.lines().map(quote).collect::<Vec<_>>().join("\n")
}

fn as_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(word) => word.to_string(),
        _ => return None,
    };
    Some(html::one_line(&text)).filter(|text| !text.is_empty())
}

/// A list, or one word where a list is meant.
fn as_list(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().filter_map(as_text).collect(),
        other => as_text(other).into_iter().collect(),
    }
}

/// Angles: a list for all channels, or one for each channel.
fn angles(value: Option<&Value>) -> Vec<(Option<String>, String)> {
    match value {
        Some(Value::Object(channels)) => channels
            .iter()
            .flat_map(|(channel, texts)| as_list(texts).into_iter().map(move |text| (Some(channel.clone()), text)))
            .collect(),
        Some(other) => as_list(other).into_iter().map(|text| (None, text)).collect(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(text: &str) -> Option<Hold> {
        let sent: Timestamp = "2026-11-20T08:00:00Z".parse().expect("an instant");
        let (front, _) = front_matter(text);
        let front = front.map_or_else(|| FrontMatter::without_fence(text), FrontMatter::read);
        front.held(sent, &TimeZone::get("Europe/Paris").expect("the zone"))
    }

    #[test]
    fn what_a_file_says_of_its_readers_is_heard_wherever_it_says_it() {
        for front in [
            "confidentiality: public\nconfidentiality: internal",
            "confidentiality: internal\nconfidentiality: public",
            "diffusion: restreinte",
            "sensitivity: restricted",
            "visibility: private",
            "tlp: red",
            "embargo_until: 2026-12-01",
            "embargo: 2026-12-01T08:00",
            "embargo: 12/05/2026",
            "published: false",
            "tags: [confidentiel]",
            "meta:\n  confidentiality: internal",
            "draft: true",
        ] {
            assert!(held(&format!("---\n{front}\n---\n\nTexte")).is_some(), "{front}");
        }
        for text in [
            "---\nconfidentiality: internal\n\nTexte",
            "\n---\nconfidentiality: internal\n---\n\nTexte",
            "<!-- note -->\n---\nconfidentiality: internal\n---\n\nTexte",
            "----\nconfidentiality: internal\n----\n\nTexte",
            "{\n  \"confidentiality\": \"internal\",\n  \"title\": \"Un\"\n}\n\nTexte",
            "+++\nconfidentiality = \"internal\"\n+++\n\nTexte",
            "+++\nangles = [\"Un\"]\nconfidentiality = \"internal\"\nbroken\n+++\n\nTexte",
        ] {
            assert!(held(text).is_some(), "{text}");
        }
        for front in [
            "confidentiality: public",
            "visibility: public",
            "embargo: false",
            "embargo: aucun",
            "published: 2026-11-01",
            "draft: false # pas encore",
            "confidentiality: public # relu",
            "tlp:",
            "tags: [interne]",
            "angles:\n  internal: Parlez-en à vos équipes",
        ] {
            assert_eq!(held(&format!("---\n{front}\n---\n\nTexte")), None, "{front}");
        }
        assert_eq!(held("+++\nevergreen = true\n[angles]\ninternal = \"Parlez-en\"\n+++\n\nTexte"), None);
        assert_eq!(held("Texte\n\nclassification: interne"), None);
    }

    #[test]
    fn an_embargo_of_the_front_matter_is_read_as_one_of_the_text() {
        let until = |front: &str| {
            held(&format!("---\n{front}\n---\n\nTexte")).and_then(|hold| hold.until).map(|at| at.to_string())
        };
        assert_eq!(until("embargo: 2026-12-01 08:00").as_deref(), Some("2026-12-01T07:00:00Z"));
        assert_eq!(until("embargo: 2026-12-01").as_deref(), Some("2026-12-01T23:00:00Z"));
        assert_eq!(until("embargo: 12/05/2026").as_deref(), Some("2026-12-05T23:00:00Z"));
        assert_eq!(until("embargo: 12 mai 2026"), None, "it was over before the text was written");
        assert_eq!(until("embargo: bientôt"), None);
    }
}
