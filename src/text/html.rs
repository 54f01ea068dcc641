//! HTML from outside: measured before it is parsed, sanitised before it is shown, turned to plain text for reading.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use scraper::{ElementRef, Html, Node};
use url::Url;

/// Depth of open elements above which nothing is parsed: html5ever is quadratic in depth, browsers flatten at 512.
pub const MAX_DEPTH: usize = 512;
/// Tags, opening and closing, above which nothing is parsed: the longest articles have a fifth of that.
const MOST_TAGS: usize = 150_000;
/// Attributes of one tag above which nothing is parsed: each is compared with all before it.
const MOST_ATTRIBUTES: usize = 500;
/// Ampersands and signs of Latin-1, each as often as its text has bytes, above which nothing is parsed.
const MOST_LOOKED_AT: usize = 4_000_000_000;
/// Ampersands above which nothing is parsed: each unknown reference is looked up letter by letter.
const MOST_REFERENCES: usize = 50_000;

/// HTML that may be shown: scripts, handlers, styles, frames, forms and remote tricks are gone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SafeHtml(String);

impl SafeHtml {
    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SafeHtml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Sanitises `html` by an allow list, resolving links against `base`; what is too deep to parse is shown as text.
pub fn sanitise(html: &str, base: Option<&Url>) -> SafeHtml {
    if fit(html).is_err() {
        return SafeHtml(ammonia::clean_text(&one_line(&strip_tags(html))));
    }
    let mut cleaner = ammonia::Builder::default();
    // Its scheme is not checked by the allow list, and nobody sees it.
    for name in ["blockquote", "q", "del", "ins"] {
        cleaner.rm_tag_attributes(name, &["cite"]);
    }
    cleaner
        .add_clean_content_tags(&["iframe", "noembed", "noframes", "xmp"])
        .link_rel(Some("noopener noreferrer nofollow"))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(match base {
            Some(base) => ammonia::UrlRelative::RewriteWithBase(base.clone()),
            None => ammonia::UrlRelative::Deny,
        });
    SafeHtml(cleaner.clean(html).to_string())
}

/// Why nothing may parse a document: html5ever takes time that grows with the square of some things, and memory with
/// others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Elements nest deeper than [`MAX_DEPTH`].
    Deep,
    /// It has more tags, character references, or attributes on one tag, than any page people read.
    Crowded,
}

/// Judges a document over its bytes, without parsing: what it costs to work on it, its elements each as often as it is
/// deep, since readers walk up from each; or why nobody should.
///
/// A closing tag ends what opened under its name, with all that was left open inside, as parsers have it; scripts,
/// styles and comments hold no elements.
///
/// # Errors
/// See [`Unfit`].
pub fn fit(html: &str) -> Result<usize, Unfit> {
    let bytes = html.as_bytes();
    if memchr::memchr_iter(b'&', bytes).take(MOST_REFERENCES + 1).count() > MOST_REFERENCES {
        return Err(Unfit::Crowded);
    }
    // Writing a text out, each of these letters is looked for to the end of the text.
    let looked_at: usize =
        bytes.split(|byte| *byte == b'<').map(|text| memchr::memchr2_iter(b'&', 0xc2, text).count() * text.len()).sum();
    if looked_at > MOST_LOOKED_AT {
        return Err(Unfit::Crowded);
    }
    let mut open: Vec<u64> = Vec::with_capacity(64);
    let (mut cost, mut tags) = (0, 0);
    let mut unfit = None;
    walk_tags(html, |name, closing, attributes| {
        tags += 1;
        if tags > MOST_TAGS || attributes > MOST_ATTRIBUTES {
            unfit = Some(Unfit::Crowded);
            return false;
        }
        if !closing {
            cost += open.len() + 1;
        }
        if is_void(name) {
            return true;
        }
        let name = packed(name);
        if !closing {
            open.push(name);
        // Looking far down would make the judge itself quadratic.
        } else if let Some(at) = open.iter().rev().take(64).position(|known| *known == name) {
            open.truncate(open.len() - 1 - at);
        }
        if open.len() > MAX_DEPTH {
            unfit = Some(Unfit::Deep);
        }
        unfit.is_none()
    });
    unfit.map_or(Ok(cost), Err)
}

/// Names of elements by their first eight letters.
fn packed(name: &[u8]) -> u64 {
    name.iter().take(8).fold(0, |packed, byte| (packed << 8) | u64::from(byte.to_ascii_lowercase()))
}

/// Calls `visit` with the name of each tag, whether it closes and how many attributes it has, until it returns false.
fn walk_tags(html: &str, mut visit: impl FnMut(&[u8], bool, usize) -> bool) {
    let bytes = html.as_bytes();
    let mut at = 0;
    while let Some(next) = memchr::memchr(b'<', &bytes[at..]) {
        let tag = at + next + 1;
        at = tag;
        if bytes[tag..].starts_with(b"!--") {
            at = memchr::memmem::find(&bytes[tag + 3..], b"-->").map_or(bytes.len(), |end| tag + 3 + end + 3);
            continue;
        }
        let closing = bytes.get(tag) == Some(&b'/');
        let name = &bytes[tag + usize::from(closing)..];
        let length = name.iter().take(32).take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if length == 0 || !name[0].is_ascii_alphabetic() {
            continue;
        }
        let name = &name[..length];
        let (end, attributes) = end_of_tag(bytes, tag + usize::from(closing) + length);
        at = end;
        if !visit(name, closing, attributes) {
            return;
        }
        if !closing && (name.eq_ignore_ascii_case(b"script") || name.eq_ignore_ascii_case(b"style")) {
            let close: &[u8] = if name.len() == 6 { b"</script" } else { b"</style" };
            at = find_ignoring_case(&bytes[end..], close).map_or(bytes.len(), |found| end + found);
        }
    }
}

/// Where a tag ends, and how many attributes it has, from behind its name on: quoted values may hold anything.
fn end_of_tag(bytes: &[u8], from: usize) -> (usize, usize) {
    let (mut at, mut attributes, mut between) = (from, 0, true);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'>' => return (at, attributes),
            b'=' => {
                let blank = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                let value = at + 1 + blank;
                if let Some(quote @ (b'"' | b'\'')) = bytes.get(value) {
                    let Some(end) = memchr::memchr(*quote, &bytes[value + 1..]) else {
                        return (bytes.len(), attributes);
                    };
                    at = value + 1 + end;
                }
                between = false;
            }
            b'/' => between = true,
            byte if byte.is_ascii_whitespace() => between = true,
            _ => {
                attributes += usize::from(between);
                between = false;
            }
        }
        at += 1;
    }
    (bytes.len(), attributes)
}

fn find_ignoring_case(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(next) = memchr::memmem::find(&bytes[from..], b"</") {
        let at = from + next;
        if bytes[at..].get(..wanted.len()).is_some_and(|found| found.eq_ignore_ascii_case(wanted)) {
            return Some(at);
        }
        from = at + 2;
    }
    None
}

/// Elements that HTML gives no content and no closing tag.
pub fn is_void_element(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Elements without content, and those that a sibling of the same name closes.
fn is_void(name: &[u8]) -> bool {
    const VOID: [&[u8]; 24] = [
        b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"source", b"track",
        b"wbr", b"p", b"li", b"dt", b"dd", b"option", b"tr", b"td", b"th", b"path", b"use", b"param",
    ];
    VOID.iter().any(|void| void.eq_ignore_ascii_case(name))
}

/// Plain text of a fragment: one blank line between blocks, spaces folded, hidden parts left out.
pub fn to_text(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return fold_spaces(html);
    }
    if fit(html).is_err() {
        return fold_spaces(&strip_tags(html));
    }
    let fragment = Html::parse_fragment(html);
    let mut writer = TextWriter::default();
    writer.walk(fragment.root_element());
    writer.finish()
}

/// Plain text of all that a parsed page shows, blocks apart.
pub fn document_text(document: &Html) -> String {
    let mut writer = TextWriter::default();
    writer.walk(document.root_element());
    writer.finish()
}

/// Plain text of one line, such as a title: entities read twice at most, tags gone, spaces folded.
pub fn to_line(html: &str) -> String {
    let mut line = to_text(html);
    let still_marked = |text: &str| {
        text.split('&')
            .skip(1)
            .any(|rest| rest.split(';').next().is_some_and(|name| name.len() < 9 && rest.contains(';')))
            || (text.contains("</") && text.contains('>'))
    };
    if still_marked(&line) {
        line = to_text(&line);
    }
    one_line(&line)
}

/// Plain text of a title that nobody says is HTML: markup goes where it looks like some, else brackets stay.
pub fn title_line(text: &str) -> String {
    if looks_like_html(text) {
        let line = to_line(text);
        // Brackets that are no markup of ours would make the whole title vanish.
        return if line.is_empty() && !names_an_element(text) { one_line(text) } else { line };
    }
    let mut line = Cow::Borrowed(text);
    for _ in 0..2 {
        if !line.contains('&') {
            break;
        }
        line = Cow::Owned(html_escape::decode_html_entities(&line).into_owned());
    }
    if looks_like_html(&line) { to_line(&line) } else { one_line(&line) }
}

/// True for markup that says no more than its plain text: no tag at all, or one paragraph.
pub fn is_plain(markup: &str) -> bool {
    let markup = markup.trim();
    let inside = markup.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")).unwrap_or(markup);
    !inside.contains('<')
}

/// A text that was escaped twice: the markup it means, when the whole of it is markup once unescaped.
pub fn twice_escaped(text: &str) -> Option<String> {
    let trimmed = text.trim();
    if trimmed.contains('<') || !trimmed.starts_with("&lt;") || !trimmed.ends_with("&gt;") {
        return None;
    }
    let once = html_escape::decode_html_entities(trimmed);
    (looks_like_html(&once) && names_an_element(&once)).then(|| once.into_owned())
}

/// True when a tag of a text is one of HTML.
fn names_an_element(text: &str) -> bool {
    const INLINE: [&str; 26] = [
        "a", "abbr", "audio", "b", "button", "cite", "code", "del", "em", "font", "i", "iframe", "ins", "mark",
        "object", "q", "s", "script", "small", "span", "strong", "style", "sub", "sup", "u", "video",
    ];
    text.split('<').skip(1).any(|rest| {
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
        is_block(&name) || is_void_element(&name) || INLINE.contains(&name.as_str())
    })
}

/// True when a text holds a closing tag, or one of those that need none.
fn looks_like_html(text: &str) -> bool {
    text.split('<').skip(1).any(|rest| {
        let closing = rest.starts_with('/');
        let rest = rest.trim_start_matches('/');
        let name = rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
        let ends = rest.contains('>');
        begins && ends && (closing || is_void_element(&name) || rest.trim_end().ends_with("/>"))
    })
}

/// Folds every run of spaces, line ends and control characters (U+2028 and U+0085 too) to one space.
///
/// Titles become mail headers and terminal lines: nothing in them may start a new one.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut gap = false;
    for character in text.chars() {
        let folds = character == ' ' || character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
        if folds {
            gap = true;
        } else if !is_invisible(character) {
            if gap && !line.is_empty() {
                line.push(' ');
            }
            gap = false;
            line.push(character);
        }
    }
    line
}

/// Direction overrides, zero-width spaces and soft hyphens: they hide or disguise text. Joiners stay: emoji and some
/// scripts are made with them.
fn is_invisible(character: char) -> bool {
    !character.is_ascii()
        && matches!(character,
        '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{ad}' | '\u{2060}')
}

/// Drops tags by their brackets alone, in linear time, for what must not be parsed.
fn strip_tags(html: &str) -> String {
    let mut text = String::new();
    let mut inside = false;
    for character in html.chars() {
        match character {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(character),
            _ => {}
        }
    }
    text
}

/// Folds spaces inside paragraphs; paragraphs are what blank lines separate.
fn fold_spaces(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(one_line).filter(|paragraph| !paragraph.is_empty());
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

#[derive(Default)]
struct TextWriter {
    done: String,
    paragraph: String,
}

impl TextWriter {
    fn walk(&mut self, element: ElementRef<'_>) {
        for child in element.children() {
            match child.value() {
                Node::Text(text) => self.paragraph.push_str(text),
                Node::Element(inner) => {
                    let name = inner.name();
                    let hidden =
                        matches!(name, "script" | "style" | "template" | "noscript" | "svg" | "head" | "iframe")
                            || inner.attr("hidden").is_some();
                    if hidden {
                        continue;
                    }
                    let block = is_block(name);
                    if block || name == "br" {
                        self.break_paragraph();
                    }
                    if let Some(inner) = ElementRef::wrap(child) {
                        self.walk(inner);
                    }
                    if block {
                        self.break_paragraph();
                    }
                }
                _ => {}
            }
        }
    }

    fn break_paragraph(&mut self) {
        let line = one_line(&self.paragraph);
        self.paragraph.clear();
        if line.is_empty() {
            return;
        }
        if !self.done.is_empty() {
            self.done.push_str("\n\n");
        }
        self.done.push_str(&line);
    }

    fn finish(mut self) -> String {
        self.break_paragraph();
        self.done
    }
}

/// Elements that begin a line of their own.
pub fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "main"
            | "aside"
            | "nav"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "ul"
            | "ol"
            | "li"
            | "dl"
            | "dt"
            | "dd"
            | "blockquote"
            | "pre"
            | "figure"
            | "figcaption"
            | "table"
            | "tr"
            | "td"
            | "th"
            | "hr"
            | "form"
            | "body"
            | "html"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_blocks_apart_and_leaves_scripts_out() {
        let html = "<h2>Titre</h2><p>Un&nbsp;mot,\n <b>deux</b>.</p><script>alert(1)</script><ul><li>a<li>b</ul>";
        assert_eq!(to_text(html), "Titre\n\nUn\u{a0}mot, deux.\n\na\n\nb");
    }

    #[test]
    fn a_title_is_one_line_whatever_it_holds() {
        assert_eq!(to_line("L&amp;#233;t&eacute; <b>ici</b>\r\nBcc: x@y"), "Lété ici Bcc: x@y");
        assert_eq!(to_line("a\u{2028}b\u{202e}c\0d"), "a bc d");
        assert_eq!(to_line("R&D et 3 < 4"), "R&D et 3 < 4");
        assert_eq!(title_line("</exemple>"), "</exemple>");
        assert_eq!(title_line("<img src=x>"), "");
    }

    #[test]
    fn a_body_escaped_twice_is_the_markup_it_means() {
        assert_eq!(twice_escaped("&lt;p&gt;Un &amp;amp; deux&lt;/p&gt;").as_deref(), Some("<p>Un &amp; deux</p>"));
        assert_eq!(twice_escaped("&lt;p&gt; ouvre un paragraphe"), None);
        assert_eq!(twice_escaped("&lt;T&gt;&lt;/T&gt;"), None);
        assert_eq!(twice_escaped("<p>&lt;p&gt;</p>"), None);
    }

    #[test]
    fn nothing_that_acts_survives_the_sanitiser() {
        let base = Url::parse("https://example.org/a/").expect("a base");
        let html = "<p onclick=x>ok <a href='b?c=1'>lien</a><a href='javascript:alert(1)'>x</a>\
                    <iframe srcdoc='<script>1</script>'></iframe><img src=x onerror=1><style>*{}</style>";
        let safe = sanitise(html, Some(&base)).to_string();
        let html = format!("{html}<blockquote cite='javascript:alert(2)'>x</blockquote>");
        let safe = safe + &sanitise(&html, Some(&base)).to_string();
        for bad in ["onclick", "javascript:", "iframe", "onerror", "<style"] {
            assert!(!safe.contains(bad), "{bad} in {safe}");
        }
        assert!(safe.contains("https://example.org/a/b?c=1"), "{safe}");
    }

    #[test]
    fn depth_is_judged_before_any_parse() {
        let deep = "<div>".repeat(10_000) + "fond";
        assert_eq!(fit(&deep), Err(Unfit::Deep));
        assert_eq!(to_text(&deep), "fond");
        assert_eq!(sanitise(&deep, None).as_str().trim(), "fond");
        assert!(fit(&"<p>un</p>".repeat(10_000)).is_ok());
    }

    #[test]
    fn crowds_are_judged_before_any_parse() {
        for crowd in [
            "<br>".repeat(200_000),
            format!("<p {}>", "a='<' ".repeat(600)),
            format!("<p {}>", "b ".repeat(600)),
            "&inconnue".repeat(60_000),
        ] {
            assert_eq!(fit(&crowd), Err(Unfit::Crowded), "{}", &crowd[..40]);
        }
        // A tag that ends with the document, whose first letter is a quotation mark.
        assert!(fit("\"\" <a b=").is_ok() && fit("\"\" <a b=  ").is_ok());
        let page = format!("<p title='a > b' {}>x</p><img src=/a alt=\"2 < 3\"/>", "data-x=1 ".repeat(40));
        assert!(fit(&page.repeat(100)).is_ok());
    }
}
