//! The elements of a feed, a site map or an OPML list: tokens nested by what is known of the vocabulary, so that a
//! forgotten closing tag costs one field and not the document.

use std::borrow::Cow;

use thiserror::Error;
use url::Url;

use crate::text::html::{self, MAX_DEPTH};
use crate::text::xml::{Repair, Repairs, Token, Tokens};

use super::spaces::{SPACES, Space, usual};

/// An attribute: its name without prefix, in lower case.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Attribute {
    pub space: Space,
    pub name: String,
    pub value: String,
}

/// What an element holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// Text, references resolved.
    Text(String),
    /// The inside of a CDATA section.
    Cdata(String),
    /// An element.
    Element(Element),
}

/// An element and what it holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Element {
    pub space: Space,
    /// Name without prefix, in lower case.
    pub name: String,
    pub attributes: Vec<Attribute>,
    pub children: Vec<Node>,
    /// `xml:base` in force, resolved as far as known.
    pub base: Option<Url>,
    /// `xml:lang` in force.
    pub language: Option<String>,
}

impl Element {
    /// Child elements.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            _ => None,
        })
    }

    /// The first child of that name.
    pub fn child(&self, space: Space, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.is(space, name))
    }

    /// True for that name.
    pub fn is(&self, space: Space, name: &str) -> bool {
        self.space == space && self.name == name
    }

    /// An attribute of the element's own vocabulary.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let own = |attribute: &&Attribute| attribute.name == name && attribute.space != Space::Xml;
        self.attributes.iter().find(own).map(|attribute| attribute.value.trim())
    }

    /// All text inside, markup dropped.
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.collect_text(&mut out);
        out
    }

    fn collect_text(&self, out: &mut String) {
        for node in &self.children {
            match node {
                Node::Text(text) | Node::Cdata(text) => out.push_str(text),
                Node::Element(element) => element.collect_text(out),
            }
        }
    }

    /// The inside as HTML: escaped markup as it was meant, elements written out.
    pub fn markup(&self) -> String {
        let plain = self.elements().next().is_none();
        let mut out = String::new();
        for node in &self.children {
            match node {
                Node::Text(text) if plain => out.push_str(text),
                Node::Text(text) => out.push_str(&html_escape::encode_text(text)),
                Node::Cdata(text) => out.push_str(text),
                Node::Element(element) => element.write(&mut out),
            }
        }
        out
    }

    fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        for attribute in self.attributes.iter().filter(|attribute| attribute.space != Space::Xml) {
            out.push_str(&format!(
                " {}=\"{}\"",
                attribute.name,
                html_escape::encode_double_quoted_attribute(&attribute.value)
            ));
        }
        out.push('>');
        if html::is_void_element(&self.name) {
            return;
        }
        for node in &self.children {
            match node {
                Node::Text(text) | Node::Cdata(text) => out.push_str(&html_escape::encode_text(text)),
                Node::Element(element) => element.write(out),
            }
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

/// Elements nested deeper than any real document has.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("its elements are nested deeper than {MAX_DEPTH}")]
pub(super) struct TooDeep;

/// A document, read.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// The outermost element, without what was handed over on the way.
    pub root: Option<Element>,
    /// Liberties taken.
    pub repairs: Repairs,
    /// True when the document ends inside an entry: that entry is left out.
    pub cut: bool,
    /// True when the document ends before its outermost element does.
    pub unfinished: bool,
}

/// Reads a document. Elements for which `is_entry` is true are handed to `give` as soon as they end, with the elements
/// around them, outermost first, and are not kept: memory stays that of one entry.
pub(super) fn read(
    text: &str,
    base: Option<&Url>,
    is_entry: fn(&Element) -> bool,
    give: &mut dyn FnMut(Element),
) -> Result<Document, TooDeep> {
    let mut builder =
        Builder { tokens: Tokens::new(text), stack: Vec::new(), scopes: Vec::new(), root: None, base, is_entry, give };
    while let Some(token) = builder.tokens.next() {
        match token {
            Token::Open { name, attributes, empty } => builder.open(name, attributes, empty)?,
            Token::Close(name) => builder.close(name),
            Token::Text(text) => builder.text(text, false),
            Token::Cdata(text) => builder.text(text, true),
        }
    }
    Ok(builder.finish())
}

struct Open<'a> {
    element: Element,
    /// Name as written, to be matched by its closing tag.
    written: &'a str,
    /// Declarations of names in force before this element.
    scopes: usize,
    /// What it may hold.
    content: Content,
}

/// What an element of the vocabulary may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    /// A short text: a title, a date, an address.
    Leaf,
    /// A text with markup.
    Rich,
    /// Other elements of the vocabulary.
    Elements,
}

struct Builder<'a, 'g> {
    tokens: Tokens<'a>,
    stack: Vec<Open<'a>>,
    /// Prefixes declared, innermost last; the empty one is the default.
    scopes: Vec<(&'a str, Space)>,
    root: Option<Element>,
    base: Option<&'g Url>,
    is_entry: fn(&Element) -> bool,
    give: &'g mut dyn FnMut(Element),
}

impl<'a> Builder<'a, '_> {
    fn open(&mut self, written: &'a str, attributes: &'a str, empty: bool) -> Result<(), TooDeep> {
        if self.stack.is_empty() && self.root.is_some() {
            return Ok(());
        }
        let raw = self.tokens.attributes(attributes);
        let scopes = self.scopes.len();
        for (name, value) in &raw {
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => "",
                Some(rest) if rest.starts_with(':') => &rest[1..],
                _ => continue,
            };
            let space = self.space_of(prefix, value);
            self.scopes.push((prefix, space));
        }
        let (space, name) = self.resolve(written, true);
        self.close_forgotten(space, &name);
        let parent = self.stack.last();
        let mut base = parent.map_or_else(|| self.base.cloned(), |parent| parent.element.base.clone());
        let mut language = parent.and_then(|parent| parent.element.language.clone());
        let mut kept = Vec::with_capacity(raw.len());
        for (name, value) in raw {
            if name == "xmlns" || name.starts_with("xmlns:") {
                continue;
            }
            let (space, name) = match name.contains(':') {
                true => self.resolve(name, false),
                false => (Space::Core, name.to_ascii_lowercase()),
            };
            match (space, name.as_str()) {
                (Space::Xml, "base") => {
                    let joined = match &base {
                        Some(base) => base.join(value.trim()).ok(),
                        None => Url::parse(value.trim()).ok(),
                    };
                    base = joined.filter(|url| matches!(url.scheme(), "http" | "https")).or(base);
                }
                (Space::Xml | Space::Core, "lang") if !value.trim().is_empty() => {
                    language = Some(value.trim().to_owned());
                }
                _ => {}
            }
            kept.push(Attribute { space, name, value: value.into_owned() });
        }
        let content = self.content(space, &name, &kept);
        let element = Element { space, name, attributes: kept, children: Vec::new(), base, language };
        let void = empty || (content == Content::Rich && html::is_void_element(&element.name) && self.inside_text());
        self.stack.push(Open { element, written, scopes, content });
        if self.stack.len() > MAX_DEPTH {
            return Err(TooDeep);
        }
        if void {
            self.pop();
        }
        Ok(())
    }

    fn space_of(&mut self, prefix: &str, address: &str) -> Space {
        let known = address.trim().to_ascii_lowercase();
        let bare = known.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
        if let Some((_, space)) = SPACES.iter().find(|(start, _)| bare.starts_with(start)) {
            if known.starts_with("https://") {
                self.tokens.repairs.note(Repair::OddNamespace);
            }
            return *space;
        }
        // Elements without prefix are the document's own, whatever address they are given.
        if prefix.is_empty() { Space::Core } else { usual(&prefix.to_ascii_lowercase()).unwrap_or(Space::Other) }
    }

    fn resolve(&mut self, written: &str, element: bool) -> (Space, String) {
        let (prefix, local) = written.split_once(':').unwrap_or(("", written));
        let name = local.to_ascii_lowercase();
        let declared =
            self.scopes.iter().rev().find(|(known, _)| known.eq_ignore_ascii_case(prefix)).map(|(_, space)| *space);
        let space = match declared {
            Some(space) => space,
            None if prefix.is_empty() => Space::Core,
            None if prefix.eq_ignore_ascii_case("xml") => Space::Xml,
            None => {
                self.tokens.repairs.note(Repair::UndeclaredPrefix);
                usual(&prefix.to_ascii_lowercase()).unwrap_or(Space::Other)
            }
        };
        if element && matches!(written, "ITEM" | "ENTRY" | "RSS" | "CHANNEL") {
            self.tokens.repairs.note(Repair::UpperCase);
        }
        (space, name)
    }

    /// What the element that is about to open may hold.
    fn content(&self, space: Space, name: &str, attributes: &[Attribute]) -> Content {
        let parent = self.stack.last().map(|open| open.content);
        if matches!(parent, Some(Content::Rich | Content::Leaf)) {
            return Content::Rich;
        }
        let has = |name: &str| attributes.iter().any(|attribute| attribute.name == name);
        match (space, name) {
            (
                Space::Core,
                "description" | "summary" | "content" | "subtitle" | "tagline" | "info" | "rights" | "abstract"
                | "copyright" | "body" | "div" | "fullitem",
            )
            | (Space::Content | Space::Xhtml, _) => Content::Rich,
            (Space::Core, "title") if has("type") || has("mode") => Content::Rich,
            (Space::Core, name) if is_leaf(name) => Content::Leaf,
            (Space::Dc, _) | (Space::Itunes, "author" | "summary" | "subtitle" | "keywords" | "title") => Content::Leaf,
            _ => Content::Elements,
        }
    }

    fn inside_text(&self) -> bool {
        self.stack.iter().any(|open| matches!(open.content, Content::Rich | Content::Leaf))
    }

    /// Closes what must have been forgotten, seeing what opens now.
    fn close_forgotten(&mut self, space: Space, name: &str) {
        if space == Space::Core && matches!(name, "item" | "entry") {
            let open = self.stack.iter().position(|open| {
                open.element.space == Space::Core && matches!(open.element.name.as_str(), "item" | "entry")
            });
            if let Some(at) = open {
                self.tokens.repairs.note(Repair::AutoClosed);
                while self.stack.len() > at {
                    self.pop();
                }
                return;
            }
            while self.stack.last().is_some_and(|open| open.content != Content::Elements) {
                self.tokens.repairs.note(Repair::AutoClosed);
                self.pop();
            }
        }
        let Some(top) = self.stack.last() else { return };
        let of_the_vocabulary = match space {
            Space::Core => {
                is_leaf(name) || matches!(name, "description" | "author" | "enclosure" | "source" | "category")
            }
            Space::Dc | Space::Content | Space::Itunes | Space::Media | Space::Feedburner => true,
            _ => false,
        };
        let forgotten = match top.content {
            Content::Leaf => of_the_vocabulary && top.element.name != "category",
            // In a text, only what no page has.
            Content::Rich => {
                let outermost = self.stack.len().checked_sub(2).and_then(|at| self.stack.get(at));
                let is_field = outermost.is_none_or(|parent| parent.content == Content::Elements);
                is_field && matches!((space, name), (Space::Core, "pubdate" | "guid") | (Space::Dc | Space::Content, _))
            }
            Content::Elements => false,
        };
        if forgotten {
            self.tokens.repairs.note(Repair::AutoClosed);
            self.pop();
        }
    }

    fn close(&mut self, written: &str) {
        let Some(at) = self.stack.iter().rposition(|open| open.written.eq_ignore_ascii_case(written)) else {
            if !html::is_void_element(&written.to_ascii_lowercase()) {
                self.tokens.repairs.note(Repair::StrayClosing);
            }
            return;
        };
        // A stray closing tag inside a text does not close what stands around the text.
        let field = self.stack.iter().position(|open| matches!(open.content, Content::Rich | Content::Leaf));
        let is_structure =
            matches!(self.stack[at].element.name.as_str(), "item" | "entry" | "channel" | "rss" | "feed" | "rdf");
        if field.is_some_and(|field| at < field) && !is_structure {
            self.tokens.repairs.note(Repair::StrayClosing);
            return;
        }
        if at + 1 < self.stack.len() {
            self.tokens.repairs.note(Repair::AutoClosed);
        }
        while self.stack.len() > at {
            self.pop();
        }
    }

    fn text(&mut self, text: Cow<'_, str>, cdata: bool) {
        let Some(top) = self.stack.last_mut() else { return };
        if top.content == Content::Elements && text.trim().is_empty() {
            return;
        }
        let text = text.into_owned();
        top.element.children.push(if cdata { Node::Cdata(text) } else { Node::Text(text) });
    }

    fn pop(&mut self) {
        let Some(open) = self.stack.pop() else { return };
        self.scopes.truncate(open.scopes);
        if (self.is_entry)(&open.element) {
            return (self.give)(open.element);
        }
        match self.stack.last_mut() {
            Some(parent) => parent.element.children.push(Node::Element(open.element)),
            None => self.root = self.root.take().or(Some(open.element)),
        }
    }

    fn finish(mut self) -> Document {
        let entry = self.stack.iter().position(|open| (self.is_entry)(&open.element));
        let unfinished = !self.stack.is_empty();
        if let Some(at) = entry {
            self.stack.truncate(at);
        }
        while !self.stack.is_empty() {
            self.pop();
        }
        Document { root: self.root, repairs: self.tokens.repairs, cut: entry.is_some(), unfinished }
    }
}

/// Fields of RSS and Atom that hold a short text.
fn is_leaf(name: &str) -> bool {
    matches!(
        name,
        "title"
            | "link"
            | "guid"
            | "pubdate"
            | "language"
            | "ttl"
            | "docs"
            | "generator"
            | "managingeditor"
            | "webmaster"
            | "lastbuilddate"
            | "comments"
            | "id"
            | "updated"
            | "published"
            | "issued"
            | "modified"
            | "created"
            | "name"
            | "uri"
            | "email"
            | "category"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> (Vec<Element>, Document) {
        let mut found = Vec::new();
        let is_entry = |element: &Element| element.is(Space::Core, "item") || element.is(Space::Core, "entry");
        let document = read(text, None, is_entry, &mut |element| found.push(element)).expect("not too deep");
        (found, document)
    }

    fn title(element: &Element) -> String {
        element.child(Space::Core, "title").map(Element::text).unwrap_or_default()
    }

    #[test]
    fn a_forgotten_closing_tag_costs_no_item() {
        let (items, document) = entries(
            "<RSS><channel><title>T<ITEM><TITLE>Un<link>http://a/1</link><pubDate>x</item>\
             <item><title>Deux</title><description>a<br>b<p>c</description></item><item><title>Trois",
        );
        assert_eq!(items.iter().map(title).collect::<Vec<_>>(), ["Un", "Deux"]);
        assert_eq!(items[0].child(Space::Core, "link").map(Element::text).as_deref(), Some("http://a/1"));
        assert_eq!(items[1].child(Space::Core, "description").map(Element::markup).as_deref(), Some("a<br>b<p>c</p>"));
        assert!(document.cut && document.unfinished && !document.repairs.is_empty());
    }

    #[test]
    fn vocabularies_are_known_by_address_by_use_and_by_age() {
        let (items, _) = entries(
            "<feed xmlns='https://www.w3.org/2005/Atom'><entry><title>a</title><media:title>b</media:title>\
             <x:creator xmlns:x='http://purl.org/dc/elements/1.1/'>c</x:creator></entry></feed>",
        );
        assert_eq!(title(&items[0]), "a");
        assert!(items[0].child(Space::Media, "title").is_some() && items[0].child(Space::Dc, "creator").is_some());
    }

    #[test]
    fn depth_is_refused_and_bases_and_languages_descend() {
        let deep = "<a>".repeat(600);
        assert_eq!(read(&deep, None, |_| false, &mut |_| ()).err(), Some(TooDeep));
        let (items, _) =
            entries("<feed xml:base='http://a/b/' xml:lang='fr'><entry xml:base='c/'><title>x</title></entry></feed>");
        assert_eq!(items[0].base.as_ref().map(Url::as_str), Some("http://a/b/c/"));
        assert_eq!(items[0].language.as_deref(), Some("fr"));
    }
}
