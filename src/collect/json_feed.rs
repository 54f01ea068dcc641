//! JSON Feed 1 and 1.1 (jsonfeed.org), read loosely: numbers for ids, one author or several, no version, no title.

use serde_json::{Map, Value};
use url::Url;

use super::dialect::person;
use super::draft::{Draft, FeedDraft};
use super::feed::FeedError;
use crate::text::html;

/// Reads a JSON document as a feed.
pub(super) fn read(text: &str, base: Option<&Url>) -> Result<(FeedDraft, Vec<Draft>, Vec<String>), FeedError> {
    let mut repairs = Vec::new();
    let document: Value = match serde_json::from_str(text) {
        Ok(document) => document,
        // Line ends inside strings are the usual fault; outside of them a space means the same.
        Err(error) => {
            repairs.push("JSON with line ends or tabs inside its texts".to_owned());
            let mended: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            serde_json::from_str(mended.trim()).map_err(|_| FeedError::Malformed(error.to_string()))?
        }
    };
    let Value::Object(feed) = document else { return Err(FeedError::Other("JSON, but no JSON Feed")) };
    let version = string(&feed, &["version"]).unwrap_or_default();
    let Some(items) = feed.get("items").and_then(Value::as_array) else {
        return Err(FeedError::Other("JSON, but no JSON Feed (it has no list named items)"));
    };
    if !version.contains("jsonfeed.org/version/") {
        repairs.push("JSON Feed without its version".to_owned());
    }
    let drafts: Vec<Draft> = items.iter().filter_map(Value::as_object).map(|item| draft(item, base)).collect();
    if drafts.len() < items.len() {
        repairs.push(format!("{} items that are no objects, left out", items.len() - drafts.len()));
    }
    let hubs = feed.get("hubs").and_then(Value::as_array).into_iter().flatten();
    let hub = hubs.filter_map(Value::as_object).find_map(|hub| string(hub, &["url"]));
    let feed = FeedDraft {
        id: string(&feed, &["feed_url"]),
        title: string(&feed, &["title"]).map(|title| html::one_line(&title)).unwrap_or_default(),
        link: address(&feed, &["home_page_url"], base),
        description: string(&feed, &["description"]).map(|text| html_escape::encode_text(&text).into_owned()),
        language: string(&feed, &["language"]),
        authors: authors(&feed),
        hub,
        ..FeedDraft::default()
    };
    Ok((feed, drafts, repairs))
}

fn draft(item: &Map<String, Value>, base: Option<&Url>) -> Draft {
    let text = string(item, &["content_text"]).map(|text| html_escape::encode_text(&text).into_owned());
    let content = string(item, &["content_html"]).or(text);
    let enclosures = list(item, "attachments").filter_map(|file| address(file.as_object()?, &["url"], base)).collect();
    Draft {
        guid: string(item, &["id"]),
        link: address(item, &["url", "external_url"], base),
        title: string(item, &["title"]).map(|title| html::title_line(&title)).unwrap_or_default(),
        authors: authors(item),
        categories: list(item, "tags").filter_map(scalar).map(|tag| html::one_line(&tag)).collect(),
        published: string(item, &["date_published"]).into_iter().collect(),
        updated: string(item, &["date_modified"]).into_iter().collect(),
        summary: string(item, &["summary"]).map(|text| html_escape::encode_text(&text).into_owned()),
        content,
        language: string(item, &["language"]),
        enclosures,
        base: base.cloned(),
    }
}

fn list<'a>(object: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a Value> {
    object.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn string(object: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| scalar(object.get(*name)?))
}

fn address(object: &Map<String, Value>, names: &[&str], base: Option<&Url>) -> Option<String> {
    names.iter().find_map(|name| {
        let typed = scalar(object.get(*name)?)?;
        let url = match base {
            Some(base) => base.join(&typed).ok()?,
            None => Url::parse(&typed).ok()?,
        };
        matches!(url.scheme(), "http" | "https").then(|| url.to_string())
    })
}

/// `authors`, the older `author`, each an object or a plain name.
fn authors(object: &Map<String, Value>) -> Vec<String> {
    let one = object.get("author").into_iter();
    let several = object.get("authors").into_iter().flat_map(|value| match value {
        Value::Array(list) => list.iter().collect(),
        other => vec![other],
    });
    let name = |value: &Value| match value {
        Value::Object(author) => string(author, &["name"]).and_then(|name| person(&name)),
        other => scalar(other).and_then(|name| person(&name)),
    };
    several.chain(one).filter_map(name).collect()
}
