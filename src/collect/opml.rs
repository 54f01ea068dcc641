//! OPML (opml.org, 2.0): lists of sources from other readers, and ours for them. Our own settings travel in attributes
//! of our own, which other readers leave alone.

use crate::domain::{Cadence, FullText, Source, SourceKind};
use crate::text::html;

use super::spaces::Space;
use super::tree::{self, Element};

/// Name of our attributes' vocabulary.
const NAMESPACE: &str = "https://vigie.invalid/opml";

/// A source in a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Its name.
    pub title: String,
    /// Address of its feed.
    pub url: String,
    /// Folder it stands in, outermost first.
    pub folders: Vec<String>,
    /// Our own settings, key and value as in `sources.toml`.
    pub settings: Vec<(String, String)>,
}

/// Reads a list; what is no OPML gives `None`.
pub fn read(text: &str) -> Option<Vec<Outline>> {
    let start = text.find('<')?;
    let document = tree::read(&text[start..], None, |_| false, &mut |_| ()).ok()?;
    let root = document.root.filter(|root| root.is(Space::Core, "opml"))?;
    let mut found = Vec::new();
    walk(root.child(Space::Core, "body")?, &mut Vec::new(), &mut found);
    Some(found)
}

fn walk(parent: &Element, folders: &mut Vec<String>, found: &mut Vec<Outline>) {
    for outline in parent.elements().filter(|element| element.is(Space::Core, "outline")) {
        let title =
            outline.attribute("title").or_else(|| outline.attribute("text")).map(html::title_line).unwrap_or_default();
        match outline.attribute("xmlurl").filter(|url| !url.is_empty()) {
            Some(url) => {
                let own = outline.attributes.iter().filter(|attribute| attribute.space == Space::Other);
                let settings = own.map(|attribute| (attribute.name.clone(), attribute.value.clone())).collect();
                found.push(Outline { title, url: url.to_owned(), folders: folders.clone(), settings });
            }
            None => {
                folders.push(title);
                walk(outline, folders, found);
                folders.pop();
            }
        }
    }
}

/// Writes `sources` as a list named `title`.
pub fn write(title: &str, sources: &[Source]) -> String {
    let escape = |text: &str| html_escape::encode_double_quoted_attribute(text).into_owned();
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<opml version=\"2.0\" xmlns:vigie=\"{NAMESPACE}\">\n  <head><title>{}</title></head>\n  <body>\n",
        html_escape::encode_text(title)
    );
    let folders = |source: &Source| -> Vec<String> {
        source.folder.iter().flat_map(|path| path.split('/')).map(|name| name.trim().to_owned()).collect()
    };
    // Other readers can make nothing of a mailbox, a folder or a token.
    let others = sources.iter().filter(|source| !source.kind.is_inside() && !source.kind.needs_account());
    let mut ordered: Vec<(Vec<String>, &Source)> = others.map(|source| (folders(source), source)).collect();
    // A stable sort: inside a folder the order of the files stays.
    ordered.sort_by(|(one, _), (other, _)| one.cmp(other));
    let mut open: Vec<String> = Vec::new();
    let indent = |depth: usize| "  ".repeat(depth + 2);
    for (path, source) in ordered {
        let shared = open.iter().zip(&path).take_while(|(one, other)| one == other).count();
        while open.len() > shared {
            open.pop();
            out.push_str(&format!("{}</outline>\n", indent(open.len())));
        }
        for name in path.into_iter().skip(shared) {
            out.push_str(&format!("{}<outline text=\"{1}\" title=\"{1}\">\n", indent(open.len()), escape(&name)));
            open.push(name);
        }
        out.push_str(&format!(
            "{0}<outline type=\"rss\" text=\"{1}\" title=\"{1}\" xmlUrl=\"{2}\"",
            indent(open.len()),
            escape(&source.name),
            escape(&source.url)
        ));
        for (key, value) in settings(source) {
            out.push_str(&format!(" vigie:{key}=\"{}\"", escape(&value)));
        }
        out.push_str("/>\n");
    }
    while open.pop().is_some() {
        out.push_str(&format!("{}</outline>\n", indent(open.len())));
    }
    out.push_str("  </body>\n</opml>\n");
    out
}

/// What differs from the defaults, as written in `sources.toml`.
fn settings(source: &Source) -> Vec<(&'static str, String)> {
    let mut list = vec![("id", source.id.clone()), ("confidentiality", source.confidentiality.as_str().to_owned())];
    let mut add = |key, value: Option<String>| list.extend(value.map(|value| (key, value)));
    add("kind", (source.kind != SourceKind::Feed).then(|| source.kind.as_str().to_owned()));
    match &source.cadence {
        Cadence::Adaptive => {}
        Cadence::Every(every) => add("every", Some(format!("{}m", every.as_secs() / 60))),
        Cadence::Cron(pattern) => add("cron", Some(pattern.clone())),
    }
    add(
        "full_text",
        match source.full_text {
            FullText::Auto => None,
            FullText::Never => Some("never".to_owned()),
            FullText::Always => Some("always".to_owned()),
        },
    );
    add("excerpt", (source.excerpt > 0).then(|| source.excerpt.to_string()));
    add("actor", source.actor.clone());
    add("language", source.language.clone());
    add("time_zone", source.time_zone.clone());
    add("trust", ((source.trust - 1.0).abs() > f32::EPSILON).then(|| source.trust.to_string()));
    add("allow_private", source.allow_private.then(|| "true".to_owned()));
    add("enabled", (!source.enabled).then(|| "false".to_owned()));
    for (key, pick) in [
        ("items", &source.picks.items),
        ("title", &source.picks.title),
        ("link", &source.picks.link),
        ("date", &source.picks.date),
        ("text", &source.picks.text),
    ] {
        add(key, pick.clone());
    }
    list
}

/// The key of `sources.toml` that a list may carry under this name.
pub fn setting(name: &str) -> Option<&'static str> {
    const KEYS: [&str; 18] = [
        "items",
        "title",
        "link",
        "date",
        "text",
        "id",
        "confidentiality",
        "kind",
        "every",
        "cron",
        "full_text",
        "excerpt",
        "actor",
        "language",
        "time_zone",
        "trust",
        "allow_private",
        "enabled",
    ];
    KEYS.into_iter().find(|key| *key == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_other_readers_are_read_folders_and_all() {
        let list = read(
            "<?xml version='1.0'?><opml version='1.0'><head/><body><outline text='Métier'><outline text='Énergie &amp; Cie' \
             xmlUrl='https://a.example/rss?x=1&amp;y=2' htmlUrl='https://a.example'/></outline><outline title='B' \
             type='rss' xmlUrl='https://b.example/feed'/></body></opml>",
        )
        .expect("a list");
        assert_eq!(list.len(), 2);
        assert_eq!(list[0].title, "Énergie & Cie");
        assert_eq!(list[0].url, "https://a.example/rss?x=1&y=2");
        assert_eq!(list[0].folders, ["Métier"]);
        assert_eq!(read("<rss/>"), None);
        assert_eq!(read("rien"), None);
    }
}
