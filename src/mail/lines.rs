//! A letter as its reader sees it: lines in order, with what is bold, a heading or a link. Hidden parts are not there.
//!
//! Letters are tables inside tables that say nothing of their sense; what an eye sees, lines one below the other, is
//! what all of them have in common.

use std::sync::Arc;

use ego_tree::NodeRef;
use scraper::{Html, Node};
use url::Url;

use crate::text::{html, urls};

use super::columns;
use super::links::{self, Use};

/// Lines of a letter that are read.
pub(super) const MOST_LINES: usize = 20_000;

/// Titles in a row from which each is a story of its own.
const ROW: usize = 4;
/// Letters of at most so many pixels are not seen, from so many on they are a title's.
const UNSEEN: f32 = 1.0;
const LARGE: f32 = 17.5;
/// Longest address that is looked at, in bytes.
const LONGEST: usize = 8 << 10;

/// A run of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Its text, spaces folded.
    pub text: String,
    /// Where it leads.
    pub link: Option<Arc<Url>>,
    /// What that link is for.
    pub used: Option<Use>,
    /// Bold, or set larger.
    pub strong: bool,
}

/// What an eye sees on one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    /// Its runs, in order.
    pub spans: Vec<Span>,
    /// 1 to 6 for the headings of HTML, 0 otherwise.
    pub heading: u8,
    /// Linked pictures on it.
    pub pictures: usize,
    /// The same, each with the words that stand for it and where it leads.
    pub pictured: Vec<Span>,
    /// True at the start of a list entry or table cell.
    pub entry: bool,
    /// True for what stands behind a bullet.
    pub bullet: bool,
    /// True in a foot of small print or a quotation of older mail.
    pub aside: bool,
    /// True for a title that the letter's table of contents announces.
    pub announced: bool,
    /// True for a paragraph among others that begin, as it does, on a bold title.
    pub run_in: bool,
}

impl Line {
    /// All of its text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for span in &self.spans {
            text.push_str(&span.text);
        }
        html::one_line(&text)
    }

    /// Characters that stand in links leading to stories, of all that are letters or digits.
    pub fn linked_share(&self) -> f64 {
        let count = |span: &Span| span.text.chars().filter(|c| c.is_alphanumeric()).count();
        let all: usize = self.spans.iter().map(count).sum();
        let linked: usize = self.spans.iter().filter(|span| span.used == Some(Use::Named)).map(count).sum();
        #[expect(clippy::cast_precision_loss, reason = "lengths of lines")]
        if all == 0 { 0.0 } else { linked as f64 / all as f64 }
    }

    /// True when every letter of it is bold or larger.
    pub fn is_strong(&self) -> bool {
        let mut lettered = self.spans.iter().filter(|span| span.text.chars().any(char::is_alphanumeric)).peekable();
        lettered.peek().is_some() && lettered.all(|span| span.strong)
    }

    /// How many words it has.
    pub fn words(&self) -> usize {
        self.text().split_whitespace().count()
    }

    /// True where a link stands on it, whatever it is for.
    pub fn is_linked(&self) -> bool {
        self.spans.iter().any(|span| span.link.is_some())
    }

    /// True for a heading, or a line all bold.
    pub fn is_set_apart(&self) -> bool {
        self.heading > 0 || self.is_strong()
    }

    /// The links of a kind, each with its text.
    pub fn links(&self, wanted: Use) -> impl Iterator<Item = (&str, &Url)> {
        self.spans
            .iter()
            .filter(move |span| span.used == Some(wanted))
            .filter_map(|span| span.link.as_deref().map(|link| (span.text.as_str(), link)))
    }

    /// A run of links that are titles and nothing else, each on a line of its own; any other line as it is.
    pub fn parted(self) -> Vec<Line> {
        let titles = self.links(Use::Named).filter(|(anchor, _)| anchor.split_whitespace().count() >= 3).count();
        if titles < ROW || self.linked_share() < 0.9 || self.heading > 0 {
            return vec![self];
        }
        let is_title = |span: &Span| span.used == Some(Use::Named) && span.text.split_whitespace().count() >= 3;
        let mut lines: Vec<Line> = Vec::new();
        for span in self.spans {
            match lines.last_mut().filter(|_| !is_title(&span)) {
                Some(line) => line.spans.push(span),
                None => lines.push(Line { spans: vec![span], entry: true, aside: self.aside, ..Line::default() }),
            }
        }
        lines
    }

    fn is_empty(&self) -> bool {
        self.pictures == 0 && self.spans.iter().all(|span| span.text.trim().is_empty() && span.link.is_none())
    }
}

/// The lines of an HTML letter; nothing when no parser should see it. `never` are addresses that unsubscribe.
pub fn of_html(markup: &str, never: &[Url]) -> Option<Vec<Line>> {
    html::fit(markup).ok()?;
    let document = Html::parse_document(markup);
    let mut walk = Walk { never, ..Walk::new(never) };
    walk.visit(*document.root_element(), &State::default());
    walk.end_line();
    Some(walk.lines)
}

/// What elements around a text say of it.
#[derive(Debug, Clone, Default)]
struct State {
    link: Option<Arc<Url>>,
    strong: bool,
    heading: u8,
    aside: bool,
    /// Size of the letters in pixels, where a style says so.
    size: Option<f32>,
}

struct Walk<'a> {
    never: &'a [Url],
    lines: Vec<Line>,
    line: Line,
    /// The next text begins a list entry or cell.
    entry: bool,
    /// The next text stands behind a bullet.
    bullet: bool,
}

impl<'a> Walk<'a> {
    fn new(never: &'a [Url]) -> Self {
        Walk { never, lines: Vec::new(), line: Line::default(), entry: true, bullet: false }
    }

    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        if line.is_empty() || self.lines.len() >= MOST_LINES {
            return;
        }
        join_links(&mut line.spans);
        // Word processors write their bullets.
        if let Some(first) = line.spans.first_mut().filter(|span| span.link.is_none()) {
            let rest = first.text.trim_start().strip_prefix(['·', '•', '§', '▪', '●', '■']);
            if let Some(rest) = rest.filter(|rest| rest.is_empty() || rest.starts_with(' ')).map(str::to_owned) {
                (first.text, line.bullet) = (rest.trim_start().to_owned(), true);
            }
        }
        for span in line.spans.iter_mut().chain(&mut line.pictured) {
            if let Some(link) = &span.link {
                span.used = Some(links::judge(link, &span.text, self.never));
            }
        }
        self.lines.push(line);
    }

    fn visit(&mut self, node: NodeRef<'_, Node>, state: &State) {
        match node.value() {
            Node::Text(text) => self.text(text, state),
            Node::Element(element) => {
                let name = element.name();
                if matches!(name, "head" | "style" | "script" | "title" | "template" | "noscript" | "svg" | "object") {
                    return;
                }
                let style = element.attr("style").map(str::to_ascii_lowercase).unwrap_or_default();
                let style: String = style.chars().filter(|c| !c.is_whitespace()).collect();
                if is_hidden(&style) || element.attr("hidden").is_some() {
                    return;
                }
                let mut inner = state.clone();
                let block = html::is_block(name);
                match name {
                    "br" | "hr" => return self.end_line(),
                    "img" => return self.picture(element, state),
                    "a" => {
                        if let Some(url) = element
                            .attr("href")
                            .filter(|href| href.len() <= LONGEST)
                            .and_then(|href| urls::parse_web(&tidy(href)))
                        {
                            inner.link = Some(Arc::new(url));
                        }
                    }
                    "b" | "strong" => inner.strong = true,
                    // The head of a column; templates also build their grids of such cells.
                    "th" => inner.strong = !holds_blocks(node),
                    "blockquote" if element.attr("type").is_some_and(|kind| kind.eq_ignore_ascii_case("cite")) => {
                        inner.aside = true;
                    }
                    "small" => inner.size = Some(10.0),
                    _ => {}
                }
                if let Some(level) = name.strip_prefix('h').and_then(|level| level.parse::<u8>().ok()) {
                    if (1..=6).contains(&level) {
                        (inner.heading, inner.strong) = (level, true);
                    }
                }
                read_style(&style, &mut inner);
                if block {
                    self.end_line();
                    self.bullet |= name == "li";
                    self.entry |= matches!(name, "li" | "td" | "dt" | "dd" | "tr" | "table" | "div" | "p");
                }
                match Some(node).filter(|_| name == "table").and_then(columns::of) {
                    Some(cells) => cells.into_iter().for_each(|cell| self.visit(cell, &inner)),
                    None => node.children().for_each(|child| self.visit(child, &inner)),
                }
                if block {
                    self.end_line();
                }
            }
            _ => {
                for child in node.children() {
                    self.visit(child, state);
                }
            }
        }
    }

    fn text(&mut self, text: &str, state: &State) {
        // Frames are set in no size, so that blanks between them take no room; what is to be read says its own.
        if state.size.is_some_and(|size| size <= UNSEEN) {
            return;
        }
        let shown: String = text.chars().filter(|c| !is_filler(*c)).collect();
        if shown.trim().is_empty() {
            // Spaces between two runs keep words apart.
            if let Some(last) = self.line.spans.last_mut() {
                if !shown.is_empty() && !last.text.ends_with(' ') {
                    last.text.push(' ');
                }
            }
            return;
        }
        if self.line.spans.is_empty() {
            self.line.entry = std::mem::take(&mut self.entry);
            self.line.bullet = std::mem::take(&mut self.bullet);
        }
        self.line.heading =
            if self.line.spans.is_empty() { state.heading } else { self.line.heading.min(state.heading) };
        self.line.aside |= state.aside;
        let strong = state.strong || state.size.is_some_and(|size| size >= LARGE);
        let folded = fold_spaces(&shown);
        match self.line.spans.last_mut() {
            Some(last) if last.link == state.link && last.strong == strong => {
                let shared = last.text.ends_with(' ') && folded.starts_with(' ');
                last.text.push_str(if shared { folded.trim_start() } else { &folded });
            }
            _ => self.line.spans.push(Span { text: folded, link: state.link.clone(), used: None, strong }),
        }
    }

    fn picture(&mut self, image: &scraper::node::Element, state: &State) {
        if state.link.is_none() {
            return;
        }
        let tiny = ["width", "height"].iter().any(|side| {
            image
                .attr(side)
                .and_then(|size| size.trim_end_matches("px").parse::<u32>().ok())
                .is_some_and(|size| size < 3)
        });
        if !tiny {
            self.line.pictures += 1;
            let text = html::one_line(image.attr("alt").unwrap_or_default());
            self.line.pictured.push(Span { text, link: state.link.clone(), used: None, strong: true });
        }
    }
}

fn holds_blocks(node: NodeRef<'_, Node>) -> bool {
    node.descendants()
        .skip(1)
        .any(|inner| inner.value().as_element().is_some_and(|element| html::is_block(element.name())))
}

/// Runs of one link, one bold and one not, are one anchor to the eye.
fn join_links(spans: &mut Vec<Span>) {
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans.drain(..) {
        match joined.last_mut() {
            Some(last) if last.link.is_some() && last.link == span.link => {
                last.text.push_str(&span.text);
                last.strong |= span.strong;
            }
            _ => joined.push(span),
        }
    }
    *spans = joined;
}

fn read_style(style: &str, state: &mut State) {
    if let Some(weight) = value(style, "font-weight:") {
        if weight.starts_with("bold") || weight.parse::<u32>().is_ok_and(|weight| weight >= 600) {
            state.strong = true;
        } else if (weight.starts_with("normal") || weight.parse::<u32>().is_ok_and(|weight| weight <= 400))
            && state.heading == 0
        {
            state.strong = false;
        }
    }
    // The short form, its blanks gone: `bold24px/28pxGeorgia`.
    if let Some(font) = value(style, "font:") {
        let bare =
            ["italic", "oblique", "normal", "small-caps"].iter().fold(font, |font, word| font.trim_start_matches(word));
        let bold =
            bare.strip_prefix("bold").or_else(|| ["600", "700", "800"].iter().find_map(|w| bare.strip_prefix(w)));
        state.strong |= bold.is_some();
        let number = bold.unwrap_or(bare);
        let digits = number.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let unit = &number[digits..];
        state.size = match number[..digits].parse::<f32>() {
            Ok(points) if unit.starts_with("pt") => Some(points * 4.0 / 3.0),
            Ok(pixels) if unit.starts_with("px") => Some(pixels),
            _ => None,
        };
    }
    if let Some(size) = value(style, "font-size:") {
        let number: Option<f32> = size.trim_end_matches(|c: char| c.is_alphabetic() || c == '%').parse().ok();
        state.size = match number {
            Some(points) if size.ends_with("pt") => Some(points * 4.0 / 3.0),
            Some(pixels) if size.ends_with("px") || pixels == 0.0 => Some(pixels),
            // Shares of the size around it: what lies in a box of no size has none, unless it says so.
            Some(_) if state.size == Some(0.0) && !size.ends_with("rem") => state.size,
            _ => None,
        };
    }
}

/// The value of a property of a style without spaces.
fn value<'a>(style: &'a str, property: &str) -> Option<&'a str> {
    let rest = style.split(';').find_map(|part| part.strip_prefix(property))?;
    Some(rest.trim_end_matches("!important"))
}

/// What senders hide from the eye: preview texts, and words for machines.
fn is_hidden(style: &str) -> bool {
    let is = |property: &str, wanted: &[&str]| value(style, property).is_some_and(|value| wanted.contains(&value));
    is("display:", &["none"])
        || is("visibility:", &["hidden"])
        || is("max-height:", &["0", "0px"])
        || is("opacity:", &["0"])
}

/// Characters that only fill preview texts.
fn is_filler(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Addresses that were folded or quoted on their way.
fn tidy(href: &str) -> String {
    href.chars().filter(|c| !c.is_whitespace() && !is_filler(*c)).collect()
}

fn fold_spaces(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        let blank = c.is_whitespace() || c.is_control();
        if !blank {
            folded.push(c);
        } else if !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_words_go_and_what_the_eye_joins_is_one_line() {
        let page = "<title>x</title><div style='display: none'>preview</div><div style='max-height:0px;overflow:hidden'>more</div>\
            <!--[if mso]>word<![endif]--><table><tr><td><h3><a href='https://a.example/un'><b>Une</b> rénov&shy;ation</a></h3>\
            <p>Le chapô.<br>Suite <a href='https://a.example/un'>Lire la suite</a></p></td></tr></table>\
            <img src='p.gif' width=1 height=1>";
        let lines = of_html(page, &[]).expect("lines");
        let texts: Vec<String> = lines.iter().map(Line::text).collect();
        assert_eq!(texts, ["Une rénovation", "Le chapô.", "Suite Lire la suite"]);
        assert_eq!((lines[0].heading, lines[0].is_strong()), (3, true));
        assert!(lines[0].linked_share() > 0.9 && lines[2].links(Use::More).count() == 1);
    }

    #[test]
    fn what_lies_in_a_frame_of_no_size_is_read_where_it_says_its_own() {
        let page = "<div style='font-size:1px'>preview</div><table><tr><td style='font-size:0px;padding:10px'> \
            <div style='font-size:22px'>Un titre</div><div style='font-size:13px'>Un texte</div>perdu</td></tr></table>";
        let lines = of_html(page, &[]).expect("lines");
        let texts: Vec<String> = lines.iter().map(Line::text).collect();
        assert_eq!(texts, ["Un titre", "Un texte"]);
        let short = "<div style='font-size:0'><p style='font: bold 24px/28px Georgia, serif'>Un titre</p><p style='font:16px Arial'>Un texte</p></div>";
        let weights: Vec<bool> = of_html(short, &[]).expect("lines").iter().map(Line::is_strong).collect();
        assert_eq!(weights, [true, false]);
        assert!(lines[0].is_strong() && !lines[1].is_strong());
    }

    #[test]
    fn cells_of_a_grid_are_not_bold_and_heads_of_columns_are() {
        let page = "<table><tr><th><table><tr><th><h4>Un titre</h4><p>Un texte</p></th></tr></table></th></tr><tr><th>Date</th></tr></table>";
        let strong: Vec<bool> = of_html(page, &[]).expect("lines").iter().map(Line::is_strong).collect();
        assert_eq!(strong, [true, false, true]);
    }
}
