//! What a file says beside its text: words that stand for pictures, metas, properties, words across its pages. They may say
//! who may read it.

use std::io::Read;

use scraper::{Html, Selector};

use crate::text::html;
use crate::text::xml::{Token, Tokens};

/// Words of one kind that a page says without showing them, and bytes of the longest.
const MOST_UNSEEN: usize = 500;
const LONGEST_UNSEEN: usize = 200;
/// Parts of a DOCX that are looked at.
const MOST_PARTS: usize = 20;
/// Bytes read of one part of a DOCX for its properties.
const MOST_PROPERTIES: u64 = 2 << 20;

/// What a page says without showing it: the words that stand for its pictures, titles of its parts, metas by which
/// programs mark what may be read by whom.
pub(super) fn of_page(page: &str) -> Vec<String> {
    if html::fit(page).is_err() {
        return Vec::new();
    }
    let document = Html::parse_document(page);
    let Ok(selector) = Selector::parse("[alt], [title], meta[name][content], svg text, svg title") else {
        return Vec::new();
    };
    let said = document.select(&selector).take(MOST_UNSEEN).flat_map(|element| {
        let meta =
            element.attr("name").zip(element.attr("content")).map(|(name, content)| format!("{name}: {content}"));
        let drawn = (element.value().name() != "meta").then(|| element.text().collect::<String>());
        let words = [element.attr("alt"), element.attr("title")].into_iter().flatten().map(str::to_owned);
        words.chain(meta).chain(drawn.filter(|text| text.len() <= LONGEST_UNSEEN)).collect::<Vec<_>>()
    });
    said.filter(|text| !text.trim().is_empty() && text.len() <= LONGEST_UNSEEN).collect()
}

/// Words written across the pages of a DOCX, and the properties that programs and people give it (ECMA-376, part 1,
/// § 15.2.12.2; labels of Microsoft Purview are such).
pub(super) fn of_docx(bytes: &[u8]) -> Vec<String> {
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else { return Vec::new() };
    let names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.into_owned())).collect();
    let mut said = Vec::new();
    let wanted = |name: &&String| {
        matches!(name.as_str(), "docProps/custom.xml" | "docProps/core.xml" | "word/document.xml")
            || name.starts_with("word/header") && name.ends_with(".xml")
    };
    for name in names.iter().filter(wanted).take(MOST_PARTS) {
        let Ok(file) = archive.by_name(name) else { continue };
        let mut bytes = Vec::new();
        // What is broken is read as far as it goes.
        let _ = file.take(MOST_PROPERTIES).read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        let mut tokens = Tokens::new(&text);
        let (mut property, mut open) = (String::new(), String::new());
        while let Some(token) = tokens.next() {
            match token {
                Token::Open { name, attributes, .. } => {
                    open = name.to_lowercase();
                    let mut named = |wanted: &str| {
                        let mut found = tokens.attributes(attributes).into_iter();
                        found.find(|(name, _)| *name == wanted).map(|(_, value)| value.into_owned())
                    };
                    if open.ends_with("textpath") {
                        said.extend(named("string"));
                    } else if open.ends_with("property") {
                        property = named("name").unwrap_or_default();
                    }
                }
                Token::Text(value) if !value.trim().is_empty() => {
                    if name == "docProps/custom.xml" {
                        // `MSIP_Label_…_Name`: a label is told by its name.
                        let label = if property.ends_with("_Name") { "Classification" } else { property.as_str() };
                        said.push(format!("{label}: {}", value.trim()));
                    } else if name == "docProps/core.xml"
                        && (open.ends_with("category") || open.ends_with("contentstatus"))
                    {
                        said.push(value.trim().to_owned());
                    }
                }
                _ => {}
            }
        }
    }
    said.retain(|text| text.len() <= LONGEST_UNSEEN);
    said.sort_unstable();
    said.dedup();
    said.truncate(MOST_UNSEEN);
    said
}
