//! Letters through templates: embedded ones, or those that the admin put in `config/templates`.

use std::fs;
use std::path::Path;

use css_inline::CSSInliner;
use minijinja::value::{Serde, Value};
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use thiserror::Error;

use super::brief::{Brief, WORDS};
use super::compose::LetterView;

const TEMPLATES: [(&str, &str); 4] = [
    ("letter.html", include_str!("templates/letter.html")),
    ("letter.txt", include_str!("templates/letter.txt")),
    ("brief.html", include_str!("templates/brief.html")),
    ("brief.txt", include_str!("templates/brief.txt")),
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
    #[error("the styles of letter.html cannot be inlined: {0}")]
    Styles(String),
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
        self.render_brief(&mut Brief::sample()).map(|_| ())
    }

    /// Renders a brief as text and as a page to read or print, leaving rows out until it is short enough.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render_brief(&self, brief: &mut Brief) -> Result<Rendered, RenderError> {
        let mut text = self.part("brief.txt", brief)?;
        while Brief::words(&text) > WORDS && brief.shorten() {
            text = self.part("brief.txt", brief)?;
        }
        text.push('\n');
        Ok(Rendered { text, html: self.part("brief.html", brief)? })
    }

    fn part<T: Serialize>(&self, name: &str, view: &T) -> Result<String, RenderError> {
        let template = self.environment.get_template(name);
        template
            .and_then(|template| template.render(Value::from(Serde(view))))
            .map_err(|error| RenderError::Template { name: name.to_owned(), why: tell(&error) })
    }

    /// Renders both parts of a letter.
    ///
    /// # Errors
    /// See [`RenderError`].
    pub fn render(&self, view: &LetterView) -> Result<Rendered, RenderError> {
        let inliner =
            CSSInliner::options().keep_style_tags(true).keep_at_rules(true).load_remote_stylesheets(false).build();
        let html =
            inliner.inline(&self.part("letter.html", view)?).map_err(|error| RenderError::Styles(error.to_string()))?;
        let mut text = self.part("letter.txt", view)?;
        text.push('\n');
        Ok(Rendered { text, html })
    }
}

fn tell(error: &minijinja::Error) -> String {
    match error.line() {
        Some(line) => format!("line {line}: {error}"),
        None => error.to_string(),
    }
}
