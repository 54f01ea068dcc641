//! A letter cut at its titles: the eye's own rule.
//!
//! A story begins at a title, a line that is a link or is set bold, and what follows belongs to it until the next title,
//! or until "read more" ends it. Titles without a way on are section headings.

use url::Url;

use crate::text::html;

use super::anchors::letters;
use super::labels::{is_advert, is_in_brief, is_paid_for, is_related};
use super::lines::{Line, Span};
use super::links::{Use, is_site};
use super::newsletter::first_sentence;
use super::phrases::is_house;
use super::roles::{
    LONGEST_TITLE, entry_link, is_button, is_heading, is_service, is_side_way, is_strong_start, labelled, run_in,
    says_where, title_link, without_more,
};

/// Most words of a rubric above a title.
const RUBRIC: usize = 3;
/// Words of a bold beginning that is a title.
const LABEL: usize = 3;
/// Words of an entry without a link.
const ENTRY: usize = 8;
/// Links from which a sentence made of them counts up names.
const COUNTED: usize = 6;

/// What stands between two titles.
#[derive(Debug, Clone, Default)]
pub(super) struct Chunk {
    /// Its title, where one opens it.
    pub title: Option<String>,
    /// The title is set apart: heading or bold.
    pub set_apart: bool,
    /// Level of the title's heading in HTML, 0 for one that is only bold.
    pub level: u8,
    /// Where the title leads.
    pub link: Option<Url>,
    /// Where "read more" leads.
    pub more: Option<Url>,
    /// Its lines.
    pub text: Vec<String>,
    /// Where a picture beside it leads.
    pub pictured: Option<Url>,
    /// Links inside its sentences.
    pub inline: Vec<Url>,
    /// Addresses that stand in its sentences as they are.
    pub written: Vec<Url>,
    /// Heading that it stands under.
    pub section: Option<String>,
    /// It is an entry of a list whose sentence holds its link.
    pub entry: bool,
    /// It is news in brief, or stands behind a label: its first sentence is as good as a title.
    pub brief: bool,
    /// Its title stands behind a bullet.
    pub bullet: bool,
    /// Something said that it is paid for.
    pub advert: bool,
    /// The letter's table of contents announces it.
    pub announced: bool,
    /// Its title runs into its text.
    pub run_in: bool,
    /// The same, behind a bullet.
    pub listed: bool,
}

impl Chunk {
    fn is_bare_title(&self) -> bool {
        self.title.is_some() && self.link.is_none() && self.more.is_none() && self.text.is_empty()
    }

    /// Words of its text.
    pub fn told_words(&self) -> usize {
        self.text.iter().map(|text| text.split_whitespace().count()).sum()
    }

    fn is_empty(&self) -> bool {
        self.title.is_none() && self.text.is_empty() && self.more.is_none()
    }
}

/// Cuts the lines of a letter.
pub(super) fn cut<'a>(lines: impl Iterator<Item = &'a Line>) -> Vec<Chunk> {
    let mut cutter = Cutter::default();
    lines.for_each(|line| cutter.take(line));
    cutter.hang(false);
    cutter.open();
    cutter.chunks
}

#[derive(Debug, Default)]
struct Cutter {
    chunks: Vec<Chunk>,
    chunk: Chunk,
    section: Option<String>,
    /// Chunks there were when the section began.
    headed: usize,
    /// "Read more" ended the chunk.
    closed: bool,
    /// Where the picture that stands above the next line leads.
    picture: Option<Url>,
    /// The line before was a picture.
    shown: bool,
    /// A line about the mail itself ended on a colon.
    served: bool,
    /// A line said that what follows is paid for.
    advert: bool,
    /// The line that said of the chunk that it is paid for, and whether it was known before.
    payer: (String, bool),
}

impl Cutter {
    /// Gives the picture that stood before a line to the title on it, or to what stood above.
    fn hang(&mut self, to_title: bool) {
        if let Some(picture) = self.picture.take() {
            if to_title || self.chunk.title.is_some() {
                self.chunk.pictured.get_or_insert(picture);
            }
        }
    }

    fn open(&mut self) {
        let mut done = std::mem::take(&mut self.chunk);
        self.closed = false;
        // Where nothing else leads on, the addresses do.
        if done.set_apart && done.link.is_none() && done.more.is_none() && done.inline.is_empty() {
            done.inline = std::mem::take(&mut done.written);
        }
        if !done.is_empty() {
            self.chunks.push(done);
        }
        self.chunk.section.clone_from(&self.section);
        self.chunk.advert = std::mem::take(&mut self.advert);
    }

    /// A title with nothing of its own is the heading of what follows; below a heading of the house it is part of that.
    fn head(&mut self) {
        let nested = self.headed == self.chunks.len() && self.section.as_deref().is_some_and(is_house);
        let heading = self.chunk.title.take();
        if !nested {
            (self.section, self.headed) = (heading, self.chunks.len());
        }
    }

    fn take(&mut self, line: &Line) {
        let text = line.text();
        if text.is_empty() {
            let leads = |span: &&Span| matches!(span.used, Some(Use::Named | Use::More));
            let picture = line.pictured.iter().filter(leads).find_map(|span| span.link.as_deref());
            if let Some(picture) = picture.filter(|link| line.pictures == 1 && !is_site(link)) {
                self.hang(false);
                self.picture = Some(picture.clone());
            }
        } else if !line.is_set_apart() || line.is_linked() {
            self.hang(false);
        }
        if is_advert(&text) {
            // `* sponsored` below a list is of the entries that end on its star.
            let starred = |chunk: &Chunk| chunk.text.last().is_some_and(|text| text.ends_with('*'));
            if (line.bullet || text.starts_with('*')) && self.chunks.iter().chain([&self.chunk]).any(starred) {
                let chunks = self.chunks.iter_mut().chain([&mut self.chunk]);
                chunks.filter(|chunk| starred(chunk)).for_each(|chunk| chunk.advert = true);
                return;
            }
            self.advert = true;
            // The heading of paid matter is no story and no section.
            self.open();
            self.chunk.advert = true;
            return;
        }
        if line.announced {
            if self.chunk.is_bare_title() {
                self.head();
            }
            self.open();
            (self.chunk.title, self.chunk.set_apart, self.chunk.announced) = (Some(text), true, true);
            self.chunk.level = line.heading;
            self.chunk.link = line.links(Use::Named).next().map(|(_, link)| link.clone());
            self.chunk.more = line.links(Use::More).next().map(|(_, link)| link.clone());
            return;
        }
        // What was paid for was the picture, where a rubric follows.
        let bare = self.chunk.title.is_none() && self.chunk.text.is_empty() && self.chunk.advert;
        if bare && self.shown && !text.is_empty() && !line.is_set_apart() && !line.is_linked() && line.words() <= RUBRIC
        {
            self.chunk.advert = false;
        }
        self.shown = text.is_empty() && line.pictures > 0;
        if is_service(line) {
            self.served = text.ends_with(':');
            return;
        }
        // `Si ce message s'affiche mal :`, and its address below.
        let served = std::mem::take(&mut self.served);
        if served && text.is_empty() && line.is_linked() {
            return;
        }
        let told = self.chunk.link.is_some() && !self.chunk.text.is_empty();
        if is_related(&text) && self.chunk.title.is_some() || told && is_side_way(line) {
            return;
        }
        // Said below a story, it is of that story; above one that names who paid, of that one.
        let leads = self.chunk.link.is_some() || self.chunk.more.is_some() || !self.chunk.inline.is_empty();
        if is_paid_for(&text) && self.chunk.title.is_some() && !leads {
            self.open();
            self.chunk.advert = true;
            return;
        }
        if is_paid_for(&text) && self.chunk.title.is_some() {
            self.payer = (letters(&text), std::mem::replace(&mut self.chunk.advert, true));
            return;
        }
        if !self.payer.0.is_empty() && line.heading > 0 {
            let (said, before) = std::mem::take(&mut self.payer);
            let name: Vec<&str> = said.split(' ').rev().take(2).collect();
            let name = name.into_iter().rev().collect::<Vec<_>>().join(" ");
            if letters(&text).contains(&name) {
                (self.chunk.advert, self.advert) = (before, true);
                self.open();
            }
        }
        if let Some((title, link, rest)) = title_link(line) {
            if self.chunk.link.as_ref() == Some(link) && !self.closed {
                self.chunk.text.push(text);
                return;
            }
            if self.chunk.is_bare_title() {
                self.head();
            }
            let advert = self.chunk.advert && self.chunk.title.is_none();
            self.open();
            self.chunk.advert |= advert;
            (self.chunk.set_apart, self.chunk.level) = (line.is_set_apart(), line.heading);
            self.chunk.bullet = line.bullet;
            (self.chunk.title, self.chunk.link) = (Some(title), Some(link.clone()));
            self.chunk.more = line.links(Use::More).next().map(|(_, link)| link.clone());
            self.chunk.text.extend(rest);
            return;
        }
        // `• A title of its own: what it tells, with links.`
        let label = line.bullet && run_in(line).is_some_and(|(title, _)| title.split(' ').count() >= LABEL);
        let entry = line.bullet && !line.run_in && !label;
        if let Some(link) = Some(line).filter(|_| entry).and_then(entry_link) {
            if self.chunk.is_bare_title() {
                self.head();
            }
            let paid = self.chunk.advert;
            self.open();
            self.chunk.advert |= paid && self.chunk.section.is_none();
            (self.chunk.entry, self.chunk.link) = (true, Some(link.1.clone()));
            // A few words from its midst name less than the sentence does.
            let least = if text.starts_with(link.0.trim()) { 3 } else { 5 };
            self.chunk.title = Some(html::one_line(link.0)).filter(|anchor| anchor.split_whitespace().count() >= least);
            self.chunk.text.push(text);
            self.closed = true;
            return;
        }
        let in_brief = self.section.as_deref().is_some_and(is_in_brief)
            || self.chunk.is_bare_title() && self.chunk.title.as_deref().is_some_and(is_in_brief);
        let told = in_brief && text.split_whitespace().count() >= 8;
        let first = || line.links(Use::Named).next().map(|(_, link)| link);
        let label = labelled(line).filter(|_| !line.run_in);
        if let Some(link) = label.or_else(|| first().filter(|_| told && !line.run_in)) {
            if self.chunk.is_bare_title() {
                self.head();
            }
            self.open();
            (self.chunk.entry, self.chunk.brief, self.closed) = (true, true, true);
            self.chunk.link = Some(link.clone());
            self.chunk.text.push(text);
            return;
        }
        if self.chunk.link.is_none() || self.closed {
            if let Some((title, rest)) = run_in(line) {
                if self.chunk.is_bare_title() {
                    self.head();
                }
                let advert = self.chunk.advert && self.chunk.title.is_none() && self.chunk.text.is_empty();
                self.open();
                self.chunk.advert |= advert;
                // One word names a rubric; what it tells is the title.
                let rubric = title.split(' ').count() < LABEL && line.run_in;
                let title = if rubric { format!("{title} – {}", first_sentence(&rest)) } else { title };
                (self.chunk.title, self.chunk.set_apart, self.chunk.run_in) = (Some(title), true, true);
                self.chunk.listed = line.bullet;
                self.chunk.more = line.links(Use::More).next().map(|(_, link)| link.clone());
                self.chunk.inline.extend(line.links(Use::Named).map(|(_, link)| link.clone()));
                self.chunk.text.push(rest);
                return;
            }
        }
        // A row of tags is neither title nor sentence, nor is a sentence that only counts them up.
        let counts = line.links(Use::Named).count() >= COUNTED && line.linked_share() >= 0.5;
        let tags = line.linked_share() >= 0.8 || counts;
        if tags && self.chunk.title.is_some() && text.split_whitespace().count() <= 6 {
            return;
        }
        if is_button(line) {
            return;
        }
        let leads_on = line.links(Use::More).map(|(_, link)| link.clone()).next();
        // `www.example.org 2026-05-01 Sport`, right below a title.
        let untold = self.chunk.link.is_some() && self.chunk.text.is_empty() && !self.closed;
        if leads_on.is_none() && line.heading == 0 && untold && says_where(&text) {
            return;
        }
        if leads_on.is_none() && (is_heading(line, &text) || is_house(&text)) {
            if self.chunk.is_bare_title() {
                self.head();
            }
            let advert = self.chunk.advert && self.chunk.title.is_none() && self.chunk.text.is_empty();
            self.open();
            self.chunk.advert |= advert;
            (self.chunk.title, self.chunk.set_apart, self.chunk.level) = (Some(text), true, line.heading);
            self.hang(true);
            self.chunk.inline.extend(line.links(Use::Named).map(|(_, link)| link.clone()));
            return;
        }
        if let Some(link) = leads_on {
            if self.chunk.is_empty() && text.chars().filter(|c| c.is_alphabetic()).count() < 20 {
                return;
            }
            let told = without_more(line);
            let entry = line.bullet && told.split_whitespace().count() >= 3;
            if entry && self.chunk.is_bare_title() {
                self.head();
            }
            if entry || is_strong_start(line) && self.closed {
                self.open();
                self.chunk.bullet = entry;
            }
            if entry && told.chars().count() <= LONGEST_TITLE {
                self.chunk.title = Some(told.trim_end_matches([',', ';', ':']).to_owned());
                (self.chunk.more, self.closed) = (Some(link), true);
                return;
            }
            if !told.is_empty() && !self.closed {
                self.chunk.text.push(told);
            }
            self.chunk.more.get_or_insert(link);
            self.closed = true;
            return;
        }
        // An entry without a way on, among others.
        let told = line.bullet && line.heading == 0 && !line.is_linked() && text.split_whitespace().count() >= ENTRY;
        if told && self.chunk.entry {
            self.open();
            (self.chunk.entry, self.closed) = (true, true);
            self.chunk.text.push(text);
            return;
        }
        if self.closed {
            self.open();
        }
        if !tags {
            self.chunk.inline.extend(line.links(Use::Named).map(|(_, link)| link.clone()));
            let written = line.links(Use::Meta).filter(|(anchor, _)| anchor.contains("://") || anchor.contains('/'));
            self.chunk.written.extend(written.map(|(_, link)| link.clone()));
        }
        if !text.is_empty() {
            self.chunk.text.push(text);
        }
    }
}

#[cfg(test)]
pub(super) mod made {
    //! Chunks for tests.

    use super::*;

    /// A text that tells.
    pub const TOLD: &str = "Ce que la lettre en dit elle-même, en une vingtaine de mots au moins, pour que ce soit raconté et pas seulement annoncé.";

    /// A heading with such a text below it.
    pub fn headed(title: &str, link: Option<&str>) -> Chunk {
        Chunk {
            title: Some(title.to_owned()),
            set_apart: true,
            level: 2,
            link: link.and_then(|link| Url::parse(link).ok()),
            text: vec![TOLD.to_owned()],
            ..Chunk::default()
        }
    }
}
