//! Tables whose rows hold the titles of several stories, then their texts, then their ways on: the eye reads them column by
//! column.

use ego_tree::NodeRef;
use scraper::{ElementRef, Node};

/// Columns and rows of such a table.
const COLUMNS: std::ops::RangeInclusive<usize> = 2..=4;
const ROWS: std::ops::RangeInclusive<usize> = 2..=6;

/// What all cells of a row hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Empty,
    Picture,
    Title,
    Link,
    Text,
}

/// The cells of a table in the order of its columns, where it is one that is read so.
pub(super) fn of(table: NodeRef<'_, Node>) -> Option<Vec<NodeRef<'_, Node>>> {
    let rows: Vec<Vec<ElementRef<'_>>> = rows(table).iter().map(|row| cells(row)).collect();
    let width = rows.first()?.len();
    let even = rows.iter().all(|row| row.len() == width);
    if !even || !COLUMNS.contains(&width) || !ROWS.contains(&rows.len()) {
        return None;
    }
    let kinds: Option<Vec<Kind>> = rows.iter().map(|row| kind_of_all(row)).collect();
    let kinds: Vec<Kind> = kinds?.into_iter().filter(|kind| *kind != Kind::Empty).collect();
    let leads = kinds.iter().any(|kind| matches!(kind, Kind::Link));
    let titled = kinds.iter().find(|kind| **kind != Kind::Picture).is_some_and(|kind| *kind != Kind::Text);
    let several = kinds.windows(2).any(|pair| pair[0] != pair[1]);
    (leads && titled && several)
        .then(|| (0..width).flat_map(|column| rows.iter().map(move |row| *row[column])).collect())
}

fn rows(table: NodeRef<'_, Node>) -> Vec<ElementRef<'_>> {
    let mut rows = Vec::new();
    for child in table.children().filter_map(ElementRef::wrap) {
        match child.value().name() {
            "tr" => rows.push(child),
            "tbody" | "thead" => {
                rows.extend(child.children().filter_map(ElementRef::wrap).filter(|row| row.value().name() == "tr"));
            }
            _ => {}
        }
    }
    rows
}

fn cells<'a>(row: &ElementRef<'a>) -> Vec<ElementRef<'a>> {
    row.children().filter_map(ElementRef::wrap).filter(|cell| matches!(cell.value().name(), "td" | "th")).collect()
}

/// What the cells of a row hold, where all of them hold the same.
fn kind_of_all(row: &[ElementRef<'_>]) -> Option<Kind> {
    let mut told = None;
    for cell in row {
        let kind = kind(cell)?;
        if kind != Kind::Empty && *told.get_or_insert(kind) != kind {
            return None;
        }
    }
    Some(told.unwrap_or(Kind::Empty))
}

/// What a cell holds; nothing for one with a table of its own, or with more than one thing.
fn kind(cell: &ElementRef<'_>) -> Option<Kind> {
    let (mut linked, mut strong, mut all, mut pictures) = (0, 0, 0, 0);
    for node in cell.descendants() {
        match node.value() {
            Node::Element(element) if element.name() == "table" => return None,
            Node::Element(element) if element.name() == "img" => pictures += 1,
            Node::Text(text) => {
                let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
                let inside = |names: &[&str]| {
                    let mut above = node.ancestors().filter_map(ElementRef::wrap);
                    above.any(|element| names.contains(&element.value().name()))
                };
                all += letters;
                linked += if inside(&["a"]) { letters } else { 0 };
                strong += if inside(&["h1", "h2", "h3", "h4", "b", "strong"]) { letters } else { 0 };
            }
            _ => {}
        }
    }
    Some(match (all, pictures) {
        (0, 0) => Kind::Empty,
        (0, _) => Kind::Picture,
        _ if linked == all => Kind::Link,
        _ if strong == all => Kind::Title,
        _ if linked == 0 => Kind::Text,
        _ => return None,
    })
}
