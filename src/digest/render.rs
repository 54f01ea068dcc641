//! Letters through templates: embedded ones, or those that the admin put in `config/templates`.

use std::fs;
use std::path::Path;

use css_inline::CSSInliner;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use thiserror::Error;

use crate::text::typography::words;

use super::brief::{Brief, WORDS};
use super::compose::{LETTER_WORDS, LetterView};
use super::notice::Notice;

const TEMPLATES: [(&str, &str); 6] = [
    ("letter.html", include_str!("templates/letter.html")),
    ("letter.txt", include_str!("templates/letter.txt")),
    ("brief.html", include_str!("templates/brief.html")),
    ("brief.txt", include_str!("templates/brief.txt")),
    ("notice.html", include_str!("templates/notice.html")),
    ("notice.txt", include_str!("templates/notice.txt")),
];

/// Why a letter cannot be rendered, told for the admin.
#[derive(Debug, Error)]
pub enum RenderError {
    /// A template is wrong.
    #[error("the template {name} cannot be used: {why}")]
    Template {
        /// Its file name.
        name: String,
        /// What the engine says, with the line.
        why: String,
    },
    /// Styles cannot be inlined.
    #[error("the styles of {name} cannot be inlined: {why}")]
    Styles {
        /// File name of the template.
        name: &'static str,
        /// What went wrong.
        why: String,
    },
}

/// A letter, rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Text part.
    pub text: String,
    /// HTML part, its styles inlined.
    pub html: String,
}

/// The templates in use.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
}

impl Templates {
    /// Embedded templates, each replaced by the file of the same name in `overrides` when there is one.
    ///
    /// # Errors
    /// [`RenderError::Template`] for a file that cannot be read or has a wrong syntax.
    pub fn load(overrides: Option<&Path>) -> Result<Self, RenderError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(
            |name| {
                if name.ends_with(".html") { AutoEscape::Html } else { AutoEscape::None }
            },
        );
        for (name, embedded) in TEMPLATES {
            let own = overrides.map(|folder| folder.join(name)).filter(|path| path.exists());
            let wrong = |why: String| RenderError::Template { name: name.to_owned(), why };
            let text = match own {
                Some(path) => fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?,
                None => embedded.to_owned(),
            };
            environment.add_template_owned(name, text).map_err(|error| wrong(tell(&error)))?;
        }
        Ok(Templates { environment })
    }

    /// Renders a made-up letter, to find what only rendering tells: a name that does not exist, for instance.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn try_out(&self) -> Result<(), RenderError> {
        self.render(&LetterView::sample())?;
        self.render_notice(&Notice::sample())?;
        self.mail_brief(&mut Brief::sample()).map(|_| ())
    }

    /// Renders a brief as text and as a page to read or print, leaving rows out until it is short enough.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render_brief(&self, brief: &mut Brief) -> Result<Rendered, RenderError> {
        let mut text = self.part("brief.txt", brief)?;
        while words(&text) > WORDS && brief.shorten() {
            text = self.part("brief.txt", brief)?;
        }
        text.push('\n');
        Ok(Rendered { text, html: self.part("brief.html", brief)? })
    }

    /// The same as a mail: its styles inlined.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn mail_brief(&self, brief: &mut Brief) -> Result<Rendered, RenderError> {
        let Rendered { text, html } = self.render_brief(brief)?;
        Ok(Rendered { text, html: inlined(&html, "brief.html")? })
    }

    /// Renders both parts of a mail to the lead.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render_notice(&self, notice: &Notice) -> Result<Rendered, RenderError> {
        let html = inlined(&self.part("notice.html", notice)?, "notice.html")?;
        let mut text = self.part("notice.txt", notice)?;
        text.push('\n');
        Ok(Rendered { text, html })
    }

    fn part<T: Serialize>(&self, name: &str, view: &T) -> Result<String, RenderError> {
        let template = self.environment.get_template(name);
        template
            .and_then(|template| template.render(Value::from(Serde(view))))
            .map_err(|error| RenderError::Template { name: name.to_owned(), why: tell(&error) })
    }

    /// Renders both parts of a letter; the text part is shortened until it is read in three minutes.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render(&self, view: &LetterView) -> Result<Rendered, RenderError> {
        let html = inlined(&self.part("letter.html", view)?, "letter.html")?;
        let mut brief = view.clone();
        let mut text = self.part("letter.txt", &brief)?;
        while words(&text).saturating_sub(brief.ready_words()) > LETTER_WORDS && brief.shorten() {
            text = self.part("letter.txt", &brief)?;
        }
        text.push('\n');
        Ok(Rendered { text, html })
    }
}

/// Styles said at each element, and once more for those that read media queries.
fn inlined(html: &str, name: &'static str) -> Result<String, RenderError> {
    let options = CSSInliner::options().keep_style_tags(true).keep_at_rules(true).load_remote_stylesheets(false);
    options.build().inline(html).map_err(|error| RenderError::Styles { name, why: error.to_string() })
}

fn tell(error: &minijinja::Error) -> String {
    match error.line() {
        Some(line) => format!("line {line}: {error}"),
        None => error.to_string(),
    }
}
