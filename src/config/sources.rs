//! `sources.toml` and `sources.d/*.toml`.

use std::path::Path;
use std::time::Duration;

use crate::domain::{Cadence, Confidentiality, FullText, Picks, Source, SourceKind};

use super::files::{Files, Named};
use super::line::{narrow, reference};
use super::reader::Table;
use super::schedule::Crontab;
use super::{sheets, values};

/// Least time between two polls: below, it is pestering.
const SHORTEST: Duration = Duration::from_secs(60);

const KINDS: [(&str, SourceKind); 4] = [
    ("feed", SourceKind::Feed),
    ("page", SourceKind::Page),
    ("sitemap", SourceKind::Sitemap),
    ("json", SourceKind::Json),
];

/// Reads every source.
pub(super) fn read(files: &mut Files, dir: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    for mut sheet in sheets(files, dir, "sources") {
        for table in sheet.tables(files, "source") {
            sources.extend(source(files, table));
        }
        sheet.finish(files);
    }
    sources
}

fn source(files: &mut Files, mut table: Table) -> Option<Source> {
    let id = table.required_text(files, "id", "\"batiactu\"");
    if let Some(id) = &id {
        files.define(Named::Source, id);
    }
    let name = table.text(files, "name");
    let kind = table.word(files, "kind", &KINDS);
    let url = table.required_text(files, "url", "\"https://example.org/rss\"");
    let url = url.and_then(|at| values::web_address(files, &at));
    let classes = [
        ("public", Confidentiality::Public),
        ("shareable", Confidentiality::Shareable),
        ("internal", Confidentiality::Internal),
    ];
    let class = table.word(files, "confidentiality", &classes);
    let cadence = cadence(files, &mut table);
    let picks = picks(files, &mut table, kind.as_ref().map(|at| at.value));
    let texts = [("never", FullText::Never), ("auto", FullText::Auto), ("always", FullText::Always)];
    let full_text = table.word(files, "full_text", &texts);
    let excerpt = table.integer(files, "excerpt", 0..=2_000);
    let allow_private = table.boolean(files, "allow_private");
    let actor = table.text(files, "actor");
    let actor = reference(files, Named::Actor, actor);
    let language = table.text(files, "language");
    let zone = table.text(files, "time_zone");
    let time_zone = zone.and_then(|at| values::time_zone(files, &at).map(|_| at.value));
    let trust = table.number(files, "trust", 0.0..=2.0).unwrap_or(1.0);
    let enabled = table.boolean(files, "enabled");
    let folder = table.text(files, "folder").map(|at| at.value);
    table.finish(files);
    let id = id?.value;
    Some(Source {
        name: name.map_or_else(|| id.clone(), |at| at.value),
        id,
        kind: kind.map_or(SourceKind::Feed, |at| at.value),
        picks,
        url: url?.to_string(),
        classed: class.is_some(),
        confidentiality: class.map(|at| at.value).unwrap_or_default(),
        cadence,
        full_text: full_text.map(|at| at.value).unwrap_or_default(),
        excerpt: excerpt.map_or(0, |at| usize::try_from(at.value).unwrap_or_default()),
        allow_private: allow_private.unwrap_or(false),
        actor,
        language: language.map(|at| at.value),
        time_zone,
        trust: narrow(trust),
        enabled: enabled.unwrap_or(true),
        folder,
    })
}

/// Selectors (kind = "page") or pointers (kind = "json"), each tried before it is believed.
fn picks(files: &mut Files, table: &mut Table, kind: Option<SourceKind>) -> Picks {
    let mut one = |key: &'static str| -> Option<String> {
        let at = table.text(files, key)?;
        let refused = match kind {
            Some(SourceKind::Page) => scraper::Selector::parse(&at.value).is_err().then_some("this is no CSS selector"),
            Some(SourceKind::Json) => {
                (!at.value.is_empty() && !at.value.starts_with('/')).then_some("a JSON pointer begins with /")
            }
            _ => Some("only kind = \"page\" and kind = \"json\" have it"),
        };
        match refused {
            Some(why) => {
                files.error(&at.place, format!("{key}: {why}"), "for a page: items = \"article\", link = \"h2 a\"");
                None
            }
            None => Some(at.value),
        }
    };
    Picks { items: one("items"), title: one("title"), link: one("link"), date: one("date"), text: one("text") }
}

fn cadence(files: &mut Files, table: &mut Table) -> Cadence {
    if table.has("every") && table.has("cron") {
        files.error(&table.place, "both “every” and “cron” say when to ask", "keep one of the two");
    }
    let every = table.text(files, "every").and_then(|at| values::duration(files, at, SHORTEST));
    let cron = table.text(files, "cron").and_then(|at| match Crontab::parse(&at.value) {
        Ok(_) => Some(at.value),
        Err(why) => {
            files.error(&at.place, format!("this pattern is refused: {why}"), "most sources need only every = \"1h\"");
            None
        }
    });
    match (every, cron) {
        (_, Some(pattern)) => Cadence::Cron(pattern),
        (Some(every), None) => Cadence::Every(every),
        (None, None) => Cadence::Adaptive,
    }
}
