//! Where on a page its own words stand: near its title, and in no part that is about other articles.

use std::collections::HashSet;

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::{ElementRef, Html, Node, Selector};

/// Characters of text before and after the title where what is said of the article is looked for.
const BEFORE_TITLE: usize = 400;
const AFTER_TITLE: usize = 1500;
/// Longest piece of text that a date line is.
pub(super) const LONGEST_LINE: usize = 240;

/// A short text near the title.
pub(super) struct Line {
    /// What it says.
    pub text: String,
    /// Characters after the title; negative before it.
    pub distance: i64,
    /// It stands in an element whose name says it is a date.
    pub dated: bool,
}

/// Words in the names of parts that are about other articles, or about none.
const ELSEWHERE: [&str; 25] = [
    "comment",
    "related",
    "sidebar",
    "recommend",
    "widget",
    "popular",
    "trending",
    "most-read",
    "mostread",
    "latest",
    "newsletter",
    "cookie",
    "consent",
    "promo",
    "teaser",
    "read-more",
    "readmore",
    "lire-aussi",
    "a-lire",
    "voir-aussi",
    "similar",
    "breaking",
    "ticker",
    "carousel",
    "weather",
];

/// Posts of others, shown inside an article.
const EMBEDS: [&str; 4] = ["instagram-media", "twitter-tweet", "fb-post", "tiktok-embed"];

/// True when a name is made of a word, perhaps in the plural, and others: `related-posts`, not `node-promoted`. A page that
/// has a sidebar is not one.
fn is_part(name: &str, word: &str) -> bool {
    let mut parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    let named = match word.split_once('-') {
        None => parts.any(|part| part.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest == "s")),
        Some((first, second)) => {
            let mut before = "";
            parts.any(|part| std::mem::replace(&mut before, part) == first && part == second)
        }
    };
    named && !["with", "has", "wrap", "main", "body", "content"].iter().any(|other| name.contains(other))
}

/// Where the article's title stands: what surrounds it is about the article, whatever its name.
pub(super) struct Place {
    title: Option<NodeId>,
    around: HashSet<NodeId>,
}

impl Place {
    /// Looks for the title.
    pub fn of(document: &Html) -> Self {
        let title = Selector::parse("h1").ok().and_then(|selector| {
            let mut all = document.select(&selector);
            let first = all.next()?;
            // Many sites make their own name an h1: the one that says more than three words is the article's.
            let longer = |heading: &ElementRef<'_>| heading.text().collect::<String>().split_whitespace().count() > 3;
            Some(if longer(&first) { first } else { all.find(longer).unwrap_or(first) })
        });
        let around = title.into_iter().flat_map(|title| title.ancestors().map(|node| node.id())).collect();
        Place { title: title.map(|title| title.id()), around }
    }

    fn is_elsewhere(&self, node: NodeRef<'_, Node>) -> bool {
        let Node::Element(element) = node.value() else { return false };
        if self.around.contains(&node.id()) || matches!(element.name(), "html" | "body") {
            return false;
        }
        if matches!(element.name(), "aside" | "nav" | "form" | "script" | "style" | "noscript" | "template" | "iframe")
        {
            return true;
        }
        if element.name() == "footer" {
            let in_article = |parent: NodeRef<'_, Node>| matches!(parent.value(), Node::Element(element) if element.name() == "article");
            return !node.ancestors().any(in_article);
        }
        if says_date(element) {
            return false;
        }
        let names = [element.attr("class"), element.attr("id"), element.attr("role")];
        names.into_iter().flatten().flat_map(str::split_whitespace).any(|name| {
            let name = name.to_ascii_lowercase();
            EMBEDS.contains(&name.as_str()) || ELSEWHERE.iter().any(|word| is_part(&name, word))
        })
    }

    /// True for what stands in a part about other articles.
    pub fn stands_outside(&self, element: &ElementRef<'_>) -> bool {
        std::iter::once(**element).chain(element.ancestors()).any(|node| self.is_elsewhere(node))
    }
}

fn says_date(element: &scraper::node::Element) -> bool {
    let names = [element.attr("class"), element.attr("id"), element.attr("itemprop")];
    element.name() == "time"
        || names.into_iter().flatten().any(|names| {
            let names = names.to_ascii_lowercase();
            [
                "date",
                "publish",
                "publie",
                "time",
                "byline",
                "posted",
                "parution",
                "meta-info",
                "entry-meta",
                "post-meta",
            ]
            .iter()
            .any(|word| names.contains(word))
        })
}

/// Texts of the page in order, those about other articles left out, with their distance from the title.
pub(super) fn lines_by_distance(document: &Html, place: &Place) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut at: i64 = 0;
    let mut title_at = 0;
    let mut open: Vec<bool> = Vec::new();
    let mut skipped = 0_usize;
    for edge in document.root_element().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => {
                    if place.title == Some(node.id()) {
                        title_at = at;
                    }
                    skipped += usize::from(place.is_elsewhere(node));
                    open.push(says_date(element));
                }
                Node::Text(text) if skipped == 0 && !text.trim().is_empty() => {
                    let text = text.trim();
                    let dated = open.iter().rev().take(3).any(|dated| *dated);
                    match lines.last_mut() {
                        // `le <b>3 juin</b> 2026`: pieces of one line.
                        Some(last) if dated && last.dated && last.text.len() + text.len() < LONGEST_LINE / 2 => {
                            last.text.push(' ');
                            last.text.push_str(text);
                        }
                        _ => lines.push(Line { text: text.to_owned(), distance: at, dated }),
                    }
                    at += i64::try_from(text.chars().count()).unwrap_or(0);
                }
                _ => {}
            },
            Edge::Close(node) => {
                if node.value().is_element() {
                    skipped = skipped.saturating_sub(usize::from(place.is_elsewhere(node)));
                    open.pop();
                }
            }
        }
    }
    lines.iter_mut().for_each(|line| line.distance -= title_at);
    lines
}

/// True for a line near the title.
pub(super) fn is_near(line: &Line) -> bool {
    let before = i64::try_from(BEFORE_TITLE).unwrap_or(i64::MAX);
    let after = i64::try_from(AFTER_TITLE).unwrap_or(i64::MAX);
    (-before..=after).contains(&line.distance)
}
