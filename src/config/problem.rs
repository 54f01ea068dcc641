//! Problems of the configuration, told as a compiler would: file, line, column, the line itself, and a hint.

use std::fmt;
use std::ops::Range;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The configuration is refused.
    Error,
    /// It works, but probably not as meant.
    Warning,
}

/// One problem and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// File, relative to the config folder.
    pub file: String,
    /// Line and column, both from 1 (columns count characters); `None` when the whole file is meant.
    pub place: Option<(usize, usize)>,
    /// The line of the file, and how many characters of it are meant.
    pub excerpt: Option<(String, usize)>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}: {}", self.file)?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)?;
        if let (Some((line, column)), Some((text, width))) = (self.place, &self.excerpt) {
            let margin = line.to_string().len();
            let before: String = text.chars().take(column - 1).map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
            write!(f, "\n{:margin$} |\n{line} | {text}\n{:margin$} | {before}{}", "", "", "^".repeat(*width))?;
        }
        if !self.hint.is_empty() {
            write!(f, "\n  = hint: {}", self.hint)?;
        }
        Ok(())
    }
}

/// Every problem found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// In the order they were found; [`Problems::sorted`] puts them in the order of the files.
    pub list: Vec<Problem>,
}

impl Problems {
    /// True when the configuration must be refused.
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// How many there are of one kind.
    pub fn count(&self, severity: Severity) -> usize {
        self.list.iter().filter(|problem| problem.severity == severity).count()
    }

    /// Errors first, then by file and line.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.list.sort_by(|a, b| (a.severity, &a.file, a.place).cmp(&(b.severity, &b.file, b.place)));
        self.list.dedup();
        self
    }

    pub(super) fn error_without_place(&mut self, file: &str, message: &str, hint: &str) {
        self.list.push(Problem {
            severity: Severity::Error,
            file: file.to_owned(),
            place: None,
            excerpt: None,
            message: message.to_owned(),
            hint: hint.to_owned(),
        });
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// Line and column (from 1, in characters) of a byte of `text`, and the line with the width of `span` on it.
pub(super) fn locate(text: &str, span: Range<usize>) -> ((usize, usize), (String, usize)) {
    let start = floor_boundary(text, span.start);
    let end = floor_boundary(text, span.end).max(start);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let line = text[..start].matches('\n').count() + 1;
    let column = text[line_start..start].chars().count() + 1;
    let width = text[start..end.min(line_end).max(start)].chars().count().max(1);
    let excerpt = mask(text[line_start..line_end].trim_end());
    ((line, column), (excerpt, width))
}

/// A line without what may be secret: it ends up in terminals and build logs.
fn mask(line: &str) -> String {
    let mut masked = line.to_owned();
    if let Some((key, _)) = line.split_once('=') {
        let key = key.trim().to_lowercase();
        if ["password", "secret", "token"].iter().any(|word| key.ends_with(word)) {
            masked = format!("{}= \"…\"", &line[..line.find('=').unwrap_or_default()]);
        }
    }
    mask_address(&masked)
}

/// An address without user, password or query.
pub(super) fn mask_address(text: &str) -> String {
    let Some((before, after)) = text.split_once("://") else {
        return text.to_owned();
    };
    let end = after.find(['"', '\'', ' ']).unwrap_or(after.len());
    let (address, rest) = after.split_at(end);
    let host = address.find('/').unwrap_or(address.len());
    let bare = match address[..host].rfind('@') {
        Some(at) => format!("…@{}", &address[at + 1..]),
        None => address.to_owned(),
    };
    let shown = match bare.split_once('?') {
        Some((path, query)) if query.to_lowercase().contains("token") || query.to_lowercase().contains("key=") => {
            format!("{path}?…")
        }
        _ => bare,
    };
    format!("{before}://{shown}{rest}")
}

fn floor_boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let text = "a = 1\nété = \"été\" # x\n";
        let start = text.find("\"été\"").expect("it is there");
        let (place, (line, width)) = locate(text, start..start + "\"été\"".len());
        assert_eq!(place, (2, 7));
        assert_eq!((line.as_str(), width), ("été = \"été\" # x", 5));
    }

    #[test]
    fn what_may_be_secret_is_not_shown() {
        assert_eq!(mask("password = \"hunter2\""), "password = \"…\"");
        assert_eq!(mask("url = \"https://me:pass@a.org/f?token=x\" # y"), "url = \"https://…@a.org/f?…\" # y");
        assert_eq!(mask("password_file = \"secret.txt\""), "password_file = \"secret.txt\"");
    }

    #[test]
    fn a_place_past_the_end_is_still_a_place() {
        assert_eq!(locate("é", 7..9).0, (1, 2));
    }
}
