//! The admin's files: read whole, judged whole, every problem told at once with its place.
//!
//! [`load`] reads `vigie.toml`, `line.toml`, `sources.toml` or `sources.d/*.toml`, `ambassadors.toml` or
//! `ambassadors.d/*.toml` and `charter.md` of one folder.

pub mod accounts;
mod ambassadors;
mod check;
mod edition;
mod files;
mod line;
mod problem;
mod reader;
pub mod schedule;
mod secret;
mod settings;
mod sources;
pub mod starter;
mod values;
mod watches;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::domain::{Ambassador, EditorialLine, Role, Source};

pub use accounts::Account;
pub use edition::{Edition, EmptyLetter, Unapproved};
pub use problem::{Problem, Problems, Severity};
pub use schedule::Schedule;
pub use secret::{Secret, SecretName};
pub use settings::{Fetching, Mail, Settings, SmtpTls, StoreSettings, Transport};
pub use values::parse_duration;

use files::Files;
use reader::Table;

/// Everything the admin wrote, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// The folder it was read from.
    pub dir: PathBuf,
    /// `vigie.toml`.
    pub settings: Settings,
    /// `line.toml`.
    pub line: EditorialLine,
    /// Sources, in the order of the files.
    pub sources: Vec<Source>,
    /// What opens those that not everybody may read, by the id of the source.
    pub accounts: HashMap<String, Account>,
    /// Ambassadors, in the order of the files.
    pub ambassadors: Vec<Ambassador>,
    /// Roles.
    pub roles: Vec<Role>,
    /// `charter.md`, as written.
    pub charter: Option<String>,
    /// blake3 of every file, so that a change of any is seen.
    pub fingerprint: String,
}

impl Config {
    /// The ambassador of that id.
    pub fn ambassador(&self, id: &str) -> Option<&Ambassador> {
        self.ambassadors.iter().find(|person| person.id == id)
    }

    /// The source of that id.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }

    /// Where data lie: systemd's state directory first, else `data` beside the config folder.
    pub fn data_dir(&self) -> PathBuf {
        match std::env::var_os("STATE_DIRECTORY") {
            Some(state) if !state.is_empty() => PathBuf::from(state),
            _ => {
                let beside = match self.dir.canonicalize() {
                    Ok(dir) => dir.parent().map(Path::to_path_buf).unwrap_or_default(),
                    Err(_) => self.dir.join(".."),
                };
                beside.join(&self.settings.data)
            }
        }
    }
}

/// Reads and judges the folder `dir`.
///
/// # Errors
/// All problems found, warnings included, when at least one of them is an error. When there are warnings only, they
/// come back beside the configuration.
pub fn load(dir: &Path) -> Result<(Config, Problems), Problems> {
    let mut files = Files::default();
    if !dir.is_dir() {
        files.problems.error_without_place(
            &dir.display().to_string(),
            "there is no such folder of configuration",
            "write a starter one with: vigie init",
        );
        return Err(files.problems);
    }
    let settings = settings::read(&mut files, dir);
    let line = line::read(&mut files, dir);
    let (sources, accounts) = sources::read(&mut files, dir);
    let people = ambassadors::read(&mut files, dir, &settings);
    check::references(&mut files);
    check::sense(&mut files, &line, &sources, &people);
    let charter = fs::read_to_string(dir.join("charter.md")).ok();
    let fingerprint = files.fingerprint();
    let problems = files.problems;
    if problems.has_errors() {
        return Err(problems);
    }
    let config = Config {
        dir: dir.to_path_buf(),
        settings,
        line,
        sources,
        accounts,
        ambassadors: people.ambassadors,
        roles: people.roles,
        charter,
        fingerprint,
    };
    Ok((config, problems))
}

/// Reads the line alone, as `line.toml` of the folder `dir` has it: for trying it out before anything else is written.
///
/// # Errors
/// All problems found in that file.
pub fn load_line(dir: &Path) -> Result<EditorialLine, Problems> {
    let mut files = Files::default();
    let line = line::read(&mut files, dir);
    if files.problems.has_errors() { Err(files.problems) } else { Ok(line) }
}

/// The files that make one part of the configuration: `NAME.toml`, and every `NAME.d/*.toml` by name.
fn sheets(files: &mut Files, dir: &Path, name: &str) -> Vec<Table> {
    let mut found = Vec::new();
    let single = format!("{name}.toml");
    if dir.join(&single).exists() {
        found.extend(Table::open(files, dir, &single));
    }
    let folder = dir.join(format!("{name}.d"));
    let mut names: Vec<String> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|file| file.ends_with(".toml"))
        .collect();
    names.sort();
    for file in names {
        found.extend(Table::open(files, dir, &format!("{name}.d/{file}")));
    }
    found
}
