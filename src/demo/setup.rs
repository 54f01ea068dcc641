//! The folder of the demonstration: its configuration, the date of its first run and the port of its press.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Files of the configuration, as templates: `{port}` is the port of the press, `{+6}` the sixth day after the first run.
const CONFIG: [(&str, &str); 6] = [
    ("vigie.toml", include_str!("config/vigie.toml")),
    ("line.toml", include_str!("config/line.toml")),
    ("sources.toml", include_str!("config/sources.toml")),
    ("ambassadors.toml", include_str!("config/ambassadors.toml")),
    ("agenda.toml", include_str!("config/agenda.toml")),
    ("charter.md", include_str!("config/charter.md")),
];

/// Remembered between two runs.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Memory {
    first_run: String,
    port: u16,
}

/// Why the folder cannot be prepared.
#[derive(Debug, Error)]
pub enum SetupError {
    /// It cannot be written.
    #[error("{path} cannot be written: {source}")]
    Write {
        /// What.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is somebody else's.
    #[error("{0} is not empty and was not made by `vigie demo`: give another folder with --dir")]
    NotOurs(PathBuf),
}

/// A prepared folder.
#[derive(Debug, Clone)]
pub struct Scene {
    /// The folder.
    pub dir: PathBuf,
    /// The instant the press is dated from.
    pub anchor: Timestamp,
    /// The port used last time.
    pub port: u16,
    /// True when there was nothing before.
    pub first: bool,
}

impl Scene {
    /// The config folder.
    pub fn config(&self) -> PathBuf {
        self.dir.join("config")
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// The letters folder.
    pub fn letters(&self) -> PathBuf {
        self.dir.join("letters")
    }

    /// A template with its days.
    fn dated(&self, template: &str) -> String {
        (1..=14_i64).fold(template.to_owned(), |text, days| {
            let at = self.anchor.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap_or(self.anchor);
            text.replace(&format!("{{+{days}}}"), &at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
        })
    }

    /// Writes the configuration for a press at `port`. Files that the user changed are kept, but for the port of the
    /// sources.
    ///
    /// # Errors
    /// [`SetupError::Write`].
    pub fn write_config(&self, port: u16) -> Result<(), SetupError> {
        let folder = self.config();
        write(&folder, |path| fs::create_dir_all(path))?;
        for (name, template) in CONFIG {
            let path = folder.join(name);
            let old = fs::read_to_string(&path).ok();
            let text = match old {
                Some(old) if name == "sources.toml" => {
                    old.replace(&format!(".localhost:{}/", self.port), &format!(".localhost:{port}/"))
                }
                Some(_) => continue,
                None => self.dated(&template.replace("{port}", &port.to_string())),
            };
            write(&path, |path| fs::write(path, &text))?;
        }
        let memory = Memory { first_run: self.anchor.to_string(), port };
        let text = serde_json::to_string_pretty(&memory).unwrap_or_default();
        write(&self.dir.join("demo.json"), |path| fs::write(path, &text))
    }
}

fn write(path: &Path, work: impl Fn(&Path) -> std::io::Result<()>) -> Result<(), SetupError> {
    work(path).map_err(|source| SetupError::Write { path: path.to_path_buf(), source })
}

/// Prepares `dir`: finds the memory of the first run, or begins one at `now` with the wished `port`.
///
/// # Errors
/// [`SetupError::NotOurs`] for a folder that holds something else, [`SetupError::Write`] when it cannot be made.
pub fn prepare(dir: &Path, now: Timestamp, port: u16) -> Result<Scene, SetupError> {
    write(dir, |path| fs::create_dir_all(path))?;
    let memory = fs::read_to_string(dir.join("demo.json")).ok();
    let memory: Option<Memory> = memory.and_then(|text| serde_json::from_str(&text).ok());
    let anchor = memory.as_ref().and_then(|memory| memory.first_run.parse().ok());
    if anchor.is_none() && fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(SetupError::NotOurs(dir.to_path_buf()));
    }
    Ok(Scene {
        dir: dir.to_path_buf(),
        anchor: anchor.unwrap_or(now),
        port: memory.map_or(port, |memory| memory.port),
        first: anchor.is_none(),
    })
}
